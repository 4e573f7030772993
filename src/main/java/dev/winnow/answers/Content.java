package dev.winnow.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.inputs.Reviews;
import dev.winnow.labeling.LabelingJobs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says.
 *
 * @param task one of the tasks of {@link Answers}
 * @param label class; null for other tasks than classification
 * @param answer JSON; null for classification
 */
record Content(
        String task, @Nullable String label, @Nullable String answer) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What people choose from where they judge what they are shown (labeling, verdicts of old boxes). */
    private static final Map<String, String> VERDICTS = Map.of(
            LabelingJobs.RIGHT, Reviews.CONFIRM,
            LabelingJobs.WRONG, Reviews.DISCONFIRM,
            LabelingJobs.CANT_TELL, Reviews.CANT_TELL);

    /**
     * A box in pixels of the stored image.
     *
     * @param left from the left edge
     * @param top from the top edge
     */
    record Drawn(String label, double left, double top, double width, double height) {
        private Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("label", label);
            json.put("left", left);
            json.put("top", top);
            json.put("width", width);
            json.put("height", height);
            return json;
        }
    }

    static Content label(String label) {
        return new Content(Answers.CLASSIFICATION, label, null);
    }

    /** Classes in the order of their names, so that the same answer reads the same. */
    static Content labels(Collection<String> labels) {
        return new Content(Answers.MULTI_LABEL, null, write(new TreeSet<>(labels)));
    }

    /** Boxes in the order they were drawn; none is an answer, too: there is nothing. */
    static Content boxes(List<Drawn> boxes) {
        return new Content(
                Answers.BOXES, null, write(boxes.stream().map(Drawn::json).toList()));
    }

    /** A verdict on what was shown in the words of {@link Reviews}; empty where this is none that our jobs offer. */
    Optional<Content> verdict() {
        String verdict = label == null ? null : VERDICTS.get(label);
        return Optional.ofNullable(verdict).map(said -> new Content(Answers.REVIEW, said, null));
    }

    static Content mask(String uri) {
        return new Content(Answers.SEGMENTATION, null, write(uri));
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Lists of texts and numbers can be written as JSON", e);
        }
    }

    /**
     * Reads the form a worker sent: an object with one entry for each named element of the template, or a single one of
     * Amazon's elements without a name. Empty where no element is one that can be read.
     *
     * @param form {@code answerContent}, or the parsed {@code content} of a consolidation request
     */
    static Optional<Content> ofForm(JsonNode form) {
        return ofElement(form).or(() -> {
            for (JsonNode element : form) {
                Optional<Content> content = ofElement(element);
                if (content.isPresent()) {
                    return content;
                }
            }
            return ofTexts(form);
        });
    }

    private static Optional<Content> ofElement(JsonNode element) {
        if (element.path("boundingBoxes").isArray()) {
            List<Drawn> boxes = new ArrayList<>();
            for (JsonNode box : element.path("boundingBoxes")) {
                boxes.add(new Drawn(
                        box.path("label").asText(),
                        box.path("left").asDouble(Double.NaN),
                        box.path("top").asDouble(Double.NaN),
                        box.path("width").asDouble(Double.NaN),
                        box.path("height").asDouble(Double.NaN)));
            }
            return boxes.stream().allMatch(Content::drawn) ? Optional.of(boxes(boxes)) : Optional.empty();
        }
        if (element.path("labels").isArray()) {
            List<String> labels = new ArrayList<>();
            element.path("labels").forEach(label -> labels.add(label.asText()));
            return Optional.of(labels(labels));
        }
        if (element.path("label").isTextual() && !element.path("label").asText().isBlank()) {
            return Optional.of(label(element.path("label").asText()));
        }
        return ofChoice(element);
    }

    static boolean drawn(Drawn box) {
        return !box.label.isBlank()
                && Double.isFinite(box.left + box.top + box.width + box.height)
                && box.width > 0
                && box.height > 0;
    }

    /** Radio buttons and check boxes come as {@code {"yes": true, "no": false}}. */
    private static Optional<Content> ofChoice(JsonNode element) {
        if (!element.isObject() || element.isEmpty()) {
            return Optional.empty();
        }
        List<String> chosen = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : element.properties()) {
            if (!entry.getValue().isBoolean()) {
                return Optional.empty();
            }
            if (entry.getValue().booleanValue()) {
                chosen.add(entry.getKey());
            }
        }
        return Optional.of(chosen.size() == 1 ? label(chosen.get(0)) : labels(chosen));
    }

    /** A form with a single text is that text. */
    private static Optional<Content> ofTexts(JsonNode form) {
        return form.size() == 1
                        && form.elements().next().isTextual()
                        && !form.elements().next().asText().isBlank()
                ? Optional.of(label(form.elements().next().asText()))
                : Optional.empty();
    }
}
