package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.Target.Place;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.ClusterColumns;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Sums cells before and after a date to segments, by camera first: squares of cameras do not add up over cells. */
final class CellSums {
    /** Values that some dimensions have together; more say that a dimension is no condition but a name. */
    static final int MAX_SEGMENTS = 100_000;

    private static final String SUBSET = "subset";
    private static final String VALUES = "dimension_values";
    private static final String GROUP = "compared";
    private static final String CAMERA = Inferences.CAMERA_ID;
    private static final List<String> SUMS = List.of("x_before", "n_before", "x_after", "n_after");

    /** Which segments are summed together. */
    static final TableDef GROUPS = TableDef.named("segment_groups", "A segment that is taken together with others")
            .required(SUBSET, IntegerType, "Place of its dimensions")
            .required(VALUES, createArrayType(StringType, false), "Their values")
            .required(GROUP, IntegerType, "Group")
            .build();

    private CellSums() {}

    /**
     * Which cells are compared.
     *
     * @param from first event date before
     * @param split first event date after
     * @param to last event date after
     * @param age days within which verdicts count, before as after
     * @param byAlarms whether trials are all alarms, else judged ones
     */
    record Days(LocalDate from, LocalDate split, LocalDate to, int age, boolean byAlarms) {}

    /**
     * Sums cells to camera and segment: one shuffle.
     *
     * @param exposure of one use case and both periods, with all dimensions, shaped like {@link ExposureDaily}
     * @param verdicts of the same, shaped like {@link VerdictDaily}
     * @param subsets dimensions whose values make segments; no dimensions make the whole
     * @return {@code subset, dimension_values, camera_id} and the sums before and after
     */
    static Dataset<Row> byCamera(Dataset<Row> exposure, Dataset<Row> verdicts, List<List<String>> subsets, Days days) {
        Column alarm = col(ExposureDaily.LABEL).notEqual(Inferences.NO_LABEL);
        Column wrong = col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED));
        Column age = datediff(col(VerdictDaily.ARRIVAL_DATE), col(VerdictDaily.EVENT_DATE));
        Dataset<Row> shown = counts(
                exposure.filter(alarm), subsets, days, lit(0L), days.byAlarms ? col(ExposureDaily.SHOWN) : lit(0L));
        Dataset<Row> judged = counts(
                verdicts.filter(alarm.and(age.leq(days.age))),
                subsets,
                days,
                wrong,
                days.byAlarms ? lit(0L) : wrong.plus(col(VerdictDaily.CONFIRMED)));
        Column zero = lit(0L);
        return shown.unionByName(judged)
                .groupBy(SUBSET, VALUES, CAMERA)
                .agg(
                        // A verdict and what it takes back may lie on two sides of a day that was not built.
                        greatest(sum("x_before"), zero).as("x_before"),
                        greatest(sum("n_before"), sum("x_before"), zero).as("n_before"),
                        greatest(sum("x_after"), zero).as("x_after"),
                        greatest(sum("n_after"), sum("x_after"), zero).as("n_after"));
    }

    private static Dataset<Row> counts(Dataset<Row> cells, List<List<String>> subsets, Days days, Column x, Column n) {
        List<Column> places = new ArrayList<>();
        for (int i = 0; i < subsets.size(); i++) {
            Column[] values = subsets.get(i).stream()
                    .map(name -> coalesce(col(column(name)), lit(Inferences.NULL_VALUE)))
                    .toArray(Column[]::new);
            places.add(struct(
                    lit(i).as(SUBSET), array(values).cast("array<string>").as(VALUES)));
        }
        Column before = col(ExposureDaily.EVENT_DATE).lt(lit(days.split));
        return cells.filter(col(ExposureDaily.EVENT_DATE).between(lit(days.from), lit(days.to)))
                .withColumn("place", explode(array(places.toArray(Column[]::new))))
                .select(
                        col("place." + SUBSET),
                        col("place." + VALUES),
                        col(CAMERA),
                        when(before, x).otherwise(0L).as("x_before"),
                        when(before, n).otherwise(0L).as("n_before"),
                        when(before, 0L).otherwise(x).as("x_after"),
                        when(before, 0L).otherwise(n).as("n_after"));
    }

    /** Column that holds a dimension: label and site are columns of every cell. */
    private static String column(String dimension) {
        return switch (dimension) {
            case "label" -> ExposureDaily.LABEL;
            case "site" -> Inferences.SITE_ID;
            case "model_version" -> Inferences.MODEL_VERSION;
            default -> TableDef.dimensionColumn(dimension);
        };
    }

    /**
     * Sums cameras to segments.
     *
     * @param byCamera from {@link #byCamera}
     * @throws IllegalArgumentException if they are more than {@link #MAX_SEGMENTS}
     */
    static Map<Integer, Map<List<String>, Sums>> segments(Dataset<Row> byCamera) {
        Map<Integer, Map<List<String>, Sums>> segments = new TreeMap<>();
        List<Row> rows =
                clustered(byCamera, SUBSET, VALUES).limit(MAX_SEGMENTS + 1).collectAsList();
        if (rows.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException("more than " + MAX_SEGMENTS + " values of dimensions");
        }
        for (Row row : rows) {
            segments.computeIfAbsent(row.getInt(0), s -> new TreeMap<>(Target.BY_VALUES))
                    .put(row.getList(1), new Sums(ClusterColumns.read(row, 2), ClusterColumns.read(row, 8)));
        }
        return segments;
    }

    /**
     * Sums groups of segments, each camera once.
     *
     * @param byCamera from {@link #byCamera}
     * @param groups shaped like {@link #GROUPS}, small
     */
    static Map<Integer, Sums> groups(Dataset<Row> byCamera, Dataset<Row> groups) {
        Dataset<Row> cameras = byCamera.join(broadcast(groups), new String[] {SUBSET, VALUES})
                .groupBy(GROUP, CAMERA)
                .agg(
                        sum(SUMS.get(0)).as(SUMS.get(0)),
                        sum(SUMS.get(1)).as(SUMS.get(1)),
                        sum(SUMS.get(2)).as(SUMS.get(2)),
                        sum(SUMS.get(3)).as(SUMS.get(3)));
        Map<Integer, Sums> sums = new TreeMap<>();
        for (Row row : clustered(cameras, GROUP).collectAsList()) {
            sums.put(row.getInt(0), new Sums(ClusterColumns.read(row, 1), ClusterColumns.read(row, 7)));
        }
        return sums;
    }

    private static Dataset<Row> clustered(Dataset<Row> cameras, String... keys) {
        List<Column> sums = new ArrayList<>();
        for (String side : List.of("_before", "_after")) {
            sums.addAll(ClusterColumns.of(col("x" + side), col("n" + side)));
        }
        Column[] columns = new Column[keys.length];
        for (int i = 0; i < keys.length; i++) {
            columns[i] = col(keys[i]);
        }
        return cameras.groupBy(columns)
                .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new));
    }

    /** A row of {@link #GROUPS}. */
    static Row group(int subset, Place place, int group) {
        return RowFactory.create(subset, place.values().toArray(String[]::new), group);
    }
}
