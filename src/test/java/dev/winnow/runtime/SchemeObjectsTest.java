package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.ports.ServiceException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemeObjectsTest {
    @Test
    void localObjectsNeedNoS3AndOtherSchemesAreRefused(@TempDir Path directory) {
        try (SchemeObjects objects = new SchemeObjects(new LocalObjects(), () -> {
            throw new AssertionError("opened S3");
        })) {
            objects.put("file:" + directory + "/a", "x");
            assertThat(objects.exists(directory + "/a")).isTrue();
            assertThatThrownBy(() -> objects.exists("hdfs://name/a"))
                    .isInstanceOf(ServiceException.class)
                    .hasMessage("Objects are kept on file:, s3:// or s3a://, not at hdfs://name/a; "
                            + "move it there or correct the path");
            assertThatThrownBy(() -> objects.exists("s3://bucket/a")).hasMessage("opened S3");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/images/1.jpg, true",
        "file:/images/1.jpg, true",
        "file:///images/ü 1%.jpg, true",
        "s3://bucket/a/b.jpg, true",
        "s3a://my.bucket-1/a, true",
        "images/1.jpg, false",
        "'', false",
        "/, false",
        "s3://bucket, false",
        "s3://bucket/, false",
        "s3:///key, false",
        "s3://Bucket Name/key, false",
        "https://host/1.jpg, false",
        "hdfs://host/1.jpg, false",
        "file://host/1.jpg, false",
    })
    void aNameBeginsAsAStoreNamesItsObjects(String uri, boolean isName) {
        assertThat(SchemeObjects.isName(uri)).isEqualTo(isName);
    }

    @Test
    void aNameHasNoControlCharactersAndALimit() {
        assertThat(SchemeObjects.isName("/a\u0000b")).isFalse();
        assertThat(SchemeObjects.isName("s3://bucket/a\nb")).isFalse();
        assertThat(SchemeObjects.isName("/" + "a".repeat(1_023))).isTrue();
        assertThat(SchemeObjects.isName("/" + "a".repeat(1_024))).isFalse();
    }
}
