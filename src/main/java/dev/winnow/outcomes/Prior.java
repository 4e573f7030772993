package dev.winnow.outcomes;

import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import java.util.List;

/**
 * What is known of the rates of a use case's segments before, beside a segment's own rows.
 *
 * @param rates prior of the rates
 * @param learned whether it tells how segments spread, so that a rate drawn to it leaves no luck to lose; else it knows
 *     the mean alone, with the weight of one row
 * @param trials effective ones of the whole use case: more than these no rate rests on, however much rates look the same
 */
record Prior(BetaBinomial rates, boolean learned, double trials) {
    /**
     * Fits the prior.
     *
     * @param segments sums before of segments by the same dimensions; those without rows are left out
     * @param whole sums before of the whole use case
     * @param icc intra-class correlation of the use case before, in [0, 1]
     */
    static Prior of(List<ClusterSums> segments, ClusterSums whole, double icc) {
        List<ClusterSums> seen = segments.stream().filter(sums -> sums.n() > 0).toList();
        double trials = whole.effectiveTrials(icc);
        if (seen.size() < BetaBinomial.MIN_SEGMENTS) {
            double mean = (whole.x() + 0.5) / (whole.n() + 1.0); // inside (0, 1), whatever was wrong
            return new Prior(BetaBinomial.JEFFREYS.around(mean), false, trials);
        }
        double[] x = new double[seen.size()];
        double[] n = new double[seen.size()];
        for (int i = 0; i < n.length; i++) {
            n[i] = seen.get(i).ownEffectiveTrials(icc);
            x[i] = n[i] * seen.get(i).x() / seen.get(i).n();
        }
        return new Prior(BetaBinomial.fit(x, n), true, trials);
    }

    /** Effective trials that a segment's shrunk rate rests on: its own and what the prior knows, which all of them share. */
    double trials(double own) {
        return Math.min(own + rates.weight(), Math.max(own, trials));
    }
}
