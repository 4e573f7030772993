package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.CameraSettings;
import dev.winnow.config.FeedbackSettings;
import dev.winnow.config.InferenceSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    @Test
    void edgesArePartOfTheVersionAndTheNameTheyAreStoredUnderIsNot() {
        String dimension = "inputs.inferences.dimensions.light { value = light, ";
        Set<String> versions = new HashSet<>();
        versions.add(version("inputs.inferences.dimensions.light = light"));
        versions.add(version(dimension + "edges = [1] }"));
        versions.add(version(dimension + "edges = [1, 2] }"));
        versions.add(version(dimension + "edges = [1, 3] }"));
        assertThat(versions).hasSize(4);
        for (String name : List.of("a", "b")) {
            WinnowConfig stored = Configs.of(BASE + dimension + "bins = " + name + " }");
            assertThat(CellVersion.of(stored.withBins(Map.of(name, List.of(1.0, 3.0)))))
                    .isEqualTo(version(dimension + "edges = [1, 3] }"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "warehouse = \"/elsewhere\"",
                "inputs.inferences.path = \"s3://elsewhere/log\"",
                "inputs.feedback.path = \"s3://elsewhere/log\"",
                "inputs.cameras.path = \"s3://elsewhere/log\"",
                "inputs.cameras.dimensions.type = kind",
                "inputs.cameras.dimensions.height { value = height, edges = [3] }",
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
