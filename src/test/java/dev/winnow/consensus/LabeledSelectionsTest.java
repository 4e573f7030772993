package dev.winnow.consensus;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.segments.AuditedAlarms;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabeledSelectionsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final Instant TODAY = Instant.parse("2026-11-05T23:59:59Z");

    private final FakeTables tables = new FakeTables();
    private String hocon = "";

    private LabeledSelections labels() {
        return new LabeledSelections(Configs.of(hocon), tables);
    }

    /** One image that was asked about four days before; its class is {@code predicted}. */
    private void selected(String item, String signal, @Nullable String predicted) {
        selected(item, signal, predicted, DAY.minusDays(4));
    }

    private void selected(String item, String signal, @Nullable String predicted, LocalDate day) {
        selected(item, signal, predicted, day, 1);
    }

    private void selected(String item, String signal, @Nullable String predicted, LocalDate day, int round) {
        boolean drawn = Candidates.DRAWN.contains(signal);
        Map<String, Object> row = image(item, day);
        row.put(Selections.ROUND_ID, day + "." + round);
        row.put(Selections.SIGNAL, signal);
        row.put(Selections.RANK, 1);
        row.put("predicted_label", predicted);
        row.put(Selections.SIGNALS, new String[] {signal});
        row.put(
                Selections.DESIGN,
                !drawn ? "PURPOSIVE" : signal.equals(Candidates.AUDIT) ? "UNIFORM" : Selections.SUBSAMPLE);
        row.put(Selections.INCLUSION_PROBABILITY, drawn ? .25 : null);
        row.put(Selections.REASON, "because");
        add(Selections.TABLE, row);
    }

    private static Map<String, Object> image(String item, LocalDate day) {
        Map<String, Object> row = new HashMap<>();
        row.put("pipeline", "p");
        row.put("run_date", day);
        row.put("run_id", "r");
        row.put("use_case", "dock");
        row.put("item_id", item);
        row.put("inference_id", "inference " + item);
        row.put("image_uri", "s3://b/" + item);
        row.put("captured_at", Instant.parse("2026-10-31T10:00:00Z"));
        row.put("site_id", "s");
        row.put("camera_id", "c");
        row.put("model_version", "m");
        row.put("draw", .5);
        return row;
    }

    private void labeled(String item, String task, @Nullable String label, @Nullable String answer, String status) {
        Map<String, Object> row = new HashMap<>();
        row.put("pipeline", "p");
        row.put("use_case", "dock");
        row.put("item_id", item);
        row.put("task", task);
        row.put("label", label);
        row.put("answer", answer);
        row.put("method", "MAJORITY");
        row.put("status", status);
        row.put("needs", List.of(Labels.OPEN, Labels.TIED).contains(status) ? Labels.ONE_MORE : null);
        row.put("answers", 2);
        row.put("posteriors", new Row[0]);
        add(Labels.TABLE, row);
    }

    private void labeled(String item, String label) {
        labeled(item, Answers.CLASSIFICATION, label, null, Labels.AGREED);
    }

    private void answered(String item, @Nullable Instant... times) {
        for (int i = 0; i < times.length; i++) {
            Map<String, Object> row = new HashMap<>();
            row.put("pipeline", "p");
            row.put("use_case", "dock");
            row.put("job_name", "job");
            row.put("item_id", item);
            row.put("worker_id", "w" + i);
            row.put("repetition", 1);
            row.put("kind", "WORKER");
            row.put("status", "ANSWERED");
            row.put("task", "CLASSIFICATION");
            row.put("submitted_at", times[i]);
            row.put("source", "x");
            row.put("source_file", "");
            add(Answers.TABLE, row);
        }
    }

    private void add(TableDef table, Map<String, Object> values) {
        Row row = RowFactory.create(table.columns().stream().map(values::get).toArray());
        tables.append(table, tables.frame(table, List.of(row)));
    }

    private static List<String> texts(Dataset<Row> rows, String... columns) {
        return rows.selectExpr(columns).collectAsList().stream()
                .map(row -> row.mkString(" "))
                .sorted()
                .toList();
    }

    private List<String> contradicted() {
        return texts(labels().contradicted(DAY, List.of()), "inference_id", "verdict", "corrected_label", "event_date");
    }

    @Test
    void aLabelContradictsAPredictionOnTheDayOfItsLastAnswer() {
        for (String item : List.of("same", "other", "none", "early", "late", "open", "unsure")) {
            selected(item, Candidates.BOUNDARY, "bag");
        }
        selected("missed", Candidates.AUDIT, null);
        selected("nothing", Candidates.AUDIT, null);
        selected("today", Candidates.BOUNDARY, "bag", DAY);
        labeled("same", "bag");
        labeled("other", "knife");
        labeled("none", "none of these");
        labeled("early", "knife");
        labeled("late", "knife");
        labeled("today", "knife");
        labeled("open", Answers.CLASSIFICATION, "knife", null, Labels.OPEN);
        labeled("unsure", "can't tell");
        labeled("missed", "knife");
        labeled("nothing", "none of these");
        for (String item : List.of("same", "other", "none", "open", "unsure", "missed", "nothing", "today")) {
            answered(item, TODAY.minusSeconds(90_000), TODAY);
        }
        answered("early", TODAY.minusSeconds(90_000));
        answered("late", TODAY, TODAY.plusSeconds(1));

        assertThat(contradicted())
                .containsExactly(
                        "inference missed MISSED knife 2026-10-31",
                        "inference none FALSE_POSITIVE null 2026-10-31",
                        "inference other RELABELED knife 2026-10-31");
    }

    @Test
    void configuredWordsForNothingAndForNotKnowingAreNoClasses() {
        hocon = "outcomes { empty-labels = [clear], unsure-labels = [blurred] }";
        selected("right", Candidates.AUDIT, null);
        labeled("right", "clear");
        selected("alarm", Candidates.BOUNDARY, "bag");
        labeled("alarm", "clear");
        selected("unsure", Candidates.BOUNDARY, "bag");
        labeled("unsure", "blurred");
        List.of("right", "alarm", "unsure").forEach(item -> answered(item, TODAY));

        assertThat(contradicted()).containsExactly("inference alarm FALSE_POSITIVE null 2026-10-31");
    }

    @Test
    void boxesAndSetsOfClassesContradictWhatTheyDoNotHold() {
        for (String item : List.of("held", "boxes", "empty", "set", "none", "unsure", "mask")) {
            selected(item, Candidates.BOUNDARY, "bag");
            answered(item, TODAY);
        }
        labeled("held", Answers.BOXES, null, "[{\"label\":\"bag\"},{\"label\":\"knife\"}]", Labels.AGREED);
        labeled(
                "boxes",
                Answers.BOXES,
                null,
                "[{\"label\":\"knife\"},{\"label\":null},{\"label\":\"knife\"}]",
                "AGREED");
        labeled("empty", Answers.BOXES, null, "[]", Labels.AGREED);
        labeled("set", Answers.MULTI_LABEL, null, "[\"knife\",\"van\"]", Labels.GOLD);
        labeled("none", Answers.MULTI_LABEL, null, "[\"none of these\"]", Labels.AGREED);
        labeled("unsure", Answers.MULTI_LABEL, null, "[\"can't tell\"]", Labels.AGREED);
        labeled("mask", Answers.SEGMENTATION, null, "\"s3://b/mask.png\"", Labels.AGREED);

        assertThat(contradicted())
                .containsExactly(
                        "inference boxes RELABELED knife 2026-10-31",
                        "inference empty FALSE_POSITIVE null 2026-10-31",
                        "inference none FALSE_POSITIVE null 2026-10-31",
                        "inference set RELABELED null 2026-10-31");
    }

    @Test
    void whatContradictsHasTheConditionsOfItsCandidate() {
        selected("a", Candidates.BOUNDARY, "bag");
        selected("b", Candidates.BOUNDARY, "bag");
        labeled("a", "knife");
        labeled("b", "knife");
        answered("a", TODAY);
        answered("b", TODAY);
        TableDef table = Candidates.TABLE.withDimensions(List.of("light"));
        for (int age = 5; age < 7; age++) {
            Map<String, Object> candidate = image("a", DAY.minusDays(age));
            candidate.put("signal", Candidates.BOUNDARY);
            candidate.put("dim_light", "night");
            add(table, candidate);
        }
        assertThat(texts(labels().contradicted(DAY, List.of("light")), "inference_id", "dim_light"))
                .containsExactly("inference a night", "inference b __UNKNOWN__");
    }

    @Test
    void drawnImagesOfEarlierRoundsAreCheckedByWhatWasAnsweredByTheDay() {
        selected("audited", Candidates.AUDIT, "bag");
        selected("checked", Candidates.MODEL_CHECK, "bag");
        selected("chosen", Candidates.BOUNDARY, "bag");
        selected("untimed", Candidates.AUDIT, "bag");
        selected("tomorrow", Candidates.AUDIT, "bag");
        selected("old", Candidates.AUDIT, "bag", DAY.minusDays(9));
        for (String item : List.of("audited", "checked", "chosen", "untimed", "tomorrow", "old")) {
            labeled(item, item.equals("checked") ? "none of these" : "bag");
        }
        answered("audited", TODAY);
        answered("checked", TODAY.minusSeconds(500_000));
        answered("untimed", (Instant) null);
        answered("tomorrow", TODAY.plusSeconds(1));

        Dataset<Row> checked = labels().checked(DAY.minusDays(8), DAY);
        assertThat(texts(checked, "inference_id", "design", "inclusion_probability", "concat_ws(',', classes)"))
                .containsExactly(
                        "inference audited AUDIT 0.25 bag",
                        "inference checked MODEL_CHECK 0.25 ",
                        "inference untimed AUDIT 0.25 bag");
        assertThat(checked.select(col("captured_at")).first().isNullAt(0)).isFalse();
    }

    @Test
    void alarmsOfAnAuditAreWrongWherePeopleDoNotSeeTheirClassAndOnlyLabelsByTheDayCount() {
        for (String item : List.of("right", "wrong", "empty", "several", "untimed", "late", "open", "tied", "unsure")) {
            selected(item, Candidates.AUDIT, "bag");
        }
        selected("frame", Candidates.AUDIT, null);
        selected("chosen", Candidates.BOUNDARY, "bag");
        selected("checked", Candidates.MODEL_CHECK, "bag");
        selected("unlabeled", Candidates.AUDIT, "bag");
        selected("today", Candidates.AUDIT, "bag", DAY);
        selected("old", Candidates.AUDIT, "bag", DAY.minusDays(9));
        selected("right", Candidates.AUDIT, "bag", DAY.minusDays(4), 2);
        for (String item : List.of("right", "untimed", "late", "frame", "chosen", "checked", "today", "old")) {
            labeled(item, "bag");
        }
        labeled("wrong", "knife");
        labeled("empty", "none of these");
        labeled("unsure", "can't tell");
        labeled("several", Answers.MULTI_LABEL, null, "[\"bag\",\"van\"]", Labels.AGREED);
        labeled("open", Answers.CLASSIFICATION, "knife", null, Labels.OPEN);
        labeled("tied", Answers.CLASSIFICATION, null, null, Labels.TIED);
        answered("wrong", TODAY);
        answered("untimed", (Instant) null);
        answered("late", TODAY, TODAY.plusSeconds(1));
        candidate("wrong", DAY.minusDays(4), Candidates.AUDIT, "night");

        Dataset<Row> audited = labels().audited(DAY.minusDays(8), DAY, List.of("light"));
        assertThat(audited.columns())
                .containsExactly(AuditedAlarms.TABLE
                        .withDimensions(List.of("light"))
                        .columns()
                        .toArray(String[]::new));
        assertThat(texts(audited, "inference_id", "event_date", "label", "wrong", "inclusion_probability", "dim_light"))
                .containsExactly(
                        "inference empty 2026-11-01 bag true 0.25 null",
                        "inference late 2026-11-01 bag null 0.25 null",
                        "inference open 2026-11-01 bag null 0.25 null",
                        "inference right 2026-11-01 bag false 0.25 null",
                        "inference several 2026-11-01 bag false 0.25 null",
                        "inference tied 2026-11-01 bag null 0.25 null",
                        "inference unlabeled 2026-11-01 bag null 0.25 null",
                        "inference unsure 2026-11-01 bag null 0.25 null",
                        "inference untimed 2026-11-01 bag false 0.25 null",
                        "inference wrong 2026-11-01 bag true 0.25 night");
        assertThat(labels().audited(DAY.minusDays(3), DAY, List.of()).collectAsList())
                .isEmpty();
    }

    private void candidate(String item, LocalDate day, String signal, @Nullable String light) {
        candidate(item, day, signal, light, signal.equals(Candidates.AUDIT) ? 1 : null);
    }

    private void candidate(
            String item, LocalDate day, String signal, @Nullable String light, @Nullable Integer versions) {
        Map<String, Object> row = image(item, day);
        row.put("signal", signal);
        row.put("dim_light", light);
        row.put("versions", versions);
        add(Candidates.TABLE.withDimensions(List.of("light")), row);
    }

    private List<String> lights() {
        return texts(labels().audited(DAY.minusDays(8), DAY, List.of("light")), "inference_id", "dim_light");
    }

    /** Contradicted alarms become candidates again: their conditions would be known by choice. */
    @Test
    void anAuditedAlarmHasTheConditionsOfItsOwnDrawAlone() {
        for (String item : List.of("a", "b", "c", "d")) {
            selected(item, Candidates.AUDIT, "bag");
            labeled(item, "knife");
        }
        candidate("a", DAY.minusDays(4), Candidates.AUDIT, null); // before there was the dimension
        candidate("a", DAY.minusDays(2), Candidates.MODEL_CHECK, "night");
        candidate("b", DAY.minusDays(4), Candidates.AUDIT, "night");
        candidate("b", DAY.minusDays(4), Candidates.MODEL_CHECK, "day");
        candidate("b", DAY.minusDays(3), Candidates.AUDIT, "day");
        candidate("c", DAY.minusDays(3), Candidates.AUDIT, "day");
        candidate("d", DAY, Candidates.AUDIT, "day");

        assertThat(lights())
                .containsExactly("inference a null", "inference b night", "inference c null", "inference d null");
    }

    @Test
    void whatARunForADayReadsOfCandidatesIsOfDaysBefore() {
        selected("a", Candidates.BOUNDARY, "bag");
        labeled("a", "knife");
        answered("a", TODAY);
        candidate("a", DAY, Candidates.BOUNDARY, "night");

        assertThat(texts(labels().contradicted(DAY, List.of("light")), "dim_light"))
                .containsExactly("__UNKNOWN__");
    }

    @Test
    void anImageThatSeveralVersionsScoredIsNotAuditedAndOthersOfTheDayAndARolloutAre() {
        selected("both", Candidates.AUDIT, "bag", DAY.minusDays(4));
        selected("alone", Candidates.AUDIT, "bag", DAY.minusDays(4));
        selected("old", Candidates.AUDIT, "bag", DAY.minusDays(3));
        selected("new", Candidates.AUDIT, "bag", DAY.minusDays(3));
        selected("other", Candidates.AUDIT, "bag", DAY.minusDays(4));
        tables.with(
                Selections.TABLE.name(),
                tables.readStored(Selections.TABLE.name())
                        .withColumn("use_case", expr("if(item_id = 'other', 'gate', use_case)"))
                        .withColumn("model_version", expr("if(item_id = 'new', 'm2', 'm')")));
        candidate("both", DAY.minusDays(4), Candidates.AUDIT, "day", 2);
        for (String item : List.of("alone", "other")) {
            candidate(item, DAY.minusDays(4), Candidates.AUDIT, "day");
        }
        for (String item : List.of("old", "new")) {
            candidate(item, DAY.minusDays(3), Candidates.AUDIT, "day");
        }

        assertThat(texts(labels().audited(DAY.minusDays(8), DAY, List.of()), "use_case", "inference_id"))
                .containsExactly(
                        "dock inference alone", "dock inference new", "dock inference old", "gate inference other");
    }

    @Test
    void whatIsKnownOfEarlierItemsIsSureOrAtLeastAnsweredAndNothingBlind() {
        for (String item :
                List.of("sure", "few", "split", "expert", "truth", "unsure", "open", "again", "set", "alone")) {
            selected(item, "BOUNDARY", "bag");
        }
        selected("again", "ERROR_RISK", "bag", DAY.minusDays(1));
        selected("today", "BOUNDARY", "bag", DAY);
        selected("audit", Candidates.AUDIT, "bag");
        selected("check", Candidates.MODEL_CHECK, "bag");
        known("sure", Labels.AGREED, "MAJORITY", "bag", 3, .9);
        known("few", Labels.AGREED, "MAJORITY", "bag", 2, 1.0);
        known("split", Labels.AGREED, "MAJORITY", "bag", 9, 8 / 9.0);
        known("expert", Labels.AGREED, Labels.BY_EXPERT, "box", 0, null);
        known("truth", Labels.GOLD, "MAJORITY", "van", 0, null);
        known("unsure", Labels.AGREED, "MAJORITY", "can't tell", 5, 1.0);
        known("open", Labels.OPEN, "MAJORITY", "bag", 5, 1.0);
        known("again", Labels.AGREED, "MAJORITY", "bag", 3, 1.0);
        known("today", Labels.AGREED, "MAJORITY", "bag", 3, 1.0);
        known("audit", Labels.AGREED, "MAJORITY", "bag", 3, 1.0);
        known("check", Labels.AGREED, "MAJORITY", "bag", 3, 1.0);
        known("alone", Labels.AGREED, Labels.SERVICE, "bag", 0, null);
        labeled("set", Answers.MULTI_LABEL, null, "[\"bag\"]", Labels.GOLD);

        assertThat(texts(labels().known(DAY), "item_id", "asked_on", "label"))
                .containsExactly(
                        "again " + DAY.minusDays(1) + " bag",
                        "expert " + DAY.minusDays(4) + " box",
                        "few " + DAY.minusDays(4) + " null",
                        "open " + DAY.minusDays(4) + " null",
                        "split " + DAY.minusDays(4) + " null",
                        "sure " + DAY.minusDays(4) + " bag",
                        "truth " + DAY.minusDays(4) + " van",
                        "unsure " + DAY.minusDays(4) + " null");
    }

    @Test
    void theTenthRoundOfADayIsNewerThanItsSecond() {
        selected("a", "BOUNDARY", "of the second", DAY.minusDays(4), 2);
        selected("a", "BOUNDARY", "of the tenth", DAY.minusDays(4), 10);
        known("a", Labels.AGREED, "MAJORITY", "bag", 3, .9);

        assertThat(texts(labels().known(DAY), "predicted_label")).containsExactly("of the tenth");
    }

    private void known(
            String item, String status, String method, String label, int answers, @Nullable Double agreement) {
        Map<String, Object> row = new HashMap<>();
        row.put("pipeline", "p");
        row.put("use_case", "dock");
        row.put("item_id", item);
        row.put("task", Answers.CLASSIFICATION);
        row.put("label", label);
        row.put("method", method);
        row.put("status", status);
        row.put("needs", status.equals(Labels.OPEN) ? Labels.ONE_MORE : null);
        row.put("answers", answers);
        row.put("agreement", agreement);
        row.put("posteriors", new Row[0]);
        add(Labels.TABLE, row);
    }
}
