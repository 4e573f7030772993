package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.Uncertainty;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds the day's candidates: one pass over its inferences, cut by the histograms of its cells; and the inferences, of any
 * day, that people contradicted on it.
 */
public final class CandidatesJob implements Stage {
    public static final String NAME = "candidates";
    private static final String PLACE = "place";

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final TableStore tables;

    /** Creates the job over its inputs and tables. */
    public CandidatesJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            TableStore tables) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.tables = tables;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Counted counted = counted(day);
        Map<String, Map<String, long[]>> histograms = counted.histograms;
        if (histograms.isEmpty()) {
            throw new ConfigException("there are no cells of " + day
                    + " for this configuration: run `segments --run-date " + day + "` first");
        }
        DayInput files = inferences.day(day);
        requireSameFiles(day, files);
        DayInput input = files.and(feedback.day(day)).and(cameras.files());
        Map<String, Map<String, Double>> needs = needs(day);
        List<Row> elevated = elevated(day);
        WorstSegments segments = WorstSegments.of(elevated);
        Column segment = segments.first(col(ExposureDaily.LABEL), dimensions());
        List<Row> shares = SegmentCuts.shares(elevated, alarms(day, segments, segment), config);
        ErrorRisk risk = ErrorRisk.learn(verdicts(day), tables, cameras, inferences.dimensions());
        ErrorRisk.Scale scale =
                risk.scale(cells(day), ImageScores.floorOf(config), useCase -> Candidates.wantedRows(config, useCase));
        String findings = String.join("|", needs.toString(), shares.toString(), risk.digest(), lookedAt(day));
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint() + "|" + findings);
        TableDef table = Candidates.TABLE.withDimensions(dimensions());
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Candidates.PIPELINE, config.pipeline());
        scope.put(Candidates.RUN_DATE, day);
        // Counted before they are written; what the histograms let through is small next to the facts.
        String salt = config.selection().salt() + "|" + day;
        Dataset<Row> inferred = inferences.described(List.of(day)).transform(this::withDoubt);
        boolean scored = measures().values().stream().anyMatch(measure -> measure != Uncertainty.CONFIDENCE);
        Map<String, List<ScoreCut.Bin>> doubts = scored
                ? ScoreVectors.histograms(
                        inferred.filter(col(Inferences.CONFIDENCE).geq(ImageScores.floorOf(config))))
                : Map.of();
        // Before the cut, as segments may ask for what only cameras tell.
        Dataset<Row> rows = inferred.transform(cameras::withStaticDimensions);
        Dataset<Row> cuts = tables.frame(DayCuts.TABLE, DayCuts.of(histograms, needs, doubts, config));
        try (ImageScores images = ImageScores.of(
                Signals.measured(rows, cuts, alarms -> risk.scored(alarms, scale)), rows(histograms), config, salt)) {
            Dataset<Row> told = Signals.find(
                            rows,
                            cuts,
                            new SegmentCuts(segment, tables.frame(SegmentCuts.TABLE, shares)),
                            alarms -> images.put(risk.scored(alarms, scale)),
                            salt,
                            inferences.settings().rowPer() == RowPer.IMAGE)
                    .unionByName(ConfidentWrong.of(wrong(day), dimensions(), config, salt), true);
            Optional<Dataset<Row>> disagreed = VersionsDisagree.of(rows, dimensions(), counted.versions, config, salt);
            Dataset<Row> found = disagreed
                    .map(sure -> told.unionByName(sure, true))
                    .orElse(told)
                    .persist(StorageLevel.MEMORY_AND_DISK());
            try {
                Dataset<Row> candidates = BestScores.of(found, useCase -> Candidates.poolSize(config, useCase))
                        .transform(Signals::onePerItem)
                        .unionByName(ModelChecks.of(findings(day), dimensions(), salt), true)
                        .withColumn(Candidates.PIPELINE, lit(config.pipeline()))
                        .withColumn(Candidates.RUN_DATE, lit(day))
                        .withColumn(Candidates.RUN_ID, lit(runId));
                long written = tables.replace(
                                RiskEffects.TABLE,
                                tables.frame(
                                        RiskEffects.TABLE,
                                        RiskEffects.rows(config.pipeline(), day, runId, risk.models())),
                                scope)
                        + tables.replace(table, candidates, scope);
                long read = rows(histograms).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                int passes =
                        1 + (scored ? 1 : 0) + images.passes() + (disagreed.isPresent() ? VersionsDisagree.PASSES : 0);
                return new Report(read, written, 0, passes, input.fingerprint(), sentences(table, day, risk));
            } finally {
                found.unpersist();
            }
        }
    }

    private Map<String, Uncertainty> measures() {
        Map<String, Uncertainty> measures = new TreeMap<>();
        config.useCases().forEach((useCase, settings) -> measures.put(useCase, settings.uncertainty()));
        return measures;
    }

    private Dataset<Row> withDoubt(Dataset<Row> rows) {
        Uncertainty otherwise = config.useCase(WinnowConfig.DEFAULT_USE_CASE).uncertainty();
        return ScoreVectors.put(rows, measures(), otherwise);
    }

    /** The cuts hold for the rows that the cells counted: other files need other cells first. */
    private void requireSameFiles(LocalDate day, DayInput input) {
        boolean same = tables
                .read(DayBuilds.TABLE)
                .filter(col(DayBuilds.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(DayBuilds.DATE).equalTo(lit(day)))
                        .and(col(DayBuilds.TABLE_NAME).equalTo(ExposureDaily.TABLE.name())))
                .collectAsList()
                .stream()
                .allMatch(build -> input.state().equals(build.getAs(DayBuilds.INPUT_STATE)));
        if (!same) {
            throw ServiceException.passing(
                    "The inference files of " + day + " changed since its cells were built: run `segments --run-date "
                            + day + "` again, then `candidates`",
                    null);
        }
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    /** The day's cells of this configuration. */
    private Dataset<Row> cells(LocalDate day) {
        return tables.read(ExposureDaily.TABLE.withDimensions(inferences.dimensions()))
                .filter(col(ExposureDaily.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ExposureDaily.EVENT_DATE).equalTo(lit(day)))
                        .and(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config))));
    }

    /**
     * The window's verdicts that can stand for all alarms, as `segments` of the day found: on event dates that are mature,
     * and of use cases whose customers confirm often enough. Complaints alone tell no probability.
     */
    private Dataset<Row> verdicts(LocalDate day) {
        Column counts = lit(false);
        for (Row whole : tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(size(col(SegmentFindings.DIMENSIONS)).equalTo(0))
                        .and(col(SegmentFindings.MEASURE).equalTo(SegmentFindings.MEASURE_FDR)))
                .select(SegmentFindings.USE_CASE, SegmentFindings.LAST_EVENT_DATE)
                .sort(SegmentFindings.USE_CASE)
                .collectAsList()) {
            counts = counts.or(col(USE_CASE)
                    .equalTo(whole.getString(0))
                    .and(col(VerdictDaily.EVENT_DATE).leq(lit(whole.getLocalDate(1)))));
        }
        LocalDate from = day.minusDays(config.segments().windowDays() - 1L);
        return tables.read(VerdictDaily.TABLE.withDimensions(inferences.dimensions()))
                .filter(col(VerdictDaily.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(VerdictDaily.CELL_VERSION).equalTo(CellVersion.of(config)))
                        .and(col(VerdictDaily.ARRIVAL_DATE).between(lit(from), lit(day)))
                        // Not of the day itself: what is judged already would rank by its own verdict.
                        .and(col(VerdictDaily.EVENT_DATE).between(lit(from), lit(day.minusDays(1))))
                        .and(counts));
    }

    /**
     * What the cells count.
     *
     * @param histograms rows by use case, class and confidence bin; frames without output stand in element 0 of their label
     * @param versions rows by use case and model version
     */
    private record Counted(Map<String, Map<String, long[]>> histograms, Map<String, Map<String, Long>> versions) {
        void add(Row cell) {
            String useCase = cell.getAs(USE_CASE);
            long rows = cell.<Long>getAs("rows");
            histograms.computeIfAbsent(useCase, u -> new TreeMap<>())
                    .computeIfAbsent(cell.getAs(ExposureDaily.LABEL), l -> new long[ExposureDaily.BINS])[
                    cell.<Integer>getAs("pos")] += rows;
            if (rows > 0) {
                versions.computeIfAbsent(useCase, u -> new TreeMap<>())
                        .merge(cell.getAs(MODEL_VERSION), rows, Long::sum);
            }
        }
    }

    private Counted counted(LocalDate day) {
        Dataset<Row> cells = cells(day);
        Column none = col(ExposureDaily.LABEL).equalTo(Inferences.NO_LABEL);
        Counted counted = new Counted(new TreeMap<>(), new TreeMap<>());
        cells.filter(none)
                .groupBy(USE_CASE, ExposureDaily.LABEL, MODEL_VERSION)
                .agg(lit(0).as("pos"), sum(ExposureDaily.SHOWN).as("rows"))
                .unionByName(cells.filter(not(none))
                        .select(
                                col(USE_CASE),
                                col(ExposureDaily.LABEL),
                                col(MODEL_VERSION),
                                posexplode(col(ExposureDaily.CONFIDENCE_HISTOGRAM)))
                        .groupBy(USE_CASE, ExposureDaily.LABEL, MODEL_VERSION, "pos")
                        .agg(sum("col").as("rows")))
                .collectAsList()
                .forEach(counted::add);
        return counted;
    }

    private static Map<String, Long> rows(Map<String, Map<String, long[]>> histograms) {
        Map<String, Long> rows = new TreeMap<>();
        histograms.forEach((useCase, labels) -> rows.put(useCase, DayCuts.rows(labels)));
        return rows;
    }

    /** Use case to class that the day's map calls thin and in error, to its need. */
    private Map<String, Map<String, Double>> needs(LocalDate day) {
        Map<String, Map<String, Double>> needs = new TreeMap<>();
        tables.read(ClassImbalance.TABLE)
                .filter(col(ClassImbalance.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ClassImbalance.RUN_DATE).equalTo(lit(day)))
                        .and(col(ClassImbalance.DIMENSION).isNull())
                        .and(col(ClassImbalance.ACTION).isin(ClassImbalance.THIN_ACTIONS.toArray()))
                        .and(col(ClassImbalance.NEED).gt(0)))
                .select(USE_CASE, ClassImbalance.LABEL, ClassImbalance.NEED)
                .collectAsList()
                .forEach(row -> needs.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                        .put(row.getString(1), row.getDouble(2)));
        return needs;
    }

    /** The worst segments that `segments` called elevated or suspected on the day, worst first within a use case. */
    private List<Row> elevated(LocalDate day) {
        Column place = row_number().over(Window.partitionBy(USE_CASE).orderBy(SegmentFindings.RANK));
        List<Column> columns = new ArrayList<>(List.of(SegmentFindings.conjunction()));
        columns.add(col(SegmentFindings.EXCESS_ERRORS));
        return tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.STATUS).isNotNull())
                        .and(not(col(SegmentFindings.REDUNDANT)))
                        .and(col(SegmentFindings.EXCESS_ERRORS).gt(0)))
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(config.selection().elevatedSegments()))
                .sort(USE_CASE, PLACE)
                .select(columns.toArray(Column[]::new))
                .collectAsList();
    }

    /** Use case to segment to the day's alarms that count for it: those that lie in no worse one. */
    private Map<String, Map<String, Long>> alarms(LocalDate day, WorstSegments segments, Column segment) {
        Map<String, Map<String, Long>> alarms = new TreeMap<>();
        if (segments.isEmpty()) {
            return alarms;
        }
        cells(day)
                .filter(col(ExposureDaily.LABEL).notEqual(Inferences.NO_LABEL))
                .transform(cameras::withStaticDimensions)
                .withColumn(SegmentCuts.SEGMENT, segment)
                .filter(col(SegmentCuts.SEGMENT).isNotNull())
                .groupBy(USE_CASE, SegmentCuts.SEGMENT)
                .agg(sum(ExposureDaily.SHOWN))
                .collectAsList()
                .forEach(row -> alarms.computeIfAbsent(row.getString(0), useCase -> new TreeMap<>())
                        .put(row.getString(1), row.getLong(2)));
        return alarms;
    }

    /** What customers contradicted on the day, with all dimensions; what labels contradict has its label. */
    private Dataset<Row> wrong(LocalDate day) {
        return tables.read(Misclassified.TABLE.withDimensions(inferences.dimensions()))
                .filter(col(Misclassified.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Misclassified.ARRIVAL_DATE).equalTo(lit(day))))
                .transform(cameras::withStaticDimensions);
    }

    /** What `analyze` found on the day, if it ran. */
    private Dataset<Row> findings(LocalDate day) {
        return tables.read(ImageFindings.TABLE.withDimensions(dimensions()))
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE).equalTo(lit(day))));
    }

    /** Changes with what `analyze` found on the day. */
    private String lookedAt(LocalDate day) {
        return findings(day)
                .groupBy(ImageFindings.RUN_ID, ImageFindings.STATUS)
                .agg(count(lit(1)))
                .sort(ImageFindings.RUN_ID, ImageFindings.STATUS)
                .collectAsList()
                .toString();
    }

    private List<String> sentences(TableDef table, LocalDate day, ErrorRisk risk) {
        List<String> sentences = new ArrayList<>(risk.sentences());
        tables.read(table)
                .filter(col(Candidates.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Candidates.RUN_DATE).equalTo(lit(day))))
                .groupBy(USE_CASE, Candidates.SIGNAL)
                .agg(count(lit(1)).as("items"))
                .sort(USE_CASE, Candidates.SIGNAL)
                .collectAsList()
                .forEach(row -> sentences.add(String.format(
                        Locale.ROOT,
                        "%s: %,d candidates by %s",
                        row.getAs(USE_CASE),
                        row.<Long>getAs("items"),
                        row.getAs(Candidates.SIGNAL))));
        return sentences;
    }
}
