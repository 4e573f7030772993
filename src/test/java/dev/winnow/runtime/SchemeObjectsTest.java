package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.ports.ServiceException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
