package dev.winnow.candidates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class SegmentCutsTest {
    private static final StructType FINDING = new StructType()
            .add(SegmentFindings.USE_CASE, DataTypes.StringType)
            .add(SegmentFindings.SEGMENT, DataTypes.StringType)
            .add(SegmentFindings.EXCESS_ERRORS, DataTypes.DoubleType)
            .add(SegmentFindings.FDR_SHRUNK, DataTypes.DoubleType)
            .add(SegmentFindings.FDR, DataTypes.DoubleType);

    private static final String ALL =
            ",'elevated_segment_keep':0,'elevated_segment_consider':0,'elevated_segment_share':1,'segment_by_draw':false";

    private static Row finding(String useCase, String segment, double excess) {
        return new GenericRowWithSchema(new Object[] {useCase, segment, excess, 0.5, 0.5}, FINDING);
    }

    private static Row rated(String segment, @Nullable Double shrunk, @Nullable Double rate) {
        return new GenericRowWithSchema(new Object[] {"dock", segment, 1.0, shrunk, rate}, FINDING);
    }

    private static List<Row> byRates(List<Row> findings, Map<String, List<ScoreCut.Bin>> alarms) {
        return SegmentCuts.cuts(
                findings,
                Map.of("dock", alarms),
                Configs.of("use-cases.dock.segment-allocation = rates, use-cases.default.budget = 1000"));
    }

    /** Alarms of a segment, evenly spread over the risk. */
    private static List<ScoreCut.Bin> even(long rows) {
        return List.of(new ScoreCut.Bin(0, 0.5, rows / 2, true), new ScoreCut.Bin(0.5, 1, rows - rows / 2, true));
    }

    private static List<Row> cuts(List<Row> findings, Map<String, Map<String, List<ScoreCut.Bin>>> alarms) {
        return SegmentCuts.cuts(
                findings, alarms, Configs.of("use-cases.default.budget = 1000, selection.pool-factor = 10"));
    }

    @Test
    void segmentsShareThePoolByTheSquareRootOfTheirExcessErrorsAndKeepTheirRiskiest() {
        assertThat(cuts(
                        List.of(
                                finding("dock", "night", 900),
                                finding("dock", "rain", 400),
                                finding("gate", "rain", 1)),
                        Map.of(
                                "dock",
                                Map.of("night", even(60_000), "rain", even(8_000)),
                                "gate",
                                Map.of("rain", even(40_000)))))
                .extracting(row -> row.get(0), row -> row.get(1), row -> row.get(2), row -> round(row.getDouble(3)))
                .containsExactly(
                        tuple("dock", "night", 6_000L, 0.9),
                        tuple("dock", "rain", 4_000L, 0.5),
                        tuple("gate", "rain", 10_000L, 0.75));
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    @Test
    void whatASegmentHasTooFewAlarmsForGoesToTheOthersAndOneWithoutAlarmsHasNoQuota() {
        assertThat(cuts(
                        List.of(
                                finding("dock", "night", 900),
                                finding("dock", "night AND rain", 800),
                                finding("dock", "site=s1", 400)),
                        Map.of("dock", Map.of("night", even(50), "site=s1", even(19_900)))))
                .extracting(row -> row.get(1), row -> row.get(2))
                .containsExactly(tuple("night", 50L), tuple("site=s1", 9_950L));
        assertThat(cuts(List.of(finding("dock", "night", 900)), Map.of())).isEmpty();
    }

    @Test
    void toEstimateRatesSegmentsShareByNeymanAndKeepAlarmsByHash() {
        List<Row> findings = List.of(rated("a", 0.5, 0.9), rated("b", 0.1, 0.9), rated("c", 0.02, 0.9));
        Map<String, Long> alarms = Map.of("a", 100_000L, "b", 400_000L, "c", 500_000L);
        List<Row> cuts = byRates(findings, Map.of("a", even(100_000), "b", even(400_000), "c", even(500_000)));
        assertThat(cuts)
                .extracting(row -> row.get(1), row -> row.get(2), row -> round(row.getDouble(6)), row -> row.get(7))
                .containsExactly(
                        tuple("a", 2_083L, 2_083.333, true),
                        tuple("b", 5_000L, 5_000.0, true),
                        tuple("c", 2_917L, 2_916.667, true));
        assertThat(cuts).allSatisfy(cut -> {
            assertThat(cut.getDouble(3)).as("no risk is kept by itself").isGreaterThan(1);
            assertThat(cut.getDouble(4)).isZero();
            double exact = (double) cut.getLong(2) / alarms.getOrDefault(cut.getString(1), 0L);
            assertThat(cut.getDouble(5)).isBetween(exact, 1.2 * exact);
        });
        assertThat(byRates(findings, Map.of("a", even(1_000), "b", even(4_000), "c", even(5_000))))
                .as("where the pool has them all, turns still go by the weights")
                .extracting(row -> row.get(2), row -> round(row.getDouble(6)), row -> row.get(5))
                .containsExactly(
                        tuple(1_000L, 2_083.333, 1.0), tuple(4_000L, 5_000.0, 1.0), tuple(5_000L, 2_916.667, 1.0));
    }

    @Test
    void aRateThatIsNotShrunkStandsForItselfAndAnUnknownOneVariesMost() {
        assertThat(byRates(
                        List.of(rated("plain", null, 0.1), rated("sure", 0.0, 0.5), rated("unknown", null, null)),
                        Map.of("plain", even(100_000), "sure", even(100_000), "unknown", even(100_000))))
                .as("by 0.3, the least of 0.05, and 0.5")
                .extracting(row -> row.get(1), row -> row.get(2))
                .containsExactly(tuple("plain", 3_530L), tuple("sure", 588L), tuple("unknown", 5_882L));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void segmentsTakeTurnsInTheProportionOfTheirQuotasEachByItsRisk(int partitions) {
        StructType shape = new StructType()
                .add(Inferences.USE_CASE, DataTypes.StringType)
                .add(Candidates.SIGNAL, DataTypes.StringType)
                .add(Candidates.SEGMENT, DataTypes.StringType)
                .add(Candidates.ITEM_ID, DataTypes.StringType)
                .add(Candidates.SCORE, DataTypes.DoubleType)
                .add(Candidates.DRAW, DataTypes.DoubleType);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // Night is everywhere riskier than rain; of each the first are the riskiest.
            rows.add(RowFactory.create(
                    "dock", Candidates.ELEVATED_SEGMENT, "night", "night" + i, 0.9 - i / 100.0, i / 40.0));
            rows.add(RowFactory.create(
                    "dock", Candidates.ELEVATED_SEGMENT, "rain", "rain" + i, 0.2 - i / 400.0, i / 40.0));
            rows.add(RowFactory.create("dock", Candidates.ERROR_RISK, null, "any" + i, 0.3, i / 40.0));
        }
        SegmentCuts cuts = new SegmentCuts(
                lit(null),
                Frames.of(
                        SegmentCuts.TABLE,
                        "{'use_case':'dock','segment':'night','segment_quota':30,'segment_turns':30" + ALL + "}",
                        "{'use_case':'dock','segment':'rain','segment_quota':10,'segment_turns':10" + ALL + "}"));
        List<Row> turns = cuts.inTurns(
                        SparkExtension.session().createDataFrame(rows, shape).repartition(partitions))
                .sort(col(Candidates.SCORE).desc(), col(Candidates.DRAW), col(Candidates.ITEM_ID))
                .collectAsList();
        assertThat(turns)
                .filteredOn(row -> row.getAs(Candidates.SIGNAL).equals(Candidates.ERROR_RISK))
                .hasSize(40)
                .allSatisfy(
                        row -> assertThat(row.<Double>getAs(Candidates.SCORE)).isEqualTo(0.3));
        assertThat(turns.stream()
                        .filter(row -> row.getAs(Candidates.SIGNAL).equals(Candidates.ELEVATED_SEGMENT))
                        .limit(8)
                        .map(row -> row.<String>getAs(Candidates.ITEM_ID)))
                .as("equal turns by their draw")
                .containsExactly("night0", "rain0", "night1", "night2", "night3", "rain1", "night4", "night5");
        assertThat(turns)
                .filteredOn(row -> row.getAs(Candidates.ITEM_ID).equals("night2"))
                .allSatisfy(
                        row -> assertThat(row.<Double>getAs(Candidates.SCORE)).isEqualTo(30 / 32.5));
    }
}
