package dev.winnow.inputs;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.testing.SparkExtension;
import org.apache.spark.sql.Column;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashDrawTest {
    @ParameterizedTest
    @CsvSource({
        "a, .534744164",
        "'', .596456061",
    })
    void theDrawIsThePublishedHash(String text, double u) {
        assertThat(draw(HashDraw.of(text))).isCloseTo(u, within(1e-9));
    }

    @Test
    void saltAndKeyAreJoinedByABar() {
        assertThat(draw(HashDraw.of("cam-001", lit("2026-04-01T00:00:00Z")))).isCloseTo(.628200145, within(1e-9));
    }

    private static double draw(Column draw) {
        return SparkExtension.session().range(1).select(draw).first().getDouble(0);
    }
}
