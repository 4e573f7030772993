package dev.winnow.stats;

import java.util.List;

/**
 * Temperature scaling of the confidence of the predicted class: its log-odds are divided by one number.
 *
 * <p>Source: Guo, Pleiss, Sun and Weinberger (2017), which divides the logits of all classes; where only the confidence of
 * the predicted class is known this is the same with two classes, the predicted one and the others.
 */
public final class Temperature {
    /** Log-odds beyond those of one in a million are cut: rounding to 1 must not count as certainty. */
    private static final double CLOSEST = 1e-6;

    private static final double LEAST_LOG = -3;
    private static final double MOST_LOG = 3;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final int STEPS = 60;

    private Temperature() {}

    /**
     * Returns the temperature with the largest likelihood, from 0.05 to 20; above 1 where the model is too sure of itself.
     * The likelihood has one maximum, found by golden section.
     *
     * @param bins narrow bins of confidence, at least one
     */
    public static double fit(List<Reliability.Bin> bins) {
        if (bins.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one bin to fit a temperature to");
        }
        double low = LEAST_LOG;
        double high = MOST_LOG;
        double left = high - GOLDEN * (high - low);
        double right = low + GOLDEN * (high - low);
        double lossLeft = loss(bins, Math.exp(left));
        double lossRight = loss(bins, Math.exp(right));
        for (int i = 0; i < STEPS; i++) {
            if (lossLeft <= lossRight) {
                high = right;
                right = left;
                lossRight = lossLeft;
                left = high - GOLDEN * (high - low);
                lossLeft = loss(bins, Math.exp(left));
            } else {
                low = left;
                left = right;
                lossLeft = lossRight;
                right = low + GOLDEN * (high - low);
                lossRight = loss(bins, Math.exp(right));
            }
        }
        return Math.exp((low + high) / 2);
    }

    /** Returns the confidence at a temperature, in (0, 1). */
    public static double apply(double confidence, double temperature) {
        double p = Math.max(CLOSEST, Math.min(1 - CLOSEST, confidence));
        return 1 / (1 + Math.exp(-Math.log(p / (1 - p)) / temperature));
    }

    private static double loss(List<Reliability.Bin> bins, double temperature) {
        double loss = 0;
        for (Reliability.Bin bin : bins) {
            double p = apply(bin.meanConfidence(), temperature);
            loss -= bin.right() * Math.log(p) + (bin.weight() - bin.right()) * Math.log1p(-p);
        }
        return loss;
    }
}
