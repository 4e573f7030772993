package dev.winnow.labeling.groundtruth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.GroundTruthInput;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingJob;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelCategoriesTest {
    private static LabelingJob job(TaskType type, List<String> labels) {
        return Jobs.job(Jobs.configured(""), type, Jobs.items(1), labels);
    }

    private static List<String> many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
    }

    @Test
    void categoriesAreEscapedAndStandInTheirOrder() {
        assertThat(LabelCategories.file(job(TaskType.IMAGE_CLASSIFICATION, List.of("bag", "a\"b"))))
                .isEqualTo("{\"document-version\":\"2018-11-28\",\"labels\":[{\"label\":\"bag\"},"
                        + "{\"label\":\"a\\\"b\"}]}\n");
    }

    @Test
    void judgedBoxesHaveVerdictsFirstAndKeepTheirOldClasses() {
        assertThat(GroundTruthInput.categories(
                        LabelCategories.file(job(TaskType.BOX_VERIFICATION, List.of("person", "wrong")))))
                .containsExactly("right", "wrong", "can't tell", "person");
    }

    @Test
    void sequencesHaveAFileOfTheirOwnShapeWithInstructions() {
        WinnowConfig config = Jobs.configured(
                "tasks.default { type = video-frames, instruction = \"Cars < 3 m\", guidelines { version = v2 } }");
        String file =
                LabelCategories.file(Jobs.job(config, TaskType.VIDEO_FRAMES, Jobs.items(1), List.of("car", "person")));
        assertThat(GroundTruthInput.categories(file)).containsExactly("car", "person");
        assertThat(file)
                .isEqualTo(
                        "{\"documentVersion\":\"2020-03-01\",\"labels\":[{\"label\":\"car\"},{\"label\":\"person\"}],"
                                + "\"annotationType\":\"BoundingBox\",\"instructions\":{\"shortInstruction\":\"Cars < 3 m\","
                                + "\"fullInstruction\":\"<p>Cars &#60; 3 m</p><p>Guidelines version v2</p>\"}}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "IMAGE_CLASSIFICATION, 1, '1 categories, image-classification takes 2 or more'",
        "MULTI_LABEL, 51, '51 categories, multi-label takes 2 to 50'",
        "BOUNDING_BOX, 51, '51 categories, bounding-box takes 1 to 50'",
        "BOX_ADJUSTMENT, 0, '0 categories, box-adjustment takes 1 to 50'",
        "VIDEO_FRAMES, 31, '31 categories, video-frames takes 1 to 30'",
        "POINT_CLOUD, 31, '31 categories, point-cloud takes 1 to 30'",
    })
    void tooFewOrTooManyCategoriesAreRefused(TaskType type, int count, String problem) {
        assertThatThrownBy(() -> LabelCategories.file(job(type, many(count))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.dock.labels: " + problem);
    }

    @Test
    void singleClassesHaveNoUpperLimit() {
        assertThat(LabelCategories.of(job(TaskType.IMAGE_CLASSIFICATION, many(1_000))))
                .hasSize(1_000);
    }

    @Test
    void aCategoryThatIsTooLongEmptyOrNamedTwiceIsRefused() {
        assertThatThrownBy(() ->
                        LabelCategories.file(job(TaskType.IMAGE_CLASSIFICATION, List.of("a", "x".repeat(257)))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use-cases.dock.labels: a category has 257 characters, image-classification takes"
                        + " 1 to 256");
        assertThatThrownBy(() -> LabelCategories.file(job(TaskType.IMAGE_CLASSIFICATION, List.of("a", " "))))
                .hasMessageContaining("a category has 1 characters");
        assertThatThrownBy(() -> LabelCategories.file(job(TaskType.POINT_CLOUD, List.of("x".repeat(17)))))
                .hasMessageContaining("a category has 17 characters, point-cloud takes 1 to 16");
        assertThatThrownBy(() -> LabelCategories.file(job(TaskType.IMAGE_CLASSIFICATION, List.of("a", "a"))))
                .hasMessageContaining("use-cases.dock.labels: a category is named twice");
    }
}
