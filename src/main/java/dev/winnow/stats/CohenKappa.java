package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/**
 * Agreement of two raters beyond chance. Source: Cohen (1960).
 *
 * @param observed share of items on which they agree, fraction
 * @param expected share on which they would agree by chance, fraction
 * @param kappa (observed - expected) / (1 - expected); null where expected is 1
 */
public record CohenKappa(
        double observed, double expected, @Nullable Double kappa) {
    /**
     * Compares two raters.
     *
     * @param table items by the first rater's class (row) and the second one's (column), square, at least one item
     */
    public static CohenKappa of(long[][] table) {
        long all = 0;
        long same = 0;
        long[] rows = new long[table.length];
        long[] columns = new long[table.length];
        for (int i = 0; i < table.length; i++) {
            for (int j = 0; j < table.length; j++) {
                all += table[i][j];
                rows[i] += table[i][j];
                columns[j] += table[i][j];
            }
            same += table[i][i];
        }
        if (all == 0) {
            throw new IllegalArgumentException("Expected at least one item that both raters answered");
        }
        double chance = 0;
        for (int k = 0; k < table.length; k++) {
            chance += (double) rows[k] * columns[k];
        }
        double observed = (double) same / all;
        double expected = chance / ((double) all * all);
        return new CohenKappa(observed, expected, expected == 1 ? null : (observed - expected) / (1 - expected));
    }
}
