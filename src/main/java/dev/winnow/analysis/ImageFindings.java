package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createStructField;
import static org.apache.spark.sql.types.DataTypes.createStructType;

import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** What was seen on the sampled misclassified images: measured, and answered by a model if one was asked. */
public final class ImageFindings {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String RUN_ID = "run_id";
    public static final String VERDICT = Feedback.VERDICT;
    public static final String FOUND_BY = "found_by";
    public static final String CORRECTED_LABEL = Feedback.CORRECTED_LABEL;
    public static final String STRATUM = "stratum";
    public static final String SEGMENT = "segment";
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";
    public static final String DUPLICATES = "duplicates";
    public static final String STATUS = "status";
    public static final String STATUS_REASON = "status_reason";
    public static final String IMAGE_HASH = "image_hash";
    public static final String FORMAT = "image_format";
    public static final String WIDTH = "image_width";
    public static final String HEIGHT = "image_height";
    public static final String BRIGHTNESS = "brightness";
    public static final String CONTRAST = "contrast";
    public static final String SHARPNESS = "sharpness";
    public static final String SATURATION = "saturation";
    public static final String PERCEPTUAL_HASH = "perceptual_hash";
    public static final String MODEL_ID = "analysis_model";
    public static final String PROMPT_VERSION = "prompt_version";
    public static final String FAILURE_MODE = "failure_mode";
    public static final String OBJECTS = "objects";
    public static final String OBJECT_CLASS = "class";
    public static final String OBJECT_COUNT = "count";
    public static final String OTHER_OBJECTS = "other_objects";
    public static final String CONDITIONS = "conditions";
    public static final String EVIDENCE = "evidence";
    public static final String ANSWER = "answer";
    public static final String STOP_REASON = "stop_reason";
    public static final String INPUT_TOKENS = "input_tokens";
    public static final String OUTPUT_TOKENS = "output_tokens";
    public static final String COST = "cost_dollars";
    public static final String LATENCY = "latency_millis";
    public static final String ATTEMPTS = "attempts";
    public static final String REUSED = "reused";

    /** A customer's mark says that the inference is wrong. */
    public static final String FEEDBACK = "FEEDBACK";

    /** A label that came back contradicts the inference. */
    static final String LABELS = "LABELS";

    /** Measured; no model was to be asked, or the limits of calls and dollars were used up. */
    public static final String MEASURED = "MEASURED";

    /** The model's answer keeps the schema. */
    public static final String ANSWERED = "ANSWERED";

    /** No image is there, or what is there can't be decoded. */
    public static final String UNREADABLE = "UNREADABLE";

    /** The answer ends where its tokens did. */
    public static final String TRUNCATED = "TRUNCATED";

    /** The model or a guardrail declined. */
    public static final String REFUSED = "REFUSED";

    /** The answer is no call of the tool, or none that can be read. */
    public static final String MALFORMED = "MALFORMED";

    /** The answer can be read and breaks the schema. */
    public static final String OFF_SCHEMA = "OFF_SCHEMA";

    /** The service failed as often as it may. */
    public static final String FAILED = "FAILED";

    /** Asked, and the process ended before the answer was stored: charged, and not asked again. */
    public static final String LOST = "LOST";

    /** Part of a batch job whose answers are not collected yet. */
    public static final String SUBMITTED = "SUBMITTED";

    /** All of them. */
    public static final List<String> STATUSES =
            List.of(MEASURED, ANSWERED, UNREADABLE, TRUNCATED, REFUSED, MALFORMED, OFF_SCHEMA, FAILED, LOST, SUBMITTED);

    /** Failure mode of an image on which the detector seems right and the mark wrong; as in the answer's schema. */
    public static final String LABEL_WRONG = "label_wrong";

    /** A class that is seen and how often. */
    public static final StructType OBJECT = createStructType(List.of(
            createStructField(OBJECT_CLASS, StringType, true), createStructField(OBJECT_COUNT, IntegerType, true)));

