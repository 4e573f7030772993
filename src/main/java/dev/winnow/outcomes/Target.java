package dev.winnow.outcomes;

import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import dev.winnow.stats.SampleSize;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A segment that rounds targeted.
 *
 * @param segment conjunction in words
 * @param at its dimensions and values
 * @param rounds rounds that did, in order
 * @param items their images in it, AUDIT and MODEL_CHECK aside
 */
record Target(String segment, Place at, List<String> rounds, long items) {
    /**
     * A conjunction.
     *
     * @param dimensions of the predicates
     * @param values that they ask for
     */
    record Place(List<String> dimensions, List<String> values) {
        /** The whole use case. */
        static final Place WHOLE = new Place(List.of(), List.of());

        /** Whether every predicate of the other one is among this one's: this lies in the other. */
        boolean within(Place other) {
            for (int i = 0; i < other.dimensions.size(); i++) {
                int here = dimensions.indexOf(other.dimensions.get(i));
                if (here < 0 || !values.get(here).equals(other.values.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Values of the same dimensions, one after the other. */
    static final Comparator<List<String>> BY_VALUES = (one, other) -> {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int compared = one.get(i).compareTo(other.get(i));
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(one.size(), other.size());
    };

    /** Power of {@link #neededTrials}. */
    private static final double POWER = 0.8;

    /**
     * Trials it takes on either side to find a fall; null without a baseline that could fall.
     *
     * @param relevantChange fall worth finding, fraction of the baseline
     */
    static @Nullable Long neededTrials(SegmentEffect effect, double relevantChange, double icc, double level) {
        Double baseline = effect.baseline();
        if (baseline == null || baseline <= 0) {
            return null;
        }
        Sums sums = effect.sums();
        ClusterSums larger = sums.after().n() > sums.before().n() ? sums.after() : sums.before();
        double designEffect = larger.n() / Math.max(1, larger.effectiveTrials(icc));
        return (long)
                Math.ceil(SampleSize.perGroup(baseline, baseline * (1 - relevantChange), level, POWER) * designEffect);
    }

    /** Says the effect in plain words. */
    String sentence(SegmentEffect effect, @Nullable String version, @Nullable Long needed) {
        Sums sums = effect.sums();
        String since = version == null ? "since the first round" : "since model version " + version;
        Double baseline = effect.baseline();
        Double before = sums.before().rate();
        Double after = sums.after().rate();
        StringBuilder text = new StringBuilder(segment).append(": ");
        if (baseline == null || before == null || after == null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d trials before and %,d %s are too few to tell a change",
                    sums.before().n(),
                    sums.after().n(),
                    since));
        } else {
            text.append(String.format(
                    Locale.ROOT,
                    "%.1f %% wrong before, %.1f %% without what is likely bad luck; %.1f %% %s",
                    100 * before,
                    100 * baseline,
                    100 * after,
                    since));
            DifferenceInDifferences decisive = effect.decisive();
            if (decisive == null) {
                text.append(", on too few cameras to tell how sure that is");
            } else {
                text.append(String.format(
                        Locale.ROOT,
                        "; %+.1f points (%+.1f to %+.1f)%s",
                        100 * decisive.value(),
                        100 * decisive.interval().low(),
                        100 * decisive.interval().high(),
                        effect.controls() == null
                                ? ", without segments alike to compare with"
                                        + (effect.fair()
                                                ? ""
                                                : " and with too few segments to tell how much was bad luck")
                                : String.format(
                                        Locale.ROOT,
                                        " beyond %,d segments alike that were not targeted",
                                        effect.controls().segments())));
            }
        }
        return text.append(
                        switch (effect.verdict()) {
                            case IMPROVED -> ": improved";
                            case WORSE -> ": worse";
                            case UNATTRIBUTED ->
                                ": nothing says which model was trained on the rounds, so it is put down to none";
                            case INCONCLUSIVE ->
                                needed == null
                                        ? ": inconclusive"
                                        : String.format(
                                                Locale.ROOT,
                                                ": inconclusive; to find a fall worth finding takes %,d trials before and after,"
                                                        + " %,d and %,d are there",
                                                needed,
                                                sums.before().n(),
                                                sums.after().n());
                        })
                .toString();
    }
}
