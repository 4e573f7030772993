package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ModelVersions.Version;
import dev.winnow.segments.SegmentChanges.Measure;
import dev.winnow.stats.ClusterSums;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
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
    private static final int BEFORE = 0;
    private static final int NOW = 1;
    private static final int DAILY = 2;
    private static final int VERSION_BEFORE = 3;
    private static final int VERSION_NOW = 4;
    private static final int CLUSTERED = 5;

    private static final String DAY = "day";
    private static final String PLACE = "segment_place";
    private static final String TALLY = "tally";
    private static final List<String> SUMS =
            List.of("alarms", "wrong", "confirmed", "clusters", "wrong_squares", "wrong_trials", "trial_squares");

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
     * @param cells from {@link Windows#cells}, with the dimensions of cameras
     * @param lattice made from these cells
     * @param watched segments, at most 1,000; their places are those asked for above
     */
    static ChangeTallies of(
            Dataset<Row> cells,
            Lattice lattice,
            String useCase,
            List<Watched> watched,
            ChangeDays days,
            ModelVersions versions) {
        Layout layout = Layout.of(lattice, watched, days, versions);
        Map<Integer, Tally> tallies = new HashMap<>();
        for (Row row : sums(cells, lattice, useCase, days, layout).collectAsList()) {
            int place = row.getInt(0);
            Counts counts = new Counts(row.getLong(2), Math.addExact(row.getLong(3), row.getLong(4)), row.getLong(3));
            ClusterSums clusters = row.getInt(1) >= CLUSTERED
                    ? ClusterSums.EMPTY
                    : new ClusterSums(
                            row.getLong(5),
                            counts.wrong(),
                            counts.trials(watched.get(place).measure()),
                            row.getLong(6),
                            row.getLong(7),
                            row.getLong(8));
            tallies.put(place * layout.tallies() + row.getInt(1), new Tally(counts, clusters));
        }
        return new ChangeTallies(layout, tallies);
    }

    /** A row per segment and tally that has any. */
    static Dataset<Row> sums(Dataset<Row> cells, Lattice lattice, String useCase, ChangeDays days, Layout layout) {
        StructType schema =
                new StructType().add(PLACE, DataTypes.IntegerType, false).add(TALLY, DataTypes.IntegerType, false);
        List<Column> added = new ArrayList<>();
        for (String name : SUMS) {
            schema = schema.add(name, DataTypes.LongType, false);
            added.add(sum(name).as(name));
        }
        Column camera = shiftright(col(SegmentSums.PLACE + 0), lattice.cameraShift());
        MapPartitionsFunction<Row, Row> kernel =
                rows -> rows.hasNext() ? new Kernel(lattice, layout).sum(rows) : Collections.emptyIterator();
        return SegmentSums.encoded(atEqualAge(cells, useCase, days), lattice, DAY)
                .repartition(camera)
                .sortWithinPartitions(camera, col(DAY))
                .mapPartitions(kernel, Encoders.row(schema))
                .groupBy(PLACE, TALLY)
                .agg(added.get(0), added.subList(1, added.size()).toArray(Column[]::new));
    }

    /** Old event dates, each with what was known of it at the same age, and the number of the date. */
    private static Dataset<Row> atEqualAge(Dataset<Row> cells, String useCase, ChangeDays days) {
        Column event = col(ExposureDaily.EVENT_DATE);
        Column arrival = col(VerdictDaily.ARRIVAL_DATE);
        return cells.filter(col(SegmentSums.USE_CASE)
                        .equalTo(useCase)
                        .and(event.between(lit(days.from()), lit(days.to())))
                        .and(arrival.isNull().or(datediff(arrival, event).leq(days.age())))
                        .and(col(SegmentSums.ALARMS)
                                .notEqual(0)
                                .or(col(SegmentSums.WRONG).notEqual(0))
                                .or(col(SegmentSums.CONFIRMED).notEqual(0))))
                .withColumn(DAY, datediff(event, lit(days.from())).cast(DataTypes.LongType));
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
            int version = before == null
                    ? -1
                    : lattice.dimensions().stream()
                            .map(Lattice.Dimension::column)
                            .toList()
                            .indexOf(Inferences.MODEL_VERSION);
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

    /** Adds cells, arranged by camera and event date, to the watched segments they lie in. */
    private static final class Kernel {
        private static final int COUNTS = 3;
        private static final int SQUARES = 4;

        private final Lattice lattice;
        private final Layout layout;
        private final LongSlots places = new LongSlots();
        private final int segments;
        private final boolean[] byAlarms;
        private final int[] subsets;
        private final int[] strata;
        private final int[] codes;

        /** Alarms, wrong, confirmed by segment and tally. */
        private final long[] counts;

        /** Clusters, sums of x^2, x n, n^2 by segment and tally with clusters. */
        private final long[] squares;

        private final Open cameras;
        private final Open cameraDays;

        Kernel(Lattice lattice, Layout layout) {
            this.lattice = lattice;
            this.layout = layout;
            segments = layout.ids.size();
            byAlarms = new boolean[segments];
            for (int i = 0; i < segments; i++) {
                places.slot(layout.ids.get(i));
                byAlarms[i] = layout.byAlarms.get(i);
            }
            if (places.size() < segments) {
                throw new IllegalArgumentException("Expected different segments, got one twice");
            }
            subsets = layout.ids.stream()
                    .mapToInt(lattice::subsetOf)
                    .distinct()
                    .sorted()
                    .toArray();
            strata = layout.dimensions.stream().mapToInt(Integer::intValue).toArray();
            codes = new int[lattice.dimensions().size()];
            counts = new long[segments * layout.tallies() * COUNTS];
            squares = new long[segments * CLUSTERED * SQUARES];
            cameras = new Open(segments * CLUSTERED);
            cameraDays = new Open(segments * CLUSTERED);
        }

        Iterator<Row> sum(Iterator<Row> cells) {
            long[] place = new long[lattice.placeWords()];
            long[] frame = new long[lattice.frameWords()];
            long camera = -1;
            int day = -1;
            while (cells.hasNext()) {
                Row cell = cells.next();
                int at = 0;
                for (int i = 0; i < place.length; i++) {
                    place[i] = cell.getLong(at++);
                }
                for (int i = 0; i < frame.length; i++) {
                    frame[i] = cell.getLong(at++);
                }
                lattice.unpackPlace(place, codes);
                lattice.unpackFrame(frame, codes);
                long ofCamera = place[0] >>> lattice.cameraShift();
                int ofDay = (int) cell.getLong(cell.size() - 1);
                if (ofCamera != camera || ofDay != day) {
                    cameraDays.close(squares);
                }
                if (ofCamera != camera) {
                    cameras.close(squares);
                }
                camera = ofCamera;
                day = ofDay;
                add(day, cell.getLong(at), cell.getLong(at + 1), cell.getLong(at + 2));
            }
            cameraDays.close(squares);
            cameras.close(squares);
            return rows().iterator();
        }

        private void add(int day, long alarms, long wrong, long confirmed) {
            boolean now = day >= layout.nowFrom;
            int stratum = 0;
            for (int d : strata) {
                stratum = stratum * lattice.cardinality(d) + codes[d];
            }
            int version = layout.version < 0 ? -1 : codes[layout.version];
            boolean newest = version == layout.versionNow;
            boolean compared = version >= 0 && (newest || version == layout.versionBefore);
            for (int subset : subsets) {
                int segment = places.find(lattice.id(subset, codes));
                if (segment < 0) {
                    continue;
                }
                long trials = byAlarms[segment] ? alarms : wrong + confirmed;
                int period = now ? NOW : BEFORE;
                count(segment, period, alarms, wrong, confirmed);
                cameras.add(segment * CLUSTERED + period, wrong, trials);
                if (!now) {
                    count(segment, DAILY, alarms, wrong, confirmed);
                    cameraDays.add(segment * CLUSTERED + DAILY, wrong, trials);
                }
                count(segment, CLUSTERED + day, alarms, wrong, confirmed);
                if (compared) {
                    int arm = newest ? VERSION_NOW : VERSION_BEFORE;
                    count(segment, arm, alarms, wrong, confirmed);
                    cameras.add(segment * CLUSTERED + arm, wrong, trials);
                    count(segment, layout.stratum(stratum, newest), alarms, wrong, confirmed);
                }
            }
        }

        private void count(int segment, int tally, long alarms, long wrong, long confirmed) {
            int at = (segment * layout.tallies() + tally) * COUNTS;
            counts[at] += alarms;
            counts[at + 1] += wrong;
            counts[at + 2] += confirmed;
        }

        private List<Row> rows() {
            List<Row> rows = new ArrayList<>();
            for (int segment = 0; segment < segments; segment++) {
                for (int tally = 0; tally < layout.tallies(); tally++) {
                    int at = (segment * layout.tallies() + tally) * COUNTS;
                    int square = (segment * CLUSTERED + tally) * SQUARES;
                    boolean clustered = tally < CLUSTERED;
                    if (counts[at] != 0 || counts[at + 1] != 0 || counts[at + 2] != 0) {
                        rows.add(RowFactory.create(
                                segment,
                                tally,
                                counts[at],
                                counts[at + 1],
                                counts[at + 2],
                                clustered ? squares[square] : 0L,
                                clustered ? squares[square + 1] : 0L,
                                clustered ? squares[square + 2] : 0L,
                                clustered ? squares[square + 3] : 0L));
                    }
                }
            }
            return rows;
        }
    }

    /** Wrong alarms and trials of clusters that may still grow. */
    private static final class Open {
        private final long[] x;
        private final long[] n;
        private final boolean[] isOpen;
        private final int[] open;
        private int size;

        Open(int places) {
            x = new long[places];
            n = new long[places];
            isOpen = new boolean[places];
            open = new int[places];
        }

        void add(int place, long wrong, long trials) {
            if (!isOpen[place]) {
                isOpen[place] = true;
                open[size++] = place;
            }
            x[place] += wrong;
            n[place] += trials;
        }

        /** Squares what the clusters have; a cluster without trials is none. */
        void close(long[] squares) {
            for (int i = 0; i < size; i++) {
                int place = open[i];
                int at = place * Kernel.SQUARES;
                squares[at] += n[place] == 0 ? 0 : 1;
                squares[at + 1] = Math.addExact(squares[at + 1], Math.multiplyExact(x[place], x[place]));
                squares[at + 2] = Math.addExact(squares[at + 2], Math.multiplyExact(x[place], n[place]));
                squares[at + 3] = Math.addExact(squares[at + 3], Math.multiplyExact(n[place], n[place]));
                x[place] = 0;
                n[place] = 0;
                isOpen[place] = false;
            }
            size = 0;
        }
    }
}
