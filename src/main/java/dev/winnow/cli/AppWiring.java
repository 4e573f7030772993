package dev.winnow.cli;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.delta.DeltaUpkeep;
import dev.winnow.adapters.glue.GlueCatalog;
import dev.winnow.adapters.labelstudio.LabelStudio;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.s3.S3Objects;
import dev.winnow.adapters.sagemaker.SageMakerLabeling;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.analysis.AnalyzeJob;
import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.CollectionRequests;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.analysis.ImageReviewer;
import dev.winnow.analysis.PrepareImages;
import dev.winnow.answers.Answers;
import dev.winnow.answers.IngestJob;
import dev.winnow.candidates.Candidates;
import dev.winnow.candidates.CandidatesJob;
import dev.winnow.candidates.RiskEffects;
import dev.winnow.config.AnalysisSettings;
import dev.winnow.config.AnswerSettings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.GroundTruthSettings;
import dev.winnow.config.LabelStudioSettings;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.S3Settings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Agreements;
import dev.winnow.consensus.Annotators;
import dev.winnow.consensus.ConsensusJob;
import dev.winnow.consensus.FollowUpJob;
import dev.winnow.consensus.FollowUps;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.consensus.Labels;
import dev.winnow.export.ExportJob;
import dev.winnow.generate.FleetSettings;
import dev.winnow.generate.GenerateJob;
import dev.winnow.generate.GenerateReport;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.BinsJob;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DimensionBins;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.LaunchJob;
import dev.winnow.labeling.ManifestsJob;
import dev.winnow.labeling.Pilots;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.labeling.RelabelRoundJobs;
import dev.winnow.labeling.ReviewBatchJobs;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.maintenance.MaintainJob;
import dev.winnow.outcomes.OutcomesJob;
import dev.winnow.outcomes.ProposedWeights;
import dev.winnow.outcomes.RoundOutcomes;
import dev.winnow.outcomes.SignalYields;
import dev.winnow.ports.History;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStores;
import dev.winnow.ports.SourceReader;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.JobsSyncJob;
import dev.winnow.progress.LabelingGroups;
import dev.winnow.progress.LabelingProgress;
import dev.winnow.progress.OpenJobs;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.quality.AutoLabelDays;
import dev.winnow.quality.AutoLabels;
import dev.winnow.quality.AutoLabelsJob;
import dev.winnow.quality.Calibrations;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.ConformalBands;
import dev.winnow.quality.LabelQa;
import dev.winnow.quality.LabelQaJob;
import dev.winnow.quality.QaBatchesJob;
import dev.winnow.quality.QaItems;
import dev.winnow.quality.RelabelJob;
import dev.winnow.quality.Reviewers;
import dev.winnow.report.ReportJob;
import dev.winnow.runtime.AliasedImages;
import dev.winnow.runtime.Holder;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.runtime.LeaseTimes;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.RunLedger;
import dev.winnow.runtime.SchemeObjects;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.runtime.TimeSource;
import dev.winnow.runtime.WarehouseLease;
import dev.winnow.segments.CheckJob;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.FeedbackArrival;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.Readiness;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.SegmentsJob;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.SelectJob;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The application's own adapters and stages. */
final class AppWiring implements Wiring {
    private static final int CAMERAS_PER_SITE = 10;

    @Override
    public ObjectStore objects(S3Settings s3) {
        return stores(s3).open();
    }

    private static ObjectStores stores(S3Settings s3) {
        return () -> new SchemeObjects(new LocalObjects(), () -> S3Objects.open(s3));
    }

    @Override
    public SparkSession session(String appName, Map<String, String> settings, S3Settings s3) {
        return SparkSessions.open(appName, settings, s3);
    }

    @Override
    public void stop(SparkSession spark) {
        spark.stop();
    }

    @Override
    public Lease lease(WinnowConfig config, ObjectStore objects, String holder, String command) {
        WarehouseLease lease = WarehouseLease.acquire(
                objects,
                Places.absolute(config.warehouse()),
                Holder.ofThisProcess(holder, command),
                TimeSource.SYSTEM,
                LeaseTimes.of(config.lease()));
        return new Lease() {
            @Override
            public void check() {
                lease.check();
            }

            @Override
            public void close() {
                lease.close();
            }
        };
    }

