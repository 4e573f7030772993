package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.CameraTable;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.ClusterSums;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
        this.changes = new ChangeSearch(settings, tables, pipeline);
    }

    /** Segments from the worst on that may make up the cover. */
    private static final int COVERED = 50;

    /** Different memberships of judged cells in those segments, at most 100 MB on the driver. */
    private static final int MAX_LEAVES = 500_000;

    /** Share of the excess errors that a segment of the cover has to add. */
    private static final double COVER_SHARE = 0.05;

    /** What was written, and what to say of it. */
    record Found(long rows, List<String> sentences) {}

    /**
     * Writes the findings of a run date, and the changes of the segments found.
     *
     * @param dates event dates of the window, newest first
     * @param frameDimensions dimensions of the cells
     */
    Found write(LocalDate day, List<LocalDate> dates, List<String> frameDimensions, String runId) {
        Dataset<Row> cells = cells(day, dates, frameDimensions).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Lattice lattice = SegmentSums.lattice(
                    cells,
                    Windows.dimensions(frameDimensions, cameras.dimensions()),
                    Windows.SITE,
                    Lattice.Limits.DEFAULT.withPredicates(
                            settings.maxPredicates(), settings.wideValues(), settings.widePredicates()));
            List<Finding> findings = new ArrayList<>();
            List<Row> rows = new ArrayList<>();
            List<String> covers = new ArrayList<>();
            List<List<Watched>> watched = new ArrayList<>();
            for (List<Summed> useCase : byUseCase(cells, lattice)) {
                List<Finding> ranked =
                        Finding.rank(useCase.stream().map(Summed::counts).toList(), settings);
                Map<SegmentCounts, Summed> summed = new HashMap<>();
                useCase.forEach(s -> summed.put(s.counts(), s));
                Map<SegmentCounts, Evidence> evidence = weigh(ranked, summed);
                List<GreedyCover.Pick> cover = cover(cells, lattice, ranked, summed);
                List<String> covering =
                        cover.stream().map(GreedyCover.Pick::key).toList();
                if (!cover.isEmpty()) {
                    covers.add(sentence(ranked.get(0).counts().useCase(), cover));
                }
                for (Finding f : ranked) {
                    int place = covering.indexOf(f.counts().segment());
                    rows.add(f.row(
                            pipeline,
                            day,
                            runId,
                            of(summed, f).judged().clusters(),
                            evidence.get(f.counts()),
                            place < 0 ? null : place + 1,
                            place < 0 ? null : cover.get(place)));
                }
                findings.addAll(ranked);
                watched.add(Watched.choose(
                        ranked,
                        counts -> Objects.requireNonNull(summed.get(counts)).id()));
            }
            Map<String, Object> scope = new LinkedHashMap<>();
            scope.put(SegmentFindings.PIPELINE, pipeline);
            scope.put(SegmentFindings.RUN_DATE, day);
            long written = tables.replace(SegmentFindings.TABLE, tables.frame(SegmentFindings.TABLE, rows), scope);
            List<String> sentences = new ArrayList<>();
            sentences.add(sentence(day, dates, findings));
            sentences.addAll(covers);
            ChangeSearch.Told told = changes.write(day, dates, cells, lattice, watched, runId);
            sentences.addAll(told.sentences());
            return new Found(written + told.rows(), sentences);
        } finally {
            cells.unpersist();
        }
    }

    private Dataset<Row> cells(LocalDate day, List<LocalDate> dates, List<String> frameDimensions) {
        Column window = col(ExposureDaily.PIPELINE)
                .equalTo(pipeline)
                .and(col(ExposureDaily.CELL_VERSION).equalTo(version))
                .and(col(ExposureDaily.EVENT_DATE).isin(dates.toArray()));
        TableDef exposure = ExposureDaily.TABLE.withDimensions(frameDimensions);
        TableDef verdicts = VerdictDaily.TABLE.withDimensions(frameDimensions);
        LocalDate from = day.minusDays(settings.windowDays() - 1L);
        return cameras.withStaticDimensions(Windows.cells(
                tables.read(exposure).filter(window),
                tables.read(verdicts)
                        .filter(window.and(col(VerdictDaily.ARRIVAL_DATE).between(lit(from), lit(day)))),
                frameDimensions));
    }

    /** The use case, every value of one dimension, and whatever has enough judged alarms; in the lattice's order. */
    private Collection<List<Summed>> byUseCase(Dataset<Row> cells, Lattice lattice) {
        Column supported =
                col(SegmentSums.WRONG).plus(col(SegmentSums.CONFIRMED)).geq(settings.minJudged());
        Dataset<Row> sums = SegmentSums.withRedundancy(SegmentSums.sums(cells, lattice), lattice)
                .filter(col(SegmentSums.LEVEL).leq(1).or(supported));
        List<Row> rows =
                SegmentSums.decoded(sums, lattice).limit(MAX_SEGMENTS + 1).collectAsList();
        if (rows.size() > MAX_SEGMENTS) {
            throw new ConfigException("more than " + MAX_SEGMENTS + " segments have " + settings.minJudged()
                    + " judged alarms: lower segments.max-predicates, raise segments.min-judged, or take a dimension"
                    + " with many values out of the configuration");
        }
        Map<String, List<Summed>> useCases = new TreeMap<>();
        rows.stream()
                .map(Summed::of)
                .sorted(Comparator.comparingLong(Summed::id))
                .forEach(s -> useCases.computeIfAbsent(s.counts().useCase(), u -> new ArrayList<>())
                        .add(s));
        return useCases.values();
    }

    /** Weighs the segments that have a rate and enough judged alarms, the whole use case apart. */
    private Map<SegmentCounts, Evidence> weigh(List<Finding> findings, Map<SegmentCounts, Summed> summed) {
        List<Summed> looked = summed.values().stream()
                .filter(s -> s.counts().judged() >= settings.minJudged()
                        && !s.counts().dimensions().isEmpty())
                .toList();
        Set<SegmentCounts> withRate = new HashSet<>();
        findings.stream().filter(f -> f.fdr() != null).forEach(f -> withRate.add(f.counts()));
        List<Summed> weighed = looked.stream()
                .filter(s -> withRate.contains(s.counts()))
                .sorted(Comparator.comparingLong(Summed::id))
                .toList();
        Map<SegmentCounts, Evidence> evidence = new HashMap<>();
        if (weighed.isEmpty()) {
            return evidence;
        }
        ClusterSums whole = whole(summed).judged();
        List<Evidence> all = Evidence.weigh(
                whole, weighed.stream().map(s -> s.weighed(whole)).toList(), looked.size(), settings);
        for (int i = 0; i < all.size(); i++) {
            evidence.put(weighed.get(i).counts(), all.get(i));
        }
        return evidence;
    }

    /** The few segments that together hold most excess errors; empty where the use case has no rates. */
    private static List<GreedyCover.Pick> cover(
            Dataset<Row> cells, Lattice lattice, List<Finding> findings, Map<SegmentCounts, Summed> summed) {
        List<Finding> worst = findings.stream()
                .filter(f -> f.rank() != null && f.rank() <= COVERED && f.fdr() != null)
                .filter(f -> f.excessErrors() != null && f.excessErrors() > 0)
                .toList();
        if (worst.isEmpty()) {
            return List.of();
        }
        ClusterSums whole = whole(summed).judged();
        List<GreedyCover.Candidate> candidates = worst.stream()
                .map(f -> new GreedyCover.Candidate(
                        f.counts().segment(),
                        whole.x() - f.counts().falsePositives(),
                        whole.n() - f.counts().judged()))
                .toList();
        List<Long> ids = worst.stream().map(f -> of(summed, f).id()).toList();
        return GreedyCover.cover(
                candidates,
                SegmentSums.leaves(cells, lattice, worst.get(0).counts().useCase(), ids, MAX_LEAVES),
                COVER_SHARE);
    }

    private static Summed whole(Map<SegmentCounts, Summed> summed) {
        return summed.values().stream()
                .filter(s -> s.counts().dimensions().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static Summed of(Map<SegmentCounts, Summed> summed, Finding finding) {
        return Objects.requireNonNull(summed.get(finding.counts()));
    }

    private static String sentence(String useCase, List<GreedyCover.Pick> cover) {
        List<GreedyCover.Pick> first = cover.subList(0, Math.min(5, cover.size()));
        return String.format(
                Locale.ROOT,
                "%s: %d segments hold %.0f %% of the excess errors among judged alarms: %s",
                useCase,
                first.size(),
                100 * first.get(first.size() - 1).cumulativeShare(),
                String.join("; ", first.stream().map(GreedyCover.Pick::key).toList()));
    }

    private String sentence(LocalDate day, List<LocalDate> dates, List<Finding> findings) {
        Optional<Finding> worst =
                findings.stream().filter(f -> f.rank() != null && f.rank() == 1).findFirst();
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
