package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void ordinaryTextOfAnyScriptStays() {
        assertThat(PlainText.of("camera_type=dome AND Ort=Köln 夜 😀 <b>&amp;'\"</b>"))
                .isEqualTo("camera_type=dome AND Ort=Köln 夜 😀 <b>&amp;'\"</b>");
    }

    @Test
    void controlAndInvisibleCharactersAndThoseThatTurnTheDirectionAreReplaced() {
        assertThat(PlainText.of("a\0b\u001b[31mc\u202ed\u200be\u2066f\u2028g\nh\u0085i\ud800j"))
                .isEqualTo("a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh\ufffdi\ufffdj");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        String cut = PlainText.of("😀".repeat(5_000_000));
        assertThat(cut.codePointCount(0, cut.length())).isEqualTo(PlainText.MAX_LENGTH + 1);
        assertThat(cut).startsWith("😀").endsWith("😀…");
        assertThat(PlainText.of("x".repeat(PlainText.MAX_LENGTH))).doesNotContain("…");
    }
}
