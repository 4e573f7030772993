package dev.winnow.stats;

/**
 * Alarm for a rate that has risen by half: a binomial CUSUM chart, one step a day, recomputed from daily counts.
 *
 * <p>Source: Page (1954) with the log-likelihood ratio of {@link #shifted()} against {@code baseline} as increment. Rows of
 * one camera resemble each other, so the increment is divided by the design effect. Start anew when the model version
 * changes.
 *
 * @param baseline rate while nothing has changed, inside (0, 0.99); the shrunk rate of the segment, which is never 0
 * @param designEffect of a day's rows, at least 1
 * @param threshold alarm where the sum is above it, positive
 */
public record Cusum(double baseline, double designEffect, double threshold) {
    private static final double RISE = 1.5;
    private static final double HIGHEST = 0.99;

    /** Refuses a baseline that can't rise. */
    public Cusum {
        if (!(baseline > 0 && baseline < HIGHEST && designEffect >= 1 && threshold > 0)) {
            throw new IllegalArgumentException(
                    "Expected a baseline in (0, 0.99), a design effect >= 1, a threshold > 0, got " + baseline + ", "
                            + designEffect + ", " + threshold);
        }
    }

    /**
     * Returns a first guess of the threshold, ln(segments * days / 10); {@link FalseAlarms#calibrate} finds the one that
     * keeps its promise.
     *
     * @param segments charts that run side by side, positive
     * @param days wanted days between false alarms over all segments; {@code segments * days} above 10
     */
    public static double threshold(long segments, double days) {
        double size = segments * days / 10;
        if (!(segments > 0 && size > 1)) {
            throw new IllegalArgumentException("Expected segments x days > 10, got " + segments + " x " + days);
        }
        return Math.log(size);
    }

    /** Returns the rate to be noticed, 1.5 times the baseline and at most 0.99. */
    public double shifted() {
        return Math.min(HIGHEST, RISE * baseline);
    }

    /**
     * Returns the sum after one more day; it never falls below 0.
     *
     * @param sum before, not negative; after an alarm start anew with 0
     * @param x wrong rows of the day, at most {@code n}
     * @param n judged rows of the day, not negative
     */
    public double next(double sum, long x, long n) {
        Interval.requireCounts((double) x, (double) n);
        double ratio = x * Math.log(shifted() / baseline) + (n - x) * (Math.log1p(-shifted()) - Math.log1p(-baseline));
        return Math.max(0, sum + ratio / designEffect);
    }

    /** Returns whether the sum raises an alarm. */
    public boolean alarm(double sum) {
        return sum > threshold;
    }

    /**
     * Returns the sum of each day; the day after an alarm begins at 0.
     *
     * @param x wrong rows per day
     * @param n judged rows per day, as many days
     */
    public double[] sums(long[] x, long[] n) {
        if (x.length != n.length) {
            throw new IllegalArgumentException("Expected as many x as n, got " + x.length + " and " + n.length);
        }
        double[] sums = new double[x.length];
        double sum = 0;
        for (int day = 0; day < x.length; day++) {
            sum = next(alarm(sum) ? 0 : sum, x[day], n[day]);
            sums[day] = sum;
        }
        return sums;
    }
}
