package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.S3Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSessionsTest {
    private static final S3Settings AWS = new S3Settings("", "", false);

    @Test
    void aPlainRunIsLocalAndQuiet() {
        assertThat(SparkSessions.additions(new SparkConf(false), new Configuration(), Map.of(), AWS))
                .containsEntry("spark.master", "local[*]")
                .containsEntry("spark.ui.enabled", "false")
                .containsEntry("spark.hadoop.fs.s3.impl", "org.apache.hadoop.fs.s3a.S3AFileSystem")
                .doesNotContainKey("spark.hadoop.fs.s3a.endpoint");
    }

    @Test
    void theConfigurationHoldsWhereSparkSubmitSetNothing() {
        SparkConf submitted = new SparkConf(false).set("spark.master", "yarn").set("spark.executor.cores", "4");
        Map<String, String> settings =
                Map.of("spark.master", "local[2]", "spark.executor.cores", "2", "spark.sql.shuffle.partitions", "9");
        assertThat(SparkSessions.additions(submitted, new Configuration(), settings, AWS))
                .containsEntry("spark.sql.shuffle.partitions", "9")
                .doesNotContainKeys("spark.master", "spark.executor.cores", "spark.ui.enabled");
    }

    @Test
    void oneScratchFolderThatTakesFilesIsEnoughAndNoneIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        SparkSessions.requireScratch(List.of(file.resolve("below"), folder.resolve("new")));
        assertThat(folder.resolve("new")).isEmptyDirectory();
        assertThatThrownBy(() -> SparkSessions.requireScratch(List.of(file.resolve("below"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Writing to the scratch folder [" + file + "/below] failed");
    }

    @Test
    void aClusterKeepsItsOwnS3FileSystem() {
        Configuration emr = new Configuration();
        emr.set("fs.s3.impl", "com.amazon.ws.emr.hadoop.fs.EmrFileSystem");
        assertThat(SparkSessions.additions(new SparkConf(false), emr, Map.of(), AWS))
                .doesNotContainKey("spark.hadoop.fs.s3.impl");
    }

    @Test
    void whatSparkWritesIsEncryptedByTheKeyThatIsNamed() {
        S3Settings settings = new S3Settings("", "", false, "arn:aws:kms:eu-west-1:111122223333:key/k", Map.of());
        assertThat(SparkSessions.additions(new SparkConf(false), new Configuration(), Map.of(), settings))
                .containsEntry("spark.hadoop.fs.s3a.encryption.algorithm", "SSE-KMS")
                .containsEntry("spark.hadoop.fs.s3a.encryption.key", settings.kmsKey());
        assertThat(SparkSessions.additions(new SparkConf(false), new Configuration(), Map.of(), AWS))
                .doesNotContainKeys("spark.hadoop.fs.s3a.encryption.algorithm", "spark.hadoop.fs.s3a.encryption.key");
    }

    @Test
    void anS3CompatibleServerIsReachedByItsEndpoint() {
        S3Settings server = new S3Settings("http://127.0.0.1:9000", "", true);
        assertThat(SparkSessions.additions(new SparkConf(false), new Configuration(), Map.of(), server))
                .containsEntry("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:9000")
                .containsEntry("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
                .containsEntry("spark.hadoop.fs.s3a.path.style.access", "true")
                .containsEntry("spark.hadoop.fs.s3a.change.detection.mode", "client");
    }
}
