package dev.winnow.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.Datasets;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class GenerateJobTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    @Test
    void everyTableIsWrittenAndARerunReplacesIt(SparkSession spark, @TempDir Path out) throws IOException {
        FleetSettings settings =
                new FleetSettings(7, DAY, 3, DAY.plusDays(1), 4, 12, 200, FleetSettings.Images.ALL, null);
        GenerateJob job = new GenerateJob(settings, (from, until, n) -> spark.range(from, until, 1, n));

        job.run(out.toString());
        GenerateReport report = job.run(out.toString());

        Dataset<Row> inferences = spark.read().parquet(out + "/inferences");
        assertThat(inferences.count()).isEqualTo(report.inferences()).isEqualTo(600);
        Datasets.assertSameRows(
                GenerateFleet.inferences(spark.range(0, 600, 1, 2), settings),
                inferences.selectExpr(FleetTables.INFERENCES.toArray(String[]::new)));
        assertThat(spark.read().parquet(out + "/feedback").count())
                .isEqualTo(report.feedback())
                .isPositive();
        assertThat(spark.read().parquet(out + "/cameras").count())
                .isEqualTo(report.cameras())
                .isEqualTo(12);
        assertThat(spark.read()
                        .parquet(out + "/truth")
                        .filter("kind = 'SEGMENT'")
                        .count())
                .isEqualTo(4);
        assertThat(spark.read()
                        .parquet(out + "/training")
                        .groupBy("label")
                        .sum("samples")
                        .filter("`sum(samples)` < 1000")
                        .select("label")
                        .as(Encoders.STRING())
                        .collectAsList())
                .as("thin classes")
                .containsExactlyInAnyOrder("animal", "fire");
        assertThat(report.images()).isEqualTo(600);
        for (Row row : inferences.select("image_uri").limit(20).collectAsList()) {
            String uri = row.getString(0);
            assertThat(out.resolve(uri.substring(FleetSettings.BUCKET.length())))
                    .exists();
        }
        try (Stream<Path> files = Files.list(out.resolve("inferences/event_date=2026-05-02"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .hasSize(1);
        }
    }
}
