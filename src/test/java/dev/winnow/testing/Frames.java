package dev.winnow.testing;

import dev.winnow.tables.TableDef;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Tiny frames from one-line JSON rows with single quotes. */
public final class Frames {
    private Frames() {}

    /**
     * Rows of a table as a store returns them: typed by its schema, elements of lists included, which JSON alone can't
     * promise to be there; columns that a row leaves out are null, even required ones.
     */
    public static Dataset<Row> of(TableDef table, String... jsonRows) {
        StructType nullable = new StructType(Arrays.stream(table.schema().fields())
                .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
                .toArray(StructField[]::new));
        return SparkExtension.session()
                .createDataFrame(of(table.schema(), jsonRows).collectAsList(), nullable);
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
