package dev.winnow.candidates;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.Uncertainty;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Frames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class ImageScoresTest {
    private static final double FLOOR = 0.05;
    private static final String RISK = ImageScores.column(Candidates.ERROR_RISK);

    private static WinnowConfig config(String score) {
        return Configs.of(
                "inputs.inferences.row-per = box, use-cases.default { budget = 10, image-score = " + score + " }");
    }

    private static String box(String id, String image, String label, double confidence) {
        return String.format(Locale.ROOT, """
                {'inference_id':'%s','image_uri':'%s','captured_at':'2026-10-01T01:02:03Z','event_date':'2026-10-01',\
                'use_case':'dock','model_version':'m1','site_id':'s','camera_id':'c','predicted_label':'%s',\
                'confidence':%s}""", id, image, label, confidence);
    }

    /** The boundary is at 0.5, its band reaches 0.25 to both sides; low is below 0.6; nothing passes by itself. */
    private static Dataset<Row> cuts() {
        List<String> cuts = new ArrayList<>();
        for (String label : List.of("bag", "knife")) {
            cuts.add("""
                    {'use_case':'dock','label':'%s','alarm_threshold':0.5,'boundary_band':0.25,'low_below':0.6,\
                    'box_floor':0.05,'boundary_keep':2,'boundary_consider':2,'boundary_share':0,'low_confidence_keep':2,\
                    'low_confidence_consider':2,'low_confidence_share':0,'audit_limit':0,'frames':9}""".formatted(label));
        }
        return Frames.of(DayCuts.TABLE, cuts.toArray(String[]::new));
    }

    /** The risk is one less confidence. */
    private static Dataset<Row> risky(Dataset<Row> alarms) {
        return alarms.withColumn(ErrorRisk.RISK, lit(1).minus(col(Inferences.CONFIDENCE)))
                .withColumn(DayCuts.keep(Candidates.ERROR_RISK), lit(2.0))
                .withColumn(DayCuts.consider(Candidates.ERROR_RISK), lit(2.0))
                .withColumn(DayCuts.share(Candidates.ERROR_RISK), lit(0.0));
    }

    private static Dataset<Row> frame(List<String> boxes) {
        return ScoreVectors.put(
                Frames.of(Inferences.TABLE, boxes.toArray(String[]::new)), Map.of(), Uncertainty.CONFIDENCE);
    }

    /** Image to its scores by boundary, low confidence and risk. */
    private static Map<String, List<Double>> scores(String score, String... boxes) {
        Dataset<Row> rows = frame(List.of(boxes));
        try (ImageScores images = ImageScores.of(
                Signals.measured(rows, cuts(), ImageScoresTest::risky),
                Map.of("dock", (long) boxes.length),
                config(score),
                "salt")) {
            Map<String, List<Double>> scores = new TreeMap<>();
            images.put(rows).collectAsList().forEach(row -> scores.put(row.getAs(Inferences.IMAGE_URI), of(row)));
            return scores;
        }
    }

    private static List<Double> of(Row row) {
        return Candidates.BY_SCORE.stream()
                .map(signal -> row.<Double>getAs(ImageScores.column(signal)))
                .map(score -> score == null ? -1 : Math.round(score * 1e9) / 1e9)
                .toList();
    }

    @Test
    void theMeanIsOverAllBoxesFromTheFloorOnThoseOfWhichASignalSaysNothingToo() {
        assertThat(scores(
                        "mean",
                        box("a", "crowd", "bag", 0.5),
                        box("b", "crowd", "knife", 0.9),
                        box("c", "crowd", "bag", 0.05),
                        box("d", "crowd", "bag", 0.049),
                        box("e", "sure", "bag", 0.8)))
                .isEqualTo(Map.of(
                        "crowd", List.of(0.333333333, 0.483333333, 0.516666667), "sure", List.of(-1.0, -1.0, 0.2)));
    }

    @Test
    void theSumIsOverTheFiveBestBoxesSoThatACrowdIsNoBetterThanFive() {
        List<String> boxes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            boxes.add(box("a" + i, "crowd", "bag", 0.5));
            boxes.add(box("n" + i, "noise", "bag", 0.04));
        }
        for (int i = 0; i < 5; i++) {
            boxes.add(box("b" + i, "five", "knife", 0.5));
        }
        boxes.add(box("c", "one", "bag", 0.5));
        assertThat(scores("sum", boxes.toArray(String[]::new)))
                .isEqualTo(Map.of(
                        "crowd", List.of(1.0, 0.5, 0.5),
                        "five", List.of(1.0, 0.5, 0.5),
                        "one", List.of(0.2, 0.1, 0.1),
                        "noise", List.of(-1.0, -1.0, -1.0)));
    }

    @Test
    void whereTheBestBoxDecidesNothingIsReadAndRowsStayAsTheyAre() {
        Dataset<Row> rows = frame(List.of(box("a", "i", "bag", 0.5)));
        try (ImageScores images = ImageScores.of(rows, Map.of("dock", 1L), config("max"), "salt")) {
            assertThat(images.put(rows)).isSameAs(rows);
            assertThat(images.passes()).isZero();
        }
    }

    @Test
    void theBestBoxOfEachClassStandsForAnImageWithTheScoreOfTheWholeImage() {
        Dataset<Row> rows = frame(List.of(
                box("a-better-id", "i", "bag", 0.55),
                box("best", "i", "bag", 0.5),
                box("other", "i", "knife", 0.45),
                box("far", "i", "knife", 0.9),
                box("noise", "i", "knife", 0.01)));
        try (ImageScores images = ImageScores.of(
                Signals.measured(rows, cuts(), ImageScoresTest::risky), Map.of("dock", 5L), config("sum"), "salt")) {
            Dataset<Row> found = Signals.find(
                    rows,
                    cuts(),
                    new SegmentCuts(lit(null).cast("string"), Frames.of(SegmentCuts.TABLE)),
                    alarms -> images.put(risky(alarms)),
                    "salt");
            assertThat(found.count())
                    .as("rows that a pool is counted by are items")
                    .isEqualTo(6);
            assertThat(found.transform(Signals::onePerItem)
                            .sort(Candidates.SIGNAL, Inferences.INFERENCE_ID)
                            .collectAsList())
                    .extracting(
                            row -> row.getAs(Candidates.SIGNAL),
                            row -> row.getAs(Inferences.INFERENCE_ID),
                            row -> Math.round(row.<Double>getAs(Candidates.SCORE) * 1e9) / 1e9)
                    .containsExactly(
                            tuple("BOUNDARY", "best", 0.52),
                            tuple("BOUNDARY", "other", 0.52),
                            tuple("ERROR_RISK", "best", 0.32),
                            tuple("ERROR_RISK", "other", 0.32),
                            tuple("LOW_CONFIDENCE", "best", 0.3),
                            tuple("LOW_CONFIDENCE", "other", 0.3));
        }
    }

    /** Thousands of images with 1 to 9 boxes, some below the floor; the confidences of an image are of a kind. */
    private static Map<String, List<Double>> fleet(long seed) {
        Random random = new Random(seed);
        Map<String, List<Double>> fleet = new TreeMap<>();
        for (int i = 0; i < 5_000; i++) {
            List<Double> boxes = new ArrayList<>();
            double kind = random.nextDouble();
            for (int box = random.nextInt(9); box >= 0; box--) {
                boxes.add(Math.max(0, Math.min(1, kind + random.nextGaussian() / 8)));
            }
            fleet.put("image" + i, boxes);
        }
        return fleet;
    }

    private static List<String> rows(Map<String, List<Double>> fleet) {
        List<String> rows = new ArrayList<>();
        fleet.forEach((image, boxes) -> boxes.forEach(confidence ->
                rows.add(box("id" + rows.size(), image, rows.size() % 2 == 0 ? "bag" : "knife", confidence))));
        return rows;
    }

    private static double risk(List<Double> boxes, String score) {
        List<Double> risks = boxes.stream()
                .filter(confidence -> confidence >= FLOOR)
                .map(confidence -> 1 - confidence)
                .sorted(Comparator.reverseOrder())
                .toList();
        return score.equals("sum")
                ? risks.stream().limit(5).mapToDouble(risk -> risk).sum() / 5
                : risks.stream().mapToDouble(risk -> risk).average().orElse(0);
    }

    @ParameterizedTest
    @CsvSource({"sum, 1, 3000", "sum, 2, 1000000", "mean, 3, 3000", "mean, 4, 1000000"})
    void noImageThatIsAmongTheBestIsLostAndEveryScoreIsThatOfAllItsBoxes(String score, long seed, long sample) {
        Map<String, List<Double>> fleet = fleet(seed);
        List<String> boxes = rows(fleet);
        Dataset<Row> rows = frame(boxes);
        Map<String, Double> found = new TreeMap<>();
        try (ImageScores images = ImageScores.of(
                Signals.measured(rows, cuts(), ImageScoresTest::risky),
                Map.of("dock", (long) boxes.size()),
                config(score),
                "salt",
                sample)) {
            images.put(rows)
                    .filter(col(RISK).isNotNull())
                    .collectAsList()
                    .forEach(row -> found.put(row.getAs(Inferences.IMAGE_URI), row.getAs(RISK)));
        }
        long pool = Candidates.poolSize(config(score), "dock");
        List<String> best = fleet.keySet().stream()
                .sorted(Comparator.comparingDouble(
                        (String image) -> -risk(fleet.getOrDefault(image, List.of()), score)))
                .limit(pool)
                .toList();
        assertThat(found.keySet()).as("of %d", pool).containsAll(best).hasSizeLessThan(4 * (int) pool);
        found.forEach((image, value) -> assertThat(value)
                .as(image)
                .isCloseTo(risk(fleet.getOrDefault(image, List.of()), score), within(1e-12)));
    }

    @ParameterizedTest
    @CsvSource({"1, sum", "2, mean", "7, sum"})
    void neitherOrderNorPartitionsShow(int partitions, String score) {
        List<String> boxes = rows(fleet(5)).subList(0, 900);
        Dataset<Row> once = frame(boxes);
        List<String> turned = new ArrayList<>(boxes);
        java.util.Collections.reverse(turned);
        Dataset<Row> again = frame(turned).repartition(partitions);
        Map<String, Long> counts = Map.of("dock", 900L);
        try (ImageScores one = ImageScores.of(
                        Signals.measured(once, cuts(), ImageScoresTest::risky), counts, config(score), "s", 300);
                ImageScores other = ImageScores.of(
                        Signals.measured(again, cuts(), ImageScoresTest::risky), counts, config(score), "s", 300)) {
            assertSameRows(one.put(once), other.put(again));
        }
    }
}
