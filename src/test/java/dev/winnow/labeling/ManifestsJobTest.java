package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.runtime.Rounds;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.PlantedRows;
import dev.winnow.testing.SelectionRows;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestsJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final String PREFIX = "/rounds/p/rounds/2026-10-01.1/";
    private static final WinnowConfig CONFIG =
            Configs.of("labeling.max-lines = 2, use-cases.dock { labels = [bag, knife] }");

    /** A selection of pipeline p, round 2026-10-01.1. */
    private static Row selection(String signal, int rank, String useCase, String image, @Nullable String segment) {
        boolean audit = signal.equals("AUDIT");
        Map<String, Object> values = new TreeMap<>(Map.of(
                "run_date",
                LocalDate.parse("2026-10-01"),
                "round_id",
                "2026-10-01.1",
                "use_case",
                useCase,
                "signal",
                signal,
                "inference_id",
                "inference-" + rank,
                "image_uri",
                image,
                "predicted_label",
                "secret-class",
                "confidence",
                0.123456789,
                "job_group",
                rank % 2 == 0 ? "region=west" : "region=east"));
        values.put("segment", segment);
        values.putAll(audit ? Map.of("design", "UNIFORM", "inclusion_probability", 0.1) : Map.of("score", 0.75));
        return SelectionRows.of("item-" + image.hashCode(), rank, values);
    }

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();

    private ManifestsJob job(FakeTables stored, dev.winnow.ports.ObjectStore store) {
        return job(CONFIG, stored, store);
    }

    private static ManifestsJob job(WinnowConfig config, FakeTables stored, dev.winnow.ports.ObjectStore store) {
        return job(config, stored, store, () -> {});
    }

    private static ManifestsJob job(
            WinnowConfig config, FakeTables stored, dev.winnow.ports.ObjectStore store, Runnable beforeCommit) {
        List<LabelingTarget> targets =
                List.of(new GroundTruthTarget(config.labeling().groundTruth()), new LabelStudioTarget());
        Rounds rounds = new Rounds(store, config.labeling().path(), "p");
        return new ManifestsJob(config, stored, store, rounds, targets, 1, beforeCommit);
    }

    private void select(Row... rows) {
        tables.replace(
                Selections.TABLE,
                tables.frame(Selections.TABLE, List.of(rows)),
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
    void aRoundThatALaterOneOvertookIsNotPublished() {
        selectFive();
        objects.put("/rounds/p/rounds/2026-10-02.1/round.json", "{}");
        assertThatThrownBy(() -> job(tables, objects).run(DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("round 2026-10-02.1 is sealed already, and rounds go forward only");
        assertThat(files()).hasSize(1);
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
            file.path("hashes").properties().forEach(hash -> {
                listed.add(PREFIX + hash.getKey());
                assertThat(hash.getValue().asText()).isEqualTo(Digest.ofText(text(PREFIX + hash.getKey())));
            });
            assertThat(listed)
                    .contains(manifest, labels, PREFIX + file.path("template").asText());
            assertThat(file.has("request")).isFalse();
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

    /** Three shards of three puts each and the seal make ten writes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
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
        ManifestsJob lost = job(CONFIG, tables, objects, () -> {
            throw new IllegalStateException("the lease is lost");
        });
        assertThatThrownBy(() -> lost.run(DAY)).hasMessage("the lease is lost");
        assertThat(files()).isEmpty();
    }

    @Test
    void jobsAreSplitByTheRegionThatTheSelectionNames() {
        selectFive();
        JsonNode jobs = sealed("inputs.cameras { path = \"/c\", dimensions.region = region }, labeling.tasks.dock {"
                + " split-by = region, split-first = [west] }");
        assertThat(jobs.findValuesAsText("use-case")).containsExactly("dock", "dock", "gate");
        assertThat(text(PREFIX + jobs.path(0).path("manifest").asText()))
                .contains("\"rank\":2")
                .doesNotContain("\"rank\":1");
        assertThat(text(PREFIX + jobs.path(1).path("manifest").asText()))
                .contains("\"rank\":1")
                .doesNotContain("\"rank\":2");
    }

    @Test
    void withoutConfiguredLabelsTheClassesSeenAreOffered() {
        selectFive();
        job(tables, objects).run(DAY);
        assertThat(files())
                .anySatisfy((uri, text) -> assertThat(text).contains("secret-class"))
                .anySatisfy((uri, text) -> assertThat(text).contains("{\"label\":\"bag\"},{\"label\":\"knife\"}"));
    }

    /** Publishes the round and returns what its seal says of each job. */
    private JsonNode sealed(String hocon) {
        assertThat(job(Configs.of(hocon), tables, objects).run(DAY).rowsOut()).isPositive();
        return json(text(PREFIX + "round.json")).path("files");
    }

    @Test
    void withoutAnAccountTheRoundIsPublishedAndOneSentenceNamesTheKeys() {
        selectFive();
        assertThat(job(tables, objects).run(DAY).sentences())
                .filteredOn(sentence -> sentence.startsWith("No request"))
                .containsExactly("No request for CreateLabelingJob was written: labeling.ground-truth.region,"
                        + " labeling.ground-truth.role, labeling.ground-truth.workteam, labeling.path on s3:// are not"
                        + " set");
    }

    @Test
    void aUseCaseMayHaveATargetOfItsOwn() {
        selectFive();
        JsonNode jobs = sealed(
                "labeling.tasks.gate { target = label-studio, guidelines { uri = \"https://g\"," + " version = v3 } }");
        JsonNode gate = jobs.path(1);
        assertThat(jobs.path(0).path("target").asText()).isEqualTo("ground-truth");
        assertThat(gate.path("target").asText()).isEqualTo("label-studio");
        assertThat(gate.path("task-type").asText()).isEqualTo("image-classification");
        assertThat(objects.exists(PREFIX + gate.path("request").asText())).isTrue();
        assertThat(gate.path("tasks").path(0)).isEqualTo(gate.path("manifest"));
        assertThat(gate.path("guidelines").toString()).isEqualTo("{\"uri\":\"https://g\",\"version\":\"v3\"}");
        String name = gate.path("job-name").asText();
        assertThat(jobs())
                .anySatisfy(row -> assertThat(row)
                        .contains(
                                "\"target\":\"label-studio\"",
                                "\"prefix\":\"" + PREFIX + "\"",
                                "\"files\":[\"" + name + ".label-config.xml\",\"" + name + ".project.json\",\"" + name
                                        + ".tasks-0001.json\"]",
                                "\"guidelines_version\":\"v3\""));
    }

    private static String old(String image, int left) {
        return "{\"source-ref\":\"" + image + "\",\"boxes\":{\"image_size\":[{\"width\":100,\"height\":50}],"
                + "\"annotations\":[{\"class_id\":7,\"left\":" + left + ",\"top\":1,\"width\":5,\"height\":5}]},"
                + "\"boxes-metadata\":{\"class-map\":{\"7\":\"lorry\"}}}\n";
    }

    @Test
    void oldBoxesGoToTheCheckAndWhatIsBlindOrHasNoneIsDrawnAfresh() {
        select(
                selection("AUDIT", 1, "dock", "s3://bucket/a.jpg", null),
                selection("BOUNDARY", 1, "dock", "s3://bucket/b.jpg", null),
                selection("BOUNDARY", 2, "dock", "s3://bucket/c.jpg", null),
                selection("BOUNDARY", 3, "dock", "s3://bucket/d.jpg", null));
        objects.put(
                "/old/2026-10-01.jsonl",
                old("s3://bucket/a.jpg", 1)
                        + old("s3://bucket/b.jpg", 2)
                        + old("s3://bucket/d.jpg", 96) // beyond the edge of the image
                        + old("s3://bucket/z.jpg", 3));
        JsonNode jobs = sealed("use-cases.dock.labels = [bag], labeling.tasks.dock { type = box-adjustment,"
                + " old-labels { path = \"/old/{date}.jsonl\", attribute = boxes } }");
        assertThat(jobs.findValuesAsText("task-type"))
                .containsExactly("bounding-box", "bounding-box", "box-adjustment");
        assertThat(jobs.findValuesAsText("lines")).containsExactly("1", "2", "1");
        String blind = text(PREFIX + jobs.path(0).path("manifest").asText());
        String fresh = text(PREFIX + jobs.path(1).path("manifest").asText());
        String checked = text(PREFIX + jobs.path(2).path("manifest").asText());
        assertThat(blind).contains("s3://bucket/a.jpg").doesNotContain("annotations");
        assertThat(fresh).contains("s3://bucket/c.jpg", "s3://bucket/d.jpg").doesNotContain("annotations");
        assertThat(GroundTruthInput.validated(checked)
                        .get(0)
                        .at("/boxes/annotations/0/left")
                        .asInt())
                .isEqualTo(2);
        assertThat(GroundTruthInput.categories(
                        text(PREFIX + jobs.path(2).path("label-categories").asText())))
                .containsExactly("bag", "lorry");
    }

    @Test
    void oldLabelsThatAreNotThereAreNamed() {
        selectFive();
        assertThatThrownBy(() -> sealed("use-cases.dock.labels = [bag], labeling.tasks.dock { type = box-verification,"
                        + " old-labels { path = \"/old/{date}.jsonl\", attribute = boxes } }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("old-labels.path: nothing is at /old/2026-10-01.jsonl");
        assertThat(files()).isEmpty();
    }

    @Test
    void aClassIsCheckedWhereThereIsOneThatPeopleMaySee() {
        selectFive();
        select(
                selection("AUDIT", 1, "dock", "s3://bucket/a.jpg", null),
                selection("BOUNDARY", 1, "dock", "s3://bucket/b.jpg", null));
        JsonNode jobs = sealed("labeling.tasks.default.type = class-verification");
        assertThat(jobs.findValuesAsText("task-type")).containsExactly("image-classification", "class-verification");
        assertThat(text(PREFIX + jobs.path(0).path("manifest").asText())).doesNotContain("secret-class");
        assertThat(text(PREFIX + jobs.path(1).path("manifest").asText()))
                .contains("\"predicted-class\":\"secret-class\"");
    }

    @Test
    void plantedItemsLieAmongTheOthersAndTheirLinesDoNotTell() {
        selectFive();
        PlantedRows.store(
                tables,
                PlantedRows.gold("2026-10-01.1", "aa", "known", "van"),
                PlantedRows.repeat("2026-10-01.1", "bb", "again"),
                PlantedRows.repeat("2026-09-30.1", "cc", "of another round"));
        for (String target : List.of("ground-truth", "label-studio")) {
            objects.list("/rounds").forEach(objects::delete);
            JsonNode jobs = sealed("labeling.target = " + target);
            JsonNode dock = jobs.path(0);
            assertThat(dock.path("use-case").asText()).isEqualTo("dock");
            assertThat(dock.path("lines").asInt()).isEqualTo(6);
            assertThat(dock.path("signals").toString())
                    .isEqualTo("{\"BOUNDARY\":3,\"GOLD\":1,\"LOW_CONFIDENCE\":1,\"REPEAT\":1}");
            String manifest = text(PREFIX + dock.path("manifest").asText());
            assertThat(manifest)
                    .contains("s3://bucket/known.jpg", "\"item-id\":\"aa\"", "s3://bucket/again.jpg")
                    .doesNotContain("GOLD", "REPEAT", "van", "\"old\"", "of another round");
            List<JsonNode> lines = new ArrayList<>();
            if (target.equals("ground-truth")) {
                manifest.lines().forEach(line -> lines.add(json(line)));
            } else {
                json(manifest).forEach(lines::add);
            }
            assertThat(lines.stream().map(ManifestsJobTest::keys).distinct()).hasSize(1);
            assertThat(text(PREFIX + dock.path("label-categories").asText()))
                    .as("the known answer can be given")
                    .contains("van");
        }
    }

    private static List<String> keys(JsonNode line) {
        List<String> keys = new ArrayList<>();
        line.fields().forEachRemaining(field -> {
            keys.add(field.getKey());
            if (field.getValue().isObject()) {
                keys.addAll(keys(field.getValue()));
            }
        });
        return keys;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ground-truth", "label-studio"})
    void aClassThatCanNotBeOfferedStopsNobodysJobs(String target) {
        String hostile = "x".repeat(300);
        select(
                selection("BOUNDARY", 1, "dock", "s3://bucket/a.jpg", null),
                named(selection("BOUNDARY", 2, "dock", "s3://bucket/b.jpg", null), hostile),
                selection("BOUNDARY", 1, "gate", "s3://bucket/c.jpg", null));
        for (String type : List.of("image-classification", "class-verification")) {
            objects.list("/rounds").forEach(objects::delete);
            WinnowConfig config = Configs.of("labeling { target = " + target + ", tasks.default.type = " + type + " }");
            assertThat(job(config, tables, objects).run(DAY))
                    .satisfies(report -> assertThat(report.rowsOut()).isEqualTo(3))
                    .satisfies(report -> assertThat(report.sentences())
                            .anyMatch(sentence -> sentence.startsWith("dock: 1 classes whose names can't be offered in "
                                    + target + " are left out, such as \"" + "x".repeat(60) + "...\"")));
            assertThat(json(text(PREFIX + "round.json")).path("files").findValuesAsText("use-case"))
                    .contains("dock", "gate");
            assertThat(files().values()).noneMatch(text -> text.contains(hostile));
        }
    }

    /** The same selection with another predicted class. */
    private static Row named(Row selection, String label) {
        Object[] values = new Object[selection.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = "secret-class".equals(selection.get(i)) ? label : selection.get(i);
        }
        return RowFactory.create(values);
    }

    @Test
    void whatOneTargetRefusesStopsTheRoundBeforeAnythingIsPut() {
        selectFive();
        assertThatThrownBy(() -> sealed("use-cases.gate.labels = [one]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.gate.labels: 1 categories, image-classification takes 2 or more");
        assertThat(files()).isEmpty();
    }

    @Test
    void aRoundThatAnOlderVersionSealedIsReadAsItWas() {
        objects.put(
                PREFIX + "round.json",
                "{\"files\":[{\"job-name\":\"j\",\"use-case\":\"dock\",\"manifest\":\"j.manifest.jsonl\",\"lines\":2,"
                        + "\"sha256\":\"ab\"}]}");
        job(tables, objects).run(DAY);
        assertThat(jobs())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .contains("\"target\":\"ground-truth\"", "\"task_type\":\"image-classification\"")
                        .doesNotContain("prefix", "\"files\""));
    }
}
