package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ModelVersions.Version;
import dev.winnow.stats.ClusterSums;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What the watched segments of one use case counted: by period, by event date, by model version and stratum.
 *
 * <p>Plan: the cells that are old enough are encoded and shuffled once, by camera, and sorted by camera and event date;
 * each task adds them to the segments they lie in, and squares what a camera has when the camera ends. The second shuffle
 * carries sums only: a task's rows are at most as many as the tallies below. Same sums for any number of partitions.
 *
 * <p>Memory of a task and of the driver: a tally per segment and period, event date, version, stratum and version; at
 * most 1,000 x (5 + window days + 2 x 100), so 0.2 million at 28 days, 24 bytes each in a task.
 */
final class ChangeTallies {
    /** Most strata at whose mix versions are compared; chosen by judgement. */
    private static final int MOST_STRATA = 100;

    // Tallies of a segment: first those with clusters, then event dates, then strata by version.
    static final int BEFORE = 0;
    static final int NOW = 1;
    static final int DAILY = 2;
    static final int VERSION_BEFORE = 3;
    static final int VERSION_NOW = 4;
    static final int CLUSTERED = 5;

    private static final String DAY = "day";
    private static final String PLACE = "segment_place";
    private static final String TALLY = "tally";
    private static final List<String> SUMS = List.of(
            "alarms",
            "wrong",
            "confirmed",
            "clusters",
            "wrong_squares",
            "wrong_trials",
            "trial_squares",
            "cluster_wrong",
            "cluster_trials");

    /**
     * Counts of some alarms.
     *
     * @param alarms raised
     * @param judged those of them with a verdict
     * @param wrong those of them that were wrong
     */
    record Counts(long alarms, long judged, long wrong) {
        static final Counts NONE = new Counts(0, 0, 0);

        /** What the rate is a share of. */
        long trials(@Nullable Measure measure) {
            return measure == Measure.MARKS ? alarms : judged;
        }

        Counts plus(Counts other) {
            return new Counts(alarms + other.alarms, judged + other.judged, wrong + other.wrong);
        }
    }

    /** Counts with their sums over clusters; sums are of the segment's measure. */
    record Tally(Counts counts, ClusterSums sums) {
        static final Tally NONE = new Tally(Counts.NONE, ClusterSums.EMPTY);
    }

    private final Map<Integer, Tally> tallies;
    private final Layout layout;

    private ChangeTallies(Layout layout, Map<Integer, Tally> tallies) {
        this.layout = layout;
        this.tallies = tallies;
    }

    private Tally at(int segment, int tally) {
        return tallies.getOrDefault(segment * layout.tallies() + tally, Tally.NONE);
    }

    /** The earlier event dates; clusters are cameras. */
    Tally before(int segment) {
        return at(segment, BEFORE);
    }

    /** The newest event dates; clusters are cameras. */
    Tally now(int segment) {
        return at(segment, NOW);
    }

    /** The earlier event dates; a cluster is what one camera has on one date. */
    Tally daily(int segment) {
        return at(segment, DAILY);
    }

    /** All event dates under the version before the newest; clusters are cameras. */
    Tally versionBefore(int segment) {
        return at(segment, VERSION_BEFORE);
    }

    /** All event dates under the newest version; clusters are cameras. */
    Tally versionNow(int segment) {
        return at(segment, VERSION_NOW);
    }

    /** Every event date from the first to the last. */
    List<Counts> days(int segment) {
        return IntStream.range(0, layout.days)
                .mapToObj(day -> at(segment, CLUSTERED + day).counts())
                .toList();
    }

    /**
     * What one version did in a stratum.
     *
     * @param now the newest version, else the one before
     */
    Counts stratum(int segment, int stratum, boolean now) {
        return at(segment, layout.stratum(stratum, now)).counts();
    }

    /** Number of strata, seen or not. */
    int strata() {
        return layout.strata;
    }

    /**
     * The dimensions at whose mix versions are compared: the class, then those of the fewest values, as long as all their
     * combinations are at most 100, so that both versions have judged alarms in most of them. Which traffic a version got
     * decides the choice, never its errors.
     */
    static List<Integer> strataDimensions(Lattice lattice) {
        List<Lattice.Dimension> dimensions = lattice.dimensions();
        List<Integer> ordered = IntStream.range(0, dimensions.size())
                .filter(d -> !dimensions.get(d).column().equals(Inferences.MODEL_VERSION))
                .boxed()
                .sorted(Comparator.comparing(
                                (Integer d) -> !dimensions.get(d).column().equals(ExposureDaily.LABEL))
                        .thenComparing(lattice::cardinality)
                        .thenComparing(d -> dimensions.get(d).name()))
                .toList();
        List<Integer> chosen = new ArrayList<>();
        int strata = 1;
        for (int d : ordered) {
            if (lattice.cardinality(d) > MOST_STRATA / strata) {
                break;
            }
            strata *= lattice.cardinality(d);
            chosen.add(d);
        }
        return chosen;
    }

