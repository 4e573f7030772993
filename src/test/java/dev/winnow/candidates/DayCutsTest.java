package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.testing.Configs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

class DayCutsTest {
    private static long[] everyBin(long rows) {
        long[] bins = new long[ExposureDaily.BINS];
        Arrays.fill(bins, rows);
        return bins;
    }

    private static long[] bin(int index, long rows) {
        long[] bins = new long[ExposureDaily.BINS];
        bins[index] = rows;
        return bins;
    }

    private static List<Row> cuts(String hocon, Map<String, Map<String, long[]>> histograms) {
        return cuts(hocon, histograms, Map.of());
    }

    private static List<Row> cuts(
            String hocon, Map<String, Map<String, long[]>> histograms, Map<String, Map<String, Double>> needs) {
        return cuts(hocon, new DayEvidence.Counted(histograms, Map.of()), needs);
    }

    private static List<Row> cuts(String hocon, DayEvidence.Counted counted, Map<String, Map<String, Double>> needs) {
        return DayCuts.of(counted, needs, Map.of(), Configs.of(hocon)).stream()
                .<Row>map(row -> new GenericRowWithSchema(values(row), DayCuts.TABLE.schema()))
                .toList();
    }

    private static Object[] values(Row row) {
        Object[] values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        return values;
    }

    private static double value(Row row, String column) {
        return row.<Double>getAs(column);
    }

    @Test
    void everyClassHasItsOwnThresholdsAndAllShareTheUseCasesCut() {
        List<Row> cuts = cuts("""
                use-cases.dock { budget = 10, classes.knife { alarm-threshold = 0.8, boundary-band = 0.1
                  low-confidence-below = 0.9 } }
                """, Map.of("dock", Map.of("knife", everyBin(1_000), "bag", everyBin(1_000))));
        assertThat(cuts).extracting(row -> row.<String>getAs(DayCuts.LABEL)).containsExactly("bag", "knife");
        assertThat(cuts)
                .extracting(row -> value(row, DayCuts.ALARM_THRESHOLD), row -> value(row, DayCuts.BOUNDARY_BAND))
                .containsExactly(tuple(0.5, 0.15), tuple(0.8, 0.1));
        assertThat(cuts).extracting(row -> value(row, DayCuts.LOW_BELOW)).containsExactly(0.6, 0.9);
        assertThat(cuts.get(0).<Double>getAs(DayCuts.keep(Candidates.BOUNDARY)))
                .isEqualTo(cuts.get(1).<Double>getAs(DayCuts.keep(Candidates.BOUNDARY)));
        // 100 wanted of 2,000 rows a bin: the cut lies high in the bins around the two thresholds.
        assertThat(value(cuts.get(0), DayCuts.keep(Candidates.BOUNDARY))).isGreaterThan(0.9);
        assertThat(value(cuts.get(0), DayCuts.keep(Candidates.LOW_CONFIDENCE))).isGreaterThan(0.95);
    }

    @Test
    void rowsOfADayThatSeveralVersionsScoredAreNotItsFrames() {
        Map<String, Map<String, long[]>> histograms = Map.of("dock", Map.of("bag", everyBin(1_000)));
        Row one = cuts("", new DayEvidence.Counted(histograms, Map.of("dock", Map.of("m1", 20_000L))), Map.of())
                .get(0);
        assertThat(one.<Long>getAs(DayCuts.FRAMES)).isEqualTo(20_000);
        Row two = cuts(
                        "",
                        new DayEvidence.Counted(histograms, Map.of("dock", Map.of("m1", 10_000L, "m2", 10_000L))),
                        Map.of())
                .get(0);
        assertThat(two.<Long>getAs(DayCuts.FRAMES)).isNull();
        assertThat(value(two, DayCuts.AUDIT_LIMIT))
                .as("a pool of rows holds fewer images")
                .isGreaterThan(value(one, DayCuts.AUDIT_LIMIT));
    }

    @Test
    void whatADetectorSaysBelowTheFloorFillsNoPool() {
        long[] noise = everyBin(1_000);
        noise[0] = 1_000_000;
        String box = "inputs.inferences.row-per = box, use-cases.dock { budget = 10, box-floor = %s }";
        Map<String, Map<String, long[]>> histograms = Map.of("dock", Map.of("bag", noise));
        Row all = cuts(box.formatted("0"), histograms).get(0);
        assertThat(value(all, DayCuts.keep(Candidates.LOW_CONFIDENCE))).isGreaterThan(0.99);
        Row floored = cuts(box.formatted("0.05"), histograms).get(0);
        assertThat(value(floored, DayCuts.BOX_FLOOR)).isEqualTo(0.05);
        assertThat(value(floored, DayCuts.keep(Candidates.LOW_CONFIDENCE))).isBetween(0.9, 0.95);
        Row between = cuts(box.formatted("0.07"), histograms).get(0);
        assertThat(value(between, DayCuts.consider(Candidates.LOW_CONFIDENCE)))
                .as("a bin that the floor divides is not sure to fill a pool")
                .isEqualTo(0.85);
        Row images = cuts("use-cases.dock.budget = 10", histograms).get(0);
        assertThat(value(images, DayCuts.BOX_FLOOR)).as("where rows are images").isZero();
        assertThat(value(images, DayCuts.keep(Candidates.LOW_CONFIDENCE)))
                .isEqualTo(value(all, DayCuts.keep(Candidates.LOW_CONFIDENCE)));
    }

