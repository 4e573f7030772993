package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedRatioTest {
    private static WeightedRatio of(double[] x, double[] n, long rows) {
        return Objects.requireNonNull(WeightedRatio.of(x, n, rows));
    }

    @Test
    void equalWeightsGiveTheClusterVarianceOfTheReference() {
        WeightedRatio ratio = of(new double[] {9, 0, 1, 0, 0}, new double[] {10, 10, 10, 10, 10}, 50);

        assertThat(ratio.rate()).isEqualTo(.2);
        assertThat(Objects.requireNonNull(ratio.variance())).isCloseTo(.031, within(1e-15));
        assertThat(ratio.trials()).isCloseTo(5.161290, within(5.1e-7));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void weightsThatAreAllTheSameChangeNothing(long seed) {
        Random random = new Random(seed);
        double[] x = new double[8];
        double[] n = new double[8];
        double[] heavyX = new double[8];
        double[] heavyN = new double[8];
        for (int c = 0; c < 8; c++) {
            n[c] = 1 + random.nextInt(20);
            x[c] = random.nextInt((int) n[c] + 1);
            heavyX[c] = 7 * x[c];
            heavyN[c] = 7 * n[c];
        }
        WeightedRatio one = of(x, n, 160);
        WeightedRatio seven = of(heavyX, heavyN, 160);

        assertThat(seven.rate()).isCloseTo(one.rate(), within(1e-12));
        assertThat(seven.trials()).isCloseTo(one.trials(), within(1e-9));
        assertThat(seven.interval(.95).low()).isCloseTo(one.interval(.95).low(), within(1e-9));
    }

    @Test
    void rowsThatWereDrawnLessOftenWeighMore() {
        // One of ten drawn at .1 stands for all of them; one drawn for certain stands for itself.
        assertThat(of(new double[] {10, 0}, new double[] {10, 1}, 2).rate()).isCloseTo(10.0 / 11, within(1e-15));
    }

    @Test
    void clustersThatAllAgreeAreLuckAndCountOnceEach() {
        WeightedRatio none = of(new double[3], new double[] {40, 40, 40}, 120);

        assertThat(none.rate()).isZero();
        assertThat(none.trials()).isCloseTo(3, within(1e-12));
        assertThat(none.interval(.95).high()).isGreaterThan(.5);
    }

    @Test
    void oneClusterTellsNothingOfTheSpreadAndNoRowsTellNothing() {
        WeightedRatio one = of(new double[] {3}, new double[] {9}, 9);

        assertThat(one.variance()).isNull();
        assertThat(one.interval(.95)).isEqualTo(Interval.UNKNOWN);
        assertThat(WeightedRatio.of(new double[2], new double[2], 0)).isNull();
        assertThatThrownBy(() -> WeightedRatio.of(new double[] {2}, new double[] {1}, 1))
                .hasMessage("Expected 0 <= x <= n, got 2.0 of 1.0");
    }
}
