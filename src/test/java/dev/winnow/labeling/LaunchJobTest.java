package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.testing.FakeLabeling;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final Round ROUND = new Round(DAY, 1);
    private static final String PREFIX = "/rounds/p/rounds/2026-10-01.1/";

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final FakeLabeling service = new FakeLabeling();
    private final List<String> opened = new ArrayList<>();

    private Stage.Report launch() {
        return launch(DAY);
    }

    private Stage.Report launch(LocalDate day) {
        return new LaunchJob(
                        "p",
                        tables,
                        objects,
                        new Rounds(objects, "/rounds", "p"),
                        date -> new Round(date, 1),
                        target -> {
                            opened.add(target);
                            return service;
                        },
                        () -> {})
                .run(day);
    }

    /** A sealed round of two jobs, one for each target, as `manifests` publishes it. */
    private void publish() {
        objects.put(PREFIX + "gate.request.json", "{\"LabelingJobName\":\"gate\"}");
        objects.put(PREFIX + "dock.project.json", "{\"title\":\"dock\"}");
        objects.put(PREFIX + "dock.tasks-1.json", "[1]");
        objects.put(PREFIX + "dock.tasks-2.json", "[2]");
        objects.put(PREFIX + "round.json", """
                {"files":[
                 {"job-name":"dock","use-case":"dock","target":"label-studio","manifest":"dock.jsonl","lines":4,
                  "request":"dock.project.json","tasks":["dock.tasks-1.json","dock.tasks-2.json"]},
                 {"job-name":"gate","use-case":"gate","manifest":"gate.jsonl","lines":3,"request":"gate.request.json"}]}
                """);
        put(planned("dock", "label-studio", 4), planned("gate", "", 3));
    }

    private static Row planned(String job, String target, long items) {
        ObjectNode file = JsonNodeFactory.instance
                .objectNode()
                .put("job-name", job)
                .put("use-case", job)
                .put("manifest", job + ".jsonl")
                .put("lines", items)
                .put("sha256", "00");
        return LabelingJobs.planned("p", ROUND, PREFIX, target.isEmpty() ? file : file.put("target", target));
    }

    private void put(Row... jobs) {
        tables.replace(
                LabelingJobs.TABLE,
                tables.frame(LabelingJobs.TABLE, List.of(jobs)),
                Map.of(LabelingJobs.PIPELINE, "p"));
    }

    private Row job(String name) {
        return tables.read(LabelingJobs.TABLE)
                .filter("job_name = '" + name + "'")
                .first();
    }

    private List<String> jobs() {
        return tables.read(LabelingJobs.TABLE).sort("job_name").toJSON().collectAsList();
    }

    @Test
    void aSealOfAnOlderVersionCallsTheRequestForAProjectAProject() {
        publish();
        objects.put(
                PREFIX + "round.json",
                String.valueOf(objects.get(PREFIX + "round.json").orElseThrow().text())
                        .replace("\"request\":\"dock", "\"project\":\"dock"));
        launch();
        assertThat(service.requests()).containsEntry("dock", "{\"title\":\"dock\"}");
    }

    @Test
    void everyJobIsCreatedFromItsOwnFilesAndRuns() {
        publish();
        assertThat(launch().sentences())
                .containsExactly("Job dock runs in label-studio: 4 items", "Job gate runs in ground-truth: 3 items");
        assertThat(service.requests())
                .isEqualTo(Map.of("dock", "{\"title\":\"dock\"}", "gate", "{\"LabelingJobName\":\"gate\"}"));
        assertThat(service.tasks()).isEqualTo(Map.of("dock", List.of("[1]", "[2]"), "gate", List.of()));
        assertThat(opened).containsExactly("label-studio", "ground-truth");
        Row gate = job("gate");
        assertThat(gate.<String>getAs(LabelingJobs.STATUS)).isEqualTo("RUNNING");
        assertThat(gate.<LocalDate>getAs(LabelingJobs.STATUS_ON)).isEqualTo(DAY);
        assertThat(gate.<Object>getAs(LabelingJobs.LAUNCHED_AT)).isEqualTo(FakeLabeling.CREATED);
        assertThat(gate.<String>getAs(LabelingJobs.SERVICE_ID)).isEqualTo("id-gate");
        assertThat(gate.<Integer>getAs(LabelingJobs.WORKERS_PER_ITEM)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "2, true", "2, false"})
    void aLaunchThatWasKilledIsRepeatedAndEveryJobExistsOnce(int failing, boolean before) {
        publish();
        service.failFrom(failing, before);
        assertThatThrownBy(this::launch).isInstanceOf(ServiceException.class);
        assertThat(tables.read(LabelingJobs.TABLE).filter("status = 'RUNNING'").count())
                .isEqualTo(failing - 1);
        service.calm();
        launch();
        assertThat(service.requests()).containsOnlyKeys("dock", "gate");
        assertThat(service.tasks()).isEqualTo(Map.of("dock", List.of("[1]", "[2]"), "gate", List.of()));
        assertThat(tables.read(LabelingJobs.TABLE).filter("status = 'RUNNING'").count())
                .isEqualTo(2);
    }

    @Test
    void whatRunsOrHasEndedIsLeftAlone() {
        publish();
        launch();
        List<String> jobs = jobs();
        int calls = service.calls().size();
        assertThat(launch().sentences())
                .containsExactly(
                        "Job dock was launched before and is RUNNING", "Job gate was launched before and is RUNNING");
        assertThat(service.calls()).hasSize(calls);
        assertThat(jobs()).isEqualTo(jobs);
    }

    @Test
    void theNextOrdinalComesOnlyAfterAFailureAndOnlyUntilALaterRoundMayHaveTheItems() {
        publish();
        launch();
        Row failed = LabelingJobs.with(
                job("gate"),
                Map.of(LabelingJobs.STATUS, "FAILED", LabelingJobs.RETURNED_ON, LocalDate.parse("2026-10-03")));
        put(job("dock"), failed);
        objects.put("/rounds/p/rounds/2026-10-03.1/round.json", "{}");
        assertThat(launch().sentences())
                .containsExactly(
                        "Job dock was launched before and is RUNNING", "Job gate-2 runs in ground-truth: 3 items");
        assertThat(job("gate").<String>getAs(LabelingJobs.STATUS)).isEqualTo("FAILED");
        assertThat(job("gate-2").<Integer>getAs(LabelingJobs.ORDINAL)).isEqualTo(2);
        assertThat(job("gate-2").<Object>getAs(LabelingJobs.RETURNED_ON)).isNull();
        assertThat(launch().sentences()).contains("Job gate-2 was launched before and is RUNNING");

        put(job("dock"), failed);
        objects.put("/rounds/p/rounds/2026-10-04.1/round.json", "{}");
        assertThat(launch().sentences())
                .contains("Job gate failed, and its items returned to the pool on 2026-10-03, before a later round: it"
                        + " is not launched again");
    }

    private void gateFailed(LocalDate returned) {
        publish();
        launch();
        put(
                job("dock"),
                LabelingJobs.with(
                        job("gate"), Map.of(LabelingJobs.STATUS, "FAILED", LabelingJobs.RETURNED_ON, returned)));
    }

    @Test
    void theNextAttemptIsKnownBeforeItsServiceHasItSoThatNobodyElseAsksAboutItsItems() {
        gateFailed(DAY);
        service.failFrom(1, false);
        assertThatThrownBy(this::launch).isInstanceOf(ServiceException.class);
        assertThat(job("gate-2").<String>getAs(LabelingJobs.STATUS)).isEqualTo("PLANNED");
        assertThat(job("gate-2").<Object>getAs(LabelingJobs.SERVICE_ID)).isNull();
        assertThat(LabelingJobs.lastAttempts(tables.read(LabelingJobs.TABLE).collectAsList()))
                .containsExactlyInAnyOrder("dock", "gate-2");
        service.calm();
        assertThat(launch().sentences()).contains("Job gate-2 runs in ground-truth: 3 items");
        assertThat(job("gate-2").<String>getAs(LabelingJobs.STATUS)).isEqualTo("RUNNING");
        assertThat(job("gate-2").<Integer>getAs(LabelingJobs.ORDINAL)).isEqualTo(2);
        assertThat(service.requests()).containsOnlyKeys("dock", "gate", "gate-2");
    }

    @Test
    void aSelectionThatIsNotSealedYetMayHaveTheItemsToo() {
        gateFailed(DAY);
        tables.with(
                Selections.TABLE.name(),
                Frames.of(Selections.TABLE, "{'pipeline':'p','run_date':'2026-10-02','round_id':'2026-10-02.1'}"));
        assertThat(launch().sentences())
                .contains("Job gate failed, and its items returned to the pool on 2026-10-01, before a later round: it"
                        + " is not launched again");
    }

    /** The round with job dock as the pilot that job gate waits for. */
    private void publishPilot() {
        publish();
        put(
                LabelingJobs.with(job("dock"), Map.of(LabelingJobs.PILOT_KEY, "k", LabelingJobs.PILOT_PART, "PILOT")),
                LabelingJobs.with(job("gate"), Map.of(LabelingJobs.PILOT_KEY, "k", LabelingJobs.PILOT_PART, "REST")));
    }

    @Test
    void aPilotIsLaunchedFirstAndTheRestByAnyLaterLaunchOnceItIsReleased() {
        publishPilot();
        assertThat(launch().sentences())
                .containsExactly(
                        "Job dock runs in label-studio: 4 items, as a pilot",
                        "Job gate waits for its pilot: `jobs sync` releases it once the pilot's answers meet"
                                + " labeling.tasks.<use case>.pilot, and the next launch takes it along");
        assertThat(job("dock").<String>getAs(LabelingJobs.STATUS)).isEqualTo("PILOT");
        assertThat(job("dock").<String>getAs(LabelingJobs.WORKER_GROUP)).isEqualTo("team");
        assertThat(service.requests()).containsOnlyKeys("dock");
        assertThat(launch(DAY.plusDays(2)).sentences()).containsExactly("Round 2026-10-03.1 has no job to launch");

        put(job("dock"), LabelingJobs.with(job("gate"), Map.of(LabelingJobs.STATUS, "RELEASED")));
        assertThat(launch(DAY.minusDays(1)).rowsOut())
                .as("a day before the round does not know of it")
                .isZero();
        service.failFrom(1, false);
        assertThatThrownBy(() -> launch(DAY.plusDays(2))).isInstanceOf(ServiceException.class);
        service.calm();
        assertThat(launch(DAY.plusDays(2)).sentences())
                .containsExactly("Round 2026-10-03.1 has no job to launch", "Job gate runs in ground-truth: 3 items");
        assertThat(job("gate").<String>getAs(LabelingJobs.STATUS)).isEqualTo("RUNNING");
        assertThat(job("gate").<LocalDate>getAs(LabelingJobs.STATUS_ON)).isEqualTo(DAY.plusDays(2));
        assertThat(service.requests()).containsOnlyKeys("dock", "gate");
        int calls = service.calls().size();
        launch(DAY.plusDays(3));
        assertThat(service.calls()).as("once").hasSize(calls);
    }

    @Test
    void aPilotThatFailedIsAPilotAgain() {
        publishPilot();
        launch();
        put(LabelingJobs.with(job("dock"), Map.of(LabelingJobs.STATUS, "FAILED")), job("gate"));
        launch();
        assertThat(job("dock-2").<String>getAs(LabelingJobs.STATUS)).isEqualTo("PILOT");
        assertThat(service.requests()).containsOnlyKeys("dock", "dock-2");
    }

    @Test
    void whatWaitedForTooLongIsNotLaunched() {
        publishPilot();
        put(job("dock"), LabelingJobs.with(job("gate"), Map.of(LabelingJobs.STATUS, "EXPIRED")));
        assertThat(launch().sentences().get(1))
                .isEqualTo("Job gate was not launched for too long, and its items returned to the pool");
        assertThat(service.requests()).containsOnlyKeys("dock");
    }

    @Test
    void aJobWithoutARequestSaysWhatIsMissing() {
        publish();
        objects.put(
                PREFIX + "round.json",
                "{\"files\":[{\"job-name\":\"gate\",\"use-case\":\"gate\",\"manifest\":\"gate.jsonl\",\"lines\":3}]}");
        assertThatThrownBy(this::launch)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "Labeling job gate of round 2026-10-01.1 was published without a request to create it, because the"
                                + " configuration of the target lacked what `manifests` told: complete it for the next round")
                .hasMessageContaining("create this job from its manifest " + PREFIX + "gate.jsonl");
        assertThat(service.calls()).isEmpty();
        assertThat(opened)
                .as("what is missing is told before a service is looked for")
                .isEmpty();
    }

    @Test
    void jobsWithARequestAreLaunchedWhateverTheOthersLack() {
        publish();
        String seal = objects.get(PREFIX + "round.json").orElseThrow().text();
        objects.put(PREFIX + "round.json", seal.replace("\"request\":\"gate.request.json\"", "\"template\":\"x\""));
        assertThatThrownBy(this::launch)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("job gate of round")
                .hasMessageContaining("because the configuration of the target lacked what `manifests` told");
        assertThat(opened).containsExactly("label-studio");
        assertThat(job("dock").<String>getAs(LabelingJobs.STATUS)).isEqualTo("RUNNING");
        assertThat(job("gate").<String>getAs(LabelingJobs.STATUS)).isEqualTo("PLANNED");
    }

    @Test
    void aJobThatFailedWithAnswersIsNotAskedAgain() {
        publish();
        launch();
        put(
                job("dock"),
                LabelingJobs.with(job("gate"), Map.of(LabelingJobs.STATUS, "FAILED", LabelingJobs.LABELED, 2L)));
        assertThat(launch().sentences().get(1))
                .isEqualTo("Job gate failed with 2 of its 3 items answered, which would be asked again: it is not"
                        + " launched again; items without an answer return to the pool by `jobs sync`");
        assertThat(service.requests()).containsOnlyKeys("dock", "gate");
    }

    @Test
    void aFileThatIsNotWhatWasSealedCreatesNothing() {
        publish();
        String seal = objects.get(PREFIX + "round.json").orElseThrow().text();
        String hashes = "\"hashes\":{\"dock.project.json\":\"" + Digest.ofText("{\"title\":\"dock\"}")
                + "\",\"dock.tasks-2.json\":\"" + Digest.ofText("[2]") + "\"},";
        objects.put(PREFIX + "round.json", seal.replace("\"tasks\"", hashes + "\"tasks\""));
        objects.put(PREFIX + "dock.tasks-2.json", "[3]");
        assertThatThrownBy(this::launch)
                .isInstanceOf(ServiceException.class)
                .hasMessage("Labeling job dock is not launched: " + PREFIX
                        + "dock.tasks-2.json is not what its round sealed any more: restore it");
        assertThat(service.calls()).isEmpty();
        objects.put(PREFIX + "dock.tasks-2.json", "[2]");
        launch();
        assertThat(service.requests()).containsOnlyKeys("dock", "gate");
    }

    @Test
    void aLostLeaseCreatesNothingAndARoundThatIsNotSealedHasNothingToLaunch() {
        assertThat(launch().sentences()).containsExactly("Round 2026-10-01.1 has no job to launch");
        publish();
        LaunchJob lost = new LaunchJob(
                "p",
                tables,
                objects,
                new Rounds(objects, "/rounds", "p"),
                day -> new Round(day, 1),
                target -> service,
                () -> {
                    throw new IllegalStateException("the lease is lost");
                });
        assertThatThrownBy(() -> lost.run(DAY)).hasMessage("the lease is lost");
        assertThat(service.calls()).isEmpty();
    }
}
