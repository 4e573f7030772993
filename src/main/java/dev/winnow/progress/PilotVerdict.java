package dev.winnow.progress;

import dev.winnow.config.PilotSettings;
import dev.winnow.labeling.Pilots;
import dev.winnow.stats.Interval;
import dev.winnow.stats.Normal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rest is asked about.
 *
 * @param state RELEASED, INCONCLUSIVE or REFUSED of {@link Pilots}
 * @param missing of INCONCLUSIVE: about how many more items would tell; null where no number does
 * @param reason why, in plain words
 */
record PilotVerdict(String state, @Nullable Long missing, String reason) {
    /** Nobody asks so many: what would take more is not told by any number. */
    private static final long MOST = 1_000_000;

    /**
     * One demand.
     *
     * @param words what it is of, the estimate and its interval
     * @param range interval; null where it can't be told
     * @param bound that the interval must keep to one side of
     * @param floor whether above it; else below
     * @param at interval that as many items would give if the estimate stayed
     */
    private record Demand(
            String words, @Nullable Interval range, double bound, boolean floor, LongFunction<Interval> at) {
        boolean met(@Nullable Interval interval) {
            return interval != null && (floor ? interval.low() >= bound : interval.high() <= bound);
        }

        boolean missed(@Nullable Interval interval) {
            return interval != null && (floor ? interval.high() < bound : interval.low() > bound);
        }

        boolean decided(@Nullable Interval interval) {
            return met(interval) || missed(interval);
        }

        /** The fewest items that would tell; null where none would. */
        @Nullable
        Long items(long judged) {
            if (range == null || !decided(at.apply(MOST))) {
                return null;
            }
            long low = judged; // not decided
            long high = MOST;
            while (high - low > 1) {
                long middle = (low + high) / 2;
                if (decided(at.apply(middle))) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return high;
        }
    }

    /** Judges what is known by the floors of the use case. */
    static PilotVerdict of(PilotSettings floors, PilotEvidence evidence) {
        List<Demand> demands = demands(floors, evidence);
        StringBuilder reason = new StringBuilder(String.format(
                Locale.ROOT, "%,d items with at least %d answers", evidence.items(), PilotSettings.MIN_WORKERS));
        demands.forEach(demand -> reason.append("; ").append(demand.words));
        boolean few = evidence.items() < PilotSettings.MIN_ITEMS;
        if (!few && demands.stream().anyMatch(demand -> demand.missed(demand.range))) {
            return new PilotVerdict(Pilots.REFUSED, null, reason.toString());
        }
        if (!few && demands.stream().allMatch(demand -> demand.met(demand.range))) {
            return new PilotVerdict(Pilots.RELEASED, null, reason.toString());
        }
        Long needed = few ? (long) PilotSettings.MIN_ITEMS : 0L;
        for (Demand demand : demands) {
            if (!demand.decided(demand.range)) {
                Long items = demand.items(evidence.items());
                needed = items == null || needed == null ? null : Long.valueOf(Math.max(needed, items));
            }
        }
        if (few && evidence.items() == 0) {
            needed = (long) PilotSettings.MIN_ITEMS;
        }
        Long missing = needed == null ? null : Long.valueOf(Math.max(1, needed - evidence.items()));
        reason.append(
                missing == null
                        ? "; no number of items like these would tell"
                        : String.format(Locale.ROOT, "; about %,d more items would tell", missing));
        return new PilotVerdict(Pilots.INCONCLUSIVE, missing, reason.toString());
    }

    private static List<Demand> demands(PilotSettings floors, PilotEvidence evidence) {
        List<Demand> demands = new ArrayList<>();
        Double agreement = evidence.agreement();
        demands.add(new Demand(
                words("agreement", agreement, evidence.agreementRange(), "floor", floors.minAgreement(), "%.2f"),
                evidence.agreementRange(),
                floors.minAgreement(),
                true,
                items -> Interval.wilson(
                        Math.min((double) items, (agreement == null ? 0 : agreement) * items),
                        (double) items,
                        Normal.twoSided(floors.confidenceLevel()))));
        if (floors.minAlpha() > 0) {
            demands.add(new Demand(
                    words(
                            "Krippendorff's alpha",
                            evidence.alpha(),
                            evidence.alphaRange(),
                            "floor",
                            floors.minAlpha(),
                            "%.2f"),
                    evidence.alphaRange(),
                    floors.minAlpha(),
                    true,
                    scaled(evidence.alpha(), evidence.alphaRange(), evidence.items())));
        }
        if (floors.maxSecondsPerAnswer() > 0) {
            demands.add(new Demand(
                    words(
                            "seconds an answer",
                            evidence.seconds(),
                            evidence.secondsRange(),
                            "ceiling",
                            floors.maxSecondsPerAnswer(),
                            "%.1f"),
                    evidence.secondsRange(),
                    floors.maxSecondsPerAnswer(),
                    false,
                    scaled(evidence.seconds(), evidence.secondsRange(), evidence.items())));
        }
        return demands;
    }

    /** An interval narrows with the root of the number of items. */
    private static LongFunction<Interval> scaled(@Nullable Double value, @Nullable Interval range, long items) {
        if (value == null || range == null) {
            return any -> new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        return many -> {
            double narrow = Math.sqrt((double) items / many);
            return new Interval(value - (value - range.low()) * narrow, value + (range.high() - value) * narrow);
        };
    }

    private static String words(
            String what, @Nullable Double value, @Nullable Interval range, String side, double bound, String digits) {
        String limit = side + " " + String.format(Locale.ROOT, digits, bound);
        if (value == null || range == null) {
            return what + " can't be told, " + limit;
        }
        return what + " "
                + String.format(
                        Locale.ROOT, digits + " (" + digits + " to " + digits + ")", value, range.low(), range.high())
                + ", " + limit;
    }
}
