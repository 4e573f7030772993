package dev.winnow.adapters.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.S3Settings;
import dev.winnow.ports.ServiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

class S3ObjectsTest {
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
