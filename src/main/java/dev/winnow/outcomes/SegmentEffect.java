package dev.winnow.outcomes;

import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import dev.winnow.stats.DifferenceInDifferences.Arm;
import dev.winnow.stats.DifferenceInDifferences.Change;
import dev.winnow.stats.FalseDiscovery;
import dev.winnow.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the rate of one targeted segment changed.
 *
 * <p>Segments are targeted because they looked bad, so part of what is seen before is bad luck and goes by itself
 * (regression to the mean). They were found on all cameras, so no half of these could measure an unspoiled baseline;
 * therefore the rate before is shrunk to that of segments alike, which leaves no luck to lose on average, however the
 * segment was chosen (Efron 2011). Controls change by the same new model; what is told is what the segment gained beyond
 * them.
 *
 * @param sums of the segment
 * @param baseline shrunk rate before; null without trials before
 * @param controls null without any
 * @param fair whether the luck of having looked bad is out of the comparison: there are controls, or the prior was learned
 * @param change of the segment; null below two cameras on either side
 * @param differential change beyond the controls; null without either
 * @param qValue over the segments that are judged together; null before {@link #judged}, and without a p-value
 * @param verdict what it comes to
 */
record SegmentEffect(
        Sums sums,
        @Nullable Double baseline,
        @Nullable Controls controls,
        boolean fair,
        @Nullable DifferenceInDifferences change,
        @Nullable DifferenceInDifferences differential,
        @Nullable Double qValue,
        Verdict verdict) {

    /** What is said of a change. */
    enum Verdict {
        /** Less is wrong than chance explains. */
        IMPROVED,
        /** More is wrong than chance explains. */
        WORSE,
        /** Chance may explain it. */
        INCONCLUSIVE,
        /** Nothing says that a model was trained on the rounds. */
        UNATTRIBUTED;

        /** Says it of a model version. */
        String ofVersion() {
            return this == UNATTRIBUTED
                    ? "nothing says which rounds trained the newer one, so it is put down to none"
                    : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Wrong rows of trials by camera, before and after.
     *
     * @param before sums before
     * @param after sums after
     */
    record Sums(ClusterSums before, ClusterSums after) {
        static final Sums NONE = new Sums(ClusterSums.EMPTY, ClusterSums.EMPTY);
    }

    /**
     * Segments alike that were not targeted, taken together.
     *
     * @param segments how many
     * @param baseline mean of their shrunk rates before, by their trials
     * @param sums of all of them, each camera once
     */
    record Controls(int segments, double baseline, Sums sums) {}

    /**
     * Compares.
     *
     * @param prior of rates before
     * @param icc intra-class correlation of the use case before, in [0, 1]
     * @param level of the intervals, inside (0, 1)
     */
    static SegmentEffect of(Sums sums, Prior prior, @Nullable Controls controls, double icc, double level) {
        Arm before = shrunk(sums.before, prior, icc);
        Arm after = Arm.of(sums.after, icc);
        Double baseline = baseline(sums.before, prior, icc);
        if (before == null || after == null) {
            return new SegmentEffect(sums, baseline, controls, prior.learned(), null, null, null, Verdict.INCONCLUSIVE);
        }
        Change treated = new Change(before, after);
        Change compared = controls == null ? null : change(controls, icc);
        return new SegmentEffect(
                sums,
                baseline,
                compared == null ? null : controls,
                compared != null || prior.learned(),
                DifferenceInDifferences.of(treated, null, level),
                compared == null ? null : DifferenceInDifferences.of(treated, compared, level),
                null,
                Verdict.INCONCLUSIVE);
    }

    /** The shrunk rate of a segment before; null without trials. */
    static @Nullable Double baseline(ClusterSums before, Prior prior, double icc) {
        Double rate = before.rate();
        if (rate == null) {
            return null;
        }
        double trials = before.effectiveTrials(icc);
        return prior.rates().shrunk(rate * trials, trials);
    }

    private static @Nullable Arm shrunk(ClusterSums before, Prior prior, double icc) {
        Double baseline = baseline(before, prior, icc);
        return baseline == null || before.degreesOfFreedom() == 0
                ? null
                : new Arm(baseline, prior.trials(before.effectiveTrials(icc)), (double) before.degreesOfFreedom());
    }

    private static @Nullable Change change(Controls controls, double icc) {
        Arm after = Arm.of(controls.sums.after, icc);
        ClusterSums before = controls.sums.before;
        return after == null || before.degreesOfFreedom() == 0
                ? null
                : new Change(
                        new Arm(controls.baseline, before.effectiveTrials(icc), (double) before.degreesOfFreedom()),
                        after);
    }

    /** The comparison that decides: against controls where there are any. */
    @Nullable
    DifferenceInDifferences decisive() {
        return differential == null ? change : differential;
    }

    /**
     * Judges effects together: an effect is beyond chance where its interval leaves 0 out and its q-value is low enough.
     * A fall that may be the luck of having looked bad is no improvement.
     *
     * @param falseShare share of false findings among the reported ones that is accepted
     * @return in the same order
     */
    static List<SegmentEffect> judged(List<SegmentEffect> effects, double falseShare) {
        double[] p = effects.stream()
                .map(SegmentEffect::decisive)
                .filter(Objects::nonNull)
                .mapToDouble(DifferenceInDifferences::pValue)
                .toArray();
        double[] q = FalseDiscovery.benjaminiHochberg(p, effects.size());
        List<SegmentEffect> judged = new ArrayList<>();
        int next = 0;
        for (SegmentEffect effect : effects) {
            DifferenceInDifferences decisive = effect.decisive();
            judged.add(decisive == null ? effect : effect.judged(decisive.interval(), q[next++], falseShare));
        }
        return judged;
    }

    private SegmentEffect judged(Interval interval, double q, double falseShare) {
        Verdict judgement = Verdict.INCONCLUSIVE;
        if (q <= falseShare) {
            judgement = interval.high() < 0 && fair
                    ? Verdict.IMPROVED
                    : interval.low() > 0 ? Verdict.WORSE : Verdict.INCONCLUSIVE;
        }
        return new SegmentEffect(sums, baseline, controls, fair, change, differential, q, judgement);
    }

    /** The same where nothing says that a model was trained on the rounds. */
    SegmentEffect unattributed() {
        return new SegmentEffect(sums, baseline, controls, fair, change, differential, null, Verdict.UNATTRIBUTED);
    }
}
