package dev.winnow.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.answers.Answers;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.Pilots;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.Stage;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.Selections;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingTables;
import dev.winnow.testing.FakeLabeling;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Job first, a pilot of 60 items and a planted one, was launched on 2026-10-01; job rest, of one item, waits for it. */
class PilotVerdictsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-03");

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final FakeLabeling service = new FakeLabeling();

    @BeforeEach
    void launched() {
        put(job("first", "PILOT", "PILOT"), job("rest", "PLANNED", "REST"));
        objects.put(
                "/first.jsonl",
                String.join(
                                "\n",
                                IntStream.rangeClosed(1, 60)
                                        .mapToObj(i -> "{\"item-id\":\"i" + i + "\"}")
                                        .toList())
                        + "\n{\"item-id\":\"gold\"}\n");
        objects.put("/rest.jsonl", "{\"item-id\":\"r1\"}\n");
        tables.with(Selections.TABLE.name(), Frames.of(Selections.TABLE, """
                        {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','use_case':'gate',\
                        'item_id':'r1','image_uri':'s3://b/r1.jpg'}""").drop(Selections.SIGNALS));
        tables.with(
                PlantedItems.TABLE.name(),
                Frames.of(
                        PlantedItems.TABLE,
                        "{'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','item_id':'gold'}"));
        service.stands("first", State.RUNNING, 61, 0, 0);
    }

    private static String job(String name, String status, String part) {
        return """
                {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','use_case':'gate','job_name':'%s',\
                'target':'ground-truth','task_type':'image-classification','manifest_uri':'/%s.jsonl','items':61,\
                'sha256':'0','status':'%s','pilot_key':'k','pilot_part':'%s'}""".formatted(name, name, status, part);
    }

    private void put(String... jobs) {
        tables.with(LabelingJobs.TABLE.name(), Frames.of(LabelingJobs.TABLE, jobs));
    }

    /** Three answers to each of the first items; some have one of another class. */
    private void answers(int items, int split) {
        List<String> rows = new ArrayList<>();
        for (int item = 1; item <= items; item++) {
            for (int worker = 1; worker <= 3; worker++) {
                rows.add(answer("i" + item, "w" + worker, item <= split && worker == 3 ? "knife" : "bag"));
            }
        }
        for (int worker = 1; worker <= 3; worker++) {
            rows.add(answer("gold", "w" + worker, "c" + worker)); // tells nothing about the question
        }
        tables.with(Answers.TABLE.name(), Frames.of(Answers.TABLE, rows.toArray(String[]::new)));
    }

    private static String answer(String item, String worker, String label) {
        return """
                {'pipeline':'p','use_case':'gate','job_name':'id-first','item_id':'%s','worker_id':'%s','kind':'WORKER',\
                'status':'ANSWERED','task':'CLASSIFICATION','label':'%s','repetition':1,\
                'submitted_at':'2026-10-02T10:00:00Z','seconds_spent':12}""".formatted(item, worker, label);
    }

    private JobsSyncJob job(String pilot, @Nullable Countdown failing) {
        return new JobsSyncJob(
                "p",
                Configs.of("labeling { expire-days = 10, tasks.default.pilot { " + pilot + " } }")
                        .labeling(),
                failing == null ? tables : new FailingTables(tables, failing),
                objects,
                target -> service);
    }

    private Stage.Report sync(LocalDate day, String pilot) {
        return job(pilot, null).run(day);
    }

    private Stage.Report sync() {
        return sync(DAY, "items = 60, max-seconds-per-answer = 15");
    }

    private String status(String name) {
        return tables.read(LabelingJobs.TABLE)
                .filter("job_name = '" + name + "'")
                .first()
                .getAs(LabelingJobs.STATUS);
    }

    private Row pilot() {
        return tables.read(Pilots.TABLE).first();
    }

    private List<String> content() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("labeling_jobs", "pilots", "labeling_progress")) {
            rows.addAll(tables.readStored(table).toJSON().collectAsList());
        }
        return rows.stream().sorted().toList();
    }

    @Test
    void aPilotRunsUntilAllOfItIsAnsweredByThreePeople() {
        answers(59, 0);
        assertThat(sync().sentences())
                .contains("The pilot of image-classification in use case gate is PILOT: 59 of 60 items have at least 3"
                        + " answers");
        assertThat(status("first")).isEqualTo("PILOT");
        assertThat(status("rest")).isEqualTo("PLANNED");
        assertThat(pilot().<Long>getAs(Pilots.ITEMS)).isEqualTo(60);
        assertThat(pilot().<Long>getAs(Pilots.JUDGED)).isEqualTo(59);
    }

    @Test
    void peopleWhoAgreeAndAreFastReleaseTheRestForGood() {
        answers(60, 3);
        assertThat(sync().sentences())
                .contains(
                        "The pilot of image-classification in use case gate is RELEASED: 60 items with at least 3"
                                + " answers; agreement 0.97 (0.89 to 0.99), floor 0.80; seconds an answer 12.0 (12.0 to"
                                + " 12.0), ceiling 15.0",
                        "Job rest is released: the next launch creates it");
        assertThat(status("rest")).isEqualTo("RELEASED");
        assertThat(pilot().<LocalDate>getAs(Pilots.STATE_ON)).isEqualTo(DAY);
        assertThat(new OpenJobs("p", tables, Configs.of("").labeling().team())
                        .open(DAY.plusDays(1))
                        .answers())
                .as("what the next launch creates is open, too: 61 and 61 items, three answers each")
                .isEqualTo(366);
        List<String> content = content();
        sync();
        assertThat(content()).isEqualTo(content);
        answers(60, 60);
        sync(DAY.plusDays(1), "items = 60");
        assertThat(pilot().<String>getAs(Pilots.STATE)).as("for good").isEqualTo("RELEASED");
    }

    @Test
    void aFloorThatIsMissedHoldsTheRestBackUntilItExpires() {
        answers(60, 50);
        assertThat(sync().sentences()).anyMatch(sentence -> sentence.contains("is REFUSED: 60 items"));
        assertThat(status("rest")).isEqualTo("PLANNED");
        sync(LocalDate.parse("2026-10-10"), "items = 60");
        assertThat(status("rest")).isEqualTo("PLANNED");
        LocalDate over = LocalDate.parse("2026-10-11");
        assertThat(sync(over, "items = 60").sentences())
                .contains("Job rest waited for its pilot for 10 days and is EXPIRED");
        assertThat(status("rest")).isEqualTo("EXPIRED");
        assertThat(tables.read(ReturnedItems.TABLE).select("item_id").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("r1");
    }

    @Test
    void aPilotThatTellsTooLittleSaysHowMuchIsMissingAndALowerFloorIsJudgedAnew() {
        answers(60, 12);
        sync();
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("INCONCLUSIVE");
        assertThat(pilot().<Long>getAs(Pilots.MISSING)).isPositive();
        assertThat(status("rest")).isEqualTo("PLANNED");
        sync(DAY.plusDays(1), "items = 60, min-agreement = 0.7");
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("RELEASED");
        assertThat(pilot().<Object>getAs(Pilots.MISSING)).isNull();
        assertThat(status("rest")).isEqualTo("RELEASED");
    }

    @Test
    void aPilotThatEndedWithTooFewAnswersIsInconclusive() {
        answers(40, 0);
        service.stands("first", State.EXPIRED, 61, 40, 0);
        sync();
        assertThat(status("first")).isEqualTo("EXPIRED");
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("INCONCLUSIVE");
        assertThat(pilot().<Long>getAs(Pilots.MISSING)).isEqualTo(20);
    }

    @Test
    void aPilotThatEndedWaitsForTheAnswersThatNobodyReadYet() {
        answers(20, 0);
        service.stands("first", State.DONE, 61, 61, 0);
        sync();
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("PILOT");
        answers(60, 0);
        sync();
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("RELEASED");
    }

    @Test
    void aLaterPilotThatStillRunsKeepsNoEarlierOneFromBeingJudged() {
        put(
                job("first", "PILOT", "PILOT"),
                job("rest", "PLANNED", "REST"),
                job("second", "PILOT", "PILOT").replace("2026-10-01", "2026-10-02"),
                job("third", "PLANNED", "PILOT").replace("2026-10-01", "2026-10-02"));
        objects.put("/second.jsonl", "{\"item-id\":\"s1\"}\n");
        objects.put("/third.jsonl", "{\"item-id\":\"t1\"}\n");
        service.stands("second", State.RUNNING, 1, 0, 0);
        answers(59, 0);
        sync();
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("PILOT");
        answers(60, 0);
        sync();
        assertThat(pilot().<String>getAs(Pilots.STATE)).isEqualTo("RELEASED");
        assertThat(pilot().<Long>getAs(Pilots.JOBS)).isEqualTo(2);
        assertThat(pilot().<Long>getAs(Pilots.ITEMS))
                .as("what nobody launched counts for nothing")
                .isEqualTo(61);
        assertThat(pilot().<Long>getAs(Pilots.JUDGED)).isEqualTo(60);
    }

    @Test
    void aPilotThatIsSwitchedOffHoldsNothingBack() {
        answers(60, 50);
        sync(DAY, "items = 0");
        assertThat(status("rest")).isEqualTo("RELEASED");
        assertThat(tables.read(Pilots.TABLE).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aSyncThatWasKilledIsMadeGoodByTheNext(int failing) {
        answers(60, 0);
        assertThatThrownBy(() -> job("items = 60", new Countdown(failing)).run(DAY))
                .hasMessageContaining("write");
        sync(DAY, "items = 60");
        assertThat(status("rest")).isEqualTo("RELEASED");
        List<String> content = content();
        sync(DAY, "items = 60");
        assertThat(content()).isEqualTo(content);
    }
}
