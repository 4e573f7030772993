package dev.winnow.stats;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far confidence is from the share that is right, over bins of confidence (Naeini, Cooper and Hauskrecht 2015; Guo et
 * al. 2017).
 *
 * @param bins in the order of confidence, none of them without rows
 */
public record Reliability(List<Bin> bins) {
    /**
     * Rows of one bin; weights add up as rows do.
     *
     * @param weight rows, each by its weight; positive
     * @param confidence sum of their confidence, weighted alike
     * @param right weight of those that are right
     */
    public record Bin(double weight, double confidence, double right) {
        /** Refuses what can't be counted. */
        public Bin {
            if (!(weight > 0 && right >= 0 && confidence >= 0)) {
                throw new IllegalArgumentException(
                        "Expected rows in a bin, got " + weight + ", " + confidence + ", " + right);
            }
        }

        /** Returns mean confidence, in [0, 1]. */
        public double meanConfidence() {
            return confidence / weight;
        }

        /** Returns the share that is right, in [0, 1]. */
        public double accuracy() {
            return right / weight;
        }

        double gap() {
            return Math.abs(accuracy() - meanConfidence());
        }
    }

    /** Keeps its own list. */
    public Reliability {
        bins = List.copyOf(bins);
    }

    /** Returns the expected calibration error: the gap of each bin, weighted by its rows; null without rows. */
    public @Nullable Double expectedError() {
        double all = bins.stream().mapToDouble(Bin::weight).sum();
        return bins.isEmpty()
                ? null
                : bins.stream().mapToDouble(bin -> bin.weight() * bin.gap()).sum() / all;
    }

    /** Returns the largest gap of a bin; null without rows. */
    public @Nullable Double largestError() {
        return bins.isEmpty() ? null : bins.stream().mapToDouble(Bin::gap).max().orElseThrow();
    }
}
