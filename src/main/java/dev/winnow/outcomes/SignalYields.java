package dev.winnow.outcomes;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/** What the labels of each signal brought, round by round and together, and the weights that follow from it. */
public final class SignalYields {
    public static final String PIPELINE = Selections.PIPELINE;
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String RUN_ID = Selections.RUN_ID;
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String ROUND_ID = Selections.ROUND_ID;
    public static final String SIGNAL = Selections.SIGNAL;
    public static final String SELECTED = "selected";
    public static final String LABELED = "labeled";
    public static final String OUTSTANDING = "outstanding";
    public static final String FOUND = "found";
    public static final String CAMERAS = "cameras";
    public static final String YIELD = "yield";
    public static final String YIELD_LOW = "yield_low";
    public static final String YIELD_HIGH = "yield_high";
    public static final String AUDIT_YIELD = "audit_yield";
    public static final String LIFT = "lift";
    public static final String LIFT_LOW = "lift_low";
    public static final String LIFT_HIGH = "lift_high";
    public static final String SELECTED_ANY = "selected_any";
    public static final String LABELED_ANY = "labeled_any";
    public static final String FOUND_ANY = "found_any";
    public static final String YIELD_ANY = "yield_any";
    public static final String YIELD_ANY_LOW = "yield_any_low";
    public static final String YIELD_ANY_HIGH = "yield_any_high";
    public static final String ANSWERS = "answers";
    public static final String MINUTES = "minutes";
    public static final String ANSWERS_PER_FOUND = "answers_per_found";
    public static final String MINUTES_PER_FOUND = "minutes_per_found";
    public static final String WEIGHT = "weight";
    public static final String PROPOSED_WEIGHT = "proposed_weight";
    public static final String LOCKED = "locked";
    public static final String SENTENCE = "sentence";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "signal_yields", "What the labels that one signal asked for brought, in one round or in all")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Day the row stands for; sealed rounds before it are looked at")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .optional(ROUND_ID, StringType, "Round; null for all rounds of outcomes.round-days together")
            .required(SIGNAL, StringType, "Signal, as in selections")
            .required(SELECTED, LongType, "Images charged to the signal")
            .required(LABELED, LongType, "Those of them with a label that is AGREED or GOLD")
            .required(OUTSTANDING, LongType, "Those of them without: not answered yet, open or tied")
            .required(
                    FOUND,
                    LongType,
                    "Labels that name an error nobody knew: they differ from the prediction and tell something, or, where"
                            + " feedback had marked the item wrong by the round's run date, they say that the mark was mistaken,"
                            + " a mark that was taken back, too; 0 of MODEL_CHECK, whose images were all misclassified")
            .required(CAMERAS, LongType, "Cameras with labels: the clusters of the intervals")
            .optional(YIELD, DoubleType, "found over labeled, fraction; null without labels")
            .optional(
                    YIELD_LOW,
                    DoubleType,
                    "Lower bound, Wilson, cameras being clusters except for AUDIT, whose images are drawn from all and corrected"
                            + " for how many of all they are; null below two cameras")
            .optional(YIELD_HIGH, DoubleType, "Upper bound; null where the lower one is")
            .optional(
                    AUDIT_YIELD,
                    DoubleType,
                    "yield of the AUDIT in the same round or rounds: what a uniform draw brings; null without labels of it")
            .optional(
                    LIFT,
                    DoubleType,
                    "yield - audit_yield, fraction; null where either is, and for AUDIT and MODEL_CHECK")
            .optional(LIFT_LOW, DoubleType, "Lower bound of lift, Newcombe; null below two cameras on either side")
            .optional(LIFT_HIGH, DoubleType, "Upper bound of lift; null where the lower one is")
            .required(
                    SELECTED_ANY,
                    LongType,
                    "Images that the signal speaks for, whichever was charged; those charged to MODEL_CHECK speak for it"
                            + " alone")
            .required(LABELED_ANY, LongType, "Those of them with a label")
            .required(
                    FOUND_ANY,
                    LongType,
                    "Those labels that name an error nobody knew; of MODEL_CHECK those that were charged to another signal and"
                            + " say that a mark was mistaken")
            .optional(YIELD_ANY, DoubleType, "found_any over labeled_any, fraction; null without labels")
            .optional(YIELD_ANY_LOW, DoubleType, "Lower bound, as yield_low; null below two cameras")
            .optional(YIELD_ANY_HIGH, DoubleType, "Upper bound; null where the lower one is")
            .required(ANSWERS, LongType, "Answers of people to the charged images, those of outstanding ones too")
            .optional(
                    MINUTES,
                    DoubleType,
                    "Minutes they took; answers without a time count with the mean of the others; null without any time")
            .optional(ANSWERS_PER_FOUND, DoubleType, "answers over found; null where nothing is found")
            .optional(MINUTES_PER_FOUND, DoubleType, "minutes over found; null where either is missing")
            .optional(
                    WEIGHT,
                    DoubleType,
                    "Share of the budget beside the audit that the signal has, fraction, by selection.weights as configured or"
                            + " as last proposed; null for one round, and for signals without weight")
            .optional(
                    PROPOSED_WEIGHT,
                    DoubleType,
                    "Share proposed for the next budget, fraction, by Thompson sampling of yield_any within"
                            + " outcomes.weights; null where weight is, and without labels")
            .optional(LOCKED, BooleanType, "Whether outcomes.weights.locked names the signal; null where weight is")
            .required(SENTENCE, StringType, "The row in plain words")
            .check("labels_of_selected", LABELED + " + " + OUTSTANDING + " = " + SELECTED)
            .check("found_in_labels", FOUND + " <= " + LABELED + " AND " + FOUND_ANY + " <= " + LABELED_ANY)
            .check("proposed_weight_in_range", PROPOSED_WEIGHT + " IS NULL OR " + PROPOSED_WEIGHT + " BETWEEN 0 AND 1")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, ROUND_ID, SIGNAL)
            .build();

    private SignalYields() {}
}
