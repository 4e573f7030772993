package dev.winnow.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings;
import dev.winnow.config.TaskType;
import dev.winnow.config.TeamSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.selection.Selections;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingTables;
import dev.winnow.testing.FakeLabeling;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Job gate of round 2026-10-01.1 asks for the items i1, i2 and i3, three answers each; it was made on 2026-10-01. */
class JobsSyncJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-03");
    private static final LabelingSettings LABELING = Configs.of(
                    "labeling { expire-days = 10, tasks.default.workers = 1 }")
            .labeling();
    private static final TeamSettings TEAM = LABELING.team();

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final FakeLabeling service = new FakeLabeling();

    @BeforeEach
    void launched() {
        objects.put("/m.jsonl", "{\"item-id\":\"i1\"}\n{\"item-id\":\"i2\"}\n{\"item-id\":\"i3\"}\n");
        put(job("gate", "RUNNING"));
        tables.with(
                Selections.TABLE.name(),
                Frames.of(Selections.TABLE, selection("i1"), selection("i2"), selection("i3"), selection("i4"))
                        .drop(Selections.SIGNALS)); // arrays that were read from JSON may hold nulls
        service.stands("gate", State.RUNNING, 3, 0, 0);
    }

    private static String job(String name, String status) {
        return """
                {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','use_case':'gate','job_name':'%s',\
                'target':'ground-truth','task_type':'image-classification','manifest_uri':'/m.jsonl','items':3,\
                'sha256':'0','status':'%s'}""".formatted(name, status);
    }

    private static String selection(String item) {
        return """
                {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','use_case':'gate','item_id':'%s',\
                'image_uri':'s3://b/%s.jpg'}""".formatted(item, item);
    }

    private static String answer(String item, String worker, String submitted, double seconds) {
        return """
                {'pipeline':'p','use_case':'gate','job_name':'id-gate','item_id':'%s','worker_id':'%s','kind':'WORKER',\
                'status':'ANSWERED','submitted_at':'%sT10:00:00Z','seconds_spent':%s}""".formatted(item, worker, submitted, seconds);
    }

    private void put(String... jobs) {
        tables.with(LabelingJobs.TABLE.name(), Frames.of(LabelingJobs.TABLE, jobs));
    }

    private void answers(String... rows) {
        tables.with(Answers.TABLE.name(), Frames.of(Answers.TABLE, rows));
    }

    private Stage.Report sync(LocalDate day) {
        return new JobsSyncJob("p", LABELING, tables, objects, target -> service).run(day);
    }

    private Row job(String name) {
        return tables.read(LabelingJobs.TABLE)
                .filter("job_name = '" + name + "'")
                .first();
    }

    private String status() {
        return job("gate").getAs(LabelingJobs.STATUS);
    }

    private Row progress(LocalDate day) {
        return tables.read(LabelingProgress.TABLE)
                .filter("run_date = DATE'" + day + "'")
                .first();
    }

    private List<String> returned() {
        return tables
                .read(ReturnedItems.TABLE)
                .selectExpr("concat_ws(' ', run_date, item_id, image_uri, reason)")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    private List<String> freeOn(LocalDate day) {
        return new OpenJobs("p", tables, TEAM)
                .returned(day).select("image_uri").collectAsList().stream()
                        .map(row -> row.getString(0))
                        .sorted()
                        .toList();
    }

    private List<String> content() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("labeling_jobs", "labeling_progress", "returned_items")) {
            rows.addAll(tables.readStored(table).toJSON().collectAsList());
        }
        return rows.stream().sorted().toList();
    }

    @Test
    void aRunningJobIsCountedWithItsAnswersTimesAndBacklog() {
        service.stands("gate", State.RUNNING, 3, 1, 1);
        answers(
                answer("i1", "w1", "2026-10-02", 10),
                answer("i1", "w2", "2026-10-02", 20),
                answer("i2", "w1", "2026-10-03", 30),
                answer("i3", "w1", "2026-10-04", 99)); // after the day
        assertThat(sync(DAY).sentences())
                .containsExactly("1 jobs looked at: {RUNNING=1}; 3 answers open, 1 minutes of work; 0 items returned to"
                        + " the pool");
        Row row = progress(DAY);
        assertThat(row.<Long>getAs(LabelingProgress.ANSWERED)).isEqualTo(1);
        assertThat(row.<Long>getAs(LabelingProgress.FAILED)).isEqualTo(1);
        assertThat(row.<Long>getAs(LabelingProgress.OPEN)).isEqualTo(1);
        assertThat(row.<Long>getAs(LabelingProgress.ANSWERS)).isEqualTo(3);
        assertThat(row.<Long>getAs(LabelingProgress.WORKERS)).isEqualTo(2);
        assertThat(row.<Double>getAs(LabelingProgress.SECONDS_PER_ANSWER)).isEqualTo(20);
        assertThat(row.<Double>getAs(LabelingProgress.SECONDS_PER_ITEM)).isEqualTo(30);
        assertThat(row.<Double>getAs(LabelingProgress.ITEMS_PER_DAY)).isEqualTo(0.5);
        assertThat(row.<Long>getAs(LabelingProgress.BACKLOG_ANSWERS)).isEqualTo(3);
        assertThat(row.<Double>getAs(LabelingProgress.BACKLOG_MINUTES)).isEqualTo(1);
        EarlierRounds.Open open = new OpenJobs("p", tables, TEAM).open(DAY.plusDays(1));
        assertThat(open).isEqualTo(new EarlierRounds.Open(3, 1, 20, 9, 9));
        assertThat(new OpenJobs("p", tables, TEAM).open(DAY).answers())
                .as("before the first sync all that was launched is open: three items, three answers each")
                .isEqualTo(9);
    }

    @Test
    void aJobThatWasLaunchedAfterTheSyncThatSawItPlannedIsOpen() {
        put(job("gate", "PLANNED"));
        service.forget("gate");
        sync(DAY);
        OpenJobs open = new OpenJobs("p", tables, TEAM);
        assertThat(open.open(DAY.plusDays(1)).answers()).isZero();
        put(job("gate", "RUNNING").replace("'sha256'", "'status_on':'2026-10-04','workers_per_item':3,'sha256'"));
        assertThat(open.open(DAY.plusDays(2)).answers()).isEqualTo(9);
        assertThat(open.open(DAY.plusDays(1)).answers())
                .as("the day before it runs")
                .isZero();
    }

    @Test
    void whatPeopleSaidOfImagesThatNoRoundAskedAboutIsAskedBesides() {
        answers(
                besides("{'image_uri':'s3://b/own.jpg','submitted_at':'2026-10-02T10:00:00Z'"),
                besides("{'submitted_at':'2026-10-04T10:00:00Z'").replace("'i'", "'s3://b/named.jpg'"),
                besides("{'image_uri':'s3://b/undated.jpg'"),
                besides("{'image_uri':'s3://b/truth.jpg'").replace("WORKER", "GOLD"),
                besides("{'image_uri':'s3://b/late.jpg','submitted_at':'2026-10-05T10:00:00Z'"),
                besides("{'image_uri':'s3://b/machine.jpg'").replace("WORKER", "MACHINE"),
                besides("{'image_uri':'s3://b/unsure.jpg'").replace("ANSWERED", "CONFLICTING"),
                besides("{'image_uri':'s3://b/chosen.jpg','round_id':'2026-10-01.1'"));
        assertThat(new OpenJobs("p", tables, TEAM)
                        .askedBesides(LocalDate.parse("2026-10-05"))
                        .selectExpr("concat_ws(' ', run_date, use_case, image_uri)")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder(
                        "2026-10-02 gate s3://b/own.jpg",
                        "2026-10-04 gate s3://b/named.jpg",
                        "2026-10-04 gate s3://b/undated.jpg",
                        "2026-10-04 gate s3://b/truth.jpg");
    }

    private static String besides(String begin) {
        return begin + ",'pipeline':'p','use_case':'gate','job_name':'','item_id':'i','worker_id':'w','kind':'WORKER',"
                + "'status':'ANSWERED','task':'CLASSIFICATION'}";
    }

    /** 2026-10-01 is a Thursday. */
    @Test
    void whatJobsOfAWeekAndAMonthAskedForCountsUpToTheirEndUnlessTheyFailed() {
        put(
                job("gate", "DONE"),
                job("dock", "FAILED").replace("/m.", "/d."),
                job("yard", "RUNNING").replace("/m.", "/y.").replace("2026-10-01", "2026-09-30"),
                job("later", "PLANNED").replace("/m.", "/l.").replace("2026-10-01", "2026-10-05"));
        OpenJobs jobs = new OpenJobs("p", tables, TEAM);
        EarlierRounds.Open sunday = jobs.open(LocalDate.parse("2026-10-04"));
        assertThat(List.of(sunday.week(), sunday.month())).containsExactly(6L, 3L);
        EarlierRounds.Open monday = jobs.open(LocalDate.parse("2026-10-05"));
        assertThat(List.of(monday.week(), monday.month()))
                .as("a round of the day itself, too")
                .containsExactly(3L, 6L);
        assertThat(List.of(sunday.answers(), monday.answers()))
                .as("which is open before anybody has launched it")
                .containsExactly(3L, 6L);
    }

    @Test
    void aJobThatWaitsForItsPilotIsOpen() {
        put(job("gate", "PLANNED").replace("'sha256'", "'pilot_key':'k','pilot_part':'REST','sha256'"));
        service.forget("gate");
        OpenJobs open = new OpenJobs("p", tables, TEAM);
        assertThat(open.open(DAY.plusDays(1)).answers())
                .as("it may be released on any day")
                .isEqualTo(3);
        sync(DAY);
        assertThat(open.open(DAY.plusDays(1)).answers()).isEqualTo(3);
    }

    @Test
    void whatWasAnsweredAfterItReturnedIsNotFreeAnyMore() {
        service.stands("gate", State.FAILED, 3, 0, 0);
        sync(DAY);
        assertThat(freeOn(DAY.plusDays(1))).hasSize(3);
        answers(answer("i2", "w1", "2026-10-03", 10), answer("i3", "w1", "2026-10-05", 10));
        assertThat(freeOn(DAY.plusDays(1)))
                .as("on a day before the other answer was given")
                .containsExactly("s3://b/i1.jpg", "s3://b/i3.jpg");
        assertThat(freeOn(DAY.plusDays(2))).containsExactly("s3://b/i1.jpg");
    }

    @Test
    void timesAddUpToTheSameInAnyOrder() {
        service.stands("gate", State.RUNNING, 3, 1, 0);
        answers(
                answer("i1", "w1", "2026-10-02", 0.1),
                answer("i1", "w2", "2026-10-02", 0.2),
                answer("i1", "w3", "2026-10-02", 0.3));
        sync(DAY);
        assertThat(progress(DAY).<Double>getAs(LabelingProgress.SECONDS_PER_ITEM))
                .as("0.1 + 0.2 + 0.3 of doubles is more")
                .isEqualTo(0.6);
    }

    @Test
    void aFailedJobsItemsWithoutAnAnswerAreFreeFromTheNextDayOn() {
        answers(
                answer("i2", "w1", "2026-10-02", 10),
                answer("i3", "", "2026-10-02", 10).replace("WORKER", "MACHINE")); // nobody looked at it
        service.stands("gate", State.FAILED, 3, 0, 0);
        sync(DAY);
        assertThat(status()).isEqualTo("FAILED");
        assertThat(job("gate").<String>getAs(LabelingJobs.FAILURE_REASON)).isEqualTo("it broke");
        assertThat(returned())
                .containsExactly("2026-10-03 i1 s3://b/i1.jpg FAILED", "2026-10-03 i3 s3://b/i3.jpg FAILED");
        assertThat(freeOn(DAY)).isEmpty();
        assertThat(freeOn(DAY.plusDays(1))).containsExactly("s3://b/i1.jpg", "s3://b/i3.jpg");
        assertThat(progress(DAY).<Long>getAs(LabelingProgress.OPEN)).isZero();
        int calls = service.calls().size();
        sync(DAY.plusDays(1));
        assertThat(service.calls()).as("an ended job is not asked about").hasSize(calls);
        assertThat(returned()).as("nor do its items return twice").hasSize(2);
    }

    /** Files as the target writes them: two of tasks, in the second one item. */
    @Test
    void theItemsOfALabelStudioJobAreThoseOfAllItsFilesOfTasks(@TempDir Path folder) throws IOException {
        WinnowConfig config = Jobs.configured("");
        LabelingJob studio =
                Jobs.job(config, TaskType.IMAGE_CLASSIFICATION, Jobs.items(10_001), List.of("bag", "knife"));
        JobFiles files = new LabelStudioTarget().write(studio, folder);
        files.names().forEach(name -> objects.put("/r/" + name, folder.resolve(name)));
        put(job("gate", "RUNNING")
                .replace("ground-truth", "label-studio")
                .replace("/m.jsonl", "/r/" + files.manifest())
                .replace("'sha256'", "'prefix':'/r/','files':['" + String.join("','", files.names()) + "'],'sha256'"));
        tables.with(
                Selections.TABLE.name(),
                Frames.of(Selections.TABLE, selection("item-1"), selection("item-10001"), selection("item-10002"))
                        .drop(Selections.SIGNALS));
        service.stands("gate", State.FAILED, 3, 0, 0);
        sync(DAY);
        assertThat(returned())
                .containsExactly(
                        "2026-10-03 item-1 s3://b/item-1.jpg FAILED",
                        "2026-10-03 item-10001 s3://b/item-10001.jpg FAILED");
    }

    @Test
    void whatAnAttemptThatRunsAgainAsksAboutIsNotFree() {
        service.stands("gate", State.FAILED, 3, 0, 0);
        sync(DAY);
        Row again = LabelingJobs.with(
                job("gate"),
                Map.of(LabelingJobs.JOB_NAME, "gate-2", LabelingJobs.ORDINAL, 2, LabelingJobs.STATUS, "RUNNING"));
        tables.replace(
                LabelingJobs.TABLE,
                tables.frame(LabelingJobs.TABLE, List.of(job("gate"), again)),
                Map.of(LabelingJobs.PIPELINE, "p"));
        assertThat(freeOn(DAY.plusDays(1))).isEmpty();
    }

    @Test
    void itemsWaitForAnswersThatTheServiceCountsAndNobodyIngested() {
        service.stands("gate", State.EXPIRED, 3, 1, 0);
        assertThat(sync(DAY).sentences().get(1))
                .isEqualTo(
                        "Job gate is EXPIRED with 1 answered items, of which no answer was ingested: the others return"
                                + " to the pool by the next `jobs sync` after `ingest`");
        assertThat(returned()).isEmpty();
        answers(answer("i1", "w1", "2026-10-02", 10));
        sync(DAY.plusDays(1));
        assertThat(returned())
                .containsExactly("2026-10-04 i2 s3://b/i2.jpg EXPIRED", "2026-10-04 i3 s3://b/i3.jpg EXPIRED");
    }

    @Test
    void aJobThatIsOpenForTooLongExpiresAndOneThatIsDoneGivesBackWhatFailedThen() {
        put(job("gate", "RUNNING"), job("dock", "RUNNING").replace("/m.jsonl", "/d.jsonl"));
        objects.put("/d.jsonl", "{\"item-id\":\"i4\"}\n");
        service.stands("dock", State.DONE, 3, 0, 3);
        sync(LocalDate.parse("2026-10-10"));
        assertThat(status()).isEqualTo("RUNNING");
        assertThat(returned()).isEmpty();
        LocalDate over = LocalDate.parse("2026-10-11");
        sync(over);
        assertThat(status()).isEqualTo("EXPIRED");
        assertThat(returned())
                .containsExactly(
                        "2026-10-11 i1 s3://b/i1.jpg EXPIRED",
                        "2026-10-11 i2 s3://b/i2.jpg EXPIRED",
                        "2026-10-11 i3 s3://b/i3.jpg EXPIRED",
                        "2026-10-11 i4 s3://b/i4.jpg UNANSWERED");
        assertThat(new OpenJobs("p", tables, TEAM).open(over.plusDays(1)).answers())
                .isZero();
    }

    @Test
    void aPlannedJobRunsOnceTheServiceHoldsAllOfItAndALaunchThatWasCutIsNamed() {
        put(job("gate", "PLANNED"));
        service.stands("gate", State.RUNNING, 2, 0, 0);
        assertThat(sync(DAY).sentences().get(1))
                .isEqualTo("Job gate holds 2 of its 3 items: run `manifests --launch` for 2026-10-01 again");
        assertThat(status()).isEqualTo("PLANNED");
        service.stands("gate", State.RUNNING, 3, 0, 0);
        sync(DAY);
        assertThat(status()).isEqualTo("RUNNING");
        put(job("gate", "PLANNED"));
        service.forget("gate");
        sync(DAY);
        assertThat(status()).isEqualTo("PLANNED");
        int calls = service.calls().size();
        sync(LocalDate.parse("2026-10-11"));
        assertThat(service.calls())
                .as("a job that nobody launched is not asked about for ever")
                .hasSize(calls);
    }

    /** Opens the service for Ground Truth; another server throws. */
    private JobsSyncJob without(RuntimeException failure) {
        return new JobsSyncJob("p", LABELING, tables, objects, target -> {
            if (target.equals("label-studio")) {
                throw failure;
            }
            return service;
        });
    }

    @Test
    void aServiceThatCanNotBeAskedOnlyMattersWhereAJobWasLaunched() {
        ConfigException unset = new ConfigException("labeling.label-studio: set url");
        String studio = job("dock", "PLANNED").replace("ground-truth", "label-studio");
        put(job("gate", "RUNNING"), studio);
        assertThat(without(unset).run(DAY).sentences())
                .contains("Nobody launched a job in label-studio, which was not asked: labeling.label-studio: set url");
        assertThatThrownBy(() -> without(ServiceException.passing("down", null)).run(DAY))
                .isInstanceOf(ServiceException.class);
        put(job("gate", "RUNNING"), studio.replace("PLANNED", "RUNNING"));
        assertThatThrownBy(() -> without(unset).run(DAY)).isSameAs(unset);
    }

    @Test
    void aServiceThatFailsKeepsNobodyElsesProgressFromBeingRecorded() {
        put(job("gate", "RUNNING"), job("a", "RUNNING").replace("ground-truth", "label-studio"));
        service.stands("gate", State.DONE, 3, 3, 0);
        ServiceException down = ServiceException.passing("down", null);
        assertThatThrownBy(() -> without(down).run(DAY)).isSameAs(down);
        assertThat(status()).isEqualTo("DONE");
        assertThat(progress(DAY).<Long>getAs(LabelingProgress.ANSWERED)).isEqualTo(3);
        service.stands("a", State.RUNNING, 3, 1, 0);
        sync(DAY);
        assertThat(tables.read(LabelingProgress.TABLE).count())
                .as("trying again completes the day")
                .isEqualTo(2);
    }

    @Test
    void whatBulkQaSaysOfALabelIsNoAnswerToTheJobThatAskedForIt() {
        put(
                job("gate", "RUNNING"),
                job("qa", "DONE")
                        .replace("image-classification", "batch-review")
                        .replace("/m.jsonl", "/q.jsonl")
                        .replace("'sha256'", "'service_id':'id-qa','sha256'"));
        answers(answer("i1", "w1", "2026-10-02", 10).replace("id-gate", "id-qa"), answer("i2", "w1", "2026-10-02", 10));
        service.stands("gate", State.FAILED, 3, 0, 0);
        sync(DAY);
        assertThat(returned())
                .containsExactly("2026-10-03 i1 s3://b/i1.jpg FAILED", "2026-10-03 i3 s3://b/i3.jpg FAILED");
    }

    @Test
    void aGroupOfWorkersHasItsJobsTogether() {
        put(job("gate", "RUNNING"), job("dock", "RUNNING").replace("/m.jsonl", "/d.jsonl"), job("new", "PLANNED"));
        service.stands("gate", State.RUNNING, 3, 1, 0);
        service.stands("dock", State.RUNNING, 3, 2, 0);
        answers(
                answer("i1", "w1", "2026-10-02", 10),
                answer("i1", "w2", "2026-10-02", 20),
                answer("i4", "w1", "2026-10-02", 30).replace("id-gate", "id-dock"));
        sync(DAY);
        assertThat(tables.read(LabelingGroups.TABLE).collectAsList())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.<String>getAs(LabelingGroups.WORKER_GROUP)).isEqualTo("team");
                    assertThat(row.<Long>getAs(LabelingGroups.JOBS)).isEqualTo(2);
                    assertThat(row.<Long>getAs(LabelingGroups.ITEMS)).isEqualTo(6);
                    assertThat(row.<Long>getAs(LabelingGroups.ANSWERED)).isEqualTo(3);
                    assertThat(row.<Long>getAs(LabelingGroups.OPEN)).isEqualTo(3);
                    assertThat(row.<Long>getAs(LabelingGroups.WORKERS)).isEqualTo(2);
                    assertThat(row.<Double>getAs(LabelingGroups.SECONDS_PER_ANSWER))
                            .isEqualTo(20);
                    assertThat(row.<Double>getAs(LabelingGroups.SECONDS_PER_ITEM))
                            .isEqualTo(30);
                    assertThat(row.<Double>getAs(LabelingGroups.ITEMS_PER_DAY)).isEqualTo(1.5);
                    assertThat(row.<Long>getAs(LabelingGroups.BACKLOG_ANSWERS)).isEqualTo(9);
                    assertThat(row.<Double>getAs(LabelingGroups.BACKLOG_MINUTES))
                            .isEqualTo((6 * 15 + 3 * 30) / 60.0);
                });
        assertThat(job("gate").<String>getAs(LabelingJobs.WORKER_GROUP)).isEqualTo("team");
    }

    @Test
    void aJobThatMayNotBeStoppedExpiresAllTheSameAndIsNamed() {
        service.refuseToStop();
        JobsSyncJob stopping = new JobsSyncJob(
                "p",
                Configs.of("labeling { expire-days = 10, stop-expired = true }").labeling(),
                tables,
                objects,
                target -> service);
        assertThat(stopping.run(LocalDate.parse("2026-10-11")).sentences())
                .contains("Job gate is open for 10 days and could not be stopped: not allowed");
        assertThat(status()).isEqualTo("EXPIRED");
    }

    @Test
    void aJobThatExpiresIsStoppedInItsServiceOnceWhereThatIsAskedFor() {
        LocalDate over = LocalDate.parse("2026-10-11");
        sync(over.minusDays(1));
        assertThat(service.calls()).noneMatch(call -> call.startsWith("stop"));
        JobsSyncJob stopping = new JobsSyncJob(
                "p",
                Configs.of("labeling { expire-days = 10, stop-expired = true }").labeling(),
                tables,
                objects,
                target -> service);
        assertThat(stopping.run(over.minusDays(1)).sentences()).hasSize(1);
        assertThat(stopping.run(over).sentences())
                .contains("Job gate is open for 10 days and was stopped in ground-truth");
        assertThat(status()).isEqualTo("EXPIRED");
        stopping.run(over);
        stopping.run(over.plusDays(1));
        assertThat(service.calls()).containsOnlyOnce("stop gate");
    }

    @Test
    void aDayBeforeTheLastSyncIsNotMadeUp() {
        sync(DAY);
        int calls = service.calls().size();
        assertThat(sync(DAY.minusDays(1)).sentences())
                .containsExactly("Jobs were looked at for 2026-10-03 already; where they stood on 2026-10-02 no service"
                        + " can say now");
        assertThat(service.calls()).hasSize(calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aSyncThatWasKilledIsRepeatedAndRepeatingItChangesNothing(int failing) {
        service.stands("gate", State.FAILED, 3, 0, 0);
        JobsSyncJob killed = new JobsSyncJob(
                "p", LABELING, new FailingTables(tables, new Countdown(failing)), objects, target -> service);
        assertThatThrownBy(() -> killed.run(DAY)).hasMessageContaining("write");
        sync(DAY);
        assertThat(returned()).hasSize(3);
        List<String> content = content();
        sync(DAY);
        assertThat(content()).isEqualTo(content);
        assertThat(progress(DAY).<Double>getAs(LabelingProgress.BACKLOG_MINUTES))
                .isCloseTo(0, within(0.0));
    }
}
