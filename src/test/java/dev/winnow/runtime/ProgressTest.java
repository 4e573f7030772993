package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.ports.Stage;
import dev.winnow.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ProgressTest {
    private static final Stage.Report REPORT = new Stage.Report(1200, 30, 2, 1, "", List.of("3 weak segments"));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void aTerminalGetsOneUpdatingLineAndKeepsTheResult(SparkSession spark, @TempDir Path folder) {
        String data = folder.resolve("rows").toString();
        spark.range(100).repartition(2).write().parquet(data);
        try (StageMetrics metrics = StageMetrics.listenTo(spark);
                Progress progress = progress(true, metrics)) {
            metrics.begin();
            progress.begin("segments");
            assertThat(spark.read().parquet(data).filter("id >= 0").collectAsList())
                    .hasSize(100);
            metrics.end();
            nanos.set(TimeUnit.SECONDS.toNanos(7));
            progress.tick();
            progress.end(REPORT);
            progress.tick();
        }
        String[] updates = shown().split("\r\u001b\\[K");
        assertThat(updates[1]).isEqualTo("segments    0/0 tasks, 0 rows read, 0 s");
        assertThat(updates[2]).matches("segments    (\\d)/\\1 tasks, 100 rows read, 7 s");
        assertThat(updates[3].lines()).containsExactly("segments    1,200 rows in, 30 rows out, 2 rejected, 7 s");
        assertThat(updates).hasSize(4);
    }

    @Test
    void elsewhereNothingIsDrawn(SparkSession spark) {
        try (StageMetrics metrics = StageMetrics.listenTo(spark);
                Progress progress = progress(false, metrics)) {
            progress.begin("segments");
            progress.tick();
            progress.fail();
            progress.begin("segments");
            progress.end(REPORT);
        }
        assertThat(shown()).isEmpty();
    }

    @Test
    void metricsOfAStageBeginAtZero(SparkSession spark, @TempDir Path folder) {
        String data = folder.resolve("rows").toString();
        spark.range(50).write().parquet(data);
        try (StageMetrics metrics = StageMetrics.listenTo(spark)) {
            metrics.begin();
            spark.read().parquet(data).groupBy("id").count().collectAsList();
            StageMetrics.Counts first = metrics.end();
            metrics.begin();
            StageMetrics.Counts second = metrics.end();
            assertThat(first.recordsRead()).isEqualTo(50);
            assertThat(first.bytesRead()).isPositive();
            assertThat(first.shuffleBytes()).isPositive();
            assertThat(second).isEqualTo(StageMetrics.Counts.ZERO);
        }
    }

    @Test
    void theEnvironmentCanSayThatSomebodyWatches() {
        assertThat(Progress.watched(Map.of("WINNOW_PROGRESS", "1"))).isTrue();
    }

    private Progress progress(boolean terminal, StageMetrics metrics) {
        return new Progress(err, terminal, metrics, nanos::get, TimeUnit.HOURS.toMillis(1));
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
