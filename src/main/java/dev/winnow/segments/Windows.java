package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.segments.ExposureDaily.BINS;
import static dev.winnow.segments.ExposureDaily.CONFIDENCE_HISTOGRAM;
import static dev.winnow.segments.ExposureDaily.EVENT_DATE;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static dev.winnow.segments.VerdictDaily.CONFIDENCE_BIN;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** The cells of a window and the dimensions they have. */
final class Windows {
    private Windows() {}

    /** Days from 1970-01-01 to the event date. */
    static final String EVENT_DAY = "event_day";

    /** Days from the event date to the arrival of verdicts; 0 for exposure. */
    static final String AGE = "age";

    /** Band of confidence of judged alarms; {@link #NO_BAND} for exposure and where it is not known. */
    static final String BAND = "band";

    static final long NO_BAND = -1;

    /** Bands of confidence: few enough that each has judged alarms. */
    static final int BANDS = 5;

    /** What cells have besides their counts: longs. */
    static final List<String> MORE = Stream.concat(
                    Stream.of(EVENT_DAY, AGE, BAND), IntStream.range(0, BANDS).mapToObj(Windows::ofBand))
            .toList();

    private static final String RATES = "expected_rates";

    /** Name of the dimension whose values are sites. */
    static final String SITE = "site";

    /**
     * The dimensions that make segments: class, model version and site, which every cell has, and the configured ones.
     *
     * @param ofFrames dimensions of frames
     * @param ofCameras dimensions of cameras
     */
    static List<Lattice.Dimension> dimensions(List<String> ofFrames, List<String> ofCameras) {
        List<Lattice.Dimension> dimensions = new ArrayList<>(List.of(
                new Lattice.Dimension("label", LABEL, false),
                new Lattice.Dimension("model_version", MODEL_VERSION, false),
                new Lattice.Dimension(SITE, SITE_ID, true)));
        ofFrames.forEach(name -> dimensions.add(new Lattice.Dimension(name, TableDef.dimensionColumn(name), false)));
        ofCameras.forEach(name -> dimensions.add(new Lattice.Dimension(name, TableDef.dimensionColumn(name), true)));
        return dimensions;
    }

    /**
     * Puts exposure and verdicts of a window under each other, shaped as {@link SegmentSums} takes cells: rows of equal
     * keys add up there. Event dates that are not mature in their use case are left out.
     *
     * @param useCases from {@link UseCaseWindow#learn} of the same exposure and verdicts
     * @return keys of cells, {@link SegmentSums#COUNTS} and {@link #MORE}
     */
    static Dataset<Row> cells(
            Dataset<Row> exposure,
            Dataset<Row> verdicts,
            List<String> frameDimensions,
            Map<String, UseCaseWindow> useCases) {
        List<Column> shown = new ArrayList<>(List.of(Cells.columns(Cells.keys(frameDimensions))));
        shown.add(unix_date(col(EVENT_DATE)).cast(DataTypes.LongType).as(EVENT_DAY));
        List<Column> judged = new ArrayList<>(shown);
        shown.add(lit(0L).as(AGE));
        judged.add(datediff(col(VerdictDaily.ARRIVAL_DATE), col(EVENT_DATE))
                .cast(DataTypes.LongType)
                .as(AGE));
        shown.add(lit(NO_BAND).as(BAND));
        Column band = floor(col(CONFIDENCE_BIN).multiply(BANDS).divide(BINS));
        judged.add(when(UseCaseWindow.isAlarm(), coalesce(band, lit(NO_BAND)))
                .otherwise(NO_BAND)
                .as(BAND));
        for (int b = 0; b < BANDS; b++) {
            Column alarms = lit(0L);
            for (int bin = b * BINS / BANDS; bin < (b + 1) * BINS / BANDS; bin++) {
                alarms = alarms.plus(coalesce(get(col(CONFIDENCE_HISTOGRAM), lit(bin)), lit(0L)));
            }
            shown.add(alarms.as(ofBand(b)));
            judged.add(lit(0L).as(ofBand(b)));
        }
        Column byAlarms = UseCaseWindow.byUseCase(useCases, w -> lit(w.measure() == Measure.MARKS), lit(false));
        Column wrong = UseCaseWindow.wrong();
        Column confirmed = col(VerdictDaily.CONFIRMED);
        counts(
                shown,
                Map.of(
                        SegmentSums.ALARMS, col(SHOWN),
                        SegmentSums.TRIALS, when(byAlarms, col(SHOWN)).otherwise(0L),
                        SegmentSums.ESTIMATED, col(SegmentSums.ESTIMATED)));
        counts(
                judged,
                Map.of(
                        SegmentSums.WRONG, ofAlarm(wrong),
                        SegmentSums.CONFIRMED, ofAlarm(confirmed),
                        SegmentSums.RELABELED, ofAlarm(col(VerdictDaily.RELABELED)),
                        SegmentSums.MISSED, col(VerdictDaily.MISSED),
                        SegmentSums.NEGATIVES, when(UseCaseWindow.isAlarm(), 0L).otherwise(confirmed),
                        SegmentSums.TRIALS, ofAlarm(when(byAlarms, 0L).otherwise(wrong.plus(confirmed)))));
        Column mature = UseCaseWindow.mature(useCases);
        return withEstimates(exposure.filter(UseCaseWindow.isAlarm()).filter(mature), useCases)
                .select(shown.toArray(Column[]::new))
                .unionByName(verdicts.filter(mature).select(judged.toArray(Column[]::new)));
    }

