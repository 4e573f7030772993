package dev.winnow.segments;

import static dev.winnow.inputs.Feedback.CORRECTED_LABEL;
import static dev.winnow.inputs.Feedback.FEEDBACK_ID;
import static dev.winnow.inputs.Feedback.MISSED;
import static dev.winnow.inputs.Feedback.REPORTED_AT;
import static dev.winnow.inputs.Feedback.REPORTED_DATE;
import static dev.winnow.inputs.Feedback.VERDICT;
import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static dev.winnow.segments.VerdictDaily.CONFIDENCE_BIN;
import static dev.winnow.segments.VerdictDaily.LABEL;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_timestamp;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.sketch.BloomFilter;

/**
 * Puts the feedback that counts on one day to the inferences it speaks of.
 *
 * <p>Feedback that names its event date counts on the day it arrived. Feedback that names only an id is looked up a few
 * ages after each event date, and counts on the first of those days at or after its arrival. The day is a function of the
 * two dates alone, so that runs can come in any order. What an inference's verdict was before the day and what it is on
 * the day decide what is counted: nothing, +1, or -1 and +1.
 */
final class Verdicts {
    /** Day a verdict counts on. */
    private static final String CREDITED = "credited";

    private static final String KEY = "lookup_key";
    private static final String PRIORITY = "priority";
    private static final String TARGET = "target";
    private static final double FALSE_MATCHES = 0.001;

    private final LocalDate day;
    private final List<Integer> ages;
    private final int frameSeconds;
    private final List<String> dimensions;

    /**
     * Prepares the verdicts of one arrival date.
     *
     * @param day arrival date
     * @param ages catch-up ages, days, ascending from 0
     * @param frameSeconds how far a camera's nearest frame may be from a report that names no image
     * @param dimensions frame dimensions
     */
    Verdicts(LocalDate day, List<Integer> ages, int frameSeconds, List<String> dimensions) {
        this.day = day;
        this.ages = ages;
        this.frameSeconds = frameSeconds;
        this.dimensions = dimensions;
    }

    /** Days of arrival whose feedback the verdicts of the day depend on, oldest first. */
    List<LocalDate> feedbackDays() {
        return day.minusDays(horizon()).datesUntil(day.plusDays(1)).toList();
    }

    private int horizon() {
        return ages.get(ages.size() - 1);
    }

    /** Feedback that may count on the day, with all other feedback that may speak of the same inference. */
    Dataset<Row> relevant(Dataset<Row> feedback) {
        Column missed = col(VERDICT).equalTo(MISSED);
        // Misses come by id, image or camera, and any two may speak of one frame: they are few, and all are kept.
        // Alarms
        // are marked by id as a rule; only if some are marked by image alone, any two may speak of one alarm.
        boolean idsOnly =
                feedback.filter(not(missed).and(col(INFERENCE_ID).isNull())).isEmpty();
        Column target = when(missed, "m").otherwise(idsOnly ? concat(lit("i"), col(INFERENCE_ID)) : lit("a"));
        Dataset<Row> rows = feedback.withColumn(TARGET, target);
        return rows.join(rows.filter(fresh()).select(TARGET).distinct(), new String[] {TARGET}, "left_semi")
                .drop(TARGET);
    }

    /** Feedback that may count on the day itself. */
    private Column fresh() {
        int gap = 1;
        for (int i = 1; i < ages.size(); i++) {
            gap = Math.max(gap, ages.get(i) - ages.get(i - 1));
        }
        return freshAndDated()
                .or(col(EVENT_DATE).isNull().and(col(REPORTED_DATE).gt(lit(day.minusDays(gap)))));
    }

    private Column freshAndDated() {
        return col(REPORTED_DATE).equalTo(lit(day)).and(col(EVENT_DATE).geq(lit(firstEventDate())));
    }

    /** The oldest event date whose feedback still counts on the day. */
    LocalDate firstEventDate() {
        return day.minusDays(horizon());
    }

