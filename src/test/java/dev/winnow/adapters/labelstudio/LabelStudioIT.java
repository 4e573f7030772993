package dev.winnow.adapters.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.LabelingService.Job;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import dev.winnow.ports.ServiceException;
import dev.winnow.testing.LabelStudioServer;
import dev.winnow.testing.S3Process;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Projects in a real Label Studio. */
class LabelStudioIT {
    @RegisterExtension
    static final S3Process S3 = new S3Process();

    @TempDir
    static Path folder;

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
