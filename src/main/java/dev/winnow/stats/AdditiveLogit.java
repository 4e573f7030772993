package dev.winnow.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Log-odds of an event as a known base plus one shrunk effect for the level of every factor: a logistic regression on
 * counts in which each factor's effects are random around 0.
 *
 * <p>Source: the penalized quasi-likelihood of Breslow and Clayton (1993), fitted by backfitting (Hastie and Tibshirani
 * 1986): every effect takes Newton's step given all others, so that factors that go together share what they explain
 * instead of counting it twice. How far the effects of a factor spread, and so how little a thin level is believed, is
 * learned from the factor itself by expectation and maximization (Stiratelli, Laird and Ware 1984), with the weight of
 * one more level that has {@link #PRIOR_VARIANCE}, as two levels can't tell a spread. An effect without events is 0: what
 * is left is the base.
 */
public final class AdditiveLogit {
    /** Variance that effects have before anything is known, log-odds squared; by judgement: half a unit either way. */
    public static final double PRIOR_VARIANCE = 0.25;

    /** Sweeps over all factors at most, so that a fit ends in a known time. */
    static final int MAX_SWEEPS = 100;

    /** Step below which nothing moves any more, log-odds: no probability changes by more than a quarter of it. */
    private static final double SETTLED = 1e-4;

    /** Longest step of an effect in a sweep: from 0, Newton's step overshoots where nearly everything is an event. */
    private static final double MAX_STEP = 1;

    private final List<double[]> effects;
    private final double[] variances;

    private AdditiveLogit(List<double[]> effects, double[] variances) {
        this.effects = effects;
        this.variances = variances;
    }

    /**
     * Trials that share their base and all their levels.
     *
     * @param base log-odds expected without any effect, finite
     * @param levels level of each factor, in the order of factors; from 0
     * @param events events, at most {@code trials}
     * @param trials positive
     */
    public record Cell(double base, List<Integer> levels, long events, long trials) {
        private static final Comparator<Cell> ORDER = Comparator.comparing(Cell::levels, Cell::compare)
                .thenComparingDouble(Cell::base)
                .thenComparingLong(Cell::trials)
                .thenComparingLong(Cell::events);

        /** Refuses what can't be counted. */
        public Cell {
            Interval.requireCounts((double) events, (double) trials);
            if (!Double.isFinite(base) || trials == 0) {
                throw new IllegalArgumentException(
                        "Expected a finite base and trials >= 1, got " + base + " and " + trials);
            }
            levels = List.copyOf(levels);
        }

        private static int compare(List<Integer> a, List<Integer> b) {
            return Arrays.compare(a.toArray(Integer[]::new), b.toArray(Integer[]::new));
        }
    }

    /**
     * Fits the effects. The order of cells changes nothing.
     *
     * @param cells any number, none for effects of 0
     * @param sizes levels of each factor
     */
    public static AdditiveLogit fit(List<Cell> cells, List<Integer> sizes) {
        List<Cell> sorted = new ArrayList<>(cells);
        sorted.sort(Cell.ORDER);
        return new Fit(sorted, sizes).run();
    }

    /** Returns the effect of a level, log-odds. */
    public double effect(int factor, int level) {
        return effects.get(factor)[level];
    }

    /** Returns how far the effects of a factor spread, log-odds squared. */
    public double variance(int factor) {
        return variances[factor];
    }

    /** Returns the probability that belongs to log-odds. */
    public static double probability(double logOdds) {
        return 1 / (1 + StrictMath.exp(-logOdds));
    }

    /** Returns the log-odds of a probability inside (0, 1). */
    public static double logOdds(double probability) {
        return StrictMath.log(probability / (1 - probability));
    }

    private static final class Fit {
        private final int[][] levels;
        private final double[] events;
        private final double[] trials;
        private final double[] sums;
        private final List<double[]> effects = new ArrayList<>();
        private final double[] variances;

        Fit(List<Cell> cells, List<Integer> sizes) {
            levels = new int[sizes.size()][cells.size()];
            events = new double[cells.size()];
            trials = new double[cells.size()];
            sums = new double[cells.size()];
            variances = new double[sizes.size()];
            Arrays.fill(variances, PRIOR_VARIANCE);
            sizes.forEach(size -> effects.add(new double[size]));
            for (int i = 0; i < events.length; i++) {
                Cell cell = cells.get(i);
                for (int factor = 0; factor < levels.length; factor++) {
                    levels[factor][i] = cell.levels.get(factor);
                }
                events[i] = cell.events;
                trials[i] = cell.trials;
                sums[i] = cell.base;
            }
        }

        AdditiveLogit run() {
            double moved = Double.POSITIVE_INFINITY;
            for (int sweep = 0; sweep < MAX_SWEEPS && moved > SETTLED; sweep++) {
                moved = 0;
                for (int factor = 0; factor < levels.length; factor++) {
                    moved = Math.max(moved, step(factor));
                }
            }
            return new AdditiveLogit(effects, variances);
        }

        /** One step of all effects of a factor, whose levels share no cell; returns the longest. */
        private double step(int factor) {
            double[] effect = effects.get(factor);
            double[] slope = new double[effect.length];
            double[] curvature = new double[effect.length];
            int[] level = levels[factor];
            for (int i = 0; i < level.length; i++) {
                double p = probability(sums[i]);
                slope[level[i]] += events[i] - trials[i] * p;
                curvature[level[i]] += trials[i] * p * (1 - p);
            }
            double longest = 0;
            double spread = PRIOR_VARIANCE;
            double[] move = new double[effect.length];
            for (int l = 0; l < effect.length; l++) {
                double precision = curvature[l] + 1 / variances[factor];
                double step = (slope[l] - effect[l] / variances[factor]) / precision;
                move[l] = Math.max(-MAX_STEP, Math.min(MAX_STEP, step));
                effect[l] += move[l];
                longest = Math.max(longest, Math.abs(move[l]));
                spread += effect[l] * effect[l] + 1 / precision;
            }
            for (int i = 0; i < level.length; i++) {
                sums[i] += move[level[i]];
            }
            variances[factor] = spread / (effect.length + 1);
            return longest;
        }
    }
}
