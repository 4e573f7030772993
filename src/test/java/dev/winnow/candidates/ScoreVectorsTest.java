package dev.winnow.candidates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.Uncertainty;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreVectorsTest {
    private static final TableDef SCORED = TableDef.named("scored", "Predictions with the scores of all classes")
            .required(Inferences.USE_CASE, DataTypes.StringType, "")
            .optional(Inferences.PREDICTED_LABEL, DataTypes.StringType, "")
            .optional(Inferences.SCORES, DataTypes.createArrayType(DataTypes.DoubleType), "")
            .build();

    private static Dataset<Row> scored(String... scores) {
        return Frames.of(
                SCORED,
                Arrays.stream(scores)
                        .map("{'use_case':'dock','predicted_label':'bag','scores':%s}"::formatted)
                        .toArray(String[]::new));
    }

    /** Values of the reference, section 5; the last row is not normalised. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[0.5, 0.5]        | 1   | 1    | 1       | 1",
                "[0.1, 0.9]        | 0.2 | 0.2  | 0.111111 | 0.468996",
                "[0.35, 0.4, 0.25] | 0.9 | 0.95 | 0.875   | 0.983539",
                "[0.98, 0.01, 0.01] | 0.03 | 0.03 | 0.010204 | 0.101858",
                "[1.0, 0.0]        | 0   | 0    | 0       | 0",
                "[9.0, 1.0]        | 0.2 | 0.2  | 0.111111 | 0.468996",
            })
    void everyMeasureHasItsPublishedValues(String scores, double least, double margin, double ratio, double entropy) {
        Row row = scored(scores)
                .select(
                        ScoreVectors.doubt(Uncertainty.LEAST_CONFIDENCE),
                        ScoreVectors.doubt(Uncertainty.MARGIN),
                        ScoreVectors.doubt(Uncertainty.RATIO),
                        ScoreVectors.doubt(Uncertainty.ENTROPY))
                .first();
        assertThat(row.getDouble(0)).isEqualTo(least, within(5e-7));
        assertThat(row.getDouble(1)).isEqualTo(margin, within(5e-7));
        assertThat(row.getDouble(2)).isEqualTo(ratio, within(5e-7));
        assertThat(row.getDouble(3)).isEqualTo(entropy, within(5e-7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "[1.0]", "[0.5, null]", "[0.5, 'NaN']", "[1.5, -0.5]", "[0.0, 0.0]"})
    void scoresThatTellNothingLeaveNoDoubt(String scores) {
        for (Uncertainty measure : Uncertainty.values()) {
            assertThat(scored(scores)
                            .select(ScoreVectors.doubt(measure))
                            .first()
                            .isNullAt(0))
                    .as("%s of %s", measure, scores)
                    .isTrue();
        }
    }

    @Test
    void everyUseCaseHasItsMeasureAndFramesWithoutOutputHaveNoDoubt() {
        Dataset<Row> rows = Frames.of(
                SCORED,
                "{'use_case':'dock','predicted_label':'bag','scores':[0.1,0.9]}",
                "{'use_case':'gate','predicted_label':'bag','scores':[0.1,0.9]}",
                "{'use_case':'yard','predicted_label':'bag','scores':[0.1,0.9]}",
                "{'use_case':'dock','scores':[0.1,0.9]}");
        Dataset<Row> doubtful = ScoreVectors.put(
                rows, Map.of("dock", Uncertainty.RATIO, "gate", Uncertainty.CONFIDENCE), Uncertainty.MARGIN);
        assertThat(doubtful.columns()).doesNotContain(Inferences.SCORES);
        assertThat(doubtful.select(col(ScoreVectors.UNCERTAINTY)
                                .multiply(lit(1000))
                                .cast("int"))
                        .collectAsList())
                .extracting(row -> row.get(0))
                .containsExactly(111, null, 199, null);
    }

    @Test
    void theHistogramCountsWhatIsInDoubt() {
        Dataset<Row> doubtful = ScoreVectors.put(
                scored("[0.5, 0.5]", "[0.9, 0.1]", "[0.9, 0.1]", "[1.0, 0.0]", "null"), Map.of(), Uncertainty.MARGIN);
        Map<String, List<ScoreCut.Bin>> bins = ScoreVectors.histograms(doubtful);
        assertThat(bins).containsOnlyKeys("dock");
        assertThat(bins.get("dock"))
                .extracting(ScoreCut.Bin::low, ScoreCut.Bin::rows, ScoreCut.Bin::whole)
                .containsExactlyInAnyOrder(tuple(1023 / 1024.0, 1L, true), tuple(204 / 1024.0, 2L, true));
    }
}
