package dev.winnow.config;

import java.util.List;

/**
 * One dimension: an expression whose values make segments, or a number that is told by the interval it lies in.
 *
 * @param value SQL expression over source columns
 * @param edges where an interval ends and the next begins, finite and ascending; empty: every value stands for itself,
 *     or the edges are stored under {@code bins} and not looked up yet
 * @param bins name under which the edges were stored by the command {@code bins}; empty: none
 */
public record DimensionSettings(String value, List<Double> edges, String bins) {
    /** Most edges of a dimension; chosen by judgement: more intervals than that are no conditions, and cost cells. */
    public static final int MAX_EDGES = 64;

    /** What the name of stored edges looks like. */
    public static final String NAME_RULE =
            "a name of small letters, digits, dots and hyphens, at most 63 characters, such as brightness-2026";

    /** A dimension whose values stand for themselves. */
    static DimensionSettings of(String value) {
        return new DimensionSettings(value, List.of(), "");
    }

    /** Returns whether the value is a number that is told by its interval. */
    public boolean isBinned() {
        return !edges.isEmpty() || !bins.isEmpty();
    }

    /** Returns whether a name may stand for stored edges. */
    public static boolean isName(String text) {
        return text.matches("[a-z0-9][a-z0-9.-]{0,62}");
    }

    static DimensionSettings read(Section section) {
        boolean fixed = section.has("edges");
        boolean stored = section.has("bins");
        if (fixed == stored) {
            section.problem(
                    fixed ? "edges" : "value",
                    ": give edges, such as [50, 100, 150], or bins, the name of edges that `winnow bins` stored; "
                            + (fixed ? "not both" : "a value that is no number stands alone, without braces"));
        }
        return new DimensionSettings(
                section.text("value"),
                fixed
                        ? section.numbers(
                                "edges",
                                DimensionSettings::areEdges,
                                "1 to " + MAX_EDGES
                                        + " finite numbers in ascending order, each once, such as [50, 100, 150]")
                        : List.of(),
                stored ? section.text("bins", DimensionSettings::isName, NAME_RULE) : "");
    }

    private static boolean areEdges(List<Double> numbers) {
        boolean ascending = true;
        for (int i = 0; i < numbers.size(); i++) {
            ascending &= Double.isFinite(numbers.get(i)) && (i == 0 || numbers.get(i - 1) < numbers.get(i));
        }
        return ascending && !numbers.isEmpty() && numbers.size() <= MAX_EDGES;
    }
}
