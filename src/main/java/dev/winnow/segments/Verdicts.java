package dev.winnow.segments;

import static dev.winnow.inputs.Feedback.CORRECTED_LABEL;
import static dev.winnow.inputs.Feedback.FEEDBACK_ID;
import static dev.winnow.inputs.Feedback.MISSED;
import static dev.winnow.inputs.Feedback.REPORTED_AT;
import static dev.winnow.inputs.Feedback.REPORTED_DATE;
import static dev.winnow.inputs.Feedback.SEEN_FROM;
import static dev.winnow.inputs.Feedback.SEEN_UNTIL;
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
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_timestamp;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.DayRange;
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
 * Puts the feedback that counts on some days to the inferences it speaks of.
 *
 * <p>Feedback that names its event date counts on the day it arrived. Feedback that names only an id is looked up a few
 * ages after each event date, and counts on the first of those days at or after its arrival. The day is a function of the
 * two dates alone, so that runs can come in any order. What an inference's verdict was before the day and what it is on
 * the day decide what is counted: nothing, +1, or -1 and +1.
 *
 * <p>Days are put together and kept apart by {@link #DAY}, the day on which a row is looked at: every frame holds what a
 * run of that day alone would see, so that a day is the same however many are built with it.
 */
final class Verdicts {
    /** Day a verdict counts on. */
    static final String CREDITED = "credited";

    /** What becomes of feedback that matched nothing: one of the three below. */
    static final String FATE = "fate";

    static final String UNPLACED = "unplaced";
    static final String UNKNOWN = "unknown";
    static final String WAITING = "waiting";

    /** The day on which a row of feedback is looked at. */
    static final String DAY = VerdictDaily.ARRIVAL_DATE;

    private static final String TARGET = "target";

    private final DayRange days;
    private final List<Integer> ages;
    private final int frameSeconds;
    private final List<String> dimensions;

    /**
     * Prepares the verdicts of some arrival dates.
     *
     * @param days arrival dates
     * @param ages catch-up ages, days, ascending from 0
     * @param frameSeconds how far a camera's nearest frame may be from a report that names no image
     * @param dimensions frame dimensions
     */
    Verdicts(DayRange days, List<Integer> ages, int frameSeconds, List<String> dimensions) {
        this.days = days;
        this.ages = ages;
        this.frameSeconds = frameSeconds;
        this.dimensions = dimensions;
    }

    /** Days after its event date in which feedback counts. */
    int horizon() {
        return ages.get(ages.size() - 1);
    }

    /** The oldest event date whose feedback still counts on an arrival date. */
    LocalDate firstEventDate(LocalDate arrival) {
        return arrival.minusDays(horizon());
    }

    /**
     * Feedback that may count on a day, with all other feedback that may speak of the same inference: a row for each {@link
     * #DAY} it matters to.
     *
     * @param feedback from {@link dev.winnow.inputs.FeedbackLog#seenOn}; looked at several times
     */
    Dataset<Row> relevant(Dataset<Row> feedback) {
        // Misses come by id, image or camera, and any two may speak of one frame: they are few, and all are kept.
        // Alarms are marked by id as a rule; only on days on which some are marked by image alone, any two may speak of
        // one alarm.
        Column missed = col(VERDICT).equalTo(MISSED);
        Column byId = when(missed, "m").otherwise(concat(lit("i"), col(INFERENCE_ID)));
        Column any = when(missed, "m").otherwise("a");
        Object[] byImage =
                daysByImage(feedback.filter(not(missed).and(col(INFERENCE_ID).isNull())));
        Dataset<Row> targets = byImage.length == 0
                ? feedback.withColumn(TARGET, byId)
                : feedback.withColumn(TARGET, explode(array_distinct(array(byId, any))));
        Dataset<Row> wanted = onFreshDays(feedback)
                .select(
                        col(DAY),
                        when(col(DAY).isin(byImage), any).otherwise(byId).as(TARGET))
                .distinct();
        return targets.join(wanted, new String[] {TARGET})
                .filter(col(DAY).between(col(SEEN_FROM), col(SEEN_UNTIL)))
                .drop(TARGET, SEEN_FROM, SEEN_UNTIL);
    }

    /** Days that see some of {@code feedback}; asked as pairs of first and last day, at most the square of the days. */
    private Object[] daysByImage(Dataset<Row> feedback) {
        Set<LocalDate> seen = new TreeSet<>();
        for (Row row : feedback.select(SEEN_FROM, SEEN_UNTIL).distinct().collectAsList()) {
            row.getLocalDate(0)
                    .datesUntil(row.getLocalDate(1).plusDays(1))
                    .filter(days::contains)
                    .forEach(seen::add);
        }
        return seen.toArray();
    }

    /** Feedback with a row for every {@link #DAY} that it may count on by itself. */
    private Dataset<Row> onFreshDays(Dataset<Row> feedback) {
        Column credit = datedCredit();
        Column latest = coalesce(credit, date_add(col(REPORTED_DATE), longestGap() - 1));
        Column from = greatest(coalesce(credit, col(REPORTED_DATE)), col(SEEN_FROM), lit(days.first()));
        Column until = least(latest, col(SEEN_UNTIL), lit(days.last()));
        return feedback.withColumn(DAY, explode(when(from.leq(until), sequence(from, until))))
                .filter(fresh());
    }

    private int longestGap() {
        int gap = 1;
        for (int i = 1; i < ages.size(); i++) {
            gap = Math.max(gap, ages.get(i) - ages.get(i - 1));
        }
        return gap;
    }

    /** Feedback that may count on {@link #DAY} itself. */
    private Column fresh() {
        Column recent = datediff(col(DAY), col(REPORTED_DATE)).lt(longestGap());
        return freshAndDated().or(col(EVENT_DATE).isNull().and(recent));
    }

    private Column freshAndDated() {
        return datedCredit()
                .equalTo(col(DAY))
                .and(datediff(col(DAY), col(EVENT_DATE)).leq(horizon()));
    }

    /**
     * The day on which feedback that names its event date counts; null for other feedback. It may be dated before its
     * image where clocks differ, and counts when both are there.
     */
    private static Column datedCredit() {
        return when(col(EVENT_DATE).isNotNull(), greatest(col(REPORTED_DATE), col(EVENT_DATE)));
    }

    /** Prepares the search for {@code relevant} feedback. */
    Lookup lookup(Dataset<Row> relevant) {
        return new Lookup(relevant, frameSeconds);
    }

    /** Event dates to be searched on each {@link #DAY} for {@code relevant} feedback: {@code DAY, i_event_date}. */
    private Dataset<Row> searched(Dataset<Row> relevant) {
        Column caughtUp =
                array(ages.stream().map(age -> date_sub(col(DAY), age)).toArray(Column[]::new));
        return relevant.filter(fresh())
                .select(
                        col(DAY),
                        explode(when(col(EVENT_DATE).isNull(), caughtUp).otherwise(array(col(EVENT_DATE))))
                                .as("i_" + EVENT_DATE))
                .distinct();
    }

    /** All event dates that must be searched for {@code relevant} feedback; at most one per day of days and horizon. */
    List<LocalDate> eventDates(Dataset<Row> relevant) {
        Set<LocalDate> dates = new TreeSet<>();
        searched(relevant)
                .select("i_" + EVENT_DATE)
                .distinct()
                .collectAsList()
                .forEach(row -> dates.add(row.getLocalDate(0)));
        return List.copyOf(dates);
    }

    /** The columns of an inference that a verdict needs: what it is found by and looked at, and its cell. */
    static List<String> inferenceColumns(List<String> dimensions) {
        List<String> columns =
                new ArrayList<>(List.of(INFERENCE_ID, IMAGE_URI, CAPTURED_AT, EVENT_DATE, PREDICTED_LABEL, CONFIDENCE));
        Cells.keys(dimensions).stream().filter(k -> !k.equals(LABEL)).forEach(columns::add);
        return columns;
    }

    /**
     * Feedback put to the inference it speaks of: one row per {@link #DAY} and feedback that found one, with the columns
     * of its cell.
     *
     * @param relevant what {@code lookup} was made for
     * @param named inferences of the searched dates that may be spoken of, with {@link #inferenceColumns}
     */
    Dataset<Row> matched(Dataset<Row> relevant, Lookup lookup, Dataset<Row> named) {
        List<Column> columns = new ArrayList<>();
        inferenceColumns(dimensions).forEach(name -> columns.add(col(name).as("i_" + name)));
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
                .filter(col(CREDITED).leq(col(DAY)))
                .join(broadcast(searched(relevant)), new String[] {DAY, "i_" + EVENT_DATE}, "left_semi");
        List<Column> nearest = new ArrayList<>(List.of(
                col(Lookup.PRIORITY),
                coalesce(distance, lit(0L)),
                col("i_" + EVENT_DATE),
                col("i_" + INFERENCE_ID),
                col("i_" + USE_CASE)));
        // An id that repeats is one of its rows, whatever order they come in.
        inferenceColumns(dimensions).forEach(name -> nearest.add(col("i_" + name)));
        Column best = row_number().over(Window.partitionBy(DAY, FEEDBACK_ID).orderBy(nearest.toArray(Column[]::new)));
        return matches.withColumn("best", best)
                .filter(col("best").equalTo(1))
                .drop("best", Lookup.KEY, Lookup.PRIORITY);
    }

    /** What a mark of {@link #matched} says: relabeled to what was predicted, an alarm is confirmed. */
    static Column verdict() {
        Column same = col(CORRECTED_LABEL).equalTo(col("i_" + PREDICTED_LABEL));
        return when(col(VERDICT).equalTo(Feedback.RELABELED).and(same), Feedback.CONFIRMED)
                .otherwise(col(VERDICT));
    }

    /**
     * Signed counts of the days by cell, shaped like {@link VerdictDaily} less pipeline and version.
     *
     * @param matched from {@link #matched}
     * @param unplaced MISSED reports of a camera for which no frame was found, with {@code site_id}
     */
    Dataset<Row> signedCounts(Dataset<Row> matched, Dataset<Row> unplaced) {
        Column missed = col(VERDICT).equalTo(MISSED);
        Column missedLabel = coalesce(col(Feedback.LABEL), col(CORRECTED_LABEL), lit(Inferences.UNKNOWN_VALUE));
        List<Column> cell = new ArrayList<>(List.of(
                col(DAY),
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
        state.add(struct(col(REPORTED_AT), col(FEEDBACK_ID), verdict().as(VERDICT))
                .as("mark"));

        List<Column> unknown = new ArrayList<>(List.of(
                col(DAY),
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

        List<String> keys = new ArrayList<>(List.of(DAY, EVENT_DATE, CONFIDENCE_BIN));
        keys.addAll(Cells.keys(dimensions));
        List<Column> target = new ArrayList<>(List.of(Cells.columns(keys)));
        target.add(col(TARGET));
        Dataset<Row> states = matched.select(state.toArray(Column[]::new))
                .unionByName(unplaced.select(unknown.toArray(Column[]::new)))
                .groupBy(target.toArray(Column[]::new))
                .agg(
                        max(when(col(CREDITED).lt(col(DAY)), col("mark")))
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
        Column waits = col(EVENT_DATE).isNull().and(col(REPORTED_DATE).equalTo(col(DAY)));
        return relevant.withColumn(
                        FATE,
                        when(freshAndDated().and(missOfCamera), UNPLACED)
                                .when(freshAndDated(), UNKNOWN)
                                .when(waits, WAITING))
                .filter(col(FATE).isNotNull())
                .join(matched.select(DAY, FEEDBACK_ID), new String[] {DAY, FEEDBACK_ID}, "left_anti");
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
