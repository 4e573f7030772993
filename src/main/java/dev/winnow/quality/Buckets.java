package dev.winnow.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Intervals of confidence, each from its edge up to the next; the last one holds 1.
 *
 * @param edges ascending, inside [0, 1); the first is the base threshold, below which nothing is used
 */
record Buckets(List<Double> edges) implements Serializable {
    /** Column that holds a bucket. */
    static final String INDEX = "bucket_index";

    /** Bucket of a confidence below the first edge. */
    static final int BELOW = -1;

    /** Bucket of a confidence that is null, not a number or outside of [0, 1]. */
    static final int INVALID = -2;

    Buckets {
        edges = List.copyOf(edges);
    }

    int size() {
        return edges.size();
    }

    double low(int bucket) {
        return edges.get(bucket);
    }

    double high(int bucket) {
        return bucket + 1 < size() ? edges.get(bucket + 1) : 1;
    }

    /** Name as analysts see it, such as {@code 0.9-0.95}. */
    String name(int bucket) {
        return switch (bucket) {
            case BELOW -> LabelQa.BELOW;
            case INVALID -> LabelQa.INVALID;
            default -> plain(low(bucket)) + "-" + plain(high(bucket));
        };
    }

    static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** Bucket of the column's value; never null. */
    Column of(String confidence) {
        Column bucket = lit(BELOW);
        for (int i = 0; i < size(); i++) {
            bucket = when(col(confidence).geq(edges.get(i)), i).otherwise(bucket);
        }
        Column valid = col(confidence).isNotNull().and(col(confidence).between(0, 1));
        return when(not(valid), INVALID).otherwise(bucket);
    }
}
