package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.answers.Answers;
import dev.winnow.answers.IngestJob;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.ConsensusJob;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.LabelingTarget;
import dev.winnow.labeling.LaunchJob;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.labeling.RelabelRoundJobs;
import dev.winnow.labeling.ReviewBatchJobs;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.progress.JobsSyncJob;
import dev.winnow.progress.OpenJobs;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.LabelQa;
import dev.winnow.quality.LabelQaJob;
import dev.winnow.quality.QaBatchesJob;
import dev.winnow.quality.QaItems;
import dev.winnow.quality.RelabelJob;
import dev.winnow.quality.Reviewers;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.runtime.Rounds;
import dev.winnow.selection.Selections;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeLabeling;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bulk QA from alarms to thresholds: batches are made, launched, answered, read back and counted. */
@Tag("slow")
class QaLoopTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final String PREFIX = "s3://labels/p/rounds/qa-2026-11-05.1/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = """
            labeling {
              ground-truth {
                region = eu-west-1
                role = "arn:aws:iam::111122223333:role/labeling"
                workteam = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/qa"
              }
            }
            quality { batches { size = 5, hidden = 1 }, min-sensitivity = 0.5 }
            """;

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final List<String> logged = new ArrayList<>();

    /** The audit's images, which people are to see without a prediction. */
    @BeforeEach
    void audits() {
        tables.with(
                Candidates.TABLE.name(),
                Frames.of(
                        Candidates.TABLE,
                        Stream.of(DAY, DAY.plusDays(1))
                                .map(day -> String.format(
                                        "{'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','signal':'AUDIT','item_id':'audit','inference_id':'n','image_uri':'s3://bucket/audit%s.jpg','captured_at':'%sT08:00:00Z','site_id':'s','camera_id':'c','model_version':'v1','predicted_label':'cat','confidence':0.9,'draw':0.1,'draw_limit':0.5}",
                                        day, day, day))
                                .toArray(String[]::new)));
    }

    private WinnowConfig config(String more) {
        return Configs.of(CONFIG + "labeling.path = \"s3://labels\"\n" + more);
    }

    private Rounds rounds() {
        return new Rounds(objects, "s3://labels", "p");
    }

    private Stage.Report batches(LocalDate day, String more) {
        WinnowConfig config = config(more);
        FakeSources sources = new FakeSources(Frames.of(Inferences.TABLE, logged.toArray(String[]::new)));
        CameraTable cameras = new CameraTable(sources, config.cameras());
        List<LabelingTarget> targets =
                List.of(new GroundTruthTarget(config.labeling().groundTruth()), new LabelStudioTarget());
        return new QaBatchesJob(
                        config,
                        new InferenceLog(sources, config.inferences(), cameras),
                        reference -> ItemReferences.usable(Subject.IMAGE, reference),
                        tables,
                        new OpenJobs("p", tables, config.labeling().team()),
                        new ReviewBatchJobs(config, tables, objects, rounds(), targets, () -> {}))
                .run(day);
    }

    private void alarms(LocalDate day, int cats) {
        for (int i = 0; i < cats; i++) {
            alarm(day, "cat" + day + "-" + i, "cat", .8 + .19 * i / cats);
        }
        alarm(day, "low" + day, "cat", .7);
        alarm(day, "dog" + day, "dog", .9);
    }

    private void alarm(LocalDate day, String id, String label, double confidence) {
        logged.add(String.format(
                Locale.ROOT,
                "{'inference_id':'%s','image_uri':'s3a://bucket/%s.jpg','captured_at':'%sT08:00:00Z','event_date':'%s','use_case':'dock','model_version':'v1','site_id':'s','camera_id':'c','predicted_label':'%s','confidence':%s}",
                id,
                id,
                day,
                day,
                label,
                confidence));
    }

    /** People said of these before that they show something else than was predicted. */
    private void knownWrong(int count) {
        List<String> selections = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            selections.add(
                    "{'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','run_id':'r','use_case':'dock','signal':'BOUNDARY','rank':%d,'item_id':'known%d','inference_id':'n','image_uri':'s3://bucket/known%d.jpg','captured_at':'2026-10-01T00:00:00Z','site_id':'s','camera_id':'c','model_version':'v0','predicted_label':'cat','confidence':0.9,'signals':['BOUNDARY'],'design':'PURPOSIVE','reason':'r'}"
                            .formatted(i + 1, i, i));
            labels.add(
                    "{'pipeline':'p','use_case':'dock','item_id':'known%d','task':'CLASSIFICATION','label':'%s','method':'MAJORITY','status':'AGREED','answers':3,'posteriors':[]}"
                            .formatted(i, i % 2 == 0 ? "dog" : "none of these"));
        }
        tables.with(Selections.TABLE.name(), Frames.of(Selections.TABLE, selections.toArray(String[]::new)));
        tables.with(Labels.TABLE.name(), Frames.of(Labels.TABLE, labels.toArray(String[]::new)));
    }

    private List<Row> shown(String filter) {
        return tables.read(QaItems.TABLE)
                .filter(filter)
                .sort(QaItems.JOB_NAME, QaItems.ITEM_ID)
                .collectAsList();
    }

    private Map<String, Row> jobs() {
        Map<String, Row> jobs = new TreeMap<>();
        tables.read(LabelingJobs.TABLE).collectAsList().forEach(job -> jobs.put(job.getAs(LabelingJobs.JOB_NAME), job));
        return jobs;
    }

    private String text(String uri) {
        return objects.get(uri).orElseThrow(() -> new AssertionError(uri)).text();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<JsonNode> lines(Row job) {
        return text(job.getAs(LabelingJobs.MANIFEST_URI))
                .lines()
                .map(QaLoopTest::json)
                .toList();
    }

    /** Ground Truth's output of a job without functions: the lines, and one response of each worker beside them. */
    private void answer(Row job, Set<String> wrong, String worker) {
        answer(job, Map.of(worker, wrong));
    }

    /**
     * The same of several workers.
     *
     * @param said worker to the items that are called wrong
     */
    private void answer(Row job, Map<String, Set<String>> said) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        StringBuilder manifest = new StringBuilder();
        int number = 0;
        for (JsonNode line : lines(job)) {
            String response = "s3://out/" + name + "/annotations/worker-response/iteration-1/" + number + "/r.json";
            ObjectNode answered = line.deepCopy();
            answered.putObject("dock-batch-verdict");
            answered.putObject("dock-batch-verdict-metadata")
                    .put("worker-response-ref", response)
                    .put("job-name", "labeling-job/" + name);
            manifest.append(answered).append('\n');
            List<JsonNode> batch = new ArrayList<>();
            line.path("batch").forEach(batch::add);
            Collections.reverse(batch); // by key, not by place
            ObjectNode file = JSON.createObjectNode();
            ArrayNode answers = file.putArray("answers");
            said.forEach((worker, wrong) -> {
                ObjectNode content = JSON.createObjectNode();
                for (JsonNode one : batch) {
                    boolean no = wrong.contains(one.path("item").asText());
                    content.putObject(one.path("key").asText())
                            .put("right", !no)
                            .put("wrong", no)
                            .put("can't tell", false);
                }
                ObjectNode given = answers.addObject();
                given.set("answerContent", content);
                given.put("workerId", worker)
                        .put("submissionTime", "2026-11-06T10:00:00Z")
                        .put("timeSpentInSeconds", 60);
            });
            objects.put(response, file.toString());
            number++;
        }
        objects.put("s3://out/" + name + "/manifests/output/output.manifest", manifest.toString());
    }

    private Stage.Report ingest() {
        WinnowConfig config =
                config("inputs.answers.exports.qa { kind = ground-truth, path = \"s3://out/\", use-case = dock }");
        AnswerLog log = new AnswerLog(
                new SparkSources(SparkExtension.session()), config.answers().table());
        return new IngestJob(config, log, tables, objects, path -> path, "secret").run(DAY.plusDays(1));
    }

    private Stage.Report labelQa() {
        WinnowConfig config = config("");
        FakeSources none = new FakeSources(Frames.of(Inferences.TABLE));
        return new LabelQaJob(config, new ReviewLog(none, config.reviews()), tables, "secret").run(DAY.plusDays(1));
    }

    @Test
    void whatIsDrawnIsBatchedLaunchedAnsweredAndProves() {
        alarms(DAY, 120);
        knownWrong(60);
        Stage.Report made = batches(DAY, "");

        assertThat(made.passes()).isEqualTo(2);
        assertThat(made.sentences().get(0))
                .startsWith("dock, model v1, cat: 100.00 % of 120 alarms are drawn, about 25 in 0.95-1,");
        Map<String, Row> jobs = jobs();
        assertThat(jobs).hasSize(2).allSatisfy((name, job) -> {
            assertThat(name).startsWith("p-dock-qa-2026-11-05-1-");
            assertThat(job.<String>getAs(LabelingJobs.ROUND_ID)).isEqualTo("qa-2026-11-05.1");
            assertThat(job.<String>getAs(LabelingJobs.TASK_TYPE)).isEqualTo("batch-review");
            assertThat(job.<String>getAs(LabelingJobs.STATUS)).isEqualTo("PLANNED");
        });
        assertThat(shown("label = 'cat' and not known_wrong and inclusion_probability = 1 and model_version = 'v1'"))
                .hasSize(120);
        assertThat(shown("label = 'cat' and known_wrong and inclusion_probability is null"))
                .hasSize(30);
        Row cats = jobs.values().stream()
                .filter(job -> job.<Long>getAs(LabelingJobs.ITEMS) == 30)
                .findFirst()
                .orElseThrow();
        List<JsonNode> lines = lines(cats);
        Set<String> hidden = new HashSet<>();
        shown("known_wrong").forEach(item -> hidden.add(item.getAs(QaItems.ITEM_ID)));
        Set<Integer> places = new HashSet<>();
        for (JsonNode line : lines) {
            assertThat(line.path("shown-class").asText()).isEqualTo("cat");
            assertThat(line.path("batch")).hasSize(5);
            int wrong = 0;
            for (JsonNode one : line.path("batch")) {
                assertThat(one.path("image").asText()).startsWith("s3://bucket/");
                if (hidden.contains(one.path("item").asText())) {
                    wrong++;
                    places.add(one.path("key").asInt());
                }
            }
            assertThat(wrong).as("one hidden item in each batch").isEqualTo(1);
            assertThat(line.toString()).doesNotContain("0.8").doesNotContain("wrong");
        }
        assertThat(places).hasSizeGreaterThan(2);
        assertThat(lines.get(0).path("batch").toString()).contains("cat2026-11-05-119.jpg");

        lines.forEach(line -> assertThat(line.path("source").asText()).startsWith("p-dock-qa-2026-11-05-1-"));
        JsonNode request = json(text(PREFIX + cats.getAs(LabelingJobs.JOB_NAME) + ".create-labeling-job.json"));
        assertThat(request.at("/HumanTaskConfig/TaskTitle").asText())
                .isEqualTo("Is the class right that these images are shown with?");
        assertThat(request.path("HumanTaskConfig").has("PreHumanTaskLambdaArn")).isFalse();
        assertThat(request.path("HumanTaskConfig").has("AnnotationConsolidationConfig"))
                .isFalse();
        String template =
                text(request.at("/HumanTaskConfig/UiConfig/UiTemplateS3Uri").asText());
        assertThat(template)
                .contains("task.input.batch")
                .contains("value=\"can't tell\"")
                .doesNotContain("checked");

        launchAndFinish();
        for (Row job : jobs().values()) {
            answer(job, hidden, "ann");
        }
        ingest();
        List<Row> answers = tables.read(Answers.TABLE).collectAsList();
        assertThat(answers)
                .hasSize((int) made.rowsOut())
                .allSatisfy(
                        answer -> assertThat(answer.<String>getAs(Answers.TASK)).isEqualTo("REVIEW"));
        ingest();
        assertThat(tables.read(Answers.TABLE).count())
                .as("the same answers again")
                .isEqualTo(answers.size());

        labelQa();
        Row all = tables.read(LabelQa.TABLE)
                .filter("source = 'REVIEWS' and label = 'cat' and bucket = '__ALL__'")
                .first();
        assertThat(all.<String>getAs(LabelQa.DESIGN)).isEqualTo("UNIFORM");
        assertThat(all.<Long>getAs(LabelQa.CONFIRMED)).isEqualTo(120);
        assertThat(all.<Long>getAs(LabelQa.UNREVIEWED)).isZero();
        Row reviewers =
                tables.read(Reviewers.TABLE).filter("worker_id = '__ALL__'").first();
        assertThat(reviewers.<Long>getAs(Reviewers.HIDDEN))
                .as("30 among cats, one among dogs")
                .isEqualTo(31);
        assertThat(reviewers.<Long>getAs(Reviewers.FOUND)).isEqualTo(31);
        assertThat(tables.read(ClassThresholds.TABLE)
                        .filter("source = 'REVIEWS' and label = 'cat' and walk = 'PROVEN'")
                        .first()
                        .<String>getAs(ClassThresholds.STATUS))
                .isEqualTo("PROVEN");
    }

    private void launchAndFinish() {
        FakeLabeling service = new FakeLabeling();
        new LaunchJob("p", tables, objects, rounds(), Rounds.Round::ofQa, target -> service, () -> {}).run(DAY);
        assertThat(service.requests()).hasSize(2);
        jobs().forEach((name, job) -> {
            assertThat(job.<String>getAs(LabelingJobs.STATUS)).isEqualTo("RUNNING");
            long batches = job.<Long>getAs(LabelingJobs.ITEMS);
            service.stands(name, State.DONE, batches, batches, 0);
        });
        WinnowConfig config = config("");
        new JobsSyncJob("p", config.labeling(), tables, objects, target -> service).run(DAY.plusDays(1));
        assertThat(jobs().values())
                .allSatisfy(job ->
                        assertThat(job.<String>getAs(LabelingJobs.STATUS)).isEqualTo("DONE"));
    }

    @Test
    void aRepeatedCallKeepsWhatIsOutAndALaterDateDrawsWithTheSameProbability() {
        alarms(DAY, 200);
        alarms(DAY.plusDays(1), 50);
        knownWrong(3);
        Stage.Report made = batches(DAY, "quality.batches.reviews = 50");
        List<Row> first = shown("label = 'cat' and not known_wrong");
        assertThat(first)
                .hasSizeBetween(30, 70)
                .allSatisfy(item -> assertThat(item.<Double>getAs(QaItems.INCLUSION_PROBABILITY))
                        .isEqualTo(.25));
        assertThat(made.sentences())
                .anyMatch(sentence -> sentence.contains("only 3 items are known to be something else"));
        assertThat(shown("label = 'cat' and known_wrong")).hasSize(3);
        String manifest = text(jobs().values().iterator().next().getAs(LabelingJobs.MANIFEST_URI));

        Collections.reverse(logged);
        assertThat(batches(DAY, "quality.batches.reviews = 90").sentences().get(0))
                .isEqualTo("The bulk QA jobs of 2026-11-05 were published before and stay as they are");
        assertThat(shown("label = 'cat' and not known_wrong")).isEqualTo(first);
        objects.delete(PREFIX + "round.json");
        batches(DAY, "quality.batches.reviews = 50");
        assertThat(text(jobs().values().iterator().next().getAs(LabelingJobs.MANIFEST_URI)))
                .as("the same bytes whatever the order of rows")
                .isEqualTo(manifest);

        batches(DAY.plusDays(1), "quality.batches.reviews = 50");
        assertThat(shown("label = 'cat' and not known_wrong and inclusion_probability = 0.25"))
                .hasSizeBetween(first.size() + 3, first.size() + 25);
        assertThat(jobs()).hasSize(4);
    }

    @Test
    void batchesNeedGroundTruthAndAlarms() {
        assertThat(batches(DAY, "").sentences())
                .containsExactly("There is nothing to review on 2026-11-05: no bulk QA job is published");
        alarms(DAY, 3);
        alarm(DAY, "audit" + DAY, "cat", .9);
        logged.add(logged.get(0).replace("'cat", "'text").replace(".jpg", ".txt"));
        assertThat(batches(DAY, "labeling.target = label-studio").sentences())
                .anyMatch(sentence -> sentence.contains("dock is labeled where people see one item at a time"))
                .anyMatch(sentence -> sentence.startsWith("There is nothing to review"));
        assertThat(batches(DAY, "labeling.tasks.dock.type = text-classification")
                        .sentences())
                .anyMatch(sentence -> sentence.contains("dock has texts or sequences"))
                .anyMatch(sentence -> sentence.startsWith("There is nothing to review"));
        assertThat(batches(DAY, "quality.batches.reviews = 100").sentences())
                .anyMatch(sentence -> sentence.startsWith("dock, model v1, cat: 100.00 %"));
        assertThat(shown("not known_wrong and item_id is not null"))
                .as("neither the audit's image nor one that no job can show")
                .hasSize(4 + 1);
        assertThatThrownBy(() -> batches(DAY.plusDays(7), ""))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("there are no candidates of 2026-11-12");
    }

    @Test
    void aClassThatNobodyCanReadStopsNoReview() {
        alarms(DAY, 10);
        alarm(DAY, "long", "x".repeat(300), .9);
        assertThat(batches(DAY, "").sentences())
                .contains("1 classes are not reviewed, for their names can't be shown, such as one of 300 characters of"
                        + " dock: map predicted_label to other names");
        assertThat(shown("not known_wrong").stream()
                        .map(row -> row.<String>getAs(QaItems.LABEL))
                        .distinct())
                .containsExactlyInAnyOrder("cat", "dog");
    }

    @Test
    void aShownClassThatIsNotOfferedElsewhereStopsNoRelabeling() {
        reviewedWithFourDoubted();
        Dataset<Row> shown = tables.read(QaItems.TABLE);
        tables.with(
                QaItems.TABLE.name(),
                shown.union(shown.filter("label = 'dog' and not known_wrong")
                        .withColumn(QaItems.ITEM_ID, functions.lit("tab"))
                        .withColumn(QaItems.LABEL, functions.lit("two\tparts"))));
        assertThat(relabel(DAY.plusDays(1), "labeling.target = label-studio").sentences())
                .contains("dock: 1 classes whose names can't be offered in label-studio are left out, such as \"two"
                        + " parts\": give them other names");
        Row job = relabelJob();
        assertThat(text(job.<String>getAs(LabelingJobs.PREFIX) + job.getAs(LabelingJobs.JOB_NAME)
                        + ".label-config.xml"))
                .contains("\"cat\"", "\"dog\"")
                .doesNotContain("two");
    }

    @Test
    void aClassThatWasRareOnItsFirstDateIsNotAskedAboutWhenItIsNot() {
        alarms(DAY, 10);
        alarms(DAY.plusDays(1), 500);
        batches(DAY, "quality.batches.reviews = 20");
        int before = shown("label = 'cat'").size();
        assertThat(batches(DAY.plusDays(1), "quality.batches.reviews = 20").sentences())
                .anyMatch(sentence -> sentence.contains("cat: not reviewed, for drawn as before it would be 50")
                        && sentence.contains("where 20 are wanted"));
        assertThat(shown("label = 'cat'")).hasSize(before);
    }

    // ---- the class of what was disconfirmed

    private Stage.Report relabel(LocalDate day, String more) {
        WinnowConfig config = config(more);
        return new RelabelJob(
                        config,
                        tables,
                        new OpenJobs("p", tables, config.labeling().team()),
                        new RelabelRoundJobs(
                                config,
                                tables,
                                objects,
                                rounds(),
                                List.of(
                                        new GroundTruthTarget(config.labeling().groundTruth()),
                                        new LabelStudioTarget()),
                                () -> {}))
                .run(day);
    }

    private Row relabelJob() {
        return jobs().values().stream()
                .filter(job -> job.<String>getAs(LabelingJobs.ROUND_ID).startsWith("relabel-"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> relabeled() {
        return tables.read(RelabelItems.TABLE).sort(RelabelItems.ITEM_ID).collectAsList().stream()
                .map(row -> row.<String>getAs(RelabelItems.ITEM_ID))
                .toList();
    }

    /** Twenty cats, of which ann calls three wrong and bob another one, among items that are known to be wrong. */
    private List<String> reviewedWithFourDoubted() {
        alarms(DAY, 20);
        knownWrong(20);
        batches(DAY, "");
        launchAndFinish();
        List<String> cats = shown("label = 'cat' and not known_wrong").stream()
                .map(row -> row.<String>getAs(QaItems.ITEM_ID))
                .toList();
        Set<String> ann = new HashSet<>(cats.subList(0, 3));
        Set<String> bob = new HashSet<>(cats.subList(0, 4));
        shown("known_wrong").forEach(item -> {
            ann.add(item.getAs(QaItems.ITEM_ID));
            bob.add(item.getAs(QaItems.ITEM_ID));
        });
        jobs().values().forEach(job -> answer(job, Map.of("ann", ann, "bob", bob)));
        ingest();
        return cats.subList(0, 4);
    }

    @Test
    void whatReviewersDisconfirmedIsAskedOnceForItsClassAndComesBackAsALabel() {
        List<String> doubted = reviewedWithFourDoubted();
        LocalDate next = DAY.plusDays(1);
        assertThat(relabel(next, "").sentences().get(0))
                .isEqualTo("dock: of 4 items that reviewers disconfirmed or disputed, 4 are asked for their class");

        assertThat(relabeled()).isEqualTo(doubted);
        Row item = tables.read(RelabelItems.TABLE).first();
        assertThat(item.<String>getAs(RelabelItems.PREDICTED_LABEL)).isEqualTo("cat");
        assertThat(item.<String>getAs(RelabelItems.CAMERA_ID)).isEqualTo("c");
        Row job = relabelJob();
        assertThat(job.<String>getAs(LabelingJobs.JOB_NAME)).startsWith("p-dock-relabel-2026-11-06-1-");
        assertThat(job.<String>getAs(LabelingJobs.TASK_TYPE)).isEqualTo("image-classification");
        List<JsonNode> lines = lines(job);
        assertThat(lines).extracting(line -> line.path("item-id").asText()).isEqualTo(doubted);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("source-ref").asText()).startsWith("s3://bucket/cat2026-11-05-");
            assertThat(line.path("signal").asText()).isEqualTo("RELABEL");
            assertThat(line.has("predicted-class")).isFalse();
        });
        String prefix = "s3://labels/p/rounds/relabel-2026-11-06.1/" + job.getAs(LabelingJobs.JOB_NAME);
        JsonNode request = json(text(prefix + ".create-labeling-job.json"));
        assertThat(text(request.path("LabelCategoryConfigS3Uri").asText()))
                .contains("\"cat\"", "\"dog\"", "none of these", "can't tell");
        assertThat(text(request.at("/HumanTaskConfig/UiConfig/UiTemplateS3Uri").asText()))
                .contains("crowd-image-classifier");
        assertThat(relabel(next, "").sentences().get(0))
                .isEqualTo("The relabeling jobs of 2026-11-06 were published before and stay as they are");

        FakeLabeling service = new FakeLabeling();
        new LaunchJob("p", tables, objects, rounds(), Rounds.Round::ofRelabel, target -> service, () -> {}).run(next);
        assertThat(service.requests()).hasSize(1);
        service.stands(job.getAs(LabelingJobs.JOB_NAME), State.DONE, 4, 4, 0);
        new JobsSyncJob("p", config("").labeling(), tables, objects, target -> service).run(next);
        assertThat(relabelJob().<String>getAs(LabelingJobs.STATUS)).isEqualTo("DONE");
        classified(job, request.path("LabelAttributeName").asText(), "dog");
        ingest();
        new ConsensusJob(config(""), tables).run(next.plusDays(1));
        assertThat(tables.read(Labels.TABLE)
                        .filter("task = 'CLASSIFICATION' and label = 'dog' and status = 'AGREED'")
                        .sort(Labels.ITEM_ID)
                        .collectAsList())
                .extracting(row -> row.<String>getAs(Labels.ITEM_ID))
                .isEqualTo(doubted);
        assertThat(relabel(next.plusDays(2), "").sentences())
                .containsExactly("There is nothing to relabel on 2026-11-08: no relabeling job is published");
        assertThat(relabeled()).isEqualTo(doubted);
    }

    /** Ground Truth's output of a classification job. */
    private void classified(Row job, String attribute, String label) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        StringBuilder manifest = new StringBuilder();
        for (JsonNode line : lines(job)) {
            ObjectNode answered = line.deepCopy();
            answered.put(attribute, 1);
            answered.putObject(attribute + "-metadata")
                    .put("class-name", label)
                    .put("type", "groundtruth/image-classification")
                    .put("confidence", .95)
                    .put("human-annotated", "yes")
                    .put("creation-date", "2026-11-07T10:00:00Z")
                    .put("job-name", "labeling-job/" + name);
            manifest.append(answered).append('\n');
        }
        objects.put("s3://out/" + name + "/manifests/output/output.manifest", manifest.toString());
    }

    @Test
    void aRelabelingThatWasKilledAskedNobodyAndATeamIsAskedNoMoreThanItCanAnswer() {
        List<String> doubted = reviewedWithFourDoubted();
        LocalDate next = DAY.plusDays(1);
        relabel(next, "");
        objects.delete("s3://labels/p/rounds/relabel-2026-11-06.1/round.json");
        assertThat(relabel(next.plusDays(1), "labeling.max-open-answers = 6")
                        .sentences()
                        .get(0))
                .isEqualTo("dock: of 4 items that reviewers disconfirmed or disputed, 2 are asked for their class; the"
                        + " others wait: the team still has 0 answers open, 0 minutes of work, and"
                        + " labeling.max-open-answers is 6");
        assertThat(relabeled()).isEqualTo(doubted.subList(0, 2));
        relabel(next.plusDays(2), "");
        assertThat(relabeled()).as("the others, and none of them twice").isEqualTo(doubted);
        assertThat(tables.read(RelabelItems.TABLE)
                        .filter("round_id = 'relabel-2026-11-08.1'")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void anImageThatARoundAsksForIsNotAskedForBesidesUnlessNobodyAnswersThere() {
        List<String> doubted = reviewedWithFourDoubted();
        LocalDate next = DAY.plusDays(1);
        String image = tables.read(QaItems.TABLE)
                .filter(functions.col(QaItems.ITEM_ID).equalTo(doubted.get(0)))
                .first()
                .getAs(QaItems.IMAGE_URI);
        Dataset<Row> selected = Frames.of(
                Selections.TABLE,
                "{'pipeline':'p','run_date':'%s','round_id':'%s.1','run_id':'r','use_case':'dock','signal':'BOUNDARY','rank':1,'item_id':'i','image_uri':'%s'}"
                        .formatted(DAY, DAY, image));
        tables.with(Selections.TABLE.name(), tables.read(Selections.TABLE).unionByName(selected));
        relabel(next, "");
        assertThat(relabeled()).as("the round is not out").isEqualTo(doubted);

        objects.delete("s3://labels/p/rounds/relabel-2026-11-06.1/round.json");
        objects.put("s3://labels/p/rounds/" + DAY + ".1/round.json", "{}");
        relabel(next, "");
        assertThat(relabeled()).isEqualTo(doubted.subList(1, 4));

        objects.delete("s3://labels/p/rounds/relabel-2026-11-06.1/round.json");
        tables.with(
                LabelingJobs.TABLE.name(),
                tables.read(LabelingJobs.TABLE)
                        .unionByName(Frames.of(
                                LabelingJobs.TABLE,
                                "{'pipeline':'p','run_date':'%s','round_id':'%s.1','job_name':'j','manifest_uri':'m','items':1,'status':'FAILED'}"
                                        .formatted(DAY, DAY))));
        tables.with(
                ReturnedItems.TABLE.name(),
                Frames.of(
                        ReturnedItems.TABLE,
                        "{'pipeline':'p','run_date':'%s','round_id':'%s.1','asked_on':'%s','use_case':'dock','item_id':'i','image_uri':'%s','job_name':'j','reason':'FAILED'}"
                                .formatted(next, DAY, DAY, image)));
        relabel(next.plusDays(1), "");
        assertThat(relabeled()).isEqualTo(doubted);
    }

    @Test
    void whatAKilledRunWroteDownIsGoneAndClassesThatNobodyCanAnswerAreLeftOut() {
        alarms(DAY, 20);
        alarms(DAY.plusDays(1), 20);
        batches(DAY, "quality.batches.hidden = 0");
        objects.delete(PREFIX + "round.json");
        assertThat(batches(DAY.plusDays(1), "quality.batches.hidden = 0\nlabeling.max-open-answers = 3")
                        .sentences())
                .contains(
                        "dock, model v1, cat: not reviewed, its 4 pages do not fit: the team still has 0 answers open, 0"
                                + " minutes of work, and labeling.max-open-answers is 3");
        assertThat(shown("true"))
                .as("of the sealed round alone, the class that fits")
                .allSatisfy(
                        item -> assertThat(item.<String>getAs(QaItems.ROUND_ID)).isEqualTo("qa-2026-11-06.1"))
                .extracting(item -> item.<String>getAs(QaItems.LABEL))
                .containsExactly("dog");
    }

    @Test
    void pagesTakeAsLongAsTheirItemsAndNothingStopsThem() {
        alarms(DAY, 20);
        batches(DAY, "labeling.tasks.default { time-limit = 2m, stop.items = 1 }");
        JsonNode request = json(text(
                PREFIX + jobs().values().iterator().next().getAs(LabelingJobs.JOB_NAME) + ".create-labeling-job.json"));
        assertThat(request.at("/HumanTaskConfig/TaskTimeLimitInSeconds").asInt())
                .isEqualTo(5 * 120);
        assertThat(request.has("StoppingConditions")).isFalse();
    }

    @Test
    void aReviewIsOfItsJobsUseCaseWhetherItsItemIsSelectedOrNot() {
        List<String> doubted = reviewedWithFourDoubted();
        List<Row> before = tables.read(Answers.TABLE)
                .sort(Answers.ITEM_ID, Answers.WORKER_ID)
                .collectAsList();
        assertThat(before)
                .allSatisfy(answer ->
                        assertThat(answer.<String>getAs(Answers.USE_CASE)).isEqualTo("dock"));
        // As an older version stored it, for an item that nobody had selected.
        tables.with(
                Answers.TABLE.name(),
                tables.read(Answers.TABLE).withColumn(Answers.USE_CASE, functions.lit("default")));
        ingest();
        assertThat(tables.read(Answers.TABLE)
                        .sort(Answers.ITEM_ID, Answers.WORKER_ID)
                        .collectAsList())
                .extracting(row -> row.<String>getAs(Answers.USE_CASE))
                .containsOnly("dock")
                .hasSize(before.size());
        assertThat(doubted).hasSize(4);
    }

    @Test
    void aFixedSampleIsTheFirstOfTheReviewedItemsHoweverManyAreDrawn() {
        alarms(DAY, 300);
        knownWrong(300);
        String fixed = "quality.proof { rule = fixed-sample, sample-size = 100 }";
        batches(DAY, fixed);
        assertThat(shown("label = 'cat' and not known_wrong")).hasSizeBetween(120, 180);
        launchAndFinish();
        Set<String> hidden = new HashSet<>();
        shown("known_wrong").forEach(item -> hidden.add(item.getAs(QaItems.ITEM_ID)));
        jobs().values().forEach(job -> answer(job, hidden, "ann"));
        ingest();
        WinnowConfig config = config(fixed);
        new LabelQaJob(
                        config,
                        new ReviewLog(new FakeSources(Frames.of(Inferences.TABLE)), config.reviews()),
                        tables,
                        "secret")
                .run(DAY.plusDays(1));
        Row proof = tables.read(ClassThresholds.TABLE)
                .filter("source = 'REVIEWS' and label = 'cat' and walk = 'PROVEN'")
                .first();
        assertThat(proof.<String>getAs(ClassThresholds.STATUS)).isEqualTo("PROVEN");
        assertThat(proof.<Double>getAs(ClassThresholds.BOUND))
                .as("of 100 without a wrong one, whatever was reviewed besides")
                .isCloseTo(1 - Math.pow(.025, .01), within(1e-9));
    }
}
