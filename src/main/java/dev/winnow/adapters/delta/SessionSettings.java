package dev.winnow.adapters.delta;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Settings of a session for the time of one piece of work. */
final class SessionSettings {
    private SessionSettings() {}

    /** Does work whose Spark jobs carry a description; afterwards the session is as before. */
    static <T> T with(SparkSession spark, Map<String, String> settings, String description, Supplier<T> work) {
        Map<String, scala.Option<String>> before = new TreeMap<>();
        settings.forEach((key, value) -> {
            before.put(key, spark.conf().getOption(key));
            spark.conf().set(key, value);
        });
        spark.sparkContext().setJobDescription(description);
        try {
            return work.get();
        } finally {
            spark.sparkContext().setJobDescription(null);
            before.forEach((key, value) -> {
                if (value.isDefined()) {
                    spark.conf().set(key, value.get());
                } else {
                    spark.conf().unset(key);
                }
            });
        }
    }
}
