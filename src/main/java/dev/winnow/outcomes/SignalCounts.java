package dev.winnow.outcomes;

import dev.winnow.stats.ClusterSums;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What became of the images of one signal.
 *
 * @param useCase use case
 * @param round round; null for all rounds together
 * @param signal signal
 * @param selected images charged to it
 * @param charged labels of those, cameras being clusters; x of them found an error nobody knew
 * @param sampled mean share of all images that such a draw took, over those labels: their inclusion probability, less what has
 *     no label; 0 where none is known
 * @param selectedAny images it speaks for, whichever signal was charged
 * @param any labels of those
 * @param answers answers of people to the charged images
 * @param timed those of them whose time is known
 * @param millis milliseconds these took
 */
record SignalCounts(
        String useCase,
        @Nullable String round,
        String signal,
        long selected,
        ClusterSums charged,
        double sampled,
        long selectedAny,
        ClusterSums any,
        long answers,
        long timed,
        long millis) {
    /** By use case, the rounds together first, round and signal. */
    static final Comparator<SignalCounts> ORDER = Comparator.comparing(SignalCounts::useCase)
            .thenComparing(SignalCounts::round, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(SignalCounts::signal);

    /** A signal that asked for nothing. */
    static SignalCounts none(String useCase, String signal) {
        return new SignalCounts(useCase, null, signal, 0, ClusterSums.EMPTY, 0, 0, ClusterSums.EMPTY, 0, 0, 0);
    }

    /** Minutes of all answers, those without a time at the mean of the others; null without any time. */
    @Nullable
    Double minutes() {
        return timed == 0 ? null : (Double) (millis / 60_000.0 / timed * answers);
    }
}
