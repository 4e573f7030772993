package dev.winnow.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.inputs.TrainingSet.Count;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.quality.AutoLabels;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SelectionRows;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final LocalDate ASKED = LocalDate.parse("2026-11-01");
    private static final String BOXES = "[{\"label\":\"van\",\"left\":10.5,\"top\":20.0,\"width\":40.0,\"height\":9.9,"
            + "\"votes\":2,\"viewers\":3,\"confidence\":0.55},{\"label\":\"car\",\"left\":0,\"top\":0,\"width\":5,\"height\":6}]";

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final List<Row> labels = new ArrayList<>();
    private final List<Row> selections = new ArrayList<>();

    // ---- what is there

    private void label(String item, String label) {
        label(item, "CLASSIFICATION", label, null, Labels.AGREED, 3);
    }

    private void label(
            String item, String task, @Nullable String label, @Nullable String answer, String status, int answers) {
        boolean open = !status.equals(Labels.AGREED) && !status.equals(Labels.GOLD);
        labels.add(RowFactory.create(
                "p",
                "dock",
                item,
                task,
                label,
                answer,
                0.9,
                "MAJORITY",
                status,
                open ? Labels.ONE_MORE : null,
                answers,
                null,
                null,
                new Row[0]));
    }

    private void chosen(String item, String camera) {
        select(item, "s3://b/" + item + ".jpg", camera, "BOUNDARY", null);
    }

    private void select(String item, String image, String camera, String signal, @Nullable Double probability) {
        Map<String, Object> differing =
                new TreeMap<>(Map.of("run_date", ASKED, "image_uri", image, "camera_id", camera, "signal", signal));
        if (probability != null) {
            differing.put("design", signal.equals("AUDIT") ? Selections.UNIFORM : Selections.SUBSAMPLE);
            differing.put("inclusion_probability", probability);
        }
        selections.add(SelectionRows.of(item, selections.size() + 1, differing));
    }

    private ExportJob job(String export, ObjectStore store) {
        tables.replace(Labels.TABLE, tables.frame(Labels.TABLE, labels), Map.of(Labels.PIPELINE, "p"));
        tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, selections), Map.of(Selections.PIPELINE, "p"));
        WinnowConfig config = Configs.of("export { " + export + " }");
        return new ExportJob(config, tables, store, config.exportRoot(), () -> {});
    }

    private Stage.Report run(String export) {
        return job(export, objects).run(DAY);
    }

    private Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        objects.list("/rounds/exports/p/")
                .forEach(uri -> files.put(
                        uri.substring("/rounds/exports/p/".length()),
                        objects.get(uri).orElseThrow().text()));
        return files;
    }

    /** Files by name below the only version there is. */
    private Map<String, String> onlyVersion() {
        Map<String, String> files = new TreeMap<>();
        Set<String> versions = new HashSet<>();
        files().forEach((name, text) -> {
            versions.add(name.substring(0, name.indexOf('/')));
            files.put(name.substring(name.indexOf('/') + 1), text);
        });
        assertThat(versions).hasSize(1);
        return files;
    }

    private static String text(Map<String, String> files, String name) {
        return Objects.requireNonNull(files.get(name), name);
    }

    private List<JsonNode> lines() {
        List<JsonNode> lines = new ArrayList<>();
        onlyVersion().forEach((name, text) -> {
            if (name.endsWith(".jsonl")) {
                text.lines().map(ExportJobTest::json).forEach(lines::add);
            }
        });
        return lines;
    }

    private Map<String, JsonNode> byItem() {
        Map<String, JsonNode> lines = new TreeMap<>();
        lines().forEach(line -> lines.put(line.path("item-id").asText(), line));
        return lines;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    // ---- formats

    @Test
    void aManifestHoldsEachTaskInTheShapeOfGroundTruth() {
        chosen("a", "c1");
        chosen("b", "c1");
        chosen("m", "c1");
        chosen("s", "c1");
        label("a", "van");
        label("b", "BOXES", null, BOXES, Labels.AGREED, 3);
        label("m", "MULTI_LABEL", null, "[\"rain\",\"night\"]", Labels.AGREED, 3);
        label("s", "SEGMENTATION", null, "\"s3://b/mask.png\"", Labels.AGREED, 1);
        run("label-attribute = truth, split { train = 1, validation = 0, test = 0 }");
        Map<String, String> files = onlyVersion();
        assertThat(files)
                .containsOnlyKeys(
                        "export.json",
                        "use_case=dock/boxes/train.manifest.jsonl",
                        "use_case=dock/classification/train.manifest.jsonl",
                        "use_case=dock/multi-label/train.manifest.jsonl",
                        "use_case=dock/segmentation/train.manifest.jsonl");
        String job = "p-" + json(text(files, "export.json")).path("version").asText();
        String begin =
                "\"use-case\":\"dock\",\"round-id\":\"2026-11-01.1\",\"signal\":\"BOUNDARY\",\"site-id\":\"site\","
                        + "\"camera-id\":\"c1\",\"captured-at\":\"2026-11-01T10:00:00Z\",\"model-version\":\"v1\",\"split\":\"train\","
                        + "\"weight\":null,";
        String end = "\"job-name\":\"" + job + "\",\"human-annotated\":\"yes\"}}\n";
        assertThat(files.get("use_case=dock/classification/train.manifest.jsonl"))
                .isEqualTo("{\"source-ref\":\"s3://b/a.jpg\",\"item-id\":\"a\"," + begin
                        + "\"truth\":0,\"truth-metadata\":{\"class-name\":\"van\",\"confidence\":0.9,"
                        + "\"type\":\"groundtruth/image-classification\"," + end);
        assertThat(files.get("use_case=dock/multi-label/train.manifest.jsonl"))
                .isEqualTo("{\"source-ref\":\"s3://b/m.jpg\",\"item-id\":\"m\"," + begin
                        + "\"truth\":[0,1],\"truth-metadata\":{\"class-map\":{\"0\":\"night\",\"1\":\"rain\"},"
                        + "\"type\":\"groundtruth/image-classification-multilabel\"," + end);
        assertThat(files.get("use_case=dock/boxes/train.manifest.jsonl"))
                .as("whole pixels: right and bottom are rounded, not the sizes")
                .isEqualTo("{\"source-ref\":\"s3://b/b.jpg\",\"item-id\":\"b\"," + begin
                        + "\"truth\":{\"annotations\":[{\"class_id\":1,\"left\":11,\"top\":20,\"width\":40,\"height\":10},"
                        + "{\"class_id\":0,\"left\":0,\"top\":0,\"width\":5,\"height\":6}]},"
                        + "\"truth-metadata\":{\"objects\":[{\"confidence\":0.55},{}],\"class-map\":{\"0\":\"car\",\"1\":\"van\"},"
                        + "\"type\":\"groundtruth/object-detection\"," + end);
        assertThat(files.get("use_case=dock/segmentation/train.manifest.jsonl"))
                .contains("\"truth-ref\":\"s3://b/mask.png\",\"truth-ref-metadata\":{\"type\":\"groundtruth/semantic-");
    }

    @Test
    void aTextStandsInItsLineItself() {
        chosen("a", "c1");
        label("a", "van");
        run("split { train = 1, validation = 0, test = 0 } }, labeling.tasks.dock { type = text-classification");
        assertThat(onlyVersion().get("use_case=dock/classification/train.manifest.jsonl"))
                .startsWith("{\"source\":\"s3://b/a.jpg\",")
                .contains("\"type\":\"groundtruth/text-classification\"");
    }

    @Test
    void cocoHoldsBoxesAloneAndEveryNumberResolves() {
        for (String item : List.of("a", "b", "empty")) {
            chosen(item, "c1");
        }
        chosen("class", "c1");
        label("a", "BOXES", null, BOXES, Labels.AGREED, 3);
        label("b", "BOXES", null, BOXES, Labels.AGREED, 3);
        label("empty", "BOXES", null, "[]", Labels.AGREED, 3);
        label("class", "van");
        Stage.Report report = run("format = coco, split { train = 1, validation = 0, test = 0 }");
        assertThat(report.sentences().get(report.sentences().size() - 1))
                .isEqualTo("3 of 4 labels exported; left out, by reason: {not_boxes=1}");
        JsonNode coco = json(text(onlyVersion(), "use_case=dock/boxes/train.coco.json"));
        assertThat(coco.path("categories").toString())
                .isEqualTo("[{\"id\":1,\"name\":\"car\"},{\"id\":2,\"name\":\"van\"}]");
        assertThat(coco.path("images")).hasSize(3);
        assertThat(coco.path("images").get(2).path("file_name").asText()).isEqualTo("s3://b/empty.jpg");
        assertThat(coco.path("annotations").toString())
                .isEqualTo(
                        "[{\"id\":1,\"image_id\":1,\"category_id\":2,\"bbox\":[10.5,20.0,40.0,9.9],\"area\":396.0,\"iscrowd\":0},"
                                + "{\"id\":2,\"image_id\":1,\"category_id\":1,\"bbox\":[0.0,0.0,5.0,6.0],\"area\":30.0,\"iscrowd\":0},"
                                + "{\"id\":3,\"image_id\":2,\"category_id\":2,\"bbox\":[10.5,20.0,40.0,9.9],\"area\":396.0,\"iscrowd\":0},"
                                + "{\"id\":4,\"image_id\":2,\"category_id\":1,\"bbox\":[0.0,0.0,5.0,6.0],\"area\":30.0,\"iscrowd\":0}]");
    }

    @Test
    void parquetHoldsOneRowAnItem(@TempDir Path folder) throws IOException {
        chosen("a", "c1");
        select("b", "s3://b/b.jpg", "c1", "AUDIT", 0.25);
        label("a", "van");
        label("b", "car");
        run("format = parquet, audit = true, split { train = 1, validation = 0, test = 0 }");
        for (String split : List.of("audit", "train")) {
            String uri = objects.list("/rounds/exports/p/").stream()
                    .filter(name -> name.endsWith(split + ".parquet"))
                    .findFirst()
                    .orElseThrow();
            Files.write(
                    folder.resolve(split + ".parquet"),
                    objects.read(uri, Integer.MAX_VALUE).orElseThrow());
        }
        List<Row> rows = SparkExtension.session()
                .read()
                .parquet(folder.toString())
                .selectExpr("item_id", "label", "class_id", "weight", "split", "captured_at", "answers")
                .sort("item_id")
                .collectAsList();
        Instant captured = Instant.parse("2026-11-01T10:00:00Z");
        assertThat(rows)
                .containsExactly(
                        RowFactory.create("a", "van", 1, null, "train", captured, 3),
                        RowFactory.create("b", "car", 0, 4.0, "audit", captured, 3));
    }

    @Test
    void aManifestIsATrainingSetThatWinnowReads(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 4; i++) {
            chosen("i" + i, "c" + i);
            label("i" + i, i == 0 ? "car" : "van");
        }
        run("split { train = 1, validation = 0, test = 0 }");
        Files.writeString(
                folder.resolve("train.jsonl"), onlyVersion().get("use_case=dock/classification/train.manifest.jsonl"));
        TrainingSet set =
                new TrainingSet(SparkSources.ofOneRun(SparkExtension.session()), Configs.of("""
                inputs.training { path = "%s", kind = manifest, format = json, label-attribute = label
                  schema = "`camera-id` STRING, `captured-at` TIMESTAMP, `use-case` STRING"
                  columns { camera_id = "`camera-id`", captured_at = "`captured-at`", use_case = "`use-case`" } }
                """.formatted(folder)));
        assertThat(set.counts())
                .containsExactly(
                        new Count("dock", "car", null, null, 1, 1), new Count("dock", "van", null, null, 3, 3));
    }

    // ---- what may train

    @Test
    void onlyAgreedAndKnownLabelsOfSelectedItemsAreExported() {
        for (String item : List.of("agreed", "gold", "open", "tied", "unsure")) {
            chosen(item, "c1");
        }
        label("agreed", "van");
        label("gold", "CLASSIFICATION", "van", null, Labels.GOLD, 0);
        label("open", "CLASSIFICATION", "van", null, Labels.OPEN, 1);
        label("tied", "CLASSIFICATION", null, null, Labels.TIED, 2);
        label("unsure", "can't tell");
        label("somebody else's", "van");
        Stage.Report report = run("");
        assertThat(byItem()).containsOnlyKeys("agreed", "gold");
        assertThat(report.rowsIn()).isEqualTo(6);
        assertThat(report.rowsOut()).isEqualTo(2);
        assertThat(report.sentences().get(report.sentences().size() - 1))
                .isEqualTo("2 of 6 labels exported; left out, by reason: {no_class=1, not_agreed=2, not_selected=1}");
    }

    @Test
    void theAuditNeverTrainsUnderWhateverItem() {
        select("audit", "s3://b/audited.jpg", "c1", "AUDIT", 0.01);
        select("same image", "s3://b/audited.jpg", "c1", "BOUNDARY", null);
        chosen("other", "c1");
        label("audit", "van");
        label("same image", "van");
        label("other", "van");
        run("");
        assertThat(byItem()).containsOnlyKeys("other");
    }

    @Test
    void theAuditIsWrittenToAFileOfItsOwnWhereAskedFor() {
        select("audit", "s3://b/audited.jpg", "c1", "AUDIT", 0.01);
        select("same image", "s3://b/audited.jpg", "c1", "BOUNDARY", null);
        chosen("other", "c1");
        label("audit", "van");
        label("same image", "van");
        label("other", "van");
        run("audit = true");
        assertThat(onlyVersion().get("use_case=dock/classification/audit.manifest.jsonl"))
                .contains("\"item-id\":\"audit\"")
                .contains("\"weight\":100.0")
                .doesNotContain("same image", "other");
        assertThat(byItem()).containsOnlyKeys("audit", "other");
    }

    @Test
    void aWeightIsOfADrawFromAllFramesAndNeverInvented() {
        select("audited", "s3://b/0.jpg", "c1", "AUDIT", 0.02);
        select("checked", "s3://b/1.jpg", "c1", "MODEL_CHECK", 0.5);
        chosen("chosen", "c1");
        label("audited", "van");
        label("checked", "van");
        label("chosen", "van");
        run("audit = true");
        assertThat(Objects.requireNonNull(byItem().get("audited"))
                        .path("weight")
                        .asDouble())
                .isEqualTo(50.0);
        assertThat(Objects.requireNonNull(byItem().get("checked"))
                        .path("weight")
                        .isNull())
                .isTrue();
        assertThat(Objects.requireNonNull(byItem().get("chosen")).path("weight").isNull())
                .isTrue();
    }

    @Test
    void anItemOfTheAuditStaysWithItWhoeverAskedAboutItAgain() {
        select("audit", "s3://b/audited.jpg", "c1", "AUDIT", 0.01);
        select("audit", "s3://b/audited.jpg", "c1", "MODEL_CHECK", 0.5);
        label("audit", "van");
        run("audit = true");
        assertThat(onlyVersion().get("use_case=dock/classification/audit.manifest.jsonl"))
                .contains("\"weight\":100.0");
    }

    @Test
    void setsAndBoxesThatNameNoClassToLearnAreLeftOut() {
        chosen("unsure", "c1");
        chosen("sure", "c1");
        label("unsure", "MULTI_LABEL", null, "[\"van\",\"can't tell\"]", Labels.AGREED, 2);
        label("sure", "MULTI_LABEL", null, "[\"van\"]", Labels.AGREED, 2);
        Stage.Report report = run("");
        assertThat(byItem()).containsOnlyKeys("sure");
        assertThat(report.sentences().get(report.sentences().size() - 1))
                .isEqualTo("1 of 2 labels exported; left out, by reason: {no_class=1}");
    }

    @Test
    void anImageIsExportedOnceByItsBestKnownItem() {
        select("two", "s3://b/1.jpg", "c1", "BOUNDARY", null);
        select("three", "s3://b/1.jpg", "c1", "LOW_CONFIDENCE", null);
        select("truth", "s3://b/2.jpg", "c1", "BOUNDARY", null);
        select("votes", "s3://b/2.jpg", "c1", "LOW_CONFIDENCE", null);
        label("two", "CLASSIFICATION", "van", null, Labels.AGREED, 2);
        label("three", "CLASSIFICATION", "car", null, Labels.AGREED, 3);
        label("truth", "CLASSIFICATION", "van", null, Labels.GOLD, 0);
        label("votes", "CLASSIFICATION", "car", null, Labels.AGREED, 9);
        Stage.Report report = run("");
        assertThat(byItem()).containsOnlyKeys("three", "truth");
        assertThat(report.sentences().get(report.sentences().size() - 1))
                .isEqualTo("2 of 4 labels exported; left out, by reason: {same_image=2}");
    }

    @Test
    void aCameraIsInExactlyOneSplitAndSharesAreOfCameras() {
        for (int i = 0; i < 2_000; i++) {
            chosen("i" + i, "camera-" + i % 500);
            label("i" + i, "van");
        }
        run("");
        Map<String, Set<String>> splits = new TreeMap<>();
        lines().forEach(line -> splits.computeIfAbsent(line.path("camera-id").asText(), c -> new HashSet<>())
                .add(line.path("split").asText()));
        assertThat(splits).hasSize(500);
        assertThat(splits.values()).allSatisfy(split -> assertThat(split).hasSize(1));
        long train = splits.values().stream().filter(s -> s.contains("train")).count();
        assertThat(train / 500.0).isCloseTo(0.8, within(0.06));
        assertThat(splits.values()).contains(Set.of("validation"), Set.of("test"));
    }

    // ---- versions

    @Test
    void theSameLabelsMakeTheSameVersionAndBytesInWhateverOrderAndNothingIsRewritten() {
        for (int i = 0; i < 60; i++) {
            chosen("i" + i, "c" + i % 7);
            label("i" + i, i % 3 == 0 ? "car" : "van");
        }
        run("");
        Map<String, String> first = files();
        Collections.shuffle(labels, new Random(1));
        Collections.shuffle(selections, new Random(2));
        assertThat(run("").sentences().get(1)).contains("was published before and stays as it is");
        assertThat(files()).isEqualTo(first);

        MemoryObjects elsewhere = new MemoryObjects();
        job("", elsewhere).run(DAY.plusDays(3));
        assertThat(elsewhere.list("/rounds")).isEqualTo(objects.list("/rounds"));
        elsewhere
                .list("/rounds")
                .forEach(uri -> assertThat(elsewhere.get(uri).orElseThrow().text())
                        .isEqualTo(objects.get(uri).orElseThrow().text()));
    }

    @Test
    void anotherLabelOrSettingIsAnotherVersionBesideTheFirst() {
        chosen("a", "c1");
        label("a", "van");
        run("");
        Map<String, String> first = files();
        labels.clear();
        label("a", "car");
        run("");
        run("salt = x");
        run("format = parquet");
        assertThat(files()).containsAllEntriesOf(first);
        assertThat(files().keySet())
                .filteredOn(name -> name.endsWith("export.json"))
                .hasSize(4);
    }

    @Test
    void theListNamesEveryFileWithItsCountAndHash() {
        for (int i = 0; i < 40; i++) {
            chosen("i" + i, "c" + i);
            label("i" + i, "van");
        }
        run("");
        Map<String, String> files = onlyVersion();
        JsonNode list = json(text(files, "export.json"));
        List<String> listed = new ArrayList<>(List.of("export.json"));
        int items = 0;
        for (JsonNode file : list.path("files")) {
            String text = text(files, file.path("name").asText());
            listed.add(file.path("name").asText());
            items += file.path("items").asInt();
            assertThat(text.lines()).hasSize(file.path("items").asInt());
            assertThat(file.path("sha256").asText()).isEqualTo(Digest.ofBytes(text.getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(files.keySet());
        assertThat(items).isEqualTo(40);
        assertThat(list.path("rounds").toString()).isEqualTo("{\"2026-11-01.1\":40}");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void aFailedPutLeavesNoListAndARepeatedCallPublishesTheSameBytes(int failing) {
        for (int i = 0; i < 40; i++) {
            chosen("i" + i, "c" + i);
            label("i" + i, "van");
        }
        MemoryObjects whole = new MemoryObjects();
        job("", whole).run(DAY);
        assertThatThrownBy(() -> job("", new FailingObjects(objects, failing)).run(DAY))
                .hasMessageContaining("write " + failing);
        assertThat(files()).hasSize(failing - 1);
        assertThat(files().keySet()).noneMatch(name -> name.endsWith("export.json"));
        job("", objects).run(DAY);
        assertThat(objects.list("/rounds")).hasSize(4).isEqualTo(whole.list("/rounds"));
    }

    @Test
    void theLeaseIsCheckedBeforeEveryPut() {
        chosen("a", "c1");
        label("a", "van");
        job("", objects);
        WinnowConfig config = Configs.of("");
        ExportJob lost = new ExportJob(config, tables, objects, config.exportRoot(), () -> {
            throw new IllegalStateException("the lease is lost");
        });
        assertThatThrownBy(() -> lost.run(DAY)).hasMessage("the lease is lost");
        assertThat(files()).isEmpty();
    }

    @Test
    void withoutLabelsTheNextStepIsNamedAndWithoutAgreedOnesNothingIsWritten() {
        assertThatThrownBy(() -> run(""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("run `consensus` first");
        chosen("open", "c1");
        label("open", "CLASSIFICATION", "van", null, Labels.OPEN, 1);
        assertThat(run("").sentences()).containsExactly("0 of 1 labels exported; left out, by reason: {not_agreed=1}");
        assertThat(files()).isEmpty();
    }

    @Test
    void sharesThatDoNotAddUpAndTakenNamesAreRefused() {
        assertThatThrownBy(() -> Configs.of("export.split.train = 0.9"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "export.split: train, validation and test are shares of the cameras and must add up"
                                + " to 1, not 1.1");
        assertThatThrownBy(() -> Configs.of("export.label-attribute = weight"))
                .hasMessageContaining("export.label-attribute = weight, expected a name of letters");
    }

    // ---- labels of other ways

    private void auto(String item, String image, double confidence, String status, String day) {
        tables.append(
                AutoLabels.TABLE,
                Frames.of(
                        AutoLabels.TABLE,
                        String.format(
                                Locale.ROOT,
                                "{'pipeline':'p','run_date':'%5$s','use_case':'dock','model_version':'v1','label':'van',"
                                        + "'item_id':'%1$s','inference_id':'n-%1$s','image_uri':'s3a://b/%2$s.jpg',"
                                        + "'captured_at':'2026-11-01T10:00:00Z','site_id':'site','camera_id':'c9',"
                                        + "'confidence':%3$s,'threshold':0.9,'bound':0.05,'inclusion_probability':0.25,"
                                        + "'status':%4$s}",
                                item,
                                image,
                                confidence,
                                status,
                                day)));
    }

    @Test
    void noModelIsTestedByLabelsOfItsOwn() {
        chosen("a", "c1");
        label("a", "car");
        auto("new", "new", .97, "'ISSUED'", "2026-11-02");
        run("split { train = 0, validation = 0.5, test = 0.5 }, auto-labels = true");
        assertThat(byItem()).containsOnlyKeys("a");
    }

    @Test
    void labelsMadeWithoutPeopleAreExportedWhereAskedForUnlessVoidAuditedOrGivenByPeople() {
        chosen("a", "c1");
        label("a", "car");
        select("audit", "s3://b/audited.jpg", "c2", "AUDIT", .5);
        label("audit", "car");
        auto("new", "new", .97, "'ISSUED'", "2026-11-02");
        auto("older", "older", .97, "null", "2026-11-02");
        auto("gone", "gone", .97, "'VOID'", "2026-11-02");
        auto("known", "a", .97, "'ISSUED'", "2026-11-02");
        auto("blind", "audited", .97, "'ISSUED'", "2026-11-02");
        String all = "split { train = 1, validation = 0, test = 0 }";
        run(all);
        assertThat(byItem()).containsOnlyKeys("a");
        String before = files().keySet().iterator().next().substring(0, 16);

        run(all + ", auto-labels = true");
        Map<String, JsonNode> lines = new TreeMap<>();
        files().forEach((name, text) -> {
            if (!name.startsWith(before) && name.endsWith(".jsonl")) {
                text.lines()
                        .map(ExportJobTest::json)
                        .forEach(line -> lines.put(line.path("item-id").asText(), line));
            }
        });
        assertThat(lines).containsOnlyKeys("a", "new", "older");
        JsonNode line = Objects.requireNonNull(lines.get("new"));
        assertThat(line.path("source-ref").asText()).isEqualTo("s3://b/new.jpg");
        assertThat(line.path("signal").asText()).isEqualTo("AUTO_LABEL");
        assertThat(line.path("weight").asDouble()).isEqualTo(4);
        assertThat(line.at("/label-metadata/human-annotated").asText()).isEqualTo("no");
        assertThat(line.at("/label-metadata/class-name").asText()).isEqualTo("van");
        assertThat(Objects.requireNonNull(lines.get("a"))
                        .at("/label-metadata/human-annotated")
                        .asText())
                .isEqualTo("yes");
        files().forEach((name, text) -> {
            if (name.endsWith("export.json")) {
                assertThat(json(text).path("rounds").toString()).isEqualTo("{\"2026-11-01.1\":1}");
            }
        });
    }

    @Test
    void theClassOfWhatReviewersDisconfirmedTrains() {
        tables.append(
                RelabelItems.TABLE,
                Frames.of(
                        RelabelItems.TABLE,
                        "{'pipeline':'p','run_date':'2026-11-03','round_id':'relabel-2026-11-03.1','run_id':'r',"
                                + "'use_case':'dock','item_id':'again','image_uri':'s3://b/again.jpg',"
                                + "'captured_at':'2026-11-01T10:00:00Z','site_id':'site','camera_id':'c9',"
                                + "'model_version':'v1','predicted_label':'van','confidence':0.9}"));
        label("again", "car");
        run("split { train = 1, validation = 0, test = 0 }");
        JsonNode line = Objects.requireNonNull(byItem().get("again"));
        assertThat(line.path("signal").asText()).isEqualTo("RELABEL");
        assertThat(line.path("camera-id").asText()).isEqualTo("c9");
        assertThat(line.path("weight").isNull()).isTrue();
    }
}
