package dev.winnow.segments;

import static dev.winnow.segments.SegmentSums.TRIALS;
import static dev.winnow.segments.SegmentSums.USE_CASE;
import static dev.winnow.segments.SegmentSums.WRONG;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.stats.ClusterSums;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
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
 * What the event dates after a segment's first detection say of it. They took no part in its detection, so they can
 * confirm it; the dates that made it look bad can not.
 *
 * @param segment wrong alarms of trials by camera, on those dates
 * @param rest the same outside of the segment, in the same use case and on the same dates
 */
record FreshDays(ClusterSums segment, ClusterSums rest) {
    private static final String PLACE = "place";

    // Sums of a place; what it shares with the whole camera comes last.
    private static final int CLUSTERS = 0;
    private static final int X = 1;
    private static final int N = 2;
    private static final int XX = 3;
    private static final int XN = 4;
    private static final int NN = 5;
    private static final int WHOLE_CAMERAS = 6;
    private static final int X_OF_WHOLE = 7;
    private static final int XN_OF_WHOLE = 8;
    private static final int N_OF_WHOLE = 9;
    private static final int SUMS = 10;

    /**
     * Sums them for some segments: one shuffle of the tried cells since the first date to their cameras, and a second one
     * of a row per task, segment and date.
     *
     * @param cells from {@link Windows#coded}
     * @param since date of first detection by use case and segment id; at least one, at most some thousand of each
     * @return by use case and segment id; a segment without trials since is left out
     */
    static Map<String, Map<Long, FreshDays>> of(CodedCells cells, Map<String, Map<Long, LocalDate>> since) {
        Lattice lattice = cells.lattice();
        Map<String, Places> places = new TreeMap<>();
        since.forEach((useCase, dates) -> places.put(useCase, Places.of(dates)));
        LocalDate first = places.values().stream()
                .map(p -> p.dates.get(0))
                .min(LocalDate::compareTo)
                .orElseThrow();
        Dataset<Row> fresh = cells.rows()
                .filter(cells.isOf(since.keySet())
                        .and(col(Windows.EVENT_DAY).gt(lit(first.toEpochDay())))
                        .and(col(WRONG).notEqual(0).or(col(TRIALS).notEqual(0))));
        StructType schema =
                new StructType().add(USE_CASE, DataTypes.StringType, false).add(PLACE, DataTypes.IntegerType, false);
        List<Column> added = new ArrayList<>();
        for (int i = 0; i < SUMS; i++) {
            schema = schema.add("sum" + i, DataTypes.LongType, false);
            added.add(sum("sum" + i));
        }
        MapPartitionsFunction<Row, Row> kernel = rows -> new Kernel(lattice, since).sum(rows);
        Map<String, Map<Integer, long[]>> found = new HashMap<>();
        for (Row row : cells.with(fresh)
                .select(List.of(Windows.EVENT_DAY, WRONG, TRIALS))
                .repartition(cells.camera())
                .sortWithinPartitions(cells.placeOrder())
                .mapPartitions(kernel, Encoders.row(schema))
                .groupBy(USE_CASE, PLACE)
                .agg(added.get(0), added.subList(1, SUMS).toArray(Column[]::new))
                .collectAsList()) {
            long[] sums = new long[SUMS];
            Arrays.setAll(sums, i -> row.getLong(2 + i));
            found.computeIfAbsent(row.getString(0), u -> new HashMap<>()).put(row.getInt(1), sums);
        }
        Map<String, Map<Long, FreshDays>> days = new HashMap<>();
        found.forEach((useCase, sums) ->
                days.put(useCase, Objects.requireNonNull(places.get(useCase)).read(sums)));
        return days;
    }

    /**
     * Where the sums of a use case go: first its segments, then all of its cells after each date.
     *
     * @param ids segments, ascending
     * @param since place in {@code dates} of each segment's first detection
     * @param dates dates of first detection, ascending
     */
    private record Places(List<Long> ids, List<Integer> since, List<LocalDate> dates) {
        static Places of(Map<Long, LocalDate> since) {
            List<Long> ids = since.keySet().stream().sorted().toList();
            List<LocalDate> dates = List.copyOf(new TreeSet<>(since.values()));
            return new Places(
                    ids, ids.stream().map(id -> dates.indexOf(since.get(id))).toList(), dates);
        }

        LocalDate firstSeen(int segment) {
            return dates.get(since.get(segment));
        }

        int whole(int date) {
            return ids.size() + date;
        }

        int size() {
            return ids.size() + dates.size();
        }

        Map<Long, FreshDays> read(Map<Integer, long[]> sums) {
            Map<Long, FreshDays> days = new HashMap<>();
            for (int i = 0; i < ids.size(); i++) {
                long[] of = sums.get(i);
                if (of != null) {
                    ClusterSums segment = clusters(of);
                    ClusterSums whole = clusters(Objects.requireNonNull(sums.get(whole(since.get(i)))));
                    days.put(
                            ids.get(i),
                            new FreshDays(
                                    segment,
                                    whole.outside(
                                            segment,
                                            of[WHOLE_CAMERAS],
                                            of[X_OF_WHOLE],
                                            of[XN_OF_WHOLE],
                                            of[N_OF_WHOLE])));
                }
            }
            return days;
        }

