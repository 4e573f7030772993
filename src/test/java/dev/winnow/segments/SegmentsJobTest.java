package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.consensus.Labels;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.RunIds;
import dev.winnow.selection.Selections;
import dev.winnow.tables.InputException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SegmentsJobTest extends LoggedDays {
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
    void labelsThatCameBackMeanwhileAreInTheFindingsOfADayThatIsRunAgain() {
        run(1);
        run(2);
        Row before = whole();
        assertThat(before.<Long>getAs("audit_drawn")).isZero();
        tables.with("selections", Frames.of(Selections.TABLE, """
                {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','run_id':'r','use_case':'u',\
                'signal':'AUDIT','rank':1,'item_id':'i','inference_id':'a1-3','image_uri':'s3://b/a1-3.jpg',\
                'captured_at':'2026-10-01T10:03:00Z','site_id':'s1','camera_id':'c3','model_version':'m',\
                'predicted_label':'car','confidence':0.3,'signals':['AUDIT'],'design':'UNIFORM',\
                'inclusion_probability':0.2,'reason':'drawn'}"""));
        run(2);
        Row drawn = whole();
        assertThat(drawn.<Long>getAs("audit_drawn")).isEqualTo(1);
        assertThat(drawn.<Long>getAs("audited")).isZero();
        assertThat(drawn.<Double>getAs("fdr_audit")).isNull();
        assertThat(drawn.<Double>getAs("fdr_audit_low")).isNull();
        assertThat(drawn.<String>getAs("run_id")).isNotEqualTo(before.getAs("run_id"));

        tables.with("labels", Frames.of(Labels.TABLE, """
                {'pipeline':'p','use_case':'u','item_id':'i','task':'CLASSIFICATION','label':'bus','method':'MAJORITY',\
                'status':'AGREED','answers':3,'posteriors':[]}"""));
        Stage.Report report = run(2);
        Row after = whole();
        assertThat(after.<Long>getAs("audit_drawn")).isEqualTo(1);
        assertThat(after.<Long>getAs("audited")).isEqualTo(1);
        assertThat(after.<Double>getAs("fdr_audit")).isEqualTo(1);
        assertThat(after.<String>getAs("run_id"))
                .isNotEqualTo(drawn.getAs("run_id"))
                .as("the ledger's")
                .isEqualTo(RunIds.of("p", SegmentsJob.NAME, day(2), config("").semantic(), report.inputFingerprint()));
        assertThat(after.<Double>getAs("fdr")).isEqualTo(before.<Double>getAs("fdr"));

        run(2, "inputs.inferences.row-per = box");
        assertThat(whole().<Long>getAs("audited")).isZero();
    }

    private Row whole() {
        return tables.readStored("segment_findings")
                .filter("segment = '(all)' and run_date = '2026-10-02'")
                .first();
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
