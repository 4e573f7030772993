package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;

/** What wrong alarms of a use case are held against, so that all its segments are compared by one rate. */
enum Measure {
    /** Wrong over judged alarms. */
    FDR,
    /** Wrong alarms marked over all alarms: customers confirm too rarely for judged alarms to stand for all. */
    MARKS;

    /** Share of judged alarms from which silence can't hide much; chosen by judgement. */
    private static final double NEARLY_ALL = 0.95;

    /**
     * Whether judged alarms can stand for all: nearly all are judged, or enough of them are confirmations. Customers who
     * only complain, fleet-wide or at one site, would make the rate a complaint rate.
     */
    static Measure of(long alarms, long judged, long confirmed, SegmentSettings settings) {
        return judged >= NEARLY_ALL * alarms || confirmed >= settings.minConfirmedShare() * judged ? FDR : MARKS;
    }
}
