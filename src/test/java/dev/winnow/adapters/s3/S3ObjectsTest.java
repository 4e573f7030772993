package dev.winnow.adapters.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.ServiceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

class S3ObjectsTest {
    private static final String OWNER = "x-amz-expected-bucket-owner";
    private static final String ENCRYPTION = "x-amz-server-side-encryption";
    private static final String KEY = "x-amz-server-side-encryption-aws-kms-key-id";
    private static final String WHAT = "Could not read s3://bucket/key";

    @ParameterizedTest
    @CsvSource({
        "500, InternalError, true",
        "503, SlowDown, true",
        "429, TooManyRequests, true",
        "400, RequestTimeout, true",
        "400, InvalidRequest, false",
        "400, ExpiredToken, false",
        "403, AccessDenied, false",
        "404, NoSuchBucket, false",
        "301, PermanentRedirect, false",
    })
    void itPassesWhatTryingAgainMayHelpAndQuotesTheCodeOnly(int status, String code, boolean retryable) {
        ServiceException e = S3Objects.failure(
                WHAT,
                AwsServiceException.builder()
                        .statusCode(status)
                        .message("The key AKIAEXAMPLE you provided")
                        .awsErrorDetails(
                                AwsErrorDetails.builder().errorCode(code).build())
                        .build());
        assertThat(e.retryable()).isEqualTo(retryable);
        assertThat(e)
                .hasMessageStartingWith(WHAT + ": S3 answered " + status + " " + code)
                .hasMessageNotContaining("AKIAEXAMPLE");
    }

    @Test
    void noConnectionPassesAndNoCredentialsStay() {
        ServiceException connection =
                S3Objects.failure(WHAT, SdkClientException.create("Unable to execute HTTP request"));
        assertThat(connection.retryable()).isTrue();
        assertThat(connection).hasMessage(WHAT + ": S3 could not be reached: Unable to execute HTTP request");

        ServiceException credentials = S3Objects.failure(
                WHAT, SdkClientException.create("Unable to load credentials from any of the providers in the chain"));
        assertThat(credentials.retryable()).isFalse();
        assertThat(credentials).hasMessageContaining("no AWS credentials");
    }

    /** A server that notes each request's method, and its headers of ownership and encryption. */
    private static HttpServer listening(List<String> requests) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            StringBuilder request = new StringBuilder(exchange.getRequestMethod());
            for (String header : List.of(OWNER, ENCRYPTION, KEY)) {
                String value = exchange.getRequestHeaders().getFirst(header);
                request.append(value == null ? "" : " " + value);
            }
            requests.add(request.toString());
            exchange.getRequestBody().readAllBytes();
            byte[] body = (exchange.getRequestURI().toString().contains("list-type")
                            ? "<ListBucketResult><Name>b</Name></ListBucketResult>"
                            : "text")
                    .getBytes(StandardCharsets.UTF_8);
            boolean answers = exchange.getRequestMethod().equals("GET");
            exchange.getResponseHeaders().set("ETag", "\"tag\"");
            exchange.sendResponseHeaders(200, answers ? body.length : -1);
            if (answers) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void aBucketIsHeldToItsAccountAndWhatIsWrittenHasTheKey(@TempDir Path folder) throws IOException {
        List<String> requests = new CopyOnWriteArrayList<>();
        HttpServer server = listening(requests);
        S3Settings settings = new S3Settings(
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "us-east-1",
                true,
                "arn:aws:kms:us-east-1:012345678901:key/k",
                Map.of("ours", "012345678901"));
        try (S3Objects objects = S3Objects.open(
                settings, StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test-secret")))) {
            objects.put("s3://ours/a", "x");
            objects.put("s3://ours/a", Files.writeString(folder.resolve("file"), "x"));
            objects.putIfAbsent("s3://ours/a", "x");
            objects.replaceIfUnchanged("s3://ours/a", "\"tag\"", "x");
            objects.get("s3://ours/a");
            objects.read("s3://ours/a", 4);
            objects.exists("s3://ours/a");
            objects.list("s3://ours/");
            objects.delete("s3://ours/a");
            String put = "PUT 012345678901 aws:kms " + settings.kmsKey();
            assertThat(requests)
                    .containsExactly(
                            put,
                            put,
                            put,
                            put,
                            "GET 012345678901",
                            "GET 012345678901",
                            "HEAD 012345678901",
                            "GET 012345678901",
                            "DELETE 012345678901");
            requests.clear();

            objects.get("s3://theirs/a");
            assertThat(requests).as("a bucket that nobody named").containsExactly("GET");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://", "s3:///key", "s3://bucket", "s3://bucket/", "gs://bucket/key", "key"})
    void whatNamesNoObjectIsRefused(String uri) {
        try (S3Objects objects = S3Objects.open(new S3Settings("http://127.0.0.1:1", "us-east-1", true))) {
            assertThatThrownBy(() -> objects.get(uri))
                    .isInstanceOf(ServiceException.class)
                    .hasMessage("An object on S3 is named s3://bucket/key, got " + uri);
        }
    }
}
