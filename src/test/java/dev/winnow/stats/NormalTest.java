package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalTest {
    @ParameterizedTest
    @CsvSource({
        "0.5, 0",
        "0.8, 0.8416212335729143",
        "0.95, 1.6448536269514722",
        "0.975, 1.959963984540054",
        "0.995, 2.5758293035489004",
        "0.9995, 3.2905267314919255",
        "1e-10, -6.361340902404056",
        "1e-20, -9.262340089798408"
    })
    void quantilesEqualTheKnownOnes(double p, double quantile) {
        assertThat(Normal.quantile(p)).isCloseTo(quantile, within(1e-13 * Math.max(1, Math.abs(quantile))));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.02425, 0.075, 0.25, 0.425, 0.49999})
    void quantilesAreSymmetric(double p) {
        assertThat(Normal.quantile(1 - p)).isCloseTo(-Normal.quantile(p), within(1e-13));
    }

    @ParameterizedTest
    @CsvSource({"0.95, 1.959963984540054", "0.99, 2.5758293035489004", "0.5, 0.6744897501960817"})
    void aTwoSidedLevelLeavesHalfOfTheRestOnEachSide(double level, double z) {
        assertThat(Normal.twoSided(level)).isCloseTo(z, within(1e-13));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN})
    void aProbabilityOutsideOfTheUnitIntervalIsRefused(double p) {
        assertThatThrownBy(() -> Normal.quantile(p)).hasMessage("Expected 0 < p < 1, got " + p);
    }
}
