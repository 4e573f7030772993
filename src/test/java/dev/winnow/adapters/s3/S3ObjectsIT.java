package dev.winnow.adapters.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.S3Settings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStoreContract;
import dev.winnow.ports.ServiceException;
import dev.winnow.testing.S3Process;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3ObjectsIT extends ObjectStoreContract {
    @RegisterExtension
    static final S3Process SERVER = new S3Process();

    private static S3Objects objects;

    private final String root = "s3://objects/" + UUID.randomUUID() + "/";

    @BeforeAll
    static void open() {
        SERVER.createBucket("objects");
        objects = S3Objects.open(
                new S3Settings(SERVER.endpoint().toString(), SERVER.region(), true), SERVER.credentials());
    }

    @AfterAll
    static void close() {
        objects.close();
    }

    @Override
    protected ObjectStore objects() {
        return objects;
    }

    @Override
    protected String root() {
        return root;
    }

    @Test
    void longListsComeWholeAndKeepTheSchemeAskedFor() {
        for (int i = 0; i < 1_050; i++) {
            objects.put(root + i, "x");
        }
        String asS3a = root.replace("s3://", "s3a://");
        assertThat(objects.list(asS3a)).hasSize(1_050).isSorted().allMatch(uri -> uri.startsWith(asS3a));
    }

    @Test
    void aMissingBucketIsRefusedByName() {
        assertThatThrownBy(() -> objects.put("s3://no-such-bucket/a", "x"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessage("Could not write s3://no-such-bucket/a: S3 answered 404 NoSuchBucket; "
                        + "there is no such bucket");
        assertThatThrownBy(() -> objects.get("s3://no-such-bucket/a")).hasMessageContaining("NoSuchBucket");
        assertThatThrownBy(() -> objects.putIfAbsent("s3://no-such-bucket/a", "x"))
                .hasMessageContaining("NoSuchBucket");
        assertThatThrownBy(() -> objects.list("s3://no-such-bucket/")).hasMessageContaining("NoSuchBucket");
    }

    @Test
    void moreThanOneRequestHoldsIsRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength((5L << 30) + 1);
        }
        assertThatThrownBy(() -> objects.put(root + "a", file))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("5368709121 bytes")
                .hasMessageContaining("write it in several files");
    }

    @Test
    void wrongCredentialsAreRefusedAndNotRepeated() {
        System.setProperty("aws.accessKeyId", "AKIAWRONG");
        System.setProperty("aws.secretAccessKey", "not-the-secret");
        try (S3Objects stranger =
                S3Objects.open(new S3Settings(SERVER.endpoint().toString(), "", true))) {
            assertThatThrownBy(() -> stranger.put(root + "a", "x"))
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("Could not write " + root + "a: S3 answered 403")
                    .hasMessageNotContainingAny("AKIAWRONG", "not-the-secret");
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3", "s3a"})
    void hadoopReadsWhatWasPutAndTheOtherWayRound(String scheme) throws IOException {
        Configuration settings = new Configuration();
        SERVER.hadoopSettings().forEach(settings::set);
        String there = root.replace("s3://", scheme + "://");
        objects.put(there + "a", "from here");
        try (FileSystem hadoop = FileSystem.newInstance(URI.create(there), settings)) {
            try (var in = hadoop.open(new org.apache.hadoop.fs.Path(there + "a"))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("from here");
            }
            try (FSDataOutputStream out = hadoop.create(new org.apache.hadoop.fs.Path(there + "b"))) {
                out.write("from Hadoop".getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(objects.get(there + "b").orElseThrow().text()).isEqualTo("from Hadoop");
    }
}