    /** Event dates that must be searched for {@code relevant} feedback; at most one per day of the horizon. */
    List<LocalDate> eventDates(Dataset<Row> relevant) {
        Set<LocalDate> dates = new TreeSet<>();
        relevant.filter(freshAndDated())
                .select(EVENT_DATE)
                .distinct()
                .collectAsList()
                .forEach(row -> dates.add(row.getLocalDate(0)));
        if (!relevant.filter(fresh().and(col(EVENT_DATE).isNull())).isEmpty()) {
            ages.forEach(age -> dates.add(day.minusDays(age)));
        }
        return List.copyOf(dates);
    }

    /** Feedback on the inferences of the searched dates, one row per feedback, with the columns of its cell. */
    Dataset<Row> matched(Dataset<Row> relevant, Dataset<Row> inferences) {
        Dataset<Row> keyed = relevant.withColumn("lookup", explode(feedbackKeys()))
                .select(col("*"), col("lookup.*"))
                .drop("lookup");
        Row kinds = relevant.agg(
                        coalesce(max(col(INFERENCE_ID).isNotNull()), lit(false)),
                        coalesce(max(col(IMAGE_URI).isNotNull()), lit(false)),
                        coalesce(max(namesOnlyCamera()), lit(false)))
                .first();
        List<String> carried =
                new ArrayList<>(List.of(INFERENCE_ID, PREDICTED_LABEL, CONFIDENCE, CAPTURED_AT, EVENT_DATE));
        Cells.keys(dimensions).stream().filter(k -> !k.equals(LABEL)).forEach(carried::add);
        List<Column> columns = new ArrayList<>();
        carried.forEach(name -> columns.add(col(name).as("i_" + name)));
        // Only what the filter lets through is joined: feedback is small, and the inferences are never shuffled whole.
        Dataset<Row> found = inferences
                .withColumn(KEY, inferenceKeys(kinds.getBoolean(0), kinds.getBoolean(1), kinds.getBoolean(2)))
                .filter(mightBeIn(keyed).apply(xxhash64(col(KEY))))
                .select(append(columns, col(KEY)));
        Column alarm = col("i_" + PREDICTED_LABEL).isNotNull();
        Column sameLabel = coalesce(col(Feedback.LABEL).equalTo(col("i_" + PREDICTED_LABEL)), lit(true));
        Column distance = abs(unix_timestamp(col("i_" + CAPTURED_AT)).minus(unix_timestamp(col(CAPTURED_AT))));
        Column sameUseCase = coalesce(col(USE_CASE).equalTo(col("i_" + USE_CASE)), lit(true));
        Column fits = when(
                        col(VERDICT).equalTo(MISSED),
                        sameUseCase.and(col(PRIORITY).lt(2).or(distance.leq(frameSeconds))))
                .otherwise(alarm.and(col(PRIORITY).equalTo(0).or(sameLabel.and(sameUseCase))));
        Dataset<Row> matches = keyed.join(found, new String[] {KEY})
                .filter(coalesce(col(EVENT_DATE).equalTo(col("i_" + EVENT_DATE)), lit(true)))
                .filter(fits)
                .withColumn(CREDITED, credited(col("i_" + EVENT_DATE)))
                .filter(col(CREDITED).leq(lit(day)));
        Column best = row_number()
                .over(Window.partitionBy(FEEDBACK_ID)
                        .orderBy(
                                col(PRIORITY),
                                coalesce(distance, lit(0L)),
                                col("i_" + EVENT_DATE),
                                col("i_" + INFERENCE_ID),
                                col("i_" + USE_CASE)));
        return matches.withColumn("best", best).filter(col("best").equalTo(1)).drop("best", KEY, PRIORITY);
    }

