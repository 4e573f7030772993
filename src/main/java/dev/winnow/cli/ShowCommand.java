package dev.winnow.cli;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.winnow.config.Suggestions;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rows of an output table. */
@Command(
        name = ShowCommand.NAME,
        description = "Shows rows of an output table; without a table, lists the tables.",
        footer = {
            "",
            "Example:",
            "  winnow show segment_findings --warehouse target/demo/warehouse --where \"fdr > 0.2\""
        })
final class ShowCommand implements Callable<Integer> {
    static final String NAME = "show";

    private static final String VIEW = "winnow_shown";
    private static final Map<String, String> JSON_OPTIONS = Map.of("ignoreNullFields", "false");

    /** How rows are written. */
    enum Format {
        text,
        csv,
        json
    }

    @Mixin
    private ReadOptions options;

    @Parameters(index = "0", arity = "0..1", paramLabel = "TABLE", description = "Name of the table.")
    private @Nullable String table;

    @Option(names = "--where", paramLabel = "SQL", description = "Shows only rows for which this holds.")
    private @Nullable String where;

    @Option(names = "--columns", split = ",", paramLabel = "NAME", description = "Shows only these columns.")
    private List<String> columns = List.of();

    @Option(
            names = "--order-by",
            paramLabel = "SQL",
            description = "Order, such as \"fdr DESC\"; default: the table's key. Ties are ordered by the key.")
    private @Nullable String orderBy;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "Rows at most; default 20.")
    private int limit;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text (aligned, long values cut, numbers rounded), csv or json (one object a line).")
    private Format format;

    private final Context context;

    ShowCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new UsageException("--limit must be at least 1, got " + limit);
        }
        ReadOptions.Place place = options.place(context.wiring()::objects);
        SparkSession spark = context.wiring().session("winnow-" + NAME, place.spark(), place.s3());
        try {
            TableStore tables = context.wiring().tables(spark, place.warehouse(), ShowCommand::forbidCommit);
            if (table == null) {
                list(tables, place.warehouse());
            } else {
                show(tables, table, place.warehouse());
            }
        } finally {
            context.wiring().stop(spark);
        }
        return 0;
    }

    private static void forbidCommit() {
        throw new IllegalStateException("show tried to commit");
    }

    private void list(TableStore tables, String warehouse) {
        List<List<String>> rows = new ArrayList<>();
        for (String name : tables.names()) {
            rows.add(List.of(name, Long.toString(tables.readStored(name).count())));
        }
        if (rows.isEmpty()) {
            context.err().println("There are no tables in " + warehouse + " yet.");
        }
        print(List.of("table", "rows"), rows);
    }

    private void show(TableStore tables, String name, String warehouse) throws Exception {
        if (!tables.names().contains(name)) {
            List<String> names = tables.names();
            String known = names.isEmpty() ? "; it is empty" : Suggestions.nearest(name, names);
            throw new UsageException("there is no table " + name + " in " + warehouse + known
                    + (known.contains("known:") || names.isEmpty() ? "" : " Tables: " + String.join(", ", names)));
        }
        Dataset<Row> stored = tables.readStored(name);
        String condition = where;
        Dataset<Row> filtered = condition == null ? stored : sql("--where " + condition, () -> stored.where(condition));
        Dataset<Row> shown = ordered(name, filtered).limit(limit).select(shownColumns(stored.schema()));
        if (format == Format.json) {
            shown.select(to_json(struct(col("*")), JSON_OPTIONS))
                    .collectAsList()
                    .forEach(row -> context.out().println(row.getString(0)));
        } else {
            print(List.of(shown.columns()), texts(shown));
        }
    }

    /** The user's order first; then the key, or all columns, so that the same rows come in the same order. */
    private Dataset<Row> ordered(String name, Dataset<Row> rows) throws Exception {
        List<String> key = context.wiring().declared().stream()
                .filter(declared -> declared.name().equals(name))
                .map(TableDef::key)
                .findFirst()
                .orElse(List.of());
        List<String> ties = new ArrayList<>();
        for (StructField field : rows.schema().fields()) {
            if (key.isEmpty() || key.contains(field.name())) {
                String quoted = quoted(field.name());
                ties.add(hasMap(field.dataType()) ? "to_json(" + quoted + ")" : quoted);
            }
        }
        rows.createOrReplaceTempView(VIEW); // SQL alone understands a list such as "a DESC NULLS LAST, b"
        try {
            String first = orderBy == null ? "" : orderBy + "\n, ";
            return sql(
                    "--order-by " + orderBy,
                    () -> rows.sparkSession()
                            .sql("SELECT * FROM " + VIEW + " ORDER BY " + first + String.join(", ", ties)));
        } finally {
            rows.sparkSession().catalog().dropTempView(VIEW);
        }
    }

    private Column[] shownColumns(StructType schema) {
        List<String> known = List.of(schema.fieldNames());
        List<String> names = columns.isEmpty() ? known : columns;
        for (String name : names) {
            if (!known.contains(name)) {
                throw new UsageException("there is no column " + name + Suggestions.nearest(name, known));
            }
        }
        return names.stream().map(ShowCommand::column).toArray(Column[]::new);
    }

    private static Column column(String name) {
        return col(quoted(name));
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static boolean hasMap(DataType type) {
        if (type instanceof StructType struct) {
            return List.of(struct.fields()).stream().anyMatch(field -> hasMap(field.dataType()));
        }
        return type instanceof MapType || (type instanceof ArrayType array && hasMap(array.elementType()));
    }

    private List<List<@Nullable String>> texts(Dataset<Row> rows) {
        StructField[] fields = rows.schema().fields();
        Column[] texts = List.of(fields).stream().map(ShowCommand::text).toArray(Column[]::new);
        List<List<@Nullable String>> result = new ArrayList<>();
        for (Row row : rows.select(texts).collectAsList()) {
            List<@Nullable String> cells = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                String value = row.getString(i);
                boolean rounded = value != null && format == Format.text && isFraction(fields[i].dataType());
                cells.add(rounded ? TextTable.rounded(value) : value);
            }
            result.add(cells);
        }
        return result;
    }

    private static boolean isFraction(DataType type) {
        return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
    }

    private static Column text(StructField field) {
        DataType type = field.dataType();
        Column column = column(field.name());
        if (type instanceof StructType || type instanceof ArrayType || type instanceof MapType) {
            return to_json(column, JSON_OPTIONS);
        }
        return type instanceof BinaryType ? base64(column) : column.cast(DataTypes.StringType);
    }

    private void print(List<String> header, List<? extends List<? extends @Nullable String>> rows) {
        if (format == Format.csv) {
            TextTable.csv(header, rows).forEach(line -> context.out().print(line + "\r\n"));
        } else {
            TextTable.text(header, rows).forEach(context.out()::println);
        }
    }

    /** SQL that the user wrote and Spark refuses is the user's to correct. */
    private static Dataset<Row> sql(String what, Supplier<Dataset<Row>> query) throws Exception {
        try {
            return query.get();
        } catch (Exception e) {
            if (e instanceof AnalysisException) { // Scala does not declare it
                throw new UsageException(what + ": " + Failures.first(e));
            }
            throw e;
        }
    }
}
