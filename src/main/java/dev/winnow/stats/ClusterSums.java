package dev.winnow.stats;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the clusters of a segment leave behind: sums, exact and additive, from which its rate gets an honest variance.
 *
 * <p>Frames of one camera resemble each other, so the camera, over the whole window, is the unit that counts. Let x_c
 * of n_c judged rows of cluster c be wrong; a cluster without judged rows is none. Rows of one cluster are summed before
 * they come here: sums of squares add up over clusters, never over cells or days of the same cluster.
 *
 * @param clusters number of clusters
 * @param x sum of x_c
 * @param n sum of n_c
 * @param xx sum of x_c^2
 * @param xn sum of x_c n_c
 * @param nn sum of n_c^2
 */
public record ClusterSums(long clusters, long x, long n, long xx, long xn, long nn) {
    // Below these the coverage of intervals falls short or is bought with intervals that say little.
    private static final int STABLE_CLUSTERS = 10;
    private static final double STABLE_ERRORS = 10;

    /** No clusters. */
    public static final ClusterSums EMPTY = new ClusterSums(0, 0, 0, 0, 0, 0);

    /** Refuses sums that no clusters can have. */
    public ClusterSums {
        if (!(clusters >= 0
                && x >= 0
                && x <= xx
                && x <= n
                && xx <= xn
                && xn <= nn
                && clusters <= n
                && n <= nn
                && (clusters > 0 || nn == 0))) {
            throw new IllegalArgumentException("Expected sums over clusters with 0 <= x <= n and n > 0, got " + clusters
                    + " clusters with x=" + x + " n=" + n + " xx=" + xx + " xn=" + xn + " nn=" + nn);
        }
    }

    /**
     * Returns the sums of one cluster; of none if it has no rows.
     *
     * @param x wrong rows of the cluster over the whole window, at most {@code n}
     * @param n judged rows of the cluster over the whole window, not negative
     * @throws ArithmeticException if a square does not fit into a long
     */
    public static ClusterSums of(long x, long n) {
        if (!(x >= 0 && x <= n)) {
            throw new IllegalArgumentException("Expected 0 <= x <= n, got " + x + " of " + n);
        }
        return n == 0
                ? EMPTY
                : new ClusterSums(
                        1, x, n, Math.multiplyExact(x, x), Math.multiplyExact(x, n), Math.multiplyExact(n, n));
    }

    /**
     * Returns the sums over both sets of clusters, which must have no cluster in common.
     *
     * @throws ArithmeticException if a sum does not fit into a long
     */
    public ClusterSums plus(ClusterSums other) {
        return new ClusterSums(
                Math.addExact(clusters, other.clusters),
                Math.addExact(x, other.x),
                Math.addExact(n, other.n),
                Math.addExact(xx, other.xx),
                Math.addExact(xn, other.xn),
                Math.addExact(nn, other.nn));
    }

    /**
     * Returns the sums without {@code part}, whole clusters of this set. The rest of a segment that shares cameras with
     * it is: all, minus those cameras in full, plus what those cameras have outside of the segment.
     */
    public ClusterSums minus(ClusterSums part) {
        return new ClusterSums(
                clusters - part.clusters, x - part.x, n - part.n, xx - part.xx, xn - part.xn, nn - part.nn);
    }

    /**
     * Returns the sums of what lies outside of a part whose clusters may reach beyond it.
     *
     * <p>With X_c and N_c of the whole cluster: (X_c - x_c)^2 = X_c^2 - 2 x_c X_c + x_c^2, and so on.
     *
     * @param part what is left out; its x_c and n_c are at most those of the whole cluster
     * @param wholly clusters of the part that have no rows outside of it
     * @param wrongOfWhole sum over clusters of x_c X_c
     * @param crossOfWhole sum over clusters of x_c N_c + n_c X_c
     * @param rowsOfWhole sum over clusters of n_c N_c
     */
    public ClusterSums outside(ClusterSums part, long wholly, long wrongOfWhole, long crossOfWhole, long rowsOfWhole) {
        return new ClusterSums(
                clusters - wholly,
                x - part.x,
                n - part.n,
                xx - 2 * wrongOfWhole + part.xx,
                xn - crossOfWhole + part.xn,
                nn - 2 * rowsOfWhole + part.nn);
    }

    /** Returns x / n; null without rows. */
    public @Nullable Double rate() {
        return n == 0 ? null : (double) x / n;
    }

    /** Returns k - 1 of k clusters, 0 without clusters. */
    public long degreesOfFreedom() {
        return Math.max(0, clusters - 1);
    }

    /**
     * Returns the variance of the rate, k / (k - 1) sum (x_c - p n_c)^2 / n^2; null for less than two clusters.
     *
     * <p>Source: the linearized variance of a ratio, Cochran (1977), chapter 6. The sum of squares is evaluated in whole
     * numbers: in floating point it would cancel.
     */
    public @Nullable Double variance() {
        if (clusters < 2) {
            return null;
        }
        BigInteger bigX = BigInteger.valueOf(x);
        BigInteger bigN = BigInteger.valueOf(n);
        BigInteger squares = BigInteger.valueOf(xx)
                .multiply(bigN)
                .multiply(bigN)
                .subtract(BigInteger.valueOf(xn).multiply(bigX).multiply(bigN).shiftLeft(1))
                .add(BigInteger.valueOf(nn).multiply(bigX).multiply(bigX));
        if (squares.signum() < 0) {
            throw new IllegalStateException("No clusters can have the sums " + this);
        }
        double square = (double) n * n;
        return clusters / (clusters - 1.0) * (squares.doubleValue() / square) / square;
    }

