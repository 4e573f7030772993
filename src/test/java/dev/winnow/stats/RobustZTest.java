package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RobustZTest {
    @Test
    void anOutlierDoesNotHideItself() {
        RobustZ z = RobustZ.of(new double[] {1, 2, 3, 4, 1_000});
        assertThat(z.of(3)).isZero();
        assertThat(z.of(1)).isCloseTo(-2 / 1.4826, within(1e-12));
        assertThat(z.of(1_000)).isGreaterThan(RobustZ.OUTLIER);
    }

    @Test
    void anEvenNumberOfValuesHasItsMiddleBetweenTwo() {
        assertThat(RobustZ.of(new double[] {4, 1, 2, 3}).of(2.5)).isZero();
    }

    @Test
    void whereHalfOfTheValuesAreTheSameNothingIsFarAndWithoutValuesNeither() {
        assertThat(RobustZ.of(new double[] {5, 5, 5, 9}).of(9)).isNull();
        assertThat(RobustZ.of(new double[] {}).of(1)).isNull();
    }
}
