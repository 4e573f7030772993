package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewcombeTest {
    private static final double DIGITS = 5.1e-7;

    @ParameterizedTest
    @CsvSource({
        "56, 70, 48, 80, .052431, .333873",
        "9, 10, 3, 10, .170523, .809018",
        "0, 10, 0, 10, -.277533, .277533",
        "40, 400, 18, 360, .012255, .087930"
    })
    void differencesEqualThePublishedOnes(double x1, double n1, double x2, double n2, double low, double high) {
        Interval first = IntervalMethod.WILSON.of(x1, n1, 0.95);
        Interval second = IntervalMethod.WILSON.of(x2, n2, 0.95);
        Interval difference = Newcombe.difference(x1 / n1, first, x2 / n2, second);

        assertThat(difference.low()).isCloseTo(low, within(DIGITS));
        assertThat(difference.high()).isCloseTo(high, within(DIGITS));
        assertThat(Newcombe.difference(x2 / n2, second, x1 / n1, first))
                .isEqualTo(new Interval(-difference.high(), -difference.low()));
    }

    @Test
    void aSumOfOneTermIsItsInterval() {
        Interval interval = new Interval(.25, .75);

        assertThat(Newcombe.sum(List.of(new Newcombe.Term(1, .5, interval)))).isEqualTo(interval);
        assertThat(Newcombe.sum(List.of(new Newcombe.Term(-2, .5, interval)))).isEqualTo(new Interval(-1.5, -.5));
        assertThat(Newcombe.sum(List.of())).isEqualTo(new Interval(0, 0));
    }

    @Test
    void aRateOutsideOfItsIntervalIsRefused() {
        assertThatThrownBy(() -> Newcombe.difference(.8, new Interval(.1, .7), .5, Interval.UNKNOWN))
                .hasMessageContaining("got 0.8 in Interval[low=0.1, high=0.7]");
        assertThatThrownBy(() -> Newcombe.difference(Double.NaN, Interval.UNKNOWN, .5, Interval.UNKNOWN))
                .hasMessageContaining("got NaN");
    }
}
