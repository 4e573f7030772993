package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.tables.TableDef;

/** Confidence from which a class can be trusted, by several rules. */
public final class ClassThresholds {
    public static final String PIPELINE = LabelQa.PIPELINE;
    public static final String USE_CASE = LabelQa.USE_CASE;
    public static final String MODEL_VERSION = LabelQa.MODEL_VERSION;
    public static final String SOURCE = LabelQa.SOURCE;
    public static final String DESIGN = LabelQa.DESIGN;
    public static final String LABEL = LabelQa.LABEL;
    public static final String WALK = "walk";
    public static final String STATUS = "status";
    public static final String THRESHOLD = "threshold";
    public static final String REVIEWED = "reviewed";
    public static final String WRONG = "wrong";
    public static final String BOUND = "bound";
    public static final String LIMIT = "wrong_limit";
    public static final String WRONG_CORRECTED = "wrong_corrected";
    public static final String NEEDED_N = "needed_n";
    public static final String CLASS_SIZE = "class_size";
    public static final String CONFUSED_WITH = "confused_with";
    public static final String PROOF = "proof";
    public static final String WRONG_PER_RIGHT = "wrong_per_right";
    public static final String RECALL_COST = "recall_cost";
    public static final String CLASSES = "classes";
    public static final String LEAST_WRONG_PER_RIGHT = "wrong_per_right_least";
    public static final String MOST_WRONG_PER_RIGHT = "wrong_per_right_most";
    public static final String PARITY = "wrong_per_right_ratio";
    public static final String RECALL_PARITY = "recall_kept_ratio";

    /** As many items as a proof takes, or more, at or above the base threshold. */
    public static final String ENOUGH = "ENOUGH";

    /** Fewer items than a proof takes, whatever their confidence: the class is rare. */
    public static final String THIN = "THIN";

    /** Enough items, but too few of them reach the base threshold: the model is not sure of the class. */
    public static final String UNDER_BASE = "UNDER_BASE";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "class_thresholds", "Confidence from which a class can be trusted, by one rule")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version, the only one it holds for; as in label_qa")
            .required(SOURCE, StringType, "REVIEWS or BLIND_LABELS, as in label_qa")
            .required(
                    DESIGN,
                    StringType,
                    "UNIFORM or PURPOSIVE, as in label_qa; only UNIFORM can prove, and only a class whose items were all"
                            + " drawn with the same probability")
            .required(LABEL, StringType, "Class; __ALL__: how the classes compare at their thresholds")
            .required(
                    WALK,
                    StringType,
                    "Rule from the highest interval downwards: BUCKETS (published: wrong per right of each interval);"
                            + " CUMULATIVE (of all from there up); LIKELY_JEFFREYS, LIKELY_CLOPPER_PEARSON (upper bound of"
                            + " all from there up, valid for one look); PROVEN (quality.proof)")
            .required(
                    STATUS,
                    StringType,
                    "PROVEN; LIKELY: would be if this were the only look; PUBLISHED_RULE: chance is not considered;"
                            + " INSUFFICIENT: too few reviews, or not of the kind that proves; NONE: no interval holds")
            .optional(THRESHOLD, DoubleType, "Confidence, included; null where status is INSUFFICIENT or NONE")
            .optional(REVIEWED, LongType, "Reviewed items at or above it; null without a threshold")
            .optional(WRONG, LongType, "Those of them that are wrong; null without a threshold")
            .optional(
                    BOUND,
                    DoubleType,
                    "Upper bound of the share found wrong at or above it; null for rules that test nothing")
            .required(
                    LIMIT, DoubleType, "Share of wrong items that is accepted, R / (1 + R) for quality.wrong-per-right")
            .optional(
                    WRONG_CORRECTED,
                    DoubleType,
                    "Share that is wrong at or above it with what reviewers overlook (Rogan and Gladen 1978); null for"
                            + " BLIND_LABELS, without hidden wrong items, and without a threshold")
            .optional(
                    NEEDED_N,
                    LongType,
                    "Further reviews that carry the walk one interval on if all are right; null where it went all the way,"
                            + " for rules that test nothing, and once a fixed sample is complete")
            .required(
                    CLASS_SIZE,
                    StringType,
                    "ENOUGH; THIN: fewer items than a proof takes, whatever their confidence; UNDER_BASE: enough, but too"
                            + " few at or above the base threshold")
            .required(
                    CONFUSED_WITH,
                    createArrayType(StringType, false),
                    "Other classes that blind labels show it is mixed up with, candidates for a model of their own")
            .required(PROOF, StringType, "Why the walk stopped where it did")
            .optional(WRONG_PER_RIGHT, DoubleType, "Wrong per right items kept; null without right ones or a threshold")
            .optional(
                    RECALL_COST,
                    DoubleType,
                    "Share of the right items, from the base threshold on, that lie below; 1 without a threshold, null"
                            + " without right items")
            .optional(CLASSES, IntegerType, "Classes with a threshold; null unless label is __ALL__, as all below")
            .optional(LEAST_WRONG_PER_RIGHT, DoubleType, "Least wrong_per_right of a class; null without a threshold")
            .optional(MOST_WRONG_PER_RIGHT, DoubleType, "Most wrong_per_right of a class; null without a threshold")
            .optional(PARITY, DoubleType, "Most over least; null where the least is 0")
            .optional(RECALL_PARITY, DoubleType, "Largest over smallest 1 - recall_cost of classes with a threshold")
            .check("known_status", STATUS + " IN ('PROVEN', 'LIKELY', 'PUBLISHED_RULE', 'INSUFFICIENT', 'NONE')")
            .check("only_random_draws_prove", STATUS + " <> 'PROVEN' OR " + DESIGN + " = 'UNIFORM'")
            .check("known_class_size", CLASS_SIZE + " IN ('ENOUGH', 'THIN', 'UNDER_BASE')")
            .check(
                    "thresholds_of_those_that_hold",
                    LABEL + " = '" + LabelQa.ALL + "' OR (" + THRESHOLD + " IS NULL) = (" + STATUS
                            + " IN ('INSUFFICIENT', 'NONE'))")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, MODEL_VERSION, SOURCE, DESIGN, LABEL, WALK)
            .build();

    private ClassThresholds() {}
}
