package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.EMBEDDING;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;

/**
 * Buckets of embeddings that point in about the same direction: on which side of some random hyperplanes through the origin
 * they lie (Charikar 2002). Two vectors at angle a share a bucket with probability (1 - a / pi)^8, whatever their lengths.
 * The planes are the same on every day and for every model, so buckets compare across days.
 */
final class EmbeddingBuckets {
    /** Planes, so 256 buckets, by judgement: some hundred kinds of images are told apart. */
    private static final int PLANES = 8;

    private EmbeddingBuckets() {}

    /** Bucket of an embedding, 0 to 255; null without one, and for vectors of nothing but zeros or with no numbers. */
    static Column bucket() {
        Column vector = col(EMBEDDING);
        Column bucket = lit(0);
        for (int plane = 0; plane < PLANES; plane++) {
            bucket = bucket.plus(when(side(vector, plane).geq(0), 1 << plane).otherwise(0));
        }
        Column broken = exists(vector, number -> number.isNull().or(isnan(number)));
        Column points = exists(vector, number -> number.notEqual(0));
        return when(not(broken).and(points), bucket);
    }

    /** Scalar product with a vector of ones and minus ones that a hash of place and plane decides. */
    private static Column side(Column vector, int plane) {
        Column turned = transform(
                vector,
                (number, place) -> when(
                                pmod(xxhash64(place, lit(plane)), lit(2)).equalTo(0), number)
                        .otherwise(number.multiply(-1)));
        return aggregate(turned, lit(0.0), (total, number) -> total.plus(number));
    }
}
