package dev.winnow.runtime;

import dev.winnow.ports.Stage;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Shows that a run lives: one updating line per stage on a terminal, log lines now and then elsewhere. */
public final class Progress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final long TERMINAL_MILLIS = 500;
    private static final long LOG_MILLIS = TimeUnit.SECONDS.toMillis(30);
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream err;
    private final boolean terminal;
    private final StageMetrics metrics;
    private final LongSupplier nanos;
    private final ScheduledExecutorService ticker;
    private @Nullable Running running;

    private record Running(
            String stage, long startNanos, @Nullable Map<String, String> logContext) {}

    /** Starts the ticker; nothing is shown before the first stage. */
    public Progress(PrintStream err, boolean terminal, StageMetrics metrics) {
        this(err, terminal, metrics, System::nanoTime, terminal ? TERMINAL_MILLIS : LOG_MILLIS);
    }

    Progress(PrintStream err, boolean terminal, StageMetrics metrics, LongSupplier nanos, long tickMillis) {
        this.err = err;
        this.terminal = terminal;
        this.metrics = metrics;
        this.nanos = nanos;
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "winnow-progress");
            thread.setDaemon(true);
            return thread;
        });
        var unused = ticker.scheduleAtFixedRate(this::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
    }

    /** Returns whether somebody watches: a console is attached, or {@code WINNOW_PROGRESS=1} says so. */
    @SuppressWarnings("SystemConsoleNull") // true of the Java versions Spark runs on
    public static boolean watched(Map<String, String> environment) {
        return System.console() != null || "1".equals(environment.get("WINNOW_PROGRESS"));
    }

    /** A stage begins. */
    public synchronized void begin(String stage) {
        running = new Running(stage, nanos.getAsLong(), MDC.getCopyOfContextMap());
        log("stage={} event=begin", stage);
        tick();
    }

    /** The stage that runs has ended well; its line stays. */
    public synchronized void end(Stage.Report report) {
        Running stage = running;
        if (stage == null) {
            return;
        }
        running = null;
        if (terminal) {
            err.printf(
                    Locale.ROOT,
                    "%s%-11s %,d rows in, %,d rows out%s, %s%n",
                    ERASE_LINE,
                    stage.stage,
                    report.rowsIn(),
                    report.rowsOut(),
                    report.rejected() == 0 ? "" : String.format(Locale.ROOT, ", %,d rejected", report.rejected()),
                    seconds(stage));
            err.flush();
        }
        log(
                "stage={} event=end rows_in={} rows_out={} rejected={} passes={} seconds={}",
                stage.stage,
                report.rowsIn(),
                report.rowsOut(),
                report.rejected(),
                report.passes(),
                elapsed(stage));
        report.sentences().forEach(sentence -> log("stage={} found=\"{}\"", stage.stage, sentence));
    }

    /** The stage that runs has failed; the reason is told elsewhere. */
    public synchronized void fail() {
        Running stage = running;
        if (stage == null) {
            return;
        }
        running = null;
        if (terminal) {
            err.printf(Locale.ROOT, "%s%-11s failed, %s%n", ERASE_LINE, stage.stage, seconds(stage));
            err.flush();
        }
        log("stage={} event=fail seconds={}", stage.stage, elapsed(stage));
    }

    /** Shows where the stage is; does nothing between stages. */
    synchronized void tick() {
        Running stage = running;
        if (stage == null) {
            return;
        }
        StageMetrics.Counts counts = metrics.current();
        if (terminal) {
            err.printf(
                    Locale.ROOT,
                    "%s%-11s %,d/%,d tasks, %,d rows read, %s",
                    ERASE_LINE,
                    stage.stage,
                    counts.tasksDone(),
                    counts.tasks(),
                    counts.recordsRead(),
                    seconds(stage));
            err.flush();
        } else if (elapsed(stage) > 0) {
            MDC.setContextMap(stage.logContext == null ? Map.of() : stage.logContext);
            log(
                    "stage={} event=running tasks_done={} tasks={} rows_read={} seconds={}",
                    stage.stage,
                    counts.tasksDone(),
                    counts.tasks(),
                    counts.recordsRead(),
                    elapsed(stage));
        }
    }

    /** Stops the ticker. */
    @Override
    public void close() {
        ticker.shutdownNow();
    }

    /** A terminal already shows it: there, lines go to the log file only, which takes debug lines too. */
    private void log(String format, @Nullable Object... values) {
        String line = format + ids();
        if (terminal) {
            LOG.debug(line, values);
        } else {
            LOG.info(line, values);
        }
    }

    /** Whose line it is stands in the line: a cluster's own layout of logs knows nothing of it. */
    private static String ids() {
        StringBuilder ids = new StringBuilder();
        for (String id : List.of(RunLedger.ATTEMPT_ID, RunLedger.RUN_ID)) {
            String value = MDC.get(id);
            ids.append(value == null ? "" : " " + id + "=" + value);
        }
        return ids.toString();
    }

    private long elapsed(Running stage) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - stage.startNanos);
    }

    private String seconds(Running stage) {
        return elapsed(stage) + " s";
    }
}
