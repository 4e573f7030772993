package dev.winnow.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.labeling.GroundTruthInput;
import dev.winnow.labeling.Jobs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts, video sequences and point clouds go the whole way beside images, from the log to the manifests. */
class OtherItemsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> TEXTS = List.of(
            "Was it a \"bag\"?\nSecond line\r\nthird",
            "\uD83D\uDE00 日本 \u2028 \u0085 end",
            "{{ task.input }} ${x} </script> $ \\ '",
            "a\u0000b\u001b[31m",
            "https://spam.example/win",
            "/shrug",
            "x".repeat(19_000),
            "日".repeat(3_000),
            "ok");

    /** What nobody can be asked about: nothing, which is as good as null, and the place of a text. */
    private static final List<String> NO_TEXTS = List.of("  ", "s3://bucket/texts/1.txt");

    private static final List<String> TOO_LONG = List.of("y".repeat(30_000), "日".repeat(5_000));

    @TempDir
    private static Path folder;

    private static final MemoryObjects OBJECTS = new MemoryObjects();
    private static Pipeline pipeline;
    private static List<String> sentences;

    /** A row of the log; those of a use case follow each other by a second, all of one camera. */
    private static String row(String useCase, int number, String reference) throws JsonProcessingException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("inference_id", useCase + number);
        row.put("image_uri", reference);
        row.put("captured_at", "2026-10-01T01:00:%02dZ".formatted(number));
        row.put("event_date", "2026-10-01");
        row.put("use_case", useCase);
        row.put("model_version", "m");
        row.put("site_id", "s");
        row.put("camera_id", useCase + "-camera");
        row.put("confidence", 0.3 + number / 100.0);
        row.put("light", "day");
        row.put("predicted_label", number % 2 == 0 ? "bag" : "knife");
        return JSON.writeValueAsString(row);
    }

    @BeforeAll
    static void runTheDay() throws IOException {
        List<String> rows = new ArrayList<>();
        List<String> texts = new ArrayList<>(TEXTS);
        texts.addAll(NO_TEXTS);
        texts.addAll(TOO_LONG);
        texts.add("ok"); // said twice, asked once
        for (String text : texts) {
            rows.add(row("chat", rows.size(), text));
        }
        for (int i = 0; i < 12; i++) {
            String image = "s3://bucket/" + i + ".jpg";
            String clip = "s3://bucket/clips/" + i + (i == 3 ? ".mp4" : ".json");
            String cloud = "s3://bucket/clouds/" + i + ".json";
            rows.add(row("gate", i, image));
            rows.add(row("clips", i, clip));
            rows.add(row("lidar", i, cloud));
            List.of(image, clip, cloud).forEach(uri -> OBJECTS.put(uri, "there"));
        }
        OBJECTS.delete("s3://bucket/clouds/5.json");
        List<String> feedback = new ArrayList<>();
        for (String id : List.of("chat0", "chat5", "clips2", "lidar2", "gate2")) {
            feedback.add("""
                    {"feedback_id":"f-%s","inference_id":"%s","event_date":"2026-10-01","verdict":"FALSE_POSITIVE",\
                    "reported_at":"2026-10-01T05:00:00Z"}""".formatted(id, id));
        }
        Files.write(Files.createDirectories(folder.resolve("inferences")).resolve("day.json"), rows);
        Files.write(Files.createDirectories(folder.resolve("feedback")).resolve("day.json"), feedback);
        pipeline = Pipeline.of(folder, """
                pipeline = p
                warehouse = "$root/warehouse"
                labeling { path = "s3://labels", check-images = true
                  tasks { chat.type = text-classification, clips.type = video-frames, lidar.type = point-cloud }
                  %s }
                inputs.inferences {
                  path = "$root/inferences", format = json, dimensions { light = light }
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, confidence DOUBLE, light STRING"
                  columns { captured_at = captured_at }
                }
                inputs.feedback {
                  path = "$root/feedback", format = json
                  schema = "feedback_id STRING, inference_id STRING, event_date DATE, verdict STRING, reported_at TIMESTAMP"
                }
                segments.min-judged = 1
                rejects.max-share = 0.5
                use-cases.default { budget = 20, audit-share = 0.2, max-per-camera = 100, max-site-share = 1
                  max-class-share = 1, burst-seconds = 10 }
                use-cases { clips.burst-seconds = 0, lidar.burst-seconds = 0 }
                """.formatted(Jobs.ACCOUNT), new FakeTables(), OBJECTS);
        sentences = pipeline.curate(TinyFleet.DAY);
    }

    /** The lines of a use case's manifests, each of them valid, as are the requests for their jobs. */
    private static List<JsonNode> lines(String useCase) {
        List<JsonNode> lines = new ArrayList<>();
        for (String uri : OBJECTS.list("s3://labels/p/")) {
            if (uri.endsWith(".manifest.jsonl") && uri.contains("-" + useCase + "-")) {
                List<JsonNode> job = GroundTruthInput.validated(text(uri));
                String name = uri.substring(0, uri.length() - ".manifest.jsonl".length());
                GroundTruthInput.request(text(name + ".create-labeling-job.json"), job);
                GroundTruthInput.categories(text(name + ".labels.json"));
                lines.addAll(job);
            }
        }
        return lines;
    }

    private static String text(String uri) {
        return OBJECTS.get(uri).orElseThrow(() -> new AssertionError(uri)).text();
    }

    @Test
    void everyTextThatCanBeReadIsAskedAboutAsItIsAndOnce() {
        assertThat(lines("chat"))
                .allSatisfy(line -> assertThat(line.has("source-ref")).isFalse())
                .extracting(line -> line.path("source").asText())
                .containsExactlyInAnyOrderElementsOf(TEXTS);
        assertThat(lines("chat"))
                .extracting(line -> line.path("item-id").asText())
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(sentences).anyMatch(s -> s.startsWith("chat: 9 of a budget of 20 selected "));
    }

    @Test
    void aTextThatNoLineHoldsCountsInRatesAndIsPassedOver() {
        assertThat(pipeline.rows("rejects")
                        .filter(col("reason").notEqual("image_uri_null"))
                        .isEmpty())
                .isTrue();
        assertThat(pipeline.rows("exposure_daily")
                        .filter(col("use_case").equalTo("chat"))
                        .agg(sum("shown"))
                        .first()
                        .getLong(0))
                .isEqualTo(TEXTS.size() + TOO_LONG.size() + 2); // a place and what was said twice, too
        assertThat(pipeline.rows("selection_cuts")
                        .filter(col("use_case")
                                .equalTo("chat")
                                .and(col("signal").equalTo("BOUNDARY")))
                        .agg(sum("unusable"))
                        .first()
                        .getLong(0))
                .isPositive();
    }

    @Test
    void sequencesAreReferencesOfTheirFilesAndMissingOnesAreLeftOut() {
        assertThat(lines("clips"))
                .hasSize(11)
                .extracting(line -> line.path("source-ref").asText())
                .doesNotHaveDuplicates()
                .allMatch(uri -> uri.matches("s3://bucket/clips/\\d+\\.json"));
        assertThat(lines("lidar"))
                .hasSize(11)
                .extracting(line -> line.path("source-ref").asText())
                .doesNotHaveDuplicates()
                .doesNotContain("s3://bucket/clouds/5.json")
                .allMatch(uri -> uri.matches("s3://bucket/clouds/\\d+\\.json"));
    }

    @Test
    void whatIsNoImageIsNotLookedAtAsOne() {
        assertThat(pipeline.rows("image_findings").select("use_case").distinct().collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("gate");
    }

    @Test
    void imagesOfOneCameraAndClassAreStillBursts() {
        assertThat(pipeline.rows("selection_cuts")
                        .filter(col("use_case").isin("gate", "chat"))
                        .groupBy("use_case")
                        .sum("held_by_burst")
                        .sort("use_case")
                        .collectAsList())
                .extracting(row -> row.getLong(1) > 0)
                .containsExactly(false, true);
    }
}
