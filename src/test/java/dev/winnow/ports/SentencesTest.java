package dev.winnow.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentencesTest {
    private static String told(String sentence) {
        return new Stage.Report(0, 0, 0, 0, "", List.of(sentence)).sentences().get(0);
    }

    @Test
    void aSentenceIsOneLineWhateverTheNamesInItHold() {
        assertThat(told("use case a\r\nb\tc\u0085d\u2028e\u0000\u009b: 3 rows"))
                .isEqualTo("use case a b c d e : 3 rows");
        assertThat(told("use case " + "x".repeat(30_000) + ": 3 rows"))
                .isEqualTo("use case " + "x".repeat(200) + "... 3 rows");
        assertThat(told("\uD83D\uDE00".repeat(400))).isEqualTo("\uD83D\uDE00".repeat(200) + "...");
        assertThat(told("x".repeat(399))).hasSize(399);
    }
}
