package dev.winnow.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.selection.Selections;
import dev.winnow.tables.InputException;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.PlantedRows;
import dev.winnow.testing.SelectionRows;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final Path DATA = Path.of("../shared/data").toAbsolutePath().normalize();
    private static final String ALL_REJECTS = "rejects.max-share = 1\n";

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();

    private Stage.Report ingest(String answers) {
        return ingest(answers, objects);
    }

    private Stage.Report ingest(String answers, ObjectStore store) {
        WinnowConfig config = Configs.of(ALL_REJECTS + "inputs.answers { " + answers + " }");
        return job(config, store).run(DAY);
    }

    private IngestJob job(WinnowConfig config, ObjectStore store) {
        AnswerLog log = new AnswerLog(
                new SparkSources(SparkExtension.session()), config.answers().table());
        return new IngestJob(config, log, tables, store, path -> path, "secret");
    }

    private static String export(String kind, Object path) {
        return "exports.x { kind = " + kind + ", path = \"" + path + "\" }";
    }

    private List<Row> rows() {
        return tables.read(Answers.TABLE).collectAsList();
    }

    private List<String> content() {
        return tables.read(Answers.TABLE).toJSON().collectAsList().stream()
                .sorted()
                .toList();
    }

    private Map<String, Long> rejects() {
        Map<String, Long> byReason = new TreeMap<>();
        tables.readStored("rejects")
                .select("reason", "rejected_rows")
                .distinct()
                .collectAsList()
                .forEach(row -> byReason.put(row.getString(0), row.getLong(1)));
        return byReason;
    }

    private Map<String, Long> countBy(String column) {
        Map<String, Long> counts = new TreeMap<>();
        rows().forEach(row -> counts.merge("" + row.getAs(column), 1L, Long::sum));
        return counts;
    }

    @Test
    void theRealManifestHasTheLabelsOfItsReference() throws IOException {
        Path manifest = DATA.resolve("ground_truth_artefacts/image_classification/output.manifest");
        ingest(export("ground-truth", manifest), new LocalObjects());
        JsonNode reference = new ObjectMapper()
                .readTree(DATA.resolve("ground_truth_artefacts/reference.json").toFile())
                .path("output.manifest");

        assertThat(rows()).hasSize(reference.path("lines").asInt());
        assertThat(countBy(Answers.LABEL))
                .containsEntry("RH", reference.path("classes").path("0=RH").asLong())
                .containsEntry("LH", reference.path("classes").path("1=LH").asLong());
        assertThat(countBy(Answers.JOB_NAME)).containsOnlyKeys("lab1-labeling-job");
        assertThat(countBy(Answers.KIND)).containsOnlyKeys(Answers.CONSOLIDATED);
        assertThat(countBy(Answers.ITEM_ID))
                .hasSize(reference.path("distinct_sources").asInt());
        double[] confidence = rows().stream()
                .mapToDouble(row -> row.<Double>getAs(Answers.CONFIDENCE))
                .sorted()
                .toArray();
        assertThat(confidence[0]).isEqualTo(0.57);
        assertThat(confidence[68]).isEqualTo(0.95);
        List<String> times = rows().stream()
                .map(row -> row.getAs(Answers.SUBMITTED_AT).toString())
                .sorted()
                .toList();
        assertThat(times.get(0)).isEqualTo("2019-05-04T20:20:30.076391Z");
        assertThat(times.get(68)).isEqualTo("2019-05-04T21:17:12.134890Z");
        assertThat(rejects()).isEmpty();
    }

    @Test
    void theSplitOfTheRealManifestIsReadFromItsFolder() {
        ingest(export("ground-truth", DATA.resolve("ground_truth_artefacts/image_classification")), new LocalObjects());
        assertThat(countBy(Answers.SOURCE_FILE))
                .containsEntry("output.manifest", 69L)
                .containsEntry("train.manifest", 55L)
                .containsEntry("validation.manifest", 14L);
    }

    @Test
    void theConsolidationPayloadHasTheAnswersOfItsReference() {
        ingest(
                export(
                        "ground-truth",
                        DATA.resolve(
                                "ground_truth_artefacts/consolidation/sample_annotation_consolidation_payload.json")),
                new LocalObjects());
        assertThat(rows()).hasSize(2);
        assertThat(countBy(Answers.TASK)).containsOnly(Map.entry(Answers.BOXES, 2L));
        assertThat(countBy(Answers.WORKER_ID))
                .as("one worker, not named")
                .hasSize(1)
                .allSatisfy((worker, n) -> assertThat(worker).matches("w-[0-9a-f]{16}"));
        assertThat(rows())
                .allSatisfy(row -> assertThat(row.<String>getAs(Answers.ANSWER).split("\"label\""))
                        .as("two boxes")
                        .hasSize(3));
        assertThat(rows())
                .anySatisfy(row -> assertThat(row.<String>getAs(Answers.ANSWER))
                        .contains("{\"label\":\"Red\",\"left\":116.0,\"top\":283.0,\"width\":137.0,\"height\":128.0}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sms-data-output_01.json | CLASSIFICATION | football | null | identify-sport",
                "sms-data-output_02.json | CLASSIFICATION | dog | null | identify-animal-species",
                "sms-data-output_03.json | CLASSIFICATION | positive | null | label-sentiment",
                "sms-data-output_04.json | MULTI_LABEL | null | [\"bicycle\",\"clothing\",\"person\"]"
                        + " | image-label-attribute-name",
                "sms-data-output_05.json | MULTI_LABEL | null | [\"approving\",\"critical\",\"sad\"]"
                        + " | text-label-attribute-name",
            })
    void aDocumentedExampleIsRead(String file, String task, String label, String answer, String job) {
        ingest(
                export("ground-truth", DATA.resolve("ground_truth_artefacts/aws_docs_examples/" + file)),
                new LocalObjects());
        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.<String>getAs(Answers.TASK)).isEqualTo(task);
            assertThat("" + row.getAs(Answers.LABEL)).isEqualTo(label);
            assertThat("" + row.getAs(Answers.ANSWER)).isEqualTo(answer);
            assertThat(row.<String>getAs(Answers.JOB_NAME)).isEqualTo(job);
            assertThat(row.<Double>getAs(Answers.CONFIDENCE))
                    .as("0.00 of a single worker is no confidence")
                    .isEqualTo(file.endsWith("03.json") ? 0.8 : null);
        });
    }

    @Test
    void allDocumentedExamplesTogetherAreReadOrCounted() {
        ingest(export("ground-truth", DATA.resolve("ground_truth_artefacts/aws_docs_examples")), new LocalObjects());
        // Boxes of files 06, 07 (two jobs) and 09, which verifies them besides, and of one worker.
        assertThat(countBy(Answers.TASK))
                .isEqualTo(Map.of(Answers.CLASSIFICATION, 3L, Answers.MULTI_LABEL, 2L, Answers.BOXES, 5L));
        // Entities, video, point clouds, a custom answer, a verdict in words that are not ours, entities and a mask of
        // workers; requests without answers, a human loop and a file of frames; lines nobody has labeled.
        assertThat(rejects()).isEqualTo(Map.of("answer_unsupported", 9L, "format_unknown", 3L, "unlabeled", 8L));
    }

    @Test
    void labelStudioExportsAreReadWithTheirWorkersTimesAndPixels() {
        Path exports = DATA.resolve("label_studio_exports");
        ingest(export("label-studio", exports), new LocalObjects());

        Map<String, Long> byFile = countBy(Answers.SOURCE_FILE);
        assertThat(byFile)
                .containsEntry("test_export_csv_csv_test.json", 2L)
                .containsEntry("test_export_csv_csv_test2.json", 1L)
                .containsEntry("test_export_csv_csv_test_history.json", 1L);
        assertThat(rejects()).as("a polygon").containsEntry("answer_unsupported", 1L);
        assertThat(rows())
                .filteredOn(row -> row.<String>getAs(Answers.SOURCE_FILE).contains("history"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.<String>getAs(Answers.LABEL)).isEqualTo("Positive");
                    assertThat(row.<Double>getAs(Answers.SECONDS_SPENT)).isEqualTo(1.849);
                    assertThat(row.<String>getAs(Answers.JOB_NAME)).isEqualTo("project-24");
                    assertThat(row.<String>getAs(Answers.ITEM_ID)).isEqualTo("project-24/task-6141");
                });
        assertThat(rows())
                .filteredOn(row -> row.<String>getAs(Answers.SOURCE_FILE).contains("yolo"))
                .anySatisfy(row -> assertThat(row.<String>getAs(Answers.ANSWER))
                        .startsWith("[{\"label\":\"parasites\",\"left\":" + 37.15846994535519 * 28));
    }

    @Test
    void nothingDrawnIsAnAnswerOfALabelStudioTaskThatAsksForBoxes() {
        select("key-a", "s3://b/a.jpg", "key-b", "s3://b/b.jpg");
        String task = """
                {"id":1,"project":3,"data":{"image":"s3://b/a.jpg","item-id":"%s","task-type":"%s"},"annotations":[
                 {"completed_by":%s,"result":[]}]}""";
        objects.put(
                "/ls/x.json",
                "[" + task.formatted("key-a", "bounding-box", "7") + ","
                        + task.formatted("key-a", "bounding-box", "null") + ","
                        + task.formatted("key-b", "image-classification", "7") + "]");
        ingest(export("label-studio", "/ls/"));
        assertThat(rows())
                .extracting(row ->
                        row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.TASK) + " " + row.getAs(Answers.ANSWER))
                .containsExactly("key-a BOXES []");
        assertThat(rejects())
                .as("an account that is gone is nobody's name")
                .isEqualTo(Map.of("answer_unsupported", 1L, "worker_missing", 1L));
    }

    @Test
    void oneClassOfALabelStudioTaskThatTakesSeveralIsASetOfOne() {
        select("key-a", "s3://b/a.jpg", "key-b", "s3://b/b.jpg");
        String task = """
                {"id":1,"project":3,"data":{"image":"s3://b/a.jpg","item-id":"%s","task-type":"%s"},"annotations":[
                 {"completed_by":7,"result":[{"type":"choices","value":{"choices":["bag"]}}]}]}""";
        objects.put(
                "/ls/x.json",
                "[" + task.formatted("key-a", "multi-label") + "," + task.formatted("key-b", "image-classification")
                        + "]");
        ingest(export("label-studio", "/ls/"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.TASK) + " "
                        + row.getAs(Answers.LABEL) + " " + row.getAs(Answers.ANSWER))
                .containsExactlyInAnyOrder("key-a MULTI_LABEL null [\"bag\"]", "key-b CLASSIFICATION bag null");
    }

    @Test
    void workerResponsesAreJoinedByWhatTheirJobSaysOfTheObjectNeverByPlace() {
        select("key-a", "s3://b/a.jpg", "key-b", "s3://b/b.jpg");
        String root = "/out/job-1/";
        objects.put(root + "manifests/output/output.manifest", """
                {"source-ref":"s3://b/b.jpg","item-id":"key-b","review":"1","review-metadata":{"class-name":"bag",\
                "type":"groundTruth/Image-Classification","job_name":"labeling-job/job-1","confidence":0.9,\
                "creation_date":"2026-11-03T19:02:11.204113","human-annotated":"yes","odd":1}}

                {"source-ref":"s3://b/a.jpg","item-id":"key-a","review-metadata":{"failure-reason":"x"}}
                """);
        objects.put(
                root + "annotations/consolidated-annotation/consolidation-request/iteration-1/2026-11-03_23:06:49.json",
                """
                [{"datasetObjectId":"0","dataObject":{"s3Uri":"s3://b/a.jpg"},"annotations":[{"workerId":"u1",\
                "annotationData":{"content":"{\\"review\\":{\\"label\\":\\"bag\\"}}"}}]},\
                {"datasetObjectId":"7","dataObject":{"s3Uri":"s3://b/b.jpg"},"annotations":[]}]
                """);
        objects.put(root + "annotations/worker-response/iteration-1/0/2026-11-03_23:06:49.json", response("u1", "bag"));
        objects.put(root + "annotations/worker-response/iteration-1/7/2026-11-03_23:07:49.json", response("u2", "box"));
        objects.put(root + "annotations/worker-response/iteration-1/9/2026-11-03_23:08:49.json", response("u3", "box"));
        objects.put(root + "annotations/intermediate/1/x.manifest", "no manifest");

        ingest(export("ground-truth", "/out/") + ", exports.x.label-attribute = review");

        assertThat(rows())
                .extracting(row -> row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.KIND) + " "
                        + row.getAs(Answers.LABEL) + " " + row.getAs(Answers.SECONDS_SPENT) + " "
                        + row.getAs(Answers.JOB_NAME) + " " + row.getAs(Answers.ROUND_ID))
                .containsExactlyInAnyOrder(
                        "key-b CONSOLIDATED bag null job-1 2026-11-01.1",
                        "key-a WORKER bag 40.5 job-1 2026-11-01.1",
                        "key-b WORKER box 40.5 job-1 2026-11-01.1");
        assertThat(rejects()).isEqualTo(Map.of("failed", 1L, "object_unknown", 1L));
        assertThat(content().toString()).doesNotContain("u1").doesNotContain("sub-of");
    }

    @Test
    void whatABoxVerificationSaysIsAReviewAndTheBoxesItShowedAreNoAnswer() {
        select("key-a", "s3://b/a.jpg", "key-b", "s3://b/b.jpg");
        String root = "/out/job-1/";
        String shown = "\"boxes\":{\"annotations\":[{\"class_id\":0,\"left\":1,\"top\":1,\"width\":1,\"height\":1}]},"
                + "\"boxes-metadata\":{\"class-map\":{\"0\":\"bag\"},\"type\":\"groundtruth/object-detection\"%s}";
        objects.put(
                root + "manifests/output/output.manifest",
                "{\"source-ref\":\"s3://b/a.jpg\",\"item-id\":\"key-a\","
                        + shown.formatted(",\"job-name\":\"labeling-job/earlier\"")
                        + ",\"dock-box-verdict\":1,\"dock-box-verdict-metadata\":{\"class-name\":\"wrong\","
                        + "\"type\":\"groundtruth/label-verification\",\"job-name\":\"labeling-job/job-1\"}}\n"
                        + "{\"source-ref\":\"s3://b/b.jpg\",\"item-id\":\"key-b\"," + shown.formatted("") + "}\n");
        objects.put(
                root + "annotations/consolidated-annotation/consolidation-request/iteration-1/t.json",
                "[{\"datasetObjectId\":\"0\",\"dataObject\":{\"s3Uri\":\"s3://b/a.jpg\"},\"annotations\":[]}]");
        objects.put(root + "annotations/worker-response/iteration-1/0/1.json", response("u1", "right"));
        objects.put(root + "annotations/worker-response/iteration-1/0/2.json", response("u2", "can't tell"));
        objects.put(root + "annotations/worker-response/iteration-1/0/3.json", response("u3", "bag"));
        ingest(export("ground-truth", "/out/"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.KIND) + " "
                        + row.getAs(Answers.TASK) + " " + row.getAs(Answers.LABEL))
                .containsExactlyInAnyOrder(
                        "key-a CONSOLIDATED REVIEW DISCONFIRM",
                        "key-a WORKER REVIEW CONFIRM",
                        "key-a WORKER REVIEW CANT_TELL");
        assertThat(rejects()).isEqualTo(Map.of("answer_unsupported", 1L, "unlabeled", 1L));
    }

    @Test
    void aJobsFolderThatWasCopiedUnderAnotherNameIsReadAllTheSame() {
        select("key-a", "s3://b/a.jpg");
        objects.put(
                "/out/copy/manifests/output/output.manifest",
                "{\"source-ref\":\"s3://b/a.jpg\",\"item-id\":\"key-a\",\"kind\":0,\"kind-metadata\":{\"class-name\":\"bag\","
                        + "\"type\":\"groundtruth/image-classification\",\"human-annotated\":\"yes\",\"confidence\":0.9,"
                        + "\"job-name\":\"labeling-job/job-1\"}}\n");
        ingest(export("ground-truth", "/out/"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.LABEL))
                .containsExactly("key-a bag");
    }

    @Test
    void aWorkersMaskIsNoBrokenAnswerWhereTheManifestHasTheMask() {
        String root = "/out/job-1/";
        objects.put(
                root + "manifests/output/output.manifest",
                "{\"source-ref\":\"s3://b/a.jpg\",\"l-ref\":\"s3://b/a.png\",\"l-ref-metadata\":{\"type\":"
                        + "\"groundtruth/semantic-segmentation\",\"job-name\":\"labeling-job/job-1\"}}\n");
        objects.put(
                root + "annotations/consolidated-annotation/consolidation-request/iteration-1/t.json",
                "[{\"datasetObjectId\":\"0\",\"dataObject\":{\"s3Uri\":\"s3://b/a.jpg\"},\"annotations\":[]},"
                        + "{\"datasetObjectId\":\"1\",\"dataObject\":{\"s3Uri\":\"s3://b/b.jpg\"},\"annotations\":[]}]");
        String mask = "{\"answers\":[{\"workerId\":\"u1\",\"answerContent\":{\"crowd-semantic-segmentation\":"
                + "{\"labeledImage\":{\"pngImageData\":\"x\"}}}}]}";
        objects.put(root + "annotations/worker-response/iteration-1/0/t.json", mask);
        objects.put(root + "annotations/worker-response/iteration-1/1/t.json", mask);
        ingest(export("ground-truth", "/out/"));
        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row.<String>getAs(Answers.TASK)).isEqualTo(Answers.SEGMENTATION));
        assertThat(rejects()).isEqualTo(Map.of("in_mask", 1L, "answer_unsupported", 1L));
    }

    @Test
    void aLineThatRefersToItsResponsesNamesTheirItem() {
        objects.put("/out/j/manifests/output/output.manifest", """
                {"source-ref":"s3://b/a.jpg","own":{},"own-metadata":{"type":"groundtruth/custom",\
                "worker-response-ref":"s3://elsewhere/out/j/annotations/worker-response/iteration-1/4/t:1.json"}}
                {"source-ref":"s3://b/b.jpg","own":{},"own-metadata":{"type":"groundtruth/custom",\
                "worker-response-ref":"s3://elsewhere/out/j/annotations/worker-response/iteration-1/5/t:1.json"}}
                """);
        objects.put("/out/j/annotations/worker-response/iteration-1/4/t:1.json", response("u1", "bag"));
        ingest(export("ground-truth", "/out/j"));
        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.<String>getAs(Answers.ITEM_ID)).isEqualTo("s3://b/a.jpg");
            assertThat(row.<String>getAs(Answers.JOB_NAME)).isEqualTo("j");
        });
        assertThat(rejects()).isEqualTo(Map.of("response_missing", 1L));
    }

    @Test
    void answersToPlantedItemsAreOfTheRoundThatPlantedThem() {
        select("key-a", "s3://b/a.jpg");
        PlantedRows.store(tables, PlantedRows.gold("2026-11-02.1", "0a", "key-a", "bag"));
        objects.put("/m/x.manifest", """
                {"source-ref":"s3://bucket/key-a.jpg","item-id":"0a","l":0,"l-metadata":{"class-name":"x","type":"groundtruth/image-classification","job-name":"labeling-job/j","confidence":0.5}}
                {"source-ref":"s3://b/a.jpg","item-id":"key-a","l":0,"l-metadata":{"class-name":"y","type":"groundtruth/image-classification","job-name":"labeling-job/j","confidence":0.5}}
                """);
        ingest(export("ground-truth", "/m/"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.ITEM_ID) + " " + row.getAs(Answers.ROUND_ID) + " "
                        + row.getAs(Answers.USE_CASE) + " " + row.getAs(Answers.LABEL))
                .containsExactlyInAnyOrder("0a 2026-11-02.1 dock x", "key-a 2026-11-01.1 dock y");
        assertThat(rejects()).isEmpty();
    }

    @Test
    void whatCanNotBeTakenForAnAnswerIsCountedByReason() {
        select("key-a", "s3://b/a.jpg");
        objects.put("/m/x.manifest", """
                {"source-ref":"s3://b/a.jpg","item-id":"key-a"}
                {"source-ref":"s3://b/a.jpg","item-id":"stranger","l":0,"l-metadata":{"class-name":"x","type":"groundtruth/image-classification"}}
                {"item-id":"key-a"}
                {"source-ref":"s3://b/a.jpg"
                {"source-ref":"s3://b/a.jpg","item-id":"key-a","l":[5],"l-metadata":{"class-map":{"1":"x"},"type":"groundtruth/image-classification-multilabel"}}
                """);
        ingest(export("ground-truth", "/m/"));
        assertThat(rows()).isEmpty();
        assertThat(rejects())
                .isEqualTo(Map.of(
                        "unlabeled", 1L,
                        "item_unknown", 1L,
                        "source_missing", 1L,
                        "malformed_json", 1L,
                        "answer_unsupported", 1L));
        assertThat(tables.readStored("rejects").toJSON().collectAsList())
                .anySatisfy(row -> assertThat(row).contains("malformed_json").contains("line 4"));
    }

    @Test
    void tooManyBrokenLinesStopTheRunAndPendingOnesDoNot() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append("{\"source-ref\":\"s3://b/").append(i).append(".jpg\"}\n");
        }
        objects.put("/m/x.manifest", lines.toString());
        WinnowConfig config = Configs.of("inputs.answers { " + export("ground-truth", "/m/") + " }");
        assertThat(job(config, objects).run(DAY).rejected()).isEqualTo(1_000);
        objects.put("/m/y.manifest", "broken\n".repeat(50));
        assertThatThrownBy(() -> job(config, objects).run(DAY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "inputs.answers: 50 of 50 rows of 2026-11-05 break the contract ({malformed_json");
    }

    @Test
    void noBoxIsAnAnswerAndAClassIndexMayBeANumberOrAText() {
        objects.put("/m/x.manifest", """
                {"source-ref":"s3://b/a.jpg","l":{"annotations":[],"image_size":[]},"l-metadata":{"type":"groundtruth/object-detection","class-map":{}}}
                {"source-ref":"s3://b/b.jpg","l":{"annotations":[{"class-id":"1","left":1,"top":2,"width":3,"height":4}]},"l-metadata":{"type":"groundtruth/object-detection","class_map":{"1":"car"}}}
                {"source-ref":"s3://b/c.jpg","l-ref":"s3://b/c.png","l-ref-metadata":{"type":"groundtruth/semantic-segmentation","human-annotated":"no"}}
                """);
        ingest(export("ground-truth", "/m/x.manifest"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.KIND) + " " + row.getAs(Answers.ANSWER))
                .containsExactlyInAnyOrder(
                        "CONSOLIDATED []",
                        "CONSOLIDATED [{\"label\":\"car\",\"left\":1.0,\"top\":2.0,\"width\":3.0,\"height\":4.0}]",
                        "MACHINE \"s3://b/c.png\"");
    }

    @Test
    void humanLoopsAreReadByTheImageTheyShow() {
        objects.put("/loops/flow/2026/11/03/18/59/15/loop-1/output.json", """
                {"flowDefinitionArn":"arn:aws:sagemaker:us-west-2:1:flow-definition/flow","humanLoopName":"loop-1",\
                "inputContent":{"taskObject":"s3://b/a.jpg"},"humanAnswers":[%s]}
                """.formatted(answer("u1", "bag")));
        ingest(export("a2i", "/loops/"));
        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.<String>getAs(Answers.JOB_NAME)).isEqualTo("flow");
            assertThat(row.<String>getAs(Answers.ITEM_ID)).isEqualTo("s3://b/a.jpg");
            assertThat(row.<String>getAs(Answers.LABEL)).isEqualTo("bag");
        });
    }

    @Test
    void aDocumentedHumanLoopIsReadByItsName() {
        ingest(
                export("a2i", DATA.resolve("ground_truth_artefacts/aws_docs_examples/a2i-output-data_01.json")),
                new LocalObjects());
        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.<String>getAs(Answers.ITEM_ID)).isEqualTo("human-loop-name");
            assertThat(row.<String>getAs(Answers.LABEL)).isEqualTo("use lambda to turn your notebook");
        });
    }

    @Test
    void theMappingTellsWhoIsAnExpert(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("answers.csv"), """
                who,what,says
                anna,key-a,bag
                bert,key-a,box
                """);
        ingest("path = \"" + folder
                + "\", columns { worker_id = who, item_id = what, label = says, expert = \"who = 'anna'\" }");
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.KIND) + " " + row.getAs(Answers.LABEL))
                .containsExactlyInAnyOrder("EXPERT bag", "WORKER box");
        assertThat(rows()).noneMatch(row -> row.<String>getAs(Answers.WORKER_ID).isEmpty());
    }

    @Test
    void aPlainTableIsMappedAndItsBrokenRowsAreCounted(@TempDir Path folder) throws IOException {
        select("key-a", "s3://b/a.jpg");
        Files.writeString(folder.resolve("answers.csv"), """
                who,what,says,at,truth
                anna,key-a,bag,2026-11-03T10:00:00Z,
                bert,key-a,box,2026-11-03T10:00:00Z,
                ,key-a,bag,,true
                ,key-b,bag,,
                anna,,bag,,
                anna,key-c,bag,yesterday,
                """);
        ingest("path = \"" + folder + "\", columns { worker_id = who, item_id = what, label = says, submitted_at = at,"
                + " gold = truth }");
        assertThat(rows())
                .extracting(row ->
                        row.getAs(Answers.KIND) + " " + row.getAs(Answers.LABEL) + " " + row.getAs(Answers.USE_CASE))
                .containsExactlyInAnyOrder("WORKER bag dock", "WORKER box dock", "GOLD bag dock");
        assertThat(rejects())
                .isEqualTo(Map.of("worker_id_null", 1L, "item_id_null", 1L, "submitted_at_unparsable", 1L));
        assertThat(content().toString()).doesNotContain("anna");
    }

    @Test
    void theLatestAnswerHoldsAndContradictionsOfTheSameTimeCountForNone() {
        String early = "2026-11-03T10:00:00Z";
        String late = "2026-11-03T11:00:00Z";
        put("a", loop("u1", "bag", early), loop("u1", "box", late), loop("u2", "bag", late));
        put("b", loop("u1", "bag", early), loop("u2", "box", late));
        ingest(export("a2i", "/loops/"));
        assertThat(rows())
                .extracting(row -> row.getAs(Answers.STATUS) + " " + row.getAs(Answers.LABEL))
                .containsExactlyInAnyOrder("ANSWERED box", "CONFLICTING null");
        assertThat(rejects()).isEqualTo(Map.of("conflicting", 1L));
    }

    /** All ways of receiving the same five files end in the same tables. */
    @Test
    void twiceInAnyOrderOrHalfAndThenAllEndInTheSameTables() {
        String early = "2026-11-03T10:00:00Z";
        String late = "2026-11-03T11:00:00Z";
        put("a", loop("u1", "bag", early), loop("u2", "bag", late), loop("u3", "bag", early));
        put("b", loop("u1", "box", early), loop("u2", "box", early));
        put("c", loop("u1", "bag", early), loop("u4", "box", late));
        put("d", loop("u2", "cat", late), loop("u5", "cat", late));
        put("e", loop("u1", "cat", late));
        ingest(export("a2i", "/loops/"));
        List<String> all = content();
        assertThat(all).hasSize(5);
        Map<String, Long> rejects = rejects();
        ingest(export("a2i", "/loops/"));
        assertThat(content()).as("twice").isEqualTo(all);
        assertThat(rejects()).isEqualTo(rejects);

        for (List<String> order : List.of(
                List.of("e.json", "b.json", "d.json", "b.json", "a.json", "c.json"), List.of("a.json", "c.json", ""))) {
            tables.replace(Answers.TABLE, tables.frame(Answers.TABLE, List.of()), Map.of(Answers.PIPELINE, "p"));
            order.forEach(file -> ingest(export("a2i", "/loops/" + file)));
            assertThat(content()).as(order.toString()).isEqualTo(all);
            ingest(export("a2i", "/loops/"));
            assertThat(content()).as("%s, then all", order).isEqualTo(all);
            assertThat(rejects()).isEqualTo(rejects);
        }
    }

    @Test
    void nothingToIngestAndNothingThereAreSaid() {
        assertThatThrownBy(() -> ingest(""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nothing to ingest");
        assertThatThrownBy(() -> ingest(export("a2i", "/nowhere/")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.answers.exports.x.path: nothing is at /nowhere/");
        objects.put(
                "/m/x.manifest",
                "{\"source-ref\":\"a\",\"l\":0,\"l-metadata\":{\"class-name\":\"x\","
                        + "\"type\":\"groundtruth/image-classification\"}}\n".repeat(1));
        objects.put(
                "/m/y.manifest",
                "{\"source-ref\":\"b\",\"l\":0,\"l-metadata\":{\"class-name\":\"x\","
                        + "\"type\":\"groundtruth/image-classification\"}}");
        assertThatThrownBy(() -> ingest("max-answers = 1, " + export("ground-truth", "/m/")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("more than inputs.answers.max-answers = 1 answers");
    }

    @Test
    void pseudonymsDependOnTheKeyAndThePipeline() {
        String name = new Pseudonyms("p", "k").of("anna");
        assertThat(new Pseudonyms("p", "k").of("anna")).isEqualTo(name).matches("w-[0-9a-f]{16}");
        assertThat(List.of(
                        new Pseudonyms("p", "other").of("anna"),
                        new Pseudonyms("q", "k").of("anna"),
                        new Pseudonyms("p", "k").of("bert")))
                .doesNotContain(name);
    }

    private void put(String file, String... answers) {
        objects.put("/loops/" + file + ".json", """
                {"flowDefinitionArn":"arn:x/flow","humanLoopName":"loop","inputContent":{"taskObject":"s3://b/a.jpg"},\
                "humanAnswers":[%s]}
                """.formatted(String.join(",", answers)));
    }

    private static String loop(String worker, String label, String at) {
        return "{\"workerId\":\"" + worker + "\",\"submissionTime\":\"" + at
                + "\",\"answerContent\":{\"q\":{\"label\":\"" + label + "\"}}}";
    }

    private static String response(String worker, String label) {
        return "{\"answers\":[" + answer(worker, label) + "]}";
    }

    private static String answer(String worker, String label) {
        return """
                {"acceptanceTime":"2026-11-03T18:59:15.191Z","submissionTime":"2026-11-03T18:59:58.321Z",\
                "timeSpentInSeconds":40.5,"workerId":"%s","answerContent":{"review":{"label":"%s"}},\
                "workerMetadata":{"identityData":{"identityProviderType":"Cognito","sub":"sub-of-%s"}}}\
                """.formatted(worker, label, worker);
    }

    private void select(String... itemsAndImages) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < itemsAndImages.length; i += 2) {
            rows.add(SelectionRows.of(
                    itemsAndImages[i],
                    i / 2 + 1,
                    Map.of(
                            "image_uri",
                            itemsAndImages[i + 1],
                            "signal",
                            "AUDIT",
                            "design",
                            "UNIFORM",
                            "inclusion_probability",
                            0.1)));
        }
        tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, rows), Map.of(Selections.PIPELINE, "p"));
    }
}
