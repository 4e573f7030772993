package dev.winnow.consensus;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createStructField;
import static org.apache.spark.sql.types.DataTypes.createStructType;

import dev.winnow.answers.Answers;
import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** How good each annotator is at choosing classes. Flags are proposals to look; nobody is left out because of one. */
public final class Annotators {
    public static final String PIPELINE = Answers.PIPELINE;
    public static final String USE_CASE = Answers.USE_CASE;
    public static final String WORKER_ID = Answers.WORKER_ID;
    public static final String ANSWERS = Labels.ANSWERS;
    public static final String QUALITY = "quality";
    public static final String QUALITY_LOW = "quality_low";
    public static final String QUALITY_HIGH = "quality_high";
    public static final String CONFUSION = "confusion";
    public static final String PEER_ANSWERS = "peer_answers";
    public static final String PEER_AGREEMENT = "peer_agreement";
    public static final String PEER_Z = "peer_z";
    public static final String SECONDS = "seconds_per_answer";
    public static final String SECONDS_Z = "seconds_z";
    public static final String CLASS_DISTANCE = "class_distance";
    public static final String CLASS_Z = "class_z";
    public static final String GOLD_ANSWERS = "gold_answers";
    public static final String GOLD_RIGHT = "gold_right";
    public static final String GOLD_SCORE = "gold_score";
    public static final String GOLD_LOW = "gold_low";
    public static final String GOLD_HIGH = "gold_high";
    public static final String FLAGS = "flags";
    public static final String REPEATS = "repeats";
    public static final String REPEATS_SAME = "repeats_same";
    public static final String SELF_AGREEMENT = "self_agreement";
    public static final String SELF_AGREEMENT_LOW = "self_agreement_low";
    public static final String SELF_AGREEMENT_HIGH = "self_agreement_high";
    public static final String TRUTH = "truth";

    private static final StructType CELL = createStructType(List.of(
            createStructField(TRUTH, StringType, true),
            createStructField(Answers.ANSWER, StringType, true),
            createStructField(Labels.PROBABILITY, DoubleType, true)));

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("annotators", "One annotator of one use case, by pseudonym")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(WORKER_ID, StringType, "Pseudonym, as in answers")
            .required(ANSWERS, LongType, "Answers that count")
            .optional(
                    QUALITY,
                    DoubleType,
                    "Probability of a right answer under the fitted model; null where the method fits none")
            .optional(QUALITY_LOW, DoubleType, "Lower bound of the quality; null where the quality is")
            .optional(QUALITY_HIGH, DoubleType, "Upper bound of the quality; null where the quality is")
            .required(
                    CONFUSION,
                    createArrayType(CELL, false),
                    "Probability of each answer to items of each class; empty where the method fits none")
            .required(PEER_ANSWERS, LongType, "Answers to items on which most of the others agree")
            .optional(PEER_AGREEMENT, DoubleType, "Share of them that agree with most of the others; null without any")
            .optional(PEER_Z, DoubleType, "Robust z of the agreement among annotators; null with less than 30 answers")
            .optional(SECONDS, DoubleType, "Mean seconds per answer; null where nothing tells")
            .optional(SECONDS_Z, DoubleType, "Robust z of the seconds; null with less than 30 answers")
            .required(
                    CLASS_DISTANCE,
                    DoubleType,
                    "Total variation between the classes this annotator and all choose, in [0, 1]")
            .optional(CLASS_Z, DoubleType, "Robust z of the distance; null with less than 30 answers")
            .required(GOLD_ANSWERS, LongType, "Answers to items whose truth is known")
            .required(GOLD_RIGHT, LongType, "Right ones among them")
            .optional(GOLD_SCORE, DoubleType, "Mean of Beta(1 + right, 1 + wrong); null without gold answers")
            .optional(GOLD_LOW, DoubleType, "Lower bound of the gold score; null without gold answers")
            .optional(GOLD_HIGH, DoubleType, "Upper bound of the gold score; null without gold answers")
            .required(
                    FLAGS,
                    createArrayType(StringType, false),
                    "GOLD_LOW: surely below required-gold-score, from 10 gold answers; PEERS, SECONDS, CLASSES: |z| > 3.5")
            .optional(
                    REPEATS,
                    LongType,
                    "Planted repeats of items that the annotator had answered before; null in rows from before the column")
            .optional(
                    REPEATS_SAME,
                    LongType,
                    "Those of them that the annotator answered as before; null where repeats is")
            .optional(SELF_AGREEMENT, DoubleType, "repeats_same over repeats, fraction; null without repeats")
            .optional(SELF_AGREEMENT_LOW, DoubleType, "Lower bound, Wilson; null where self_agreement is")
            .optional(SELF_AGREEMENT_HIGH, DoubleType, "Upper bound; null where self_agreement is")
            .check("same_of_repeats", REPEATS + " IS NULL OR " + REPEATS_SAME + " BETWEEN 0 AND " + REPEATS)
            .check("right_of_gold", GOLD_RIGHT + " BETWEEN 0 AND " + GOLD_ANSWERS)
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, WORKER_ID)
            .build();

    private Annotators() {}
}
