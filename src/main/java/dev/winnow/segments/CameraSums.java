package dev.winnow.segments;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Counts of one camera by every allowed combination of the dimensions that are not its own.
 *
 * <p>A cell is added to the combinations of the largest subsets only, of which 6 dimensions have 20 at 3 predicates;
 * the 22 smaller ones are summed from those when the camera ends. Combinations of small subsets lie in a plain array,
 * others in a hash map; starting the next camera clears neither, since every entry carries the number of its camera.
 *
 * <p>Memory: 76 bytes per combination in the array, at most 2^18 of them (20 MB), and about 120 per combination the
 * camera has in the map.
 */
final class CameraSums {
    /** Counts of a cell, see {@link SegmentSums#COUNTS}. */
    static final int COUNTS = SegmentSums.COUNTS.size();

    /** Combinations in the plain array, by subset and altogether. */
    private static final int DENSE_SUBSET = 1 << 14;

    private static final int DENSE_TOTAL = 1 << 18;

    private final int subsets;
    private final int[][] dimensions;
    private final long[][] strides;
    private final int[] start;
    private final long[] base;
    private final int[] direct;
    private final int[] derived;
    private final int[] source;
    private final long[] low;
    private final long[] high;

    private final int denseSlots;
    private final LongSlots hashed = new LongSlots();
    private long[] counts;
    private long[] index;
    private int[] stamps;
    private int stamp = 1;
    private final int[][] touched;
    private final int[] touchedSize;

    /** Prepares for the subsets of a lattice that have no dimension of the camera, in the lattice's order. */
    CameraSums(Lattice lattice) {
        int[] of = IntStream.range(0, lattice.subsets())
                .filter(s -> (lattice.mask(s) & ownDimensions(lattice)) == 0)
                .toArray();
        subsets = of.length;
        dimensions = new int[subsets][];
        strides = new long[subsets][];
        start = new int[subsets];
        base = new long[subsets];
        source = new int[subsets];
        low = new long[subsets];
        high = new long[subsets];
        touched = new int[subsets][16];
        touchedSize = new int[subsets];
        int dense = 0;
        for (int f = 0; f < subsets; f++) {
            dimensions[f] = Lattice.setBits(lattice.mask(of[f]));
            strides[f] = new long[dimensions[f].length];
            long stride = 1;
            for (int i = dimensions[f].length - 1; i >= 0; i--) {
                strides[f][i] = stride;
                stride *= lattice.cardinality(dimensions[f][i]);
            }
            base[f] = lattice.base(of[f]);
            boolean small = stride <= DENSE_SUBSET && dense + stride <= DENSE_TOTAL;
            start[f] = small ? dense : -1;
            dense += small ? (int) stride : 0;
        }
        denseSlots = dense;
        counts = new long[(dense + 16) * COUNTS];
        index = new long[dense + 16];
        stamps = new int[dense + 16];
        for (int f = 0; f < subsets; f++) {
            source[f] = -1;
            for (int g = 0; g < subsets; g++) {
                int more = lattice.mask(of[g]) & ~lattice.mask(of[f]);
                if (dimensions[g].length == dimensions[f].length + 1
                        && Integer.bitCount(more) == 1
                        && (source[f] < 0 || lattice.width(of[g]) < lattice.width(of[source[f]]))) {
                    source[f] = g;
                    int d = Integer.numberOfTrailingZeros(more);
                    low[f] = strides[g][Arrays.binarySearch(dimensions[g], d)];
                    high[f] = low[f] * lattice.cardinality(d);
                }
            }
        }
        direct = which(f -> source[f] < 0);
        // Larger subsets first: each is complete before a smaller one is summed from it.
        int[] ascending = which(f -> source[f] >= 0);
        derived = IntStream.range(0, ascending.length)
                .map(i -> ascending[ascending.length - 1 - i])
                .toArray();
    }

    private static int ownDimensions(Lattice lattice) {
        return (1 << lattice.fixed()) - 1;
    }

    private int[] which(IntPredicate wanted) {
        return IntStream.range(0, subsets).filter(wanted).toArray();
    }

    /** Forgets everything; the cells that follow are of another camera, or of other values of its dimensions. */
    void clear() {
        Arrays.fill(touchedSize, 0);
        hashed.clear();
        if (stamp == Integer.MAX_VALUE) {
            Arrays.fill(stamps, 0);
            stamp = 0;
        }
        stamp++;
    }

    /** Adds a cell; {@code codes} has every dimension's code, {@code cell} its {@link #COUNTS} counts. */
    void add(int[] codes, long[] cell) {
        for (int f : direct) {
            int[] of = dimensions[f];
            long[] stride = strides[f];
            long at = 0;
            for (int i = 0; i < of.length; i++) {
                at += codes[of[i]] * stride[i];
            }
            add(f, at, cell, 0);
        }
    }

    /** Sums the smaller subsets from the larger ones; call it once, after the last cell. */
    void rollUp() {
        for (int f : derived) {
            int from = source[f];
            for (int i = 0; i < touchedSize[from]; i++) {
                int slot = touched[from][i];
                long at = index[slot] / high[f] * low[f] + index[slot] % low[f];
                // A new slot may move the array; the old one still holds what is read.
                add(f, at, counts, slot * COUNTS);
            }
        }
    }

    private void add(int f, long at, long[] added, int from) {
        int slot;
        if (start[f] >= 0) {
            slot = start[f] + (int) at;
        } else {
            slot = denseSlots + hashed.slot(base[f] + at);
            if (slot >= stamps.length) {
                grow(slot);
            }
        }
        int c = slot * COUNTS;
        if (stamps[slot] != stamp) {
            stamps[slot] = stamp;
            index[slot] = at;
            if (touchedSize[f] == touched[f].length) {
                touched[f] = Arrays.copyOf(touched[f], 2 * touchedSize[f]);
            }
            touched[f][touchedSize[f]++] = slot;
            System.arraycopy(added, from, counts, c, COUNTS);
            return;
        }
        for (int i = 0; i < COUNTS; i++) {
            counts[c + i] = Math.addExact(counts[c + i], added[from + i]);
        }
    }

    private void grow(int slot) {
        int size = Math.addExact(slot, slot / 2 + 16);
        counts = Arrays.copyOf(counts, Math.multiplyExact(size, COUNTS));
        index = Arrays.copyOf(index, size);
        stamps = Arrays.copyOf(stamps, size);
    }

    /** Combinations with cells of the f-th subset. */
    int size(int f) {
        return touchedSize[f];
    }

    /** Where the i-th combination of a subset is kept. */
    int slot(int f, int i) {
        return touched[f][i];
    }

    /** The mixed-radix number of what is kept there, within its subset. */
    long index(int slot) {
        return index[slot];
    }

    /** One of its {@link #COUNTS} counts. */
    long count(int slot, int count) {
        return counts[slot * COUNTS + count];
    }
}
