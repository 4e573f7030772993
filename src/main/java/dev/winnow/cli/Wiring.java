package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.generate.FleetSettings;
import dev.winnow.inputs.BinsJob;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Builds what commands need out of the configuration: its implementation alone names adapters and stages. */
public interface Wiring {
    /** Objects by URI; needs no session. */
    ObjectStore objects(S3Settings s3);

    /** Starts Spark; {@code settings} hold where spark-submit set nothing. */
    SparkSession session(String appName, Map<String, String> settings, S3Settings s3);

    /** Ends what {@link #session} started. */
    void stop(SparkSession spark);

    /** Waits for the right to write to the warehouse. */
    Lease lease(WinnowConfig config, ObjectStore objects, String holder, String command);

    /**
     * Opens the tables below a warehouse root.
     *
     * @param beforeCommit called before each commit; throws to forbid it
     */
    TableStore tables(SparkSession spark, String warehouse, Runnable beforeCommit);

    /** Tables as they are declared, for their keys and names. */
    List<TableDef> declared();

    /** Stages of a command, in order; {@code check} is a stage as well. */
    List<Stage> stages(String command, Run run);

    /** The stage that writes a synthetic fleet. */
    Stage generate(SparkSession spark, Fleet fleet);

    /** The right to write, held until closed. */
    interface Lease extends AutoCloseable {
        /** Throws if the lease was lost. */
        void check();

        @Override
        void close();
    }

    /**
     * What the stages of one run work with.
     *
     * @param config holds the edges that dimensions ask for by name, unless the command stores some
     * @param attemptId names the execution
     * @param beforeCommit throws if this run may no longer write
     * @param lastDay last day the stages are run for
     * @param wanted what the command line asks for
     */
    record Run(
            WinnowConfig config,
            SparkSession spark,
            TableStore tables,
            ObjectStore objects,
            String attemptId,
            Runnable beforeCommit,
            LocalDate lastDay,
            Wanted wanted) {
        /** First day on which segments are found; days before only get their cells. */
        LocalDate findingsFrom() {
            return wanted.findingsOnce ? lastDay : LocalDate.MIN;
        }
    }

    /**
     * What a command line asks for beside days and configuration.
     *
     * @param round number of the day's round, from 1
     * @param findingsOnce whether segments are found on the last day alone
     * @param collects whether {@code analyze} reads the answers of a batch job instead of submitting one
     * @param launches whether {@code manifests} creates the jobs of the round in their services
     * @param relabels whether {@code qa-batches} asks for the class of what was disconfirmed instead of having alarms reviewed
     * @param bins edges to store; null for every command but {@code bins}
     */
    record Wanted(
            int round,
            boolean findingsOnce,
            boolean collects,
            boolean launches,
            boolean relabels,
            BinsJob.@Nullable Wanted bins) {
        /** Nothing in particular. */
        static final Wanted NOTHING = new Wanted(1, false, false, false, false, null);

        static Wanted round(int round) {
            return new Wanted(round, false, false, false, false, null);
        }
    }

    /**
     * What fleet to make up.
     *
     * @param out folder or URI where its input tables go
     * @param cameras number of cameras
     * @param days days up to and with the run date
     * @param framesPerDay frames of one camera on one day
     * @param seed the same seed makes the same fleet
     * @param images which small images are rendered
     */
    record Fleet(String out, int cameras, int days, int framesPerDay, long seed, FleetSettings.Images images) {}
}