    @Override
    public TableStore tables(SparkSession spark, String warehouse, Runnable beforeCommit) {
        return new DeltaTableStore(spark, warehouse, beforeCommit);
    }

    @Override
    public List<TableDef> declared() {
        return List.of(
                ExposureDaily.TABLE,
                VerdictDaily.TABLE,
                Misclassified.TABLE,
                SegmentFindings.TABLE,
                FeedbackArrival.TABLE,
                SegmentChanges.TABLE,
                DayBuilds.TABLE,
                Rejects.TABLE,
                DimensionBins.TABLE,
                Candidates.TABLE,
                RiskEffects.TABLE,
                ImageFindings.TABLE,
                ClassImbalance.TABLE,
                CollectionRequests.TABLE,
                Selections.TABLE,
                SelectionCuts.TABLE,
                PlantedItems.TABLE,
                LabelingJobs.TABLE,
                Pilots.TABLE,
                LabelingProgress.TABLE,
                LabelingGroups.TABLE,
                ReturnedItems.TABLE,
                Answers.TABLE,
                Labels.TABLE,
                Annotators.TABLE,
                Agreements.TABLE,
                QaItems.TABLE,
                RelabelItems.TABLE,
                LabelQa.TABLE,
                ClassThresholds.TABLE,
                Calibrations.TABLE,
                ConformalBands.TABLE,
                Reviewers.TABLE,
                AutoLabels.TABLE,
                AutoLabelDays.TABLE,
                SignalYields.TABLE,
                RoundOutcomes.TABLE,
                FollowUps.TABLE,
                RunLedger.TABLE);
    }

