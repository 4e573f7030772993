package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/**
 * A rate of rows that were drawn with known probabilities, with a variance that respects clusters.
 *
 * <p>Each row weighs 1 / inclusion probability; rate = sum x_c / sum n_c over clusters c, the estimator of Hajek (1971).
 * Its variance is the linearized one of a ratio, Cochran (1977), chapter 6, as in {@link ClusterSums}, whose sums are
 * whole numbers and so can't be weighted.
 *
 * @param rate in [0, 1]
 * @param variance of the rate; null for less than two clusters
 * @param trials how many independent rows of equal weight would tell as much, at most the rows there are
 * @param clusters number of clusters with rows
 */
public record WeightedRatio(double rate, @Nullable Double variance, double trials, int clusters) {
    /**
     * Estimates a rate; null without rows.
     *
     * @param x weights of the rows that have it, summed by cluster
     * @param n weights of all rows, summed by the same clusters; clusters of 0 are none. The order changes the last bits
     *     only; give clusters in key order where runs must agree on those
     * @param rows number of rows
     */
    public static @Nullable WeightedRatio of(double[] x, double[] n, long rows) {
        if (x.length != n.length) {
            throw new IllegalArgumentException("Expected as many x as n, got " + x.length + " and " + n.length);
        }
        double sumX = 0;
        double sumN = 0;
        double sumNN = 0;
        int clusters = 0;
        for (int c = 0; c < n.length; c++) {
            if (!(x[c] >= 0 && n[c] >= 0 && x[c] <= n[c] * (1 + 1e-9))) {
                throw new IllegalArgumentException("Expected 0 <= x <= n, got " + x[c] + " of " + n[c]);
            }
            sumX += x[c];
            sumN += n[c];
            sumNN += n[c] * n[c];
            clusters += n[c] > 0 ? 1 : 0;
        }
        if (clusters == 0) {
            return null;
        }
        double rate = Math.min(1, sumX / sumN);
        if (clusters < 2) {
            return new WeightedRatio(rate, null, 1, 1);
        }
        double squares = 0;
        for (int c = 0; c < n.length; c++) {
            double residual = x[c] - rate * n[c];
            squares += residual * residual;
        }
        double own = clusters / (clusters - 1.0) * squares / (sumN * sumN);
        // Clusters that all agree are luck rather than certainty: then each counts once (Kish 1965).
        double agreeing = sumN * sumN / sumNN;
        double told = own > 0 ? rate * (1 - rate) / own : agreeing;
        double trials = Math.min((double) rows, told);
        return new WeightedRatio(rate, Math.max(own, rate * (1 - rate) / trials), trials, clusters);
    }

    /**
     * Returns the Wilson interval for {@link #trials} with Student's t on clusters - 1 degrees of freedom; [0, 1] for less
     * than two clusters.
     *
     * @param level inside (0, 1)
     */
    public Interval interval(double level) {
        return clusters < 2
                ? Interval.UNKNOWN
                : Interval.wilson(rate * trials, trials, StudentT.twoSided(level, clusters - 1.0));
    }
}
