package dev.winnow.consensus;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What experts say goes above what the others agree on: an expert's answer makes the label, and confirms it where a use case
 * asks for approval. Of several the latest holds. A known truth stays.
 */
final class Experts {
    private static final String[] ITEM = {Labels.USE_CASE, Labels.ITEM_ID, Labels.TASK};
    private static final String PLACE = "place";
    private static final String DECIDES = "decides";
    private static final String THEIR_LABEL = "their_label";
    private static final String THEIR_ANSWER = "their_answer";

    private Experts() {}

    /**
     * Returns labels as experts decide them, and one for each item that experts alone answered.
     *
     * @param labels shaped like {@link Labels}, of {@code pipeline}
     * @param experts answers of experts, shaped like {@link Answers}, of the same
     */
    static Dataset<Row> decide(Dataset<Row> labels, Dataset<Row> experts, String pipeline) {
        Dataset<Row> last = experts.withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(Answers.USE_CASE, Answers.ITEM_ID, Answers.TASK)
                                        .orderBy(
                                                col(Answers.SUBMITTED_AT).desc_nulls_last(),
                                                col(Answers.JOB_NAME),
                                                col(Answers.WORKER_ID),
                                                col(Answers.REPETITION).desc())))
                .filter(col(PLACE).equalTo(1))
                .select(
                        col(Answers.USE_CASE),
                        col(Answers.ITEM_ID),
                        col(Answers.TASK),
                        col(Answers.LABEL).as(THEIR_LABEL),
                        col(Answers.ANSWER).as(THEIR_ANSWER),
                        lit(true).as(DECIDES));
        Column decides = coalesce(col(DECIDES), lit(false))
                .and(not(coalesce(col(Labels.STATUS).equalTo(Labels.GOLD), lit(false))));
        Column same = col(THEIR_LABEL)
                .eqNullSafe(col(Labels.LABEL))
                .and(col(THEIR_ANSWER).eqNullSafe(col(Labels.ANSWER)));
        Column otherwise = decides.and(not(same));
        List<Column> columns = new ArrayList<>();
        for (String name : Labels.TABLE.columns()) {
            Column own = col(name);
            Column value = switch (name) {
                case Labels.PIPELINE -> lit(pipeline);
                case Labels.LABEL -> when(decides, col(THEIR_LABEL)).otherwise(own);
                case Labels.ANSWER -> when(decides, col(THEIR_ANSWER)).otherwise(own);
                case Labels.METHOD -> when(decides, Labels.BY_EXPERT).otherwise(own);
                case Labels.STATUS -> when(decides, Labels.AGREED).otherwise(own);
                case Labels.NEEDS -> when(not(decides), own);
                case Labels.CONFIDENCE, Labels.AGREEMENT -> when(not(otherwise), own);
                case Labels.ANSWERS -> coalesce(own, lit(0));
                case Labels.POSTERIORS ->
                    coalesce(own, array().cast(Labels.TABLE.schema().apply(name).dataType()));
                default -> own;
            };
            columns.add(value.as(name));
        }
        return labels.join(last, ITEM, "full").select(columns.toArray(Column[]::new));
    }

    /**
     * Returns labels of which those that wait for an expert say so.
     *
     * @param asked use cases whose labels an expert must confirm
     */
    static Dataset<Row> awaited(Dataset<Row> labels, Column asked) {
        Column waits = asked.and(col(Labels.STATUS).equalTo(Labels.AGREED))
                .and(col(Labels.METHOD).notEqual(Labels.BY_EXPERT));
        return labels.withColumn(Labels.NEEDS, when(waits, Labels.EXPERT).otherwise(col(Labels.NEEDS)))
                .withColumn(Labels.STATUS, when(waits, Labels.UNAPPROVED).otherwise(col(Labels.STATUS)));
    }
}
