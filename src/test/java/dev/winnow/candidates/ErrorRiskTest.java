package dev.winnow.candidates;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.stats.AdditiveLogit;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ErrorRiskTest {
    private static final Path DATA = Path.of("../shared/data/distortion_contrast/predictions.csv.gz");
    private static final List<String> LIGHT = List.of("light");
    private static final TableDef VERDICTS = VerdictDaily.TABLE.withDimensions(LIGHT);
    private static final ErrorRisk.Steps FINE = ErrorRisk.Steps.of(1, 1);
    private static final TableDef ALARMS = Inferences.TABLE.withDimensions(LIGHT);

    private static CameraTable noCameras() {
        return cameras(Configs.of(""), Frames.of(Inferences.TABLE));
    }

    private static CameraTable cameras(WinnowConfig config, Dataset<Row> rows) {
        return new CameraTable(new FakeSources(rows), config.cameras());
    }

    private static String verdict(String label, String camera, String light, int bin, int wrong, int confirmed) {
        return """
                {'pipeline':'p','arrival_date':'2026-10-01','event_date':'2026-10-01','cell_version':'v','site_id':'s',\
                'camera_id':'%s','use_case':'dock','model_version':'m','label':'%s','confidence_bin':%d,\
                'false_positives':%d,'relabeled':0,'confirmed':%d,'missed':0,'dim_light':'%s'}""".formatted(camera, label, bin, wrong, confirmed, light);
    }

    private static String alarm(String id, String label, String camera, String light, Object confidence) {
        return """
                {'inference_id':'%s','image_uri':'i','captured_at':'2026-10-01T01:02:03Z','event_date':'2026-10-01',\
                'use_case':'dock','model_version':'m','site_id':'s','camera_id':'%s','predicted_label':'%s',\
                'confidence':%s,'dim_light':'%s'}""".formatted(id, camera, label, confidence, light);
    }

    private static Dataset<Row> alarms(String... rows) {
        return Frames.of(ALARMS, rows).withColumn(DayCuts.LABEL, col(Inferences.PREDICTED_LABEL));
    }

    /** Every row a cell of its own. */
    private static Dataset<Row> cells(Dataset<Row> alarms) {
        Column bin = expr("least(floor(confidence * 20), 19)");
        Column[] histogram = IntStream.range(0, ExposureDaily.BINS)
                .mapToObj(i -> when(bin.equalTo(i), 1L).otherwise(0L))
                .toArray(Column[]::new);
        Column segment = List.of(alarms.columns()).contains("dim_light")
                ? when(col("dim_light").equalTo("night"), "light=night")
                : lit(null).cast("string");
        return alarms.withColumn(ExposureDaily.CONFIDENCE_HISTOGRAM, array(histogram))
                .withColumn(SegmentCuts.SEGMENT, segment);
    }

    private static ErrorRisk learn(CameraTable cameras, String... verdicts) {
        return ErrorRisk.learn(Frames.of(VERDICTS, verdicts), new FakeTables(), cameras, LIGHT);
    }

    private static Map<String, Double> risks(ErrorRisk risk, Dataset<Row> alarms) {
        Map<String, Double> risks = new TreeMap<>();
        ErrorRisk.Scale scale = risk.scale(cells(alarms), lit(0.0), useCase -> 1_000, FINE);
        risk.scored(alarms, scale)
                .collectAsList()
                .forEach(row -> risks.put(row.getAs(Inferences.INFERENCE_ID), row.getAs(ErrorRisk.RISK)));
        return risks;
    }

    @Test
    void withoutEvidenceTheRiskIsOneLessConfidence() {
        Dataset<Row> alarms = alarms(
                alarm("a", "bag", "c", "day", 0.25),
                alarm("b", "bag", "c", "day", 1.0),
                alarm("c", "bag", "c", "day", 0));
        assertThat(risks(learn(noCameras()), alarms)).isEqualTo(Map.of("a", 0.75, "b", 0.0, "c", 1.0));
        ErrorRisk few = learn(noCameras(), verdict("bag", "c", "day", 5, 49, 0));
        assertThat(risks(few, alarms)).as("too few of the class").isEqualTo(Map.of("a", 0.75, "b", 0.0, "c", 1.0));
        assertThat(few.sentences())
                .containsExactly(
                        "dock: error risk learned from 49 judged alarms; 1 of 1 classes have too few (below 50)"
                                + " and keep plain confidence");
    }

    @Test
    void anAlarmWithoutConfidenceHasNoRisk() {
        ErrorRisk risk = learn(noCameras(), verdict("bag", "c", "day", 5, 49, 49));
        Dataset<Row> alarms = alarms(alarm("a", "bag", "c", "day", "null"), alarm("b", "knife", "c", "day", "null"));
        assertThat(risks(risk, alarms).values()).containsOnlyNulls();
    }

    @Test
    void theRiskIsTheSumOfItsEffectsAndTheirCorrectionIsInterpolatedBetweenBins() {
        ErrorRisk risk = learn(
                noCameras(),
                verdict("bag", "c1", "day", 10, 30, 70),
                verdict("bag", "c1", "night", 10, 80, 20),
                verdict("bag", "c2", "night", 14, 60, 40),
                verdict("bag", "c2", "day", 19, 10, 90));
        RiskModel model = Objects.requireNonNull(risk.models().get("dock"));
        List<Double> curve = Objects.requireNonNull(model.curves().get("bag"));
        double shared = effect(model, "model_version", "m") + effect(model, "site", "s");
        double night = shared + effect(model, "light", "night") + effect(model, "camera", "c1");
        Map<String, Double> risks = risks(
                risk,
                alarms(
                        alarm("center", "bag", "c1", "night", 0.525),
                        alarm("between", "bag", "c1", "night", 0.55),
                        alarm("beyond", "bag", "c1", "night", 0.999),
                        alarm("unknown", "bag", "c9", "dusk", 0.525)));
        assertThat(risks.get("center"))
                .isCloseTo(AdditiveLogit.probability(RiskModel.plain(0.525) + curve.get(10) + night), within(1e-12));
        double part =
                (RiskModel.plain(0.55) - RiskModel.plain(0.525)) / (RiskModel.plain(0.575) - RiskModel.plain(0.525));
        double between = curve.get(10) + part * (curve.get(11) - curve.get(10));
        assertThat(risks.get("between"))
                .isCloseTo(AdditiveLogit.probability(RiskModel.plain(0.55) + between + night), within(1e-12));
        assertThat(risks.get("beyond"))
                .isCloseTo(AdditiveLogit.probability(RiskModel.plain(0.999) + curve.get(19) + night), within(1e-12));
        assertThat(risks.get("unknown"))
                .isCloseTo(AdditiveLogit.probability(RiskModel.plain(0.525) + curve.get(10) + shared), within(1e-12));
        assertThat(risks.get("center")).isGreaterThan(risks.get("unknown"));
    }

    private static double effect(RiskModel model, String factor, String value) {
        return model.effects().stream()
                .filter(e -> e.factor().equals(factor) && e.value().equals(value))
                .map(e -> Objects.requireNonNull(e.logOdds()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatACameraIsCountsByTheCameraTable() {
        WinnowConfig config = Configs.of(
                "inputs.cameras { path = \"/c\", dimensions { mount = mount }, columns { camera_id = camera_id } }");
        CameraTable cameras = cameras(
                config,
                Frames.of(
                        TableDef.named("c", "cameras")
                                .required("camera_id", DataTypes.StringType, "camera")
                                .required("mount", DataTypes.StringType, "mount")
                                .build(),
                        IntStream.range(0, 8)
                                .mapToObj(i ->
                                        "{'camera_id':'c%d','mount':'%s'}".formatted(i, i % 2 == 0 ? "pole" : "wall"))
                                .toArray(String[]::new)));
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < 6; i++) { // c6 and c7 were never judged
            verdicts.add(verdict("bag", "c" + i, "day", 10, i % 2 == 0 ? 80 : 20, i % 2 == 0 ? 20 : 80));
        }
        Map<String, Double> risks = risks(
                learn(cameras, verdicts.toArray(String[]::new)),
                alarms(alarm("pole", "bag", "c6", "day", 0.5), alarm("wall", "bag", "c7", "day", 0.5)));
        assertThat(risks.get("pole")).isGreaterThan(0.65);
        assertThat(risks.get("wall")).isLessThan(0.35);
    }

    @Test
    void theCutOfTheDaysCellsKeepsWhatIsWantedAndNotMuchMore() {
        ErrorRisk risk =
                learn(noCameras(), verdict("bag", "c", "day", 10, 30, 70), verdict("bag", "c", "night", 10, 80, 20));
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String label = i % 3 == 0 ? "knife" : "bag";
            rows.add(alarm("a" + i, label, "c", i % 5 == 0 ? "night" : "day", (i * 7 % 2_000) / 2_000.0));
        }
        Dataset<Row> alarms = alarms(rows.toArray(String[]::new));
        ErrorRisk.Scale scale = risk.scale(cells(alarms), lit(0.0), useCase -> 100, FINE);
        ScoreCut cut = Objects.requireNonNull(scale.cuts().get("dock"));
        long kept = risk.scored(alarms, scale)
                .filter(col(ErrorRisk.RISK).geq(cut.keep()))
                .count();
        assertThat(kept).isBetween(90L, 130L);
        assertThat(risk.scored(alarms, scale)
                        .filter(col(ErrorRisk.RISK).geq(cut.consider()))
                        .count())
                .isGreaterThanOrEqualTo(100);
        assertThat(risk.scored(alarms, scale)
                        .select(DayCuts.keep(Candidates.ERROR_RISK), DayCuts.share(Candidates.ERROR_RISK))
                        .distinct()
                        .collectAsList())
                .extracting(row -> row.getDouble(0), row -> row.getDouble(1))
                .containsExactly(tuple(cut.keep(), cut.share()));
        assertThat(Objects.requireNonNull(scale.bySegment().get("dock")))
                .as("alarms of a segment are counted apart, too")
                .containsOnlyKeys("light=night")
                .allSatisfy((segment, bins) -> assertThat(
                                bins.stream().mapToLong(ScoreCut.Bin::rows).sum())
                        .isEqualTo(400));
    }

    @ParameterizedTest
    @CsvSource({"1, 20, 256, 256", "1, 100, 256, 128", "15, 300, 256, 32", "16, 1600, 128, 16", "500, 50000, 32, 2"})
    void stepsAreAsFineAsTheDriverCanHold(int useCases, int segments, int whole, int segment) {
        ErrorRisk.Steps steps = ErrorRisk.Steps.of(useCases, segments);
        assertThat(steps).isEqualTo(new ErrorRisk.Steps(whole, segment));
        assertThat(useCases * ErrorRisk.Steps.rows(whole) + segments * ErrorRisk.Steps.rows(segment))
                .isLessThanOrEqualTo(ErrorRisk.Steps.MAX_ROWS);
        assertThat(ErrorRisk.Steps.of(useCases, 0).whole()).isEqualTo(whole);
    }

    @Test
    void coarserStepsOfSegmentsLeaveTheirUseCaseAndTheirRowsAsTheyAre() {
        ErrorRisk risk =
                learn(noCameras(), verdict("bag", "c", "day", 10, 30, 70), verdict("bag", "c", "night", 10, 80, 20));
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rows.add(alarm("a" + i, "bag", "c", i % 5 == 0 ? "night" : "day", (i * 7 % 400) / 400.0));
        }
        Dataset<Row> cells = cells(alarms(rows.toArray(String[]::new)));
        // The floor divides a bin, whose rows are not sure to count.
        ErrorRisk.Scale fine = risk.scale(cells, lit(0.12), useCase -> 50, new ErrorRisk.Steps(256, 256));
        ErrorRisk.Scale coarse = risk.scale(cells, lit(0.12), useCase -> 50, new ErrorRisk.Steps(256, 4));
        assertThat(coarse.cuts()).isEqualTo(fine.cuts());
        List<ScoreCut.Bin> finer = night(fine);
        List<ScoreCut.Bin> coarser = night(coarse);
        for (boolean whole : new boolean[] {true, false}) {
            assertThat(count(coarser, whole)).as("whole %b", whole).isPositive().isEqualTo(count(finer, whole));
        }
        assertThat(coarser).hasSizeLessThan(finer.size()).allSatisfy(bin -> {
            assertThat(4 * bin.low()).isEqualTo(Math.rint(4 * bin.low()));
            assertThat(4 * bin.high()).isEqualTo(Math.rint(4 * bin.high()));
        });
        assertThat(ScoreCut.of(coarser, 20).consider())
                .as("none that is wanted is lost")
                .isLessThanOrEqualTo(ScoreCut.of(finer, 20).consider());
    }

    private static List<ScoreCut.Bin> night(ErrorRisk.Scale scale) {
        return Objects.requireNonNull(
                Objects.requireNonNull(scale.bySegment().get("dock")).get("light=night"));
    }

    private static long count(List<ScoreCut.Bin> bins, boolean whole) {
        return bins.stream()
                .filter(bin -> bin.whole() == whole)
                .mapToLong(ScoreCut.Bin::rows)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void partitionsDecideNothing(int partitions) {
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            verdicts.add(verdict("bag", "c" + i % 7, i % 2 == 0 ? "day" : "night", i % 20, i % 5, 3));
        }
        Dataset<Row> rows = Frames.of(VERDICTS, verdicts.toArray(String[]::new));
        Map<String, RiskModel> once =
                ErrorRisk.learn(rows, new FakeTables(), noCameras(), LIGHT).models();
        assertThat(ErrorRisk.learn(rows.repartition(partitions), new FakeTables(), noCameras(), LIGHT)
                        .models())
                .isEqualTo(once);
    }

    /** Geirhos et al. 2018: 53,760 predictions, of which a hash share of 5 % is judged. */
    @Test
    void onPublishedPredictionsItFindsMoreErrorsThanLeastConfidence() {
        Assumptions.assumeTrue(
                Files.exists(DATA),
                () -> "the published data set " + DATA.toAbsolutePath().normalize() + " is not available");
        List<String> names = List.of("condition", "experiment");
        Dataset<Row> alarms = SparkExtension.session()
                .read()
                .option("header", true)
                .option("inferSchema", true)
                .csv(DATA.toString())
                .select(
                        lit("u").as(Inferences.USE_CASE),
                        col("model").as(Inferences.MODEL_VERSION),
                        expr("concat('s', session)").as(Inferences.SITE_ID),
                        expr("concat(model, session)").as(Inferences.CAMERA_ID),
                        col("predicted_label").as(ExposureDaily.LABEL),
                        col("confidence").as(Inferences.CONFIDENCE),
                        col("condition").as("dim_condition"),
                        col("experiment").as("dim_experiment"),
                        expr("if(predicted_label = true_label, 0, 1)")
                                .cast("long")
                                .as("wrong"),
                        HashDraw.of("", expr("concat_ws('|', model, experiment, condition, session, trial)"))
                                .as("draw"));
        Dataset<Row> rest = alarms.filter(col("draw").geq(0.05)).drop("draw");
        ErrorRisk risk = ErrorRisk.learn(
                alarms.filter(col("draw").lt(0.05))
                        .withColumn(VerdictDaily.CONFIDENCE_BIN, expr("cast(least(floor(confidence * 20), 19) as int)"))
                        .withColumn(VerdictDaily.FALSE_POSITIVES, col("wrong"))
                        .withColumn(VerdictDaily.RELABELED, lit(0L))
                        .withColumn(VerdictDaily.CONFIRMED, lit(1L).minus(col("wrong"))),
                new FakeTables(),
                noCameras(),
                names);
        List<double[]> scored =
                risk.scored(rest, risk.scale(cells(rest), lit(0.0), useCase -> 1_000, FINE)).collectAsList().stream()
                        .map(row -> new double[] {
                            row.<Double>getAs(ErrorRisk.RISK),
                            -row.<Double>getAs(Inferences.CONFIDENCE),
                            row.<Long>getAs("wrong")
                        })
                        .toList();
        for (double budget : new double[] {0.01, 0.05, 0.1, 0.2}) {
            int labels = (int) (budget * scored.size());
            assertThat(found(scored, 0, labels))
                    .as("errors among %d labels", labels)
                    .isGreaterThan(1.03 * found(scored, 1, labels));
        }
    }

    private static double found(List<double[]> scored, int score, int labels) {
        return scored.stream()
                .sorted(Comparator.comparingDouble(row -> -row[score]))
                .limit(labels)
                .mapToDouble(row -> row[2])
                .sum();
    }
}
