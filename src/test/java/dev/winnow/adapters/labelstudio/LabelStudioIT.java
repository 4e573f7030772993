package dev.winnow.adapters.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.answers.Answers;
import dev.winnow.answers.IngestJob;
import dev.winnow.config.S3Settings;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.ports.LabelingService.Job;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import dev.winnow.ports.ServiceException;
import dev.winnow.selection.Selections;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.LabelStudioServer;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.S3Process;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Projects in a real Label Studio, and what comes back from there. */
class LabelStudioIT {
    @RegisterExtension
    static final S3Process S3 = new S3Process();

    @TempDir
    static Path folder;

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String HOSTILE = "\"a\" & <b> 'é' \uD83D\uDE00";

    private static LabelStudioServer server;

    @BeforeAll
    static void start() {
        server = LabelStudioServer.start(folder, S3.environment());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static LabelStudio labeling() {
        return LabelStudio.open(server.url() + "/", LabelStudioServer.TOKEN, "V", null);
    }

    private static Job job(String name, Iterable<String> tasks) {
        return job(name, 1, tasks);
    }

    private static Job job(String name, int answersPerItem, Iterable<String> tasks) {
        return new Job(name, """
                {"title":"as published","description":"Which class is it?","maximum_annotations":%d,
                 "label_config":"<View><Image name='image' value='$image'/><Choices name='choice' toName='image'>\
                <Choice value='bag'/><Choice value='knife'/></Choices></View>"}
                """.formatted(answersPerItem), tasks);
    }

    /** A file of tasks with a prediction each. */
    private static String tasks(String... items) {
        List<String> tasks = new ArrayList<>();
        for (String item : items) {
            tasks.add("""
                    {"data":{"image":"s3://bucket/%s.jpg","item-id":"%s"},"predictions":[{"model_version":"m1","score":0.4,
                     "result":[{"id":"r1","type":"choices","from_name":"choice","to_name":"image",
                     "value":{"choices":["bag"]}}]}]}""".formatted(item, item));
        }
        return "[" + String.join(",", tasks) + "]";
    }

    private static String project(Status status) {
        return status.id().replace("project-", "");
    }

    private static List<String> items(Status status) {
        List<String> items = new ArrayList<>();
        server.call("GET", "/api/tasks?project=" + project(status) + "&page_size=100&fields=all", "")
                .path("tasks")
                .forEach(task -> {
                    items.add(task.at("/data/item-id").asText());
                    assertThat(task.at("/predictions/0/result/0/value/choices/0")
                                    .asText())
                            .isEqualTo("bag");
                });
        return items.stream().sorted().toList();
    }

    @Test
    void aJobIsCreatedImportedAnsweredAndExportedAndRepeatingItDoublesNothing() {
        Job job = job("fleet-dock-2026-11-02-1-1-92f78acc", List.of(tasks("i1", "i2", "i3"), tasks("i4", "i5")));
        LabelStudio labeling = labeling();
        assertThat(labeling.describe(job.name())).isEmpty();
        labeling.create(job);
        Status made = labeling.describe(job.name()).orElseThrow();
        assertThat(made.state()).isEqualTo(State.RUNNING);
        assertThat(made.items()).isEqualTo(5);
        assertThat(made.workersPerItem()).isEqualTo(1);
        assertThat(made.createdAt())
                .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(60));
        assertThat(items(made)).containsExactly("i1", "i2", "i3", "i4", "i5");

        labeling().create(job);
        assertThat(labeling().describe(job.name())).contains(made);
        assertThat(items(made)).containsExactly("i1", "i2", "i3", "i4", "i5");

        answer(made, "knife");
        Status done = labeling.describe(job.name()).orElseThrow();
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.labeled()).isEqualTo(5);
        JsonNode exported = server.call("GET", "/api/projects/" + project(made) + "/export?exportType=JSON", "");
        assertThat(exported).hasSize(5).allSatisfy(task -> {
            assertThat("project-" + task.path("project").asText()).isEqualTo(made.id());
            assertThat(task.at("/data/item-id").asText()).startsWith("i");
            assertThat(task.at("/annotations/0/result/0/value/choices/0").asText())
                    .isEqualTo("knife");
        });
    }

    private static void answer(Status status, String label) {
        server.call("GET", "/api/tasks?project=" + project(status) + "&page_size=100", "")
                .path("tasks")
                .forEach(task -> server.call(
                        "POST", "/api/tasks/" + task.path("id").asText() + "/annotations", """
                        {"lead_time":4.5,"result":[{"type":"choices","from_name":"choice","to_name":"image",
                         "value":{"choices":["%s"]}}]}""".formatted(label)));
    }

    /** Three items, one of them by another version of the model, which predicted the hostile class. */
    private static List<LabelingItem> items() {
        return List.of(
                item(1, "bag"), Jobs.ofModel("model-8", item(2, HOSTILE)), Jobs.ofModel("model-8", item(3, "bag")));
    }

    private static LabelingItem item(int rank, String predicted) {
        return Jobs.item("BOUNDARY", rank, "dock", "s3://bucket/" + rank + ".jpg", null, predicted);
    }

    /** Creates a project of what the target writes; returns its number. */
    private static String launched(String name, TaskType type, List<LabelingItem> items) throws IOException {
        WinnowConfig config = Jobs.configured("""
                tasks.default { description = "Bags", instruction = "Look & see\\n<b>", workers = 2
                  guidelines { uri = "https://guide.example/?a=1&b=2", version = v7 } }
                """);
        LabelingJob any = Jobs.job(config, type, items, List.of("bag", HOSTILE));
        LabelingJob job = new LabelingJob(
                name,
                any.pipeline(),
                any.prefix(),
                any.output(),
                any.useCase(),
                type,
                items,
                any.labels(),
                any.task(),
                null);
        Path round = Files.createDirectory(folder.resolve(name));
        JobFiles files = new LabelStudioTarget().write(job, round);
        List<String> tasks = files.tasks().stream()
                .map(file -> Jobs.text(round.resolve(file)))
                .toList();
        JsonNode sent = Jobs.json(Jobs.text(round.resolve(String.valueOf(files.request()))));
        labeling().create(new Job(name, sent.toString(), tasks));

        String project = project(labeling().describe(name).orElseThrow());
        JsonNode made = server.call("GET", "/api/projects/" + project, "");
        // The server drops attributes that it does not know as safe.
        ((ObjectNode) sent)
                .put(
                        "expert_instruction",
                        sent.path("expert_instruction").asText().replace(" target=\"_blank\"", ""));
        sent.properties()
                .forEach(field ->
                        assertThat(made.path(field.getKey())).as(field.getKey()).isEqualTo(field.getValue()));
        assertThat(made.at("/parsed_label_config/answer/labels"))
                .extracting(JsonNode::asText)
                .containsExactly("bag", HOSTILE);
        return project;
    }

    /**
     * Answers what the server shows its user next, until there is nothing more; every result begins as the prediction that
     * is shown, as in the page. Null: the task is skipped.
     */
    private static void answerAll(String project, BiFunction<String, ArrayNode, ArrayNode> answer) {
        for (int i = 1; ; i++) {
            JsonNode task = server.call("GET", "/api/projects/" + project + "/next", "");
            if (!task.has("data")) {
                assertThat(i).as("tasks shown").isEqualTo(4);
                return;
            }
            String item = task.at("/data/item-id").asText();
            assertThat(item).isEqualTo("item-" + i);
            assertThat(task.path("predictions"))
                    .as("predictions shown of " + item)
                    .hasSize(1);
            ArrayNode shown = (ArrayNode) task.at("/predictions/0/result");
            ArrayNode answered = answer.apply(item, shown.deepCopy());
            annotate(task.path("id").asText(), answered, null);
        }
    }

    private static void annotate(String task, @Nullable ArrayNode result, @Nullable Integer user) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("lead_time", 4.5);
        body.set("result", result == null ? JsonNodeFactory.instance.arrayNode() : result);
        if (result == null) {
            body.put("was_cancelled", true);
        }
        if (user != null) {
            body.put("completed_by", user);
        }
        JsonNode made = server.call("POST", "/api/tasks/" + task + "/annotations", body.toString());
        assertThat(made.path("id").isIntegralNumber()).as(made.toString()).isTrue();
    }

    /** Reads a project's export as ingestion does; the answers' rows. */
    private static List<Row> ingested(String project, FakeTables tables) {
        MemoryObjects objects = new MemoryObjects();
        objects.put(
                "/exports/project.json",
                server.text("GET", "/api/projects/" + project + "/export?exportType=JSON", ""));
        String[] selected = new String[3];
        for (int i = 1; i <= selected.length; i++) {
            selected[i - 1] = """
                    {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','run_id':'r','use_case':'dock',\
                    'signal':'BOUNDARY','rank':%d,'item_id':'item-%d','inference_id':'i','image_uri':'s3://bucket/%d.jpg',\
                    'captured_at':'2026-09-30T00:00:00Z','site_id':'s','camera_id':'c','model_version':'m',\
                    'signals':['BOUNDARY'],'design':'PURPOSIVE','reason':'because'}""".formatted(i, i, i);
        }
        tables.replace(Selections.TABLE, Frames.of(Selections.TABLE, selected), Map.of(Selections.PIPELINE, "p"));
        WinnowConfig config = Configs.of("inputs.answers.exports.studio { kind = label-studio, path = \"/exports/\" }");
        AnswerLog log = new AnswerLog(
                new SparkSources(SparkExtension.session()), config.answers().table());
        new IngestJob(config, log, tables, objects, path -> path, "secret").run(LocalDate.parse("2026-10-05"));
        List<Row> rows = tables.read(Answers.TABLE).sort(Answers.ITEM_ID).collectAsList();
        assertThat(rows).isNotEmpty().allSatisfy(row -> {
            assertThat(row.<String>getAs(Answers.JOB_NAME)).isEqualTo("project-" + project);
            assertThat(row.<String>getAs(Answers.ROUND_ID)).isEqualTo("2026-10-01.1");
            assertThat(row.<String>getAs(Answers.IMAGE_URI))
                    .isEqualTo(
                            "s3://bucket/" + row.<String>getAs(Answers.ITEM_ID).substring(5) + ".jpg");
            assertThat(row.<Double>getAs(Answers.SECONDS_SPENT)).isEqualTo(4.5);
            assertThat(row.<Instant>getAs(Answers.SUBMITTED_AT))
                    .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(60));
        });
        return rows;
    }

    private static String worker(int user) {
        return new Pseudonyms("p", "secret").of("label-studio:" + user);
    }

    private static int me() {
        return server.call("GET", "/api/current-user/whoami", "").path("id").asInt();
    }

    @Test
    void classesOfAWrittenJobComeBackAsTheyWereChosen() throws IOException {
        String project = launched("p-dock-2026-10-01-1-1-0000aaaa", TaskType.IMAGE_CLASSIFICATION, items());
        int other = server.call("POST", "/api/users/", """
                        {"email":"b@winnow.example","username":"b","first_name":"B","last_name":"B"}""").path("id").asInt();
        assertThat(other).isPositive();
        Map<String, String> shown = new TreeMap<>();
        answerAll(project, (item, result) -> {
            assertThat(result).hasSize(1);
            ObjectNode value = (ObjectNode) result.at("/0/value");
            shown.put(item, value.at("/choices/0").asText());
            if (item.equals("item-1")) {
                value.putArray("choices").add(HOSTILE);
            }
            return item.equals("item-3") ? null : result;
        });
        assertThat(shown).isEqualTo(Map.of("item-1", "bag", "item-2", HOSTILE, "item-3", "bag"));
        JsonNode first = server.call("GET", "/api/tasks?project=" + project + "&fields=all", "")
                .at("/tasks/0");
        annotate(first.path("id").asText(), (ArrayNode) first.at("/predictions/0/result"), other);

        FakeTables tables = new FakeTables();
        assertThat(ingested(project, tables))
                .extracting(row -> List.of(
                        row.getAs(Answers.ITEM_ID),
                        row.getAs(Answers.WORKER_ID),
                        row.getAs(Answers.TASK),
                        row.getAs(Answers.LABEL)))
                .containsExactlyInAnyOrder(
                        List.of("item-1", worker(me()), Answers.CLASSIFICATION, HOSTILE),
                        List.of("item-1", worker(other), Answers.CLASSIFICATION, "bag"),
                        List.of("item-2", worker(me()), Answers.CLASSIFICATION, HOSTILE));
        assertThat(tables.readStored("rejects")
                        .select("reason", "rejected_rows")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create("skipped", 1L));
    }

    @Test
    void boxesOfAWrittenJobComeBackInPixelsWhereTheyWereLeft() throws IOException {
        String old = MAPPER.writeValueAsString(Map.of(
                "boxes",
                Map.of(
                        "image_size", List.of(Map.of("width", 1283, "height", 717, "depth", 3)),
                        "annotations",
                                List.of(
                                        Map.of("class_id", 0, "left", 112, "top", 80, "width", 64, "height", 150),
                                        Map.of("class_id", 1, "left", 1, "top", 0, "width", 1282, "height", 717))),
                "boxes-metadata",
                Map.of(
                        "objects", List.of(Map.of("confidence", 0.38), Map.of("confidence", 0.9)),
                        "class-map", Map.of("0", "bag", "1", HOSTILE))));
        String project = launched(
                "p-dock-2026-10-01-1-2-0000bbbb",
                TaskType.BOX_ADJUSTMENT,
                items().stream().map(item -> Jobs.withBoxes(item, old)).toList());
        answerAll(project, (item, result) -> {
            assertThat(result).hasSize(2).allSatisfy(region -> {
                assertThat(region.path("original_width").asInt()).isEqualTo(1283);
                assertThat(region.path("original_height").asInt()).isEqualTo(717);
            });
            if (item.equals("item-1")) {
                // Dragged to 300, 41 and made 97 x 33 pixels large.
                ((ObjectNode) result.get(0)).put("origin", "prediction-changed");
                ((ObjectNode) result.at("/0/value"))
                        .put("x", 23.382696804364770)
                        .put("y", 5.718270571827058)
                        .put("width", 7.560405300077942)
                        .put("height", 4.602510460251046);
            }
            return item.equals("item-3") ? result.removeAll() : result;
        });

        List<Row> rows = ingested(project, new FakeTables());
        assertThat(rows)
                .extracting(row ->
                        List.of(row.getAs(Answers.ITEM_ID), row.getAs(Answers.WORKER_ID), row.getAs(Answers.TASK)))
                .containsExactly(
                        List.of("item-1", worker(me()), Answers.BOXES),
                        List.of("item-2", worker(me()), Answers.BOXES),
                        List.of("item-3", worker(me()), Answers.BOXES));
        JsonNode moved = Jobs.json(rows.get(0).getAs(Answers.ANSWER));
        assertThat(moved).hasSize(2);
        assertBox(moved.get(0), "bag", 300, 41, 97, 33);
        assertBox(moved.get(1), HOSTILE, 1, 0, 1282, 717);
        JsonNode kept = Jobs.json(rows.get(1).getAs(Answers.ANSWER));
        assertThat(kept).hasSize(2);
        assertBox(kept.get(0), "bag", 112, 80, 64, 150);
        assertBox(kept.get(1), HOSTILE, 1, 0, 1282, 717);
        assertThat(rows.get(2).<String>getAs(Answers.ANSWER))
                .as("nothing drawn")
                .isEqualTo("[]");
    }

    private static void assertBox(JsonNode box, String label, double left, double top, double width, double height) {
        assertThat(box.path("label").asText()).isEqualTo(label);
        assertThat(box.path("left").asDouble()).isCloseTo(left, within(1e-6));
        assertThat(box.path("top").asDouble()).isCloseTo(top, within(1e-6));
        assertThat(box.path("width").asDouble()).isCloseTo(width, within(1e-6));
        assertThat(box.path("height").asDouble()).isCloseTo(height, within(1e-6));
    }

    @Test
    void anImportThatWasKilledBetweenFilesIsCompleted() {
        String name = "fleet-gate-2026-11-02-1-1-0a1b2c3d";
        Iterable<String> killed = () -> new Iterator<>() {
            private int read;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (read++ == 1) {
                    throw new IllegalStateException("killed");
                }
                return tasks("i1", "i2");
            }
        };
        assertThatThrownBy(() -> labeling().create(job(name, 2, killed))).hasMessage("killed");
        assertThat(labeling().describe(name).orElseThrow().items()).isEqualTo(2);
        labeling().create(job(name, 2, List.of(tasks("i1", "i2"), tasks("i3"))));
        Status whole = labeling().describe(name).orElseThrow();
        assertThat(items(whole)).containsExactly("i1", "i2", "i3");
        assertThat(whole.workersPerItem()).isEqualTo(2);
        answer(whole, "bag");
        assertThat(labeling().describe(name).orElseThrow().labeled())
                .as("one of two answers")
                .isZero();
    }

    @Test
    void namesThatATitleCanNotHoldAndTitlesThatContainOneAnotherAreKeptApart() {
        String longest = "p".repeat(40) + "-2026-11-02-1-1-92f78acc";
        assertThat(LabelStudio.title(longest)).hasSize(LabelStudio.LONGEST_TITLE);
        labeling().create(job(longest, List.of(tasks("i1"))));
        labeling().create(job(longest.replace("92f", "93f"), List.of(tasks("i1", "i2"))));
        labeling().create(job("gate-1-2", List.of(tasks("i1", "i2", "i3"))));
        labeling().create(job("gate-1", List.of(tasks("i1", "i2", "i3", "i4"))));
        assertThat(List.of(longest, longest.replace("92f", "93f"), "gate-1-2", "gate-1"))
                .extracting(name -> labeling().describe(name).orElseThrow().items())
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void theBucketsOfImagesAreConnectedOnceAndTheirImagesShown() throws Exception {
        S3.createBucket("images");
        try (S3Client client = S3.client()) {
            client.putObject(put -> put.bucket("images").key("i1.jpg"), RequestBody.fromString("pixels"));
        }
        S3Settings where = new S3Settings(S3.endpoint().toString(), S3.region(), true);
        Job job = job("dock-with-images", List.of(tasks("i1", "i2").replace("s3://bucket/", "s3://images/")));
        for (int i = 0; i < 2; i++) {
            LabelStudio.open(server.url(), LabelStudioServer.TOKEN, "V", where).create(job);
        }
        Status made = labeling().describe(job.name()).orElseThrow();
        JsonNode storages = server.call("GET", "/api/storages/s3?project=" + project(made), "");
        assertThat(storages).hasSize(1);
        assertThat(storages.at("/0/bucket").asText()).isEqualTo("images");
        assertThat(items(made)).as("a source storage adds no tasks of its own").containsExactly("i1", "i2");

        String shown = server.call("GET", "/api/tasks/?project=" + project(made) + "&resolve_uri=true", "")
                .at("/tasks/0/data/image")
                .asText();
        assertThat(shown).startsWith("/tasks/").contains("fileuri=");
        assertThat(server.redirect(shown)).startsWith(S3.endpoint().toString()).contains("images/i1.jpg", "Signature");

        assertThatThrownBy(() -> LabelStudio.open(server.url(), LabelStudioServer.TOKEN, "V", where)
                        .create(job("dock-elsewhere", List.of(tasks("i1")))))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("asked to POST /api/storages/s3, answered");
        assertThat(items(labeling().describe("dock-elsewhere").orElseThrow()))
                .as("no page without its images")
                .isEmpty();
    }

    @Test
    void aPersonalAccessTokenIsExchanged() {
        String token = server.call("POST", "/api/token/", "{}").path("token").asText();
        assertThat(token.split("\\.")).hasSize(3);
        LabelStudio labeling = LabelStudio.open(server.url(), token, "V", null);
        labeling.create(job("by-personal-token", List.of(tasks("i1"))));
        assertThat(labeling.describe("by-personal-token").orElseThrow().items()).isEqualTo(1);
    }

    @Test
    void refusalsSayWhatHelps() {
        assertThatThrownBy(
                        () -> LabelStudio.open(server.url(), "wrong", "V", null).describe("x"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining(
                        "answered 401: the token in the variable that labeling.label-studio.token-variable")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> labeling().create(job("xy", List.of())))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("asked to POST /api/projects, answered 400")
                .hasMessageContaining("at least 3 characters");
        assertThatThrownBy(
                        () -> labeling().create(job("no-keys", List.of("[{\"data\":{\"image\":\"s3://b/1.jpg\"}}]"))))
                .hasMessageContaining("A task of labeling job no-keys has no data.item-id");
        assertThatThrownBy(() ->
                        LabelStudio.open("http://127.0.0.1:1", "t", "V", null).describe("x"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("could not be reached");
    }
}
