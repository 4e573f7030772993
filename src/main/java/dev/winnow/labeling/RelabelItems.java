package dev.winnow.labeling;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/** Items whose class people are asked for because bulk QA disconfirmed the one they were shown with; each once. */
public final class RelabelItems {
    public static final String PIPELINE = Selections.PIPELINE;
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String ROUND_ID = Selections.ROUND_ID;
    public static final String RUN_ID = Selections.RUN_ID;
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String ITEM_ID = Selections.ITEM_ID;
    public static final String IMAGE_URI = Inferences.IMAGE_URI;
    public static final String CAPTURED_AT = Inferences.CAPTURED_AT;
    public static final String SITE_ID = Inferences.SITE_ID;
    public static final String CAMERA_ID = Inferences.CAMERA_ID;
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String PREDICTED_LABEL = Inferences.PREDICTED_LABEL;
    public static final String CONFIDENCE = Inferences.CONFIDENCE;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "relabel_items", "An item that bulk QA disconfirmed and whose right class people are asked for")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Round, such as relabel-2026-11-07.1")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(ITEM_ID, StringType, "Item, as in qa_items")
            .required(IMAGE_URI, StringType, "Image, s3://")
            .required(CAPTURED_AT, TimestampType, "When the image was taken")
            .required(SITE_ID, StringType, "Site")
            .required(CAMERA_ID, StringType, "Camera")
            .required(
                    MODEL_VERSION, StringType, "Model version that gave the class, the newest that bulk QA asked about")
            .required(PREDICTED_LABEL, StringType, "Class that reviewers disconfirmed, or did not agree on")
            .optional(CONFIDENCE, DoubleType, "The model's, in [0, 1]; null where there is none")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, ITEM_ID)
            .build();

    private RelabelItems() {}
}
