package dev.winnow.stats;

import java.util.Arrays;

/** Values that can only fall from one bin to the next, as the share of errors does where confidence means something. */
public final class Isotonic {
    private Isotonic() {}

    /**
     * Returns the falling rates nearest to x / n in the sense of least squares, weighted by n.
     *
     * <p>Source: pool adjacent violators, Ayer et al. (1955). A bin without rows takes the rate of the nearest bin before
     * it that has any, the first ones that of the nearest after them.
     *
     * @param x wrong rows per bin, each at most its {@code n}
     * @param n rows per bin, not negative
     * @return as many rates, none above the one before it; empty where no bin has rows
     */
    public static double[] falling(long[] x, long[] n) {
        if (x.length != n.length) {
            throw new IllegalArgumentException("Expected as many x as n, got " + x.length + " and " + n.length);
        }
        for (int bin = 0; bin < x.length; bin++) {
            Interval.requireCounts((double) x[bin], (double) n[bin]);
        }
        return means(
                Arrays.stream(x).asDoubleStream().toArray(),
                Arrays.stream(n).asDoubleStream().toArray());
    }

    /**
     * Returns the falling values nearest to those given in the sense of least squares, weighted; the same method.
     *
     * @param values per bin, finite
     * @param weights per bin, positive
     * @return as many values, none above the one before it
     */
    public static double[] falling(double[] values, double[] weights) {
        if (values.length != weights.length) {
            throw new IllegalArgumentException(
                    "Expected as many values as weights, got " + values.length + " and " + weights.length);
        }
        double[] sums = new double[values.length];
        for (int bin = 0; bin < values.length; bin++) {
            if (!Double.isFinite(values[bin]) || !(weights[bin] > 0)) {
                throw new IllegalArgumentException(
                        "Expected finite values of positive weight, got " + values[bin] + " of " + weights[bin]);
            }
            sums[bin] = values[bin] * weights[bin];
        }
        return means(sums, weights);
    }

    private static double[] means(double[] x, double[] n) {
        double[] blockX = new double[x.length];
        double[] blockN = new double[x.length];
        int[] end = new int[x.length];
        int blocks = 0;
        for (int bin = 0; bin < x.length; bin++) {
            if (n[bin] == 0) {
                if (blocks > 0) {
                    end[blocks - 1] = bin + 1;
                }
                continue;
            }
            blockX[blocks] = x[bin];
            blockN[blocks] = n[bin];
            end[blocks++] = bin + 1;
            while (blocks > 1 && rate(blockX, blockN, blocks - 1) > rate(blockX, blockN, blocks - 2)) {
                blocks--;
                blockX[blocks - 1] += blockX[blocks];
                blockN[blocks - 1] += blockN[blocks];
                end[blocks - 1] = end[blocks];
            }
        }
        double[] rates = new double[blocks == 0 ? 0 : x.length];
        for (int block = 0, from = 0; block < blocks; from = end[block++]) {
            Arrays.fill(rates, from, end[block], rate(blockX, blockN, block));
        }
        return rates;
    }

    private static double rate(double[] x, double[] n, int block) {
        return x[block] / n[block];
    }
}
