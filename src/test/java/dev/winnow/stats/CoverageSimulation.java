package dev.winnow.stats;

import java.util.Objects;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * How often 95 % intervals hold the rate they are meant for, where every camera keeps its own rate for all days.
 *
 * <p>Rates of cameras are Beta(m p, m (1 - p)) with m = 1 / icc - 1, so that two alarms of a camera are correlated by
 * icc; the rate to be held is p, that of cameras like these. A segment's cameras lie in a fleet with {@link #OTHERS}
 * more, from which the fleet's rate and correlation are learned as the product learns them from the use case.
 */
public final class CoverageSimulation {
    /** Event dates of a window. */
    public static final int DAYS = 30;

    /** Cameras of the fleet besides the segment's. */
    static final int OTHERS = 100;

    private static final double LEVEL = 0.95;

    private CoverageSimulation() {}

    /**
     * What is simulated.
     *
     * @param cameras cameras of the segment
     * @param rate wrong share of alarms, p
     * @param icc correlation of two alarms of a camera
     * @param perDay judged alarms of a camera in a day
     * @param uneven whether {@code perDay} is a mean only: cameras differ by a log-normal factor with sigma 1
     */
    public record Design(int cameras, double rate, double icc, int perDay, boolean uneven) {
        /** Wrong alarms expected in the window. */
        public double expectedErrors() {
            return rate * perDay * DAYS * cameras;
        }

        /** Where the intervals promise their coverage. */
        public boolean promised() {
            return cameras >= 10 && expectedErrors() >= 10;
        }
    }

    /**
     * Shares of the runs.
     *
     * @param naive in which Wilson's interval on raw counts holds p
     * @param cameraDays in which the interval of camera-days as clusters does
     * @param ownVariance in which that of cameras as clusters does, without the fleet's correlation
     * @param published in which the interval that is published does
     * @param stable that are not flagged as unstable
     * @param width mean width of the published interval
     */
    public record Coverage(
            double naive, double cameraDays, double ownVariance, double published, double stable, double width) {

        /** Two standard errors of a share of 95 % over this many runs. */
        public static double twoErrors(int runs) {
            return 2 * Math.sqrt(LEVEL * (1 - LEVEL) / runs);
        }
    }

    /** Runs one design; the same numbers for the same seed. */
    public static Coverage of(Design design, int runs, long seed) {
        Well19937c random = new Well19937c(
                Objects.hash(seed, design.cameras, design.rate, design.icc, design.perDay, design.uneven));
        int naive = 0;
        int cameraDays = 0;
        int own = 0;
        int published = 0;
        int stable = 0;
        double width = 0;
        for (int run = 0; run < runs; run++) {
            ClusterSums[] segment = cameras(design, design.cameras, random);
            ClusterSums fleet = segment[0].plus(cameras(design, OTHERS, random)[0]);
            Double similarity = fleet.intraClassCorrelation();
            Double mean = fleet.rate();
            double icc = similarity == null ? 0 : similarity;
            Interval interval = segment[0].interval(IntervalMethod.WILSON, LEVEL, icc);
            naive += holds(
                    IntervalMethod.WILSON.of((double) segment[0].x(), (double) segment[0].n(), LEVEL), design.rate);
            cameraDays += holds(segment[1].interval(IntervalMethod.WILSON, LEVEL, 0), design.rate);
            own += holds(segment[0].interval(IntervalMethod.WILSON, LEVEL, 0), design.rate);
            published += holds(interval, design.rate);
            stable += mean != null && segment[0].stable(mean) ? 1 : 0;
            width += interval.high() - interval.low();
        }
        double all = runs;
        return new Coverage(naive / all, cameraDays / all, own / all, published / all, stable / all, width / all);
    }

    private static int holds(Interval interval, double rate) {
        return interval.low() <= rate && rate <= interval.high() ? 1 : 0;
    }

    /** Sums over cameras, and over camera-days. */
    private static ClusterSums[] cameras(Design design, int cameras, RandomGenerator random) {
        double m = 1 / design.icc - 1;
        BetaDistribution rates = new BetaDistribution(random, m * design.rate, m * (1 - design.rate));
        ClusterSums byCamera = ClusterSums.EMPTY;
        ClusterSums byDay = ClusterSums.EMPTY;
        for (int camera = 0; camera < cameras; camera++) {
            double rate = rates.sample();
            double load = design.uneven ? Math.exp(random.nextGaussian() - 0.5) * design.perDay : design.perDay;
            long wrong = 0;
            long judged = 0;
            for (int day = 0; day < DAYS; day++) {
                long ofDay = (long) (load * (day + 1)) - (long) (load * day);
                long wrongOfDay = 0;
                for (int i = 0; i < ofDay; i++) {
                    wrongOfDay += random.nextDouble() < rate ? 1 : 0;
                }
                byDay = byDay.plus(ClusterSums.of(wrongOfDay, ofDay));
                wrong += wrongOfDay;
                judged += ofDay;
            }
            byCamera = byCamera.plus(ClusterSums.of(wrong, judged));
        }
        return new ClusterSums[] {byCamera, byDay};
    }
}
