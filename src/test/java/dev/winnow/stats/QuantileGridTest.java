package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantileGridTest {
    private static NavigableMap<Double, Long> counts(double... numbers) {
        NavigableMap<Double, Long> counts = new TreeMap<>();
        for (double number : numbers) {
            counts.merge(QuantileGrid.floor(number), 1L, Long::sum);
        }
        return counts;
    }

    @ParameterizedTest
    @CsvSource({
        "0.3, 0.3", // the double of that name is a little less than 3/10
        "0.12345, 0.1234",
        "-0.12345, -0.1235",
        "99999, 99990",
        "-99999, -100000",
        "1, 1",
        "-0.0, 0",
        "1e-7, 0",
        "-1e-7, -1e-6",
        "5e15, 1e12",
        "Infinity, 1e12",
        "-Infinity, -1e12",
        "4.9e-324, 0",
    })
    void aNumberCountsAtTheNextGridNumberBelow(double number, double grid) {
        assertThat(QuantileGrid.floor(number)).isEqualTo(grid);
    }

    @Test
    void nothingCountsAtNaN() {
        assertThatThrownBy(() -> QuantileGrid.floor(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a number");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void theGridKeepsOrderAndItsOwnNumbersAreBelowExactlyWhatTheyAreBelow(long seed) {
        Random random = new Random(seed);
        double former = Double.NEGATIVE_INFINITY;
        double[] numbers = random.doubles(2_000)
                .map(u -> Math.rint((u - 0.5) * 1e6) / Math.pow(10, random.nextInt(9)))
                .sorted()
                .toArray();
        for (double number : numbers) {
            double grid = QuantileGrid.floor(number);
            assertThat(QuantileGrid.floor(grid)).as("grid number of %s", number).isEqualTo(grid);
            assertThat(grid).isGreaterThanOrEqualTo(former);
            if (Math.abs(number) >= 1e-6) {
                assertThat(grid).isLessThanOrEqualTo(number).isCloseTo(number, within(Math.abs(number) * 1.0001e-3));
            }
            former = grid;
        }
    }

    @Test
    void edgesPartEqualShares() {
        double[] hours = new Random(5).ints(24_000, 0, 24).mapToDouble(h -> h).toArray();

        assertThat(QuantileGrid.edges(counts(hours), 4)).containsExactly(6.0, 12.0, 18.0);
        assertThat(QuantileGrid.edges(counts(1, 2, 3, 4), 2)).containsExactly(3.0);
        assertThat(QuantileGrid.edges(counts(1, 2, 3), 2))
                .as("the lower of two")
                .containsExactly(2.0);
    }

    @Test
    void equalNumbersAreNeverPartedSoThatManyLeaveFewerEdges() {
        assertThat(QuantileGrid.edges(counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 5), 4)).containsExactly(5.0);
        assertThat(QuantileGrid.edges(counts(0, 0, 0, 1, 2), 5)).containsExactly(1.0, 2.0);
        assertThat(QuantileGrid.edges(counts(7, 7, 7), 4)).isEmpty();
        assertThat(QuantileGrid.edges(new TreeMap<>(), 4)).isEmpty();
        assertThatThrownBy(() -> QuantileGrid.edges(counts(1, 2), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2 bins, got 1");
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 10", "3, 65"})
    void everyPartOfSkewedNumbersHoldsItsShare(long seed, int bins) {
        Random random = new Random(seed);
        double[] numbers = random.doubles(50_000).map(u -> Math.exp(4 * u * u)).toArray();

        List<Double> edges = QuantileGrid.edges(counts(numbers), bins);

        assertThat(edges).hasSize(bins - 1).isSorted();
        for (int i = 0; i < bins - 1; i++) {
            double edge = edges.get(i);
            double below =
                    java.util.Arrays.stream(numbers).filter(x -> x < edge).count() / 50_000.0;
            assertThat(below).isCloseTo((i + 1.0) / bins, within(0.006));
        }
    }
}
