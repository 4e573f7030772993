package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ServiceException;
import dev.winnow.runtime.Attempt.Outcome;
import dev.winnow.tables.InputException;
import dev.winnow.testing.Configs;
import dev.winnow.testing.SparkExtension;
import io.delta.exceptions.ConcurrentAppendException;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class FailuresTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> known() {
        return Stream.of(
                Arguments.of(new ConfigException("pipeline is required"), 2, "pipeline is required"),
                Arguments.of(new UsageException("name a command"), 2, "name a command"),
                Arguments.of(new InputException("no column id"), 3, "no column id"),
                Arguments.of(ServiceException.passing("lease is held by a", null), 4, "lease is held by a"),
                Arguments.of(ServiceException.refused("quota is used up", null), 5, "quota is used up"),
                Arguments.of(new FileNotFoundException("/data/log (No such file)"), 3, "Nothing is there at /data/log"),
                Arguments.of(
                        new AccessDeniedException("s3://b/k", null, "getFileStatus: Forbidden"),
                        5,
                        "Access is denied at s3://b/k"),
                Arguments.of(
                        new IOException("read s3a://b/k: (Service: S3, Status Code: 403, Request ID: X)"),
                        5,
                        "Access is denied at s3a://b/k"),
                Arguments.of(
                        new IOException("read s3a://b/k: (Service: S3, Status Code: 503, Request ID: X)"),
                        4,
                        "A service did not answer as it should at s3a://b/k"),
                Arguments.of(new ConnectException("Connection refused"), 4, "did not answer"),
                Arguments.of(new UnknownHostException("minio.local"), 4, "minio.local"),
                Arguments.of(new SocketTimeoutException("Read timed out"), 4, "Read timed out"),
                Arguments.of(new FileSystemException("/scratch/a", null, "No space left on device"), 4, "(/scratch/a)"),
                Arguments.of(new IOException("No space left on device"), 4, "The disk is full (scratch folder /"),
                Arguments.of(new OutOfMemoryError("Java heap space"), 4, "WINNOW_HEAP"),
                Arguments.of(
                        new SparkException("Job aborted: ExecutorLostFailure (executor 3 exited caused by ...)"),
                        4,
                        "An executor was lost"),
                Arguments.of(new ConcurrentAppendException("files were added"), 4, "at the same time"),
                Arguments.of(
                        new SparkException("Job aborted due to stage failure: Lost task 0.3: java.io.IOException: "
                                + "s3://b/x.parquet is not a Parquet file. Expected magic number at tail"),
                        3,
                        "no readable Parquet file at s3://b/x.parquet"));
    }

    @ParameterizedTest
    @MethodSource("known")
    void aKnownCauseEndsWithItsCodeEvenIfItIsWrapped(Throwable cause, int exitCode, String words) {
        Outcome outcome = Failures.of(new IllegalStateException("stage failed", new RuntimeException(cause)));
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.sentence()).contains(words);
        assertThat(outcome.retryable()).isEqualTo(exitCode == 4);
    }

    @Test
    void aFullDiskUnderATableIsNamedAndNotOnlyTheScratchFolder() {
        Outcome outcome = Failures.of(new SparkException(
                "[TASK_WRITE_FAILED] Task failed while writing rows to file:/data/warehouse/exposure_daily.",
                new IOException("No space left on device")));
        assertThat(outcome.exitCode()).isEqualTo(4);
        assertThat(outcome.sentence())
                .startsWith("The disk is full (scratch folder /")
                .contains(", or file:/data/warehouse/exposure_daily): free space there");
    }

    @Test
    void everythingElseIsABug() {
        Outcome outcome = Failures.of(new IllegalStateException("Expected 1, got 2\nand more"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.sentence())
                .isEqualTo("This is a bug: please report it with the log, which has the details"
                        + " (IllegalStateException: Expected 1, got 2)");
    }

    @Test
    void aCircleOfCausesEnds() {
        Exception inner = new Exception("inner");
        Exception outer = new Exception("outer", inner);
        inner.initCause(outer);
        assertThat(Failures.of(outer).exitCode()).isEqualTo(1);
    }

    @Test
    void severalProblemsOfAConfigurationAreAllPrintedAndTheFirstIsTheSentence() {
        ConfigException failure = new ConfigException(List.of("a is required", "b must be a text"));
        assertThat(Failures.of(failure).sentence())
                .isEqualTo("the configuration has 2 problems; the first: a is required");
        assertThat(Failures.details(failure)).containsExactly("a is required", "b must be a text");
    }

    @Test
    void aMissingPathIsNamed(SparkSession spark) {
        Outcome outcome = failure(() -> spark.read().parquet(folder + "/nowhere"));
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.sentence()).contains("Nothing is there at file:" + folder + "/nowhere (");
    }

    @Test
    void aCorruptParquetFileIsNamed(SparkSession spark) throws Exception {
        Path file = Files.writeString(folder.resolve("part-1.parquet"), "this is no parquet file, not at all");
        Outcome inferred = failure(() -> spark.read().parquet(folder.toString()).collectAsList());
        Outcome declared = failure(
                () -> spark.read().schema("id LONG").parquet(folder.toString()).collectAsList());
        assertThat(inferred.exitCode()).isEqualTo(3);
        assertThat(inferred.sentence())
                .contains(
                        "no readable Parquet file at file:", file.getFileName().toString());
        assertThat(declared.exitCode()).isEqualTo(3);
        assertThat(declared.sentence())
                .contains(
                        "no readable Parquet file at file:", file.getFileName().toString());
    }

    @Test
    void aGzipFileThatIsCutShortIsInput(SparkSession spark) throws Exception {
        Path file = folder.resolve("rows.json.gz");
        byte[] whole = gzip("{\"id\": 1}\n".repeat(5000) + Math.PI);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        Outcome cut = failure(
                () -> spark.read().schema("id LONG").json(file.toString()).collectAsList());
        assertThat(cut.exitCode()).isEqualTo(3);
        assertThat(cut.sentence()).contains("damaged or cut short", "(Unexpected end of input stream)");
    }

    @Test
    void aFileThatOnlyClaimsToBeGzipIsInput(SparkSession spark) throws Exception {
        Path file = Files.writeString(folder.resolve("rows.csv.gz"), "id\n1\n");
        Outcome outcome = failure(
                () -> spark.read().schema("id LONG").csv(file.toString()).collectAsList());
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.sentence()).contains("rows.csv.gz");
    }

    @Test
    void aLineThatIsNoJsonIsInput(SparkSession spark) throws Exception {
        Path file = Files.writeString(folder.resolve("rows.json"), "{\"id\": 1}\n{oops\n");
        Outcome outcome = failure(() -> spark.read()
                .schema("id LONG")
                .option("mode", "FAILFAST")
                .json(file.toString())
                .collectAsList());
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.sentence()).startsWith("A line of a JSON or CSV file can't be parsed");
    }

    @Test
    void aLineThatIsNoCsvIsInput(SparkSession spark) throws Exception {
        Path file = Files.writeString(folder.resolve("rows.csv"), "1,a\nx,b\n");
        Outcome outcome = failure(() -> spark.read()
                .schema("id LONG, name STRING")
                .option("mode", "FAILFAST")
                .csv(file.toString())
                .collectAsList());
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.sentence()).startsWith("A line of a JSON or CSV file can't be parsed");
    }

    @Test
    void aColumnThatIsNotThereIsConfigurationAndIsNamed(SparkSession spark) {
        Outcome outcome = failure(() -> spark.range(1).selectExpr("idd + 1"));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.sentence()).contains("`idd`", "Did you mean one of the following? [`id`]");
    }

    @Test
    void anExpressionThatIsNoSqlIsConfiguration(SparkSession spark) {
        assertThat(failure(() -> spark.range(1).selectExpr("id +* 1")).exitCode())
                .isEqualTo(2);
        assertThat(failure(() -> spark.range(1).selectExpr("no_such_function(id)"))
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void aValueThatDoesNotFitIsInputAndTheAdviceIsTryCast(SparkSession spark) {
        Outcome cast = failure(
                () -> spark.range(1).selectExpr("cast(concat('x', id) AS INT)").collectAsList());
        Outcome division = failure(() -> spark.range(1).selectExpr("1 / id").collectAsList());
        assertThat(cast.exitCode()).isEqualTo(3);
        assertThat(cast.sentence()).contains("'x0'", "try_cast");
        assertThat(division.exitCode()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cast(name as int)", "coalesce(try_cast(name as int), cast(name as int))"})
    void aValueThatAMappingCantTakeNamesItsKey(String sql, SparkSession spark) {
        WinnowConfig config = Configs.of("inputs.inferences.columns.confidence = \"" + sql + "\"");
        Throwable failure = catchThrowable(() -> spark.range(2)
                .selectExpr("concat('x', id) as name")
                .selectExpr(sql + " as confidence")
                .groupBy("confidence")
                .count()
                .collectAsList());

        assertThat(ExpressionFailures.named(failure, config).map(Failures::of)).hasValueSatisfying(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(3);
            assertThat(outcome.sentence())
                    .startsWith("inputs.inferences.columns.confidence = " + sql + " fails on a value (The value")
                    .endsWith("): write try_cast(x as type) instead of cast, or another try_ function, so that such"
                            + " a value becomes null");
        });
        assertThat(ExpressionFailures.named(failure, Configs.of(""))).isEmpty();
        assertThat(ExpressionFailures.named(new InputException("x"), config)).isEmpty();
    }

    @Test
    void aDivisionByZeroIsAnsweredWithTryDivide(SparkSession spark) {
        WinnowConfig config = Configs.of("inputs.cameras.dimensions.ratio = \"1 / id\"");
        Throwable failure =
                catchThrowable(() -> spark.range(1).selectExpr("1 / id").collectAsList());

        assertThat(ExpressionFailures.named(failure, config).map(Failures::of))
                .hasValueSatisfying(outcome -> assertThat(outcome.sentence())
                        .isEqualTo("inputs.cameras.dimensions.ratio = 1 / id fails on a value (Division by zero): write"
                                + " try_divide(a, b) instead of a / b, so that such a value becomes null"));
    }

    @Test
    void aFileThatVanishesWhileBeingReadIsWorthAnotherTry(SparkSession spark) throws Exception {
        spark.range(100).repartition(2).write().parquet(folder.resolve("log").toString());
        Dataset<Row> listed = spark.read().parquet(folder.resolve("log").toString());
        try (Stream<Path> files = Files.list(folder.resolve("log"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
                Files.delete(file);
            }
        }
        Outcome outcome = failure(() -> listed.groupBy("id").count().collectAsList());

        assertThat(outcome.exitCode()).isEqualTo(4);
        assertThat(outcome.sentence())
                .startsWith("The data changed while being read at file:") // and three slashes on Spark 4
                .contains(folder + "/log/part-", "run again");
    }

    @Test
    void aFileInTheWayOfAFolderIsNotABareTrace(SparkSession spark) throws Exception {
        Path file = Files.writeString(folder.resolve("in-the-way"), "x");
        Outcome outcome = failure(
                () -> spark.range(1).write().parquet(file.resolve("table").toString()));
        assertThat(outcome.sentence()).doesNotContain("\n").hasSizeLessThan(500);
    }

    private static Outcome failure(Runnable action) {
        Throwable thrown = catchThrowable(action::run);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
