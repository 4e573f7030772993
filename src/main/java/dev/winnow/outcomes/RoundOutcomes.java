package dev.winnow.outcomes;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/** How targeted segments, and whole models, changed since rounds were trained on. */
public final class RoundOutcomes {
    public static final String PIPELINE = Selections.PIPELINE;
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String RUN_ID = Selections.RUN_ID;
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String SCOPE = "scope";
    public static final String SUBJECT = "subject";
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String VERDICT = "verdict";
    public static final String MEASURE = "measure";
    public static final String ROUNDS = "rounds";
    public static final String ITEMS = "items";
    public static final String TRAINED_AT = ModelTraining.TRAINED_AT;
    public static final String VERSION_BEFORE = "version_before";
    public static final String BEFORE_FROM = "before_from";
    public static final String AFTER_FROM = "after_from";
    public static final String AFTER_TO = "after_to";
    public static final String TRIALS_BEFORE = "trials_before";
    public static final String WRONG_BEFORE = "wrong_before";
    public static final String CAMERAS_BEFORE = "cameras_before";
    public static final String RATE_BEFORE = "rate_before";
    public static final String BASELINE = "baseline";
    public static final String TRIALS_AFTER = "trials_after";
    public static final String WRONG_AFTER = "wrong_after";
    public static final String CAMERAS_AFTER = "cameras_after";
    public static final String RATE_AFTER = "rate_after";
    public static final String CHANGE = "change";
    public static final String CHANGE_LOW = "change_low";
    public static final String CHANGE_HIGH = "change_high";
    public static final String CONTROLS = "controls";
    public static final String CONTROL_CHANGE = "control_change";
    public static final String DIFFERENTIAL = "differential_change";
    public static final String DIFFERENTIAL_LOW = "differential_low";
    public static final String DIFFERENTIAL_HIGH = "differential_high";
    public static final String P_VALUE = "p_value";
    public static final String Q_VALUE = "q_value";
    public static final String NEEDED_TRIALS = "needed_trials";
    public static final String SENTENCE = "sentence";

    /** Scope of a targeted segment. */
    static final String SEGMENT = "SEGMENT";

    /** Scope of a model version against the one before it. */
    static final String MODEL = "MODEL";

    /** Scope of two model versions on the same audit images. */
    static final String AUDIT = "AUDIT";

