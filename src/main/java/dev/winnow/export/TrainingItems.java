package dev.winnow.export;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.ExportSettings;
import dev.winnow.config.ExportSettings.Format;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.quality.AutoLabels;
import dev.winnow.selection.Selections;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Labels that may train a model, each with its weight and its split.
 *
 * <p>A weight is 1 / inclusion probability of a uniform draw, and null for an item that was chosen for a reason: nobody
 * knows how likely that was. A camera's items are in one split, whatever the use case, because frames of a camera resemble
 * each other: a model tested on a camera it was trained on looks better than it is.
 */
final class TrainingItems {
    static final String SPLIT = "split";
    static final String WEIGHT = "weight";

    /** Why an item is not exported; null for one that is. */
    static final String LEFT_OUT = "left_out";

    static final String TRAIN = "train";
    static final String VALIDATION = "validation";
    static final String TEST = "test";

    /** Beside the three splits: items to evaluate by that were drawn blindly. */
    static final String AUDIT = "audit";

    /** Too few answers, or not sure enough, or not approved where approval is asked for. */
    static final String NOT_AGREED = "not_agreed";

    /** A label that the model itself says is no truth to test it by. */
    static final String AUTO_LABEL_OF_TEST = "auto_label_of_test";

    /** No selection knows the item: neither its camera nor whether the audit holds it can be told. */
    static final String NOT_SELECTED = "not_selected";

    /** The format holds boxes alone. */
    static final String NOT_BOXES = "not_boxes";

    /** The answer names no class to learn. */
    static final String NO_CLASS = "no_class";

    /** Another item of the same image and task stands for it. */
    static final String SAME_IMAGE = "same_image";

    /** In place of a method and of a signal: the predicted class is the label, above a proven threshold. */
    static final String AUTO_LABEL = "AUTO_LABEL";

    /** Signal of items whose class was asked for because reviewers disconfirmed the predicted one. */
    static final String RELABEL = "RELABEL";

    private static final String SELECTED = "selected";
    private static final String KNOWN = "known";
    private static final String HELD_OUT = "held_out";
    private static final String PLACE = "place";

    /** What the selection of an item tells of it: that of the audit, which an item stays with, else the last. */
    private static final List<String> OF_SELECTION = List.of(
            Selections.ROUND_ID,
            Selections.SIGNAL,
            Inferences.IMAGE_URI,
            Inferences.CAPTURED_AT,
            Inferences.SITE_ID,
            Inferences.CAMERA_ID,
            Inferences.MODEL_VERSION,
            Selections.DESIGN,
            Selections.INCLUSION_PROBABILITY);

    private TrainingItems() {}

    /** Items whose class was asked for, in the shape of a selection. */
    private static Dataset<Row> asked(Dataset<Row> relabeled) {
        return relabeled
                .withColumn(Selections.SIGNAL, lit(RELABEL))
                .withColumn(Selections.DESIGN, lit(Selections.PURPOSIVE))
                .withColumn(Selections.INCLUSION_PROBABILITY, lit(null).cast("double"));
    }

    /**
     * Returns every label with why it is left out, or null.
     *
     * <p>An image that any round drew for the audit trains in no use case and under no item.
     *
     * @param labels shaped like {@link Labels}, of one pipeline
     * @param selections shaped like {@link Selections}, of the same
     * @param relabeled shaped like {@link RelabelItems}, of the same
     */
    static Dataset<Row> of(
            Dataset<Row> labels, Dataset<Row> selections, Dataset<Row> relabeled, ExportSettings settings) {
        Column[] known = OF_SELECTION.stream().map(column -> col(column)).toArray(Column[]::new);
        List<Column> asked = new ArrayList<>(List.of(known));
        asked.add(col(Selections.ITEM_ID));
        asked.add(col(Selections.RUN_DATE));
        Column[] read = asked.toArray(Column[]::new);
        Dataset<Row> last = selections
                .select(read)
                .unionByName(asked(relabeled).select(read))
                .groupBy(Selections.ITEM_ID)
                .agg(max(struct(
                                col(Selections.SIGNAL).equalTo(Candidates.AUDIT),
                                col(Selections.RUN_DATE),
                                struct(known).as(KNOWN)))
                        .as(SELECTED))
                .select(col(Selections.ITEM_ID), col(SELECTED + "." + KNOWN + ".*"));
        Dataset<Row> audited = audited(selections);
        Column isAudit = col(Selections.SIGNAL).equalTo(Candidates.AUDIT);
        Column weight = when(
                col(Selections.DESIGN).equalTo(Selections.UNIFORM),
                lit(1.0).divide(col(Selections.INCLUSION_PROBABILITY)));
        return labels.join(last, new String[] {Labels.ITEM_ID}, "left")
                .join(audited, new String[] {Inferences.IMAGE_URI}, "left")
                .withColumn(LEFT_OUT, leftOut(settings, isAudit))
                .withColumn(WEIGHT, weight)
                .withColumn(SPLIT, when(isAudit, AUDIT).otherwise(split(settings)))
                .drop(HELD_OUT, Selections.INCLUSION_PROBABILITY)
                // Not exported, so that they make no new version.
                .drop(Labels.NEEDS, Labels.AGREEMENT, Labels.ENTROPY, Labels.POSTERIORS);
    }

