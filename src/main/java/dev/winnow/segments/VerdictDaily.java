package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/**
 * What customers said, by cell and by the day it arrived.
 *
 * <p>Counts are signed: a verdict that changes counts -1 in its old column and +1 in its new one, on the day of the
 * change. A window of run date D sums event dates in the window and arrival dates up to D.
 */
public final class VerdictDaily {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String ARRIVAL_DATE = "arrival_date";
    public static final String EVENT_DATE = ExposureDaily.EVENT_DATE;
    public static final String CELL_VERSION = ExposureDaily.CELL_VERSION;
    public static final String LABEL = ExposureDaily.LABEL;
    public static final String CONFIDENCE_BIN = "confidence_bin";
    public static final String FALSE_POSITIVES = "false_positives";
    public static final String CONFIRMED = "confirmed";
    public static final String RELABELED = "relabeled";
    public static final String MISSED = "missed";

    /** The declaration; frame dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "verdict_daily", "Signed counts of verdicts on one cell that arrived on one day")
            .required(PIPELINE, StringType, "Pipeline")
            .required(
                    ARRIVAL_DATE,
                    DateType,
                    "UTC day the verdict arrived; for feedback without an event date the catch-up day that found it")
            .required(EVENT_DATE, DateType, "UTC day of the image")
            .required(
                    CELL_VERSION,
                    StringType,
                    "Hash of dimensions, bins, label mapping and verdict rules; sum one version")
            .required(Inferences.SITE_ID, StringType, "Site of the camera")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.MODEL_VERSION, StringType, "Model version; __UNKNOWN__ for a miss without an image")
            .required(
                    LABEL,
                    StringType,
                    "Predicted class of a judged alarm, missed class of a miss; __NONE__ for a frame without output that was"
                            + " confirmed to show nothing")
            .optional(CONFIDENCE_BIN, IntegerType, "Bin of the alarm's confidence, 0 to 19; null for misses and frames")
            .required(FALSE_POSITIVES, LongType, "FALSE_POSITIVE marks, signed")
            .required(CONFIRMED, LongType, "CONFIRMED marks, signed")
            .required(RELABELED, LongType, "RELABELED marks, signed: the alarm named the wrong class")
            .required(MISSED, LongType, "MISSED reports, signed")
            .partitionedBy(PIPELINE, ARRIVAL_DATE)
            .key(
                    PIPELINE,
                    ARRIVAL_DATE,
                    EVENT_DATE,
                    Inferences.SITE_ID,
                    Inferences.CAMERA_ID,
                    Inferences.USE_CASE,
                    Inferences.MODEL_VERSION,
                    LABEL,
                    CONFIDENCE_BIN,
                    CELL_VERSION)
            .build();

    private VerdictDaily() {}
}
