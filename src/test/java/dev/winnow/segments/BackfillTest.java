package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.tables.InputException;
import dev.winnow.testing.FakeTables;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Days that are built together, late, again, or in any order. */
@Tag("slow")
class BackfillTest extends LoggedDays {
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
    void lateFeedbackThatBreaksTheContractLeavesItsVerdictsAsTheyWereAndDoesNotStopTheNext() {
        days(1, 2);
        run(1);
        List<String> before = verdictsOf(1);
        marks(1, "late", mark("f9", 1, "WRONG", "a1-0", 1));

        assertThat(run(2).sentences())
                .anyMatch(s -> s.startsWith("Feedback that arrived on 2026-10-01 changed, and its verdicts stay as they"
                        + " are: inputs.feedback: 1 of"));
        assertThat(verdictsOf(1)).isEqualTo(before).isNotEmpty();
        assertThat(verdictsOf(2)).isNotEmpty();
    }

    private List<String> verdictsOf(int number) {
        return tables
                .readStored("verdict_daily")
                .filter("arrival_date = DATE'" + day(number) + "'")
                .toJSON()
                .collectAsList()
                .stream()
                .sorted()
                .toList();
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
}