    @Override
    public List<Stage> stages(String command, Run run) {
        WinnowConfig config = run.config();
        SourceReader sources = SparkSources.ofOneRun(run.spark());
        if (run.wanted().bins() != null) {
            return List.of(
                    new BinsJob(config, sources, run.tables(), run.wanted().bins()));
        }
        if (command.equals(JobsSyncJob.NAME)) {
            return List.of(new JobsSyncJob(
                    config.pipeline(),
                    config.labeling(),
                    run.tables(),
                    run.objects(),
                    target -> labeling(config, target)));
        }
        if (command.equals(MaintainJob.NAME)) {
            String warehouse = Places.absolute(config.warehouse());
            return List.of(new MaintainJob(
                    config.maintain(),
                    run.tables(),
                    new DeltaUpkeep(run.spark(), warehouse, run.beforeCommit()),
                    warehouse,
                    declared(),
                    glue -> GlueCatalog.open(
                            glue.database(),
                            glue.region().isEmpty() ? config.s3().region() : glue.region(),
                            glue.endpoint())));
        }
        if (command.equals(IngestJob.NAME)) {
            AnswerLog answers = new AnswerLog(sources, config.answers().table());
            return List.of(new IngestJob(
                    config, answers, run.tables(), run.objects(), Places::absolute, workerKey(config.answers())));
        }
        if (command.equals(ConsensusJob.NAME)) {
            String labeling = Places.absolute(config.labeling().path());
            return List.of(
                    new ConsensusJob(config, run.tables()),
                    new FollowUpJob(config, run.tables(), run.objects(), labeling, run.beforeCommit()));
        }
        if (command.equals(LabelQaJob.NAME)) {
            ReviewLog reviews = new ReviewLog(sources, config.reviews());
            Stage judged = new LabelQaJob(config, reviews, run.tables(), workerKey(config.answers()));
            if (config.quality().autoLabels().share() == 0) {
                return List.of(judged);
            }
            CameraTable cameras = new CameraTable(sources, config.cameras());
            InferenceLog inferences = new InferenceLog(sources, config.inferences(), cameras);
            return List.of(judged, new AutoLabelsJob(config, inferences, cameras, run.tables()));
        }
        if (command.equals(QaBatchesJob.NAME)) {
            return qaBatches(run, sources);
        }
        if (command.equals(ExportJob.NAME)) {
            return List.of(new ExportJob(
                    config, run.tables(), run.objects(), Places.absolute(config.exportRoot()), run.beforeCommit()));
        }
        Stage report = new ReportJob(
                config,
                run.tables(),
                run.objects(),
                new AliasedImages(run.objects(), aliases(config))::location,
                Places.absolute(config.reportRoot()),
                run.beforeCommit());
        if (command.equals(ReportJob.NAME)) {
            return List.of(report);
        }
        Rounds rounds =
                new Rounds(run.objects(), Places.absolute(config.labeling().path()), config.pipeline());
        CameraTable cameras = new CameraTable(sources, config.cameras());
        InferenceLog inferences = new InferenceLog(sources, config.inferences(), cameras);
        if (command.equals(OutcomesJob.NAME)) {
            ModelTraining training = new ModelTraining(sources, config.modelTraining());
            return List.of(new OutcomesJob(config, run.tables(), rounds, cameras, inferences, training));
        }
        FeedbackLog feedback = new FeedbackLog(sources, config.feedback());
        Readiness readiness = new Readiness(config.inferences().readiness(), run.objects());
        if (command.equals(RunCommand.Check.NAME)) {
            return List.of(new CheckJob(
                    config,
                    inferences,
                    feedback,
                    readiness,
                    run.tables(),
                    images -> BedrockReviewer.plan(config, images)));
        }
        List<Stage> daily = List.of(
                new SegmentsJob(
                        config,
                        inferences,
                        feedback,
                        cameras,
                        readiness,
                        run.tables(),
                        run.findingsFrom(),
                        run.lastDay()),
                new AnalyzeJob(
                        config,
                        inferences,
                        feedback,
                        cameras,
                        run.tables(),
                        new PrepareImages(
                                stores(config.s3()),
                                aliases(config),
                                Places.absolute(config.analysisRoot()),
                                config.analysis().sample()),
                        reviewer(run),
                        new TrainingSet(sources, config),
                        new LabeledSelections(config, run.tables())),
                new CandidatesJob(config, inferences, feedback, cameras, run.tables()),
                new SelectJob(
                        config,
                        inferences,
                        cameras,
                        run.tables(),
                        new AliasedImages(run.objects(), aliases(config)),
                        rounds,
                        new History(
                                new OpenJobs(
                                        config.pipeline(),
                                        run.tables(),
                                        config.labeling().team()),
                                new LabeledSelections(config, run.tables()),
                                new ProposedWeights(config.pipeline(), run.tables())),
                        run.wanted().round()),
                new ManifestsJob(
                        config,
                        run.tables(),
                        run.objects(),
                        rounds,
                        List.of(new GroundTruthTarget(config.labeling().groundTruth()), new LabelStudioTarget()),
                        run.wanted().round(),
                        run.beforeCommit()),
                report);
        if (command.equals(RunCommand.Curate.NAME)) {
            return daily;
        }
        List<Stage> stages = new ArrayList<>(
                daily.stream().filter(stage -> stage.name().equals(command)).toList());
        if (run.wanted().launches()) {
            stages.add(new LaunchJob(
                    config.pipeline(),
                    run.tables(),
                    run.objects(),
                    rounds,
                    day -> new Rounds.Round(day, run.wanted().round()),
                    target -> labeling(config, target),
                    run.beforeCommit()));
        }
        return stages;
    }

    private static List<Stage> qaBatches(Run run, SourceReader sources) {
        WinnowConfig config = run.config();
        Rounds rounds =
                new Rounds(run.objects(), Places.absolute(config.labeling().path()), config.pipeline());
        OpenJobs open =
                new OpenJobs(config.pipeline(), run.tables(), config.labeling().team());
        GroundTruthTarget groundTruth = new GroundTruthTarget(config.labeling().groundTruth());
        boolean relabels = run.wanted().relabels();
        List<Stage> stages = new ArrayList<>();
        stages.add(
                relabels
                        ? new RelabelJob(
                                config,
                                run.tables(),
                                open,
                                new RelabelRoundJobs(
                                        config,
                                        run.tables(),
                                        run.objects(),
                                        rounds,
                                        List.of(groundTruth, new LabelStudioTarget()),
                                        run.beforeCommit()))
                        : new QaBatchesJob(
                                config,
                                new InferenceLog(
                                        sources, config.inferences(), new CameraTable(sources, config.cameras())),
                                reference -> ItemReferences.usable(Subject.IMAGE, reference),
                                run.tables(),
                                open,
                                new ReviewBatchJobs(
                                        config, run.tables(), run.objects(), rounds, groundTruth, run.beforeCommit())));
        if (run.wanted().launches()) {
            stages.add(new LaunchJob(
                    config.pipeline(),
                    run.tables(),
                    run.objects(),
                    rounds,
                    relabels ? Rounds.Round::ofRelabel : Rounds.Round::ofQa,
                    target -> labeling(config, target),
                    run.beforeCommit()));
        }
        return stages;
    }

