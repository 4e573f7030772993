package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.outcomes.EffectSimulation.Design;
import dev.winnow.outcomes.EffectSimulation.Shares;
import dev.winnow.outcomes.SegmentEffect.Controls;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.SegmentEffect.Verdict;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SegmentEffectTest {
    private static final double LEVEL = 0.95;
    private static final int RUNS = 200;

    private static Shares simulate(Design design) {
        return EffectSimulation.of(design, RUNS);
    }

    /** The promised share of false findings and two standard errors. */
    private static double promised() {
        return .05 + 2 * Math.sqrt(.05 * .95 / (RUNS * EffectSimulation.TARGETED));
    }

    @Test
    void luckThatGoesByItselfIsNoImprovement() {
        Shares shares = simulate(new Design(false, false, 10, 1, 1));

        assertThat(shares.naive()).isGreaterThan(promised());
        assertThat(shares.improved()).isLessThanOrEqualTo(promised());
        assertThat(shares.worse()).isLessThanOrEqualTo(promised());
    }

    @Test
    void segmentsThatDifferAndStayAsTheyAreAreInconclusive() {
        Shares shares = simulate(new Design(true, true, 20, 1, 1));

        assertThat(shares.improved()).isLessThanOrEqualTo(promised());
        assertThat(shares.worse()).isLessThanOrEqualTo(promised());
        assertThat(shares.inconclusive()).isGreaterThan(.9);
    }

    @Test
    void whatAllSegmentsGainIsNotPutDownToTheLabels() {
        assertThat(simulate(new Design(true, true, 60, 1, .6)).improved()).isLessThanOrEqualTo(promised());
    }

    @Test
    void aPlantedImprovementIsFound() {
        Shares shares = simulate(new Design(true, true, 60, .4, 1));

        assertThat(shares.improved()).isGreaterThan(.8);
        assertThat(shares.worse()).isZero();
    }

    @Test
    void aPlantedWorseningIsCalledSoAndNeverAnImprovement() {
        Shares shares = simulate(new Design(true, true, 60, 2, 1));

        assertThat(shares.worse()).isGreaterThan(.8);
        assertThat(shares.improved()).isZero();
    }

    @Test
    void aSegmentWithoutCamerasOnEitherSideIsInconclusive() {
        ClusterSums one = ClusterSums.of(5, 10);
        ClusterSums two = one.plus(one);
        for (Sums sums : List.of(Sums.NONE, new Sums(one, two), new Sums(two, one), new Sums(two, ClusterSums.EMPTY))) {
            SegmentEffect effect = SegmentEffect.of(sums, prior(.5, .5), null, 0, LEVEL);
            assertThat(effect.decisive()).isNull();
            assertThat(SegmentEffect.judged(List.of(effect), .05).get(0).verdict())
                    .isEqualTo(Verdict.INCONCLUSIVE);
        }
    }

    /** One that was learned from a use case of a thousand trials. */
    private static Prior prior(double alpha, double beta) {
        return new Prior(new BetaBinomial(alpha, beta), true, 1_000);
    }

    @Test
    void aRateDrawnWhollyToTheOthersRestsOnNoMoreTrialsThanThereAre() {
        ClusterSums before = new ClusterSums(10, 20, 100, 40, 200, 1_000);
        SegmentEffect effect = SegmentEffect.of(new Sums(before, before), prior(1e5, 9e5), null, 0, LEVEL);

        double baseline = (20 + 1e5) / (100 + 1e6);
        assertThat(Objects.requireNonNull(effect.baseline())).isCloseTo(baseline, within(1e-12));
        assertThat(Objects.requireNonNull(effect.change()).variance())
                .isCloseTo(baseline * (1 - baseline) / 1_000 + .2 * .8 / 100, within(1e-12));
    }

    @Test
    void belowFiveSegmentsTheBaselineIsDrawnToTheWholeAndAFallWithoutControlsIsNoImprovement() {
        ClusterSums bad = new ClusterSums(50, 150, 500, 450, 1_500, 5_000);
        ClusterSums good = new ClusterSums(50, 0, 500, 0, 0, 5_000);
        Prior prior = Prior.of(List.of(bad, good, good), bad.plus(good).plus(good), 0);
        assertThat(prior.rates().mean()).isCloseTo(.1, within(.001));
        assertThat(prior.rates().weight()).isCloseTo(1, within(1e-12));

        SegmentEffect fell = SegmentEffect.of(new Sums(bad, good), prior, null, 0, LEVEL);
        assertThat(Objects.requireNonNull(fell.baseline())).isLessThan(.3);
        SegmentEffect beyond =
                SegmentEffect.of(new Sums(bad, good), prior, new Controls(1, .3, new Sums(bad, bad)), 0, LEVEL);
        SegmentEffect rose = SegmentEffect.of(new Sums(good, bad), prior, null, 0, LEVEL);
        assertThat(SegmentEffect.judged(List.of(fell, beyond, rose), .05))
                .extracting(SegmentEffect::verdict)
                .containsExactly(Verdict.INCONCLUSIVE, Verdict.IMPROVED, Verdict.WORSE);
    }

    @Test
    void thePriorDrawsTheBaselineAndCountsAsTrials() {
        ClusterSums before = new ClusterSums(10, 20, 100, 40, 200, 1_000);
        SegmentEffect effect = SegmentEffect.of(new Sums(before, before), prior(10, 90), null, 0, LEVEL);

        // (20 + 10) / (100 + 100)
        assertThat(Objects.requireNonNull(effect.baseline())).isCloseTo(.15, within(1e-12));
        DifferenceInDifferences change = Objects.requireNonNull(effect.change());
        assertThat(change.value()).isCloseTo(.05, within(1e-12));
        assertThat(change.variance()).isCloseTo(.15 * .85 / 200 + .2 * .8 / 100, within(1e-12));
    }

    @Test
    void neededTrialsAreThePublishedOnesTimesTheDesignEffect() {
        ClusterSums even = new ClusterSums(50, 50, 500, 50, 500, 5_000);
        SegmentEffect effect = SegmentEffect.of(new Sums(even, even), prior(1e-9, 9e-9), null, 0, LEVEL);
        assertThat(Target.neededTrials(effect, .3, 0, LEVEL)).isEqualTo(1_356);
        assertThat(Target.neededTrials(effect, .5, 0, LEVEL)).isEqualTo(435);
        // Ten rows of a camera at icc 1/9 make a design effect of 2.
        assertThat(Objects.requireNonNull(Target.neededTrials(effect, .5, 1.0 / 9, LEVEL)))
                .isBetween(869L, 871L);
    }
}
