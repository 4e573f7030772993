package dev.winnow.adapters.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.LabelingService.Job;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import dev.winnow.ports.ServiceException;
import dev.winnow.testing.SageMakerStandIn;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Labeling jobs by the real SDK against a stand-in that knows the published service model. */
class SageMakerLabelingIT {
    private static final String NAME = "fleet-dock-2026-11-02-1-1-92f78acc";

    private static final String TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/qa";

    private SageMakerStandIn service;
    private SageMakerLabeling labeling;

    @BeforeEach
    void start() {
        service = new SageMakerStandIn();
        labeling = SageMakerLabeling.open(
                "us-east-1",
                service.endpoint(),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")));
    }

    @AfterEach
    void stop() {
        labeling.close();
        service.close();
    }

    /** Every member of a request that a published round may hold, nested ones and lists too. */
    private static Job job(String name, String manifest) {
        return new Job(name, """
                {"LabelingJobName":"as-published","LabelAttributeName":"label","RoleArn":"arn:aws:iam::111122223333:role/gt",
                 "InputConfig":{"DataSource":{"S3DataSource":{"ManifestS3Uri":"%s"}},
                   "DataAttributes":{"ContentClassifiers":["FreeOfAdultContent"]}},
                 "OutputConfig":{"S3OutputPath":"s3://b/out/"},"LabelCategoryConfigS3Uri":"s3://b/labels.json",
                 "StoppingConditions":{"MaxHumanLabeledObjectCount":5000},
                 "HumanTaskConfig":{"WorkteamArn":"arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/qa",
                   "UiConfig":{"UiTemplateS3Uri":"s3://b/ui.liquid.html"},
                   "PreHumanTaskLambdaArn":"arn:aws:lambda:us-east-1:432418664414:function:PRE-ImageMultiClass",
                   "TaskKeywords":["images","classes"],
                   "AnnotationConsolidationConfig":{"AnnotationConsolidationLambdaArn":\
                "arn:aws:lambda:us-east-1:432418664414:function:ACS-ImageMultiClass"},
                   "TaskTitle":"Classes","TaskDescription":"Name the class","NumberOfHumanWorkersPerDataObject":3,
                   "TaskTimeLimitInSeconds":600,"TaskAvailabilityLifetimeInSeconds":864000,"MaxConcurrentTaskCount":1000,
                   "PublicWorkforceTaskPrice":{"AmountInUsd":{"Dollars":0,"Cents":1,"TenthFractionsOfACent":2}}},
                 "Tags":[{"Key":"run-id","Value":"00aa"}]}
                """.formatted(manifest), List.of());
    }

    @Test
    void aJobIsCreatedUnderItsNameAndDescribed() {
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        assertThat(service.problems()).isEmpty();
        assertThat(service.job(NAME)
                        .at("/HumanTaskConfig/PublicWorkforceTaskPrice/AmountInUsd/TenthFractionsOfACent")
                        .asInt())
                .isEqualTo(2);
        assertThat(service.job(NAME)
                        .at("/InputConfig/DataAttributes/ContentClassifiers/0")
                        .asText())
                .isEqualTo("FreeOfAdultContent");
        assertThat(service.job(NAME).at("/Tags/0/Value").asText()).isEqualTo("00aa");
        assertThat(labeling.describe(NAME))
                .contains(new Status(
                        NAME, State.RUNNING, Instant.ofEpochMilli(1_790_000_000_500L), 3, 0, 0, 3, null, null, TEAM));
        assertThat(labeling.describe("another")).isEmpty();
    }

    @Test
    void aJobThatExistsWithTheSameRequestIsTheOneAndAnotherOneOfItsNameIsRefused() {
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        assertThat(service.names()).containsExactly(NAME);
        assertThatThrownBy(() -> labeling.create(job(NAME, "s3://b/other.jsonl")))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("Another labeling job has the name " + NAME + ": it reads s3://b/m.jsonl");
    }

    @Test
    void aJobWhoseAnswerGotLostExistsOnce() {
        service.failNext("LOST");
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        assertThat(service.names()).containsExactly(NAME);
        assertThat(service.calls())
                .containsExactly(
                        "CreateLabelingJob " + NAME, "CreateLabelingJob " + NAME, "DescribeLabelingJob " + NAME);
    }

    @Test
    void throttlingIsWaitedForAndWhenItLastsMayPass() {
        service.failNext("ThrottlingException");
        service.failNext("ServiceUnavailable");
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        assertThat(service.names()).containsExactly(NAME);
        for (int call = 0; call < 5; call++) {
            service.failNext("ThrottlingException");
        }
        assertThatThrownBy(() -> labeling.describe(NAME))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessage("Could not describe labeling job " + NAME + ": SageMaker answered 400 ThrottlingException");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AccessDeniedException | allow sagemaker:CreateLabelingJob, sagemaker:DescribeLabelingJob and iam:PassRole",
                "ExpiredTokenException | the credentials of this process have expired",
                "ResourceLimitExceeded | wait until other labeling jobs end, or have the quota raised",
                "ValidationException | SageMaker answered 400 ValidationException: []",
            })
    void whatIsRefusedIsRefusedOnceWithARemedy(String code, String remedy) {
        service.failNext(code);
        assertThatThrownBy(() -> labeling.create(job(NAME, "s3://b/m.jsonl")))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("Could not create labeling job " + NAME)
                .hasMessageContaining(remedy);
        assertThat(service.calls()).hasSize(1);
        assertThat(service.names()).isEmpty();
    }