    /** Opens the service of a target. */
    private static LabelingService labeling(WinnowConfig config, String target) {
        GroundTruthSettings groundTruth = config.labeling().groundTruth();
        if (target.equals(Target.GROUND_TRUTH.id())) {
            return SageMakerLabeling.open(
                    groundTruth.region().isEmpty() ? config.s3().region() : groundTruth.region(),
                    groundTruth.endpoint());
        }
        LabelStudioSettings studio = config.labeling().labelStudio();
        if (!target.equals(Target.LABEL_STUDIO.id())) {
            throw new ConfigException("no service takes labeling jobs for " + target);
        }
        if (studio.url().isEmpty() || studio.tokenVariable().isEmpty()) {
            throw new ConfigException(
                    "labeling.label-studio: set url to the root of the server, and token-variable to the"
                            + " name of the environment variable that holds its token");
        }
        return LabelStudio.open(
                studio.url(),
                secret("labeling.label-studio.token-variable", studio.tokenVariable(), "a token of its API"),
                studio.tokenVariable());
    }

    /** Where copies of images lie; folders of this machine may be relative. */
    private static Map<String, String> aliases(WinnowConfig config) {
        Map<String, String> aliases = new TreeMap<>(config.labeling().imageAliases());
        aliases.replaceAll((prefix, place) -> Places.absolute(place) + (place.endsWith("/") ? "/" : ""));
        return aliases;
    }

    /** Who looks at misclassified images; null: they are measured only. */
    private static @Nullable ImageReviewer reviewer(Run run) {
        boolean asks = run.config().analysis().provider() != AnalysisSettings.Provider.NONE;
        if (run.wanted().collects() && run.config().analysis().provider() != AnalysisSettings.Provider.BEDROCK_BATCH) {
            throw new UsageException(
                    "--collect reads the answers of batch jobs: set analysis.provider = bedrock-batch");
        }
        return asks ? new BedrockReviewer(run) : null;
    }

    private static String workerKey(AnswerSettings answers) {
        if (answers.workerKeyVariable().isEmpty()) {
            return "";
        }
        return secret(
                "inputs.answers.worker-key-variable",
                answers.workerKeyVariable(),
                "the secret key of worker pseudonyms");
    }

    private static String secret(String key, String variable, String what) {
        String secret = System.getenv(variable);
        if (secret == null || secret.isEmpty()) {
            throw new ConfigException(key + ": the environment has no variable " + variable + "; set it to " + what);
        }
        return secret;
    }

    @Override
    public Stage generate(SparkSession spark, Fleet fleet) {
        return new Stage() {
            @Override
            public String name() {
                return GenerateCommand.NAME;
            }

            @Override
            public Report run(LocalDate runDate) {
                FleetSettings settings = new FleetSettings(
                        fleet.seed(),
                        runDate.minusDays(fleet.days() - 1L),
                        fleet.days(),
                        runDate.minusDays(fleet.days() / 2),
                        Math.max(1, fleet.cameras() / CAMERAS_PER_SITE),
                        fleet.cameras(),
                        (long) fleet.cameras() * fleet.framesPerDay(),
                        fleet.images(),
                        null);
                GenerateReport made = new GenerateJob(
                                settings, (from, until, parts) -> spark.range(from, until, 1, parts))
                        .run(fleet.out());
                return new Report(
                        0,
                        made.inferences() + made.feedback() + made.cameras(),
                        0,
                        0,
                        "",
                        List.of(String.format(
                                Locale.ROOT,
                                "%,d inferences of %d days, %,d rows of feedback, %,d cameras and %,d images below %s",
                                made.inferences(),
                                fleet.days(),
                                made.feedback(),
                                made.cameras(),
                                made.images(),
                                fleet.out())));
            }
        };
    }
}
