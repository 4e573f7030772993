package dev.winnow.consensus;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.stats.AnswerBlock;
import dev.winnow.stats.DawidSkene;
import dev.winnow.stats.DawidSkene.Errors;
import dev.winnow.stats.DawidSkene.Settings;
import dev.winnow.stats.DawidSkene.Sums;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.CrowdData;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.PlantedRows;
import dev.winnow.testing.SelectionRows;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsensusJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");

    private final FakeTables tables = new FakeTables();
    private final List<Row> answers = new ArrayList<>();
    private final List<Row> selections = new ArrayList<>();

    private Stage.Report run(String consensus) {
        store(tables.frame(Answers.TABLE, answers));
        tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, selections), Map.of(Selections.PIPELINE, "p"));
        return new ConsensusJob(Configs.of("consensus.default { " + consensus + " }"), tables).run(DAY);
    }

    private void store(Dataset<Row> rows) {
        tables.replace(Answers.TABLE, rows, Map.of(Answers.PIPELINE, "p"));
    }

    private void answer(String item, String worker, String label) {
        add(item, worker, Answers.WORKER, Answers.CLASSIFICATION, label, null, null, null, null, 1);
    }

    private void gold(String item, String label) {
        add(item, "", Answers.GOLD, Answers.CLASSIFICATION, label, null, null, null, null, 1);
    }

    private void add(
            String item,
            String worker,
            String kind,
            String task,
            @Nullable String label,
            @Nullable String json,
            @Nullable Double confidence,
            @Nullable Instant at,
            @Nullable String version,
            int repetition) {
        answers.add(RowFactory.create(
                "p",
                "dock",
                "job",
                item,
                worker,
                repetition,
                kind,
                Answers.ANSWERED,
                task,
                label,
                json,
                confidence,
                at,
                worker.isEmpty() ? null : 10.0,
                version,
                null,
                null,
                "x",
                ""));
    }

    private Map<String, Row> labels() {
        Map<String, Row> labels = new TreeMap<>();
        tables.read(Labels.TABLE).collectAsList().forEach(row -> labels.put(row.getAs(Labels.ITEM_ID), row));
        return labels;
    }

    private Row label(String item) {
        return Objects.requireNonNull(labels().get(item), item);
    }

    private Row annotator(String worker) {
        return Objects.requireNonNull(annotators().get(worker), worker);
    }

    private String told(String item) {
        Row row = labels().get(item);
        return row == null
                ? "nothing"
                : row.getAs(Labels.LABEL) + " " + row.getAs(Labels.STATUS) + " " + row.getAs(Labels.NEEDS);
    }

    private Map<String, Row> annotators() {
        Map<String, Row> annotators = new TreeMap<>();
        tables.read(Annotators.TABLE)
                .collectAsList()
                .forEach(row -> annotators.put(row.getAs(Annotators.WORKER_ID), row));
        return annotators;
    }

    private void crowd(CrowdData data) {
        AnswerBlock block = data.block();
        for (int item = 0; item < block.items(); item++) {
            for (int place = block.begin(item); place < block.end(item); place++) {
                answer(
                        data.items().get(item),
                        data.workers().get(block.worker(place)),
                        data.labels().get(block.label(place)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crowd_bluebirds, dawid-skene, .8981, .0001",
        "crowd_bluebirds, one-coin, .5833, .0001",
        "crowd_bluebirds, majority, .7593, .0001",
        "crowd_dogs, dawid-skene, .8426, .0013",
        "crowd_temp_snow2008, dawid-skene, .9416, .0001",
        "crowd_temp_snow2008, weighted-majority, .94, .005",
    })
    void realCrowdsAreToldAsWellAsPublished(String name, String method, double accuracy, double tolerance) {
        CrowdData data = CrowdData.of(name);
        crowd(data);
        run("method = " + method);
        Map<String, String> truth = data.truth();
        long right = labels().values().stream()
                .filter(row -> Objects.equals(truth.get(row.<String>getAs(Labels.ITEM_ID)), row.getAs(Labels.LABEL)))
                .count();
        assertThat((double) right / truth.size()).isCloseTo(accuracy, within(tolerance));
    }

    @Test
    void posteriorsAndConfusionsAreThoseOfTheFormula() {
        CrowdData data = CrowdData.of("crowd_dogs");
        crowd(data);
        run("method = dawid-skene");
        int classes = data.labels().size();
        int workers = data.workers().size();
        DawidSkene model = DawidSkene.fit(
                        new Sums(classes, workers).addVotes(data.block()),
                        m -> new Sums(classes, workers).addExpected(m, data.block()),
                        new Settings(Errors.CONFUSION, 0.01, 1e-6, 100))
                .model();
        double[] posterior = new double[classes];
        Map<String, Row> labels = labels();
        int posteriors = Labels.TABLE.schema().fieldIndex(Labels.POSTERIORS);
        for (int item = 0; item < data.items().size(); item++) {
            model.posterior(data.block(), item, posterior);
            for (Row share :
                    Objects.requireNonNull(labels.get(data.items().get(item))).<Row>getList(posteriors)) {
                assertThat(share.getDouble(1))
                        .isCloseTo(posterior[data.labels().indexOf(share.getString(0))], within(1e-9));
            }
        }
        annotators().forEach((worker, row) -> {
            int number = data.workers().indexOf(worker);
            assertThat(row.<Double>getAs(Annotators.QUALITY))
                    .isCloseTo(model.quality(number), within(1e-9))
                    .isBetween(row.getAs(Annotators.QUALITY_LOW), row.getAs(Annotators.QUALITY_HIGH));
            row.<Row>getList(row.fieldIndex(Annotators.CONFUSION))
                    .forEach(cell -> assertThat(cell.getDouble(2))
                            .isCloseTo(
                                    model.probability(
                                            number,
                                            data.labels().indexOf(cell.getString(0)),
                                            data.labels().indexOf(cell.getString(1))),
                                    within(1e-9)));
        });
        Row agreement = tables.read(Agreements.TABLE)
                .filter(col(Agreements.GUIDELINE_VERSION).equalTo(Agreements.ALL))
                .first();
        assertThat(agreement.<Double>getAs(Agreements.ALPHA)).isCloseTo(0.51941784, within(1e-8));
        assertThat(agreement.<Double>getAs(Agreements.FLEISS_KAPPA)).isCloseTo(0.51935828, within(1e-8));
        assertThat(agreement.<Double>getAs(Agreements.ALPHA_LOW)).isBetween(0.45, 0.519);
        assertThat(agreement.<Double>getAs(Agreements.ALPHA_HIGH)).isBetween(0.52, 0.59);
    }

    @ParameterizedTest
    @CsvSource({"dawid-skene, 1, 1", "dawid-skene, 7, 2", "weighted-majority, 5, 3", "crowdlab, 3, 4"})
    void tablesDoNotDependOnThePartitionsAndTheOrderOfAnswers(String method, int partitions, long seed) {
        crowd(CrowdData.of("crowd_temp_snow2008"));
        Map<String, List<String>> once = inBlocks(method, tables.frame(Answers.TABLE, answers));
        Collections.shuffle(answers, new Random(seed));
        Dataset<Row> divided = tables.frame(Answers.TABLE, answers).repartition(partitions, col(Answers.LABEL));
        assertThat(inBlocks(method, divided)).isEqualTo(once);
    }

    /** Tables made of a frame as it is, in about nine blocks. */
    private static Map<String, List<String>> inBlocks(String method, Dataset<Row> rows) {
        FakeTables results = new FakeTables();
        new ConsensusJob(Configs.of("consensus.default.method = " + method), new Given(results, rows), 500).run(DAY);
        Map<String, List<String>> content = new TreeMap<>();
        results.names()
                .forEach(name -> content.put(
                        name,
                        results.readStored(name).toJSON().collectAsList().stream()
                                .sorted()
                                .toList()));
        assertThat(content).containsOnlyKeys("agreement", "annotators", "labels");
        return content;
    }

    /** A store in which the answers are a frame of the test's own, partitions and all. */
    private record Given(FakeTables others, Dataset<Row> answers) implements TableStore {
        @Override
        public Dataset<Row> read(TableDef table) {
            return table.equals(Answers.TABLE) ? answers : others.read(table);
        }

        @Override
        public Dataset<Row> readStored(String tableName) {
            return others.readStored(tableName);
        }

        @Override
        public List<String> names() {
            return others.names();
        }

        @Override
        public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
            return others.replace(table, rows, scope);
        }

        @Override
        public Dataset<Row> frame(TableDef table, List<Row> rows) {
            return others.frame(table, rows);
        }

        @Override
        public void append(TableDef table, Dataset<Row> rows) {
            others.append(table, rows);
        }
    }

    @Test
    void votesAgreeTieOrStayOpenAndSayWhoIsNeeded() {
        votes("sure", 3, 0);
        votes("split", 2, 1);
        votes("tied", 1, 1);
        votes("single", 1, 0);
        votes("many", 3, 2);
        votes("tied-many", 3, 3);
        run("method = majority, min-answers = 2, min-confidence = 0.7, max-answers = 5");
        assertThat(told("sure")).isEqualTo("bag AGREED null");
        assertThat(told("split")).isEqualTo("bag OPEN ONE_MORE_ANSWER");
        assertThat(told("tied")).isEqualTo("null TIED ONE_MORE_ANSWER");
        assertThat(told("single")).isEqualTo("bag OPEN ONE_MORE_ANSWER");
        assertThat(told("many")).isEqualTo("bag OPEN EXPERT");
        assertThat(told("tied-many")).isEqualTo("null TIED EXPERT");
        Row many = label("many");
        assertThat(many.<Double>getAs(Labels.CONFIDENCE)).isEqualTo(0.6);
        assertThat(many.<Integer>getAs(Labels.ANSWERS)).isEqualTo(5);
        assertThat(many.<Double>getAs(Labels.ENTROPY))
                .isCloseTo(-0.6 * Math.log(0.6) - 0.4 * Math.log(0.4), within(1e-12));

        run("method = unanimous");
        assertThat(told("sure")).isEqualTo("bag AGREED null");
        assertThat(told("split")).isEqualTo("bag OPEN ONE_MORE_ANSWER");
    }

    private void votes(String item, int bags, int boxes) {
        for (int i = 0; i < bags; i++) {
            answer(item, "w" + i, "bag");
        }
        for (int i = 0; i < boxes; i++) {
            answer(item, "v" + i, "box");
        }
    }

    @Test
    void knownTruthsStayAndJudgeAnnotators() {
        for (int i = 0; i < 40; i++) {
            String truth = i % 2 == 0 ? "bag" : "box";
            answer("i" + i, "good", truth);
            answer("i" + i, "bad", i % 4 < 2 ? "bag" : "box");
            answer("i" + i, "fair", i % 8 == 0 ? "box" : truth);
            if (i < 20) {
                gold("i" + i, truth);
            }
        }
        gold("unanswered", "cat");
        run("method = dawid-skene, required-gold-score = 0.8");
        assertThat(told("i1")).isEqualTo("box GOLD null");
        assertThat(told("unanswered")).isEqualTo("cat GOLD null");
        assertThat(told("i21")).isEqualTo("box AGREED null");
        Row good = annotator("good");
        assertThat(good.<Long>getAs(Annotators.GOLD_RIGHT)).isEqualTo(20);
        assertThat(good.<Double>getAs(Annotators.GOLD_SCORE)).isCloseTo(21 / 22.0, within(1e-12));
        assertThat(good.<String>getList(good.fieldIndex(Annotators.FLAGS))).isEmpty();
        Row bad = annotator("bad");
        assertThat(bad.<Long>getAs(Annotators.GOLD_RIGHT)).isEqualTo(10);
        assertThat(bad.<String>getList(bad.fieldIndex(Annotators.FLAGS))).contains("GOLD_LOW");
        assertThat(bad.<Double>getAs(Annotators.SECONDS)).isEqualTo(10.0);
        assertThat(tables.read(Agreements.TABLE).first().<Long>getAs(Agreements.ITEMS))
                .as("a truth that a team brings says nothing of how people agreed")
                .isEqualTo(40);
    }

    @Test
    void plantedItemsTellOfPeopleAndHaveNoLabelsOfTheirOwn() {
        for (int i = 0; i < 12; i++) {
            answer("i" + i, "good", "bag");
            answer("i" + i, "bad", i % 2 == 0 ? "bag" : "box");
            answer("i" + i, "fair", "bag");
        }
        run("method = majority");
        Map<String, Row> labels = labels();
        Row before = annotator("bad");
        Row agreement = tables.read(Agreements.TABLE).first();

        List<String> planted = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            planted.add(PlantedRows.gold("2026-11-04.1", "g" + i, "i" + i, "bag"));
            answer("g" + i, "good", "bag");
            answer("g" + i, "bad", i < 3 ? "bag" : "box");
        }
        planted.add(PlantedRows.gold("2026-11-04.1", "unanswered", "i1", "van"));
        for (int i = 0; i < 4; i++) {
            planted.add(PlantedRows.repeat("2026-11-04.1", "r" + i, "i" + i));
            answer("r" + i, "good", "bag");
            answer("r" + i, "bad", "box");
            answer("r" + i, "new", "box");
        }
        PlantedRows.store(tables, planted.toArray(String[]::new));
        run("method = majority, required-gold-score = 0.8");

        assertThat(labels()).as("labels of the items themselves").isEqualTo(labels);
        assertThat(tables.read(Agreements.TABLE).first()).isEqualTo(agreement);
        Row good = annotator("good");
        assertThat(good.<Long>getAs(Annotators.GOLD_ANSWERS)).isEqualTo(12);
        assertThat(good.<Long>getAs(Annotators.GOLD_RIGHT)).isEqualTo(12);
        assertThat(good.<Long>getAs(Annotators.ANSWERS)).isEqualTo(24);
        assertThat(good.<Double>getAs(Annotators.SELF_AGREEMENT)).isEqualTo(1);
        Row bad = annotator("bad");
        assertThat(bad.<Long>getAs(Annotators.GOLD_RIGHT)).isEqualTo(3);
        assertThat(bad.<String>getList(bad.fieldIndex(Annotators.FLAGS))).containsExactly("GOLD_LOW");
        assertThat(before.<Long>getAs(Annotators.GOLD_ANSWERS)).isZero();
        // Of 4 repeats it had said box twice.
        assertThat(bad.<Long>getAs(Annotators.REPEATS)).isEqualTo(4);
        assertThat(bad.<Long>getAs(Annotators.REPEATS_SAME)).isEqualTo(2);
        assertThat(bad.<Double>getAs(Annotators.SELF_AGREEMENT)).isEqualTo(.5);
        assertThat(bad.<Double>getAs(Annotators.SELF_AGREEMENT_LOW)).isCloseTo(.150039, within(1e-6));
        assertThat(annotator("fair").<Long>getAs(Annotators.REPEATS)).isZero();
        assertThat(annotator("fair").<Double>getAs(Annotators.SELF_AGREEMENT)).isNull();
        // Who answered nothing but repeats has said nothing of any item.
        assertThat(annotators()).containsOnlyKeys("good", "bad", "fair");
    }

    @Test
    void anAnnotatorFarFromAllOthersIsFlaggedAndStillCounts() {
        Random random = new Random(3);
        for (int item = 0; item < 60; item++) {
            for (int worker = 0; worker < 9; worker++) {
                answer("i" + item, "w" + worker, random.nextInt(20 + worker) == 0 ? "box" : "bag");
            }
            answer("i" + item, "odd", "box");
        }
        run("method = majority");
        Row odd = annotator("odd");
        assertThat(odd.<String>getList(odd.fieldIndex(Annotators.FLAGS))).contains("PEERS", "CLASSES");
        assertThat(odd.<Double>getAs(Annotators.PEER_AGREEMENT)).isZero();
        assertThat(odd.<Double>getAs(Annotators.QUALITY))
                .as("majority fits no model")
                .isNull();
        assertThat(annotator("w3").<String>getList(odd.fieldIndex(Annotators.FLAGS)))
                .isEmpty();
        assertThat(label("i0").<Integer>getAs(Labels.ANSWERS)).isEqualTo(10);
    }

    @Test
    void ofSeveralAnswersOfOneAnnotatorTheLatestCountsUnlessRepeatsAreAllowed() {
        Instant early = Instant.parse("2026-11-03T10:00:00Z");
        add("i", "w1", Answers.WORKER, Answers.CLASSIFICATION, "bag", null, null, early.plusSeconds(9), null, 1);
        add("i", "w1", Answers.WORKER, Answers.CLASSIFICATION, "box", null, null, early, null, 2);
        answer("i", "w2", "bag");
        run("method = majority");
        assertThat(told("i")).isEqualTo("bag AGREED null");
        assertThat(label("i").<Integer>getAs(Labels.ANSWERS)).isEqualTo(2);
        run("method = majority, allow-repeats = true");
        assertThat(label("i").<Integer>getAs(Labels.ANSWERS)).isEqualTo(3);
        assertThat(told("i")).isEqualTo("bag OPEN ONE_MORE_ANSWER");
    }

    @Test
    void agreementIsToldByGuidelineVersion() {
        for (int item = 0; item < 30; item++) {
            for (int worker = 0; worker < 3; worker++) {
                String first = (item + worker) % 3 == 0 ? "box" : "bag";
                String second = item % 2 == 0 ? "box" : "bag";
                add("a" + item, "w" + worker, Answers.WORKER, Answers.CLASSIFICATION, first, null, null, null, "v1", 1);
                add(
                        "b" + item,
                        "w" + worker,
                        Answers.WORKER,
                        Answers.CLASSIFICATION,
                        second,
                        null,
                        null,
                        null,
                        "v2",
                        1);
            }
        }
        answer("c", "w0", "bag");
        run("method = majority");
        Map<String, Row> versions = new TreeMap<>();
        tables.read(Agreements.TABLE)
                .collectAsList()
                .forEach(row -> versions.put(row.getAs(Agreements.GUIDELINE_VERSION), row));
        assertThat(versions).containsOnlyKeys("v1", "v2", "__UNKNOWN__", "__ALL__");
        assertThat(Objects.requireNonNull(versions.get("v2")).<Double>getAs(Agreements.ALPHA))
                .isEqualTo(1.0);
        assertThat(Objects.requireNonNull(versions.get("v1")).<Double>getAs(Agreements.ALPHA))
                .isNegative();
        assertThat(Objects.requireNonNull(versions.get("__UNKNOWN__")).<Long>getAs(Agreements.ITEMS))
                .isZero();
        assertThat(Objects.requireNonNull(versions.get("__ALL__")).<Long>getAs(Agreements.ITEMS))
                .isEqualTo(60);
    }

    @Test
    void plantedTruthsFollowNoGuideline() {
        List<String> planted = new ArrayList<>();
        for (int item = 0; item < 4; item++) {
            planted.add(PlantedRows.gold("2026-11-04.1", "g" + item, "a" + item, "bag"));
            for (int worker = 0; worker < 2; worker++) {
                for (String of : List.of("a", "g")) {
                    add(
                            of + item,
                            "w" + worker,
                            Answers.WORKER,
                            Answers.CLASSIFICATION,
                            "bag",
                            null,
                            null,
                            null,
                            "v1",
                            1);
                }
            }
        }
        PlantedRows.store(tables, planted.toArray(String[]::new));
        run("method = majority");
        assertThat(tables.read(Agreements.TABLE).collectAsList())
                .extracting(row -> row.<String>getAs(Agreements.GUIDELINE_VERSION))
                .containsExactlyInAnyOrder("v1", "__ALL__");
    }

    private void expert(String item, String label, @Nullable Instant at) {
        add(item, "ann", Answers.EXPERT, Answers.CLASSIFICATION, label, null, null, at, null, 1);
    }

    @Test
    void anExpertDecidesAndIsNoAnnotator() {
        votes("outvoted", 3, 0);
        votes("confirmed", 3, 0);
        votes("open", 1, 1);
        votes("truth", 3, 0);
        gold("truth", "bag");
        expert("outvoted", "box", null);
        expert("confirmed", "bag", null);
        expert("open", "box", null);
        expert("alone", "bag", null);
        expert("truth", "box", null);
        run("method = majority");
        assertThat(told("outvoted")).isEqualTo("box AGREED null");
        assertThat(label("outvoted").<String>getAs(Labels.METHOD)).isEqualTo("EXPERT");
        assertThat(label("outvoted").<Double>getAs(Labels.CONFIDENCE))
                .as("is that of the others' label")
                .isNull();
        assertThat(label("confirmed").<Double>getAs(Labels.CONFIDENCE)).isEqualTo(1.0);
        assertThat(label("confirmed").<Integer>getAs(Labels.ANSWERS)).isEqualTo(3);
        assertThat(told("open")).isEqualTo("box AGREED null");
        assertThat(told("alone")).isEqualTo("bag AGREED null");
        assertThat(label("alone").<Integer>getAs(Labels.ANSWERS)).isZero();
        assertThat(told("truth")).isEqualTo("bag GOLD null");
        assertThat(annotators()).doesNotContainKey("ann");
    }

    @Test
    void whereApprovalIsAskedForAnAgreedLabelWaitsForAnExpertWhoseLatestAnswerHolds() {
        Instant early = Instant.parse("2026-11-03T10:00:00Z");
        votes("waits", 3, 0);
        votes("approved", 3, 0);
        votes("open", 1, 1);
        votes("gold", 3, 0);
        gold("gold", "bag");
        expert("approved", "box", early);
        add(
                "approved",
                "bob",
                Answers.EXPERT,
                Answers.CLASSIFICATION,
                "bag",
                null,
                null,
                early.plusSeconds(1),
                null,
                1);
        run("method = majority, approval = true");
        assertThat(told("waits")).isEqualTo("bag UNAPPROVED EXPERT");
        assertThat(told("approved")).isEqualTo("bag AGREED null");
        assertThat(told("open")).isEqualTo("null TIED ONE_MORE_ANSWER");
        assertThat(told("gold")).isEqualTo("bag GOLD null");
    }

    @Test
    void approvalIsAskedForByUseCase() {
        votes("waits", 3, 0);
        run("method = majority }, consensus.gate { approval = true");
        assertThat(told("waits")).isEqualTo("bag AGREED null");
        run("method = majority }, consensus.dock { approval = true");
        assertThat(told("waits")).isEqualTo("bag UNAPPROVED EXPERT");
    }

    @Test
    void crowdlabHearsTheModelButNotAboutTheAudit() {
        for (int i = 0; i < 20; i++) {
            String truth = i % 2 == 0 ? "bag" : "box";
            answer("i" + i, "w1", truth);
            answer("i" + i, "w2", truth);
            answer("i" + i, "w3", i < 3 ? "bag" : truth);
            select("i" + i, truth, "BOUNDARY");
        }
        votes("told", 1, 1);
        votes("blind", 1, 1);
        votes("other", 1, 1);
        select("told", "box", "BOUNDARY");
        select("blind", "box", "AUDIT");
        select("other", "a class nobody names", "BOUNDARY");
        select("nobody answered", "box", "BOUNDARY");
        run("method = crowdlab, min-confidence = 0.5");
        assertThat(label("told").<String>getAs(Labels.LABEL)).isEqualTo("box");
        assertThat(label("told").<String>getAs(Labels.METHOD)).isEqualTo("CROWDLAB");
        assertThat(label("blind").<Double>getAs(Labels.CONFIDENCE))
                .isEqualTo(label("other").<Double>getAs(Labels.CONFIDENCE));
        assertThat(label("blind").<Double>getAs(Labels.ENTROPY))
                .isGreaterThan(label("told").<Double>getAs(Labels.ENTROPY));
        assertThat(labels()).hasSize(23).doesNotContainKey("nobody answered");
    }

    private void select(String item, String predicted, String signal) {
        selections.add(SelectionRows.of(
                item,
                selections.size() + 1,
                Map.of(
                        "run_date",
                        DAY,
                        "round_id",
                        "2026-11-05.1",
                        "signal",
                        signal,
                        "predicted_label",
                        predicted,
                        "confidence",
                        0.9)));
    }

    @Test
    void boxesAreDecidedByMostWhoSawTheImage() {
        String car = "[{\"label\":\"car\",\"left\":10,\"top\":10,\"width\":40,\"height\":40}]";
        String near = "[{\"label\":\"car\",\"left\":12,\"top\":11,\"width\":40,\"height\":38}]";
        boxes("two-of-three", car, near, "[]");
        boxes("one-of-three", car, "[]", "[]");
        boxes("one-of-two", car, "[]");
        boxes("nothing", "[]", "[]");
        run("method = majority, min-confidence = 0.6");
        assertThat(told("two-of-three")).isEqualTo("null AGREED null");
        assertThat(label("two-of-three").<String>getAs(Labels.ANSWER))
                .contains(
                        "\"label\":\"car\",\"left\":11.0,\"top\":10.5,\"width\":40.0,\"height\":39.0,\"votes\":2,\"viewers\":3");
        assertThat(label("one-of-three").<String>getAs(Labels.ANSWER)).isEqualTo("[]");
        assertThat(told("one-of-two")).isEqualTo("null TIED ONE_MORE_ANSWER");
        assertThat(told("nothing")).isEqualTo("null AGREED null");
    }

    private void boxes(String item, String... drawn) {
        for (int i = 0; i < drawn.length; i++) {
            add(item, "w" + i, Answers.WORKER, Answers.BOXES, null, drawn[i], null, null, null, 1);
        }
    }

    @Test
    void setsOfClassesKeepWhatMostNamed() {
        int worker = 0;
        for (String set : List.of("[\"a\",\"b\"]", "[\"a\"]", "[\"a\",\"c\"]")) {
            add("i", "w" + worker++, Answers.WORKER, Answers.MULTI_LABEL, null, set, null, null, null, 1);
        }
        run("method = majority, min-confidence = 0.6");
        assertThat(label("i").<String>getAs(Labels.ANSWER)).isEqualTo("[\"a\"]");
        assertThat(label("i").<Double>getAs(Labels.CONFIDENCE)).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void whatTheServiceConsolidatedHoldsWhereNoAnswersAreHere() {
        add("a", "", Answers.CONSOLIDATED, Answers.CLASSIFICATION, "bag", null, 0.9, null, null, 1);
        add("b", "", Answers.CONSOLIDATED, Answers.CLASSIFICATION, "bag", null, null, null, null, 1);
        add("c", "", Answers.CONSOLIDATED, Answers.CLASSIFICATION, "bag", null, 0.9, null, null, 1);
        answer("c", "w1", "box");
        answer("c", "w2", "box");
        add("d", "", Answers.MACHINE, Answers.CLASSIFICATION, "bag", null, 0.9, null, null, 1);
        run("method = majority");
        assertThat(told("a")).isEqualTo("bag AGREED null");
        assertThat(label("a").<String>getAs(Labels.METHOD)).isEqualTo("CONSOLIDATED");
        assertThat(told("b")).as("a single worker").isEqualTo("bag OPEN ONE_MORE_ANSWER");
        assertThat(told("c")).isEqualTo("box AGREED null");
        assertThat(told("d")).as("a model's own answer").isEqualTo("nothing");
    }

    @Test
    void withoutAnswersTheNextStepIsNamedAndTooManyClassesAreRefused() {
        assertThatThrownBy(() -> run("method = majority"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("run `ingest` first");
        for (int i = 0; i < 2_300; i++) {
            answer("i" + i, "w", "free text " + i);
        }
        assertThatThrownBy(() -> run("method = dawid-skene"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "consensus.dock: 1 annotators and 2,300 classes are more than the method can hold");
    }
}
