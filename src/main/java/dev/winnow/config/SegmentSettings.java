package dev.winnow.config;

import dev.winnow.stats.IntervalMethod;
import java.util.List;
import java.util.Set;

/**
 * How segments are formed and ranked.
 *
 * @param windowDays event dates that rates are computed over, the run date included
 * @param minJudged judged alarms below which a segment is listed but not ranked
 * @param minConfirmedShare share of confirmations among judged alarms below which {@code fdr} is null, fraction
 * @param confidenceLevel level of the intervals, fraction
 * @param interval how intervals are computed
 * @param maxPredicates most predicates of a segment
 * @param wideValues a dimension of more values than this is wide
 * @param widePredicates most predicates of a segment that has a wide dimension
 * @param maturity when an event date has enough of its feedback
 * @param strata dimensions by which judging may be uneven, besides confidence
 * @param elevated what makes a segment elevated
 * @param change how segments are compared with their own past
 * @param afterChange what happens when the definition of cells changed
 */
public record SegmentSettings(
        int windowDays,
        int minJudged,
        double minConfirmedShare,
        double confidenceLevel,
        IntervalMethod interval,
        int maxPredicates,
        int wideValues,
        int widePredicates,
        Maturity maturity,
        List<String> strata,
        Elevated elevated,
        Change change,
        AfterChange afterChange) {

    /**
     * When a segment counts as elevated; all must hold.
     *
     * @param falseShare share of false findings among those reported, fraction
     * @param times how many times the rate of the use case its rate must be above
     * @param probability with what probability, fraction
     * @param minEffective judged alarms needed, as many as independent ones would tell
     * @param minCameras cameras needed
     * @param minSites sites needed, unless the segment names one
     */
    public record Elevated(
            double falseShare, double times, double probability, int minEffective, int minCameras, int minSites) {}

    /**
     * When an event date has enough of its feedback to count.
     *
     * @param horizonDays age at which all feedback that counts has arrived
     * @param minShare share of it below which an event date is immature, fraction
     */
    public record Maturity(int horizonDays, double minShare) {}

    /**
     * How a segment is compared with its own past.
     *
     * @param days newest event dates that are compared with the earlier ones of the window
     * @param ageDays age of an event date at which its verdicts are counted, so that all dates are compared at equal age
     * @param daysBetweenFalseAlarms wanted days between two false CUSUM alarms, over all segments of the pipeline
     */
    public record Change(int days, int ageDays, int daysBetweenFalseAlarms) {}

    /** What happens when dimensions, bins, label mapping or verdict rules changed since the window's days were built. */
    public enum AfterChange {
        /** Stop and name the days to rebuild. */
        STOP,
        /** Begin a new series; the window holds the days built since. */
        RESTART
    }

    /** Reads the settings; {@code dimensions} are those that segments can have. */
    static SegmentSettings read(Section section, Set<String> dimensions) {
        return new SegmentSettings(
                section.integer("window-days", 1, 366),
                section.integer("min-judged", 1, 1_000_000),
                section.number("min-confirmed-share", 0, 1),
                section.number("confidence-level", 0.5, 0.9999),
                section.oneOf("interval", IntervalMethod.class),
                section.integer("max-predicates", 1, 6),
                section.integer("wide-values", 1, 100_000),
                section.integer("wide-predicates", 1, 6),
                section.object("maturity", SegmentSettings::maturity),
                section.texts(
                        "strata",
                        dimensions::containsAll,
                        "names of dimensions, of which there are " + String.join(", ", dimensions)),
                section.object("elevated", SegmentSettings::elevated),
                section.object(
                        "change",
                        change -> new Change(
                                change.integer("days", 1, 365),
                                change.integer("age-days", 0, 365),
                                change.integer("days-between-false-alarms", 1, 3_650))),
                section.oneOf("after-change", AfterChange.class));
    }

    private static Maturity maturity(Section section) {
        return new Maturity(section.integer("horizon-days", 1, 90), section.number("min-share", 0, 1));
    }

    private static Elevated elevated(Section section) {
        return new Elevated(
                section.number("false-share", 0.0001, 0.5),
                section.number("times", 1, 100),
                section.number("probability", 0.5, 0.9999),
                section.integer("min-effective", 1, 1_000_000),
                section.integer("min-cameras", 2, 1_000_000),
                section.integer("min-sites", 1, 2));
    }
}
