package dev.winnow.adapters.sagemaker;

import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ServiceException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClientBuilder;
import software.amazon.awssdk.services.sagemaker.model.CreateLabelingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeLabelingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.LabelCounters;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import software.amazon.awssdk.services.sagemaker.model.ResourceLimitExceededException;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;

/**
 * Labeling jobs of SageMaker Ground Truth.
 *
 * <p>The API has no client token: a job's name is what makes it exist once. So calls are repeated freely, and a name that is
 * taken by the same request is the job that was asked for.
 */
public final class SageMakerLabeling implements LabelingService {
    private static final Duration CALL = Duration.ofMinutes(2);
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;
    private static final int LONGEST_MESSAGE = 300;

    private final SageMakerClient client;

    private SageMakerLabeling(SageMakerClient client) {
        this.client = client;
    }

    /** Opens a client with the default chain's credentials; region and endpoint are empty for the default. */
    public static SageMakerLabeling open(String region, String endpoint) {
        return open(region, endpoint, DefaultCredentialsProvider.builder().build());
    }

    static SageMakerLabeling open(String region, String endpoint, AwsCredentialsProvider credentials) {
        SageMakerClientBuilder builder = SageMakerClient.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(ATTEMPT))
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
        String place = region;
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
            place = place.isEmpty() ? regionOfEnvironment() : place;
        }
        if (!place.isEmpty()) {
            builder.region(Region.of(place));
        }
        try {
            return new SageMakerLabeling(builder.build());
        } catch (SdkClientException e) {
            throw ServiceException.refused("Could not open SageMaker: " + e.getMessage() + "; set s3.region", e);
        }
    }

    /** The region by environment variables or profile; an own endpoint must not wait for the metadata of EC2. */
    private static String regionOfEnvironment() {
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion()
                    .id();
        } catch (SdkClientException e) {
            return Region.US_EAST_1.id();
        }
    }

    @Override
    public void create(Job job) {
        CreateLabelingJobRequest request = Requests.createLabelingJob(job.request()).toBuilder()
                .labelingJobName(job.name())
                .build();
        attempt("create labeling job " + job.name(), () -> {
            try {
                client.createLabelingJob(request);
            } catch (ResourceInUseException e) {
                requireSame(request, client.describeLabelingJob(r -> r.labelingJobName(job.name())));
            }
            return request;
        });
    }

    /** What decides which items are asked, how, and where the answers go. */
    private static void requireSame(CreateLabelingJobRequest asked, DescribeLabelingJobResponse there) {
        boolean same = Objects.equals(asked.inputConfig(), there.inputConfig())
                && Objects.equals(asked.labelAttributeName(), there.labelAttributeName())
                && Objects.equals(
                        asked.outputConfig().s3OutputPath(),
                        there.outputConfig().s3OutputPath());
        if (!same) {
            throw ServiceException.refused(
                    "Another labeling job has the name " + asked.labelingJobName() + ": it reads "
                            + there.inputConfig().dataSource().s3DataSource().manifestS3Uri()
                            + "; two pipelines of one account and region must not have one name",
                    null);
        }
    }

    @Override
    public Optional<Status> describe(String name) {
        return attempt("describe labeling job " + name, () -> {
            try {
                return Optional.of(status(client.describeLabelingJob(r -> r.labelingJobName(name))));
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    private static Status status(DescribeLabelingJobResponse job) {
        LabelCounters counters =
                job.labelCounters() == null ? LabelCounters.builder().build() : job.labelCounters();
        long labeled = number(counters.totalLabeled());
        long failed = number(counters.failedNonRetryableError());
        Integer workers =
                job.humanTaskConfig() == null ? null : job.humanTaskConfig().numberOfHumanWorkersPerDataObject();
        return new Status(
                job.labelingJobName(),
                switch (job.labelingJobStatus()) {
                    case COMPLETED -> State.DONE;
                    case FAILED -> State.FAILED;
                    case STOPPED -> State.EXPIRED;
                    default -> State.RUNNING;
                },
                job.creationTime(),
                labeled + failed + number(counters.unlabeled()),
                labeled,
                failed,
                workers == null ? 1 : workers,
                job.failureReason() == null ? null : plain(job.failureReason()),
                job.labelingJobOutput() == null ? null : job.labelingJobOutput().outputDatasetS3Uri());
    }

    private static long number(@Nullable Integer count) {
        return count == null ? 0 : count;
    }

    private static <T> T attempt(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw failure("Could not " + what + ": ", e);
        }
    }

    /** Says what a failure means. Messages of denials are left out: they quote account and key ids. */
    private static ServiceException failure(String what, SdkException thrown) {
        if (thrown instanceof AwsServiceException e) {
            AwsErrorDetails details = e.awsErrorDetails();
            String code = details == null || details.errorCode() == null ? "" : details.errorCode();
            String said = details == null || details.errorMessage() == null ? "" : ": " + plain(details.errorMessage());
            String answer = what + "SageMaker answered " + e.statusCode() + (code.isEmpty() ? "" : " " + code);
            if (e.isThrottlingException() || e.statusCode() == 429 || e.statusCode() >= 500) {
                return ServiceException.passing(answer, e);
            }
            if (code.startsWith("ExpiredToken")) {
                return ServiceException.refused(answer + "; the credentials of this process have expired", e);
            }
            if (e.statusCode() == 401 || e.statusCode() == 403 || code.startsWith("AccessDenied")) {
                return ServiceException.refused(
                        answer + "; allow sagemaker:CreateLabelingJob, sagemaker:DescribeLabelingJob and iam:PassRole"
                                + " on the role of the job to the credentials of this process",
                        e);
            }
            if (e instanceof ResourceLimitExceededException) {
                return ServiceException.refused(
                        answer + said + "; wait until other labeling jobs end, or have the quota raised", e);
            }
            return ServiceException.refused(answer + said, e);
        }
        if (thrown instanceof ApiCallTimeoutException || thrown instanceof ApiCallAttemptTimeoutException) {
            return ServiceException.passing(what + "SageMaker did not answer in time", thrown);
        }
        String message = String.valueOf(thrown.getMessage());
        if (message.startsWith("Unable to load credentials")) {
            return ServiceException.refused(
                    what + "no AWS credentials in the environment, profile or role of this process", thrown);
        }
        return ServiceException.passing(what + "the connection to SageMaker broke: " + plain(message), thrown);
    }

    /** One line of bounded length. */
    private static String plain(String text) {
        String line = text.replaceAll("\\p{C}+", " ").replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }

    @Override
    public void close() {
        client.close();
    }
}
