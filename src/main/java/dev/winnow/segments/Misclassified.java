package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The inferences that were found wrong on one day, by the day their verdict arrived. */
public final class Misclassified {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String ARRIVAL_DATE = VerdictDaily.ARRIVAL_DATE;
    public static final String VERDICT = Feedback.VERDICT;
    public static final String CORRECTED_LABEL = Feedback.CORRECTED_LABEL;

    /** The declaration; frame dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "misclassified", "One inference whose verdict became a wrong one on one day")
            .required(PIPELINE, StringType, "Pipeline")
            .required(
                    ARRIVAL_DATE,
                    DateType,
                    "UTC day the verdict arrived; for feedback without an event date the catch-up day that found it")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that was wrong; unique within its day")
            .required(Inferences.IMAGE_URI, StringType, "Image, sequence or text")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.EVENT_DATE, DateType, "UTC day of the image")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .required(
                    VERDICT,
                    StringType,
                    "FALSE_POSITIVE, RELABELED, or MISSED: something else on the image was overlooked. The newest where an"
                            + " inference has several")
            .optional(
                    CORRECTED_LABEL,
                    StringType,
                    "Right class of a RELABELED alarm, overlooked class of a MISSED one; null where it is not named")
            .check("wrong_verdict", VERDICT + " IN ('FALSE_POSITIVE', 'RELABELED', 'MISSED')")
            .partitionedBy(PIPELINE, ARRIVAL_DATE)
            .key(PIPELINE, ARRIVAL_DATE, Inferences.EVENT_DATE, Inferences.USE_CASE, Inferences.INFERENCE_ID)
            .build();

    private Misclassified() {}

    /**
     * Returns all that was found wrong: what customers marked and, where they are silent, what labels that came back
     * contradict.
     *
     * @param marked shaped like this table
     * @param contradicted of the same shape
     */
    public static Dataset<Row> together(Dataset<Row> marked, Dataset<Row> contradicted) {
        // Not by image: the log may write s3a:// where a selection has s3://.
        String[] inference = {Inferences.USE_CASE, Inferences.INFERENCE_ID, Inferences.CAPTURED_AT};
        return marked.unionByName(contradicted.join(marked, inference, "left_anti"));
    }
}
