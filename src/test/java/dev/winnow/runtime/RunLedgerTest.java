package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.ports.Stage;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class RunLedgerTest {
    private static final Instant START = Instant.parse("2026-11-02T03:15:00.123Z");
    private static final StageMetrics.Counts METRICS = new StageMetrics.Counts(1000, 10, 200, 4, 4);
    private static final Attempt FAILED = new Attempt(
            "20261102T031500123Z-00000007",
            "street",
            "curate",
            LocalDate.of(2026, 11, 1),
            START,
            12.5,
            new Attempt.Outcome(3, "the log has a hole", false),
            "0.1.0",
            "3.5.8",
            "{}",
            List.of(
                    new StageRun(
                            "segments",
                            LocalDate.parse("2026-11-01"),
                            "0123456789abcdef",
                            new Stage.Report(10, 5, 1, 1, "f00d", List.of("2 weak segments")),
                            new Stage.Paid(3, 4_500, 240, 17_100),
                            3.0,
                            METRICS),
                    new StageRun(
                            "candidates",
                            LocalDate.parse("2026-11-01"),
                            null,
                            null,
                            new Stage.Paid(1, 0, 0, 400_000),
                            1.0,
                            METRICS)));

    @Test
    void anAttemptIsOneRowAndAFailedStageHasNoNumbersOfItsOwn(SparkSession spark) {
        FakeTables tables = new FakeTables();
        new RunLedger(spark, tables).append(FAILED);
        Row row = tables.read(RunLedger.TABLE).first();
        assertThat(row.<String>getAs("attempt_id")).isEqualTo("20261102T031500123Z-00000007");
        assertThat(row.<Instant>getAs("started_at")).isEqualTo(START);
        assertThat(row.<LocalDate>getAs("run_date")).isEqualTo("2026-11-01");
        assertThat(row.<Integer>getAs("exit_code")).isEqualTo(3);
        assertThat(row.<Long>getAs("model_calls")).isEqualTo(4);
        assertThat(row.<Long>getAs("model_input_tokens")).isEqualTo(4_500);
        assertThat(row.<Long>getAs("model_output_tokens")).isEqualTo(240);
        assertThat(row.<Double>getAs("model_dollars")).isEqualTo(0.4171);
        List<Row> stages = row.getList(row.fieldIndex("stages"));
        assertThat(stages.get(0).mkString("|"))
                .isEqualTo("segments|2026-11-01|0123456789abcdef|f00d|10|5|1|1|3.0|1000|10|200");
        assertThat(stages.get(1).mkString("|"))
                .isEqualTo("candidates|2026-11-01|null|null|null|null|null|null|1.0|1000|10|200");
    }

    @Test
    void theAttemptFileSaysWhatASchedulerAsks() throws Exception {
        MemoryObjects objects = new MemoryObjects();
        FAILED.put(objects, "s3://bucket/warehouse/");
        String uri = "s3://bucket/warehouse/_winnow/attempts/20261102T031500123Z-00000007.json";
        JsonNode json =
                new ObjectMapper().readTree(objects.get(uri).orElseThrow().text());
        assertThat(json.get("exit_code").asInt()).isEqualTo(3);
        assertThat(json.get("retryable").asBoolean()).isFalse();
        assertThat(json.get("sentence").asText()).isEqualTo("the log has a hole");
        assertThat(json.get("model_calls").asInt()).isEqualTo(4);
        assertThat(json.get("model_dollars").asDouble()).isEqualTo(0.4171);
        assertThat(json.at("/stages/0/run_id").asText()).isEqualTo("0123456789abcdef");
        assertThat(json.at("/stages/0/bytes_read").asLong()).isEqualTo(1000);
        assertThat(json.at("/stages/1/rows_in").isMissingNode()).isTrue();
    }

    @Test
    void attemptIdsCarryTheTimeAndARandomSuffix() {
        AttemptIds ids = new AttemptIds(Clock.fixed(START, ZoneOffset.UTC), () -> 7L << 32);
        assertThat(ids.next()).isEqualTo("20261102T031500123Z-00000007");
    }
}
