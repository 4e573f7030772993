package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/** Tests of whether a segment's rate is above that of the rest; small p-values speak for it. */
public final class OneSidedTests {
    /** Terms this small next to the sum no longer change it. */
    private static final double NEGLIGIBLE = 1e-18;

    private OneSidedTests() {}

    /**
     * Returns the p-value of Student's t = (rate - rateOfRest) / sqrt(variance + varianceOfRest).
     *
     * @param rate of the segment, in [0, 1]
     * @param variance of that rate, not negative
     * @param rateOfRest in [0, 1]
     * @param varianceOfRest not negative
     * @param degreesOfFreedom number of clusters - 1, positive
     * @return in [0, 1]; 1/2 for equal rates, also where both variances are 0
     */
    public static double studentT(
            double rate, double variance, double rateOfRest, double varianceOfRest, double degreesOfFreedom) {
        if (!(variance >= 0 && varianceOfRest >= 0)) {
            throw new IllegalArgumentException("Expected variances >= 0, got " + variance + " and " + varianceOfRest);
        }
        double difference = rate - rateOfRest;
        double t = difference == 0 ? 0 : difference / Math.sqrt(variance + varianceOfRest);
        return StudentT.upperTail(t, degreesOfFreedom);
    }

    /**
     * Returns the p-value that respects clusters; null where the segment or the rest has less than two of them, since one
     * cluster says nothing about the spread between clusters.
     *
     * <p>The variances are p (1 - p) / effective trials, so never below those of independent rows. Where all rows of a
     * side are wrong or none is, its p is replaced by the rate of both sides together, the one under the null hypothesis:
     * luck would otherwise look like certainty. The degrees of freedom are the number of clusters - 1 of the side that
     * has less of them, which is the safe choice. Cameras that are on both sides (segments by frame conditions) make the
     * rates move together, so that the test errs to the safe side.
     *
     * @param segment clusters of the segment
     * @param rest clusters of the rest
     * @param icc intra-class correlation of the fleet, in [0, 1], see {@link ClusterSums#effectiveTrials}
     */
    public static @Nullable Double clustered(ClusterSums segment, ClusterSums rest, double icc) {
        return clustered(segment, rest, icc, 1);
    }

    /**
     * Returns the p-value, as {@link #clustered(ClusterSums, ClusterSums, double)} does, of a rate that is at most
     * {@code times} that of the rest.
     *
     * @param times positive
     */
    public static @Nullable Double clustered(ClusterSums segment, ClusterSums rest, double icc, double times) {
        Double rate = segment.rate();
        Double rateOfRest = rest.rate();
        double degreesOfFreedom = Math.min(segment.degreesOfFreedom(), rest.degreesOfFreedom());
        if (rate == null || rateOfRest == null || degreesOfFreedom == 0) {
            return null;
        }
        double both = ((double) segment.x() + rest.x()) / ((double) segment.n() + rest.n());
        return studentT(
                rate,
                variance(rate, both, segment.effectiveTrials(icc)),
                times * rateOfRest,
                times * times * variance(rateOfRest, both, rest.effectiveTrials(icc)),
                degreesOfFreedom);
    }

    /**
     * Returns P(X &gt;= x) where n rows are drawn from {@code allN}, of which {@code allX} are wrong: the p-value for
     * independent rows (Fisher's exact test, one-sided). Relative error below 1e-9; below 1e-300 it may be 0.
     *
     * <p>Terms are summed relative to the largest one by their ratios, in about 40 standard deviations of steps. Commons
     * Math's {@code HypergeometricDistribution} sums all terms of the tail: 18 seconds for 50 million rows, and takes
     * ints only.
     *
     * @param x wrong rows of the segment, at most {@code n} and {@code allX}
     * @param n rows of the segment, at most {@code allN}
     * @param allX wrong rows of segment and rest
     * @param allN rows of segment and rest
     */
    public static double hypergeometric(long x, long n, long allX, long allN) {
        long lowest = Math.max(0, n - (allN - allX));
        long highest = Math.min(n, allX);
        if (!(allX >= 0 && allX <= allN && n >= 0 && n <= allN && x >= lowest && x <= highest)) {
            throw new IllegalArgumentException(
                    "Expected a part of a whole, got " + x + " of " + n + " in " + allX + " of " + allN);
        }
        if (x == lowest) {
            return 1;
        }
        double peak = Math.floor(((double) n + 1) * ((double) allX + 1) / ((double) allN + 2));
        long mode = Math.max(lowest, Math.min(highest, (long) peak));
        double below = 0;
        double atLeast = x <= mode ? 1 : 0;
        double term = 1;
        for (long i = mode; i > lowest && term > NEGLIGIBLE * below; i--) {
            term *= (double) i * (allN - allX - n + i) / ((double) (allX - i + 1) * (n - i + 1));
            if (i - 1 >= x) {
                atLeast += term;
            } else {
                below += term;
            }
        }
        term = 1;
        if (x > mode) {
            below += 1;
        }
        for (long i = mode; i < highest && (i < x ? term > 0 : term > NEGLIGIBLE * atLeast); i++) {
            term *= (double) (allX - i) * (n - i) / ((double) (i + 1) * (allN - allX - n + i + 1));
            if (i + 1 >= x) {
                atLeast += term;
            } else {
                below += term;
            }
        }
        return atLeast / (atLeast + below);
    }

    private static double variance(double rate, double both, double effectiveTrials) {
        double p = rate == 0 || rate == 1 ? both : rate;
        return p * (1 - p) / effectiveTrials;
    }
}
