package dev.winnow.selection;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** Items that people gave one class; not stored, see {@link dev.winnow.ports.ReturnedLabels#known}. */
public final class KnownItems {
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String ITEM_ID = Selections.ITEM_ID;
    public static final String ASKED_ON = "asked_on";
    public static final String LABEL = "label";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "known_items", "An item of an earlier round that people answered")
            .required(USE_CASE, StringType, "Use case")
            .required(ITEM_ID, StringType, "Item, as in selections")
            .required(ASKED_ON, DateType, "Run date of the last round that asked about it")
            .required(Inferences.IMAGE_URI, StringType, "Image")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .optional(LABEL, StringType, "Its class, where it is known well enough to test people by; else null")
            .build();

    private KnownItems() {}
}
