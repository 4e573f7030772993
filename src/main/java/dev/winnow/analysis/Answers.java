package dev.winnow.analysis;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.ports.VisionModel.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what an answer is worth: it keeps the schema to the letter, or it is kept as it came and counted.
 *
 * <p>Free words are cleaned and cut; nothing else is mended or guessed.
 */
final class Answers {
    /** Longest answer that is read and kept, in characters; those that keep the schema are far shorter. */
    static final int LONGEST = 50_000;

    private static final int LONGEST_EVIDENCE = 300;
    private static final int LONGEST_WORD = 60;
    private static final int MOST_OTHER_OBJECTS = 20;
    private static final int MOST_OF_A_CLASS = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Set<String> failureModes;
    private final Set<String> conditions;

    Answers(Prompt prompt) {
        this.failureModes = Set.copyOf(prompt.failureModes());
        this.conditions = Set.copyOf(prompt.conditions());
    }

    /**
     * A judged answer.
     *
     * @param status of {@link ImageFindings#STATUSES}
     * @param reason why it is not ANSWERED; null if it is
     * @param seen what it says; null unless ANSWERED
     */
    record Judged(String status, @Nullable String reason, ImageReview.@Nullable Seen seen) {}

    /** What breaks the schema; the message says it. */
    private static final class OffSchema extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OffSchema(String message) {
            super(message);
        }
    }

    /**
     * Judges an answer.
     *
     * @param inWords whether it was asked for in words; then one JSON object is looked for in them
     * @param content cut after {@link #LONGEST} + 1 characters
     * @param classes class as the model reads it, to the known class
     */
    Judged judge(Form form, boolean inWords, String content, String stopReason, Map<String, String> classes) {
        Judged cutShort = switch (stopReason) {
            case "tool_use", "end_turn" -> null;
            case "max_tokens", "model_context_window_exceeded" ->
                new Judged(
                        ImageFindings.TRUNCATED, "the answer is cut off (" + stopReason + "); raise max-tokens", null);
            case "refusal", "content_filtered", "guardrail_intervened" ->
                new Judged(ImageFindings.REFUSED, "the model or a guardrail declined (" + stopReason + ")", null);
            default ->
                malformed("the model stopped for a reason that is not known to end an answer: "
                        + (stopReason.isEmpty() ? "none" : Words.clean(stopReason, LONGEST_WORD)));
        };
        if (cutShort != null) {
            return cutShort;
        }
        if (content.length() > LONGEST) {
            return new Judged(ImageFindings.OFF_SCHEMA, "the answer is longer than " + LONGEST + " characters", null);
        }
        if (form != (inWords ? Form.TEXT : Form.TOOL)) {
            return malformed(inWords ? "the answer is not in words" : "the answer is not one call of the tool");
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(inWords ? object(content) : content);
        } catch (JsonProcessingException e) {
            return malformed("the answer is not one JSON object");
        }
        if (answer.isMissingNode()) {
            return malformed("the answer is empty");
        }
        try {
            return new Judged(ImageFindings.ANSWERED, null, seen(answer, classes));
        } catch (OffSchema e) {
            return new Judged(ImageFindings.OFF_SCHEMA, e.getMessage(), null);
        }
    }

    private static Judged malformed(String reason) {
        return new Judged(ImageFindings.MALFORMED, reason, null);
    }

    /** The one JSON object that words hold, be it in a code fence or between sentences. */
    private static String object(String words) throws JsonProcessingException {
        int start = Math.max(0, words.indexOf('{'));
        try (JsonParser parser = JSON.createParser(words.substring(start))) {
            parser.nextToken();
            parser.skipChildren();
            int end = start + (int) parser.currentLocation().getCharOffset();
            return words.indexOf('{', end) < 0 ? words.substring(start, end) : words;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("A text is read without input and output", e);
        }
    }

    private ImageReview.Seen seen(JsonNode answer, Map<String, String> classes) {
        Set<String> fields =
                new LinkedHashSet<>(List.of("objects", "other_objects", "conditions", "failure_mode", "evidence"));
        if (classes.isEmpty()) {
            fields.remove("objects");
        }
        keys(answer, fields, "the answer");
        Map<String, Integer> objects = new TreeMap<>();
        if (!classes.isEmpty()) {
            for (JsonNode object : list(answer, "objects")) {
                count(object, classes, objects);
            }
        }
        objects.values().removeIf(count -> count == 0);
        List<String> others = texts(answer, "other_objects").stream()
                .map(word -> Words.clean(word, LONGEST_WORD))
                .filter(word -> !word.isEmpty())
                .distinct()
                .limit(MOST_OTHER_OBJECTS)
                .toList();
        List<String> conditionsSeen = texts(answer, "conditions").stream()
                .map(word -> oneOf(word, conditions, "conditions"))
                .distinct()
                .sorted()
                .toList();
        return new ImageReview.Seen(
                oneOf(text(answer.get("failure_mode"), "failure_mode"), failureModes, "failure_mode"),
                objects,
                others,
                conditionsSeen,
                Words.clean(text(answer.get("evidence"), "evidence"), LONGEST_EVIDENCE));
    }

    private static void count(JsonNode object, Map<String, String> classes, Map<String, Integer> counts) {
        keys(object, Set.of("class", "count"), "objects");
        String shown = oneOf(text(object.get("class"), "class"), classes.keySet(), "class");
        JsonNode count = object.get("count");
        if (!count.isIntegralNumber()
                || !count.canConvertToInt()
                || count.asInt() < 0
                || count.asInt() > MOST_OF_A_CLASS) {
            throw new OffSchema("count is no integer from 0 to " + MOST_OF_A_CLASS);
        }
        if (counts.put(classes.getOrDefault(shown, shown), count.asInt()) != null) {
            throw new OffSchema("objects names a class twice");
        }
    }

    private static void keys(JsonNode object, Set<String> expected, String where) {
        Set<String> found = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(found::add);
        if (!object.isObject() || !found.equals(expected)) {
            throw new OffSchema(where + " must be an object with "
                    + String.join(", ", expected.stream().sorted().toList()));
        }
    }

    private static JsonNode list(JsonNode object, String key) {
        JsonNode list = object.get(key);
        if (!list.isArray()) {
            throw new OffSchema(key + " is no list");
        }
        return list;
    }

    private static List<String> texts(JsonNode object, String key) {
        List<String> texts = new ArrayList<>();
        list(object, key).forEach(item -> texts.add(text(item, key)));
        return texts;
    }

    private static String text(JsonNode value, String key) {
        if (!value.isTextual()) {
            throw new OffSchema(key + " is no text");
        }
        return value.textValue();
    }

    /** The reason does not repeat the word: it is the model's, and it may say anything. */
    private static String oneOf(String word, Set<String> words, String key) {
        if (!words.contains(word)) {
            throw new OffSchema(key + " has a word that is not in the schema");
        }
        return word;
    }
}
