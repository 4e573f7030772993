package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {
    private static final double Z = Normal.twoSided(0.95);

    @ParameterizedTest
    @CsvSource({
        "0, 4, 0, .489891",
        "0, 10, 0, .277533",
        "1, 10, .017876, .404150",
        "3, 20, .052369, .360419",
        "19, 47, .276400, .546579",
        "5, 500, .004279, .023193",
        "500, 10000, .045898, .054447",
        "20, 20, .838875, 1",
        "0, 0, 0, 1",
        "1.032258, 5.161290, .037049, .618970"
    })
    void boundsEqualThePublishedOnes(double successes, double trials, double low, double high) {
        WilsonInterval interval = WilsonInterval.of(successes, trials, Z);

        assertThat(interval.low()).isCloseTo(low, within(5.1e-7));
        assertThat(interval.high()).isCloseTo(high, within(5.1e-7));
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "10", "47", "1000000", "9007199254740992"})
    void theBoundAtNoneAndAtAllIsExact(double trials) {
        assertThat(WilsonInterval.of(0, trials, Z).low()).isZero();
        assertThat(WilsonInterval.of(trials, trials, Z).high()).isEqualTo(1);
    }

    @Test
    void moreSuccessesThanTrialsAreRefused() {
        assertThatThrownBy(() -> WilsonInterval.of(11, 10, Z)).hasMessageContaining("got 11.0 of 10.0");
        assertThatThrownBy(() -> WilsonInterval.of(-1, 10, Z)).hasMessageContaining("got -1.0 of 10.0");
        assertThatThrownBy(() -> WilsonInterval.of(Double.NaN, 10, Z)).hasMessageContaining("got NaN");
    }
}
