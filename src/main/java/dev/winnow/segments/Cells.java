package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.COUNTS_FROM;
import static dev.winnow.inputs.Inferences.COUNTS_UNTIL;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static dev.winnow.segments.ExposureDaily.BINS;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static dev.winnow.segments.VerdictDaily.CONFIDENCE_BIN;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The first pass over the inferences of a day: cells, reject counts and repeated ids in one aggregation. */
final class Cells {
    /** A rejected row, its columns as texts; null for rows that keep the contract. As JSON in {@link #rejected}. */
    static final String REJECT_ROW = "reject_row";

    /** Hash of an id that belongs to the sample in which repeated ids are counted; null for the other ids. */
    static final String SAMPLED_ID = "sampled_id";

    /** An inference that feedback may speak of; null for all others. */
    static final String NAMED = "named_inference";

    /** Characters of a column that are kept of a rejected row: some logs hold whole images as text. */
    static final int MAX_SAMPLE = 1_000;

    /** One id in this many is in the sample. */
    static final int ID_SAMPLE = 256;

    /** Whether a row is told by itself, once more than in its cell. */
    private static final String TOLD = "told";

    private static final String ROWS = "rows";

    /** The columns of an inference that are not part of its cell. */
    private static final List<String> NAMED_COLUMNS =
            List.of(INFERENCE_ID, IMAGE_URI, CAPTURED_AT, EVENT_DATE, PREDICTED_LABEL, CONFIDENCE);

    /** A row that keeps the contract counts for one day; see {@link Inferences#COUNTS_FROM}. */
    private static final List<String> DAYS = List.of(COUNTS_FROM, COUNTS_UNTIL);

    private Cells() {}

    /** The columns of a cell beside the day, in key order: site, camera, use case, model version, label, dimensions. */
    static List<String> keys(List<String> dimensions) {
        List<String> keys = new ArrayList<>(List.of(SITE_ID, CAMERA_ID, USE_CASE, MODEL_VERSION, LABEL));
        dimensions.forEach(name -> keys.add(TableDef.dimensionColumn(name)));
        return keys;
    }

    /** Bin of a confidence in [0, 1], null for null; 1 is in the last bin. */
    static Column confidenceBin(Column confidence) {
        return least(floor(confidence.multiply(lit(BINS))), lit(BINS - 1)).cast("int");
    }

    /** Label of an inference as cells name it. */
    static Column label() {
        return coalesce(col(PREDICTED_LABEL), lit(Inferences.NO_LABEL));
    }

    /**
     * Counts the rows of days by day, cell and broken rule, each with its histogram of confidences.
     *
     * <p>The bins are counts, not a key: a camera has few rows a day in each cell, and with the bin in the key nearly
     * every row would be a group of its own that is shuffled and counted again.
     *
     * <p>Some rows are told once more, with themselves in the key, so that nothing takes a second pass: a rejected row, of
     * which a run that succeeds has few (as JSON only later, since Spark compiles no query that holds its JSON functions);
     * a sampled id, so that ids that repeat show as counts above 1; an inference that feedback may speak of. Cells
     * themselves come out whole.
     *
     * @param rows from {@link dev.winnow.inputs.InferenceLog#files}
     * @param mayBeNamed whether feedback may speak of an inference
     * @return the days a row counts for, the cell's keys, {@code reject_reason}, {@code told}, {@code reject_row}, {@code
     *     sampled_id}, {@code named_inference}, {@code rows}, {@code bin_0} and so on
     */
    static Dataset<Row> count(Dataset<Row> rows, List<String> dimensions, Column mayBeNamed) {
        Column kept = col(REJECT_REASON).isNull();
        Column idHash = xxhash64(col(INFERENCE_ID));
        List<Column> columns = new ArrayList<>(List.of(columns(DAYS)));
        for (String key : keys(dimensions)) {
            columns.add(when(kept, key.equals(LABEL) ? label() : col(key)).as(key));
        }
        columns.add(col(REJECT_REASON));
        columns.add(when(isReject(), sample()).as(REJECT_ROW));
        columns.add(when(kept.and(pmod(idHash, lit(ID_SAMPLE)).equalTo(0)), idHash)
                .as(SAMPLED_ID));
        columns.add(when(kept.and(mayBeNamed), struct(columns(NAMED_COLUMNS))).as(NAMED));
        // A frame without output has no confidence to bin, whatever the log wrote there.
        Column labeled = kept.and(col(PREDICTED_LABEL).isNotNull());
        columns.add(when(labeled, confidenceBin(col(CONFIDENCE))).as(CONFIDENCE_BIN));

        Column itself = col(REJECT_ROW)
                .isNotNull()
                .or(col(SAMPLED_ID).isNotNull())
                .or(col(NAMED).isNotNull());
        List<Column> keys = new ArrayList<>(List.of(columns(DAYS)));
        keys.addAll(List.of(columns(keys(dimensions))));
        keys.addAll(List.of(col(REJECT_REASON), col(TOLD)));
        for (String name : List.of(REJECT_ROW, SAMPLED_ID, NAMED)) {
            keys.add(when(col(TOLD), col(name)).as(name));
        }
        return rows.select(columns.toArray(Column[]::new))
                .withColumn(
                        TOLD, explode(when(itself, array(lit(false), lit(true))).otherwise(array(lit(false)))))
                .groupBy(keys.toArray(Column[]::new))
                .agg(
                        number(lit(1)).as(ROWS),
                        histogram(bin -> number(when(col(CONFIDENCE_BIN).equalTo(bin), lit(1)))
                                .as(bin(bin))));
    }

