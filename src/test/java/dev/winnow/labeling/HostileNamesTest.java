package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.testing.Configs;
import dev.winnow.testing.HostileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that nobody chose with care end in files that the service takes, or in a sentence. */
class HostileNamesTest {
    @TempDir
    private Path folder;

    private static LabelingItem item(Random random, int rank, String useCase, TaskType type) {
        String signal = random.nextBoolean() ? "AUDIT" : "BOUNDARY";
        String site = HostileNames.of(random);
        boolean odd = random.nextInt(4) == 0;
        String name = HostileNames.of(random);
        String image = odd ? name : "s3://bucket/" + name + rank + ".jpg";
        LabelingItem plain = Jobs.item(
                signal,
                rank,
                useCase,
                type == TaskType.TEXT_CLASSIFICATION ? (odd ? " " : "Was it " + name) : image,
                HostileNames.of(random),
                random.nextInt(4) == 0 ? null : HostileNames.of(random));
        return new LabelingItem(
                plain.reference(),
                plain.itemId(),
                plain.runId(),
                plain.roundId(),
                useCase,
                signal,
                plain.segment(),
                plain.score(),
                rank,
                plain.design(),
                plain.inclusionProbability(),
                site,
                "",
                HostileNames.of(random),
                plain.predicted(),
                plain.confidence(),
                type.showsBoxes() && random.nextInt(4) > 0
                        ? boxes(HostileNames.of(random), HostileNames.of(random))
                        : null,
                null,
                random.nextInt(4) == 0 ? new LabelingItem.Planted("GOLD", HostileNames.of(random)) : null);
    }

    /** Two boxes; null where a class is blank or longer than an attribute, which is no old label. */
    private static @Nullable OldLabel boxes(String one, String other) {
        return OldLabel.of(
                        Jobs.json(Json.text(Map.of(
                                "boxes",
                                Map.of(
                                        "image_size",
                                        List.of(Map.of("width", 9, "height", 9)),
                                        "annotations",
                                        List.of(box(0), box(1))),
                                "boxes-metadata",
                                Map.of("class-map", Map.of("0", one, "1", other))))),
                        "boxes")
                .orElse(null);
    }

    private static Map<String, Integer> box(int number) {
        return Map.of("class_id", number, "left", 1, "top", 1, "width", 2, "height", 2);
    }

