package dev.winnow.stats;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much more the rate of a treated group changed than that of its controls: (after - before) of the treated minus
 * (after - before) of the controls; without controls the plain change.
 *
 * <p>The interval adds up the Wilson intervals of the rates (Newcombe 1998; Zou and Donner 2008), which holds where a
 * rate is 0 or 1, too. The p-value is that of the standard error which the interval implies on the side of 0, because the
 * plain variance is 0 there.
 *
 * @param value negative where the treated got better than the controls
 * @param variance sum of p (1 - p) / trials over the rates
 * @param interval of the value
 * @param pValue two-sided, of no difference
 */
public record DifferenceInDifferences(double value, double variance, Interval interval, double pValue) {
    /**
     * One rate.
     *
     * @param rate in [0, 1]
     * @param trials effective number of independent rows behind it, positive
     * @param degreesOfFreedom number of clusters - 1, positive
     */
    public record Arm(double rate, double trials, double degreesOfFreedom) {
        /** Refuses a rate that nothing stands behind. */
        public Arm {
            if (!(rate >= 0 && rate <= 1 && trials > 0 && degreesOfFreedom > 0)) {
                throw new IllegalArgumentException("Expected a rate in [0, 1] of some trials and clusters, got " + rate
                        + " of " + trials + " with " + degreesOfFreedom + " degrees of freedom");
            }
        }

        /**
         * Returns the rate of clusters as it was counted; null for less than two clusters.
         *
         * @param icc intra-class correlation of the fleet, in [0, 1]
         */
        public static @Nullable Arm of(ClusterSums sums, double icc) {
            Double rate = sums.rate();
            return rate == null || sums.degreesOfFreedom() == 0
                    ? null
                    : new Arm(rate, sums.effectiveTrials(icc), (double) sums.degreesOfFreedom());
        }

        private double variance() {
            return rate * (1 - rate) / trials;
        }

        private Newcombe.Term term(double factor, double quantile) {
            return new Newcombe.Term(factor, rate, Interval.wilson(rate * trials, trials, quantile));
        }
    }

    /**
     * A group before and after.
     *
     * @param before rate before
     * @param after rate after
     */
    public record Change(Arm before, Arm after) {
        private double value() {
            return after.rate - before.rate;
        }

        private double variance() {
            return before.variance() + after.variance();
        }

        private double degreesOfFreedom() {
            return Math.min(before.degreesOfFreedom, after.degreesOfFreedom);
        }
    }

    /**
     * Compares two changes. The quantile is Student's t on the least degrees of freedom among the rates, the safe choice.
     * Clusters that are in several of the rates make them move together, which errs to the safe side as well.
     *
     * @param controls null where there are none
     * @param level of the interval, inside (0, 1)
     */
    public static DifferenceInDifferences of(Change treated, @Nullable Change controls, double level) {
        double df = controls == null
                ? treated.degreesOfFreedom()
                : Math.min(treated.degreesOfFreedom(), controls.degreesOfFreedom());
        double quantile = StudentT.twoSided(level, df);
        double value = treated.value() - (controls == null ? 0 : controls.value());
        Newcombe.Term after = treated.after.term(1, quantile);
        Newcombe.Term before = treated.before.term(-1, quantile);
        Interval interval = Newcombe.sum(
                controls == null
                        ? List.of(after, before)
                        : List.of(after, before, controls.after.term(-1, quantile), controls.before.term(1, quantile)));
        double side = value > 0 ? value - interval.low() : interval.high() - value;
        double p = value == 0 ? 1 : Math.min(1, 2 * StudentT.upperTail(Math.abs(value) * quantile / side, df));
        return new DifferenceInDifferences(
                value, treated.variance() + (controls == null ? 0 : controls.variance()), interval, p);
    }
}
