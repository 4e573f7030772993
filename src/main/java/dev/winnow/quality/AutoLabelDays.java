package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** What may be labeled without people, class by class and day by day, and what that saves. */
public final class AutoLabelDays {
    public static final String PIPELINE = AutoLabels.PIPELINE;
    public static final String RUN_DATE = AutoLabels.RUN_DATE;
    public static final String USE_CASE = AutoLabels.USE_CASE;
    public static final String MODEL_VERSION = AutoLabels.MODEL_VERSION;
    public static final String LABEL = AutoLabels.LABEL;
    public static final String STATUS = "status";
    public static final String REASON = "reason";
    public static final String SOURCE = LabelQa.SOURCE;
    public static final String THRESHOLD = AutoLabels.THRESHOLD;
    public static final String BOUND = AutoLabels.BOUND;
    public static final String PROVEN_ON = "proven_on";
    public static final String AUDITED_FROM = "audited_from";
    public static final String AUDITED = "audited";
    public static final String AUDITED_WRONG = "audited_wrong";
    public static final String EVIDENCE = "evidence_against";
    public static final String JUDGED_ON = "judged_on";
    public static final String PASSED_ON = "passed_on";
    public static final String QUARANTINED_FROM = "quarantined_from";
    public static final String WANTED = "wanted";
    public static final String ISSUED_LABELS = "auto_labeled";
    public static final String HELD_BACK = "held_back";
    public static final String REVIEWS = "reviews";
    public static final String AUDITS = "audits";
    public static final String TOTAL_WANTED = "total_wanted";
    public static final String TOTAL_ISSUED = "total_auto_labeled";
    public static final String SAVED_SHARE = "saved_share";

    /** Status of __ALL__: no class is labeled without people. */
    static final String NONE = "NONE";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "auto_label_days", "Whether a class is labeled without people on a run date, and what that saves")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version")
            .required(LABEL, StringType, "Predicted class; __ALL__: all of them")
            .required(
                    STATUS,
                    StringType,
                    "ISSUED; NOT_PROVEN: no threshold is; TOO_OLD: nobody judged the class for quality.auto-labels."
                            + "max-age-days; WITHDRAWN, for good: audits contradict the promise. Of __ALL__: ISSUED if any"
                            + " class is, else NONE")
            .required(REASON, StringType, "Why, a sentence")
            .optional(SOURCE, StringType, "What proves the threshold: BLIND_LABELS or REVIEWS; null unless proven")
            .optional(THRESHOLD, DoubleType, "Proven threshold; null unless proven")
            .optional(BOUND, DoubleType, "As in auto_labels, what reviewers overlook included; null unless proven")
            .optional(PROVEN_ON, DateType, "First run date with a proven threshold; null before")
            .optional(AUDITED_FROM, DoubleType, "Lowest threshold since then, from which audits count; null before")
            .required(
                    AUDITED,
                    LongType,
                    "Blindly labeled alarms from there on that were drawn after proven_on, within max-age-days")
            .required(AUDITED_WRONG, LongType, "Those of them that are wrong")
            .required(
                    EVIDENCE,
                    DoubleType,
                    "Largest e-value against 'no more than the promised share is wrong', of the class and of each audited"
                            + " value of quality.auto-labels.dimensions, divided by their number; 20 withdraws")
            .required(JUDGED_ON, DateType, "Last run date at which reviews or audits had come")
            .optional(
                    PASSED_ON,
                    DateType,
                    "Last run date at which audits at or above audited_from had come that did not contradict; null before proven_on")
            .optional(
                    QUARANTINED_FROM,
                    DateType,
                    "First run date whose auto_labels of the class are void; null unless WITHDRAWN")
            .required(
                    WANTED,
                    LongType,
                    "Alarms of the day that were drawn to get a label (quality.auto-labels.share), the audit's left out")
            .required(ISSUED_LABELS, LongType, "Those of them that have one without people, as in auto_labels")
            .required(
                    HELD_BACK,
                    LongType,
                    "Those above the threshold that have none: in segments that are elevated or have too few audits")
            .required(REVIEWS, LongType, "Reviewed items of the class so far, of all runs")
            .required(AUDITS, LongType, "Blindly labeled, uniformly drawn items of it so far")
            .required(TOTAL_WANTED, LongType, "wanted of all run dates so far")
            .required(TOTAL_ISSUED, LongType, "auto_labeled of all run dates so far, without what is void")
            .optional(
                    SAVED_SHARE,
                    DoubleType,
                    "(total_auto_labeled - reviews - audits) / total_wanted: below 0 while proofs cost more than they save;"
                            + " null when nothing was wanted")
            .check("known_status", STATUS + " IN ('ISSUED', 'NOT_PROVEN', 'TOO_OLD', 'WITHDRAWN', 'NONE')")
            .check("void_if_withdrawn", "(" + QUARANTINED_FROM + " IS NOT NULL) = (" + STATUS + " = 'WITHDRAWN')")
            .check("only_what_is_proven", ISSUED_LABELS + " = 0 OR " + STATUS + " = 'ISSUED'")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, MODEL_VERSION, LABEL)
            .build();

    private AutoLabelDays() {}
}
