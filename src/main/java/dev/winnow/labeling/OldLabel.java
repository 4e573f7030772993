package dev.winnow.labeling;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Boxes that people look at, of a model or of an earlier job, in the shape that Ground Truth's own output has (SageMaker
 * developer guide, labeling job output data).
 *
 * @param value image size and boxes; passed on as it is
 * @param metadata what the numbers of classes mean; passed on as it is
 * @param width of the image, pixels
 * @param height of the image, pixels
 * @param boxes the boxes, in their order; may be empty
 */
public record OldLabel(JsonNode value, JsonNode metadata, int width, int height, List<Box> boxes) {
    /** Longest value of an attribute of a manifest's line, characters. */
    private static final int MAX_ATTRIBUTE = 20_000;

    /**
     * A box in pixels of the stored image, from the top left.
     *
     * @param confidence in [0, 1]; null where it is not known
     */
    public record Box(
            String label,
            double left,
            double top,
            double width,
            double height,
            @Nullable Double confidence) {}

    /** Reads the label of a line; empty where it has none, or none that people could be shown. */
    static Optional<OldLabel> of(JsonNode line, String attribute) {
        JsonNode value = line.path(attribute);
        JsonNode metadata = line.path(attribute + "-metadata");
        JsonNode size = value.path("image_size").path(0);
        int width = size.path("width").asInt();
        int height = size.path("height").asInt();
        if (!value.path("annotations").isArray()
                || width < 1
                || height < 1
                || value.toString().length() > MAX_ATTRIBUTE
                || metadata.toString().length() > MAX_ATTRIBUTE) {
            return Optional.empty();
        }
        List<Box> boxes = new ArrayList<>();
        for (JsonNode annotation : value.path("annotations")) {
            JsonNode confidence = metadata.path("objects").path(boxes.size()).path("confidence");
            Box box = new Box(
                    metadata.path("class-map")
                            .path(annotation.path("class_id").asText())
                            .asText(),
                    annotation.path("left").asDouble(Double.NaN),
                    annotation.path("top").asDouble(Double.NaN),
                    annotation.path("width").asDouble(Double.NaN),
                    annotation.path("height").asDouble(Double.NaN),
                    confidence.isNumber() ? confidence.asDouble() : null);
            boolean drawn = box.left >= 0
                    && box.top >= 0
                    && box.width > 0
                    && box.height > 0
                    && box.left + box.width <= width
                    && box.top + box.height <= height;
            if (box.label.isBlank() || !drawn) {
                return Optional.empty();
            }
            boxes.add(box);
        }
        return Optional.of(new OldLabel(value, metadata, width, height, List.copyOf(boxes)));
    }
}
