package dev.winnow.candidates;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.config.ConfigException;
import dev.winnow.config.ImageScore;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.Misclassified;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.Column;

/** What could be labeled and why: one row per item and signal. */
public final class Candidates {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String RUN_ID = "run_id";
    public static final String SIGNAL = "signal";
    public static final String ITEM_ID = "item_id";
    public static final String SCORE = "score";
    public static final String DRAW = "draw";
    public static final String DRAW_LIMIT = "draw_limit";
    public static final String FRAMES = "frames";
    public static final String SEGMENT = "segment";
    public static final String VERDICT = Misclassified.VERDICT;
    public static final String OTHER_VERSION = "other_version";
    public static final String VERSIONS = "versions";
    public static final String EMBEDDING_BUCKET = "embedding_bucket";

    /** Verdict on an image of whose class one model version is sure while another does not say it. */
    public static final String VERSIONS_DISAGREE = "VERSIONS_DISAGREE";

    /** Verdict on what people contradict while the model that looked at the image finds the detector right. */
    public static final String ANALYSIS_DISAGREES = "ANALYSIS_DISAGREES";

    /** It is an alarm of a segment that the day's findings call elevated, or suspect of it. */
    public static final String ELEVATED_SEGMENT = "ELEVATED_SEGMENT";

    /** The confidence is inside the band around the alarm threshold. */
    public static final String BOUNDARY = "BOUNDARY";

    /** The model doubts: the confidence is below the class's limit, or the scores of all classes say so. */
    public static final String LOW_CONFIDENCE = "LOW_CONFIDENCE";

    /**
     * People contradict it although the model was sure, or say that the model overlooked something, or another version of
     * the model does not see it, or a model that looked at the image contradicts the people.
     */
    public static final String CONFIDENT_WRONG = "CONFIDENT_WRONG";
    /** The confidence, and what judged alarms say of others like it, let expect an error. */
    public static final String ERROR_RISK = "ERROR_RISK";

    /** The class is short of training data and errs often, as the class-imbalance map of the day says. */
    public static final String RARE_CLASS = "RARE_CLASS";

    /** Drawn uniformly from all frames of the day. */
    public static final String AUDIT = "AUDIT";

    /** Drawn uniformly from the misclassified images that a model looks at, so that people can check it. */
    public static final String MODEL_CHECK = "MODEL_CHECK";

    /** Signals whose images are drawn by hash alone and labeled blind. */
    public static final List<String> DRAWN = List.of(AUDIT, MODEL_CHECK);

    /** Signals whose score follows from the confidence. */
    static final List<String> BY_CONFIDENCE = List.of(BOUNDARY, LOW_CONFIDENCE);

    /** Signals of which the highest scores are kept, by a cut. */
    static final List<String> BY_SCORE = List.of(BOUNDARY, LOW_CONFIDENCE, ERROR_RISK);

    /** Signals that speak on one day alone: findings and maps of a later day may not say so any more. */
    public static final List<String> OF_THE_DAY = List.of(ELEVATED_SEGMENT, RARE_CLASS, AUDIT, MODEL_CHECK);

    /** Signals with a score, in order of priority: an image that several speak for is charged to the first. */
    public static final List<String> SCORED =
            List.of(ELEVATED_SEGMENT, CONFIDENT_WRONG, ERROR_RISK, BOUNDARY, LOW_CONFIDENCE, RARE_CLASS);

    /** Candidates that a round holds on the driver at once, of all use cases, by judgement: half a kilobyte each. */
    public static final long MAX_POOL = 1_000_000;

    /** Signals with a pool of {@link #poolSize}: those with a score and the audit; a model looks at far fewer images. */
    private static final int POOLS = SCORED.size() + 1;

    /** Even a small budget has a reserve for what caps and missing images hold back. */
    private static final long MIN_POOL = 1_000;

    /** Multiple of the budget below which a pool leaves next to nothing to choose from, by judgement. */
    private static final double LEAST_FACTOR = 2;

