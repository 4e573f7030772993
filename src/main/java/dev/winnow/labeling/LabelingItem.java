package dev.winnow.labeling;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.TaskSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.Selections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * One item that people label.
 *
 * @param reference image, sequence file or, for texts, the text itself
 * @param itemId item
 * @param runId run that chose it
 * @param roundId round
 * @param useCase use case
 * @param signal signal it is charged to
 * @param segment segment it lies in; null for none
 * @param score in [0, 1]; null for draws
 * @param rank among the items of its signal, from 1
 * @param design of its choice
 * @param inclusionProbability of the draw; null for a choice by score
 * @param site where it is from
 * @param group by which jobs of its use case are split; empty where they are not
 * @param modelVersion that made the prediction
 * @param predicted class; null for a frame without output
 * @param confidence of it in [0, 1]; null for a frame without output
 * @param old label that people may look at; null for none
 * @param batch what is asked about together; null for an item of its own
 * @param planted what is not told in its line: that it was planted; null for a chosen item
 */
public record LabelingItem(
        String reference,
        String itemId,
        String runId,
        String roundId,
        String useCase,
        String signal,
        @Nullable String segment,
        @Nullable Double score,
        int rank,
        String design,
        @Nullable Double inclusionProbability,
        String site,
        String group,
        String modelVersion,
        @Nullable String predicted,
        @Nullable Double confidence,
        @Nullable OldLabel old,
        @Nullable Batch batch,
        @Nullable Planted planted) {

    /**
     * Items that are asked about together: whether the class that they share is right.
     *
     * @param label the class
     * @param shown at least one
     */
    public record Batch(String label, List<Shown> shown) {
        /** Copies the list. */
        public Batch {
            shown = List.copyOf(shown);
        }
    }

    /**
     * One item of a batch.
     *
     * @param reference image
     */
    public record Shown(String itemId, String reference) {}

    /**
     * An item that tests people.
     *
     * @param kind GOLD or REPEAT, as in {@link PlantedItems}
     * @param label the known answer; null of REPEAT
     */
    public record Planted(String kind, @Nullable String label) {}

    /** Order of the lines unless another is asked for: signal, rank, item. */
    static final Comparator<LabelingItem> BY_RANK = Comparator.comparing(LabelingItem::signal)
            .thenComparing(LabelingItem::rank)
            .thenComparing(LabelingItem::itemId);

    private static final Comparator<LabelingItem> BY_SCORE =
            Comparator.comparing(LabelingItem::score, Comparator.nullsFirst(Comparator.naturalOrder()));

    /** Longest text beside the image, by judgement: Ground Truth takes 20,000 characters, a name is shorter. */
    private static final int MAX_TEXT = 1_000;

    /** Reads a row shaped like {@link Selections}. */
    static LabelingItem of(Row row) {
        return new LabelingItem(
                row.getAs(Inferences.IMAGE_URI),
                row.getAs(Selections.ITEM_ID),
                row.getAs(Selections.RUN_ID),
                row.getAs(Selections.ROUND_ID),
                row.getAs(Inferences.USE_CASE),
                row.getAs(Selections.SIGNAL),
                row.getAs(Selections.SEGMENT),
                row.getAs(Selections.SCORE),
                row.<Integer>getAs(Selections.RANK),
                row.getAs(Selections.DESIGN),
                row.getAs(Selections.INCLUSION_PROBABILITY),
                row.getAs(Inferences.SITE_ID),
                group(row),
                row.getAs(Inferences.MODEL_VERSION),
                row.getAs(Inferences.PREDICTED_LABEL),
                row.getAs(Inferences.CONFIDENCE),
                null,
                null,
                null);
    }

    /** Reads a row shaped like {@link PlantedItems}: its line says what that of a chosen item says. */
    static LabelingItem ofPlanted(Row row) {
        return new LabelingItem(
                row.getAs(Inferences.IMAGE_URI),
                row.getAs(PlantedItems.ITEM_ID),
                row.getAs(PlantedItems.RUN_ID),
                row.getAs(PlantedItems.ROUND_ID),
                row.getAs(PlantedItems.USE_CASE),
                row.getAs(PlantedItems.SHOWN_SIGNAL),
                row.getAs(PlantedItems.SHOWN_SEGMENT),
                row.getAs(PlantedItems.SHOWN_SCORE),
                row.<Integer>getAs(PlantedItems.SHOWN_RANK),
                row.getAs(PlantedItems.SHOWN_DESIGN),
                row.getAs(PlantedItems.SHOWN_PROBABILITY),
                row.getAs(Inferences.SITE_ID),
                group(row),
                row.getAs(PlantedItems.SHOWN_MODEL_VERSION),
                row.getAs(Inferences.PREDICTED_LABEL),
                row.getAs(Inferences.CONFIDENCE),
                null,
                null,
                new Planted(row.getAs(PlantedItems.KIND), row.getAs(PlantedItems.LABEL)));
    }

    private static String group(Row row) {
        String group = row.getAs(Selections.JOB_GROUP);
        return group == null ? "" : group;
    }

    static Comparator<LabelingItem> order(TaskSettings.Order order) {
        return switch (order) {
            case RANK -> BY_RANK;
            case HARDEST_LAST -> BY_SCORE.thenComparing(BY_RANK);
            case HARDEST_FIRST -> BY_SCORE.reversed().thenComparing(BY_RANK);
        };
    }

    /** Returns the item as that of a frame without output. */
    LabelingItem withoutPrediction() {
        return with(null, null, old);
    }

    LabelingItem with(@Nullable OldLabel label) {
        return with(predicted, confidence, label);
    }

    private LabelingItem with(
            @Nullable String predictedClass, @Nullable Double confidenceOfIt, @Nullable OldLabel oldLabel) {
        return new LabelingItem(
                reference,
                itemId,
                runId,
                roundId,
                useCase,
                signal,
                segment,
                score,
                rank,
                design,
                inclusionProbability,
                site,
                group,
                modelVersion,
                predictedClass,
                confidenceOfIt,
                oldLabel,
                batch,
                planted);
    }

    /** Returns whether nobody who labels it may see what a model or another person said of it. */
    public boolean blind() {
        return Candidates.DRAWN.contains(signal);
    }

    /**
     * Returns where it came from, under the keys that pass through labeling unchanged.
     *
     * <p>The prediction is not among them: whoever labels a drawn line (audit, model check) must not see it. So that
     * names no segment either, for a segment may be one of predicted classes.
     *
     * @param task whose guidelines the answer follows
     */
    public Map<String, Object> origin(TaskSettings task) {
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("item-id", itemId);
        origin.put("run-id", runId);
        origin.put("round-id", roundId);
        origin.put("use-case", shortened(useCase));
        origin.put("signal", signal);
        origin.put("segment", blind() ? null : shortened(segment));
        origin.put("score", score);
        origin.put("rank", rank);
        origin.put("design", design);
        origin.put("inclusion-probability", inclusionProbability);
        if (!task.guidelinesVersion().isEmpty()) {
            origin.put("guideline-version", task.guidelinesVersion());
        }
        return origin;
    }

    /** Returns a text as long as one beside the image should be; null for none. */
    public static @Nullable String shortened(@Nullable String text) {
        if (text == null || text.length() <= MAX_TEXT) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, MAX_TEXT / 2)) + "...";
    }
}
