package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void whatCanNotBeSeenBecomesOneSpaceAndWritingSystemsStay() {
        assertThat(Words.clean("  a\u0000\u001b[31m\r\n\u2028b\u202e\u200b  c\uFEFF ", 100))
                .isEqualTo("a [31m b c");
        assertThat(Words.clean("Füchse 狐 🦊", 100)).isEqualTo("Füchse 狐 🦊");
        assertThat(Words.clean("\u0000\n\t ", 100)).isEmpty();
    }

    @Test
    void aCutLeavesNoHalfCharacter() {
        assertThat(Words.clean("ab🦊", 3)).isEqualTo("ab");
        assertThat(Words.clean("ab🦊", 4)).isEqualTo("ab🦊");
        assertThat(Words.clean("ab c", 3)).isEqualTo("ab");
        assertThat(Words.clean("x".repeat(10_000_000), 300)).hasSize(300);
        assertThat(Words.clean("\uD83E lone", 300)).isEqualTo("lone");
    }
}
