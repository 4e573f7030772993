package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.Change.Difference;
import dev.winnow.segments.ChangeTallies.Counts;
import dev.winnow.segments.ChangeTallies.Tally;
import dev.winnow.segments.ModelVersions.Version;
import dev.winnow.segments.SegmentChanges.Comparison;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.FalseDiscovery;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.Newcombe;
import dev.winnow.stats.Normal;
import dev.winnow.stats.OneSidedTests;
import dev.winnow.stats.PostStratified;
import dev.winnow.stats.StudentT;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the two parts of what the segments of one use case counted. Cameras are clusters in each part; that many of
 * them are in both makes their rates move together, so that intervals and tests err to the safe side.
 */
final class Comparisons {
    private final List<Watched> watched;
    private final ChangeTallies tallies;
    private final ChangeDays days;
    private final SegmentSettings settings;

    /** How much the frames of one camera resemble each other, over the whole use case before the change. */
    private final double icc;

    /**
     * Prepares the comparisons of one use case.
     *
     * @param watched its segments, the whole first
     * @param tallies of these segments
     */
    Comparisons(List<Watched> watched, ChangeTallies tallies, ChangeDays days, SegmentSettings settings) {
        this.watched = watched;
        this.tallies = tallies;
        this.days = days;
        this.settings = settings;
        Double similarity = tallies.before(0).sums().intraClassCorrelation();
        this.icc = similarity == null ? 0 : similarity;
    }

