package dev.winnow.stats;

import java.util.Random;

/** Cameras with rates of their own. */
final class Clusters {
    private Clusters() {}

    /** Draws a beta-binomial cluster by Polya's urn: each row repeats an earlier one with a chance that grows with icc. */
    static ClusterSums draw(Random random, double rate, double icc, int size) {
        double weight = icc == 0 ? Double.POSITIVE_INFINITY : 1 / icc - 1;
        int wrong = 0;
        for (int drawn = 0; drawn < size; drawn++) {
            double repeated = Double.isInfinite(weight) ? 0 : drawn / (weight + drawn);
            double p = drawn == 0 ? rate : (1 - repeated) * rate + repeated * wrong / drawn;
            wrong += random.nextDouble() < p ? 1 : 0;
        }
        return ClusterSums.of(wrong, size);
    }
}
