package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.labeling.GroundTruthInput;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.selection.Selections;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.HostileNames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A catalogue that nobody wrote with care: each of its rows ends in a valid line, in {@code rejects} or in a count. */
class HostileLogTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final int ROWS = 400;
    private static final int BUDGET = 12;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @TempDir
    private Path folder;

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final Set<String> images = new TreeSet<>();

    private void write(Random random) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            boolean plain = random.nextInt(3) > 0;
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("inference_id", i + (plain ? "" : HostileNames.of(random)));
            row.put("image_uri", image(random, i));
            row.put("captured_at", "2026-10-01T10:00:00Z");
            row.put("event_date", "2026-10-01");
            row.put("use_case", plain || random.nextInt(4) > 0 ? "dock" : HostileNames.of(random));
            row.put("model_version", plain ? "m" : HostileNames.of(random));
            row.put("site_id", plain ? "s" + i % 5 : HostileNames.of(random));
            row.put("camera_id", plain ? "c" + i % 9 : HostileNames.of(random));
            row.put("predicted_label", plain ? "bag" : random.nextInt(4) == 0 ? null : HostileNames.of(random));
            row.put("confidence", plain || random.nextInt(4) > 0 ? (10 + i % 90) / 100.0 : 7);
            row.put("light", plain ? "day" : HostileNames.of(random));
            lines.add(JSON.writeValueAsString(row));
        }
        Files.write(Files.createDirectories(folder.resolve("log")).resolve("a.json"), lines);
    }

    /** An image that people can be shown, or one of another bucket, one that is missing or empty, or no image at all. */
    private @Nullable String image(Random random, int i) {
        String name = HostileNames.of(random) + i + ".jpg";
        String uri = "s3://bucket/" + name;
        switch (random.nextInt(10)) {
            case 0 -> uri = "s3://partner/" + name;
            case 1 -> uri = "s3a://bucket/" + name; // the same bucket, as Hadoop names it
            case 2 -> uri = HostileNames.of(random);
            case 3 -> {
                return null;
            }
            case 4 -> objects.put(uri, "");
            case 5 -> uri += ".gone.jpg";
            default -> {}
        }
        String stored = uri.replace("s3a:", "s3:");
        if (stored.startsWith("s3://bucket/") && !stored.endsWith(".gone.jpg") && !objects.exists(stored)) {
            objects.put(stored, "image");
            images.add(stored);
        }
        return uri;
    }

    private Pipeline pipeline() {
        return Pipeline.of(folder, """
                pipeline = hostile
                warehouse = "$root/warehouse"
                labeling { path = "/rounds" }
                rejects.max-share = 1
                inputs.inferences {
                  path = "$root/log", format = json, dimensions { lighting = light }
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, \
                confidence DOUBLE, light STRING"
                }
                analysis.sample.size = 0
                use-cases.default { budget = %d, max-per-burst = 100, max-per-camera = 100, max-site-share = 1 }
                """.formatted(BUDGET), tables, objects);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void eachRowOfAHostileCatalogueEndsInAValidLineInRejectsOrInACount(long seed) throws IOException {
        write(new Random(seed));
        Set<String> asked = ConcurrentHashMap.newKeySet();
        objects.watch(uri -> {
            asked.add(uri);
            if (uri.startsWith("s3://partner/")) {
                throw ServiceException.refused("S3 answered 403", null);
            }
        });
        Pipeline pipeline = pipeline();
        Stage.Report counted = pipeline.segments(DAY);
        assertThat(counted.rowsIn()).isEqualTo(ROWS);
        long kept = tables.readStored("exposure_daily")
                .selectExpr("sum(shown)")
                .first()
                .getLong(0);
        assertThat(kept + counted.rejected())
                .as("rows that are counted or rejected")
                .isEqualTo(ROWS);
        pipeline.candidates(DAY);
        List<String> sentences = pipeline.select(DAY).sentences();
        pipeline.manifests(DAY);

        assertThat(tables.read(Selections.TABLE).filter("use_case = 'dock'").count())
                .as(sentences.toString())
                .isEqualTo(BUDGET);
        assertThat(asked)
                .as("what can't be shown was among the best")
                .anyMatch(uri -> uri.startsWith("s3://partner/"))
                .anyMatch(uri ->
                        uri.startsWith("s3://bucket/") && objects.get(uri).isEmpty())
                .anyMatch(uri ->
                        objects.get(uri).filter(found -> found.text().isEmpty()).isPresent());
        Map<String, List<JsonNode>> manifests = objects.list("/rounds/").stream()
                .filter(uri -> uri.endsWith(".manifest.jsonl"))
                .collect(Collectors.toMap(uri -> uri, uri -> GroundTruthInput.validated(text(uri))));
        List<String> lines = manifests.values().stream()
                .flatMap(List::stream)
                .map(line -> line.path("source-ref").asText())
                .toList();
        assertThat(lines)
                .hasSameSizeAs(tables.read(Selections.TABLE).collectAsList())
                .isSubsetOf(images);
        assertThat(sentences)
                .allSatisfy(
                        sentence -> assertThat(sentence).hasSizeLessThan(3_000).doesNotContain("\n", "\t", "\u2028"));
    }

    private String text(String uri) {
        return objects.get(uri).map(found -> found.text()).orElseThrow();
    }
}
