package dev.winnow.stats;

import static dev.winnow.stats.IntervalMethod.CLOPPER_PEARSON;
import static dev.winnow.stats.IntervalMethod.JEFFREYS;
import static dev.winnow.stats.IntervalMethod.WILSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IntervalMethodTest {
    private static final double DIGITS = 5.1e-7;

    @ParameterizedTest
    @CsvSource({
        "0, 4, 0, .489891, 0, .444763, 0, .602365",
        "0, 10, 0, .277533, 0, .217196, 0, .308497",
        "1, 10, .017876, .404150, .011012, .381315, .002529, .445016",
        "3, 20, .052369, .360419, .044131, .348578, .032071, .378927",
        "19, 47, .276400, .546579, .273103, .546801, .263692, .557336",
        "5, 500, .004279, .023193, .003826, .021779, .003255, .023181",
        "500, 10000, .045898, .054447, .045858, .054403, .045810, .054455",
        "20, 20, .838875, 1, .883361, 1, .831567, 1",
        "0, 0, 0, 1, 0, 1, 0, 1"
    })
    void boundsEqualThePublishedOnes(
            double x,
            double n,
            double wilsonLow,
            double wilsonHigh,
            double jeffreysLow,
            double jeffreysHigh,
            double exactLow,
            double exactHigh) {
        check(WILSON.of(x, n, 0.95), wilsonLow, wilsonHigh);
        check(JEFFREYS.of(x, n, 0.95), jeffreysLow, jeffreysHigh);
        check(CLOPPER_PEARSON.of(x, n, 0.95), exactLow, exactHigh);
    }

    private static void check(Interval interval, double low, double high) {
        assertThat(interval.low()).isCloseTo(low, within(DIGITS));
        assertThat(interval.high()).isCloseTo(high, within(DIGITS));
    }

    @Test
    void oneSidedBoundsSpendAllOfTheRiskOnOneSide() {
        // The upper bounds and smallest sizes without errors on which thresholds for automatic labels rest.
        assertThat(JEFFREYS.upperBound(1, 39, 0.95)).isCloseTo(.0959, within(5.1e-5));
        assertThat(JEFFREYS.upperBound(1, 28, 0.95)).isCloseTo(.1314, within(5.1e-5));
        assertThat(JEFFREYS.upperBound(1, 37, 0.95)).isCloseTo(.1009, within(5.1e-5));
        assertThat(JEFFREYS.upperBound(0, 20, 0.95)).isLessThan(1 / 11.0);
        assertThat(JEFFREYS.upperBound(0, 19, 0.95)).isGreaterThan(1 / 11.0);
        assertThat(CLOPPER_PEARSON.upperBound(0, 32, 0.95)).isLessThan(1 / 11.0);
        assertThat(CLOPPER_PEARSON.upperBound(0, 31, 0.95)).isGreaterThan(1 / 11.0);
        assertThat(CLOPPER_PEARSON.lowerBound(32, 32, 0.95)).isCloseTo(1 - .0893682, within(DIGITS));
    }

    @Test
    void wilsonTakesAnyQuantile() {
        check(Interval.wilson(.2 * 5.161290, 5.161290, Normal.twoSided(0.95)), .037049, .618970);
        check(Interval.wilson(.2 * 5.161290, 5.161290, StudentT.twoSided(0.95, 4)), .021747, .737632);
        assertThat(Interval.wilson(3, 20, 0)).isEqualTo(new Interval(.15, .15));
        assertThat(Interval.wilson(3, 20, Double.POSITIVE_INFINITY)).isEqualTo(Interval.UNKNOWN);
        assertThatThrownBy(() -> Interval.wilson(3, 20, Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> Interval.wilson(3, 20, -1)).hasMessageContaining("got -1.0");
    }

    @Test
    void aSmallPartOfASuccessLiesInsideOfItsInterval() {
        assertThat(JEFFREYS.of(1e-6, 10, 0.95).low()).isEqualTo(1e-7);
        assertThat(JEFFREYS.of(10 - 1e-6, 10, 0.95).high()).isEqualTo((10 - 1e-6) / 10);
    }

    @ParameterizedTest
    @EnumSource
    void countsAndLevelsOutsideOfTheirRangeAreRefused(IntervalMethod method) {
        assertThatThrownBy(() -> method.of(11, 10, 0.95)).hasMessageContaining("got 11.0 of 10.0");
        assertThatThrownBy(() -> method.of(-1, 10, 0.95)).hasMessageContaining("got -1.0 of 10.0");
        assertThatThrownBy(() -> method.of(Double.NaN, 10, 0.95)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> method.of(1, 10, 1)).hasMessage("Expected a level in (0, 1), got 1.0");
        assertThatThrownBy(() -> method.upperBound(1, 10, 0.5)).hasMessage("Expected a level in (0, 1), got 0.0");
    }

    @Test
    void boundsInTheWrongOrderAreRefused() {
        assertThatThrownBy(() -> new Interval(0.2, 0.1)).hasMessage("Expected low <= high, got 0.2, 0.1");
        assertThatThrownBy(() -> new Interval(Double.NaN, 0.1)).hasMessageContaining("got NaN");
    }
}
