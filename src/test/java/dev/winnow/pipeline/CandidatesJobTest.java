package dev.winnow.pipeline;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.candidates.Candidates;
import dev.winnow.candidates.CandidatesJob;
import dev.winnow.config.ConfigException;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import dev.winnow.testing.Segments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CandidatesJobTest {
    @TempDir
    static Path folder;

    @Test
    void candidatesNeedTheDaysCellsAndASecondRunFindsTheSameRows() {
        TinyFleet.write(folder);
        Pipeline pipeline = TinyFleet.pipeline(folder, "p", "light", new FakeTables(), new MemoryObjects());
        assertThatThrownBy(() -> pipeline.candidates(TinyFleet.DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no cells of 2026-10-01")
                .hasMessageContaining("run `segments --run-date 2026-10-01` first");
        pipeline.segments(TinyFleet.DAY);
        Stage.Report report = pipeline.candidates(TinyFleet.DAY);
        List<String> rows = pipeline.content("candidates");
        assertThat(pipeline.rows("candidates")
                        .select(Candidates.RUN_ID)
                        .distinct()
                        .collectAsList())
                .as("the ledger's id is the rows'")
                .extracting(row -> row.getString(0))
                .containsExactly(RunIds.of(
                        "p",
                        CandidatesJob.NAME,
                        TinyFleet.DAY,
                        pipeline.config().semantic(),
                        report.inputFingerprint()));
        assertThat(rows)
                .filteredOn(row -> row.contains("\"AUDIT\""))
                .as("all frames")
                .hasSize(60);
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.content("candidates")).isEqualTo(rows);
    }

    @Test
    void aModelThatAlwaysAnswersTheSameLeavesLittleMoreCandidatesThanAPool(@TempDir Path same) throws IOException {
        TinyFleet.write(same);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            frames.add("""
                    {"inference_id":"id%d","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T01:00:00Z",\
                    "event_date":"2026-10-01","use_case":"dock","model_version":"m","site_id":"s","camera_id":"c",\
                    "confidence":0.5,"light":"day","rain":"dry","predicted_label":"bag"}""".formatted(i, i));
        }
        Files.write(same.resolve("inferences/day.json"), frames);
        Pipeline pipeline = TinyFleet.pipeline(same, "p", "light", new FakeTables(), new MemoryObjects());
        pipeline.segments(TinyFleet.DAY);
        pipeline.candidates(TinyFleet.DAY);
        for (String signal : List.of(Candidates.BOUNDARY, Candidates.LOW_CONFIDENCE)) {
            assertThat(pipeline.rows("candidates")
                            .filter(col(Candidates.SIGNAL).equalTo(signal))
                            .count())
                    .as(signal)
                    .isBetween(1_000L, 2_000L);
        }
    }

    @Test
    void theScoresOfAllClassesHashesAndEmbeddingsDecideWhatIsInDoubtAndWhatLooksAlike(@TempDir Path scored)
            throws IOException {
        TinyFleet.write(scored);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // The model is always sure of its class by the confidence; the second score says how sure it is.
            frames.add("""
                    {"inference_id":"id%d","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T%02d:%02d:00Z",\
                    "event_date":"2026-10-01","use_case":"dock","model_version":"m","site_id":"s%d","camera_id":"c%d",\
                    "confidence":0.9,"light":"day","rain":"dry","predicted_label":"bag",\
                    "all":[%s,0.5],"hash":"%x","vector":%s}""".formatted(
                            i,
                            i,
                            i / 60,
                            i % 60,
                            i % 8,
                            i % 8,
                            0.5 + i / 1000.0,
                            i < 100 ? i % 8 : i * 0x9E3779B97F4A7C15L,
                            i % 2 == 0 ? "[1,0.5]" : "[-1,-0.5]"));
        }
        Files.write(scored.resolve("inferences/day.json"), frames);
        Files.delete(scored.resolve("feedback/day.json"));
        Files.writeString(scored.resolve("feedback/day.json"), "");
        String columns = """
                inputs.inferences {
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, confidence DOUBLE, \
                light STRING, rain STRING, all ARRAY<DOUBLE>, hash STRING, vector ARRAY<DOUBLE>"
                  columns { scores = all, phash = hash, embedding = vector }
                }
                use-cases.default { uncertainty = margin, budget = 20, audit-share = 0
                  max-per-camera = 100, max-site-share = 1, max-class-share = 1
                  signals { low-confidence = 1, boundary = 0, error-risk = 0, confident-wrong = 0, elevated-segment = 0
                    rare-class = 0 } }
                """;
        Pipeline pipeline = TinyFleet.pipeline(scored, "p", "light", new FakeTables(), new MemoryObjects(), columns);
        pipeline.segments(TinyFleet.DAY);
        assertThat(pipeline.candidates(TinyFleet.DAY).passes())
                .as("one for the scores")
                .isEqualTo(2);
        Dataset<Row> doubtful =
                pipeline.rows("candidates").filter(col(Candidates.SIGNAL).equalTo(Candidates.LOW_CONFIDENCE));
        Row mostDoubtful = doubtful.sort(col(Candidates.SCORE).desc()).first();
        assertThat(mostDoubtful.<String>getAs("inference_id")).isEqualTo("id0");
        assertThat(mostDoubtful.<Double>getAs(Candidates.SCORE)).isEqualTo(1);
        assertThat(doubtful.select(Candidates.EMBEDDING_BUCKET).distinct().count())
                .isEqualTo(2);

        pipeline.select(TinyFleet.DAY);
        List<Row> chosen = pipeline.rows("selections").sort("rank").collectAsList();
        assertThat(chosen)
                .hasSize(20)
                .allSatisfy(row -> assertThat(row.<String>getAs("reason"))
                        .startsWith("the scores of all classes leave doubt in bag: margin "));
        assertThat(chosen)
                .filteredOn(row ->
                        Integer.parseInt(row.<String>getAs("inference_id").substring(2)) < 100)
                .extracting(row -> row.getAs("camera_id"))
                .as("the first 100 images look the same within their camera")
                .doesNotHaveDuplicates()
                .hasSize(8);
        assertThat(chosen)
                .extracting(row ->
                        Integer.parseInt(row.<String>getAs("inference_id").substring(2)) % 2)
                .as("both looks take turns")
                .startsWith(0, 1, 0, 1);
    }

    @Test
    void theBestBoxDecidesAsTheRowsOfImagesDoUnlessAFloorTakesItOut(@TempDir Path fleet) {
        TinyFleet.write(fleet);
        List<String> images = scoredRows(fleet, "");
        assertThat(images).hasSizeGreaterThan(50).anyMatch(row -> row.contains("ERROR_RISK") && row.endsWith(" 0.0"));
        assertThat(scoredRows(fleet, "inputs.inferences.row-per = box, use-cases.default.box-floor = 0"))
                .as("without a floor")
                .isEqualTo(images);
        List<String> floored = scoredRows(fleet, "inputs.inferences.row-per = box");
        assertThat(floored)
                .as("0.05 by default")
                .isEqualTo(images.stream().filter(row -> !row.endsWith(" 0.0")).toList());
    }

    /** Candidates by their score, confidence last. */
    private static List<String> scoredRows(Path fleet, String more) {
        Pipeline pipeline = TinyFleet.pipeline(fleet, "p", "light", new FakeTables(), new MemoryObjects(), more);
        pipeline.segments(TinyFleet.DAY);
        assertThat(pipeline.candidates(TinyFleet.DAY).passes()).isEqualTo(1);
        return pipeline
                .rows("candidates")
                .filter(col(Candidates.SIGNAL)
                        .isin(Candidates.BOUNDARY, Candidates.ERROR_RISK, Candidates.LOW_CONFIDENCE))
                .selectExpr("use_case", "signal", "item_id", "inference_id", "score", "draw", "confidence")
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" "))
                .sorted()
                .toList();
    }

    @Test
    void aCrowdOfDoubtfulBoxesComesBeforeOneThatIsMoreDoubtfulWhereTheSumIsAskedFor(@TempDir Path boxes)
            throws IOException {
        TinyFleet.write(boxes);
        List<String> rows = new ArrayList<>();
        for (int image = 0; image < 30; image++) {
            for (int box = 0; box < (image < 4 ? 5 : 1); box++) {
                rows.add("""
                        {"inference_id":"id%d-%d","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T01:%02d:00Z",\
                        "event_date":"2026-10-01","use_case":"dock","model_version":"m","site_id":"s%d","camera_id":"c%d",\
                        "confidence":%s,"light":"day","rain":"dry","predicted_label":"bag"}""".formatted(image, box, image, image, image, image, image < 4 ? 0.45 : 0.3));
            }
        }
        Files.write(boxes.resolve("inferences/day.json"), rows);
        Files.writeString(boxes.resolve("feedback/day.json"), "");
        String crowds = """
                inputs.inferences.row-per = box
                use-cases.default { budget = 4, image-score = %s, audit-share = 0, max-site-share = 1, max-class-share = 1
                  signals { low-confidence = 1, boundary = 0, error-risk = 0, confident-wrong = 0, elevated-segment = 0
                    rare-class = 0 } }
                """;
        assertThat(chosen(boxes, crowds.formatted("sum"), 4)).containsExactlyInAnyOrder("0", "1", "2", "3");
        assertThat(chosen(boxes, crowds.formatted("max"), 1)).hasSize(4).doesNotContain("0", "1", "2", "3");
    }

    private static List<String> chosen(Path fleet, String more, int passes) {
        Pipeline pipeline = TinyFleet.pipeline(fleet, "p", "light", new FakeTables(), new MemoryObjects(), more);
        pipeline.segments(TinyFleet.DAY);
        assertThat(pipeline.candidates(TinyFleet.DAY).passes()).isEqualTo(passes);
        pipeline.select(TinyFleet.DAY);
        String together =
                "confidence 0.450 of bag is below 0.6; 0.550 of 1 by the sum of the five best boxes of its image";
        assertThat(pipeline.rows("selections").collectAsList())
                .extracting(row -> row.<String>getAs("reason"))
                .containsOnly(passes == 1 ? "confidence 0.300 of bag is below 0.6" : together);
        return pipeline
                .rows("selections")
                .selectExpr("regexp_extract(image_uri, '([0-9]+).jpg', 1)")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void alarmsOfClassesThatTheDaysMapCallsThinAreCandidatesByTheNeedOfTheClass() {
        TinyFleet.write(folder);
        FakeTables tables = new FakeTables();
        Pipeline pipeline = TinyFleet.pipeline(folder, "p", "light", tables, new MemoryObjects());
        pipeline.segments(TinyFleet.DAY);
        tables.with(
                ClassImbalance.TABLE.name(),
                Frames.of(
                        ClassImbalance.TABLE,
                        need("knife", TinyFleet.DAY, "SYNTHETIC", 3, ""),
                        need("bag", TinyFleet.DAY, "LABEL_QA", 9, ""),
                        need("bag", TinyFleet.DAY.minusDays(1), "LABEL_MORE", 9, ""),
                        need("bag", TinyFleet.DAY, "LABEL_MORE", 9, ",'dimension':'light','dimension_value':'day'")));
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.rows("candidates")
                        .filter(col(Candidates.SIGNAL).equalTo(Candidates.RARE_CLASS))
                        .select("use_case", "predicted_label")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create("dock", "knife"));
        String runId = pipeline.rows("candidates").first().getAs(Candidates.RUN_ID);
        tables.with(
                ClassImbalance.TABLE.name(),
                Frames.of(ClassImbalance.TABLE, need("knife", TinyFleet.DAY, "OK", 3, "")));
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.rows("candidates").first().<String>getAs(Candidates.RUN_ID))
                .as("another map is other work")
                .isNotEqualTo(runId);
    }

    @Test
    void alarmsCountForTheFirstOfTheDaysElevatedSegmentsThatTheyLieInThoseThatCamerasTellToo(@TempDir Path fleet)
            throws IOException {
        TinyFleet.write(fleet);
        Files.createDirectories(fleet.resolve("cameras"));
        List<String> cameras = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            cameras.add("{\"camera_id\":\"c%d\",\"lens\":\"%s\"}".formatted(i, i % 2 == 0 ? "wide" : "long"));
        }
        Files.write(fleet.resolve("cameras/all.json"), cameras);
        FakeTables tables = new FakeTables();
        Pipeline pipeline = TinyFleet.pipeline(fleet, "p", "light", tables, new MemoryObjects(), """
                inputs.cameras { path = "$root/cameras", format = json, dimensions { lens = lens }
                  schema = "camera_id STRING, lens STRING" }
                selection.elevated-segments = 3
                """);
        pipeline.segments(TinyFleet.DAY);
        tables.with(
                SegmentFindings.TABLE.name(),
                Frames.of(
                        SegmentFindings.TABLE,
                        elevated("light=night AND site=s1", 1, "ELEVATED", 9),
                        elevated("site=s0", 2, "SUSPECTED", 0),
                        elevated("site=s2", 3, "SUSPECTED", 5).replace("'redundant':false", "'redundant':true"),
                        elevated("light=night", 4, "ELEVATED", 4),
                        elevated("lens=long", 5, "SUSPECTED", 3),
                        elevated("lens=wide", 6, "SUSPECTED", 2),
                        elevated("label=bag", 1, "ELEVATED", 9).replace("2026-10-01", "2026-09-30"),
                        elevated("label=bag", 1, "ELEVATED", 9).replace("'status':'ELEVATED',", "")));
        pipeline.candidates(TinyFleet.DAY);
        Dataset<Row> found =
                pipeline.rows("candidates").filter(col(Candidates.SIGNAL).equalTo(Candidates.ELEVATED_SEGMENT));
        String first = "case when dim_light = 'night' and site_id = 's1' then 'light=night AND site=s1'"
                + " when dim_light = 'night' then 'light=night' when dim_lens = 'long' then 'lens=long' end";
        Dataset<Row> alarms = pipeline.rows("candidates")
                .filter("signal = 'AUDIT' and use_case = 'dock' and predicted_label is not null")
                .selectExpr("inference_id", first + " as segment")
                .filter("segment is not null");
        assertSameRows(alarms, found.select(Inferences.INFERENCE_ID, Candidates.SEGMENT));
        assertThat(found.select(Candidates.SEGMENT).distinct().count()).isEqualTo(3);
        assertThat(found.filter(col(Candidates.SEGMENT).equalTo("light=night"))
                        .sort(col(Candidates.SCORE).desc())
                        .select(Inferences.CONFIDENCE)
                        .collectAsList())
                .as("nothing is judged, so the least sure are the likeliest to be wrong")
                .hasSizeGreaterThan(3)
                .extracting(row -> row.getDouble(0))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void whereRatesAreEstimatedAlarmsOfASegmentRankByDraw(@TempDir Path fleet) {
        TinyFleet.write(fleet);
        FakeTables tables = new FakeTables();
        Pipeline pipeline = TinyFleet.pipeline(
                fleet, "p", "light", tables, new MemoryObjects(), "use-cases.default.segment-allocation = rates");
        pipeline.segments(TinyFleet.DAY);
        tables.with(
                SegmentFindings.TABLE.name(),
                Frames.of(
                        SegmentFindings.TABLE,
                        elevated("light=night", 1, "ELEVATED", 4).replace("}", ",'fdr':0.1,'fdr_shrunk':0.5}")));
        pipeline.candidates(TinyFleet.DAY);
        List<Row> found = pipeline.rows("candidates")
                .filter(col(Candidates.SIGNAL).equalTo(Candidates.ELEVATED_SEGMENT))
                .sort(col(Candidates.SCORE).desc())
                .select(Candidates.DRAW, Inferences.CONFIDENCE)
                .collectAsList();
        assertThat(found)
                .hasSizeGreaterThan(3)
                .extracting(row -> row.getDouble(0))
                .isSorted();
        List<Double> confidences = found.stream().map(row -> row.getDouble(1)).toList();
        assertThat(confidences).isNotEqualTo(confidences.stream().sorted().toList());
    }

    @Test
    void whatFeedbackOfTheDayContradictsIsACandidateThoughItsFrameIsOfAnEarlierDay(@TempDir Path fleet) {
        TinyFleet.write(fleet);
        FakeTables tables = new FakeTables();
        Pipeline pipeline = TinyFleet.pipeline(fleet, "p", "light", tables, new MemoryObjects());
        pipeline.segments(TinyFleet.DAY);
        pipeline.candidates(TinyFleet.DAY);
        assertThat(contradicted(pipeline))
                .as("marked false, at a confidence of 0.8 or more")
                .containsExactly("dock id57 0.85 FALSE_POSITIVE");
        Dataset<Row> marked = pipeline.rows("misclassified");
        tables.with(
                "misclassified",
                marked.unionByName(marked.filter("inference_id = 'id57'")
                                .withColumn("inference_id", lit("old"))
                                .withColumn("image_uri", lit("s3://bucket/old.jpg"))
                                .withColumn("event_date", lit(TinyFleet.DAY.minusDays(5)))
                                .withColumn("verdict", lit("MISSED")))
                        .unionByName(marked.withColumn("arrival_date", lit(TinyFleet.DAY.minusDays(1)))
                                .withColumn("image_uri", lit("s3://bucket/yesterday.jpg"))));
        pipeline.candidates(TinyFleet.DAY);
        assertThat(contradicted(pipeline)).containsExactly("dock id57 0.85 FALSE_POSITIVE", "dock old 1.0 MISSED");
    }

    @Test
    void whereTwoVersionsScoredTheSameImagesTheReasonSaysWhichDisagree(@TempDir Path canary) throws IOException {
        TinyFleet.write(canary);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (String version : List.of("m1", "m2")) {
                rows.add("""
                        {"inference_id":"id%d-%s","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T01:%02d:00Z",\
                        "event_date":"2026-10-01","use_case":"dock","model_version":"%s","site_id":"s%d","camera_id":"c%d",\
                        "confidence":0.9,"light":"day","rain":"dry","predicted_label":"%s"}""".formatted(
                                i, version, i, i, version, i, i, i < 3 && version.equals("m2") ? "knife" : "bag"));
            }
        }
        Files.write(canary.resolve("inferences/day.json"), rows);
        Files.writeString(canary.resolve("feedback/day.json"), "");
        Pipeline pipeline = TinyFleet.pipeline(canary, "p", "light", new FakeTables(), new MemoryObjects(), """
                use-cases.default { budget = 8, audit-share = 0, max-site-share = 1, max-class-share = 1
                  signals { low-confidence = 0, boundary = 0, error-risk = 0, confident-wrong = 1, elevated-segment = 0
                    rare-class = 0 } }
                """);
        pipeline.segments(TinyFleet.DAY);
        assertThat(pipeline.candidates(TinyFleet.DAY).passes()).isEqualTo(3);
        assertThat(contradicted(pipeline))
                .containsExactly(
                        "dock id0-m1 0.45 VERSIONS_DISAGREE",
                        "dock id1-m1 0.45 VERSIONS_DISAGREE",
                        "dock id2-m1 0.45 VERSIONS_DISAGREE");
        pipeline.select(TinyFleet.DAY);
        assertThat(pipeline.rows("selections")
                        .filter(col(Candidates.SIGNAL).equalTo(Candidates.CONFIDENT_WRONG))
                        .collectAsList())
                .hasSize(3)
                .extracting(row -> row.getAs("reason"))
                .containsOnly(
                        "model versions m1 and m2 disagree: the first is sure of bag, confidence 0.900, the second does"
                                + " not say it");
    }

    private static List<String> contradicted(Pipeline pipeline) {
        return pipeline
                .rows("candidates")
                .filter(col(Candidates.SIGNAL).equalTo(Candidates.CONFIDENT_WRONG))
                .select("use_case", "inference_id", "score", "verdict")
                .sort("inference_id")
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" "))
                .toList();
    }

    private static String elevated(String segment, int rank, String status, int excess) {
        return Segments.finding("dock", segment, """
                ,'pipeline':'p','run_date':'2026-10-01','rank':%d,'status':'%s','excess_errors':%d,'redundant':false""".formatted(rank, status, excess));
    }

    private static String need(String label, LocalDate day, String action, double need, String more) {
        return """
                {'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','label':'%s','known':true,'alarms':1,\
                'wrong':1,'confirmed':0,'missed':0,'errors':1,'trials':1,'cameras':1,'audited_images':0,'errors_high':true,\
                'images_found':1,'action':'%s','need':%s,'synonyms_version':'1','sentence':'s'%s}""".formatted(day, label, action, need, more);
    }
}
