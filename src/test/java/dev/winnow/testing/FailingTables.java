package dev.winnow.testing;

import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tables of another store whose n-th write fails, before anything is written. */
public final class FailingTables implements TableStore {
    private final TableStore tables;
    private final Countdown writes;

    /** Fails when the countdown says so, which other stores may share. */
    public FailingTables(TableStore tables, Countdown writes) {
        this.tables = tables;
        this.writes = writes;
    }

    @Override
    public Dataset<Row> read(TableDef table) {
        return tables.read(table);
    }

    @Override
    public Dataset<Row> readStored(String tableName) {
        return tables.readStored(tableName);
    }

    @Override
    public List<String> names() {
        return tables.names();
    }

    @Override
    public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
        writes.next();
        return tables.replace(table, rows, scope);
    }

    @Override
    public Dataset<Row> frame(TableDef table, List<Row> rows) {
        return tables.frame(table, rows);
    }

    @Override
    public void append(TableDef table, Dataset<Row> rows) {
        writes.next();
        tables.append(table, rows);
    }
}
