package dev.winnow.ports;

import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads and writes the declared tables below one warehouse root. */
public interface TableStore {
    /**
     * Returns all rows of the table, columns in declared order; no rows when the table does not exist yet.
     *
     * <p>Declared columns that the stored table lacks are null; stored columns that are not declared are left out.
     */
    Dataset<Row> read(TableDef table);

    /**
     * Returns all rows with all stored columns, as a reader from outside would see them.
     *
     * @throws dev.winnow.tables.InputException if there is no such table
     */
    Dataset<Row> readStored(String tableName);

    /** Names of the tables that exist, sorted. */
    List<String> names();

    /**
     * Atomically replaces the rows in which every column of {@code scope} has its value by {@code rows}; a value that is
     * a list stands for any of its elements.
     *
     * <p>Columns that the stored table lacks are added; columns of {@code rows} that are not stored are left out.
     * Repeating it with the same rows leaves the same rows.
     *
     * @param scope partition columns first; every incoming row must match it
     * @return rows written
     * @throws dev.winnow.tables.InputException if a stored column has another type than the declared one
     */
    long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope);

    /** Returns rows made on the driver as a frame; values stand in declared order. */
    Dataset<Row> frame(TableDef table, List<Row> rows);

    /** Appends rows. For ledgers only: a repeated run appends again. */
    void append(TableDef table, Dataset<Row> rows);
}
