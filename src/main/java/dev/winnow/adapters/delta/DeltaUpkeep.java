package dev.winnow.adapters.delta;

import dev.winnow.ports.TableUpkeep;
import dev.winnow.runtime.HadoopPaths;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** OPTIMIZE and VACUUM of the Delta tables below one root. */
public final class DeltaUpkeep implements TableUpkeep {
    private static final double SECONDS_PER_HOUR = 3_600;

    private final SparkSession spark;
    private final String root;
    private final Runnable beforeCommit;

    /**
     * Prepares the upkeep of the tables of a warehouse.
     *
     * @param root warehouse root: a folder or URI
     * @param beforeCommit called before anything is changed; throws if this run may no longer write
     */
    public DeltaUpkeep(SparkSession spark, String root, Runnable beforeCommit) {
        this.spark = spark;
        this.root = HadoopPaths.resolve(hadoop(spark), root).replaceAll("(?<=[^/:])/+$", "");
        this.beforeCommit = beforeCommit;
    }

    /** A table's files in its folder. */
    private record Stored(long files, long bytes) {}

    @Override
    public Kept keep(String tableName, long targetBytes, Duration retention) {
        String path = root + "/" + tableName;
        long before = liveFiles(path);
        Map<String, String> settings = Map.of(
                "spark.databricks.delta.optimize.minFileSize",
                Long.toString(targetBytes),
                "spark.databricks.delta.optimize.maxFileSize",
                Long.toString(targetBytes),
                // Its log entries would make every repetition a commit.
                "spark.databricks.delta.vacuum.logging.enabled",
                "false",
                // What may be removed is the configuration's to say, which has a limit of its own.
                "spark.databricks.delta.retentionDurationCheck.enabled",
                "false",
                // VACUUM lists folders in so many tasks, 10,000 of which would take longer than all else.
                "spark.sql.sources.parallelPartitionDiscovery.parallelism",
                Integer.toString(spark.sparkContext().defaultParallelism()));
        return SessionSettings.with(spark, settings, "Maintains " + tableName, () -> {
            beforeCommit.run();
            DeltaTable.forPath(spark, path).optimize().executeCompaction();
            Stored all = stored(path);
            beforeCommit.run();
            DeltaTable.forPath(spark, path).vacuum(retention.toSeconds() / SECONDS_PER_HOUR);
            Stored left = stored(path);
            return new Kept(before, liveFiles(path), all.files() - left.files(), all.bytes() - left.bytes());
        });
    }

    private long liveFiles(String path) {
        Row detail = DeltaTable.forPath(spark, path).detail().select("numFiles").head();
        return detail.getLong(0);
    }

    private Stored stored(String path) {
        long files = 0;
        long bytes = 0;
        Path folder = new Path(path);
        String log = folder.toUri().getPath() + "/_delta_log/";
        try {
            RemoteIterator<LocatedFileStatus> all =
                    folder.getFileSystem(hadoop(spark)).listFiles(folder, true);
            while (all.hasNext()) {
                LocatedFileStatus file = all.next();
                if (!file.getPath().toUri().getPath().startsWith(log)) {
                    files++;
                    bytes += file.getLen();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Listing the files of " + path + " failed", e);
        }
        return new Stored(files, bytes);
    }

    private static Configuration hadoop(SparkSession spark) {
        return spark.sparkContext().hadoopConfiguration();
    }
}
