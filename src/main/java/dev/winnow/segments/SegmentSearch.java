package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.CameraTable;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Sums the cells of a window to segments, and finds the worst; never touches the facts. */
final class SegmentSearch {
    /** More segments than this would not fit the driver's bounded memory. */
    private static final int MAX_SEGMENTS = 1_000_000;

    private final SegmentSettings settings;
    private final CameraTable cameras;
    private final TableStore tables;
    private final String pipeline;
    private final String version;
    private final ChangeSearch changes;

    SegmentSearch(SegmentSettings settings, CameraTable cameras, TableStore tables, String pipeline, String version) {
        this.settings = settings;
        this.cameras = cameras;
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
        this.changes = new ChangeSearch(settings, pipeline);
    }

    /** Use cases that one pass answers: all of them at once could need more memory than the driver has. */
    private static final int TOGETHER = 8;

    /** Different memberships of judged cells in the segments of one pass' covers, at most 100 MB on the driver. */
    private static final int MAX_LEAVES = 500_000;

    /** What was written, and what to say of it. */
    record Found(long rows, List<String> sentences) {}

    /** A window's cells. */
    private record Tables(Dataset<Row> exposure, Dataset<Row> verdicts) {}

    /**
     * Writes the findings of a run date, and the changes of the segments found.
     *
     * @param dates event dates of the window, newest first
     * @param frameDimensions dimensions of the cells
     * @param audit of the same event dates
     */
    Found write(LocalDate day, List<LocalDate> dates, List<String> frameDimensions, Audit audit, String runId) {
        Tables window = window(day, dates, frameDimensions);
        Map<String, UseCaseWindow> useCases = UseCaseWindow.learn(window.exposure, window.verdicts, day, settings);
        Dataset<Row> frames = Windows.cells(window.exposure, window.verdicts, frameDimensions, useCases);
        Lattice lattice = lattice(frames, frameDimensions);
        CodedCells cells = Windows.coded(cameras.withStaticDimensions(frames), lattice);
        cells.rows().persist(StorageLevel.MEMORY_AND_DISK());
        try {
            SeenDays seen = SeenDays.of(
                    lattice, Windows.seenDays(window.exposure, useCases).toLocalIterator());
            Map<String, Map<String, LocalDate>> earlier = suspectedBefore(day);
            List<Row> rows = new ArrayList<>();
            List<Finding> findings = new ArrayList<>();
            List<String> sentences = new ArrayList<>();
            List<List<Watched>> watched = new ArrayList<>();
            List<UseCaseSearch> searches = searches(SegmentSums.sums(cells, seen), lattice, day, useCases);
            for (Map<String, List<Long>> ids : asked(searches, UseCaseSearch::toCover, List::isEmpty)) {
                SegmentSums.leaves(cells, ids, MAX_LEAVES)
                        .forEach((useCase, leaves) -> of(searches, useCase).cover(leaves));
            }
            for (Map<String, List<Long>> ids : asked(searches, UseCaseSearch::toDetail, List::isEmpty)) {
                Details.of(cells, ids, settings.strata())
                        .forEach((useCase, details) -> of(searches, useCase).details(details));
            }
            for (Map<String, Map<Long, LocalDate>> since :
                    asked(searches, s -> s.toConfirm(earlier.getOrDefault(s.useCase(), Map.of())), Map::isEmpty)) {
                FreshDays.of(cells, since)
                        .forEach((useCase, fresh) -> of(searches, useCase).confirm(fresh));
            }
            for (UseCaseSearch found : searches) {
                found.audit(audit, lattice);
                rows.addAll(found.rows(pipeline, runId));
                findings.addAll(found.ranked());
                sentences.addAll(found.sentences());
                watched.add(found.watched());
            }
            sentences.add(0, sentence(day, dates, findings));
            ChangeSearch.Told changed = changes.find(day, dates, cells, watched, runId);
            sentences.addAll(changed.sentences());
            long written = replace(SegmentFindings.TABLE, List.of(day), rows)
                    + replace(SegmentChanges.TABLE, List.of(day), changed.rows())
                    + replace(
                            FeedbackArrival.TABLE,
                            List.of(day),
                            FeedbackArrival.rows(
                                    pipeline, day, settings.maturity().horizonDays(), useCases));
            return new Found(written, sentences);
        } finally {
            cells.rows().unpersist();
        }
    }

