package dev.winnow.stats;

import org.apache.commons.math3.special.Beta;

/**
 * Tails and quantiles of the beta distribution.
 *
 * <p>Tails are Commons Math's regularized incomplete beta function, asked for on the side where nothing cancels. Its
 * inverse ({@code BetaDistribution.inverseCumulativeProbability}) is not used: it stops at an absolute error of 1e-9, so
 * that a bound of 5e-13 comes back as 0, and takes about ten times as long.
 */
public final class IncompleteBeta {
    private static final int MAX_STEPS = 200;
    /** Quantiles closer to 0 than 1e-304 are taken for it; beyond, exponentials leave the range of a double. */
    private static final double END = 700;
    /** Newton's method doubles the digits, so that after a residual of this size rounding alone is left. */
    private static final double ALMOST = 1e-8;

    private IncompleteBeta() {}

    /**
     * Returns P(X &lt;= x) for X of Beta(a, b); relative error below 1e-9 also far out in the tail.
     *
     * @param x any number but NaN; 0 or less gives 0, 1 or more gives 1
     * @param a positive
     * @param b positive
     */
    public static double lowerTail(double x, double a, double b) {
        requireNumber(x);
        requirePositive(a, b);
        return lowerTail(x, 1 - x, a, b);
    }

    /**
     * Returns P(X &gt; x) for X of Beta(a, b); relative error below 1e-9 also far out in the tail.
     *
     * @param x any number but NaN; 0 or less gives 1, 1 or more gives 0
     * @param a positive
     * @param b positive
     */
    public static double upperTail(double x, double a, double b) {
        requireNumber(x);
        requirePositive(a, b);
        return lowerTail(1 - x, x, b, a);
    }

    /**
     * Returns the x with P(X &lt;= x) = p for X of Beta(a, b); relative error below 1e-9.
     *
     * @param p probability, inside (0, 1)
     * @param a positive
     * @param b positive
     */
    public static double quantile(double p, double a, double b) {
        return logistic(logitQuantile(p, a, b));
    }

    /**
     * Returns ln(x / (1 - x)) of the quantile x, which keeps its digits also where x rounds to 1.
     *
     * <p>The logit of a beta variable has a log-concave density, hence a log-concave distribution function, on which
     * Newton's method can't cycle: from the left it climbs to the root, from the right it first falls to the left.
     * Bisection takes over where the function underflows.
     *
     * @param p probability, inside (0, 1)
     * @param a positive
     * @param b positive
     */
    static double logitQuantile(double p, double a, double b) {
        requirePositive(a, b);
        if (!(p > 0 && p < 1)) {
            throw new IllegalArgumentException("Expected 0 < p < 1, got " + p);
        }
        if (p > 0.5) {
            return -logitQuantile(1 - p, b, a);
        }
        double logP = Math.log(p);
        double logBeta = Beta.logBeta(a, b);
        double low = -END;
        double high = END;
        // The leading term x^a / (a B) of the tail, or the normal approximation of the logit.
        double u = Math.min(a, b) < 1
                ? (logP + Math.log(a) + logBeta) / a
                : Math.log(a / b) + Normal.quantile(p) * Math.sqrt(1 / a + 1 / b);
        u = Math.max(low, Math.min(high, u));
        for (int i = 0; i < MAX_STEPS; i++) {
            double tail = lowerTail(logistic(u), logistic(-u), a, b);
            double residual = Math.log(tail) - logP;
            if (residual < 0) {
                low = u;
            } else {
                high = u;
            }
            double logDensity = -a * Math.log1p(Math.exp(-u)) - b * Math.log1p(Math.exp(u)) - logBeta;
            double next = u - residual * Math.exp(Math.log(tail) - logDensity);
            if (Math.abs(residual) < ALMOST) {
                return next;
            }
            u = next > low && next < high ? next : (low + high) / 2;
            if (high - low < Math.ulp(high)) {
                return u;
            }
        }
        throw new IllegalStateException("No quantile " + p + " of Beta(" + a + ", " + b + ")");
    }

    private static double lowerTail(double x, double y, double a, double b) {
        if (x <= 0) {
            return 0;
        }
        if (y <= 0) {
            return 1;
        }
        return x <= (a + 1) / (a + b + 2) ? Beta.regularizedBeta(x, a, b) : 1 - Beta.regularizedBeta(y, b, a);
    }

    private static double logistic(double u) {
        return u < 0 ? Math.exp(u) / (1 + Math.exp(u)) : 1 / (1 + Math.exp(-u));
    }

    private static void requireNumber(double x) {
        if (Double.isNaN(x)) {
            throw new IllegalArgumentException("Expected a number, got NaN");
        }
    }

    private static void requirePositive(double a, double b) {
        if (!(a > 0 && b > 0)) {
            throw new IllegalArgumentException("Expected a > 0 and b > 0, got Beta(" + a + ", " + b + ")");
        }
    }
}
