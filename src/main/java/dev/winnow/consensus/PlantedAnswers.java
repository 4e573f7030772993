package dev.winnow.consensus;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.selection.PlantedItems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Answers to planted items: they tell of people alone. What is known of a gold item joins its answers as their truth; a
 * repeat is held against the first answer of the same person and is otherwise left out, for it would count twice.
 */
final class PlantedAnswers {
    private static final String[] ITEM = {Answers.USE_CASE, Answers.ITEM_ID};
    private static final String BEFORE = "before";
    private static final String AGAIN = "again";

    private PlantedAnswers() {}

    /**
     * How often one person said the same again.
     *
     * @param repeats items answered before and again
     * @param same those answered the same
     */
    record Repeats(long repeats, long same) {
        static final Repeats NONE = new Repeats(0, 0);
    }

    /**
     * Returns answers without those to repeats, and with the truth of each gold item that has an answer.
     *
     * @param answers shaped like {@link Answers}, of one pipeline
     * @param planted shaped like {@link PlantedItems}, of the same
     */
    static Dataset<Row> withTruths(Dataset<Row> answers, Dataset<Row> planted) {
        Dataset<Row> gold = planted.filter(col(PlantedItems.KIND).equalTo(PlantedItems.GOLD));
        Dataset<Row> repeats = planted.filter(col(PlantedItems.KIND).equalTo(PlantedItems.REPEAT));
        Column none = lit(null).cast("string");
        Map<String, Column> values = new HashMap<>();
        List.of(Answers.PIPELINE, Answers.USE_CASE, Answers.ITEM_ID, Answers.ROUND_ID, Answers.IMAGE_URI, Answers.LABEL)
                .forEach(name -> values.put(name, col(name)));
        values.put(Answers.JOB_NAME, lit(""));
        values.put(Answers.WORKER_ID, lit(""));
        values.put(Answers.REPETITION, lit(1));
        values.put(Answers.KIND, lit(Answers.GOLD));
        values.put(Answers.STATUS, lit(Answers.ANSWERED));
        values.put(Answers.TASK, lit(Answers.CLASSIFICATION));
        values.put(Answers.CONFIDENCE, lit(null).cast("double"));
        values.put(Answers.SUBMITTED_AT, lit(null).cast("timestamp"));
        values.put(Answers.SECONDS_SPENT, lit(null).cast("double"));
        values.put(Answers.SOURCE, lit(PlantedItems.TABLE.name()));
        values.put(Answers.SOURCE_FILE, lit(""));
        Column[] truth = Answers.TABLE.columns().stream()
                .map(name -> values.getOrDefault(name, none).as(name))
                .toArray(Column[]::new);
        // Planted items are few, answers may be many: those stay where they are.
        Dataset<Row> asked = answers.join(broadcast(gold.select(col(ITEM[0]), col(ITEM[1]))), ITEM, "left_semi")
                .select(col(ITEM[0]), col(ITEM[1]))
                .distinct();
        return answers.join(broadcast(repeats.select(col(ITEM[0]), col(ITEM[1]))), ITEM, "left_anti")
                .select(columns())
                .unionByName(gold.join(asked, ITEM, "left_semi").select(truth));
    }

    /** Whether a row of answers is the truth of a planted item. */
    static Column isTruth() {
        return col(Answers.KIND)
                .equalTo(Answers.GOLD)
                .and(coalesce(col(Answers.SOURCE).equalTo(PlantedItems.TABLE.name()), lit(false)));
    }

    private static Column[] columns() {
        return Answers.TABLE.columns().stream().map(name -> col(name)).toArray(Column[]::new);
    }

    /** Returns labels without those of planted items: what they show has its own already. */
    static Dataset<Row> withoutPlanted(Dataset<Row> labels, Dataset<Row> planted) {
        return labels.join(broadcast(planted.select(col(ITEM[0]), col(ITEM[1]))), ITEM, "left_anti")
                .select(Labels.TABLE.columns().stream().map(name -> col(name)).toArray(Column[]::new));
    }

    /**
     * Holds each person's answer to a repeat against the last one to the item that it repeats.
     *
     * @param answers shaped like {@link Answers}, of one pipeline
     * @param planted shaped like {@link PlantedItems}, of the same
     * @return use case to person to counts: a row for each person comes to the driver
     */
    static Map<String, Map<String, Repeats>> selfAgreement(Dataset<Row> answers, Dataset<Row> planted) {
        Dataset<Row> given = answers.filter(col(Answers.KIND)
                        .equalTo(Answers.WORKER)
                        .and(col(Answers.TASK).equalTo(Answers.CLASSIFICATION)))
                .groupBy(Answers.USE_CASE, Answers.ITEM_ID, Answers.WORKER_ID)
                .agg(max(struct(Answers.SUBMITTED_AT, Answers.JOB_NAME, Answers.REPETITION, Answers.LABEL))
                        .getField(Answers.LABEL)
                        .as(AGAIN));
        Dataset<Row> repeats = planted.filter(col(PlantedItems.KIND).equalTo(PlantedItems.REPEAT))
                .select(PlantedItems.USE_CASE, PlantedItems.ITEM_ID, PlantedItems.KNOWN_ITEM_ID);
        Dataset<Row> before = given.select(
                col(Answers.USE_CASE),
                col(Answers.WORKER_ID),
                col(Answers.ITEM_ID).as(PlantedItems.KNOWN_ITEM_ID),
                col(AGAIN).as(BEFORE));
        Map<String, Map<String, Repeats>> byWorker = new HashMap<>();
        given.join(repeats, ITEM)
                .join(before, new String[] {Answers.USE_CASE, Answers.WORKER_ID, PlantedItems.KNOWN_ITEM_ID})
                .groupBy(Answers.USE_CASE, Answers.WORKER_ID)
                .agg(
                        count(lit(1)),
                        sum(when(coalesce(col(AGAIN).equalTo(col(BEFORE)), lit(false)), 1L)
                                .otherwise(0L)))
                .collectAsList()
                .forEach(row -> byWorker.computeIfAbsent(row.getString(0), useCase -> new HashMap<>())
                        .put(row.getString(1), new Repeats(row.getLong(2), row.getLong(3))));
        return byWorker;
    }
}
