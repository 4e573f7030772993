package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.Normal;
import dev.winnow.stats.WilsonInterval;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
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

    /** Share of judged alarms from which silence can't hide much; chosen by judgement. */
    private static final double NEARLY_ALL = 0.95;

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
        boolean byRates = representative(whole, settings);
        boolean hasRate = byRates && representative(segment, settings);
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

    /**
     * Whether judged alarms can stand for all: nearly all are judged, or enough of them are confirmations. Customers who
     * only complain, fleet-wide or at one site, would make the rate a complaint rate.
     */
    private static boolean representative(SegmentCounts counts, SegmentSettings settings) {
        return counts.judged() >= NEARLY_ALL * counts.alarms()
                || counts.confirmed() >= settings.minConfirmedShare() * counts.judged();
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

    /** Says the finding in plain words. */
    String sentence(@Nullable Evidence evidence) {
        StringBuilder text = new StringBuilder(counts.segment()).append(": ");
        if (counts.judged() == 0) {
            return text.append(String.format(Locale.ROOT, "%,d alarms, none of them judged", counts.alarms()))
                    .toString();
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
        if (evidence != null) {
            text.append(String.format(
                    Locale.ROOT,
                    " (%.1f to %.1f %% on %,d cameras)",
                    100 * evidence.interval().low(),
                    100 * evidence.interval().high(),
                    counts.cameras()));
        }
        if (fdr != null && fdrRest != null) {
            text.append(String.format(Locale.ROOT, ", elsewhere %.1f %%", 100 * fdrRest));
        }
        if (excessErrors != null && excessErrors >= 1) {
            text.append(String.format(Locale.ROOT, "; about %,.0f wrong alarms more than there", excessErrors));
        }
        if (evidence != null && evidence.suspected()) {
            text.append("; more than chance and doubtful cameras explain");
        } else if (evidence != null && evidence.unstable()) {
            text.append("; few cameras are judged or few errors expected, so the bounds are rough");
        }
        return text.toString();
    }

    /**
     * Shapes the finding like {@link SegmentFindings}.
     *
     * @param judgedCameras cameras with judged alarms
     * @param evidence null where the segment has no rate or too few judged alarms
     * @param coverRank place in the cover, from 1; null outside of it
     */
    Row row(
            String pipeline,
            LocalDate day,
            String runId,
            long judgedCameras,
            @Nullable Evidence evidence,
            @Nullable Integer coverRank,
            GreedyCover.@Nullable Pick cover) {
        return RowFactory.create(
                pipeline,
                day,
                runId,
                counts.useCase(),
                counts.segment(),
                counts.dimensions().toArray(String[]::new),
                counts.values().toArray(String[]::new),
                rank,
                counts.alarms(),
                counts.judged(),
                counts.falsePositives(),
                counts.confirmed(),
                counts.relabeled(),
                counts.missed(),
                counts.cameras(),
                coverage(),
                marksPer1000(),
                fdr,
                interval == null ? null : interval.low(),
                interval == null ? null : interval.high(),
                boundLow(),
                boundHigh(),
                fdrRest,
                excessErrors,
                evidence != null && evidence.suspected() ? SegmentFindings.SUSPECTED : null,
                counts.redundant(),
                judgedCameras,
                evidence == null ? null : evidence.effectiveTrials(),
                evidence == null ? null : evidence.interval().low(),
                evidence == null ? null : evidence.interval().high(),
                evidence == null ? null : evidence.shrunk(),
                evidence == null ? null : evidence.pValue(),
                evidence == null ? null : evidence.qValue(),
                evidence == null ? null : evidence.qValueAny(),
                evidence == null ? null : evidence.score(),
                evidence == null ? null : evidence.unstable(),
                coverRank,
                cover == null ? null : cover.cumulativeShare(),
                sentence(evidence));
    }
}
