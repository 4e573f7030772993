package dev.winnow.stats;

/**
 * A beta prior for the rates of segments, fitted to the segments themselves (empirical Bayes): small segments are drawn
 * to the mean, large ones keep their own rate.
 *
 * @param alpha positive; {@code alpha + beta} rows of prior knowledge, of which {@code alpha} are wrong
 * @param beta positive
 */
public record BetaBinomial(double alpha, double beta) {
    /** Jeffreys' prior, where there are too few segments to learn one. */
    public static final BetaBinomial JEFFREYS = new BetaBinomial(0.5, 0.5);

    /** Segments with rows below which there is nothing to learn from. */
    public static final int MIN_SEGMENTS = 5;

    private static final double FULL_POOLING = 1e6;
    private static final double NO_POOLING = 1e-6;

    /** Refuses parameters that are not positive. */
    public BetaBinomial {
        if (!(alpha > 0 && beta > 0 && alpha + beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected alpha > 0 and beta > 0, got " + alpha + ", " + beta);
        }
    }

    /**
     * Fits the prior by moments with weights n_i.
     *
     * <p>Source: Kleinman (1973). Where rates spread no more than chance makes them, the prior weighs a million rows
     * (full pooling); so it does where the spread can't be told because no segment has more than one row. Where they
     * spread as far as possible it weighs a millionth of a row. Below five segments with rows it is {@link #JEFFREYS}.
     * Where nothing or everything is wrong, half a row is added to each side, so that the prior stays proper.
     *
     * @param x wrong rows per segment, effective ones where rows are clustered: rate times effective trials
     * @param n rows per segment, effective ones where rows are clustered; segments with 0 are left out. The order changes
     *     the last bits only; give segments in key order where runs must agree on those
     */
    public static BetaBinomial fit(double[] x, double[] n) {
        if (x.length != n.length) {
            throw new IllegalArgumentException("Expected as many x as n, got " + x.length + " and " + n.length);
        }
        int segments = 0;
        double sumX = 0;
        double sumN = 0;
        double sumNN = 0;
        for (int i = 0; i < n.length; i++) {
            Interval.requireCounts(x[i], n[i]);
            segments += n[i] > 0 ? 1 : 0;
            sumX += x[i];
            sumN += n[i];
            sumNN += n[i] * n[i];
        }
        if (segments < MIN_SEGMENTS) {
            return JEFFREYS;
        }
        double p = sumX / sumN;
        double spread = 0;
        for (int i = 0; i < n.length; i++) {
            if (n[i] > 0) {
                double deviation = x[i] / n[i] - p;
                spread += n[i] * deviation * deviation;
            }
        }
        // With weights n_i the sums of the formula are k - 1 and W - sum n_i^2 / W.
        double chance = segments - 1;
        double variance = p * (1 - p);
        double scale = sumN - sumNN / sumN - chance;
        if (!(variance > 0)) {
            p = (sumX + 0.5) / (sumN + 1);
            return ofMean(p, FULL_POOLING);
        }
        if (!(scale > 0)) {
            return ofMean(p, FULL_POOLING);
        }
        double rho = (spread - variance * chance) / (variance * scale);
        return ofMean(p, Math.max(NO_POOLING, Math.min(FULL_POOLING, rho > 0 ? 1 / rho - 1 : FULL_POOLING)));
    }

    private static BetaBinomial ofMean(double p, double weight) {
        return new BetaBinomial(p * weight, (1 - p) * weight);
    }

    /** Returns the mean rate of the prior. */
    public double mean() {
        return alpha / (alpha + beta);
    }

    /** Returns how many rows the prior weighs, M. */
    public double weight() {
        return alpha + beta;
    }

    /**
     * Returns a prior of the same weight around another mean: for a slice of a slice, the shrunk rate of its parent.
     *
     * @param mean inside (0, 1)
     */
    public BetaBinomial around(double mean) {
        if (!(mean > 0 && mean < 1)) {
            throw new IllegalArgumentException("Expected a mean in (0, 1), got " + mean);
        }
        return ofMean(mean, weight());
    }

    /**
     * Returns the shrunk rate, (x + alpha) / (n + M); without rows it is the mean.
     *
     * @param x wrong rows, at most {@code n}; need not be whole
     * @param n rows, not negative
     */
    public double shrunk(double x, double n) {
        Interval.requireCounts(x, n);
        return (x + alpha) / (n + weight());
    }

    /**
     * Returns the rate that the segment's true rate exceeds with the given probability.
     *
     * @param x wrong rows, at most {@code n}; need not be whole
     * @param n rows, not negative
     * @param confidence inside (0, 1), 0.95 for 95 %
     */
    public double lowerBound(double x, double n, double confidence) {
        Interval.requireCounts(x, n);
        return IncompleteBeta.quantile(1 - confidence, x + alpha, n - x + beta);
    }

    /**
     * Returns the probability that the segment's true rate is above a value.
     *
     * @param x wrong rows, at most {@code n}; need not be whole
     * @param n rows, not negative
     * @param value any number but NaN; the elevated rule asks for 1.25 times the rate of the fleet
     */
    public double probabilityAbove(double x, double n, double value) {
        Interval.requireCounts(x, n);
        return IncompleteBeta.upperTail(value, x + alpha, n - x + beta);
    }
}
