package dev.winnow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.InputSettings.Format;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WinnowConfigTest {
    private static final String MINIMAL = """
            pipeline = yard
            warehouse = "s3://bucket/warehouse"
            labeling.path = "s3://bucket/labeling"
            inputs.inferences.path = "s3://bucket/inferences"
            """;

    @Test
    void aMinimalFileTakesEveryDefault() {
        WinnowConfig config = load(MINIMAL);

        assertThat(config.inferences().input().format()).isEqualTo(Format.PARQUET);
        assertThat(config.feedback().catchUpAges()).containsExactly(0, 1, 3, 7, 14);
        assertThat(config.useCase("any").budget()).isEqualTo(1000);
        assertThat(config.useCase("any").thresholds("cat").boundaryBand()).isEqualTo(0.15);
        assertThat(config.lease().maxWait()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void imagesAreScoredByTheirBoxesOnlyWhereRowsAreBoxes() {
        String mean = MINIMAL + "use-cases.dock.image-score = mean\n";
        assertThatThrownBy(() -> load(mean))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.dock.image-score is made of the boxes of an image: set"
                        + " inputs.inferences.row-per = box, or take max");
        WinnowConfig boxes = load(mean + "inputs.inferences.row-per = box");
        assertThat(boxes.boxes("dock")).isEqualTo(new UseCaseSettings.Boxes(ImageScore.MEAN, 0.05));
        assertThat(boxes.boxes("any").score()).isEqualTo(ImageScore.MAX);
        assertThat(load(MINIMAL).boxes("any")).as("rows are images").isEqualTo(UseCaseSettings.Boxes.NONE);
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsPositionAndTheNearestName(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.conf"), """
                pipeline = "My Pipeline"
                warehouse = "/data/warehouse"
                selction { salt = x }
                inputs {
                  inferences { path = "/data/inferences", formt = csv, columns { image_url = "uri" }, confidence-scale = lots }
                  feedback.catch-up-ages = [1, 2]
                }
                use-cases.default { budget = -5, signals { low-confidence = 1, margin = 1 } }
                """);

        assertThatThrownBy(() -> WinnowConfig.load(file.toFile(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bad.conf: 1: pipeline = My Pipeline, expected a name of small letters")
                .hasMessageContaining("labeling.path is required")
                .hasMessageContaining("bad.conf: 3: unknown key selction; did you mean selection?")
                .hasMessageContaining("bad.conf: 5: unknown key inputs.inferences.formt; did you mean format?")
                .hasMessageContaining("inputs.inferences.columns.image_url: not a canonical column")
                .hasMessageContaining("inputs.inferences.confidence-scale = lots, expected 1 or 100")
                .hasMessageContaining("inputs.feedback.catch-up-ages = [1, 2], expected ascending days from 0")
                .hasMessageContaining("use-cases.default.budget = -5, expected an integer from 0 to 1000000")
                .hasMessageContaining("unknown key use-cases.default.signals.margin");
    }

    @Test
    void theCommandLineWinsOverTheFileAndTakesListsAndUris() {
        WinnowConfig config = load(
                MINIMAL + "selection.salt = file",
                Map.of(
                        "selection.salt", "command line",
                        "warehouse", "s3://other/warehouse",
                        "inputs.feedback.catch-up-ages", "[0, 2]"));

        assertThat(config.selection().salt()).isEqualTo("command line");
        assertThat(config.warehouse()).isEqualTo("s3://other/warehouse");
        assertThat(config.feedback().catchUpAges()).containsExactly(0, 2);
    }

    @Test
    void anExpressionForTheDayNeedsAPartitionFilter() {
        assertThatThrownBy(() -> load(MINIMAL + "inputs.inferences.columns.event_date = \"to_date(captured_at)\""))
                .hasMessageContaining("columns.event_date is an expression, so partition-filter is required");
        assertThat(load(MINIMAL + """
                        inputs.inferences.columns.event_date = "to_date(captured_at)"
                        inputs.inferences.partition-filter = "dt = '{date}'"
                        """).inferences().input().partitionFilter()).isEqualTo("dt = '{date}'");
    }

    @Test
    void aUseCaseTakesWhatItDoesNotSayFromTheDefault() {
        WinnowConfig config = load(MINIMAL + """
                use-cases {
                  default { budget = 50, classes.default.alarm-threshold = 0.7 }
                  safety { audit-share = 0.2, classes.fire.alarm-threshold = 0.3 }
                }
                """);

        UseCaseSettings safety = config.useCase("safety");
        assertThat(safety.budget()).isEqualTo(50);
        assertThat(safety.auditShare()).isEqualTo(0.2);
        assertThat(safety.thresholds("fire").alarmThreshold()).isEqualTo(0.3);
        assertThat(safety.thresholds("smoke").alarmThreshold()).isEqualTo(0.7);
        assertThat(config.useCase("intrusion").auditShare()).isEqualTo(0.1);
    }

    @Test
    void locationsAndSizingAreNotPartOfTheSemanticConfiguration() {
        WinnowConfig here = load(MINIMAL);
        WinnowConfig there = load(
                MINIMAL,
                Map.of(
                        "warehouse", "/elsewhere",
                        "labeling.path", "/elsewhere",
                        "inputs.inferences.path", "/elsewhere",
                        "lease.ttl", "50s",
                        "s3.region", "eu-west-1"));

        assertThat(there.semantic()).isEqualTo(here.semantic());
        assertThat(there.effective()).isNotEqualTo(here.effective());
        assertThat(load(MINIMAL, Map.of("selection.salt", "x")).semantic()).isNotEqualTo(here.semantic());
    }

    @Test
    void strataAreDimensions() {
        assertThatThrownBy(() -> load("""
                        pipeline = p, warehouse = "/w", labeling.path = "/l"
                        inputs.inferences { path = "/i", dimensions { light = light } }
                        segments.strata = [light, tier]
                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("segments.strata")
                .hasMessageContaining("label, light, model_version, site");
    }

    @Test
    void everyKeyOfTheReferenceCanBeSet() {
        WinnowConfig config = load("""
                pipeline = p, warehouse = "/w"
                inputs {
                  inferences {
                    path = "/i", format = csv, schema = "a STRING", options { sep = ";" }, partition-filter = none
                    time-zone = Europe/Berlin, columns { event_date = "to_date(a)", scores = a }, dimensions { d = a }
                    confidence-scale = 100, uniqueness = checked, max-duplicate-share = 0.5, row-per = box, late-days = 9
                    readiness { marker = "/m/{date}", min-share = 0.1, median-days = 3 }
                  }
                  feedback {
                    table = "db.f", format = json, schema = "b STRING", options { x = y }, partition-filter = "dt = '{date}'"
                    time-zone = UTC, columns { verdict = b }, dimensions {}, catch-up-ages = [0], nearest-frame-seconds = 5
                  }
                  cameras {
                    path = "/c", format = delta, schema = "c STRING", options { x = y }
                    time-zone = UTC, columns { camera_id = c }, dimensions { camera_type = c }
                  }
                  training {
                    path = "/t", kind = manifest, format = json, schema = "e STRING", options { x = y }
                    label-attribute = review, time-zone = UTC, columns { camera_id = e }, dimensions { d = e }
                    burst-gap = 30s
                  }
                  answers {
                    path = "/a", format = json, schema = "d STRING", options { x = y }, time-zone = UTC
                    columns { worker_id = d }, worker-key-variable = KEY, max-answers = 8
                    exports { gt { kind = ground-truth, path = "s3://o/", use-case = u, label-attribute = l, guideline-version = g, experts = true } }
                  }
                  model-training {
                    path = "/m", format = json, schema = "f STRING", options { x = y }, time-zone = UTC
                    columns { round_id = f }
                  }
                  reviews {
                    path = "/r", format = json, schema = "e STRING", options { x = y }, confidence-scale = 100
                    columns { verdict = e }
                  }
                }
                rejects { max-share = 0.2, samples = 7 }
                segments { window-days = 3, min-judged = 4, min-confirmed-share = 0.3, confidence-level = 0.9, after-change = restart
                  interval = jeffreys, max-predicates = 2, wide-values = 50, wide-predicates = 1
                  elevated { false-share = 0.1, times = 1.5, probability = 0.9, min-effective = 20, min-cameras = 4, min-sites = 1 }
                  maturity { horizon-days = 7, min-share = 0.1 }, strata = [d, site]
                  change { days = 2, age-days = 1, days-between-false-alarms = 7 } }
                use-cases.default {
                  budget = 9, audit-share = 0.3, model-check-share = 0.1, signals { low-confidence = 1, boundary = 2, rare-class = 3, elevated-segment = 4, confident-wrong = 5, error-risk = 6 }, max-per-burst = 2, burst-seconds = 3, burst-max-seconds = 4, max-class-share = 0.5, max-per-camera = 2
                  signal-bounds { boundary { min = 1, max = 5 } }, segment-allocation = rates, uncertainty = margin, image-score = sum, box-floor = 0.1, versions-disagree = false, diversity = 5, phash-distance = 1
                  max-site-share = 0.4, labels = [a, b]
                  classes.default { alarm-threshold = 0.2, boundary-band = 0.1, low-confidence-below = 0.3, confident-from = 0.4 }
                }
                consensus.default {
                  method = majority, min-answers = 3, min-confidence = 0.6, max-answers = 7, smoothing = 0
                  allow-repeats = true, approval = true, follow-ups = 9, follow-up-days = 2, required-gold-score = 0.9, confidence-level = 0.9
                }
                quality { buckets = [0.5, 0.9], wrong-per-right = 0.2, confidence-level = 0.9, legacy-empty-as-zero = true
                  min-sensitivity = 0.8, calibration-bins = 10, conformal-risk = 0.1, confusion-share = 0.1
                  proof { rule = fixed-sample, sample-size = 100, over-all-classes = true }
                  auto-labels { share = 0.5, max-age-days = 9, dimensions = [d], min-reviews = 5 }
                  batches { size = 9, hidden = 3, reviews = 50 } }
                analysis { provider = bedrock, path = "s3://a/b"
                  sample { size = 9, elevated-weight = 2, oversample = 2, burst-seconds = 1, burst-max-seconds = 2
                    hash-distance = 1, max-bytes = 1000, max-pixels = 10000, max-edge = 200 }
                  model {
                  id = m, region = r, endpoint = "http://127.0.0.1:1", max-tokens = 500, temperature = 0.5, top-p = 0.9
                  tool-choice = tool, strict-tool = true, request-fields { thinking { type = disabled } }
                  guardrail = g, guardrail-version = "1", image-tier = large, input-price = 1, output-price = 2, timeout = 3s
                  pace { concurrency = 1, requests-per-minute = 2, tokens-per-minute = 3000, attempts = 4, backoff = 5s, max-backoff = 6s }
                  limits { run { calls = 1, dollars = 2 }, week { calls = 3, dollars = 4 }, month { calls = 5, dollars = 6 }, ask-lost-again = true }
                  batch { role = "arn:aws:iam::111122223333:role/r", endpoint = "http://127.0.0.1:2", kms-key = k, bucket-owner = "012345678901", min-records = 1, max-records = 2
                    max-mebibytes = 9, hours = 24, price-share = 1 } }
                  imbalance { window-days = 7, dimensions = [d], beta = 0.99, thin = 0.3, target = 0.8, times = 2
                    false-share = 0.1, min-images = 9, min-cameras = 4, min-checked = 50, falsely-seen = 0.1
                    synthesize-below = 0.5, max-images = 10, synonyms { lorry = truck } } }
                selection { pool-factor = 3, max-age-days = 2, cooldown-days = 3, elevated-segments = 4, salt = s, weights = measured
                  planted { gold-share = 0.1, repeat-share = 0.2, min-answers = 4, min-agreement = 0.8, rest-days = 5,
                            max-age-days = 50 } }
                labeling { path = "/l", target = label-studio, max-lines = 10, check-images = false
                  max-open-answers = 1, max-open-minutes = 2, week { answers = 7, minutes = 6 }, month { answers = 9, minutes = 8 }
                   seconds-per-answer = 4, expire-days = 5, stop-expired = true
                  image-aliases { "s3://a/" = "/b/" }
                  tasks.default { target = ground-truth, type = box-verification, title = t, description = d, keywords = [k]
                    instruction = i, guidelines { uri = "https://g", version = v1 }, workers = 5, time-limit = 10m
                    availability = 1h, concurrent-tasks = 10, price = 0.036, stop { items = 5, percent = 90 }
                    workteam = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"
                    auto-labeling = true, initial-model = "arn:aws:sagemaker:eu-west-1:111122223333:model/m"
                    old-labels { path = "/o/{date}.jsonl", attribute = model-boxes }, order = hardest-first
                    split-by = site, split-first = [s2], pilot { items = 60, min-agreement = 0.7, min-alpha = 0.2, max-seconds-per-answer = 30
                      confidence-level = 0.9 } }
                  ground-truth { region = eu-west-1, role = "arn:aws:iam::111122223333:role/labeling"
                    workteam = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/qa"
                    output = "s3://o/answers", kms-key = k, volume-kms-key = k, public-sites = [s]
                    content-classifiers = [FreeOfAdultContent], tags { team = vision }, endpoint = "http://127.0.0.1:3" }
                  label-studio { url = "http://127.0.0.1:4", token-variable = V, connect-buckets = true } }
                outcomes { round-days = 30, empty-labels = [nothing], unsure-labels = [what], min-items = 5
                  relevant-change = 0.5, compare-on-audit = true, weights { step = 0.1, min = 0.1, max = 0.6, locked = [boundary] } }
                export { path = "/e", format = coco, label-attribute = truth, split { train = 0.5, validation = 0.3, test = 0.2 }
                  audit = true, leave-out = [x], auto-labels = true, salt = s }
                report { path = "/h", thumbnails = false }
                maintain { retention-hours = 2, short-retention = true, file-mebibytes = 9
                  glue { database = d, region = eu-west-1, endpoint = "http://127.0.0.1:5" } }
                s3 { endpoint = "http://127.0.0.1:1", region = r, path-style = true, kms-key = k
                  bucket-owners { "my.inputs" = "012345678901" } }
                lease { wait = 1s, ttl = 20s }
                metrics { namespace = Winnow, path = "s3://m/" }
                spark { "spark.master" = "local[1]" }
                """);

        Config defaults = ConfigFactory.parseFile(new File("conf/reference.conf"), ConfigParseOptions.defaults());
        Config effective = ConfigFactory.parseString(config.effective());
        assertThat(defaults.entrySet().stream()
                        .filter(entry -> effective
                                .getValue(entry.getKey())
                                .unwrapped()
                                .equals(entry.getValue().unwrapped()))
                        .map(Map.Entry::getKey))
                .as("keys that this test leaves at their default")
                .isEmpty();
        assertThat(config.inferences().rowPer()).isEqualTo(RowPer.BOX);
        assertThat(config.useCase("x").labels()).isEqualTo(List.of("a", "b"));
        assertThat(config.spark()).containsEntry("spark.master", "local[1]");
        assertThat(config.analysis().model().requestFields()).isEqualTo("{\"thinking\":{\"type\":\"disabled\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "semantic-segmentation | masks only the one is kept that the service makes of all of them, so nothing tells",
                "video-frames | what people draw on the frames of a sequence is not read, so nothing tells",
                "point-cloud | what people draw on the frames of a sequence is not read, so nothing tells",
            })
    void aPilotOfAnswersThatNobodyCanCompareSaysWhyItCanNotBeHad(String type, String why) {
        assertThatThrownBy(() -> load(MINIMAL + "labeling.tasks.default { type = " + type + ", pilot.items = 60 }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pilot.items = 60 can't be had with type = " + type)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "split-by = region | labeling.tasks.default.split-by = region, expected site or a dimension of inputs.cameras",
                "split-by = region }, inputs.cameras { dimensions.region = r | split-by = region, expected site or a dimension",
            })
    void jobsThatCanNotBeSplitAreNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "labeling.tasks.default { " + line + " }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outcomes.weights { min = 0.6 } | outcomes.weights.min = 0.6 is above max = 0.5",
                "outcomes.weights.locked = [audit] | outcomes.weights.locked = [audit], expected names of signals, of",
                "inputs.model-training.columns.round = r | inputs.model-training.columns.round: not a canonical column",
                "inputs.model-training.dimensions.d = d | inputs.model-training.dimensions: a round has no dimensions",
            })
    void outcomesThatCanNotBeToldSoAreNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "boundary { min = 6, max = 5 } | use-cases.default.signal-bounds.boundary.min = 6 is above max = 5",
                "boundary.max = -1 | signal-bounds.boundary.max = -1, expected an integer from 0 to 1000000",
                "boundary = 5 | use-cases.default.signal-bounds.boundary must be an object",
                "boundry.max = 5 | unknown key use-cases.default.signal-bounds.boundry; did you mean boundary?",
                "boundary.most = 5 | unknown key use-cases.default.signal-bounds.boundary.most; known: max, min",
            })
    void boundsOfSignalsThatNothingCanKeepAreNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "use-cases.default.signal-bounds." + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aSignalIsBoundOnlyWhereAndAsFarAsItIsNamed() {
        WinnowConfig config = load(MINIMAL + """
                use-cases.default.signal-bounds { boundary.min = 3, rare-class { min = 2, max = 2 } }
                use-cases.gate.signal-bounds { boundary.max = 4, rare-class = null }
                """);
        UseCaseSettings dock = config.useCase("dock");
        assertThat(dock.bounds("boundary")).isEqualTo(new UseCaseSettings.Bounds(3, Integer.MAX_VALUE));
        assertThat(dock.bounds("rare-class")).isEqualTo(new UseCaseSettings.Bounds(2, 2));
        assertThat(dock.bounds("error-risk")).isEqualTo(UseCaseSettings.Bounds.NONE);
        assertThat(config.useCase("gate").bounds("boundary")).isEqualTo(new UseCaseSettings.Bounds(3, 4));
        assertThat(config.useCase("gate").bounds("rare-class")).isEqualTo(UseCaseSettings.Bounds.NONE);
        assertThat(load(MINIMAL).useCase("dock").signalBounds()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retention-hours = 167 | maintain.retention-hours = 167 is less than 168, a week: readers that began",
                "retention-hours = -1 | maintain.retention-hours = -1, expected an integer from 0 to 87600",
                "file-mebibytes = 0 | maintain.file-mebibytes = 0, expected an integer from 1 to 1024",
                "glue.database = 'My tables' | maintain.glue.database = My tables, expected the name of a Glue database",
            })
    void upkeepThatWouldDoHarmIsNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "maintain." + line.replace("'", "\"")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acme = 12345678901 | s3.bucket-owners.acme = 12345678901, expected the 12 digits of an AWS account",
                "'s3://acme' = '123456789012' | s3.bucket-owners.s3://acme: not the name of a bucket",
            })
    void ownersThatAreNoAccountsAreNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "s3.bucket-owners { " + line.replace("'", "\"") + " }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aShortRetentionHoldsForWhoAsksForIt() {
        assertThat(load(MINIMAL + "maintain { retention-hours = 1, short-retention = true }")
                        .maintain()
                        .retention())
                .isEqualTo(Duration.ofHours(1));
        assertThat(load(MINIMAL).maintain().retention()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void whatWentToLabelingRestsForAsLongAsItsDayHasCandidates() {
        assertThat(load(MINIMAL + "selection { max-age-days = 7, cooldown-days = 7 }")
                        .selection()
                        .cooldownDays())
                .isEqualTo(7);
        assertThatThrownBy(() -> load(MINIMAL + "selection.cooldown-days = 6"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "selection.cooldown-days = 6, but candidates stay for max-age-days = 7: an image would be asked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"expire-days = 10", "expire-days = 0", "expire-days = 1, labeling.target = label-studio"})
    void itemsThatReturnWhenNobodyIsAskedAnyMoreAreAskedOnce(String line) {
        assertThat(load(MINIMAL + "labeling." + line)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target = mturk | labeling.target = mturk, expected one of ground-truth, label-studio",
                "tasks.dock.target = mturk | labeling.tasks.dock.target = mturk, expected one of [ground-truth, label-studio]",
                "tasks.dock.type = poem | labeling.tasks.dock.type = poem, expected one of image-classification, class-ver",
                "tasks.dock.workers = 10 | labeling.tasks.dock.workers = 10, expected an integer from 1 to 9",
                "tasks.dock.time-limit = 29s | labeling.tasks.dock.time-limit = PT29S, expected a duration of at least 30s",
                "tasks.dock.time-limit = 9h | time-limit = PT9H, expected at most PT8H with type = image-classification",
                "tasks.dock.availability = 31d | labeling.tasks.dock.availability = PT744H, expected at most PT720H",
                "expire-days = 9 | labeling.expire-days = 9, but the items of tasks.default wait PT240H for their answers",
                "tasks.dock.availability = 30d, labeling.expire-days = 29 | expire-days = 29, but the items of tasks.dock",
                "tasks.dock { price = 0.01 } | availability = PT240H, expected at most PT12H for the public workforce",
                "tasks.dock { price = 0.0001 } | labeling.tasks.dock.price = 0.0001, expected dollars with at most three",
                "tasks.dock.price = 3 | labeling.tasks.dock.price = 3.0, expected a number from 0 to 2.999",
                "tasks.dock.concurrent-tasks = 5001 | concurrent-tasks = 5001, expected an integer from 1 to 5000",
                "tasks.dock.keywords = [a_b] | labeling.tasks.dock.keywords = [a_b], expected at most 5 keywords",
                "tasks.dock.type = box-adjustment | labeling.tasks.dock.old-labels.path is required with type = box-adj",
                "tasks.dock.old-labels.path = x | labeling.tasks.dock.old-labels: path and attribute belong together",
                "tasks.dock.old-labels.attribute = a_b | old-labels.attribute = a_b, expected a name of letters, digits",
                "tasks.dock.guidelines.version = 'v 1' | guidelines.version = v 1, expected at most 64 letters, digits",
                "ground-truth.region = here | labeling.ground-truth.region = here, expected a Region, such as eu-west-1",
                "ground-truth.role = me | labeling.ground-truth.role = me, expected the ARN of a role",
                "ground-truth.workteam = us | labeling.ground-truth.workteam = us, expected the ARN of a work team",
                "ground-truth.output = '/o' | labeling.ground-truth.output = /o, expected an s3:// URI",
                "ground-truth.tags { a = 'b;' } | labeling.ground-truth.tags: expected at most 46 tags with values of",
                "ground-truth.content-classifiers = [x] | content-classifiers = [x], expected some of [FreeOfPerson",
            })
    void aTaskThatNobodyCouldRunIsNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "labeling." + line.replace("'", "\"")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aModelThatIsAskedNeedsAnIdAndPricesAndItsTokensAreNoSecret() {
        assertThatThrownBy(() -> load(MINIMAL + "analysis.provider = bedrock"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("analysis.model.id is required to ask a model")
                .hasMessageContaining("analysis.model.input-price and output-price are required");
        assertThatThrownBy(() -> load(MINIMAL + "analysis.provider = bedrock-batch"))
                .hasMessageContaining("analysis.model.batch.role is required with analysis.provider = bedrock-batch");
        assertThatThrownBy(() -> load(MINIMAL + "analysis.model.guardrail = g"))
                .hasMessageContaining("analysis.model.guardrail and guardrail-version belong together");
        assertThatThrownBy(() -> load(MINIMAL + "analysis { provider = bedrock-batch, model.guardrail = g }"))
                .hasMessageContaining("analysis.model.guardrail can't be had with analysis.provider = bedrock-batch");
        assertThat(load(MINIMAL).semantic()).contains("\"max-tokens\":1200");
        assertThat(load(MINIMAL + "spark { \"spark.my.token\" = x }").effective())
                .contains("(not shown)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "use-cases = 5 | use-cases must be an object",
                "use-cases.default = 5 | use-cases.default must be an object",
                "use-cases.default.classes = 5 | use-cases.default.classes must be an object",
                "use-cases = null | use-cases is required, expected an object",
                "inputs = 5 | inputs must be an object",
            })
    void aValueWhereAnObjectBelongsIsNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL.replaceFirst("inputs.*", "") + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2", "99", "101", "1.5"})
    void aConfidenceScaleIsOneOrAHundred(String scale) {
        assertThatThrownBy(() -> load(MINIMAL + "inputs.inferences.confidence-scale = " + scale))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.confidence-scale = " + scale + ", expected 1 or 100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind = manifest | inputs.training.label-attribute is required: the attribute of a line under which",
                "label-attribute = a | inputs.training.label-attribute = a is of manifests only; set kind = manifest",
                "label-attribute = a_b | label-attribute = a_b, expected the name of a label attribute: letters, digits",
                "columns.samples = n | inputs.training.columns.samples: not a canonical column; known: [use_case, label, ca",
                "dimensions.light = l | inputs.training.dimensions: [light] must be among those of inferences and cameras",
                "dimensions.light { value = l, edges = [1] } | .dimensions.light has edges or bins of its own; give",
                "partition-filter = none | inputs.training.partition-filter: the training set is always read whole",
                "burst-gap = 0s | inputs.training.burst-gap = PT0S, expected a duration such as 30s",
            })
    void aTrainingSetThatCanNotBeReadSoIsNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + "inputs.training.path = \"/t\"\ninputs.training." + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quality.buckets = [] | quality.buckets = [], expected 1 to 100 ascending numbers from 0 to below 1",
                "quality.buckets = [0.9, 0.8] | quality.buckets = [0.9, 0.8], expected 1 to 100 ascending numbers",
                "quality.buckets = [80, 90] | quality.buckets = [80.0, 90.0], expected 1 to 100 ascending numbers",
                "quality.proof.rule = fixed-sample | quality.proof.sample-size = 0 with rule = fixed-sample: fixed-sample",
                "quality.proof.sample-size = 9 | quality.proof.sample-size = 9 with rule = anytime: fixed-sample needs",
                "quality.auto-labels.dimensions = [site] | quality.auto-labels.dimensions = [site], expected names of dimens",
                "quality.batches { size = 2, hidden = 2 } | quality.batches.hidden = 2 of size = 2: leave room for items to",
                "labeling.tasks.default.type = batch-review | labeling.tasks.default.type = batch-review is what `qa-batches` asks",
                "inputs.reviews.dimensions.a = b | inputs.reviews.dimensions: reviews are counted by class and confidence",
                "inputs.reviews.partition-filter = none | inputs.reviews.partition-filter: every run reads all reviews",
            })
    void qualityThatCanNotBeShownSoIsNamed(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void theMapLooksAtDimensionsThatThereAreAndAsksForMoreThanThin() {
        assertThatThrownBy(
                        () -> load(MINIMAL + "analysis.imbalance { dimensions = [label], thin = 0.9, target = 0.5 }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "analysis.imbalance.dimensions = [label], expected names of dimensions of inferences")
                .hasMessageContaining(
                        "analysis.imbalance.target is below thin: what is asked for would leave a class thin");
    }

    @Test
    void aLeaseThatOneSlowAnswerWouldLoseIsRefusedWithTheReason() {
        assertThatThrownBy(() -> load(MINIMAL + "lease.ttl = 9s"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "lease.ttl = PT9S, expected a duration of at least 10s: a lease is renewed four times"
                                + " in its life");
        assertThat(load(MINIMAL + "lease.ttl = 10s").lease().ttl()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inputs.inferences.dimensions.site",
                "inputs.inferences.dimensions.label",
                "inputs.cameras.dimensions.model_version"
            })
    void aDimensionNamedLikeABuiltInOneIsRefused(String key) {
        assertThatThrownBy(() -> load(MINIMAL + key + " = x"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key + " takes the name of a built-in dimension: every segment report has label,"
                        + " model_version, site already; choose another name");
    }

    @ParameterizedTest
    @CsvSource({
        "inputs.feedback.dimensions { light = light }, inputs.feedback.dimensions: feedback counts where the inference",
        "inputs.cameras.partition-filter = none, inputs.cameras.partition-filter: the camera table is small"
    })
    void aKeyThatWouldDoNothingIsRefused(String line, String problem) {
        assertThatThrownBy(() -> load(MINIMAL + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aDimensionIsAnExpressionOrANumberWithFixedOrStoredEdges() {
        Map<String, DimensionSettings> dimensions =
                load(MINIMAL + """
                inputs.inferences.dimensions {
                  light = lamp
                  brightness { value = "gain * 2", edges = [-0.5, 50, 1e2] }
                  hour { value = "local_hour()", bins = hours-2026 }
                }
                inputs.cameras.time-zone = UTC
                """).inferences().input().dimensions();

        assertThat(dimensions)
                .containsOnly(
                        Map.entry("light", new DimensionSettings("lamp", List.of(), "")),
                        Map.entry("brightness", new DimensionSettings("gain * 2", List.of(-0.5, 50.0, 100.0), "")),
                        Map.entry("hour", new DimensionSettings("local_hour()", List.of(), "hours-2026")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ value = a, edges = [] } | 2: inputs.cameras.dimensions.x.edges = [], expected 1 to 64 finite numbers",
                "{ value = a, edges = [1, 1] } | x.edges = [1.0, 1.0], expected 1 to 64 finite numbers in ascending order",
                "{ value = a, edges = [2, 1] } | x.edges = [2.0, 1.0], expected",
                "{ value = a, edges = [1, many] } | x.edges = [1, many], expected",
                "{ value = a, edges = [1, Infinity] } | x.edges = [1.0, Infinity], expected",
                "{ value = a, edges = [NaN] } | x.edges = [NaN], expected",
                "{ value = a, edges = 5 } | x.edges = 5, expected",
                "{ value = a, bins = 'A name' } | x.bins = A name, expected a name of small letters",
                "{ value = a, bins = b, edges = [1] } | x.edges: give edges, such as [50, 100, 150], or bins",
                "{ value = a } | x.value: give edges, such as [50, 100, 150], or bins",
                "{ edges = [1] } | inputs.cameras.dimensions.x.value is required, expected a text",
                "{ value = a, edge = [1], bins = b } | 2: unknown key inputs.cameras.dimensions.x.edge; did you mean edges?",
                "[a] | inputs.cameras.dimensions.x must be a text or an object",
            })
    void aDimensionThatIsNeitherIsNamedWithItsPosition(String dimension, String problem, @TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.conf"),
                "include required(file(\"" + Files.writeString(folder.resolve("base.conf"), MINIMAL) + "\"))\n"
                        + "inputs.cameras.dimensions.x = " + dimension.replace('\'', '"'));
        assertThatThrownBy(() -> WinnowConfig.load(file.toFile(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aDimensionHasAtMost64EdgesAndPartsOfTheDayHaveNone() {
        List<Integer> edges = IntStream.range(0, 65).boxed().toList();
        String key = "inputs.inferences.dimensions.x";
        assertThat(load(MINIMAL + key + " { value = a, edges = " + edges.subList(0, 64) + " }")
                        .inferences()
                        .input()
                        .dimensions())
                .containsKey("x");
        assertThatThrownBy(() -> load(MINIMAL + key + " { value = a, edges = " + edges + " }"))
                .hasMessageContaining("expected 1 to 64 finite numbers");
        assertThatThrownBy(() -> load(MINIMAL + "inputs.cameras.time-zone = UTC\n" + key
                        + " { value = \"part_of_day()\", edges = [6] }"))
                .hasMessageContaining(
                        key + ".value = part_of_day() is no number and has no intervals; take local_hour()");
    }

    @Test
    void edgesAreSetOnTheCommandLineToo() {
        WinnowConfig config = load(
                MINIMAL + "inputs.inferences.dimensions.x { value = a, edges = [1] }",
                Map.of("inputs.inferences.dimensions.x.edges", "[2, 3]"));
        assertThat(config.inferences().input().dimensions())
                .containsEntry("x", new DimensionSettings("a", List.of(2.0, 3.0), ""));
    }

    @Test
    void aLocalTimeNeedsACameraTableOrAZone() {
        String local = MINIMAL + "inputs.inferences.dimensions.part = \"part_of_day()\"\n";
        assertThatThrownBy(() -> load(local))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.dimensions: [part] need a local time; map"
                        + " cameras.columns.time_zone, or set cameras.time-zone");
        assertThat(load(local + "inputs.cameras.time-zone = Europe/Berlin")
                        .cameras()
                        .input()
                        .timeZone())
                .isEqualTo("Europe/Berlin");
        assertThat(load(local + "inputs.cameras.path = \"/cameras\"")
                        .inferences()
                        .isLocal("part"))
                .isTrue();
    }

    private static WinnowConfig load(String text) {
        return load(text, Map.of());
    }

    private static WinnowConfig load(String text, Map<String, String> overrides) {
        return WinnowConfig.load(ConfigFactory.parseString(text), overrides);
    }
}
