package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every conjunction over small random data, against the bounds of all slices around it. */
class SliceScorePropertiesTest {
    private static final int DIMENSIONS = 4;
    private static final int VALUES = 3;
    private static final int ANY = VALUES;

    private int[][] rows = new int[0][];
    private double[] errors = new double[0];

    @ParameterizedTest
    @CsvSource({"1, .95, false", "2, .95, true", "3, .5, false", "4, .5, true", "5, 1, false", "6, .05, true"})
    void noSliceScoresAboveTheBoundOfSlicesAroundIt(long seed, double weight, boolean weighted) {
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            draw(random, weighted);
            double all = 0;
            for (double error : errors) {
                all += error;
            }
            SliceScore score = new SliceScore(rows.length, all, weight);
            double minSize = 1 + random.nextInt(8);
            for (int code = 0; code < Math.pow(VALUES + 1, DIMENSIONS); code++) {
                check(score, slice(code), minSize);
            }
        }
    }

    private void check(SliceScore score, int[] slice, double minSize) {
        double[] own = sums(slice);
        if (own[0] < minSize) {
            return;
        }
        // All slices around it at once, and each alone: any set of them bounds it.
        double[] tightest = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
        for (int mask = 0; mask < 1 << DIMENSIONS; mask++) {
            int[] around = slice.clone();
            for (int d = 0; d < DIMENSIONS; d++) {
                around[d] = (mask & 1 << d) == 0 ? slice[d] : ANY;
            }
            double[] sums = sums(around);
            for (int k = 0; k < sums.length; k++) {
                tightest[k] = Math.min(tightest[k], sums[k]);
            }
            assertBound(score, own, sums, minSize);
        }
        assertBound(score, own, tightest, minSize);
    }

    private static void assertBound(SliceScore score, double[] own, double[] around, double minSize) {
        assertThat(score.upperBound(around[0], around[1], around[2], minSize) + 1e-9)
                .as("bound of size, errors, largest error %s for %s", around, own)
                .isGreaterThanOrEqualTo(score.of(own[0], own[1]));
    }

    private void draw(Random random, boolean weighted) {
        rows = new int[20 + random.nextInt(100)][DIMENSIONS];
        errors = new double[rows.length];
        for (int r = 0; r < rows.length; r++) {
            for (int d = 0; d < DIMENSIONS; d++) {
                rows[r][d] = random.nextInt(VALUES);
            }
            boolean wrong = r == 0 || random.nextDouble() < (rows[r][0] == 0 ? .6 : .1);
            errors[r] = wrong ? (weighted ? random.nextDouble() : 1) : 0;
        }
    }

    private static int[] slice(int code) {
        int[] slice = new int[DIMENSIONS];
        for (int d = 0, rest = code; d < DIMENSIONS; d++, rest /= VALUES + 1) {
            slice[d] = rest % (VALUES + 1);
        }
        return slice;
    }

    private double[] sums(int[] slice) {
        double[] sums = new double[3];
        for (int r = 0; r < rows.length; r++) {
            boolean inside = true;
            for (int d = 0; d < DIMENSIONS; d++) {
                inside &= slice[d] == ANY || slice[d] == rows[r][d];
            }
            if (inside) {
                sums[0]++;
                sums[1] += errors[r];
                sums[2] = Math.max(sums[2], errors[r]);
            }
        }
        return sums;
    }
}
