package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Inferences;
import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(SparkExtension.class)
class BestScoresTest {
    private static final StructType SCHEMA = new StructType()
            .add(Inferences.USE_CASE, DataTypes.StringType)
            .add(Candidates.SIGNAL, DataTypes.StringType)
            .add(Candidates.SEGMENT, DataTypes.StringType)
            .add(Candidates.SCORE, DataTypes.DoubleType)
            .add(Candidates.DRAW, DataTypes.DoubleType);

    private static final Comparator<Row> BEST_FIRST =
            Comparator.<Row>comparingDouble(row -> -score(row)).thenComparingDouble(BestScoresTest::draw);

    private static double score(Row row) {
        return row.<Double>getAs(Candidates.SCORE);
    }

    private static double draw(Row row) {
        return row.<Double>getAs(Candidates.DRAW);
    }

    private static Row row(String useCase, String signal, @Nullable Double score, double draw) {
        return RowFactory.create(useCase, signal, null, score, draw);
    }

    private static Row inSegment(String segment, double score, double draw) {
        return RowFactory.create("dock", Candidates.ELEVATED_SEGMENT, segment, score, draw);
    }

    private static List<Row> boundary(long seed, int rows, DoubleSupplier scores) {
        Random random = new Random(seed);
        List<Row> drawn = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            drawn.add(row("dock", Candidates.BOUNDARY, scores.getAsDouble(), random.nextDouble()));
        }
        return drawn;
    }

    private static List<Row> best(List<Row> rows, int partitions, long limit) {
        Dataset<Row> found =
                SparkExtension.session().createDataFrame(rows, SCHEMA).repartition(partitions);
        return BestScores.of(found, (useCase, segment) -> segment == null ? limit : limit / 2)
                .collectAsList();
    }

    private static void assertBestOnly(List<Row> kept, List<Row> rows, long limit) {
        assertThat(kept.size()).isBetween((int) limit, (int) (2 * limit));
        List<Row> sorted = SparkExtension.session().createDataFrame(rows, SCHEMA).collectAsList().stream()
                .sorted(BEST_FIRST)
                .toList();
        assertThat(kept).containsExactlyInAnyOrderElementsOf(sorted.subList(0, kept.size()));
    }

    @Test
    void rowsOfOneScoreAreCutByTheirDraw() {
        List<Row> rows = boundary(1, 5_000, () -> 1);
        assertBestOnly(best(rows, 3, 50), rows, 50);
    }

    @Test
    void roundedScoresAreCutAmongTheTiedOnesOnly() {
        Random random = new Random(2);
        List<Row> rows = boundary(2, 5_000, () -> (1 + random.nextInt(20)) / 20.0);
        assertBestOnly(best(rows, 3, 400), rows, 400);
    }

    @Test
    void scoresThatDifferInTheirLastDigitsAreCutByScore() {
        Random random = new Random(3);
        List<Row> rows = boundary(3, 5_000, () -> 0.9 + 1e-12 * random.nextDouble());
        assertBestOnly(best(rows, 3, 50), rows, 50);
    }

    static LongStream seeds() {
        return LongStream.range(0, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverIsABetterRowDroppedForAWorseOneAndPartitionsDoNotMatter(long seed) {
        Random random = new Random(seed);
        double[] lumps = random.doubles(1 + random.nextInt(4)).toArray();
        double even = random.nextDouble();
        double width = Math.pow(10, -random.nextInt(10));
        List<Row> rows = boundary(
                seed,
                2_000,
                () -> random.nextDouble() < even
                        ? 1 - width * random.nextDouble()
                        : Math.max(1e-9, lumps[random.nextInt(lumps.length)]));
        long limit = 1L + random.nextInt(400);
        List<Row> kept = best(rows, 1, limit);
        assertBestOnly(kept, rows, limit);
        assertThat(best(rows, 7, limit)).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void rowsOfOneItemStayTogether() {
        List<Row> rows = boundary(4, 2_000, () -> 0.5);
        Row first = row("dock", Candidates.BOUNDARY, 0.5, 0);
        for (int i = 0; i < 300; i++) {
            rows.add(first);
        }
        assertThat(best(rows, 3, 100))
                .hasSize(300)
                .allSatisfy(row -> assertThat(draw(row)).isZero());
    }

    @Test
    void fewRowsAndTheAuditStayAsTheyAre() {
        List<Row> rows = boundary(5, 400, () -> 0.5);
        for (int i = 0; i < 1_000; i++) {
            rows.add(row("dock", Candidates.AUDIT, null, i / 1_000.0));
        }
        assertThat(best(rows, 3, 100)).hasSize(1_400);
    }

    @Test
    void everySegmentIsBoundedForItself() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(inSegment("light=night", 0.9, i / 1_000.0));
            rows.add(inSegment("light=dusk", (i + 1) / 2_000.0, i / 1_000.0));
        }
        List<Row> kept = best(rows, 3, 100);
        assertThat(kept)
                .filteredOn(row -> row.getAs(Candidates.SEGMENT).equals("light=night"))
                .hasSizeBetween(50, 100);
        assertThat(kept)
                .filteredOn(row -> row.getAs(Candidates.SEGMENT).equals("light=dusk"))
                .as("though the other has better scores")
                .hasSizeBetween(50, 100)
                .allSatisfy(row -> assertThat(score(row)).isGreaterThanOrEqualTo(0.45));
    }

    @Test
    void everyUseCaseAndSignalIsBoundedForItself() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(row("dock", Candidates.BOUNDARY, 0.5, i / 1_000.0));
            rows.add(row("dock", Candidates.LOW_CONFIDENCE, (i + 1) / 1_000.0, 0.5));
            rows.add(row("dock", Candidates.AUDIT, null, i / 1_000.0));
        }
        for (int i = 0; i < 150; i++) {
            rows.add(row("gate", Candidates.BOUNDARY, 0.1, i / 150.0));
        }
        List<Row> kept = best(rows, 3, 50);
        assertThat(kept)
                .filteredOn(row -> row.getAs(Inferences.USE_CASE).equals("gate"))
                .hasSize(150);
        assertThat(kept)
                .filteredOn(row -> row.getAs(Candidates.SIGNAL).equals(Candidates.AUDIT))
                .hasSize(1_000);
        assertThat(kept)
                .filteredOn(row -> row.getAs(Candidates.SIGNAL).equals(Candidates.LOW_CONFIDENCE))
                .hasSizeBetween(50, 100)
                .allSatisfy(row -> assertThat(score(row)).isGreaterThan(0.9));
        assertThat(kept)
                .filteredOn(row -> row.getAs(Inferences.USE_CASE).equals("dock"))
                .filteredOn(row -> row.getAs(Candidates.SIGNAL).equals(Candidates.BOUNDARY))
                .hasSizeBetween(50, 100)
                .allSatisfy(row -> assertThat(draw(row)).isLessThan(0.1));
    }
}
