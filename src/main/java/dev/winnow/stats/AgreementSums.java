package dev.winnow.stats;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How far people agree on classes, as sums over items; items with fewer than two answers tell nothing and are left out.
 *
 * <p>Sums are whole numbers (the coincidences in fixed point), so they are the same in any order.
 */
public final class AgreementSums {
    /** Coincidences are kept in parts of 2^-32: half of that is lost per item, and two billion answers can be added. */
    private static final double ONE = 0x1p32;

    private static final int HEADER_LONGS = 8;

    private final long[] byClass;
    private long items;
    private long answers;
    private long coincidences;
    private long shares;
    private long pairs;
    private long agreeing;
    private int fewest = Integer.MAX_VALUE;
    private int most;

    /** Begins with no items. */
    public AgreementSums(int classes) {
        this.byClass = new long[classes];
    }

    /** Adds an item with its votes by class. */
    public AgreementSums add(int[] votes) {
        int all = 0;
        long same = 0;
        for (int n : votes) {
            all += n;
            same += (long) n * (n - 1);
        }
        if (all < 2) {
            return this;
        }
        for (int k = 0; k < votes.length; k++) {
            byClass[k] += votes[k];
        }
        items++;
        answers += all;
        coincidences += Math.round(same * ONE / (all - 1));
        shares += Math.round(same * ONE / ((double) all * (all - 1)));
        pairs += (long) all * (all - 1) / 2;
        agreeing += same / 2;
        fewest = Math.min(fewest, all);
        most = Math.max(most, all);
        return this;
    }

    /** Adds the sums of other items. */
    public AgreementSums add(AgreementSums other) {
        for (int k = 0; k < byClass.length; k++) {
            byClass[k] += other.byClass[k];
        }
        items += other.items;
        answers += other.answers;
        coincidences += other.coincidences;
        shares += other.shares;
        pairs += other.pairs;
        agreeing += other.agreeing;
        fewest = Math.min(fewest, other.fewest);
        most = Math.max(most, other.most);
        return this;
    }

    /** Returns the items that have at least two answers. */
    public long items() {
        return items;
    }

    /** Returns the answers to these items. */
    public long answers() {
        return answers;
    }

    /** Returns the pairs of answers to the same item. */
    public long pairs() {
        return pairs;
    }

    /** Returns the share of pairs that agree, fraction; null without pairs. */
    public @Nullable Double overPairs() {
        return pairs == 0 ? null : (double) agreeing / pairs;
    }

    /** Returns the share of agreeing pairs of an item, averaged over items, fraction; null without items. */
    public @Nullable Double overItems() {
        return items == 0 ? null : shares / ONE / items;
    }

    /**
     * Returns Krippendorff's alpha for classes, 1 for perfect agreement and 0 for chance; any number of answers an item.
     *
     * <p>Source: Krippendorff (2011), with coincidences o_cc = sum_u n_uc (n_uc - 1) / (m_u - 1): alpha = 1 - (N - sum
     * o_cc) (N - 1) / (N^2 - sum n_c^2). Null where fewer than two classes were answered.
     */
    public @Nullable Double alpha() {
        double square = squares();
        double expected = ((double) answers * answers - square) / (answers - 1);
        return answers == 0 || expected == 0 ? null : 1 - (answers - coincidences / ONE) / expected;
    }

    /**
     * Returns Fleiss' kappa (Fleiss 1971), or null where items differ in their number of answers or fewer than two classes
     * were answered.
     */
    public @Nullable Double fleiss() {
        if (items == 0 || fewest != most) {
            return null;
        }
        double chance = squares() / ((double) answers * answers);
        return chance == 1 ? null : (coincidences / ONE / answers - chance) / (1 - chance);
    }

    private double squares() {
        double squares = 0;
        for (long n : byClass) {
            squares += (double) n * n;
        }
        return squares;
    }

    /**
     * Returns the interval of a statistic by the jackknife over groups of items, with Student's t of as many degrees of
     * freedom as there are groups with items, less one. Source: Efron and Tibshirani (1993), chapter 11.
     *
     * @param groups items divided by hash; groups without items are left out
     * @param level inside (0, 1)
     * @return null where the statistic is null with or without some group, or fewer than two groups have items
     */
    public static @Nullable Interval jackknife(
            List<AgreementSums> groups, Function<AgreementSums, @Nullable Double> statistic, double level) {
        List<AgreementSums> used =
                groups.stream().filter(group -> group.items > 0).toList();
        if (used.size() < 2) {
            return null;
        }
        double[] without = new double[used.size()];
        double mean = 0;
        AgreementSums all = sum(used, -1);
        Double whole = statistic.apply(all);
        for (int i = 0; i < without.length; i++) {
            Double value = statistic.apply(sum(used, i));
            if (value == null) {
                return null;
            }
            without[i] = value;
            mean += value / without.length;
        }
        if (whole == null) {
            return null;
        }
        double squares = 0;
        for (double value : without) {
            squares += (value - mean) * (value - mean);
        }
        int degrees = without.length - 1;
        double half = StudentT.twoSided(level, degrees) * Math.sqrt(squares * degrees / without.length);
        return new Interval(Math.max(-1, whole - half), Math.min(1, whole + half));
    }

    private static AgreementSums sum(List<AgreementSums> groups, int without) {
        AgreementSums sum = new AgreementSums(groups.get(0).byClass.length);
        for (int i = 0; i < groups.size(); i++) {
            if (i != without) {
                sum.add(groups.get(i));
            }
        }
        return sum;
    }

    /** Returns the sums as bytes, see {@link #ofBytes}. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (HEADER_LONGS + byClass.length));
        bytes.asLongBuffer()
                .put(new long[] {items, answers, coincidences, shares, pairs, agreeing, fewest, most})
                .put(byClass);
        return bytes.array();
    }

    /** Reads what {@link #toBytes} returned. */
    public static AgreementSums ofBytes(byte[] bytes) {
        LongBuffer longs = ByteBuffer.wrap(bytes).asLongBuffer();
        AgreementSums sums = new AgreementSums(longs.remaining() - HEADER_LONGS);
        sums.items = longs.get();
        sums.answers = longs.get();
        sums.coincidences = longs.get();
        sums.shares = longs.get();
        sums.pairs = longs.get();
        sums.agreeing = longs.get();
        sums.fewest = (int) longs.get();
        sums.most = (int) longs.get();
        longs.get(sums.byClass);
        return sums;
    }
}