    /**
     * Signed counts of the day by cell, shaped like {@link VerdictDaily} less pipeline, arrival date and version.
     *
     * @param matched from {@link #matched}
     * @param unplaced MISSED reports of a camera for which no frame was found, with {@code site_id}
     */
    Dataset<Row> signedCounts(Dataset<Row> matched, Dataset<Row> unplaced) {
        Column missed = col(VERDICT).equalTo(MISSED);
        Column missedLabel = coalesce(col(Feedback.LABEL), col(CORRECTED_LABEL), lit(Inferences.UNKNOWN_VALUE));
        Column verdict = when(
                        col(VERDICT)
                                .equalTo(Feedback.RELABELED)
                                .and(col(CORRECTED_LABEL).equalTo(col("i_" + PREDICTED_LABEL))),
                        Feedback.CONFIRMED)
                .otherwise(col(VERDICT));
        List<Column> cell = new ArrayList<>(List.of(
                col("i_" + EVENT_DATE).as(EVENT_DATE),
                when(missed, missedLabel).otherwise(col("i_" + PREDICTED_LABEL)).as(LABEL),
                when(not(missed), Cells.confidenceBin(col("i_" + CONFIDENCE))).as(CONFIDENCE_BIN)));
        Cells.keys(dimensions).stream()
                .filter(k -> !k.equals(LABEL))
                .forEach(k -> cell.add(col("i_" + k).as(k)));
        List<Column> state = new ArrayList<>(cell);
        state.add(concat(col("i_" + INFERENCE_ID), when(missed, "|missed").otherwise("|alarm"))
                .as(TARGET));
        state.add(col(CREDITED));
        state.add(
                struct(col(REPORTED_AT), col(FEEDBACK_ID), verdict.as(VERDICT)).as("mark"));

        List<Column> unknown = new ArrayList<>(List.of(
                col(EVENT_DATE),
                missedLabel.as(LABEL),
                lit(null).cast(DataTypes.IntegerType).as(CONFIDENCE_BIN)));
        for (String key : Cells.keys(dimensions)) {
            if (key.equals(CAMERA_ID) || key.equals(SITE_ID) || key.equals(USE_CASE)) {
                unknown.add(coalesce(col(key), lit(Inferences.UNKNOWN_VALUE)).as(key));
            } else if (!key.equals(LABEL)) {
                unknown.add(lit(Inferences.UNKNOWN_VALUE).as(key));
            }
        }
        unknown.add(concat(lit("feedback|"), col(FEEDBACK_ID)).as(TARGET));
        unknown.add(col(REPORTED_DATE).as(CREDITED));
        unknown.add(struct(col(REPORTED_AT), col(FEEDBACK_ID), col(VERDICT)).as("mark"));

        List<String> keys = new ArrayList<>(List.of(EVENT_DATE, CONFIDENCE_BIN));
        keys.addAll(Cells.keys(dimensions));
        List<Column> target = new ArrayList<>(List.of(Cells.columns(keys)));
        target.add(col(TARGET));
        Dataset<Row> states = matched.select(state.toArray(Column[]::new))
                .unionByName(unplaced.select(unknown.toArray(Column[]::new)))
                .groupBy(target.toArray(Column[]::new))
                .agg(
                        max(when(col(CREDITED).lt(lit(day)), col("mark")))
                                .getField(VERDICT)
                                .as("before"),
                        max(col("mark")).getField(VERDICT).as("now"));
        return states.filter(not(col("before").eqNullSafe(col("now"))))
                .groupBy(Cells.columns(keys))
                .agg(
                        change(Feedback.FALSE_POSITIVE).as(VerdictDaily.FALSE_POSITIVES),
                        change(Feedback.CONFIRMED).as(VerdictDaily.CONFIRMED),
                        change(Feedback.RELABELED).as(VerdictDaily.RELABELED),
                        change(MISSED).as(VerdictDaily.MISSED))
                .filter(expr("abs(false_positives) + abs(confirmed) + abs(relabeled) + abs(missed) > 0"));
    }

