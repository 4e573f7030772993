package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_union;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.OutcomeSettings;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.Misclassified;
import dev.winnow.selection.Selections;
import dev.winnow.stats.ClusterSums;
import dev.winnow.tables.ClusterColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The items of rounds with what their labels say.
 *
 * <p>A label brings something new where it contradicts all that was known before it: the prediction, or, where feedback
 * that arrived by the round's run date had marked that prediction wrong, each of the marks, which say that another class is
 * right or just that this one is not. A mark that was taken back still counts as one. What a model was to look at brings
 * nothing new: its images are all misclassified. An item is labeled when its label is sure; open and tied ones are
 * outstanding. A label of several classes agrees with each of them.
 */
final class LabeledItems {
    /** Whether there is a label that is sure. */
    static final String LABELED = "labeled";

    /** Whether the label names an error that nobody knew: of the model, or of who marked it. */
    static final String FOUND = "found";

    /** Classes that the label names, sorted: none where it says that nothing is there; null where it tells nothing. */
    static final String CLASSES = "label_classes";

    private static final String NAMED = "named_classes";
    private static final String TIMED = "timed";
    private static final String MILLIS = "millis";
    private static final String ANSWERS = "answers";
    private static final String MARKS = "known_marks";
    private static final String NAMED_BY_MARK = "named_by_mark";
    private static final String CHARGED = "charged";
    private static final String[] ITEM = {Inferences.USE_CASE, Selections.ITEM_ID};
    private static final long PARTS = 1_000_000_000;

    private LabeledItems() {}

