package dev.winnow.candidates;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Frames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsDisagreeTest {
    private static final Map<String, Map<String, Long>> TWO = Map.of("dock", Map.of("m1", 9L, "m2", 3L));
    private static final String BOXES = "inputs.inferences.row-per = box";

    private static String row(String image, String version, @Nullable String label, double confidence) {
        return """
                {'inference_id':'%s-%s','image_uri':'%s','captured_at':'2026-10-01T01:02:03Z','event_date':'2026-10-01',\
                'use_case':'dock','model_version':'%s','site_id':'s','camera_id':'c','confidence':%s%s}""".formatted(
                image, version, image, version, confidence, label == null ? "" : ",'predicted_label':'" + label + "'");
    }

    private static Dataset<Row> found(
            WinnowConfig config, Map<String, Map<String, Long>> versions, Dataset<Row> inferences) {
        return VersionsDisagree.of(inferences, List.of(), versions, config, "salt")
                .orElseThrow();
    }

    private static List<Row> found(String hocon, String... rows) {
        return found(Configs.of(hocon), TWO, Frames.of(Inferences.TABLE, rows))
                .sort(Inferences.IMAGE_URI)
                .collectAsList();
    }

    @Test
    void anImageCountsWhereOneVersionIsSureOfAClassThatAnotherDoesNotSayAndTheSurestRowStandsForIt() {
        assertThat(found(
                        "",
                        row("agree", "m1", "bag", 0.99),
                        row("agree", "m2", "bag", 0.5),
                        row("alone", "m1", "bag", 0.99),
                        row("both", "m1", "bag", 0.85),
                        row("both", "m2", "knife", 0.95),
                        row("nothing", "m1", "bag", 0.8),
                        row("nothing", "m2", null, 0),
                        row("s3a://unsure", "m1", "bag", 0.79),
                        row("s3://unsure", "m2", "knife", 0.79),
                        row("s3a://written", "m1", "bag", 0.9),
                        row("s3://written", "m2", "knife", 0.1)))
                .extracting(
                        row -> row.getAs(Inferences.INFERENCE_ID),
                        row -> row.getAs(Candidates.SIGNAL),
                        row -> row.getAs(Candidates.VERDICT),
                        row -> row.getAs(Candidates.OTHER_VERSION),
                        row -> row.getAs(Candidates.SCORE))
                .containsExactly(
                        tuple("both-m2", "CONFIDENT_WRONG", "VERSIONS_DISAGREE", "m1", 0.475),
                        tuple("nothing-m1", "CONFIDENT_WRONG", "VERSIONS_DISAGREE", "m2", 0.4),
                        tuple("s3a://written-m1", "CONFIDENT_WRONG", "VERSIONS_DISAGREE", "m2", 0.45));
    }

    @Test
    void boxesAreComparedByTheClassesThatAVersionSaysAboveTheFloor() {
        assertThat(found(
                        BOXES,
                        row("same", "m1", "bag", 0.9),
                        row("same", "m1", "knife", 0.9),
                        row("same", "m2", "knife", 0.3),
                        row("same", "m2", "bag", 0.3),
                        row("lacks", "m1", "bag", 0.9),
                        row("lacks", "m1", "knife", 0.95),
                        row("lacks", "m2", "knife", 0.9),
                        row("lacks", "m2", "bag", 0.04)))
                .extracting(row -> row.getAs(Inferences.IMAGE_URI), row -> row.getAs(Inferences.PREDICTED_LABEL))
                .containsExactly(tuple("lacks", "bag"));
    }

    @Test
    void oneVersionOfEachUseCaseCostsNothing() {
        Dataset<Row> inferences = Frames.of(Inferences.TABLE, row("a", "m1", "bag", 0.99));
        assertThat(VersionsDisagree.of(
                        inferences,
                        List.of(),
                        Map.of("dock", Map.of("m1", 9L), "gate", Map.of("m2", 9L)),
                        Configs.of(""),
                        "salt"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "use-cases.default.versions-disagree = false, false",
        "use-cases.dock.versions-disagree = off, false",
        "use-cases.gate.versions-disagree = off, true",
        "use-cases.default.signals.confident-wrong = 0, false",
        "'use-cases.default { signals.confident-wrong = 0, signal-bounds.confident-wrong.min = 1 }', true",
        "use-cases.default.signal-bounds.confident-wrong.max = 0, false",
        "use-cases.dock.budget = 0, false"
    })
    void aUseCaseThatWantsNoneCostsNothing(String hocon, boolean looked) {
        Dataset<Row> inferences =
                Frames.of(Inferences.TABLE, row("a", "m1", "bag", 0.99), row("a", "m2", "knife", 0.99));
        assertThat(VersionsDisagree.of(inferences, List.of(), TWO, Configs.of(hocon), "salt")
                        .isPresent())
                .isEqualTo(looked);
    }

    @Test
    void theSampleIsByTheHashOfTheImageBoundedByThePoolAndTheSameForAnyOrderAndPartitions() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(row("i" + i, "m1", "bag", 0.9));
            rows.add(row("i" + i, "m2", "knife", 0.9));
        }
        Dataset<Row> once = Frames.of(Inferences.TABLE, rows.toArray(String[]::new));
        Collections.reverse(rows);
        Dataset<Row> again =
                Frames.of(Inferences.TABLE, rows.toArray(String[]::new)).repartition(3);
        // A pool of 1,000, four times: of twelve times as many rows of the smaller version one in twelve is compared.
        Map<String, Map<String, Long>> large = Map.of("dock", Map.of("m1", 90_000L, "m2", 48_000L));
        WinnowConfig config = Configs.of("use-cases.default.budget = 10");
        Dataset<Row> found = found(config, large, once);
        assertThat(found.count()).isBetween(180L, 320L);
        assertSameRows(found, found(config, large, again));
        assertThat(found(config, TWO, once).count())
                .as("few rows are all compared")
                .isEqualTo(3_000);
    }
}
