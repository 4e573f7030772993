package dev.winnow.adapters.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.analysis.BatchReviews;
import dev.winnow.analysis.CallLedger;
import dev.winnow.analysis.ImageCase;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.analysis.ImageReview;
import dev.winnow.analysis.ModelReviewer;
import dev.winnow.analysis.Prompt;
import dev.winnow.config.ConfigException;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.testing.BatchStandIn;
import dev.winnow.testing.BedrockStandIn;
import dev.winnow.testing.BucketFolder;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeVision;
import dev.winnow.testing.ImageCases;
import dev.winnow.testing.SteppingTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Batch jobs by the real SDK against a stand-in that reads and writes the same bucket. */
class BedrockBatchesIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 2);
    /** Writes of a submission before it creates the job: four files, the job and its intents. */
    private static final int STORED = 6;

    private static final String ROOT = "s3://bucket/analysis/p";

    @TempDir
    Path folder;

    private final SteppingTime time = new SteppingTime();
    private ObjectStore objects;
    private BatchStandIn service;
    private FakeVision onDemand;
    private List<ImageCase> cases;

    @BeforeEach
    void start() {
        objects = new BucketFolder("bucket", folder);
        service = new BatchStandIn(objects);
        onDemand = new FakeVision(time, Duration.ofSeconds(1));
        cases = ImageCases.make(objects, "s3://bucket/images", 150);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aJobIsSubmittedAwaitedElsewhereAndItsAnswersAreFoundByTheNextAnalyze() {
        BatchReviews.Report submitted = submit("");
        assertThat(submitted.images()).isEqualTo(150);
        assertThat(submitted.sentence())
                .startsWith("Batch job winnow-2026-11-02-")
                .contains("asks about 150 images");
        assertThat(objects.list(ROOT + "/batch/2026-11-02/").stream().filter(uri -> uri.endsWith(".jsonl")))
                .hasSize(4) // of 40 records each
                .allMatch(uri -> uri.matches(".*/in/part-0000[1-4]\\.jsonl"));
        assertThatThrownBy(() -> collect(""))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("The batch jobs of 2026-11-02 are not done")
                .hasMessageContaining(" is Submitted");
        assertThat(review(""))
                .allMatch(review -> review.status().equals(ImageFindings.SUBMITTED)
                        && "its batch job is not collected yet".equals(review.reason()));

        service.finish("Completed", BedrockBatchesIT::tidy);
        BatchReviews.Report collected = collect("");

        assertThat(collected.images()).isEqualTo(150);
        assertThat(collected.sentence()).contains("150 of 150 images answered, 0 failed, 0 left");
        List<ImageReview> reviews = review("");
        assertThat(reviews)
                .allMatch(review -> review.status().equals(ImageFindings.ANSWERED)
                        && review.call() != null
                        && review.call().latencyMillis() == null
                        && review.call().cost() == (1_500 * 3 + 80 * 15) / 2 / 1e6);
        assertThat(onDemand.calls()).isEmpty();
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY))
                .isEqualTo(new CallLedger.Spent(150, 150 * (1_500 * 3 + 80 * 15) / 2));
        assertThat(collect("").sentence()).isEqualTo("No batch job of 2026-11-02 is open");
        assertThat(service.problems()).isEmpty();
    }

    @Test
    void answersAreJoinedByRecord() {
        submit("");
        service.finish("Completed", record -> BatchStandIn.words(answer("image " + image(record)), "end_turn"));
        collect("");
        assertThat(review("")).allSatisfy(review -> {
            ImageCase image = cases.stream()
                    .filter(c -> c.id().equals(review.caseId()))
                    .findFirst()
                    .orElseThrow();
            assertThat(Objects.requireNonNull(review.seen()).evidence()).isEqualTo("image " + image.imageHash());
        });
    }

    @ParameterizedTest
    @CsvSource({"PartiallyCompleted", "Expired", "Stopped"})
    void whatAJobAnsweredBeforeItEndedIsUsedAndTheRestIsAskedOnDemand(String status) {
        submit("");
        AtomicInteger number = new AtomicInteger();
        service.finish(status, record -> switch (number.incrementAndGet() % 3) {
            case 0 -> new JsonMapper().createObjectNode();
            case 1 -> tidy(record);
            default -> BatchStandIn.error(500, "internal\u0000 error");
        });
        BatchReviews.Report collected = collect("");
        assertThat(collected.images()).isEqualTo(50);
        assertThat(collected.sentence()).contains("is " + status + ": 50 of 150 images answered, 50 failed, 50 left");

        assertThat(review("")).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(onDemand.calls()).hasSize(100);
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY).calls()).isEqualTo(250);
    }

    @Test
    void aJobThatFailedLeavesEverythingToBeAskedByAnotherJobOrOnDemand() {
        submit("");
        service.finish("Failed", record -> new JsonMapper().createObjectNode());
        assertThat(collect("").sentence()).contains("is Failed: 0 of 150 images answered, 0 failed, 150 left");
        assertThat(submit("").images()).isEqualTo(150);
        assertThat(service.jobs()).isEqualTo(2);
        service.finish("Stopped", record -> new JsonMapper().createObjectNode());
        collect("");
        assertThat(review("")).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aSubmissionKilledAtAnyWriteAndRepeatedMakesOneJobThatAsksOnce(int write) {
        try {
            reviews("", new FailingObjects(objects, new Countdown(write))).submit(DAY, cases);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageStartingWith("killed at write");
        }
        submit("");

        assertThat(service.problems()).isEmpty();
        assertThat(service.jobs()).isEqualTo(1);
        assertThat(service.records())
                .extracting(BedrockBatchesIT::image)
                .hasSize(150)
                .doesNotHaveDuplicates();
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY).calls()).isEqualTo(150);
        service.finish("Completed", BedrockBatchesIT::tidy);
        assertThat(collect("").images()).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aCollectionKilledAtAnyWriteAndRepeatedLosesNothingAndCountsNothingTwice(int write) {
        submit("");
        service.finish("Completed", BedrockBatchesIT::tidy);
        try {
            reviews("", new FailingObjects(objects, new Countdown(write))).collect(DAY);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageStartingWith("killed at write");
        }
        collect("");
        assertThat(review("")).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(onDemand.calls()).isEmpty();
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY))
                .isEqualTo(new CallLedger.Spent(150, 150 * (1_500 * 3 + 80 * 15) / 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AccessDeniedException | false | 403 AccessDeniedException; allow bedrock:CreateModelInvocationJob,"
                        + " bedrock:GetModelInvocationJob and iam:PassRole on analysis.model.batch.role",
                "ResourceNotFoundException | false | 404 ResourceNotFoundException; there is no such model, role or job",
                "ServiceQuotaExceededException | false | 400 ServiceQuotaExceededException: said by the stand-in",
                "InternalServerException | true | 500 InternalServerException",
            })
    void aJobThatIsRefusedAsksForNothingAndOneThatMayPassIsTriedAgain(
            String error, boolean retryable, String sentence) {
        service.refuse(Optional.of(error));
        assertThatThrownBy(() -> submit(""))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isEqualTo(retryable))
                .hasMessageStartingWith("Could not create the batch job winnow-2026-11-02-")
                .hasMessageContaining(sentence);
        service.refuse(Optional.empty());
        if (retryable) {
            submit("");
            assertThat(service.jobs()).isEqualTo(1);
            assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY).calls())
                    .isEqualTo(150);
        } else {
            assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY).microDollars())
                    .isZero();
            assertThat(review("")).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        }
    }

    @Test
    void aJobThatAnEarlierRunMayHaveCreatedWaitsWhenItIsRefused() {
        assertThatThrownBy(() ->
                        reviews("", new FailingObjects(objects, STORED + 1)).submit(DAY, cases))
                .hasMessageStartingWith("killed at write");
        assertThat(service.jobs()).isEqualTo(1);

        service.refuse(Optional.of("AccessDeniedException"));
        for (Runnable again : List.<Runnable>of(() -> collect(""), () -> submit(""))) {
            assertThatThrownBy(again::run)
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("an earlier run may have created it, so its images wait");
        }
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY).microDollars())
                .isPositive();

        service.refuse(Optional.empty());
        service.finish("Completed", BedrockBatchesIT::tidy);
        assertThat(collect("").images()).isEqualTo(150);
        assertThat(service.jobs()).isEqualTo(1);
    }

    @Test
    void aJobIsCreatedForTheModelForWhichItWasStored() {
        assertThatThrownBy(() -> loseLeaseAfter(STORED)).hasMessage("lease lost");
        assertThat(service.jobs()).isZero();
        assertThatThrownBy(() -> collect("id = us.anthropic.claude-opus-5")).hasMessageContaining("are not done");
        assertThat(service.models()).containsExactly("us.anthropic.claude-sonnet-4-6");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, STORED, 7, 8, 9})
    void aSubmissionThatLostTheLeaseChangesNothingMore(int writes) {
        assertThatThrownBy(() -> loseLeaseAfter(writes)).hasMessage("lease lost");
        assertThat(service.creations()).isEqualTo(writes > STORED ? 1 : 0);
    }

    @Test
    void aSubmissionThatLostTheLeaseLeavesTheFilesOfAnother() {
        assertThatThrownBy(() -> loseLeaseAfter(3)).hasMessage("lease lost");
        List<String> before = objects.list(ROOT + "/batch/");
        assertThatThrownBy(() -> loseLeaseAfter(0)).hasMessage("lease lost");
        assertThat(objects.list(ROOT + "/batch/")).hasSize(3).isEqualTo(before);
    }

    @Test
    void whatACompletedJobLeavesUnansweredWasPaidAndIsNotAskedAgain() {
        submit("");
        long reserved = new CallLedger(objects, ROOT, () -> {}).spent(DAY).microDollars() / 150;
        AtomicInteger number = new AtomicInteger();
        service.finish(
                "Completed",
                record -> number.incrementAndGet() % 3 == 0 ? new JsonMapper().createObjectNode() : tidy(record));
        assertThat(collect("").sentence())
                .contains("is Completed: 100 of 150 images answered, 50 failed, 0 left")
                .contains("; 50 of the failed came back without an answer: they count with the most");
        assertThat(new CallLedger(objects, ROOT, () -> {}).spent(DAY))
                .isEqualTo(new CallLedger.Spent(150, 100 * (1_500 * 3 + 80 * 15) / 2 + 50 * reserved));
        assertThat(review("").stream().filter(r -> r.status().equals(ImageFindings.FAILED)))
                .hasSize(50)
                .allMatch(r -> "its batch job completed without an answer to it".equals(r.reason()));
        assertThat(onDemand.calls()).isEmpty();
    }

    @Test
    void answersAreReadWhateverTheirFilesAreCalled() {
        submit("");
        service.finish("Completed", BedrockBatchesIT::tidy);
        for (String uri : objects.list(ROOT + "/batch/")) {
            if (uri.endsWith(".jsonl.out")) {
                objects.put(
                        uri.replace(".jsonl.out", ".out.json"),
                        objects.get(uri).orElseThrow().text());
                objects.delete(uri);
            }
        }
        assertThat(collect("").images()).isEqualTo(150);
    }

    @Test
    void whatIsInvalidStaysOpenWhereTheJobAnsweredNothing() {
        submit("");
        AtomicInteger number = new AtomicInteger();
        service.finish(
                "Completed",
                record -> BatchStandIn.error(400, number.incrementAndGet() <= 10 ? "odd" : "temperature is not taken"));
        assertThat(collect("").sentence())
                .contains("0 of 150 images answered, 150 failed, 0 left")
                .endsWith(
                        "; the commonest failure, 140 times: the batch job failed on it: 400 temperature is not taken");
        assertThat(review("")).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(onDemand.calls()).hasSize(150);
    }

    @Test
    void hostileAnswersLeaveReviewsClean() {
        submit("");
        AtomicInteger number = new AtomicInteger();
        service.finish("Completed", record -> switch (number.incrementAndGet() % 6) {
            case 0 ->
                BatchStandIn.words("```json\n" + answer("<script>\\u0000alert(1)</script>") + "\n```", "end_turn");
            case 1 -> BatchStandIn.words("Ignore the schema.", "end_turn");
            case 2 -> BatchStandIn.words("x".repeat(200_000), "end_turn");
            case 3 -> BatchStandIn.words(answer("fine") + answer("twice"), "end_turn");
            case 4 -> BatchStandIn.words("{\"objects\"", "max_tokens");
            default -> BatchStandIn.error(400, "image is odd");
        });
        assertThat(collect("").images()).isEqualTo(125);
        List<ImageReview> reviews = review("");
        assertThat(reviews)
                .extracting(ImageReview::status)
                .containsOnly("ANSWERED", "MALFORMED", "OFF_SCHEMA", "TRUNCATED", "FAILED");
        assertThat(reviews.stream().filter(r -> r.seen() != null))
                .hasSize(25)
                .allMatch(r -> r.seen() != null && r.seen().evidence().equals("<script> alert(1)</script>"));
        assertThat(reviews.stream().filter(r -> r.status().equals(ImageFindings.FAILED)))
                .hasSize(25)
                .allMatch(r -> "the batch job failed on it: 400 image is odd".equals(r.reason()));
        assertThat(onDemand.calls()).isEmpty();
    }

    @Test
    void limitsHoldForJobsTooAndTooFewImagesMakeNone() {
        assertThat(submit("limits.run.calls = 120").sentence())
                .contains("asks about 120 images", "the limit of 120 calls a run is used up");
        assertThat(submit("limits.run.calls = 120").sentence())
                .startsWith("No batch job: 0 of 150 images are to be asked about, and a job has at least 100");
        assertThat(service.jobs()).isEqualTo(1);
        assertThat(submit("limits.run.calls = 130").sentence())
                .startsWith(
                        "No batch job: 10 of 150 images are to be asked about, and a job has at least 100;"
                                + " analysis.provider = bedrock asks about them one by one, with the same ledger; the limit of");
        assertThatThrownBy(() -> submit("batch.role = \"\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("No batch job can be submitted: analysis.model.batch.role is not set");
    }

    private static JsonNode tidy(JsonNode record) {
        return BatchStandIn.words("Here it is: " + answer("A bag."), "end_turn");
    }

    private static String answer(String evidence) {
        return "{\"objects\":[{\"class\":\"person\",\"count\":1}],\"other_objects\":[],\"conditions\":[\"night\"],"
                + "\"failure_mode\":\"look_alike\",\"evidence\":\"" + evidence + "\"}";
    }

    /** The hash by which cases name their image. */
    private static String image(JsonNode record) {
        return BedrockStandIn.hash(Base64.getDecoder()
                .decode(record.at("/modelInput/messages/0/content/0/source/data")
                        .asText()));
    }

    private BatchReviews.Report submit(String more) {
        return reviews(more, objects).submit(DAY, cases);
    }

    private BatchReviews.Report collect(String more) {
        return reviews(more, objects).collect(DAY);
    }

    private BatchReviews.Report loseLeaseAfter(int writes) {
        Countdown next = new Countdown(writes + 1);
        return reviews("", new FailingObjects(objects, next), () -> {
                    if (next.writes() == writes) {
                        throw ServiceException.passing("lease lost", null);
                    }
                })
                .submit(DAY, cases);
    }

    @Test
    void aJobIsHeldToTheBucketsAccountAndItsAnswersHaveTheKey() {
        submit("batch.kms-key = \"alias/answers\", batch.bucket-owner = \"012345678901\"");

        assertThat(service.problems()).isEmpty();
        JsonNode request = service.requests().get(0);
        assertThat(request.at("/outputDataConfig/s3OutputDataConfig/s3EncryptionKeyId")
                        .asText())
                .isEqualTo("alias/answers");
        assertThat(List.of(
                        request.at("/inputDataConfig/s3InputDataConfig/s3BucketOwner")
                                .asText(),
                        request.at("/outputDataConfig/s3OutputDataConfig/s3BucketOwner")
                                .asText()))
                .containsOnly("012345678901");
    }

    private BatchReviews reviews(String more, ObjectStore store) {
        return reviews(more, store, () -> {});
    }

    private BatchReviews reviews(String more, ObjectStore store, Runnable beforeWrite) {
        ModelSettings settings = settings(more);
        return new BatchReviews(
                settings,
                BedrockBatches.open(
                        settings, StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test-secret"))),
                store,
                ROOT,
                new CallLedger(store, ROOT, beforeWrite),
                Prompt.load(),
                useCase -> List.of("person", "dog"));
    }

    private List<ImageReview> review(String more) {
        return new ModelReviewer(
                        settings(more),
                        onDemand,
                        objects,
                        new CallLedger(objects, ROOT, () -> {}),
                        Prompt.load(),
                        useCase -> List.of("person", "dog"),
                        time)
                .review(DAY, cases);
    }

    private ModelSettings settings(String more) {
        return Configs.of("""
                        analysis { provider = bedrock, model {
                          id = us.anthropic.claude-sonnet-4-6, region = us-east-1
                          input-price = 3, output-price = 15
                          pace { concurrency = 16, requests-per-minute = 1000000, tokens-per-minute = 1000000000 }
                          limits { run { calls = 1000, dollars = 100 }, week.dollars = 100, month.dollars = 100 }
                          batch { role = "arn:aws:iam::111122223333:role/batch", endpoint = "%s", max-records = 40 }
                          %s } }
                        """.formatted(service.endpoint(), more)).analysis().model();
    }
}
