package dev.winnow.stats;

import java.util.OptionalLong;
import org.apache.commons.math3.special.Beta;

/**
 * Tests of "the share of wrong items is at most a limit" on a sample of them.
 *
 * <p>The risk is that of calling a share proven that is above the limit: at most {@code alpha} for {@link #JEFFREYS} (about)
 * and {@link #CLOPPER_PEARSON} if one looks once, at a sample size that was fixed beforehand, and for {@link #ANYTIME}
 * however often and whenever one looks.
 */
public enum LimitProof {
    /** The one-sided upper bound under Jeffreys' prior. */
    JEFFREYS {
        @Override
        public double bound(long wrong, long trials, double alpha) {
            requireSample(wrong, trials, alpha);
            return IntervalMethod.JEFFREYS.upperBound((double) wrong, (double) trials, 1 - alpha);
        }
    },
    /** The one-sided upper bound of Clopper and Pearson (1934). */
    CLOPPER_PEARSON {
        @Override
        public double bound(long wrong, long trials, double alpha) {
            requireSample(wrong, trials, alpha);
            return IntervalMethod.CLOPPER_PEARSON.upperBound((double) wrong, (double) trials, 1 - alpha);
        }
    },
    /**
     * The e-value of a uniform mixture over the shares below the limit against the limit itself: with x wrong of n and
     * limit r, E = integral of p^x (1-p)^(n-x) over [0, r] / (r r^x (1-r)^(n-x)). Under any share of at least r it is a
     * nonnegative supermartingale, so that it ever reaches 1/alpha with probability at most alpha (Ville 1939).
     */
    ANYTIME {
        @Override
        public boolean passes(long wrong, long trials, double limit, double alpha) {
            requireSample(wrong, trials, alpha);
            return logEvidence(wrong, trials, limit) >= -Math.log(alpha);
        }

        @Override
        public double bound(long wrong, long trials, double alpha) {
            requireSample(wrong, trials, alpha);
            double low = trials == 0 ? 1 : (double) wrong / trials;
            double high = 1;
            while (high - low > PRECISION) {
                double middle = (low + high) / 2;
                if (passes(wrong, trials, middle, alpha)) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return high;
        }
    };

    /** Bounds by bisection are this close to the exact ones, from above. */
    private static final double PRECISION = 1e-12;

    /** Trials beyond which nobody would review. */
    private static final long MOST_TRIALS = 1L << 31;

    /**
     * Returns whether the sample shows that the share is at most {@code limit}.
     *
     * @param wrong at most {@code trials}
     * @param limit inside (0, 1)
     * @param alpha risk, inside (0, 0.5)
     */
    public boolean passes(long wrong, long trials, double limit, double alpha) {
        requireLimit(limit);
        return bound(wrong, trials, alpha) <= limit;
    }

    /** Returns the smallest limit that the sample shows; 1 without trials. */
    public abstract double bound(long wrong, long trials, double alpha);

    /** Returns how many trials without a wrong one show that the share is at most {@code limit}. */
    public long leastTrials(double limit, double alpha) {
        return missing(0, 0, limit, alpha).orElseThrow();
    }

    /**
     * Returns how many more trials would show it if none of them were wrong, 0 where the sample does; empty beyond two
     * thousand million.
     */
    public OptionalLong missing(long wrong, long trials, double limit, double alpha) {
        requireLimit(limit);
        if (passes(wrong, trials, limit, alpha)) {
            return OptionalLong.of(0);
        }
        long fails = 0;
        long passes = 1;
        while (!passes(wrong, trials + passes, limit, alpha)) {
            fails = passes;
            passes *= 2;
            if (passes > MOST_TRIALS) {
                return OptionalLong.empty();
            }
        }
        while (passes - fails > 1) {
            long middle = (fails + passes) / 2;
            if (passes(wrong, trials + middle, limit, alpha)) {
                passes = middle;
            } else {
                fails = middle;
            }
        }
        return OptionalLong.of(passes);
    }

    /**
     * Returns the natural logarithm of the e-value of {@link #ANYTIME} against "the share is at least {@code limit}";
     * 0 without trials, minus infinity where the sample speaks for the limit beyond what a double holds.
     */
    public static double logEvidence(long wrong, long trials, double limit) {
        Interval.requireCounts((double) wrong, (double) trials);
        requireLimit(limit);
        double right = (double) (trials - wrong);
        return Beta.logBeta(wrong + 1.0, right + 1)
                + Math.log(IncompleteBeta.lowerTail(limit, wrong + 1.0, right + 1))
                - (wrong + 1.0) * Math.log(limit)
                - right * Math.log1p(-limit);
    }

    /**
     * Returns the natural logarithm of the e-value against "the share is at most {@code limit}": the same mixture over the
     * shares above the limit. Under any share of at most the limit it ever reaches 1/alpha with probability at most
     * alpha; 0 without trials.
     */
    public static double logEvidenceAgainst(long wrong, long trials, double limit) {
        return logEvidence(trials - wrong, trials, 1 - limit);
    }

    private static void requireSample(long wrong, long trials, double alpha) {
        Interval.requireCounts((double) wrong, (double) trials);
        if (!(alpha > 0 && alpha < 0.5)) {
            throw new IllegalArgumentException("Expected a risk in (0, 0.5), got " + alpha);
        }
    }

    private static void requireLimit(double limit) {
        if (!(limit > 0 && limit < 1)) {
            throw new IllegalArgumentException("Expected a limit in (0, 1), got " + limit);
        }
    }
}
