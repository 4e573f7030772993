package dev.winnow.stats;

/**
 * Confidence interval; of a rate its bounds are fractions in [0, 1], of a difference of rates in [-1, 1].
 *
 * @param low lower bound
 * @param high upper bound
 */
public record Interval(double low, double high) {
    /** What is known about a rate without trials. */
    public static final Interval UNKNOWN = new Interval(0, 1);

    /** Refuses bounds in the wrong order and NaN. */
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("Expected low <= high, got " + low + ", " + high);
        }
    }

    /**
     * Returns the Wilson score interval for {@code successes} of {@code trials}; without trials it is [0, 1].
     *
     * <p>Source: Wilson (1927), score interval without continuity correction.
     *
     * @param successes at most {@code trials}; need not be whole, so that effective counts can be used
     * @param trials not negative
     * @param quantile of the standard normal distribution (1.959964 for two-sided 95 %) or, where the variance is itself
     *     estimated from few clusters, of Student's t; not negative, infinity gives [0, 1]
     */
    public static Interval wilson(double successes, double trials, double quantile) {
        requireCounts(successes, trials);
        if (!(quantile >= 0)) {
            throw new IllegalArgumentException("Expected a quantile >= 0, got " + quantile);
        }
        if (trials == 0 || Double.isInfinite(quantile)) {
            return UNKNOWN;
        }
        double p = successes / trials;
        double square = quantile * quantile;
        double denominator = 1 + square / trials;
        double center = (p + square / (2 * trials)) / denominator;
        double half = quantile / denominator * Math.sqrt(p * (1 - p) / trials + square / (4 * trials * trials));
        // At 0 and at all successes the bound is exact; rounding must not move it inside.
        return new Interval(
                successes == 0 ? 0 : Math.max(0, center - half), successes == trials ? 1 : Math.min(1, center + half));
    }

    static void requireCounts(double successes, double trials) {
        if (!(trials >= 0 && successes >= 0 && successes <= trials)) {
            throw new IllegalArgumentException("Expected 0 <= successes <= trials, got " + successes + " of " + trials);
        }
    }
}
