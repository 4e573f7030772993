package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.Reliability.Bin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReliabilityTest {
    @Test
    void theExpectedErrorWeighsGapsByRowsAndTheLargestIsTheWorstGap() {
        Reliability two = new Reliability(List.of(new Bin(30, 15, 18), new Bin(10, 9, 7)));
        assertThat(two.expectedError()).isCloseTo(.75 * .1 + .25 * .2, within(1e-12));
        assertThat(two.largestError()).isCloseTo(.2, within(1e-12));
        assertThat(new Reliability(List.of()).expectedError()).isNull();
        assertThat(new Reliability(List.of()).largestError()).isNull();
        assertThatThrownBy(() -> new Bin(0, 0, 0)).hasMessage("Expected rows in a bin, got 0.0, 0.0, 0.0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {.25, .5, 1, 1.5, 3, 8})
    void theTemperatureThatMadeAModelTooSureIsFound(double temperature) {
        List<Bin> bins = new ArrayList<>();
        for (int i = 1; i < 200; i++) {
            double shown = i / 200.0;
            bins.add(new Bin(1_000, 1_000 * shown, 1_000 * Temperature.apply(shown, temperature)));
        }
        assertThat(Temperature.fit(bins)).isCloseTo(temperature, within(1e-4));
    }

    @Test
    void confidenceOfOneIsNotCertaintyAndNothingToFitIsRefused() {
        assertThat(Temperature.apply(1, 1)).isLessThan(1);
        assertThat(Temperature.apply(0, 2)).isPositive();
        assertThat(Temperature.fit(List.of(new Bin(100, 100, 90)))).isBetween(1.0, 21.0);
        assertThatThrownBy(() -> Temperature.fit(List.of()))
                .hasMessage("Expected at least one bin to fit a temperature to");
    }
}
