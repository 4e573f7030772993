package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Column;

/** Error rates of every segment over the window that ends on the run date; read by analysts. */
public final class SegmentFindings {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String RUN_DATE = "run_date";
    public static final String RUN_ID = "run_id";
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String SEGMENT = "segment";
    public static final String DIMENSIONS = "dimensions";
    public static final String VALUES = "dimension_values";
    public static final String ALARMS = "alarms";
    public static final String JUDGED = "judged";
    public static final String FALSE_POSITIVES = "false_positives";
    public static final String CONFIRMED = "confirmed";
    public static final String RELABELED = "relabeled";
    public static final String MISSED = "missed";
    public static final String CAMERAS = "cameras";
    public static final String NEGATIVES = "negatives";
    public static final String CAMERA_DAYS = "camera_days";
    public static final String LAST_EVENT_DATE = "last_event_date";
    public static final String MATURITY = "maturity";
    public static final String COVERAGE = "coverage";
    public static final String FP_MARKS = "fp_marks_per_1000_alarms";
    public static final String FP_MARKS_LOW = "fp_marks_low";
    public static final String FP_MARKS_HIGH = "fp_marks_high";
    public static final String FDR = "fdr";
    public static final String FDR_WILSON_LOW = "fdr_wilson_low";
    public static final String FDR_WILSON_HIGH = "fdr_wilson_high";
    public static final String FDR_BOUND_LOW = "fdr_bound_low";
    public static final String FDR_BOUND_HIGH = "fdr_bound_high";
    public static final String FDR_REST = "fdr_rest";
    public static final String FDR_STRATIFIED = "fdr_stratified";
    public static final String FDR_STRATIFIED_LOW = "fdr_stratified_low";
    public static final String FDR_STRATIFIED_HIGH = "fdr_stratified_high";
    public static final String STRATA_THIN = "strata_thin";
    public static final String AUDIT_DRAWN = "audit_drawn";
    public static final String AUDITED = "audited";
    public static final String AUDITED_WRONG = "audited_wrong";
    public static final String FDR_AUDIT = "fdr_audit";
    public static final String FDR_AUDIT_LOW = "fdr_audit_low";
    public static final String FDR_AUDIT_HIGH = "fdr_audit_high";
    public static final String FDR_ESTIMATED = "fdr_estimated";
    public static final String FPR = "fpr";
    public static final String MISS_RATE = "miss_rate";
    public static final String ALARMS_PER_CAMERA_DAY = "alarms_per_camera_day";
    public static final String FALSE_ALARMS_PER_CAMERA_DAY = "false_alarms_per_camera_day";
    public static final String EXCESS_ERRORS = "excess_errors";
    public static final String RANK = "rank";
    public static final String MEASURE = "measure";

    /** Value of {@link #MEASURE} where judged alarms can stand for all. */
    public static final String MEASURE_FDR = Measure.FDR.name();

    public static final String STATUS = "status";
    public static final String SUSPECTED_SINCE = "suspected_since";
    public static final String TRIALS_SINCE = "trials_since";
    public static final String RATE_SINCE = "rate_since";
    public static final String RATE_SINCE_LOW = "rate_since_low";
    public static final String RATE_SINCE_HIGH = "rate_since_high";
    public static final String Q_VALUE_SINCE = "q_value_since";
    public static final String TRIAL_CAMERAS = "trial_cameras";
    public static final String EFFECTIVE_TRIALS = "effective_trials";
    public static final String FDR_LOW = "fdr_low";
    public static final String FDR_HIGH = "fdr_high";
    public static final String FDR_SHRUNK = "fdr_shrunk";
    public static final String P_VALUE = "p_value";
    public static final String Q_VALUE = "q_value";
    public static final String Q_VALUE_ANY = "q_value_any_dependence";
    public static final String SLICE_SCORE = "slice_score";
    public static final String UNSTABLE = "unstable";
    public static final String REDUNDANT = "redundant";
    public static final String COVER_RANK = "cover_rank";
    public static final String COVER_SHARE = "cover_share";
    public static final String SENTENCE = "sentence";

    /** Status of a segment that passes every condition for an elevated one. */
    public static final String SUSPECTED = "SUSPECTED";

