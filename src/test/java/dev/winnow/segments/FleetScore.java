package dev.winnow.segments;

import dev.winnow.generate.FleetAlarms;
import dev.winnow.segments.FleetFindings.Looked;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * How right the reported segments of a fleet are, and how many that should be there are.
 *
 * <p>A report is false if the generator's rate of wrong alarms in the segment is at most that of the rest of its use
 * case. That rate is taken on the very cameras of the fleet, good and bad ones as they are: a segment whose cameras are
 * bad is worth labels, whether a condition or the cameras themselves are to blame. It is counted too how many are false
 * if every camera counts as the mean of all, which is what would be left of the segment on other cameras.
 *
 * @param looked segments with enough judged alarms
 * @param reported those on the list of suspects
 * @param noWorse reports that are false on the fleet's cameras
 * @param noWorseOfTypicalCameras reports that are false on cameras like the mean of all
 * @param hardlyWorse reports at no more than 1.25 times the rate of the rest, on the fleet's cameras
 * @param planted planted segments at twice the rate of the rest or more and how many of them are reported, by predicates
 *     and use case
 * @param byJudged segments at about twice the rate of the rest and how many of them are reported, by judged alarms
 */
public record FleetScore(
        long looked,
        long reported,
        long noWorse,
        long noWorseOfTypicalCameras,
        long hardlyWorse,
        Map<String, Share> planted,
        Map<String, Share> byJudged) {
    /** Judged alarms from which power is promised. */
    public static final int LEAST_JUDGED = 200;

    /** Cameras with judged alarms from which power is promised. */
    public static final int LEAST_CAMERAS = 10;

    private static final long[] BANDS = {200, 300, 500, 800, 1_300, 2_100, Long.MAX_VALUE};

    /**
     * A mean of values in [0, 1].
     *
     * @param count values
     * @param total their sum
     * @param squares the sum of their squares
     */
    public record Share(long count, double total, double squares) {
        /** One value. */
        static Share of(double value) {
            return new Share(1, value, value * value);
        }

        /** Both together. */
        Share plus(Share other) {
            return new Share(count + other.count, total + other.total, squares + other.squares);
        }

        /** Mean of the values. */
        public double mean() {
            return total / count;
        }

        /** Standard error of the mean, values taken as independent. */
        public double error() {
            return Math.sqrt(Math.max(0, squares / count - mean() * mean()) / Math.max(1, count - 1));
        }
    }

    /** Scores one fleet. */
    public static FleetScore of(List<Looked> looked) {
        List<Looked> reported = looked.stream().filter(Looked::published).toList();
        List<String> plants = FleetAlarms.planted();
        Map<String, Share> planted = new TreeMap<>();
        Map<String, Share> byJudged = new TreeMap<>();
        for (Looked one : looked) {
            if (one.judged() < LEAST_JUDGED || one.cameras() < LEAST_CAMERAS) {
                continue;
            }
            Share found = Share.of(one.published() ? 1 : 0);
            if (plants.contains(one.segment()) && one.typical() >= 2) {
                planted.merge(one.useCase() + ", " + one.segment(), found, Share::plus);
            }
            if (!one.redundant() && one.typical() >= 1.8 && one.typical() < 2.2) {
                byJudged.merge(band(one.judged()), found, Share::plus);
            }
        }
        return new FleetScore(
                looked.size(),
                reported.size(),
                reported.stream().filter(one -> one.realised() <= 1).count(),
                reported.stream().filter(one -> one.typical() <= 1).count(),
                reported.stream().filter(one -> one.realised() <= 1.25).count(),
                planted,
                byJudged);
    }

    private static String band(long judged) {
        int i = 1;
        while (judged >= BANDS[i]) {
            i++;
        }
        return i == BANDS.length - 1
                ? String.format(Locale.ROOT, "%4d or more", BANDS[i - 1])
                : String.format(Locale.ROOT, "%4d to %d", BANDS[i - 1], BANDS[i] - 1);
    }

    /** All fleets together. */
    public static FleetScore sum(List<FleetScore> scores) {
        Map<String, Share> planted = new TreeMap<>();
        Map<String, Share> byJudged = new TreeMap<>();
        for (FleetScore score : scores) {
            score.planted.forEach((name, share) -> planted.merge(name, share, Share::plus));
            score.byJudged.forEach((name, share) -> byJudged.merge(name, share, Share::plus));
        }
        return new FleetScore(
                total(scores, FleetScore::looked),
                total(scores, FleetScore::reported),
                total(scores, FleetScore::noWorse),
                total(scores, FleetScore::noWorseOfTypicalCameras),
                total(scores, FleetScore::hardlyWorse),
                planted,
                byJudged);
    }

    private static long total(List<FleetScore> scores, ToLongFunction<FleetScore> count) {
        return scores.stream().mapToLong(count).sum();
    }

    /** Mean over fleets of a count's share among the reports; 0 for a fleet without reports. */
    public static Share meanShare(List<FleetScore> scores, ToLongFunction<FleetScore> count) {
        return scores.stream()
                .map(score -> Share.of((double) count.applyAsLong(score) / Math.max(1, score.reported)))
                .reduce(Share::plus)
                .orElseThrow();
    }
}
