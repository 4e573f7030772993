package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.ModelTraining;
import dev.winnow.ports.MeasuredWeights.Proposed;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.Rounds;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.Newcombe;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SignalYieldsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-12");
    private static final String ROUND = "2026-11-02.1";

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final RoundRows rows = new RoundRows(tables);

    private Stage.Report run(String hocon) {
        return run(hocon, DAY);
    }

    private Stage.Report run(String hocon, LocalDate day) {
        WinnowConfig config = Configs.of(hocon);
        FakeSources none = new FakeSources(SparkExtension.session().emptyDataFrame());
        CameraTable cameras = new CameraTable(none, config.cameras());
        return new OutcomesJob(
                        config,
                        tables,
                        new Rounds(objects, config.labeling().path(), config.pipeline()),
                        cameras,
                        new InferenceLog(none, config.inferences(), cameras),
                        new ModelTraining(none, config.modelTraining()))
                .run(day);
    }

    private List<Row> stored() {
        return tables.read(SignalYields.TABLE)
                .sort(SignalYields.USE_CASE, SignalYields.ROUND_ID, SignalYields.SIGNAL)
                .collectAsList();
    }

    private Row row(@Nullable String round, String signal) {
        return stored().stream()
                .filter(row -> Objects.equals(round, row.getAs(SignalYields.ROUND_ID))
                        && signal.equals(row.getAs(SignalYields.SIGNAL)))
                .findFirst()
                .orElseThrow();
    }

    private static long number(Row row, String column) {
        return row.<Long>getAs(column);
    }

    private static double value(Row row, String column) {
        return row.<Double>getAs(column);
    }

    /** A round in which every rule of what is a discovery meets an item. */
    private void round() {
        RoundRows.seal(objects, ROUND);
        rows.selected(ROUND, "wrong", "c1", "car", null, "BOUNDARY")
                .label("wrong", "AGREED", "bus")
                .selected(ROUND, "right", "c2", "car", null, "BOUNDARY", "RARE_CLASS")
                .label("right", "AGREED", "car")
                .selected(ROUND, "nothing", "c3", "car", null, "BOUNDARY")
                .label("nothing", "GOLD", "none of these")
                .selected(ROUND, "unsure", "c1", "car", null, "BOUNDARY")
                .label("unsure", "AGREED", "can't tell")
                .selected(ROUND, "known", "c2", "car", null, "BOUNDARY")
                .label("known", "AGREED", "bus")
                .marked("known", "car", "FALSE_POSITIVE", "2026-11-02")
                .selected(ROUND, "late", "c3", "car", null, "BOUNDARY")
                .label("late", "AGREED", "bus")
                .marked("late", "car", "FALSE_POSITIVE", "2026-11-03")
                .selected(ROUND, "open", "c1", "car", null, "BOUNDARY")
                .label("open", "OPEN", "bus")
                .selected(ROUND, "silent", "c1", "car", null, "BOUNDARY")
                .selected(ROUND, "low", "c4", "car", null, "LOW_CONFIDENCE", "BOUNDARY")
                .label("low", "AGREED", "bus")
                .selected(ROUND, "empty", "c1", null, null, "AUDIT")
                .label("empty", "AGREED", "none of these")
                .selected(ROUND, "missed", "c2", null, null, "AUDIT")
                .label("missed", "AGREED", "car")
                .selected(ROUND, "reported", "c3", null, null, "AUDIT")
                .label("reported", "AGREED", "car")
                .marked("reported", null, "MISSED", "2026-10-31")
                .selected(ROUND, "fine", "c4", "car", null, "AUDIT")
                .label("fine", "AGREED", "car");
    }

    @Test
    void aLabelIsADiscoveryWhereItDiffersFromAllThatWasKnownBeforeTheRound() {
        round();
        rows.store(1);
        run("");

        Row boundary = row(ROUND, "BOUNDARY");
        assertThat(number(boundary, SignalYields.SELECTED)).isEqualTo(8);
        assertThat(number(boundary, SignalYields.LABELED)).isEqualTo(6);
        assertThat(number(boundary, SignalYields.OUTSTANDING)).isEqualTo(2);
        // wrong, nothing and late, which was marked after the round. Not known, marked on the round's own day; not
        // unsure.
        assertThat(number(boundary, SignalYields.FOUND)).isEqualTo(3);
        assertThat(value(boundary, SignalYields.YIELD)).isEqualTo(0.5);
        assertThat(number(boundary, SignalYields.CAMERAS)).isEqualTo(3);
        Row audit = row(ROUND, "AUDIT");
        // The miss; that a frame was empty, and a miss that was reported, are no news.
        assertThat(number(audit, SignalYields.FOUND)).isEqualTo(1);
        assertThat(number(audit, SignalYields.LABELED)).isEqualTo(4);
        assertThat(audit.<Double>getAs(SignalYields.LIFT)).isNull();
        // Every signal that speaks for an item counts beside the charged one.
        assertThat(number(boundary, SignalYields.SELECTED_ANY)).isEqualTo(9);
        assertThat(number(boundary, SignalYields.LABELED_ANY)).isEqualTo(7);
        assertThat(number(boundary, SignalYields.FOUND_ANY)).isEqualTo(4);
        Row rare = row(ROUND, "RARE_CLASS");
        assertThat(number(rare, SignalYields.SELECTED)).isZero();
        assertThat(rare.<Double>getAs(SignalYields.YIELD)).isNull();
        assertThat(number(rare, SignalYields.LABELED_ANY)).isEqualTo(1);
        assertThat(value(rare, SignalYields.YIELD_ANY)).isZero();
    }

    @Test
    void thatAMarkIsMistakenIsADiscoveryToo() {
        RoundRows.seal(objects, ROUND);
        rows.selected(ROUND, "mistaken", "c1", "car", null, "CONFIDENT_WRONG")
                .label("mistaken", "AGREED", "car")
                .marked("mistaken", "car", "FALSE_POSITIVE", "2026-11-01")
                .selected(ROUND, "confirmed", "c2", "car", null, "CONFIDENT_WRONG")
                .label("confirmed", "AGREED", "bus")
                .marked("confirmed", "car", "FALSE_POSITIVE", "2026-11-01")
                .selected(ROUND, "unsure", "c3", "car", null, "CONFIDENT_WRONG")
                .label("unsure", "AGREED", "can't tell")
                .marked("unsure", "car", "FALSE_POSITIVE", "2026-11-01")
                .selected(ROUND, "checked, too", "c3", "car", null, "CONFIDENT_WRONG", "MODEL_CHECK")
                .label("checked, too", "AGREED", "car")
                .marked("checked, too", "car", "FALSE_POSITIVE", "2026-11-01")
                .selected(ROUND, "relabeled", "c4", "car", null, "BOUNDARY")
                .label("relabeled", "AGREED", "bus")
                .marked("relabeled", "car", "RELABELED", "bus", "2026-11-01")
                .selected(ROUND, "relabeled wrongly", "c5", "car", null, "BOUNDARY")
                .label("relabeled wrongly", "AGREED", "van")
                .marked("relabeled wrongly", "car", "RELABELED", "bus", "2026-11-01")
                .selected(ROUND, "relabeled later", "c6", "car", null, "BOUNDARY")
                .label("relabeled later", "AGREED", "van")
                .marked("relabeled later", "car", "FALSE_POSITIVE", "2026-10-31")
                .marked("relabeled later", "car", "RELABELED", "van", "2026-11-01")
                .marked("relabeled later", "car", "RELABELED", "bus", "2026-11-09")
                .selected(ROUND, "emptied", "c6", "car", null, "BOUNDARY")
                .label("emptied", "AGREED", "none of these")
                .marked("emptied", "car", "RELABELED", "none of these", "2026-11-01")
                .selected(ROUND, "of two boxes", "c6", "car", null, "BOUNDARY")
                .label("of two boxes", "AGREED", "bus")
                .marked("of two boxes", "car", "RELABELED", "bus", "2026-11-01")
                .marked("of two boxes", "car", "RELABELED", "van", "2026-11-01")
                .selected(ROUND, "no alarm at all", "c6", "car", null, "BOUNDARY")
                .label("no alarm at all", "AGREED", "bus")
                .marked("no alarm at all", "car", "FALSE_POSITIVE", "dog", "2026-11-01")
                .selected(ROUND, "nobody marked", "c7", "car", null, "BOUNDARY", "MODEL_CHECK")
                .label("nobody marked", "AGREED", "bus")
                .selected(ROUND, "missed", "c7", null, null, "BOUNDARY")
                .label("missed", "AGREED", "bus")
                .marked("missed", null, "MISSED", "bus", "2026-11-01")
                .selected(ROUND, "looked at", "c4", "car", null, "MODEL_CHECK")
                .label("looked at", "AGREED", "car")
                .marked("looked at", "car", "FALSE_POSITIVE", "2026-11-01");
        rows.store(1);
        run("");
        assertThat(number(row(ROUND, "CONFIDENT_WRONG"), SignalYields.LABELED)).isEqualTo(4);
        assertThat(number(row(ROUND, "CONFIDENT_WRONG"), SignalYields.FOUND))
                .as("mistaken, and that a model is to look at it, too, changes nothing")
                .isEqualTo(2);
        assertThat(number(row(ROUND, "BOUNDARY"), SignalYields.LABELED)).isEqualTo(8);
        assertThat(number(row(ROUND, "BOUNDARY"), SignalYields.FOUND))
                .as("relabeled wrongly: a mark or a model had said of all others what people say")
                .isEqualTo(1);
        assertThat(number(row(ROUND, "MODEL_CHECK"), SignalYields.FOUND))
                .as("its images are drawn from the misclassified ones")
                .isZero();
    }

    @Test
    void theLiftOverTheAuditHasNewcombesIntervalAndCamerasAreClusters() {
        RoundRows.seal(objects, ROUND);
        for (int i = 0; i < 40; i++) {
            rows.selected(ROUND, "b" + i, "c" + i, "car", null, "BOUNDARY")
                    .label("b" + i, "AGREED", i < 20 ? "bus" : "car")
                    .selected(ROUND, "a" + i, "c" + i, "car", null, "AUDIT")
                    .label("a" + i, "AGREED", i < 4 ? "bus" : "car");
        }
        // All labels of one camera agree: they tell no more than one.
        for (int i = 0; i < 40; i++) {
            rows.selected(ROUND, "l" + i, "c" + i / 10, "car", null, "LOW_CONFIDENCE")
                    .label("l" + i, "AGREED", i < 20 ? "bus" : "car");
        }
        rows.store(2);
        run("");

        Row boundary = row(ROUND, "BOUNDARY");
        assertThat(value(boundary, SignalYields.LIFT)).isCloseTo(.4, within(1e-12));
        // One label each: as good as independent, but for Student's quantile on 39 degrees of freedom.
        Interval independent = Newcombe.difference(
                .5, IntervalMethod.WILSON.of(20, 40, 0.95), .1, IntervalMethod.WILSON.of(4, 40, 0.95));
        assertThat(value(boundary, SignalYields.LIFT_LOW)).isCloseTo(independent.low(), within(.02));
        assertThat(value(boundary, SignalYields.LIFT_HIGH)).isCloseTo(independent.high(), within(.02));
        Row low = row(ROUND, "LOW_CONFIDENCE");
        assertThat(value(low, SignalYields.YIELD)).isEqualTo(.5);
        assertThat(value(low, SignalYields.YIELD_LOW)).isLessThan(.1);
        assertThat(value(boundary, SignalYields.YIELD_LOW)).isGreaterThan(.3);
        assertThat(low.<String>getAs(SignalYields.SENTENCE))
                .startsWith("LOW_CONFIDENCE in 2026-11-02.1: 20 of 40 labels found an error nobody knew, 50.0 % (");
    }

    @Test
    void costsCountEveryAnswerAndThoseWithoutATimeAtTheMeanOfTheOthers() {
        RoundRows.seal(objects, ROUND);
        rows.selected(ROUND, "a", "c1", "car", null, "BOUNDARY")
                .label("a", "AGREED", "bus")
                .answer("a", "w1", 30.0, ROUND)
                .answer("a", "w2", 90.0, null)
                .answer("a", "w3", 500.0, "2026-10-01.1")
                .selected(ROUND, "b", "c2", "car", null, "BOUNDARY")
                .label("b", "OPEN", "car")
                .answer("b", "w1", null, ROUND)
                .store(1);
        run("");

        Row boundary = row(ROUND, "BOUNDARY");
        assertThat(number(boundary, SignalYields.ANSWERS)).isEqualTo(3);
        assertThat(value(boundary, SignalYields.MINUTES)).isEqualTo(3);
        assertThat(value(boundary, SignalYields.ANSWERS_PER_FOUND)).isEqualTo(3);
        assertThat(value(boundary, SignalYields.MINUTES_PER_FOUND)).isEqualTo(3);
        assertThat(boundary.<String>getAs(SignalYields.SENTENCE))
                .isEqualTo(
                        "BOUNDARY in 2026-11-02.1: 1 of 1 labels found an error nobody knew, 100.0 %; 1 of 2 images are"
                                + " outstanding; 3.0 answers and 3.0 minutes for each error found");
    }

    @Test
    void aLabelOfSeveralClassesIsHeldAgainstThePredictionToo() {
        RoundRows.seal(objects, ROUND);
        rows.selected(ROUND, "among", "c1", "car", null, "BOUNDARY")
                .label("among", "MULTI_LABEL", "null", "['bus','car']")
                .selected(ROUND, "other", "c2", "car", null, "BOUNDARY")
                .label("other", "BOXES", "null", "[{'label':'bus','left':1},{'label':'bus','left':9}]")
                .selected(ROUND, "boxed", "c3", "car", null, "BOUNDARY")
                .label("boxed", "BOXES", "null", "[{'label':'bus'},{'label':'car'}]")
                .label("boxed", "AGREED", "can't tell")
                .selected(ROUND, "nothing", "c4", "car", null, "BOUNDARY")
                .label("nothing", "BOXES", "null", "[]")
                .selected(ROUND, "empty", "c5", null, null, "BOUNDARY")
                .label("empty", "BOXES", "null", "[]")
                .selected(ROUND, "mask", "c5", "car", null, "BOUNDARY")
                .label("mask", "SEGMENTATION", "null", "{'mask':'s3://b/m.png'}")
                .store(1);
        run("");

        Row boundary = row(ROUND, "BOUNDARY");
        assertThat(number(boundary, SignalYields.SELECTED)).isEqualTo(6);
        assertThat(number(boundary, SignalYields.LABELED)).isEqualTo(5);
        assertThat(number(boundary, SignalYields.FOUND)).isEqualTo(2);
    }

    @Test
    void reviewsOfShownClassesAreNoCostOfARoundAndExpertsAre() {
        RoundRows.seal(objects, ROUND);
        rows.selected(ROUND, "a", "c1", "car", null, "BOUNDARY")
                .label("a", "AGREED", "bus")
                .answer("a", "w1", 60.0, ROUND)
                .answer("a", "w2", 60.0, ROUND, "BOXES", "WORKER")
                .answer("a", "w3", 60.0, ROUND, "CLASSIFICATION", "EXPERT")
                .answer("a", "w1", 60.0, ROUND, "REVIEW", "WORKER")
                .store(1);
        run("");

        assertThat(number(row(ROUND, "BOUNDARY"), SignalYields.ANSWERS)).isEqualTo(3);
        assertThat(value(row(ROUND, "BOUNDARY"), SignalYields.MINUTES)).isEqualTo(3);
    }

    @Test
    void imagesKnownToBeWrongThatCheckTheModelAreNoDiscoveriesAndSpeakForNoOtherSignal() {
        String signals =
                "use-cases.default.signals { error-risk = 0, rare-class = 0.3, low-confidence = 0.35, boundary = 0.35, elevated-segment = 0, confident-wrong = 0 }";
        round();
        rows.store(1);
        run(signals);
        Row before = row(null, "BOUNDARY");
        List<Double> weights = weights();

        for (int i = 0; i < 30; i++) {
            rows.selected(ROUND, "m" + i, "c" + i, "car", null, "MODEL_CHECK", "BOUNDARY", "LOW_CONFIDENCE")
                    .label("m" + i, "AGREED", i % 2 == 0 ? "bus" : "car");
        }
        rows.store(1);
        run(signals);

        Row check = row(null, "MODEL_CHECK");
        assertThat(number(check, SignalYields.LABELED)).isEqualTo(30);
        assertThat(number(check, SignalYields.FOUND)).isZero();
        assertThat(number(check, SignalYields.FOUND_ANY)).isZero();
        assertThat(check.<Double>getAs(SignalYields.LIFT)).isNull();
        assertThat(row(null, "BOUNDARY")).isEqualTo(before);
        assertThat(weights()).isEqualTo(weights);
    }

    private List<Double> weights() {
        return stored().stream()
                .map(row -> row.<Double>getAs(SignalYields.PROPOSED_WEIGHT))
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void onlySealedRoundsBeforeTheDayCount() {
        for (String round : List.of("2026-11-01.1", "2026-11-02.1", "2026-11-03.1", "2026-11-12.1", "2026-07-01.1")) {
            if (!round.equals("2026-11-03.1")) {
                RoundRows.seal(objects, round);
            }
            rows.selected(round, "i" + round, "c", "car", null, "BOUNDARY");
        }
        rows.store(1);
        run("");

        assertThat(stored())
                .extracting(row -> row.getAs(SignalYields.ROUND_ID))
                .contains(null, "2026-11-01.1", ROUND)
                .doesNotContain("2026-11-03.1", "2026-11-12.1", "2026-07-01.1");
        assertThat(number(row(null, "BOUNDARY"), SignalYields.SELECTED)).isEqualTo(2);
        assertThat(run("outcomes.round-days = 5").sentences())
                .containsExactly("No round was sealed in the 5 days before 2026-11-12");
        assertThat(stored()).isEmpty();
    }

    @Test
    void signalsShareTheProposedBudgetAndAnyPartitioningGivesTheSameRows() {
        round();
        rows.store(1);
        String signals =
                "use-cases.default.signals { error-risk = 0, rare-class = 0.2, low-confidence = 0.4, boundary = 0.4, elevated-segment = 0, confident-wrong = 0 }";
        run(signals);
        List<Row> first = stored();
        rows.store(7);
        run(signals);

        assertThat(stored()).as("rows in other partitions").isEqualTo(first);
        List<Row> weights = stored().stream()
                .filter(row -> !row.isNullAt(row.fieldIndex(SignalYields.PROPOSED_WEIGHT)))
                .toList();
        assertThat(weights)
                .extracting(row -> row.getAs(SignalYields.SIGNAL))
                .containsExactly("BOUNDARY", "LOW_CONFIDENCE", "RARE_CLASS");
        assertThat(weights.stream()
                        .mapToDouble(row -> value(row, SignalYields.PROPOSED_WEIGHT))
                        .sum())
                .isCloseTo(1, within(1e-9));
        assertThat(weights)
                .allSatisfy(row -> assertThat(value(row, SignalYields.PROPOSED_WEIGHT))
                        .isBetween(value(row, SignalYields.WEIGHT) - .05, value(row, SignalYields.WEIGHT) + .05));
    }

    @Test
    void proposalsGoOnFromTheWeightsThatWereMeasuredWhereThoseAreInUse() {
        round();
        rows.store(1);
        String signals =
                "use-cases.default.signals { error-risk = 0, rare-class = 0.2, low-confidence = 0.4, boundary = 0.4, elevated-segment = 0, confident-wrong = 0 }";
        ProposedWeights proposed = new ProposedWeights("p", tables);
        assertThat(proposed.before(DAY)).isEmpty();
        run(signals);
        assertThat(proposed.before(DAY)).as("its own day").isEmpty();
        Proposed first = Objects.requireNonNull(proposed.before(DAY.plusDays(1)).get("dock"));
        assertThat(first.runDate()).isEqualTo(DAY);
        assertThat(first.bySignal()).containsOnlyKeys("boundary", "low-confidence", "rare-class");

        run(signals, DAY.plusDays(1));
        assertThat(now(DAY.plusDays(1)))
                .as("configured")
                .isEqualTo(Map.of("boundary", .4, "low-confidence", .4, "rare-class", .2));
        run(signals + "\nselection.weights = measured", DAY.plusDays(1));
        assertThat(now(DAY.plusDays(1)))
                .as("measured")
                .satisfies(weights -> first.bySignal()
                        .forEach((signal, weight) ->
                                assertThat(weights.get(signal)).isCloseTo(weight, within(1e-9))));
    }

    /** Signals to the weights that a run found in use. */
    private Map<String, Double> now(LocalDate day) {
        Map<String, Double> weights = new TreeMap<>();
        tables.read(SignalYields.TABLE)
                .filter("weight is not null and run_date = date'" + day + "'")
                .collectAsList()
                .forEach(row -> weights.put(
                        Candidates.settingOf(row.getAs(SignalYields.SIGNAL)),
                        Math.round(value(row, SignalYields.WEIGHT) * 1e12) / 1e12));
        return weights;
    }
}
