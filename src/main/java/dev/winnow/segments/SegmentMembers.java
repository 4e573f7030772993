package dev.winnow.segments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Tells in which of some segments a cell lies. Not safe for threads; a task makes its own.
 *
 * <p>Segments are bits: a dimension's value leaves those that ask for it and those that ask nothing of the dimension, and
 * what all dimensions leave holds the cell. So a cell costs an AND per dimension and 64 segments, however many subsets of
 * dimensions they have.
 *
 * <p>Memory: 8 bytes per predicate and per value of a dimension that is asked for, a bit per segment for each dimension and
 * for each value that was met; the last at most {@link #MOST_BITS} in all.
 */
final class SegmentMembers {
    private static final int[] NONE = {};

    /** Bits of values that are kept: 32 MB. What is beyond is put together when it is met. */
    private static final long MOST_BITS = 1L << 28;

    private final Lattice lattice;
    private final List<@Nullable Segments> useCases = new ArrayList<>();
    private final long[] place;
    private final long[] frame;
    private final int[] codes;

    /**
     * Prepares for some segments.
     *
     * @param segmentIds different ids of the lattice by use case; their places in the list are what is told
     */
    SegmentMembers(Lattice lattice, Map<String, List<Long>> segmentIds) {
        this(lattice, segmentIds, MOST_BITS);
    }

    /** Prepares to keep the bits of as many values as fit in so many, over all use cases. */
    SegmentMembers(Lattice lattice, Map<String, List<Long>> segmentIds, long mostBits) {
        this.lattice = lattice;
        for (String useCase : lattice.useCases()) {
            List<Long> ids = segmentIds.getOrDefault(useCase, List.of());
            useCases.add(ids.isEmpty() ? null : new Segments(lattice, ids, mostBits / segmentIds.size()));
        }
        place = new long[lattice.placeWords()];
        Arrays.fill(place, -1); // no place
        frame = new long[lattice.frameWords()];
        codes = new int[lattice.dimensions().size()];
    }

    /** Returns the bits of values that are kept by now. */
    long kept() {
        return useCases.stream().filter(Objects::nonNull).mapToLong(s -> s.bits).sum();
    }

    /**
     * Returns the places of the segments that hold a cell, ascending.
     *
     * @param cell begins with the words of {@link CodedCells}
     */
    int[] of(Row cell) {
        boolean moved = false;
        for (int i = 0; i < place.length; i++) {
            moved |= place[i] != cell.getLong(i);
            place[i] = cell.getLong(i);
        }
        for (int i = 0; i < frame.length; i++) {
            frame[i] = cell.getLong(place.length + i);
        }
        Segments segments = useCases.get(lattice.useCaseOf(place[0]));
        if (segments == null) {
            return NONE;
        }
        if (moved) {
            lattice.unpackPlace(place, codes);
            segments.place(codes);
        }
        lattice.unpackFrame(frame, codes);
        return segments.of(codes);
    }

    /** Use case of the last cell asked for. */
    String useCase() {
        return lattice.useCases().get(lattice.useCaseOf(place[0]));
    }

    /** Use case and camera of the last cell asked for, in one number. */
    long camera() {
        return place[0] >>> lattice.cameraShift();
    }

    /** Code that the last cell asked for has in a dimension, if its use case has segments. */
    int code(int dimension) {
        return codes[dimension];
    }

    /** Segments of one use case. */
    private static final class Segments {
        /** Dimensions that segments ask for: those of the camera, and the others. */
        private final int[] ofCamera;

        private final int[] ofFrame;

        /** By dimension: segments that ask nothing of it. */
        private final long[][] without;

        /** By dimension: code and place of each segment that asks for one, in one number, ascending. */
        private final long[][] asked;

        /** By dimension and code: segments that the code leaves; null where it was not met. */
        private final long[][][] leaves;

        private final long mostBits;
        private long bits;
        private final long[] all;

        /** What the camera's dimensions leave. */
        private final long[] placed;

        private final long[] found;

        Segments(Lattice lattice, List<Long> ids, long mostBits) {
            this.mostBits = mostBits;
            Set<Long> different = new HashSet<>();
            for (long id : ids) {
                if (!different.add(id)) {
                    throw new IllegalArgumentException("Expected different segments, got " + id + " twice");
                }
            }
            int dimensions = lattice.dimensions().size();
            all = new long[(ids.size() + Long.SIZE - 1) / Long.SIZE];
            placed = new long[all.length];
            found = new long[all.length];
            without = new long[dimensions][all.length];
            int[] codes = new int[dimensions];
            List<LongStream.Builder> wanted = new ArrayList<>();
            for (int d = 0; d < dimensions; d++) {
                wanted.add(LongStream.builder());
            }
            for (int s = 0; s < ids.size(); s++) {
                set(all, s);
                int mask = lattice.decode(ids.get(s), codes);
                for (int d = 0; d < dimensions; d++) {
                    if ((mask & 1 << d) == 0) {
                        set(without[d], s);
                    } else {
                        wanted.get(d).add((long) codes[d] << Integer.SIZE | s);
                    }
                }
            }
            asked = new long[dimensions][];
            leaves = new long[dimensions][][];
            for (int d = 0; d < dimensions; d++) {
                asked[d] = wanted.get(d).build().sorted().toArray();
                leaves[d] = new long[asked[d].length == 0 ? 0 : lattice.cardinality(d)][];
            }
            ofCamera = IntStream.range(0, lattice.fixed())
                    .filter(d -> asked[d].length > 0)
                    .toArray();
            ofFrame = IntStream.range(lattice.fixed(), dimensions)
                    .filter(d -> asked[d].length > 0)
                    .toArray();
        }

        /** Takes the codes of the camera's dimensions, which hold for the cells that follow. */
        void place(int[] codes) {
            System.arraycopy(all, 0, placed, 0, all.length);
            for (int d : ofCamera) {
                and(placed, leaves(d, codes[d]));
            }
        }

        int[] of(int[] codes) {
            System.arraycopy(placed, 0, found, 0, placed.length);
            for (int d : ofFrame) {
                and(found, leaves(d, codes[d]));
            }
            int size = 0;
            for (long bits : found) {
                size += Long.bitCount(bits);
            }
            int[] members = size == 0 ? NONE : new int[size];
            int at = 0;
            for (int word = 0; at < size; word++) {
                for (long bits = found[word]; bits != 0; bits &= bits - 1) {
                    members[at++] = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                }
            }
            return members;
        }

        private long[] leaves(int dimension, int code) {
            long[] known = leaves[dimension][code];
            if (known != null) {
                return known;
            }
            long[] those = asked[dimension];
            int at = Arrays.binarySearch(those, (long) code << Integer.SIZE);
            at = at < 0 ? -at - 1 : at;
            long[] left = without[dimension];
            if (at < those.length && those[at] >>> Integer.SIZE == code) {
                left = left.clone();
                for (; at < those.length && those[at] >>> Integer.SIZE == code; at++) {
                    set(left, (int) those[at]);
                }
                long more = (long) left.length * Long.SIZE;
                if (bits + more > mostBits) {
                    return left;
                }
                bits += more;
            }
            leaves[dimension][code] = left;
            return left;
        }

        private static void set(long[] bits, int segment) {
            bits[segment / Long.SIZE] |= 1L << segment;
        }

        private static void and(long[] bits, long[] others) {
            for (int i = 0; i < bits.length; i++) {
                bits[i] &= others[i];
            }
        }
    }
}
