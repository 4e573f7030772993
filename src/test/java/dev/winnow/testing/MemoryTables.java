package dev.winnow.testing;

import dev.winnow.ports.TableStore;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tables in memory: appends are kept, reads give them back. */
public final class MemoryTables implements TableStore {
    private final Map<String, Dataset<Row>> tables = new TreeMap<>();

    /** Puts a table as it would be stored. */
    public MemoryTables with(String name, Dataset<Row> rows) {
        tables.put(name, rows);
        return this;
    }

    @Override
    public Dataset<Row> read(TableDef table) {
        return tables.getOrDefault(table.name(), Frames.of(table));
    }

    @Override
    public Dataset<Row> readStored(String tableName) {
        Dataset<Row> rows = tables.get(tableName);
        if (rows == null) {
            throw new InputException("there is no table " + tableName);
        }
        return rows;
    }

    @Override
    public List<String> names() {
        return List.copyOf(tables.keySet());
    }

    @Override
    public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
        throw new UnsupportedOperationException("no test needs it");
    }

    @Override
    public Dataset<Row> frame(TableDef table, List<Row> rows) {
        return SparkExtension.session().createDataFrame(rows, table.schema());
    }

    @Override
    public void append(TableDef table, Dataset<Row> rows) {
        tables.merge(table.name(), rows, Dataset::union);
    }
}
