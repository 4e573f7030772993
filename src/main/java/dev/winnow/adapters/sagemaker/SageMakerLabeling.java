package dev.winnow.adapters.sagemaker;

import dev.winnow.adapters.aws.AwsCalls;
import dev.winnow.adapters.aws.AwsClients;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ServiceException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateLabelingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeLabelingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.LabelCounters;
import software.amazon.awssdk.services.sagemaker.model.LabelingJobStatus;
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
    private static final int LONGEST_REASON = 300;
    private static final AwsCalls CALLS = new AwsCalls(
            "SageMaker",
            "allow sagemaker:CreateLabelingJob, sagemaker:DescribeLabelingJob and iam:PassRole on the role of the job to the"
                    + " credentials of this process, and sagemaker:StopLabelingJob with labeling.stop-expired",
            Set.of(),
            Map.of(
                    ResourceLimitExceededException.class,
                    "wait until other labeling jobs end, or have the quota raised"));

    private final SageMakerClient client;

    private SageMakerLabeling(SageMakerClient client) {
        this.client = client;
    }

    /** Opens a client with the default chain's credentials; region and endpoint are empty for the default. */
    public static SageMakerLabeling open(String region, String endpoint) {
        return open(region, endpoint, DefaultCredentialsProvider.builder().build());
    }

    static SageMakerLabeling open(String region, String endpoint, AwsCredentialsProvider credentials) {
        return new SageMakerLabeling(AwsClients.open(
                AwsClients.ofSmallCalls(SageMakerClient.builder(), credentials),
                region,
                endpoint,
                "SageMaker",
                "s3.region"));
    }

    @Override
    public void create(Job job) {
        CreateLabelingJobRequest request = Requests.createLabelingJob(job.request()).toBuilder()
                .labelingJobName(job.name())
                .build();
        CALLS.attempt("create labeling job " + job.name(), () -> {
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
        return CALLS.attempt("describe labeling job " + name, () -> {
            try {
                return Optional.of(status(client.describeLabelingJob(r -> r.labelingJobName(name))));
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /** A job that is stopped already, or ended by itself meanwhile, is left alone: the API refuses it. */
    @Override
    public boolean stop(String name) {
        return CALLS.attempt("stop labeling job " + name, () -> {
            try {
                LabelingJobStatus status =
                        client.describeLabelingJob(r -> r.labelingJobName(name)).labelingJobStatus();
                if (status != LabelingJobStatus.IN_PROGRESS && status != LabelingJobStatus.INITIALIZING) {
                    return false;
                }
                client.stopLabelingJob(r -> r.labelingJobName(name));
                return true;
            } catch (ResourceNotFoundException e) {
                return false;
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
                job.failureReason() == null ? null : AwsClients.plain(job.failureReason(), LONGEST_REASON),
                job.labelingJobOutput() == null ? null : job.labelingJobOutput().outputDatasetS3Uri(),
                job.humanTaskConfig() == null ? null : job.humanTaskConfig().workteamArn());
    }

    private static long number(@Nullable Integer count) {
        return count == null ? 0 : count;
    }

    @Override
    public void close() {
        client.close();
    }
}