    /**
     * Returns the design effect: the variance over that of as many independent rows, p (1 - p) / n; null for less than
     * two clusters and where all rows are wrong or none, so that there is nothing to compare with.
     */
    public @Nullable Double designEffect() {
        Double variance = variance();
        return variance == null || uniform() ? null : variance / independentVariance();
    }

    /**
     * Returns how many independent rows would tell as much about the rate as these, n / design effect and at most n.
     *
     * <p>It is 0 without rows and 1 for a single cluster. The design effect is never taken below that of the fleet, 1 +
     * (m - 1) icc (Kish 1965) with m the mean cluster size as a row sees it, sum n_c^2 / sum n_c; the plain mean would
     * understate it where one camera has most of the rows. A few clusters that look more alike than the fleet's, at the
     * extreme none of them wrong, are luck rather than precision: where errors are rare and gather in few cameras, most
     * samples miss those, and the clusters' own variance alone gives 95 % intervals that hold 80 % of the time (10
     * cameras, rate .02, icc .15; {@code scripts/bench coverage}).
     *
     * @param icc intra-class correlation of the fleet, in [0, 1], see {@link #intraClassCorrelation()}
     */
    public double effectiveTrials(double icc) {
        return Math.min(n / fleetDesignEffect(icc), ownEffectiveTrials(icc));
    }

    /**
     * Returns {@link #effectiveTrials} by the clusters' own design effect, whether or not it is below the fleet's; the
     * fleet's only where all rows are wrong or none. Right on average rather than on the safe side: for moments over many
     * segments, from which too much would be taken for chance otherwise.
     *
     * @param icc intra-class correlation of the fleet, in [0, 1]
     */
    public double ownEffectiveTrials(double icc) {
        double fleet = fleetDesignEffect(icc);
        if (clusters < 2) {
            return clusters;
        }
        Double own = designEffect();
        return n / (own == null ? fleet : Math.max(1, own));
    }

    /**
     * Returns how much rows of one cluster resemble each other: 0 not at all, 1 are copies. Null where it can't be told:
     * less than two clusters, one row each, or all rows wrong or none.
     *
     * <p>It is the moment estimator that solves design effect = 1 + (m - 1) icc (Kish 1965) for icc with m = sum n_c^2 /
     * sum n_c, clipped to [0, 1]. The analysis-of-variance estimator (Ridout, Demetrio and Firth 1999) would need sum
     * x_c^2 / n_c, which is no whole number; for clusters of one size the two differ by terms of order 1 / k.
     */
    public @Nullable Double intraClassCorrelation() {
        Double designEffect = designEffect();
        if (designEffect == null || nn == n) {
            return null;
        }
        return Math.max(0, Math.min(1, (designEffect - 1) / (meanSize() - 1)));
    }

    /**
     * Returns the interval of the rate that respects clusters; [0, 1] for less than two clusters.
     *
     * <p>It is the interval for {@link #effectiveTrials}, see {@link IntervalMethod#ofClusters}.
     *
     * @param level inside (0, 1), 0.95 for 95 %
     * @param icc intra-class correlation of the fleet, in [0, 1]
     */
    public Interval interval(IntervalMethod method, double level, double icc) {
        Double rate = rate();
        return rate == null ? Interval.UNKNOWN : interval(method, level, rate, effectiveTrials(icc));
    }

    /**
     * Returns the interval of another estimate of the rate that rests on the same clusters; [0, 1] for less than two.
     *
     * @param rate in [0, 1]
     * @param trials effective ones, not negative
     */
    public Interval interval(IntervalMethod method, double level, double rate, double trials) {
        return method.ofClusters(rate, trials, clusters, level);
    }

    /**
     * Returns whether the coverage of {@link #interval} is known to hold: at least ten clusters and ten wrong rows
     * expected.
     *
     * @param expected rate of wrong rows, such as that of the whole fleet: the segment's own would tell a segment without
     *     any that nothing can be expected
     */
    public boolean stable(double expected) {
        return clusters >= STABLE_CLUSTERS && expected * n >= STABLE_ERRORS;
    }

    private boolean uniform() {
        return x == 0 || x == n;
    }

    private double fleetDesignEffect(double icc) {
        if (!(icc >= 0 && icc <= 1)) {
            throw new IllegalArgumentException("Expected an intra-class correlation in [0, 1], got " + icc);
        }
        return clusters < 2 ? 1 : 1 + (meanSize() - 1) * icc;
    }

    private double meanSize() {
        return (double) nn / n;
    }

    private double independentVariance() {
        return (double) x / n * ((double) (n - x) / n) / n;
    }
}
