package dev.winnow.inputs;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.Frames;
import dev.winnow.testing.Segments;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorstSegmentsTest {
    private static final Column LABEL = coalesce(col(Inferences.PREDICTED_LABEL), lit(Inferences.NO_LABEL));

    private static final WorstSegments SEGMENTS = Segments.of(
            "dock: lens=wide",
            "dock: light=night AND site=s2",
            "gate: light=night",
            "dock: light=night",
            "dock: label=__NONE__",
            "dock: model_version=m2");

    @ParameterizedTest
    @CsvSource({
        // use case, site, model version, class, light -> segment
        "dock, s2, m1, bag, night, light=night AND site=s2",
        "dock, s1, m1, bag, night, light=night",
        "dock, s2, m2, bag, day, model_version=m2",
        "dock, s1, m2, , day, label=__NONE__",
        "dock, s1, m1, bag, day, ",
        "gate, s2, m2, , night, light=night",
        "gate, s2, m2, bag, day, ",
        "yard, s2, m2, bag, night, ",
    })
    void theFirstSegmentOfTheUseCaseThatHoldsAnInferenceIsItsSegment(
            String useCase, String site, String model, String label, String light, String segment) {
        Dataset<Row> rows = Frames.of(Inferences.TABLE.withDimensions(List.of("light")), """
                {'inference_id':'i','use_case':'%s','site_id':'%s','model_version':'%s','dim_light':'%s'%s}""".formatted(
                        useCase, site, model, light, label == null ? "" : ",'predicted_label':'" + label + "'"));
        assertThat(rows.select(SEGMENTS.first(LABEL, List.of("light"))).first().getString(0))
                .isEqualTo(segment);
        assertThat(SEGMENTS.first(
                        useCase,
                        Map.of(
                                WorstSegments.LABEL,
                                label == null ? Inferences.NO_LABEL : label,
                                WorstSegments.MODEL_VERSION,
                                model,
                                WorstSegments.SITE,
                                site,
                                "light",
                                light)))
                .isEqualTo(segment);
    }

    @Test
    void whereNoSegmentAsksForWhatRowsHaveNoneHoldsThem() {
        Dataset<Row> rows = Frames.of(Inferences.TABLE, "{'inference_id':'i','use_case':'dock'}");
        WorstSegments wide = Segments.of("dock: lens=wide");
        for (WorstSegments none : List.of(wide, Segments.of())) {
            assertSameRows(
                    rows.select(lit(null).cast("string").as("segment")),
                    rows.select(none.first(LABEL, List.of()).as("segment")));
        }
        assertThat(wide.isEmpty()).isFalse();
        assertThat(Segments.of().isEmpty()).isTrue();
    }
}