    /** Feedback that should count on the day but matched nothing: it names its date, which was searched. */
    Dataset<Row> unmatched(Dataset<Row> relevant, Dataset<Row> matched) {
        return relevant.filter(freshAndDated())
                .join(matched.select(FEEDBACK_ID), new String[] {FEEDBACK_ID}, "left_anti");
    }

    private static Column change(String verdict) {
        return sum(when(col("now").equalTo(verdict), 1L).otherwise(0L))
                .minus(sum(when(col("before").equalTo(verdict), 1L).otherwise(0L)));
    }

    /** A dated verdict counts when it arrived, another at the first catch-up age that is not before its arrival. */
    private Column credited(Column eventDate) {
        Column delay = datediff(col(REPORTED_DATE), eventDate);
        Column age = lit(null).cast(DataTypes.IntegerType);
        for (int i = ages.size() - 1; i >= 0; i--) {
            age = when(delay.leq(ages.get(i)), ages.get(i)).otherwise(age);
        }
        return when(col(EVENT_DATE).isNotNull(), col(REPORTED_DATE)).otherwise(date_add(eventDate, age));
    }

    private static Column namesOnlyCamera() {
        return col(VERDICT)
                .equalTo(MISSED)
                .and(col(CAMERA_ID).isNotNull())
                .and(col(CAPTURED_AT).isNotNull());
    }

    /** What a feedback can be found by, best first: its inference, its image, its camera near its time. */
    private Column feedbackKeys() {
        Column bucket = bucket(col(CAPTURED_AT));
        List<Column> keys = new ArrayList<>();
        keys.add(key(concat(lit("i|"), col(INFERENCE_ID)), 0));
        keys.add(key(concat(lit("u|"), col(IMAGE_URI)), 1));
        for (int shift = -1; shift <= 1; shift++) {
            Column near = concat(
                    lit("c|"), col(CAMERA_ID), lit("|"), bucket.plus(lit(shift)).cast("string"));
            keys.add(key(when(namesOnlyCamera(), near), 2));
        }
        return org.apache.spark.sql.functions.filter(
                array(keys.toArray(Column[]::new)), k -> k.getField(KEY).isNotNull());
    }

    private static Column key(Column value, int priority) {
        return struct(value.as(KEY), lit(priority).as(PRIORITY));
    }

    private Column inferenceKeys(boolean byId, boolean byImage, boolean byCamera) {
        List<Column> keys = new ArrayList<>();
        if (byId || !(byImage || byCamera)) {
            keys.add(concat(lit("i|"), col(INFERENCE_ID)));
        }
        if (byImage) {
            keys.add(concat(lit("u|"), col(IMAGE_URI)));
        }
        if (byCamera) {
            keys.add(concat(
                    lit("c|"),
                    col(CAMERA_ID),
                    lit("|"),
                    bucket(col(CAPTURED_AT)).cast("string")));
        }
        return keys.size() == 1 ? keys.get(0) : explode(array(keys.toArray(Column[]::new)));
    }

    private Column bucket(Column time) {
        return org.apache.spark.sql.functions.floor(unix_timestamp(time).divide(lit(frameSeconds)));
    }

    private static UserDefinedFunction mightBeIn(Dataset<Row> keyed) {
        Dataset<Row> hashes = keyed.select(xxhash64(col(KEY)).as("hash"));
        long keys = hashes.count();
        // Without any feedback Spark makes no filter at all.
        BloomFilter filter = keys == 0
                ? BloomFilter.create(1, FALSE_MATCHES)
                : hashes.stat().bloomFilter("hash", Math.max(1_000, keys), FALSE_MATCHES);
        return udf((UDF1<Long, Boolean>) filter::mightContainLong, DataTypes.BooleanType);
    }

    private static Column[] append(List<Column> columns, Column last) {
        List<Column> all = new ArrayList<>(columns);
        all.add(last);
        return all.toArray(Column[]::new);
    }
}
