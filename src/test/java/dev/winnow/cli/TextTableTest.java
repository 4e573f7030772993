package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAlignedAndNullIsNamed() {
        assertThat(TextTable.text(
                        List.of("segment", "n"), List.of(List.of("night", "12"), Arrays.asList("fog, rain", null))))
                .containsExactly("segment    n", "---------  ----", "night      12", "fog, rain  null");
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        assertThat(TextTable.text(List.of("a", "b"), List.of(List.of("東京", "1"), List.of("e\u0301🙂", "2"))))
                .containsExactly("a     b", "----  -", "東京  1", "e\u0301🙂   2");
    }

    @Test
    void longCellsAreCutAtAWholeCharacter() {
        String cut =
                TextTable.text(List.of("a"), List.of(List.of("東".repeat(30)))).get(2);
        assertThat(cut).isEqualTo("東".repeat(19) + "…");
    }

    @Test
    void aCellCannotMoveTheCursorOrBreakALine() {
        assertThat(TextTable.text(List.of("a"), List.of(List.of("x\u001b[2J\ny\tz\u202e")))
                        .get(2))
                .isEqualTo("x\\u001b[2J\\ny\\tz\\u202e");
    }

    @Test
    void numbersAreRoundedToSixDigitsAndKeepTheirSize() {
        assertThat(TextTable.rounded("18.46048508150528")).isEqualTo("18.4605");
        assertThat(TextTable.rounded("426.0")).isEqualTo("426");
        assertThat(TextTable.rounded("-0.0")).isEqualTo("0");
        assertThat(TextTable.rounded("1234567.8")).isEqualTo("1234570");
        assertThat(TextTable.rounded("4.7377647226038756E-4")).isEqualTo("0.000473776");
        assertThat(TextTable.rounded("1.25E-17")).isEqualTo("1.25E-17");
        assertThat(TextTable.rounded("NaN")).isEqualTo("NaN");
    }

    @Test
    void csvQuotesWhatNeedsItAndTellsNullFromEmpty() {
        assertThat(TextTable.csv(
                        List.of("a", "b"),
                        List.of(List.of("x,y", "say \"hi\""), Arrays.asList(null, ""), List.of("two\nlines", "plain"))))
                .containsExactly("a,b", "\"x,y\",\"say \"\"hi\"\"\"", ",\"\"", "\"two\nlines\",plain");
    }
}
