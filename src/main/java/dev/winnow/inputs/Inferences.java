package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.tables.TableDef;
import java.util.Collection;
import org.apache.spark.sql.types.StructType;

/** Canonical inferences: one output of a model on one image, a null label for an image without output. Never stored. */
public final class Inferences {
    public static final String INFERENCE_ID = "inference_id";
    public static final String IMAGE_URI = "image_uri";
    public static final String CAPTURED_AT = "captured_at";
    public static final String EVENT_DATE = "event_date";
    public static final String USE_CASE = "use_case";
    public static final String MODEL_VERSION = "model_version";
    public static final String SITE_ID = "site_id";
    public static final String CAMERA_ID = "camera_id";
    public static final String PREDICTED_LABEL = "predicted_label";
    public static final String CONFIDENCE = "confidence";

    /** Scores of all classes, of which only the configured measure of doubt is kept. */
    public static final String SCORES = "scores";

    /** Perceptual hash of the image, 64 bits. */
    public static final String PHASH = "phash";

    /** What an embedding model makes of the image. */
    public static final String EMBEDDING = "embedding";

    /** Why a row breaks the contract; null for a row that keeps it. */
    public static final String REJECT_REASON = "reject_reason";

    /** In place of a broken rule: the row is of another day than the one whose files hold it. It is no reject. */
    public static final String OTHER_DAY = "other_day";

    /** First day that a row of some days' files counts for. */
    public static final String COUNTS_FROM = "counts_from";

    /** Last day that it counts for: the same but for rows whose own day can't be read or is none of the files'. */
    public static final String COUNTS_UNTIL = "counts_until";

    /** Label of a frame without output, in tables. */
    public static final String NO_LABEL = "__NONE__";

    /** Value of a dimension that is null. */
    public static final String NULL_VALUE = "__NULL__";

    /** Value of a dimension that can't be known. */
    public static final String UNKNOWN_VALUE = "__UNKNOWN__";

    /** The canonical shape; frame dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named("inferences", "One output of a model on one image")
            .required(INFERENCE_ID, StringType, "Unique within its day")
            .required(IMAGE_URI, StringType, "Where the image or sequence lies; or the text itself")
            .required(CAPTURED_AT, TimestampType, "When the image was taken")
            .required(EVENT_DATE, DateType, "UTC day of the image")
            .required(USE_CASE, StringType, "What the model is used for; budgets are per use case")
            .required(MODEL_VERSION, StringType, "Version of the model")
            .required(SITE_ID, StringType, "Site of the camera")
            .required(CAMERA_ID, StringType, "Camera")
            .optional(PREDICTED_LABEL, StringType, "Predicted class; null for an image without output")
            .optional(CONFIDENCE, DoubleType, "Confidence of the predicted class in [0, 1]; null without a label")
            .key(INFERENCE_ID)
            .build();

    /** What an inference may say beyond that; only where a mapping says how. */
    public static final TableDef FURTHER = TableDef.named("further_inference_columns", "What a log may say beyond")
            .optional(SCORES, createArrayType(DoubleType, true), "Scores of all classes in any order; null: none")
            .optional(PHASH, LongType, "Perceptual hash of the image, 64 bits; null: unknown")
            .optional(EMBEDDING, createArrayType(DoubleType, true), "Embedding of the image; null: unknown")
            .build();

    private Inferences() {}

    /** The canonical shape with some of the further columns behind. */
    static TableDef withFurther(Collection<String> names) {
        StructType wide = TABLE.schema();
        for (String name : names) {
            wide = wide.add(FURTHER.schema().apply(name));
        }
        return new TableDef(TABLE.name(), TABLE.comment(), wide, TABLE.checks(), TABLE.partitionColumns(), TABLE.key());
    }
}
