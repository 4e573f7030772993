package dev.winnow.segments;

import static dev.winnow.segments.SegmentSums.ALARMS;
import static dev.winnow.segments.SegmentSums.CONFIRMED;
import static dev.winnow.segments.SegmentSums.WRONG;
import static dev.winnow.segments.Windows.BANDS;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.config.ConfigException;
import dev.winnow.stats.Stratified;
import dev.winnow.stats.Stratified.Stratum;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What is worked out for the worst segments alone, because it takes more sums than all segments could have.
 *
 * @param stratified rate corrected for uneven judging; the strata are bands of confidence and configured dimensions
 * @param alarms alarms by event date
 */
record Details(Stratified stratified, Map<LocalDate, Long> alarms) {
    /** Event dates and strata of a segment, about 500 bytes each on the driver; a window has at most 366 dates. */
    private static final int MAX_KEYS = 1_000;

    private static final int MAX_DATES = 366;

    private static final String SEGMENT = "segment";
    private static final String DATED = "dated";
    private static final String KEY = "key";

    /** Alarms, judged and wrong ones of each band. */
    private static final int SUMS = 3 * BANDS;

    /** What sums belong to: an event date as days from 1970-01-01, or a stratum as the number of its values. */
    private record Key(String useCase, int segment, boolean dated, long of) {}

    /**
     * Works them out for some segments: one pass over the cells, one shuffle of a task's sums.
     *
     * @param cells from {@link Windows#coded}
     * @param ids segments of the lattice by use case; some tens each
     * @param strata names of the dimensions whose values are strata
     * @return by use case and segment id; a segment without alarms is left out
     * @throws ConfigException if the strata are too many
     */
    static Map<String, Map<Long, Details>> of(CodedCells cells, Map<String, List<Long>> ids, List<String> strata) {
        Lattice lattice = cells.lattice();
        List<Integer> dimensions = strata.stream().map(lattice::place).toList();
        StructType schema = new StructType()
                .add(SegmentSums.USE_CASE, DataTypes.StringType, false)
                .add(SEGMENT, DataTypes.IntegerType, false)
                .add(DATED, DataTypes.BooleanType, false)
                .add(KEY, DataTypes.LongType, false);
        List<Column> added = new ArrayList<>();
        for (int i = 0; i < SUMS; i++) {
            schema = schema.add("sum" + i, DataTypes.LongType, false);
            added.add(sum("sum" + i));
        }
        List<String> read = new ArrayList<>(List.of(Windows.EVENT_DAY, Windows.BAND, WRONG, CONFIRMED, ALARMS));
        for (int band = 0; band < BANDS; band++) {
            read.add(Windows.ofBand(band));
        }
        int at = cells.words();
        int most = MAX_KEYS * ids.values().stream().mapToInt(List::size).sum();
        MapPartitionsFunction<Row, Row> kernel =
                rows -> summed(rows, new SegmentMembers(lattice, ids), lattice, dimensions, at, most);
        List<Row> rows = cells.with(cells.rows().filter(cells.isOf(ids.keySet())))
                .select(read)
                .mapPartitions(kernel, Encoders.row(schema))
                .groupBy(SegmentSums.USE_CASE, SEGMENT, DATED, KEY)
                .agg(added.get(0), added.subList(1, SUMS).toArray(Column[]::new))
                .limit(most + 1)
                .collectAsList();
        if (rows.size() > most) {
            throw new ConfigException("segments.strata: " + strata + " make more strata in the worst segments than the "
                    + (MAX_KEYS - MAX_DATES) + " that each may have; name dimensions of fewer values");
        }
        Map<String, List<Row>> byUseCase = new HashMap<>();
        rows.forEach(row -> byUseCase
                .computeIfAbsent(row.getString(0), u -> new ArrayList<>())
                .add(row));
        Map<String, Map<Long, Details>> details = new HashMap<>();
        ids.forEach((useCase, of) -> details.put(useCase, ofRows(byUseCase.getOrDefault(useCase, List.of()), of)));
        return details;
    }