    /** What use cases ask for, some together, so that one pass over the cells answers them; empty if none asks. */
    private static <T> List<Map<String, T>> asked(
            List<UseCaseSearch> searches, Function<UseCaseSearch, T> wants, Predicate<T> nothing) {
        List<Map<String, T>> groups = new ArrayList<>();
        for (UseCaseSearch search : searches) {
            T wish = wants.apply(search);
            if (!nothing.test(wish)) {
                if (groups.isEmpty() || groups.get(groups.size() - 1).size() == TOGETHER) {
                    groups.add(new HashMap<>());
                }
                groups.get(groups.size() - 1).put(search.useCase(), wish);
            }
        }
        return groups;
    }

    private static UseCaseSearch of(List<UseCaseSearch> searches, String useCase) {
        return searches.stream()
                .filter(s -> s.useCase().equals(useCase))
                .findFirst()
                .orElseThrow();
    }

    /** Removes what was written of run dates whose cells are built again without a search. */
    void remove(List<LocalDate> days) {
        if (!days.isEmpty()) {
            List.of(SegmentFindings.TABLE, SegmentChanges.TABLE, FeedbackArrival.TABLE)
                    .forEach(table -> replace(table, days, List.of()));
        }
    }

    /** Replaces the rows of run dates; a table that never had any is not made, and nothing by nothing is no change. */
    private long replace(TableDef table, List<LocalDate> days, List<Row> rows) {
        Column ofDays = col(SegmentFindings.PIPELINE)
                .equalTo(pipeline)
                .and(col(SegmentFindings.RUN_DATE).isin(days.toArray()));
        if (rows.isEmpty() && tables.read(table).filter(ofDays).isEmpty()) {
            return 0;
        }
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(SegmentFindings.PIPELINE, pipeline);
        scope.put(SegmentFindings.RUN_DATE, days);
        return tables.replace(table, tables.frame(table, rows), scope);
    }

    private Tables window(LocalDate day, List<LocalDate> dates, List<String> frameDimensions) {
        Column window = col(ExposureDaily.PIPELINE)
                .equalTo(pipeline)
                .and(col(ExposureDaily.CELL_VERSION).equalTo(version))
                .and(col(ExposureDaily.EVENT_DATE).isin(dates.toArray()));
        LocalDate from = day.minusDays(settings.windowDays() - 1L);
        return new Tables(
                tables.read(ExposureDaily.TABLE.withDimensions(frameDimensions)).filter(window),
                tables.read(VerdictDaily.TABLE.withDimensions(frameDimensions))
                        .filter(window.and(col(VerdictDaily.ARRIVAL_DATE).between(lit(from), lit(day)))));
    }

    private Lattice lattice(Dataset<Row> cells, List<String> frameDimensions) {
        try {
            return SegmentSums.lattice(
                    cells,
                    cameras.withStaticDimensions(Windows.places(cells)),
                    Windows.dimensions(frameDimensions, cameras.dimensions()),
                    Windows.SITE,
                    Lattice.Limits.DEFAULT.withPredicates(
                            settings.maxPredicates(), settings.wideValues(), settings.widePredicates()));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("segments: " + e.getMessage());
        }
    }