    @ParameterizedTest
    @CsvSource({
        "GROUND_TRUTH, IMAGE_CLASSIFICATION, '', 11",
        "GROUND_TRUTH, CLASS_VERIFICATION, '', 12",
        "GROUND_TRUTH, CLASS_VERIFICATION, 'bag, person', 18",
        "GROUND_TRUTH, MULTI_LABEL, '', 13",
        "GROUND_TRUTH, TEXT_CLASSIFICATION, '', 14",
        "GROUND_TRUTH, BOUNDING_BOX, '', 15",
        "GROUND_TRUTH, BOX_VERIFICATION, bag, 19",
        "GROUND_TRUTH, BOX_ADJUSTMENT, '', 20",
        "LABEL_STUDIO, IMAGE_CLASSIFICATION, '', 16",
        "LABEL_STUDIO, CLASS_VERIFICATION, '', 21",
        "LABEL_STUDIO, CLASS_VERIFICATION, 'bag, person', 22",
        "LABEL_STUDIO, BOUNDING_BOX, '', 17",
        "LABEL_STUDIO, BOX_ADJUSTMENT, bag, 23",
    })
    void hostileNamesEndInValidFilesAndOnlyAReferenceOrNoClassAtAllIsRefused(
            Target kind, TaskType type, String labels, long seed) throws IOException {
        WinnowConfig config = Configs.of("labeling { " + Jobs.ACCOUNT + " tasks.default { type = " + type.id()
                + (type.showsBoxes() ? ", old-labels { path = \"/old\", attribute = boxes }" : "")
                + " } }\nuse-cases.default.labels = [" + labels + "]");
        LabelingTarget target = kind == Target.GROUND_TRUTH
                ? new GroundTruthTarget(config.labeling().groundTruth())
                : new LabelStudioTarget();
        int valid = 0;
        int refused = 0;
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            Random random = new Random(seed * 1_000 + i);
            String useCase = HostileNames.of(random);
            List<LabelingItem> items = new ArrayList<>();
            for (int rank = 1; rank <= 1 + random.nextInt(3); rank++) {
                items.add(item(random, rank, useCase, type));
            }
            JobPlan plan = new JobPlan(
                    config,
                    new Round(LocalDate.parse("2026-10-01"), 1),
                    Jobs.PREFIX,
                    "s3://labels/p/answers/",
                    Map.of());
            for (LabelingJob job : plan.jobs(useCase, items, target, sentences)) {
                try {
                    valid(target.write(job, folder), job, kind);
                    valid++;
                } catch (ConfigException e) {
                    assertThat(e).hasMessageMatching("(?s).*(use-cases|labeling\\.tasks)\\..{0,400}");
                    assertThat(e.getMessage()).hasSizeLessThan(600);
                    assertThat(e.getMessage())
                            .as("no name of a class stops the jobs of others")
                            .containsAnyOf("can't be asked of item", ".labels: 0 categories, ")
                            .doesNotContain("predicted class");
                    refused++;
                }
            }
        }
        assertThat(valid).as("valid jobs; " + refused + " refused").isGreaterThan(5);
        if (kind == Target.GROUND_TRUTH) {
            assertThat(refused).as("refused jobs; " + valid + " valid").isGreaterThan(5);
        } else if (type.choosesClasses() || !labels.isEmpty()) {
            assertThat(refused).as("Label Studio takes any reference").isZero();
        }
        assertThat(sentences)
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        sentence -> assertThat(sentence).hasSizeLessThan(500).doesNotContain("\n"));
    }

    private void valid(JobFiles files, LabelingJob job, Target kind) {
        assertThat(files.names()).allMatch(name -> name.matches("[a-z0-9][a-z0-9.-]{1,90}") && !name.contains(".."));
        if (kind == Target.GROUND_TRUTH) {
            List<JsonNode> lines = GroundTruthInput.validated(text(files.manifest()));
            assertThat(lines).hasSameSizeAs(job.items());
            List<String> offered = GroundTruthInput.categories(text(files.categories()));
            if (job.type() == TaskType.BOX_VERIFICATION) {
                assertThat(offered).containsAll(job.labels());
            } else {
                assertThat(offered).isEqualTo(job.labels());
            }
            GroundTruthInput.request(text(String.valueOf(files.request())), lines);
        } else {
            JsonNode tasks = Jobs.json(text(files.manifest()));
            assertThat(tasks).hasSameSizeAs(job.items());
            assertThat(Jobs.offered(text(files.categories()))).isEqualTo(job.labels());
            assertThat(Jobs.json(text(String.valueOf(files.request())))
                            .path("title")
                            .asText())
                    .hasSizeBetween(3, 50);
        }
    }

    private String text(String name) {
        return Jobs.text(folder.resolve(name));
    }

    @ParameterizedTest
    @CsvSource({"100001", "250000"})
    void aReferenceThatNoLineHoldsIsRefused(int length) {
        WinnowConfig config = Jobs.configured("");
        LabelingItem item = Jobs.item("BOUNDARY", 1, "dock", "s3://bucket/" + "x".repeat(length) + ".jpg");
        assertThatThrownBy(() -> new GroundTruthTarget(config.labeling().groundTruth())
                        .write(
                                Jobs.job(config, TaskType.IMAGE_CLASSIFICATION, List.of(item), List.of("a", "b")),
                                Files.createDirectories(folder.resolve("refused"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("its reference is longer than 20000 characters");
    }
}
