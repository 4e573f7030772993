package dev.winnow.stats;

/**
 * Comparison of two models on the same images, of which only those count where one is right and the other wrong.
 *
 * <p>Source: McNemar (1947), exact binomial form. Images are taken for independent.
 *
 * @param difference (b - c) / n, the rate of the first minus that of the second
 * @param standardError of the difference
 * @param pValue two-sided, min(1, 2 P(Bin(b + c, 1/2) &lt;= min(b, c)))
 */
public record McNemar(double difference, double standardError, double pValue) {
    /**
     * Compares two models.
     *
     * @param b images on which only the first one is wrong, not negative
     * @param c images on which only the second one is wrong, not negative
     * @param n all images, at least {@code b + c} and positive
     */
    public static McNemar of(long b, long c, long n) {
        if (!(b >= 0 && c >= 0 && n > 0 && b <= n - c)) {
            throw new IllegalArgumentException("Expected 0 <= b + c <= n, n > 0, got " + b + ", " + c + ", " + n);
        }
        double difference = ((double) b - c) / n;
        double variance = ((double) (b + c) / n - difference * difference) / n;
        // P(Bin(m, 1/2) <= k) = I_1/2(m - k, k + 1); Commons Math's BinomialDistribution underflows to 0 here.
        double smaller = Math.min(b, c);
        double larger = Math.max(b, c);
        double p = b == c ? 1 : Math.min(1, 2 * IncompleteBeta.lowerTail(0.5, larger, smaller + 1));
        return new McNemar(difference, Math.sqrt(Math.max(0, variance)), p);
    }
}