    /**
     * Joins the items of rounds with their labels.
     *
     * @param selections of sealed rounds, shaped like {@link Selections}
     * @param labels of the pipeline, shaped like {@link Labels}
     * @param answers of the pipeline, shaped like {@link Answers}
     * @param wrong inferences that feedback marked, shaped like {@link Misclassified}
     * @return selections with {@link #LABELED}, {@link #FOUND}, {@link #CLASSES} and sums of answers
     */
    static Dataset<Row> of(
            Dataset<Row> selections,
            Dataset<Row> labels,
            Dataset<Row> answers,
            Dataset<Row> wrong,
            OutcomeSettings settings) {
        Column named = col(NAMED);
        Column said = Labels.said(named, settings);
        Dataset<Row> sure = labels.filter(col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD))
                .withColumn(NAMED, Labels.classes())
                .filter(named.isNotNull())
                .withColumn(CLASSES, said)
                .groupBy(ITEM[0], ITEM[1])
                .agg(
                        when(count(CLASSES).gt(0), sort_array(array_distinct(flatten(collect_list(col(CLASSES))))))
                                .as(CLASSES),
                        lit(true).as(LABELED));
        // Of a marked image it is news that each of its marks was mistaken.
        Column mistaken = forall(
                col(MARKS),
                mark -> when(
                                mark.getField(NAMED_BY_MARK).isNotNull(),
                                not(array_contains(col(CLASSES), mark.getField(NAMED_BY_MARK))))
                        .otherwise(not(wrong())));
        Column news = when(isChecked(), false)
                .when(size(col(MARKS)).gt(0), mistaken)
                .when(array_contains(col(Selections.SIGNALS), Candidates.MODEL_CHECK), false)
                .otherwise(wrong());
        return withKnowledge(withCosts(selections, answers), wrong, settings)
                .join(sure, ITEM, "left")
                .withColumn(LABELED, coalesce(col(LABELED), lit(false)))
                .withColumn(FOUND, coalesce(news, lit(false)));
    }

    /** Whether the prediction is not what the label says; null where the label tells nothing. */
    static Column wrong() {
        Column predicted = col(Inferences.PREDICTED_LABEL);
        return when(predicted.isNull(), size(col(CLASSES)).gt(0))
                .otherwise(not(array_contains(col(CLASSES), predicted)));
    }

    /** An answer that does not say which round asked counts in every round of its item. */
    private static Dataset<Row> withCosts(Dataset<Row> selections, Dataset<Row> answers) {
        Column seconds = col(Answers.SECONDS_SPENT);
        Dataset<Row> byRound = answers.filter(col(Answers.TASK)
                        .notEqual(Answers.REVIEW)
                        .and(col(Answers.KIND).isin(Answers.WORKER, Answers.EXPERT)))
                .groupBy(
                        col(ITEM[0]).as("of_use_case"),
                        col(ITEM[1]).as("of_item"),
                        col(Answers.ROUND_ID).as("of_round"))
                .agg(
                        count(lit(1)).as(ANSWERS),
                        count(seconds).as(TIMED),
                        sum(when(seconds.isNull(), 0L)
                                        .otherwise(org.apache
                                                .spark
                                                .sql
                                                .functions
                                                .round(seconds.multiply(1_000))
                                                .cast("long")))
                                .as(MILLIS));
        String[] key = {ITEM[0], Selections.ROUND_ID, ITEM[1]};
        Dataset<Row> costs = selections
                .select(col(key[0]), col(key[1]), col(key[2]))
                .join(
                        byRound,
                        col(key[0])
                                .equalTo(col("of_use_case"))
                                .and(col(key[2]).equalTo(col("of_item")))
                                .and(coalesce(col("of_round"), col(key[1])).equalTo(col(key[1]))))
                .groupBy(key[0], key[1], key[2])
                .agg(sum(ANSWERS).as(ANSWERS), sum(TIMED).as(TIMED), sum(MILLIS).as(MILLIS));
        Dataset<Row> joined = selections.join(costs, key, "left");
        for (String sum : List.of(ANSWERS, TIMED, MILLIS)) {
            joined = joined.withColumn(sum, coalesce(col(sum), lit(0L)));
        }
        return joined;
    }

    /**
     * Adds the marks of the prediction that had arrived by the run date: null or empty without one. A miss makes a frame
     * without output known to be wrong; on an alarm it speaks of something else.
     */
    private static Dataset<Row> withKnowledge(Dataset<Row> selections, Dataset<Row> wrong, OutcomeSettings settings) {
        Column verdict = col(Misclassified.VERDICT);
        Column speaks = verdict.notEqual(Feedback.MISSED)
                .or(col(Inferences.PREDICTED_LABEL).isNull());
        // That nothing is there, or that one can't tell, is no class.
        Column named = get(Labels.said(array(col(Misclassified.CORRECTED_LABEL)), settings), lit(0));
        Dataset<Row> marks = wrong.filter(speaks)
                .withColumn(NAMED_BY_MARK, when(verdict.notEqual(Feedback.FALSE_POSITIVE), named))
                .groupBy(
                        col(Inferences.USE_CASE).as("of_use_case"),
                        ImageUris.canonical(col(Inferences.IMAGE_URI)).as("of_image"),
                        col(Inferences.PREDICTED_LABEL).as("of_label"))
                .agg(collect_set(struct(Misclassified.ARRIVAL_DATE, NAMED_BY_MARK))
                        .as(MARKS));
        return selections
                .join(
                        marks,
                        col(Inferences.USE_CASE)
                                .equalTo(col("of_use_case"))
                                .and(col(Inferences.IMAGE_URI).equalTo(col("of_image")))
                                .and(col(Inferences.PREDICTED_LABEL).eqNullSafe(col("of_label"))),
                        "left")
                .withColumn(
                        MARKS,
                        filter(
                                col(MARKS),
                                mark -> mark.getField(Misclassified.ARRIVAL_DATE)
                                        .leq(col(Selections.RUN_DATE))))
                .drop("of_use_case", "of_image", "of_label");
    }

    private static Column isChecked() {
        return col(Selections.SIGNAL).equalTo(Candidates.MODEL_CHECK);
    }

    /**
     * Counts items by signal, for every round and for all rounds together; a row per use case, round and signal comes to
     * the driver.
     *
     * <p>What is charged to the check of the model speaks for that alone: it was drawn from images known to be wrong, and
     * would make other signals seem to find nothing.
     *
     * @param items from {@link #of}
     */
    static List<SignalCounts> bySignal(Dataset<Row> items) {
        Column charged = col(CHARGED);
        Column labeled = col(LABELED);
        Column signal = array(col(Selections.SIGNAL));
        // Whole numbers, whose sum is the same in any order.
        Column parts = coalesce(col(Selections.INCLUSION_PROBABILITY), lit(0.0))
                .multiply(PARTS)
                .cast("long");
        Column speaking = when(isChecked(), signal).otherwise(array_union(signal, col(Selections.SIGNALS)));
        Dataset<Row> byCamera = items.withColumn("speaks", explode(speaking))
                .withColumn(CHARGED, col("speaks").equalTo(col(Selections.SIGNAL)))
                .withColumn(
                        "of_round",
                        explode(array(col(Selections.ROUND_ID), lit(null).cast("string"))))
                .groupBy("of_round", Inferences.USE_CASE, "speaks", Inferences.CAMERA_ID)
                .agg(
                        number(charged).as("selected"),
                        number(charged.and(labeled)).as("n"),
                        number(charged.and(col(FOUND))).as("x"),
                        sum(when(charged.and(labeled), parts).otherwise(0L)).as("parts"),
                        number(lit(true)).as("selected_any"),
                        number(labeled).as("n_any"),
                        number(col(FOUND)).as("x_any"),
                        sum(when(charged, col(ANSWERS)).otherwise(0L)).as(ANSWERS),
                        sum(when(charged, col(TIMED)).otherwise(0L)).as(TIMED),
                        sum(when(charged, col(MILLIS)).otherwise(0L)).as(MILLIS));
        List<SignalCounts> counts = new ArrayList<>();
        List<Column> sums = new ArrayList<>(ClusterColumns.of(col("x"), col("n")));
        sums.add(sum("parts"));
        sums.add(sum("selected_any"));
        sums.addAll(ClusterColumns.of(col("x_any"), col("n_any")));
        List.of(ANSWERS, TIMED, MILLIS).forEach(name -> sums.add(sum(name)));
        for (Row row : byCamera.groupBy(Inferences.USE_CASE, "of_round", "speaks")
                .agg(sum("selected"), sums.toArray(Column[]::new))
                .collectAsList()) {
            long selected = row.getLong(3);
            ClusterSums labels = ClusterColumns.read(row, 4);
            counts.add(new SignalCounts(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    selected,
                    labels,
                    selected == 0 ? 0 : (double) row.getLong(10) / PARTS / selected,
                    row.getLong(11),
                    ClusterColumns.read(row, 12),
                    row.getLong(18),
                    row.getLong(19),
                    row.getLong(20)));
        }
        counts.sort(SignalCounts.ORDER);
        return counts;
    }

    private static Column number(Column condition) {
        return sum(when(condition, 1L).otherwise(0L));
    }
}
