package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.ports.VisionModel;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of an image, and the form of the answer; resources beside this class, with a version.
 *
 * <p>Labels are the only foreign text in it. They stand in a JSON object between tags that no JSON text can close,
 * because {@code <} is escaped in it, and, where they are classes to choose from, in the schema, escaped likewise.
 */
public final class Prompt {
    /** Rises when words or schema change on purpose. */
    private static final int NUMBER = 1;

    private static final String TOOL = "record_review";
    private static final String TOOL_PURPOSE =
            "Stores what is visible on the image and why the detector may have failed";
    private static final int LONGEST_LABEL = 100;
    private static final JsonMapper JSON = new JsonMapper();

    private final String system;
    private final String question;
    private final String toolAnswer;
    private final String wordsAnswer;
    private final JsonNode schema;
    private final String version;

    private Prompt(String system, String question, String toolAnswer, String wordsAnswer, String schema) {
        this.system = system.strip();
        this.question = question.strip();
        this.toolAnswer = toolAnswer.strip();
        this.wordsAnswer = wordsAnswer.strip();
        this.schema = tree(schema);
        this.version = NUMBER + "-"
                + new Digest()
                        .add(system)
                        .add(question)
                        .add(toolAnswer)
                        .add(wordsAnswer)
                        .add(schema)
                        .hex(8);
    }

    /** The prompt of this version of Winnow. */
    public static Prompt load() {
        return new Prompt(
                resource("system.txt"),
                resource("question.txt"),
                resource("tool.txt"),
                resource("words.txt"),
                resource("schema.json"));
    }

    /** Its number and a hash of its texts, by which answers are told apart. */
    public String version() {
        return version;
    }

    /** Failure modes that an answer may name. */
    public List<String> failureModes() {
        return texts(schema.at("/properties/failure_mode/enum"));
    }

    /** Conditions that an answer may name. */
    public List<String> conditions() {
        return texts(schema.at("/properties/conditions/items/enum"));
    }

    /**
     * What is asked about one case.
     *
     * @param key hash of image, model, prompt version and question: equal keys have one answer
     * @param image the case
     * @param classes known class as the model reads it, to the class
     * @param text the words that follow the image
     * @param schema JSON Schema of the answer
     */
    record Case(String key, ImageCase image, Map<String, String> classes, String text, String schema) {}

    /**
     * Asks about a case.
     *
     * @param known classes of the use case; if empty, those that the case names
     */
    Case ask(String modelId, ImageCase image, List<String> known) {
        Map<String, String> classes = new LinkedHashMap<>();
        for (String label : known.isEmpty() ? named(image) : known) {
            String shown = Words.clean(label, LONGEST_LABEL);
            if (!shown.isEmpty()) {
                classes.putIfAbsent(shown, label);
            }
        }
        String text = question.replace("{record}", fenced(image));
        String form = withoutTags(schemaFor(List.copyOf(classes.keySet())));
        String key = new Digest()
                .add(image.imageHash())
                .add(modelId)
                .add(version)
                .add(text)
                .add(form)
                .hex(32);
        return new Case(key, image, classes, text, form);
    }

    /** The question for a model that answers through a tool. */
    VisionModel.Question byTool(Case asked, ByteBuffer image) {
        return new VisionModel.Question(
                system,
                image,
                asked.image().mediaType(),
                asked.text() + "\n\n" + toolAnswer,
                new VisionModel.Tool(TOOL, TOOL_PURPOSE, asked.schema()));
    }

    /** The question for a model that answers in words, one JSON object. */
    VisionModel.Question inWords(Case asked, ByteBuffer image) {
        String text = asked.text() + "\n\n" + wordsAnswer.replace("{schema}", asked.schema());
        return new VisionModel.Question(system, image, asked.image().mediaType(), text, null);
    }

    /** Characters of everything that is said about one image. */
    int characters(Case asked) {
        return system.length() + asked.text().length() + asked.schema().length() + wordsAnswer.length();
    }

    private static List<String> named(ImageCase image) {
        List<String> named = new ArrayList<>();
        for (String label : new @Nullable String[] {image.predictedLabel(), image.correctedLabel()}) {
            if (label != null) {
                named.add(label);
            }
        }
        return named;
    }

    private static String fenced(ImageCase image) {
        ObjectNode fields = JSON.createObjectNode();
        fields.put("predicted", label(image.predictedLabel()));
        fields.put("verdict", label(image.verdict()));
        fields.put("named_by_person", label(image.correctedLabel()));
        return withoutTags(fields);
    }

    /** JSON that no tag can stand in. */
    private static String withoutTags(JsonNode json) {
        return json.toString().replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
    }

    private static @Nullable String label(@Nullable String text) {
        return text == null ? null : Words.clean(text, LONGEST_LABEL);
    }

    /** Without known classes, a model can't name one. */
    private JsonNode schemaFor(List<String> classes) {
        ObjectNode form = schema.deepCopy();
        if (classes.isEmpty()) {
            form.withObject("/properties").remove("objects");
            ArrayNode required = form.withArray("/required");
            for (int i = required.size() - 1; i >= 0; i--) {
                if (required.get(i).asText().equals("objects")) {
                    required.remove(i);
                }
            }
        } else {
            ArrayNode words = form.withObject("/properties/objects/items/properties/class")
                    .putArray("enum");
            classes.forEach(words::add);
        }
        return form;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The schema resource is JSON", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Prompt.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
