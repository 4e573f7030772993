package dev.winnow.adapters.delta;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.Suggestions;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.HadoopPaths;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Delta tables below one root, readable by every reader of protocol version 1. One run writes at a time. */
public final class DeltaTableStore implements TableStore {
    /** What a newer Delta or a cluster's defaults would otherwise choose, and Athena or DuckDB then not read. */
    private static final Map<String, String> PROPERTIES = new TreeMap<>(Map.of(
            "delta.minReaderVersion", "1",
            "delta.minWriterVersion", "3", // the first with CHECK constraints
            "delta.enableDeletionVectors", "false",
            "delta.checkpointPolicy", "classic",
            "delta.dataSkippingNumIndexedCols", "32"));

    private static final String CONSTRAINT_PREFIX = "delta.constraints.";

    private static final Map<String, String> FEW_FILES = Map.of(
            "spark.sql.adaptive.enabled", "true", // it is what cuts files to size
            "spark.sql.adaptive.coalescePartitions.parallelismFirst", "false",
            "spark.sql.adaptive.advisoryPartitionSizeInBytes", "128m");

    /** Rows of the driver from which their copies in Spark's plans count, some 50 MB of findings. */
    private static final int MANY_ROWS = 10_000;

    private final SparkSession spark;
    private final String root;
    private final Runnable beforeCommit;
    private final Map<TableDef, StructType> prepared = new HashMap<>();

    /**
     * Creates a store; reads and writes nothing yet.
     *
     * @param root warehouse root: a folder or URI
     * @param beforeCommit called before each commit is begun; throws if this run may no longer write
     */
    public DeltaTableStore(SparkSession spark, String root, Runnable beforeCommit) {
        this.spark = spark;
        this.root = HadoopPaths.resolve(hadoop(spark), root).replaceAll("(?<=[^/:])/+$", "");
        this.beforeCommit = beforeCommit;
    }

    @Override
    public Dataset<Row> read(TableDef table) {
        StructType declared = nullable(table.schema());
        if (!exists(table.name())) {
            return spark.createDataFrame(List.of(), declared);
        }
        return inColumns(load(table.name()), declared);
    }

    @Override
    public Dataset<Row> readStored(String tableName) {
        if (!exists(tableName)) {
            throw new InputException(
                    "There is no table " + tableName + " in " + root + Suggestions.nearest(tableName, names()));
        }
        return load(tableName);
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        try {
            RemoteIterator<FileStatus> folders = fileSystem().listStatusIterator(new Path(root));
            while (folders.hasNext()) {
                FileStatus folder = folders.next();
                if (folder.isDirectory() && exists(folder.getPath().getName())) {
                    names.add(folder.getPath().getName());
                }
            }
        } catch (FileNotFoundException e) { // nothing was written yet
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Listing the tables of " + root + " failed", e);
        }
        return names.stream().sorted().toList();
    }

