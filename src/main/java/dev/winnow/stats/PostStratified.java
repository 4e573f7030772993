package dev.winnow.stats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Difference between two model versions that saw different traffic, over the segments that both of them saw: sum W_s
 * (pB_s - pA_s), where W_s is the segment's share of the rows of both versions.
 *
 * @param difference rate of B minus rate of A at equal mix; null where no segment was seen by both
 * @param variance sum W_s^2 (p (1 - p) / n_eff of A + of B); null where the difference is. It is 0 where no rate lies
 *     strictly between 0 and 1, which the interval is not misled by
 * @param interval of the difference, by {@link Newcombe#sum} over Wilson intervals; null where the difference is
 * @param leftOut share of the rows of both versions that lie in segments which only one of them saw; null without rows
 */
public record PostStratified(
        @Nullable Double difference,
        @Nullable Double variance,
        @Nullable Interval interval,
        @Nullable Double leftOut) {

    /**
     * What one version did in a segment.
     *
     * @param errors wrong rows, at most {@code rows}
     * @param rows judged rows, not negative
     * @param effectiveRows how many independent rows tell as much, in (0, rows] where there are rows, see
     *     {@link ClusterSums#effectiveTrials}
     */
    public record Arm(long errors, long rows, double effectiveRows) {
        /** Refuses more errors than rows and more effective rows than rows. */
        public Arm {
            boolean effective = effectiveRows <= rows && (rows == 0 ? effectiveRows == 0 : effectiveRows > 0);
            if (!(errors >= 0 && errors <= rows && effective)) {
                throw new IllegalArgumentException("Expected errors and effective rows of at most as many rows, got "
                        + errors + " and " + effectiveRows + " of " + rows);
            }
        }

        private double rate() {
            return (double) errors / rows;
        }

        private double variance() {
            return rate() * (1 - rate()) / effectiveRows;
        }

        private Interval interval(double quantile) {
            return Interval.wilson(rate() * effectiveRows, effectiveRows, quantile);
        }
    }

    /**
     * A segment under both versions.
     *
     * @param a the version before
     * @param b the version after
     */
    public record Segment(Arm a, Arm b) {
        private boolean seenByBoth() {
            return a.rows > 0 && b.rows > 0;
        }

        private double rows() {
            return (double) a.rows + b.rows;
        }
    }

    /**
     * Compares two versions.
     *
     * @param segments that do not overlap; those that only one version saw are left out and counted in {@code leftOut}
     * @param level of the interval, inside (0, 1)
     */
    public static PostStratified of(List<Segment> segments, double level) {
        double quantile = Normal.twoSided(level);
        double all = segments.stream().mapToDouble(Segment::rows).sum();
        List<Segment> shared = segments.stream().filter(Segment::seenByBoth).toList();
        double rows = shared.stream().mapToDouble(Segment::rows).sum();
        Double leftOut = all == 0 ? null : (all - rows) / all;
        if (shared.isEmpty()) {
            return new PostStratified(null, null, null, leftOut);
        }
        double difference = 0;
        double variance = 0;
        List<Newcombe.Term> terms = new ArrayList<>();
        for (Segment segment : shared) {
            double share = segment.rows() / rows;
            difference += share * (segment.b.rate() - segment.a.rate());
            variance += share * share * (segment.a.variance() + segment.b.variance());
            terms.add(new Newcombe.Term(share, segment.b.rate(), segment.b.interval(quantile)));
            terms.add(new Newcombe.Term(-share, segment.a.rate(), segment.a.interval(quantile)));
        }
        return new PostStratified(difference, variance, Newcombe.sum(terms), leftOut);
    }
}
