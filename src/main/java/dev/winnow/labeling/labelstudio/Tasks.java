package dev.winnow.labeling.labelstudio;

import dev.winnow.config.TaskType;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.OldLabel;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Task files: arrays of tasks with what is known of each item under {@code data} and, unless it is labeled blind, the
 * prediction as a pre-annotation (Label Studio documentation, task format and predictions).
 *
 * <p>Rectangles are in percent of the image.
 */
final class Tasks {
    /** Tasks of one file: imports of more are slow, by the documentation. */
    static final int PER_FILE = 10_000;

    /** Version of the predictions of a job whose items several made: selections tell which. */
    static final String SEVERAL = "several versions";

    private static final double PERCENT = 100;

    private Tasks() {}

    /** Writes the files of a job to {@code folder} and returns their names. */
    static List<String> write(LabelingJob job, Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        String version = version(job);
        for (int from = 0; from < job.items().size(); from += PER_FILE) {
            String name = String.format(Locale.ROOT, "%s%s%04d.json", job.name(), LabelingJobs.TASKS, names.size() + 1);
            List<LabelingItem> items =
                    job.items().subList(from, Math.min(job.items().size(), from + PER_FILE));
            try (BufferedWriter out = Files.newBufferedWriter(folder.resolve(name), StandardCharsets.UTF_8)) {
                String before = "[\n";
                for (LabelingItem item : items) {
                    out.write(before);
                    out.write(Json.text(task(item, job, version)));
                    before = ",\n";
                }
                out.write("\n]\n");
            }
            names.add(name);
        }
        return names;
    }

    /** Returns the one version of a job's predictions: a project shows people those of one version and hides the others. */
    static String version(LabelingJob job) {
        String first = job.items().get(0).modelVersion();
        return job.items().stream().allMatch(item -> item.modelVersion().equals(first)) ? first : SEVERAL;
    }

    /**
     * Returns the task of one item.
     *
     * @param version of the prediction, see {@link #version}
     */
    static Map<String, Object> task(LabelingItem item, LabelingJob job, String version) {
        Map<String, Object> data = new LinkedHashMap<>();
        // PostgreSQL's jsonb, in which Label Studio keeps tasks, refuses the character zero.
        data.put(LabelConfig.shown(job.type()), item.reference().replace('\u0000', '\uFFFD'));
        data.putAll(item.origin(job.task()));
        data.put("task-type", job.type().id()); // one chosen class reads the same where several could be
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("data", data);
        Map<String, Object> prediction = item.blind() ? null : prediction(item, job, version);
        if (prediction != null) {
            task.put("predictions", List.of(prediction));
        }
        return task;
    }

    private static @Nullable Map<String, Object> prediction(LabelingItem item, LabelingJob job, String version) {
        if (job.type().showsBoxes()) {
            return item.old() == null ? null : boxes(item, item.old(), version);
        }
        String predicted = item.predicted();
        if (predicted == null || !job.labels().contains(predicted) || job.type() == TaskType.BOUNDING_BOX) {
            return null;
        }
        return choice(item, predicted, job.type(), version);
    }

    private static Map<String, Object> choice(LabelingItem item, String label, TaskType type, String version) {
        Map<String, Object> region = region(item, 1, "choices", LabelConfig.shown(type));
        region.put("value", Map.of("choices", List.of(label)));
        return prediction(version, item.confidence(), List.of(region));
    }

    private static Map<String, Object> boxes(LabelingItem item, OldLabel old, String version) {
        List<Map<String, Object>> regions = new ArrayList<>();
        Double least = null;
        for (OldLabel.Box box : old.boxes()) {
            Map<String, Object> region = region(item, regions.size() + 1, "rectanglelabels", LabelConfig.IMAGE);
            region.put("original_width", old.width());
            region.put("original_height", old.height());
            region.put("image_rotation", 0);
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("rotation", 0);
            value.put("x", PERCENT * box.left() / old.width());
            value.put("y", PERCENT * box.top() / old.height());
            value.put("width", PERCENT * box.width() / old.width());
            value.put("height", PERCENT * box.height() / old.height());
            value.put("rectanglelabels", List.of(box.label()));
            region.put("value", value);
            regions.add(region);
            if (box.confidence() != null) {
                least = least == null ? box.confidence() : Double.valueOf(Math.min(least, box.confidence()));
            }
        }
        return prediction(version, least, regions);
    }

    private static Map<String, Object> region(LabelingItem item, int number, String type, String shown) {
        Map<String, Object> region = new LinkedHashMap<>();
        region.put("id", item.itemId() + "-" + number);
        region.put("type", type);
        region.put("from_name", LabelConfig.ANSWER);
        region.put("to_name", shown);
        return region;
    }

    private static Map<String, Object> prediction(
            String version, @Nullable Double score, List<Map<String, Object>> regions) {
        Map<String, Object> prediction = new LinkedHashMap<>();
        prediction.put("model_version", version);
        if (score != null) {
            prediction.put("score", score);
        }
        prediction.put("result", regions);
        return prediction;
    }
}
