package dev.winnow.stats;

/** Student's t distribution, through the beta distribution of t^2 / (df + t^2). */
public final class StudentT {
    private StudentT() {}

    /**
     * Returns the quantile of a two-sided interval, 2.776445 for level 0.95 and 4 degrees of freedom.
     *
     * @param level inside (0, 1)
     * @param degreesOfFreedom at least 0; 0 gives infinity, the limit: nothing is known about the spread
     */
    public static double twoSided(double level, double degreesOfFreedom) {
        if (!(level > 0 && level < 1 && degreesOfFreedom >= 0)) {
            throw new IllegalArgumentException(
                    "Expected a level in (0, 1) and degrees of freedom >= 0, got " + level + ", " + degreesOfFreedom);
        }
        if (degreesOfFreedom == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double logit = IncompleteBeta.logitQuantile(level, 0.5, degreesOfFreedom / 2);
        return Math.sqrt(degreesOfFreedom) * Math.exp(logit / 2);
    }

    /**
     * Returns P(T &gt; t); relative error below 1e-9 also far out in the tail.
     *
     * @param t any number but NaN
     * @param degreesOfFreedom positive
     */
    public static double upperTail(double t, double degreesOfFreedom) {
        if (!(degreesOfFreedom > 0) || Double.isNaN(t)) {
            throw new IllegalArgumentException(
                    "Expected a number and degrees of freedom > 0, got " + t + ", " + degreesOfFreedom);
        }
        // Either ratio keeps its digits where the other one rounds to 1.
        double square = t * t;
        double outside = square < degreesOfFreedom
                ? IncompleteBeta.upperTail(square / (degreesOfFreedom + square), 0.5, degreesOfFreedom / 2)
                : IncompleteBeta.lowerTail(degreesOfFreedom / (degreesOfFreedom + square), degreesOfFreedom / 2, 0.5);
        return t < 0 ? 1 - outside / 2 : outside / 2;
    }
}