    /** When segments of the window's length were first suspected, by use case and segment. */
    private Map<String, Map<String, LocalDate>> suspectedBefore(LocalDate day) {
        Map<String, Map<String, LocalDate>> since = new HashMap<>();
        tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(SegmentFindings.RUN_DATE).geq(lit(day.minusDays(settings.windowDays()))))
                        .and(col(SegmentFindings.RUN_DATE).lt(lit(day)))
                        .and(col(SegmentFindings.STATUS).isNotNull()))
                .groupBy(SegmentFindings.USE_CASE, SegmentFindings.SEGMENT)
                .agg(min(SegmentFindings.RUN_DATE))
                .collectAsList()
                .forEach(row -> since.computeIfAbsent(row.getString(0), u -> new HashMap<>())
                        .put(row.getString(1), row.getLocalDate(2)));
        return since;
    }

    /** Ranks and weighs the segments of every use case. */
    private List<UseCaseSearch> searches(
            Dataset<Row> sums, Lattice lattice, LocalDate day, Map<String, UseCaseWindow> useCases) {
        boolean byMarks = useCases.values().stream().anyMatch(w -> w.measure() == Measure.MARKS);
        if (byMarks) { // asked twice
            sums.persist(StorageLevel.MEMORY_AND_DISK());
        }
        try {
            Map<String, List<Summed>> listed = listed(sums, lattice);
            Map<String, Long> families = byMarks ? SegmentSums.families(sums, settings.minJudged()) : families(listed);
            List<UseCaseSearch> searches = new ArrayList<>();
            listed.forEach((useCase, segments) -> searches.add(new UseCaseSearch(
                    segments,
                    Objects.requireNonNull(useCases.get(useCase)),
                    day,
                    families.getOrDefault(useCase, 0L),
                    settings)));
            return searches;
        } finally {
            if (byMarks) {
                sums.unpersist();
            }
        }
    }

    /** The use case, every value of one dimension, and whatever has enough judged alarms; in the lattice's order. */
    private Map<String, List<Summed>> listed(Dataset<Row> sums, Lattice lattice) {
        Column judged = col(SegmentSums.WRONG).plus(col(SegmentSums.CONFIRMED));
        Column something = judged.plus(col(SegmentSums.ALARMS)).plus(col(SegmentSums.MISSED));
        Dataset<Row> listed = SegmentSums.withRedundancy(sums, lattice)
                .filter(col(SegmentSums.LEVEL)
                        .equalTo(0)
                        .or(col(SegmentSums.LEVEL).equalTo(1).and(something.gt(0)))
                        .or(judged.geq(settings.minJudged())));
        List<Row> rows = listed.limit(MAX_SEGMENTS + 1).collectAsList();
        if (rows.size() > MAX_SEGMENTS) {
            throw new ConfigException("more than " + MAX_SEGMENTS + " segments have " + settings.minJudged()
                    + " judged alarms: lower segments.max-predicates, raise segments.min-judged, or take a dimension"
                    + " with many values out of the configuration");
        }
        Map<String, List<Summed>> byName = new TreeMap<>();
        rows.stream()
                .map(row -> Summed.of(row, lattice))
                .sorted(Comparator.comparingLong(Summed::id))
                .forEach(s -> byName.computeIfAbsent(s.counts().useCase(), u -> new ArrayList<>())
                        .add(s));
        return byName;
    }

    /**
     * How many segments were looked at, by use case. Where trials are judged alarms, all of them are listed; where they
     * are all alarms, those with few marks are not listed, but were looked at all the same: see {@link
     * SegmentSums#families}.
     */
    private Map<String, Long> families(Map<String, List<Summed>> listed) {
        Map<String, Long> families = new HashMap<>();
        listed.forEach((useCase, segments) -> families.put(
                useCase,
                segments.stream()
                        .filter(s -> s.counts().judged() >= settings.minJudged()
                                && !s.counts().dimensions().isEmpty())
                        .count()));
        return families;
    }

    private String sentence(LocalDate day, List<LocalDate> dates, List<Finding> findings) {
        Optional<Finding> worst = findings.stream()
                .filter(f -> f.rank() != null && f.rank() == 1 && f.excessErrors() != null)
                .min(Comparator.comparing((Finding f) -> -Objects.requireNonNull(f.excessErrors()))
                        .thenComparing(f -> f.counts().useCase()));
        return String.format(
                Locale.ROOT,
                "%,d segments over %s to %s (%d of %d days are built)%s",
                findings.size(),
                dates.get(dates.size() - 1),
                day,
                dates.size(),
                settings.windowDays(),
                worst.map(f -> "; most excess errors: " + f.describe())
                        .orElse("; none has enough verdicts to be ranked"));
    }
}
