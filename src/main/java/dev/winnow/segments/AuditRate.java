package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.Interval;
import dev.winnow.stats.WeightedClusterSums;
import java.util.Locale;
import java.util.Objects;

/**
 * How many alarms of a segment are wrong by an audit, whatever customers chose to judge.
 *
 * @param alarms audited ones, at least one
 * @param wrong those of them that are wrong
 * @param rate share of wrong alarms, each audited one weighed by 1 / its inclusion probability
 * @param effectiveAlarms alarms that independent ones of equal weight would need to tell as much
 * @param interval of the rate, cameras being clusters; [0, 1] below two cameras
 */
record AuditRate(long alarms, long wrong, double rate, double effectiveAlarms, Interval interval) {
    /** Effective alarms from which an audit is worth a word: below, its bounds are a third of the scale apart. */
    private static final double WORTH_A_WORD = 30;

    /**
     * Estimates the rate.
     *
     * @param sums of at least one alarm, by camera
     * @param icc how much audited alarms of one camera of the use case resemble each other
     */
    static AuditRate of(WeightedClusterSums sums, long wrong, double icc, SegmentSettings settings) {
        return new AuditRate(
                sums.rows(),
                wrong,
                Objects.requireNonNull(sums.rate(), "audited alarms"),
                sums.effectiveTrials(icc),
                sums.interval(settings.interval(), settings.confidenceLevel(), icc));
    }

    /** What is said of it behind what feedback says; nothing where it says too little. */
    String words() {
        return effectiveAlarms < WORTH_A_WORD
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; a blind audit of %,d of its alarms says %.1f %% (%.1f to %.1f %%)",
                        alarms,
                        100 * rate,
                        100 * interval.low(),
                        100 * interval.high());
    }
}
