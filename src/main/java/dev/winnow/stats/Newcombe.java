package dev.winnow.stats;

import java.util.List;

/**
 * Intervals for differences of independent rates, made of the intervals of the single rates by squaring and adding.
 *
 * <p>Source: Newcombe (1998), method 10, for two rates; Zou and Donner (2008) for sums of more.
 */
public final class Newcombe {
    private Newcombe() {}

    /**
     * A rate times a factor.
     *
     * @param factor 1 or -1 in a difference, a signed weight in a weighted sum
     * @param rate point estimate, inside its interval
     * @param interval interval of the rate
     */
    public record Term(double factor, double rate, Interval interval) {
        /** Refuses a rate outside of its interval. */
        public Term {
            // A rate at the bound may have been rounded past it.
            if (!(rate >= interval.low() - 1e-9 && rate <= interval.high() + 1e-9)) {
                throw new IllegalArgumentException(
                        "Expected a rate inside its interval, got " + rate + " in " + interval);
            }
        }

        private double below() {
            return factor * (rate - (factor >= 0 ? interval.low() : interval.high()));
        }

        private double above() {
            return factor * ((factor >= 0 ? interval.high() : interval.low()) - rate);
        }
    }

    /**
     * Returns the interval of {@code rate1 - rate2}; its level is that of the two intervals.
     *
     * @param rate1 point estimate of the first rate
     * @param interval1 interval of the first rate
     * @param rate2 point estimate of the second rate
     * @param interval2 interval of the second rate
     */
    public static Interval difference(double rate1, Interval interval1, double rate2, Interval interval2) {
        return sum(List.of(new Term(1, rate1, interval1), new Term(-1, rate2, interval2)));
    }

    /**
     * Returns the interval of the sum of independent terms; a difference in differences has four of them.
     *
     * @param terms rates with signed factors; their intervals have one level, which is the level of the result
     */
    public static Interval sum(List<Term> terms) {
        double sum = 0;
        double below = 0;
        double above = 0;
        for (Term term : terms) {
            sum += term.factor * term.rate;
            below += term.below() * term.below();
            above += term.above() * term.above();
        }
        return new Interval(sum - Math.sqrt(below), sum + Math.sqrt(above));
    }
}
