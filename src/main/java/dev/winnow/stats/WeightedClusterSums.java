package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/**
 * {@link ClusterSums} of rows that were drawn with known probabilities: each row weighs w = 1 / inclusion probability.
 *
 * <p>Let x_c be the weights of the wrong rows of cluster c, summed, and n_c those of all its rows. The rate is sum x_c /
 * sum n_c, the estimator of Hajek (1971). Where all weights are equal, rate, variance and intervals are those of
 * {@link ClusterSums}, whatever the weight is. Sums are doubles: add rows and clusters in one order where runs must agree
 * on the last bits.
 *
 * @param clusters number of clusters
 * @param rows number of rows
 * @param x sum of x_c
 * @param n sum of n_c
 * @param xx sum of x_c^2
 * @param xn sum of x_c n_c
 * @param nn sum of n_c^2
 * @param ww sum of w^2 over rows
 */
public record WeightedClusterSums(
        long clusters, long rows, double x, double n, double xx, double xn, double nn, double ww) {
    /** No clusters. */
    public static final WeightedClusterSums EMPTY = new WeightedClusterSums(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * Returns the sums of one cluster; of none if it has no rows.
     *
     * @param rows number of its rows over the whole window
     * @param x weights of its wrong rows, summed; at most {@code n}
     * @param n weights of its rows, summed; positive where there are rows
     * @param ww squares of the weights of its rows, summed
     */
    public static WeightedClusterSums of(long rows, double x, double n, double ww) {
        if (!(rows >= 0 && x >= 0 && x <= n * (1 + 1e-9) && (rows == 0 ? n == 0 : n > 0 && ww > 0))) {
            throw new IllegalArgumentException(
                    "Expected 0 <= x <= n, weights of " + rows + " rows, got " + x + " of " + n);
        }
        return rows == 0 ? EMPTY : new WeightedClusterSums(1, rows, x, n, x * x, x * n, n * n, ww);
    }

    /** Returns the sums over both sets of clusters, which must have no cluster in common. */
    public WeightedClusterSums plus(WeightedClusterSums other) {
        return new WeightedClusterSums(
                clusters + other.clusters,
                rows + other.rows,
                x + other.x,
                n + other.n,
                xx + other.xx,
                xn + other.xn,
                nn + other.nn,
                ww + other.ww);
    }

    /** Returns x / n; null without rows. */
    public @Nullable Double rate() {
        return rows == 0 ? null : (Double) Math.min(1, x / n);
    }

    /**
     * Returns the linearized variance of the rate, see {@link ClusterSums#variance()}; null for less than two clusters. What
     * unequal weights take is in it.
     */
    public @Nullable Double variance() {
        Double rate = rate();
        if (rate == null || clusters < 2) {
            return null;
        }
        double squares = xx - 2 * rate * xn + rate * rate * nn;
        return clusters / (clusters - 1.0) * Math.max(0, squares) / (n * n);
    }

    /**
     * Returns how much rows of one cluster resemble each other, see {@link ClusterSums#intraClassCorrelation()}; null where
     * it can't be told. It solves {@link #variance()} = p (1 - p) (sum w^2 + icc (sum n_c^2 - sum w^2)) / n^2 for icc.
     */
    public @Nullable Double intraClassCorrelation() {
        Double rate = rate();
        Double variance = variance();
        double pairs = nn - ww;
        if (rate == null || variance == null || rate == 0 || rate == 1 || clusters == rows || !(pairs > 0)) {
            return null;
        }
        double alone = variance / (rate * (1 - rate)) * n * n;
        return Math.max(0, Math.min(1, (alone - ww) / pairs));
    }

    /**
     * Returns how many independent rows of equal weight would tell as much about the rate as these: 0 without rows, 1 for a
     * single cluster, and otherwise the less of two.
     *
     * <p>One is p (1 - p) / {@link #variance()}, what the clusters themselves say. The other is what as many rows of these
     * weights and clusters can say at most, n^2 / (sum w^2 + icc (sum n_c^2 - sum w^2)): with icc = 0 it is Kish's effective
     * sample size (sum w)^2 / sum w^2 (Kish 1965), with icc = 1 each cluster counts once, and with equal weights it is the
     * number of rows over the design effect of the fleet, as in {@link ClusterSums#effectiveTrials(double)}.
     *
     * @param icc intra-class correlation of the fleet, in [0, 1]
     */
    public double effectiveTrials(double icc) {
        if (!(icc >= 0 && icc <= 1)) {
            throw new IllegalArgumentException("Expected an intra-class correlation in [0, 1], got " + icc);
        }
        Double rate = rate();
        Double variance = variance();
        if (rate == null || variance == null) {
            return clusters;
        }
        double atMost = n * n / (ww + icc * Math.max(0, nn - ww));
        return rate == 0 || rate == 1 || variance == 0 ? atMost : Math.min(atMost, rate * (1 - rate) / variance);
    }

    /**
     * Returns the interval of the rate for {@link #effectiveTrials}, cameras being clusters; [0, 1] for less than two.
     *
     * @param level inside (0, 1), 0.95 for 95 %
     * @param icc intra-class correlation of the fleet, in [0, 1]
     */
    public Interval interval(IntervalMethod method, double level, double icc) {
        Double rate = rate();
        return rate == null ? Interval.UNKNOWN : method.ofClusters(rate, effectiveTrials(icc), clusters, level);
    }
}
