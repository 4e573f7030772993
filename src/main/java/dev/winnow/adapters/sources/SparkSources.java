package dev.winnow.adapters.sources;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InputSettings;
import dev.winnow.config.InputSettings.Format;
import dev.winnow.config.Suggestions;
import dev.winnow.ports.SourceReader;
import dev.winnow.runtime.HadoopPaths;
import dev.winnow.tables.InputException;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Input tables through Spark's own readers. */
public final class SparkSources implements SourceReader {
    private static final String MALFORMED = "_winnow_malformed";

    private final SparkSession spark;
    private final @Nullable Map<InputSettings, Dataset<Row>> opened;

    private SparkSources(SparkSession spark, @Nullable Map<InputSettings, Dataset<Row>> opened) {
        this.spark = spark;
        this.opened = opened;
    }

    /** Creates a reader that looks at the files anew whenever an input is opened; opens nothing yet. */
    public SparkSources(SparkSession spark) {
        this(spark, null);
    }

    /**
     * Creates a reader for one run, thrown away after it: an input's files are listed and its schema is inferred once,
     * so all stages and days of the run see the same files. One that vanishes meanwhile makes the run fail.
     */
    public static SparkSources ofOneRun(SparkSession spark) {
        return new SparkSources(spark, new HashMap<>());
    }

    @Override
    public Dataset<Row> open(InputSettings input) {
        return opened == null ? look(input) : opened.computeIfAbsent(input, this::look);
    }

    private Dataset<Row> look(InputSettings input) {
        try {
            if (!input.table().isEmpty()) {
                return spark.table(input.table());
            }
            String path = HadoopPaths.resolve(hadoop(), input.path());
            requireFiles(input, new Path(path));
            return switch (input.format()) {
                case PARQUET -> spark.read().options(input.options()).parquet(path);
                case DELTA -> delta(input, path);
                case CSV -> wholeRows(input, path, Map.of("header", "true", "enforceSchema", "false"));
                case JSON -> wholeRows(input, path, Map.of("primitivesAsString", "true"));
            };
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw OpeningFailures.opening(input, e);
        }
    }

    @Override
    public Dataset<Row> open(InputSettings input, Collection<LocalDate> days) {
        Dataset<Row> all = open(input);
        if (!input.byDay()) {
            return all;
        }
        String filter = new TreeSet<>(days)
                .stream().map(day -> "(" + input.partitionFilterOf(day) + ")").collect(joining(" OR "));
        Dataset<Row> rows = filtered(input, all, filter.isEmpty() ? "false" : filter);
        requirePruning(input, rows);
        return rows;
    }

    @Override
    public List<InputFile> files(InputSettings input, Dataset<Row> rows) {
        Set<InputFile> files = new LinkedHashSet<>();
        for (FileSourceScanExec scan : Scans.ofFiles(rows)) {
            String root = root(input, scan);
            for (FileStatus file : Scans.files(scan)) {
                files.add(new InputFile(below(root, file.getPath()), file.getLen(), file.getModificationTime()));
            }
        }
        return files.stream().sorted(Comparator.comparing(InputFile::name)).toList();
    }

    @Override
    public boolean listsFiles(Dataset<Row> rows) {
        return Scans.unlisted(rows).isEmpty();
    }

    private Dataset<Row> delta(InputSettings input, String path) {
        if (!DeltaTable.isDeltaTable(spark, path)) {
            throw new InputException(OpeningFailures.key(input) + ": " + input.path()
                    + " is no Delta table (it has no _delta_log); check the path, or set inputs." + input.name()
                    + ".format");
        }
        return spark.read().options(input.options()).format("delta").load(path);
    }

    /**
     * Reads text files so that a malformed line is a row without any value, never half a row and never lost.
     *
     * <p>Half a row would be worse than none: a line cut before its label reads like an image without output. The
     * contract rejects rows without an id, and counts them. A JSON field that does not fit a given schema makes its
     * line malformed only in frames that read the field, since Spark parses no other.
     */
    private Dataset<Row> wholeRows(InputSettings input, String path, Map<String, String> defaults) {
        Map<String, String> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        options.putAll(defaults);
        options.putAll(input.options());
        options.put("mode", "PERMISSIVE");
        options.put("columnPruning", "false"); // a CSV line is only known to be short when all of it is parsed
        options.put("columnNameOfCorruptRecord", MALFORMED);
        StructType schema =
                new StructType(Arrays.stream(schema(input, path, options).fields())
                        .filter(field -> !field.name().equals(MALFORMED))
                        .toArray(StructField[]::new));
        Dataset<Row> raw = load(
                input.format(),
                spark.read().options(options).schema(schema.add(MALFORMED, DataTypes.StringType)),
                path);
        Set<String> partitions = partitionColumns(raw);
        Column whole = col(MALFORMED).isNull();
        return raw.select(Arrays.stream(raw.columns())
                .filter(name -> !name.equals(MALFORMED))
                // A partition column comes from the folder, and a condition on it would hide it from pruning.
                .map(name -> partitions.contains(name)
                        ? column(name)
                        : when(whole, column(name)).as(name))
                .toArray(Column[]::new));
    }

    private StructType schema(InputSettings input, String path, Map<String, String> options) {
        if (input.schema().isEmpty()) {
            return load(input.format(), spark.read().options(options), path).schema();
        }
        try {
            return StructType.fromDDL(input.schema());
        } catch (Exception e) { // a parse error is checked, but not declared
            throw new ConfigException("inputs." + input.name() + ".schema: " + input.schema() + " is no DDL schema: "
                    + OpeningFailures.firstLine(e));
        }
    }

