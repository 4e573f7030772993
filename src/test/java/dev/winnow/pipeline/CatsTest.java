package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.HumanChecked;
import dev.winnow.analysis.ImbalanceMap;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real photographs, a real model's answers and people's labels, read by configuration: the map counts as published. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatsTest {
    private static final Path DATA = Path.of("../shared/data/cats_photos_a");
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");

    /** The classifier's answers, each judged by the true class; people's answers are what a next model is trained on. */
    private static final String CONFIG = """
            pipeline = cats
            warehouse = "$root/warehouse"
            labeling.path = "$root/labeling"
            inputs {
              inferences {
                path = "$data/images.csv"
                format = csv
                partition-filter = none
                columns {
                  inference_id = image
                  image_uri = "concat('s3://cats/', file)"
                  captured_at = "timestamp'2026-10-01 00:00:00Z'"
                  event_date = "date'2026-10-01'"
                  use_case = "'cats'"
                  model_version = "'felix'"
                  site_id = "'web'"
                  camera_id = image
                }
              }
              feedback {
                path = "$data/images.csv"
                format = csv
                partition-filter = none
                columns {
                  feedback_id = image
                  inference_id = image
                  event_date = "date'2026-10-01'"
                  verdict = "if(predicted_label = true_label, 'CONFIRMED', 'RELABELED')"
                  corrected_label = true_label
                  reported_at = "timestamp'2026-10-01 12:00:00Z'"
                  source = "'truth'"
                }
              }
              training { path = "$data/%s.csv", format = csv, columns { %s } }
            }
            """;

    @TempDir
    static Path folder;

    private final FakeTables tables = new FakeTables();
    private JsonNode reference;

    @BeforeAll
    void read() throws IOException {
        Assumptions.assumeTrue(
                Files.exists(DATA),
                () -> "the published data set " + DATA.toAbsolutePath().normalize() + " is not available");
        reference = new ObjectMapper().readTree(DATA.resolve("reference.json").toFile());
        pipeline("truth", "label = truth").segments(DAY);
    }

    private Pipeline pipeline(String file, String columns) {
        String config = CONFIG.formatted(file, columns)
                .replace("$data", DATA.toAbsolutePath().normalize().toString());
        return Pipeline.of(folder, config, tables, new MemoryObjects());
    }

    private Map<String, Row> map(String file, String columns) {
        Pipeline pipeline = pipeline(file, columns);
        SparkSources sources = new SparkSources(SparkExtension.session());
        new ImbalanceMap(
                        pipeline.config(),
                        new TrainingSet(sources, pipeline.config()),
                        new CameraTable(sources, pipeline.config().cameras()),
                        tables)
                .write(DAY, "run", tables.frame(HumanChecked.TABLE, List.of()));
        Map<String, Row> rows = new TreeMap<>();
        tables.read(ClassImbalance.TABLE)
                .collectAsList()
                .forEach(row -> rows.put(row.getAs(ClassImbalance.LABEL), row));
        return rows;
    }

    private static Row of(Map<String, Row> rows, String label) {
        return Objects.requireNonNull(rows.get(label), label);
    }

    @Test
    void classesAndErrorsAreCountedAsTheReferenceSays() {
        Map<String, Row> rows = map("truth", "label = truth");

        assertThat(rows).hasSize(3);
        long wrong = 0;
        for (JsonNode expected : reference.path("model").path("per_label")) {
            String label = expected.path("label").asText();
            Row row = of(rows, label);
            assertThat(row.<Long>getAs(ClassImbalance.TRAINING_SAMPLES))
                    .as(label)
                    .isEqualTo(reference.path("truth_labels").path(label).asLong());
            assertThat(row.<Long>getAs(ClassImbalance.ALARMS))
                    .as(label)
                    .isEqualTo(expected.path("predicted_count").asLong());
            assertThat(row.<Long>getAs(ClassImbalance.ERRORS))
                    .as(label)
                    .isEqualTo(expected.path("false_positives").asLong());
            assertThat(row.<Long>getAs(ClassImbalance.CONFIRMED))
                    .as(label)
                    .isEqualTo(expected.path("true_positives").asLong());
            assertThat(row.<Double>getAs(ClassImbalance.ERROR_RATE))
                    .as(label)
                    .isCloseTo(expected.path("false_discovery").asDouble(), within(5.1e-9));
            wrong += row.<Long>getAs(ClassImbalance.ERRORS);
        }
        assertThat(wrong)
                .isEqualTo(reference
                        .path("model")
                        .path("error_share")
                        .path("wrong")
                        .asLong());
        // 30 photographs prove nothing of a class.
        assertThat(rows.values())
                .allSatisfy(row ->
                        assertThat(row.<String>getAs(ClassImbalance.ACTION)).isEqualTo("OK"));
    }

    @Test
    void peoplesAnswersAreCountedAsTheReferenceSays() {
        Map<String, Row> rows = map("answers", "");

        reference.path("labels").fields().forEachRemaining(label -> {
            Row row = of(rows, label.getKey());
            assertThat(row.<Long>getAs(ClassImbalance.TRAINING_SAMPLES))
                    .isEqualTo(label.getValue().asLong());
            assertThat(row.<Double>getAs(ClassImbalance.SHARE_IN_TRAINING))
                    .isCloseTo(
                            label.getValue().asDouble()
                                    / reference.path("answers").asDouble(),
                            within(1e-12));
        });
    }
}
