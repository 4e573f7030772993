package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** Which classes people see on images that were drawn with a known probability: one row per image. Never stored. */
public final class HumanChecked {
    public static final String CLASSES = "classes";
    public static final String DESIGN = "design";
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";

    /** Drawn from all frames, blind: tells shares in the field. */
    public static final String AUDIT = "AUDIT";

    /** Drawn from the misclassified images that a model looked at: tells how often the model is wrong. */
    public static final String MODEL_CHECK = "MODEL_CHECK";

    /** The shape. */
    public static final TableDef TABLE = TableDef.named(
                    "human_checked", "What people see on one image that was drawn with a known probability")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that stands for the image")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(CLASSES, createArrayType(StringType, false), "Classes that the image shows; empty: none of them")
            .required(DESIGN, StringType, "AUDIT or MODEL_CHECK")
            .required(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability of the draw: of AUDIT among all frames, of MODEL_CHECK among the images that the model looked"
                            + " at on that day")
            .key(Inferences.USE_CASE, Inferences.INFERENCE_ID, Inferences.CAPTURED_AT, DESIGN)
            .build();

    private HumanChecked() {}
}
