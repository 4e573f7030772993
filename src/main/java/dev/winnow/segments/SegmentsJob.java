package dev.winnow.segments;

import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.SegmentSettings.AfterChange;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.DayRange;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.ReturnedLabels;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunIds;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds the day's cells and the error rates of every segment of the window.
 *
 * <p>A run for D replaces the cells of D, and those of days whose input files changed since; nothing else. The
 * inferences of D are passed over once: cells, rejects, repeated ids and the inferences that feedback speaks of come of
 * one aggregation.
 *
 * <p>A run over several days passes over the inferences of some at once, while their files are few: each day's cells are
 * the same as if it were run alone, but one pass over a month costs far less than thirty over its days.
 */
public final class SegmentsJob implements Stage {
    public static final String NAME = "segments";

    /** Days that are built together at most; a failure in the middle loses the work of no more. */
    private static final int MOST_DAYS = 31;

    /** Bytes of inference files that are passed over together: some twenty million rows, which a heap of 4 GB holds. */
    private static final long MOST_BYTES = 1L << 30;

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final Readiness readiness;
    private final TableStore tables;
    private final ReturnedLabels labels;
    private final String version;
    private final ExposureBuild exposure;
    private final VerdictBuild verdicts;
    private final SegmentSearch search;
    private final LocalDate findingsFrom;
    private final LocalDate lastDay;
    private @Nullable Ahead ahead;

    /** Days whose cells are built, and which are to be run next. */
    private record Ahead(DayRange days, DayRange left, BuiltDays built) {}

    /** What was built. */
    private record Cellwork(
            DayRange days, BuiltDays built, long read, long written, long rejected, List<String> sentences) {}

