package dev.winnow.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.analysis.ImageCase;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.analysis.ImageReview;
import dev.winnow.analysis.ImageReviewer;
import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.consensus.Labels;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.ForwardingObjects;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import dev.winnow.testing.SparkExtension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage {@code analyze} behind {@code segments}, on two days of a few frames. */
@Tag("slow")
class AnalyzeJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final LocalDate NEXT = DAY.plusDays(1);

    private static final String NO_TRAINING =
            "What the models were trained on is not known, so no class is said to be short of it: set inputs.training";

    private static final FakeTables BUILT = new FakeTables();

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() throws IOException {
        List<String> frames = new ArrayList<>();
        List<String> marks = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            frames.add("""
                    {"inference_id":"id%d","image_uri":"%s","captured_at":"2026-10-0%dT01:%02d:00Z",\
                    "event_date":"2026-10-0%d","use_case":"dock","model_version":"m","site_id":"s","camera_id":"c%d",\
                    "confidence":0.9,"light":"day","predicted_label":"%s"}""".formatted(
                            i,
                            i == 5 ? "https://elsewhere/5.jpg" : "s3://bucket/" + i + ".jpg",
                            i == 11 ? 2 : 1,
                            i,
                            i == 11 ? 2 : 1,
                            i % 2,
                            i % 3 == 0 ? "knife" : "bag"));
            if (i < 10) {
                marks.add(mark("f" + i, "id" + i, 1, i == 8 ? "CONFIRMED" : i == 9 ? "MISSED" : "FALSE_POSITIVE", ""));
            }
        }
        marks.add(mark("g0", "id0", 2, "RELABELED", ",\"corrected_label\":\"van\""));
        marks.add(mark("g10", "id10", 2, "FALSE_POSITIVE", ""));
        Files.createDirectories(folder.resolve("inferences"));
        Files.createDirectories(folder.resolve("feedback"));
        Files.write(folder.resolve("inferences/days.json"), frames);
        Files.write(folder.resolve("feedback/days.json"), marks);
        Pipeline pipeline = pipeline(BUILT, new MemoryObjects(), "");
        pipeline.segments(DAY);
        pipeline.segments(NEXT);
    }

    /** What {@code segments} leaves of both days, for a test of its own. */
    private static FakeTables built() {
        FakeTables copy = new FakeTables();
        BUILT.names().forEach(name -> copy.with(name, BUILT.readStored(name)));
        return copy;
    }

    private static String mark(String id, String inference, int day, String verdict, String more) {
        return """
                {"feedback_id":"%s","inference_id":"%s","event_date":"2026-10-01","verdict":"%s",\
                "reported_at":"2026-10-0%dT05:00:00Z"%s}""".formatted(id, inference, verdict, day, more);
    }

    private static Pipeline pipeline(TableStore tables, ObjectStore objects, String more) {
        return Pipeline.of(folder, """
                pipeline = p
                warehouse = "$root/warehouse"
                labeling { path = "/rounds", image-aliases { "s3://bucket/" = "s3://copies/of/" } }
                analysis.path = "s3://analysis/"
                inputs.inferences {
                  path = "$root/inferences", format = json, dimensions { light = light }, readiness.min-share = 0
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, confidence DOUBLE, \
                light STRING"
                }
                inputs.feedback {
                  path = "$root/feedback", format = json
                  schema = "feedback_id STRING, inference_id STRING, event_date DATE, verdict STRING, \
                corrected_label STRING, reported_at TIMESTAMP"
                }
                %s
                """.formatted(more), tables, objects);
    }

    /** Images 0 to 3 of one gray each, 4 as 3, none for 6 and 9, a text for 7. */
    private static MemoryObjects images() {
        MemoryObjects objects = new MemoryObjects();
        for (int i = 0; i < 5; i++) {
            objects.put("s3://copies/of/" + i + ".jpg", png(i == 4 ? 3 : i));
        }
        objects.put("s3://copies/of/7.jpg", "no image".getBytes(UTF_8));
        objects.put("s3://copies/of/10.jpg", png(10));
        return objects;
    }

    /** A checkerboard whose squares are smaller with every number. */
    private static byte[] png(int number) {
        BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 96 * 64; i++) {
            int x = i % 96 / (24 - 2 * number);
            int y = i / 96 / (16 + 3 * number);
            image.setRGB(i % 96, i / 96, (x + y) % 2 == 0 ? 0xC0C0C0 : 0x101010);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<String> findings(Pipeline pipeline, LocalDate day, String... columns) {
        return pipeline
                .rows("image_findings")
                .filter("run_date = DATE'" + day + "'")
                .selectExpr(columns)
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" "))
                .sorted()
                .toList();
    }

    @Test
    void misclassifiedImagesAreMeasuredAndThoseThatCannotBeReadSayWhy() {
        MemoryObjects objects = images();
        Pipeline pipeline = pipeline(built(), objects, "");

        Stage.Report report = pipeline.analyze(DAY);

        assertThat(findings(pipeline, DAY, "inference_id", "stratum", "status", "status_reason", "duplicates"))
                .as("4 looks like 3, and both are of the class bag but of two cameras")
                .containsExactly(
                        "id0 knife MEASURED No model was to be asked 1",
                        "id1 bag MEASURED No model was to be asked 1",
                        "id2 bag MEASURED No model was to be asked 1",
                        "id3 knife MEASURED No model was to be asked 1",
                        "id4 bag MEASURED No model was to be asked 1",
                        "id5 bag UNREADABLE The reference names no file and no object on S3 1",
                        "id6 knife UNREADABLE No image is there 1",
                        "id7 bag UNREADABLE The file is no JPEG, PNG, GIF or WebP image 1",
                        "id9 __UNKNOWN__ UNREADABLE No image is there 1");
        assertThat(findings(
                        pipeline,
                        DAY,
                        "verdict",
                        "image_format",
                        "image_width",
                        "image_height",
                        "length(image_hash)",
                        "length(perceptual_hash)",
                        "brightness between 0.3 and 0.5",
                        "inclusion_probability",
                        "dim_light"))
                .contains("FALSE_POSITIVE png 96 64 64 16 true 1.0 day");
        assertThat(objects.list("s3://analysis/"))
                .as("one file per content")
                .containsExactlyElementsOf(
                        findings(pipeline, DAY, "concat('s3://analysis/images/', image_hash, '.jpg')").stream()
                                .filter(uri -> !uri.equals("null"))
                                .distinct()
                                .toList())
                .hasSize(4);
        assertThat(report.sentences())
                .containsExactly(
                        "9 of 9 misclassified images of 2026-10-01 are in the sample: FALSE_POSITIVE 8 of 8, MISSED 1 of 1",
                        "9 bursts in 3 strata; 9 images were fetched",
                        "5 images are MEASURED",
                        "4 images are UNREADABLE",
                        "2 of the unreadable: No image is there",
                        "1 of the unreadable: The file is no JPEG, PNG, GIF or WebP image",
                        "1 of the unreadable: The reference names no file and no object on S3",
                        NO_TRAINING,
                        "dock: no class stands out; 0 requests");
    }

    @Test
    void aDayRunAgainGivesTheSameRowsWhateverThePartitioning() {
        MemoryObjects objects = images();
        String smaller = "analysis.sample { size = 4, oversample = 2, hash-distance = 16 }, analysis.path = \"/a\"";
        Pipeline pipeline = pipeline(built(), objects, smaller);
        pipeline.analyze(DAY);
        List<String> rows = pipeline.content("image_findings");
        assertThat(rows).hasSize(4);
        String before = SparkExtension.session().conf().get("spark.sql.shuffle.partitions");
        try {
            for (int partitions : List.of(1, 7)) {
                SparkExtension.session().conf().set("spark.sql.shuffle.partitions", partitions);
                pipeline.analyze(DAY);
                assertThat(pipeline.content("image_findings"))
                        .as("%d partitions", partitions)
                        .isEqualTo(rows);
            }
        } finally {
            SparkExtension.session().conf().set("spark.sql.shuffle.partitions", before);
        }
    }

    @Test
    void whatWasSeenOnAnEarlierDayIsNotSampledAgainUnlessModelOrPromptAreOthers() {
        Pipeline pipeline = pipeline(built(), images(), "");
        pipeline.analyze(DAY);
        pipeline.analyze(NEXT);
        assertThat(findings(pipeline, DAY, "inference_id")).hasSize(9);
        assertThat(findings(pipeline, NEXT, "inference_id", "verdict"))
                .as("id0 was measured the day before")
                .containsExactly("id10 FALSE_POSITIVE");

        pipeline.analyze(DAY, new Reviewer("model", "1", false));
        pipeline.analyze(NEXT, new Reviewer("model", "1", false));
        assertThat(findings(pipeline, NEXT, "inference_id", "analysis_model", "prompt_version"))
                .containsExactly("id10 model 1");
        pipeline.analyze(NEXT, new Reviewer("model", "2", false));
        assertThat(findings(pipeline, NEXT, "inference_id", "verdict", "corrected_label", "status"))
                .as("the run date's own rows and later ones never matter")
                .containsExactly("id0 RELABELED van ANSWERED", "id10 FALSE_POSITIVE null ANSWERED");
    }

    /** Answers for every image, or for all but the fourth and the fifth; keeps what it was asked. */
    private static final class Reviewer implements ImageReviewer {
        private final String model;
        private final String prompt;
        private final boolean fails;
        private final List<ImageCase> asked = new ArrayList<>();
        private String failureMode = "low_light";

        Reviewer(String model, String prompt, boolean fails) {
            this.model = model;
            this.prompt = prompt;
            this.fails = fails;
        }

        @Override
        public String modelId() {
            return model;
        }

        @Override
        public String promptVersion() {
            return prompt;
        }

        @Override
        public List<ImageReview> review(LocalDate day, List<ImageCase> cases) {
            asked.addAll(cases);
            List<ImageReview> reviews = new ArrayList<>();
            for (ImageCase image : cases) {
                boolean last = fails && reviews.size() == 4;
                boolean cut = fails && reviews.size() == 3;
                String status = last ? ImageFindings.MEASURED : cut ? ImageFindings.TRUNCATED : ImageFindings.ANSWERED;
                ImageReview.Seen seen = new ImageReview.Seen(
                        failureMode, Map.of("dog", 2, "cat", 1), List.of("sled"), List.of("dark"), "two dogs");
                reviews.add(new ImageReview(
                        image.id(),
                        status,
                        last ? "No dollars are left" : cut ? "Cut off" : null,
                        model,
                        prompt,
                        last || cut ? null : seen,
                        last ? null : new ImageReview.Call("{}", "tool_use", 100, 20, 0.25, 900L),
                        last ? 0 : 1,
                        !reviews.isEmpty()));
            }
            return reviews;
        }
    }

    @Test
    void predictionsThatLabelsContradictAreMistakesOfTheDayOfTheirLastAnswer() {
        FakeTables tables = built();
        ask(tables, "id8", "bag"); // confirmed by a customer the day before
        ask(tables, "id10", "bag"); // marked by a customer on the same day
        ask(tables, "id2", "bag");
        answer(tables, "id8", "knife");
        answer(tables, "id10", "knife");
        answer(tables, "id2", "bag");
        Pipeline pipeline = pipeline(tables, images(), "");

        Stage.Report report = pipeline.analyze(NEXT);

        assertThat(findings(pipeline, NEXT, "inference_id", "verdict", "corrected_label", "found_by", "dim_light"))
                .containsExactly(
                        "id0 RELABELED van FEEDBACK day",
                        "id10 FALSE_POSITIVE null FEEDBACK day",
                        "id8 RELABELED knife LABELS __UNKNOWN__");
        assertThat(report.sentences())
                .contains("1 of the sample are wrong by labels that came back")
                .contains(
                        "3 of 3 misclassified images of 2026-10-02 are in the sample: FALSE_POSITIVE 1 of 1, RELABELED 2"
                                + " of 2");
    }

    /** A round of the day before asked about an image. */
    private static void ask(FakeTables tables, String inference, String predicted) {
        int number = Integer.parseInt(inference.substring(2));
        Map<String, Object> row = new HashMap<>();
        row.put("pipeline", "p");
        row.put("run_date", DAY);
        row.put("round_id", DAY + ".1");
        row.put("run_id", "r");
        row.put("use_case", "dock");
        row.put("signal", "BOUNDARY");
        row.put("rank", number + 1);
        row.put("item_id", "item " + inference);
        row.put("inference_id", inference);
        row.put("image_uri", "s3://bucket/" + number + ".jpg");
        row.put("captured_at", Instant.parse("2026-10-01T01:%02d:00Z".formatted(number)));
        row.put("site_id", "s");
        row.put("camera_id", "c" + number % 2);
        row.put("model_version", "m");
        row.put("predicted_label", predicted);
        row.put("signals", new String[] {"BOUNDARY"});
        row.put("design", "PURPOSIVE");
        row.put("reason", "because");
        add(tables, Selections.TABLE, row);
    }

    /** It was answered on the next day. */
    private static void answer(FakeTables tables, String inference, String label) {
        Map<String, Object> answer = new HashMap<>();
        answer.put("pipeline", "p");
        answer.put("use_case", "dock");
        answer.put("job_name", "job");
        answer.put("item_id", "item " + inference);
        answer.put("worker_id", "w");
        answer.put("repetition", 1);
        answer.put("kind", "WORKER");
        answer.put("status", "ANSWERED");
        answer.put("task", "CLASSIFICATION");
        answer.put("label", label);
        answer.put("submitted_at", Instant.parse("2026-10-02T09:00:00Z"));
        answer.put("source", "x");
        answer.put("source_file", "");
        add(tables, Answers.TABLE, answer);
        Map<String, Object> agreed = new HashMap<>(answer);
        agreed.put("method", "MAJORITY");
        agreed.put("status", "AGREED");
        agreed.put("answers", 1);
        agreed.put("posteriors", new Row[0]);
        add(tables, Labels.TABLE, agreed);
    }

    private static void add(FakeTables tables, TableDef table, Map<String, Object> values) {
        Row row = RowFactory.create(table.columns().stream().map(values::get).toArray());
        tables.append(table, tables.frame(table, List.of(row)));
    }

    @Test
    void readableImagesAreShownToTheModelAndItsAnswersKept() {
        MemoryObjects objects = images();
        Pipeline pipeline = pipeline(built(), objects, "analysis.sample.max-edge = 200");
        Reviewer reviewer = new Reviewer("model", "7", true);

        Stage.Report report = pipeline.analyze(DAY, reviewer);

        assertThat(reviewer.asked)
                .hasSize(5)
                .allSatisfy(image -> {
                    assertThat(image.mediaType()).isEqualTo("image/jpeg");
                    assertThat(image.width()).isEqualTo(96);
                    assertThat(image.height()).isEqualTo(64);
                    assertThat(objects.exists(image.imageUri())).isTrue();
                    assertThat(image.verdict()).isEqualTo("FALSE_POSITIVE");
                })
                .extracting(ImageCase::id)
                .doesNotHaveDuplicates();
        assertThat(findings(
                        pipeline,
                        DAY,
                        "status",
                        "status_reason",
                        "analysis_model",
                        "prompt_version",
                        "failure_mode",
                        "to_json(objects)",
                        "to_json(other_objects)",
                        "evidence",
                        "input_tokens",
                        "cost_dollars",
                        "attempts",
                        "reused"))
                .filteredOn(row -> !row.startsWith("UNREADABLE"))
                .containsExactly(
                        answered(false),
                        answered(true),
                        answered(true),
                        "MEASURED No dollars are left null null null null null null null null null null",
                        "TRUNCATED Cut off model 7 null null null null 100 0.25 1 true");
        assertThat(report.sentences())
                .contains(
                        "3 images are ANSWERED",
                        "1 images are TRUNCATED",
                        "the answers that this run date asked for cost 0.25 dollars in all");
    }

    @Test
    void someOfTheImagesThatAModelAnsweredOnGoToPeopleBlind() {
        Pipeline pipeline = pipeline(
                built(), images(), "use-cases.default { budget = 4, audit-share = 0, model-check-share = 0.5 }");
        pipeline.analyze(DAY, new Reviewer("model", "7", true));
        pipeline.candidates(DAY);
        pipeline.select(DAY);

        List<Row> asked = pipeline.rows("candidates")
                .filter("signal = 'MODEL_CHECK'")
                .selectExpr("inference_id", "dim_light")
                .collectAsList();
        assertThat(asked)
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrderElementsOf(
                        findings(pipeline, DAY, "if(status = 'ANSWERED', inference_id, '')").stream()
                                .filter(id -> !id.isEmpty())
                                .toList());
        assertThat(asked).hasSize(3).extracting(row -> row.getString(1)).containsOnly("day");
        assertThat(pipeline.rows("selections")
                        .filter("signal = 'MODEL_CHECK'")
                        .selectExpr("design", "inclusion_probability", "score", "to_json(signals)", "reason")
                        .collectAsList())
                .extracting(row -> row.mkString(" "))
                .containsExactly(chosen(), chosen());
    }

    @Test
    void marksThatTheModelFindsWrongAreCandidatesHoweverUnsureTheDetectorWas() {
        Pipeline pipeline = pipeline(built(), images(), "use-cases.default.classes.default.confident-from = 1");
        Reviewer reviewer = new Reviewer("model", "7", true);
        pipeline.analyze(DAY, reviewer);
        pipeline.candidates(DAY);
        assertThat(disputed(pipeline)).as("all marks are right").isEmpty();

        Pipeline other = pipeline(built(), images(), "use-cases.default.classes.default.confident-from = 1");
        reviewer.failureMode = ImageFindings.LABEL_WRONG;
        other.analyze(DAY, reviewer);
        other.candidates(DAY);
        assertThat(disputed(other))
                .containsExactlyInAnyOrderElementsOf(findings(
                                other,
                                DAY,
                                "if(status = 'ANSWERED' and found_by = 'FEEDBACK' and verdict <> 'MISSED',"
                                        + " concat(inference_id, ' ', confidence / 2), '')")
                        .stream()
                        .filter(row -> !row.isEmpty())
                        .toList())
                .isNotEmpty();
    }

    private static List<String> disputed(Pipeline pipeline) {
        return pipeline.rows("candidates")
                .filter("verdict = 'ANALYSIS_DISAGREES'")
                .selectExpr("concat(inference_id, ' ', score)")
                .as(Encoders.STRING())
                .collectAsList();
    }

    private static String chosen() {
        return "SUBSAMPLE " + 2 / 3.0
                + " null [\"CONFIDENT_WRONG\",\"ERROR_RISK\",\"MODEL_CHECK\"] drawn uniformly from the misclassified images that a"
                + " model looked at, to be labeled blind";
    }

    private static String answered(boolean reused) {
        return "ANSWERED null model 7 low_light [{\"class\":\"cat\",\"count\":1},{\"class\":\"dog\",\"count\":2}]"
                + " [\"sled\"] two dogs 100 0.25 1 " + reused;
    }

    @Test
    void withoutFeedbackOrMistakesOrAWishForImagesNothingIsWritten() {
        FakeTables tables = new FakeTables();
        Pipeline none = pipeline(tables, images(), "inputs.feedback.path = null");
        assertThat(none.analyze(DAY).sentences())
                .containsExactly(
                        "no feedback is configured, so no image is looked at, nor those that labels contradict: set"
                                + " inputs.feedback");
        assertThat(tables.names()).isEmpty();

        FakeTables built = built();
        built.with("misclassified", built.readStored("misclassified").limit(0));
        Stage.Report right = pipeline(built, images(), "").analyze(DAY);
        assertThat(right.sentences())
                .containsExactly(
                        "nothing was found misclassified on 2026-10-01",
                        NO_TRAINING,
                        "dock: no class stands out; 0 requests");
        assertThat(built.names()).doesNotContain("image_findings");

        FakeTables looked = built();
        pipeline(looked, images(), "").analyze(DAY);
        Pipeline off = pipeline(looked, images(), "analysis.sample.size = 0");
        off.analyze(DAY);
        assertThat(findings(off, DAY, "inference_id")).as("what was there goes").isEmpty();
    }

    @Test
    void aDayNeedsItsVerdicts() {
        Pipeline pipeline = pipeline(built(), images(), "");
        assertThatThrownBy(() -> pipeline.analyze(NEXT.plusDays(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there are no verdicts of 2026-10-03 for this configuration:"
                        + " run `segments --run-date 2026-10-03` first");
    }

    @Test
    void anImageThatMayNotBeReadIsAFindingWithTheStoresReason() {
        AtomicBoolean all = new AtomicBoolean();
        ObjectStore locked = new ForwardingObjects(images()) {
            @Override
            public Optional<byte[]> read(String uri, int atMost) {
                if (!uri.endsWith("/1.jpg") && !all.get()) {
                    return super.read(uri, atMost);
                }
                throw ServiceException.refused("Could not read " + uri + ": s3:GetObject is not allowed", null);
            }
        };
        Pipeline pipeline = pipeline(built(), locked, "");
        assertThat(pipeline.analyze(DAY).sentences())
                .contains(
                        "5 images are UNREADABLE",
                        "1 of the unreadable: The store refuses the image: Could not read it: s3:GetObject is not allowed");
        all.set(true);
        assertThatThrownBy(() -> pipeline.analyze(NEXT))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("No image of the sample may be read")
                .hasMessageContaining("analysis.sample.size = 0");
    }

    @Test
    void answersOfABatchJobArePutToTheFindingsThatWaitForThem() {
        MemoryObjects objects = images();
        Pipeline pipeline = pipeline(built(), objects, "");
        Batch batch = new Batch();
        assertThat(pipeline.analyze(DAY, batch).sentences())
                .contains("5 images are SUBMITTED", "4 images are UNREADABLE")
                .anyMatch(sentence -> sentence.contains("`analyze --collect --run-date 2026-10-01`"));
        List<String> before =
                findings(pipeline, DAY, "inference_id", "inclusion_probability", "brightness", "dim_light");

        objects.list("s3://copies/").forEach(objects::delete);
        batch.done = true;
        batch.changed = true;
        List<String> waiting = findings(pipeline, DAY, "inference_id", "status");
        assertThatThrownBy(() -> pipeline.analyze(DAY, batch))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "5 of 5 images of 2026-10-01 wait for answers to a question that this configuration");
        assertThat(findings(pipeline, DAY, "inference_id", "status")).isEqualTo(waiting);
        batch.changed = false;
        assertThat(pipeline.analyze(DAY, batch).sentences())
                .contains("5 images are ANSWERED", "4 images are UNREADABLE");
        assertThat(findings(pipeline, DAY, "inference_id", "inclusion_probability", "brightness", "dim_light"))
                .as("the sample stays, though no image could be fetched any more")
                .isEqualTo(before);
        assertThat(pipeline.analyze(DAY, batch).sentences()).contains("no image of 2026-10-01 waits for a batch job");
    }

    /** Asks first, answers once it is done. */
    private static final class Batch implements ImageReviewer {
        private boolean done;
        private boolean changed;

        @Override
        public String modelId() {
            return "model";
        }

        @Override
        public String promptVersion() {
            return "1";
        }

        @Override
        public boolean collects() {
            return done;
        }

        @Override
        public List<ImageReview> review(LocalDate day, List<ImageCase> cases) {
            ImageReview.Seen seen = new ImageReview.Seen("other", Map.of(), List.of(), List.of(), "nothing");
            return cases.stream()
                    .map(image -> new ImageReview(
                            image.id(),
                            changed ? ImageFindings.MEASURED : done ? ImageFindings.ANSWERED : ImageFindings.SUBMITTED,
                            done && !changed ? null : "waits",
                            "model",
                            "1",
                            done && !changed ? seen : null,
                            done && !changed ? new ImageReview.Call("{}", "end_turn", 1, 1, 0.5, null) : null,
                            1,
                            false))
                    .toList();
        }
    }

    @Test
    void aStoreThatFailsEndsTheStage() {
        ObjectStore down = new ForwardingObjects(images()) {
            @Override
            public Optional<byte[]> read(String uri, int atMost) {
                throw ServiceException.passing("the store is down", null);
            }
        };
        Pipeline pipeline = pipeline(built(), down, "");
        assertThatThrownBy(() -> pipeline.analyze(DAY))
                .hasRootCauseInstanceOf(ServiceException.class)
                .hasMessageContaining("the store is down");
    }
}
