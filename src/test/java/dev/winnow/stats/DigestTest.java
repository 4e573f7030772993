package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
    @Test
    void theLengthOfATextIsPartOfTheDigest() {
        assertThat(new Digest().add("ab").add("c").hex(64))
                .isNotEqualTo(new Digest().add("a").add("bc").hex(64))
                .isNotEqualTo(new Digest().add("abc").hex(64));
        assertThat(new Digest().add("").hex(64)).isNotEqualTo(new Digest().hex(64));
    }

    @Test
    void theLengthIsCountedInBytesSoThatTheDigestIsPortable() {
        // printf '2:\xc3\xa93:abc' | sha256sum
        assertThat(new Digest().add("é").add("abc").hex(16)).isEqualTo("a7e5e0eeba63dad8");
    }

    @Test
    void readingADigestBeginsANewOne() {
        Digest digest = new Digest();
        String first = digest.add("a").hex(12);
        assertThat(digest.add("a").hex(12)).isEqualTo(first).hasSize(12);
    }

    @Test
    void theDigestOfAFileIsItsSha256(@TempDir Path folder) throws IOException {
        assertThat(Digest.ofFile(Files.writeString(folder.resolve("f"), "abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