    /**
     * Creates the job over its inputs and tables.
     *
     * @param labels what people said of earlier rounds
     * @param findingsFrom first day on which segments are found; days before only get their cells
     * @param lastDay last day that this job will be run for: days up to it may be built ahead, if they are run in order
     */
    public SegmentsJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            Readiness readiness,
            TableStore tables,
            ReturnedLabels labels,
            LocalDate findingsFrom,
            LocalDate lastDay) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.readiness = readiness;
        this.tables = tables;
        this.labels = labels;
        this.findingsFrom = findingsFrom;
        this.lastDay = lastDay;
        this.version = CellVersion.of(config);
        String pipeline = config.pipeline();
        DayContract contract = new DayContract(config.rejects(), tables, pipeline);
        this.exposure = new ExposureBuild(inferences, contract, tables, pipeline, version);
        this.verdicts = new VerdictBuild(inferences, feedback, cameras, contract, tables, pipeline, version);
        this.search = new SegmentSearch(config.segments(), cameras, tables, pipeline, version);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Ahead before = ahead;
        ahead = null;
        Cellwork work = before != null && before.left.first().equals(day) ? builtAhead(before) : build(together(day));
        if (work.days.last().isAfter(day)) {
            ahead = new Ahead(work.days, new DayRange(day.plusDays(1), work.days.last()), work.built);
        }
        List<String> sentences = new ArrayList<>(work.sentences);
        long written = work.written;
        String fingerprint =
                inferences.day(day).and(feedback.day(day)).and(cameras.files()).fingerprint();
        if (!day.isBefore(findingsFrom)) {
            List<LocalDate> dates = work.built.windowDates(windowStart(day), day, feedback.present());
            Audit audit = audit(day, dates);
            // Labels come back when they like: findings that know more of them are another piece of work.
            fingerprint += audit.digest();
            SegmentSearch.Found found = search.write(
                    day,
                    dates,
                    inferences.dimensions(),
                    audit,
                    RunIds.of(config.pipeline(), NAME, day, config.semantic(), fingerprint));
            sentences.addAll(found.sentences());
            written += found.rows();
        }
        return new Report(work.read, written, work.rejected, work.read > 0 ? 1 : 0, fingerprint, sentences);
    }

    /** What was audited in the window, as far as rounds before the day and answers by then tell. */
    private Audit audit(LocalDate day, List<LocalDate> dates) {
        return config.inferences().rowPer() == RowPer.BOX
                ? Audit.NONE
                : Audit.of(labels.audited(windowStart(day), day, inferences.dimensions()), dates, cameras);
    }

    private static Cellwork builtAhead(Ahead ahead) {
        return new Cellwork(
                ahead.days,
                ahead.built,
                0,
                0,
                0,
                List.of("Cells of " + ahead.left.first() + " were built with those of " + ahead.days.first()));
    }

    /** The day and those behind it that are built with it. */
    private DayRange together(LocalDate day) {
        readiness.requireMarker(day);
        LocalDate last = day;
        if (last.isBefore(lastDay) && inferences.listsFiles(day)) {
            DayInput files = inferences.day(day);
            long bytes = files.bytes();
            while (last.isBefore(lastDay) && last.isBefore(day.plusDays(MOST_DAYS - 1))) {
                DayInput next = inferences.day(last.plusDays(1));
                bytes += next.equals(files) ? 0 : next.bytes(); // files that hold all days are passed over once
                if (bytes > MOST_BYTES) {
                    break;
                }
                files = next;
                last = last.plusDays(1);
            }
        }
        return GoodDays.of(new DayRange(day, last), readiness::requireMarker);
    }

    /** Counts and checks everything before it writes anything, so that a run that fails leaves no half of itself. */
    private Cellwork build(DayRange wanted) {
        LocalDate day = wanted.first();
        BuiltDays built = new BuiltDays(tables, config.pipeline(), version);
        requireOneVersion(day, built);
        List<String> sentences = new ArrayList<>();
        List<ExposureBuild.Counted> late = new ArrayList<>();
        try (VerdictBuild.@Nullable Arrived arrived = feedback.present() ? verdicts.prepare(wanted) : null;
                ExposureBuild.Counted counted = ready(exposure.count(
                        arrived == null ? wanted : arrived.days(),
                        arrived == null ? lit(false) : arrived.lookup().mayBeNamed()))) {
            for (LocalDate d : lateDays(day, built)) {
                countLate(d, built, sentences).ifPresent(late::add);
            }
            for (ExposureBuild.Counted rebuilt : late) {
                exposure.write(rebuilt, built);
                built.store(rebuilt.days().days());
                sentences.add(
                        "Inference files of " + rebuilt.days() + " changed since its cells were built: built again");
            }
            DayRange days = counted.days();
            long cells = exposure.write(counted, built);
            sentences.addAll(counted.sentences(cells));
            if (!inferences.listsFiles(day)) {
                sentences.add(
                        "The files of the inferences can't be listed, so rows that arrive late are not noticed: run"
                                + " the day again when they may have");
            }
            long written = cells;
            long rejected = counted.rejected();
            if (arrived != null) {
                rebuildLateArrivals(day, built, sentences);
                VerdictBuild.Arrived good = arrived.upTo(days.last());
                VerdictBuild.Built verdicted = verdicts.write(good, counted, built);
                sentences.addAll(verdicted.sentences());
                written += verdicted.cells();
                rejected += good.rejected();
            }
            built.store(days.days());
            // Findings of a day whose cells are built anew are of cells that are no more.
            search.remove(
                    days.days().stream().filter(d -> d.isBefore(findingsFrom)).toList());
            return new Cellwork(days, built, counted.read(), written, rejected, sentences);
        } finally {
            late.forEach(ExposureBuild.Counted::close);
        }
    }

    /** Leaves days that lack rows to their own run; the first must not. */
    private ExposureBuild.Counted ready(ExposureBuild.Counted counted) {
        try {
            Map<LocalDate, Map<String, Long>> bySite = new TreeMap<>();
            counted.byDay().forEach((date, day) -> bySite.put(date, day.bySite()));
            DayRange good =
                    GoodDays.of(counted.days(), date -> readiness.requireRows(date, bySite, tables, config.pipeline()));
            return counted.upTo(good.last());
        } catch (RuntimeException e) {
            counted.close();
            throw e;
        }
    }

    private LocalDate windowStart(LocalDate day) {
        return day.minusDays(config.segments().windowDays() - 1L);
    }

    private void requireOneVersion(LocalDate day, BuiltDays built) {
        if (config.segments().afterChange() == AfterChange.RESTART) {
            return;
        }
        List<LocalDate> other = windowStart(day)
                .datesUntil(day)
                .filter(d -> built.any(ExposureDaily.TABLE, d).isPresent()
                        && built.current(ExposureDaily.TABLE, d).isEmpty())
                .toList();
        // A series goes on from the last day that was built: days before it may be of an older definition, and are left
        // out.
        boolean goesOn = windowStart(day)
                .datesUntil(day)
                .filter(d -> built.any(ExposureDaily.TABLE, d).isPresent())
                .reduce((earlier, later) -> later)
                .filter(last -> built.current(ExposureDaily.TABLE, last).isPresent())
                .isPresent();
        if (!other.isEmpty() && !goesOn) {
            throw new ConfigException("dimensions, bins, label mapping or verdict rules changed since " + other.get(0)
                    + ": a window would mix two definitions. Rebuild the days " + other.get(0) + " to "
                    + other.get(other.size() - 1)
                    + " with `segments --run-date` and --set segments.after-change=restart, oldest first, or begin a"
                    + " new series by segments.after-change = restart");
        }
    }

    // ---- days before D

    /** Days before D that are built, oldest first, as far back as late files are looked for. */
    private List<LocalDate> recent(LocalDate day, TableDef table, BuiltDays built) {
        return day.minusDays(inferences.settings().lateDays())
                .datesUntil(day)
                .filter(d -> built.current(table, d).isPresent())
                .toList();
    }

    private List<LocalDate> lateDays(LocalDate day, BuiltDays built) {
        return recent(day, ExposureDaily.TABLE, built).stream()
                .filter(d -> !inferences
                        .day(d)
                        .state()
                        .equals(built.current(ExposureDaily.TABLE, d)
                                .map(BuiltDays.Build::inputState)
                                .orElse("")))
                .toList();
    }

    /** Counts a late day; empty, with a sentence, where its files can't be the whole day any more. */
    private Optional<ExposureBuild.Counted> countLate(LocalDate day, BuiltDays built, List<String> sentences) {
        long before = built.current(ExposureDaily.TABLE, day)
                .map(BuiltDays.Build::rowsRead)
                .orElse(0L);
        try {
            ExposureBuild.Counted counted = exposure.count(DayRange.of(day), lit(false));
            if (counted.read() >= before / 2) {
                return Optional.of(counted);
            }
            counted.close();
            sentences.add(String.format(
                    Locale.ROOT,
                    "Inference files of %s changed and hold %,d rows instead of %,d: its cells stay as they are",
                    day,
                    counted.read(),
                    before));
        } catch (InputException e) {
            sentences.add("Inference files of " + day + " changed, and its cells stay as they are: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Builds arrival dates again whose feedback changed, or what it was put to; oldest first, as they rest on each other. */
    private void rebuildLateArrivals(LocalDate day, BuiltDays built, List<String> sentences) {
        for (LocalDate d : recent(day, VerdictDaily.TABLE, built)) {
            BuiltDays.Build former = built.current(VerdictDaily.TABLE, d).orElseThrow();
            boolean same = feedback.day(d).state().equals(former.inputState())
                    && built.foundation(verdicts.firstEventDate(d), d).equals(former.builtOn());
            if (same) {
                continue;
            }
            try (VerdictBuild.Arrived again = verdicts.prepare(DayRange.of(d))) {
                verdicts.write(again, null, built);
                built.store(List.of(d));
            } catch (InputException e) { // the day at hand is not kept from its own verdicts
                sentences.add("Feedback that arrived on " + d + " changed, and its verdicts stay as they are: "
                        + e.getMessage());
                continue;
            }
            sentences.add("Verdicts that arrived on " + d
                    + " were built again: their files changed, or the inferences they speak of did");
        }
    }
}
