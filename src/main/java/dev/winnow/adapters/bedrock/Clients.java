package dev.winnow.adapters.bedrock;

import dev.winnow.adapters.aws.AwsClients;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ModelFailure.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** What both clients of Bedrock share: where it is, and what its failures mean. */
final class Clients {
    private static final int LONGEST_MESSAGE = 300;

    private Clients() {}

    /** What helps against a denial, by what was asked for. */
    enum Remedy {
        /** Calls of a model. */
        CALLS(
                "; allow bedrock:InvokeModel on the inference profile and on its model in every region of the profile"
                        + " to the credentials of this process, and give the account access to the model",
                "; there is no such model for this account: correct analysis.model.id and region, and see in the"
                        + " Bedrock console that the model's use-case form is filled in and its subscription accepted"),
        /** Batch jobs. */
        JOBS(
                "; allow bedrock:CreateModelInvocationJob, bedrock:GetModelInvocationJob and iam:PassRole on"
                        + " analysis.model.batch.role to the credentials of this process",
                "; there is no such model, role or job for this account: correct analysis.model.id, region and"
                        + " batch.role, and allow bedrock:CreateModelInvocationJob, bedrock:GetModelInvocationJob and"
                        + " iam:PassRole on that role to the credentials of this process");

        private final String denied;
        private final String missing;

        Remedy(String denied, String missing) {
            this.denied = denied;
            this.missing = missing;
        }
    }

    /** Builds a client for a region and an endpoint, each empty for the default. */
    static <C> C build(AwsClientBuilder<?, C> builder, String region, String endpoint) {
        return AwsClients.open(builder, region, endpoint, "Bedrock", "analysis.model.region");
    }

    /** Says what a failure means. Messages of denials are left out: they quote account and key ids. */
    static ModelFailure failure(Throwable thrown, Remedy remedy) {
        if (thrown instanceof AwsServiceException e) {
            String code =
                    e.awsErrorDetails() == null ? "" : text(e.awsErrorDetails().errorCode());
            String said =
                    e.awsErrorDetails() == null ? "" : text(e.awsErrorDetails().errorMessage());
            Kind kind = kind(e.statusCode(), code);
            String answer = "Bedrock answered " + e.statusCode() + (code.isEmpty() ? "" : " " + code);
            return new ModelFailure(
                    kind,
                    switch (kind) {
                        case DENIED -> answer + remedy(e.statusCode(), code, remedy);
                        case INVALID, QUOTA -> answer + (said.isEmpty() ? "" : ": " + plain(said));
                        default -> answer;
                    },
                    e);
        }
        if (thrown instanceof ApiCallTimeoutException || thrown instanceof ApiCallAttemptTimeoutException) {
            return new ModelFailure(Kind.TIMED_OUT, "Bedrock did not answer in time", thrown);
        }
        String message = text(thrown.getMessage());
        if (message.startsWith("Unable to load credentials")) {
            return new ModelFailure(
                    Kind.DENIED, "no AWS credentials in the environment, profile or role of this process", thrown);
        }
        return new ModelFailure(Kind.BROKEN, "the connection to Bedrock broke: " + plain(message), thrown);
    }

    private static Kind kind(int status, String code) {
        return switch (status) {
            case 429 -> Kind.THROTTLED;
            case 408 -> Kind.TIMED_OUT;
            case 424 -> Kind.MODEL_ERROR;
            case 401, 403, 404 -> Kind.DENIED;
            default -> {
                if (status >= 500) {
                    yield Kind.OVERLOADED;
                }
                String known = code.toLowerCase(Locale.ROOT);
                yield known.startsWith("throttling")
                        ? Kind.THROTTLED
                        : known.startsWith("servicequota")
                                ? Kind.QUOTA
                                : known.startsWith("expiredtoken") ? Kind.DENIED : Kind.INVALID;
            }
        };
    }

    private static String remedy(int status, String code, Remedy remedy) {
        if (code.startsWith("ExpiredToken")) {
            return "; the credentials of this process have expired";
        }
        return status == 404 ? remedy.missing : remedy.denied;
    }

    private static String text(@Nullable String mayBeNull) {
        return mayBeNull == null ? "" : mayBeNull;
    }

    /** One line of bounded length. */
    static String plain(String text) {
        return AwsClients.plain(text, LONGEST_MESSAGE);
    }
}
