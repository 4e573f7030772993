package dev.winnow.export;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.answers.Answers;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * An augmented manifest in the shape that Ground Truth's own output has: one JSON object a line, the label under its
 * attribute and what it means under {@code <attribute>-metadata}.
 *
 * <p>Boxes are in whole pixels of the stored image. The image's size is not known here and left out.
 */
final class ManifestFile implements TrainingFile {
    private static final String TYPE = "groundtruth/";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final BufferedWriter out;
    private final String attribute;
    private final String job;
    private final Classes classes;
    private final Predicate<String> areTexts;

    /**
     * Opens the file.
     *
     * @param attribute that holds the label
     * @param job name that stands for the labeling job
     * @param areTexts whether the items of a use case are texts
     */
    ManifestFile(Path file, String attribute, String job, Classes classes, Predicate<String> areTexts)
            throws IOException {
        this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        this.attribute = attribute;
        this.job = job;
        this.classes = classes;
        this.areTexts = areTexts;
    }

    @Override
    public void add(Row item) throws IOException {
        out.write(JSON.writeValueAsString(line(item)));
        out.write('\n');
    }

    private Map<String, Object> line(Row item) {
        Map<String, Object> line = new LinkedHashMap<>();
        boolean isText = areTexts.test(item.getAs(Labels.USE_CASE));
        line.put(isText ? "source" : "source-ref", item.getAs(Inferences.IMAGE_URI));
        line.put("item-id", item.getAs(Labels.ITEM_ID));
        line.put("use-case", item.getAs(Labels.USE_CASE));
        line.put("round-id", item.getAs(Selections.ROUND_ID));
        line.put("signal", item.getAs(Selections.SIGNAL));
        line.put("site-id", item.getAs(Inferences.SITE_ID));
        line.put("camera-id", item.getAs(Inferences.CAMERA_ID));
        line.put("captured-at", item.<Instant>getAs(Inferences.CAPTURED_AT).toString());
        line.put("model-version", item.getAs(Inferences.MODEL_VERSION));
        line.put("split", item.getAs(TrainingItems.SPLIT));
        line.put("weight", item.getAs(TrainingItems.WEIGHT));
        String task = item.getAs(Labels.TASK);
        switch (task) {
            case Answers.CLASSIFICATION -> classification(line, item);
            case Answers.MULTI_LABEL -> set(line, item);
            case Answers.BOXES -> boxes(line, item);
            case Answers.SEGMENTATION -> mask(line, item);
            default -> throw new IllegalStateException("The table labels knows no task " + task);
        }
        return line;
    }

    private void classification(Map<String, Object> line, Row item) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("class-name", item.getAs(Labels.LABEL));
        putConfidence(metadata, item.getAs(Labels.CONFIDENCE));
        line.put(attribute, classes.ofLabel(item));
        line.put(
                attribute + "-metadata",
                completed(metadata, (line.containsKey("source") ? "text" : "image") + "-classification"));
        if (TrainingItems.AUTO_LABEL.equals(item.getAs(Labels.METHOD))) {
            metadata.put("human-annotated", "no");
        }
    }

    private void set(Map<String, Object> line, Row item) {
        List<Integer> numbers = classes.ofSet(item);
        line.put(attribute, numbers);
        line.put(
                attribute + "-metadata",
                completed(
                        new LinkedHashMap<>(Map.of("class-map", classes.map(numbers))),
                        "image-classification-multilabel"));
    }

    private void boxes(Map<String, Object> line, Row item) {
        List<Map<String, Object>> annotations = new ArrayList<>();
        List<Map<String, Object>> objects = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode box : Classes.answer(item)) {
            int number = classes.number(box.path("label").asText());
            long left = Math.round(box.path("left").asDouble());
            long top = Math.round(box.path("top").asDouble());
            long right =
                    Math.round(box.path("left").asDouble() + box.path("width").asDouble());
            long bottom =
                    Math.round(box.path("top").asDouble() + box.path("height").asDouble());
            Map<String, Object> annotation = new LinkedHashMap<>();
            annotation.put("class_id", number);
            annotation.put("left", left);
            annotation.put("top", top);
            annotation.put("width", Math.max(1, right - left));
            annotation.put("height", Math.max(1, bottom - top));
            annotations.add(annotation);
            Map<String, Object> object = new LinkedHashMap<>();
            putConfidence(
                    object,
                    box.path("confidence").isNumber() ? box.path("confidence").asDouble() : null);
            objects.add(object);
            numbers.add(number);
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("objects", objects);
        metadata.put("class-map", classes.map(numbers));
        line.put(attribute, Map.of("annotations", annotations));
        line.put(attribute + "-metadata", completed(metadata, "object-detection"));
    }

    private void mask(Map<String, Object> line, Row item) {
        line.put(attribute + "-ref", Classes.answer(item).asText());
        line.put(attribute + "-ref-metadata", completed(new LinkedHashMap<>(), "semantic-segmentation"));
    }

    private Map<String, Object> completed(Map<String, Object> metadata, String type) {
        metadata.put("type", TYPE + type);
        metadata.put("job-name", job);
        metadata.put("human-annotated", "yes");
        return metadata;
    }

    private static void putConfidence(Map<String, Object> map, @Nullable Double confidence) {
        if (confidence != null) {
            map.put("confidence", confidence);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
