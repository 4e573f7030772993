package dev.winnow.segments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** Tells in which of some segments a cell lies. Not safe for threads; a task makes its own. */
final class SegmentMembers {
    private static final int[] NONE = {};

    private final Lattice lattice;
    private final CellEncoder encoder;
    private final List<Segments> useCases = new ArrayList<>();
    private final int[] codes;

    /** Segments of one use case. */
    private record Segments(Map<Long, Integer> places, List<Integer> subsets) {}

    /**
     * Prepares for some segments.
     *
     * @param segmentIds different ids of the lattice by use case; their places in the list are what is told
     */
    SegmentMembers(Lattice lattice, Map<String, List<Long>> segmentIds) {
        this.lattice = lattice;
        encoder = new CellEncoder(lattice);
        for (String useCase : lattice.useCases()) {
            useCases.add(segments(segmentIds.getOrDefault(useCase, List.of())));
        }
        codes = new int[lattice.dimensions().size()];
    }

    private Segments segments(List<Long> ids) {
        Map<Long, Integer> places = new HashMap<>();
        TreeSet<Integer> used = new TreeSet<>();
        for (long id : ids) {
            if (places.put(id, places.size()) != null) {
                throw new IllegalArgumentException("Expected different segments, got " + id + " twice");
            }
            used.add(lattice.subsetOf(id));
        }
        return new Segments(places, List.copyOf(used));
    }

    /**
     * Returns the places of the segments that hold a cell, ascending.
     *
     * @param cell from {@link SegmentSums#keys}
     */
    int[] of(Row cell) {
        Segments segments = useCases.get(encoder.useCase(cell));
        if (segments.subsets.isEmpty()) {
            return NONE;
        }
        encoder.codes(cell, codes);
        int[] found = new int[segments.subsets.size()];
        int size = 0;
        for (int subset : segments.subsets) {
            Integer place = segments.places.get(lattice.id(subset, codes));
            if (place != null) {
                found[size++] = place;
            }
        }
        int[] members = Arrays.copyOf(found, size);
        Arrays.sort(members);
        return members;
    }
}
