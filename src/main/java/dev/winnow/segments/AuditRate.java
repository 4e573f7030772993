package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.Interval;
import dev.winnow.stats.WeightedClusterSums;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How many alarms of a segment are wrong by an audit, whatever customers chose to judge.
 *
 * @param drawn alarms that were drawn, labeled or not, at least one
 * @param alarms audited ones: those that have a label
 * @param wrong those of them that are wrong
 * @param rate share of wrong alarms, each audited one weighed by 1 / its inclusion probability; null where none is audited
 * @param effectiveAlarms alarms that independent ones of equal weight would need to tell as much
 * @param interval of the rate, cameras being clusters; [0, 1] below two cameras
 */
record AuditRate(
        long drawn, long alarms, long wrong, @Nullable Double rate, double effectiveAlarms, Interval interval) {
    /** Effective alarms from which an audit is worth a word: below, its bounds are a third of the scale apart. */
    private static final double WORTH_A_WORD = 30;

    /**
     * Estimates the rate.
     *
     * @param drawn alarms, labeled or not
     * @param sums of the labeled ones, by camera
     * @param icc how much audited alarms of one camera of the use case resemble each other
     */
    static AuditRate of(long drawn, WeightedClusterSums sums, long wrong, double icc, SegmentSettings settings) {
        return new AuditRate(
                drawn,
                sums.rows(),
                wrong,
                sums.rate(),
                sums.effectiveTrials(icc),
                sums.interval(settings.interval(), settings.confidenceLevel(), icc));
    }

    /** What is said of it behind what feedback says; nothing where it says too little. */
    String words() {
        if (rate == null || effectiveAlarms < WORTH_A_WORD) {
            return "";
        }
        String audited = alarms < drawn
                ? String.format(Locale.ROOT, "its alarms (%,d of %,d audited)", alarms, drawn)
                : String.format(Locale.ROOT, "%,d of its alarms", alarms);
        return String.format(
                Locale.ROOT,
                "; a blind audit of %s says %.1f %% (%.1f to %.1f %%)",
                audited,
                100 * rate,
                100 * interval.low(),
                100 * interval.high());
    }
}
