package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Finds the day's candidates: one pass over its inferences, cut by the histograms of its cells. */
public final class CandidatesJob implements Stage {
    private static final String NAME = "candidates";

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;

    /** Creates the job over its inputs and tables. */
    public CandidatesJob(WinnowConfig config, InferenceLog inferences, CameraTable cameras, TableStore tables) {
        this.config = config;
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Map<String, Map<String, long[]>> histograms = histograms(day);
        if (histograms.isEmpty()) {
            throw new ConfigException("there are no cells of " + day
                    + " for this configuration: run `segments --run-date " + day + "` first");
        }
        DayInput files = inferences.day(day);
        requireSameFiles(day, files);
        DayInput input = files.and(cameras.files());
        Map<String, Map<String, Double>> needs = needs(day);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint() + "|" + needs);
        TableDef table = Candidates.TABLE.withDimensions(dimensions());
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Candidates.PIPELINE, config.pipeline());
        scope.put(Candidates.RUN_DATE, day);
        // Counted before they are written; what the histograms let through is small next to the facts.
        String salt = config.selection().salt() + "|" + day;
        Dataset<Row> found = Signals.find(
                        inferences.accepted(List.of(day)),
                        tables.frame(DayCuts.TABLE, DayCuts.of(histograms, needs, config)),
                        salt,
                        inferences.settings().rowPer() == RowPer.IMAGE)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> candidates = BestScores.of(found, useCase -> Candidates.poolSize(config, useCase))
                    .transform(Signals::onePerItem)
                    .transform(cameras::withStaticDimensions)
                    .unionByName(ModelChecks.of(findings(day), dimensions(), salt), true)
                    .withColumn(Candidates.PIPELINE, lit(config.pipeline()))
                    .withColumn(Candidates.RUN_DATE, lit(day))
                    .withColumn(Candidates.RUN_ID, lit(runId));
            long written = tables.replace(table, candidates, scope);
            long read = histograms.values().stream().mapToLong(DayCuts::rows).sum();
            return new Report(read, written, 0, 1, input.fingerprint(), sentences(table, day));
        } finally {
            found.unpersist();
        }
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

    /** Rows by use case, class and confidence bin; frames without output stand in element 0 of their label. */
    private Map<String, Map<String, long[]>> histograms(LocalDate day) {
        Column ofDay = col(ExposureDaily.PIPELINE)
                .equalTo(config.pipeline())
                .and(col(ExposureDaily.EVENT_DATE).equalTo(lit(day)))
                .and(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config)));
        Dataset<Row> cells = tables.read(ExposureDaily.TABLE).filter(ofDay);
        Column none = col(ExposureDaily.LABEL).equalTo(Inferences.NO_LABEL);
        Map<String, Map<String, long[]>> histograms = new TreeMap<>();
        cells.filter(none)
                .groupBy(USE_CASE, ExposureDaily.LABEL)
                .agg(lit(0).as("pos"), sum(ExposureDaily.SHOWN).as("rows"))
                .unionByName(cells.filter(not(none))
                        .select(
                                col(USE_CASE),
                                col(ExposureDaily.LABEL),
                                posexplode(col(ExposureDaily.CONFIDENCE_HISTOGRAM)))
                        .groupBy(USE_CASE, ExposureDaily.LABEL, "pos")
                        .agg(sum("col").as("rows")))
                .collectAsList()
                .forEach(row -> histograms.computeIfAbsent(row.getAs(USE_CASE), u -> new TreeMap<>())
                                .computeIfAbsent(row.getAs(ExposureDaily.LABEL), l -> new long[ExposureDaily.BINS])[
                                row.<Integer>getAs("pos")] =
                        row.<Long>getAs("rows"));
        return histograms;
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

    /** What `analyze` found on the day, if it ran. */
    private Dataset<Row> findings(LocalDate day) {
        return tables.read(ImageFindings.TABLE.withDimensions(dimensions()))
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE).equalTo(lit(day))));
    }

    private List<String> sentences(TableDef table, LocalDate day) {
        List<String> sentences = new ArrayList<>();
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
