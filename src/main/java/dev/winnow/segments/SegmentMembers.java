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
    private final List<Segments> useCases = new ArrayList<>();
    private final long[] place;
    private final long[] frame;
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
        for (String useCase : lattice.useCases()) {
            useCases.add(segments(segmentIds.getOrDefault(useCase, List.of())));
        }
        place = new long[lattice.placeWords()];
        frame = new long[lattice.frameWords()];
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
     * @param cell begins with the words of {@link CodedCells}
     */
    int[] of(Row cell) {
        for (int i = 0; i < place.length; i++) {
            place[i] = cell.getLong(i);
        }
        for (int i = 0; i < frame.length; i++) {
            frame[i] = cell.getLong(place.length + i);
        }
        Segments segments = useCases.get(lattice.useCaseOf(place[0]));
        if (segments.subsets.isEmpty()) {
            return NONE;
        }
        lattice.unpackPlace(place, codes);
        lattice.unpackFrame(frame, codes);
        int[] found = new int[segments.subsets.size()];
        int size = 0;
        for (int subset : segments.subsets) {
            Integer at = segments.places.get(lattice.id(subset, codes));
            if (at != null) {
                found[size++] = at;
            }
        }
        int[] members = Arrays.copyOf(found, size);
        Arrays.sort(members);
        return members;
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
}
