package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/** How right the labels of each class are, by interval of confidence. */
public final class LabelQa {
    public static final String PIPELINE = Labels.PIPELINE;
    public static final String USE_CASE = Labels.USE_CASE;
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String SOURCE = "source";
    public static final String DESIGN = Selections.DESIGN;
    public static final String LABEL = Labels.LABEL;
    public static final String BUCKET = "bucket";
    public static final String CONFIDENCE_LOW = "confidence_low";
    public static final String CONFIDENCE_HIGH = "confidence_high";
    public static final String TOTAL = "total";
    public static final String CONFIRMED = "confirmed";
    public static final String DISCONFIRMED = "disconfirmed";
    public static final String SPLIT = "split";
    public static final String UNREVIEWED = "unreviewed";
    public static final String CANT_TELL = "cant_tell";
    public static final String CORRECT_SHARE = "correct_share";
    public static final String CORRECT_LOW = "correct_low";
    public static final String CORRECT_HIGH = "correct_high";
    public static final String CLASS_AVERAGE = "class_average";
    public static final String CLASSES_AVERAGED = "classes_averaged";

    /** Items whose shown label people confirmed or disconfirmed. */
    public static final String REVIEWS = "REVIEWS";

    /** Selected items that people labeled without seeing a prediction. */
    public static final String BLIND_LABELS = "BLIND_LABELS";

    /** All classes, or all intervals of confidence. */
    public static final String ALL = "__ALL__";

    /** Interval of the items below the base threshold; in no total. */
    public static final String BELOW = "BELOW";

    /** Interval of the items without a confidence in [0, 1]; in no total. */
    public static final String INVALID = "INVALID";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "label_qa", "How many labels of a class are right, in one interval of confidence")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version that gave the label; __UNKNOWN__ where nothing tells")
            .required(
                    SOURCE,
                    StringType,
                    "REVIEWS: people confirmed or disconfirmed the label; BLIND_LABELS: they gave one")
            .required(
                    DESIGN,
                    StringType,
                    "UNIFORM: drawn with known probability, so it speaks for others; else PURPOSIVE")
            .required(LABEL, StringType, "Class; __ALL__: all of them")
            .required(
                    BUCKET,
                    StringType,
                    "Interval of confidence, such as 0.9-0.95; __ALL__: all from the base threshold; BELOW the base"
                            + " threshold; INVALID: no confidence in [0, 1]")
            .optional(CONFIDENCE_LOW, DoubleType, "Lower edge, included; null for BELOW and INVALID")
            .optional(CONFIDENCE_HIGH, DoubleType, "Upper edge, excluded unless it is 1; null where the lower is")
            .required(TOTAL, LongType, "Items with an answer that counts: confirmed, disconfirmed or split")
            .required(CONFIRMED, LongType, "Items that somebody confirmed and nobody disconfirmed")
            .required(DISCONFIRMED, LongType, "Items that somebody disconfirmed and nobody confirmed")
            .required(SPLIT, LongType, "Items that were confirmed and disconfirmed; they count as wrong")
            .required(UNREVIEWED, LongType, "Items without an answer, or whose label is still open; not in total")
            .required(CANT_TELL, LongType, "Items of which all who answered could not tell; not in total")
            .optional(CORRECT_SHARE, DoubleType, "confirmed / total, fraction; null without items")
            .required(CORRECT_LOW, DoubleType, "Lower bound of correct_share; 0 without items")
            .required(CORRECT_HIGH, DoubleType, "Upper bound; 1 without items")
            .optional(
                    CLASS_AVERAGE,
                    DoubleType,
                    "Mean of correct_share over classes, those without items left out unless"
                            + " quality.legacy-empty-as-zero; null unless label is __ALL__")
            .optional(CLASSES_AVERAGED, IntegerType, "Classes it is the mean of; null unless label is __ALL__")
            .check("known_source", SOURCE + " IN ('REVIEWS', 'BLIND_LABELS')")
            .check("known_design", DESIGN + " IN ('UNIFORM', 'PURPOSIVE')")
            .check("total_is_the_sum", TOTAL + " = " + CONFIRMED + " + " + DISCONFIRMED + " + " + SPLIT)
            .check("share_needs_items", "(" + CORRECT_SHARE + " IS NULL) = (" + TOTAL + " = 0)")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, MODEL_VERSION, SOURCE, DESIGN, LABEL, BUCKET)
            .build();

    private LabelQa() {}
}
