package dev.winnow.segments;

import static dev.winnow.segments.ExposureDaily.BINS;
import static dev.winnow.segments.ExposureDaily.CONFIDENCE_HISTOGRAM;
import static dev.winnow.segments.ExposureDaily.EVENT_DATE;
import static dev.winnow.segments.VerdictDaily.CONFIDENCE_BIN;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.ConfigException;
import dev.winnow.stats.Stratified;
import dev.winnow.stats.Stratified.Stratum;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
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
 * What is worked out for the worst segments alone, because it takes more sums than all segments could have.
 *
 * @param stratified rate corrected for uneven judging; the strata are bands of confidence and configured dimensions
 * @param alarms alarms by event date
 */
record Details(Stratified stratified, Map<LocalDate, Long> alarms) {
    /** Bands of confidence: few enough that each has judged alarms. */
    private static final int BANDS = 5;

    /** Rows that may come to the driver, below 100 MB. */
    private static final int MAX_ROWS = 200_000;

    private static final String SEGMENT = "place";
    private static final String STRATUM = "stratum";

    /**
     * Adds to exposure and verdicts what {@link #of} needs: alarms, judged and wrong alarms by band of confidence.
     *
     * @return keys of cells, event date, and three columns for each band
     */
    static Dataset<Row> cells(
            Dataset<Row> exposure,
            Dataset<Row> verdicts,
            List<String> frameDimensions,
            Map<String, UseCaseWindow> useCases) {
        List<Column> shown = new ArrayList<>(List.of(Cells.columns(Cells.keys(frameDimensions))));
        shown.add(col(EVENT_DATE));
        List<Column> judged = new ArrayList<>(shown);
        Column wrong = UseCaseWindow.wrong();
        for (int band = 0; band < BANDS; band++) {
            Column alarms = lit(0L);
            for (int bin = band * BINS / BANDS; bin < (band + 1) * BINS / BANDS; bin++) {
                alarms = alarms.plus(coalesce(get(col(CONFIDENCE_HISTOGRAM), lit(bin)), lit(0L)));
            }
            Column here =
                    col(CONFIDENCE_BIN).multiply(BANDS).divide(BINS).cast("int").equalTo(band);
            shown.addAll(List.of(alarms.as(name("n", band)), lit(0L).as(name("v", band)), lit(0L).as(name("x", band))));
            judged.addAll(List.of(
                    lit(0L).as(name("n", band)),
                    when(here, wrong.plus(col(VerdictDaily.CONFIRMED)))
                            .otherwise(0L)
                            .as(name("v", band)),
                    when(here, wrong).otherwise(0L).as(name("x", band))));
        }
        Column counted = UseCaseWindow.isAlarm().and(UseCaseWindow.mature(useCases));
        return exposure.filter(counted)
                .select(shown.toArray(Column[]::new))
                .unionByName(verdicts.filter(counted.and(col(CONFIDENCE_BIN).isNotNull()))
                        .select(judged.toArray(Column[]::new)));
    }

    private static String name(String count, int band) {
        return count + band;
    }

