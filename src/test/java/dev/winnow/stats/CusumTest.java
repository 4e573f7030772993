package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CusumTest {
    private final Cusum chart = new Cusum(.1, 1, 3);

    @Test
    void incrementsAreLogLikelihoodRatios() {
        assertThat(chart.shifted()).isCloseTo(.15, within(1e-15));
        assertThat(chart.next(0, 3, 10)).isCloseTo(3 * Math.log(1.5) + 7 * Math.log(.85 / .9), within(1e-12));
        assertThat(chart.next(1, 0, 10)).isCloseTo(1 + 10 * Math.log(.85 / .9), within(1e-12));
        assertThat(chart.next(.5, 0, 10)).isZero();
        assertThat(chart.next(.5, 0, 0)).isEqualTo(.5);
        assertThat(new Cusum(.8, 1, 3).shifted()).isEqualTo(.99);
    }

    @Test
    void rowsThatResembleEachOtherCountLess() {
        assertThat(new Cusum(.1, 4, 3).next(0, 3, 10)).isCloseTo(chart.next(0, 3, 10) / 4, within(1e-12));
    }

    @Test
    void theDayAfterAnAlarmBeginsAnew() {
        double[] sums = chart.sums(new long[] {3, 6, 3, 0}, new long[] {10, 10, 10, 10});

        assertThat(sums[0]).isCloseTo(.816286, within(5.1e-7));
        assertThat(chart.alarm(sums[0])).isFalse();
        assertThat(sums[1]).isCloseTo(3.020443, within(5.1e-7));
        assertThat(chart.alarm(sums[1])).isTrue();
        assertThat(sums[2]).isEqualTo(sums[0]);
        assertThat(sums[3]).isCloseTo(.244702, within(5.1e-7));
    }

    @Test
    void theFirstGuessOfTheThresholdIsALogarithm() {
        assertThat(Cusum.threshold(3000, 30)).isCloseTo(Math.log(9000), within(1e-12));
        assertThatThrownBy(() -> Cusum.threshold(1, 10)).hasMessage("Expected segments x days > 10, got 1 x 10.0");
    }

    @Test
    void argumentsOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new Cusum(0, 1, 3)).hasMessageContaining("got 0.0, 1.0, 3.0");
        assertThatThrownBy(() -> new Cusum(.99, 1, 3)).hasMessageContaining("got 0.99, 1.0, 3.0");
        assertThatThrownBy(() -> new Cusum(.1, .5, 3)).hasMessageContaining("got 0.1, 0.5, 3.0");
        assertThatThrownBy(() -> new Cusum(.1, 1, 0)).hasMessageContaining("got 0.1, 1.0, 0.0");
        assertThatThrownBy(() -> chart.next(0, 2, 1)).hasMessageContaining("got 2.0 of 1.0");
        assertThatThrownBy(() -> chart.sums(new long[1], new long[2])).hasMessageContaining("got 1 and 2");
    }
}
