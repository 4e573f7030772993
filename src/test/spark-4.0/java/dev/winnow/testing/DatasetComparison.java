package dev.winnow.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Compares datasets on Spark 4, for which the registry holds no spark-testing-base. */
final class DatasetComparison {
    void equal(Dataset<Row> expected, Dataset<Row> actual) {
        assertThat(actual.schema().simpleString())
                .isEqualTo(expected.schema().simpleString());
        assertThat(actual.collectAsList()).containsExactlyInAnyOrderElementsOf(expected.collectAsList());
    }

    void approximatelyEqual(Dataset<Row> expected, Dataset<Row> actual, double tolerance) {
        List<Row> left = expected.collectAsList();
        List<Row> right = actual.collectAsList();
        assertThat(right).hasSameSizeAs(left);
        for (int i = 0; i < left.size(); i++) {
            for (int c = 0; c < left.get(i).size(); c++) {
                if (left.get(i).get(c) instanceof Double number) {
                    assertThat(right.get(i).getDouble(c)).isCloseTo(number, within(tolerance));
                } else {
                    assertThat(right.get(i).get(c)).isEqualTo(left.get(i).get(c));
                }
            }
        }
    }
}
