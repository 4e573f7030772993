package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.Uniqueness;
import dev.winnow.config.SegmentSettings.AfterChange;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Contract;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.Undated;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunIds;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Builds the day's cells and the error rates of every segment of the window.
 *
 * <p>A run for D replaces the cells of D, and those of days whose input files changed since; nothing else. The
 * inferences of a day are passed over once, and once more in their id columns where feedback names no date.
 */
public final class SegmentsJob implements Stage {
    private static final String NAME = "segments";

    /** More segments than this would not fit the driver's bounded memory. */
    private static final int MAX_SEGMENTS = 1_000_000;

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final Readiness readiness;
    private final TableStore tables;
    private final String version;

    /** Creates the job over its inputs and tables. */
    public SegmentsJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            Readiness readiness,
            TableStore tables) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.readiness = readiness;
        this.tables = tables;
        this.version = CellVersion.of(config);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        readiness.requireMarker(day);
        Map<String, Row> builds = builds();
        requireOneVersion(day, builds);
        DayInput today = inferences.day(day);
        List<CountedDay> facts = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        try {
            // All inputs are counted and checked before anything is written, so that a run that fails leaves no half of
            // itself.
            facts.add(countInferences(day, today, true));
            TreeSet<LocalDate> rebuilt = new TreeSet<>();
            for (LocalDate late : lateDays(day, builds)) {
                Optional<CountedDay> counted = countLate(late, builds, sentences);
                counted.ifPresent(c -> {
                    facts.add(c);
                    rebuilt.add(c.day);
                });
            }
            List<CountedFeedback> marks = new ArrayList<>();
            if (feedback.present()) {
                for (LocalDate late : lateArrivals(day, builds, rebuilt)) {
                    marks.add(countFeedback(late));
                }
                marks.add(countFeedback(day));
            }
            return write(day, facts, marks, sentences);
        } finally {
            facts.forEach(f -> f.rows.unpersist());
        }
    }

    private Report write(LocalDate day, List<CountedDay> facts, List<CountedFeedback> marks, List<String> sentences) {
        long read = 0;
        long rejected = 0;
        long written = 0;
        int passes = 0;
        for (CountedDay f : facts) {
            long cells = writeExposure(f);
            written += cells;
            if (f.day.equals(day)) {
                sentences.addAll(f.sentences(cells));
                read = f.read;
                rejected += f.rejected();
                passes++;
            } else {
                sentences.add("Inference files of " + f.day + " changed since its cells were built: built again");
            }
        }
        for (CountedFeedback m : marks) {
            Built built = writeVerdicts(m);
            written += built.cells;
            if (m.day.equals(day)) {
                sentences.addAll(built.sentences);
                rejected += m.rejected();
                passes += built.passes;
            } else {
                sentences.add("Verdicts that arrived on " + m.day + " were built again: their files changed");
            }
        }
        recordBuilds(facts, marks);
        String fingerprint =
                facts.get(0).input.and(feedback.day(day)).and(cameras.files()).fingerprint();
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), fingerprint);
        written += findSegments(day, runId, sentences);
        return new Report(read, written, rejected, passes, fingerprint, sentences);
    }

    /**
     * Notes what the cells were made of, once all of them are written, and what made others be built again last: a run
     * that is killed before the end finds the change once more.
     */
    private void recordBuilds(List<CountedDay> facts, List<CountedFeedback> marks) {
        for (int i = marks.size() - 1; i >= 0; i--) {
            CountedFeedback m = marks.get(i);
            recordBuild(VerdictDaily.TABLE, m.day, m.input, m.read, m.rejected());
        }
        for (CountedDay f : facts) {
            recordBuild(ExposureDaily.TABLE, f.day, f.input, f.read, f.rejected());
        }
    }

    // ---- which days

    /** Days built before, by table and date; small: one row per day and table. */
    private Map<String, Row> builds() {
        Map<String, Row> builds = new TreeMap<>();
        tables.read(DayBuilds.TABLE)
                .filter(col(DayBuilds.PIPELINE).equalTo(config.pipeline()))
                .collectAsList()
                .forEach(row -> builds.put(key(row.getAs(DayBuilds.TABLE_NAME), row.getAs(DayBuilds.DATE)), row));
        return builds;
    }

    private static String key(String table, LocalDate date) {
        return table + " " + date;
    }

    private void requireOneVersion(LocalDate day, Map<String, Row> builds) {
        if (config.segments().afterChange() == AfterChange.RESTART) {
            return;
        }
        List<LocalDate> other = new ArrayList<>();
        boolean current = false;
        for (LocalDate d = windowStart(day); d.isBefore(day); d = d.plusDays(1)) {
            Row build = builds.get(key(ExposureDaily.TABLE.name(), d));
            if (build != null && version.equals(build.getAs(DayBuilds.CELL_VERSION))) {
                current = true;
            } else if (build != null) {
                other.add(d);
            }
        }
        if (!other.isEmpty() && !current) {
            throw new ConfigException("dimensions, label mapping or verdict rules changed since " + other.get(0)
                    + ": a window would mix two definitions. Rebuild the days " + other.get(0) + " to "
                    + other.get(other.size() - 1)
                    + " with `segments --run-date` and --set segments.after-change=restart, oldest first, or begin a"
                    + " new series by segments.after-change = restart");
        }
    }

    private LocalDate windowStart(LocalDate day) {
        return day.minusDays(config.segments().windowDays() - 1L);
    }

    private List<LocalDate> lateDays(LocalDate day, Map<String, Row> builds) {
        List<LocalDate> late = new ArrayList<>();
        for (int age = inferences.settings().lateDays(); age >= 1; age--) {
            LocalDate d = day.minusDays(age);
            Row build = builds.get(key(ExposureDaily.TABLE.name(), d));
            if (build != null
                    && version.equals(build.getAs(DayBuilds.CELL_VERSION))
                    && !inferences.day(d).state().equals(build.getAs(DayBuilds.INPUT_STATE))) {
                late.add(d);
            }
        }
        return late;
    }

    /**
     * Arrival days before D whose own files changed, or whose event days are built again; and all after them, because
     * what a mark changes depends on the marks before it.
     */
    private List<LocalDate> lateArrivals(LocalDate day, Map<String, Row> builds, SortedSet<LocalDate> rebuilt) {
        List<LocalDate> late = new ArrayList<>();
        for (int age = inferences.settings().lateDays(); age >= 1; age--) {
            LocalDate d = day.minusDays(age);
            Row build = builds.get(key(VerdictDaily.TABLE.name(), d));
            if (build == null || !version.equals(build.getAs(DayBuilds.CELL_VERSION))) {
                continue;
            }
            boolean facts = !rebuilt.isEmpty() && !rebuilt.first().isAfter(d);
            if (facts || !late.isEmpty() || !feedback.day(d).state().equals(build.getAs(DayBuilds.INPUT_STATE))) {
                late.add(d);
            }
        }
        return late;
    }

    // ---- cells

    /** Inferences of a day, counted and found good; nothing of them is written yet. */
    private record CountedDay(
            LocalDate day,
            DayInput input,
            Dataset<Row> rows,
            Map<String, Long> bySite,
            Map<String, Long> byReason,
            long read,
            long ofOtherDays) {

        long rejected() {
            return total(byReason);
        }

        List<String> sentences(long cells) {
            List<String> sentences = new ArrayList<>();
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d inferences of %s in %,d cells from %,d sites",
                    read - rejected(),
                    day,
                    cells,
                    bySite.size()));
            if (rejected() > 0) {
                sentences.add(String.format(
                        Locale.ROOT, "%,d rows rejected: %s (samples: show rejects)", rejected(), byReason));
            }
            if (ofOtherDays > 0) {
                sentences.add(InferenceLog.ofOtherDays(ofOtherDays, day));
            }
            return sentences;
        }
    }

    private CountedDay countInferences(LocalDate day, DayInput input, boolean today) {
        Dataset<Row> counted =
                Cells.count(inferences.files(day), inferences.dimensions()).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> bySite = new TreeMap<>();
            Map<String, Long> byReason = new TreeMap<>();
            for (Row row : Cells.totals(counted).collectAsList()) {
                if (row.isNullAt(0)) {
                    bySite.merge(row.getString(1), row.getLong(2), Long::sum);
                } else {
                    byReason.merge(row.getString(0), row.getLong(2), Long::sum);
                }
            }
            Long ofOtherDays = byReason.remove(Inferences.OTHER_DAY);
            CountedDay result = new CountedDay(
                    day,
                    input,
                    counted,
                    bySite,
                    byReason,
                    total(bySite) + total(byReason),
                    ofOtherDays == null ? 0 : ofOtherDays);
            // Broken data is no matter of time: the contract comes before readiness.
            requireContract("inferences", day, result.read, byReason, inferences::undated);
            requireUniqueIds(day, counted);
            if (today) {
                readiness.requireRows(day, bySite, total(bySite), tables, config.pipeline());
            }
            return result;
        } catch (RuntimeException e) {
            counted.unpersist();
            throw e;
        }
    }

    /** Counts a late day; empty, with a sentence, where its files can't be the whole day any more. */
    private Optional<CountedDay> countLate(LocalDate day, Map<String, Row> builds, List<String> sentences) {
        DayInput input = inferences.day(day);
        Row build = builds.get(key(ExposureDaily.TABLE.name(), day));
        long before = build == null ? 0 : build.<Long>getAs(DayBuilds.ROWS_READ);
        try {
            CountedDay counted = countInferences(day, input, false);
            if (counted.read >= before / 2) {
                return Optional.of(counted);
            }
            counted.rows.unpersist();
            sentences.add(String.format(
                    Locale.ROOT,
                    "Inference files of %s changed and hold %,d rows instead of %,d: its cells stay as they are",
                    day,
                    counted.read,
                    before));
        } catch (InputException e) {
            sentences.add("Inference files of " + day + " changed, and its cells stay as they are: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static long total(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    private long writeExposure(CountedDay counted) {
        writeRejects("inferences", counted.day, counted.byReason, Cells.rejected(counted.rows));
        return tables.replace(
                exposureTable(),
                Cells.exposure(counted.rows, inferences.dimensions())
                        .withColumn(ExposureDaily.PIPELINE, lit(config.pipeline()))
                        .withColumn(ExposureDaily.EVENT_DATE, lit(counted.day))
                        .withColumn(ExposureDaily.CELL_VERSION, lit(version)),
                scope(ExposureDaily.EVENT_DATE, counted.day));
    }

    private void requireContract(
            String input, LocalDate day, long read, Map<String, Long> byReason, Supplier<Undated> undated) {
        Contract.breach(input, day, read, byReason, config.rejects().maxShare(), undated)
                .ifPresent(breach -> {
                    throw new InputException(breach);
                });
    }

    private void requireUniqueIds(LocalDate day, Dataset<Row> counted) {
        if (inferences.settings().uniqueness() == Uniqueness.CHECKED) {
            return;
        }
        Row sample = Cells.repeatedIds(counted).first();
        long sampled = sample.getLong(0);
        long repeats = sample.getLong(1);
        if (Contract.beyond(repeats, sampled, inferences.settings().maxDuplicateShare())) {
            throw new InputException(String.format(
                    Locale.ROOT,
                    "inputs.inferences: column inference_id repeats in %d of %d sampled rows of %s, more than"
                            + " max-duplicate-share = %s; nothing was written. Map inference_id to a unique value, or set"
                            + " inputs.inferences.uniqueness = checked to reject the repeats",
                    repeats,
                    sampled,
                    day,
                    inferences.settings().maxDuplicateShare()));
        }
    }

    /** Feedback that arrived on a day, counted and found good; nothing of it is written yet. */
    private record CountedFeedback(LocalDate day, DayInput input, Map<String, Long> byReason, long read, long tooOld) {
        long rejected() {
            return total(byReason);
        }
    }

    private record Built(long cells, int passes, List<String> sentences) {}

    private Verdicts verdicts(LocalDate day) {
        return new Verdicts(
                day,
                feedback.settings().catchUpAges(),
                feedback.settings().nearestFrameSeconds(),
                inferences.dimensions());
    }

    private CountedFeedback countFeedback(LocalDate day) {
        DayInput input = feedback.day(day);
        Map<String, Long> byReason = new TreeMap<>();
        long read = 0;
        long tooOld = 0;
        Column old = coalesce(col(Inferences.EVENT_DATE).lt(lit(verdicts(day).firstEventDate())), lit(false));
        for (Row row : feedback.arrivedOn(List.of(day))
                .groupBy(col(REJECT_REASON), old)
                .agg(count(lit(1)))
                .collectAsList()) {
            read += row.getLong(2);
            if (!row.isNullAt(0)) {
                byReason.merge(row.getString(0), row.getLong(2), Long::sum);
            } else if (row.getBoolean(1)) {
                tooOld += row.getLong(2);
            }
        }
        requireContract("feedback", day, read, byReason, feedback::undated);
        return new CountedFeedback(day, input, byReason, read, tooOld);
    }

    private Built writeVerdicts(CountedFeedback arrived) {
        LocalDate day = arrived.day;
        Verdicts verdicts = verdicts(day);
        Column sample = to_json(struct(Feedback.TABLE.columns().stream()
                .map(name -> col(name).cast("string").as(name))
                .toArray(Column[]::new)));
        writeRejects(
                "feedback",
                day,
                arrived.byReason,
                feedback.arrivedOn(List.of(day))
                        .filter(col(REJECT_REASON).isNotNull())
                        .select(col(REJECT_REASON), sample.as(Cells.REJECT_ROW)));
        Dataset<Row> relevant =
                verdicts.relevant(feedback.accepted(verdicts.feedbackDays())).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<LocalDate> dates = verdicts.eventDates(relevant);
            Dataset<Row> matched =
                    verdicts.matched(relevant, inferences.accepted(dates)).persist(StorageLevel.MEMORY_AND_DISK());
            try {
                Dataset<Row> unmatched = verdicts.unmatched(relevant, matched);
                Column placed = col(Feedback.VERDICT)
                        .equalTo(Feedback.MISSED)
                        .and(col(Inferences.CAMERA_ID).isNotNull());
                Dataset<Row> unplaced = withSites(unmatched.filter(placed));
                long unknown = unmatched
                        .filter(org.apache.spark.sql.functions.not(placed))
                        .count();
                long misses = unplaced.count();
                long cells = tables.replace(
                        verdictTable(),
                        verdicts.signedCounts(matched, unplaced)
                                .withColumn(VerdictDaily.PIPELINE, lit(config.pipeline()))
                                .withColumn(VerdictDaily.ARRIVAL_DATE, lit(day))
                                .withColumn(VerdictDaily.CELL_VERSION, lit(version)),
                        scope(VerdictDaily.ARRIVAL_DATE, day));
                List<String> sentences = new ArrayList<>();
                sentences.add(String.format(
                        Locale.ROOT,
                        "%,d marks of customers arrived on %s: %,d rejected, %,d speak of unknown inferences, %,d misses"
                                + " without a frame",
                        arrived.read,
                        day,
                        arrived.rejected(),
                        unknown,
                        misses));
                if (arrived.tooOld > 0) {
                    sentences.add(String.format(
                            Locale.ROOT,
                            "%,d marks speak of images from before %s and don't count: inputs.feedback.catch-up-ages end"
                                    + " there",
                            arrived.tooOld,
                            verdicts.firstEventDate()));
                }
                return new Built(cells, dates.contains(day) ? 1 : 0, sentences);
            } finally {
                matched.unpersist();
            }
        } finally {
            relevant.unpersist();
        }
    }

    private Dataset<Row> withSites(Dataset<Row> unplaced) {
        if (!cameras.present()) {
            return unplaced.withColumn(SITE_ID, lit(Inferences.UNKNOWN_VALUE));
        }
        return unplaced.join(
                broadcast(cameras.cameras().select(Inferences.CAMERA_ID, SITE_ID)),
                new String[] {Inferences.CAMERA_ID},
                "left");
    }

    private void writeRejects(String input, LocalDate day, Map<String, Long> byReason, Dataset<Row> rejected) {
        List<Row> counts = new ArrayList<>();
        byReason.forEach(
                (reason, rows) -> counts.add(RowFactory.create(config.pipeline(), day, input, reason, rows, "")));
        Dataset<Row> totals = tables.frame(Rejects.TABLE, counts).select(col(Rejects.REASON), col(Rejects.ROWS));
        Column order = row_number()
                .over(Window.partitionBy(Rejects.REASON).orderBy(xxhash64(col(Rejects.SAMPLE)), col(Rejects.SAMPLE)));
        Dataset<Row> samples = rejected.select(
                        col(REJECT_REASON).as(Rejects.REASON),
                        col(Cells.REJECT_ROW).as(Rejects.SAMPLE))
                .distinct()
                .withColumn("place", order)
                .filter(col("place").leq(config.rejects().samples()))
                .drop("place");
        Map<String, Object> scope = scope(Rejects.DATE, day);
        scope.put(Rejects.INPUT, input);
        tables.replace(
                Rejects.TABLE,
                samples.join(broadcast(totals), new String[] {Rejects.REASON})
                        .withColumn(Rejects.PIPELINE, lit(config.pipeline()))
                        .withColumn(Rejects.DATE, lit(day))
                        .withColumn(Rejects.INPUT, lit(input)),
                scope);
    }

    private void recordBuild(TableDef table, LocalDate day, DayInput input, long read, long rejected) {
        Map<String, Object> scope = scope(DayBuilds.DATE, day);
        scope.put(DayBuilds.TABLE_NAME, table.name());
        tables.replace(
                DayBuilds.TABLE,
                tables.frame(
                        DayBuilds.TABLE,
                        List.of(RowFactory.create(
                                config.pipeline(),
                                day,
                                table.name(),
                                version,
                                input.state(),
                                input.fingerprint(),
                                read,
                                rejected))),
                scope);
    }

    // ---- segments

    private long findSegments(LocalDate day, String runId, List<String> sentences) {
        List<LocalDate> dates = windowDates(day);
        Column window = col(ExposureDaily.PIPELINE)
                .equalTo(config.pipeline())
                .and(col(ExposureDaily.CELL_VERSION).equalTo(version))
                .and(col(ExposureDaily.EVENT_DATE).isin(dates.toArray()));
        Dataset<Row> exposure = tables.read(exposureTable()).filter(window);
        Dataset<Row> verdicts = tables.read(verdictTable())
                .filter(window.and(col(VerdictDaily.ARRIVAL_DATE).between(lit(windowStart(day)), lit(day))));
        List<String> configured = new ArrayList<>(inferences.dimensions());
        configured.addAll(cameras.dimensions());
        Dataset<Row> segments = Windows.segments(
                cameras.withStaticDimensions(Windows.cells(exposure, verdicts, inferences.dimensions())),
                Windows.dimensions(configured));
        List<Row> rows = segments.limit(MAX_SEGMENTS + 1).collectAsList();
        if (rows.size() > MAX_SEGMENTS) {
            throw new ConfigException("more than " + MAX_SEGMENTS
                    + " segments: take a dimension with many values out of the configuration");
        }
        List<Finding> findings = Finding.rank(rows.stream().map(Windows::counts).toList(), config.segments());
        Optional<Finding> worst =
                findings.stream().filter(f -> f.rank() != null && f.rank() == 1).findFirst();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d segments over %s to %s (%d of %d days are built)%s",
                findings.size(),
                dates.get(dates.size() - 1),
                day,
                dates.size(),
                config.segments().windowDays(),
                worst.map(f -> "; most excess errors: " + describe(f))
                        .orElse("; none has enough verdicts to be ranked")));
        return tables.replace(
                SegmentFindings.TABLE,
                tables.frame(
                        SegmentFindings.TABLE,
                        findings.stream().map(f -> row(f, day, runId)).toList()),
                scope(SegmentFindings.RUN_DATE, day));
    }

    /**
     * Event dates that a window can sum, newest first: their exposure is built, and so is every arrival day since, or
     * verdicts would lack their alarms and changes what they changed.
     */
    private List<LocalDate> windowDates(LocalDate day) {
        Map<String, Row> builds = builds();
        List<LocalDate> dates = new ArrayList<>();
        for (LocalDate d = day; !d.isBefore(windowStart(day)); d = d.minusDays(1)) {
            if (feedback.present() && !built(builds, VerdictDaily.TABLE, d)) {
                break;
            }
            if (built(builds, ExposureDaily.TABLE, d)) {
                dates.add(d);
            }
        }
        return dates;
    }

    private boolean built(Map<String, Row> builds, TableDef table, LocalDate day) {
        Row build = builds.get(key(table.name(), day));
        return build != null && version.equals(build.getAs(DayBuilds.CELL_VERSION));
    }

    private static String describe(Finding f) {
        Double fdr = f.fdr();
        return f.counts().useCase() + ", " + f.counts().segment()
                + (fdr == null
                        ? String.format(
                                Locale.ROOT,
                                " (%d wrong alarms marked)",
                                f.counts().falsePositives())
                        : String.format(
                                Locale.ROOT,
                                " (%.1f %% of %d judged alarms wrong)",
                                100 * fdr,
                                f.counts().judged()));
    }

    private Row row(Finding f, LocalDate day, String runId) {
        SegmentCounts c = f.counts();
        return RowFactory.create(
                config.pipeline(),
                day,
                runId,
                c.useCase(),
                c.segment(),
                c.dimensions().toArray(String[]::new),
                c.values().toArray(String[]::new),
                f.rank(),
                c.alarms(),
                c.judged(),
                c.falsePositives(),
                c.confirmed(),
                c.relabeled(),
                c.missed(),
                c.cameras(),
                f.coverage(),
                f.marksPer1000(),
                f.fdr(),
                f.interval() == null ? null : f.interval().low(),
                f.interval() == null ? null : f.interval().high(),
                f.boundLow(),
                f.boundHigh(),
                f.fdrRest(),
                f.excessErrors());
    }

    private TableDef exposureTable() {
        return ExposureDaily.TABLE.withDimensions(inferences.dimensions());
    }

    private TableDef verdictTable() {
        return VerdictDaily.TABLE.withDimensions(inferences.dimensions());
    }

    private Map<String, Object> scope(String dateColumn, LocalDate day) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(ExposureDaily.PIPELINE, config.pipeline());
        scope.put(dateColumn, day);
        return scope;
    }
}
