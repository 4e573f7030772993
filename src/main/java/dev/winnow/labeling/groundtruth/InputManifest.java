package dev.winnow.labeling.groundtruth;

import dev.winnow.config.ConfigException;
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
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Input manifests: one JSON object a line, at most 100,000 characters, each value at most 20,000 (SageMaker developer
 * guide, input manifest).
 *
 * <p>Keys beside {@code source-ref} or {@code source} pass through to the output unchanged; they carry where the line came
 * from. A prediction stands in a line only where people are asked about it.
 */
final class InputManifest {
    /** Key of the class that people are asked about. */
    static final String PREDICTED_CLASS = "predicted-class";

    private static final int MAX_LINE = 100_000;
    private static final int MAX_VALUE = 20_000;
    private static final int MAX_LABEL = 256;

    private static final Pattern IMAGE =
            Pattern.compile("s3://[a-z0-9.-]{3,63}/.+\\.(jpe?g|png)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SEQUENCE =
            Pattern.compile("s3://[a-z0-9.-]{3,63}/.+\\.json", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private InputManifest() {}

    /** Writes the lines of a job, in their order, to {@code file}. */
    static void write(Path file, LabelingJob job) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (LabelingItem item : job.items()) {
                out.write(line(item, job));
                out.write('\n');
            }
        }
    }

    /** Returns the line of one item. */
    static String line(LabelingItem item, LabelingJob job) {
        Map<String, Object> line = new LinkedHashMap<>();
        boolean text = job.type() == TaskType.TEXT_CLASSIFICATION || job.type() == TaskType.BATCH_REVIEW;
        line.put(text ? "source" : "source-ref", reference(item, job));
        line.putAll(item.origin(job.task()));
        if (job.type() == TaskType.CLASS_VERIFICATION) {
            String predicted = Objects.requireNonNull(item.predicted(), "the job's items have a prediction");
            if (predicted.length() > MAX_LABEL) {
                throw refused(item, job, "its predicted class is longer than " + MAX_LABEL + " characters");
            }
            line.put(PREDICTED_CLASS, predicted);
        }
        if (job.type() == TaskType.BATCH_REVIEW) {
            line.putAll(batch(item, job));
        }
        if (job.type().showsBoxes()) {
            OldLabel old = Objects.requireNonNull(item.old(), "the job's items have an old label");
            line.put(job.task().oldLabelsAttribute(), old.value());
            line.put(job.task().oldLabelsAttribute() + "-metadata", old.metadata());
        }
        String json = Json.text(line);
        if (json.length() > MAX_LINE) {
            throw refused(
                    item, job, "its line has " + json.length() + " characters, at most " + MAX_LINE + " are taken");
        }
        return json;
    }

    /** The class and the images shown with it, each under the key by which it is answered. */
    private static Map<String, Object> batch(LabelingItem item, LabelingJob job) {
        LabelingItem.Batch batch = Objects.requireNonNull(item.batch(), "the job's items are batches");
        List<Map<String, String>> images = new ArrayList<>();
        for (LabelingItem.Shown shown : batch.shown()) {
            if (!IMAGE.matcher(shown.reference()).matches()) {
                throw refused(
                        item,
                        job,
                        "image " + shown.itemId() + " of it has no s3:// URI that ends in .jpg, .jpeg or .png");
            }
            Map<String, String> image = new LinkedHashMap<>();
            image.put(LabelingJobs.BATCH_KEY, String.valueOf(images.size()));
            image.put(LabelingJobs.BATCH_IMAGE, shown.reference());
            image.put(LabelingJobs.BATCH_ITEM, shown.itemId());
            images.add(image);
        }
        int length = Json.text(images).length();
        if (batch.label().length() > MAX_LABEL || length > MAX_VALUE) {
            throw new ConfigException("A batch of class " + LabelingItem.shortened(batch.label()) + " has " + length
                    + " characters and its class " + batch.label().length() + ", at most " + MAX_VALUE + " and "
                    + MAX_LABEL
                    + " are taken: lower quality.batches.size, or map predicted_label to shorter names");
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(LabelingJobs.BATCH_CLASS, batch.label());
        keys.put(LabelingJobs.BATCH, images);
        return keys;
    }

    private static String reference(LabelingItem item, LabelingJob job) {
        String reference = item.reference();
        Task task = Task.of(job.type());
        if (Json.text(reference).length() > MAX_VALUE) {
            throw refused(item, job, "its reference is longer than " + MAX_VALUE + " characters");
        }
        if (task == Task.TEXT_CLASSIFICATION || task == Task.BATCH_REVIEW) {
            if (reference.isBlank()) {
                throw refused(item, job, "its text is empty");
            }
        } else if (!(task.sequences() ? SEQUENCE : IMAGE).matcher(reference).matches()) {
            throw refused(
                    item,
                    job,
                    "its reference must be an s3:// URI that ends in "
                            + (task.sequences() ? ".json, a sequence file" : ".jpg, .jpeg or .png"));
        }
        return reference;
    }

    private static ConfigException refused(LabelingItem item, LabelingJob job, String why) {
        return new ConfigException(job.key("type") + " = " + job.type().id() + " can't be asked of item "
                + item.itemId() + ": " + why + "; change the type, or the mapping of image_uri");
    }
}
