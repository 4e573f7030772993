package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** Canonical rows of a plain table of reviews: answers to "is this label right?". Never stored. */
public final class Reviews {
    public static final String ITEM_ID = "item_id";
    public static final String LABEL = "label";
    public static final String CONFIDENCE = Inferences.CONFIDENCE;
    public static final String WORKER_ID = "worker_id";
    public static final String VERDICT = "verdict";
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";
    public static final String KNOWN_WRONG = "known_wrong";

    /** The label is right. */
    public static final String CONFIRM = "CONFIRM";

    /** The label is wrong. */
    public static final String DISCONFIRM = "DISCONFIRM";

    /** The image does not show it. */
    public static final String CANT_TELL = "CANT_TELL";

    /** The canonical shape. */
    public static final TableDef TABLE = TableDef.named("reviews", "What one person says of the label of one item")
            .required(ITEM_ID, StringType, "Item that carries the label")
            .required(LABEL, StringType, "Class it was shown with")
            .optional(CONFIDENCE, DoubleType, "The model's, in [0, 1] once it is scaled; null where it can't be read")
            .optional(VERDICT, StringType, "CONFIRM, DISCONFIRM or CANT_TELL; null: nobody has answered")
            .optional(WORKER_ID, StringType, "Who answered, as the source names them; null where it is not known")
            .optional(Inferences.USE_CASE, StringType, "Use case; null: default")
            .optional(MODEL_VERSION, StringType, "Model version that gave the label; null where it is not known")
            .optional(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability with which the item was drawn among those of its class; null: chosen otherwise")
            .optional(KNOWN_WRONG, BooleanType, "Whether the label was known to be wrong and hidden; null: no")
            .key(ITEM_ID, LABEL, WORKER_ID)
            .build();

    private Reviews() {}
}
