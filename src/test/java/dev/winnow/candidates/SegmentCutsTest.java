package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.segments.SegmentFindings;
import dev.winnow.testing.Configs;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class SegmentCutsTest {
    private static final StructType FINDING = new StructType()
            .add(SegmentFindings.USE_CASE, DataTypes.StringType)
            .add(SegmentFindings.SEGMENT, DataTypes.StringType)
            .add(SegmentFindings.EXCESS_ERRORS, DataTypes.DoubleType);

    private static Row finding(String useCase, String segment, double excess) {
        return new GenericRowWithSchema(new Object[] {useCase, segment, excess}, FINDING);
    }

    private static List<Row> shares(List<Row> findings, Map<String, Map<String, Long>> alarms) {
        return SegmentCuts.shares(
                findings, alarms, Configs.of("use-cases.default.budget = 1000, selection.pool-factor = 10"));
    }

    @Test
    void segmentsShareThePoolByTheSquareRootOfTheirExcessErrors() {
        assertThat(shares(
                        List.of(
                                finding("dock", "night", 900),
                                finding("dock", "rain", 400),
                                finding("gate", "rain", 1)),
                        Map.of("dock", Map.of("night", 60_000L, "rain", 8_000L), "gate", Map.of("rain", 40_000L))))
                .extracting(row -> row.get(0), row -> row.get(1), row -> row.get(2))
                .containsExactly(
                        tuple("dock", "night", 6_000 / 60_000.0),
                        tuple("dock", "rain", 4_000 / 8_000.0),
                        tuple("gate", "rain", 10_000 / 40_000.0));
    }

    @Test
    void whatASegmentHasTooFewAlarmsForGoesToTheOthersAndOneWithoutAlarmsHasNoShare() {
        assertThat(shares(
                        List.of(
                                finding("dock", "night", 900),
                                finding("dock", "night AND rain", 800),
                                finding("dock", "site=s1", 400)),
                        Map.of("dock", Map.of("night", 50L, "site=s1", 19_900L))))
                .extracting(row -> row.get(1), row -> row.get(2))
                .containsExactly(tuple("night", 1.0), tuple("site=s1", 0.5));
        assertThat(shares(List.of(finding("dock", "night", 900)), Map.of())).isEmpty();
    }
}
