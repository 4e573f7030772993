package dev.winnow.cli;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.s3.S3Objects;
import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.CollectionRequests;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.candidates.RiskEffects;
import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Agreements;
import dev.winnow.consensus.Annotators;
import dev.winnow.consensus.FollowUps;
import dev.winnow.consensus.Labels;
import dev.winnow.generate.FleetSettings;
import dev.winnow.generate.GenerateJob;
import dev.winnow.generate.GenerateReport;
import dev.winnow.inputs.DimensionBins;
import dev.winnow.inputs.Rejects;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.Pilots;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.outcomes.RoundOutcomes;
import dev.winnow.outcomes.SignalYields;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStores;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.LabelingGroups;
import dev.winnow.progress.LabelingProgress;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.quality.AutoLabelDays;
import dev.winnow.quality.AutoLabels;
import dev.winnow.quality.Calibrations;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.ConformalBands;
import dev.winnow.quality.LabelQa;
import dev.winnow.quality.QaItems;
import dev.winnow.quality.Reviewers;
import dev.winnow.runtime.Holder;
import dev.winnow.runtime.LeaseTimes;
import dev.winnow.runtime.RunLedger;
import dev.winnow.runtime.SchemeObjects;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.runtime.TimeSource;
import dev.winnow.runtime.WarehouseLease;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.FeedbackArrival;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The application's own adapters and stages. */
class AppWiring implements Wiring {
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
        return new CommandStages(run, stores(run.config().s3()), declared()).of(command);
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
