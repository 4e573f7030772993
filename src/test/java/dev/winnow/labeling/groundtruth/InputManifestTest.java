package dev.winnow.labeling.groundtruth;

import static dev.winnow.labeling.Jobs.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.GroundTruthInput;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingItem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputManifestTest {
    private static final WinnowConfig CONFIG = Jobs.configured("");

    private static String line(TaskType type, LabelingItem item) {
        return line(CONFIG, type, item);
    }

    private static String line(WinnowConfig config, TaskType type, LabelingItem item) {
        return InputManifest.line(item, Jobs.job(config, type, List.of(item), List.of("bag", "person")));
    }

    private static JsonNode parsed(LabelingItem item) {
        return GroundTruthInput.validated(line(TaskType.IMAGE_CLASSIFICATION, item) + "\n")
                .get(0);
    }

    @Test
    void aLineSaysWhereItCameFrom() {
        assertThat(line(TaskType.IMAGE_CLASSIFICATION, item("BOUNDARY", 3, "dock", "s3://bucket/a.jpg")))
                .isEqualTo(
                        "{\"source-ref\":\"s3://bucket/a.jpg\",\"item-id\":\"item-3\",\"run-id\":\"00000000000000aa\","
                                + "\"round-id\":\"2026-10-01.1\",\"use-case\":\"dock\",\"signal\":\"BOUNDARY\","
                                + "\"segment\":\"lighting=night\",\"score\":0.75,\"rank\":3,"
                                + "\"design\":\"PURPOSIVE\",\"inclusion-probability\":null}");
    }

    @Test
    void whoeverLabelsAnAuditLineSeesNothingOfThePrediction() {
        assertThat(line(
                        TaskType.IMAGE_CLASSIFICATION,
                        item(
                                "AUDIT",
                                1,
                                "dock",
                                "s3://bucket/a.jpg",
                                "label=secret-class AND lighting=night",
                                "secret-class")))
                .doesNotContain("secret-class", "0.123456789", "0.75")
                .contains("\"segment\":null", "\"score\":null", "\"inclusion-probability\":0.1");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskType.class,
            names = {"IMAGE_CLASSIFICATION", "MULTI_LABEL", "BOUNDING_BOX", "SEMANTIC_SEGMENTATION"})
    void noLineNamesThePredictedClassWherePeopleAreNotAskedAboutIt(TaskType type) {
        assertThat(line(type, item("BOUNDARY", 1, "dock", "s3://bucket/a.jpg", null, "secret-class")))
                .doesNotContain("secret-class", "0.123456789");
    }

    @Test
    void aLineOfTheQuestionWhetherAClassIsRightNamesTheClass() {
        assertThat(line(
                        TaskType.CLASS_VERIFICATION,
                        item("BOUNDARY", 1, "dock", "s3://bucket/a.jpg", null, "secret-class")))
                .contains("\"predicted-class\":\"secret-class\"")
                .doesNotContain("0.123456789");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskType.class,
            names = {"BOX_VERIFICATION", "BOX_ADJUSTMENT"})
    void oldBoxesStandInTheLineInTheShapeOfTheServicesOwnOutput(TaskType type) {
        WinnowConfig config = Jobs.configured("""
                tasks.default.old-labels { path = "/old", attribute = model-boxes }
                """);
        LabelingItem item = Jobs.withBoxes(item("BOUNDARY", 1, "dock", "s3://bucket/1.jpg"));
        JsonNode line =
                GroundTruthInput.validated(line(config, type, item) + "\n").get(0);
        assertThat(line.at("/model-boxes/annotations/0/left").asInt()).isEqualTo(112);
        assertThat(line.at("/model-boxes/image_size/0/width").asInt()).isEqualTo(1280);
        assertThat(line.at("/model-boxes-metadata/class-map/0").asText()).isEqualTo("person");
        assertThat(line.at("/model-boxes-metadata/type").asText()).isEqualTo("groundtruth/object-detection");
    }

    @Test
    void aTextStandsInTheLineItselfAndSequencesByReference() {
        assertThat(line(TaskType.TEXT_CLASSIFICATION, item("BOUNDARY", 1, "dock", "Was it a \"bag\"?\n")))
                .startsWith("{\"source\":\"Was it a \\\"bag\\\"?\\n\",\"item-id\"");
        assertThat(line(TaskType.VIDEO_FRAMES, item("BOUNDARY", 1, "dock", "s3://bucket/seq/7.json")))
                .startsWith("{\"source-ref\":\"s3://bucket/seq/7.json\",");
    }

    @ParameterizedTest
    @CsvSource({
        "IMAGE_CLASSIFICATION, s3://bucket/a.webp, 's3:// URI that ends in .jpg, .jpeg or .png'",
        "BOUNDING_BOX, file:///a.jpg, s3:// URI that ends in .jpg",
        "VIDEO_FRAMES, s3://bucket/a.jpg, 's3:// URI that ends in .json, a sequence file'",
        "POINT_CLOUD, s3://bucket/a.bin, 's3:// URI that ends in .json, a sequence file'",
        "TEXT_CLASSIFICATION, ' ', its text is empty",
    })
    void aReferenceThatTheTaskCanNotTakeIsRefused(TaskType type, String reference, String problem) {
        assertThatThrownBy(() -> line(type, item("BOUNDARY", 1, "dock", reference)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("labeling.tasks.dock.type = " + type.id() + " can't be asked of item item-1: ")
                .hasMessageContaining(problem);
    }

    @Test
    void guidelinesTravelWithEveryLine() {
        WinnowConfig config = Jobs.configured("tasks.default.guidelines { uri = \"https://g/7\", version = v7 }");
        assertThat(line(config, TaskType.IMAGE_CLASSIFICATION, item("BOUNDARY", 1, "dock", "s3://bucket/a.jpg")))
                .endsWith(",\"guideline-version\":\"v7\"}");
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
        LabelingItem item = item("BOUNDARY", 1, text, "s3://bucket/x" + text + ".jpg", text, "bag");
        JsonNode line = parsed(item);
        assertThat(line.path("use-case").asText()).isEqualTo(text);
        assertThat(line.path("segment").asText()).isEqualTo(text);
        assertThat(line.path("source-ref").asText()).isEqualTo("s3://bucket/x" + text + ".jpg");
        assertThat(line(TaskType.IMAGE_CLASSIFICATION, item)).matches("\\p{ASCII}+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "日", "\uD83D\uDE00"})
    void longTextsAreCutSoThatTheLineStaysWithinTheLimits(String character) {
        JsonNode line = parsed(item(
                "BOUNDARY",
                1,
                character.repeat(30_000),
                "s3://bucket/" + "\uD83D\uDE00".repeat(255) + ".jpg",
                character.repeat(30_000),
                "bag"));
        assertThat(line.path("segment").asText())
                .startsWith(character.repeat(500))
                .endsWith("...");
    }
}
