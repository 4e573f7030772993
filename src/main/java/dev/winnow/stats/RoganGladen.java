package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/**
 * Share of images that show something, from the share on which an imperfect reader sees it.
 *
 * <p>Source: Rogan and Gladen (1978), (q + Sp - 1) / (Se + Sp - 1), with their variance by the delta method. It takes
 * for granted that the reader errs on these images as often as on those by which it was checked.
 *
 * @param share corrected, clipped to [0, 1]
 * @param variance of the share before it is clipped
 */
public record RoganGladen(double share, double variance) {
    /** A reader that tells this little more than a coin corrects nothing; chosen by judgement. */
    private static final double LEAST_INFORMED = 1.05;

    /**
     * A rate with its variance.
     *
     * @param rate in [0, 1]
     * @param variance not negative; 0 where the rate is known
     */
    public record Rate(double rate, double variance) {
        /** Refuses what is no rate. */
        public Rate {
            if (!(rate >= 0 && rate <= 1 && variance >= 0)) {
                throw new IllegalArgumentException(
                        "Expected a rate in [0, 1] and a variance >= 0, got " + rate + ", " + variance);
            }
        }
    }

    /**
     * Corrects a share; null where sensitivity + specificity is at most 1.05.
     *
     * @param seen share of images on which the reader sees it
     * @param sensitivity share of images with it on which the reader sees it
     * @param specificity share of images without it on which the reader does not see it
     */
    public static @Nullable RoganGladen of(Rate seen, Rate sensitivity, Rate specificity) {
        double informed = sensitivity.rate + specificity.rate;
        if (informed <= LEAST_INFORMED) {
            return null;
        }
        double slope = informed - 1;
        double share = (seen.rate + specificity.rate - 1) / slope;
        double clipped = Math.max(0, Math.min(1, share));
        double variance = (seen.variance
                        + clipped * clipped * sensitivity.variance
                        + (1 - clipped) * (1 - clipped) * specificity.variance)
                / (slope * slope);
        return new RoganGladen(clipped, variance);
    }
}
