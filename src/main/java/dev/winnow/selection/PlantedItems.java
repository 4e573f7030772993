package dev.winnow.selection;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a round asks about to learn of the people who answer, not of the images.
 *
 * <p>Apart from {@link Selections}, and under ids of their own: an answer to one is no further answer to the item that it is
 * a copy of. So no label, yield, rate or training set counts it.
 */
public final class PlantedItems {
    public static final String PIPELINE = Selections.PIPELINE;
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String ROUND_ID = Selections.ROUND_ID;
    public static final String RUN_ID = Selections.RUN_ID;
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String KIND = "kind";
    public static final String ITEM_ID = Selections.ITEM_ID;
    public static final String KNOWN_ITEM_ID = "known_item_id";
    public static final String LABEL = "label";
    public static final String SHOWN_SIGNAL = "shown_signal";
    public static final String SHOWN_RANK = "shown_rank";
    public static final String SHOWN_SCORE = "shown_score";
    public static final String SHOWN_SEGMENT = "shown_segment";
    public static final String SHOWN_DESIGN = "shown_design";
    public static final String SHOWN_MODEL_VERSION = "shown_model_version";
    public static final String SHOWN_PROBABILITY = "shown_inclusion_probability";
    public static final String REASON = Selections.REASON;
    public static final String JOB_GROUP = Selections.JOB_GROUP;

    /** The answer is known. */
    public static final String GOLD = "GOLD";

    /** Whoever answered before may answer again. */
    public static final String REPEAT = "REPEAT";

    /** As long as the ids of candidates. */
    private static final int ID_DIGITS = 32;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "planted_items",
                    "An item of an earlier round that a round asks people about again, to learn of them")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Round that asks again")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case whose budget pays")
            .required(KIND, StringType, "GOLD: the answer is known; REPEAT: does whoever answered before say the same?")
            .required(ITEM_ID, StringType, "Id under which it is asked about, in answers too; in no other table")
            .required(KNOWN_ITEM_ID, StringType, "Item, as in selections of the earlier round")
            .required(Inferences.IMAGE_URI, StringType, "Image or sequence, s3://; or the text itself")
            .required(Inferences.SITE_ID, StringType, "Site")
            .required(Inferences.MODEL_VERSION, StringType, "Model version")
            .optional(Inferences.PREDICTED_LABEL, StringType, "Predicted class; null for a frame without output")
            .optional(Inferences.CONFIDENCE, DoubleType, "Confidence in [0, 1]; null for a frame without output")
            .optional(LABEL, StringType, "The known answer, as it was when it was planted; null of REPEAT")
            .required(
                    SHOWN_SIGNAL,
                    StringType,
                    "Signal that its line in the job names: that of a chosen item beside it, so that lines do not tell")
            .required(SHOWN_RANK, IntegerType, "Rank that its line names")
            .optional(SHOWN_SCORE, DoubleType, "Score that its line names; null for draws")
            .optional(SHOWN_SEGMENT, StringType, "Segment that its line names; null for none")
            .required(SHOWN_DESIGN, StringType, "Design that its line names")
            .optional(SHOWN_PROBABILITY, DoubleType, "Inclusion probability that its line names; null for PURPOSIVE")
            .required(
                    SHOWN_MODEL_VERSION, StringType, "Model version that its line names, where people see a prediction")
            .required(REASON, StringType, "Why this item, in plain words")
            .optional(
                    JOB_GROUP,
                    StringType,
                    "As in selections: that of the chosen item beside it; null where jobs are not split, and in rows from"
                            + " before the column")
            .check("known_kind", KIND + " IN ('GOLD', 'REPEAT')")
            .check("gold_has_a_label", "(" + KIND + " = 'GOLD') = (" + LABEL + " IS NOT NULL)")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, USE_CASE, ITEM_ID)
            .build();

    private PlantedItems() {}

    /** The id under which a round asks about an item again. */
    static String itemId(String pipeline, Round round, String useCase, String knownItem) {
        return new Digest()
                .add("planted")
                .add(pipeline)
                .add(round.id())
                .add(useCase)
                .add(knownItem)
                .hex(ID_DIGITS);
    }

    /**
     * One row; values in declared order.
     *
     * @param beside chosen item whose line it copies
     * @param group by which jobs are split; null where they are not
     */
    static Row row(
            String pipeline,
            Round round,
            String runId,
            String useCase,
            Planted planted,
            Selection beside,
            @Nullable String group) {
        KnownItem item = planted.item();
        return RowFactory.create(
                pipeline,
                round.date(),
                round.id(),
                runId,
                useCase,
                planted.gold() ? GOLD : REPEAT,
                itemId(pipeline, round, useCase, item.itemId()),
                item.itemId(),
                item.imageUri(),
                item.site(),
                item.modelVersion(),
                item.predicted(),
                item.confidence(),
                planted.gold() ? item.label() : null,
                beside.signal(),
                beside.rank(),
                beside.score(),
                beside.segment(),
                Selections.design(beside),
                beside.inclusionProbability(),
                beside.item().modelVersion(),
                planted.gold()
                        ? "the answer is known: it tells how often people are right"
                        : "was answered before: it tells whether people say the same again",
                group);
    }
}
