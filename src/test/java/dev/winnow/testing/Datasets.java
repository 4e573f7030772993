package dev.winnow.testing;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The one place where tests compare whole datasets. */
public final class Datasets {
    private static final DatasetComparison COMPARISON = new DatasetComparison();

    private Datasets() {}

    /** Same schema, same rows with the same multiplicity, in any order. */
    public static void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
        COMPARISON.equal(expected, actual);
    }

    /** Same rows in the same order, doubles within {@code tolerance}. */
    public static void assertSameRows(Dataset<Row> expected, Dataset<Row> actual, double tolerance) {
        COMPARISON.approximatelyEqual(expected, actual, tolerance);
    }
}