    /** Compares the newest event dates of every segment with its earlier ones. */
    List<Change> history() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < watched.size(); i++) {
            Tally before = tallies.before(i);
            Tally now = tallies.now(i);
            changes.add(new Change(
                    watched.get(i),
                    Comparison.HISTORY,
                    days,
                    before.counts(),
                    now.counts(),
                    enough(i, before, now) ? difference(before.sums(), now.sums()) : null,
                    null,
                    null));
        }
        return judged(changes);
    }

    /**
     * Compares the newest model version with the one before it, in every segment that both may have: sum W_s (p_now,s -
     * p_before,s) over the strata that both saw, with W_s the share of the rows of both.
     *
     * <p>A stratum's effective rows are its rows over the design effect that cameras have in its version's rows of the
     * segment (Kish 1965): cameras are in several strata, and so their resemblance adds up over them. The quantile is
     * Student's t, which enters as less rows: Wilson's interval knows quantile^2 / rows only. The p-value is that of the
     * standard error which the interval implies on the side of 0 (Zou and Donner 2008, variance estimates recovered from
     * limits), because the plain variance is 0 in strata of few rows that are all right or all wrong.
     *
     * @param lattice which the tallies were made by
     */
    List<Change> versions(ModelVersions versions, Lattice lattice) {
        Version before = versions.before();
        Version now = versions.now();
        if (before == null || now == null) {
            return List.of();
        }
        String dimension = name(lattice);
        List<String> strata = ChangeTallies.strataDimensions(lattice).stream()
                .map(d -> lattice.dimensions().get(d).name())
                .toList();
        ChangeDays sinceNow = new ChangeDays(days.from(), now.since(), days.to(), days.age(), days.built());
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < watched.size(); i++) {
            if (watched.get(i).counts().dimensions().contains(dimension)) {
                continue;
            }
            Tally ofBefore = tallies.versionBefore(i);
            Tally ofNow = tallies.versionNow(i);
            PostStratified comparison =
                    enough(i, ofBefore, ofNow) ? postStratified(i, ofBefore.sums(), ofNow.sums()) : null;
            changes.add(new Change(
                    watched.get(i),
                    Comparison.MODEL_VERSION,
                    sinceNow,
                    ofBefore.counts(),
                    ofNow.counts(),
                    comparison == null ? null : difference(comparison, ofBefore.sums(), ofNow.sums()),
                    new Change.Versions(
                            before.name(), now.name(), strata, comparison == null ? null : comparison.leftOut()),
                    null));
        }
        return judged(changes);
    }

    private static String name(Lattice lattice) {
        return lattice.dimensions().stream()
                .filter(d -> d.column().equals(Inferences.MODEL_VERSION))
                .map(Lattice.Dimension::name)
                .findFirst()
                .orElseThrow();
    }

    private boolean enough(int segment, Tally before, Tally now) {
        return watched.get(segment).measure() != null
                && before.sums().n() >= settings.minJudged()
                && now.sums().n() >= settings.minJudged();
    }

    private Difference difference(ClusterSums before, ClusterSums now) {
        double rateBefore = (double) before.x() / before.n();
        double rateNow = (double) now.x() / now.n();
        Double worse = OneSidedTests.clustered(now, before, icc);
        Double better = OneSidedTests.clustered(before, now, icc);
        if (worse == null || better == null) {
            return unsure(rateNow - rateBefore);
        }
        Interval interval = Newcombe.difference(
                rateNow,
                now.interval(IntervalMethod.WILSON, settings.confidenceLevel(), icc),
                rateBefore,
                before.interval(IntervalMethod.WILSON, settings.confidenceLevel(), icc));
        return new Difference(
                rateNow - rateBefore,
                interval.low(),
                interval.high(),
                Math.min(1, 2 * Math.min(worse, better)),
                null,
                null);
    }

    private static Difference unsure(double value) {
        return new Difference(value, null, null, null, null, null);
    }

    private static double degreesOfFreedom(ClusterSums before, ClusterSums now) {
        return Math.min(before.degreesOfFreedom(), now.degreesOfFreedom());
    }

    private PostStratified postStratified(int segment, ClusterSums before, ClusterSums now) {
        double df = degreesOfFreedom(before, now);
        double shrink = df == 0
                ? 1
                : Math.pow(
                        Normal.twoSided(settings.confidenceLevel()) / StudentT.twoSided(settings.confidenceLevel(), df),
                        2);
        List<PostStratified.Segment> strata = IntStream.range(0, tallies.strata())
                .mapToObj(s -> new PostStratified.Segment(
                        arm(segment, tallies.stratum(segment, s, false), before, shrink),
                        arm(segment, tallies.stratum(segment, s, true), now, shrink)))
                .toList();
        return PostStratified.of(strata, settings.confidenceLevel());
    }

    private PostStratified.Arm arm(int segment, Counts counts, ClusterSums version, double shrink) {
        long rows = counts.trials(watched.get(segment).measure());
        double effective = rows * shrink * version.effectiveTrials(icc) / version.n();
        return new PostStratified.Arm(counts.wrong(), rows, Math.min((double) rows, effective));
    }

    private @Nullable Difference difference(PostStratified comparison, ClusterSums before, ClusterSums now) {
        Double value = comparison.difference();
        Interval interval = comparison.interval();
        if (value == null || interval == null) {
            return null;
        }
        double df = degreesOfFreedom(before, now);
        if (df == 0) {
            return unsure(value);
        }
        double side = value > 0 ? value - interval.low() : interval.high() - value;
        double t = Math.abs(value) * StudentT.twoSided(settings.confidenceLevel(), df) / side;
        return new Difference(
                value,
                interval.low(),
                interval.high(),
                value == 0 ? 1 : Math.min(1, 2 * StudentT.upperTail(t, df)),
                null,
                null);
    }

    /** Adds q-values over all that were compared, those on too few cameras for a test included. */
    private List<Change> judged(List<Change> changes) {
        long family = changes.stream().filter(c -> c.difference() != null).count();
        double[] p = changes.stream()
                .map(Change::difference)
                .filter(d -> d != null && d.pValue() != null)
                .mapToDouble(Difference::pValue)
                .toArray();
        double[] q = FalseDiscovery.benjaminiHochberg(p, family);
        List<Change> judged = new ArrayList<>();
        int next = 0;
        for (Change change : changes) {
            Difference difference = change.difference();
            judged.add(
                    difference == null || difference.pValue() == null
                            ? change
                            : change.with(difference.judged(
                                    q[next++], settings.elevated().falseShare())));
        }
        return judged;
    }
}
