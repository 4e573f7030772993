package dev.winnow.runtime;

import org.apache.spark.sql.SparkSession;

/** Builds sessions; the cluster's own settings come from spark-submit, not from here. */
public final class SparkSessions {
    private SparkSessions() {}

    /** Settings the results depend on; everything else is left to spark-submit. */
    public static SparkSession.Builder withRequiredSettings(SparkSession.Builder builder) {
        return builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.sql.datetime.java8API.enabled", "true");
    }
}
