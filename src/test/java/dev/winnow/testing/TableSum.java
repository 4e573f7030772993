package dev.winnow.testing;

import dev.winnow.stats.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * Number of a table's rows and a sum over them that other languages can make, too: modulo 2^64, the first eight bytes of the
 * SHA-256 of each row's columns that hold one value, as lines {@code name=value}, or {@code name} for null. Numbers with a
 * fraction stand as the hexadecimal digits of their bits, timestamps as microseconds since 1970.
 *
 * @param rows number of rows
 * @param sum 16 hexadecimal digits
 */
public record TableSum(long rows, String sum) {
    private static final Set<String> FLAT =
            Set.of("string", "int", "bigint", "smallint", "tinyint", "boolean", "double", "float", "date", "timestamp");

    /** Adds up the rows as Spark reads them. */
    public static TableSum of(Dataset<Row> table) {
        List<String> columns = new ArrayList<>();
        for (StructField field : table.schema().fields()) {
            if (FLAT.contains(field.dataType().simpleString())) {
                columns.add(field.name());
            }
        }
        long rows = 0;
        long sum = 0;
        Iterator<Row> all = table.toLocalIterator();
        while (all.hasNext()) {
            Row row = all.next();
            List<String> lines = new ArrayList<>();
            for (String column : columns) {
                Object value = row.getAs(column);
                lines.add(value == null ? column : column + "=" + text(value));
            }
            sum += Long.parseUnsignedLong(
                    Digest.ofText(String.join("\n", lines)).substring(0, 16), 16);
            rows++;
        }
        return new TableSum(rows, HexFormat.of().toHexDigits(sum));
    }

    private static String text(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return HexFormat.of().toHexDigits(Double.doubleToLongBits(((Number) value).doubleValue()));
        }
        if (value instanceof Instant instant) {
            return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
        }
        return value.toString();
    }
}
