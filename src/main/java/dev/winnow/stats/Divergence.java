package dev.winnow.stats;

/**
 * How far the shares of classes in the field are from those in the training set; 0 where they are equal.
 *
 * <p>Shares are fractions that sum to 1. A class that has a share on one side only makes some of these infinite, so
 * counts become shares through {@link #smoothed}.
 */
public final class Divergence {
    /** Added to every count, so that a class that was not met is rare rather than impossible (Jeffreys' prior). */
    private static final double PSEUDO_COUNT = 0.5;

    private static final double LN_2 = Math.log(2);

    private Divergence() {}

    /**
     * Returns the share of each class, half a count added to every class.
     *
     * @param counts not negative; need not be whole, so that weighted counts can be used
     */
    public static double[] smoothed(double[] counts) {
        double[] shares = new double[counts.length];
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            if (!(counts[i] >= 0 && counts[i] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Expected counts >= 0, got " + counts[i]);
            }
            shares[i] = counts[i] + PSEUDO_COUNT;
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /**
     * Returns what each class adds to {@link #kullbackLeibler}, f log2(f / t) in bits: above 0 where the class is more
     * frequent in the field than in training.
     *
     * @param field shares
     * @param training shares of the same classes
     */
    public static double[] contributions(double[] field, double[] training) {
        requireSameClasses(field, training);
        double[] bits = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            bits[i] = term(field[i], training[i]) / LN_2;
        }
        return bits;
    }

    /** Returns the information in bits that is lost where training stands for the field (Kullback and Leibler 1951). */
    public static double kullbackLeibler(double[] field, double[] training) {
        double sum = 0;
        for (double bits : contributions(field, training)) {
            sum += bits;
        }
        return Math.max(0, sum);
    }

    /** Returns the mean information lost where their mean stands for either, in bits, at most 1 (Lin 1991). */
    public static double jensenShannon(double[] field, double[] training) {
        requireSameClasses(field, training);
        double[] mean = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            mean[i] = (field[i] + training[i]) / 2;
        }
        return (kullbackLeibler(field, mean) + kullbackLeibler(training, mean)) / 2;
    }

    /** Returns the share that would have to change its class, half the sum of |f - t|, in [0, 1]. */
    public static double totalVariation(double[] field, double[] training) {
        requireSameClasses(field, training);
        double sum = 0;
        for (int i = 0; i < field.length; i++) {
            sum += Math.abs(field[i] - training[i]);
        }
        return Math.min(1, sum / 2);
    }

    /** Returns the population stability index, the sum of (f - t) ln(f / t): Jeffreys' divergence, in nats. */
    public static double populationStability(double[] field, double[] training) {
        requireSameClasses(field, training);
        double sum = 0;
        for (int i = 0; i < field.length; i++) {
            sum += term(field[i], training[i]) + term(training[i], field[i]);
        }
        return Math.max(0, sum);
    }

    /** p ln(p / q); 0 for p = 0, infinite for q = 0. */
    private static double term(double p, double q) {
        return p == 0 ? 0 : p * Math.log(p / q);
    }

    private static void requireSameClasses(double[] field, double[] training) {
        if (field.length != training.length) {
            throw new IllegalArgumentException(
                    "Expected shares of the same classes, got " + field.length + " and " + training.length);
        }
    }
}
