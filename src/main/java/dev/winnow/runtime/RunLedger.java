package dev.winnow.runtime;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The table {@code runs}: one row per attempt, whether it succeeded or failed. */
public final class RunLedger {
    /** Name of the pipeline. */
    public static final String PIPELINE = "pipeline";

    /** Id of one execution. */
    public static final String ATTEMPT_ID = "attempt_id";

    /** What was asked for. */
    public static final String COMMAND = "command";

    /** The day the attempt stands for. */
    public static final String RUN_DATE = "run_date";

    /** When the attempt began. */
    public static final String STARTED_AT = "started_at";

    /** Wall time. */
    public static final String SECONDS = "seconds";

    /** Exit code. */
    public static final String EXIT_CODE = "exit_code";

    /** Cause and remedy. */
    public static final String SENTENCE = "sentence";

    /** Whether trying again may help. */
    public static final String RETRYABLE = "retryable";

    /** Version of the application. */
    public static final String WINNOW_VERSION = "winnow_version";

    /** Version of Spark. */
    public static final String SPARK_VERSION = "spark_version";

    /** Effective configuration. */
    public static final String EFFECTIVE_CONFIG = "effective_config";

    /** What each stage did. */
    public static final String STAGES = "stages";

    /** Name of a stage. */
    public static final String STAGE = "stage";

    /** Id of the work of a stage. */
    public static final String RUN_ID = "run_id";

    /** Hash of a stage's input. */
    public static final String INPUT_FINGERPRINT = "input_fingerprint";

    /** Rows a stage read of its input. */
    public static final String ROWS_IN = "rows_in";

    /** Rows a stage wrote. */
    public static final String ROWS_OUT = "rows_out";

    /** Rows that broke the contract. */
    public static final String REJECTED = "rejected";

    /** Passes over the day's inferences. */
    public static final String PASSES = "passes";

    /** Bytes Spark read. */
    public static final String BYTES_READ = "bytes_read";

    /** Records Spark read. */
    public static final String RECORDS_READ = "records_read";

    /** Bytes Spark wrote for shuffles. */
    public static final String SHUFFLE_BYTES = "shuffle_bytes";

    /** Calls of a model. */
    public static final String MODEL_CALLS = "model_calls";

    /** Tokens that a model read. */
    public static final String MODEL_INPUT_TOKENS = "model_input_tokens";

    /** Tokens that a model wrote. */
    public static final String MODEL_OUTPUT_TOKENS = "model_output_tokens";

    /** What the calls of a model cost. */
    public static final String MODEL_DOLLARS = "model_dollars";

    private static final StructType STAGE_TYPE = new StructType()
            .add(STAGE, StringType, true)
            .add(RUN_DATE, DateType, true)
            .add(RUN_ID, StringType)
            .add(INPUT_FINGERPRINT, StringType)
            .add(ROWS_IN, LongType)
            .add(ROWS_OUT, LongType)
            .add(REJECTED, LongType)
            .add(PASSES, IntegerType)
            .add(SECONDS, DoubleType, true)
            .add(BYTES_READ, LongType, true)
            .add(RECORDS_READ, LongType, true)
            .add(SHUFFLE_BYTES, LongType, true);

    /** Declaration of the ledger. */
    public static final TableDef TABLE = TableDef.named("runs", "One row per attempt to run a command, failed ones too")
            .required(PIPELINE, StringType, "Name of the pipeline")
            .required(ATTEMPT_ID, StringType, "One execution; ids sort by time")
            .required(COMMAND, StringType, "What was asked for, such as curate")
            .required(RUN_DATE, DateType, "The day the attempt stands for")
            .required(STARTED_AT, TimestampType, "When the attempt began")
            .required(SECONDS, DoubleType, "Wall time until this row was written")
            .required(EXIT_CODE, IntegerType, "0 done; 1 bug; 2 usage or configuration; 3 input; 4 may pass; 5 refused")
            .required(SENTENCE, StringType, "Cause and remedy of a failure, or done")
            .required(RETRYABLE, BooleanType, "Whether the same command may succeed when tried again")
            .required(WINNOW_VERSION, StringType, "Version of the application")
            .required(SPARK_VERSION, StringType, "Version of Spark")
            .required(EFFECTIVE_CONFIG, StringType, "Effective configuration as JSON; it holds no secrets")
            .required(
                    STAGES,
                    DataTypes.createArrayType(STAGE_TYPE, false),
                    "What each stage did, in order; rows_in, rows_out, rejected, passes, run_id and input_fingerprint"
                            + " are null for a stage that failed; bytes and records are what Spark read and shuffled")
            .optional(
                    MODEL_CALLS,
                    LongType,
                    "Calls of the model on Bedrock whose answers, or failures that may have been charged, came in this attempt;"
                            + " those of a batch job count in the attempt that collected them. Null where a version wrote the"
                            + " row that did not count them, as for the columns after it")
            .optional(MODEL_INPUT_TOKENS, LongType, "Their tokens in, as far as the service counted them")
            .optional(MODEL_OUTPUT_TOKENS, LongType, "Their tokens out, as far as the service counted them")
            .optional(
                    MODEL_DOLLARS,
                    DoubleType,
                    "What they cost at the configured prices; a call whose tokens are not known counts with the most it may"
                            + " have cost")
            .check("exit_code_known", EXIT_CODE + " BETWEEN 0 AND 5")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, ATTEMPT_ID)
            .build();

    private final SparkSession spark;
    private final TableStore tables;

    /** Creates the ledger on a warehouse. */
    public RunLedger(SparkSession spark, TableStore tables) {
        this.spark = spark;
        this.tables = tables;
    }

    /** Appends the attempt's row. */
    public void append(Attempt attempt) {
        Stage.Paid paid = attempt.paid();
        Row row = RowFactory.create(
                attempt.pipeline(),
                attempt.id(),
                attempt.command(),
                attempt.runDate(),
                attempt.startedAt(),
                attempt.seconds(),
                attempt.outcome().exitCode(),
                attempt.outcome().sentence(),
                attempt.outcome().retryable(),
                attempt.winnowVersion(),
                attempt.sparkVersion(),
                attempt.effectiveConfig(),
                attempt.stages().stream().map(RunLedger::row).toArray(),
                paid.calls(),
                paid.inputTokens(),
                paid.outputTokens(),
                paid.dollars());
        tables.append(TABLE, spark.createDataFrame(List.of(row), TABLE.schema()));
    }

    private static Row row(StageRun run) {
        Stage.Report report = run.report();
        StageMetrics.Counts metrics = run.metrics();
        return RowFactory.create(
                run.stage(),
                run.day(),
                run.runId(),
                report == null ? null : report.inputFingerprint(),
                report == null ? null : report.rowsIn(),
                report == null ? null : report.rowsOut(),
                report == null ? null : report.rejected(),
                report == null ? null : report.passes(),
                run.seconds(),
                metrics.bytesRead(),
                metrics.recordsRead(),
                metrics.shuffleBytes());
    }
}
