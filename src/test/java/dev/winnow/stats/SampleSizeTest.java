package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleSizeTest {
    @ParameterizedTest
    @CsvSource({".10, .05, 435", ".10, .07, 1356", ".05, .04, 6745"})
    void sizesEqualThePublishedOnesInEitherDirection(double rate1, double rate2, long n) {
        assertThat(SampleSize.perGroup(rate1, rate2, 0.95, 0.8)).isEqualTo(n);
        assertThat(SampleSize.perGroup(rate2, rate1, 0.95, 0.8)).isEqualTo(n);
    }

    @Test
    void equalRatesCanNotBeToldApart() {
        assertThatThrownBy(() -> SampleSize.perGroup(.1, .1, 0.95, 0.8)).hasMessageContaining("got 0.1 and 0.1");
        assertThatThrownBy(() -> SampleSize.perGroup(1.1, .1, 0.95, 0.8)).hasMessageContaining("two different rates");
    }
}
