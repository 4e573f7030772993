package dev.winnow.quality;

import dev.winnow.config.ConfigException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows that come to the driver, no more than it is known to hold. */
final class BoundedRows {
    private BoundedRows() {}

    /**
     * Collects.
     *
     * @param subject what has the rows, the beginning of a sentence
     * @param what plural name of a row
     * @param wayOut what to do where they are more than {@code most}
     * @throws ConfigException where they are
     */
    static List<Row> collect(Dataset<Row> rows, int most, String subject, String what, String wayOut) {
        List<Row> collected = rows.limit(most + 1).collectAsList();
        if (collected.size() > most) {
            throw new ConfigException(
                    String.format(Locale.ROOT, "%s more than %,d %s: %s", subject, most, what, wayOut));
        }
        return collected;
    }
}
