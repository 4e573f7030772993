package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BetaBinomialTest {
    private static final double[] X = {2, 5, 30, 1, 0, 40};
    private static final double[] N = {10, 100, 1000, 3, 5, 200};

    @Test
    void thePriorEqualsThePublishedOne() {
        BetaBinomial prior = BetaBinomial.fit(X, N);

        assertThat(prior.mean()).isCloseTo(.0591806, within(5.1e-8));
        assertThat(1 / (prior.weight() + 1)).isCloseTo(.1735668, within(5.1e-8));
        assertThat(prior.weight()).isCloseTo(4.761470, within(5.1e-7));
        assertThat(prior.alpha()).isCloseTo(.2817865, within(5.1e-8));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 10, .15458, .035520960, .803326230",
        "5, 100, .05042, .020917190, .135320235",
        "30, 1000, .03014, .021833137, 8.11879077e-10",
        "1, 3, .16515, .017008201, .723679961",
        "0, 5, .02887, 1.82400777e-06, .123813314",
        "40, 200, .19673, .152875208, .999999990"
    })
    void shrunkRatesEqualThePublishedOnes(double x, double n, double shrunk, double low, double elevated) {
        BetaBinomial prior = BetaBinomial.fit(X, N);

        assertThat(prior.shrunk(x, n)).isCloseTo(shrunk, within(5.1e-6));
        assertThat(prior.lowerBound(x, n, 0.95)).isCloseTo(low, within(1e-7 * low));
        assertThat(prior.probabilityAbove(x, n, 1.25 * prior.mean())).isCloseTo(elevated, within(1e-7 * elevated));
    }

    @Test
    void segmentsWithoutRowsDoNotCountAndGetTheMean() {
        BetaBinomial prior = BetaBinomial.fit(X, N);

        assertThat(BetaBinomial.fit(new double[] {2, 5, 0, 30, 1, 0, 40}, new double[] {10, 100, 0, 1000, 3, 5, 200}))
                .isEqualTo(prior);
        assertThat(prior.shrunk(0, 0)).isCloseTo(prior.mean(), within(1e-15));
    }

    @Test
    void tooFewSegmentsLeaveJeffreysPrior() {
        assertThat(BetaBinomial.fit(new double[] {2, 5, 3, 1, 0}, new double[] {10, 100, 10, 3, 0}))
                .isEqualTo(BetaBinomial.JEFFREYS);
        assertThat(BetaBinomial.fit(new double[0], new double[0])).isEqualTo(new BetaBinomial(.5, .5));
    }

    @Test
    void ratesThatSpreadNoMoreThanChanceArePooled() {
        BetaBinomial prior = BetaBinomial.fit(new double[] {2, 2, 2, 2, 2}, new double[] {10, 10, 10, 10, 10});

        assertThat(prior.weight()).isCloseTo(1e6, within(1e-6));
        assertThat(prior.shrunk(10, 10)).isCloseTo(.2, within(1e-5));
    }

    @Test
    void ratesThatSpreadAsFarAsPossibleKeepThemselves() {
        BetaBinomial prior = BetaBinomial.fit(new double[] {9, 0, 9, 0, 9, 0}, new double[] {9, 9, 9, 9, 9, 9});

        assertThat(prior.weight()).isCloseTo(1e-6, within(1e-12));
        assertThat(prior.shrunk(9, 10)).isCloseTo(.9, within(1e-6));
    }

    @Test
    void singleRowsTellNoSpreadAndArePooled() {
        BetaBinomial prior = BetaBinomial.fit(new double[] {1, 0, 0, 0, 0, 0}, new double[] {1, 1, 1, 1, 1, 1});

        assertThat(prior.weight()).isCloseTo(1e6, within(1e-6));
        assertThat(prior.mean()).isCloseTo(1 / 6.0, within(1e-12));
    }

    @Test
    void nothingWrongOrEverythingWrongLeavesAProperPrior() {
        double[] n = {10, 20, 30, 40, 50};
        BetaBinomial none = BetaBinomial.fit(new double[5], n);
        BetaBinomial all = BetaBinomial.fit(n, n);

        assertThat(none.mean()).isCloseTo(.5 / 151, within(1e-12));
        assertThat(all.mean()).isCloseTo(1 - .5 / 151, within(1e-12));
        assertThat(none.lowerBound(0, 10, 0.95)).isBetween(.0, none.mean());
        assertThat(none.probabilityAbove(0, 10, 1.25 * none.mean())).isLessThan(1e-30);
    }

    @Test
    void aSliceOfASliceIsShrunkToItsParent() {
        BetaBinomial child = BetaBinomial.fit(X, N).around(.3);

        assertThat(child.mean()).isCloseTo(.3, within(1e-12));
        assertThat(child.weight()).isCloseTo(4.761470, within(5.1e-7));
        assertThatThrownBy(() -> child.around(0)).hasMessage("Expected a mean in (0, 1), got 0.0");
    }

    @Test
    void valuesOutsideOfRatesAreCertainToBeExceededOrNot() {
        assertThat(BetaBinomial.JEFFREYS.probabilityAbove(5, 10, 1.25)).isZero();
        assertThat(BetaBinomial.JEFFREYS.probabilityAbove(5, 10, 0)).isEqualTo(1);
    }

    @Test
    void argumentsOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> BetaBinomial.fit(new double[1], new double[2])).hasMessageContaining("got 1 and 2");
        assertThatThrownBy(() -> BetaBinomial.fit(new double[] {2}, new double[] {1}))
                .hasMessageContaining("got 2.0 of 1.0");
        assertThatThrownBy(() -> BetaBinomial.JEFFREYS.shrunk(2, 1)).hasMessageContaining("got 2.0 of 1.0");
        assertThatThrownBy(() -> BetaBinomial.JEFFREYS.lowerBound(1, 2, 1)).hasMessageContaining("got 0.0");
        assertThatThrownBy(() -> new BetaBinomial(0, 1)).hasMessageContaining("got 0.0, 1.0");
    }
}
