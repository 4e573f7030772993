package dev.winnow.generate;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/** Columns of the synthetic fleet; on purpose the canonical names, so that no mapping is needed. */
final class FleetTables {
    static final String INFERENCE_ID = "inference_id";
    static final String IMAGE_URI = "image_uri";
    static final String CAPTURED_AT = "captured_at";
    static final String EVENT_DATE = "event_date";
    static final String USE_CASE = "use_case";
    static final String MODEL_VERSION = "model_version";
    static final String SITE_ID = "site_id";
    static final String CAMERA_ID = "camera_id";
    static final String LIGHTING = "lighting";
    static final String WEATHER = "weather";
    static final String BRIGHTNESS = "brightness";
    static final String DISTANCE_M = "distance_m";
    static final String OBJECT_SIZE = "object_size";
    static final String PREDICTED_LABEL = "predicted_label";
    static final String CONFIDENCE = "confidence";

    static final String FEEDBACK_ID = "feedback_id";
    static final String VERDICT = "verdict";
    static final String LABEL = "label";
    static final String CORRECTED_LABEL = "corrected_label";
    static final String REPORTED_AT = "reported_at";
    static final String REPORTED_DATE = "reported_date";
    static final String SOURCE = "source";

    static final String CAMERA_TYPE = "camera_type";
    static final String REGION = "region";
    static final String MOUNT = "mount";
    static final String FIRMWARE = "firmware";
    static final String LENS = "lens";
    static final String RESOLUTION = "resolution";
    static final String TIME_ZONE = "time_zone";

    // Only the generator knows these.
    static final String TRUE_LABEL = "true_label";
    static final String FALSE_ALARM = "false_alarm";
    static final String FALSE_ALARM_PROBABILITY = "false_alarm_probability";

    static final List<String> INFERENCES = List.of(
            INFERENCE_ID,
            IMAGE_URI,
            CAPTURED_AT,
            EVENT_DATE,
            USE_CASE,
            MODEL_VERSION,
            SITE_ID,
            CAMERA_ID,
            LIGHTING,
            WEATHER,
            BRIGHTNESS,
            DISTANCE_M,
            OBJECT_SIZE,
            PREDICTED_LABEL,
            CONFIDENCE);

    /** A frame as rows carry it: times are microseconds and days since 1970-01-01, whatever the session's settings. */
    static final StructType FRAMES = new StructType()
            .add(INFERENCE_ID, StringType)
            .add(IMAGE_URI, StringType, false)
            .add(CAPTURED_AT, LongType)
            .add(EVENT_DATE, IntegerType, false)
            .add(USE_CASE, StringType, false)
            .add(MODEL_VERSION, StringType, false)
            .add(SITE_ID, StringType, false)
            .add(CAMERA_ID, StringType)
            .add(LIGHTING, StringType, false)
            .add(WEATHER, StringType, false)
            .add(BRIGHTNESS, DoubleType, false)
            .add(DISTANCE_M, DoubleType, false)
            .add(OBJECT_SIZE, DoubleType)
            .add(PREDICTED_LABEL, StringType)
            .add(CONFIDENCE, DoubleType)
            .add(CAMERA_TYPE, StringType, false)
            .add(LENS, StringType, false)
            .add(TRUE_LABEL, StringType)
            .add(FALSE_ALARM, BooleanType, false)
            .add(FALSE_ALARM_PROBABILITY, DoubleType);

    static final StructType FEEDBACK = new StructType()
            .add(FEEDBACK_ID, StringType, false)
            .add(INFERENCE_ID, StringType)
            .add(IMAGE_URI, StringType)
            .add(CAMERA_ID, StringType, false)
            .add(CAPTURED_AT, LongType)
            .add(VERDICT, StringType, false)
            .add(LABEL, StringType)
            .add(CORRECTED_LABEL, StringType)
            .add(REPORTED_AT, LongType, false)
            .add(SOURCE, StringType, false);

    static final StructType CAMERAS = new StructType()
            .add(CAMERA_ID, StringType, false)
            .add(SITE_ID, StringType, false)
            .add(CAMERA_TYPE, StringType, false)
            .add(REGION, StringType, false)
            .add(MOUNT, StringType, false)
            .add(FIRMWARE, StringType, false)
            .add(LENS, StringType, false)
            .add(RESOLUTION, StringType, false)
            .add(TIME_ZONE, StringType, false);

    /** What the models were trained on: labels and distinct bursts by class and light. */
    static final StructType TRAINING = new StructType()
            .add(USE_CASE, StringType, false)
            .add(LABEL, StringType, false)
            .add(LIGHTING, StringType, false)
            .add("samples", LongType, false)
            .add("bursts", LongType, false);

    private FleetTables() {}
}
