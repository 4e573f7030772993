package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.tables.InputException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SegmentsJobTest {
    private static final String SCHEMA = "inference_id string, image_uri string, captured_at string, use_case string,"
            + " model_version string, site_id string, camera_id string, predicted_label string, confidence string,"
            + " light string";
    private static final String MARKS = "feedback_id string, inference_id string, image_uri string, verdict string,"
            + " event_date string, reported_at string";

    @TempDir
    Path folder;

    private final FakeTables tables = new FakeTables();

    @BeforeEach
    void threeDays() {
        days(1, 3);
    }

    private void days(int first, int last) {
        for (int number = first; number <= last; number++) {
            inferences(number, "a", rows(number, "a", 12));
            marks(
                    number,
                    "a",
                    mark("f" + number + "1", number, "FALSE_POSITIVE", "a" + number + "-0", number),
                    mark("f" + number + "2", number, "CONFIRMED", "a" + number + "-1", number),
                    // A day later, and only in part with its date: verdicts of the day before change or come late.
                    mark("f" + number + "3", number, "CONFIRMED", "a" + (number - 1) + "-0", number - 1),
                    mark("f" + number + "4", number, "FALSE_POSITIVE", "a" + (number - 1) + "-2", 0));
        }
    }

    private static LocalDate day(int number) {
        return LocalDate.parse("2026-10-01").plusDays(number - 1L);
    }

    private static List<String> rows(int number, String prefix, int n) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            rows.add(("{'inference_id':'%1$s%2$d-%3$d','image_uri':'s3://b/%1$s%2$d-%3$d.jpg',"
                            + "'captured_at':'%4$sT10:%3$02d:00Z','use_case':'u','model_version':'m','site_id':'s%5$d',"
                            + "'camera_id':'c%6$d','predicted_label':'car','confidence':'0.%3$d','light':'%7$s'}")
                    .formatted(prefix, number, i, day(number), i % 2, i % 4, i % 3 == 0 ? "night" : "day"));
        }
        return rows;
    }

    private static String mark(String id, int arrival, String verdict, String inference, int event) {
        return "{'feedback_id':'%s','inference_id':'%s','verdict':'%s','reported_at':'%sT12:00:00Z'%s}"
                .formatted(
                        id, inference, verdict, day(arrival), event == 0 ? "" : ",'event_date':'" + day(event) + "'");
    }

    private void inferences(int number, String file, List<String> rows) {
        write("inferences/event_date=" + day(number) + "/" + file + ".json", rows);
    }

    private void marks(int number, String file, String... rows) {
        write("feedback/reported_date=" + day(number) + "/" + file + ".json", List.of(rows));
    }

    private void write(String name, List<String> rows) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, String.join("\n", rows).replace('\'', '"') + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SegmentsJob job(FakeTables into, String more) {
        return job(into, more, LocalDate.MIN, LocalDate.MIN);
    }

    private SegmentsJob job(FakeTables into, String more, LocalDate findingsFrom, LocalDate lastDay) {
        try {
            Path file = Files.writeString(
                    Files.createTempFile(folder, "_segments", ".conf"),
                    """
                    pipeline = p
                    warehouse = "$root/_warehouse"
                    labeling.path = "$root/_labeling"
                    inputs.inferences {
                      path = "$root/inferences"
                      format = json
                      schema = "%s"
                      dimensions { light = light }
                      readiness.min-share = 0
                    }
                    inputs.feedback { path = "$root/feedback", format = json, schema = "%s", catch-up-ages = [0, 1, 2] }
                    segments.min-judged = 1
                    %s
                    """.formatted(SCHEMA, MARKS, more).replace("$root", folder.toString()));
            WinnowConfig config = WinnowConfig.load(file.toFile(), Map.of());
            SparkSources sources = new SparkSources(SparkExtension.session());
            CameraTable cameras = new CameraTable(sources, config.cameras());
            return new SegmentsJob(
                    config,
                    new InferenceLog(sources, config.inferences(), cameras),
                    new FeedbackLog(sources, config.feedback()),
                    cameras,
                    new Readiness(config.inferences().readiness(), new LocalObjects()),
                    into,
                    findingsFrom,
                    lastDay);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stage.Report run(int number) {
        return run(number, "");
    }

    private Stage.Report run(int number, String more) {
        return job(tables, more).run(day(number));
    }

    /** All rows of all tables as texts; without what depends on the place and the age of the input files. */
    private static Map<String, List<String>> content(FakeTables of, String pipeline) {
        Map<String, List<String>> content = new TreeMap<>();
        for (String name : of.names()) {
            content.put(
                    name,
                    of
                            .readStored(name)
                            .filter(col("pipeline").equalTo(pipeline))
                            .drop("input_state", "input_fingerprint", "built_on", "run_id")
                            .toJSON()
                            .collectAsList()
                            .stream()
                            .sorted()
                            .toList());
        }
        return content;
    }

    private List<String> verdicts() {
        return tables
                .readStored("verdict_daily")
                .groupBy("arrival_date", "event_date")
                .agg(Map.of("false_positives", "sum", "confirmed", "sum"))
                .selectExpr(
                        "concat_ws(' ', day(arrival_date), day(event_date), `sum(false_positives)`, `sum(confirmed)`)")
                .collectAsList()
                .stream()
                .map(r -> r.getString(0))
                .sorted()
                .toList();
    }

    @Test
    void aRunWritesCellsVerdictsAndSegmentsOfItsDayAndARepeatedRunChangesNothing() {
        run(1);
        Stage.Report report = run(2);
        Map<String, List<String>> once = content(tables, "p");

        assertThat(report.rowsIn()).isEqualTo(12);
        assertThat(report.passes()).isEqualTo(1);
        assertThat(report.sentences()).anyMatch(s -> s.startsWith("12 inferences of 2026-10-02 in"));
        // Day 2: one wrong, one right; of day 1 a wrong one turns right, and one found by its id is wrong.
        assertThat(verdicts()).containsExactly("1 1 1 1", "2 1 0 1", "2 2 1 1");
        assertThat(tables.readStored("segment_findings")
                        .filter("segment = '(all)' and run_date = '2026-10-02'")
                        .select("alarms", "false_positives", "confirmed", "cameras")
                        .first()
                        .mkString(" "))
                .isEqualTo("24 2 3 4");
        run(2);
        assertThat(content(tables, "p")).isEqualTo(once);
    }

    /** A day after each date three of its alarms are judged: one right on the day, one turned right, one wrong. */
    @Test
    void datesOfEqualAgeAreComparedAndAnOldDayReproducesWhatItSaw() {
        String change = "segments.change { days = 1, age-days = 1 }";
        run(1, change);
        run(2, change);
        Stage.Report report = run(3, change);

        Dataset<Row> changes = tables.readStored("segment_changes");
        assertThat(changes.filter("segment = '(all)' and comparison = 'HISTORY'")
                        .selectExpr("concat_ws(' ', day(run_date), day(before_from), day(now_from), alarms_before,"
                                + " judged_before, wrong_before, alarms_now, judged_now, wrong_now, difference)")
                        .collectAsList())
                .extracting(r -> r.getString(0))
                .containsExactly("3 1 2 12 3 1 12 3 1 0.0");
        assertThat(changes.select("comparison").distinct().collectAsList())
                .extracting(r -> r.getString(0))
                .containsExactlyInAnyOrder("HISTORY", "CUSUM");
        assertThat(report.sentences())
                .anyMatch(
                        s -> s.startsWith("History: 0 of ") && s.contains(" from 2026-10-02 to 2026-10-02 than before"))
                .anyMatch(s -> s.startsWith("CUSUM: 0 of ") && s.endsWith("false alarms a month are expected"));

        List<String> then = content(tables, "p").get("segment_changes");
        inferences(4, "a", rows(4, "a", 12));
        marks(4, "a", mark("f41", 4, "FALSE_POSITIVE", "a1-5", 1), mark("f42", 4, "FALSE_POSITIVE", "a2-5", 2));
        run(4, change);
        run(3, change);
        assertThat(tables.readStored("segment_changes")
                        .filter("run_date <= '2026-10-03'")
                        .drop("run_id")
                        .toJSON()
                        .collectAsList())
                .containsExactlyInAnyOrderElementsOf(then);
    }

    @Test
    void aBackfillMayFindSegmentsOnItsLastDayAlone() {
        FakeTables once = new FakeTables();
        List.of(1, 2, 3).forEach(number -> {
            run(number);
            job(once, "", day(3), LocalDate.MIN).run(day(number));
        });

        Map<String, List<String>> expected = content(tables, "p");
        expected.computeIfPresent(
                "segment_findings",
                (name, rows) -> rows.stream()
                        .filter(row -> row.contains("\"run_date\":\"" + day(3)))
                        .toList());
        assertThat(expected.get("segment_findings")).isNotEmpty();
        assertThat(content(once, "p")).isEqualTo(expected);

        // Findings of cells that are built again without a search would be of cells that are no more.
        List.of(1, 2, 3)
                .forEach(number -> job(tables, "", day(3), LocalDate.MIN).run(day(number)));
        assertThat(content(tables, "p")).isEqualTo(expected);
    }

    /** Rows without a day, in a wrong folder, repeated and broken: all that could tell a range from its days. */
    private void oddRows() {
        inferences(
                2, "b", List.of(rows(3, "x", 1).get(0), rows(2, "y", 1).get(0).replace("T10:", "T?:")));
        inferences(
                3, "b", List.of(rows(1, "z", 2).get(0), rows(3, "w", 1).get(0).replace("'0.0'", "'high'")));
        inferences(4, "b", rows(4, "a", 2)); // ids of the day once more
        marks(
                2,
                "b",
                mark("f13", 2, "FALSE_POSITIVE", "a1-3", 1), // an id that arrived the day before
                "{'feedback_id':'g1','image_uri':'s3://b/a1-2.jpg','verdict':'CONFIRMED','reported_at':'2026-10-02T13:00:00Z'}",
                mark("g2", 2, "NONSENSE", "a1-3", 1));
        marks(4, "b", mark("f21", 4, "CONFIRMED", "a3-1", 3), mark("g3", 9, "CONFIRMED", "a3-2", 3));
    }

    private static final String LENIENT = """
            rejects.max-share = 0.9
            inputs.inferences.max-duplicate-share = 0.9
            """;

    private static final String BY_FOLDER = LENIENT + """
            inputs.inferences { partition-filter = "event_date between date_sub('{date}', 1) and '{date}'"
              columns.event_date = "to_date(captured_at)" }
            inputs.feedback { partition-filter = "reported_date between '{date}' and date_add('{date}', 1)"
              columns.reported_date = "to_date(reported_at)" }
            """;

    @ParameterizedTest
    @ValueSource(strings = {LENIENT, LENIENT + "inputs.inferences.uniqueness = checked", BY_FOLDER})
    void daysThatAreBuiltTogetherAreWhatEachIsAlone(String more) {
        days(4, 5);
        oddRows();
        FakeTables alone = new FakeTables();
        List<Integer> days = List.of(1, 2, 3, 4, 5);
        days.forEach(number -> job(alone, more, day(5), LocalDate.MIN).run(day(number)));

        SegmentsJob job = job(tables, more, day(5), day(5));
        List<Stage.Report> reports =
                days.stream().map(number -> job.run(day(number))).toList();

        assertThat(content(tables, "p")).isEqualTo(content(alone, "p"));
        assertThat(alone.readStored("rejects").select("date").distinct().count())
                .isGreaterThan(1);
        assertThat(reports.get(0).sentences().get(0)).contains("inferences of 2026-10-01 to 2026-10-05 in");
        assertThat(reports).extracting(Stage.Report::passes).containsExactly(1, 0, 0, 0, 0);
        assertThat(reports.get(2).sentences().get(0))
                .isEqualTo("Cells of 2026-10-03 were built with those of 2026-10-01");
    }

    @Test
    void aDayThatCanNotBeBuiltKeepsTheDaysBeforeItAndSaysWhyInItsOwnRun() {
        days(4, 5);
        List<String> bad = rows(3, "a", 12);
        bad.set(3, bad.get(3).replace("'camera_id':'c3',", ""));
        inferences(3, "a", bad);
        FakeTables alone = new FakeTables();
        List.of(1, 2).forEach(number -> job(alone, "", day(9), LocalDate.MIN).run(day(number)));

        SegmentsJob job = job(tables, "", day(9), day(5));
        job.run(day(1));
        job.run(day(2));

        assertThatThrownBy(() -> job.run(day(3)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("1 of 12 rows of 2026-10-03 break the contract");
        assertThat(content(tables, "p")).isEqualTo(content(alone, "p"));
    }

    @Test
    void feedbackThatCanNotBeReadKeepsTheDaysBeforeItTooAndSoDoesADayThatIsNotThere() {
        days(4, 5);
        marks(3, "b", mark("f9", 3, "WRONG", "a2-0", 2));
        SegmentsJob job = job(tables, "", day(9), day(5));
        job.run(day(1));
        job.run(day(2));

        assertThatThrownBy(() -> job.run(day(3)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.feedback: 1 of 5 rows of 2026-10-03 break the contract");
        assertThat(exposed()).containsExactly(day(1), day(2));

        SegmentsJob further = job(tables, "rejects.max-share = 0.9", day(9), day(7));
        List.of(3, 4, 5).forEach(number -> further.run(day(number)));
        assertThatThrownBy(() -> further.run(day(6)))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("There are no inferences of 2026-10-06 yet");
        assertThat(exposed()).containsExactly(day(1), day(2), day(3), day(4), day(5));
    }

    private List<LocalDate> exposed() {
        return tables
                .readStored("exposure_daily")
                .select("event_date")
                .distinct()
                .sort("event_date")
                .collectAsList()
                .stream()
                .map(row -> row.getLocalDate(0))
                .toList();
    }

    @Test
    void tooManyRejectedRowsStopTheRunBeforeAnythingIsWritten() {
        run(1);
        Map<String, List<String>> before = content(tables, "p");
        List<String> bad = rows(2, "a", 12);
        bad.set(3, bad.get(3).replace("'camera_id':'c3',", ""));
        inferences(2, "a", bad);

        assertThatThrownBy(() -> run(2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("1 of 12 rows of 2026-10-02 break the contract ({camera_id_null=1})")
                .hasMessageContaining("nothing was written");
        assertThat(content(tables, "p")).isEqualTo(before);

        run(2, "rejects.max-share = 0.1");
        assertThat(tables.readStored("rejects")
                        .select("input", "reason", "rejected_rows")
                        .collectAsList())
                .extracting(r -> r.mkString(" "))
                .containsExactly("inferences camera_id_null 1");
    }

    @Test
    void tooMuchRejectedFeedbackStopsTheRunBeforeTheCellsAreWrittenToo() {
        run(1);
        Map<String, List<String>> before = content(tables, "p");
        marks(2, "b", mark("f9", 2, "WRONG", "a2-0", 2));

        assertThatThrownBy(() -> run(2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.feedback: 1 of 5 rows of 2026-10-02 break the contract")
                .hasMessageContaining("{verdict_unknown=1}");
        assertThat(content(tables, "p")).isEqualTo(before);
    }

    @Test
    void aLateFileThatBreaksTheContractLeavesItsDayAsItWasAndDoesNotStopTheNext() {
        run(1);
        List<String> before = exposureOf(1);
        inferences(1, "late", List.of("{'inference_id':'x'}"));

        assertThat(run(2).sentences())
                .anyMatch(s -> s.startsWith("Inference files of 2026-10-01 changed, and its cells stay as they are"));
        assertThat(exposureOf(1)).isEqualTo(before);
        assertThat(exposureOf(2)).isNotEmpty();
    }

    @Test
    void aLateDayThatLostMostOfItsRowsLeavesItsCellsAsTheyWere() {
        run(1);
        List<String> before = exposureOf(1);
        inferences(1, "a", rows(1, "a", 1));

        assertThat(run(2).sentences())
                .anyMatch(s -> s.startsWith("Inference files of 2026-10-01 changed and hold 1 rows instead of 12"));
        assertThat(exposureOf(1)).isEqualTo(before);
    }

    @Test
    void aFirstRunOnAnOldLogSumsOnlyTheDaysThatAreBuilt() {
        marks(2, "first", mark("f8", 2, "FALSE_POSITIVE", "a1-1", 1), mark("f9", 2, "CONFIRMED", "a1-1", 1));

        assertThat(run(2).sentences()).anyMatch(s -> s.contains("2026-10-02 to 2026-10-02 (1 of 28 days are built)"));
        assertThat(tables.readStored("segment_findings")
                        .filter("judged > alarms OR judged < 0 OR fdr_bound_high < 0")
                        .collectAsList())
                .isEmpty();
    }

    private List<String> exposureOf(int number) {
        return tables
                .readStored("exposure_daily")
                .filter("event_date = DATE'" + day(number) + "'")
                .toJSON()
                .collectAsList()
                .stream()
                .sorted()
                .toList();
    }

    @Test
    void repeatedIdsAboveTheLimitStopTheRun() {
        inferences(2, "a", rows(2, "a", 60));
        inferences(2, "b", rows(2, "a", 60));
        inferences(2, "c", rows(2, "c", 2_000));
        inferences(2, "d", rows(2, "c", 2_000));

        assertThatThrownBy(() -> run(2, "rejects.max-share = 1"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("column inference_id repeats in")
                .hasMessageContaining("uniqueness = checked");
        assertThat(tables.names()).isEmpty();
    }

    @Test
    void anEmptyDayIsNotReadyAndMayBeTriedAgain() {
        assertThatThrownBy(() -> run(9))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("There are no inferences of 2026-10-09 yet; nothing was written");
        assertThat(tables.names()).isEmpty();
    }

    @Test
    void aDayIsReadyWhenItsMarkerIsThere() throws IOException {
        String marker = "inputs.inferences.readiness.marker = \"file:$root/_marks/{date}\"";

        assertThatThrownBy(() -> run(1, marker))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("_marks/2026-10-01 is not there yet; nothing was written");
        Files.createDirectories(folder.resolve("_marks"));
        Files.writeString(folder.resolve("_marks/2026-10-01"), "");
        assertThat(run(1, marker).rowsIn()).isEqualTo(12);
    }

    @Test
    void aDayIsReadyWhenItHasEnoughOfTheRowsThatTheDaysBeforeMakeOneExpect() {
        String half = "inputs.inferences.readiness.min-share = 0.5";
        run(1, half);
        run(2, half);
        inferences(3, "a", rows(3, "a", 1));
        Map<String, List<String>> before = content(tables, "p");

        // The sites sent 6 rows a day each; now one sent 1 and the other none.
        assertThatThrownBy(() -> run(3, half))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("8 % of the rows")
                .hasMessageContaining("sites behind: [s0, s1]");
        assertThat(content(tables, "p")).isEqualTo(before);
        inferences(3, "b", rows(3, "b", 5));
        assertThat(run(3, half).rowsIn()).isEqualTo(6);
    }

    @Test
    void aLateInferenceFileRebuildsItsDayAndTheVerdictsSince() {
        marks(2, "b", mark("f9", 2, "CONFIRMED", "late1-0", 1));
        run(1);
        run(2);
        assertThat(verdicts()).containsExactly("1 1 1 1", "2 1 0 1", "2 2 1 1");
        inferences(1, "late", rows(1, "late", 2));

        Stage.Report report = run(3);

        assertThat(report.sentences())
                .contains(
                        "Inference files of 2026-10-01 changed since its cells were built: built again",
                        "Verdicts that arrived on 2026-10-02 were built again: their files changed, or the inferences"
                                + " they speak of did");
        assertThat(verdicts()).containsExactly("1 1 1 1", "2 1 0 2", "2 2 1 1", "3 2 0 1", "3 3 1 1");
        assertSameAsFromScratch(1, 2, 3);
    }

    @Test
    void aChangedFeedbackFileRebuildsItsDayAndThoseAfterIt() {
        run(1);
        run(2);
        // What day 2 said of a1-0 was a change from wrong to right; now day 1 had said right already.
        marks(1, "a", mark("f11", 1, "CONFIRMED", "a1-0", 1));

        run(3);

        assertThat(verdicts()).containsExactly("1 1 0 1", "2 1 1 0", "2 2 1 1", "3 2 0 1", "3 3 1 1");
        assertSameAsFromScratch(1, 2, 3);
    }

    @Test
    void aDayThatIsBuiltAgainByItselfLetsTheNextRunBuildTheVerdictsThatSpeakOfIt() {
        run(1);
        run(2);
        marks(2, "b", mark("f9", 2, "CONFIRMED", "late1-0", 1));
        run(2);
        inferences(1, "late", rows(1, "late", 2));
        run(1); // somebody repeats the day whose file came late, and not those after it

        assertThat(run(3).sentences())
                .anyMatch(s -> s.startsWith("Verdicts that arrived on 2026-10-02 were built again"));
        assertThat(verdicts()).contains("2 1 0 2");
    }

    /** Cells and verdicts are those that runs on the present files make; findings of days before stay as they saw it. */
    private void assertSameAsFromScratch(int... days) {
        FakeTables fresh = new FakeTables();
        for (int number : days) {
            job(fresh, "").run(day(number));
        }
        for (String table : List.of("exposure_daily", "verdict_daily", "day_builds", "rejects")) {
            assertThat(content(tables, "p").get(table))
                    .as(table)
                    .isEqualTo(content(fresh, "p").get(table));
        }
    }

    @Test
    void aChangeOfDimensionsStopsAndNamesTheDaysAndARestartBeginsANewSeries() {
        run(1);
        run(2);
        Map<String, List<String>> before = content(tables, "p");
        String change = "inputs.inferences.dimensions.light = \"upper(light)\"\n";

        assertThatThrownBy(() -> run(3, change))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("changed since 2026-10-01")
                .hasMessageContaining("Rebuild the days 2026-10-01 to 2026-10-02")
                .hasMessageContaining("segments.after-change = restart");
        assertThat(content(tables, "p")).isEqualTo(before);

        run(3, change + "segments.after-change = restart");
        assertThat(tables.readStored("segment_findings")
                        .filter("segment = '(all)' and run_date = '2026-10-03'")
                        .select("alarms")
                        .first()
                        .getLong(0))
                .isEqualTo(12);
    }

    @Test
    void twoPipelinesInOneWarehouseLeaveEachOtherIntactInEitherOrder() {
        FakeTables alone = new FakeTables();
        job(alone, "").run(day(1));
        FakeTables other = new FakeTables();
        String second = "pipeline = q\ninputs.inferences.dimensions { hour = \"hour(to_timestamp(captured_at))\" }";
        job(other, second).run(day(1));
        FakeTables both = new FakeTables(); // JSON leaves nulls out, such as those of the other's dimensions

        job(both, second).run(day(1));
        job(both, "").run(day(1));
        job(both, second).run(day(1));

        assertThat(content(both, "p")).isEqualTo(content(alone, "p"));
        assertThat(content(both, "q")).isEqualTo(content(other, "q"));
    }

    @ParameterizedTest
    @ValueSource(longs = 1)
    void backfillInAnyOrderMakesTheTablesThatRunsInOrderMake(long seed) {
        List<Integer> days = new ArrayList<>(List.of(1, 2, 3));
        for (int number : days) {
            run(number);
        }
        Collections.shuffle(days, new Random(seed));
        FakeTables shuffled = new FakeTables();
        for (int number : days) {
            job(shuffled, "").run(day(number));
        }
        for (String table : List.of("exposure_daily", "verdict_daily", "day_builds", "rejects")) {
            assertThat(content(shuffled, "p").get(table))
                    .as(table)
                    .isEqualTo(content(tables, "p").get(table));
        }

        // The last findings saw every day's cells if the last day ran last; else it is repeated.
        job(shuffled, "").run(day(3));
        assertThat(findings(shuffled)).isEqualTo(findings(tables));
    }

    private static List<String> findings(FakeTables of) {
        return of.readStored("segment_findings")
                .filter("run_date = '2026-10-03'")
                .toJSON()
                .collectAsList();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void theTablesDoNotDependOnTheFilesThatTheInputComesIn(int files) throws IOException {
        inferences(1, "a", rows(1, "a", 40));
        run(1, "inputs.inferences.uniqueness = checked");
        Files.delete(folder.resolve("inferences/event_date=2026-10-01/a.json"));
        List<String> rows = rows(1, "a", 40);
        Collections.shuffle(rows, new Random(files));
        for (int i = 0; i < files; i++) {
            int from = i * 40 / files;
            inferences(1, "part" + i, rows.subList(from, (i + 1) * 40 / files));
        }
        FakeTables parts = new FakeTables();
        job(parts, "inputs.inferences.uniqueness = checked").run(day(1));

        assertThat(content(parts, "p")).isEqualTo(content(tables, "p"));
    }
}
