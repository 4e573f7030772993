package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.answers.Answers;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Reviews;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/**
 * What a bulk QA job shows to be confirmed or disconfirmed.
 *
 * <p>Whoever makes such a job writes its items here; its answers come back into {@code answers} with the task
 * {@link Answers#REVIEW}, the same job and item, and a verdict of {@link Reviews} as label.
 */
public final class QaItems {
    public static final String PIPELINE = Answers.PIPELINE;
    public static final String USE_CASE = Answers.USE_CASE;
    public static final String JOB_NAME = Answers.JOB_NAME;
    public static final String ITEM_ID = Answers.ITEM_ID;
    public static final String LABEL = Answers.LABEL;
    public static final String CONFIDENCE = Answers.CONFIDENCE;
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String INCLUSION_PROBABILITY = Selections.INCLUSION_PROBABILITY;
    public static final String KNOWN_WRONG = "known_wrong";
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String ROUND_ID = Selections.ROUND_ID;
    public static final String IMAGE_URI = Inferences.IMAGE_URI;
    public static final String CAPTURED_AT = Inferences.CAPTURED_AT;
    public static final String SITE_ID = Inferences.SITE_ID;
    public static final String CAMERA_ID = Inferences.CAMERA_ID;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("qa_items", "An item that a bulk QA job shows with a label")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(JOB_NAME, StringType, "Bulk QA job")
            .required(ITEM_ID, StringType, "Item, as in selections")
            .required(LABEL, StringType, "Class it is shown with; one in a job")
            .optional(CONFIDENCE, DoubleType, "The model's, in [0, 1]; null where there is none")
            .optional(MODEL_VERSION, StringType, "Model version that gave the label; null where nothing tells")
            .optional(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability with which it was drawn among the items of its class; null: chosen otherwise")
            .required(KNOWN_WRONG, BooleanType, "Whether it was hidden among the others because its label is wrong")
            .optional(RUN_DATE, DateType, "Run date of the job; null where another made it")
            .optional(ROUND_ID, StringType, "Round of the job, such as qa-2026-11-05.1; null where another made it")
            .optional(IMAGE_URI, StringType, "Image, s3://; null where nothing tells")
            .optional(CAPTURED_AT, TimestampType, "When the image was taken; null for hidden items")
            .optional(SITE_ID, StringType, "Site; null where nothing tells")
            .optional(CAMERA_ID, StringType, "Camera; null for hidden items")
            .check(
                    "probability_in_range",
                    INCLUSION_PROBABILITY + " IS NULL OR (" + INCLUSION_PROBABILITY + " > 0 AND "
                            + INCLUSION_PROBABILITY + " <= 1)")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, JOB_NAME, ITEM_ID)
            .build();

    private QaItems() {}
}
