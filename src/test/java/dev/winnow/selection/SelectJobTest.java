package dev.winnow.selection;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.outcomes.ProposedWeights;
import dev.winnow.outcomes.SignalYields;
import dev.winnow.ports.History;
import dev.winnow.ports.ImageStore;
import dev.winnow.ports.Stage;
import dev.winnow.progress.LabelingProgress;
import dev.winnow.progress.OpenJobs;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.runtime.Rounds;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-10");

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();

    private static String hocon(int budget, double audit) {
        return """
                use-cases.default { budget = %d, audit-share = %s, max-per-burst = 100, max-per-camera = 100
                  max-site-share = 1, max-class-share = 1 }
                """.formatted(budget, audit);
    }

    private static String candidate(LocalDate day, String signal, String image, double score, double draw) {
        boolean audit = signal.equals(Candidates.AUDIT);
        return """
                {'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','signal':'%s','item_id':'%s-%s',\
                'inference_id':'id-%s','image_uri':'s3://bucket/%s.jpg','captured_at':'%sT01:00:00Z','site_id':'s',\
                'camera_id':'c','model_version':'m','predicted_label':'bag','confidence':0.45,%s'draw':%s%s}""".formatted(
                        day,
                        signal,
                        signal,
                        image,
                        image,
                        image,
                        day,
                        audit ? "" : "'score':" + score + ",",
                        draw,
                        audit ? ",'draw_limit':1.0,'frames':20" : "");
    }

    private static String boundary(LocalDate day, String image, double score) {
        return candidate(day, Candidates.BOUNDARY, image, score, 0.5);
    }

    private static String audit(LocalDate day, String image, double draw) {
        return candidate(day, Candidates.AUDIT, image, 0, draw);
    }

    private void candidates(LocalDate day, String... rows) {
        put(Candidates.TABLE, Frames.of(Candidates.TABLE, rows), day, "p");
    }

    private void put(TableDef table, Dataset<Row> rows, LocalDate day, String pipeline) {
        tables.replace(table, rows, Map.of(Candidates.PIPELINE, pipeline, Candidates.RUN_DATE, day));
    }

    private SelectJob job(WinnowConfig config, int round, ImageStore images) {
        FakeSources sources = new FakeSources(Frames.of(Inferences.TABLE, "{'camera_id':'c','site_id':'s'}"));
        CameraTable cameras = new CameraTable(sources, config.cameras());
        return new SelectJob(
                config,
                new InferenceLog(sources, config.inferences(), cameras),
                cameras,
                tables,
                images,
                new Rounds(objects, config.labeling().path(), config.pipeline()),
                new History(
                        new OpenJobs(
                                config.pipeline(), tables, config.labeling().team()),
                        new LabeledSelections(config, tables),
                        new ProposedWeights(config.pipeline(), tables)),
                round);
    }

    private Stage.Report select(String hocon, LocalDate day) {
        return job(Configs.of(hocon), 1, uris -> Set.of()).run(day);
    }

    private Stage.Report correct(String hocon, LocalDate day) {
        return job(Configs.of(hocon), 2, uris -> Set.of()).run(day);
    }

    private void seal(String round) {
        objects.put("/rounds/p/rounds/" + round + "/round.json", "{}");
    }

    private List<Row> rows(String round) {
        return tables.read(Selections.TABLE)
                .filter("round_id = '" + round + "'")
                .sort(Inferences.USE_CASE, Selections.SIGNAL, Selections.RANK)
                .collectAsList();
    }

    private List<String> images(String round) {
        return rows(round).stream().map(SelectJobTest::image).toList();
    }

    private static String image(Row row) {
        return row.<String>getAs(Inferences.IMAGE_URI)
                .replace("s3://bucket/", "")
                .replace(".jpg", "");
    }

    @Test
    void whereJobsAreSplitByRegionItStandsBesideWhatIsChosen() {
        put(
                Candidates.TABLE.withDimensions(List.of("region")),
                Frames.of(
                        Candidates.TABLE.withDimensions(List.of("region")),
                        boundary(DAY, "b", 0.75),
                        boundary(DAY, "elsewhere", 0.7).replace("'site_id':'s'", "'site_id':'t'"),
                        audit(DAY, "a", 0.1)),
                DAY,
                "p");
        select(
                hocon(3, 0.3) + "\ninputs.cameras { path = \"/c\", dimensions.region = \"'west'\" }"
                        + "\nlabeling.tasks.default.split-by = region",
                DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(SelectJobTest::image, row -> row.getAs(Selections.JOB_GROUP))
                .containsExactlyInAnyOrder(
                        tuple("a", "region=west"),
                        tuple("b", "region=west"),
                        tuple("elsewhere", "region=" + Inferences.UNKNOWN_VALUE));
        select(hocon(3, 0.3), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(row -> row.getAs(Selections.JOB_GROUP))
                .containsOnlyNulls();
    }

    @Test
    void aUseCaseOfWhichNothingCanBeLabeledStopsNoOtherUnlessAllAreSuch() {
        String hopeless = boundary(DAY, "x", 0.9)
                .replace("'use_case':'dock'", "'use_case':'attic'")
                .replace("s3://bucket/x.jpg", "file:/x.jpg");
        candidates(DAY, boundary(DAY, "b", 0.75), hopeless);
        String refused = "No image of use case attic can be labeled: inputs.inferences.columns.image_uri must give"
                + " s3://bucket/key with .jpg, .jpeg or .png at the end, got file:/x.jpg";
        assertThat(select(hocon(1, 0), DAY).sentences())
                .contains(refused, "dock: 1 of a budget of 1 selected {BOUNDARY=1}");
        assertThat(images("2026-10-10.1")).containsExactly("b");
        candidates(DAY, hopeless);
        assertThatThrownBy(() -> select(hocon(1, 0), DAY))
                .isInstanceOf(InputException.class)
                .hasMessage(refused);
    }

    @Test
    void everyRowSaysWhyInPlainWordsWithAllItsSignals() {
        candidates(
                DAY,
                boundary(DAY, "b", 0.75),
                candidate(DAY, Candidates.LOW_CONFIDENCE, "b", 0.55, 0.5),
                candidate(DAY, Candidates.LOW_CONFIDENCE, "l", 0.55, 0.5),
                audit(DAY, "a", 0.1),
                audit(DAY, "f", 0.2));
        select(hocon(4, 0.25), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(
                        row -> row.getAs(Selections.SIGNAL),
                        SelectJobTest::image,
                        row -> row.getList(row.fieldIndex(Selections.SIGNALS)),
                        row -> row.getAs(Selections.DESIGN),
                        row -> row.getAs(Selections.INCLUSION_PROBABILITY),
                        row -> row.getAs(Selections.SCORE),
                        row -> row.getAs(Selections.REASON))
                .containsExactly(
                        tuple(
                                "AUDIT",
                                "a",
                                List.of("AUDIT"),
                                "UNIFORM",
                                1 / 20.0,
                                null,
                                "drawn uniformly from all frames of the day, to be labeled blind"),
                        tuple(
                                "BOUNDARY",
                                "b",
                                List.of("BOUNDARY", "LOW_CONFIDENCE"),
                                "PURPOSIVE",
                                null,
                                0.75,
                                "confidence 0.450 of bag is 0.050 from its alarm threshold"),
                        tuple(
                                "FILL",
                                "f",
                                List.of("FILL"),
                                "PURPOSIVE",
                                null,
                                null,
                                "drawn uniformly because no signal had more to offer"),
                        tuple(
                                "LOW_CONFIDENCE",
                                "l",
                                List.of("LOW_CONFIDENCE"),
                                "PURPOSIVE",
                                null,
                                0.55,
                                "confidence 0.450 of bag is below 0.6"));
    }

    /** An image that a round asked about weeks before, and that three people call a bag. */
    private void known(String image, String round) {
        LocalDate day = LocalDate.parse(round.substring(0, 10));
        tables.append(Selections.TABLE, Frames.of(Selections.TABLE, """
                {'pipeline':'p','run_date':'%s','round_id':'%s','run_id':'r','use_case':'dock','signal':'BOUNDARY','rank':1,\
                'item_id':'item-%s','inference_id':'i','image_uri':'s3://bucket/%s.jpg','captured_at':'%sT01:00:00Z',\
                'site_id':'s','camera_id':'c','model_version':'m','predicted_label':'box','confidence':0.45,\
                'signals':['BOUNDARY'],'design':'PURPOSIVE','reason':'because'}""".formatted(day, round, image, image, day)));
        tables.append(Labels.TABLE, Frames.of(Labels.TABLE, """
                {'pipeline':'p','use_case':'dock','item_id':'item-%s','task':'CLASSIFICATION','label':'bag',\
                'method':'MAJORITY','status':'AGREED','answers':3,'agreement':1.0,'posteriors':[]}""".formatted(image)));
    }

    private List<Row> planted(String round) {
        return tables.read(PlantedItems.TABLE)
                .filter("round_id = '" + round + "'")
                .sort(PlantedItems.KIND, PlantedItems.ITEM_ID)
                .collectAsList();
    }

    private void fortyCandidates(LocalDate day) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(boundary(day, day + "-" + i, 0.5));
        }
        candidates(day, rows.toArray(String[]::new));
    }

    @Test
    void itemsOfEarlierRoundsArePlantedApartFromTheSelectionsAndRestAfterwards() {
        for (int i = 0; i < 6; i++) {
            known("known" + i, "2026-09-10.1");
            seal("2026-09-10.1");
        }
        known("recent", "2026-10-01.1");
        fortyCandidates(DAY);
        String shares = hocon(20, 0) + "selection.planted { gold-share = 0.1, repeat-share = 0.1 }";
        assertThat(select(shares, DAY).sentences())
                .contains("dock: 16 of a budget of 16 selected {BOUNDARY=16}")
                .contains("dock: 2 items whose answer is known and 2 repeated ones are planted among these");
        List<Row> planted = planted("2026-10-10.1");
        assertThat(planted)
                .extracting(row -> row.getAs(PlantedItems.KIND), row -> row.getAs(PlantedItems.LABEL))
                .containsExactly(
                        tuple("GOLD", "bag"), tuple("GOLD", "bag"), tuple("REPEAT", null), tuple("REPEAT", null));
        assertThat(planted).allSatisfy(row -> {
            assertThat(row.<String>getAs(PlantedItems.ITEM_ID)).matches("[0-9a-f]{32}");
            assertThat(row.<String>getAs(PlantedItems.KNOWN_ITEM_ID)).startsWith("item-known");
            assertThat(row.<String>getAs(PlantedItems.SHOWN_SIGNAL)).isEqualTo("BOUNDARY");
            assertThat(row.<String>getAs(Inferences.PREDICTED_LABEL)).isEqualTo("box");
        });
        assertThat(images("2026-10-10.1")).hasSize(16).noneMatch(image -> image.startsWith("known"));
        select(shares, DAY);
        assertThat(planted("2026-10-10.1")).as("a repeated run").isEqualTo(planted);
        assertThat(planted).extracting(row -> row.getAs(PlantedItems.JOB_GROUP)).containsOnlyNulls();
        select(shares + ", labeling.tasks.default.split-by = site", DAY);
        assertThat(planted("2026-10-10.1"))
                .as("a planted item is of the job that its line is in")
                .hasSize(4)
                .extracting(row -> row.getAs(PlantedItems.JOB_GROUP))
                .containsOnly("site=s");
        select(shares, DAY);

        seal("2026-10-10.1");
        LocalDate next = DAY.plusDays(1);
        fortyCandidates(next);
        select(shares, next);
        Set<String> before = known(planted);
        assertThat(known(planted("2026-10-11.1")))
                .as("the two that were not planted the day before")
                .hasSize(2)
                .doesNotContainAnyElementsOf(before);
        assertThat(images("2026-10-11.1")).hasSize(18);
    }

    private static Set<String> known(List<Row> planted) {
        return planted.stream()
                .map(row -> row.<String>getAs(PlantedItems.KNOWN_ITEM_ID))
                .collect(Collectors.toSet());
    }

    private void proposed(LocalDate day, String signal, double weight) {
        tables.append(SignalYields.TABLE, Frames.of(SignalYields.TABLE, """
                {'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','signal':'%s','selected':9,'labeled':9,\
                'outstanding':0,'found':3,'cameras':3,'selected_any':9,'labeled_any':9,'found_any':3,'answers':9,\
                'weight':0.5,'proposed_weight':%s,'locked':false,'sentence':'because'}""".formatted(day, signal, weight)));
    }

    @Test
    void measuredWeightsShareTheBudgetWhereTheyAreAskedForAndKnownBeforeTheDay() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(boundary(DAY, "b" + i, 0.5));
            rows.add(candidate(DAY, Candidates.LOW_CONFIDENCE, "l" + i, 0.5, 0.5));
        }
        candidates(DAY, rows.toArray(String[]::new));
        String signals = hocon(20, 0) + """
                use-cases.default.signals { boundary = 2, low-confidence = 2, error-risk = 0, rare-class = 0
                  elevated-segment = 0, confident-wrong = 0 }
                """;
        String measured = signals + "selection.weights = measured";
        proposed(DAY, "BOUNDARY", 0.1);
        assertThat(select(measured, DAY).sentences())
                .contains("dock: no weights of signals were proposed before 2026-10-10, so the configured ones hold");
        assertThat(bySignal()).isEqualTo(Map.of("BOUNDARY", 10L, "LOW_CONFIDENCE", 10L));

        proposed(DAY.minusDays(5), "BOUNDARY", 0.9);
        proposed(DAY.minusDays(5), "LOW_CONFIDENCE", 0.1);
        proposed(DAY.minusDays(2), "BOUNDARY", 0.25);
        proposed(DAY.minusDays(2), "LOW_CONFIDENCE", 0.75);
        proposed(DAY.minusDays(2), "ERROR_RISK", 0.5);
        assertThat(select(measured, DAY).sentences())
                .contains("dock: signals have the weights that outcomes proposed on 2026-10-08");
        assertThat(bySignal())
                .as("a signal without configured weight stays without")
                .isEqualTo(Map.of("BOUNDARY", 5L, "LOW_CONFIDENCE", 15L));
        select(signals, DAY);
        assertThat(bySignal()).isEqualTo(Map.of("BOUNDARY", 10L, "LOW_CONFIDENCE", 10L));
    }

    @Test
    void aCeilingIsKeptInTheLedgerAndFloorsBeyondTheBudgetAreTold() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(boundary(DAY, "b" + i, 0.5));
            rows.add(candidate(DAY, Candidates.LOW_CONFIDENCE, "l" + i, 0.5, 0.5));
        }
        candidates(DAY, rows.toArray(String[]::new));
        assertThat(select(hocon(20, 0) + "use-cases.default.signal-bounds.boundary.max = 3", DAY)
                        .sentences())
                .containsExactly("dock: 20 of a budget of 20 selected {BOUNDARY=3, LOW_CONFIDENCE=17}");
        assertThat(tables.read(SelectionCuts.TABLE)
                        .filter("signal = 'BOUNDARY'")
                        .first()
                        .<Long>getAs(SelectionCuts.HELD_BY_CEILING))
                .isEqualTo(37);
        assertThat(select(hocon(20, 0) + """
                        use-cases.default.signal-bounds { boundary.min = 30, low-confidence.min = 10, rare-class.min = 5 }
                        """, DAY).sentences())
                .containsExactly(
                        "dock: 20 of a budget of 20 selected {BOUNDARY=15, LOW_CONFIDENCE=5}",
                        "dock: the floors of signals (use-cases.<name>.signal-bounds) ask for 40 images, more than a budget"
                                + " of 20 leaves beside the draws, so they are lowered to {boundary=15, low-confidence=5}");
    }

    private Map<String, Long> bySignal() {
        return rows("2026-10-10.1").stream()
                .collect(Collectors.groupingBy(row -> row.getAs(Selections.SIGNAL), Collectors.counting()));
    }

    @Test
    void everySignalOfAChosenImageIsKeptThatOfAnItemBeyondThePoolsEndToo() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            rows.add(candidate(DAY, Candidates.LOW_CONFIDENCE, "l" + i, 0.5, i / 1_100.0));
        }
        rows.add(boundary(DAY, "b", 1).replace("s3://", "s3a://"));
        rows.add(candidate(DAY, Candidates.LOW_CONFIDENCE, "b", 0.01, 0.5).replace("s3://", "s3n://"));
        candidates(DAY, rows.toArray(String[]::new));
        select(hocon(2, 0), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(
                        SelectJobTest::image,
                        row -> row.getAs(Selections.SIGNAL),
                        row -> row.getList(row.fieldIndex(Selections.SIGNALS)))
                .containsExactly(
                        tuple("b", "BOUNDARY", List.of("BOUNDARY", "LOW_CONFIDENCE")),
                        tuple("l0", "LOW_CONFIDENCE", List.of("LOW_CONFIDENCE")));
        assertThat(tables.read(SelectionCuts.TABLE)
                        .filter("signal = 'LOW_CONFIDENCE'")
                        .first()
                        .<Long>getAs(SelectionCuts.ELIGIBLE))
                .as("items that came to the driver")
                .isEqualTo(1_000);
    }

    @Test
    void budgetsWhosePoolsDoNotFitTheDriverAreRefusedBeforeAnythingRuns() {
        WinnowConfig config = Configs.of("use-cases.dock.budget = 100000");
        assertThatThrownBy(() -> job(config, 1, uris -> Set.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the budgets of use cases [default, dock] are too large for one round");
    }

    @Test
    void useCasesThatOnlyTheDataNamesCountTowardsTheDriversBound() {
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 1).replace("'dock'", "'gate'"));
        assertThatThrownBy(() -> select(hocon(60_000, 0), DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the budgets of use cases [dock, gate] are too large for one round");
        assertThat(images("2026-10-10.1")).isEmpty();
    }

    @Test
    void whatASealedRoundBeforeTheDayHoldsIsNotChosenAgainAndWhatAnOpenOneHoldsIs() {
        LocalDate before = DAY.minusDays(1);
        candidates(before, boundary(before, "x", 1), boundary(before, "y", 0.9));
        select(hocon(1, 0), before);
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "z", 0.1));
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("x", "y", "z");

        seal("2026-10-09.1");
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("y", "z");
        assertThat(images("2026-10-09.1")).containsExactly("x");
    }

    @Test
    void whatReturnedBeforeTheDayIsFreeAgainAndAsYoungAsTheDayItReturned() {
        LocalDate before = DAY.minusDays(9); // candidates stay 7 days
        candidates(before, boundary(before, "x", 1), boundary(before, "y", 0.9));
        select(hocon(2, 0), before);
        seal("2026-10-01.1");
        candidates(DAY, boundary(DAY, "z", 0.1));
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("z");

        returned(DAY, "x");
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).as("known on the day itself").containsExactly("z");
        returned(DAY.minusDays(7), "x");
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("x", "z");
        returned(DAY.minusDays(8), "x");
        select(hocon(3, 0), DAY);
        assertThat(images("2026-10-10.1")).as("too long ago").containsExactly("z");
    }

    @Test
    void whatPeopleAreAskedToRelabelIsNotChosenBesidesUnlessADrawAsks() {
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 0.9));
        tables.with(RelabelItems.TABLE.name(), Frames.of(RelabelItems.TABLE, """
                        {'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','use_case':'dock','item_id':'x',\
                        'image_uri':'s3://bucket/x.jpg'}"""));
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).as("killed before a job was out").containsExactly("x", "y");

        tables.with(
                LabelingJobs.TABLE.name(),
                Frames.of(
                        LabelingJobs.TABLE,
                        "{'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','job_name':'j',"
                                + "'manifest_uri':'m','items':1,'status':'RUNNING'}"));
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("y");
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 0.9), audit(DAY, "x", 0.1));
        select(hocon(2, 0.5), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(row -> row.getAs(Selections.SIGNAL), SelectJobTest::image)
                .containsExactly(tuple("AUDIT", "x"), tuple("BOUNDARY", "y"));
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 0.9));
        tables.with(
                LabelingJobs.TABLE.name(), tables.read(LabelingJobs.TABLE).withColumn(LabelingJobs.RUN_DATE, lit(DAY)));
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).as("known on the day itself").containsExactly("x", "y");
        returned(DAY.minusDays(1), "x");
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).as("nobody answers").containsExactly("x", "y");
    }

    /** Image x of round 2026-10-01.1 returned on {@code day}, and on no other. */
    private void returned(LocalDate day, String image) {
        tables.with(
                LabelingJobs.TABLE.name(),
                Frames.of(
                        LabelingJobs.TABLE,
                        "{'pipeline':'p','run_date':'2026-10-01','round_id':'2026-10-01.1','job_name':'j',"
                                + "'manifest_uri':'m','status':'FAILED'}"));
        tables.with(ReturnedItems.TABLE.name(), Frames.of(ReturnedItems.TABLE, """
                        {'pipeline':'p','run_date':'%s','round_id':'2026-10-01.1','asked_on':'2026-10-01',\
                        'use_case':'dock','item_id':'%s','image_uri':'s3://bucket/%s.jpg','job_name':'j',\
                        'reason':'FAILED'}""".formatted(day, image, image)));
    }

    @Test
    void aRoundAsksForNoMoreThanFitsBesideWhatTheTeamHasOpen() {
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 0.9), boundary(DAY, "z", 0.8));
        tables.with(
                LabelingJobs.TABLE.name(),
                Frames.of(
                        LabelingJobs.TABLE,
                        "{'pipeline':'p','run_date':'2026-10-08','round_id':'2026-10-08.1',"
                                + "'job_name':'j','manifest_uri':'m','items':100,'status':'RUNNING'}"));
        tables.with(
                LabelingProgress.TABLE.name(),
                Frames.of(
                        LabelingProgress.TABLE,
                        progress(DAY.minusDays(2), 300),
                        progress(DAY.minusDays(1), 90),
                        progress(DAY, 0)));
        String limits = "labeling { max-open-answers = 97 }\n";
        assertThat(select(limits + hocon(3, 0), DAY).sentences())
                .containsExactly(
                        "The team still has 90 answers open, 60 minutes of work, and labeling.max-open-answers is 97: 2 of"
                                + " a budget of 3 images may be selected",
                        "dock: 2 of a budget of 2 selected {BOUNDARY=2}");
        assertThat(images("2026-10-10.1")).containsExactly("x", "y");
        assertThat(tables.read(SelectionCuts.TABLE).first().<Long>getAs(SelectionCuts.HELD_BY_OPEN_WORK))
                .isEqualTo(1);

        assertThat(select("labeling.max-open-minutes = 60\n" + hocon(3, 0), DAY).sentences())
                .contains("dock: 0 of a budget of 0 selected {}");
        assertThat(images("2026-10-10.1")).isEmpty();
    }

    private static String progress(LocalDate day, long open) {
        return """
                {'pipeline':'p','run_date':'%s','job_name':'j','status':'RUNNING','backlog_answers':%d,'answers':10,\
                'seconds_per_answer':40.0}""".formatted(day, open);
    }

    @Test
    void theAuditIsDrawnFromAllFramesThoseOfEarlierRoundsToo() {
        LocalDate before = DAY.minusDays(1);
        candidates(before, boundary(before, "x", 1));
        select(hocon(1, 0), before);
        seal("2026-10-09.1");
        candidates(DAY, audit(DAY, "x", 0.1), audit(DAY, "y", 0.2), boundary(DAY, "x", 1));
        select(hocon(3, 0.34), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(row -> row.getAs(Selections.SIGNAL), SelectJobTest::image)
                .containsExactly(tuple("AUDIT", "x"), tuple("FILL", "y"));
    }

    @Test
    void anOpenRoundIsReplacedAndASealedOneIsLeftAsItIs() {
        candidates(DAY, boundary(DAY, "x", 1), boundary(DAY, "y", 0.5));
        select(hocon(1, 0), DAY);
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("x", "y");
        seal("2026-10-10.1");
        assertThat(select(hocon(1, 0), DAY).sentences())
                .containsExactly("Round 2026-10-10.1 is sealed and stays as it is");
        assertThat(images("2026-10-10.1")).containsExactly("x", "y");
    }

    @Test
    void roundsGoForwardOnly() {
        LocalDate after = DAY.plusDays(1);
        candidates(after, boundary(after, "x", 1));
        select(hocon(1, 0), after);
        seal("2026-10-11.1");
        candidates(DAY, boundary(DAY, "x", 1));
        assertThatThrownBy(() -> select(hocon(1, 0), DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("round 2026-10-11.1 is sealed already, and rounds go forward only");
        assertThat(images("2026-10-10.1")).isEmpty();
    }

    @Test
    void aCorrectionIsANewRoundWithoutTheImagesOfTheFirst() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(audit(DAY, "i" + i, i / 20.0));
            rows.add(boundary(DAY, "i" + i, i / 20.0));
        }
        candidates(DAY, rows.toArray(String[]::new));
        select(hocon(8, 0.5), DAY);
        List<Row> first = rows("2026-10-10.1");
        seal("2026-10-10.1");
        correct(hocon(8, 0.5), DAY);
        assertThat(images("2026-10-10.2")).hasSize(8).doesNotContainAnyElementsOf(images("2026-10-10.1"));
        assertThat(rows("2026-10-10.1")).isEqualTo(first);
        // 4 of the 12 frames that the first round left.
        assertThat(rows("2026-10-10.2"))
                .filteredOn(row -> row.getAs(Selections.SIGNAL).equals("AUDIT"))
                .extracting(row -> row.<Double>getAs(Selections.INCLUSION_PROBABILITY))
                .containsOnly(4 / 12.0);
        correct(hocon(8, 0.5), DAY);
        assertThat(rows("2026-10-10.3")).as("the open correction is replaced").isEmpty();
    }

    @Test
    void unspentCandidatesComeBackUntilTheyAreTooOldButTheAuditDoesNot() {
        String limit = "selection.max-age-days = 3\n";
        for (int age = 1; age <= 4; age++) {
            LocalDate day = DAY.minusDays(age);
            candidates(day, boundary(day, "age" + age, 1 - age / 10.0), audit(day, "audit" + age, 0.1));
        }
        candidates(DAY, boundary(DAY, "fresh", 0.1));
        candidates(DAY.plusDays(1), boundary(DAY.plusDays(1), "later", 1));
        select(hocon(10, 0.1) + limit, DAY);
        assertThat(images("2026-10-10.1")).containsExactly("age1", "age2", "age3", "fresh");
    }

    @Test
    void whatTheFindingsOfAnEarlierDayCalledElevatedSpeaksForNothingToday() {
        LocalDate before = DAY.minusDays(1);
        candidates(before, candidate(before, Candidates.ELEVATED_SEGMENT, "before", 1, 0));
        candidates(
                DAY,
                candidate(DAY, Candidates.ELEVATED_SEGMENT, "today", 0.5, 0.5)
                        .replace("'score'", "'segment':'light=night','score'"));
        select(hocon(2, 0), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(SelectJobTest::image, row -> row.getAs(Selections.SEGMENT))
                .containsExactly(tuple("today", "light=night"));
    }

    @Test
    void candidatesOfOtherPipelinesAreNotSeen() {
        candidates(DAY, boundary(DAY, "own", 0.1));
        put(
                Candidates.TABLE,
                Frames.of(Candidates.TABLE, boundary(DAY, "other", 1).replace("'pipeline':'p'", "'pipeline':'q'")),
                DAY,
                "q");
        select(hocon(2, 0), DAY);
        assertThat(images("2026-10-10.1")).containsExactly("own");
    }

    @Test
    void aDayWithoutCandidatesOfItsOwnSaysWhatToRun() {
        candidates(DAY.minusDays(1), boundary(DAY.minusDays(1), "old", 1));
        assertThatThrownBy(() -> select(hocon(2, 0), DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there are no candidates of 2026-10-10: run `candidates --run-date 2026-10-10`");
    }

    @Test
    void whereRowsAreBoxesFramesAreEstimatedFromTheHashLimit() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(audit(DAY, "i" + i, i / 50.0).replace("'draw_limit':1.0,'frames':20", "'draw_limit':0.2"));
        }
        candidates(DAY, rows.toArray(String[]::new));
        select(hocon(5, 1), DAY);
        // 10 frames below 0.2 stand for 50.
        assertThat(rows("2026-10-10.1"))
                .extracting(row -> row.<Double>getAs(Selections.INCLUSION_PROBABILITY))
                .containsExactly(0.1, 0.1, 0.1, 0.1, 0.1);
    }

    @Test
    void aBoxPoolCutAtItsLimitIsEstimatedFromItsHighestDraw() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            rows.add(
                    audit(DAY, "i" + i, (i + 1) / 4_000.0).replace("'draw_limit':1.0,'frames':20", "'draw_limit':0.5"));
        }
        candidates(DAY, rows.toArray(String[]::new));
        select(hocon(40, 1), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(row -> row.<Double>getAs(Selections.INCLUSION_PROBABILITY))
                .hasSize(40)
                .allSatisfy(p -> assertThat(p).isCloseTo(0.01, within(0.0001)));
    }

    @Test
    void missingAndUnusableImagesAreReplacedSoThatTheTotalStaysExact() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(audit(DAY, "a" + i, i / 20.0));
            rows.add(boundary(DAY, "b" + i, i / 20.0));
        }
        rows.add(boundary(DAY, "local", 1).replace("s3://bucket/", "file:/"));
        candidates(DAY, rows.toArray(String[]::new));
        Set<String> gone = Set.of("a0", "a1", "b19", "b17", "b16").stream()
                .map(image -> "s3://bucket/" + image + ".jpg")
                .collect(Collectors.toSet());
        List<String> asked = new ArrayList<>();
        ImageStore images = uris -> {
            asked.addAll(uris);
            return uris.stream().filter(gone::contains).collect(Collectors.toSet());
        };
        Stage.Report report = job(Configs.of(hocon(6, 0.5)), 1, images).run(DAY);
        assertThat(images("2026-10-10.1")).containsExactly("a2", "a3", "a4", "b18", "b15", "b14");
        assertThat(asked).as("each image is asked for once").doesNotHaveDuplicates();
        assertThat(report.sentences().get(0))
                .contains("6 of a budget of 6", "5 missing, empty or too large images replaced");
        // 5 of 20 frames were looked at for 3.
        assertThat(rows("2026-10-10.1").get(0).<Double>getAs(Selections.INCLUSION_PROBABILITY))
                .isEqualTo(0.25);
    }

    @Test
    void everyCapSaysWhatItHeldBack() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(boundary(DAY, "burst" + i, 1 - i / 10.0)); // all at one time
        }
        for (int i = 0; i < 4; i++) {
            rows.add(boundary(DAY, "camera" + i, 0.3).replace("T01:00:00Z", "T0" + (i + 2) + ":00:00Z"));
        }
        candidates(DAY, rows.toArray(String[]::new));
        select("use-cases.default { budget = 9, audit-share = 0, max-per-camera = 3 }", DAY);
        assertThat(images("2026-10-10.1")).hasSize(3).startsWith("burst0");
        assertThat(tables.read(SelectionCuts.TABLE)
                        .filter("signal = 'BOUNDARY'")
                        .collectAsList())
                .extracting(
                        row -> row.<Long>getAs(SelectionCuts.HELD_BY_BURST),
                        row -> row.<Long>getAs(SelectionCuts.HELD_BY_CAMERA),
                        row -> row.<Long>getAs(SelectionCuts.HELD_BY_SITE),
                        row -> row.<Long>getAs(SelectionCuts.HELD_BY_CLASS))
                .containsExactly(tuple(4L, 2L, 0L, 0L));
    }

    @Test
    void theSegmentIsTheWorstRankedThatHoldsTheItem() {
        put(
                SegmentFindings.TABLE,
                tables.frame(
                        SegmentFindings.TABLE,
                        Frames.of(
                                        SegmentFindings.TABLE,
                                        finding("site=s", 3, 5, "['site']", "['s']"),
                                        finding("label=bag", 2, 9, "['label']", "['bag']"),
                                        finding("label=knife", 1, 20, "['label']", "['knife']"))
                                .collectAsList()),
                DAY,
                "p");
        candidates(
                DAY,
                boundary(DAY, "bag", 1),
                boundary(DAY, "none", 0.9).replace("'predicted_label':'bag',", "'predicted_label':'hat',"),
                boundary(DAY, "elsewhere", 0.8)
                        .replace("'predicted_label':'bag',", "'predicted_label':'hat',")
                        .replace("'site_id':'s'", "'site_id':'t'"));
        select(hocon(3, 0), DAY);
        assertThat(rows("2026-10-10.1"))
                .extracting(SelectJobTest::image, row -> row.getAs(Selections.SEGMENT))
                .containsExactly(tuple("bag", "label=bag"), tuple("none", "site=s"), tuple("elsewhere", null));
    }

    private static String finding(String segment, int rank, int excess, String dimensions, String values) {
        return """
                {'pipeline':'p','run_date':'2026-10-10','run_id':'r','use_case':'dock','segment':'%s','dimensions':%s,\
                'dimension_values':%s,'rank':%d,'excess_errors':%d,'alarms':9,'judged':0,'false_positives':0,\
                'confirmed':0,'relabeled':0,'missed':0,'cameras':1,'redundant':false,\
                'trial_cameras':0,'negatives':0,'camera_days':0,\
                'last_event_date':'2026-10-10','measure':'FDR','sentence':''}""".formatted(segment, dimensions, values, rank, excess);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void anyOrderAndPartitioningOfCandidatesSelectsTheSameRows(int partitions) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(audit(DAY, "i" + i, (i * 7 % 60) / 60.0));
            rows.add(candidate(DAY, Candidates.BOUNDARY, "i" + i, (i % 4) / 4.0, (i % 3) / 3.0));
            rows.add(candidate(DAY, Candidates.LOW_CONFIDENCE, "i" + i, (i % 5) / 5.0, 0.5));
        }
        candidates(DAY, rows.toArray(String[]::new));
        select(hocon(20, 0.1), DAY);
        Dataset<Row> selections = tables.read(Selections.TABLE);
        Dataset<Row> cuts = tables.read(SelectionCuts.TABLE);
        java.util.Collections.shuffle(rows, new java.util.Random(partitions));
        put(
                Candidates.TABLE,
                Frames.of(Candidates.TABLE, rows.toArray(String[]::new)).repartition(partitions),
                DAY,
                "p");
        select(hocon(20, 0.1), DAY);
        assertSameRows(selections, tables.read(Selections.TABLE));
        assertSameRows(cuts, tables.read(SelectionCuts.TABLE));
    }
}
