package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** What people say is on images that were drawn with a known probability: one row per image and class. Never stored. */
public final class HumanChecked {
    public static final String LABEL = "label";
    public static final String PRESENT = "present";
    public static final String DESIGN = "design";
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";
    public static final String SEEN = "seen";

    /** Drawn from all frames, blind: tells shares in the field. */
    public static final String AUDIT = "AUDIT";

    /** Drawn from the misclassified images that a model looked at: tells how often the model is wrong. */
    public static final String REVIEW = "REVIEW";

    /** The shape. An image has a row for every class that people were asked about, also for those that are not there. */
    public static final TableDef TABLE = TableDef.named(
                    "human_checked",
                    "What people say of one class on one image that was drawn with a known probability")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that stands for the image")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(LABEL, StringType, "Class")
            .required(PRESENT, BooleanType, "Whether the image shows the class")
            .required(DESIGN, StringType, "AUDIT or REVIEW")
            .required(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability of the draw: of AUDIT among all frames, of REVIEW among all misclassified images")
            .optional(SEEN, BooleanType, "Whether the model saw the class there; null where it did not look")
            .key(Inferences.USE_CASE, Inferences.INFERENCE_ID, LABEL, DESIGN)
            .build();

    private HumanChecked() {}
}
