package dev.winnow.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server as a process of its own, so that child processes and Spark clusters can use it too.
 *
 * <p>A static {@code @RegisterExtension} lives for one test class; otherwise {@link #start} and {@link #close} it.
 * The server ends with this JVM, however that ends.
 */
public final class S3Process implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final String REGION = "us-east-1";

    private Process process;
    private URI endpoint;
    private Path calls;

    /** Starts a server on a free port of the loopback interface. */
    public static S3Process start() {
        S3Process server = new S3Process();
        server.run();
        return server;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        run();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    private void run() {
        try {
            calls = Files.createTempFile("winnow-s3", ".calls");
            calls.toFile().deleteOnExit();
            process = Jvm.of(S3ServerMain.class, Map.of(), accessKey(), secretKey(), calls.toString())
                    .start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String port = output.readLine();
            if (port == null) {
                throw new IllegalStateException("The S3 server ended with exit code " + process.waitFor());
            }
            endpoint = URI.create("http://127.0.0.1:" + port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the server and forgets what it stored. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Where it listens; it needs path-style requests. */
    public URI endpoint() {
        return endpoint;
    }

    /** What it was asked for so far, each once: IAM's action, bucket, and object or prefix, between blanks. */
    public List<String> calls() {
        try {
            return Files.readAllLines(calls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String region() {
        return REGION;
    }

    public String accessKey() {
        return "winnow-test";
    }

    public String secretKey() {
        return "winnow-test-secret";
    }

    /** What a child process needs to sign requests by the default chain. */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID",
                accessKey(),
                "AWS_SECRET_ACCESS_KEY",
                secretKey(),
                "AWS_REGION",
                REGION,
                "AWS_EC2_METADATA_DISABLED",
                "true");
    }

    /** Hadoop's settings, for {@code s3a://} and {@code s3://}; Spark takes them with {@code spark.hadoop.} before. */
    public Map<String, String> hadoopSettings() {
        return Map.of(
                "fs.s3a.endpoint", endpoint.toString(),
                "fs.s3a.endpoint.region", REGION,
                "fs.s3a.access.key", accessKey(),
                "fs.s3a.secret.key", secretKey(),
                "fs.s3a.path.style.access", "true",
                "fs.s3a.connection.ssl.enabled", "false",
                "fs.s3a.change.detection.mode", "none",
                "fs.s3.impl", "org.apache.hadoop.fs.s3a.S3AFileSystem",
                "fs.AbstractFileSystem.s3.impl", "org.apache.hadoop.fs.s3a.S3A");
    }

    /** What signs the requests of this process. */
    public AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey(), secretKey()));
    }

    /** A client that the caller closes. */
    public S3Client client() {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.of(REGION))
                .forcePathStyle(true)
                .serviceConfiguration(c -> c.expectContinueEnabled(false))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .credentialsProvider(credentials())
                .build();
    }

    /** Makes a bucket. */
    public void createBucket(String bucket) {
        try (S3Client client = client()) {
            client.createBucket(r -> r.bucket(bucket));
        }
    }
}
