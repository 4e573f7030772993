package dev.winnow.generate;

import java.util.function.DoubleUnaryOperator;

/** The inverse distribution function of a density on an interval, tabulated: turns a uniform draw into a value. */
final class Quantiles {
    private static final int CELLS = 1 << 14;
    private static final int STEPS = 1 << 10;

    private final double[] values;

    private Quantiles(double[] values) {
        this.values = values;
    }

    /** Tabulates a density, which need not be normed and may have a pole at either end, over [low, high]. */
    static Quantiles of(DoubleUnaryOperator density, double low, double high) {
        double width = (high - low) / CELLS;
        double[] mass = new double[CELLS + 1];
        for (int i = 0; i < CELLS; i++) {
            mass[i + 1] = mass[i] + density.applyAsDouble(low + (i + 0.5) * width);
        }
        double[] values = new double[STEPS + 1];
        int cell = 0;
        for (int step = 0; step <= STEPS; step++) {
            double target = mass[CELLS] * step / STEPS;
            while (cell < CELLS - 1 && mass[cell + 1] < target) {
                cell++;
            }
            double inside = (target - mass[cell]) / (mass[cell + 1] - mass[cell]);
            values[step] = low + (cell + Math.min(1, inside)) * width;
        }
        return new Quantiles(values);
    }

    /** The beta distribution on [0, 1]. */
    static Quantiles beta(double a, double b) {
        return of(x -> Math.pow(x, a - 1) * Math.pow(1 - x, b - 1), 0, 1);
    }

    /** The gamma distribution with mean 1 and the given squared coefficient of variation, cut at 8. */
    static Quantiles gammaWithMeanOne(double squaredVariation) {
        double shape = 1 / squaredVariation;
        return of(x -> Math.pow(x, shape - 1) * Math.exp(-shape * x), 0, 8);
    }

    /** Returns the value below which the share {@code draw} in [0, 1) of the distribution lies. */
    double at(double draw) {
        double position = draw * STEPS;
        int step = (int) position;
        return values[step] + (values[step + 1] - values[step]) * (position - step);
    }
}