    private static Dataset<Row> load(Format format, DataFrameReader reader, String path) {
        return format == Format.CSV ? reader.csv(path) : reader.json(path);
    }

    private static Dataset<Row> filtered(InputSettings input, Dataset<Row> rows, String filter) {
        try {
            return rows.filter(expr(filter));
        } catch (Exception e) { // an analysis error is checked, but not declared
            String unknown = e instanceof SparkThrowable analysis
                    ? analysis.getMessageParameters()
                            .getOrDefault("objectName", "")
                            .replace("`", "")
                    : "";
            List<String> columns = List.of(rows.columns());
            String near = Suggestions.nearest(unknown, columns);
            throw new ConfigException(filterKey(input)
                    + (unknown.isEmpty()
                            ? "is no predicate on the source's columns: " + OpeningFailures.firstLine(e)
                            : "names the column " + unknown + ", which is not there" + (near.endsWith("?") ? near : ""))
                    + "; columns of " + input.place() + ": " + String.join(", ", columns));
        }
    }

    /** Every scan that has partitions must be cut by the filter, and one at least must have some. */
    private static void requirePruning(InputSettings input, Dataset<Row> rows) {
        List<FileSourceScanExec> scans = Scans.ofFiles(rows);
        boolean nothingToRead = scans.isEmpty()
                && Scans.leaves(rows).stream().allMatch(leaf -> leaf.nodeName().startsWith("LocalTableScan"));
        List<FileSourceScanExec> partitioned = scans.stream()
                .filter(scan -> scan.relation().partitionSchema().length() > 0)
                .toList();
        boolean pruned = !partitioned.isEmpty()
                && partitioned.stream().allMatch(scan -> scan.partitionFilters().nonEmpty());
        if (!pruned && !nothingToRead) {
            String names = partitioned.stream()
                    .flatMap(scan ->
                            Arrays.stream(scan.relation().partitionSchema().fieldNames()))
                    .distinct()
                    .collect(joining(", "));
            throw new ConfigException(filterKey(input)
                    + "cuts no partition, so every file would be read for every day; "
                    + (names.isEmpty()
                            ? input.place() + " has no partition columns: set it to none if the table is small"
                            : "partition columns of " + input.place() + ": " + names));
        }
    }

    private static String filterKey(InputSettings input) {
        return "inputs." + input.name() + ".partition-filter: \"" + input.partitionFilter() + "\" ";
    }

    private static Set<String> partitionColumns(Dataset<Row> rows) {
        Set<String> names = new LinkedHashSet<>();
        for (FileSourceScanExec scan : Scans.ofFiles(rows)) {
            names.addAll(List.of(scan.relation().partitionSchema().fieldNames()));
        }
        return names;
    }

    /** Stops before Spark does, since it takes a missing folder, an empty one and a wrong format for the same. */
    private void requireFiles(InputSettings input, Path path) throws IOException {
        FileSystem files = path.getFileSystem(hadoop());
        FileStatus[] roots = files.globStatus(path);
        if (roots == null || roots.length == 0) {
            throw new InputException(OpeningFailures.key(input) + ": nothing is at " + input.path()
                    + "; check the path, and whether the data was delivered");
        }
        for (FileStatus root : roots) {
            if (root.isFile() || input.format() == Format.DELTA || holdsData(files, root.getPath())) {
                return;
            }
        }
        throw new InputException(OpeningFailures.key(input) + ": " + input.path()
                + " holds no data file (names that begin with _ or . do not count); check the path, and whether the"
                + " data was delivered");
    }

    private static boolean holdsData(FileSystem files, Path root) throws IOException {
        RemoteIterator<LocatedFileStatus> all = files.listFiles(root, true);
        int rootLength = root.toUri().getPath().length();
        while (all.hasNext()) {
            String name = all.next().getPath().toUri().getPath().substring(rootLength);
            if (Arrays.stream(name.split("/")).noneMatch(SparkSources::hidden)) {
                return true;
            }
        }
        return false;
    }

    /** Names that Spark's readers pass over. */
    private static boolean hidden(String name) {
        return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
    }

    /** Returns the place that names are relative to: the input's own, up to the first wildcard, without its scheme. */
    private String root(InputSettings input, FileSourceScanExec scan) {
        Path place = input.path().isEmpty()
                ? Scans.roots(scan).get(0)
                : new Path(HadoopPaths.resolve(hadoop(), input.path()));
        try {
            return place.getFileSystem(hadoop())
                    .makeQualified(place)
                    .toUri()
                    .getPath()
                    .replaceFirst("/[^/]*[*?\\[{].*", "");
        } catch (IOException e) {
            throw OpeningFailures.opening(input, e);
        }
    }

    /** A file is named the same wherever its root lies; one that lies elsewhere keeps its whole path. */
    private static String below(String root, Path file) {
        String path = file.toUri().getPath();
        if (path.equals(root)) {
            return file.getName();
        }
        String folder = root.endsWith("/") ? root : root + "/";
        return path.startsWith(folder) ? path.substring(folder.length()) : path;
    }

    private static Column column(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    private Configuration hadoop() {
        return spark.sparkContext().hadoopConfiguration();
    }
}
