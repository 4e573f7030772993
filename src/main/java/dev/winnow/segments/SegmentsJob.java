package dev.winnow.segments;

import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SegmentSettings.AfterChange;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the day's cells and the error rates of every segment of the window.
 *
 * <p>A run for D replaces the cells of D, and those of days whose input files changed since; nothing else. The
 * inferences of D are passed over once: cells, rejects, repeated ids and the inferences that feedback speaks of come of
 * one aggregation.
 */
public final class SegmentsJob implements Stage {
    private static final String NAME = "segments";

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final Readiness readiness;
    private final TableStore tables;
    private final String version;
    private final ExposureBuild exposure;
    private final VerdictBuild verdicts;
    private final SegmentSearch search;
    private final LocalDate findingsFrom;

    /**
     * Creates the job over its inputs and tables.
     *
     * @param findingsFrom first day on which segments are found; days before only get their cells
     */
    public SegmentsJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            Readiness readiness,
            TableStore tables,
            LocalDate findingsFrom) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.readiness = readiness;
        this.tables = tables;
        this.findingsFrom = findingsFrom;
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

    /** Counts and checks everything before it writes anything, so that a run that fails leaves no half of itself. */
    @Override
    public Report run(LocalDate day) {
        readiness.requireMarker(day);
        BuiltDays built = new BuiltDays(tables, config.pipeline(), version);
        requireOneVersion(day, built);
        List<String> sentences = new ArrayList<>();
        List<ExposureBuild.Counted> late = new ArrayList<>();
        try (VerdictBuild.@Nullable Arrived arrived = feedback.present() ? verdicts.prepare(day) : null;
                ExposureBuild.Counted counted = exposure.count(
                        day, arrived == null ? lit(false) : arrived.lookup().mayBeNamed())) {
            readiness.requireRows(day, counted.bySite(), counted.accepted(), tables, config.pipeline());
            for (LocalDate d : lateDays(day, built)) {
                countLate(d, built, sentences).ifPresent(late::add);
            }
            for (ExposureBuild.Counted rebuilt : late) {
                exposure.write(rebuilt, built);
                built.store(rebuilt.day());
                sentences.add(
                        "Inference files of " + rebuilt.day() + " changed since its cells were built: built again");
            }
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
                VerdictBuild.Built today = verdicts.write(arrived, counted, built);
                sentences.addAll(today.sentences());
                written += today.cells();
                rejected += arrived.rejected();
            }
            built.store(day);
            String fingerprint =
                    counted.input().and(feedback.day(day)).and(cameras.files()).fingerprint();
            if (!day.isBefore(findingsFrom)) {
                SegmentSearch.Found found = search.write(
                        day,
                        built.windowDates(windowStart(day), day, feedback.present()),
                        inferences.dimensions(),
                        RunIds.of(config.pipeline(), NAME, day, config.semantic(), fingerprint));
                sentences.addAll(found.sentences());
                written += found.rows();
            } else {
                search.remove(day); // it would be of cells that are no more
            }
            return new Report(counted.read(), written, rejected, 1, fingerprint, sentences);
        } finally {
            late.forEach(ExposureBuild.Counted::close);
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
            ExposureBuild.Counted counted = exposure.count(day, lit(false));
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
            try (VerdictBuild.Arrived again = verdicts.prepare(d)) {
                verdicts.write(again, null, built);
                built.store(d);
            }
            sentences.add("Verdicts that arrived on " + d
                    + " were built again: their files changed, or the inferences they speak of did");
        }
    }
}
