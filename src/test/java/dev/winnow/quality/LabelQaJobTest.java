package dev.winnow.quality;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.Stage;
import dev.winnow.quality.QaIdentities.Claim;
import dev.winnow.selection.Selections;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelQaJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final Path DATA = Path.of("../shared/data");
    private static final StructType PLAIN = StructType.fromDDL(
            "item string, class string, confidence double, who string, verdict string, drawn double, hidden boolean");
    private static final String MAPPED = """
            inputs.reviews { path = "/r", columns {
              item_id = item, label = class, worker_id = who, inclusion_probability = drawn, known_wrong = hidden
            } }
            """;

    private final FakeTables tables = new FakeTables();
    private final List<String> plain = new ArrayList<>();

    private void review(String item, String label, double confidence, String who, String verdict, String more) {
        plain.add(String.format(
                Locale.ROOT,
                "{'item':'%s','class':'%s','confidence':%s,'who':'%s','verdict':%s%s}",
                item,
                label,
                confidence,
                who,
                verdict.equals("null") ? verdict : "'" + verdict + "'",
                more));
    }

    private Stage.Report run(String hocon) {
        return run(plain.isEmpty() ? hocon : MAPPED + hocon, Frames.of(PLAIN, plain.toArray(String[]::new)));
    }

    private Stage.Report run(String hocon, Dataset<Row> reviews) {
        WinnowConfig config = Configs.of(hocon);
        return new LabelQaJob(config, new ReviewLog(new FakeSources(reviews), config.reviews()), tables, "").run(DAY);
    }

    private List<Row> rows(TableDef table, String filter) {
        return tables.read(table).filter(filter).collectAsList();
    }

    private Row row(TableDef table, String filter) {
        List<Row> rows = rows(table, filter);
        assertThat(rows).as(filter).hasSize(1);
        return rows.get(0);
    }

    private String cell(String label, String bucket) {
        Row row = row(LabelQa.TABLE, "label = '" + label + "' and bucket = '" + bucket + "'");
        return row.<Long>getAs(LabelQa.TOTAL) + "/"
                + (row.<Long>getAs(LabelQa.DISCONFIRMED) + row.<Long>getAs(LabelQa.SPLIT));
    }

    private static @Nullable Double number(Row row, String column) {
        return row.getAs(column);
    }

    // ---- reviews of a plain table

    @Test
    void thePublishedTableAndItsThresholdsComeOfReviewsOfSingleItems() {
        int item = 0;
        for (Claim row : PublishedTables.SHELLFISH) {
            for (int bucket = 0; bucket < 4; bucket++) {
                for (long i = 0; i < row.reviewed().get(bucket); i++) {
                    double confidence = PublishedTables.BUCKETS.low(bucket) + (i % 2 == 0 ? 0 : .049);
                    boolean wrong = i < row.wrong().get(bucket);
                    item++;
                    review(
                            "i" + item,
                            row.label(),
                            confidence,
                            "a",
                            wrong && i % 2 == 1 ? "confirm" : wrong ? "Disconfirm" : "confirm",
                            "");
                    if (wrong && i % 2 == 1) {
                        review("i" + item, row.label(), confidence, "b", "DISCONFIRM", "");
                    }
                }
            }
        }

        Stage.Report report = run("");

        assertThat(report.sentences())
                .containsExactly("default, model __UNKNOWN__, purposive reviews: 245 items judged, 70.61 % right; of 5"
                        + " classes 3 have a threshold by the published rule and 0 a proven one");
        for (Claim claim : PublishedTables.SHELLFISH) {
            assertThat(cell(claim.label(), LabelQa.ALL))
                    .isEqualTo(claim.total() + "/" + (claim.total() - claim.confirmed()));
            for (int bucket = 0; bucket < 4; bucket++) {
                assertThat(cell(claim.label(), PublishedTables.BUCKETS.name(bucket)))
                        .isEqualTo(claim.reviewed().get(bucket) + "/"
                                + claim.wrong().get(bucket));
            }
        }
        Row total = row(LabelQa.TABLE, "label = '__ALL__' and bucket = '__ALL__'");
        assertThat(number(total, LabelQa.CORRECT_SHARE)).isEqualTo(173 / 245.0);
        assertThat(number(total, LabelQa.CLASS_AVERAGE)).isCloseTo(.5850, within(5e-5));
        Row low = row(LabelQa.TABLE, "label = '__ALL__' and bucket = '0.8-0.85'");
        assertThat(number(low, LabelQa.CLASS_AVERAGE)).isCloseTo(.65625, within(1e-9));
        assertThat(low.<Integer>getAs(LabelQa.CLASSES_AVERAGED)).isEqualTo(4);
        assertThat(rows(
                        LabelQa.TABLE,
                        "label = 'Shrimp' and bucket = '0.8-0.85' and correct_share is null"
                                + " and correct_low = 0 and correct_high = 1"))
                .hasSize(1);
        assertThat(thresholds("BUCKETS"))
                .containsExactly("Crab 0.8", "Crawdad null", "Lobster 0.95", "Scorpion 0.9", "Shrimp null");
        assertThat(thresholds("CUMULATIVE"))
                .containsExactly("Crab 0.8", "Crawdad null", "Lobster 0.95", "Scorpion 0.8", "Shrimp null");
        assertThat(thresholds("LIKELY_JEFFREYS"))
                .isEqualTo(thresholds("LIKELY_CLOPPER_PEARSON"))
                .containsExactly("Crab 0.8", "Crawdad null", "Lobster null", "Scorpion 0.85", "Shrimp null");
        assertThat(thresholds("PROVEN")).allMatch(threshold -> threshold.endsWith("null"));
        assertThat(rows(ClassThresholds.TABLE, "label = 'Shrimp' and status = 'INSUFFICIENT' and class_size = 'THIN'"))
                .hasSize(3);
        Row parity = row(ClassThresholds.TABLE, "label = '__ALL__' and walk = 'BUCKETS'");
        assertThat(parity.<Integer>getAs(ClassThresholds.CLASSES)).isEqualTo(3);
        assertThat(parity.<Long>getAs(ClassThresholds.REVIEWED)).isEqualTo(45 + 28 + 63);
        assertThat(number(parity, ClassThresholds.LEAST_WRONG_PER_RIGHT)).isZero();
        assertThat(number(parity, ClassThresholds.MOST_WRONG_PER_RIGHT)).isEqualTo(2 / 26.0);
        assertThat(number(parity, ClassThresholds.PARITY)).isNull();
        assertThat(number(parity, ClassThresholds.RECALL_PARITY)).isCloseTo(40 / 26.0, within(1e-12));
        assertThat(number(
                        row(ClassThresholds.TABLE, "label = 'Lobster' and walk = 'BUCKETS'"),
                        ClassThresholds.RECALL_COST))
                .isCloseTo(1 - 26 / 40.0, within(1e-12));
    }

    private List<String> thresholds(String walk) {
        return tables
                .read(ClassThresholds.TABLE)
                .filter("walk = '" + walk + "' and label <> '__ALL__'")
                .sort(ClassThresholds.LABEL)
                .collectAsList()
                .stream()
                .map(row -> row.getAs(ClassThresholds.LABEL) + " " + row.getAs(ClassThresholds.THRESHOLD))
                .toList();
    }

    @Test
    void whatNobodyJudgedAndWhatHasNoConfidenceIsCountedApart() {
        review("1", "cat", .96, "a", "confirm", "");
        review("2", "cat", .96, "a", "Cant tell", "");
        review("3", "cat", .96, "a", "cant_tell", "");
        review("3", "cat", .96, "b", "confirm", "");
        review("4", "cat", .96, "a", "null", "");
        review("5", "cat", .5, "a", "disconfirm", "");
        review("6", "cat", 1.5, "a", "confirm", "");
        review("1", "dog", .96, "a", "disconfirm", "");
        run("quality.legacy-empty-as-zero = true");

        Row cat = row(LabelQa.TABLE, "label = 'cat' and bucket = '0.95-1'");
        assertThat(cat.<Long>getAs(LabelQa.TOTAL)).isEqualTo(2);
        assertThat(cat.<Long>getAs(LabelQa.CONFIRMED)).isEqualTo(2);
        assertThat(cat.<Long>getAs(LabelQa.CANT_TELL)).isEqualTo(1);
        assertThat(cat.<Long>getAs(LabelQa.UNREVIEWED)).isEqualTo(1);
        assertThat(cell("cat", "BELOW")).isEqualTo("1/1");
        assertThat(cell("cat", "INVALID")).isEqualTo("1/0");
        assertThat(cell("cat", LabelQa.ALL)).isEqualTo("2/0");
        assertThat(cell("dog", LabelQa.ALL)).isEqualTo("1/1");
        Row empty = row(LabelQa.TABLE, "label = '__ALL__' and bucket = '0.8-0.85'");
        assertThat(number(empty, LabelQa.CLASS_AVERAGE)).isZero();
        assertThat(empty.<Integer>getAs(LabelQa.CLASSES_AVERAGED)).isEqualTo(2);
    }

    @Test
    void aRareClassIsToldApartFromOneTheModelIsNotSureOf() {
        for (int i = 0; i < 50; i++) {
            review("u" + i, "under", .6, "a", "confirm", "");
            review("e" + i, "enough", .9, "a", "confirm", "");
        }
        review("t", "thin", .9, "a", "confirm", "");
        run("");
        assertThat(rows(ClassThresholds.TABLE, "walk = 'BUCKETS' and label <> '__ALL__'"))
                .extracting(row -> row.getAs("label") + " " + row.getAs("class_size") + " " + row.getAs("status"))
                .containsExactlyInAnyOrder(
                        "under UNDER_BASE INSUFFICIENT", "enough ENOUGH PUBLISHED_RULE", "thin THIN PUBLISHED_RULE");
    }

    @Test
    void reviewsOfDrawnItemsProveOnceReviewersAreSeenToNotice() {
        for (int i = 0; i < 80; i++) {
            review("i" + i, "cat", .96, i % 2 == 0 ? "ann" : "bob", "confirm", ",'drawn':0.5");
        }
        for (int i = 0; i < 40; i++) {
            review("h" + i, "cat", .96, "ann", "disconfirm", ",'hidden':true");
        }
        review("h40", "cat", .96, "bob", "confirm", ",'hidden':true");
        run("");

        assertThat(cell("cat", LabelQa.ALL)).isEqualTo("80/0");
        assertThat(rows(LabelQa.TABLE, "design = 'PURPOSIVE'")).isEmpty();
        Row all = row(Reviewers.TABLE, "worker_id = '__ALL__'");
        assertThat(all.<Long>getAs(Reviewers.HIDDEN)).isEqualTo(41);
        assertThat(all.<Long>getAs(Reviewers.FOUND)).isEqualTo(40);
        assertThat(number(all, Reviewers.SENSITIVITY_LOW)).isCloseTo(.8714, within(1e-4));
        assertThat(rows(Reviewers.TABLE, "worker_id like 'w-%' and reviews = 40"))
                .hasSize(2);
        Row proof = row(ClassThresholds.TABLE, "walk = 'PROVEN' and label = 'cat'");
        assertThat(proof.<String>getAs(ClassThresholds.STATUS)).isEqualTo("INSUFFICIENT");
        assertThat(proof.<String>getAs(ClassThresholds.PROOF))
                .startsWith("reviewers found 40 of 41 hidden wrong items: at least 0.8");

        run("quality.min-sensitivity = 0.8");
        Row proven = row(ClassThresholds.TABLE, "walk = 'PROVEN' and label = 'cat'");
        assertThat(proven.<String>getAs(ClassThresholds.STATUS)).isEqualTo("PROVEN");
        assertThat(number(proven, ClassThresholds.THRESHOLD)).isEqualTo(.8);
        assertThat(number(proven, ClassThresholds.WRONG_CORRECTED)).isZero();
    }

    @Test
    void aHiddenItemThatSeveralWereShownCountsByOneOfTheirAnswers() {
        review("i", "cat", .96, "ann", "confirm", "");
        review("i", "cat", .96, "bob", "disconfirm", "");
        for (int i = 0; i < 60; i++) {
            for (String who : List.of("ann", "bob", "cy")) {
                review("h" + i, "cat", .96, who, who.equals("ann") ? "disconfirm" : "confirm", ",'hidden':true");
            }
        }
        run("");

        Row all = row(Reviewers.TABLE, "worker_id = '__ALL__'");
        assertThat(all.<Long>getAs(Reviewers.HIDDEN)).isEqualTo(60);
        assertThat(all.<Long>getAs(Reviewers.FOUND)).isBetween(8L, 32L);
        assertThat(all.<Long>getAs(Reviewers.REVIEWS)).isEqualTo(1);
        assertThat(all.<Long>getAs(Reviewers.DISCONFIRMED)).isEqualTo(1);
    }

    @Test
    void rowsThatAreNoReviewsAreCountedByReasonAndTooManyStopTheRun() {
        review("1", "cat", .9, "a", "confirm", "");
        review("2", "cat", .9, "a", "maybe", "");
        review("3", "cat", .9, "a", "confirm", ",'drawn':0.0");
        plain.add("{'class':'cat','confidence':0.9,'verdict':'confirm'}");
        assertThat(run("rejects.max-share = 1").rejected()).isEqualTo(3);
        assertThat(rows(Rejects.TABLE, "input = 'reviews'"))
                .extracting(row -> row.<String>getAs(Rejects.REASON))
                .containsExactlyInAnyOrder("item_id_null", "verdict_unknown", "inclusion_probability_out_of_range");
        assertThatThrownBy(() -> run(""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.reviews: 3 of 4 rows of 2026-11-05 break the contract");
    }

    @Test
    void withoutReviewsAndLabelsThereIsNothingToJudgeBy() {
        assertThatThrownBy(() -> run(""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is nothing to judge labels by: map a table of reviews to inputs.reviews");
    }

    // ---- bulk QA jobs

    @Test
    void answersToBulkQaJobsAreReviewsOfTheItemsTheJobShowed() {
        List<String> shown = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            shown.add(
                    "{'pipeline':'p','use_case':'dock','job_name':'qa','item_id':'i%d','label':'cat','confidence':0.9%d,'model_version':'v1','known_wrong':%s}"
                            .formatted(i, i, i == 3));
        }
        answers.add(answer("qa", "i0", "w-1", "REVIEW", "CONFIRM"));
        answers.add(answer("qa", "i0", "w-2", "REVIEW", "DISCONFIRM"));
        answers.add(answer("qa", "i1", "w-1", "REVIEW", "CONFIRM"));
        answers.add(answer("qa", "i3", "w-1", "REVIEW", "DISCONFIRM"));
        answers.add(answer("other", "i2", "w-1", "REVIEW", "CONFIRM"));
        answers.add(answer("qa-2", "i5", "w-1", "REVIEW", "CONFIRM"));
        answers.add(answer("qa", "i2", "w-1", "CLASSIFICATION", "cat"));
        answers.add(answer("qa", "i4", "w-3", "REVIEW", "DISCONFIRM").replace("WORKER", "EXPERT"));
        store(QaItems.TABLE, shown);
        store(Answers.TABLE, answers);
        tables.with(
                LabelingJobs.TABLE.name(),
                Frames.of(
                        LabelingJobs.TABLE,
                        "{'pipeline':'p','job_name':'qa','manifest_uri':'s3://b/qa.jsonl','status':'FAILED','ordinal':1}",
                        "{'pipeline':'p','job_name':'qa-2','manifest_uri':'s3://b/qa.jsonl','status':'DONE','ordinal':2}"));
        run("");

        Row cell = row(LabelQa.TABLE, "label = 'cat' and bucket = '__ALL__'");
        assertThat(cell.<String>getAs(LabelQa.USE_CASE)).isEqualTo("dock");
        assertThat(cell.<String>getAs(LabelQa.MODEL_VERSION)).isEqualTo("v1");
        assertThat(cell.<Long>getAs(LabelQa.CONFIRMED))
                .as("one by the second attempt")
                .isEqualTo(2);
        assertThat(cell.<Long>getAs(LabelQa.SPLIT)).isEqualTo(1);
        assertThat(cell.<Long>getAs(LabelQa.DISCONFIRMED)).as("an expert's").isEqualTo(1);
        assertThat(cell.<Long>getAs(LabelQa.UNREVIEWED)).isEqualTo(1);
        assertThat(rows(Reviewers.TABLE, "worker_id = 'w-1' and reviews = 3 and hidden_wrong = 1 and hidden_found = 1"))
                .hasSize(1);
    }

    private static String answer(String job, String item, String worker, String task, String label) {
        return "{'pipeline':'p','use_case':'dock','job_name':'%s','item_id':'%s','worker_id':'%s','repetition':1,'kind':'WORKER','status':'ANSWERED','task':'%s','label':'%s','source':'x','source_file':''}"
                .formatted(job, item, worker, task, label);
    }

    private void store(TableDef table, List<String> rows) {
        List<Row> made = Frames.of(table, rows.toArray(String[]::new)).collectAsList();
        tables.replace(table, tables.frame(table, made), Map.of("pipeline", "p"));
    }

    // ---- blind labels

    private static String selection(String item, int day, String predicted, String design, String probability) {
        return "{'pipeline':'p','run_date':'2026-11-0%d','round_id':'2026-11-0%d.1','run_id':'r','use_case':'dock','signal':'AUDIT','rank':1,'item_id':'%s','inference_id':'n','image_uri':'s3://b/i.jpg','captured_at':'2026-11-01T00:00:00Z','site_id':'s','camera_id':'c','model_version':'v1','predicted_label':%s,'confidence':0.97,'signals':['AUDIT'],'design':'%s','inclusion_probability':%s,'reason':'r'}"
                .formatted(day, day, item, predicted, design, probability);
    }

    private static String label(String item, String label, String status) {
        return "{'pipeline':'p','use_case':'dock','item_id':'%s','task':'CLASSIFICATION','label':'%s','method':'MAJORITY','status':'%s','needs':%s,'answers':3,'posteriors':[]}"
                .formatted(item, label, status, status.equals("OPEN") ? "'EXPERT'" : "null");
    }

    @Test
    void blindLabelsOfItemsDrawnUniformlyProveAndOthersDoNot() {
        List<String> selections = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            selections.add(selection("u" + i, 1, "'cat'", "UNIFORM", "0.25"));
            labels.add(label("u" + i, i < 1 ? "dog" : "cat", i < 5 ? "GOLD" : "AGREED"));
            selections.add(selection("b" + i, 1, "'cat'", "PURPOSIVE", "null"));
            labels.add(label("b" + i, i < 12 ? "dog" : "cat", "AGREED"));
        }
        selections.add(selection("u0", 2, "'dog'", "UNIFORM", "0.25")); // a later round speaks for the item
        selections.add(selection("open", 1, "'cat'", "UNIFORM", "0.25"));
        labels.add(label("open", "cat", "OPEN"));
        selections.add(selection("frame", 1, "null", "UNIFORM", "0.25"));
        labels.add(label("frame", "cat", "AGREED"));
        labels.add(label("never selected", "cat", "AGREED"));
        store(Selections.TABLE, selections);
        store(Labels.TABLE, labels);
        run("");

        Row uniform = row(LabelQa.TABLE, "design = 'UNIFORM' and label = 'cat' and bucket = '__ALL__'");
        assertThat(uniform.<String>getAs(LabelQa.SOURCE)).isEqualTo("BLIND_LABELS");
        assertThat(uniform.<Long>getAs(LabelQa.CONFIRMED)).isEqualTo(59);
        assertThat(uniform.<Long>getAs(LabelQa.DISCONFIRMED)).isZero();
        assertThat(uniform.<Long>getAs(LabelQa.UNREVIEWED)).isEqualTo(1);
        assertThat(rows(LabelQa.TABLE, "design = 'UNIFORM' and label = 'dog' and bucket = '__ALL__' and confirmed = 1"))
                .hasSize(1);
        Row proven = row(ClassThresholds.TABLE, "design = 'UNIFORM' and label = 'cat' and walk = 'PROVEN'");
        assertThat(proven.<String>getAs(ClassThresholds.STATUS)).isEqualTo("PROVEN");
        assertThat(number(proven, ClassThresholds.BOUND)).isBetween(.06, 1 / 11.0);
        Row purposive = row(ClassThresholds.TABLE, "design = 'PURPOSIVE' and label = 'cat' and walk = 'PROVEN'");
        assertThat(purposive.<String>getAs(ClassThresholds.STATUS)).isEqualTo("INSUFFICIENT");
        assertThat(purposive.<String>getAs(ClassThresholds.PROOF)).startsWith("items were not drawn at random");
        assertThat(purposive.<String>getList(purposive.fieldIndex(ClassThresholds.CONFUSED_WITH)))
                .containsExactly("dog");
    }

    @Test
    void agreeingThatOneCannotTellJudgesNothingAndThatNothingIsThereNamesNoClass() {
        List<String> selections = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<String> said = List.of("can\\u0027t tell", "no idea", "none of these", "empty", "cat", "dog");
        for (int i = 0; i < 60; i++) {
            selections.add(selection("u" + i, 1, "'cat'", "PURPOSIVE", "null"));
            labels.add(label("u" + i, said.get(i % 6), "AGREED"));
        }
        store(Selections.TABLE, selections);
        store(Labels.TABLE, labels);
        run("outcomes { unsure-labels = [no idea], empty-labels = [empty] }");

        Row cat = row(LabelQa.TABLE, "label = 'cat' and bucket = '__ALL__'");
        assertThat(cat.<Long>getAs(LabelQa.CANT_TELL)).isEqualTo(20);
        assertThat(cat.<Long>getAs(LabelQa.CONFIRMED)).isEqualTo(10);
        assertThat(cat.<Long>getAs(LabelQa.DISCONFIRMED)).isEqualTo(30);
        assertThat(cat.<Long>getAs(LabelQa.UNREVIEWED)).isZero();
        Row threshold = row(ClassThresholds.TABLE, "label = 'cat' and walk = 'BUCKETS'");
        assertThat(threshold.<String>getList(threshold.fieldIndex(ClassThresholds.CONFUSED_WITH)))
                .containsExactly("dog");
    }

    @ParameterizedTest
    @CsvSource({"0.25000000000001, PROVEN", "0.5, INSUFFICIENT"})
    void itemsThatWereDrawnWithDifferentProbabilitiesProveNothing(String other, String status) {
        List<String> selections = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            selections.add(selection("u" + i, 1 + i % 2, "'cat'", "UNIFORM", i % 2 == 0 ? "0.25" : other));
            labels.add(label("u" + i, "cat", "AGREED"));
        }
        store(Selections.TABLE, selections);
        store(Labels.TABLE, labels);
        run("");

        Row proven = row(ClassThresholds.TABLE, "label = 'cat' and walk = 'PROVEN'");
        assertThat(proven.<String>getAs(ClassThresholds.STATUS)).isEqualTo(status);
        if (status.equals("INSUFFICIENT")) {
            assertThat(proven.<String>getAs(ClassThresholds.PROOF))
                    .startsWith("items were drawn with different probabilities, such as on several days");
        }
    }

    // ---- real predictions

    private static Dataset<Row> cifar() {
        return SparkExtension.session()
                .read()
                .option("header", true)
                .csv(DATA.resolve("labelerrors_cifar10/predictions.csv.gz").toString());
    }

    private static final String CIFAR = """
            inputs.reviews { path = "/r", columns {
              item_id = id, label = predicted_label, inclusion_probability = "1.0"
              verdict = "if(given_label = predicted_label, 'confirm', 'disconfirm')"
            } }
            """;

    @Test
    void realPredictionsAreAsRightAndAsCalibratedAsPublished() throws IOException {
        run(CIFAR, cifar());
        JsonNode reference = new ObjectMapper()
                .readTree(DATA.resolve("labelerrors_cifar10/reference.json").toFile());
        reference
                .get("qa_table_predicted_label_buckets_80_85_90_95_100_total_wrong")
                .fields()
                .forEachRemaining(entry -> {
                    for (int bucket = 0; bucket < 4; bucket++) {
                        JsonNode cell = entry.getValue().get(bucket);
                        assertThat(cell(entry.getKey(), PublishedTables.BUCKETS.name(bucket)))
                                .isEqualTo(cell.get(0) + "/" + cell.get(1));
                    }
                });
        List<String> walk = new ArrayList<>();
        reference
                .get("threshold_walk_1_to_10")
                .fields()
                .forEachRemaining(entry -> walk.add(entry.getKey() + " " + entry.getValue()));
        assertThat(thresholds("BUCKETS")).isEqualTo(walk);

        Row all = row(Calibrations.TABLE, "label = '__ALL__'");
        assertThat(all.<Long>getAs(Calibrations.ITEMS)).isEqualTo(10_000);
        assertThat(number(all, Calibrations.ACCURACY)).isCloseTo(.9294, within(1e-9));
        assertThat(number(all, Calibrations.MEAN_CONFIDENCE)).isCloseTo(.961472, within(5.1e-7));
        assertThat(number(all, Calibrations.ECE)).isCloseTo(.03259, within(5.1e-6));
        assertThat(number(all, Calibrations.MCE)).isCloseTo(.1703, within(5.1e-5));
        assertThat(number(all, Calibrations.ECE_EQUAL_MASS))
                .as("published with exact edges: .03210")
                .isCloseTo(.03210, within(5e-5));
        assertThat(all.<String>getAs(Calibrations.METHOD)).isEqualTo("ISOTONIC");
        assertThat(number(all, Calibrations.ECE_BEFORE)).isBetween(.025, .04);
        assertThat(number(all, Calibrations.ECE_AFTER)).isLessThan(.012);
        assertThat(rows(
                        Calibrations.TABLE,
                        "label <> '__ALL__' and method = 'TEMPERATURE' and temperature > 1.2"
                                + " and ece_after < ece_before"))
                .hasSizeGreaterThanOrEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"10, 0.03216", "20, 0.03266"})
    void theCalibrationErrorOverOtherBinsIsAsPublished(int bins, double error) {
        run(CIFAR + "\nquality.calibration-bins = " + bins, cifar());
        assertThat(number(row(Calibrations.TABLE, "label = '__ALL__'"), Calibrations.ECE))
                .isCloseTo(error, within(5.1e-6));
    }

    @Test
    void conformalBandsComeOfTheAuditAloneAndOnlyIfAskedFor() {
        List<String> selections = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            String confidence = "'confidence':" + (i < 18 ? .99 - .01 * i : .6);
            selections.add(selection("c" + i, 1, "'cat'", "UNIFORM", "0.25").replace("'confidence':0.97", confidence));
            labels.add(label("c" + i, "cat", "AGREED"));
            selections.add(selection("p" + i, 1, "'cat'", "PURPOSIVE", "null"));
            labels.add(label("p" + i, "dog", "AGREED"));
        }
        for (int i = 0; i < 3; i++) {
            selections.add(selection("d" + i, 1, "'dog'", "UNIFORM", "0.25"));
            labels.add(label("d" + i, i < 2 ? "dog" : "none of these", "AGREED"));
        }
        store(Selections.TABLE, selections);
        store(Labels.TABLE, labels);
        run("");
        assertThat(rows(ConformalBands.TABLE, "true")).isEmpty();
        run("quality.conformal-risk = 0.1");
        Row cat = row(ConformalBands.TABLE, "label = 'cat'");
        assertThat(cat.<Long>getAs(ConformalBands.ITEMS)).isEqualTo(19);
        // The 18th of 19 scores is 1 - .82, read at the upper edge of its bin.
        assertThat(number(cat, ConformalBands.QUANTILE)).isBetween(.18, .18 + 1.0 / 1024);
        assertThat(number(cat, ConformalBands.SINGLE_FROM)).isBetween(.82 - 1.0 / 1024, .82);
        Row dog = row(ConformalBands.TABLE, "label = 'dog'");
        assertThat(dog.<Long>getAs(ConformalBands.ITEMS)).isEqualTo(2);
        assertThat(number(dog, ConformalBands.QUANTILE))
                .as("two items promise nothing")
                .isNull();
        assertThat(number(dog, ConformalBands.SINGLE_FROM)).isNull();
    }

    @Test
    void theSameItemsInOtherPartitionsGiveTheSameRows() {
        Dataset<Row> some = cifar().filter(col("id").cast("int").lt(1_500));
        run(CIFAR, some.repartition(7));
        List<List<String>> once = stored();
        run(CIFAR, some.coalesce(1).sort(col("confidence")));
        assertThat(stored()).isEqualTo(once);
    }

    private List<List<String>> stored() {
        return List.of(LabelQa.TABLE, ClassThresholds.TABLE, Calibrations.TABLE, Reviewers.TABLE).stream()
                .map(table -> tables.read(table).toJSON().as(Encoders.STRING()).collectAsList())
                .toList();
    }
}
