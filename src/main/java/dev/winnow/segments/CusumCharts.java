package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.segments.ChangeTallies.Counts;
import dev.winnow.segments.SegmentChanges.Comparison;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Cusum;
import dev.winnow.stats.FalseAlarms;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * CUSUM charts of the segments of a pipeline, computed from their event dates anew in every run.
 *
 * <p>The baseline is the rate of the earlier event dates, drawn to that of the use case's segments by empirical Bayes: so
 * it is never 0, and a segment that looked bad by luck has no easy baseline. The design effect is that of a day's rows: a
 * step of the chart adds one day, and a camera that is always bad is part of the baseline. A chart starts anew on the
 * first event date of every model version. One threshold holds for all charts.
 */
final class CusumCharts {
    /** Chance is drawn from this, so that runs agree; the threshold is checked on other days than it was found on. */
    private static final long SEED = 20_140_901L;

    private static final int MONTH = 30;

    /** False alarms that the threshold rests on: leaves it an uncertainty of 18 %. */
    private static final int SIMULATED_ALARMS = 30;

    /** Days simulated per candidate threshold, of which there are 11: 0.2 microseconds each, so 3 seconds at most. */
    private static final int SIMULATED_DAYS = 1_000_000;

    /** More rows a day make false alarms rarer and the simulation longer. */
    private static final int MOST_ROWS = 10_000;

    /** A baseline has to be able to rise. */
    private static final double HIGHEST = 0.98;

    private record Drawn(
            Watched segment,
            ChangeDays days,
            Counts before,
            Counts now,
            List<Counts> byDay,
            Set<Integer> starts,
            @Nullable Start start) {}

    private record Start(double baseline, double designEffect) {}

    private final SegmentSettings settings;
    private final List<Drawn> charts = new ArrayList<>();

    CusumCharts(SegmentSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds the segments of one use case; 16 bytes for each of their event dates stay on the driver.
     *
     * @param watched segments, the whole first
     */
    void add(List<Watched> watched, ChangeTallies tallies, ChangeDays days, ModelVersions versions) {
        double icc = similarity(tallies.before(0).sums());
        double dailyIcc = similarity(tallies.daily(0).sums());
        List<Integer> charted = new ArrayList<>();
        for (int i = 0; i < watched.size(); i++) {
            if (watched.get(i).measure() != null && tallies.before(i).sums().n() >= settings.minJudged()) {
                charted.add(i);
            }
        }
        double[] x = new double[charted.size()];
        double[] n = new double[charted.size()];
        for (int c = 0; c < x.length; c++) {
            ClusterSums before = tallies.before(charted.get(c)).sums();
            n[c] = before.effectiveTrials(icc);
            x[c] = n[c] * before.x() / before.n();
        }
        BetaBinomial prior = BetaBinomial.fit(x, n);
        Set<Integer> starts =
                versions.seen().stream().map(v -> days.place(v.since())).collect(Collectors.toSet());
        for (int i = 0, c = 0; i < watched.size(); i++) {
            Start start = null;
            if (c < x.length && charted.get(c) == i) {
                ClusterSums daily = tallies.daily(i).sums();
                start = new Start(
                        Math.min(HIGHEST, prior.shrunk(x[c], n[c])),
                        Math.max(1, daily.n() / daily.effectiveTrials(dailyIcc)));
                c++;
            }
            charts.add(new Drawn(
                    watched.get(i),
                    days,
                    tallies.before(i).counts(),
                    tallies.now(i).counts(),
                    start == null ? List.of() : tallies.days(i),
                    starts,
                    start));
        }
    }

    private static double similarity(ClusterSums whole) {
        Double similarity = whole.intraClassCorrelation();
        return similarity == null ? 0 : similarity;
    }

    /** Reads the charts of all segments added, in that order. */
    List<Change> read() {
        List<FalseAlarms.Fleet> fleets = new ArrayList<>();
        for (Drawn drawn : charts) {
            if (drawn.start != null) {
                fleets.add(new FalseAlarms.Fleet(drawn.start.baseline, rowsOfADay(drawn), drawn.start.designEffect, 1));
            }
        }
        double wanted = (double) MONTH / settings.change().daysBetweenFalseAlarms();
        int affordable = SIMULATED_DAYS / (MONTH * Math.max(1, fleets.size()));
        int months = Math.max(1, Math.min((int) Math.ceil(SIMULATED_ALARMS / wanted), affordable));
        double threshold = fleets.isEmpty() ? 0 : FalseAlarms.calibrate(fleets, wanted, months, SEED);
        double expected = fleets.isEmpty()
                ? 0
                : FalseAlarms.simulate(fleets, threshold, months, SEED + 1).perMonth();
        return charts.stream()
                .map(drawn -> new Change(
                        drawn.segment,
                        Comparison.CUSUM,
                        drawn.days,
                        drawn.before,
                        drawn.now,
                        null,
                        null,
                        drawn.start == null ? null : chart(drawn, drawn.start, threshold, expected)))
                .toList();
    }

    private static int rowsOfADay(Drawn drawn) {
        long rows = drawn.before.plus(drawn.now).trials(drawn.segment.measure());
        return (int) Math.max(1, Math.min(MOST_ROWS, Math.round((double) rows / drawn.days.built())));
    }

    private static Change.Chart chart(Drawn drawn, Start start, double threshold, double expected) {
        Cusum cusum = new Cusum(start.baseline, start.designEffect, threshold);
        double sum = 0;
        LocalDate alarmedOn = null;
        for (int day = 0; day < drawn.byDay.size(); day++) {
            Counts counts = drawn.byDay.get(day);
            double before = cusum.alarm(sum) || drawn.starts.contains(day) ? 0 : sum;
            sum = cusum.next(before, counts.wrong(), counts.trials(drawn.segment.measure()));
            alarmedOn = cusum.alarm(sum) ? drawn.days.from().plusDays(day) : alarmedOn;
        }
        return new Change.Chart(start.baseline, sum, threshold, alarmedOn, expected);
    }
}
