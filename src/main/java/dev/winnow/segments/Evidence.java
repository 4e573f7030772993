package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.FalseDiscovery;
import dev.winnow.stats.Interval;
import dev.winnow.stats.OneSidedTests;
import dev.winnow.stats.SliceScore;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How sure the rate of a segment is, cameras being clusters, and whether it is above the rate of the rest.
 *
 * @param effectiveTrials trials that independent ones would need to tell as much
 * @param interval of the rate; [0, 1] below two cameras
 * @param shrunk rate drawn to the use case's by empirical Bayes, fraction
 * @param score SliceLine score; null where nothing was judged wrong in the use case
 * @param pValue one-sided, of the segment against the rest; null below two cameras on either side
 * @param qValue Benjamini-Hochberg over all segments looked at; null where {@code pValue} is
 * @param qValueAny Benjamini-Yekutieli, valid under any dependence: for what pages somebody
 * @param unstable whether fewer cameras have trials, or fewer errors are expected, than intervals need
 * @param suspected whether all conditions for an elevated segment hold
 */
record Evidence(
        double effectiveTrials,
        Interval interval,
        double shrunk,
        @Nullable Double score,
        @Nullable Double pValue,
        @Nullable Double qValue,
        @Nullable Double qValueAny,
        boolean unstable,
        boolean suspected) {

    /**
     * What the event dates after its first detection say of a suspected segment.
     *
     * @param trials on these dates
     * @param rate wrong alarms over trials; null without trials
     * @param interval of the rate, cameras being clusters
     * @param qValue Benjamini-Yekutieli over all segments that were suspected before; null below two cameras on either side
     * @param passes whether these dates alone make the segment elevated
     */
    record Confirmation(
            long trials,
            @Nullable Double rate,
            Interval interval,
            @Nullable Double qValue,
            boolean passes) {}

    /** Weight of the error rate against the size in the score; SliceLine's default. */
    private static final double SCORE_WEIGHT = 0.95;

    /**
     * What a segment's rate is judged by.
     *
     * @param trials wrong alarms of trials by camera
     * @param rest the same outside of the segment, in the same use case
     * @param namesSite whether the segment is one site, or a part of one
     * @param severalSites whether its trials come from more than one
     * @param redundant whether a segment with fewer predicates has the same counts
     */
    record Segment(ClusterSums trials, ClusterSums rest, boolean namesSite, boolean severalSites, boolean redundant) {}

    /**
     * Weighs the segments of one use case.
     *
     * <p>The family of the tests is every segment looked at. Those that say the same as a smaller one and those that miss
     * another condition of the elevated rule are tested too and then dropped, which is valid because the threshold is the
     * focused one: it counts as findings what is left after the drop. The elevated rule: false discovery rate,
     * probability above a multiple of the use case's rate, effective trials, cameras and sites, each at least as
     * configured.
     *
     * @param whole all of the use case
     * @param segments those with enough trials, in any order
     * @param family how many were looked at, {@code segments} included
     * @return in the order of {@code segments}
     */
    static List<Evidence> weigh(ClusterSums whole, List<Segment> segments, long family, SegmentSettings settings) {
        Double mean = whole.rate();
        Double similarity = whole.intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        int size = segments.size();
        double[] x = new double[size];
        double[] n = new double[size];
        double[] ownX = new double[size];
        double[] ownN = new double[size];
        List<Integer> tested = new ArrayList<>();
        List<Double> pValues = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Segment s = segments.get(i);
            n[i] = s.trials.effectiveTrials(icc);
            ownN[i] = s.trials.ownEffectiveTrials(icc);
            Double rate = s.trials.rate();
            x[i] = rate == null ? 0 : rate * n[i];
            ownX[i] = rate == null ? 0 : rate * ownN[i];
            Double p = OneSidedTests.clustered(s.trials, s.rest, icc);
            if (p != null) {
                tested.add(i);
                pValues.add(p);
            }
        }
        double[] p = pValues.stream().mapToDouble(Double::doubleValue).toArray();
        double[] q = FalseDiscovery.benjaminiHochberg(p, family);
        double[] any = FalseDiscovery.benjaminiYekutieli(p, family);
        BetaBinomial prior = BetaBinomial.fit(ownX, ownN);
        SegmentSettings.Elevated rule = settings.elevated();
        BitSet reportable = new BitSet();
        for (int t = 0; t < p.length; t++) {
            int i = tested.get(t);
            reportable.set(
                    t,
                    mean != null
                            // No p-value above the share can be rejected, whatever the others are.
                            && p[t] <= rule.falseShare()
                            && !segments.get(i).redundant
                            && holds(segments.get(i), n[i], rule)
                            && prior.probabilityAbove(x[i], n[i], bar(mean, rule)) >= rule.probability());
        }
        BitSet found = FalseDiscovery.focused(p, family, rule.falseShare(), rejected -> {
            rejected.and(reportable);
            return rejected;
        });
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0, t = 0; i < size; i++) {
            boolean hasTest = t < p.length && tested.get(t) == i;
            Segment s = segments.get(i);
            evidence.add(new Evidence(
                    n[i],
                    s.trials.interval(settings.interval(), settings.confidenceLevel(), icc),
                    prior.shrunk(x[i], n[i]),
                    score(whole, s.trials),
                    hasTest ? p[t] : null,
                    hasTest ? q[t] : null,
                    hasTest ? any[t] : null,
                    mean == null || !s.trials.stable(mean),
                    hasTest && found.get(t)));
            t += hasTest ? 1 : 0;
        }
        return evidence;
    }

    /**
     * Returns how sure the rate of a use case as a whole is, which nothing is left to be tested against.
     *
     * @param whole with trials
     */
    static Evidence ofWhole(ClusterSums whole, SegmentSettings settings) {
        double rate = Objects.requireNonNull(whole.rate(), "trials");
        Double similarity = whole.intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        return new Evidence(
                whole.effectiveTrials(icc),
                whole.interval(settings.interval(), settings.confidenceLevel(), icc),
                rate,
                score(whole, whole),
                null,
                null,
                null,
                !whole.stable(rate),
                false);
    }

    /**
     * Whether the days after their first detection say the same of segments that are suspected again.
     *
     * <p>Each is tested against the rest on these days alone, by Benjamini-Yekutieli over all that are tested: an elevated
     * segment may page somebody, and these segments overlap. Cameras, effective trials and the multiple of the use case's
     * rate have to be reached on these days too; the prior is Jeffreys', since segments that were picked for their rates
     * teach nothing about others.
     *
     * @param whole all of the use case, over the whole window
     * @param days what those days say, in any order
     * @param awaiting how many were suspected before, {@code days} included: the family of the tests
     * @return in the order of {@code days}
     */
    static List<Confirmation> confirm(
            ClusterSums whole, List<FreshDays> days, long awaiting, SegmentSettings settings) {
        Double similarity = whole.intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        List<Integer> tested = new ArrayList<>();
        List<Double> pValues = new ArrayList<>();
        for (int i = 0; i < days.size(); i++) {
            Double p =
                    OneSidedTests.clustered(days.get(i).segment(), days.get(i).rest(), icc);
            if (p != null) {
                tested.add(i);
                pValues.add(p);
            }
        }
        double[] q = FalseDiscovery.benjaminiYekutieli(
                pValues.stream().mapToDouble(Double::doubleValue).toArray(), Math.max(awaiting, days.size()));
        SegmentSettings.Elevated rule = settings.elevated();
        List<Confirmation> confirmations = new ArrayList<>();
        for (int i = 0; i < days.size(); i++) {
            ClusterSums segment = days.get(i).segment();
            Double rate = segment.rate();
            Double elsewhere = days.get(i).rest().rate();
            double n = segment.effectiveTrials(icc);
            int t = tested.indexOf(i);
            boolean passes = t >= 0
                    && rate != null
                    && elsewhere != null
                    && q[t] <= rule.falseShare()
                    && n >= rule.minEffective()
                    && segment.clusters() >= rule.minCameras()
                    && BetaBinomial.JEFFREYS.probabilityAbove(rate * n, n, bar(elsewhere, rule)) >= rule.probability();
            confirmations.add(new Confirmation(
                    segment.n(),
                    rate,
                    segment.interval(settings.interval(), settings.confidenceLevel(), icc),
                    t < 0 ? null : q[t],
                    passes));
        }
        return confirmations;
    }

    private static double bar(double mean, SegmentSettings.Elevated rule) {
        return Math.min(1, rule.times() * mean);
    }

    private static boolean holds(Segment segment, double effectiveTrials, SegmentSettings.Elevated rule) {
        return effectiveTrials >= rule.minEffective()
                && segment.trials.clusters() >= rule.minCameras()
                && (rule.minSites() < 2 || segment.namesSite || segment.severalSites);
    }

    private static @Nullable Double score(ClusterSums whole, ClusterSums segment) {
        return whole.x() == 0 || segment.n() == 0
                ? null
                : new SliceScore((double) whole.n(), (double) whole.x(), SCORE_WEIGHT)
                        .of((double) segment.n(), (double) segment.x());
    }
}