    /**
     * Sums the cells of one use case.
     *
     * @param cells from {@link Windows#coded}
     * @param watched segments, at most 1,000; their places are those asked for above
     */
    static ChangeTallies of(
            CodedCells cells, String useCase, List<Watched> watched, ChangeDays days, ModelVersions versions) {
        Layout layout = Layout.of(cells.lattice(), watched, days, versions);
        return read(sums(cells, useCase, days, layout).collectAsList(), layout, watched);
    }

    /** Reads the rows of {@link #sums}. */
    static ChangeTallies read(List<Row> sums, Layout layout, List<Watched> watched) {
        Map<Integer, Tally> tallies = new HashMap<>();
        for (Row row : sums) {
            int place = row.getInt(0);
            Counts counts = new Counts(row.getLong(2), Math.addExact(row.getLong(3), row.getLong(4)), row.getLong(3));
            ClusterSums clusters = row.getInt(1) >= CLUSTERED
                    ? ClusterSums.EMPTY
                    : new ClusterSums(
                            row.getLong(5),
                            row.getLong(9),
                            row.getLong(10),
                            row.getLong(6),
                            row.getLong(7),
                            row.getLong(8));
            tallies.put(place * layout.tallies() + row.getInt(1), new Tally(counts, clusters));
        }
        return new ChangeTallies(layout, tallies);
    }

    /** A row per segment and tally that has any. */
    static Dataset<Row> sums(CodedCells cells, String useCase, ChangeDays days, Layout layout) {
        Lattice lattice = cells.lattice();
        StructType schema =
                new StructType().add(PLACE, DataTypes.IntegerType, false).add(TALLY, DataTypes.IntegerType, false);
        List<Column> added = new ArrayList<>();
        for (String name : SUMS) {
            schema = schema.add(name, DataTypes.LongType, false);
            added.add(sum(name).as(name));
        }
        MapPartitionsFunction<Row, Row> kernel = rows ->
                rows.hasNext() ? new ChangeKernel(lattice, useCase, layout).sum(rows) : Collections.emptyIterator();
        List<String> counts = new ArrayList<>(SegmentSums.COUNTS);
        counts.add(DAY);
        return cells.with(atEqualAge(cells, useCase, days))
                .select(counts)
                .repartition(cells.camera())
                .sortWithinPartitions(cells.camera(), col(DAY))
                .mapPartitions(kernel, Encoders.row(schema))
                .groupBy(PLACE, TALLY)
                .agg(added.get(0), added.subList(1, added.size()).toArray(Column[]::new));
    }

    /** Old event dates, each with what was known of it at the same age, and the number of the date. */
    private static Dataset<Row> atEqualAge(CodedCells cells, String useCase, ChangeDays days) {
        Column event = col(Windows.EVENT_DAY);
        long from = days.from().toEpochDay();
        return cells.rows()
                .filter(cells.isOf(List.of(useCase))
                        .and(event.between(lit(from), lit(days.to().toEpochDay())))
                        .and(col(Windows.AGE).leq(days.age()))
                        .and(col(SegmentSums.ALARMS)
                                .notEqual(0)
                                .or(col(SegmentSums.WRONG).notEqual(0))
                                .or(col(SegmentSums.CONFIRMED).notEqual(0))))
                .withColumn(DAY, event.minus(lit(from)));
    }

    /**
     * Where counts go.
     *
     * @param ids numbers of the watched segments
     * @param byAlarms whether a segment's trials are alarms, else judged alarms
     * @param days event dates
     * @param nowFrom place of the first of the newest event dates
     * @param version place of the dimension that holds versions, -1 if there are less than two
     * @param versionBefore code of the version before the newest
     * @param versionNow code of the newest version
     * @param dimensions places of the dimensions that make strata
     * @param strata their combinations
     */
    record Layout(
            List<Long> ids,
            List<Boolean> byAlarms,
            int days,
            int nowFrom,
            int version,
            int versionBefore,
            int versionNow,
            List<Integer> dimensions,
            int strata)
            implements Serializable {

        static Layout of(Lattice lattice, List<Watched> watched, ChangeDays days, ModelVersions versions) {
            List<Integer> strata = strataDimensions(lattice);
            Version now = versions.now();
            Version before = versions.before();
            int version = before == null ? -1 : ModelVersions.place(lattice);
            return new Layout(
                    watched.stream().map(Watched::id).toList(),
                    watched.stream().map(w -> w.measure() == Measure.MARKS).toList(),
                    days.size(),
                    days.place(days.nowFrom()),
                    version,
                    version < 0 || before == null ? -1 : lattice.values(version).indexOf(before.name()),
                    version < 0 || now == null ? -1 : lattice.values(version).indexOf(now.name()),
                    strata,
                    version < 0 ? 0 : strata.stream().map(lattice::cardinality).reduce(1, (a, b) -> a * b));
        }

        int tallies() {
            return CLUSTERED + days + 2 * strata;
        }

        int stratum(int stratum, boolean now) {
            return CLUSTERED + days + 2 * stratum + (now ? 1 : 0);
        }
    }
}
