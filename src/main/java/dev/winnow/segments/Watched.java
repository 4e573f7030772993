package dev.winnow.segments;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is compared with its past.
 *
 * @param id number in its lattice
 * @param counts what it is
 * @param measure by what it is judged; null where its confirmations are too rare to tell a rate that its use case has
 */
record Watched(long id, SegmentCounts counts, @Nullable Measure measure) {
    /** Segments of one use case; bounds what the driver and every task hold. */
    private static final int MOST = 1_000;

    /** Those of them that are there because they are large. */
    private static final int MOST_SINGLE = 500;

    /**
     * Chooses the segments of one use case: the whole, which comes first, the largest by judged alarms among those of one
     * predicate, and the worst ranked; at most 1,000.
     *
     * <p>The window's total, by which they are chosen, says nothing about which part of it the wrong alarms lie in: so
     * choosing the worst does not make them look as if they had changed.
     *
     * @param ranked findings of the use case, ranked ones first in rank order
     * @param id the number of a segment
     */
    static List<Watched> choose(List<Finding> ranked, ToLongFunction<SegmentCounts> id) {
        Finding whole = ranked.stream()
                .filter(f -> f.counts().dimensions().isEmpty())
                .findFirst()
                .orElseThrow();
        Stream<Finding> single = ranked.stream()
                .filter(f -> f.counts().dimensions().size() == 1)
                .sorted(Comparator.comparingLong((Finding f) -> -f.counts().judged())
                        .thenComparing(f -> f.counts().segment()))
                .limit(MOST_SINGLE);
        Stream<Finding> worst = ranked.stream().filter(f -> f.rank() != null);
        return Stream.of(Stream.of(whole), single, worst)
                .flatMap(findings -> findings)
                .distinct()
                .limit(MOST)
                .map(f -> new Watched(id.applyAsLong(f.counts()), f.counts(), measure(f, whole)))
                .toList();
    }

    private static @Nullable Measure measure(Finding finding, Finding whole) {
        if (whole.fdr() == null) {
            return Measure.MARKS;
        }
        return finding.fdr() == null ? null : Measure.FDR;
    }
}