    /** Adds up the cells of a task; rows of their words, event day, band, wrong, confirmed, alarms and alarms by band. */
    private static Iterator<Row> summed(
            Iterator<Row> cells, SegmentMembers segments, Lattice lattice, List<Integer> strata, int at, int most) {
        Map<Key, long[]> sums = new HashMap<>();
        long[] counts = new long[SUMS];
        // More keys than the driver takes are refused there; they need not fill the task's memory first.
        while (cells.hasNext() && sums.size() <= most) {
            Row cell = cells.next();
            int[] members = segments.of(cell);
            int band = (int) cell.getLong(at + 1);
            boolean alarmed = cell.getLong(at + 4) != 0;
            if (members.length == 0 || (!alarmed && band == Windows.NO_BAND)) {
                continue;
            }
            Arrays.fill(counts, 0);
            long[] alarms = new long[SUMS];
            for (int b = 0; b < BANDS; b++) {
                counts[3 * b] = cell.getLong(at + 5 + b);
                alarms[0] += counts[3 * b];
            }
            if (band != Windows.NO_BAND) {
                counts[3 * band + 1] = Math.addExact(cell.getLong(at + 2), cell.getLong(at + 3));
                counts[3 * band + 2] = cell.getLong(at + 2);
            }
            long stratum = 0;
            for (int dimension : strata) {
                stratum = Math.addExact(
                        Math.multiplyExact(stratum, lattice.cardinality(dimension)), segments.code(dimension));
            }
            for (int segment : members) {
                add(sums, new Key(segments.useCase(), segment, false, stratum), counts);
                if (alarmed) {
                    add(sums, new Key(segments.useCase(), segment, true, cell.getLong(at)), alarms);
                }
            }
        }
        return sums.entrySet().stream()
                .map(entry -> {
                    Key key = entry.getKey();
                    Object[] fields = new Object[4 + SUMS];
                    fields[0] = key.useCase;
                    fields[1] = key.segment;
                    fields[2] = key.dated;
                    fields[3] = key.of;
                    for (int i = 0; i < SUMS; i++) {
                        fields[4 + i] = entry.getValue()[i];
                    }
                    return RowFactory.create(fields);
                })
                .iterator();
    }

    private static void add(Map<Key, long[]> sums, Key key, long[] counts) {
        long[] to = sums.computeIfAbsent(key, k -> new long[SUMS]);
        for (int i = 0; i < SUMS; i++) {
            to[i] = Math.addExact(to[i], counts[i]);
        }
    }

    private static Map<Long, Details> ofRows(List<Row> rows, List<Long> ids) {
        Map<Long, TreeMap<LocalDate, Long>> alarms = new HashMap<>();
        Map<Long, TreeMap<Long, long[]>> strata = new HashMap<>();
        for (Row row : rows) {
            Long id = ids.get(row.getInt(1));
            if (row.getBoolean(2)) {
                alarms.computeIfAbsent(id, i -> new TreeMap<>())
                        .put(LocalDate.ofEpochDay(row.getLong(3)), row.getLong(4));
            } else {
                long[] sums = new long[SUMS];
                Arrays.setAll(sums, i -> row.getLong(4 + i));
                strata.computeIfAbsent(id, i -> new TreeMap<>()).put(row.getLong(3), sums);
            }
        }
        Map<Long, Details> details = new HashMap<>();
        strata.forEach((id, sums) -> {
            // Bands of one stratum stand side by side, so that an unjudged band borrows from the next confidence.
            List<Stratum> all = new ArrayList<>();
            for (long[] bands : sums.values()) {
                for (int band = 0; band < BANDS; band++) {
                    long n = bands[3 * band];
                    long v = Math.max(0, Math.min(n, bands[3 * band + 1]));
                    all.add(new Stratum(n, v, Math.max(0, Math.min(v, bands[3 * band + 2]))));
                }
            }
            details.put(id, new Details(Stratified.of(all), alarms.getOrDefault(id, new TreeMap<>())));
        });
        return details;
    }
}
