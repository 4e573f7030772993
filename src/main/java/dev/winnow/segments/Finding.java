package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.Normal;
import dev.winnow.stats.WilsonInterval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A segment with its rates; every rate is null where its denominator is empty.
 *
 * @param counts what is known
 * @param fdr wrong over judged alarms; null where confirmations are too rare for judged alarms to stand for all
 * @param interval Wilson interval of {@code fdr} on raw counts; null where {@code fdr} is
 * @param fdrRest the same rate of the rest of the use case; null where the use case has no such rate or no rest
 * @param excessErrors wrong alarms beyond the rate of the rest, scaled to all alarms; null without a rest
 * @param rank 1 is the worst; null for segments that are not ranked
 */
record Finding(
        SegmentCounts counts,
        @Nullable Double fdr,
        @Nullable WilsonInterval interval,
        @Nullable Double fdrRest,
        @Nullable Double excessErrors,
        @Nullable Integer rank) {

    /**
     * Computes rates and ranks the segments of each use case by excess errors.
     *
     * <p>Excess errors = (x - n p_rest) shown/judged, where p_rest is the rate outside the segment. Where customers
     * confirm too rarely, judged alarms do not stand for all alarms: then marks per alarm are compared instead.
     *
     * @return all segments, ranked ones first in rank order; ties are broken by lower bound and by name
     */
    static List<Finding> rank(List<SegmentCounts> segments, SegmentSettings settings) {
        double z = Normal.twoSided(settings.confidenceLevel());
        Map<String, SegmentCounts> whole = new HashMap<>();
        for (SegmentCounts segment : segments) {
            if (segment.dimensions().isEmpty()) {
                whole.put(segment.useCase(), segment);
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (SegmentCounts segment : segments) {
            findings.add(of(segment, whole.get(segment.useCase()), settings, z));
        }
        findings.sort(Comparator.comparing((Finding f) -> f.counts.useCase())
                .thenComparing(f -> !f.ranked(settings))
                .thenComparing(f -> f.excessErrors == null ? 0 : -f.excessErrors)
                .thenComparing(f -> f.interval == null ? 0 : -f.interval.low())
                .thenComparing(f -> f.counts.segment()));
        List<Finding> ranked = new ArrayList<>();
        Map<String, Integer> last = new HashMap<>();
        for (Finding f : findings) {
            ranked.add(f.ranked(settings) ? f.withRank(last.merge(f.counts.useCase(), 1, Integer::sum)) : f);
        }
        return ranked;
    }

    private static Finding of(
            SegmentCounts segment, @Nullable SegmentCounts whole, SegmentSettings settings, double z) {
        if (whole == null) {
            throw new IllegalArgumentException("No whole for use case " + segment.useCase());
        }
        // The whole decides what segments are ranked by, so that all are compared by one measure.
        boolean byRates = measure(whole, settings) == Measure.FDR;
        boolean hasRate = byRates && measure(segment, settings) == Measure.FDR;
        long restJudged = whole.judged() - segment.judged();
        long restAlarms = whole.alarms() - segment.alarms();
        long restWrong = whole.falsePositives() - segment.falsePositives();
        Double fdr = hasRate ? ratio(segment.falsePositives(), segment.judged()) : null;
        Double rest = byRates && !segment.dimensions().isEmpty() ? ratio(restWrong, restJudged) : null;
        Double excess = null;
        if (rest != null && segment.judged() > 0) {
            double scale = (double) segment.alarms() / segment.judged();
            excess = (segment.falsePositives() - segment.judged() * rest) * scale;
        } else if (!byRates && !segment.dimensions().isEmpty() && restAlarms > 0) {
            excess = segment.falsePositives() - (double) segment.alarms() * restWrong / restAlarms;
        }
        WilsonInterval interval =
                fdr == null ? null : WilsonInterval.of((double) segment.falsePositives(), (double) segment.judged(), z);
        return new Finding(segment, fdr, interval, rest, excess, null);
    }

    /** A site that only complains has no rate, though the use case has one. */
    private static Measure measure(SegmentCounts counts, SegmentSettings settings) {
        return Measure.of(counts.alarms(), counts.judged(), counts.confirmed(), settings);
    }

    private boolean ranked(SegmentSettings settings) {
        return excessErrors != null && !counts.redundant() && counts.judged() >= settings.minJudged();
    }

    private Finding withRank(int newRank) {
        return new Finding(counts, fdr, interval, fdrRest, excessErrors, newRank);
    }

    /** Judged over all alarms; null without alarms. */
    @Nullable
    Double coverage() {
        return ratio(counts.judged(), counts.alarms());
    }

    /** Wrong alarms marked per 1,000 alarms; null without alarms. */
    @Nullable
    Double marksPer1000() {
        Double share = ratio(counts.falsePositives(), counts.alarms());
        return share == null ? null : 1000 * share;
    }

    /** The false discovery rate if every unjudged alarm were right; null without alarms. */
    @Nullable
    Double boundLow() {
        return ratio(counts.falsePositives(), counts.alarms());
    }

    /** The false discovery rate if every unjudged alarm were wrong; null without alarms. */
    @Nullable
    Double boundHigh() {
        return ratio(counts.alarms() - counts.confirmed(), counts.alarms());
    }

    /** Wrong over all frames that showed nothing, judged ones; null where none is known to have shown nothing. */
    @Nullable
    Double fpr() {
        return counts.negatives() > 0
                ? ratio(counts.falsePositives(), counts.falsePositives() + counts.negatives())
                : null;
    }

    /** Reported misses over misses and right alarms; null where judged alarms don't stand for all. */
    @Nullable
    Double missRate() {
        return fdr == null ? null : ratio(counts.missed(), counts.missed() + counts.confirmed());
    }

    /** Alarms on a day of a camera that has any in the segment; null where no day is known. */
    @Nullable
    Double alarmsPerCameraDay() {
        return ratio(counts.alarms(), counts.cameraDays());
    }

    /** Wrong alarms on such a day, all alarms taken to be wrong as often as judged ones; null where {@code fdr} is. */
    @Nullable
    Double falseAlarmsPerCameraDay() {
        Double alarms = alarmsPerCameraDay();
        return fdr == null || alarms == null ? null : fdr * alarms;
    }

    /** The share of wrong alarms to be expected from confidence alone; null without alarms. */
    @Nullable
    Double estimated() {
        Double units = ratio(counts.estimated(), counts.alarms());
        return units == null ? null : units / SegmentSums.ESTIMATED_UNIT;
    }

    private static @Nullable Double ratio(long numerator, long denominator) {
        return denominator > 0 ? (double) numerator / denominator : null;
    }

    /** Says the finding in a few words. */
    String describe() {
        String rate = fdr == null
                ? String.format(Locale.ROOT, "%d wrong alarms marked", counts.falsePositives())
                : String.format(Locale.ROOT, "%.1f %% of %d judged alarms wrong", 100 * fdr, counts.judged());
        return counts.useCase() + ", " + counts.segment() + " (" + rate + ")";
    }

    /**
     * Says the finding in plain words.
     *
     * @param evidence null where the segment is not tested
     * @param cameras with trials, whom the interval rests on
     * @param estimated share of wrong alarms to be expected from confidence; null where confidence is not calibrated
     * @param confirmed what days since its first detection say; null where there is none
     */
    String sentence(
            @Nullable Evidence evidence,
            long cameras,
            @Nullable Double estimated,
            Evidence.@Nullable Confirmation confirmed) {
        StringBuilder text = new StringBuilder(counts.segment()).append(": ");
        if (counts.judged() == 0) {
            text.append(String.format(Locale.ROOT, "%,d alarms, none of them judged", counts.alarms()));
            if (estimated != null) {
                text.append(
                        String.format(Locale.ROOT, "; by their confidence about %.1f %% are wrong", 100 * estimated));
            }
            return text.toString();
        }
        if (fdr == null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d of %,d alarms were marked wrong; too few are confirmed to tell a rate",
                    counts.falsePositives(),
                    counts.alarms()));
        } else {
            text.append(
                    String.format(Locale.ROOT, "%.1f %% of %,d judged alarms were wrong", 100 * fdr, counts.judged()));
        }
        if (evidence != null && fdr != null) {
            text.append(String.format(
                    Locale.ROOT,
                    " (%.1f to %.1f %% on %,d cameras)",
                    100 * evidence.interval().low(),
                    100 * evidence.interval().high(),
                    cameras));
        }
        if (fdr != null && fdrRest != null) {
            text.append(String.format(Locale.ROOT, ", elsewhere %.1f %%", 100 * fdrRest));
        }
        if (excessErrors != null && excessErrors >= 1) {
            text.append(String.format(Locale.ROOT, "; about %,.0f wrong alarms more than there", excessErrors));
        }
        if (evidence != null && evidence.suspected()) {
            text.append("; more than chance and doubtful cameras explain");
            if (confirmed != null && confirmed.rate() != null) {
                text.append(String.format(
                        Locale.ROOT,
                        confirmed.passes()
                                ? "; days since it was first seen confirm it (%.1f %%)"
                                : "; days since it was first seen do not confirm it yet (%.1f %%)",
                        100 * confirmed.rate()));
            }
        } else if (evidence != null && evidence.unstable()) {
            text.append("; few cameras are judged or few errors expected, so the bounds are rough");
        }
        return text.toString();
    }
}
