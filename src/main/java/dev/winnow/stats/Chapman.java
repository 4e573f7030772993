package dev.winnow.stats;

/**
 * Total number of events, those seen by nobody included, from two independent sources that each saw some.
 *
 * <p>Source: Chapman (1951); standard error of Seber (1970).
 *
 * @param total (n1 + 1)(n2 + 1) / (m + 1) - 1
 * @param standardError of the total
 */
public record Chapman(double total, double standardError) {
    /**
     * Estimates the total.
     *
     * @param first events of the first source (customers' reports), not negative
     * @param second events of the second source (a random audit), not negative
     * @param both events of both sources, at most the smaller of the two
     */
    public static Chapman of(long first, long second, long both) {
        if (!(both >= 0 && both <= first && both <= second)) {
            throw new IllegalArgumentException(
                    "Expected 0 <= both <= either source, got " + first + ", " + second + ", " + both);
        }
        double product = (first + 1.0) * (second + 1.0) / (both + 1.0);
        double unmatched = ((double) first - both) * ((double) second - both);
        return new Chapman(product - 1, Math.sqrt(product * unmatched / ((both + 1.0) * (both + 2.0))));
    }
}
