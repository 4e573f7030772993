package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncompleteBetaTest {
    @ParameterizedTest
    @CsvSource({
        "1e-6, .5, 10.5, .0036131010659761365",
        ".01, 5.5, 495.5, .47006454814558524",
        "2e-5, 30, 1e6, .021824350755094243",
        ".1, 50, 50, 3.2321822349737616e-24",
        ".098, 1e5, 9e5, 1.0017247022750852e-11",
        ".5, .001, .001, .5",
        "0, 2, 3, 0",
        "-1, 2, 3, 0",
        "1, 2, 3, 1",
        "7, 2, 3, 1"
    })
    void lowerTailsEqualTheKnownOnes(double x, double a, double b, double tail) {
        assertThat(IncompleteBeta.lowerTail(x, a, b)).isCloseTo(tail, within(1e-9 * tail));
    }

    @ParameterizedTest
    @CsvSource({
        ".0055, 5000.5, 995000.5, 3.3411835034208895e-12",
        ".9, 2.2818, 12.5, 6.889967866665155e-12",
        ".999, 1.2, 3.3, 1.8007343857534487e-10",
        ".0666, 59182.6, 940827.4, 7.277156892571084e-202",
        "1e-20, .5, .5, .99999999993633802",
        "0, 2, 3, 1",
        "1, 2, 3, 0"
    })
    void upperTailsEqualTheKnownOnesAndDoNotCancel(double x, double a, double b, double tail) {
        assertThat(IncompleteBeta.upperTail(x, a, b)).isCloseTo(tail, within(1e-9 * tail));
    }

    @ParameterizedTest
    @CsvSource({
        ".975, .5, 4.5, .4447626176576396",
        ".025, .5, 1e9, 4.910345587102659e-13",
        "1e-10, 2.5, 30.5, 5.174837483545038e-06",
        ".05, 6e4, 9.4e5, .059609870006034744",
        ".025, 500.5, 9500.5, .04585790480962442",
        "1e-12, 1e4, 3e4, .2349758533851874",
        ".975, 100000.5, 1e7, .00996219242387512",
        ".5, 1, 1, .5"
    })
    void quantilesEqualTheKnownOnes(double p, double a, double b, double x) {
        assertThat(IncompleteBeta.quantile(p, a, b)).isCloseTo(x, within(1e-11 * x));
    }

    @Test
    void quantilesNextToAnEndAreThatEnd() {
        assertThat(IncompleteBeta.quantile(0.05, 0.001, 5)).isLessThan(1e-300);
        assertThat(IncompleteBeta.quantile(0.05, 0.005, 1e-6)).isEqualTo(1);
    }

    @Test
    void parametersOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> IncompleteBeta.quantile(1, 2, 3)).hasMessage("Expected 0 < p < 1, got 1.0");
        assertThatThrownBy(() -> IncompleteBeta.quantile(Double.NaN, 2, 3)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> IncompleteBeta.quantile(0.5, 0, 3)).hasMessageContaining("got Beta(0.0, 3.0)");
        assertThatThrownBy(() -> IncompleteBeta.lowerTail(0.5, 2, -1)).hasMessageContaining("got Beta(2.0, -1.0)");
        assertThatThrownBy(() -> IncompleteBeta.upperTail(0.5, Double.NaN, 1)).hasMessageContaining("got Beta(NaN");
        assertThatThrownBy(() -> IncompleteBeta.lowerTail(Double.NaN, 2, 1)).hasMessageContaining("got NaN");
    }
}
