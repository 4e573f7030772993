package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.TaskType.Subject;
import dev.winnow.labeling.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemReferencesTest {
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
        assertThat(ItemReferences.usable(Subject.IMAGE, uri)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatALabelingJobCannotReadIsNotChosen(String uri) {
        assertThat(ItemReferences.usable(Subject.IMAGE, uri)).isFalse();
    }

    static List<String> texts() {
        return List.of(
                "ok",
                "Was it a \"bag\"?\nSecond line\r\n\tthird\u0000",
                "\uD83D\uDE00 日本 \u2028 \u0085",
                "{{ task.input }} ${x} </script> $",
                "https://spam.example/win",
                "/shrug",
                "see s3://bucket/1.jpg",
                "x".repeat(19_998),
                "日".repeat(3_333));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aTextMaySayWhatItLikes(String text) {
        assertThat(ItemReferences.usable(Subject.TEXT, text)).isTrue();
        assertThat(ItemReferences.usable(Subject.IMAGE, text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "s3://bucket/1.txt",
                "s3a://bucket/texts/1",
                "file:///a.txt",
                "/texts/1.txt",
                "1.PNG",
                "https://b/1.jpeg",
                "dbfs:/texts/1",
                "wasbs://container@account/1",
                "gcs://bucket/1",
                "s3://bucket/my docs/1.txt"
            })
    void anEmptyTextAndThePlaceOfOneAreNone(String text) {
        assertThat(ItemReferences.usable(Subject.TEXT, text)).isFalse();
    }

    @Test
    void aSequenceIsAnObjectOnS3ThatEndsInJson() {
        assertThat(ItemReferences.usable(Subject.SEQUENCE, "s3://bucket/a/b c/0001.JSON"))
                .isTrue();
        for (String bad : List.of("s3://bucket/1.jpg", "s3://bucket/1.mp4", "/1.json", "s3://b1k/../1.json", "{}")) {
            assertThat(ItemReferences.usable(Subject.SEQUENCE, bad)).as(bad).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "日", "\"", "\n", "\u0000", "\u007f", "\u0080", "\uD83D", "\\", "\uD83D\uDE00", "/", "'", "<"
            })
    void aReferenceIsTooLongWhereItsJsonIs(String piece) {
        int most = (20_000 - 2) / (Json.text(piece).length() - 2);
        assertThat(ItemReferences.tooLong(piece.repeat(most))).isFalse();
        assertThat(ItemReferences.tooLong(piece.repeat(most + 1))).isTrue();
    }

    @Test
    void aMessageShowsNoTextButItsLength() {
        assertThat(ItemReferences.shown(Subject.TEXT, "My number is 555")).isEqualTo("a text of 16 characters");
        assertThat(ItemReferences.shown(Subject.TEXT, "s3://bucket/1.txt")).isEqualTo("s3://bucket/1.txt");
        assertThat(ItemReferences.shown(Subject.IMAGE, "x".repeat(30_000))).hasSize(103);
    }

    @Test
    void aKeyIsAtMost1024BytesWhateverItsCharacters() {
        assertThat(ItemReferences.usable(Subject.IMAGE, "s3://bucket/" + "日".repeat(340) + ".jpg"))
                .isTrue(); // 1,024 bytes
        assertThat(ItemReferences.usable(Subject.IMAGE, "s3://bucket/" + "日".repeat(340) + "a.jpg"))
                .isFalse();
    }
}