    /** The declaration; frame and static dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "image_findings", "One misclassified image that was looked at, and what was seen on it")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the sample")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that was wrong")
            .required(Inferences.IMAGE_URI, StringType, "Image")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.EVENT_DATE, DateType, "UTC day of the image")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.MODEL_VERSION, StringType, "Model version of the inference")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .required(VERDICT, StringType, "FALSE_POSITIVE, MISSED or RELABELED")
            .optional(CORRECTED_LABEL, StringType, "Class that people name instead; null where they name none")
            .optional(
                    FOUND_BY,
                    StringType,
                    "FEEDBACK: a customer's mark; LABELS: a label that came back; null where an older version wrote the row")
            .required(STRATUM, StringType, "Class and worst elevated segment that the sample is drawn by")
            .optional(SEGMENT, StringType, "Worst elevated segment the image lies in; null if it lies in none")
            .required(
                    INCLUSION_PROBABILITY,
                    DoubleType,
                    "Probability that the image's burst was drawn from its stratum, times that of being kept among the"
                            + " groups of near-duplicates that were drawn. Summed over a stratum, duplicates /"
                            + " inclusion_probability is without bias the number of its misclassified images")
            .required(
                    DUPLICATES,
                    LongType,
                    "Images that this one stands for, itself among them: those of its burst, and of the bursts that were drawn"
                            + " and look nearly the same")
            .required(STATUS, StringType, String.join(", ", STATUSES))
            .optional(STATUS_REASON, StringType, "Why the status is not ANSWERED, in plain words; null if it is")
            .optional(
                    IMAGE_HASH,
                    StringType,
                    "SHA-256 of the prepared image, by which answers are reused; null if unreadable")
            .optional(FORMAT, StringType, "jpeg, png, gif or webp; null if unreadable")
            .optional(WIDTH, IntegerType, "Pixels, after the rotation that EXIF asks for; null if unreadable")
            .optional(HEIGHT, IntegerType, "Pixels, after the rotation that EXIF asks for; null if unreadable")
            .optional(BRIGHTNESS, DoubleType, "Mean luma (BT.601) in [0, 1]; null if unreadable")
            .optional(CONTRAST, DoubleType, "Standard deviation of luma in [0, 0.5]; null if unreadable")
            .optional(
                    SHARPNESS,
                    DoubleType,
                    "Variance of the Laplacian of luma in [0, 255], at a longer edge of at most 512 pixels; near 0 means"
                            + " blurred or empty; null if unreadable")
            .optional(SATURATION, DoubleType, "Mean saturation (HSV) in [0, 1]; null if unreadable")
            .optional(
                    PERCEPTUAL_HASH,
                    StringType,
                    "64-bit perceptual hash (pHash) in hexadecimal, which near-duplicates share but for a few bits; null if"
                            + " unreadable")
            .optional(MODEL_ID, StringType, "Model that was asked; null if none was")
            .optional(PROMPT_VERSION, StringType, "Version of prompt, schema and taxonomy; null if no model was asked")
            .optional(FAILURE_MODE, StringType, "Why the prediction fails, of a closed list; null without an answer")
            .optional(
                    OBJECTS, createArrayType(OBJECT, false), "Known classes seen, with counts; null without an answer")
            .optional(
                    OTHER_OBJECTS,
                    createArrayType(StringType, false),
                    "What is seen that no known class has a word for; null without an answer")
            .optional(
                    CONDITIONS,
                    createArrayType(StringType, false),
                    "Conditions of the image, of a closed list; null without an answer")
            .optional(EVIDENCE, StringType, "The model's words on it, at most 300 characters; data, never an order")
            .optional(ANSWER, StringType, "The answer as it came, cut at a limit; null if none came")
            .optional(STOP_REASON, StringType, "Why the model stopped; null if no answer came")
            .optional(INPUT_TOKENS, LongType, "Tokens in, as the service counted them; null if no answer came")
            .optional(OUTPUT_TOKENS, LongType, "Tokens out, as the service counted them; null if no answer came")
            .optional(COST, DoubleType, "Dollars at the configured prices; null if no answer came")
            .optional(LATENCY, LongType, "Milliseconds of the call that was answered; null if none was, or in batch")
            .optional(ATTEMPTS, IntegerType, "Calls made for the image, retries included; null if no model was asked")
            .optional(
                    REUSED, BooleanType, "Whether an answer to the same image was there before; null without an answer")
            .check("known_status", STATUS + " IN ('" + String.join("', '", STATUSES) + "')")
            .check("probability", INCLUSION_PROBABILITY + " > 0 AND " + INCLUSION_PROBABILITY + " <= 1")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, Inferences.USE_CASE, Inferences.EVENT_DATE, Inferences.INFERENCE_ID)
            .build();

    private ImageFindings() {}
}