        private static ClusterSums clusters(long[] sums) {
            return new ClusterSums(sums[CLUSTERS], sums[X], sums[N], sums[XX], sums[XN], sums[NN]);
        }
    }

    /** Adds the cells of a camera up, and when it ends its squares, to sums of a task. */
    private static final class Kernel {
        private final SegmentMembers members;
        private final Map<String, Places> places = new TreeMap<>();
        private final Map<String, long[][]> totals = new TreeMap<>();

        // Of the camera at hand: wrong alarms and trials by place, which are what has been touched.
        private final Map<Integer, long[]> camera = new TreeMap<>();

        Kernel(Lattice lattice, Map<String, Map<Long, LocalDate>> since) {
            Map<String, List<Long>> ids = new HashMap<>();
            since.forEach((useCase, dates) -> {
                Places of = Places.of(dates);
                places.put(useCase, of);
                totals.put(useCase, new long[of.size()][]);
                ids.put(useCase, of.ids);
            });
            members = new SegmentMembers(lattice, ids);
        }

        /** Sums rows that are sorted by use case and camera. */
        Iterator<Row> sum(Iterator<Row> rows) {
            String useCase = null;
            long at = -1;
            while (rows.hasNext()) {
                Row row = rows.next();
                int[] segments = members.of(row);
                if (members.camera() != at) {
                    close(useCase);
                    useCase = members.useCase();
                    at = members.camera();
                }
                add(row, segments, Objects.requireNonNull(places.get(useCase)));
            }
            close(useCase);
            List<Row> found = new ArrayList<>();
            totals.forEach((of, sums) -> {
                for (int place = 0; place < sums.length; place++) {
                    if (sums[place] != null) {
                        Object[] fields = new Object[2 + SUMS];
                        fields[0] = of;
                        fields[1] = place;
                        for (int i = 0; i < SUMS; i++) {
                            fields[2 + i] = sums[place][i];
                        }
                        found.add(RowFactory.create(fields));
                    }
                }
            });
            return found.iterator();
        }

        private void add(Row row, int[] segments, Places of) {
            int at = row.size() - 3;
            LocalDate date = LocalDate.ofEpochDay(row.getLong(at));
            for (int segment : segments) {
                if (date.isAfter(of.firstSeen(segment))) {
                    add(segment, row.getLong(at + 1), row.getLong(at + 2));
                }
            }
            for (int d = 0; d < of.dates.size() && date.isAfter(of.dates.get(d)); d++) {
                add(of.whole(d), row.getLong(at + 1), row.getLong(at + 2));
            }
        }

        private void add(int place, long wrong, long trials) {
            long[] counts = camera.computeIfAbsent(place, p -> new long[2]);
            counts[0] = Math.addExact(counts[0], wrong);
            counts[1] = Math.addExact(counts[1], trials);
        }

        private void close(@Nullable String useCase) {
            if (useCase == null) {
                return;
            }
            Places of = Objects.requireNonNull(places.get(useCase));
            long[][] sums = Objects.requireNonNull(totals.get(useCase));
            camera.forEach((place, counts) -> {
                if (place >= of.ids.size()) {
                    counts[1] = Math.max(0, counts[1]);
                    counts[0] = LatticeKernel.within(counts[0], 0, counts[1]);
                }
            });
            camera.forEach((place, counts) -> {
                if (place < of.ids.size()) {
                    long[] whole = Objects.requireNonNull(camera.get(of.whole(of.since.get(place))));
                    counts[1] = LatticeKernel.within(counts[1], 0, whole[1]);
                    counts[0] = LatticeKernel.wrongWithin(counts[0], counts[1], whole[0], whole[1]);
                }
            });
            camera.forEach((place, counts) -> {
                if (sums[place] == null) {
                    sums[place] = new long[SUMS];
                }
                long x = counts[0];
                long n = counts[1];
                long[] to = sums[place];
                plus(to, CLUSTERS, n != 0 ? 1 : 0);
                plus(to, X, x);
                plus(to, N, n);
                plus(to, XX, Math.multiplyExact(x, x));
                plus(to, XN, Math.multiplyExact(x, n));
                plus(to, NN, Math.multiplyExact(n, n));
                if (place < of.ids.size()) {
                    long[] whole = Objects.requireNonNull(camera.get(of.whole(of.since.get(place))));
                    plus(to, WHOLE_CAMERAS, n != 0 && n == whole[1] ? 1 : 0);
                    plus(to, X_OF_WHOLE, Math.multiplyExact(x, whole[0]));
                    plus(
                            to,
                            XN_OF_WHOLE,
                            Math.addExact(Math.multiplyExact(x, whole[1]), Math.multiplyExact(n, whole[0])));
                    plus(to, N_OF_WHOLE, Math.multiplyExact(n, whole[1]));
                }
            });
            camera.clear();
        }

        private static void plus(long[] sums, int which, long more) {
            sums[which] = Math.addExact(sums[which], more);
        }
    }
}
