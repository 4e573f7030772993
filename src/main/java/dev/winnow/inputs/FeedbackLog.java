package dev.winnow.inputs;

import static dev.winnow.inputs.Feedback.CORRECTED_LABEL;
import static dev.winnow.inputs.Feedback.FEEDBACK_ID;
import static dev.winnow.inputs.Feedback.REPORTED_AT;
import static dev.winnow.inputs.Feedback.REPORTED_DATE;
import static dev.winnow.inputs.Feedback.SEEN_FROM;
import static dev.winnow.inputs.Feedback.SEEN_UNTIL;
import static dev.winnow.inputs.Feedback.VERDICT;
import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.FeedbackSettings;
import dev.winnow.ports.SourceReader;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Customer feedback as canonical rows; may be absent. */
public final class FeedbackLog {
    private final SourceReader sources;
    private final FeedbackSettings settings;

    /** Reads feedback as {@code settings} say. */
    public FeedbackLog(SourceReader sources, FeedbackSettings settings) {
        this.sources = sources;
        this.settings = settings;
    }

    /** Returns whether there is feedback at all. */
    public boolean present() {
        return settings.input().present();
    }

    /** Returns the settings this log is read by. */
    public FeedbackSettings settings() {
        return settings;
    }

    /** Describes the files of the feedback that arrived on one day; reads no data. */
    public DayInput day(LocalDate day) {
        return present() ? DayInput.of(sources.files(settings.input(), source(List.of(day)))) : DayInput.of(List.of());
    }

    /**
     * Returns feedback that arrived on some days, shaped like {@link Feedback}, {@code reject_reason} behind, then {@link
     * Inferences#COUNTS_FROM} and {@link Inferences#COUNTS_UNTIL}: the day of arrival, or the days whose files hold a row
     * of which no day can be read.
     */
    public Dataset<Row> arrivedOn(DayRange days) {
        Column own = FileDays.hold(col(REPORTED_DATE));
        return rows(days)
                .filter(coalesce(own, lit(true)))
                .withColumn(Inferences.COUNTS_FROM, coalesce(col(REPORTED_DATE), col(FileDays.FIRST)))
                .withColumn(Inferences.COUNTS_UNTIL, coalesce(col(REPORTED_DATE), col(FileDays.LAST)))
                .select(columns(Inferences.REJECT_REASON, Inferences.COUNTS_FROM, Inferences.COUNTS_UNTIL));
    }

    /** Rows that arrived on some days, and, rejected, those of no readable day; undated() says against what they are held. */
    private Dataset<Row> rows(DayRange days) {
        return mapped(FileDays.told(source(days.days()), settings.input(), days), FileDays.COLUMNS)
                .filter(coalesce(col(REPORTED_DATE).between(lit(days.first()), lit(days.last())), lit(true)))
                .withColumn(REJECT_REASON, reason());
    }

    /** Counts the rows of which no day can be told; reads the whole input, so ask only if they decide something. */
    public Undated undated() {
        return settings.input().byDay()
                ? Undated.NONE
                : Undated.counted(
                        mapped(sources.open(settings.input()), List.of()),
                        col(REPORTED_DATE).isNull());
    }

    /** Returns whether the files of the day's feedback can be listed, so that late ones are noticed. */
    public boolean listsFiles(LocalDate day) {
        return !present() || sources.listsFiles(source(List.of(day)));
    }

    private Dataset<Row> mapped(Dataset<Row> source, List<String> carried) {
        return Mapping.apply(
                        source,
                        settings.input(),
                        Feedback.TABLE,
                        List.of(
                                INFERENCE_ID,
                                IMAGE_URI,
                                CAMERA_ID,
                                CAPTURED_AT,
                                EVENT_DATE,
                                Inferences.USE_CASE,
                                Feedback.LABEL,
                                CORRECTED_LABEL,
                                REPORTED_DATE,
                                Feedback.SOURCE),
                        carried,
                        List.of())
                .withColumn(VERDICT, upper(col(VERDICT)))
                .withColumn(REPORTED_DATE, coalesce(col(REPORTED_DATE), to_date(col(REPORTED_AT))))
                .withColumn(EVENT_DATE, coalesce(col(EVENT_DATE), to_date(col(CAPTURED_AT))));
    }

    /**
     * Returns the feedback that runs of some days look at, shaped like {@link Feedback} with {@link Feedback#SEEN_FROM} and
     * {@link Feedback#SEEN_UNTIL} behind. A run sees what keeps the contract of its day and of {@code horizon} days before
     * it; of a repeated feedback id the first arrival counts.
     */
    public Dataset<Row> seenOn(DayRange days, int horizon) {
        Column[] content =
                Feedback.TABLE.columns().stream().map(name -> col(name)).toArray(Column[]::new);
        Column former = lag(col(SEEN_UNTIL), 1)
                .over(Window.partitionBy(FEEDBACK_ID).orderBy(col(REPORTED_DATE), col(REPORTED_AT), struct(content)));
        return rows(days.andBefore(horizon))
                .filter(col(REJECT_REASON).isNull())
                .withColumn(SEEN_UNTIL, date_add(least(col(REPORTED_DATE), col(FileDays.LAST)), horizon))
                .withColumn(SEEN_FROM, greatest(col(REPORTED_DATE), col(FileDays.FIRST), date_add(former, 1)))
                .filter(col(SEEN_FROM).leq(least(col(SEEN_UNTIL), lit(days.last()))))
                .select(columns(SEEN_FROM, SEEN_UNTIL));
    }

    private Dataset<Row> source(List<LocalDate> days) {
        return Mapping.ofDays(sources.open(settings.input(), days), settings.input(), REPORTED_DATE, days);
    }

    /** The first rule a row breaks, in this order; null if it keeps them all. */
    private static Column reason() {
        String reported = Mapping.problem(REPORTED_AT);
        Column target = col(INFERENCE_ID)
                .isNotNull()
                .or(col(IMAGE_URI).isNotNull())
                .or(col(VERDICT).equalTo(Feedback.MISSED).and(col(CAMERA_ID).isNotNull()));
        return coalesce(
                when(col(FEEDBACK_ID).isNull(), FEEDBACK_ID + "_null"),
                when(col(VERDICT).isNull(), VERDICT + "_null"),
                when(not(col(VERDICT).isin(Feedback.VERDICTS.toArray())), VERDICT + "_unknown"),
                when(col(reported).isNotNull(), concat(lit(REPORTED_AT + "_"), col(reported))),
                when(col(REPORTED_AT).isNull(), REPORTED_AT + "_null"),
                when(not(target), "target_missing"),
                when(
                        col(VERDICT)
                                .equalTo(Feedback.RELABELED)
                                .and(col(CORRECTED_LABEL).isNull()),
                        CORRECTED_LABEL + "_null"),
                when(
                        col(VERDICT)
                                .equalTo(Feedback.MISSED)
                                .and(col(INFERENCE_ID).isNull())
                                .and(col(IMAGE_URI).isNull())
                                .and(col(EVENT_DATE).isNull()),
                        EVENT_DATE + "_null"));
    }

    private static Column[] columns(String... more) {
        return Stream.concat(Feedback.TABLE.columns().stream(), Stream.of(more))
                .map(name -> col(name))
                .toArray(Column[]::new);
    }
}
