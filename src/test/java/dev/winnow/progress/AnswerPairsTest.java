package dev.winnow.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.progress.AnswerPairs.Given;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerPairsTest {
    private static Given label(String task, String label) {
        return new Given(task, label, null, null);
    }

    private static Given json(String task, String answer) {
        return new Given(task, null, answer, null);
    }

    private static String box(String label, double left, double width) {
        return "{\"label\":\"" + label + "\",\"left\":" + left + ",\"top\":0,\"width\":" + width + ",\"height\":10}";
    }

    @Test
    void aClassIsTheSameOrNot() {
        assertThat(AnswerPairs.same(label("CLASSIFICATION", "bag"), label("CLASSIFICATION", "bag")))
                .isEqualTo(1);
        assertThat(AnswerPairs.same(label("CLASSIFICATION", "bag"), label("CLASSIFICATION", "knife")))
                .isZero();
        assertThat(AnswerPairs.same(label("REVIEW", "CONFIRM"), label("CLASSIFICATION", "CONFIRM")))
                .as("another question")
                .isZero();
        assertThat(AnswerPairs.mean(List.of(
                        label("CLASSIFICATION", "a"), label("CLASSIFICATION", "a"), label("CLASSIFICATION", "b"))))
                .isCloseTo(1 / 3.0, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]             | []         | 1",
                "[\"a\"]        | []         | 0",
                "[\"a\",\"b\"]  | [\"b\",\"a\"] | 1",
                "[\"a\",\"b\"]  | [\"b\",\"c\"] | 0.3333333333333333",
            })
    void setsOfClassesShareWhatIsInBoth(String one, String other, double same) {
        assertThat(AnswerPairs.same(json("MULTI_LABEL", one), json("MULTI_LABEL", other)))
                .isCloseTo(same, within(1e-12));
    }

    @Test
    void boxesAreTheSameWhereTheyOverlapByHalfAndAreOfOneClass() {
        String two = "[" + box("bag", 0, 10) + "," + box("bag", 100, 10) + "]";
        assertThat(AnswerPairs.same(json("BOXES", "[]"), json("BOXES", "[]"))).isEqualTo(1);
        assertThat(AnswerPairs.same(json("BOXES", two), json("BOXES", two))).isEqualTo(1);
        assertThat(AnswerPairs.same(json("BOXES", two), json("BOXES", "[" + box("bag", 2, 10) + "]")))
                .as("8 of 12 pixels: one of two found, none too many")
                .isCloseTo(2 / 3.0, within(1e-12));
        assertThat(AnswerPairs.same(json("BOXES", two), json("BOXES", "[" + box("bag", 5, 10) + "]")))
                .as("5 of 15")
                .isZero();
        assertThat(AnswerPairs.same(json("BOXES", two), json("BOXES", "[" + box("knife", 0, 10) + "]")))
                .isZero();
        assertThat(AnswerPairs.same(
                        json("BOXES", two), json("BOXES", "[" + box("bag", 0, 10) + "," + box("bag", 1, 10) + "]")))
                .as("a box is found once")
                .isEqualTo(0.5);
    }
}
