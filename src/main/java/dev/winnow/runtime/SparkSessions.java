package dev.winnow.runtime;

import dev.winnow.config.S3Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Builds sessions; the cluster's own settings come from spark-submit, not from here. */
public final class SparkSessions {
    /** Least number of tasks of a shuffle on one machine; chosen by judgement. */
    private static final int LOCAL_PARTITIONS = 4;

    /**
     * A day compiles more queries than the 100 that Spark keeps, which would compile each of them anew for the next day.
     * The oldest are dropped, so this bounds the memory they take, too; chosen by judgement.
     */
    private static final String COMPILED_QUERIES = "1000";

    /** Folders that a task writes at once, so that rows need no order of folders; chosen by judgement. */
    private static final String OPEN_FOLDERS = "64";

    private static final String MASTER = "spark.master";
    private static final String LOCAL_DIR = "spark.local.dir";

    /** What must fit into a scratch folder at the start; chosen by judgement. */
    private static final int SCRATCH_BYTES = 1 << 20;

    private static final String S3A = "spark.hadoop.fs.s3a.";
    private static final String S3_IMPL = "fs.s3.impl";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ANY_REGION = "us-east-1";

    private SparkSessions() {}

    /** Settings the results depend on; everything else is left to spark-submit. */
    public static SparkSession.Builder withRequiredSettings(SparkSession.Builder builder) {
        return builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.sql.maxConcurrentOutputFileWriters", OPEN_FOLDERS)
                .config("spark.sql.datetime.java8API.enabled", "true");
    }

    /**
     * Starts the session of a run, or takes the one that spark-submit's settings describe.
     *
     * @param settings the configuration's own Spark settings; they hold where spark-submit set nothing
     */
    public static SparkSession open(String appName, Map<String, String> settings, S3Settings s3) {
        SparkConf submitted = new SparkConf();
        Map<String, String> additions = additions(submitted, new Configuration(), settings, s3);
        if (submitted.get(MASTER, additions.getOrDefault(MASTER, "")).startsWith("local")) {
            requireScratch(scratch(submitted.get(LOCAL_DIR, additions.getOrDefault(LOCAL_DIR, ""))));
        }
        SparkSession.Builder builder =
                withRequiredSettings(SparkSession.builder().appName(appName));
        additions.forEach(builder::config);
        return builder.getOrCreate();
    }

    private static List<Path> scratch(String localDir) {
        String folders = System.getenv().getOrDefault("SPARK_LOCAL_DIRS", localDir);
        return Arrays.stream((folders.isBlank() ? System.getProperty("java.io.tmpdir") : folders).split(","))
                .map(folder -> Path.of(folder.strip()))
                .toList();
    }

    /** Writes to a scratch folder before Spark does: Spark ends the process without a word if none takes anything. */
    static void requireScratch(List<Path> folders) {
        IOException failure = null;
        for (Path folder : folders) {
            try {
                if (!Files.isDirectory(folder)) { // createDirectories refuses a link to a directory
                    Files.createDirectories(folder);
                }
                Path probe = Files.createTempFile(folder, "winnow-", ".probe");
                try {
                    Files.write(probe, new byte[SCRATCH_BYTES]);
                    return;
                } finally {
                    Files.deleteIfExists(probe);
                }
            } catch (FileSystemException e) {
                failure = e;
            } catch (IOException e) { // what goes wrong while a file is written does not name it
                failure = new FileSystemException(folder.toString(), null, e.getMessage());
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw new UncheckedIOException("Writing to the scratch folder " + folders + " failed", failure);
        }
    }

    /** Returns what is to be added to the settings that are there already. */
    static Map<String, String> additions(
            SparkConf submitted, Configuration hadoop, Map<String, String> settings, S3Settings s3) {
        Map<String, String> wanted = new TreeMap<>();
        wanted.put(MASTER, "local[*]");
        wanted.put("spark.sql.codegen.cache.maxEntries", COMPILED_QUERIES);
        if (submitted.get(MASTER, settings.getOrDefault(MASTER, "local")).startsWith("local")) {
            wanted.put("spark.driver.host", LOOPBACK); // a laptop's own name often resolves to nowhere
            wanted.put("spark.driver.bindAddress", LOOPBACK);
            // Sized for one machine: the defaults' 200 and 50 tasks would cost more than the work of a small day.
            wanted.put(
                    "spark.sql.shuffle.partitions",
                    Integer.toString(
                            Math.max(LOCAL_PARTITIONS, Runtime.getRuntime().availableProcessors())));
            wanted.put("spark.databricks.delta.snapshotPartitions", "2");
            // Winnow's tables have paths; an empty catalog folder in the current one would only puzzle.
            wanted.put("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/winnow-spark-catalog");
            wanted.put("spark.ui.enabled", "false");
            wanted.put("spark.sql.ui.explainMode", "simple"); // plans that nobody looks at are still written out
            wanted.put("spark.ui.showConsoleProgress", "false");
            if (System.getProperty("log4j2.configurationFile") == null) {
                wanted.put("spark.log.level", "WARN");
            }
        }
        if (hadoop.get(S3_IMPL) == null) { // EMR brings its own
            wanted.put("spark.hadoop." + S3_IMPL, "org.apache.hadoop.fs.s3a.S3AFileSystem");
        }
        if (!s3.region().isEmpty()) {
            wanted.put(S3A + "endpoint.region", s3.region());
        }
        if (!s3.endpoint().isEmpty()) {
            wanted.put(S3A + "endpoint", s3.endpoint());
            wanted.putIfAbsent(S3A + "endpoint.region", ANY_REGION); // else S3A asks AWS where the bucket lives
            // Not every server answers conditional reads; comparing tags here notices a changed object as well.
            wanted.put(S3A + "change.detection.mode", "client");
        }
        if (s3.pathStyle()) {
            wanted.put(S3A + "path.style.access", "true");
        }
        if (!s3.kmsKey().isEmpty()) {
            wanted.put(S3A + "encryption.algorithm", "SSE-KMS");
            wanted.put(S3A + "encryption.key", s3.kmsKey());
        }
        wanted.putAll(settings);
        wanted.keySet().removeIf(submitted::contains);
        return wanted;
    }
}
