package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageReferencesTest {
    static List<String> good() {
        return List.of(
                "s3://bucket/a.jpg",
                "s3://bucket/a/b c/0001.JPEG",
                "s3://b.u-c.ket/IMG.PNG",
                "s3://bucket/$HOME/'quoted' \"twice\".jpg",
                "s3://bucket/caméra/日本/\uD83D\uDE00.png",
                "s3://bucket/a..b/c...d.jpg",
                "s3://bucket//twice.jpg",
                "s3://bucket/dt=2026-10-01/x?y=1&z=#.jpg",
                "s3://bucket/" + "x".repeat(1_020) + ".jpg");
    }

    static List<String> bad() {
        return List.of(
                "",
                "a.jpg",
                "/a.jpg",
                "file:///a.jpg",
                "https://bucket/a.jpg",
                "s3a://bucket/a.jpg",
                "S3://bucket/a.jpg",
                "s3://bucket/",
                "s3://bucket",
                "s3:///a.jpg",
                "s3://ab/../c.jpg",
                "s3://bucket/../secret.jpg",
                "s3://bucket/a/./b.jpg",
                "s3://buc..ket/a.jpg",
                "s3://Bucket/a.jpg",
                "s3://bucket/a",
                "s3://bucket/a.webp",
                "s3://bucket/a.jpg.gz",
                "s3://bucket/jpg",
                "s3://bucket/a.jpg ",
                "s3://bucket/a\n.jpg",
                "s3://bucket/a\r.jpg",
                "s3://bucket/a\u0000.jpg",
                "s3://bucket/a\u2028.jpg",
                "s3://bucket/a\u0085.jpg",
                "s3://bucket/" + "x".repeat(1_021) + ".jpg",
                "s3://bucket/" + "日".repeat(341) + ".jpg",
                "s3://bucket/" + "../".repeat(10_000) + ".jpg");
    }

    @ParameterizedTest
    @MethodSource("good")
    void aKeyMayHoldWhatS3Allows(String uri) {
        assertThat(ImageReferences.usable(uri)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatALabelingJobCannotReadIsNotChosen(String uri) {
        assertThat(ImageReferences.usable(uri)).isFalse();
    }

    @Test
    void aKeyIsAtMost1024BytesWhateverItsCharacters() {
        assertThat(ImageReferences.usable("s3://bucket/" + "日".repeat(340) + ".jpg"))
                .isTrue(); // 1,024 bytes
        assertThat(ImageReferences.usable("s3://bucket/" + "日".repeat(340) + "a.jpg"))
                .isFalse();
    }
}