    /** Use cases, cameras and sites of {@link #cells}. */
    static Dataset<Row> places(Dataset<Row> cells) {
        return cells.select(Inferences.USE_CASE, Inferences.CAMERA_ID, SITE_ID).distinct();
    }

    /** Replaces the strings of {@link #cells} with static dimensions by codes. */
    static CodedCells coded(Dataset<Row> cells, Lattice lattice) {
        return CodedCells.of(cells, lattice, MORE.toArray(String[]::new));
    }

    /** Column of the alarms whose confidence lies in a band. */
    static String ofBand(int band) {
        return "alarms_" + band;
    }

    private static Column ofAlarm(Column count) {
        return when(UseCaseWindow.isAlarm(), count).otherwise(0L);
    }

    /** Appends all counts of a cell; those that are not given are 0. */
    private static void counts(List<Column> columns, Map<String, Column> given) {
        SegmentSums.COUNTS.forEach(
                name -> columns.add(given.getOrDefault(name, lit(0L)).as(name)));
    }

    /** Adds the wrong alarms that the confidences of a cell let expect; 0 where nothing is known of its class. */
    private static Dataset<Row> withEstimates(Dataset<Row> exposure, Map<String, UseCaseWindow> useCases) {
        if (useCases.values().stream().allMatch(w -> w.expected().isEmpty())) {
            return exposure.withColumn(SegmentSums.ESTIMATED, lit(0L));
        }
        Column nothing = lit(null).cast(DataTypes.createArrayType(DataTypes.LongType));
        Column rates = UseCaseWindow.byUseCase(
                useCases,
                w -> w.expected().isEmpty() ? nothing : element_at(byLabel(w.expected()), col(LABEL)),
                nothing);
        // Bin by bin: Spark compiles no query that holds its functions of arrays.
        Column total = lit(0L);
        for (int bin = 0; bin < BINS; bin++) {
            Column product = get(col(CONFIDENCE_HISTOGRAM), lit(bin)).multiply(get(col(RATES), lit(bin)));
            total = total.plus(coalesce(product, lit(0L)));
        }
        return exposure.withColumn(RATES, rates)
                .withColumn(SegmentSums.ESTIMATED, total)
                .drop(RATES);
    }

    private static Column byLabel(Map<String, List<Long>> rates) {
        List<Column> entries = new ArrayList<>();
        rates.forEach((label, bins) -> {
            entries.add(lit(label));
            entries.add(array(bins.stream().map(bin -> lit(bin)).toArray(Column[]::new)));
        });
        return map(entries.toArray(Column[]::new));
    }

    /** Days on which each camera was seen, with or without alarms: {@code use_case}, {@code camera_id}, {@code days}. */
    static Dataset<Row> seenDays(Dataset<Row> exposure, Map<String, UseCaseWindow> useCases) {
        return exposure.filter(UseCaseWindow.mature(useCases))
                .groupBy(Inferences.USE_CASE, Inferences.CAMERA_ID)
                .agg(count_distinct(col(EVENT_DATE)).cast(DataTypes.IntegerType).as(SeenDays.DAYS));
    }
}
