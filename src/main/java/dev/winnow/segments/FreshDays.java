package dev.winnow.segments;

import static dev.winnow.segments.ExposureDaily.EVENT_DATE;
import static dev.winnow.segments.SegmentSums.TRIALS;
import static dev.winnow.segments.SegmentSums.USE_CASE;
import static dev.winnow.segments.SegmentSums.WRONG;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.stats.ClusterSums;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What the event dates after a segment's first detection say of it. They took no part in its detection, so they can
 * confirm it; the dates that made it look bad can not.
 *
 * @param segment wrong alarms of trials by camera, on those dates
 * @param rest the same outside of the segment, in the same use case and on the same dates
 */
record FreshDays(ClusterSums segment, ClusterSums rest) {
    /** Place of all segments together. */
    private static final int WHOLE = -1;

    private static final String PLACE = "place";
    private static final String CAMERA = SegmentSums.CAMERA_ID;
    private static final String SINCE = "since";
    private static final String WHOLE_WRONG = "whole_wrong";
    private static final String WHOLE_TRIALS = "whole_trials";

    /**
     * Sums them for some segments of a use case: one shuffle of the cells with trials in these segments to (segment,
     * camera), then a join by camera with as many rows per camera as there are first detections.
     *
     * @param cells cells with {@link ExposureDaily#EVENT_DATE}
     * @param since date of first detection by segment id; at most some thousand
     * @return by segment id; a segment without trials since is left out
     */
    static Map<Long, FreshDays> of(Dataset<Row> cells, Lattice lattice, String useCase, Map<Long, LocalDate> since) {
        List<Long> ids = since.keySet().stream().sorted().toList();
        List<LocalDate> first = ids.stream().map(since::get).toList();
        List<LocalDate> dates = List.copyOf(new TreeSet<>(first));
        Column tried = col(WRONG).notEqual(0).or(col(TRIALS).notEqual(0));
        Dataset<Row> fresh = cells.filter(
                col(USE_CASE).equalTo(useCase).and(tried).and(col(EVENT_DATE).gt(lit(dates.get(0)))));
        int at = 2 + lattice.dimensions().size();
        List<Integer> sinceDate = first.stream().map(dates::indexOf).toList();
        // Rows of segments, and rows of all segments together for each date of first detection.
        MapPartitionsFunction<Row, Row> places = rows -> {
            SegmentMembers segments = new SegmentMembers(lattice, ids);
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                    .flatMap(row -> {
                        LocalDate date = row.getLocalDate(at);
                        Stream<Row> in = Arrays.stream(segments.of(row))
                                .filter(member -> date.isAfter(first.get(member)))
                                .mapToObj(member -> row(member, sinceDate.get(member), row, at));
                        Stream<Row> whole = IntStream.range(0, dates.size())
                                .filter(d -> date.isAfter(dates.get(d)))
                                .mapToObj(d -> row(WHOLE, d, row, at));
                        return Stream.concat(in, whole);
                    })
                    .iterator();
        };
        StructType schema = new StructType()
                .add(PLACE, DataTypes.IntegerType, false)
                .add(SINCE, DataTypes.IntegerType, false)
                .add(CAMERA, DataTypes.StringType)
                .add(WRONG, DataTypes.LongType, false)
                .add(TRIALS, DataTypes.LongType, false);
        Dataset<Row> byCamera = SegmentSums.keys(fresh, lattice.dimensions(), EVENT_DATE, WRONG, TRIALS)
                .mapPartitions(places, Encoders.row(schema))
                .groupBy(PLACE, SINCE, CAMERA)
                .agg(sum(WRONG).as(WRONG), sum(TRIALS).as(TRIALS));
        Dataset<Row> wholes = byCamera.filter(col(PLACE).equalTo(WHOLE))
                .select(
                        col(SINCE),
                        col(CAMERA),
                        col(WRONG).as(WHOLE_WRONG),
                        col(TRIALS).as(WHOLE_TRIALS));
        Dataset<Row> segments = byCamera.filter(col(PLACE).notEqual(WHOLE)).join(wholes, new String[] {SINCE, CAMERA});
        Map<Integer, ClusterSums> all = new HashMap<>();
        for (Row row : wholes.groupBy(SINCE)
                .agg(clusters(WHOLE_TRIALS), squares(WHOLE_WRONG, WHOLE_TRIALS))
                .collectAsList()) {
            all.put(row.getInt(0), sums(row, 1));
        }
        Map<Long, FreshDays> days = new HashMap<>();
        for (Row row : segments.groupBy(col(PLACE), col(SINCE))
                .agg(
                        clusters(TRIALS),
                        with(
                                squares(WRONG, TRIALS),
                                sum(when(col(TRIALS).notEqual(0).and(col(TRIALS).equalTo(col(WHOLE_TRIALS))), 1L)
                                        .otherwise(0L)),
                                sum(col(WRONG).multiply(col(WHOLE_WRONG))),
                                sum(col(WRONG)
                                        .multiply(col(WHOLE_TRIALS))
                                        .plus(col(TRIALS).multiply(col(WHOLE_WRONG)))),
                                sum(col(TRIALS).multiply(col(WHOLE_TRIALS)))))
                .collectAsList()) {
            ClusterSums segment = sums(row, 2);
            ClusterSums rest = Objects.requireNonNull(all.get(row.getInt(1)))
                    .outside(segment, row.getLong(8), row.getLong(9), row.getLong(10), row.getLong(11));
            days.put(ids.get(row.getInt(0)), new FreshDays(segment, rest));
        }
        return days;
    }

    private static Row row(int place, int since, Row cell, int at) {
        return RowFactory.create(place, since, cell.get(1), cell.get(at + 1), cell.get(at + 2));
    }

    private static Column clusters(String trials) {
        return count(when(col(trials).notEqual(0), 1));
    }

    private static Column[] squares(String wrong, String trials) {
        return new Column[] {
            sum(col(wrong)),
            sum(col(trials)),
            sum(col(wrong).multiply(col(wrong))),
            sum(col(wrong).multiply(col(trials))),
            sum(col(trials).multiply(col(trials)))
        };
    }

    private static Column[] with(Column[] columns, Column... more) {
        List<Column> all = new ArrayList<>(List.of(columns));
        all.addAll(List.of(more));
        return all.toArray(Column[]::new);
    }

    private static ClusterSums sums(Row row, int from) {
        return new ClusterSums(
                row.getLong(from),
                row.getLong(from + 1),
                row.getLong(from + 2),
                row.getLong(from + 3),
                row.getLong(from + 4),
                row.getLong(from + 5));
    }
}
