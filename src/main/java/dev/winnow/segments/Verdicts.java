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
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_timestamp;
import static org.apache.spark.sql.functions.when;

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
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

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

    /** What becomes of feedback that matched nothing: one of the three below. */
    static final String FATE = "fate";

    static final String UNPLACED = "unplaced";
    static final String UNKNOWN = "unknown";
    static final String WAITING = "waiting";

    private static final String TARGET = "target";

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
        return datedCredit().equalTo(lit(day)).and(col(EVENT_DATE).geq(lit(firstEventDate())));
    }

    /** Feedback may be dated before its image where clocks differ: it counts when both are there. */
    private static Column datedCredit() {
        return greatest(col(REPORTED_DATE), col(EVENT_DATE));
    }

    /** The oldest event date whose feedback still counts on the day. */
    LocalDate firstEventDate() {
        return day.minusDays(horizon());
    }

    /** Prepares the search for {@code relevant} feedback. */
    Lookup lookup(Dataset<Row> relevant) {
        return new Lookup(relevant, frameSeconds);
    }

    /** Event dates that must be searched for {@code relevant} feedback; at most one per day of the horizon. */
    List<LocalDate> eventDates(Dataset<Row> relevant) {
        Set<LocalDate> dates = new TreeSet<>();
        for (Row row : relevant.filter(fresh()).select(EVENT_DATE).distinct().collectAsList()) {
            if (row.isNullAt(0)) {
                ages.forEach(age -> dates.add(day.minusDays(age)));
            } else {
                dates.add(row.getLocalDate(0));
            }
        }
        return List.copyOf(dates);
    }

    /** The columns of an inference that a verdict needs: what it is found by, and its cell. */
    static List<String> inferenceColumns(List<String> dimensions) {
        List<String> columns =
                new ArrayList<>(List.of(INFERENCE_ID, IMAGE_URI, CAPTURED_AT, EVENT_DATE, PREDICTED_LABEL, CONFIDENCE));
        Cells.keys(dimensions).stream().filter(k -> !k.equals(LABEL)).forEach(columns::add);
        return columns;
    }

    /**
     * Feedback put to the inference it speaks of: one row per feedback that found one, with the columns of its cell.
     *
     * @param named inferences of the searched dates that may be spoken of, with {@link #inferenceColumns}
     */
    Dataset<Row> matched(Lookup lookup, Dataset<Row> named) {
        List<Column> columns = new ArrayList<>();
        inferenceColumns(dimensions).stream()
                .filter(name -> !name.equals(IMAGE_URI)) // only to be found by, and the longest column of a log
                .forEach(name -> columns.add(col(name).as("i_" + name)));
        columns.add(col(Lookup.KEY));
        Dataset<Row> found = lookup.keyed(named).select(columns.toArray(Column[]::new));
        Column alarm = col("i_" + PREDICTED_LABEL).isNotNull();
        Column sameLabel = coalesce(col(Feedback.LABEL).equalTo(col("i_" + PREDICTED_LABEL)), lit(true));
        Column distance = abs(unix_timestamp(col("i_" + CAPTURED_AT)).minus(unix_timestamp(col(CAPTURED_AT))));
        Column sameUseCase = coalesce(col(USE_CASE).equalTo(col("i_" + USE_CASE)), lit(true));
        Column fits = when(
                        col(VERDICT).equalTo(MISSED),
                        sameUseCase.and(col(Lookup.PRIORITY).lt(2).or(distance.leq(frameSeconds))))
                .when(alarm, col(Lookup.PRIORITY).equalTo(0).or(sameLabel.and(sameUseCase)))
                // A frame without output may be confirmed to show nothing; by its id alone, as an image may hold alarms
                // too.
                .otherwise(col(VERDICT)
                        .equalTo(Feedback.CONFIRMED)
                        .and(col(Lookup.PRIORITY).equalTo(0))
                        .and(col(Feedback.LABEL).isNull()));
        Dataset<Row> matches = lookup.feedback()
                .join(found, new String[] {Lookup.KEY})
                .filter(coalesce(col(EVENT_DATE).equalTo(col("i_" + EVENT_DATE)), lit(true)))
                .filter(fits)
                .withColumn(CREDITED, credited(col("i_" + EVENT_DATE)))
                .filter(col(CREDITED).leq(lit(day)));
        Column best = row_number()
                .over(Window.partitionBy(FEEDBACK_ID)
                        .orderBy(
                                col(Lookup.PRIORITY),
                                coalesce(distance, lit(0L)),
                                col("i_" + EVENT_DATE),
                                col("i_" + INFERENCE_ID),
                                col("i_" + USE_CASE)));
        return matches.withColumn("best", best)
                .filter(col("best").equalTo(1))
                .drop("best", Lookup.KEY, Lookup.PRIORITY);
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
                when(missed, missedLabel)
                        .otherwise(coalesce(col("i_" + PREDICTED_LABEL), lit(Inferences.NO_LABEL)))
                        .as(LABEL),
                when(
                                not(missed).and(col("i_" + PREDICTED_LABEL).isNotNull()),
                                Cells.confidenceBin(col("i_" + CONFIDENCE)))
                        .as(CONFIDENCE_BIN)));
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
        unknown.add(datedCredit().as(CREDITED));
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

    /**
     * Feedback that matched nothing, with its {@link #FATE}: a miss of a camera without a frame still counts; other
     * feedback that names its date, which was searched, speaks of an unknown inference; what arrived on the day without a
     * date is looked for again.
     */
    Dataset<Row> unmatched(Dataset<Row> relevant, Dataset<Row> matched) {
        Column missOfCamera = col(VERDICT).equalTo(MISSED).and(col(CAMERA_ID).isNotNull());
        Column waits = col(EVENT_DATE).isNull().and(col(REPORTED_DATE).equalTo(lit(day)));
        return relevant.withColumn(
                        FATE,
                        when(freshAndDated().and(missOfCamera), UNPLACED)
                                .when(freshAndDated(), UNKNOWN)
                                .when(waits, WAITING))
                .filter(col(FATE).isNotNull())
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
        return when(col(EVENT_DATE).isNotNull(), datedCredit()).otherwise(date_add(eventDate, age));
    }
}
