package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.CameraSettings;
import dev.winnow.config.FeedbackSettings;
import dev.winnow.config.InferenceSettings;
import dev.winnow.testing.Configs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellVersionTest {
    private static final String BASE = """
            inputs.inferences { format = csv, partition-filter = none }
            inputs.feedback { path = "/nowhere/feedback", format = json }
            inputs.cameras.path = "/nowhere/cameras"
            """;

    private static String version(String more) {
        return CellVersion.of(Configs.of(BASE + more));
    }

    @Test
    void everyCanonicalColumnOfEveryInputDecidesTheMeaningOfCells() {
        Set<String> versions = new HashSet<>(List.of(version("")));
        List<String> columns = new ArrayList<>();
        InferenceSettings.COLUMNS.forEach(name -> columns.add("inferences.columns." + name));
        FeedbackSettings.COLUMNS.forEach(name -> columns.add("feedback.columns." + name));
        CameraSettings.COLUMNS.forEach(name -> columns.add("cameras.columns." + name));
        columns.forEach(column -> versions.add(version("inputs." + column + " = other")));
        assertThat(versions).hasSize(columns.size() + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inputs.inferences.dimensions.light = light",
                "inputs.inferences.confidence-scale = 100",
                "inputs.inferences.time-zone = Europe/Berlin",
                "inputs.inferences.schema = \"camera_id STRING\"",
                "inputs.inferences.options.nullValue = none",
                "inputs.feedback.time-zone = Europe/Berlin",
                "inputs.feedback.catch-up-ages = [0, 1]",
                "inputs.feedback.nearest-frame-seconds = 5",
                "inputs.feedback.path = \"\"",
                "inputs.cameras.time-zone = Europe/Berlin",
                "inputs.cameras.path = \"\"",
            })
    void whatDecidesHowARowIsReadOrFoundIsPartOfTheVersion(String change) {
        assertThat(version(change)).isNotEqualTo(version(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "warehouse = \"/elsewhere\"",
                "inputs.inferences.path = \"s3://elsewhere/log\"",
                "inputs.feedback.path = \"s3://elsewhere/log\"",
                "inputs.cameras.path = \"s3://elsewhere/log\"",
                "inputs.cameras.dimensions.type = kind",
                "inputs.inferences.late-days = 9",
                "segments.min-judged = 7",
                "use-cases.default.budget = 7",
                "spark { \"spark.sql.shuffle.partitions\" = 3 }",
            })
    void placesSizesAndWhatComesAfterTheCellsAreNot(String change) {
        assertThat(version(change)).isEqualTo(version(""));
    }

    @Test
    void filesOfAnotherFormatWithTheSameValuesMakeTheSameCells() {
        assertThat(version("inputs.cameras.format = delta")).isEqualTo(version(""));
    }
}
