package dev.winnow.bench;

import dev.winnow.testing.Jvm;
import java.util.Map;

/**
 * A cluster of this machine whose executor is a process of its own, so that the heap of this process is the driver's alone.
 * Spark asks for a distribution at {@code SPARK_HOME}; {@code scripts/bench} names an empty one, for the executor takes this
 * process' class path.
 */
final class BenchCluster {
    private BenchCluster() {}

    /** Settings of a session with one executor of so many cores and so much heap. */
    static Map<String, String> settings(int cores, long megabytes) {
        return Map.of(
                "spark.master",
                "local-cluster[1," + cores + "," + megabytes + "]",
                "spark.executor.memory",
                megabytes + "m",
                "spark.executor.extraClassPath",
                System.getProperty("java.class.path"),
                "spark.executor.extraJavaOptions",
                "-Duser.timezone=UTC " + Jvm.opens());
    }
}
