package dev.winnow.tables;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.stats.ClusterSums;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/** {@link ClusterSums} as aggregates over rows that each stand for one cluster. */
public final class ClusterColumns {
    private ClusterColumns() {}

    /**
     * Returns the aggregates, in the order in which {@link #read} takes them.
     *
     * @param x errors of the cluster, a whole number, not null
     * @param n trials of the cluster, a whole number, not null; a cluster without any is none
     */
    public static List<Column> of(Column x, Column n) {
        return List.of(
                sum(when(n.gt(0), lit(1L)).otherwise(0L)),
                sum(x),
                sum(n),
                sum(x.multiply(x)),
                sum(x.multiply(n)),
                sum(n.multiply(n)));
    }

    /** Returns what the aggregates that begin at column {@code from} add up to. */
    public static ClusterSums read(Row row, int from) {
        return new ClusterSums(
                row.getLong(from),
                row.getLong(from + 1),
                row.getLong(from + 2),
                row.getLong(from + 3),
                row.getLong(from + 4),
                row.getLong(from + 5));
    }
}
