package dev.winnow.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One execution of a command, finished or failed.
 *
 * @param id time-ordered and unique
 * @param pipeline name of the pipeline; empty if the run failed before its configuration was read
 * @param command what was asked for
 * @param runDate the day it stands for
 * @param startedAt when it began
 * @param seconds wall time
 * @param outcome how it ended
 * @param winnowVersion version of the application
 * @param sparkVersion version of Spark; empty if the run failed before the session existed
 * @param effectiveConfig effective configuration as JSON; empty if it could not be read
 * @param stages what each stage did, in order; a failed stage is the last one
 */
public record Attempt(
        String id,
        String pipeline,
        String command,
        LocalDate runDate,
        Instant startedAt,
        double seconds,
        Outcome outcome,
        String winnowVersion,
        String sparkVersion,
        String effectiveConfig,
        List<StageRun> stages) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * How an attempt ended.
     *
     * @param exitCode 0 for success
     * @param sentence cause and remedy, or what was done
     * @param retryable whether the same command may succeed when tried again
     */
    public record Outcome(int exitCode, String sentence, boolean retryable) {
        /** Success. */
        public static final Outcome DONE = new Outcome(0, "done", false);
    }

    /** Returns what its stages paid a model for. */
    public Stage.Paid paid() {
        return stages.stream().map(StageRun::paid).reduce(Stage.Paid.NOTHING, Stage.Paid::plus);
    }

    /** Returns the URI of the attempt's file below the warehouse. */
    public String uri(String warehouse) {
        return warehouse.replaceAll("/+$", "") + "/_winnow/attempts/" + id + ".json";
    }

    /** Leaves the attempt's file in the warehouse: schedulers that hide exit codes read it. */
    public void put(ObjectStore objects, String warehouse) {
        objects.put(uri(warehouse), json());
    }

    /** Returns outcome and numbers as one JSON object; field names are the ledger's column names. */
    public String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(RunLedger.ATTEMPT_ID, id);
        fields.put(RunLedger.PIPELINE, pipeline);
        fields.put(RunLedger.COMMAND, command);
        fields.put(RunLedger.RUN_DATE, runDate.toString());
        fields.put(RunLedger.EXIT_CODE, outcome.exitCode());
        fields.put(RunLedger.SENTENCE, outcome.sentence());
        fields.put(RunLedger.RETRYABLE, outcome.retryable());
        fields.put(RunLedger.STARTED_AT, startedAt.toString());
        fields.put(RunLedger.SECONDS, seconds);
        fields.put(RunLedger.WINNOW_VERSION, winnowVersion);
        fields.put(RunLedger.SPARK_VERSION, sparkVersion);
        fields.put(RunLedger.STAGES, stages.stream().map(Attempt::fields).toList());
        fields.put(RunLedger.MODEL_CALLS, paid().calls());
        fields.put(RunLedger.MODEL_DOLLARS, paid().dollars());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always JSON", e);
        }
    }

    private static Map<String, Object> fields(StageRun run) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(RunLedger.STAGE, run.stage());
        fields.put(RunLedger.RUN_DATE, run.day().toString());
        if (run.runId() != null) {
            fields.put(RunLedger.RUN_ID, run.runId());
        }
        Stage.Report report = run.report();
        if (report != null) {
            fields.put(RunLedger.INPUT_FINGERPRINT, report.inputFingerprint());
            fields.put(RunLedger.ROWS_IN, report.rowsIn());
            fields.put(RunLedger.ROWS_OUT, report.rowsOut());
            fields.put(RunLedger.REJECTED, report.rejected());
            fields.put(RunLedger.PASSES, report.passes());
        }
        fields.put(RunLedger.SECONDS, run.seconds());
        fields.put(RunLedger.BYTES_READ, run.metrics().bytesRead());
        fields.put(RunLedger.RECORDS_READ, run.metrics().recordsRead());
        fields.put(RunLedger.SHUFFLE_BYTES, run.metrics().shuffleBytes());
        if (report != null) {
            fields.put("sentences", report.sentences());
        }
        return fields;
    }
}
