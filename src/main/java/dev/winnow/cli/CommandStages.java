package dev.winnow.cli;

import dev.winnow.adapters.delta.DeltaUpkeep;
import dev.winnow.adapters.glue.GlueCatalog;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.analysis.AnalyzeJob;
import dev.winnow.analysis.ImageReviewer;
import dev.winnow.analysis.PrepareImages;
import dev.winnow.answers.IngestJob;
import dev.winnow.candidates.Candidates;
import dev.winnow.candidates.CandidatesJob;
import dev.winnow.config.AnalysisSettings;
import dev.winnow.config.AnswerSettings;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.ConsensusJob;
import dev.winnow.consensus.FollowUpJob;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.export.ExportJob;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.BinsJob;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.inputs.SiteGroups;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.labeling.LaunchJob;
import dev.winnow.labeling.ManifestsJob;
import dev.winnow.labeling.RelabelRoundJobs;
import dev.winnow.labeling.ReviewBatchJobs;
import dev.winnow.maintenance.MaintainJob;
import dev.winnow.outcomes.OutcomesJob;
import dev.winnow.outcomes.ProposedWeights;
import dev.winnow.ports.History;
import dev.winnow.ports.ObjectStores;
import dev.winnow.ports.SourceReader;
import dev.winnow.ports.Stage;
import dev.winnow.progress.JobsSyncJob;
import dev.winnow.progress.OpenJobs;
import dev.winnow.quality.AutoLabelsJob;
import dev.winnow.quality.LabelQaJob;
import dev.winnow.quality.QaBatchesJob;
import dev.winnow.quality.RelabelJob;
import dev.winnow.report.ReportJob;
import dev.winnow.runtime.AliasedImages;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.runtime.Rounds;
import dev.winnow.segments.CheckJob;
import dev.winnow.segments.Readiness;
import dev.winnow.segments.SegmentsJob;
import dev.winnow.selection.SelectJob;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The stages of each command, with what the configuration names: a command is a case of {@link #of}. */
final class CommandStages {
    /** What makes a round, step by step or at once. */
    private static final Set<String> OF_A_ROUND = Set.of(
            RunCommand.Curate.NAME,
            SegmentsJob.NAME,
            AnalyzeJob.NAME,
            CandidatesJob.NAME,
            SelectJob.NAME,
            ManifestsJob.NAME);

    private final Wiring.Run run;
    private final ObjectStores stores;
    private final List<TableDef> declared;
    private final WinnowConfig config;
    private final SourceReader sources;
    private final CameraTable cameras;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final Rounds rounds;
    private final LabelingTargets targets;

    /**
     * Creates the stages of one run.
     *
     * @param stores opens objects where an image is read, which may be another process
     * @param declared tables that upkeep knows
     */
    CommandStages(Wiring.Run run, ObjectStores stores, List<TableDef> declared) {
        this.run = run;
        this.stores = stores;
        this.declared = declared;
        this.config = run.config();
        this.sources = SparkSources.ofOneRun(run.spark());
        this.cameras = new CameraTable(sources, config.cameras());
        this.inferences = new InferenceLog(sources, config.inferences(), cameras);
        this.feedback = new FeedbackLog(sources, config.feedback());
        this.targets = new LabelingTargets(config);
        this.rounds =
                new Rounds(run.objects(), Places.absolute(config.labeling().path()), config.pipeline());
    }

    /** Stages of a command, in order. */
    List<Stage> of(String command) {
        BinsJob.Wanted bins = run.wanted().bins();
        if (bins != null) {
            return List.of(new BinsJob(config, sources, run.tables(), bins));
        }
        if (OF_A_ROUND.contains(command)) { // before a model is paid for images of a round that can't be made
            Candidates.requireBounded(config, config.useCases().keySet());
        }
        if (OF_A_ROUND.contains(command) && !command.equals(ManifestsJob.NAME)) { // which takes what is chosen already
            requireGroups();
        }
        return switch (command) {
            case RunCommand.Check.NAME -> List.of(check());
            case SegmentsJob.NAME -> List.of(segments());
            case AnalyzeJob.NAME -> List.of(analyze());
            case CandidatesJob.NAME -> List.of(candidates());
            case SelectJob.NAME -> List.of(select());
            case ManifestsJob.NAME ->
                launched(manifests(), day -> new Rounds.Round(day, run.wanted().round()));
            case RunCommand.Curate.NAME ->
                List.of(segments(), analyze(), candidates(), select(), manifests(), report());
            case JobsSyncJob.NAME -> List.of(jobsSync());
            case IngestJob.NAME -> List.of(ingest());
            case ConsensusJob.NAME -> List.of(new ConsensusJob(config, run.tables()), followUp());
            case LabelQaJob.NAME -> labelQa();
            case QaBatchesJob.NAME ->
                run.wanted().relabels()
                        ? launched(relabel(), Rounds.Round::ofRelabel)
                        : launched(reviewBatches(), Rounds.Round::ofQa);
            case OutcomesJob.NAME -> List.of(outcomes());
            case ExportJob.NAME -> List.of(export());
            case ReportJob.NAME -> List.of(report());
            case MaintainJob.NAME -> List.of(maintain());
            default -> throw new IllegalArgumentException("no stages are known of " + command);
        };
    }

    /** Refuses jobs split by what no camera tells of its site. */
    private void requireGroups() {
        config.labeling().tasks().values().stream()
                .map(TaskSettings::splitBy)
                .distinct()
                .forEach(splitBy -> SiteGroups.of(splitBy, cameras));
    }

    // ---- what a day needs

    private Stage check() {
        return new CheckJob(
                config,
                inferences,
                feedback,
                cameras,
                readiness(),
                run.tables(),
                images -> BedrockReviewer.plan(config, images));
    }

    private Stage segments() {
        return new SegmentsJob(
                config,
                inferences,
                feedback,
                cameras,
                readiness(),
                run.tables(),
                new LabeledSelections(config, run.tables()),
                run.findingsFrom(),
                run.lastDay());
    }

    private Readiness readiness() {
        return new Readiness(config.inferences().readiness(), run.objects());
    }

    private Stage analyze() {
        return new AnalyzeJob(
                config,
                inferences,
                feedback,
                cameras,
                run.tables(),
                new PrepareImages(
                        stores,
                        aliases(),
                        Places.absolute(config.analysisRoot()),
                        config.analysis().sample()),
                reviewer(),
                new TrainingSet(sources, config),
                new LabeledSelections(config, run.tables()));
    }

    private Stage candidates() {
        return new CandidatesJob(config, inferences, feedback, cameras, run.tables());
    }

    private Stage select() {
        return new SelectJob(
                config,
                inferences,
                cameras,
                run.tables(),
                images(),
                rounds,
                new History(
                        open(),
                        new LabeledSelections(config, run.tables()),
                        new ProposedWeights(config.pipeline(), run.tables())),
                run.wanted().round());
    }

    private Stage manifests() {
        return new ManifestsJob(
                config,
                run.tables(),
                run.objects(),
                rounds,
                targets.all(),
                run.wanted().round(),
                run.beforeCommit());
    }

    private Stage report() {
        return new ReportJob(
                config,
                run.tables(),
                run.objects(),
                images()::location,
                Places.absolute(config.reportRoot()),
                run.beforeCommit());
    }

    // ---- jobs that people work, and what comes back

    /** The stage that writes jobs, and the one that creates them in their services where that is asked for. */
    private List<Stage> launched(Stage writes, Function<LocalDate, Rounds.Round> round) {
        return run.wanted().launches()
                ? List.of(
                        writes,
                        new LaunchJob(
                                config.pipeline(),
                                run.tables(),
                                run.objects(),
                                rounds,
                                round,
                                targets::open,
                                run.beforeCommit()))
                : List.of(writes);
    }

    private Stage jobsSync() {
        return new JobsSyncJob(config.pipeline(), config.labeling(), run.tables(), run.objects(), targets::open);
    }

    private Stage ingest() {
        AnswerLog answers = new AnswerLog(sources, config.answers().table());
        return new IngestJob(config, answers, run.tables(), run.objects(), Places::absolute, workerKey());
    }

    private Stage followUp() {
        return new FollowUpJob(
                config,
                run.tables(),
                run.objects(),
                Places.absolute(config.labeling().path()),
                run.beforeCommit());
    }

    private List<Stage> labelQa() {
        Stage judged = new LabelQaJob(config, new ReviewLog(sources, config.reviews()), run.tables(), workerKey());
        return config.quality().autoLabels().share() == 0
                ? List.of(judged)
                : List.of(judged, new AutoLabelsJob(config, inferences, cameras, run.tables()));
    }

    private Stage relabel() {
        return new RelabelJob(
                config,
                run.tables(),
                open(),
                new RelabelRoundJobs(config, run.tables(), run.objects(), rounds, targets.all(), run.beforeCommit()));
    }

    private Stage reviewBatches() {
        return new QaBatchesJob(
                config,
                inferences,
                reference -> ItemReferences.usable(Subject.IMAGE, reference),
                run.tables(),
                open(),
                new ReviewBatchJobs(config, run.tables(), run.objects(), rounds, targets.all(), run.beforeCommit()));
    }

    private Stage outcomes() {
        ModelTraining training = new ModelTraining(sources, config.modelTraining());
        return new OutcomesJob(config, run.tables(), rounds, cameras, inferences, training);
    }

    private Stage export() {
        return new ExportJob(
                config, run.tables(), run.objects(), Places.absolute(config.exportRoot()), run.beforeCommit());
    }

    private Stage maintain() {
        String warehouse = Places.absolute(config.warehouse());
        return new MaintainJob(
                config.maintain(),
                run.tables(),
                new DeltaUpkeep(run.spark(), warehouse, run.beforeCommit()),
                warehouse,
                declared,
                glue -> GlueCatalog.open(
                        glue.database(),
                        glue.region().isEmpty() ? config.s3().region() : glue.region(),
                        glue.endpoint()));
    }

    // ---- what several of them share

    private OpenJobs open() {
        return new OpenJobs(config.pipeline(), run.tables(), config.labeling().team());
    }

    private AliasedImages images() {
        return new AliasedImages(run.objects(), aliases());
    }

    /** Where copies of images lie; folders of this machine may be relative. */
    private Map<String, String> aliases() {
        Map<String, String> aliases = new TreeMap<>(config.labeling().imageAliases());
        aliases.replaceAll((prefix, place) -> Places.absolute(place) + (place.endsWith("/") ? "/" : ""));
        return aliases;
    }

    /** Who looks at misclassified images; null: they are measured only. */
    private @Nullable ImageReviewer reviewer() {
        boolean asks = config.analysis().provider() != AnalysisSettings.Provider.NONE;
        if (run.wanted().collects() && config.analysis().provider() != AnalysisSettings.Provider.BEDROCK_BATCH) {
            throw new UsageException(
                    "--collect reads the answers of batch jobs: set analysis.provider = bedrock-batch");
        }
        return asks ? new BedrockReviewer(run) : null;
    }

    private String workerKey() {
        AnswerSettings answers = config.answers();
        if (answers.workerKeyVariable().isEmpty()) {
            return "";
        }
        return Secrets.of(
                "inputs.answers.worker-key-variable",
                answers.workerKeyVariable(),
                "the secret key of worker pseudonyms");
    }
}
