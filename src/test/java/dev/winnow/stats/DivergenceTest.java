package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DivergenceTest {
    private static final double[] FIELD = {.5, .3, .2};
    private static final double[] TRAINING = {.7, .2, .1};

    @Test
    void divergencesEqualTheReferenceToItsDigits() {
        assertThat(Divergence.kullbackLeibler(FIELD, TRAINING)).isCloseTo(.132775, within(5.1e-7));
        assertThat(Divergence.jensenShannon(FIELD, TRAINING)).isCloseTo(.031597, within(5.1e-7));
        assertThat(Divergence.totalVariation(FIELD, TRAINING)).isCloseTo(.2, within(1e-15));
        assertThat(Divergence.populationStability(FIELD, TRAINING)).isCloseTo(.177156, within(5.1e-7));
    }

    @Test
    void contributionsNameTheClassesThatTrainingLacksAndAddUp() {
        double[] bits = Divergence.contributions(FIELD, TRAINING);

        assertThat(bits[0]).isNegative();
        assertThat(bits[1]).isCloseTo(.3 * Math.log(1.5) / Math.log(2), within(1e-15));
        assertThat(bits[2]).isCloseTo(.2, within(1e-15));
        assertThat(bits[0] + bits[1] + bits[2]).isCloseTo(Divergence.kullbackLeibler(FIELD, TRAINING), within(1e-15));
    }

    @Test
    void halfACountIsAddedToEveryClassSoThatOneThatWasNotMetStaysPossible() {
        assertThat(Divergence.smoothed(new double[] {3, 0})).containsExactly(3.5 / 4, .5 / 4);
        assertThat(Divergence.smoothed(new double[0])).isEmpty();
        assertThatThrownBy(() -> Divergence.smoothed(new double[] {-1})).hasMessage("Expected counts >= 0, got -1.0");
    }

    @Test
    void aClassOfOneSideOnlyIsInfinitelyFarUnlessSharesAreSmoothed() {
        assertThat(Divergence.kullbackLeibler(new double[] {1, 0}, new double[] {0, 1}))
                .isInfinite();
        assertThat(Divergence.jensenShannon(new double[] {1, 0}, new double[] {0, 1}))
                .isEqualTo(1);
        assertThatThrownBy(() -> Divergence.totalVariation(FIELD, new double[2]))
                .hasMessage("Expected shares of the same classes, got 3 and 2");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void divergencesStayInTheirBoundsAndTheSymmetricOnesAreSymmetric(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int classes = 1 + random.nextInt(20);
            double[] f = draw(random, classes);
            double[] t = draw(random, classes);

            assertThat(Divergence.kullbackLeibler(f, t)).isGreaterThanOrEqualTo(0);
            assertThat(Divergence.kullbackLeibler(f, f)).isZero();
            assertThat(Divergence.jensenShannon(f, t))
                    .isBetween(0.0, 1.0)
                    .isCloseTo(Divergence.jensenShannon(t, f), within(1e-12));
            assertThat(Divergence.populationStability(f, t))
                    .isCloseTo(Divergence.populationStability(t, f), within(1e-12));
            // Pinsker's inequality ties the two: TV^2 <= KL ln(2) / 2.
            double distance = Divergence.totalVariation(f, t);
            assertThat(distance * distance)
                    .isLessThanOrEqualTo(Divergence.kullbackLeibler(f, t) * Math.log(2) / 2 + 1e-12);
        }
    }

    private static double[] draw(Random random, int classes) {
        double[] counts = new double[classes];
        for (int i = 0; i < classes; i++) {
            counts[i] = random.nextInt(3) == 0 ? 0 : random.nextInt(1000);
        }
        return Divergence.smoothed(counts);
    }
}
