package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What Ground Truth asks of an input manifest for images (SageMaker developer guide, input data). */
public final class GroundTruthInput {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GroundTruthInput() {}

    /** Fails unless the file is a manifest that a job can take; returns its lines. */
    public static List<JsonNode> validated(String manifest) {
        assertThat(manifest).endsWith("\n").doesNotContain("\r", "\u2028", "\u2029", "\u0085");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : manifest.substring(0, manifest.length() - 1).split("\n", -1)) {
            assertThat(line).hasSizeLessThanOrEqualTo(100_000);
            lines.add(line(line));
        }
        assertThat(lines).hasSizeBetween(1, 100_000);
        return lines;
    }

    private static JsonNode line(String text) {
        try {
            JsonNode line = JSON.readTree(text);
            assertThat(line.isObject()).as(text).isTrue();
            assertThat(line.path("source-ref").asText()).matches("(?si)s3://[a-z0-9.-]{3,63}/.*\\.(jpg|jpeg|png)");
            assertThat(line.has("source")).isFalse();
            line.fields().forEachRemaining(attribute -> {
                assertThat(attribute.getKey()).matches("[a-z0-9]+(-[a-z0-9]+)*").isNotEqualTo("source-ref-metadata");
                assertThat(attribute.getValue().toString()).hasSizeLessThanOrEqualTo(20_000);
            });
            return line;
        } catch (IOException e) {
            throw new AssertionError("Not a JSON object: " + text, e);
        }
    }
}
