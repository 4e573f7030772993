package dev.winnow.config;

/**
 * How segments are formed and ranked.
 *
 * @param windowDays event dates that rates are computed over, the run date included
 * @param minJudged judged alarms below which a segment is listed but not ranked
 * @param minConfirmedShare share of confirmations among judged alarms below which {@code fdr} is null, fraction
 * @param confidenceLevel level of the intervals, fraction
 * @param afterChange what happens when the definition of cells changed
 */
public record SegmentSettings(
        int windowDays, int minJudged, double minConfirmedShare, double confidenceLevel, AfterChange afterChange) {

    /** What happens when dimensions, bins, label mapping or verdict rules changed since the window's days were built. */
    public enum AfterChange {
        /** Stop and name the days to rebuild. */
        STOP,
        /** Begin a new series; the window holds the days built since. */
        RESTART
    }

    static SegmentSettings read(Section section) {
        return new SegmentSettings(
                section.integer("window-days", 1, 366),
                section.integer("min-judged", 1, 1_000_000),
                section.number("min-confirmed-share", 0, 1),
                section.number("confidence-level", 0.5, 0.9999),
                section.oneOf("after-change", AfterChange.class));
    }
}
