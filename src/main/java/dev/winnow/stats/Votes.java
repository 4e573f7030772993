package dev.winnow.stats;

/** Rules that count votes. */
public final class Votes {
    /** What {@link #winner} returns where no class has more than every other. */
    public static final int TIE = -1;

    /** Weights are added as whole numbers of this size, so that equal votes tie exactly. */
    private static final double ONE = 0x1p32;

    private static final double BETTER_THAN_CHANCE = 0.01;
    private static final double NOT_CERTAIN = 0.99;

    private Votes() {}

    /** Returns the class with the most votes, or {@link #TIE}; a lone class without votes ties, too. */
    public static int winner(int[] votes) {
        int winner = TIE;
        int most = 0;
        for (int k = 0; k < votes.length; k++) {
            if (votes[k] > most) {
                winner = k;
                most = votes[k];
            } else if (votes[k] == most) {
                winner = TIE;
            }
        }
        return winner;
    }

    /** Returns the class with the largest sum of weights, or {@link #TIE}; sums of {@link #weight}. */
    public static int winner(long[] weights) {
        int winner = 0;
        boolean tied = false;
        for (int k = 1; k < weights.length; k++) {
            if (weights[k] > weights[winner]) {
                winner = k;
                tied = false;
            } else if (weights[k] == weights[winner]) {
                tied = true;
            }
        }
        return tied ? TIE : winner;
    }

    /**
     * Returns the weight of a vote, ln(q (K - 1) / (1 - q)) in parts of 2^-32: the logarithm of how much more likely the
     * answer is if it is right.
     *
     * @param quality share q of the worker's answers that are right; clipped to [1 / K + 0.01, 0.99]
     * @param classes K, at least 2
     */
    public static long weight(double quality, int classes) {
        double q = Math.max(1.0 / classes + BETTER_THAN_CHANCE, Math.min(NOT_CERTAIN, quality));
        return Math.round(ONE * StrictMath.log(q * (classes - 1) / (1 - q)));
    }

    /** Returns a weight as the number it stands for. */
    public static double ofWeight(long weight) {
        return weight / ONE;
    }
}
