package dev.winnow.selection;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** What a round asks people to label. */
public final class Selections {
    public static final String PIPELINE = Candidates.PIPELINE;
    public static final String RUN_DATE = Candidates.RUN_DATE;
    public static final String ROUND_ID = "round_id";
    public static final String RUN_ID = Candidates.RUN_ID;
    public static final String SIGNAL = Candidates.SIGNAL;
    public static final String RANK = "rank";
    public static final String ITEM_ID = Candidates.ITEM_ID;
    public static final String SCORE = Candidates.SCORE;
    public static final String SEGMENT = "segment";
    public static final String SIGNALS = "signals";
    public static final String DESIGN = "design";
    public static final String INCLUSION_PROBABILITY = "inclusion_probability";
    public static final String REASON = "reason";
    public static final String JOB_GROUP = "job_group";

    /** Signal of images drawn uniformly because no other signal had more to offer. */
    public static final String FILL = "FILL";

    /** Design of a draw from all frames of the day, whose inclusion probability is known. */
    public static final String UNIFORM = "UNIFORM";

    /** Design of a draw from the images that a model looked at on the day: the probability is that among them. */
    public static final String SUBSAMPLE = "SUBSAMPLE";

    /** Design of a choice by score, caps or what was left: no inclusion probability. */
    public static final String PURPOSIVE = "PURPOSIVE";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("selections", "One image that a round asks people to label")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Run date and number; a correction of a sealed round has a higher number")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(Inferences.USE_CASE, StringType, "Use case whose budget pays")
            .required(
                    SIGNAL,
                    StringType,
                    "Signal that is charged: AUDIT, MODEL_CHECK, ELEVATED_SEGMENT, CONFIDENT_WRONG, ERROR_RISK, BOUNDARY,"
                            + " LOW_CONFIDENCE, RARE_CLASS or FILL")
            .required(RANK, IntegerType, "Place within use case and signal, from 1")
            .required(ITEM_ID, StringType, "Item, as in candidates")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that stands for the item")
            .required(Inferences.IMAGE_URI, StringType, "Image or sequence, s3://; or the text itself")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .optional(SCORE, DoubleType, "Score of the charged signal in [0, 1]; null for draws")
            .optional(
                    SEGMENT,
                    StringType,
                    "Worst ranked segment the item lies in, for ELEVATED_SEGMENT the one it was chosen for; null if it"
                            + " lies in none")
            .required(SIGNALS, createArrayType(StringType, false), "All signals that speak for the image")
            .required(
                    DESIGN,
                    StringType,
                    "UNIFORM: drawn from all frames of the day; SUBSAMPLE: from those that a model looked at; PURPOSIVE")
            .optional(INCLUSION_PROBABILITY, DoubleType, "Probability of the draw; null for PURPOSIVE")
            .required(REASON, StringType, "Why this image, in plain words")
            .optional(Inferences.PHASH, LongType, "Perceptual hash of the image, 64 bits; null where the log has none")
            .optional(
                    JOB_GROUP,
                    StringType,
                    "What labeling.tasks.<use case>.split-by splits jobs by and its value, such as region=west; null where"
                            + " jobs are not split, and in rows from before the column")
            .check("known_design", DESIGN + " IN ('UNIFORM', 'SUBSAMPLE', 'PURPOSIVE')")
            .check(
                    "probability_of_uniform_draws",
                    "(" + DESIGN + " <> 'PURPOSIVE') = (" + INCLUSION_PROBABILITY + " IS NOT NULL)")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, Inferences.USE_CASE, SIGNAL, RANK)
            .build();

    private Selections() {}

    /**
     * One row; values in declared order.
     *
     * @param group by which jobs are split; null where they are not
     */
    static Row row(String pipeline, Round round, String runId, Selection selection, @Nullable String group) {
        PoolItem item = selection.item();
        return RowFactory.create(
                pipeline,
                round.date(),
                round.id(),
                runId,
                selection.useCase(),
                selection.signal(),
                selection.rank(),
                item.itemId(),
                item.inferenceId(),
                item.imageUri(),
                item.capturedAt(),
                item.site(),
                item.camera(),
                item.modelVersion(),
                item.label(),
                item.confidence(),
                selection.score(),
                selection.segment(),
                selection.signals().toArray(String[]::new),
                design(selection),
                selection.inclusionProbability(),
                selection.reason(),
                item.phash(),
                group);
    }

    static String design(Selection selection) {
        if (selection.inclusionProbability() == null) {
            return PURPOSIVE;
        }
        return selection.signal().equals(Candidates.MODEL_CHECK) ? SUBSAMPLE : UNIFORM;
    }
}
