package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveNumberTest {
    @ParameterizedTest
    @CsvSource({
        ".999, 10, 9.955, .0006",
        ".999, 100, 95.208, .0006",
        ".999, 1000, 632.305, .0006",
        ".999, 10000, 999.955, .0006",
        ".9999, 1000, 951.671, .0006",
        ".9999, 10000, 6321.39, .0051"
    })
    void theNumbersEqualTheReferenceToItsDigits(double beta, double samples, double effective, double digits) {
        assertThat(new EffectiveNumber(beta).of(samples)).isCloseTo(effective, within(digits));
    }

    @ParameterizedTest
    @CsvSource({".9, 0", ".9, 1", ".9, 33", ".999, 1", ".999, 250", ".999, 4000", ".999999, 1234567"})
    void samplesAreTheInverse(double beta, double samples) {
        EffectiveNumber number = new EffectiveNumber(beta);

        assertThat(number.samples(number.of(samples))).isCloseTo(samples, within(1e-6 * (samples + 1)));
    }

    @Test
    void theFirstSampleCountsOneAndAllTogetherAtMostTheLimit() {
        EffectiveNumber number = new EffectiveNumber(.99);
        double before = 0;
        for (int n = 1; n < 2_000; n++) {
            double now = number.of(n);
            assertThat(now).isGreaterThan(before).isLessThan(100);
            before = now;
        }
        assertThat(number.of(0)).isZero();
        assertThat(number.of(1)).isCloseTo(1, within(1e-12));
        assertThat(number.samples(100)).isInfinite();
    }

    @Test
    void whatIsNoBetaAndNoNumberIsRefused() {
        assertThatThrownBy(() -> new EffectiveNumber(1)).hasMessage("Expected beta inside (0, 1), got 1.0");
        assertThatThrownBy(() -> new EffectiveNumber(.9).of(-1)).hasMessage("Expected samples >= 0, got -1.0");
        assertThatThrownBy(() -> new EffectiveNumber(.9).samples(Double.NaN))
                .hasMessage("Expected an effective number >= 0, got NaN");
    }
}