    private static Dataset<Row> audited(Dataset<Row> selections) {
        return selections
                .filter(col(Selections.SIGNAL).equalTo(Candidates.AUDIT))
                .select(Inferences.IMAGE_URI)
                .distinct()
                .withColumn(HELD_OUT, lit(true));
    }

    /**
     * Adds labels that were made without people, for images that people gave no class; of several of an image the most
     * confident. Their weight is 1 / the probability with which the alarm was drawn to get a label.
     *
     * @param items as {@link #of} returns them
     * @param autoLabels shaped like {@link AutoLabels}, of the same pipeline
     */
    static Dataset<Row> withAutoLabels(
            Dataset<Row> items, Dataset<Row> autoLabels, Dataset<Row> selections, ExportSettings settings) {
        String[] image = {Labels.USE_CASE, Inferences.IMAGE_URI};
        Dataset<Row> byPeople = items.filter(col(Labels.TASK)
                        .equalTo(Answers.CLASSIFICATION)
                        .and(col(Inferences.IMAGE_URI).isNotNull()))
                .select(image[0], image[1])
                .distinct();
        WindowSpec ofImage = Window.partitionBy(image[0], image[1])
                .orderBy(
                        col(AutoLabels.RUN_DATE).desc(),
                        col(Inferences.CONFIDENCE).desc(),
                        col(Labels.ITEM_ID));
        Dataset<Row> auto = autoLabels
                .filter(not(coalesce(col(AutoLabels.STATUS).equalTo(AutoLabels.VOID), lit(false))))
                .withColumn(Inferences.IMAGE_URI, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                .withColumn(PLACE, row_number().over(ofImage))
                .filter(col(PLACE).equalTo(1))
                .join(byPeople, image, "left_anti")
                .withColumn(Labels.TASK, lit(Answers.CLASSIFICATION))
                .withColumn(Labels.ANSWER, lit(null).cast("string"))
                .withColumn(Labels.METHOD, lit(AUTO_LABEL))
                .withColumn(Labels.STATUS, lit(Labels.AGREED))
                .withColumn(Labels.ANSWERS, lit(0))
                .withColumn(
                        Selections.ROUND_ID,
                        concat(lit("auto-"), col(AutoLabels.RUN_DATE).cast("string")))
                .withColumn(Selections.SIGNAL, lit(AUTO_LABEL))
                .withColumn(Selections.DESIGN, lit(Selections.PURPOSIVE))
                .withColumn(WEIGHT, lit(1.0).divide(col(AutoLabels.INCLUSION_PROBABILITY)))
                .join(audited(selections), new String[] {Inferences.IMAGE_URI}, "left")
                .withColumn(SPLIT, split(settings))
                .withColumn(
                        LEFT_OUT,
                        coalesce(leftOut(settings, lit(false)), when(col(SPLIT).notEqual(TRAIN), AUTO_LABEL_OF_TEST)));
        return items.unionByName(auto.select(
                Arrays.stream(items.columns()).map(name -> col(name)).toArray(Column[]::new)));
    }

    private static Column leftOut(ExportSettings settings, Column isAudit) {
        Column heldOut = coalesce(col(HELD_OUT), lit(false));
        Column boxes = col(Labels.TASK).equalTo(Answers.BOXES);
        return coalesce(
                when(not(col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD)), NOT_AGREED),
                when(col(Inferences.IMAGE_URI).isNull(), NOT_SELECTED),
                when(settings.audit() ? heldOut.and(not(isAudit)) : heldOut, AUDIT),
                when(settings.format() == Format.COCO ? not(boxes) : lit(false), NOT_BOXES),
                when(saysNothing(settings.leaveOut()), NO_CLASS));
    }

    /** Whether a class that is left out is the label, or one of its set or boxes. */
    private static Column saysNothing(List<String> leaveOut) {
        Column[] names = leaveOut.stream().map(name -> lit(name)).toArray(Column[]::new);
        return leaveOut.isEmpty() ? lit(false) : coalesce(arrays_overlap(Labels.classes(), array(names)), lit(false));
    }

    private static Column split(ExportSettings settings) {
        Column draw = HashDraw.of("split " + settings.salt(), col(Inferences.CAMERA_ID));
        return when(draw.lt(settings.train()), TRAIN)
                .when(draw.lt(settings.train() + settings.validation()), VALIDATION)
                .otherwise(TEST);
    }

    /**
     * Keeps of several items of one image, use case and task the one that is known best: the truth, else the one with most
     * answers.
     *
     * @param items that are not left out
     */
    static Dataset<Row> oncePerImage(Dataset<Row> items) {
        WindowSpec ofImage = Window.partitionBy(Labels.USE_CASE, Labels.TASK, Inferences.IMAGE_URI)
                .orderBy(
                        col(Labels.STATUS).equalTo(Labels.GOLD).desc(),
                        col(Labels.ANSWERS).desc(),
                        col(Labels.ITEM_ID));
        return items.withColumn(PLACE, row_number().over(ofImage))
                .filter(col(PLACE).equalTo(1))
                .drop(PLACE, LEFT_OUT);
    }
}