    /** Status of a suspected segment that passes on the event dates after its first detection alone, too. */
    public static final String ELEVATED = "ELEVATED";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "segment_findings", "Error rates of one segment over the window that ends on the run date")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Last event date of the window; verdicts that arrived by then count")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(
                    SEGMENT, StringType, "Conjunction of dimension values, such as camera_type=dome AND lighting=night")
            .required(DIMENSIONS, createArrayType(StringType, false), "Dimensions of the predicates, in order")
            .required(VALUES, createArrayType(StringType, false), "Their values")
            .optional(RANK, IntegerType, "1 is the worst by excess errors; null below the judged alarms required")
            .required(
                    LAST_EVENT_DATE,
                    DateType,
                    "Newest event date that counts: of younger ones less than segments.maturity.min-share of the feedback"
                            + " has arrived")
            .required(ALARMS, LongType, "Alarms raised")
            .required(JUDGED, LongType, "Alarms with a verdict")
            .required(FALSE_POSITIVES, LongType, "Judged alarms that were wrong: false positives and relabeled ones")
            .required(CONFIRMED, LongType, "Judged alarms that were right")
            .required(RELABELED, LongType, "Judged alarms that named the wrong class; also in false_positives")
            .required(MISSED, LongType, "Reported misses")
            .required(NEGATIVES, LongType, "Frames without output that were confirmed to show nothing")
            .required(CAMERAS, LongType, "Cameras with alarms")
            .required(CAMERA_DAYS, LongType, "Days on which these cameras were seen, summed over them")
            .optional(COVERAGE, DoubleType, "Judged over alarms, fraction; null without alarms")
            .optional(
                    MATURITY,
                    DoubleType,
                    "Share of its feedback that has arrived, the slower of marks and confirmations counting, from closed"
                            + " event dates of the use case; 1 where none is closed; null beyond the 50 worst segments")
            .optional(FP_MARKS, DoubleType, "Wrong alarms marked per 1,000 alarms; null without alarms")
            .optional(
                    FP_MARKS_LOW,
                    DoubleType,
                    "Lower bound of fp_marks_per_1000_alarms, cameras being clusters; null where measure is FDR, and where"
                            + " effective_trials is")
            .optional(FP_MARKS_HIGH, DoubleType, "Upper bound of fp_marks_per_1000_alarms; null where the lower one is")
            .optional(
                    FDR,
                    DoubleType,
                    "Wrong over judged alarms, fraction; null without verdicts, and where customers confirm too rarely"
                            + " for judged alarms to stand for all")
            .optional(FDR_WILSON_LOW, DoubleType, "Lower bound if alarms were independent, Wilson; null where fdr is")
            .optional(FDR_WILSON_HIGH, DoubleType, "Upper bound if alarms were independent, Wilson; null where fdr is")
            .optional(FDR_BOUND_LOW, DoubleType, "False discovery rate if every unjudged alarm were right, fraction")
            .optional(FDR_BOUND_HIGH, DoubleType, "False discovery rate if every unjudged alarm were wrong, fraction")
            .optional(
                    FDR_REST,
                    DoubleType,
                    "fdr of the use case outside the segment, fraction; null where the use case has none")
            .optional(
                    FDR_STRATIFIED,
                    DoubleType,
                    "fdr corrected for uneven judging: true if judging does not depend on truth within a band of"
                            + " confidence and the dimensions of segments.strata; null where fdr is, and beyond the 50"
                            + " worst segments")
            .optional(
                    FDR_STRATIFIED_LOW,
                    DoubleType,
                    "Lower bound of fdr_stratified, cameras being clusters; null where it or effective_trials is")
            .optional(FDR_STRATIFIED_HIGH, DoubleType, "Upper bound of fdr_stratified; null where the lower one is")
            .optional(
                    STRATA_THIN,
                    BooleanType,
                    "Whether a stratum has less than five judged alarms; one without any is read by its neighbor's. Null"
                            + " where fdr_stratified is")
            .required(
                    AUDIT_DRAWN,
                    LongType,
                    "Alarms whose image an audit of an earlier run date drew, labeled or not. 0 where a row of the log is a"
                            + " box; images that several model versions scored on one day are left out, since one inference"
                            + " stands for an image. Null in rows of older versions")
            .required(
                    AUDITED,
                    LongType,
                    "Those of audit_drawn that people labeled blind by the run date; labels that are not agreed on do not"
                            + " count")
            .required(AUDITED_WRONG, LongType, "Audited alarms whose class people did not see on the image")
            .optional(
                    FDR_AUDIT,
                    DoubleType,
                    "Wrong over audited alarms, each weighed by 1 / its inclusion probability, fraction: whatever customers"
                            + " chose to judge; true if drawn alarms without a label are wrong as often as audited ones."
                            + " Null where nothing was audited")
            .optional(
                    FDR_AUDIT_LOW,
                    DoubleType,
                    "Lower bound of fdr_audit, cameras being clusters: 0 for a single one; null where fdr_audit is")
            .optional(
                    FDR_AUDIT_HIGH,
                    DoubleType,
                    "Upper bound of fdr_audit, cameras being clusters: 1 for a single one; null where fdr_audit is")
            .optional(
                    FDR_ESTIMATED,
                    DoubleType,
                    "Share of wrong alarms to be expected from calibrated confidence alone, fraction; not measured. Null"
                            + " where the use case has fewer than 1,000 judged alarms to calibrate by")
            .optional(
                    FPR,
                    DoubleType,
                    "Wrong alarms over wrong alarms and frames confirmed to show nothing, fraction, of what was judged;"
                            + " null without such frames")
            .optional(
                    MISS_RATE,
                    DoubleType,
                    "Reported misses over misses and right alarms, fraction, of what was judged; null where fdr is, and"
                            + " where the log holds no frames without output")
            .optional(
                    ALARMS_PER_CAMERA_DAY,
                    DoubleType,
                    "Alarms over camera_days: only cameras with alarms in the segment count; null without days")
            .optional(
                    FALSE_ALARMS_PER_CAMERA_DAY,
                    DoubleType,
                    "fdr times alarms_per_camera_day: true if unjudged alarms are wrong as often as judged ones; null where"
                            + " either is")
            .optional(
                    EXCESS_ERRORS,
                    DoubleType,
                    "Wrong alarms beyond the rate of the rest, scaled from judged to all alarms; marks beyond the rest's"
                            + " marks per alarm where the use case has no fdr; null without a rest to compare with")
            .required(
                    MEASURE,
                    StringType,
                    "What wrong alarms are held against in the use case, its trials: FDR judged alarms, MARKS all alarms,"
                            + " where customers confirm too rarely")
            .optional(
                    STATUS,
                    StringType,
                    "SUSPECTED where every condition of segments.elevated holds, ELEVATED where they also hold on the"
                            + " event dates after suspected_since alone; null elsewhere")
            .optional(
                    SUSPECTED_SINCE,
                    DateType,
                    "First run date, of those within the window's length, on which the segment was suspected; null"
                            + " without status")
            .optional(
                    TRIALS_SINCE,
                    LongType,
                    "Trials on event dates after suspected_since; null without status, and on the first date")
            .optional(
                    RATE_SINCE,
                    DoubleType,
                    "Wrong alarms over trials on these dates, fraction: free of the luck that made the segment suspect;"
                            + " null without trials")
            .optional(RATE_SINCE_LOW, DoubleType, "Lower bound of rate_since, cameras being clusters")
            .optional(RATE_SINCE_HIGH, DoubleType, "Upper bound of rate_since, cameras being clusters")
            .optional(
                    Q_VALUE_SINCE,
                    DoubleType,
                    "Benjamini-Yekutieli on these dates, over all suspected segments; null below two cameras on either"
                            + " side")
            .required(
                    REDUNDANT,
                    BooleanType,
                    "Whether a segment with one predicate less has the same counts; such segments are not ranked")
            .required(TRIAL_CAMERAS, LongType, "Cameras with trials: the clusters of the rate that measure names")
            .optional(
                    EFFECTIVE_TRIALS,
                    DoubleType,
                    "Trials that independent ones would need to tell as much; null below the judged alarms required, and"
                            + " where measure is FDR and fdr is null")
            .optional(
                    FDR_LOW,
                    DoubleType,
                    "Lower bound of fdr, cameras being clusters; null where fdr or effective_trials is")
            .optional(
                    FDR_HIGH,
                    DoubleType,
                    "Upper bound of fdr, cameras being clusters; null where fdr or effective_trials is")
            .optional(
                    FDR_SHRUNK,
                    DoubleType,
                    "fdr drawn to the use case's by empirical Bayes, fraction; null where fdr_low is")
            .optional(
                    P_VALUE,
                    DoubleType,
                    "One-sided, whether the rate that measure names is above that of the rest, cameras being"
                            + " clusters; null where effective_trials is, and below two cameras on either side")
            .optional(Q_VALUE, DoubleType, "Benjamini-Hochberg over all segments looked at; null where p_value is")
            .optional(
                    Q_VALUE_ANY,
                    DoubleType,
                    "Benjamini-Yekutieli, valid under any dependence: for what pages somebody; null where p_value is")
            .optional(
                    SLICE_SCORE, DoubleType, "SliceLine score, 0.95 weight on the rate; null where effective_trials is")
            .optional(
                    UNSTABLE,
                    BooleanType,
                    "Whether less than 10 cameras have trials or less than 10 errors are expected, too few for"
                            + " intervals to be trusted; null where effective_trials is")
            .optional(
                    COVER_RANK,
                    IntegerType,
                    "Place in the few segments that together hold most excess errors; null for others")
            .optional(
                    COVER_SHARE,
                    DoubleType,
                    "Share of the excess errors that this and the segments before it in the cover hold, fraction")
            .required(SENTENCE, StringType, "The finding in plain words")
            .check("judged_within_counts", FALSE_POSITIVES + " + " + CONFIRMED + " = " + JUDGED)
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, SEGMENT)
            .build();

    private SegmentFindings() {}

    /** What a segment is, in the order of columns that {@link dev.winnow.inputs.WorstSegments} are read from. */
    public static Column[] conjunction() {
        return new Column[] {col(USE_CASE), col(SEGMENT), col(DIMENSIONS), col(VALUES)};
    }
}
