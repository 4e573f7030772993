package dev.winnow.stats;

/** How much has to be judged to tell two rates apart. */
public final class SampleSize {
    private SampleSize() {}

    /**
     * Returns the rows each of two groups needs so that a test of equal rates finds a difference: 435 for 10 % and 5 % at
     * level 0.95 with power 0.8.
     *
     * <p>Source: normal approximation with the pooled variance under the null hypothesis, Fleiss, Levin and Paik (2003),
     * section 4.2, without continuity correction. Rows are taken for independent: multiply by the design effect.
     *
     * @param rate1 in [0, 1]
     * @param rate2 in [0, 1], another rate
     * @param level of the two-sided test, inside (0, 1)
     * @param power probability to find the difference, inside (0, 1)
     */
    public static long perGroup(double rate1, double rate2, double level, double power) {
        if (!(rate1 >= 0 && rate1 <= 1 && rate2 >= 0 && rate2 <= 1) || rate1 == rate2) {
            throw new IllegalArgumentException("Expected two different rates, got " + rate1 + " and " + rate2);
        }
        double mean = (rate1 + rate2) / 2;
        double equal = Normal.twoSided(level) * Math.sqrt(2 * mean * (1 - mean));
        double different = Normal.quantile(power) * Math.sqrt(rate1 * (1 - rate1) + rate2 * (1 - rate2));
        double ratio = (equal + different) / (rate1 - rate2);
        return (long) Math.ceil(ratio * ratio);
    }
}
