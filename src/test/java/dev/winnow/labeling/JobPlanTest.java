package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobPlanTest {
    private static final Map<String, String> REGIONS =
            Map.of("s1", "region=west", "s2", "region=south", "s3", "region=east");

    private static LabelingItem item(String signal, int rank, String site, @Nullable Double score) {
        LabelingItem plain = Jobs.item(signal, rank, "dock", "s3://bucket/" + rank + ".jpg");
        return new LabelingItem(
                plain.reference(),
                signal + rank,
                plain.runId(),
                plain.roundId(),
                plain.useCase(),
                signal,
                plain.segment(),
                score,
                rank,
                plain.design(),
                plain.inclusionProbability(),
                site,
                REGIONS.getOrDefault(site, "region=" + Inferences.UNKNOWN_VALUE),
                plain.modelVersion(),
                plain.predicted(),
                plain.confidence(),
                null,
                null,
                null);
    }

    private static List<LabelingJob> jobs(String hocon, List<LabelingItem> items) {
        return jobs(hocon, items, Map.of());
    }

    private static List<LabelingJob> jobs(String hocon, List<LabelingItem> items, Map<String, Row> pilots) {
        return jobs(hocon, items, pilots, new ArrayList<>());
    }

    private static List<LabelingJob> jobs(
            String hocon, List<LabelingItem> items, Map<String, Row> pilots, List<String> sentences) {
        WinnowConfig config = Configs.of(hocon);
        return new JobPlan(config, new Round(LocalDate.parse("2026-10-01"), 1), Jobs.PREFIX, "s3://out/", pilots)
                .jobs("dock", items, new GroundTruthTarget(config.labeling().groundTruth()), sentences);
    }

    private static List<LabelingItem> mixed() {
        return List.of(
                item("FILL", 1, "s2", null),
                item("BOUNDARY", 1, "s1", 0.9),
                item("BOUNDARY", 2, "s2", 0.8),
                item("LOW_CONFIDENCE", 1, "s1", 0.95),
                item("LOW_CONFIDENCE", 2, "s2", 0.1));
    }

    @ParameterizedTest
    @CsvSource({
        "rank, 'BOUNDARY1 BOUNDARY2 FILL1 LOW_CONFIDENCE1 LOW_CONFIDENCE2'",
        "hardest-first, 'LOW_CONFIDENCE1 BOUNDARY1 BOUNDARY2 LOW_CONFIDENCE2 FILL1'",
        "hardest-last, 'FILL1 LOW_CONFIDENCE2 BOUNDARY2 BOUNDARY1 LOW_CONFIDENCE1'",
    })
    void itemsStandInTheOrderThatIsAskedForHoweverTheyCome(String order, String expected) {
        for (int seed = 0; seed < 5; seed++) {
            List<LabelingItem> shuffled = new ArrayList<>(mixed());
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(jobs("labeling.tasks.default.order = " + order, shuffled))
                    .singleElement()
                    .satisfies(job -> assertThat(job.items())
                            .extracting(LabelingItem::itemId)
                            .containsExactly(expected.split(" ", -1)));
        }
    }

    @Test
    void eachSiteHasJobsOfItsOwnWhereThatIsAskedForAndNoneIsLargerThanItMayBe() {
        List<LabelingJob> jobs = jobs("labeling { max-lines = 2, tasks.dock.split-by = site }", mixed());
        assertThat(jobs)
                .extracting(job -> job.items().stream().map(LabelingItem::site).toList())
                .containsExactly(List.of("s1", "s1"), List.of("s2", "s2"), List.of("s2"));
        assertThat(jobs).extracting(LabelingJob::name).doesNotHaveDuplicates();
    }

    @Test
    void eachRegionHasJobsOfItsOwnWhereThatIsAskedForAndThoseOfTheFirstOnesComeFirstWhateverTheyAsk() {
        List<LabelingItem> items = new ArrayList<>(mixed());
        items.add(item("FILL", 2, "s3", null));
        items.add(item("FILL", 3, "s9", null));
        items.add(item("AUDIT", 1, "s1", null));
        items.add(item("AUDIT", 2, "s2", null));
        String regions = "inputs.cameras { path = \"/c\", dimensions { region = region } }, labeling.tasks.dock ";
        List<String> sentences = new ArrayList<>();
        assertThat(jobs(regions + "{ split-by = region }", items, Map.of(), sentences))
                .extracting(JobPlanTest::asked)
                .containsExactly("blind s2", "blind s1", "open s9", "open s3", "open s2", "open s1");
        assertThat(sentences)
                .containsExactly(
                        "dock: 1 items are of sites of which no camera tells region; outside of a pilot they have jobs of their"
                                + " own");
        sentences.clear();
        assertThat(jobs(
                        regions + "{ split-by = region, split-first = [west, West, south] }",
                        items,
                        Map.of(),
                        sentences))
                .extracting(JobPlanTest::asked)
                .containsExactly("blind s1", "open s1", "blind s2", "open s2", "open s9", "open s3");
        assertThat(sentences).contains("dock: no item is of [West], whose jobs were to come first (split-first)");
    }

    @Test
    void whatWasChosenUnderAnotherSplitIsChosenAgainNotGuessed() {
        String countries = "inputs.cameras { path = \"/c\", dimensions { country = country } },"
                + " labeling.tasks.dock.split-by = country";
        assertThatThrownBy(() -> jobs(countries, mixed()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("labeling.tasks.dock.split-by = country, but item ")
                .hasMessageContaining(" was chosen when jobs were split otherwise: run `select` again");
        List<String> sentences = new ArrayList<>();
        List<LabelingItem> unknown = List.of(item("BOUNDARY", 1, Inferences.UNKNOWN_VALUE, 0.5));
        assertThat(jobs("labeling.tasks.dock.split-by = site", unknown, Map.of(), sentences))
                .hasSize(1);
        assertThat(sentences).as("a site is never unknown").isEmpty();
        jobs("labeling.tasks.dock.split-first = [west]", mixed(), Map.of(), sentences);
        assertThat(sentences).containsExactly("dock: split-first changes nothing without split-by");
    }

    private static String asked(LabelingJob job) {
        return (job.blind() ? "blind " : "open ") + job.items().get(0).site();
    }

    @Test
    void whatIsLabeledBlindHasJobsOfItsOwnAndTheyComeFirst() {
        List<LabelingItem> items = new ArrayList<>(mixed());
        items.add(item("MODEL_CHECK", 1, "s1", null));
        items.add(item("AUDIT", 1, "s2", null));
        List<LabelingJob> jobs = jobs("", items);
        assertThat(jobs).extracting(LabelingJob::blind).containsExactly(true, false);
        assertThat(jobs.get(0).items()).extracting(LabelingItem::signal).containsExactly("AUDIT", "MODEL_CHECK");
        assertThat(jobs.get(1).items()).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/1.jpg", "/images/1.bin", "1.PNG"})
    void anImageIsNoText(String image) {
        assertThatThrownBy(() -> jobs(
                        "labeling.tasks.dock.type = text-classification",
                        List.of(Jobs.item("BOUNDARY", 1, "dock", image))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("labeling.tasks.dock.type = text-classification can't be asked of item item-1, whose"
                        + " reference names a file: change the type, or map image_uri to the text");
        assertThat(jobs(
                        "labeling.tasks.dock.type = text-classification",
                        List.of(Jobs.item("BOUNDARY", 1, "dock", "Is it in 1.jpg or in s3://b/2.jpg?"))))
                .hasSize(1);
    }

    private static final String PILOT = "labeling.tasks.dock { guidelines.version = v1, pilot.items = 60 }";

    private static List<LabelingItem> many(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(rank -> item("BOUNDARY", rank, rank % 2 == 0 ? "s1" : "s2", 1.0 / rank))
                .toList();
    }

    /** A pilot as `jobs sync` leaves it. */
    private static Map<String, Row> known(String state, @Nullable Long missing) {
        String key = pilot(jobs(PILOT, many(61)).get(0)).key();
        Row row = Frames.of(
                        Pilots.TABLE,
                        "{'state':'%s'%s}".formatted(state, missing == null ? "" : ",'missing':" + missing))
                .first();
        return Map.of(key, row);
    }

    private static LabelingJob.Pilot pilot(LabelingJob job) {
        return Objects.requireNonNull(job.pilot());
    }

    @Test
    void aPilotIsAFairSampleOfAJobOfItsOwnAndTheRestWaitsForIt() {
        List<LabelingItem> items = new ArrayList<>(many(200));
        items.add(item("AUDIT", 1, "s2", null));
        List<LabelingJob> jobs = jobs(PILOT, items);
        assertThat(jobs).extracting(job -> job.items().size()).containsExactly(1, 60, 140);
        assertThat(jobs.get(0).blind()).isTrue();
        assertThat(jobs.get(0).pilot()).as("an audit never waits").isNull();
        assertThat(pilot(jobs.get(1)).first()).isTrue();
        assertThat(pilot(jobs.get(2)))
                .isEqualTo(new LabelingJob.Pilot(pilot(jobs.get(1)).key(), false));
        assertThat(jobs.get(1).items().stream()
                        .mapToInt(LabelingItem::rank)
                        .average()
                        .orElseThrow())
                .as("neither the first nor the last")
                .isBetween(85.0, 116.0);
        List<LabelingItem> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(jobs(PILOT, shuffled)).isEqualTo(jobs);
    }

    @Test
    void onePilotIsOfAllSitesAndOfAllThatThereIsWhereThatIsLittle() {
        List<LabelingJob> jobs = jobs(PILOT + ", labeling.tasks.dock.split-by = site", many(100));
        assertThat(jobs)
                .extracting(
                        job -> pilot(job).first(),
                        job -> job.items().stream()
                                .map(LabelingItem::site)
                                .distinct()
                                .count())
                .containsExactly(tuple(true, 2L), tuple(false, 1L), tuple(false, 1L));
        assertThat(jobs(PILOT, many(59)))
                .singleElement()
                .satisfies(job -> assertThat(pilot(job).first()).isTrue());
    }

    @Test
    void plantedItemsComeAlongInProportionAndAreNotCountedAsItems() {
        List<LabelingItem> items = new ArrayList<>(many(120));
        for (int i = 1; i <= 12; i++) {
            LabelingItem test = item("BOUNDARY", 1_000 + i, "s1", 0.5);
            items.add(new LabelingItem(
                    test.reference(),
                    test.itemId(),
                    test.runId(),
                    test.roundId(),
                    test.useCase(),
                    test.signal(),
                    null,
                    0.5,
                    test.rank(),
                    test.design(),
                    null,
                    "s1",
                    "",
                    test.modelVersion(),
                    test.predicted(),
                    test.confidence(),
                    null,
                    null,
                    new LabelingItem.Planted("GOLD", "bag")));
        }
        assertThat(jobs(PILOT, items))
                .extracting(job -> job.items().stream()
                        .filter(item -> item.planted() != null)
                        .count())
                .containsExactly(6L, 6L);
        assertThat(jobs(PILOT, items).get(0).items()).hasSize(66);
    }

    @Test
    void aReleasedQuestionNeedsNoPilotAnyMoreAndAnOpenOneAsksForWhatIsMissing() {
        assertThat(jobs(PILOT, many(200), known("RELEASED", null)))
                .singleElement()
                .satisfies(job -> assertThat(job.pilot()).isNull());
        assertThat(jobs(PILOT, many(200), known("INCONCLUSIVE", 90L)))
                .extracting(job -> job.items().size())
                .containsExactly(90, 110);
        assertThat(jobs(PILOT, many(200), known("REFUSED", null)))
                .extracting(job -> job.items().size())
                .containsExactly(60, 140);
        assertThat(jobs(PILOT.replace("v1", "v2"), many(200), known("RELEASED", null)))
                .as("other guidelines are another question")
                .extracting(job -> job.items().size())
                .containsExactly(60, 140);
    }

    @Test
    void segmentationHasAtMostTwentyThousandItemsAJobAndVideoTenSequences() {
        List<LabelingItem> items = IntStream.rangeClosed(1, 20_001)
                .mapToObj(rank -> item("BOUNDARY", rank, "s", 0.5))
                .toList();
        assertThat(jobs("labeling.tasks.dock.type = semantic-segmentation", items))
                .extracting(job -> job.items().size())
                .containsExactly(20_000, 1);
        assertThat(jobs("labeling.tasks.dock.type = video-frames", items.subList(0, 25)))
                .extracting(job -> job.items().size())
                .containsExactly(10, 10, 5);
    }

    @Test
    void whoeverChoosesAClassCanSayThatThereIsNoneAndWhoeverDrawsOffersOnlyWhatCanBeDrawn() {
        assertThat(jobs("", mixed()).get(0).labels()).containsExactly("bag", "none of these", "can't tell");
        assertThat(jobs("labeling.tasks.dock.type = bounding-box", mixed())
                        .get(0)
                        .labels())
                .containsExactly("bag");
        assertThat(jobs("use-cases.dock.labels = [b, a]", mixed()).get(0).labels())
                .containsExactly("b", "a");
    }

    @Test
    void onlyItemsWithAPredictionThatPeopleMaySeeAreAskedAboutIt() {
        List<LabelingItem> items = List.of(
                Jobs.item("AUDIT", 1, "dock", "s3://b/1.jpg"),
                Jobs.item("BOUNDARY", 1, "dock", "s3://b/2.jpg"),
                Jobs.item("FILL", 1, "dock", "s3://b/3.jpg", null, null));
        assertThat(jobs("labeling.tasks.dock.type = class-verification", items))
                .extracting(LabelingJob::type, job -> job.items().size())
                .containsExactly(
                        tuple(TaskType.IMAGE_CLASSIFICATION, 1),
                        tuple(TaskType.IMAGE_CLASSIFICATION, 1),
                        tuple(TaskType.CLASS_VERIFICATION, 1));
    }

    // ---- names of classes that nobody chose with care

    @TempDir
    private Path folder;

    private final List<String> sentences = new ArrayList<>();

    /** Plans the jobs for a target and has it write them. */
    private List<LabelingJob> written(Target kind, String hocon, LabelingItem... items) throws IOException {
        WinnowConfig config = Configs.of(hocon);
        LabelingTarget target = kind == Target.GROUND_TRUTH
                ? new GroundTruthTarget(config.labeling().groundTruth())
                : new LabelStudioTarget();
        sentences.clear();
        List<LabelingJob> jobs = new JobPlan(
                        config, new Round(LocalDate.parse("2026-10-01"), 1), Jobs.PREFIX, "s3://out/", Map.of())
                .jobs("dock", List.of(items), target, sentences);
        for (LabelingJob job : jobs) {
            target.write(job, folder);
        }
        return jobs;
    }

    private static LabelingItem predicted(int rank, @Nullable String label) {
        return Jobs.item("BOUNDARY", rank, "dock", "s3://bucket/" + rank + ".jpg", null, label);
    }

    private static LabelingItem planted(int rank, String answer) {
        return Jobs.planted(predicted(rank, "bag"), answer);
    }

    /** Names with the targets that can't offer them. */
    static Stream<Arguments> names() {
        return Stream.of(
                        Map.entry("x".repeat(300), "GROUND_TRUTH LABEL_STUDIO"),
                        Map.entry("\uD83D\uDE00".repeat(129), "GROUND_TRUTH LABEL_STUDIO"),
                        Map.entry(" ", "GROUND_TRUTH LABEL_STUDIO"),
                        Map.entry("", "GROUND_TRUTH LABEL_STUDIO"),
                        Map.entry("a\tb", "LABEL_STUDIO"),
                        Map.entry("a\nb", "LABEL_STUDIO"),
                        Map.entry("$image", "LABEL_STUDIO"),
                        Map.entry("a ", "LABEL_STUDIO"),
                        Map.entry("\uD83D\uDE00", ""),
                        Map.entry("\"a\" & 'b' <c>", ""),
                        Map.entry("a$b", ""),
                        Map.entry("../../etc", ""))
                .flatMap(name -> Stream.of(Target.values())
                        .map(kind -> Arguments.of(
                                kind,
                                name.getKey(),
                                List.of(name.getValue().split(" ", -1)).contains(kind.name()))));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aSeenClassThatCanNotBeOfferedIsLeftOutAndASentenceSaysSo(Target kind, String name, boolean leftOut)
            throws IOException {
        List<LabelingJob> jobs = written(kind, "", predicted(1, "bag"), predicted(2, name));
        assertThat(jobs).singleElement().satisfies(job -> {
            assertThat(job.items()).hasSize(2);
            assertThat(job.labels())
                    .contains("bag", "none of these", "can't tell")
                    .hasSize(leftOut ? 3 : 4);
            assertThat(job.labels().contains(name)).isNotEqualTo(leftOut);
        });
        if (leftOut) {
            assertThat(sentences)
                    .singleElement()
                    .satisfies(sentence -> assertThat(sentence)
                            .startsWith("dock: 1 classes whose names can't be offered in " + kind.id()
                                    + " are left out, such as \"")
                            .hasSizeLessThan(250));
        } else {
            assertThat(sentences).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void nobodyIsAskedAboutAClassThatCanNotBeShown(Target kind, String name, boolean leftOut) throws IOException {
        for (String labels : List.of("", "\nuse-cases.dock.labels = [bag, person]")) {
            assertThat(written(
                            kind,
                            "labeling.tasks.dock.type = class-verification" + labels,
                            predicted(1, "bag"),
                            predicted(2, name)))
                    .extracting(LabelingJob::type)
                    .isEqualTo(
                            leftOut
                                    ? List.of(TaskType.IMAGE_CLASSIFICATION, TaskType.CLASS_VERIFICATION)
                                    : List.of(TaskType.CLASS_VERIFICATION));
            assertThat(sentences).hasSize(leftOut ? 1 : 0);
            assertThat(sentences)
                    .allSatisfy(sentence ->
                            assertThat(sentence).contains("\"; 1 items are asked about without a prediction: "));
        }
    }

    @Test
    void whatIsOfferedAnywayIsNotTold() throws IOException {
        written(Target.GROUND_TRUTH, "use-cases.dock.labels = [bag, person]", predicted(1, "x".repeat(300)));
        assertThat(sentences).as("people see neither prediction nor category").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void aConfiguredClassThatCanNotBeOfferedIsRefusedWithItsKey(Target kind) {
        assertThatThrownBy(() -> written(
                        kind, "use-cases.dock.labels = [bag, \"" + "x".repeat(300) + "\"]", predicted(1, "bag")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.dock.labels: a category ")
                .hasMessageContaining("300 characters");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void anItemWhoseKnownAnswerNobodyCanGiveIsNotPlanted(Target kind) throws IOException {
        assertThat(written(kind, "", predicted(1, "bag"), planted(2, "van"), planted(3, "v".repeat(300))))
                .singleElement()
                .satisfies(job -> {
                    assertThat(job.items()).extracting(LabelingItem::itemId).containsExactly("item-1", "item-2");
                    assertThat(job.labels()).containsExactly("bag", "van", "none of these", "can't tell");
                });
        assertThat(sentences)
                .containsExactly("dock: 1 classes whose names can't be offered in " + kind.id()
                        + " are left out, such as \"" + "v".repeat(60)
                        + "...\"; 1 planted items are not asked about: give them other names");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void anItemWithAnOldBoxOfAClassThatCanNotBeOfferedIsDrawnAfresh(Target kind) throws IOException {
        OldLabel boxes =
                OldLabel.of(Jobs.json("""
                                {"boxes":{"image_size":[{"width":9,"height":9}],
                                  "annotations":[{"class_id":0,"left":1,"top":1,"width":2,"height":2},
                                                 {"class_id":1,"left":1,"top":1,"width":2,"height":2}]},
                                 "boxes-metadata":{"class-map":{"0":"person","1":"%s"}}}
                                """.formatted("x".repeat(300))), "boxes").orElseThrow();
        List<LabelingJob> jobs = written(
                kind,
                "labeling.tasks.dock { type = box-adjustment, old-labels { path = \"/old\", attribute = boxes } }",
                Jobs.withBoxes(predicted(1, "bag")),
                predicted(2, "bag").with(boxes));
        assertThat(jobs)
                .extracting(LabelingJob::type, job -> job.items().get(0).itemId())
                .containsExactly(tuple(TaskType.BOUNDING_BOX, "item-2"), tuple(TaskType.BOX_ADJUSTMENT, "item-1"));
        assertThat(jobs).allSatisfy(job -> assertThat(job.labels()).containsExactly("bag", "\"bag\" </x>", "person"));
        assertThat(sentences)
                .singleElement()
                .satisfies(sentence -> assertThat(sentence)
                        .startsWith("dock: 1 classes ")
                        .contains("; 1 items are asked about without a prediction: "));
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void whereNoClassIsLeftItIsAsIfNoneHadBeenSeen(Target kind) throws IOException {
        assertThat(written(kind, "", predicted(1, "x".repeat(300))).get(0).labels())
                .containsExactly("none of these", "can't tell");
        assertThatThrownBy(
                        () -> written(kind, "labeling.tasks.dock.type = bounding-box", predicted(1, "x".repeat(300))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.dock.labels: 0 categories, bounding-box takes 1");
    }
}
