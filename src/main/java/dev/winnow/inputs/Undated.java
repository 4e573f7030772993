package dev.winnow.inputs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of an input whose day nothing tells: no folder, no date, no time.
 *
 * <p>They belong to no day, so every day that reads their files counts them among its rejects; but they are held
 * against all rows of the input, since a day may be small and the history long.
 *
 * @param rows rows without a day
 * @param of rows of the whole input
 */
public record Undated(long rows, long of) {
    /** Where folders say the day, every row has one. */
    static final Undated NONE = new Undated(0, 0);

    /** Counts rows for which {@code hasNoDay} holds; a pass over the columns it names. */
    static Undated counted(Dataset<Row> rows, Column hasNoDay) {
        Row counts = rows.agg(count_if(coalesce(hasNoDay, lit(false))), count(lit(1)))
                .first();
        return new Undated(counts.getLong(0), counts.getLong(1));
    }
}
