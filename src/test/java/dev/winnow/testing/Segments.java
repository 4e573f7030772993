package dev.winnow.testing;

import dev.winnow.inputs.WorstSegments;
import dev.winnow.segments.SegmentFindings;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Segments in which rows of tests lie. */
public final class Segments {
    private Segments() {}

    /** Segments as {@code use case: dimension=value AND dimension=value}, worst first. */
    public static WorstSegments of(String... worstFirst) {
        String[] findings = Arrays.stream(worstFirst)
                .map(segment -> segment.split(": ", 2))
                .map(parts -> finding(parts[0], parts[1], ""))
                .toArray(String[]::new);
        return WorstSegments.of(Frames.of(SegmentFindings.TABLE, findings)
                .select(SegmentFindings.conjunction())
                .collectAsList());
    }

    /** A finding as a JSON row, {@code more} behind. */
    public static String finding(String useCase, String segment, String more) {
        return "{'use_case':'%s','segment':'%s','dimensions':[%s],'dimension_values':[%s]%s}"
                .formatted(useCase, segment, quoted(segment, 0), quoted(segment, 1), more);
    }

    private static String quoted(String name, int side) {
        return Stream.of(name.split(" AND ", -1))
                .map(predicate -> predicate.split("=", -1))
                .filter(sides -> sides.length == 2)
                .map(sides -> "'" + sides[side] + "'")
                .collect(Collectors.joining(","));
    }
}
