package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_json;

import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.DayRange;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/** Builds arrival dates of {@code verdict_daily}: feedback is counted, put to its inferences, and written as changes. */
final class VerdictBuild {
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final DayContract contract;
    private final TableStore tables;
    private final String pipeline;
    private final String version;

    VerdictBuild(
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            DayContract contract,
            TableStore tables,
            String pipeline,
            String version) {
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.contract = contract;
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
    }

    /**
     * The feedback of one day.
     *
     * @param byReason rejected rows by the rule they break
     * @param read rows, rejected ones too
     * @param tooOld accepted feedback on images from before the horizon
     */
    record Day(DayInput input, Map<String, Long> byReason, long read, long tooOld) {
        long rejected() {
            return DayContract.total(byReason);
        }
    }

    /**
     * Feedback that arrived on some days, counted and found good, with all that may be counted on those days; nothing of
     * it is written yet. Held in memory until closed.
     *
     * @param relevant see {@link Verdicts#relevant}; may hold more days
     */
    record Arrived(
            DayRange days, SortedMap<LocalDate, Day> byDay, Verdicts verdicts, Dataset<Row> relevant, Lookup lookup)
            implements AutoCloseable {
        /** The same for the days up to {@code day} only. */
        Arrived upTo(LocalDate day) {
            return new Arrived(days.upTo(day), byDay.headMap(day.plusDays(1)), verdicts, relevant, lookup);
        }

        long rejected() {
            return byDay.values().stream().mapToLong(Day::rejected).sum();
        }

        private long sum(ToLongFunction<Day> of) {
            return byDay.values().stream().mapToLong(of).sum();
        }

        @Override
        public void close() {
            relevant.unpersist();
        }
    }

    /** What was written. */
    record Built(long cells, List<String> sentences) {}

    /** The oldest event date that feedback of an arrival date can speak of. */
    LocalDate firstEventDate(LocalDate arrival) {
        return verdicts(DayRange.of(arrival)).firstEventDate(arrival);
    }

    private Verdicts verdicts(DayRange days) {
        return new Verdicts(
                days,
                feedback.settings().catchUpAges(),
                feedback.settings().nearestFrameSeconds(),
                inferences.dimensions());
    }

