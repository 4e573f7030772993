package dev.winnow.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What targets write beside an image is what answers are read back by. */
class ManifestKeysTest {
    @Test
    void answersFindTheItemInLinesAndTasks(@TempDir Path folder) throws IOException {
        WinnowConfig config = Jobs.configured("");
        LabelingJob job = Jobs.job(config, TaskType.IMAGE_CLASSIFICATION, Jobs.items(1), List.of("a", "b"));
        String line =
                Jobs.text(folder.resolve(new GroundTruthTarget(config.labeling().groundTruth())
                        .write(job, folder)
                        .manifest()));
        String tasks = Jobs.text(
                folder.resolve(new LabelStudioTarget().write(job, folder).manifest()));

        assertThat(ExportReader.ownKey(Jobs.json(line))).isEqualTo("item-1");
        assertThat(ExportReader.ownKey(Jobs.json(tasks).path(0).path("data"))).isEqualTo("item-1");
        assertThat(Jobs.json(tasks).at("/0/data/image").asText()).isEqualTo("s3://bucket/1.jpg");
    }
}