    @Test
    void aJobThatRunsIsStoppedOnceAndOneThatDoesNotIsLeftAlone() {
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        assertThat(labeling.stop(NAME)).isTrue();
        assertThat(labeling.stop(NAME)).isFalse();
        assertThat(service.job(NAME).path("LabelingJobStatus").asText()).isEqualTo("Stopping");
        service.job(NAME).put("LabelingJobStatus", "Completed");
        assertThat(labeling.stop(NAME)).isFalse();
        assertThat(labeling.stop("another")).isFalse();
        assertThat(service.calls()).containsOnlyOnce("StopLabelingJob " + NAME);
        assertThat(service.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Completed, DONE", "Failed, FAILED", "Stopped, EXPIRED", "Stopping, RUNNING", "Initializing, RUNNING"})
    void statusesOfTheServiceAreThoseOfAJob(String status, State state) {
        labeling.create(job(NAME, "s3://b/m.jsonl"));
        var job = service.job(NAME);
        job.put("LabelingJobStatus", status).put("FailureReason", "ClientError:\n no such role");
        job.putObject("LabelCounters")
                .put("TotalLabeled", 2)
                .put("FailedNonRetryableError", 1)
                .put("Unlabeled", 4);
        job.putObject("LabelingJobOutput").put("OutputDatasetS3Uri", "s3://b/out/output.manifest");
        assertThat(labeling.describe(NAME).orElseThrow())
                .isEqualTo(new Status(
                        NAME,
                        state,
                        Instant.ofEpochMilli(1_790_000_000_500L),
                        7,
                        2,
                        1,
                        3,
                        "ClientError: no such role",
                        "s3://b/out/output.manifest",
                        TEAM));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"LabelingJobNames\":\"x\"} | CreateLabelingJob.LabelingJobNames is no member of the API",
                "{\"InputConfig\":\"x\"} | CreateLabelingJob.InputConfig has a value of another type than the API takes: STRING",
                "{\"Tags\":[{\"Key\":1}]} | CreateLabelingJob.Tags[0].Key has a value of another type than the API takes: NUMBER",
                "[] | CreateLabelingJob is no object",
                "{ | CreateLabelingJob is not JSON",
            })
    void aRequestThatTheApiDoesNotTakeIsNotSent(String request, String problem) {
        assertThatThrownBy(() -> labeling.create(new Job(NAME, request, List.of())))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("The request of a labeling job can't be sent: " + problem);
        assertThat(service.calls()).isEmpty();
    }
}
