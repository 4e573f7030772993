package dev.winnow.inputs;

import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;

/** Draws decided by the row, not by its partition, its order or the run. */
public final class HashDraw {
    private static final double TWO_TO_MINUS_53 = 0x1p-53;

    private HashDraw() {}

    /**
     * Maps values to [0, 1) by hash: the 53 upper bits of Spark's xxhash64 of {@code salt|value|...}. Another salt is
     * another draw.
     */
    public static Column of(String salt, Column... values) {
        Column[] parts = new Column[values.length + 1];
        parts[0] = lit(salt);
        System.arraycopy(values, 0, parts, 1, values.length);
        return shiftrightunsigned(xxhash64(concat_ws("|", parts)), 11)
                .cast("double")
                .multiply(lit(TWO_TO_MINUS_53));
    }
}
