package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.outcomes.SegmentEffect.Controls;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.SegmentEffect.Verdict;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import dev.winnow.stats.DifferenceInDifferences.Arm;
import dev.winnow.stats.DifferenceInDifferences.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

class SegmentEffectTest {
    private static final double LEVEL = 0.95;
    private static final int SEGMENTS = 40;
    private static final int CAMERAS = 15;

    /** Segments that look worst and are targeted. */
    private static final int TARGETED = 5;

    private static final int RUNS = 200;

    /** Shares of the targeted segments over all runs, and of those that a comparison with the raw rate calls improved. */
    private record Shares(double improved, double worse, double inconclusive, double naive) {}

    /**
     * What is simulated: rates of cameras differ by icc .05 within a segment.
     *
     * @param lasting whether cameras keep their rates; else what is wrong with them is another one after
     * @param spread whether segments differ at all; else those that look worst are so by luck alone
     * @param perCamera trials of a camera, before as after
     * @param targeted factor of the rate of targeted segments after
     * @param all factor of all rates after
     */
    private record Design(boolean lasting, boolean spread, int perCamera, double targeted, double all) {}

    private static Shares simulate(Design design) {
        int improved = 0;
        int worse = 0;
        int inconclusive = 0;
        int naive = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            for (SegmentEffect effect : run(design, new Well19937c(seed))) {
                improved += effect.verdict() == Verdict.IMPROVED ? 1 : 0;
                worse += effect.verdict() == Verdict.WORSE ? 1 : 0;
                inconclusive += effect.verdict() == Verdict.INCONCLUSIVE ? 1 : 0;
                Arm before = Arm.of(effect.sums().before(), 0);
                Arm after = Arm.of(effect.sums().after(), 0);
                if (before != null && after != null) {
                    naive += DifferenceInDifferences.of(new Change(before, after), null, LEVEL)
                                            .interval()
                                            .high()
                                    < 0
                            ? 1
                            : 0;
                }
            }
        }
        double all = RUNS * TARGETED;
        return new Shares(improved / all, worse / all, inconclusive / all, naive / all);
    }

    private static List<SegmentEffect> run(Design design, Well19937c random) {
        BetaDistribution rates = new BetaDistribution(random, 5, 45);
        List<double[]> cameras = new ArrayList<>();
        List<ClusterSums> before = new ArrayList<>();
        for (int s = 0; s < SEGMENTS; s++) {
            double rate = design.spread ? rates.sample() : .1;
            double[] now = cameras(rate, random);
            before.add(draw(now, 1, design.perCamera, random));
            cameras.add(design.lasting ? now : cameras(rate, random));
        }
        List<Integer> worst = IntStream.range(0, SEGMENTS)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer s) -> -rate(before.get(s)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(TARGETED)
                .toList();
        List<ClusterSums> after = new ArrayList<>();
        ClusterSums whole = ClusterSums.EMPTY;
        for (int s = 0; s < SEGMENTS; s++) {
            double factor = design.all * (worst.contains(s) ? design.targeted : 1);
            after.add(draw(cameras.get(s), factor, design.perCamera, random));
            whole = whole.plus(before.get(s));
        }
        Double similarity = whole.intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        Prior prior = Prior.of(before, whole, icc);
        return SegmentEffect.judged(
                worst.stream()
                        .map(s -> SegmentEffect.of(
                                new Sums(before.get(s), after.get(s)),
                                prior,
                                controls(s, worst, before, after, prior, icc),
                                icc,
                                LEVEL))
                        .toList(),
                .05);
    }

    private static double[] cameras(double rate, Well19937c random) {
        BetaDistribution rates = new BetaDistribution(random, 19 * rate, 19 * (1 - rate));
        return IntStream.range(0, CAMERAS).mapToDouble(c -> rates.sample()).toArray();
    }

    private static ClusterSums draw(double[] cameras, double factor, int perCamera, Well19937c random) {
        ClusterSums sums = ClusterSums.EMPTY;
        for (double rate : cameras) {
            long wrong = 0;
            for (int i = 0; i < perCamera; i++) {
                wrong += random.nextDouble() < rate * factor ? 1 : 0;
            }
            sums = sums.plus(ClusterSums.of(wrong, perCamera));
        }
        return sums;
    }

    private static double rate(ClusterSums sums) {
        return (double) sums.x() / sums.n();
    }

    private static @org.jspecify.annotations.Nullable Controls controls(
            int target,
            List<Integer> targeted,
            List<ClusterSums> before,
            List<ClusterSums> after,
            Prior prior,
            double icc) {
        double own = Objects.requireNonNull(SegmentEffect.baseline(before.get(target), prior, icc));
        Sums together = Sums.NONE;
        double baseline = 0;
        int segments = 0;
        for (int s = 0; s < SEGMENTS; s++) {
            double other = Objects.requireNonNull(SegmentEffect.baseline(before.get(s), prior, icc));
            if (!targeted.contains(s) && other > own / 1.5 && other < own * 1.5) {
                together = new Sums(
                        together.before().plus(before.get(s)), together.after().plus(after.get(s)));
                baseline += other;
                segments++;
            }
        }
        return segments == 0 ? null : new Controls(segments, baseline / segments, together);
    }

    /** The promised share of false findings and two standard errors. */
    private static double promised() {
        return .05 + 2 * Math.sqrt(.05 * .95 / (RUNS * TARGETED));
    }

    @Test
    void luckThatGoesByItselfIsNoImprovement() {
        Shares shares = simulate(new Design(false, false, 10, 1, 1));

        assertThat(shares.naive).isGreaterThan(promised());
        assertThat(shares.improved).isLessThanOrEqualTo(promised());
        assertThat(shares.worse).isLessThanOrEqualTo(promised());
    }

    @Test
    void segmentsThatDifferAndStayAsTheyAreAreInconclusive() {
        Shares shares = simulate(new Design(true, true, 20, 1, 1));

        assertThat(shares.improved).isLessThanOrEqualTo(promised());
        assertThat(shares.worse).isLessThanOrEqualTo(promised());
        assertThat(shares.inconclusive).isGreaterThan(.9);
    }

    @Test
    void whatAllSegmentsGainIsNotPutDownToTheLabels() {
        assertThat(simulate(new Design(true, true, 60, 1, .6)).improved).isLessThanOrEqualTo(promised());
    }

    @Test
    void aPlantedImprovementIsFound() {
        Shares shares = simulate(new Design(true, true, 60, .4, 1));

        assertThat(shares.improved).isGreaterThan(.8);
        assertThat(shares.worse).isZero();
    }

    @Test
    void aPlantedWorseningIsCalledSoAndNeverAnImprovement() {
        Shares shares = simulate(new Design(true, true, 60, 2, 1));

        assertThat(shares.worse).isGreaterThan(.8);
        assertThat(shares.improved).isZero();
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
