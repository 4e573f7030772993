package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EmbeddingBucketsTest {
    private static final TableDef EMBEDDED = TableDef.named("embedded", "Images with their embeddings")
            .optional(Inferences.EMBEDDING, DataTypes.createArrayType(DataTypes.DoubleType), "")
            .build();

    private static List<@Nullable Integer> buckets(List<String> embeddings) {
        List<@Nullable Integer> buckets = new ArrayList<>();
        for (Row row : Frames.of(
                        EMBEDDED,
                        embeddings.stream().map("{'embedding':%s}"::formatted).toArray(String[]::new))
                .select(EmbeddingBuckets.bucket())
                .collectAsList()) {
            buckets.add(row.getAs(0));
        }
        return buckets;
    }

    @Test
    void lengthDecidesNothingAndTheOppositeDirectionEverything() {
        List<@Nullable Integer> buckets = buckets(List.of("[0.1, 0.7, -0.3]", "[0.2, 1.4, -0.6]", "[-0.1, -0.7, 0.3]"));
        assertThat(buckets.get(1)).isEqualTo(buckets.get(0));
        assertThat(buckets.get(2)).isEqualTo(255 - buckets.get(0));
    }

    @Test
    void vectorsThatPointNowhereHaveNoBucket() {
        assertThat(buckets(List.of("null", "[]", "[0.0, 0.0]", "[1.0, null]", "[1.0, 'NaN']")))
                .containsOnlyNulls();
    }

    /** Charikar 2002: a pair at angle a lies on the same side of a plane with probability 1 - a / pi. */
    @Test
    void vectorsAtAnAngleShareASideAsOftenAsTheTheorySays() {
        Random random = new Random(3);
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double[] one = random.doubles(64, -1, 1).toArray();
            double[] other = random.doubles(64, -1, 1).toArray();
            pairs.add(java.util.Arrays.toString(one));
            pairs.add(java.util.Arrays.toString(other));
        }
        List<@Nullable Integer> buckets = buckets(pairs);
        int same = 0;
        for (int i = 0; i < buckets.size(); i += 2) {
            same += 8 - Integer.bitCount(buckets.get(i) ^ buckets.get(i + 1));
        }
        assertThat(same / 3_200.0).as("independent vectors are at right angles").isEqualTo(0.5, within(0.05));
    }
}