    /**
     * Counts the feedback of arrival dates and prepares to look for its inferences.
     *
     * @return the days up to the first that breaks its contract
     * @throws dev.winnow.tables.InputException if too many rows of the first day break the contract
     */
    Arrived prepare(DayRange days) {
        SortedMap<LocalDate, Day> byDay = counted(days);
        DayRange good = GoodDays.of(days, date -> {
            Day day = Objects.requireNonNull(byDay.get(date));
            contract.requireFewRejects("feedback", date, day.read, day.byReason, feedback::undated);
        });
        Verdicts verdicts = verdicts(good);
        // Looked at several times until what matters of it is held itself, which the lookup sees to.
        Dataset<Row> seen =
                feedback.seenOn(good, feedback.settings().horizonDays()).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> relevant = verdicts.relevant(seen).persist(StorageLevel.MEMORY_AND_DISK());
            try {
                Lookup lookup = verdicts.lookup(relevant);
                return new Arrived(good, byDay.headMap(good.last().plusDays(1)), verdicts, relevant, lookup);
            } catch (RuntimeException e) {
                relevant.unpersist();
                throw e;
            }
        } finally {
            seen.unpersist();
        }
    }

    private SortedMap<LocalDate, Day> counted(DayRange days) {
        SortedMap<LocalDate, Day> byDay = new TreeMap<>();
        days.days().forEach(date -> byDay.put(date, new Day(feedback.day(date), new TreeMap<>(), 0, 0)));
        Column old = coalesce(
                datediff(col(Inferences.COUNTS_FROM), col(EVENT_DATE))
                        .gt(feedback.settings().horizonDays()),
                lit(false));
        for (Row row : feedback.arrivedOn(days)
                .groupBy(col(Inferences.COUNTS_FROM), col(Inferences.COUNTS_UNTIL), col(REJECT_REASON), old)
                .agg(count(lit(1)))
                .collectAsList()) {
            long rows = row.getLong(4);
            for (LocalDate date : new DayRange(row.getLocalDate(0), row.getLocalDate(1)).days()) {
                Day day = Objects.requireNonNull(byDay.get(date));
                if (!row.isNullAt(2)) {
                    day.byReason.merge(row.getString(2), rows, Long::sum);
                }
                boolean tooOld = row.isNullAt(2) && row.getBoolean(3);
                byDay.put(date, new Day(day.input, day.byReason, day.read + rows, day.tooOld + (tooOld ? rows : 0)));
            }
        }
        return byDay;
    }

    /**
     * Writes what the feedback changes, replacing what the arrival dates had changed before.
     *
     * @param counted days whose inferences were counted with this feedback's lookup, so that they need not be read again;
     *     null if there are none
     */
    Built write(Arrived arrived, ExposureBuild.@Nullable Counted counted, BuiltDays built) {
        List<LocalDate> days = arrived.days.days();
        Verdicts verdicts = arrived.verdicts;
        writeRejects(arrived);
        Dataset<Row> relevant = arrived.relevant.filter(col(Verdicts.DAY).isin(days.toArray()));
        Dataset<Row> matched = verdicts.matched(relevant, arrived.lookup, named(arrived, relevant, counted))
                .filter(col(Verdicts.DAY).isin(days.toArray()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        Dataset<Row> unmatched = verdicts.unmatched(relevant, matched).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> unplaced =
                    withSites(unmatched.filter(col(Verdicts.FATE).equalTo(Verdicts.UNPLACED)));
            Map<String, Object> scope = new LinkedHashMap<>();
            scope.put(VerdictDaily.PIPELINE, pipeline);
            scope.put(VerdictDaily.ARRIVAL_DATE, days);
            long cells = tables.replace(
                    table(),
                    verdicts.signedCounts(matched, unplaced)
                            .withColumn(VerdictDaily.PIPELINE, lit(pipeline))
                            .withColumn(VerdictDaily.CELL_VERSION, lit(version)),
                    scope);
            tables.replace(
                    Misclassified.TABLE.withDimensions(inferences.dimensions()),
                    WrongInferences.of(matched, inferences.dimensions())
                            .withColumn(Misclassified.PIPELINE, lit(pipeline)),
                    scope);
            List<String> sentences = sentences(arrived, unmatched);
            arrived.byDay.forEach((date, day) -> built.note(
                    VerdictDaily.TABLE,
                    date,
                    day.input,
                    built.foundation(verdicts.firstEventDate(date), date),
                    day.read,
                    day.rejected()));
            return new Built(cells, sentences);
        } finally {
            unmatched.unpersist();
            matched.unpersist();
        }
    }

    /** Inferences that the feedback may speak of: from the days that were counted with it, and searched in other days. */
    private Dataset<Row> named(Arrived arrived, Dataset<Row> relevant, ExposureBuild.@Nullable Counted counted) {
        List<LocalDate> dates = new ArrayList<>(arrived.verdicts.eventDates(relevant));
        Dataset<Row> known = null;
        if (counted != null && dates.removeIf(counted.days()::contains)) {
            known = Cells.named(counted.rows(), inferences.dimensions());
        }
        Dataset<Row> searched = inferences
                .accepted(dates)
                .filter(arrived.lookup.mayBeNamed())
                .select(Cells.columns(Verdicts.inferenceColumns(inferences.dimensions())));
        return known == null ? searched : known.unionByName(searched);
    }

    private void writeRejects(Arrived arrived) {
        Column sample = to_json(struct(Feedback.TABLE.columns().stream()
                .map(name ->
                        substring(col(name).cast("string"), 1, Cells.MAX_SAMPLE).as(name))
                .toArray(Column[]::new)));
        Map<LocalDate, Map<String, Long>> byReason = new TreeMap<>();
        arrived.byDay.forEach((date, day) -> byReason.put(date, day.byReason));
        contract.writeRejects(
                "feedback",
                byReason,
                Cells.byDay(feedback.arrivedOn(arrived.days)
                        .filter(col(REJECT_REASON).isNotNull())
                        .select(
                                col(Inferences.COUNTS_FROM),
                                col(Inferences.COUNTS_UNTIL),
                                col(REJECT_REASON),
                                sample.as(Cells.REJECT_ROW))));
    }

    private Dataset<Row> withSites(Dataset<Row> unplaced) {
        if (!cameras.present()) {
            return unplaced.withColumn(SITE_ID, lit(Inferences.UNKNOWN_VALUE));
        }
        return unplaced.join(broadcast(cameras.cameras().select(CAMERA_ID, SITE_ID)), new String[] {CAMERA_ID}, "left");
    }

    private static List<String> sentences(Arrived arrived, Dataset<Row> unmatched) {
        Map<String, Long> fates = new TreeMap<>();
        unmatched
                .groupBy(Verdicts.FATE)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> fates.put(row.getString(0), row.getLong(1)));
        long waiting = fates.getOrDefault(Verdicts.WAITING, 0L);
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d rows of feedback arrived on %s: %,d rejected, %,d speak of unknown inferences, %,d misses"
                        + " without a frame",
                arrived.sum(Day::read),
                arrived.days,
                arrived.rejected(),
                fates.getOrDefault(Verdicts.UNKNOWN, 0L),
                fates.getOrDefault(Verdicts.UNPLACED, 0L)));
        if (waiting > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d of them name no event date and no inference of the days searched so far; they are looked for"
                            + " again at the catch-up ages",
                    waiting));
        }
        long tooOld = arrived.sum(Day::tooOld);
        if (tooOld > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d rows of feedback came more than %d days after their image and don't count:"
                            + " inputs.feedback.catch-up-ages end there",
                    tooOld,
                    arrived.verdicts.horizon()));
        }
        return sentences;
    }

    /** The table with the configured dimensions. */
    TableDef table() {
        return VerdictDaily.TABLE.withDimensions(inferences.dimensions());
    }
}
