package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.analysis.Answers.Judged;
import dev.winnow.ports.VisionModel.Form;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static final Map<String, String> CLASSES = Map.of("person", "person", "pick up", "pick\tup");
    private static final String GOOD = """
            {"objects": [{"class": "person", "count": 2}, {"class": "pick up", "count": 0}],
             "other_objects": ["wheelbarrow", "wheelbarrow", " "], "conditions": ["night", "infrared", "night"],
             "failure_mode": "low_light", "evidence": "Two people in the dark."}""";

    private final Answers answers = new Answers(Prompt.load());

    @Test
    void aTidyAnswerIsReadWithKnownClassesByTheirOwnNames() {
        Judged judged =
                answers.judge(Form.TOOL, false, GOOD.replace("\"count\": 0", "\"count\": 1"), "tool_use", CLASSES);

        assertThat(judged)
                .isEqualTo(new Judged(
                        ImageFindings.ANSWERED,
                        null,
                        new ImageReview.Seen(
                                "low_light",
                                Map.of("person", 2, "pick\tup", 1),
                                List.of("wheelbarrow"),
                                List.of("infrared", "night"),
                                "Two people in the dark.")));
    }

    @Test
    void freeWordsAreCleanedAndCutAndNoneOfAClassIsNoObject() {
        String foul = "<b>\\u0000\\u202e" + "x".repeat(1_000);
        String words = "\"thing 1\"" + ", \"thing " + String.join("\", \"thing ", numbers(2, 40)) + "\"";
        Judged judged = judged(GOOD.replace("Two people in the dark.", foul)
                .replace("\"wheelbarrow\", \"wheelbarrow\", \" \"", words + ", \"" + foul + "\""));

        assertThat(judged.status()).isEqualTo(ImageFindings.ANSWERED);
        assertThat(judged.seen()).isNotNull().satisfies(seen -> {
            assertThat(seen.evidence()).hasSize(300).startsWith("<b> xxx");
            assertThat(seen.otherObjects()).hasSize(20).contains("thing 1", "thing 20");
            assertThat(seen.objects()).containsOnlyKeys("person");
        });
    }

    private static List<String> numbers(int from, int to) {
        return java.util.stream.IntStream.rangeClosed(from, to)
                .mapToObj(String::valueOf)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"count\": 2 | \"count\": -1 | count is no integer from 0 to 1000",
                "\"count\": 2 | \"count\": 1001 | count is no integer",
                "\"count\": 2 | \"count\": 1.5 | count is no integer",
                "\"count\": 2 | \"count\": \"2\" | count is no integer",
                "\"count\": 2 | \"count\": 99999999999999999999 | count is no integer",
                "\"count\": 2 | \"count\": null | count is no integer",
                "\"count\": 2 | \"count\": 2, \"sure\": true | objects must be an object with class, count",
                "{\"class\": \"person\", \"count\": 2} | \"person\" | objects must be an object with class, count",
                "\"class\": \"person\" | \"class\": \"DROP TABLE\" | class has a word that is not in the schema",
                "\"class\": \"pick up\" | \"class\": \"person\" | objects names a class twice",
                "\"failure_mode\": \"low_light\" | \"failure_mode\": \"dark\" | failure_mode has a word",
                "\"failure_mode\": \"low_light\" | \"failure_mode\": [\"low_light\"] | failure_mode is no text",
                "\"night\", | \"nice\", | conditions has a word that is not in the schema",
                "[\"night\", \"infrared\", \"night\"] | \"night\" | conditions is no list",
                "\"wheelbarrow\", | 7, | other_objects is no text",
                "\"evidence\": \"Two people in the dark.\" | \"evidence\": null | evidence is no text",
                "\"evidence\": \"Two people in the dark.\" | \"why\": \"x\" | the answer must be an object with conditions,"
                        + " evidence, failure_mode, objects, other_objects",
                "\"evidence\": | \"path\": \"s3://b\", \"evidence\": | the answer must be an object with",
            })
    void anAnswerThatBreaksTheSchemaIsOffSchemaAndTheReasonDoesNotRepeatIt(String from, String to, String reason) {
        assertThat(GOOD).contains(from);
        Judged judged = judged(GOOD.replace(from, to));
        assertThat(judged.status()).isEqualTo(ImageFindings.OFF_SCHEMA);
        assertThat(judged.reason()).startsWith(reason).doesNotContain("DROP", "s3:", "dark");
        assertThat(judged.seen()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "\"text\"", "null", "true", "{}", "{\"a\":{}}"})
    void otherJsonIsOffSchema(String json) {
        assertThat(judged(json).status()).isEqualTo(ImageFindings.OFF_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "{\"objects\": [", "{} {}", "{'a': 1}", "{\"a\": 1, \"a\": 2}", "NaN", "\u0000"})
    void whatIsNoJsonIsMalformed(String text) {
        assertThat(judged(text).status()).isEqualTo(ImageFindings.MALFORMED);
    }

    @Test
    void deepOrLongAnswersAreNotRead() {
        assertThat(judged("[".repeat(20_000)).status()).isEqualTo(ImageFindings.MALFORMED);
        assertThat(judged(GOOD.replace("Two", "T".repeat(10_000_000))))
                .isEqualTo(new Judged(ImageFindings.OFF_SCHEMA, "the answer is longer than 50000 characters", null));
    }

    @ParameterizedTest
    @CsvSource({
        "max_tokens, TRUNCATED",
        "model_context_window_exceeded, TRUNCATED",
        "refusal, REFUSED",
        "content_filtered, REFUSED",
        "guardrail_intervened, REFUSED",
        "stop_sequence, MALFORMED",
        "malformed_model_output, MALFORMED",
        "malformed_tool_use, MALFORMED",
        "some_reason_of_next_year, MALFORMED",
        "'', MALFORMED",
        "end_turn, ANSWERED",
    })
    void onlyAnAnswerThatCameToItsEndIsRead(String stopReason, String status) {
        assertThat(answers.judge(Form.TOOL, false, GOOD, stopReason, CLASSES).status())
                .isEqualTo(status);
    }

    @Test
    void wordsAreNoAnswerWhereAToolWasAskedFor() {
        assertThat(answers.judge(Form.TEXT, false, GOOD, "end_turn", CLASSES).reason())
                .isEqualTo("the answer is not one call of the tool");
        assertThat(answers.judge(Form.OTHER, false, GOOD + "\n" + GOOD, "tool_use", CLASSES)
                        .status())
                .isEqualTo(ImageFindings.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GOOD | ANSWERED",
                "```json~GOOD~``` | ANSWERED",
                "Here it is:~```~GOOD~```~I hope it helps. | ANSWERED",
                "GOOD GOOD | MALFORMED",
                "Not {this} but GOOD | MALFORMED",
                "I can't tell. | MALFORMED",
                "GOOD and {more | MALFORMED",
            })
    void oneObjectIsFoundInWordsWhereWordsWereAskedFor(String words, String status) {
        String text = words.replace('~', '\n').replace("GOOD", GOOD);
        assertThat(answers.judge(Form.TEXT, true, text, "end_turn", CLASSES).status())
                .isEqualTo(status);
    }

    @Test
    void withoutKnownClassesAnAnswerNamesNone() {
        String without = GOOD.replaceAll("(?s)\"objects\": \\[.*?\\],", "");
        assertThat(answers.judge(Form.TOOL, false, without, "tool_use", Map.of())
                        .status())
                .isEqualTo(ImageFindings.ANSWERED);
        assertThat(answers.judge(Form.TOOL, false, GOOD, "tool_use", Map.of()).status())
                .isEqualTo(ImageFindings.OFF_SCHEMA);
    }

    private Judged judged(String json) {
        return answers.judge(Form.TOOL, false, json, "tool_use", CLASSES);
    }
}
