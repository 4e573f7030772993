package dev.winnow.bench;

import dev.winnow.stats.CoverageSimulation;
import dev.winnow.stats.CoverageSimulation.Coverage;
import dev.winnow.stats.CoverageSimulation.Design;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How often the intervals of segments hold the true rate, over a grid of cameras, rates and correlations.
 *
 * <p>Arguments: runs per line, by default 2,000; judged alarms of a camera in a day, by default 5. Prints two tables:
 * every camera judged alike, and cameras judged unevenly. Same figures on any machine.
 */
public final class CoverageBenchmark {
    private static final int[] CAMERAS = {5, 10, 30, 100, 300};
    private static final double[] RATES = {0.02, 0.1, 0.2};
    private static final double[] CORRELATIONS = {0.05, 0.15};

    private CoverageBenchmark() {}

    /** Prints both tables. */
    public static void main(String[] args) {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
        int perDay = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        for (boolean uneven : new boolean[] {false, true}) {
            List<Design> designs = new ArrayList<>();
            for (int cameras : CAMERAS) {
                for (double rate : RATES) {
                    for (double icc : CORRELATIONS) {
                        designs.add(new Design(cameras, rate, icc, perDay, uneven));
                    }
                }
            }
            Coverage[] found = new Coverage[designs.size()];
            IntStream.range(0, found.length)
                    .parallel()
                    .forEach(i -> found[i] = CoverageSimulation.of(designs.get(i), runs, 1));
            print(designs, found, runs);
        }
    }

    private static void print(List<Design> designs, Coverage[] found, int runs) {
        Design any = designs.get(0);
        System.out.printf(
                Locale.ROOT,
                "%nCoverage of 95 %% intervals, %d days, %s%d judged alarms a camera and day, %,d runs a line"
                        + " (2 standard errors: %.1f %%)%n",
                CoverageSimulation.DAYS,
                any.uneven() ? "log-normal loads of mean " : "",
                any.perDay(),
                runs,
                100 * Coverage.twoErrors(runs));
        System.out.println("cameras  rate   icc  errors  naive  camera-days  cameras  published  width  unstable");
        double least = 1;
        for (int i = 0; i < found.length; i++) {
            Design d = designs.get(i);
            Coverage c = found[i];
            System.out.printf(
                    Locale.ROOT,
                    "%7d  %.2f  %.2f  %6.0f  %5.1f  %11.1f  %7.1f  %9.1f  %.3f  %7.0f%%%n",
                    d.cameras(),
                    d.rate(),
                    d.icc(),
                    d.expectedErrors(),
                    100 * c.naive(),
                    100 * c.cameraDays(),
                    100 * c.ownVariance(),
                    100 * c.published(),
                    c.width(),
                    100 * (1 - c.stable()));
            least = d.promised() ? Math.min(least, c.published()) : least;
        }
        System.out.printf(
                Locale.ROOT,
                "least coverage published from 10 cameras and 10 expected errors: %.1f %%%n",
                100 * least);
    }
}
