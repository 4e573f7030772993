package dev.winnow.testing;

import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Tiny frames from one-line JSON rows with single quotes. */
public final class Frames {
    private Frames() {}

    /** Rows typed by a table's own schema. */
    public static Dataset<Row> of(TableDef table, String... jsonRows) {
        return of(table.schema(), jsonRows);
    }

    /** Rows typed by a schema. */
    public static Dataset<Row> of(StructType schema, String... jsonRows) {
        List<String> rows =
                List.of(jsonRows).stream().map(row -> row.replace('\'', '"')).toList();
        return SparkExtension.session()
                .read()
                .schema(schema)
                .option("mode", "FAILFAST")
                .json(SparkExtension.session().createDataset(rows, Encoders.STRING()));
    }
}
