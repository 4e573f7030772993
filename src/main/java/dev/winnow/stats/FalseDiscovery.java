package dev.winnow.stats;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Gamma;

/**
 * Control of the false discovery rate over a family of tests.
 *
 * <p>The family may be larger than the p-values given: a slice that was left out because of its score counts, since it
 * was looked for. The missing p-values are taken for 1.
 */
public final class FalseDiscovery {
    /** Up to here the harmonic sum is added up; beyond, its expansion is exact to the last bit. */
    private static final int SUMMED = 10_000;

    private FalseDiscovery() {}

    /**
     * Returns the q-value of each p-value: the smallest level at which Benjamini and Hochberg (1995) reject it. Compare
     * with {@code q <= level}. Equal p-values have equal q-values.
     *
     * <p>Holds for independent or positively dependent tests.
     *
     * @param p p-values in [0, 1], in any order
     * @param family number of tests, at least as many as p-values
     * @return q-values in [0, 1], in the order of {@code p}
     */
    public static double[] benjaminiHochberg(double[] p, long family) {
        return adjusted(p, family, 1);
    }

    /**
     * Returns q-values that hold under any dependence, Benjamini and Yekutieli (2001): those of
     * {@link #benjaminiHochberg} times 1 + 1/2 + ... + 1/family. For what pages somebody.
     *
     * @param p p-values in [0, 1], in any order
     * @param family number of tests, at least as many as p-values
     * @return q-values in [0, 1], in the order of {@code p}
     */
    public static double[] benjaminiYekutieli(double[] p, long family) {
        return adjusted(p, family, harmonic(family));
    }

    /**
     * Rejects hypotheses so that the false discovery rate holds among those that survive a filter, such as one that
     * drops redundant slices; to filter what Benjamini-Hochberg found would break its promise.
     *
     * <p>Source: focused Benjamini-Hochberg, Katsevich, Sabatti and Bogomolov (2023): the largest threshold t among the
     * p-values with family * t / survivors &lt;= level. The filter is asked once per distinct p-value at most, from the
     * largest down.
     *
     * @param p p-values in [0, 1], in any order
     * @param family number of tests, at least as many as p-values
     * @param level in (0, 1)
     * @param filter from the indexes of all p-values up to a threshold to those of them that survive; must not depend on
     *     anything else. It may change and return its argument
     * @return indexes of the survivors that are rejected; empty if nothing is
     */
    public static BitSet focused(double[] p, long family, double level, UnaryOperator<BitSet> filter) {
        requirePValues(p, family);
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("Expected a level in (0, 1), got " + level);
        }
        int[] order = order(p);
        for (int last = p.length - 1; last >= 0; last--) {
            double threshold = p[order[last]];
            boolean highestOfTies = last == p.length - 1 || p[order[last + 1]] > threshold;
            // The filter can only take away: where all survivors would be too few, it need not be asked.
            if (!highestOfTies || family * threshold / (last + 1) > level) {
                continue;
            }
            BitSet candidates = new BitSet(p.length);
            for (int i = 0; i <= last; i++) {
                candidates.set(order[i]);
            }
            BitSet survivors = filter.apply((BitSet) candidates.clone());
            BitSet invented = (BitSet) survivors.clone();
            invented.andNot(candidates);
            if (!invented.isEmpty()) {
                throw new IllegalStateException("The filter added hypotheses " + invented);
            }
            if (!survivors.isEmpty() && family * threshold / survivors.cardinality() <= level) {
                return survivors;
            }
        }
        return new BitSet();
    }

    private static double[] adjusted(double[] p, long family, double factor) {
        requirePValues(p, family);
        int[] order = order(p);
        double[] q = new double[p.length];
        double smallest = 1;
        for (int i = p.length - 1; i >= 0; i--) {
            smallest = Math.min(smallest, family * p[order[i]] / (i + 1) * factor);
            q[order[i]] = smallest;
        }
        return q;
    }

    private static int[] order(double[] p) {
        return IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> p[i]).thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double harmonic(long n) {
        if (n > SUMMED) {
            return Math.log((double) n) + Gamma.GAMMA + 0.5 / n - 1.0 / 12 / n / n;
        }
        double sum = 0;
        for (long i = n; i > 0; i--) {
            sum += 1.0 / i;
        }
        return sum;
    }

    private static void requirePValues(double[] p, long family) {
        if (family < p.length) {
            throw new IllegalArgumentException(
                    "Expected a family of at least " + p.length + " tests, one per p-value, got " + family);
        }
        if (!Arrays.stream(p).allMatch(value -> value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("Expected p-values in [0, 1], got " + Arrays.toString(p));
        }
    }
}
