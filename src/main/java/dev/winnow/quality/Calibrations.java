package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createStructField;
import static org.apache.spark.sql.types.DataTypes.createStructType;

import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** Whether confidence means what it says. */
public final class Calibrations {
    public static final String PIPELINE = LabelQa.PIPELINE;
    public static final String USE_CASE = LabelQa.USE_CASE;
    public static final String MODEL_VERSION = LabelQa.MODEL_VERSION;
    public static final String SOURCE = LabelQa.SOURCE;
    public static final String DESIGN = LabelQa.DESIGN;
    public static final String LABEL = LabelQa.LABEL;
    public static final String ITEMS = "items";
    public static final String ACCURACY = "accuracy";
    public static final String MEAN_CONFIDENCE = "mean_confidence";
    public static final String ECE = "ece";
    public static final String MCE = "mce";
    public static final String BINS = "bins";
    public static final String METHOD = "method";
    public static final String TEMPERATURE = "temperature";
    public static final String CURVE = "curve";
    public static final String FITTED_ON = "fitted_on";
    public static final String REPORTED_ON = "reported_on";
    public static final String ECE_BEFORE = "ece_before";
    public static final String ECE_AFTER = "ece_after";
    public static final String ECE_EQUAL_MASS = "ece_equal_mass";

    /** A falling rate of errors by confidence, pool adjacent violators. */
    public static final String ISOTONIC = "ISOTONIC";

    /** One number divides the log-odds. */
    public static final String TEMPERATURE_SCALING = "TEMPERATURE";

    // Delta takes no NOT NULL inside of arrays; the values are never null.
    private static final StructType BIN = createStructType(List.of(
            createStructField("confidence_low", DoubleType, true),
            createStructField("confidence_high", DoubleType, true),
            createStructField(ITEMS, LongType, true),
            createStructField(MEAN_CONFIDENCE, DoubleType, true),
            createStructField(ACCURACY, DoubleType, true)));

    private static final StructType STEP = createStructType(List.of(
            createStructField("confidence", DoubleType, true), createStructField("calibrated", DoubleType, true)));

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "calibration", "Confidence of a class against the share that is right, and what makes them equal")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version, as in label_qa")
            .required(SOURCE, StringType, "REVIEWS or BLIND_LABELS, as in label_qa")
            .required(
                    DESIGN,
                    StringType,
                    "UNIFORM: items weigh 1 / inclusion probability; PURPOSIVE: 1, which says nothing of others")
            .required(LABEL, StringType, "Class with at least 200 judged items; __ALL__: all classes")
            .required(ITEMS, LongType, "Judged items, at any confidence")
            .required(ACCURACY, DoubleType, "Share that is right, weighted, fraction")
            .required(MEAN_CONFIDENCE, DoubleType, "Mean confidence, weighted alike, fraction")
            .required(ECE, DoubleType, "Expected calibration error over quality.calibration-bins bins of equal width")
            .required(MCE, DoubleType, "Largest gap of a bin")
            .required(BINS, createArrayType(BIN, false), "Bins with items; each from above its lower to its upper edge")
            .optional(
                    METHOD,
                    StringType,
                    "ISOTONIC from 1,000 items in the fitted half on, else TEMPERATURE; null below 200 items")
            .optional(
                    TEMPERATURE,
                    DoubleType,
                    "Divides the log-odds of confidence; above 1: too sure of itself; null unless TEMPERATURE")
            .required(
                    CURVE,
                    createArrayType(STEP, false),
                    "ISOTONIC: calibrated confidence from each confidence up to the next; empty otherwise")
            .optional(FITTED_ON, LongType, "Items of the half it was fitted on; null without a method")
            .optional(REPORTED_ON, LongType, "Items of the other half; null without a method")
            .optional(ECE_BEFORE, DoubleType, "ece of the other half; null without a method")
            .optional(ECE_AFTER, DoubleType, "ece of the other half with calibrated confidence; null without a method")
            .optional(
                    ECE_EQUAL_MASS,
                    DoubleType,
                    "Expected calibration error over as many bins that hold about as many items each, made of 1,024 narrow"
                            + " ones; null in rows of older versions")
            .check("known_method", METHOD + " IS NULL OR " + METHOD + " IN ('ISOTONIC', 'TEMPERATURE')")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, MODEL_VERSION, SOURCE, DESIGN, LABEL)
            .build();

    private Calibrations() {}
}