    /** Measure of {@link #AUDIT}. */
    static final String ERROR = "ERROR";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "round_outcomes", "How a segment that rounds targeted, or a whole model, changed since")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Day the row stands for; verdicts that arrived by then count")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(
                    SCOPE,
                    StringType,
                    "SEGMENT: a targeted segment before and after; MODEL: the newest model version and the one before it on"
                            + " different traffic at equal mix, from segment_changes; AUDIT: two model versions on the same labeled"
                            + " audit images (McNemar)")
            .required(SUBJECT, StringType, "Segment in words; of MODEL the newest version, of AUDIT both versions")
            .optional(
                    MODEL_VERSION,
                    StringType,
                    "First version trained on the rounds, as model-training says; null where it says nothing. Of MODEL and AUDIT the"
                            + " newer version")
            .required(
                    VERDICT,
                    StringType,
                    "IMPROVED or WORSE where chance does not explain the change (interval and q_value), INCONCLUSIVE where it"
                            + " may; UNATTRIBUTED where nothing says that a model was trained on the rounds, of MODEL and AUDIT on"
                            + " which rounds the newer version was")
            .required(
                    MEASURE,
                    StringType,
                    "FDR: wrong over judged alarms; MARKS: marked wrong over all alarms, where the use case has no fdr;"
                            + " ERROR of AUDIT: images on which the prediction is not the label, over all")
            .required(
                    ROUNDS,
                    createArrayType(StringType, false),
                    "Rounds that targeted the segment, in order; of MODEL and AUDIT those that the version was trained on")
            .optional(
                    ITEMS,
                    LongType,
                    "Their images in the segment, AUDIT and MODEL_CHECK aside; null of MODEL and AUDIT")
            .optional(TRAINED_AT, TimestampType, "When the version was trained; null where nothing says so")
            .optional(VERSION_BEFORE, StringType, "Version before the newest; null of SEGMENT")
            .optional(
                    BEFORE_FROM,
                    DateType,
                    "First event date before; the last is the day before after_from. Null while the version has put out"
                            + " nothing, and of AUDIT")
            .optional(
                    AFTER_FROM,
                    DateType,
                    "First event date of the version; without one the day after the first round. Null where before_from is")
            .optional(
                    AFTER_TO,
                    DateType,
                    "Last event date old enough: verdicts of the first segments.change.age-days count, before as after")
            .required(TRIALS_BEFORE, LongType, "Judged (MARKS: all) alarms before")
            .required(WRONG_BEFORE, LongType, "Those of them that were wrong")
            .optional(CAMERAS_BEFORE, LongType, "Cameras with them, the clusters; null of MODEL")
            .optional(
                    RATE_BEFORE,
                    DoubleType,
                    "wrong over trials before, fraction, as it was counted; null without trials")
            .optional(
                    BASELINE,
                    DoubleType,
                    "rate_before drawn to that of segments by the same dimensions (empirical Bayes): segments are targeted"
                            + " because they looked bad, and what was bad luck goes by itself. Below five such segments it is"
                            + " drawn to the whole's, with the weight of one trial, and without controls nothing is"
                            + " called IMPROVED then. Null of MODEL and AUDIT, and without trials")
            .required(
                    TRIALS_AFTER, LongType, "Judged (MARKS: all) alarms after, of the version alone where there is one")
            .required(WRONG_AFTER, LongType, "Those of them that were wrong")
            .optional(CAMERAS_AFTER, LongType, "Cameras with them; null of MODEL")
            .optional(RATE_AFTER, DoubleType, "wrong over trials after, fraction; null without trials")
            .optional(
                    CHANGE,
                    DoubleType,
                    "rate_after - baseline, fraction; of MODEL the difference at equal mix. Null below two cameras on either"
                            + " side")
            .optional(CHANGE_LOW, DoubleType, "Lower bound, Newcombe, cameras being clusters; null where change is")
            .optional(CHANGE_HIGH, DoubleType, "Upper bound; null where change is")
            .optional(
                    CONTROLS,
                    LongType,
                    "Segments by the same dimensions with a baseline within 1.5 times, in no targeted segment, at most 50;"
                            + " null of MODEL")
            .optional(CONTROL_CHANGE, DoubleType, "Their change together, fraction; null without them")
            .optional(
                    DIFFERENTIAL,
                    DoubleType,
                    "change - control_change (difference in differences), fraction: controls got the same new model, so it is"
                            + " what the segment gained beyond them. Null where either is")
            .optional(DIFFERENTIAL_LOW, DoubleType, "Lower bound of differential_change; null where it is")
            .optional(DIFFERENTIAL_HIGH, DoubleType, "Upper bound of differential_change; null where it is")
            .optional(
                    P_VALUE,
                    DoubleType,
                    "Two-sided, of no differential_change, or where there are no controls of no change; null where both are")
            .optional(
                    Q_VALUE,
                    DoubleType,
                    "Benjamini-Hochberg over the use case's targeted segments of versions that were trained on rounds; null"
                            + " where p_value is, and where UNATTRIBUTED")
            .optional(
                    NEEDED_TRIALS,
                    LongType,
                    "Trials it takes before and after, each, to find a fall by outcomes.relevant-change with 80 %"
                            + " probability, design effect included; null without baseline, and of MODEL")
            .required(SENTENCE, StringType, "The row in plain words")
            .check("known_scope", SCOPE + " IN ('SEGMENT', 'MODEL', 'AUDIT')")
            .check("known_verdict", VERDICT + " IN ('IMPROVED', 'WORSE', 'INCONCLUSIVE', 'UNATTRIBUTED')")
            .check("wrong_in_trials", "wrong_before <= trials_before AND wrong_after <= trials_after")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, SCOPE, SUBJECT, MODEL_VERSION)
            .build();

    private RoundOutcomes() {}
}
