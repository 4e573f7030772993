package dev.winnow.stats;

/**
 * How badly a class needs training data: large when it is frequent, wrong and thin.
 *
 * <p>share x error rate is the share of all outputs that are errors of the class; over its share of what training holds
 * it is what the class costs per part of the training set spent on it. So over the error rate of all classes together it
 * is 1 for a class that makes as much of the errors as of the training set.
 *
 * @param share of the class in the field, fraction
 * @param errorRate of the class, fraction
 * @param trainingShare share of the class in the effective numbers of training samples, positive
 */
public record NeedScore(double share, double errorRate, double trainingShare) {
    /** Refuses what is no fraction. */
    public NeedScore {
        if (!(share >= 0
                && share <= 1
                && errorRate >= 0
                && errorRate <= 1
                && trainingShare > 0
                && trainingShare <= 1)) {
            throw new IllegalArgumentException("Expected fractions, the last one positive, got " + share + ", "
                    + errorRate + ", " + trainingShare);
        }
    }

    /** Returns share x error rate / training share. */
    public double value() {
        return share * errorRate / trainingShare;
    }
}
