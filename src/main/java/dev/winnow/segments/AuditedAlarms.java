package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/**
 * Alarms whose image an audit drew from all frames of a day, with what people said who saw no prediction, if they did.
 * Never stored.
 */
public final class AuditedAlarms {
    public static final String EVENT_DATE = ExposureDaily.EVENT_DATE;
    public static final String LABEL = ExposureDaily.LABEL;
    public static final String WRONG = "wrong";
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";

    /** The shape; frame dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "audited_alarms", "One alarm whose image was drawn from all frames of its day to be labeled blind")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(EVENT_DATE, DateType, "UTC day of the image")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that stands for the image")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .required(LABEL, StringType, "Predicted class")
            .optional(WRONG, BooleanType, "Whether people did not see that class; null without a label")
            .required(INCLUSION_PROBABILITY, DoubleType, "Probability of the draw among the frames of the day")
            .key(Inferences.USE_CASE, EVENT_DATE, Inferences.INFERENCE_ID)
            .build();

    private AuditedAlarms() {}
}
