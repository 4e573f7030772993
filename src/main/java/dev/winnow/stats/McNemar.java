package dev.winnow.stats;

import java.util.List;

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

    /**
     * Compares two models on images of several cameras, whose images resemble each other.
     *
     * <p>The variance is the linearized one of the ratio sum d_c / sum n_c, with d_c = b_c - c_c of camera c (Obuchowski
     * 1998; Cochran 1977, chapter 6), and the test Student's t on cameras - 1 degrees of freedom. It is never below that of
     * independent images, nor is its p-value: cameras that happen to agree are luck.
     *
     * @param cameras one element per camera with images
     */
    public static McNemar clustered(List<Camera> cameras) {
        long b = 0;
        long c = 0;
        long n = 0;
        for (Camera camera : cameras) {
            b += camera.b;
            c += camera.c;
            n += camera.n;
        }
        McNemar independent = of(b, c, n);
        int k = cameras.size();
        if (k < 2) {
            return new McNemar(independent.difference, independent.standardError, 1);
        }
        double squares = 0;
        for (Camera camera : cameras) {
            double residual = camera.b - camera.c - independent.difference * camera.n;
            squares += residual * residual;
        }
        double error = Math.max(independent.standardError, Math.sqrt(k / (k - 1.0) * squares) / n);
        double p = independent.difference == 0
                ? 1
                : Math.min(1, 2 * StudentT.upperTail(Math.abs(independent.difference) / error, k - 1.0));
        return new McNemar(independent.difference, error, Math.max(independent.pValue, p));
    }

    /**
     * Images of one camera that both models scored.
     *
     * @param b images on which only the first model is wrong
     * @param c images on which only the second one is wrong
     * @param n all images, at least {@code b + c}
     */
    public record Camera(long b, long c, long n) {}
}