    @Override
    public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
        if (scope.isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected a scope with at least the pipeline: without one, " + table.name() + " loses every row");
        }
        String where = new TreeMap<>(scope)
                .entrySet().stream()
                        .map(entry -> quoted(entry.getKey()) + equalTo(entry.getValue()))
                        .collect(joining(" AND "));
        return described(table.name() + " where " + where, () -> {
            StructType stored = prepare(table);
            Observation written = new Observation();
            save(
                    table,
                    laidOut(table, rows, stored, scope)
                            .observe(written, count(lit(1)).as("rows"))
                            .write()
                            .mode("overwrite")
                            .option("replaceWhere", where));
            return rows(written);
        });
    }

    @Override
    public Dataset<Row> frame(TableDef table, List<Row> rows) {
        return rows.size() > MANY_ROWS
                ? PackedRows.frame(spark, rows, table.schema())
                : spark.createDataFrame(rows, table.schema());
    }

    @Override
    public void append(TableDef table, Dataset<Row> rows) {
        described(table.name() + " append", () -> {
            StructType stored = prepare(table);
            save(table, laidOut(table, rows, stored, Map.of()).write().mode("append"));
            return 0L;
        });
    }

    private void save(TableDef table, DataFrameWriter<Row> writer) {
        beforeCommit.run();
        writer.format("delta").save(path(table.name()));
    }

    /**
     * Brings rows into the stored columns and into few, sorted files.
     *
     * <p>A repartition without a number lets adaptive execution cut the rows at about 128 MB: one file for a small
     * table, parallel writers for a large one, without counting first. It goes by key, so that the same rows meet in
     * the same partition however they arrive. Several folders are written by as many tasks, each folder by one.
     *
     * <p>Partition columns come last in the order, and not at all where all rows have one value, as comparing those decides
     * nothing. The writer needs no order of them while it keeps as many folders open as {@code SparkSessions} lets it.
     *
     * @param scope where the rows go: a value or several for some partition columns
     */
    private static Dataset<Row> laidOut(
            TableDef table, Dataset<Row> rows, StructType schema, Map<String, Object> scope) {
        requireColumns(table, rows);
        List<String> order = new ArrayList<>(table.key());
        order.removeAll(table.partitionColumns());
        table.partitionColumns().stream()
                .filter(name -> values(scope, name) != 1)
                .forEach(order::add);
        Column[] sorted = columns(order);
        Dataset<Row> stored = inColumns(rows, nullable(schema));
        int folders = table.partitionColumns().stream()
                .mapToInt(name -> Math.max(1, values(scope, name)))
                .reduce(1, (a, b) -> a * b);
        if (folders > 1) {
            return stored.repartition(folders, columns(table.partitionColumns()))
                    .sortWithinPartitions(sorted);
        }
        Set<String> all = new LinkedHashSet<>(table.partitionColumns());
        all.addAll(table.key());
        Dataset<Row> together = all.isEmpty() ? stored.hint("rebalance") : stored.repartition(columns(all));
        return order.isEmpty() ? together : together.sortWithinPartitions(sorted);
    }

    private static Column[] columns(Collection<String> names) {
        return names.stream().map(name -> col(quoted(name))).toArray(Column[]::new);
    }

    /** How many values a column may have in a scope; 0 where it does not say. */
    private static int values(Map<String, Object> scope, String column) {
        Object value = scope.get(column);
        return value instanceof Collection<?> several ? several.size() : value == null ? 0 : 1;
    }

    /** Rows in the columns of a schema; those without a value are null. */
    private static Dataset<Row> inColumns(Dataset<Row> rows, StructType schema) {
        Set<String> given = Set.of(rows.columns());
        StructType known = new StructType(Arrays.stream(schema.fields())
                .filter(field -> given.contains(field.name()))
                .toArray(StructField[]::new));
        // Dataset.to would rebuild every list, element by element and in a query that is not compiled.
        return !hasAll(rows, known)
                ? rows.to(schema)
                : rows.select(Arrays.stream(schema.fields())
                        .map(field -> given.contains(field.name())
                                ? col(quoted(field.name()))
                                : lit(null).cast(field.dataType()).as(field.name()))
                        .toArray(Column[]::new));
    }

    /** Whether rows have all columns of a schema in its types. Types as texts don't tell what may be null in a list. */
    private static boolean hasAll(Dataset<Row> rows, StructType schema) {
        Set<String> given = Set.of(rows.columns());
        return Arrays.stream(schema.fields())
                .allMatch(field -> given.contains(field.name())
                        && rows.schema()
                                .apply(field.name())
                                .dataType()
                                .catalogString()
                                .equals(field.dataType().catalogString()));
    }

    private static void requireColumns(TableDef table, Dataset<Row> rows) {
        Set<String> given = Set.of(rows.columns());
        List<String> missing = Arrays.stream(table.schema().fields())
                .filter(field -> !field.nullable() && !given.contains(field.name()))
                .map(StructField::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "Rows for " + table.name() + " lack the required columns " + missing + "; they have " + given);
        }
    }

    /** Creates the table or completes the stored one, once in the life of this store; returns its schema. */
    private StructType prepare(TableDef table) {
        StructType known = prepared.get(table);
        if (known != null) {
            return known;
        }
        if (exists(table.name())) {
            addMissingColumns(table);
            addMissingChecks(table);
        } else {
            create(table);
        }
        StructType stored = load(table.name()).schema();
        prepared.put(table, stored);
        return stored;
    }

    /** One commit holds columns, properties and constraints, so a kill leaves the whole table or none. */
    private void create(TableDef table) {
        beforeCommit.run();
        removeEmptyLog(table);
        DeltaTableBuilder builder = DeltaTable.createIfNotExists(spark)
                .location(path(table.name()))
                .comment(table.comment())
                .partitionedBy(table.partitionColumns().toArray(String[]::new));
        for (StructField field : table.schema().fields()) {
            builder = builder.addColumn(DeltaTable.columnBuilder(spark, field.name())
                    .dataType(field.dataType())
                    .nullable(field.nullable())
                    .comment(comment(field))
                    .build());
        }
        for (Map.Entry<String, String> property : PROPERTIES.entrySet()) {
            builder = builder.property(property.getKey(), property.getValue());
        }
        for (Map.Entry<String, String> check : new TreeMap<>(table.checks()).entrySet()) {
            builder = builder.property(CONSTRAINT_PREFIX + check.getKey(), check.getValue());
        }
        builder.execute();
    }

    /** Delta takes a log folder without a commit, left by a kill, for a table and would create nothing. */
    private void removeEmptyLog(TableDef table) {
        try {
            fileSystem().delete(new Path(path(table.name()), "_delta_log"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("Clearing the empty log of " + path(table.name()) + " failed", e);
        }
    }

    private void addMissingColumns(TableDef table) {
        StructType stored = load(table.name()).schema();
        List<String> known = List.of(stored.fieldNames());
        List<String> added = new ArrayList<>();
        for (StructField field : table.schema().fields()) {
            if (!known.contains(field.name())) {
                added.add(quoted(field.name()) + " " + field.dataType().sql() + " COMMENT " + literal(comment(field)));
            } else if (!stored.apply(field.name())
                    .dataType()
                    .simpleString()
                    .equals(field.dataType().simpleString())) {
                throw new InputException("Column " + field.name() + " of " + path(table.name()) + " has type "
                        + stored.apply(field.name()).dataType().simpleString() + ", but this version writes "
                        + field.dataType().simpleString() + "; move the table away or use another warehouse");
            }
        }
        if (!added.isEmpty()) {
            alter(table, "ADD COLUMNS (" + String.join(", ", added) + ")");
        }
    }

    private void addMissingChecks(TableDef table) {
        Map<String, String> properties = DeltaTable.forPath(spark, path(table.name()))
                .detail()
                .select("properties")
                .head()
                .getJavaMap(0);
        new TreeMap<>(table.checks()).forEach((name, predicate) -> {
            String stored = properties.get(CONSTRAINT_PREFIX + name);
            if (predicate.equals(stored)) {
                return;
            }
            if (stored != null) {
                alter(table, "DROP CONSTRAINT IF EXISTS " + quoted(name));
            }
            alter(table, "ADD CONSTRAINT " + quoted(name) + " CHECK (" + predicate + ")");
        });
    }

    private void alter(TableDef table, String change) {
        beforeCommit.run();
        spark.sql("ALTER TABLE delta." + quoted(path(table.name())) + " " + change);
    }

    /** A table is there when its log holds a commit; a folder left by a killed creation is not a table. */
    private boolean exists(String tableName) {
        try {
            RemoteIterator<FileStatus> log = fileSystem().listStatusIterator(new Path(path(tableName), "_delta_log"));
            while (log.hasNext()) {
                if (log.next().getPath().getName().matches("\\d{20}\\.(json|checkpoint.*)")) {
                    return true;
                }
            }
            return false;
        } catch (FileNotFoundException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("Looking for the table " + path(tableName) + " failed", e);
        }
    }

    private Dataset<Row> load(String tableName) {
        return spark.read().format("delta").load(path(tableName));
    }

    private String path(String tableName) {
        return root + "/" + tableName;
    }

    private FileSystem fileSystem() throws IOException {
        return new Path(root).getFileSystem(hadoop(spark));
    }

    private static Configuration hadoop(SparkSession spark) {
        return spark.sparkContext().hadoopConfiguration();
    }

    /** Work whose Spark jobs carry a description and make few files. */
    private long described(String description, Supplier<Long> work) {
        return SessionSettings.with(spark, FEW_FILES, "Writes " + description, work);
    }

    /** Takes the count from the write itself, so that no second pass over the rows is needed. */
    private static long rows(Observation written) {
        try {
            return ((Number) written.getAsJava().getOrDefault("rows", 0L)).longValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the row count of a finished write", e);
        }
    }

    /** Stored rows may be older than a column, and Delta itself refuses null where a column is required. */
    private static StructType nullable(StructType schema) {
        return new StructType(Arrays.stream(schema.fields())
                .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
                .toArray(StructField[]::new));
    }

    private static String comment(StructField field) {
        return field.getComment().getOrElse(() -> "");
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static String equalTo(Object value) {
        return value instanceof Collection<?> any
                ? any.stream().map(DeltaTableStore::literal).collect(joining(", ", " IN (", ")"))
                : " = " + literal(value);
    }

    private static String literal(Object value) {
        if (value instanceof String text) {
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }
        if (value instanceof LocalDate day) {
            return "DATE'" + day + "'";
        }
        if (value instanceof Integer || value instanceof Long) {
            return value.toString();
        }
        throw new IllegalArgumentException("Expected a text, day or whole number in a scope, got " + value);
    }
}
