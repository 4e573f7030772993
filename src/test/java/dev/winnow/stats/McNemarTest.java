package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {
    @ParameterizedTest
    @CsvSource({
        "10, 25, .01667384780012071",
        "1, 5, .21875",
        "300, 700, 1.7665678007950136e-37",
        "0, 6, .03125",
        "7, 7, 1",
        "5, 6, 1",
        "0, 0, 1"
    })
    void pValuesEqualThoseOfCountingFromEitherSide(long b, long c, double p) {
        assertThat(McNemar.of(b, c, 1000).pValue()).isCloseTo(p, within(1e-11 * p));
        assertThat(McNemar.of(c, b, 1000).pValue()).isCloseTo(p, within(1e-11 * p));
    }

    @Test
    void theDifferenceIsThatOfTheRates() {
        McNemar test = McNemar.of(10, 25, 500);

        assertThat(test.difference()).isCloseTo(-.03, within(1e-15));
        // sqrt(35 - 15^2 / 500) / 500
        assertThat(test.standardError()).isCloseTo(.0117558, within(5.1e-8));
        assertThat(McNemar.of(0, 5, 5).difference()).isEqualTo(-1);
        assertThat(McNemar.of(0, 5, 5).standardError()).isZero();
    }

    @Test
    void moreDisagreementThanImagesIsRefused() {
        assertThatThrownBy(() -> McNemar.of(3, 3, 5)).hasMessage("Expected 0 <= b + c <= n, n > 0, got 3, 3, 5");
        assertThatThrownBy(() -> McNemar.of(0, 0, 0)).hasMessageContaining("got 0, 0, 0");
        assertThatThrownBy(() -> McNemar.of(-1, 0, 5)).hasMessageContaining("got -1, 0, 5");
    }
}
