package dev.winnow.stats;

/**
 * How many samples of a class count, where each new one is a little more likely to repeat what is known.
 *
 * <p>Source: Cui et al. (2019), E = (1 - b^n) / (1 - b): the first samples count one each, and all together never more
 * than 1 / (1 - b).
 *
 * @param beta b, inside (0, 1), such as 0.999
 */
public record EffectiveNumber(double beta) {
    /** Refuses a beta outside of (0, 1). */
    public EffectiveNumber {
        if (!(beta > 0 && beta < 1)) {
            throw new IllegalArgumentException("Expected beta inside (0, 1), got " + beta);
        }
    }

    /**
     * Returns the effective number of samples.
     *
     * @param samples distinct ones, not negative: bursts rather than frames
     */
    public double of(double samples) {
        if (!(samples >= 0)) {
            throw new IllegalArgumentException("Expected samples >= 0, got " + samples);
        }
        return -Math.expm1(samples * Math.log(beta)) / (1 - beta);
    }

    /**
     * Returns the samples that have an effective number, the inverse of {@link #of}; infinity from 1 / (1 - beta) on.
     *
     * @param effective not negative
     */
    public double samples(double effective) {
        if (!(effective >= 0)) {
            throw new IllegalArgumentException("Expected an effective number >= 0, got " + effective);
        }
        double rest = effective * (1 - beta);
        return rest >= 1 ? Double.POSITIVE_INFINITY : Math.log1p(-rest) / Math.log(beta);
    }
}
