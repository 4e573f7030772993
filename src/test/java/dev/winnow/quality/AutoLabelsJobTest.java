package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class AutoLabelsJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final StructType LOGGED = Inferences.TABLE.schema().add("light", DataTypes.StringType);

    private final FakeTables tables = new FakeTables();
    private final List<String> logged = new ArrayList<>();
    private final List<String> thresholds = new ArrayList<>();
    private final List<String> counts = new ArrayList<>();
    private final List<String> selections = new ArrayList<>();
    private final List<String> candidates = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();

    private void alarm(LocalDate day, String id, String version, String label, double confidence, String light) {
        logged.add(String.format(
                Locale.ROOT,
                "{'inference_id':'%s','image_uri':'s3://b/%s.jpg','captured_at':'%sT08:00:00Z','event_date':'%s','use_case':'dock','model_version':'%s','site_id':'s','camera_id':'c','predicted_label':%s,'confidence':%s,'light':'%s'}",
                id,
                id,
                day,
                day,
                version,
                label,
                confidence,
                light));
    }

    private void threshold(String source, String label, String status, String threshold, String bound) {
        thresholds.add(
                "{'pipeline':'p','use_case':'dock','model_version':'v1','source':'%s','design':'UNIFORM','label':'%s','walk':'PROVEN','status':'%s','threshold':%s,'bound':%s,'wrong_limit':0.09,'class_size':'ENOUGH','confused_with':[],'proof':'x'}"
                        .formatted(source, label, status, threshold, bound));
    }

    private void judged(String source, String design, String label, int total) {
        counts.add(
                "{'pipeline':'p','use_case':'dock','model_version':'v1','source':'%s','design':'%s','label':'%s','bucket':'0.95-1','confidence_low':0.95,'confidence_high':1.0,'total':%d,'confirmed':%d,'disconfirmed':0,'split':0,'unreviewed':0,'cant_tell':1,'correct_low':0.0,'correct_high':1.0}"
                        .formatted(source, design, label, total, total));
    }

    /** An alarm that the audit drew on a day, with what people say it shows. */
    private void audit(LocalDate day, String item, double confidence, String light, String label) {
        String rest = String.format(
                Locale.ROOT,
                "'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','signal':'AUDIT','item_id':'%s','inference_id':'%s','image_uri':'s3://b/%s.jpg','captured_at':'%sT08:00:00Z','site_id':'s','camera_id':'c','model_version':'v1','predicted_label':'cat','confidence':%s",
                day,
                item,
                item,
                item,
                day,
                confidence);
        selections.add("{" + rest + ",'round_id':'" + day
                + ".1','rank':1,'signals':['AUDIT'],'design':'UNIFORM','inclusion_probability':0.5,'reason':'r'}");
        candidates.add("{" + rest + ",'draw':0.1,'draw_limit':0.5,'dim_lighting':'" + light + "'}");
        labels.add(
                "{'pipeline':'p','use_case':'dock','item_id':'%s','task':'CLASSIFICATION','label':'%s','method':'MAJORITY','status':'AGREED','answers':3,'posteriors':[]}"
                        .formatted(item, label));
    }

    private void store(TableDef table, List<String> rows) {
        tables.with(table.name(), Frames.of(table, rows.toArray(String[]::new)));
    }

    private Stage.Report run(LocalDate day, String hocon) {
        candidates.add(
                "{'pipeline':'p','run_date':'%s','run_id':'r','use_case':'other','signal':'AUDIT','item_id':'x','inference_id':'x','image_uri':'s3://b/x.jpg','captured_at':'%sT08:00:00Z','site_id':'s','camera_id':'c','model_version':'v1','predicted_label':'cat','confidence':0.9,'draw':0.1,'draw_limit':0.5}"
                        .formatted(day, day));
        store(ClassThresholds.TABLE, thresholds);
        store(LabelQa.TABLE, counts);
        store(Selections.TABLE, selections);
        store(Candidates.TABLE.withDimensions(List.of("lighting")), candidates);
        store(Labels.TABLE, labels);
        WinnowConfig config =
                Configs.of("inputs.inferences.dimensions.lighting = light\nquality.auto-labels.share = 1\n" + hocon);
        FakeSources sources = new FakeSources(Frames.of(LOGGED, logged.toArray(String[]::new)));
        CameraTable cameras = new CameraTable(sources, config.cameras());
        return new AutoLabelsJob(config, new InferenceLog(sources, config.inferences(), cameras), cameras, tables)
                .run(day);
    }

    private List<String> issued(LocalDate day) {
        return tables
                .read(AutoLabels.TABLE)
                .filter("run_date = '" + day + "'")
                .sort(Inferences.INFERENCE_ID)
                .collectAsList()
                .stream()
                .map(row -> row.getAs(Inferences.INFERENCE_ID) + " " + row.getAs(AutoLabels.LABEL))
                .toList();
    }

    private Row row(LocalDate day, String label) {
        List<Row> rows = tables.read(AutoLabelDays.TABLE)
                .filter("run_date = '" + day + "' and model_version = 'v1' and label = '" + label + "'")
                .collectAsList();
        assertThat(rows).as(label).hasSize(1);
        return rows.get(0);
    }

    @Test
    void alarmsAboveTheProvenThresholdOfTheirClassAndModelVersionAreLabeled() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        threshold("REVIEWS", "cat", "PROVEN", "0.8", "0.05");
        threshold("BLIND_LABELS", "dog", "INSUFFICIENT", "null", "null");
        judged("BLIND_LABELS", "UNIFORM", "cat", 3);
        judged("BLIND_LABELS", "PURPOSIVE", "cat", 50);
        judged("REVIEWS", "UNIFORM", "dog", 1);
        audit(DAY, "audited", .99, "day", "cat");
        alarm(DAY, "1", "v1", "'cat'", .9, "day");
        alarm(DAY, "2", "v1", "'cat'", .89, "day");
        alarm(DAY, "3", "v2", "'cat'", .99, "day");
        alarm(DAY, "4", "v1", "'dog'", .99, "day");
        alarm(DAY, "5", "v1", "null", .99, "day");
        alarm(DAY, "audited", "v1", "'cat'", .99, "day");
        for (int i = 0; i < 15; i++) {
            alarm(DAY, "x" + i, "v1", "'cat'", .95, "day");
        }
        Stage.Report report = run(DAY, "");

        assertThat(issued(DAY)).hasSize(16).contains("1 cat", "x14 cat");
        Row label = tables.read(AutoLabels.TABLE).filter("inference_id = '1'").first();
        assertThat(label.<Double>getAs(AutoLabels.THRESHOLD)).isEqualTo(.9);
        assertThat(label.<Double>getAs(AutoLabels.BOUND)).isEqualTo(.06);
        Row cat = row(DAY, "cat");
        assertThat(cat.<String>getAs(AutoLabelDays.STATUS)).isEqualTo("ISSUED");
        assertThat(cat.<String>getAs(AutoLabelDays.SOURCE)).isEqualTo("BLIND_LABELS");
        assertThat(cat.<Long>getAs(AutoLabelDays.WANTED)).isEqualTo(17);
        assertThat(cat.<Long>getAs(AutoLabelDays.AUDITS))
                .as("can't tell is work, too")
                .isEqualTo(4);
        assertThat(cat.<Long>getAs(AutoLabelDays.REVIEWS)).isZero();
        assertThat(cat.<Double>getAs(AutoLabelDays.SAVED_SHARE)).isCloseTo((16 - 4) / 17.0, within(1e-12));
        assertThat(row(DAY, "dog").<String>getAs(AutoLabelDays.STATUS)).isEqualTo("NOT_PROVEN");
        assertThat(row(DAY, "__ALL__").<Double>getAs(AutoLabelDays.SAVED_SHARE))
                .isCloseTo((16 - 4 - 2) / 18.0, within(1e-12));
        assertThat(report.sentences())
                .containsExactly(
                        "dock, model v1: 16 of the 18 alarms of the day that want a label have one without people; so far,"
                                + " net of 2 reviews and 4 audits, that saved 55.6 % of labeling: cat 70.6 %",
                        "dock, model v2: 0 of the 1 alarms of the day that want a label have one without people; so far,"
                                + " net of 0 reviews and 0 audits, that saved 0.0 % of labeling");
        assertThat(report.passes()).isEqualTo(1);

        List<Row> before = tables.read(AutoLabelDays.TABLE).collectAsList();
        run(DAY, "");
        assertThat(tables.read(AutoLabelDays.TABLE).collectAsList()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(issued(DAY)).hasSize(16);
    }

    @Test
    void reviewsPromiseLessByWhatReviewersOverlook() {
        threshold("REVIEWS", "cat", "PROVEN", "0.9", "0.05");
        store(
                Reviewers.TABLE,
                List.of(
                        "{'pipeline':'p','use_case':'dock','worker_id':'__ALL__','reviews':9,'disconfirmed':0,'cant_tell':0,'hidden_wrong':100,'hidden_found':100,'sensitivity_low':0.9,'sensitivity_high':1.0}"));
        alarm(DAY, "1", "v1", "'cat'", .95, "day");
        run(DAY, "");
        Double bound = row(DAY, "cat").getAs(AutoLabelDays.BOUND);
        assertThat(bound).isBetween(.0525, .0555);
    }

    @Test
    void elevatedSegmentsAndValuesThatAuditsDidNotSeeEnoughStayWithPeople() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        alarm(DAY, "1", "v1", "'cat'", .95, "day");
        alarm(DAY, "2", "v1", "'cat'", .95, "night");
        alarm(DAY, "3", "v1", "'cat'", .95, "fog");
        for (int i = 0; i < 4; i++) {
            audit(DAY.minusDays(2), "d" + i, .95, "day", "cat");
            audit(DAY.minusDays(2), "n" + i, .95, "night", "cat");
        }
        audit(DAY.minusDays(2), "f", .95, "fog", "cat");
        audit(DAY.minusDays(2), "low", .85, "fog", "cat");
        String two = "quality.auto-labels { dimensions = [lighting], min-reviews = 2 }";
        run(DAY, two);
        assertThat(issued(DAY)).containsExactly("1 cat", "2 cat");
        assertThat(row(DAY, "cat").<Long>getAs(AutoLabelDays.HELD_BACK)).isEqualTo(1);

        store(
                SegmentFindings.TABLE,
                List.of(elevated(DAY.minusDays(1), "night", "ELEVATED"), elevated(DAY.plusDays(1), "day", "ELEVATED")));
        run(DAY, two);
        assertThat(issued(DAY)).containsExactly("1 cat");
        run(DAY, "");
        assertThat(issued(DAY)).containsExactly("1 cat", "3 cat");
    }

    private static String elevated(LocalDate day, String light, String status) {
        return "{'pipeline':'p','run_date':'%s','use_case':'dock','segment':'lighting=%s','dimensions':['lighting'],'dimension_values':['%s'],'rank':1,'status':'%s'}"
                .formatted(day, light, light, status);
    }

    @Test
    void auditsThatContradictWithdrawAndVoidWhatCameSinceTheLastPass() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        for (int i = 0; i < 10; i++) {
            alarm(DAY, "a" + i, "v1", "'cat'", .95, "day");
            alarm(DAY.plusDays(1), "b" + i, "v1", "'cat'", .95, "day");
            alarm(DAY.plusDays(2), "c" + i, "v1", "'cat'", .95, "day");
        }
        run(DAY, "");
        judged("BLIND_LABELS", "UNIFORM", "cat", 4);
        audit(DAY.plusDays(1), "right", .95, "day", "cat");
        run(DAY.plusDays(1), "");
        assertThat(issued(DAY.plusDays(1))).hasSize(10);
        assertThat(row(DAY.plusDays(1), "cat").<LocalDate>getAs(AutoLabelDays.PASSED_ON))
                .isEqualTo(DAY.plusDays(1));
        assertThat(row(DAY.plusDays(1), "cat").<Long>getAs(AutoLabelDays.TOTAL_ISSUED))
                .isEqualTo(20);

        for (int i = 0; i < 8; i++) {
            audit(DAY.plusDays(1), "w" + i, .95, "day", "dog");
        }
        audit(DAY, "first", .95, "day", "dog"); // on the day of the proof itself: it may be part of it
        counts.clear();
        judged("BLIND_LABELS", "UNIFORM", "cat", 13);
        Stage.Report report = run(DAY.plusDays(2), "");

        Row withdrawn = row(DAY.plusDays(2), "cat");
        assertThat(withdrawn.<String>getAs(AutoLabelDays.STATUS)).isEqualTo("WITHDRAWN");
        assertThat(withdrawn.<Long>getAs(AutoLabelDays.AUDITED)).isEqualTo(9);
        assertThat(withdrawn.<LocalDate>getAs(AutoLabelDays.QUARANTINED_FROM)).isEqualTo(DAY.plusDays(1));
        assertThat(withdrawn.<Long>getAs(AutoLabelDays.TOTAL_ISSUED))
                .as("of the first day")
                .isEqualTo(10);
        assertThat(withdrawn.<Double>getAs(AutoLabelDays.SAVED_SHARE)).isCloseTo((10 - 14) / 30.0, within(1e-12));
        assertThat(issued(DAY.plusDays(2))).isEmpty();
        assertThat(standing()).containsExactly(DAY + " ISSUED 10", DAY.plusDays(1) + " VOID 10");
        run(DAY.plusDays(3), "");
        assertThat(row(DAY.plusDays(3), "cat").<Long>getAs(AutoLabelDays.TOTAL_ISSUED))
                .as("carried on from the day before")
                .isEqualTo(10);
        assertThat(report.sentences().get(0))
                .isEqualTo(
                        "dock, model v1: cat is no longer labeled without people: 8 of 9 audited since 2026-11-05 are"
                                + " wrong, promised were at most 0.0909: what was labeled since 2026-11-06 is void");
    }

    private List<String> standing() {
        return tables
                .read(AutoLabels.TABLE)
                .groupBy(AutoLabels.RUN_DATE, AutoLabels.STATUS)
                .count()
                .sort(AutoLabels.RUN_DATE)
                .collectAsList()
                .stream()
                .map(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
                .toList();
    }

    @Test
    void withoutCandidatesNobodyKnowsWhatTheAuditDrawsSoNothingIsLabeled() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        alarm(DAY, "1", "v1", "'cat'", .95, "day");
        run(DAY.minusDays(1), "");
        candidates.clear();
        store(Candidates.TABLE.withDimensions(List.of("lighting")), candidates);
        WinnowConfig config = Configs.of("quality.auto-labels.share = 1");
        FakeSources sources = new FakeSources(Frames.of(LOGGED, logged.toArray(String[]::new)));
        CameraTable cameras = new CameraTable(sources, config.cameras());
        AutoLabelsJob job =
                new AutoLabelsJob(config, new InferenceLog(sources, config.inferences(), cameras), cameras, tables);
        assertThatThrownBy(() -> job.run(DAY))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("run `candidates --run-date 2026-11-05` first");
        assertThat(issued(DAY)).isEmpty();
    }

    @Test
    void itemsThatWereHiddenAmongAClassAreWorkOnIt() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        alarm(DAY, "1", "v1", "'cat'", .95, "day");
        judged("REVIEWS", "UNIFORM", "cat", 3);
        List<String> shown = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            shown.add(
                    "{'pipeline':'p','use_case':'dock','job_name':'qa','item_id':'i%d','label':'cat','model_version':%s,'known_wrong':%s}"
                            .formatted(i, i == 0 ? "'v1'" : "null", i > 0));
            if (i < 3) {
                answers.add(
                        "{'pipeline':'p','use_case':'dock','job_name':'qa','item_id':'i%d','worker_id':'w','repetition':1,'kind':'WORKER','status':'ANSWERED','task':'REVIEW','label':'DISCONFIRM','source':'x','source_file':''}"
                                .formatted(i));
            }
        }
        store(QaItems.TABLE, shown);
        store(Answers.TABLE, answers);
        run(DAY, "");
        assertThat(row(DAY, "cat").<Long>getAs(AutoLabelDays.REVIEWS))
                .as("three reviewed, one of them nobody can tell, and two hidden ones with an answer")
                .isEqualTo(4 + 2);
    }

    @Test
    void aShareOfTheAlarmsIsDrawnByTheirImageWhateverTheirPartition() {
        threshold("BLIND_LABELS", "cat", "PROVEN", "0.9", "0.06");
        for (int i = 0; i < 200; i++) {
            alarm(DAY, "a" + i, "v1", "'cat'", .95, "day");
        }
        run(DAY, "quality.auto-labels.share = 0.25");
        List<String> drawn = issued(DAY);
        assertThat(drawn).hasSizeBetween(30, 70);
        Collections.reverse(logged);
        run(DAY, "quality.auto-labels.share = 0.25");
        assertThat(issued(DAY)).isEqualTo(drawn);
    }
}
