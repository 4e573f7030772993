package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.AdditiveLogit.Cell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdditiveLogitTest {
    private static Cell cell(double base, long events, long trials, Integer... levels) {
        return new Cell(base, List.of(levels), events, trials);
    }

    @Test
    void withoutTrialsEveryEffectIsNothing() {
        AdditiveLogit fit = AdditiveLogit.fit(List.of(), List.of(1, 3));
        assertThat(fit.effect(0, 0)).isZero();
        assertThat(fit.effect(1, 2)).isZero();
        assertThat(fit.variance(1)).isEqualTo(AdditiveLogit.PRIOR_VARIANCE);
    }

    @Test
    void whereTheBaseIsRightNothingMoves() {
        AdditiveLogit fit = AdditiveLogit.fit(
                List.of(cell(0, 50, 100, 0), cell(AdditiveLogit.logOdds(0.2), 20, 100, 1)), List.of(2));
        assertThat(fit.effect(0, 0)).isZero();
        assertThat(fit.effect(0, 1)).isCloseTo(0, within(1e-9));
    }

    /** One effect b of variance v: at the end 75 - 100 p(b) = b / v and v = (b^2 + 1 / (100 p (1 - p) + 1 / v) + 1/4) / 2. */
    @Test
    void oneEffectSolvesTheEquationsOfItsSlopeAndOfItsVariance() {
        AdditiveLogit fit = AdditiveLogit.fit(List.of(cell(0, 75, 100, 0)), List.of(1));
        double b = fit.effect(0, 0);
        double v = fit.variance(0);
        double p = AdditiveLogit.probability(b);
        assertThat(b).isBetween(1.0, Math.log(3));
        assertThat(75 - 100 * p).isCloseTo(b / v, within(0.01));
        assertThat((b * b + 1 / (100 * p * (1 - p) + 1 / v) + 0.25) / 2).isCloseTo(v, within(0.001));
    }

    @Test
    void thinLevelsAreBelievedLessThanThickOnes() {
        List<Cell> cells = new ArrayList<>();
        for (int level = 0; level < 8; level++) {
            cells.add(cell(0, level % 2 == 0 ? 800 : 200, 1_000, level));
        }
        cells.add(cell(0, 3, 3, 8));
        AdditiveLogit fit = AdditiveLogit.fit(cells, List.of(10));
        assertThat(fit.effect(0, 0)).isCloseTo(Math.log(4), within(0.02));
        assertThat(fit.effect(0, 8)).as("all of three").isBetween(0.3, Math.log(4));
        assertThat(fit.effect(0, 9)).as("nothing is known of it").isZero();
    }

    @Test
    void whatFactorsThatGoTogetherExplainIsCountedOnce() {
        List<Cell> cells = List.of(cell(0, 880, 1_000, 0, 0), cell(0, 120, 1_000, 1, 1));
        AdditiveLogit twice = AdditiveLogit.fit(cells, List.of(2, 2));
        assertThat(twice.effect(0, 0) + twice.effect(1, 0)).isCloseTo(AdditiveLogit.logOdds(0.88), within(0.05));
        assertThat(twice.effect(0, 1) + twice.effect(1, 1)).isCloseTo(AdditiveLogit.logOdds(0.12), within(0.05));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void plantedEffectsComeOutWhateverTheyAreMixedWith(long seed) {
        Random random = new Random(seed);
        double[] site = random.doubles(30, -1.5, 1.5).toArray();
        double[] light = {-1, 0, 1};
        List<Cell> cells = new ArrayList<>();
        for (int s = 0; s < site.length; s++) {
            for (int l = 0; l < light.length; l++) {
                // Bad sites are dark more often, so that neither can be told from its own counts.
                int trials = 200 + (int) (100 * site[s] * light[l]);
                double p = AdditiveLogit.probability(-1 + site[s] + light[l]);
                long events = random.doubles(trials).filter(u -> u < p).count();
                cells.add(cell(-1, events, trials, s, l));
            }
        }
        AdditiveLogit fit = AdditiveLogit.fit(cells, List.of(site.length, light.length));
        assertThat(fit.effect(1, 2) - fit.effect(1, 0)).isCloseTo(2, within(0.2));
        for (int s = 0; s < site.length; s++) {
            assertThat(fit.effect(0, s) + fit.effect(1, 1)).as("site " + s).isCloseTo(site[s], within(0.6));
        }
        assertThat(fit.variance(0)).isBetween(0.3, 1.5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theOrderOfCellsChangesNotASingleBit(long seed) {
        Random random = new Random(seed);
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int trials = 1 + random.nextInt(20);
            cells.add(cell(
                    random.nextGaussian(), random.nextInt(trials + 1), trials, random.nextInt(7), random.nextInt(40)));
        }
        AdditiveLogit once = AdditiveLogit.fit(cells, List.of(7, 40));
        Collections.shuffle(cells, random);
        AdditiveLogit again = AdditiveLogit.fit(cells, List.of(7, 40));
        for (int level = 0; level < 40; level++) {
            assertThat(again.effect(1, level)).isEqualTo(once.effect(1, level));
        }
        assertThat(again.variance(0)).isEqualTo(once.variance(0));
    }

    @Test
    void whatCannotBeCountedIsRefused() {
        assertThatThrownBy(() -> cell(0, 3, 2, 0)).hasMessageContaining("0 <= successes <= trials, got 3.0 of 2.0");
        assertThatThrownBy(() -> cell(Double.NaN, 1, 2, 0)).hasMessageContaining("a finite base and trials >= 1");
        assertThatThrownBy(() -> cell(0, 0, 0, 0)).hasMessageContaining("got 0.0 and 0");
    }
}
