package dev.winnow.stats;

/**
 * Wilson score interval for a binomial proportion, bounds as fractions in [0, 1].
 *
 * <p>Source: Wilson (1927), score interval without continuity correction.
 *
 * @param low lower bound
 * @param high upper bound
 */
public record WilsonInterval(double low, double high) {

    /**
     * Returns the interval for {@code successes} of {@code trials}; without trials it is [0, 1].
     *
     * @param successes at most {@code trials}; need not be whole, so that effective counts can be used
     * @param trials not negative
     * @param z standard normal quantile, 1.959964 for two-sided 95 %
     */
    public static WilsonInterval of(double successes, double trials, double z) {
        if (!(trials >= 0 && successes >= 0 && successes <= trials)) {
            throw new IllegalArgumentException("Expected 0 <= successes <= trials, got " + successes + " of " + trials);
        }
        if (trials == 0) {
            return new WilsonInterval(0, 1);
        }
        double p = successes / trials;
        double denominator = 1 + z * z / trials;
        double center = (p + z * z / (2 * trials)) / denominator;
        double half = z / denominator * Math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials));
        // At 0 and at all successes the bound is exact; rounding must not move it inside.
        return new WilsonInterval(
                successes == 0 ? 0 : Math.max(0, center - half), successes == trials ? 1 : Math.min(1, center + half));
    }
}