    /**
     * Works them out for some segments: one pass over the cells, one small shuffle.
     *
     * @param cells from {@link #cells}, with the static dimensions
     * @param ids segments of the lattice by use case; some tens each
     * @param strata columns whose values are strata
     * @return by use case and segment id
     * @throws ConfigException if the strata are too many
     */
    static Map<String, Map<Long, Details>> of(
            Dataset<Row> cells, Lattice lattice, Map<String, List<Long>> ids, List<String> strata) {
        List<String> counts = new ArrayList<>();
        for (int band = 0; band < BANDS; band++) {
            counts.addAll(List.of(name("n", band), name("v", band), name("x", band)));
        }
        Column stratum = concat_ws(
                "\u0000",
                strata.stream().map(name -> coalesce(col(name), lit(""))).toArray(Column[]::new));
        List<String> more = new ArrayList<>(List.of(EVENT_DATE, STRATUM));
        more.addAll(counts);
        StructType schema = new StructType()
                .add(SegmentSums.USE_CASE, DataTypes.StringType, false)
                .add(SEGMENT, DataTypes.IntegerType, false)
                .add(EVENT_DATE, DataTypes.DateType)
                .add(STRATUM, DataTypes.StringType);
        for (String count : counts) {
            schema = schema.add(count, DataTypes.LongType, false);
        }
        int at = 2 + lattice.dimensions().size();
        MapPartitionsFunction<Row, Row> places = rows -> {
            SegmentMembers segments = new SegmentMembers(lattice, ids);
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                    .flatMap(row -> Arrays.stream(segments.of(row))
                            .boxed()
                            .flatMap(member -> Stream.of(ofStratum(row, member, at), ofDate(row, member, at))))
                    .iterator();
        };
        List<Column> sums = new ArrayList<>();
        counts.forEach(count -> sums.add(sum(count)));
        List<Row> rows = SegmentSums.keys(
                        cells.filter(col(SegmentSums.USE_CASE).isin(ids.keySet().toArray()))
                                .withColumn(STRATUM, stratum),
                        lattice.dimensions(),
                        more.toArray(String[]::new))
                .mapPartitions(places, Encoders.row(schema))
                .groupBy(SegmentSums.USE_CASE, SEGMENT, EVENT_DATE, STRATUM)
                .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new))
                .limit(MAX_ROWS + 1)
                .collectAsList();
        if (rows.size() > MAX_ROWS) {
            throw new ConfigException("segments.strata: " + strata + " make more than "
                    + MAX_ROWS / ids.values().stream().mapToInt(List::size).sum()
                    + " strata in the worst segments; name dimensions of fewer values");
        }
        Map<String, List<Row>> byUseCase = new HashMap<>();
        rows.forEach(row -> byUseCase
                .computeIfAbsent(row.getString(0), u -> new ArrayList<>())
                .add(row));
        Map<String, Map<Long, Details>> details = new HashMap<>();
        ids.forEach((useCase, of) -> details.put(useCase, ofRows(byUseCase.getOrDefault(useCase, List.of()), of)));
        return details;
    }

    /** What a cell adds to its stratum: all bands. */
    private static Row ofStratum(Row cell, int segment, int at) {
        Object[] fields = new Object[4 + 3 * BANDS];
        fields[0] = cell.get(0);
        fields[1] = segment;
        fields[3] = cell.get(at + 1);
        for (int i = 0; i < 3 * BANDS; i++) {
            fields[4 + i] = cell.get(at + 2 + i);
        }
        return RowFactory.create(fields);
    }

    /** What a cell adds to its event date: its alarms, in the place of the first band. */
    private static Row ofDate(Row cell, int segment, int at) {
        Object[] fields = new Object[4 + 3 * BANDS];
        Arrays.fill(fields, 4, fields.length, 0L);
        fields[0] = cell.get(0);
        fields[1] = segment;
        fields[2] = cell.get(at);
        long alarms = 0;
        for (int band = 0; band < BANDS; band++) {
            alarms += cell.getLong(at + 2 + 3 * band);
        }
        fields[4] = alarms;
        return RowFactory.create(fields);
    }

    private static Map<Long, Details> ofRows(List<Row> rows, List<Long> ids) {
        Map<Long, TreeMap<LocalDate, Long>> alarms = new HashMap<>();
        Map<Long, TreeMap<String, long[]>> strata = new HashMap<>();
        for (Row row : rows) {
            Long id = ids.get(row.getInt(1));
            if (!row.isNullAt(2)) {
                alarms.computeIfAbsent(id, i -> new TreeMap<>()).put(row.getLocalDate(2), row.getLong(4));
                continue;
            }
            long[] sums = new long[3 * BANDS];
            Arrays.setAll(sums, i -> row.getLong(4 + i));
            strata.computeIfAbsent(id, i -> new TreeMap<>()).put(row.getString(3), sums);
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
