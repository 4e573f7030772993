package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalsTest {
    private static List<String> names(List<Double> edges, @Nullable Double... numbers) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < numbers.length; i++) {
            rows.add(RowFactory.create(i, numbers[i]));
        }
        // Behind a shuffle the expression is compiled as in a run; on a local relation it would only be interpreted.
        return SparkExtension.session()
                .createDataFrame(rows, StructType.fromDDL("i INT, x DOUBLE"))
                .repartition(2)
                .select(col("i"), Intervals.name(col("x"), edges).as("name"))
                .sort("i")
                .select("name")
                .as(Encoders.STRING())
                .collectAsList();
    }

    @Test
    void aNumberOnAnEdgeIsInTheIntervalThatBeginsThere() {
        assertThat(names(
                        List.of(0.0, 50.0, 100.5),
                        -0.0,
                        0.0,
                        -Double.MIN_VALUE,
                        Math.nextDown(50.0),
                        50.0,
                        Math.nextDown(100.5),
                        100.5,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY))
                .containsExactly(
                        "[0, 50)",
                        "[0, 50)",
                        "(-inf, 0)",
                        "[0, 50)",
                        "[50, 100.5)",
                        "[50, 100.5)",
                        "[100.5, inf)",
                        "[100.5, inf)",
                        "(-inf, 0)");
    }

    @Test
    void noNumberLiesInNoInterval() {
        assertThat(names(List.of(1.0), null, Double.NaN)).containsExactly(null, null);
    }

    @Test
    void namesHaveNoExponentUnlessTheyWouldBeLong() {
        assertThat(Intervals.names(List.of(-1e300, -0.25, 1e-7, 1e6)))
                .containsExactly(
                        "(-inf, -1E+300)",
                        "[-1E+300, -0.25)",
                        "[-0.25, 0.0000001)",
                        "[0.0000001, 1000000)",
                        "[1000000, inf)");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 7", "3, 64"})
    void everyNumberLiesInTheOneIntervalThatHoldsIt(long seed, int count) {
        Random random = new Random(seed);
        List<Double> edges = random.doubles(count, -10, 10).sorted().boxed().toList();
        List<Double> numbers = new ArrayList<>(edges);
        random.doubles(200, -12, 12).forEach(numbers::add);

        List<String> expected = numbers.stream()
                .map(x -> Intervals.names(edges)
                        .get((int) edges.stream().filter(edge -> edge <= x).count()))
                .toList();
        assertThat(names(edges, numbers.toArray(Double[]::new))).isEqualTo(expected);
    }
}
