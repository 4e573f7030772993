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
        Interval interval = Interval.wilson(successes, trials, z);
        return new WilsonInterval(interval.low(), interval.high());
    }
}
