package dev.winnow.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.answers.Answers;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.jspecify.annotations.Nullable;

/** Items whose class people know: hidden among alarms of another class, they tell whether reviewers look. */
final class HiddenItems {
    private static final String DRAW = "hidden_draw";
    private static final String PLACE = "place";
    private static final String PREDICTED = "shown_before";
    private static final String LAST = "last";

    private final List<Known> known;

    private HiddenItems(List<Known> known) {
        this.known = known;
    }

    /** An item whose class people know. */
    private record Known(
            String useCase,
            ReviewItem item,
            String label,
            @Nullable String predicted) {}

    /** Items known to be of another class: first those that the model took for this one; none that is drawn itself. */
    List<ReviewItem> of(ClassKey key, List<ReviewItem> drawn, int wanted) {
        Set<String> taken = new HashSet<>();
        drawn.forEach(item -> taken.add(item.id()));
        List<ReviewItem> hidden = new ArrayList<>();
        for (boolean mistaken : new boolean[] {true, false}) {
            for (Known one : known) {
                boolean fits = one.useCase.equals(key.useCase())
                        && !one.label.equals(key.label())
                        && key.label().equals(one.predicted) == mistaken;
                if (fits && hidden.size() < wanted && taken.add(one.item.id())) {
                    hidden.add(one.item);
                }
            }
        }
        return hidden;
    }

    /**
     * Reads items that people agree on, as many of each class, and of each that they were predicted as, as one job may hide; in
     * the order of their hash.
     */
    static HiddenItems read(WinnowConfig config, TableStore tables, LocalDate day, int most) {
        if (most == 0) {
            return new HiddenItems(List.of());
        }
        Dataset<Row> selected = stored(config, tables, Selections.TABLE)
                .groupBy(Labels.USE_CASE, Labels.ITEM_ID)
                .agg(max(struct(
                                col(Selections.RUN_DATE),
                                col(Selections.ROUND_ID),
                                col(Inferences.IMAGE_URI),
                                col(Inferences.SITE_ID),
                                col(Inferences.PREDICTED_LABEL).as(PREDICTED)))
                        .as(LAST));
        Column told = not(col(Labels.LABEL).equalTo(LabelingJobs.CANT_TELL))
                .and(not(col(Labels.LABEL).isin(config.outcomes().unsureLabels().toArray())));
        Dataset<Row> labeled = stored(config, tables, Labels.TABLE)
                .filter(col(Labels.TASK)
                        .equalTo(Answers.CLASSIFICATION)
                        .and(col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD))
                        .and(col(Labels.LABEL).isNotNull())
                        .and(told))
                .select(Labels.USE_CASE, Labels.ITEM_ID, Labels.LABEL)
                .join(selected, new String[] {Labels.USE_CASE, Labels.ITEM_ID})
                .select(col(Labels.USE_CASE), col(Labels.ITEM_ID), col(Labels.LABEL), col(LAST + ".*"))
                .withColumn(DRAW, HashDraw.of("hidden|" + config.selection().salt() + "|" + day, col(Labels.ITEM_ID)));
        Column[] first = {col(DRAW), col(Labels.ITEM_ID)};
        Dataset<Row> mistaken = labeled.filter(col(PREDICTED).notEqual(col(Labels.LABEL)))
                .withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(Labels.USE_CASE, PREDICTED)
                                        .orderBy(first)));
        Dataset<Row> any = labeled.withColumn(
                PLACE,
                row_number()
                        .over(Window.partitionBy(Labels.USE_CASE, Labels.LABEL).orderBy(first)));
        return new HiddenItems(BoundedRows.collect(
                        mistaken.unionByName(any)
                                .filter(col(PLACE).leq(most))
                                .drop(PLACE)
                                .distinct()
                                .sort(DRAW, Labels.ITEM_ID, Labels.USE_CASE),
                        QaBatchesJob.MAX_ITEMS,
                        "bulk QA of the day has",
                        "items that people labeled",
                        QaBatchesJob.WAY_OUT)
                .stream()
                .map(row -> new Known(
                        row.getAs(Labels.USE_CASE),
                        new ReviewItem(
                                row.getAs(Labels.ITEM_ID),
                                ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI)),
                                row.getAs(Inferences.SITE_ID),
                                null,
                                null,
                                null,
                                true),
                        row.getAs(Labels.LABEL),
                        row.getAs(PREDICTED)))
                .toList());
    }

    private static Dataset<Row> stored(WinnowConfig config, TableStore tables, TableDef table) {
        return tables.read(table).filter(col(Labels.PIPELINE).equalTo(config.pipeline()));
    }
}
