package dev.winnow.stats;

/** Confidence intervals for a binomial rate; counts need not be whole, so that effective counts can be used. */
public enum IntervalMethod {
    /** Wilson (1927) score interval: coverage close to the level on average. */
    WILSON {
        @Override
        Interval bounds(double x, double n, double tail) {
            return Interval.wilson(x, n, -Normal.quantile(tail));
        }
    },
    /**
     * Equal-tailed posterior interval under Jeffreys' prior Beta(1/2, 1/2), with bound 0 at no successes and 1 at all;
     * the better one-sided bounds. Widened to the rate where a small part of a success lies outside. Source: Brown, Cai
     * and DasGupta (2001).
     */
    JEFFREYS {
        @Override
        Interval bounds(double x, double n, double tail) {
            return new Interval(
                    x == 0 ? 0 : Math.min(x / n, IncompleteBeta.quantile(tail, x + 0.5, n - x + 0.5)),
                    x == n ? 1 : Math.max(x / n, IncompleteBeta.quantile(1 - tail, x + 0.5, n - x + 0.5)));
        }
    },
    /** Clopper and Pearson (1934): coverage is never below the level; for thresholds that protect people. */
    CLOPPER_PEARSON {
        @Override
        Interval bounds(double x, double n, double tail) {
            return new Interval(
                    x == 0 ? 0 : IncompleteBeta.quantile(tail, x, n - x + 1),
                    x == n ? 1 : IncompleteBeta.quantile(1 - tail, x + 1, n - x));
        }
    };

    /**
     * Returns the two-sided interval for {@code successes} of {@code trials}; without trials it is [0, 1].
     *
     * @param successes at most {@code trials}, not negative
     * @param trials not negative
     * @param level inside (0, 1), 0.95 for 95 %
     */
    public Interval of(double successes, double trials, double level) {
        Interval.requireCounts(successes, trials);
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("Expected a level in (0, 1), got " + level);
        }
        return trials == 0 ? Interval.UNKNOWN : bounds(successes, trials, (1 - level) / 2);
    }

    /**
     * Returns the two-sided interval of a rate whose rows lie in clusters; [0, 1] for less than two clusters.
     *
     * <p>The quantile is Student's t on k - 1 degrees of freedom, since few clusters leave the variance itself uncertain.
     * The beta methods know no quantile: there the trials shrink by (z / t)^2 instead (Korn and Graubard 1998).
     *
     * @param rate in [0, 1]
     * @param trials effective ones, not negative
     * @param clusters number of clusters
     * @param level inside (0, 1), 0.95 for 95 %
     */
    public Interval ofClusters(double rate, double trials, long clusters, double level) {
        if (clusters < 2) {
            return Interval.UNKNOWN;
        }
        double t = StudentT.twoSided(level, clusters - 1.0);
        if (this == WILSON) {
            return Interval.wilson(rate * trials, trials, t);
        }
        double ratio = Normal.twoSided(level) / t;
        double fewer = trials * ratio * ratio;
        return of(rate * fewer, fewer, level);
    }

    /**
     * Returns the one-sided upper bound: the rate is at most this with the given confidence; 1 without trials.
     *
     * @param successes at most {@code trials}, not negative
     * @param trials not negative
     * @param confidence inside (0.5, 1)
     */
    public double upperBound(double successes, double trials, double confidence) {
        return of(successes, trials, 2 * confidence - 1).high();
    }

    /**
     * Returns the one-sided lower bound: the rate is at least this with the given confidence; 0 without trials.
     *
     * @param successes at most {@code trials}, not negative
     * @param trials not negative
     * @param confidence inside (0.5, 1)
     */
    public double lowerBound(double successes, double trials, double confidence) {
        return of(successes, trials, 2 * confidence - 1).low();
    }

    abstract Interval bounds(double x, double n, double tail);
}
