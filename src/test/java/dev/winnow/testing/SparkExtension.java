package dev.winnow.testing;

import dev.winnow.runtime.SparkSessions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one session of this JVM: {@code @ExtendWith(SparkExtension.class)}. */
public final class SparkExtension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SparkSession.class;
    }

    @Override
    public SparkSession resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return session();
    }

    public static SparkSession session() {
        return SparkSessions.withRequiredSettings(SparkSession.builder().master("local[2]"))
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.databricks.delta.snapshotPartitions", "2")
                // Two test processes run side by side.
                .config(
                        "spark.sql.warehouse.dir",
                        "target/warehouse/" + ProcessHandle.current().pid())
                // For a handful of rows compiling a query or planning it anew takes longer than running it; processes
                // in
                // *IT do both.
                .config("spark.sql.adaptive.enabled", "false")
                .config("spark.sql.ui.explainMode", "simple")
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .getOrCreate();
    }
}
