package dev.winnow.testing;

import com.holdenkarau.spark.testing.JavaDataFrameSuiteBase;
import java.time.Duration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Compares datasets by spark-testing-base; Spark 4 has a namesake, since the registry holds no build for it. */
final class DatasetComparison extends JavaDataFrameSuiteBase {
    @Override
    public SparkSession spark() {
        return SparkExtension.session();
    }

    void equal(Dataset<Row> expected, Dataset<Row> actual) {
        assertDataFrameDataEquals(expected, actual);
    }

    void approximatelyEqual(Dataset<Row> expected, Dataset<Row> actual, double tolerance) {
        assertDataFrameApproximateEquals(
                expected, actual, tolerance, Duration.ZERO, assertDataFrameApproximateEquals$default$5());
    }
}
