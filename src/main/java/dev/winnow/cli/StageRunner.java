package dev.winnow.cli;

import dev.winnow.ports.Stage;
import dev.winnow.runtime.Progress;
import dev.winnow.runtime.RunIds;
import dev.winnow.runtime.RunLedger;
import dev.winnow.runtime.StageMetrics;
import dev.winnow.runtime.StageRun;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.slf4j.MDC;

/** Runs stages one after another and keeps what each did; the first failure ends it. */
final class StageRunner {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Context context;
    private final String pipeline;
    private final String semantic;
    private final List<StageRun> runs = new ArrayList<>();

    /**
     * Creates a runner.
     *
     * @param semantic configuration that decides results, part of each run id
     */
    StageRunner(Context context, String pipeline, String semantic) {
        this.context = context;
        this.pipeline = pipeline;
        this.semantic = semantic;
    }

    /** Runs the stages in order. */
    void run(SparkSession spark, List<Stage> stages, LocalDate runDate) {
        try (StageMetrics metrics = StageMetrics.listenTo(spark);
                Progress progress = new Progress(context.err(), Progress.watched(context.environment()), metrics)) {
            for (Stage stage : stages) {
                run(stage, runDate, metrics, progress);
            }
        }
    }

    private void run(Stage stage, LocalDate runDate, StageMetrics metrics, Progress progress) {
        long start = System.nanoTime();
        Stage.Report report = null;
        String runId = null;
        Stage.Paid before = stage.paid();
        MDC.put(RunLedger.STAGE, stage.name());
        metrics.begin();
        progress.begin(stage.name());
        try {
            report = stage.run(runDate);
            runId = RunIds.of(pipeline, stage.name(), runDate, semantic, report.inputFingerprint());
            MDC.put(RunLedger.RUN_ID, runId);
            progress.end(report);
        } finally {
            progress.fail(); // no effect after a good end
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            Stage.Paid paid = stage.paid().since(before);
            runs.add(new StageRun(stage.name(), runDate, runId, report, paid, seconds, metrics.end()));
            MDC.remove(RunLedger.STAGE);
            MDC.remove(RunLedger.RUN_ID);
        }
    }

    /** Returns the stages so far; a failed one is the last. */
    List<StageRun> runs() {
        return List.copyOf(runs);
    }

    /** Returns what the finished stages found, one line each. */
    List<String> found() {
        List<String> lines = new ArrayList<>();
        for (StageRun run : runs) {
            Stage.Report report = run.report();
            if (report != null) {
                report.sentences().forEach(sentence -> lines.add(run.stage() + ": " + sentence));
            }
        }
        return lines;
    }
}
