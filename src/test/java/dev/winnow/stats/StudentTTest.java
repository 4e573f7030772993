package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTTest {
    @ParameterizedTest
    @CsvSource({
        ".95, 1, 12.706204736174694",
        ".95, 2, 4.302652729749462",
        ".95, 4, 2.7764451051977934",
        ".99, 10, 3.16927267261695",
        ".95, 30, 2.0422724563012378",
        ".9, 9999, 1.6450060333112988",
        ".95, 1e6, 1.959966356814107",
        ".99998, 1, 31830.98860769856"
    })
    void quantilesEqualTheKnownOnes(double level, double degreesOfFreedom, double quantile) {
        assertThat(StudentT.twoSided(level, degreesOfFreedom)).isCloseTo(quantile, within(1e-10 * quantile));
    }

    @Test
    void withoutDegreesOfFreedomNothingIsKnown() {
        assertThat(StudentT.twoSided(0.95, 0)).isInfinite();
    }

    @ParameterizedTest
    @CsvSource({
        "30, 4, 3.6764280488306595e-06",
        "-30, 4, .9999963235719511",
        "30, 1000, 7.687343722021547e-142",
        ".5, 1, .35241638234956674",
        "300, 2, 5.555462964677608e-06",
        ".001, 7, .4996150086224994",
        "5, 1e6, 2.8669989354453723e-07",
        "0, 3, .5",
        "Infinity, 3, 0",
        "-Infinity, 3, 1"
    })
    void tailsEqualTheKnownOnes(double t, double degreesOfFreedom, double tail) {
        assertThat(StudentT.upperTail(t, degreesOfFreedom)).isCloseTo(tail, within(1e-9 * tail));
    }

    @Test
    void argumentsOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> StudentT.twoSided(1, 4)).hasMessageContaining("got 1.0, 4.0");
        assertThatThrownBy(() -> StudentT.twoSided(0.95, -1)).hasMessageContaining("got 0.95, -1.0");
        assertThatThrownBy(() -> StudentT.upperTail(Double.NaN, 4)).hasMessageContaining("got NaN, 4.0");
        assertThatThrownBy(() -> StudentT.upperTail(1, 0)).hasMessageContaining("got 1.0, 0.0");
    }
}
