package dev.winnow.candidates;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of a day's rows are worth keeping for a signal, read off a histogram before any row is looked at.
 *
 * <p>Kept are the rows with a score of at least {@code keep}, and of those with a score of at least {@code consider} a
 * hash share {@code share}. The first would do if confidences spread evenly inside a bin; the second holds where they do
 * not, such as a model that always answers 0.5.
 *
 * @param keep score from which every row is kept
 * @param consider score from which rows are kept by hash
 * @param share share of these, fraction
 */
record ScoreCut(double keep, double consider, double share) {
    /** Nothing is cut. */
    static final ScoreCut NONE = new ScoreCut(0, 0, 1);

    /** Nothing is kept: no score is above 1. */
    static final ScoreCut NOTHING = new ScoreCut(2, 2, 0);

    /** Standard deviations by which the hash share is raised, so that it does not fall short by chance. */
    private static final double MARGIN = 6;

    private static final int BISECTIONS = 50;

    /**
     * Rows of one class and one bin of confidence, by the scores they can have.
     *
     * @param low lowest score of an eligible row of the bin
     * @param high highest score
     * @param rows rows of the bin, all of them
     * @param whole whether every row of the bin is sure to be eligible
     */
    record Bin(double low, double high, long rows, boolean whole) {}

    /**
     * Finds the cut that keeps at least {@code wanted} of the best rows where so many are eligible, and not many more
     * where confidences spread evenly.
     *
     * <p>Nothing is cut where whole bins alone can't make up {@code wanted}: nobody knows how much of the others counts.
     */
    static ScoreCut of(List<Bin> bins, long wanted) {
        if (wanted <= 0) {
            return NOTHING;
        }
        List<Bin> best = new ArrayList<>(bins.stream().filter(Bin::whole).toList());
        best.sort(Comparator.comparingDouble(Bin::low).reversed());
        long rows = 0;
        double consider = -1;
        for (Bin bin : best) {
            rows += bin.rows;
            if (rows >= wanted) {
                consider = bin.low;
                break;
            }
        }
        if (consider < 0) {
            return NONE;
        }
        double low = consider;
        double high = 1;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (expected(bins, middle) >= wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new ScoreCut(low, consider, share(wanted, rows));
    }

    /** Finds the cut that keeps at least {@code wanted} rows where so many are eligible, by hash alone. */
    static ScoreCut byHash(List<Bin> bins, long wanted) {
        long rows = bins.stream().filter(Bin::whole).mapToLong(Bin::rows).sum();
        // As by score: nobody knows how much of the other bins counts.
        return rows < wanted ? NONE : new ScoreCut(NOTHING.keep, 0, share(wanted, rows));
    }

    /** Share of rows to keep by hash, so that {@code wanted} of them come through all but surely. */
    static double share(long wanted, long rows) {
        double margin = MARGIN * (Math.sqrt((double) wanted) + MARGIN);
        return Math.min(1, (wanted + margin) / rows);
    }

    /** Rows of a sample of {@code fraction} that stand for at least {@code wanted} of all, all but surely. */
    static long ofSample(long wanted, double fraction) {
        if (fraction >= 1) {
            return wanted;
        }
        double expected = wanted * fraction;
        return (long) Math.ceil(expected + MARGIN * (Math.sqrt(expected) + MARGIN));
    }

    /** Rows with at least a score, if scores spread evenly inside each bin. */
    private static double expected(List<Bin> bins, double score) {
        double rows = 0;
        for (Bin bin : bins) {
            double width = bin.high - bin.low;
            double above =
                    width <= 0 ? (bin.high >= score ? 1 : 0) : Math.min(1, Math.max(0, (bin.high - score) / width));
            rows += bin.rows * above;
        }
        return rows;
    }
}