    @Test
    void rareClassesShareThePoolByNeedAndWhatOneHasTooFewAlarmsForGoesToTheOthers() {
        List<Row> cuts = cuts(
                "use-cases.dock { budget = 1000 }, selection.pool-factor = 10",
                Map.of("dock", Map.of("knife", everyBin(100_000), "gun", bin(3, 40), "bag", everyBin(100_000))),
                Map.of("dock", Map.of("knife", 3.0, "gun", 2.9, "bag", 1.0, "sword", 9.0)));
        // 10,000 wanted: all 40 guns; of the others three to one.
        assertThat(cuts).extracting(row -> row.<String>getAs(DayCuts.LABEL)).containsExactly("bag", "gun", "knife");
        assertThat(value(cuts.get(1), DayCuts.RARE_SHARE)).isEqualTo(1);
        assertThat(value(cuts.get(0), DayCuts.RARE_SHARE) * 2_000_000).isBetween(2_490.0, 2_490 + 6 * 60.0);
        assertThat(value(cuts.get(2), DayCuts.RARE_SHARE) * 2_000_000).isBetween(7_470.0, 7_470 + 6 * 100.0);
        assertThat(cuts("use-cases.dock.budget = 10", Map.of("dock", Map.of("bag", everyBin(1))))
                        .get(0)
                        .<Double>getAs(DayCuts.RARE_SHARE))
                .isNull();
    }

    @Test
    void theAuditPoolIsThreeBudgetsOfAllFramesThoseWithoutOutputToo() {
        List<Row> cuts = cuts(
                "use-cases.default.budget = 1000",
                Map.of("dock", Map.of("bag", everyBin(1_000), Inferences.NO_LABEL, bin(0, 40_000))));
        assertThat(cuts)
                .extracting(row -> value(row, DayCuts.AUDIT_LIMIT), row -> row.<Long>getAs(DayCuts.FRAMES))
                .containsOnly(tuple(3_000 / 60_000.0, 60_000L));
    }

    @Test
    void whereRowsMayShareAnImageTheyDoNotCountFramesAndTheAuditPoolIsWider() {
        Map<String, Map<String, long[]>> histograms = Map.of("dock", Map.of("bag", everyBin(10_000)));
        for (String shared :
                List.of("inputs.inferences.row-per = box", "labeling.tasks.dock.type = text-classification")) {
            assertThat(cuts("use-cases.default.budget = 1000\n" + shared, histograms))
                    .as(shared)
                    .extracting(row -> value(row, DayCuts.AUDIT_LIMIT), row -> row.<Long>getAs(DayCuts.FRAMES))
                    .containsOnly(tuple(30_000 / 200_000.0, null));
        }
    }

    @Test
    void fewFramesAreAllInTheAuditPool() {
        List<Row> cuts = cuts("", Map.of("dock", Map.of(Inferences.NO_LABEL, bin(0, 7))));
        assertThat(value(cuts.get(0), DayCuts.AUDIT_LIMIT)).isEqualTo(1);
    }

    @Test
    void whereRowsAreBoxesTheAuditPoolIsWiderBecauseImagesAreFewer() {
        List<Row> cuts = cuts(
                "use-cases.default.budget = 1000, inputs.inferences.row-per = box",
                Map.of("dock", Map.of("bag", everyBin(5_000))));
        assertThat(value(cuts.get(0), DayCuts.AUDIT_LIMIT)).isEqualTo(0.3);
    }

    @Test
    void aBinWhoseLowerEdgeIsTheBandsEdgeIsNotSureToBeEligible() {
        // Band (0.25, 0.75): all rows may stand at 0.25 exactly, where the score is 0.
        List<Row> cuts = cuts("""
                use-cases.default { budget = 10, classes.default { alarm-threshold = 0.5, boundary-band = 0.25
                  low-confidence-below = 0.6 } }
                """, Map.of("dock", Map.of("bag", bin(5, 1_000_000))));
        assertThat(value(cuts.get(0), DayCuts.consider(Candidates.BOUNDARY))).isZero();
        assertThat(value(cuts.get(0), DayCuts.share(Candidates.BOUNDARY))).isEqualTo(1);
    }

    @Test
    void framesWithoutOutputDoNotCountAsLowConfidence() {
        List<Row> cuts = cuts(
                "use-cases.default.budget = 10",
                Map.of("dock", Map.of("bag", bin(2, 50), Inferences.NO_LABEL, bin(0, 1_000_000))));
        assertThat(value(cuts.get(0), DayCuts.share(Candidates.LOW_CONFIDENCE))).isEqualTo(1);
        assertThat(value(cuts.get(0), DayCuts.keep(Candidates.LOW_CONFIDENCE))).isZero();
    }
}
