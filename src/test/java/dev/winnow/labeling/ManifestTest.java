package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.selection.Selections;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    /** A selection of pipeline p, round 2026-10-01.1. */
    static Row selection(String signal, int rank, String useCase, String image, @Nullable String segment) {
        boolean audit = signal.equals("AUDIT");
        Object[] values = {
            "p",
            Date.valueOf(LocalDate.parse("2026-10-01")),
            "2026-10-01.1",
            "00000000000000aa",
            useCase,
            signal,
            rank,
            "item-" + image.hashCode(),
            "inference-" + rank,
            image,
            java.sql.Timestamp.from(Instant.parse("2026-10-01T01:00:00Z")),
            "site",
            "camera",
            "model",
            "secret-class",
            0.123456789,
            audit ? null : 0.75,
            segment,
            new String[] {signal},
            audit ? "UNIFORM" : "PURPOSIVE",
            audit ? 0.1 : null,
            "because"
        };
        return new GenericRowWithSchema(values, Selections.TABLE.schema());
    }

    private static JsonNode parsed(Row row) {
        return GroundTruthInput.validated(Manifest.line(row) + "\n").get(0);
    }

    @Test
    void aLineSaysWhereItCameFrom() {
        assertThat(Manifest.line(selection("BOUNDARY", 3, "dock", "s3://bucket/a.jpg", "lighting=night")))
                .isEqualTo("{\"source-ref\":\"s3://bucket/a.jpg\",\"item-id\":\"item-" + "s3://bucket/a.jpg".hashCode()
                        + "\",\"run-id\":\"00000000000000aa\",\"round-id\":\"2026-10-01.1\",\"use-case\":\"dock\","
                        + "\"signal\":\"BOUNDARY\",\"segment\":\"lighting=night\",\"score\":0.75,\"rank\":3,"
                        + "\"design\":\"PURPOSIVE\",\"inclusion-probability\":null}");
    }

    @Test
    void whoeverLabelsAnAuditLineSeesNothingOfThePrediction() {
        String line = Manifest.line(
                selection("AUDIT", 1, "dock", "s3://bucket/a.jpg", "label=secret-class AND lighting=night"));
        assertThat(line)
                .doesNotContain("secret-class", "0.123456789", "0.75")
                .contains("\"segment\":null", "\"score\":null", "\"inclusion-probability\":0.1");
    }

    @Test
    void noLineNamesThePredictedClassOrItsConfidence() {
        assertThat(Manifest.line(selection("BOUNDARY", 1, "dock", "s3://bucket/a.jpg", null)))
                .doesNotContain("secret-class", "0.123456789");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quote\" and \\ backslash",
                "line\nbreak\r\n",
                "\u0000\u0001\u001f\u007f",
                "\u2028\u2029\u0085",
                "\uD83D\uDE00 日本 é",
                "</script><script>alert(1)</script>",
                "$(rm -rf) ${x} {{ task.input }}",
                "'; DROP TABLE selections; --",
                "",
            })
    void hostileTextsComeBackAsTheyWere(String text) {
        JsonNode line = parsed(selection("BOUNDARY", 1, text, "s3://bucket/" + text + ".jpg", text));
        assertThat(line.path("use-case").asText()).isEqualTo(text);
        assertThat(line.path("segment").asText()).isEqualTo(text);
        assertThat(line.path("source-ref").asText()).isEqualTo("s3://bucket/" + text + ".jpg");
        assertThat(Manifest.line(selection("FILL", 1, text, "s3://b/" + text, text)))
                .matches("\\p{ASCII}+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "日", "\uD83D\uDE00"})
    void longTextsAreCutSoThatTheLineStaysWithinTheLimits(String character) {
        JsonNode line = parsed(selection(
                "BOUNDARY",
                1,
                character.repeat(30_000),
                "s3://bucket/" + "\uD83D\uDE00".repeat(255) + ".jpg",
                character.repeat(30_000)));
        assertThat(line.path("segment").asText())
                .startsWith(character.repeat(500))
                .endsWith("...");
    }

    @Test
    void linesStandInOrderOfSignalRankAndItem() {
        List<Row> rows = new ArrayList<>();
        for (String signal : List.of("AUDIT", "BOUNDARY", "FILL")) {
            for (int rank = 1; rank <= 12; rank++) {
                rows.add(selection(signal, rank, "dock", "s3://bucket/a.jpg", null));
            }
        }
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.sort(Manifest.ORDER);
        assertThat(shuffled).isEqualTo(rows);
    }

    @Test
    void labelCategoriesAreEscapedToo() {
        assertThat(Manifest.labelCategories(List.of("bag", "a\"b")))
                .isEqualTo(
                        "{\"document-version\":\"2018-11-28\",\"labels\":[{\"label\":\"bag\"},{\"label\":\"a\\\"b\"}]}");
    }
}
