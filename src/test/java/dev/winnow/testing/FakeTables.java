package dev.winnow.testing;

import static org.apache.spark.sql.functions.expr;

import dev.winnow.ports.TableStore;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Tables in memory for job tests: the same rules as the Delta store, constraints included, without files. */
public final class FakeTables implements TableStore {
    private record Stored(StructType schema, List<Row> rows) {
        Dataset<Row> frame() {
            return SparkExtension.session().createDataFrame(rows, schema);
        }
    }

    private final Map<String, Stored> tables = new TreeMap<>();

    /** Returns the tables as they are now, on their own. */
    public FakeTables copy() {
        FakeTables copy = new FakeTables();
        copy.tables.putAll(tables);
        return copy;
    }

    /** Puts a table as somebody else would have stored it. */
    public FakeTables with(String name, Dataset<Row> rows) {
        tables.put(name, new Stored(rows.schema(), rows.collectAsList()));
        return this;
    }

    @Override
    public Dataset<Row> read(TableDef table) {
        StructType declared = nullable(table.schema());
        Stored stored = tables.get(table.name());
        Dataset<Row> frame = (stored == null ? new Stored(declared, List.of()) : stored).frame();
        return frame.schema().equals(declared) ? frame : frame.to(declared);
    }

    @Override
    public Dataset<Row> readStored(String tableName) {
        Stored stored = tables.get(tableName);
        if (stored == null) {
            throw new InputException("There is no table " + tableName);
        }
        return stored.frame();
    }

    @Override
    public List<String> names() {
        return List.copyOf(tables.keySet());
    }

    @Override
    public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("Expected a scope with at least the pipeline");
        }
        Stored wide = widened(table);
        List<Row> added = checked(table, rows, wide.schema());
        if (!added.stream().allMatch(row -> lies(row, wide.schema(), scope))) {
            throw new IllegalArgumentException("Rows for " + table.name() + " lie outside of " + scope);
        }
        List<Row> kept = new ArrayList<>(wide.rows());
        kept.removeIf(row -> lies(row, wide.schema(), scope));
        kept.addAll(added);
        tables.put(table.name(), new Stored(wide.schema(), kept));
        return added.size();
    }

    /** Whether a row lies in a scope; null is no value of one. */
    private static boolean lies(Row row, StructType schema, Map<String, Object> scope) {
        return scope.entrySet().stream().allMatch(entry -> {
            Object value = row.get(schema.fieldIndex(entry.getKey()));
            return value != null
                    && (entry.getValue() instanceof Collection<?> any
                            ? any.contains(value)
                            : value.equals(entry.getValue()));
        });
    }

    @Override
    public Dataset<Row> frame(TableDef table, List<Row> rows) {
        return SparkExtension.session().createDataFrame(rows, table.schema());
    }

    @Override
    public void append(TableDef table, Dataset<Row> rows) {
        Stored wide = widened(table);
        List<Row> all = new ArrayList<>(wide.rows());
        all.addAll(checked(table, rows, wide.schema()));
        tables.put(table.name(), new Stored(wide.schema(), all));
    }

    private Stored widened(TableDef table) {
        StructType declared = nullable(table.schema());
        Stored stored = tables.get(table.name());
        if (stored == null) {
            return new Stored(declared, List.of());
        }
        StructType wide = stored.schema();
        List<String> known = List.of(wide.fieldNames());
        for (StructField field : declared.fields()) {
            wide = known.contains(field.name()) ? wide : wide.add(field);
        }
        return wide.equals(stored.schema())
                ? stored
                : new Stored(wide, stored.frame().to(wide).collectAsList());
    }

    private static List<Row> checked(TableDef table, Dataset<Row> rows, StructType schema) {
        List<Row> stored = rows.to(schema).collectAsList();
        for (StructField field : table.schema().fields()) {
            int index = schema.fieldIndex(field.name());
            if (!field.nullable() && stored.stream().anyMatch(row -> row.isNullAt(index))) {
                throw new IllegalStateException(table.name() + "." + field.name() + " is null in a row");
            }
        }
        List<String> names = List.copyOf(table.checks().keySet());
        Column[] kept = names.stream()
                .map(name -> expr("coalesce(" + table.checks().get(name) + ", false)"))
                .toArray(Column[]::new);
        // One job for all constraints: many small ones are what makes such a test slow.
        for (Row row : names.isEmpty() || stored.isEmpty()
                ? List.<Row>of()
                : new Stored(schema, stored).frame().select(kept).collectAsList()) {
            for (int i = 0; i < kept.length; i++) {
                if (!row.getBoolean(i)) {
                    String name = names.get(i);
                    throw new IllegalStateException(table.name() + ": a row violates " + name + " ("
                            + table.checks().get(name) + ")");
                }
            }
        }
        return stored;
    }

    private static StructType nullable(StructType schema) {
        return new StructType(Arrays.stream(schema.fields())
                .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
                .toArray(StructField[]::new));
    }
}
