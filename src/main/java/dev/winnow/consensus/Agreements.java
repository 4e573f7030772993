package dev.winnow.consensus;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.answers.Answers;
import dev.winnow.tables.TableDef;

/** How far annotators agree on classes, by version of the guideline. */
public final class Agreements {
    public static final String PIPELINE = Answers.PIPELINE;
    public static final String USE_CASE = Answers.USE_CASE;
    public static final String GUIDELINE_VERSION = Answers.GUIDELINE_VERSION;
    public static final String ITEMS = "items";
    public static final String ANSWERS = Labels.ANSWERS;
    public static final String PAIRS_AGREEING = "pairs_agreeing";
    public static final String ALPHA = "alpha";
    public static final String ALPHA_LOW = "alpha_low";
    public static final String ALPHA_HIGH = "alpha_high";
    public static final String FLEISS_KAPPA = "fleiss_kappa";

    /** Version of the row that holds all answers, whatever their version. */
    public static final String ALL = "__ALL__";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "agreement", "Agreement of annotators in one use case under one version of the guideline")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(
                    GUIDELINE_VERSION, StringType, "Version; __UNKNOWN__ where answers tell none; __ALL__: all answers")
            .required(
                    ITEMS,
                    LongType,
                    "Items with at least two answers; without planted ones, which were chosen because people agree on them")
            .required(ANSWERS, LongType, "Answers to these items")
            .optional(PAIRS_AGREEING, DoubleType, "Share of pairs of answers that agree; null without pairs")
            .optional(
                    ALPHA,
                    DoubleType,
                    "Krippendorff's alpha, 1 perfect, 0 chance; null where fewer than two classes were chosen")
            .optional(ALPHA_LOW, DoubleType, "Lower bound, jackknife over items; null where too few items tell")
            .optional(ALPHA_HIGH, DoubleType, "Upper bound; null where the lower is")
            .optional(FLEISS_KAPPA, DoubleType, "Fleiss' kappa; null where items differ in their number of answers")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, GUIDELINE_VERSION)
            .build();

    private Agreements() {}
}
