package dev.winnow.adapters.aws;

import dev.winnow.ports.ServiceException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Calls of one service, whose failures become sentences with a remedy.
 *
 * @param service its name for people
 * @param permissions what to do against a denial
 * @param passing errors of the service that pass, beside throttling, timeouts and what is its own fault
 * @param remedies what to do against other errors of the service
 */
public record AwsCalls(
        String service,
        String permissions,
        Set<Class<? extends AwsServiceException>> passing,
        Map<Class<? extends AwsServiceException>, String> remedies) {
    private static final int LONGEST_MESSAGE = 300;

    /**
     * Calls.
     *
     * @param what for people, such as "create table t"
     * @throws ServiceException if the call fails; retryable if the same call may succeed later
     */
    public <T> T attempt(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw failure("Could not " + what + ": ", e);
        }
    }

    /** Messages of denials are left out: they quote account and key ids. */
    private ServiceException failure(String what, SdkException thrown) {
        if (thrown instanceof AwsServiceException e) {
            return answered(what, e);
        }
        if (thrown instanceof ApiCallTimeoutException || thrown instanceof ApiCallAttemptTimeoutException) {
            return ServiceException.passing(what + service + " did not answer in time", thrown);
        }
        String message = String.valueOf(thrown.getMessage());
        if (message.startsWith("Unable to load credentials")) {
            return ServiceException.refused(
                    what + "no AWS credentials in the environment, profile or role of this process", thrown);
        }
        return ServiceException.passing(
                what + "the connection to " + service + " broke: " + AwsClients.plain(message, LONGEST_MESSAGE),
                thrown);
    }

    private ServiceException answered(String what, AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        String said = details == null || details.errorMessage() == null
                ? ""
                : ": " + AwsClients.plain(details.errorMessage(), LONGEST_MESSAGE);
        String answer = what + service + " answered " + e.statusCode() + (code.isEmpty() ? "" : " " + code);
        if (e.isThrottlingException()
                || e.statusCode() == 429
                || e.statusCode() >= 500
                || passing.contains(e.getClass())) {
            return ServiceException.passing(answer, e);
        }
        if (code.startsWith("ExpiredToken")) {
            return ServiceException.refused(answer + "; the credentials of this process have expired", e);
        }
        if (e.statusCode() == 401 || e.statusCode() == 403 || code.startsWith("AccessDenied")) {
            return ServiceException.refused(answer + "; " + permissions, e);
        }
        String remedy = remedies.get(e.getClass());
        return ServiceException.refused(answer + said + (remedy == null ? "" : "; " + remedy), e);
    }
}
