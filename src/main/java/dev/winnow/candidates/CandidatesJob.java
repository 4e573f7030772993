package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
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
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.stats.Digest;
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
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Finds the day's candidates: one pass over its inferences, cut by the histograms of its cells; and the inferences, of any
 * day, that people contradicted on it.
 */
public final class CandidatesJob implements Stage {
    public static final String NAME = "candidates";

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
        DayEvidence evidence = new DayEvidence(config, inferences.dimensions(), cameras, tables, day);
        DayEvidence.Counted counted = evidence.counted();
        if (counted.histograms().isEmpty()) {
            throw new ConfigException("there are no cells of " + day
                    + " for this configuration: run `segments --run-date " + day + "` first");
        }
        DayInput files = inferences.day(day);
        requireSameFiles(day, files);
        DayInput input = files.and(feedback.day(day)).and(cameras.files());
        Known known = known(evidence, counted);
        String fingerprint = new Digest()
                .add(input.fingerprint())
                .add(known.digest())
                .add(evidence.lookedAt())
                .hex(16);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), fingerprint);
        Dataset<Row> inferred = inferences.described(List.of(day)).transform(this::withDoubt);
        // Before the cut, as segments may ask for what only cameras tell.
        Dataset<Row> rows = inferred.transform(cameras::withStaticDimensions);
        Dataset<Row> cuts = cuts(inferred, known);
        Dataset<Row> measured = Signals.measured(rows, cuts, known::scored);
        try (ImageScores images = ImageScores.of(measured, counted.rows(), config, salt(day))) {
            Optional<Dataset<Row>> disagreed =
                    VersionsDisagree.of(rows, dimensions(), counted.versions(), config, salt(day));
            SegmentCuts segments = new SegmentCuts(known.segment, tables.frame(SegmentCuts.TABLE, known.segmentCuts));
            Dataset<Row> told = Signals.find(
                            rows, cuts, segments, alarms -> images.put(known.scored(alarms)), salt(day))
                    .unionByName(ConfidentWrong.of(evidence.wrong(), dimensions(), config, salt(day)), true)
                    .unionByName(ConfidentWrong.disputed(evidence.findings(), dimensions(), salt(day)), true);
            Dataset<Row> found = disagreed
                    .map(sure -> told.unionByName(sure, true))
                    .orElse(told)
                    .persist(StorageLevel.MEMORY_AND_DISK());
            try {
                long written = write(day, runId, known.risk, candidates(found, known, segments, evidence, day, runId));
                int passes = 1
                        + (readsScores() ? 1 : 0)
                        + images.passes()
                        + (disagreed.isPresent() ? VersionsDisagree.PASSES : 0);
                return new Report(counted.read(), written, 0, passes, fingerprint, sentences(day, known.risk));
            } finally {
                found.unpersist();
            }
        }
    }

    /**
     * What stages before found that decides which of the day's rows are candidates.
     *
     * @param counted rows of the day
     * @param needs use case to class that is thin and in error, to its need
     * @param segment worst elevated segment of a row; null for none
     * @param segmentCuts rows of {@link SegmentCuts}
     * @param risk learned of the window's verdicts
     * @param scale of the day's risks
     */
    private record Known(
            DayEvidence.Counted counted,
            Map<String, Map<String, Double>> needs,
            Column segment,
            List<Row> segmentCuts,
            ErrorRisk risk,
            ErrorRisk.Scale scale) {
        Dataset<Row> scored(Dataset<Row> alarms) {
            return risk.scored(alarms, scale);
        }

        String digest() {
            return String.join("|", needs.toString(), segmentCuts.toString(), risk.digest());
        }

        /** Rows wanted of each signal, or of one segment. */
        long wanted(WinnowConfig config, String useCase, @Nullable String segment) {
            return segmentCuts.stream()
                    .filter(cut ->
                            cut.getString(0).equals(useCase) && cut.getString(1).equals(segment))
                    .mapToLong(cut -> cut.getLong(2))
                    .findFirst()
                    .orElseGet(() -> Candidates.poolSize(config, useCase));
        }
    }

    private Known known(DayEvidence evidence, DayEvidence.Counted counted) {
        Map<String, Map<String, Double>> needs = evidence.needs();
        List<Row> elevated = evidence.elevated();
        WorstSegments segments = WorstSegments.of(elevated);
        Column segment = segments.first(col(ExposureDaily.LABEL), dimensions());
        ErrorRisk risk = ErrorRisk.learn(evidence.verdicts(), tables, cameras, inferences.dimensions());
        ErrorRisk.Scale scale = risk.scale(
                evidence.cells(segments, segment),
                ImageScores.floorOf(config),
                useCase -> Candidates.wantedRows(config, useCase),
                ErrorRisk.Steps.of(counted.histograms().size(), elevated.size()));
        List<Row> segmentCuts = SegmentCuts.cuts(elevated, scale.bySegment(), config);
        return new Known(counted, needs, segment, segmentCuts, risk, scale);
    }

    private String salt(LocalDate day) {
        return config.selection().salt() + "|" + day;
    }

    /** Whether a measure of doubt is asked for that takes a pass of its own. */
    private boolean readsScores() {
        return measures().values().stream().anyMatch(measure -> measure != Uncertainty.CONFIDENCE);
    }

    /** Where the histograms cut the day's rows; rows of {@link DayCuts}. */
    private Dataset<Row> cuts(Dataset<Row> inferred, Known known) {
        Map<String, List<ScoreCut.Bin>> doubts = readsScores()
                ? ScoreVectors.histograms(
                        inferred.filter(col(Inferences.CONFIDENCE).geq(ImageScores.floorOf(config))))
                : Map.of();
        return tables.frame(DayCuts.TABLE, DayCuts.of(known.counted, known.needs, doubts, config));
    }

    /** The best of what was found, one row per item and signal, with what checks the model. */
    private Dataset<Row> candidates(
            Dataset<Row> found, Known known, SegmentCuts segments, DayEvidence evidence, LocalDate day, String runId) {
        return BestScores.of(found, (useCase, segment) -> known.wanted(config, useCase, segment))
                .transform(Signals::onePerItem)
                .transform(segments::inTurns)
                .unionByName(ModelChecks.of(evidence.findings(), dimensions(), salt(day)), true)
                .withColumn(Candidates.PIPELINE, lit(config.pipeline()))
                .withColumn(Candidates.RUN_DATE, lit(day))
                .withColumn(Candidates.RUN_ID, lit(runId));
    }

    /** Replaces the day: what the risk was made of first; returns the rows written. */
    private long write(LocalDate day, String runId, ErrorRisk risk, Dataset<Row> candidates) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Candidates.PIPELINE, config.pipeline());
        scope.put(Candidates.RUN_DATE, day);
        List<Row> effects = RiskEffects.rows(config.pipeline(), day, runId, risk.models());
        long written = tables.replace(RiskEffects.TABLE, tables.frame(RiskEffects.TABLE, effects), scope);
        return written + tables.replace(table(), candidates, scope);
    }

    private TableDef table() {
        return Candidates.TABLE.withDimensions(dimensions());
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

    private List<String> sentences(LocalDate day, ErrorRisk risk) {
        List<String> sentences = new ArrayList<>(risk.sentences());
        tables.read(table())
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
