package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.Rounds;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SegmentOutcomesTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final String ROUND = "2026-10-20.1";
    private static final String LEDGER =
            "{'round_id':'2026-10-20.1','model_version':'m2','trained_at':'2026-11-01T00:00:00Z'}";
    private static final String DIMENSION = "inputs.inferences.dimensions.lighting = light\n";
    private static final int CAMERAS = 12;
    private static final StructType LOGGED = Inferences.TABLE.schema().add("light", DataTypes.StringType);

    /** Wrong of 50 judged alarms of a camera, before and after, by lighting; night gets better, snow stays. */
    private static final Map<String, int[]> WRONG = Map.of(
            "night", new int[] {15, 5},
            "snow", new int[] {13, 13},
            "dusk", new int[] {14, 14},
            "rain", new int[] {13, 13},
            "fog", new int[] {14, 14},
            "day", new int[] {4, 4},
            "dawn", new int[] {6, 6});

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final RoundRows rows = new RoundRows(tables);
    private final List<String> logged = new ArrayList<>();

    private Stage.Report run(String hocon, String... ledger) {
        WinnowConfig config = Configs.of(
                DIMENSION + (ledger.length == 0 ? "" : "inputs.model-training.path = \"/ledger\"\n") + hocon);
        FakeSources training = new FakeSources(Frames.of(ModelTraining.TABLE, ledger));
        FakeSources log = new FakeSources(Frames.of(LOGGED, logged.toArray(String[]::new)));
        CameraTable cameras = new CameraTable(training, config.cameras());
        return new OutcomesJob(
                        config,
                        tables,
                        new Rounds(objects, config.labeling().path(), config.pipeline()),
                        cameras,
                        new InferenceLog(log, config.inferences(), cameras),
                        new ModelTraining(training, config.modelTraining()))
                .run(DAY);
    }

    private List<Row> stored() {
        return tables.read(RoundOutcomes.TABLE)
                .sort(RoundOutcomes.SCOPE, RoundOutcomes.SUBJECT)
                .collectAsList();
    }

    private Row row(String subject) {
        return stored().stream()
                .filter(row -> subject.equals(row.getAs(RoundOutcomes.SUBJECT)))
                .findFirst()
                .orElseThrow();
    }

    private static double value(Row row, String column) {
        return row.<Double>getAs(column);
    }

    private void world(int partitions) {
        world(partitions, WRONG);
    }

    private void world(int partitions, Map<String, int[]> byLight) {
        RoundRows.seal(objects, ROUND);
        for (int i = 0; i < 10; i++) {
            rows.selected(ROUND, "n" + i, "c" + i, "car", "lighting=night", "BOUNDARY")
                    .selected(ROUND, "s" + i, "c" + i, "car", "lighting=snow", "BOUNDARY")
                    .selected(ROUND, "a" + i, "c" + i, "car", "lighting=dusk", "AUDIT")
                    .selected(ROUND, "m" + i, "c" + i, "car", "lighting=dusk", "MODEL_CHECK", "BOUNDARY");
        }
        rows.selected(ROUND, "few", "c1", "car", "lighting=rain", "BOUNDARY");
        for (String light : List.of("night", "snow", "dusk", "rain")) {
            rows.row(
                    SegmentFindings.TABLE,
                    ("{'pipeline':'p','run_date':'2026-10-20','use_case':'dock','segment':"
                                    + "'lighting=%s','dimensions':['lighting'],'dimension_values':['%1$s'],'measure':'FDR'}")
                            .formatted(light));
        }
        rows.row(
                SegmentFindings.TABLE,
                "{'pipeline':'p','run_date':'2026-10-20','use_case':'dock','segment':'all','dimensions':[],"
                        + "'dimension_values':[],'measure':'FDR'}");
        String version = CellVersion.of(Configs.of(DIMENSION));
        TableDef exposure = ExposureDaily.TABLE.withDimensions(List.of("lighting"));
        TableDef verdicts = VerdictDaily.TABLE.withDimensions(List.of("lighting"));
        byLight.forEach((light, wrong) -> {
            for (int camera = 0; camera < CAMERAS; camera++) {
                for (int after = 0; after < 2; after++) {
                    String cell = "'cell_version':'%s','site_id':'s','camera_id':'c%d','use_case':'dock',"
                                    .formatted(version, camera)
                            + "'model_version':'m%d','label':'car','dim_lighting':'%s'".formatted(after + 1, light);
                    String event = after == 0 ? "2026-10-15" : "2026-11-05";
                    rows.row(
                            exposure,
                            "{'pipeline':'p','event_date':'%s','shown':100,'confidence_histogram':[100],%s}"
                                    .formatted(event, cell));
                    // Cameras differ a little; what comes after the third day does not count.
                    int x = wrong[after] + camera % 3 - 1;
                    rows.row(
                            verdicts,
                            ("{'pipeline':'p','arrival_date':'%s','event_date':'%s','false_positives':%d,'confirmed':%d,"
                                            + "'relabeled':0,'missed':0,%s}")
                                    .formatted(after == 0 ? "2026-10-16" : "2026-11-08", event, x, 50 - x, cell));
                    rows.row(
                            verdicts,
                            ("{'pipeline':'p','arrival_date':'%s','event_date':'%s','false_positives':9,'confirmed':0,"
                                            + "'relabeled':0,'missed':0,%s}")
                                    .formatted(after == 0 ? "2026-10-19" : "2026-11-09", event, cell));
                }
            }
        });
        rows.store(partitions);
    }

    @Test
    void aTargetedSegmentThatGotBetterIsImprovedAndOneThatStayedIsInconclusive() {
        world(1);
        assertThat(run("", LEDGER).sentences()).contains("dock: targeted segments improved 1, inconclusive 1");

        assertThat(stored())
                .extracting(row -> row.getAs(RoundOutcomes.SUBJECT))
                .containsExactly("lighting=night", "lighting=snow");
        Row night = row("lighting=night");
        assertThat(night.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("IMPROVED");
        assertThat(night.<String>getAs(RoundOutcomes.MODEL_VERSION)).isEqualTo("m2");
        assertThat(night.<Long>getAs(RoundOutcomes.TRIALS_BEFORE)).isEqualTo(600);
        assertThat(night.<Long>getAs(RoundOutcomes.WRONG_BEFORE)).isEqualTo(180);
        assertThat(night.<Long>getAs(RoundOutcomes.TRIALS_AFTER)).isEqualTo(600);
        assertThat(night.<Long>getAs(RoundOutcomes.WRONG_AFTER)).isEqualTo(60);
        assertThat(night.<Long>getAs(RoundOutcomes.CAMERAS_AFTER)).isEqualTo(12);
        // The baseline is drawn from 30 % to the others, and beyond the controls, which stay, nothing is lost of it.
        assertThat(value(night, RoundOutcomes.BASELINE)).isBetween(.25, .2999);
        // dusk, rain and fog are alike and free; snow is targeted, day and dawn are too good.
        assertThat(night.<Long>getAs(RoundOutcomes.CONTROLS)).isEqualTo(3);
        assertThat(value(night, RoundOutcomes.DIFFERENTIAL))
                .isCloseTo(
                        value(night, RoundOutcomes.CHANGE) - value(night, RoundOutcomes.CONTROL_CHANGE), within(1e-12));
        assertThat(value(night, RoundOutcomes.DIFFERENTIAL_HIGH)).isNegative();
        assertThat(value(night, RoundOutcomes.Q_VALUE)).isLessThan(.05);
        assertThat(night.<String>getAs(RoundOutcomes.SENTENCE))
                .startsWith("lighting=night: 30.0 % wrong before, ")
                .contains("10.0 % since model version m2; -", "beyond 3 segments alike")
                .endsWith(": improved");
        Row snow = row("lighting=snow");
        assertThat(snow.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("INCONCLUSIVE");
        assertThat(snow.<Long>getAs(RoundOutcomes.NEEDED_TRIALS)).isPositive();
        assertThat(snow.<String>getAs(RoundOutcomes.SENTENCE)).contains("to find a fall worth finding takes");

        List<Row> first = stored();
        rows.store(7);
        run("", LEDGER);
        assertThat(stored()).as("rows in other partitions").isEqualTo(first);
    }

    @Test
    void withoutALedgerNoChangeIsPutDownToARound() {
        world(1);
        run("");

        assertThat(stored()).hasSize(2).allSatisfy(row -> {
            assertThat(row.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("UNATTRIBUTED");
            assertThat(row.<Object>getAs(RoundOutcomes.MODEL_VERSION)).isNull();
            assertThat(row.<Object>getAs(RoundOutcomes.Q_VALUE)).isNull();
            assertThat(row.<Object>getAs(RoundOutcomes.CHANGE)).isNotNull();
        });
        run("", LEDGER.replace("10-20", "10-19"));
        assertThat(stored()).extracting(row -> row.getAs(RoundOutcomes.VERDICT)).containsOnly("UNATTRIBUTED");
    }

    @Test
    void withoutALedgerTheDaysSinceTheFirstRoundAreCompared() {
        world(1);
        for (String round : List.of("2026-11-18.1", "2026-11-19.1")) {
            RoundRows.seal(objects, round);
            for (int i = 0; i < 10; i++) {
                rows.selected(round, "n" + i, "c" + i, "car", "lighting=night", "BOUNDARY");
            }
        }
        rows.store(1);
        run("");

        Row night = row("lighting=night");
        assertThat(night.<Object>getAs(RoundOutcomes.AFTER_FROM)).hasToString("2026-10-21");
        assertThat(night.<Object>getAs(RoundOutcomes.CHANGE)).isNotNull();
        assertThat(night.<String>getAs(RoundOutcomes.SENTENCE)).contains("% since the first round; -");
    }

    @Test
    void ofThreeSegmentsWithoutControlsABaselineIsNotDrawnUpAndNothingIsCalledImproved() {
        world(1, Map.of("night", new int[] {15, 5}, "snow", new int[] {13, 13}, "day", new int[] {4, 4}));
        run("", LEDGER);

        Row night = row("lighting=night");
        assertThat(night.<Long>getAs(RoundOutcomes.CONTROLS)).isZero();
        assertThat(value(night, RoundOutcomes.BASELINE)).isBetween(.29, .3);
        assertThat(value(night, RoundOutcomes.CHANGE_HIGH)).isNegative();
        assertThat(night.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("INCONCLUSIVE");
        assertThat(night.<String>getAs(RoundOutcomes.SENTENCE))
                .contains(
                        "without segments alike to compare with and with too few segments to tell how much was bad luck");
    }

    @Test
    void aVersionThatHasPutOutNothingIsInconclusive() {
        world(1);
        run("", LEDGER.replace("m2", "m3"));

        assertThat(stored()).extracting(row -> row.getAs(RoundOutcomes.VERDICT)).containsOnly("INCONCLUSIVE");
        assertThat(row("lighting=night").<Object>getAs(RoundOutcomes.BEFORE_FROM))
                .isNull();
        assertThat(row("lighting=night").<String>getAs(RoundOutcomes.SENTENCE))
                .isEqualTo("lighting=night: 0 trials before and 0 since model version m3 are too few to tell a change:"
                        + " inconclusive");
    }

    @Test
    void aSegmentOfFewItemsIsNotTargeted() {
        world(1);
        run("outcomes.min-items = 1", LEDGER);
        assertThat(stored())
                .extracting(row -> row.getAs(RoundOutcomes.SUBJECT))
                .containsExactly("lighting=night", "lighting=rain", "lighting=snow");
    }

    @Test
    void theNewestModelIsHeldAgainstTheOneBeforeItAsItWasUpstream() {
        world(1);
        for (String date : List.of("2026-11-18", "2026-11-19", "2026-11-20")) {
            rows.row(
                    SegmentChanges.TABLE,
                    ("{'pipeline':'p','run_date':'%s','use_case':'dock','segment':'all','dimensions':[],"
                                    + "'dimension_values':[],'comparison':'MODEL_VERSION','measure':'FDR','status':'BETTER',"
                                    + "'before_from':'2026-10-15','now_from':'2026-11-05','now_to':'2026-11-16','version_before':'m1',"
                                    + "'version_now':'m2','alarms_before':900,'judged_before':600,'wrong_before':180,'alarms_now':900,"
                                    + "'judged_now':600,'wrong_now':60,'difference':-0.2,'difference_low':-0.3,'difference_high':-0.1,"
                                    + "'p_value':0.01,'q_value':0.02,'strata':[],'sentence':'on %1$s'}")
                            .formatted(date));
        }
        rows.store(1);
        run("", LEDGER);

        Row model = row("m2");
        assertThat(model.<String>getAs(RoundOutcomes.SCOPE)).isEqualTo("MODEL");
        assertThat(model.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("IMPROVED");
        assertThat(model.<String>getAs(RoundOutcomes.SENTENCE)).isEqualTo("on 2026-11-19: improved");
        assertThat(model.<String>getList(model.fieldIndex(RoundOutcomes.ROUNDS)))
                .containsExactly(ROUND);
        run("");
        assertThat(row("m2").<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("UNATTRIBUTED");
        assertThat(row("m2").<String>getAs(RoundOutcomes.SENTENCE))
                .isEqualTo("on 2026-11-19: nothing says which rounds trained the newer one, so it is put down to none");
    }

    /** Audit images that both versions scored: the new one is right on {@code gained} more, the old one on {@code lost}. */
    private void audits(int images, int gained, int lost) {
        RoundRows.seal(objects, ROUND);
        for (int i = 0; i < images; i++) {
            rows.selected(ROUND, "x" + i, "c" + i % 20, "car", null, "AUDIT").label("x" + i, "AGREED", "car");
            for (String version : List.of("m9", "m10")) {
                boolean wrong = version.equals("m9") ? i < gained : i >= gained && i < gained + lost;
                logged.add(
                        ("{'inference_id':'%s-%d','image_uri':'%s://b/x%2$d.jpg','captured_at':'2026-10-31T10:00:00Z',"
                                        + "'event_date':'2026-10-31','use_case':'dock','model_version':'%1$s','site_id':'s',"
                                        + "'camera_id':'c%d','predicted_label':'%s','confidence':0.9,'light':'day'}")
                                .formatted(
                                        version,
                                        i,
                                        version.equals("m9") ? "s3a" : "s3n",
                                        i % 20,
                                        wrong ? "bus" : "car"));
            }
        }
        rows.store(1);
    }

    private static final String[] BOTH = {
        "{'round_id':'2026-10-20.1','model_version':'m9','trained_at':'2026-10-01T00:00:00Z'}",
        "{'round_id':'2026-10-20.1','model_version':'m10','trained_at':'2026-11-01T00:00:00Z'}"
    };

    @Test
    void versionsThatScoredTheSameAuditImagesAreComparedOnThoseByTheirTimeOfTraining() {
        audits(200, 40, 4);
        run("outcomes.compare-on-audit = true", BOTH);

        Row audit = row("m9 to m10");
        assertThat(audit.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("IMPROVED");
        assertThat(audit.<Long>getAs(RoundOutcomes.TRIALS_BEFORE)).isEqualTo(200);
        assertThat(audit.<Long>getAs(RoundOutcomes.WRONG_BEFORE)).isEqualTo(40);
        assertThat(audit.<Long>getAs(RoundOutcomes.WRONG_AFTER)).isEqualTo(4);
        assertThat(value(audit, RoundOutcomes.CHANGE)).isCloseTo(-.18, within(1e-12));
        assertThat(audit.<String>getAs(RoundOutcomes.SENTENCE))
                .startsWith("m10 was wrong on 4 and m9 on 40 of the same 200 audit images, -18.0 points (")
                .endsWith(": improved");
        run("outcomes.compare-on-audit = false", BOTH);
        assertThat(stored()).isEmpty();
    }

    @Test
    void withoutALedgerNothingSaysWhichRoundsTheVersionWasTrainedOn() {
        audits(200, 40, 4);
        run("outcomes.compare-on-audit = true");

        Row audit = row("m10 to m9");
        assertThat(audit.<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("UNATTRIBUTED");
        assertThat(audit.<Object>getAs(RoundOutcomes.CHANGE_LOW)).isNotNull();
        assertThat(audit.<String>getAs(RoundOutcomes.SENTENCE)).endsWith("so it is put down to none");
    }

    @Test
    void boxesAreNotHeldAgainstTheLabelOfAnImage() {
        assertThatThrownBy(() -> run("inputs.inferences.row-per = box, outcomes.compare-on-audit = true"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("takes inputs.inferences.row-per = image");
    }

    @Test
    void asManyGainedAsLostIsInconclusive() {
        audits(100, 8, 6);
        run("outcomes.compare-on-audit = true", BOTH);

        assertThat(row("m9 to m10").<String>getAs(RoundOutcomes.VERDICT)).isEqualTo("INCONCLUSIVE");
    }

    @Test
    void aLedgerThatBreaksItsContractIsRefusedWithTheReason() {
        world(1);
        assertThatThrownBy(() -> run("", LEDGER.replace("'m2'", "null")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.model-training")
                .hasMessageContaining("model_version_null; every row needs a round_id");
    }
}
