package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** Alarms whose predicted class is their label: its confidence is above a proven threshold. */
public final class AutoLabels {
    public static final String PIPELINE = LabelQa.PIPELINE;
    public static final String RUN_DATE = Candidates.RUN_DATE;
    public static final String USE_CASE = LabelQa.USE_CASE;
    public static final String MODEL_VERSION = LabelQa.MODEL_VERSION;
    public static final String LABEL = LabelQa.LABEL;
    public static final String ITEM_ID = Candidates.ITEM_ID;
    public static final String THRESHOLD = ClassThresholds.THRESHOLD;
    public static final String BOUND = ClassThresholds.BOUND;
    public static final String INCLUSION_PROBABILITY = QaItems.INCLUSION_PROBABILITY;
    public static final String STATUS = "status";

    /** The label stands. */
    public static final String ISSUED = "ISSUED";

    /** Audits contradicted the promise: what the label says is not to be relied on. */
    public static final String VOID = "VOID";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "auto_labels", "One alarm that is labeled without people; VOID ones no longer count")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date, which is the day of the alarm")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version that predicted it, the one the threshold is proven for")
            .required(LABEL, StringType, "Its label, the predicted class")
            .required(ITEM_ID, StringType, "Item of the image with this class, as in candidates")
            .required(Inferences.INFERENCE_ID, StringType, "Inference, unique within its day")
            .required(Inferences.IMAGE_URI, StringType, "Image")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.CONFIDENCE, DoubleType, "Confidence, at or above the threshold")
            .required(THRESHOLD, DoubleType, "Proven threshold of the class, included")
            .required(
                    BOUND,
                    DoubleType,
                    "Upper bound of the share of wrong labels among all of the class at or above the threshold, for the"
                            + " reviewed population, at quality.confidence-level")
            .optional(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability with which it was drawn among the day's alarms (quality.auto-labels.share); null in rows of"
                            + " older versions")
            .optional(
                    STATUS,
                    StringType,
                    "ISSUED; VOID: audits contradict the promise since, and auto_label_days says WITHDRAWN of the class with"
                            + " a quarantined_from that is not after run_date; null in rows of older versions: ISSUED")
            .check("above_its_threshold", Inferences.CONFIDENCE + " >= " + THRESHOLD)
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, Inferences.INFERENCE_ID)
            .build();

    private AutoLabels() {}
}
