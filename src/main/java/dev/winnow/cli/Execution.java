package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.DimensionBins;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Attempt;
import dev.winnow.runtime.Attempt.Outcome;
import dev.winnow.runtime.AttemptIds;
import dev.winnow.runtime.EmbeddedMetrics;
import dev.winnow.runtime.RunLedger;
import dev.winnow.runtime.Version;
import dev.winnow.tables.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One attempt of a command that has a configuration: session, lease, stages, and the traces it leaves. */
final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Context context;
    private final String command;
    private final RunOptions options;
    private final Wiring.Wanted wanted;
    private final boolean writes;

    private final String id;
    private final Instant startedAt;
    private final LocalDate runDate;
    private String sparkVersion = "";
    private @Nullable WinnowConfig config;
    private @Nullable StageRunner stages;
    private @Nullable ObjectStore objects;

    /**
     * Prepares an attempt.
     *
     * @param writes whether the command changes the warehouse: then it holds the lease and leaves a trace there
     * @param wanted what else the command line asks for
     */
    Execution(Context context, String command, RunOptions options, boolean writes, Wiring.Wanted wanted) {
        this.context = context;
        this.command = command;
        this.options = options;
        this.writes = writes;
        this.wanted = wanted;
        this.id = new AttemptIds(context.clock(), context.random()).next();
        this.startedAt = context.clock().instant();
        this.runDate = options.runDate(context.clock());
    }

    /** Runs the attempt; rethrows its failure after all traces are left. */
    void run() throws Exception {
        MDC.put(RunLedger.ATTEMPT_ID, id);
        MDC.put(RunLedger.COMMAND, command);
        try {
            WinnowConfig loaded = options.load(context.wiring()::objects);
            config = loaded;
            work(loaded);
            leaveTraces(Outcome.DONE);
        } catch (Throwable failure) { // also an OutOfMemoryError is worth a sentence in the attempt's file
            leaveTracesOfFailure(failure);
            throw failure;
        } finally {
            printFound();
            closeObjects();
            MDC.clear();
        }
    }

    /** One store serves the whole attempt. */
    private ObjectStore objects(S3Settings s3) {
        ObjectStore open = objects;
        if (open == null) {
            open = context.wiring().objects(s3);
            objects = open;
        }
        return open;
    }

    private void closeObjects() {
        if (objects != null) {
            objects.close();
        }
    }

    private void work(WinnowConfig loaded) {
        ObjectStore store = objects(loaded.s3());
        SparkSession spark = context.wiring().session("winnow-" + command, loaded.spark(), loaded.s3());
        sparkVersion = spark.version();
        try {
            if (writes) {
                try (Wiring.Lease lease = context.wiring().lease(loaded, store, id, command)) {
                    TableStore tables =
                            context.wiring().tables(spark, Places.absolute(loaded.warehouse()), lease::check);
                    runAndRecord(loaded, spark, tables, store, lease::check);
                }
            } else {
                TableStore tables =
                        context.wiring().tables(spark, Places.absolute(loaded.warehouse()), Execution::forbidCommit);
                runStages(loaded, spark, tables, store, Execution::forbidCommit);
            }
        } finally {
            context.wiring().stop(spark);
        }
    }

    private static void forbidCommit() {
        throw new IllegalStateException("a command that changes nothing tried to commit");
    }

    private void runAndRecord(
            WinnowConfig loaded, SparkSession spark, TableStore tables, ObjectStore store, Runnable beforeCommit) {
        RunLedger ledger = new RunLedger(spark, tables);
        try {
            runStages(loaded, spark, tables, store, beforeCommit);
        } catch (Throwable failure) {
            quietly("the ledger", () -> ledger.append(attempt(Failures.of(failure))), failure);
            throw failure;
        }
        ledger.append(attempt(Outcome.DONE));
    }

    private void runStages(
            WinnowConfig loaded, SparkSession spark, TableStore tables, ObjectStore store, Runnable beforeCommit) {
        // The command that stores edges may run with a configuration that asks for them already.
        WinnowConfig known = wanted.bins() == null ? DimensionBins.lookUp(loaded, tables) : loaded;
        config = known;
        StageRunner runner = new StageRunner(context, known.pipeline(), known.semantic());
        stages = runner;
        Wiring.Run run = new Wiring.Run(known, spark, tables, store, id, beforeCommit, runDate, wanted);
        List<Stage> toRun = context.wiring().stages(command, run);
        try {
            options.days(context.clock()).forEach(day -> runner.run(spark, toRun, day));
        } catch (Throwable failure) {
            Optional<InputException> named = ExpressionFailures.named(failure, known);
            if (named.isPresent()) {
                throw named.get();
            }
            throw failure;
        }
    }

    private Attempt attempt(Outcome outcome) {
        WinnowConfig known = config;
        StageRunner runner = stages;
        return new Attempt(
                id,
                known == null ? "" : known.pipeline(),
                command,
                runDate,
                startedAt,
                Duration.between(startedAt, context.clock().instant()).toMillis() / MILLIS_PER_SECOND,
                outcome,
                Version.current(),
                sparkVersion,
                known == null ? "" : known.effective(),
                runner == null ? List.of() : runner.runs());
    }

    private void leaveTracesOfFailure(Throwable failure) {
        Outcome outcome = Failures.of(failure);
        quietly("the attempt's file", () -> putAttempt(attempt(outcome)), failure);
        quietly("the summary", () -> writeSummary(attempt(outcome)), failure);
        quietly("the metrics", () -> writeMetrics(attempt(outcome)), failure);
    }

    private void leaveTraces(Outcome outcome) {
        Attempt attempt = attempt(outcome);
        putAttempt(attempt);
        writeSummary(attempt);
        try {
            writeMetrics(attempt);
        } catch (RuntimeException e) { // the work is done: whoever repeats it for want of a graph gains nothing
            LOG.warn(
                    "event=trace_not_left of=\"the metrics\" reason=\"{}\"",
                    Failures.of(e).sentence());
        }
    }

    private void putAttempt(Attempt attempt) {
        if (!writes) {
            return;
        }
        WinnowConfig known = config;
        if (known != null) {
            attempt.put(objects(known.s3()), Places.absolute(known.warehouse()));
        } else {
            options.guessWarehouse()
                    .ifPresent(warehouse -> attempt.put(objects(warehouse.s3()), Places.absolute(warehouse.root())));
        }
    }

    private void writeSummary(Attempt attempt) {
        options.summary().ifPresent(place -> {
            S3Settings s3 = config == null ? new S3Settings("", "", false) : config.s3();
            write(s3, place, attempt.json());
        });
    }

    private void writeMetrics(Attempt attempt) {
        WinnowConfig known = config;
        if (known == null || known.metrics().namespace().isEmpty()) {
            return;
        }
        List<String> lines = EmbeddedMetrics.lines(
                known.metrics().namespace(), attempt, context.clock().instant());
        known.metricsFile(id)
                .ifPresentOrElse(
                        place -> write(known.s3(), place, String.join("\n", lines) + "\n"),
                        () -> lines.forEach(context.out()::println));
    }

    private void write(S3Settings s3, String place, String text) {
        if (Places.isUri(place)) {
            objects(s3).put(place, text);
        } else {
            write(Path.of(place).toAbsolutePath(), text);
        }
    }

    private static void write(Path file, String text) {
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What goes wrong while a failure is noted must not hide that failure. */
    private static void quietly(String what, Runnable action, Throwable failure) {
        try {
            action.run();
        } catch (Throwable second) {
            failure.addSuppressed(second);
            LOG.warn(
                    "event=trace_not_left of=\"{}\" reason=\"{}\"",
                    what,
                    Failures.of(second).sentence());
        }
    }

    private void printFound() {
        StageRunner runner = stages;
        WinnowConfig known = config;
        if (runner == null || known == null) {
            return;
        }
        List<String> found = runner.found();
        found.forEach(context.out()::println);
        if (writes && !found.isEmpty()) {
            context.out().println("tables: " + Places.absolute(known.warehouse()));
        }
    }
}