    /** The declaration; frame and static dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named(
                    "candidates", "One item and one signal that speaks for labeling it")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Day the candidate was found")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(
                    SIGNAL,
                    StringType,
                    "ELEVATED_SEGMENT, CONFIDENT_WRONG, ERROR_RISK, BOUNDARY, LOW_CONFIDENCE, RARE_CLASS, AUDIT or"
                            + " MODEL_CHECK")
            .required(
                    ITEM_ID,
                    StringType,
                    "Hash of use case, image and predicted class; of use case and image for AUDIT and MODEL_CHECK")
            .required(Inferences.INFERENCE_ID, StringType, "Inference that stands for the item")
            .required(Inferences.IMAGE_URI, StringType, "Image, sequence or text")
            .required(Inferences.CAPTURED_AT, TimestampType, "When the image was taken")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .optional(
                    SCORE,
                    DoubleType,
                    "How strongly the signal speaks, in [0, 1], 1 is strongest; for ERROR_RISK the probability that the"
                            + " prediction is wrong, for ELEVATED_SEGMENT the place in its segment by that probability, or by"
                            + " draw where use-cases.<name>.segment-allocation is rates. Where use-cases.<name>.image-score is mean or sum, what the boxes of the image make of it. Null"
                            + " for draws")
            .required(
                    DRAW,
                    DoubleType,
                    "Hash of the item in [0, 1): order of AUDIT and MODEL_CHECK, tie-break of the others")
            .optional(DRAW_LIMIT, DoubleType, "AUDIT rows are all frames whose draw is below this; null for the others")
            .optional(
                    FRAMES,
                    LongType,
                    "Frames of the use case that day, where rows count images; null where they are boxes, or texts, which"
                            + " may recur")
            .optional(SEGMENT, StringType, "Segment that ELEVATED_SEGMENT speaks of; null for the others")
            .optional(
                    VERDICT,
                    StringType,
                    "What people say against the inference of CONFIDENT_WRONG: FALSE_POSITIVE, RELABELED or MISSED; or"
                            + " VERSIONS_DISAGREE, or ANALYSIS_DISAGREES (the model that looked at the image contradicts what"
                            + " people say); null for the others")
            .optional(
                    OTHER_VERSION,
                    StringType,
                    "Model version that scored the image, too, and does not say the class, for VERSIONS_DISAGREE; the first"
                            + " by name; null for the others")
            .optional(
                    VERSIONS,
                    IntegerType,
                    "Model versions that scored the image on the day, for AUDIT: the row is of one of them; null for the"
                            + " others, and in rows of older versions, which count as of one")
            .optional(Inferences.PHASH, LongType, "Perceptual hash of the image, 64 bits; null where the log has none")
            .optional(
                    EMBEDDING_BUCKET,
                    IntegerType,
                    "Bucket of images whose embeddings point in about the same direction, 0 to 255; null without an"
                            + " embedding")
            .check("score_in_range", SCORE + " IS NULL OR " + SCORE + " BETWEEN 0 AND 1")
            .check("draw_in_range", DRAW + " >= 0 AND " + DRAW + " < 1")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, Inferences.USE_CASE, SIGNAL, ITEM_ID)
            .build();

    private Candidates() {}

    /**
     * Names an item by use case, image and, unless it is the image as a whole, class: lines of a text, of which nulls make
     * none. Texts to be labeled may hold line breaks; then each part is told with its length, after more line breaks than
     * parts without any can make.
     */
    public static Column item(Column... parts) {
        Column broken = lit(false);
        List<Column> counted = new ArrayList<>(List.of(lit("\n".repeat(parts.length))));
        for (Column part : parts) {
            broken = broken.or(coalesce(part.contains("\n"), lit(false)));
            counted.add(concat(length(part).cast("string"), lit(":"), part));
        }
        Column text =
                when(broken, concat_ws("", counted.toArray(Column[]::new))).otherwise(concat_ws("\n", parts));
        return substring(sha2(text, 256), 1, 32);
    }

    /** Returns what the configuration calls a signal: {@code low-confidence} for {@code LOW_CONFIDENCE}. */
    public static String settingOf(String signal) {
        return signal.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns how many candidates of one signal and use case are wanted of a day. */
    static long wanted(WinnowConfig config, String useCase) {
        return (long) (poolFactor(config) * config.useCase(useCase).budget());
    }

    /** Returns how many rows of one signal that is cut by its score; none where images are scored, see {@link ImageScores}. */
    static long wantedRows(WinnowConfig config, String useCase) {
        return config.boxes(useCase).score() == ImageScore.MAX ? wanted(config, useCase) : 0;
    }

    /** The configured multiple of the budgets, or as much of it as the driver can hold. */
    private static double poolFactor(WinnowConfig config) {
        long budgets = config.useCases().values().stream()
                .mapToLong(UseCaseSettings::budget)
                .sum();
        long room = MAX_POOL / POOLS - MIN_POOL * config.useCases().size();
        return Math.min(config.selection().poolFactor(), (double) room / Math.max(1, budgets));
    }

    /**
     * Refuses budgets whose pools together are more than the driver can hold.
     *
     * @throws ConfigException naming the keys to lower
     */
    public static void requireBounded(WinnowConfig config, Collection<String> useCases) {
        long items = useCases.stream()
                .mapToLong(useCase -> POOLS * poolSize(config, useCase))
                .sum();
        if (items > MAX_POOL
                || poolFactor(config)
                        < Math.min(LEAST_FACTOR, config.selection().poolFactor())) {
            throw new ConfigException(String.format(
                    Locale.ROOT,
                    "the budgets of use cases %s are too large for one round: at most %,d candidates fit the driver, of %d"
                            + " signals each, and a round needs %.0f times its budget of each; lower"
                            + " use-cases.<name>.budget, or give the use cases pipelines of their own",
                    new TreeSet<>(useCases),
                    MAX_POOL,
                    POOLS,
                    LEAST_FACTOR));
        }
    }

    /** Returns how many candidates of one signal and use case a round chooses from at most. */
    public static long poolSize(WinnowConfig config, String useCase) {
        return Math.max(MIN_POOL, wanted(config, useCase));
    }
}
