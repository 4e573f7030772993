package dev.winnow.answers;

import static dev.winnow.answers.Answers.ANSWER;
import static dev.winnow.answers.Answers.LABEL;
import static dev.winnow.answers.Answers.STATUS;
import static dev.winnow.answers.Answers.SUBMITTED_AT;
import static dev.winnow.answers.Answers.TASK;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.rank;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Brings answers together, whichever came first and however often they come.
 *
 * <p>Of several answers with the same key the latest holds. Where those of the latest time differ, they become one that is
 * {@link Answers#CONFLICTING} and stays so until a later answer comes. The result depends on the set of answers alone:
 * merging is commutative, associative and idempotent.
 */
final class Merge {
    private static final String NEWEST = "newest";
    private static final String LOW = "low";
    private static final String HIGH = "high";
    private static final String REST = "rest";
    private static final String CONFLICT = "conflict";

    private Merge() {}

    /** Merges rows shaped like {@link Answers}. */
    static Dataset<Row> of(Dataset<Row> some, Dataset<Row> others) {
        Column[] key = columns(Answers.TABLE.key());
        List<String> content = List.of(TASK, LABEL, ANSWER);
        List<String> rest = new ArrayList<>(Answers.TABLE.columns());
        rest.removeAll(Answers.TABLE.key());
        rest.removeAll(content);
        rest.remove(STATUS);
        Dataset<Row> newest = some.unionByName(others)
                .withColumn(
                        NEWEST,
                        rank().over(Window.partitionBy(key)
                                .orderBy(col(SUBMITTED_AT).desc_nulls_last())))
                .filter(col(NEWEST).equalTo(1));
        Dataset<Row> merged = newest.groupBy(key)
                .agg(
                        min(struct(columns(content))).as(LOW),
                        max(struct(columns(content))).as(HIGH),
                        max(col(STATUS)).as(CONFLICT), // CONFLICTING comes after ANSWERED
                        min(struct(columns(rest))).as(REST))
                .withColumn(
                        CONFLICT, col(CONFLICT).equalTo(Answers.CONFLICTING).or(not(col(LOW).eqNullSafe(col(HIGH)))));
        List<Column> result = new ArrayList<>();
        for (String name : Answers.TABLE.columns()) {
            if (Answers.TABLE.key().contains(name)) {
                result.add(col(name));
            } else if (name.equals(STATUS)) {
                result.add(when(col(CONFLICT), lit(Answers.CONFLICTING))
                        .otherwise(lit(Answers.ANSWERED))
                        .as(STATUS));
            } else if (name.equals(LABEL) || name.equals(ANSWER)) {
                result.add(when(not(col(CONFLICT)), col(LOW).getField(name)).as(name));
            } else {
                result.add(col(name.equals(TASK) ? LOW : REST).getField(name).as(name));
            }
        }
        return merged.select(result.toArray(Column[]::new));
    }

    private static Column[] columns(List<String> names) {
        return names.stream().map(name -> col(name)).toArray(Column[]::new);
    }
}
