package dev.winnow.segments;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** Tells in which of some segments a cell lies. Not safe for threads; a task makes its own. */
final class SegmentMembers {
    private final Lattice lattice;
    private final CellEncoder encoder;
    private final Map<Long, Integer> places = new HashMap<>();
    private final int[] subsets;
    private final int[] codes;
    private final int[] found;

    /**
     * Prepares for some segments.
     *
     * @param segmentIds different ids of the lattice; their places in the list are what is told
     */
    SegmentMembers(Lattice lattice, List<Long> segmentIds) {
        this.lattice = lattice;
        encoder = new CellEncoder(lattice);
        TreeSet<Integer> used = new TreeSet<>();
        for (long id : segmentIds) {
            if (places.put(id, places.size()) != null) {
                throw new IllegalArgumentException("Expected different segments, got " + id + " twice");
            }
            used.add(lattice.subsetOf(id));
        }
        subsets = used.stream().mapToInt(Integer::intValue).toArray();
        codes = new int[lattice.dimensions().size()];
        found = new int[subsets.length];
    }

    /**
     * Returns the places of the segments that hold a cell, ascending.
     *
     * @param cell from {@link SegmentSums#keys}
     */
    int[] of(Row cell) {
        encoder.codes(cell, codes);
        int size = 0;
        for (int subset : subsets) {
            Integer place = places.get(lattice.id(subset, codes));
            if (place != null) {
                found[size++] = place;
            }
        }
        int[] members = Arrays.copyOf(found, size);
        Arrays.sort(members);
        return members;
    }
}
