package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.SelectionSettings.Weights;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.ports.MeasuredWeights.Proposed;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.selection.Selections;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Says whether rounds of labeling helped: what the labels of each signal brought and at what cost, which weights follow
 * for the next budget, and how the segments that were targeted changed.
 *
 * <p>A run for D looks at sealed rounds before D, and at labels and answers as they are now.
 */
public final class OutcomesJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "outcomes";

    private final WinnowConfig config;
    private final TableStore tables;
    private final Rounds rounds;
    private final CameraTable cameras;
    private final InferenceLog inferences;
    private final ModelTraining training;

    /**
     * Creates the job over its tables, the rounds of its pipeline and its inputs.
     *
     * @param inferences read only where {@code outcomes.compare-on-audit} asks for it
     * @param training may be absent: then no change is put down to a round
     * @throws ConfigException if versions were to be compared on audit images of which each box has a row
     */
    public OutcomesJob(
            WinnowConfig config,
            TableStore tables,
            Rounds rounds,
            CameraTable cameras,
            InferenceLog inferences,
            ModelTraining training) {
        if (config.outcomes().compareOnAudit() && config.inferences().rowPer() == RowPer.BOX) {
            throw new ConfigException("outcomes.compare-on-audit = true takes inputs.inferences.row-per = image: the"
                    + " label of an image can't be held against its boxes");
        }
        this.config = config;
        this.tables = tables;
        this.rounds = rounds;
        this.cameras = cameras;
        this.inferences = inferences;
        this.training = training;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        List<String> sealed = rounds.sealed(day.minusDays(config.outcomes().roundDays())).stream()
                .filter(round -> round.date().isBefore(day))
                .map(Round::id)
                .toList();
        String fingerprint = training.files().and(cameras.files()).fingerprint();
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), fingerprint);
        List<Trained> trained = training.all();
        Dataset<Row> items = items(day, sealed).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<String> sentences = new ArrayList<>();
            if (sealed.isEmpty()) {
                sentences.add("No round was sealed in the " + config.outcomes().roundDays() + " days before " + day);
            }
            List<SignalYield> yields = yields(day, items);
            yields.stream()
                    .filter(told -> told.counts().round() == null)
                    .forEach(told -> sentences.add(told.counts().useCase() + ": " + told.sentence()));
            long written = replace(
                    SignalYields.TABLE,
                    day,
                    yields.stream()
                            .map(told -> told.row(config.pipeline(), day, runId))
                            .toList());
            long read = yields.stream()
                    .filter(told -> told.counts().round() == null)
                    .mapToLong(told -> told.counts().selected())
                    .sum();
            SegmentOutcomes.Rows segments =
                    new SegmentOutcomes(config, cameras, tables, day, trained).find(items, runId);
            sentences.addAll(segments.sentences());
            List<Row> outcomes = new ArrayList<>(segments.rows());
            outcomes.addAll(models(day, trained, runId));
            if (config.outcomes().compareOnAudit()) {
                outcomes.addAll(new AuditOutcomes(trained, config.segments().confidenceLevel())
                        .find(items, inferences, config.pipeline(), day, runId));
            }
            written += replace(RoundOutcomes.TABLE, day, outcomes);
            return new Report(read, written, 0, 0, fingerprint, sentences);
        } finally {
            items.unpersist();
        }
    }

    private Dataset<Row> items(LocalDate day, List<String> sealed) {
        Dataset<Row> selections = own(Selections.TABLE)
                .filter(col(Selections.RUN_DATE)
                        .between(lit(day.minusDays(config.outcomes().roundDays())), lit(day.minusDays(1)))
                        .and(col(Selections.ROUND_ID).isin(sealed.toArray())));
        Dataset<Row> wrong =
                own(Misclassified.TABLE).filter(col(Misclassified.ARRIVAL_DATE).lt(lit(day)));
        return LabeledItems.of(selections, own(Labels.TABLE), own(Answers.TABLE), wrong, config.outcomes());
    }

    /** All of these tables begin with the pipeline. */
    private Dataset<Row> own(TableDef table) {
        return tables.read(table).filter(col(Selections.PIPELINE).equalTo(config.pipeline()));
    }

    private long replace(TableDef table, LocalDate day, List<Row> rows) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(SignalYields.PIPELINE, config.pipeline());
        scope.put(SignalYields.RUN_DATE, day);
        return tables.replace(table, tables.frame(table, rows), scope);
    }

    private List<Row> models(LocalDate day, List<Trained> trained, String runId) {
        LocalDate from = day.minusDays(config.outcomes().roundDays());
        Dataset<Row> changes = own(SegmentChanges.TABLE)
                .filter(col(SegmentChanges.RUN_DATE).between(lit(from), lit(day.minusDays(1))));
        return ModelOutcomes.of(changes, trained, config.pipeline(), day, runId);
    }

    // ---- signals

    private List<SignalYield> yields(LocalDate day, Dataset<Row> items) {
        List<SignalCounts> counts = LabeledItems.bySignal(items);
        Map<String, Map<String, ClusterSums>> labels = new TreeMap<>();
        for (SignalCounts of : counts) {
            // All that the check of the model draws is known to be wrong: it tells nothing of how yields spread.
            if (of.round() == null && !of.signal().equals(Candidates.MODEL_CHECK)) {
                labels.computeIfAbsent(of.useCase(), useCase -> new TreeMap<>()).put(of.signal(), of.any());
            }
        }
        Map<String, Map<String, SignalYield.Weight>> weights = new TreeMap<>();
        Map<String, Proposed> before = config.selection().weights() == Weights.MEASURED
                ? new ProposedWeights(config.pipeline(), tables).before(day)
                : Map.of();
        labels.forEach((useCase, bySignal) -> {
            Proposed last = before.get(useCase);
            UseCaseSettings settings = last == null
                    ? config.useCase(useCase)
                    : config.useCase(useCase).withMeasured(last.bySignal());
            Map<String, SignalYield.Weight> ofUseCase = weights(day, useCase, settings, bySignal);
            weights.put(useCase, ofUseCase);
            // A signal that never had a candidate has a share of the budget, too.
            ofUseCase.keySet().stream()
                    .filter(signal -> !bySignal.containsKey(signal))
                    .forEach(signal -> counts.add(SignalCounts.none(useCase, signal)));
        });
        counts.sort(SignalCounts.ORDER);
        return SignalYield.of(counts, config.segments().confidenceLevel()).stream()
                .map(told -> told.with(
                        told.counts().round() != null
                                ? null
                                : weights.getOrDefault(told.counts().useCase(), Map.of())
                                        .get(told.counts().signal())))
                .toList();
    }

    /** The weights of a use case's signals now, by its settings, and as they should be; nothing is proposed before a label is there. */
    private Map<String, SignalYield.Weight> weights(
            LocalDate day, String useCase, UseCaseSettings settings, Map<String, ClusterSums> labels) {
        Map<String, Double> now = new TreeMap<>();
        List<String> locked = new ArrayList<>();
        for (String signal : Candidates.SCORED) {
            double weight = settings.weight(Candidates.settingOf(signal));
            if (weight > 0) {
                now.put(signal, weight);
            }
            if (config.outcomes().weights().locked().contains(Candidates.settingOf(signal))) {
                locked.add(signal);
            }
        }
        double all = now.values().stream().mapToDouble(Double::doubleValue).sum();
        boolean labeled = labels.values().stream().anyMatch(sums -> sums.n() > 0);
        String seed = new Digest()
                .add(config.pipeline())
                .add(day.toString())
                .add(useCase)
                .hex(32);
        Map<String, Double> proposed =
                labeled ? new SignalWeights(config.outcomes().weights(), seed).propose(now, labels, locked) : Map.of();
        Map<String, SignalYield.Weight> weights = new TreeMap<>();
        now.forEach((signal, weight) -> weights.put(
                signal, new SignalYield.Weight(weight / all, proposed.get(signal), locked.contains(signal))));
        return weights;
    }
}
