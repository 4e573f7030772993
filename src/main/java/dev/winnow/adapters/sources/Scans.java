package dev.winnow.adapters.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.FileStatusWithMetadata;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;

/** What the physical plan of a frame reads; nothing is executed. */
final class Scans {
    /** Rows that stand in the plan itself, such as those of a filter that leaves nothing. */
    private static final Pattern IN_MEMORY = Pattern.compile("LocalTableScan|Range|Scan OneRowRelation");

    private Scans() {}

    /** Returns the leaves of the plan: scans of files, and whatever else feeds it. */
    static List<SparkPlan> leaves(Dataset<Row> rows) {
        List<SparkPlan> leaves = new ArrayList<>();
        scala.collection.Iterator<SparkPlan> all =
                queryExecution(rows).sparkPlan().collectLeaves().iterator();
        while (all.hasNext()) {
            leaves.add(all.next());
        }
        return leaves;
    }

    /** Returns the scans of files (Parquet, CSV, JSON, Delta). */
    static List<FileSourceScanExec> ofFiles(Dataset<Row> rows) {
        return leaves(rows).stream()
                .filter(FileSourceScanExec.class::isInstance)
                .map(FileSourceScanExec.class::cast)
                .toList();
    }

    /** Returns what feeds the plan from outside without saying from which files: other catalogs' and Hive's scans. */
    static List<SparkPlan> unlisted(Dataset<Row> rows) {
        return leaves(rows).stream()
                .filter(leaf -> !(leaf instanceof FileSourceScanExec)
                        && !IN_MEMORY.matcher(leaf.nodeName()).lookingAt())
                .toList();
    }

    /** Returns the files that the scan's own filters leave. */
    static List<FileStatus> files(FileSourceScanExec scan) {
        List<FileStatus> files = new ArrayList<>();
        scala.collection.Iterator<PartitionDirectory> folders = scan.relation()
                .location()
                .listFiles(scan.partitionFilters(), scan.dataFilters())
                .iterator();
        while (folders.hasNext()) {
            scala.collection.Iterator<FileStatusWithMetadata> inFolder =
                    folders.next().files().iterator();
            while (inFolder.hasNext()) {
                files.add(inFolder.next().fileStatus());
            }
        }
        return files;
    }

    /** Returns the places the scan starts from, as the file system names them. */
    static List<Path> roots(FileSourceScanExec scan) {
        List<Path> roots = new ArrayList<>();
        scala.collection.Iterator<Path> all =
                scan.relation().location().rootPaths().iterator();
        while (all.hasNext()) {
            roots.add(all.next());
        }
        return roots;
    }

    /** Spark 4 declares this method on a subclass only, so it is looked up on the frame itself. */
    private static QueryExecution queryExecution(Dataset<Row> rows) {
        try {
            return (QueryExecution) rows.getClass().getMethod("queryExecution").invoke(rows);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This Spark shows no plan of " + rows.getClass(), e);
        }
    }
}
