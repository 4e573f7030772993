package dev.winnow.segments;

import static dev.winnow.segments.ExposureDaily.BINS;
import static dev.winnow.segments.ExposureDaily.EVENT_DATE;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static dev.winnow.segments.VerdictDaily.ARRIVAL_DATE;
import static dev.winnow.segments.VerdictDaily.CONFIDENCE_BIN;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.stats.ArrivalCurve;
import dev.winnow.stats.Isotonic;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a window tells of one use case as a whole; it decides how the use case's cells are summed to segments.
 *
 * @param measure what wrong alarms are held against
 * @param until newest event date that is mature; younger ones wait for feedback that is still arriving
 * @param emptyFrames whether the log holds frames without output; without them misses have no denominator
 * @param arrivals feedback of closed event dates by age, per kind of verdict
 * @param expected wrong alarms to be expected per alarm by class and bin of confidence, in units of 1 /
 *     {@link SegmentSums#ESTIMATED_UNIT}; empty where too few alarms are judged to calibrate confidence
 */
record UseCaseWindow(
        Measure measure,
        LocalDate until,
        boolean emptyFrames,
        Map<Verdict, Arrivals> arrivals,
        Map<String, List<Long>> expected) {

    /** Verdicts that arrive at their own pace. */
    enum Verdict {
        WRONG,
        CONFIRMED,
        MISSED
    }

    /**
     * When feedback comes.
     *
     * @param curve share arrived by age; of closed event dates alone
     * @param closed event dates it was learned from
     * @param verdicts their verdicts
     */
    record Arrivals(ArrivalCurve curve, int closed, long verdicts) {
        /** Verdicts below which a curve is too rough to keep days back. */
        private static final long FEW = 100;

        /** Share that has arrived at an age; 1 where the curve is too rough to tell. */
        double share(int age) {
            Double share = verdicts < FEW ? null : curve.share(age);
            return share == null ? 1 : share;
        }
    }

    /** Judged alarms that it takes to calibrate confidence. */
    private static final long CALIBRATING = 1_000;

    /**
     * Learns it for every use case: four sums of cells to a handful of rows each.
     *
     * @param exposure of the window, shaped like {@link ExposureDaily}
     * @param verdicts of the window that arrived by {@code day}, shaped like {@link VerdictDaily}
     * @param day newest event date
     * @return by use case
     */
    static Map<String, UseCaseWindow> learn(
            Dataset<Row> exposure, Dataset<Row> verdicts, LocalDate day, SegmentSettings settings) {
        Dataset<Row> alarms = exposure.filter(isAlarm());
        Map<String, Known> known = new TreeMap<>();
        for (Row row : exposure.groupBy(Inferences.USE_CASE, EVENT_DATE)
                .agg(sum(ofAlarms(col(SHOWN))), sum(SHOWN))
                .collectAsList()) {
            Known useCase = of(known, row);
            useCase.alarms.put(row.getLocalDate(1), row.getLong(2));
            useCase.emptyFrames |= row.getLong(2) < row.getLong(3);
        }
        for (Row row : verdicts.groupBy(col(Inferences.USE_CASE), col(EVENT_DATE), col(ARRIVAL_DATE))
                .agg(sum(ofAlarms(wrong())), sum(ofAlarms(col(VerdictDaily.CONFIRMED))), sum(col(VerdictDaily.MISSED)))
                .collectAsList()) {
            Known useCase = of(known, row);
            useCase.add(Verdict.WRONG, row.getLocalDate(1), row.getLocalDate(2), row.getLong(3));
            useCase.add(Verdict.CONFIRMED, row.getLocalDate(1), row.getLocalDate(2), row.getLong(4));
            useCase.add(Verdict.MISSED, row.getLocalDate(1), row.getLocalDate(2), row.getLong(5));
        }
        Map<String, UseCaseWindow> windows = new TreeMap<>();
        known.forEach((useCase, k) -> windows.put(useCase, k.window(day, settings)));
        if (windows.entrySet().stream()
                .noneMatch(w -> w.getValue().measure == Measure.FDR
                        && known(known, w.getKey()).judged(w.getValue().until) >= CALIBRATING)) {
            return windows;
        }
        Map<String, Map<String, Bins>> bins = new TreeMap<>();
        for (Row row : verdicts.filter(isAlarm().and(col(CONFIDENCE_BIN).isNotNull()))
                .filter(mature(windows))
                .groupBy(col(Inferences.USE_CASE), col(LABEL), col(CONFIDENCE_BIN))
                .agg(sum(wrong()), sum(VerdictDaily.CONFIRMED))
                .collectAsList()) {
            bins.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                    .computeIfAbsent(row.getString(1), l -> new Bins())
                    .add(row.getInt(2), row.getLong(3), row.getLong(4));
        }
        for (Row row : alarms.select(Inferences.USE_CASE, LABEL).distinct().collectAsList()) {
            bins.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                    .computeIfAbsent(row.getString(1), l -> new Bins());
        }
        windows.replaceAll((useCase, w) ->
                w.measure == Measure.FDR ? w.calibrated(bins.getOrDefault(useCase, new TreeMap<>())) : w);
        return windows;
    }

    /** Frames without output are no alarms; what customers say of them is counted apart. */
    static Column isAlarm() {
        return col(LABEL).notEqual(Inferences.NO_LABEL);
    }

    private static Column ofAlarms(Column count) {
        return when(isAlarm(), count).otherwise(0L);
    }

    /** Wrong alarms of a row of verdicts. */
    static Column wrong() {
        return col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED));
    }

    /** Whether the event date of a cell is mature in its use case; a use case that is not known has none. */
    static Column mature(Map<String, UseCaseWindow> windows) {
        return col(EVENT_DATE)
                .leq(byUseCase(windows, w -> lit(w.until), lit(null).cast("date")));
    }

    /** A value that depends on the use case alone. */
    static Column byUseCase(
            Map<String, UseCaseWindow> windows, Function<UseCaseWindow, Column> value, Column otherwise) {
        Column chosen = otherwise;
        for (Map.Entry<String, UseCaseWindow> window : windows.entrySet()) {
            chosen = when(col(Inferences.USE_CASE).equalTo(window.getKey()), value.apply(window.getValue()))
                    .otherwise(chosen);
        }
        return coalesce(chosen, otherwise);
    }

    /** Share of the feedback on event dates that has arrived, the slower kind of verdict counting; 1 where unknown. */
    double maturity(Map<LocalDate, Long> alarms, LocalDate day) {
        double arrived = 0;
        double all = 0;
        for (Map.Entry<LocalDate, Long> date : alarms.entrySet()) {
            arrived += date.getValue() * arrived(age(date.getKey(), day));
            all += date.getValue();
        }
        return all == 0 ? 1 : arrived / all;
    }

    private double arrived(int age) {
        return Math.min(share(Verdict.WRONG, age), share(Verdict.CONFIRMED, age));
    }

    private double share(Verdict verdict, int age) {
        Arrivals known = arrivals.get(verdict);
        return known == null ? 1 : known.share(age);
    }

    private static int age(LocalDate event, LocalDate day) {
        return (int) ChronoUnit.DAYS.between(event, day);
    }

    private static Known known(Map<String, Known> known, String useCase) {
        return Objects.requireNonNull(known.get(useCase));
    }

    private static Known of(Map<String, Known> known, Row row) {
        return known.computeIfAbsent(row.getString(0), u -> new Known());
    }

    /**
     * The same with what each class's confidence means. A class of few judged alarms is read by the confidences of the
     * whole use case.
     */
    private UseCaseWindow calibrated(Map<String, Bins> byLabel) {
        Bins all = new Bins();
        byLabel.values().forEach(all::add);
        Map<String, List<Long>> calibrated = new TreeMap<>();
        if (all.judged() >= CALIBRATING) {
            byLabel.forEach(
                    (label, bins) -> calibrated.put(label, (bins.judged() >= CALIBRATING ? bins : all).expected()));
        }
        return new UseCaseWindow(measure, until, emptyFrames, arrivals, calibrated);
    }

    /** Judged alarms by bin of confidence. */
    private static final class Bins {
        private final long[] wrong = new long[BINS];
        private final long[] judged = new long[BINS];

        void add(int bin, long wrongs, long confirmed) {
            // Verdicts on days whose inferences changed may be short of one another for a while.
            judged[bin] += Math.max(0, wrongs + confirmed);
            wrong[bin] += Math.max(0, Math.min(wrongs, wrongs + confirmed));
        }

        void add(Bins other) {
            Arrays.setAll(wrong, b -> wrong[b] + other.wrong[b]);
            Arrays.setAll(judged, b -> judged[b] + other.judged[b]);
        }

        long judged() {
            return Arrays.stream(judged).sum();
        }

        List<Long> expected() {
            return Arrays.stream(Isotonic.falling(wrong, judged))
                    .mapToObj(rate -> Math.round(rate * SegmentSums.ESTIMATED_UNIT))
                    .toList();
        }
    }

    /** What is known of a use case before its maturity is. */
    private static final class Known {
        private final NavigableMap<LocalDate, Long> alarms = new TreeMap<>();
        private boolean emptyFrames;
        private final Map<Verdict, NavigableMap<LocalDate, Map<LocalDate, Long>>> arrived =
                new EnumMap<>(Verdict.class);

        Known() {
            for (Verdict verdict : Verdict.values()) {
                arrived.put(verdict, new TreeMap<>());
            }
        }

        void add(Verdict verdict, LocalDate event, LocalDate arrival, long verdicts) {
            of(verdict).computeIfAbsent(event, d -> new TreeMap<>()).put(arrival, verdicts);
        }

        UseCaseWindow window(LocalDate day, SegmentSettings settings) {
            Map<Verdict, Arrivals> arrivals = new EnumMap<>(Verdict.class);
            for (Verdict verdict : Verdict.values()) {
                arrivals.put(verdict, arrivals(verdict, day, settings.maturity().horizonDays()));
            }
            UseCaseWindow open = new UseCaseWindow(Measure.FDR, day, emptyFrames, arrivals, Map.of());
            // Nothing is younger than the horizon for ever: its share is 1, so some age is always mature.
            int age = 0;
            while (open.arrived(age) < settings.maturity().minShare()) {
                age++;
            }
            LocalDate until = day.minusDays(age);
            long shown = alarms.headMap(until, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long confirmed = sum(Verdict.CONFIRMED, until);
            Measure measure = Measure.of(shown, judged(until), confirmed, settings);
            return new UseCaseWindow(measure, until, emptyFrames, arrivals, Map.of());
        }

        /** Judged alarms on event dates up to one. */
        long judged(LocalDate until) {
            return sum(Verdict.WRONG, until) + sum(Verdict.CONFIRMED, until);
        }

        private long sum(Verdict verdict, LocalDate until) {
            return of(verdict).headMap(until, true).values().stream()
                    .flatMap(byArrival -> byArrival.values().stream())
                    .mapToLong(Long::longValue)
                    .sum();
        }

        private NavigableMap<LocalDate, Map<LocalDate, Long>> of(Verdict verdict) {
            return Objects.requireNonNull(arrived.get(verdict));
        }

        private Arrivals arrivals(Verdict verdict, LocalDate day, int horizon) {
            List<long[]> cohorts = new ArrayList<>();
            long verdicts = 0;
            for (LocalDate event : alarms.keySet()) {
                if (age(event, day) < horizon) {
                    continue;
                }
                long[] byAge = new long[age(event, day) + 1];
                Map<LocalDate, Long> byArrival = of(verdict).get(event);
                if (byArrival != null) {
                    for (Map.Entry<LocalDate, Long> arrival : byArrival.entrySet()) {
                        byAge[age(event, arrival.getKey())] += arrival.getValue();
                        verdicts += age(event, arrival.getKey()) <= horizon ? arrival.getValue() : 0;
                    }
                }
                cohorts.add(byAge);
            }
            return new Arrivals(ArrivalCurve.of(cohorts, horizon), cohorts.size(), verdicts);
        }
    }
}
