package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** What the models put out, by cell and event date; from inferences alone. Counts add up over cells and days. */
public final class ExposureDaily {
    public static final String PIPELINE = "pipeline";
    public static final String EVENT_DATE = Inferences.EVENT_DATE;
    public static final String CELL_VERSION = "cell_version";
    public static final String LABEL = "label";
    public static final String SHOWN = "shown";
    public static final String CONFIDENCE_HISTOGRAM = "confidence_histogram";

    /** Bins of the confidence histogram: bin i holds confidences from i/20 to (i+1)/20, 1 is in the last. */
    public static final int BINS = 20;

    /** The declaration; frame dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "exposure_daily", "Outputs of one camera, combination of frame dimensions, class and model version")
            .required(PIPELINE, StringType, "Pipeline")
            .required(EVENT_DATE, DateType, "UTC day of the images")
            .required(
                    CELL_VERSION,
                    StringType,
                    "Hash of dimensions, bins, label mapping and verdict rules; sum one version")
            .required(Inferences.SITE_ID, StringType, "Site of the camera")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .required(LABEL, StringType, "Predicted class; __NONE__ for frames without output")
            .required(SHOWN, LongType, "Outputs; alarms where the label is a class, frames where it is __NONE__")
            .required(
                    CONFIDENCE_HISTOGRAM,
                    createArrayType(LongType, false),
                    "Outputs by confidence: element i counts [i/20, (i+1)/20), 1 is in the last; all 0 for __NONE__")
            .check("shown_positive", SHOWN + " > 0")
            .partitionedBy(PIPELINE, EVENT_DATE)
            .key(
                    PIPELINE,
                    EVENT_DATE,
                    Inferences.SITE_ID,
                    Inferences.CAMERA_ID,
                    Inferences.USE_CASE,
                    Inferences.MODEL_VERSION,
                    LABEL,
                    CELL_VERSION)
            .build();

    private ExposureDaily() {}
}
