package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

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
    public static final String COVERAGE = "coverage";
    public static final String FP_MARKS = "fp_marks_per_1000_alarms";
    public static final String FDR = "fdr";
    public static final String FDR_WILSON_LOW = "fdr_wilson_low";
    public static final String FDR_WILSON_HIGH = "fdr_wilson_high";
    public static final String FDR_BOUND_LOW = "fdr_bound_low";
    public static final String FDR_BOUND_HIGH = "fdr_bound_high";
    public static final String FDR_REST = "fdr_rest";
    public static final String EXCESS_ERRORS = "excess_errors";
    public static final String RANK = "rank";
    public static final String STATUS = "status";
    public static final String JUDGED_CAMERAS = "judged_cameras";
    public static final String EFFECTIVE_JUDGED = "effective_judged";
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
            .required(ALARMS, LongType, "Alarms raised")
            .required(JUDGED, LongType, "Alarms with a verdict")
            .required(FALSE_POSITIVES, LongType, "Judged alarms that were wrong: false positives and relabeled ones")
            .required(CONFIRMED, LongType, "Judged alarms that were right")
            .required(RELABELED, LongType, "Judged alarms that named the wrong class; also in false_positives")
            .required(MISSED, LongType, "Reported misses")
            .required(CAMERAS, LongType, "Cameras with alarms")
            .optional(COVERAGE, DoubleType, "Judged over alarms, fraction; null without alarms")
            .optional(FP_MARKS, DoubleType, "Wrong alarms marked per 1,000 alarms; null without alarms")
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
                    EXCESS_ERRORS,
                    DoubleType,
                    "Wrong alarms beyond the rate of the rest, scaled from judged to all alarms; marks beyond the rest's"
                            + " marks per alarm where the use case has no fdr; null without a rest to compare with")
            .optional(
                    STATUS,
                    StringType,
                    "SUSPECTED where every condition of segments.elevated holds; null elsewhere, and where the use case"
                            + " has no fdr")
            .required(
                    REDUNDANT,
                    BooleanType,
                    "Whether a segment with one predicate less has the same counts; such segments are not ranked")
            .required(JUDGED_CAMERAS, LongType, "Cameras with judged alarms: the clusters of fdr")
            .optional(
                    EFFECTIVE_JUDGED,
                    DoubleType,
                    "Judged alarms that independent ones would need to tell as much; null where fdr is, and below the"
                            + " judged alarms required")
            .optional(FDR_LOW, DoubleType, "Lower bound of fdr, cameras being clusters; null where effective_judged is")
            .optional(
                    FDR_HIGH, DoubleType, "Upper bound of fdr, cameras being clusters; null where effective_judged is")
            .optional(
                    FDR_SHRUNK,
                    DoubleType,
                    "fdr drawn to the use case's by empirical Bayes, fraction; null where effective_judged is")
            .optional(
                    P_VALUE,
                    DoubleType,
                    "One-sided, whether fdr is above fdr_rest, cameras being clusters; null where effective_judged"
                            + " is, and below two cameras on either side")
            .optional(Q_VALUE, DoubleType, "Benjamini-Hochberg over all segments looked at; null where p_value is")
            .optional(
                    Q_VALUE_ANY,
                    DoubleType,
                    "Benjamini-Yekutieli, valid under any dependence: for what pages somebody; null where p_value is")
            .optional(
                    SLICE_SCORE, DoubleType, "SliceLine score, 0.95 weight on the rate; null where effective_judged is")
            .optional(
                    UNSTABLE,
                    BooleanType,
                    "Whether less than 10 cameras are judged or less than 10 errors expected, too few for intervals"
                            + " to be trusted; null where effective_judged is")
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
}
