package dev.winnow.labeling;

import static dev.winnow.labeling.ManifestTest.selection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.runtime.Rounds;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestsJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final String PREFIX = "/rounds/p/rounds/2026-10-01.1/";
    private static final WinnowConfig CONFIG =
            Configs.of("labeling.max-lines = 2, use-cases.dock { labels = [bag, knife] }");

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();

    private ManifestsJob job(FakeTables stored, dev.winnow.ports.ObjectStore store) {
        return new ManifestsJob(
                CONFIG, stored, store, new Rounds(store, CONFIG.labeling().path(), "p"), 1, () -> {});
    }

    private void select(Row... rows) {
        List<Row> plain = new ArrayList<>();
        for (Row row : rows) {
            Object[] values = new Object[row.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i);
            }
            plain.add(RowFactory.create(values));
        }
        tables.replace(
                Selections.TABLE,
                tables.frame(Selections.TABLE, plain),
                Map.of(Selections.PIPELINE, "p", Selections.RUN_DATE, DAY));
    }

    private void selectFive() {
        select(
                selection("LOW_CONFIDENCE", 1, "dock", "s3://bucket/e.jpg", null),
                selection("BOUNDARY", 2, "dock", "s3://bucket/c.jpg", "lighting=night"),
                selection("BOUNDARY", 1, "dock", "s3://bucket/b.jpg", null),
                selection("AUDIT", 1, "gate", "s3://bucket/a.jpg", null),
                selection("BOUNDARY", 3, "dock", "s3://bucket/d.jpg", null));
    }

    private Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        objects.list("/rounds").forEach(uri -> files.put(uri, text(uri)));
        return files;
    }

    private String text(String uri) {
        return objects.get(uri).orElseThrow().text();
    }

    private List<String> jobs() {
        return tables.read(LabelingJobs.TABLE).toJSON().collectAsList().stream()
                .sorted()
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void theSealListsEveryFileWithItsCountAndHash() {
        selectFive();
        assertThat(job(tables, objects).run(DAY).rowsOut()).isEqualTo(5);
        Map<String, String> files = files();
        JsonNode seal = json(text(PREFIX + "round.json"));
        assertThat(seal.path("items").asInt()).isEqualTo(5);
        List<String> listed = new ArrayList<>(List.of(PREFIX + "round.json"));
        List<String> images = new ArrayList<>();
        for (JsonNode file : seal.path("files")) {
            String manifest = PREFIX + file.path("manifest").asText();
            String labels = PREFIX + file.path("label-categories").asText();
            listed.addAll(List.of(manifest, labels));
            List<JsonNode> lines = GroundTruthInput.validated(text(manifest));
            lines.forEach(line -> images.add(line.path("source-ref").asText()));
            assertThat(lines).hasSize(file.path("lines").asInt()).hasSizeLessThanOrEqualTo(2);
            assertThat(file.path("sha256").asText()).isEqualTo(Digest.ofText(text(manifest)));
            assertThat(file.path("label-categories-sha256").asText()).isEqualTo(Digest.ofText(text(labels)));
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(files.keySet());
        assertThat(images)
                .containsExactly(
                        "s3://bucket/b.jpg",
                        "s3://bucket/c.jpg",
                        "s3://bucket/d.jpg",
                        "s3://bucket/e.jpg",
                        "s3://bucket/a.jpg");
        assertThat(jobs()).hasSize(3);
    }

    @Test
    void aSecondCallChangesNothing() {
        selectFive();
        job(tables, objects).run(DAY);
        Map<String, String> files = files();
        List<String> jobs = jobs();
        assertThat(job(tables, objects).run(DAY).sentences().get(0))
                .isEqualTo("Round 2026-10-01.1 was sealed before and stays as it is");
        assertThat(files()).isEqualTo(files);
        assertThat(jobs()).isEqualTo(jobs);
    }

    /** Three shards of two puts each and the seal make seven writes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void aFailedPutLeavesNoSealAndARepeatedCallPublishesTheSameBytes(int failing) {
        selectFive();
        MemoryObjects whole = new MemoryObjects();
        job(tables, whole).run(DAY);

        assertThatThrownBy(
                        () -> job(tables, new FailingObjects(objects, failing)).run(DAY))
                .hasMessageContaining("write " + failing);
        assertThat(files()).hasSize(failing - 1).doesNotContainKey(PREFIX + "round.json");

        job(tables, objects).run(DAY);
        assertThat(files().keySet()).containsExactlyElementsOf(whole.list("/rounds"));
        files().forEach((uri, text) ->
                assertThat(text).isEqualTo(whole.get(uri).orElseThrow().text()));
    }

    @Test
    void aRunKilledBetweenSealAndTableIsCompletedByTheNext() {
        selectFive();
        job(tables, objects).run(DAY);
        List<String> jobs = jobs();
        FakeTables before = new FakeTables();
        before.replace(
                Selections.TABLE,
                tables.read(Selections.TABLE),
                Map.of(Selections.PIPELINE, "p", Selections.RUN_DATE, DAY));
        job(before, objects).run(DAY);
        assertThat(before.read(LabelingJobs.TABLE).toJSON().collectAsList()).containsExactlyInAnyOrderElementsOf(jobs);
    }

    @Test
    void aDayWithoutASelectionSaysWhatToRun() {
        assertThatThrownBy(() -> job(tables, objects).run(DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "there is no selection of round 2026-10-01.1: run `select --run-date 2026-10-01` first");
        assertThat(files()).isEmpty();
    }

    @Test
    void theLeaseIsCheckedBeforeEveryPut() {
        selectFive();
        Rounds rounds = new Rounds(objects, CONFIG.labeling().path(), "p");
        ManifestsJob lost = new ManifestsJob(CONFIG, tables, objects, rounds, 1, () -> {
            throw new IllegalStateException("the lease is lost");
        });
        assertThatThrownBy(() -> lost.run(DAY)).hasMessage("the lease is lost");
        assertThat(files()).isEmpty();
    }

    @Test
    void withoutConfiguredLabelsTheClassesSeenAreOffered() {
        selectFive();
        job(tables, objects).run(DAY);
        assertThat(files())
                .anySatisfy((uri, text) -> assertThat(text).contains("secret-class"))
                .anySatisfy((uri, text) -> assertThat(text).contains("{\"label\":\"bag\"},{\"label\":\"knife\"}"));
    }
}
