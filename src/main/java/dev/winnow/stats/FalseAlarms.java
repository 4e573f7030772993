package dev.winnow.stats;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * False alarms of {@link Cusum} charts while nothing changes, by simulation.
 *
 * <p>Days are independent; the rows of a day are beta-binomial with the design effect of the segment. A camera that stays
 * bad for many days is part of the baseline of its segment and not simulated.
 *
 * @param perMonth expected false alarms in 30 days over all segments
 * @param standardError of {@code perMonth}, from the finite simulation; 0 where it saw none
 */
public record FalseAlarms(double perMonth, double standardError) {
    private static final int MONTH = 30;
    /** Days until a chart has forgotten that it began at 0. */
    private static final int WARM_UP = 90;
    /** Thresholds are multiples of this, up to 50: at that likelihood ratio nothing happens by chance. */
    private static final double STEP = 0.05;

    private static final int MAX_STEPS = 1_000;
    /** Rows of a camera can't resemble each other more than nearly fully. */
    private static final double MAX_CORRELATION = 0.99;

    /**
     * Segments that are alike.
     *
     * @param baseline rate, inside (0, 0.99)
     * @param rows judged rows a day, at least 1
     * @param designEffect of a day's rows, at least 1
     * @param segments how many there are, at least 1
     */
    public record Fleet(double baseline, int rows, double designEffect, int segments) {
        /** Refuses fleets without segments or rows. */
        public Fleet {
            if (rows < 1 || segments < 1) {
                throw new IllegalArgumentException(
                        "Expected rows >= 1 and segments >= 1, got " + rows + ", " + segments);
            }
        }
    }

    /**
     * Simulates charts; takes about 0.2 microseconds per segment and day.
     *
     * @param fleets the segments, alike ones together
     * @param threshold of all charts, positive
     * @param months to simulate, at least 1; the standard error falls with their square root
     * @param seed the same seed gives the same result, and the same days to all thresholds
     */
    public static FalseAlarms simulate(List<Fleet> fleets, double threshold, int months, long seed) {
        if (months < 1) {
            throw new IllegalArgumentException("Expected months >= 1, got " + months);
        }
        long alarms = 0;
        SplittableRandom random = new SplittableRandom(seed);
        for (Fleet fleet : fleets) {
            Cusum chart = new Cusum(fleet.baseline, fleet.designEffect, threshold);
            alarms += alarms(chart, fleet, (long) months * MONTH * fleet.segments, random.split());
        }
        return new FalseAlarms((double) alarms / months, Math.sqrt((double) alarms) / months);
    }

    /**
     * Returns the smallest threshold, a multiple of 0.05, that keeps false alarms at or below a wanted number.
     *
     * @param fleets the segments, alike ones together
     * @param perMonth wanted false alarms in 30 days over all segments, positive
     * @param months to simulate, at least 1; {@code months * perMonth} is the number of false alarms that the answer rests
     *     on, so 100 of them leave 10 % of uncertainty
     * @param seed the same seed gives the same result
     */
    public static double calibrate(List<Fleet> fleets, double perMonth, int months, long seed) {
        if (!(perMonth > 0)) {
            throw new IllegalArgumentException("Expected more than 0 false alarms a month, got " + perMonth);
        }
        int tooLow = 0;
        int enough = MAX_STEPS;
        while (enough - tooLow > 1) {
            int middle = (tooLow + enough) >>> 1;
            if (simulate(fleets, middle * STEP, months, seed).perMonth <= perMonth) {
                enough = middle;
            } else {
                tooLow = middle;
            }
        }
        return enough * STEP;
    }

    /** Charts in a row are as good as charts side by side: an alarm sets the sum to 0, and it forgets. */
    private static long alarms(Cusum chart, Fleet fleet, long days, SplittableRandom random) {
        double[] cumulative = cumulative(fleet);
        long alarms = 0;
        double sum = 0;
        for (long day = -WARM_UP; day < days; day++) {
            int place = Arrays.binarySearch(cumulative, random.nextDouble());
            int x = Math.min(fleet.rows, place < 0 ? -place - 1 : place + 1);
            sum = chart.next(sum, x, fleet.rows);
            if (chart.alarm(sum)) {
                sum = 0;
                alarms += day >= 0 ? 1 : 0;
            }
        }
        return alarms;
    }

    /** Returns P(X &lt;= x) for all x of a day's wrong rows. */
    private static double[] cumulative(Fleet fleet) {
        int n = fleet.rows;
        double p = fleet.baseline;
        double correlation = n == 1 ? 0 : Math.min(MAX_CORRELATION, (fleet.designEffect - 1) / (n - 1));
        // Ratios of neighboring terms; with correlation r, alpha = p (1 - r) / r, and all is scaled by r.
        double[] terms = new double[n + 1];
        int start = (int) Math.min(n, Math.floor(n * p));
        terms[start] = 1;
        for (int x = start; x < n; x++) {
            terms[x + 1] = terms[x] * ratio(x, n, p, correlation);
        }
        for (int x = start; x > 0; x--) {
            terms[x - 1] = terms[x] / ratio(x - 1, n, p, correlation);
        }
        Arrays.parallelPrefix(terms, Double::sum);
        double total = terms[n];
        for (int x = 0; x <= n; x++) {
            terms[x] /= total;
        }
        return terms;
    }

    private static double ratio(int x, int n, double p, double correlation) {
        double more = p * (1 - correlation) + x * correlation;
        double less = (1 - p) * (1 - correlation) + (n - x - 1) * correlation;
        return (double) (n - x) / (x + 1) * more / less;
    }
}
