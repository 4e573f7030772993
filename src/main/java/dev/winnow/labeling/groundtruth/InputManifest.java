package dev.winnow.labeling.groundtruth;

import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.OldLabel;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
        line.put(job.type() == TaskType.TEXT_CLASSIFICATION ? "source" : "source-ref", reference(item, job));
        line.putAll(item.origin(job.task()));
        if (job.type() == TaskType.CLASS_VERIFICATION) {
            String predicted = Objects.requireNonNull(item.predicted(), "the job's items have a prediction");
            if (predicted.length() > MAX_LABEL) {
                throw refused(item, job, "its predicted class is longer than " + MAX_LABEL + " characters");
            }
            line.put(PREDICTED_CLASS, predicted);
        }
        if (job.type().showsBoxes()) {
            OldLabel old = Objects.requireNonNull(item.old(), "the job's items have an old label");
            line.put(job.task().oldLabelsAttribute(), old.value());
            line.put(job.task().oldLabelsAttribute() + "-metadata", old.metadata());
        }
        String text = Json.text(line);
        if (text.length() > MAX_LINE) {
            throw refused(
                    item, job, "its line has " + text.length() + " characters, at most " + MAX_LINE + " are taken");
        }
        return text;
    }

    private static String reference(LabelingItem item, LabelingJob job) {
        String reference = item.reference();
        Task task = Task.of(job.type());
        if (Json.text(reference).length() > MAX_VALUE) {
            throw refused(item, job, "its reference is longer than " + MAX_VALUE + " characters");
        }
        if (task == Task.TEXT_CLASSIFICATION) {
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
