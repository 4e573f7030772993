package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.generate.FleetSettings;
import dev.winnow.generate.GenerateJob;
import dev.winnow.testing.Pipeline;
import dev.winnow.testing.SparkExtension;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole daily path on a small generated fleet. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-10-01");
    private static final LocalDate DAY = FIRST.plusDays(2);
    private static final List<String> TABLES = List.of(
            "exposure_daily",
            "verdict_daily",
            "segment_findings",
            "segment_changes",
            "candidates",
            "misclassified",
            "image_findings",
            "selections",
            "selection_cuts",
            "labeling_jobs",
            "rejects",
            "day_builds");

    @TempDir
    static Path folder;

    @BeforeAll
    static void generate() {
        FleetSettings fleet =
                new FleetSettings(7, FIRST, 3, FIRST.plusDays(1), 20, 200, 20_000, FleetSettings.Images.MARKED, null);
        new GenerateJob(fleet, (from, until, parts) -> SparkExtension.session().range(from, until, 1, parts))
                .run(folder + "/fleet");
    }

    static Pipeline pipeline(String name, String more) {
        return Pipeline.of(folder, """
                pipeline = %s
                warehouse = "$root/warehouse-%s"
                labeling { path = "$root/labeling-%s", check-images = false
                  image-aliases { "s3://winnow-sample-fleet/" = "$root/fleet/" } }
                inputs.inferences {
                  path = "$root/fleet/inferences"
                  dimensions { lighting = lighting, weather = weather }
                }
                inputs.feedback { path = "$root/fleet/feedback" }
                inputs.cameras { path = "$root/fleet/cameras", dimensions { camera_type = camera_type, region = region } }
                rejects.max-share = 0.01
                inputs.inferences.max-duplicate-share = 0.01
                use-cases.default.budget = 100
                segments.change { days = 1, age-days = 0 }
                %s
                """.formatted(name, name, name, more));
    }

    @Test
    void curateTwiceChangesNothing() {
        Pipeline pipeline = pipeline("twice", "");
        for (int i = 0; i < 3; i++) {
            pipeline.curate(FIRST.plusDays(i));
        }
        Map<String, List<String>> before = new java.util.TreeMap<>();
        TABLES.forEach(table -> before.put(table, pipeline.content(table)));
        Map<String, String> files = pipeline.published();

        pipeline.curate(DAY);

        assertThat(pipeline.published()).isEqualTo(files).hasSizeGreaterThan(3);
        TABLES.forEach(table -> assertThat(pipeline.content(table)).as(table).isEqualTo(before.get(table)));
    }
}