    /** Spark's count, whose name is taken here. */
    private static Column number(Column of) {
        return org.apache.spark.sql.functions.count(of);
    }

    private static Column[] histogram(IntFunction<Column> bin) {
        return IntStream.range(0, BINS).mapToObj(bin).toArray(Column[]::new);
    }

    private static String bin(int bin) {
        return "bin_" + bin;
    }

    private static Column isReject() {
        return col(REJECT_REASON).isNotNull().and(col(REJECT_REASON).notEqual(Inferences.OTHER_DAY));
    }

    private static Column sample() {
        return struct(Inferences.TABLE.columns().stream()
                .map(name -> substring(col(name).cast("string"), 1, MAX_SAMPLE).as(name))
                .toArray(Column[]::new));
    }

    /** The cells among counted rows with their confidence histograms, shaped like {@link ExposureDaily}. */
    static Dataset<Row> exposure(Dataset<Row> counted, List<String> dimensions) {
        List<Column> columns = new ArrayList<>(List.of(col(COUNTS_FROM).as(EVENT_DATE)));
        columns.addAll(List.of(columns(keys(dimensions))));
        columns.add(col(ROWS).as(SHOWN));
        columns.add(array(histogram(bin -> col(bin(bin)))).as(ExposureDaily.CONFIDENCE_HISTOGRAM));
        return inCells(counted).filter(col(REJECT_REASON).isNull()).select(columns.toArray(Column[]::new));
    }

    private static Dataset<Row> inCells(Dataset<Row> counted) {
        return counted.filter(not(col(TOLD)));
    }

    /** Totals by day, broken rule and site: {@code event_date, reject_reason, site_id, rows}; one small row each. */
    static Dataset<Row> totals(Dataset<Row> counted) {
        return byDay(inCells(counted)
                        .groupBy(COUNTS_FROM, COUNTS_UNTIL, REJECT_REASON, SITE_ID)
                        .agg(sum(ROWS).as(ROWS)))
                .select(EVENT_DATE, REJECT_REASON, SITE_ID, ROWS);
    }

    /** Ids in the sample and how many of their rows are repeats: {@code event_date, sampled, repeats}; a row a day. */
    static Dataset<Row> repeatedIds(Dataset<Row> counted) {
        return counted.filter(col(SAMPLED_ID).isNotNull())
                .groupBy(col(COUNTS_FROM).as(EVENT_DATE), col(SAMPLED_ID))
                .agg(sum(ROWS).as(ROWS))
                .groupBy(EVENT_DATE)
                .agg(sum(ROWS).as("sampled"), sum(col(ROWS).minus(1)).as("repeats"));
    }

    /** The inferences that feedback may speak of, with {@link Verdicts#inferenceColumns}. */
    static Dataset<Row> named(Dataset<Row> counted, List<String> dimensions) {
        return counted.filter(col(NAMED).isNotNull())
                .select(col("*"), col(NAMED + ".*"))
                .select(columns(Verdicts.inferenceColumns(dimensions)));
    }

    /** Distinct rejected rows: {@code event_date}, {@code reject_reason}, {@code reject_row}, {@code rows}. */
    static Dataset<Row> rejected(Dataset<Row> counted) {
        return byDay(counted.filter(col(REJECT_ROW).isNotNull())
                        .groupBy(COUNTS_FROM, COUNTS_UNTIL, REJECT_REASON, REJECT_ROW)
                        .agg(sum(ROWS).as(ROWS)))
                .groupBy(EVENT_DATE, REJECT_REASON, REJECT_ROW)
                .agg(sum(ROWS).as(ROWS))
                .withColumn(REJECT_ROW, to_json(col(REJECT_ROW)));
    }

    /** One row for every day that a row counts for. */
    static Dataset<Row> byDay(Dataset<Row> rows) {
        return rows.withColumn(EVENT_DATE, explode(sequence(col(COUNTS_FROM), col(COUNTS_UNTIL))));
    }

    static Column[] columns(List<String> names) {
        return names.stream().map(name -> col(name)).toArray(Column[]::new);
    }
}
