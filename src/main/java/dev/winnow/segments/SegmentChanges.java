package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.tables.TableDef;

/** How segments changed: against their own past, between model versions, and day by day; read by analysts. */
public final class SegmentChanges {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String RUN_DATE = SegmentFindings.RUN_DATE;
    public static final String RUN_ID = SegmentFindings.RUN_ID;
    public static final String USE_CASE = SegmentFindings.USE_CASE;
    public static final String SEGMENT = SegmentFindings.SEGMENT;
    public static final String DIMENSIONS = SegmentFindings.DIMENSIONS;
    public static final String VALUES = SegmentFindings.VALUES;
    public static final String COMPARISON = "comparison";
    public static final String MEASURE = "measure";
    public static final String STATUS = SegmentFindings.STATUS;
    public static final String BEFORE_FROM = "before_from";
    public static final String NOW_FROM = "now_from";
    public static final String NOW_TO = "now_to";
    public static final String VERSION_BEFORE = "version_before";
    public static final String VERSION_NOW = "version_now";
    public static final String ALARMS_BEFORE = "alarms_before";
    public static final String JUDGED_BEFORE = "judged_before";
    public static final String WRONG_BEFORE = "wrong_before";
    public static final String ALARMS_NOW = "alarms_now";
    public static final String JUDGED_NOW = "judged_now";
    public static final String WRONG_NOW = "wrong_now";
    public static final String RATE_BEFORE = "rate_before";
    public static final String RATE_NOW = "rate_now";
    public static final String DIFFERENCE = "difference";
    public static final String DIFFERENCE_LOW = "difference_low";
    public static final String DIFFERENCE_HIGH = "difference_high";
    public static final String P_VALUE = SegmentFindings.P_VALUE;
    public static final String Q_VALUE = SegmentFindings.Q_VALUE;
    public static final String STRATA = "strata";
    public static final String SHARE_LEFT_OUT = "share_left_out";
    public static final String BASELINE = "baseline";
    public static final String CUSUM = "cusum";
    public static final String THRESHOLD = "threshold";
    public static final String ALARMED_ON = "alarmed_on";
    public static final String FALSE_ALARMS = "false_alarms_per_month";
    public static final String SENTENCE = SegmentFindings.SENTENCE;

    /** What is compared with what. */
    enum Comparison {
        /** The newest event dates with the earlier ones of the window. */
        HISTORY,
        /** The newest model version with the one before it, at equal mix. */
        MODEL_VERSION,
        /** Every event date with a baseline, by a chart that adds up. */
        CUSUM
    }

    /** Verdict on a change that chance does not explain. */
    enum Status {
        WORSE,
        BETTER
    }

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "segment_changes", "One comparison of a segment with its own past, at equal age of its verdicts")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Last event date of the window; verdicts that arrived by then count")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(
                    SEGMENT, StringType, "Conjunction of dimension values, such as camera_type=dome AND lighting=night")
            .required(DIMENSIONS, createArrayType(StringType, false), "Dimensions of the predicates, in order")
            .required(VALUES, createArrayType(StringType, false), "Their values")
            .required(
                    COMPARISON,
                    StringType,
                    "HISTORY: the newest event dates with the earlier ones; MODEL_VERSION: the newest version with the one"
                            + " before, at equal mix; CUSUM: every event date with a baseline")
            .optional(
                    MEASURE,
                    StringType,
                    "FDR: wrong over judged alarms; MARKS: marked wrong over all alarms, where the use case has no fdr;"
                            + " null where only the segment has none")
            .optional(
                    STATUS,
                    StringType,
                    "WORSE or BETTER where chance does not explain the difference (q_value and interval), WORSE where CUSUM"
                            + " alarmed on one of the newest event dates; null elsewhere")
            .required(BEFORE_FROM, DateType, "First event date")
            .required(
                    NOW_FROM,
                    DateType,
                    "First event date of the newest ones; of MODEL_VERSION the first one of the newest version")
            .required(NOW_TO, DateType, "Last event date: the newest that is old enough")
            .optional(VERSION_BEFORE, StringType, "Version before the newest; null unless versions are compared")
            .optional(VERSION_NOW, StringType, "Newest version, by first event date; null unless versions are compared")
            .required(ALARMS_BEFORE, LongType, "Alarms raised before now_from; of MODEL_VERSION by the version before")
            .required(JUDGED_BEFORE, LongType, "Those of them with a verdict at the age of comparison")
            .required(WRONG_BEFORE, LongType, "Those of them that were wrong")
            .required(ALARMS_NOW, LongType, "Alarms raised since now_from; of MODEL_VERSION by the newest version")
            .required(JUDGED_NOW, LongType, "Those of them with a verdict at the age of comparison")
            .required(WRONG_NOW, LongType, "Those of them that were wrong")
            .optional(RATE_BEFORE, DoubleType, "Rate before, fraction; null below the judged alarms required")
            .optional(RATE_NOW, DoubleType, "Rate now, fraction; null below the judged alarms required")
            .optional(
                    DIFFERENCE,
                    DoubleType,
                    "Rate now - rate before, fraction; of MODEL_VERSION at equal mix, so that it need not equal that of the"
                            + " two rates; null below the judged alarms required, and for CUSUM")
            .optional(
                    DIFFERENCE_LOW,
                    DoubleType,
                    "Lower bound of difference, Newcombe, cameras being clusters; null where difference is, and below two"
                            + " cameras on either side")
            .optional(DIFFERENCE_HIGH, DoubleType, "Upper bound of difference; null where difference_low is")
            .optional(P_VALUE, DoubleType, "Two-sided, of no difference; null where difference_low is")
            .optional(
                    Q_VALUE,
                    DoubleType,
                    "Benjamini-Hochberg over the segments of the use case that were compared; null where p_value is")
            .optional(
                    STRATA,
                    createArrayType(StringType, false),
                    "Dimensions at whose mix versions are compared; null unless versions are compared")
            .optional(
                    SHARE_LEFT_OUT,
                    DoubleType,
                    "Share of the judged (MARKS: of all) alarms of both versions without a counterpart of the other one,"
                            + " fraction; null where difference is, and unless versions are compared")
            .optional(
                    BASELINE,
                    DoubleType,
                    "Rate before, drawn to that of the segments of the use case, which CUSUM takes for unchanged, fraction;"
                            + " null below the judged alarms required, and for other comparisons")
            .optional(CUSUM, DoubleType, "Sum on the last event date; null where baseline is")
            .optional(THRESHOLD, DoubleType, "Sum above which CUSUM alarms; null where baseline is")
            .optional(ALARMED_ON, DateType, "Last event date on which CUSUM alarmed; null without an alarm")
            .optional(
                    FALSE_ALARMS,
                    DoubleType,
                    "CUSUM alarms expected in 30 days over all segments of the pipeline if every rate stays at its"
                            + " baseline, by simulation; null where baseline is")
            .required(SENTENCE, StringType, "The comparison in plain words")
            .check("wrong_within_judged", "wrong_before <= judged_before AND wrong_now <= judged_now")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, SEGMENT, COMPARISON)
            .build();

    private SegmentChanges() {}
}
