package dev.winnow.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.ports.Stage;
import java.time.Instant;
import java.util.List;

/**
 * What stages did, as lines of CloudWatch's embedded metric format: each is one JSON object, of which CloudWatch Logs makes
 * metrics by pipeline and stage. Counts of rows are left out where a stage failed, those of a model where none was asked.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     the format</a>
 */
public final class EmbeddedMetrics {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EmbeddedMetrics() {}

    /**
     * Returns a line for each stage of an attempt; one in the name of its command where it failed before the first.
     *
     * @param namespace namespace of the metrics
     * @param at when the attempt ended; the time of every metric
     */
    public static List<String> lines(String namespace, Attempt attempt, Instant at) {
        boolean early = attempt.stages().isEmpty() && attempt.outcome().exitCode() != 0;
        List<StageRun> runs = early
                ? List.of(new StageRun(
                        attempt.command(),
                        attempt.runDate(),
                        null,
                        null,
                        Stage.Paid.NOTHING,
                        attempt.seconds(),
                        StageMetrics.Counts.ZERO))
                : attempt.stages();
        return runs.stream()
                .map(run -> line(namespace, attempt, run, at).toString())
                .toList();
    }

    private static ObjectNode line(String namespace, Attempt attempt, StageRun run, Instant at) {
        ObjectNode line = JSON.createObjectNode();
        ObjectNode aws = line.putObject("_aws").put("Timestamp", at.toEpochMilli());
        ObjectNode directive = aws.putArray("CloudWatchMetrics").addObject().put("Namespace", namespace);
        directive.putArray("Dimensions").addArray().add(RunLedger.PIPELINE).add(RunLedger.STAGE);
        ArrayNode metrics = directive.putArray("Metrics");
        line.put(RunLedger.PIPELINE, attempt.pipeline()).put(RunLedger.STAGE, run.stage());
        line.put(RunLedger.ATTEMPT_ID, attempt.id())
                .put(RunLedger.RUN_DATE, run.day().toString());
        Stage.Report report = run.report();
        metric(line, metrics, "Failures", "Count", report == null ? 1 : 0);
        metric(line, metrics, "Duration", "Seconds", run.seconds());
        metric(line, metrics, "BytesRead", "Bytes", run.metrics().bytesRead());
        metric(line, metrics, "ShuffleBytes", "Bytes", run.metrics().shuffleBytes());
        if (run.paid().calls() > 0) {
            metric(line, metrics, "ModelCalls", "Count", run.paid().calls());
            metric(line, metrics, "ModelDollars", "None", run.paid().dollars());
        }
        if (report != null) {
            metric(line, metrics, "RowsIn", "Count", report.rowsIn());
            metric(line, metrics, "RowsOut", "Count", report.rowsOut());
            metric(line, metrics, "Rejected", "Count", report.rejected());
        }
        return line;
    }

    private static void metric(ObjectNode line, ArrayNode metrics, String name, String unit, Number value) {
        metrics.addObject().put("Name", name).put("Unit", unit);
        line.set(name, JSON.valueToTree(value));
    }
}
