package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A published log mapped by configuration alone; its authors' own accuracies come out. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistortionTest {
    private static final Path DATA = Path.of("../shared/data/distortion_contrast");
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");

    @TempDir
    static Path folder;

    private Pipeline pipeline;
    private JsonNode reference;
    private Map<String, Row> findings;

    @BeforeAll
    void curate() throws IOException {
        Assumptions.assumeTrue(
                Files.exists(DATA),
                () -> "the published data set " + DATA.toAbsolutePath().normalize() + " is not available");
        String data = DATA.toAbsolutePath().normalize() + "/predictions.csv.gz";
        pipeline = Pipeline.of(
                folder, """
                include required(file("%s"))
                warehouse = "$root/warehouse"
                labeling.path = "$root/labeling"
                inputs.inferences.path = "%s"
                """.formatted(Path.of("conf/examples/distortion.conf").toAbsolutePath(), data));
        reference = new ObjectMapper().readTree(DATA.resolve("reference.json").toFile());
        pipeline.curate(DAY);
        findings = new TreeMap<>();
        pipeline.rows("segment_findings").collectAsList().forEach(row -> findings.put(row.getAs("segment"), row));
    }

    private Row finding(String segment) {
        return Objects.requireNonNull(findings.get(segment), segment);
    }

    private static double number(Row row, String column) {
        return ((Number) row.getAs(column)).doubleValue();
    }

    private void assertRates(String segment, JsonNode expected) {
        Row row = finding(segment);
        assertThat(number(row, "alarms"))
                .as(segment)
                .isEqualTo(expected.path("n").asDouble());
        assertThat(number(row, "judged"))
                .as(segment)
                .isEqualTo(expected.path("n").asDouble());
        assertThat(number(row, "false_positives"))
                .as(segment)
                .isEqualTo(expected.path("wrong").asDouble());
        assertThat(number(row, "fdr_wilson_low"))
                .as(segment)
                .isCloseTo(expected.path("wilson95").path(0).asDouble(), within(5.1e-9));
        assertThat(number(row, "fdr_wilson_high"))
                .as(segment)
                .isCloseTo(expected.path("wilson95").path(1).asDouble(), within(5.1e-9));
    }

    @Test
    void everyModelUnderEveryConditionHasThePublishedAccuracy() throws IOException {
        List<String> lines = Files.readAllLines(DATA.resolve("published_accuracy.csv"));
        assertThat(lines).hasSize(31);
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = Arrays.asList(line.split(",", -1));
            String segment = "condition=" + fields.get(1) + " AND model_version=" + fields.get(2);
            assertThat(1 - number(finding(segment), "fdr"))
                    .as(segment)
                    .isCloseTo(Double.parseDouble(fields.get(3)), within(1e-12));
        }
    }

    @Test
    void countsAndWilsonBoundsEqualTheReference() {
        assertRates("(all)", reference.path("overall"));
        assertThat(number(finding("(all)"), "false_positives")).isEqualTo(12_301);
        assertThat(number(finding("(all)"), "alarms")).isEqualTo(53_760);
        reference
                .path("by_model")
                .forEach(r -> assertRates("model_version=" + r.path("model").asText(), r));
        reference
                .path("by_experiment")
                .forEach(r -> assertRates("experiment=" + r.path("experiment").asText(), r));
        assertThat(reference.path("by_experiment_condition_model")).hasSize(30);
        reference
                .path("by_experiment_condition_model")
                .forEach(r -> assertRates(
                        "condition=" + r.path("condition").asText() + " AND model_version="
                                + r.path("model").asText(),
                        r));
    }

    @Test
    void theErrorsOfEveryClassEqualTheReference() {
        assertThat(reference.path("per_label_all_rows")).hasSize(16);
        for (JsonNode label : reference.path("per_label_all_rows")) {
            Row row = finding("label=" + label.path("label").asText());
            assertThat(number(row, "alarms"))
                    .isEqualTo(label.path("predicted_count").asDouble());
            assertThat(number(row, "false_positives"))
                    .isEqualTo(label.path("false_positives").asDouble());
            assertThat(number(row, "fdr"))
                    .isCloseTo(label.path("false_discovery").asDouble(), within(5.1e-9));
        }
    }

    @Test
    void everyRowBelowTheConfidenceLimitIsACandidate() {
        assertThat(pipeline.rows("candidates")
                        .filter("signal = 'LOW_CONFIDENCE'")
                        .count())
                .isEqualTo(reference.path("rows_below_confidence").path("0.6").asLong());
        for (String limit : List.of("0.3", "0.5")) {
            assertThat(pipeline.rows("candidates")
                            .filter("signal = 'LOW_CONFIDENCE' and confidence < " + limit)
                            .count())
                    .isEqualTo(
                            reference.path("rows_below_confidence").path(limit).asLong());
        }
    }

    @Test
    void theManifestsHoldTheBudget() {
        long lines = pipeline.published().entrySet().stream()
                .filter(file -> file.getKey().endsWith(".manifest.jsonl"))
                .mapToLong(file -> file.getValue().lines().count())
                .sum();

        assertThat(lines).isEqualTo(1_500);
        assertThat(pipeline.published().keySet()).anyMatch(name -> name.endsWith("round.json"));
    }
}
