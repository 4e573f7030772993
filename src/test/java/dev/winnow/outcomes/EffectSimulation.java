package dev.winnow.outcomes;

import dev.winnow.outcomes.SegmentEffect.Controls;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.SegmentEffect.Verdict;
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
import org.jspecify.annotations.Nullable;

/**
 * What is said of segments of made-up fleets, of which it is known whether they improved: the worst 5 of 40 segments with 15
 * cameras each are targeted, by what was seen of them before.
 */
public final class EffectSimulation {
    private static final int SEGMENTS = 40;
    private static final int CAMERAS = 15;

    /** Segments that look worst and are targeted. */
    static final int TARGETED = 5;

    /** Level of the intervals. */
    private static final double LEVEL = 0.95;

    private EffectSimulation() {}

    /** Shares of the targeted segments over all runs, and of those that a comparison with the raw rate calls improved. */
    public record Shares(double improved, double worse, double inconclusive, double naive) {}

    /**
     * What is simulated: rates of cameras differ by icc .05 within a segment.
     *
     * @param lasting whether cameras keep their rates; else what is wrong with them is another one after
     * @param spread whether segments differ at all; else those that look worst are so by luck alone
     * @param perCamera trials of a camera, before as after
     * @param targeted factor of the rate of targeted segments after
     * @param all factor of all rates after
     */
    public record Design(boolean lasting, boolean spread, int perCamera, double targeted, double all) {}

    /**
     * Simulates.
     *
     * @param runs fleets, each from a seed of its own
     */
    public static Shares of(Design design, int runs) {
        int improved = 0;
        int worse = 0;
        int inconclusive = 0;
        int naive = 0;
        for (int seed = 0; seed < runs; seed++) {
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
        double all = runs * TARGETED;
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

    private static @Nullable Controls controls(
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
}
