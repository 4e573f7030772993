package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.analysis.CallLedger.Spent;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ModelFailure.Kind;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.VisionModel.Answer;
import dev.winnow.ports.VisionModel.Form;
import dev.winnow.ports.VisionModel.Usage;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeVision;
import dev.winnow.testing.ImageCases;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SteppingTime;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelReviewerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 4);
    private static final String FAST = "pace { requests-per-minute = 1000000, tokens-per-minute = 1000000000 }\n"
            + "limits { run { calls = 10000, dollars = 1000 }, week { calls = 10000, dollars = 1000 },"
            + " month { calls = 10000, dollars = 1000 } }\n";

    private static final long ANSWER = 1_000 * 3 + 100 * 15;

    private final MemoryObjects objects = new MemoryObjects();
    private final SteppingTime time = new SteppingTime();
    private final FakeVision model = new FakeVision(time, Duration.ofSeconds(3));

    @Test
    void aRepeatedRunPaysNothingAndSaysTheSame() {
        List<ImageCase> cases = cases(20);
        List<ImageReview> first = review("", cases);
        assertThat(first).allMatch(review -> review.status().equals(ImageFindings.ANSWERED) && !review.reused());
        assertThat(first)
                .extracting(ImageReview::caseId)
                .isEqualTo(cases.stream().map(ImageCase::id).toList());
        assertThat(model.calls()).hasSize(20);

        assertThat(review("", cases)).isEqualTo(first);
        assertThat(model.calls()).hasSize(20);
        assertThat(ledger().spent(DAY)).isEqualTo(new Spent(20, 20 * (1_000 * 3 + 100 * 15)));
    }

    @Test
    void theSameImageAndQuestionIsAskedOnceWhateverTheCaseAndTheDay() {
        ImageCase image = cases(1).get(0);
        ImageCase twin = new ImageCase(
                "twin",
                image.imageHash(),
                image.imageUri(),
                "image/png",
                64,
                48,
                "intrusion",
                "person",
                "FALSE_POSITIVE",
                null);

        assertThat(review("", List.of(image, twin)))
                .extracting(ImageReview::reused)
                .containsExactly(false, true);
        List<ImageReview> later = reviewer("", objects).review(DAY.plusDays(40), List.of(twin));
        assertThat(later).extracting(ImageReview::reused).containsExactly(true);
        assertThat(later).extracting(ImageReview::status).containsExactly(ImageFindings.ANSWERED);
        assertThat(model.calls()).hasSize(1);
    }

    @Test
    void theFirstQuestionIsAskedAloneAndNeverMoreAtOnceThanThereAreSlots() {
        review("pace.concurrency = 8", cases(100));
        assertThat(model.calls().get(1).minus(model.calls().get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(model.mostInFlight()).isEqualTo(8);
    }

    @Test
    void callsKeepToTheRateAndUseMostOfIt() {
        review("pace.requests-per-minute = 120, pace.concurrency = 20", cases(400));
        List<Duration> calls = model.calls();
        for (int i = 120; i < calls.size(); i++) {
            assertThat(calls.get(i).minus(calls.get(i - 120))).isGreaterThanOrEqualTo(Duration.ofSeconds(59));
        }
        Duration took = calls.get(399).minus(calls.get(1));
        assertThat(398 * 60.0 / (took.toMillis() / 1e3)).isBetween(108.0, 120.0);
    }

    @Test
    void tokensPerMinuteLimitTooByWhatIsUsed() {
        review("pace.tokens-per-minute = 110000, pace.concurrency = 20, max-tokens = 1000", cases(200));
        Duration took = model.calls().get(199).minus(model.calls().get(1));
        assertThat(198 * 60.0 / (took.toMillis() / 1e3)).isBetween(90.0, 102.0); // 1,100 tokens a call
    }

    @Test
    void noMoreCallsThanTheLimitAndTheFirstCasesComeFirst() {
        model.answer((number, question) -> {
            if (number % 2 == 0) {
                throw new ModelFailure(Kind.THROTTLED, "429", null);
            }
            return FakeVision.tidy();
        });
        List<ImageReview> reviews = review("limits.run.calls = 30", cases(50));

        assertThat(model.calls()).hasSize(30);
        assertThat(reviews).extracting(ImageReview::status).contains("ANSWERED", "MEASURED");
        assertThat(reviews.get(49).reason()).isEqualTo("the limit of 30 calls a run is used up");
        assertThat(reviews.get(0).status()).isEqualTo(ImageFindings.ANSWERED);
        assertThat(review("limits.run.calls = 30", cases(50))).isEqualTo(reviews);
        assertThat(model.calls()).hasSize(30);
        model.answer((number, question) -> FakeVision.tidy());
        assertThat(reviewer("limits.run.calls = 50", objects).review(DAY.plusDays(1), cases(50)))
                .extracting(ImageReview::status)
                .containsOnly(ImageFindings.ANSWERED);
    }

    @Test
    void dollarsAreSetAsideInFullAndFreedByAnswersSoThatALimitIsUsedAndNeverExceeded() {
        // An answer costs 0.0045 dollars, a call sets aside some 0.02.
        review("limits.week.dollars = 0.1", cases(50));
        long spent = ledger().spent(DAY).microDollars();
        assertThat(spent).isBetween(75_000L, 100_000L);
        assertThat(reviewer("limits.week.dollars = 0.1", objects).review(DAY.plusDays(1), cases(50)))
                .extracting(ImageReview::reason)
                .contains("the limit of 0.10 dollars a week is used up");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"THROTTLED", "OVERLOADED", "TIMED_OUT", "BROKEN"})
    void whatMayPassIsAskedAgainAfterAWaitThatGrows(Kind kind) {
        model.answer((number, question) -> {
            if (number <= 3) {
                throw new ModelFailure(kind, "failed", null);
            }
            return FakeVision.tidy();
        });
        List<ImageReview> reviews = review("pace.backoff = 10s", cases(1));

        assertThat(reviews.get(0).status()).isEqualTo(ImageFindings.ANSWERED);
        assertThat(reviews.get(0).attempts()).isEqualTo(4);
        List<Duration> calls = model.calls();
        assertThat(calls.get(1).minus(calls.get(0)).toMillis()).isBetween(8_000L, 13_500L);
        assertThat(calls.get(2).minus(calls.get(1)).toMillis()).isBetween(13_000L, 23_500L);
        assertThat(calls.get(3).minus(calls.get(2)).toMillis()).isBetween(23_000L, 43_500L);
        long answer = 1_000 * 3 + 100 * 15;
        if (kind.mayBeBilled()) {
            assertThat(ledger().spent(DAY).microDollars()).isGreaterThan(answer + 3 * 1_200 * 15);
        } else {
            assertThat(ledger().spent(DAY)).isEqualTo(new Spent(4, answer));
        }
    }

    @Test
    void throttlingSlowsEverythingBecauseWhoWaitsKeepsItsSlot() {
        model.answer((number, question) -> {
            if (number > 1 && number < 100) {
                throw new ModelFailure(Kind.THROTTLED, "429", null);
            }
            return FakeVision.tidy();
        });
        review("pace.concurrency = 4, pace.attempts = 20, pace.backoff = 8s, pace.max-backoff = 8s", cases(50));
        Duration took = model.calls().get(98).minus(model.calls().get(1));
        assertThat(took).isGreaterThan(Duration.ofSeconds(98 / 4 * 7));
    }

    @Test
    void aServiceThatIsDownEndsTheRunAndWhatWasAnsweredIsKept() {
        model.answer((number, question) -> {
            if (number > 10) {
                throw new ModelFailure(Kind.OVERLOADED, "Bedrock answered 503", null);
            }
            return FakeVision.tidy();
        });
        assertThatThrownBy(() -> review("pace.attempts = 2, pace.concurrency = 5", cases(200)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessage("Could not ask model: Bedrock answered 503; all 2 calls failed for 20 images in a row."
                        + " What was answered is kept; run it again later for the rest");
        assertThat(model.calls().size()).isBetween(50, 60);

        model.answer((number, question) -> FakeVision.tidy());
        int before = model.calls().size();
        assertThat(review("", cases(200))).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(model.calls()).hasSize(before + 190);
    }

    @Test
    void anImageThatCantBeReadEndsTheRunAfterWhatIsInFlightIsSettled() {
        List<ImageCase> cases = cases(40);
        objects.watch(seen -> {
            if (seen.equals(cases.get(20).imageUri())) {
                throw ServiceException.passing("Could not read " + seen, null);
            }
        });
        String steady = "pace.requests-per-minute = 120, pace.concurrency = 20";
        assertThatThrownBy(() -> review(steady, cases))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessage("Could not read /images/20");
        int called = model.calls().size();
        assertThat(ledger().spent(DAY)).isEqualTo(new Spent(called, called * ANSWER));

        objects.watch(seen -> {});
        assertThat(review(steady, cases)).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(model.calls()).hasSize(40);
    }

    @Test
    void intentsWhoseCallsAreNotMadeAreNeitherLostNorPaid() {
        List<ImageCase> cases = cases(40);
        AtomicInteger intents = new AtomicInteger();
        objects.watch(seen -> {
            if (seen.startsWith("{\"intent\"") && intents.incrementAndGet() == 8) {
                throw ServiceException.passing("Stored, but nobody said so", null);
            }
        });
        String steady = "pace.requests-per-minute = 120, pace.concurrency = 20";
        assertThatThrownBy(() -> review(steady, cases)).hasMessage("Stored, but nobody said so");
        int called = model.calls().size();
        Spent spent = ledger().spent(DAY);
        assertThat(spent.microDollars()).isEqualTo(called * ANSWER);
        assertThat(spent.calls()).isGreaterThan(called);

        assertThat(review(steady, cases)).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(model.calls()).hasSize(40);
    }

    @Test
    void aDenialInTheMiddleIsRefusedAndNothingMoreIsSent() {
        model.answer((number, question) -> {
            if (number > 30) {
                throw new ModelFailure(Kind.DENIED, "Bedrock answered 403", null);
            }
            return FakeVision.tidy();
        });
        assertThatThrownBy(() -> review("pace.concurrency = 4", cases(200)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessage("Could not ask model: Bedrock answered 403");
        assertThat(model.calls().size()).isBetween(31, 35);
        assertThat(ledger().spent(DAY).calls()).isEqualTo(model.calls().size());
    }

    @Test
    void aFirstImageThatIsInvalidIsTriedLastTheNextTimeAndThenKeptAsFailed() {
        List<ImageCase> cases = cases(3);
        ImageCase bad = cases.get(0);
        model.answer((number, question) -> {
            if (question.image()
                    .equals(java.nio.ByteBuffer.wrap(
                            objects.read(bad.imageUri(), 1_000_000).orElseThrow()))) {
                throw new ModelFailure(Kind.INVALID, "image is odd", null);
            }
            return FakeVision.tidy();
        });
        assertThatThrownBy(() -> review("", cases))
                .hasMessageContaining("image is odd; this was the first call, so correct analysis.model");
        assertThat(model.calls()).hasSize(1);

        List<ImageReview> reviews = review("", cases);
        assertThat(reviews).extracting(ImageReview::status).containsExactly("FAILED", "ANSWERED", "ANSWERED");
        assertThat(reviews.get(0).reason()).isEqualTo("image is odd");
        assertThat(review("", cases)).isEqualTo(reviews);
        assertThat(model.calls()).hasSize(4);
    }

    @Test
    void aModelErrorIsTriedTwiceAndAnImageThatIsGoneIsNotAskedAbout() {
        List<ImageCase> cases = cases(4);
        objects.delete(cases.get(2).imageUri());
        model.answer((number, question) -> {
            if (number == 2 || number > 3) {
                throw new ModelFailure(Kind.MODEL_ERROR, "Bedrock answered 424", null);
            }
            return FakeVision.tidy();
        });
        List<ImageReview> reviews = review("pace.concurrency = 1", cases);

        assertThat(reviews)
                .extracting(ImageReview::status)
                .containsExactly("ANSWERED", "ANSWERED", "MEASURED", "FAILED");
        assertThat(reviews).extracting(ImageReview::attempts).containsExactly(1, 2, 0, 2);
        assertThat(reviews.get(2).reason()).contains("the prepared image is gone");
        assertThat(model.calls()).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 8, 11, 14, 17, 20, 25})
    void aRunKilledAtAWriteLosesAtMostItsSlotsAndAsksAgainOnlyIfToldTo(int write) {
        List<ImageCase> cases = cases(60);
        String slots = "pace.concurrency = 8\n";
        ObjectStore dying = new FailingObjects(objects, new Countdown(write));
        assertThatThrownBy(() -> reviewer(slots, dying).review(DAY, cases)).hasMessageStartingWith("killed at write");
        int asked = model.calls().size();

        List<ImageReview> reviews = review(slots, cases);
        long lost = reviews.stream()
                .filter(r -> r.status().equals(ImageFindings.LOST))
                .count();
        assertThat(lost).isLessThanOrEqualTo(8);
        assertThat(model.calls().size() - asked).isLessThanOrEqualTo(60 - asked);
        assertThat(model.calls()).hasSizeBetween(60 - (int) lost, 60);
        assertThat(ledger().spent(DAY).calls()).isEqualTo(60);
        assertThat(review(slots, cases)).isEqualTo(reviews);

        List<ImageReview> again = review(slots + "limits.ask-lost-again = true", cases);
        assertThat(again).extracting(ImageReview::status).containsOnly(ImageFindings.ANSWERED);
        assertThat(ledger().spent(DAY).calls()).isEqualTo(60 + lost);
    }

    @Test
    void aCutAnswerIsAskedForAgainOnceItMayBeLonger() {
        model.answer((number, question) -> number == 1
                ? new Answer(Form.TEXT, "I see", "max_tokens", new Usage(1_000, 1_200))
                : FakeVision.tidy());
        assertThat(review("", cases(1))).extracting(ImageReview::status).containsExactly(ImageFindings.TRUNCATED);
        assertThat(review("", cases(1))).extracting(ImageReview::status).containsExactly(ImageFindings.TRUNCATED);
        assertThat(model.calls()).hasSize(1);
        assertThat(review("max-tokens = 2400", cases(1)))
                .extracting(ImageReview::status)
                .containsExactly(ImageFindings.ANSWERED);
        assertThat(model.calls()).hasSize(2);
    }

    @Test
    void aWholeAnswerOfOneDayCountsOnAllOthersThoughAnEarlierOneWasCut() {
        model.answer((number, question) -> number == 1
                ? new Answer(Form.TEXT, "I see", "max_tokens", new Usage(1_000, 1_200))
                : FakeVision.tidy());
        review("", cases(1));
        for (int day = 1; day <= 3; day++) {
            assertThat(reviewer("max-tokens = 2400", objects).review(DAY.plusDays(day), cases(1)))
                    .extracting(ImageReview::status)
                    .containsExactly(ImageFindings.ANSWERED);
        }
        assertThat(model.calls()).hasSize(2);
    }

    @Test
    void anAnswerWithoutUsageIsChargedInFull() {
        model.answer(
                (number, question) -> new Answer(Form.TOOL, FakeVision.tidy().content(), "tool_use", null));
        review("", cases(1));
        assertThat(ledger().spent(DAY).microDollars()).isGreaterThan(1_200 * 15);
    }

    @Test
    void noCasesAskNothingAndALimitOfNoCallsToo() {
        assertThat(review("", List.of())).isEmpty();
        assertThat(review("limits.run.calls = 0", cases(2)))
                .extracting(ImageReview::status)
                .containsOnly(ImageFindings.MEASURED);
        assertThat(model.calls()).isEmpty();
    }

    private List<ImageCase> cases(int number) {
        List<ImageCase> cases = new ArrayList<>();
        IntStream.range(0, number)
                .forEach(i -> cases.add(ImageCases.of(
                        objects, "/images/" + i, new byte[] {(byte) i, (byte) (i >> 8), 1}, "image/png", "case-" + i)));
        return cases;
    }

    private List<ImageReview> review(String more, List<ImageCase> cases) {
        return reviewer(more, objects).review(DAY, cases);
    }

    private CallLedger ledger() {
        return new CallLedger(objects, "/analysis", () -> {});
    }

    private ModelReviewer reviewer(String more, ObjectStore store) {
        ModelSettings settings = Configs.of(
                        "analysis { provider = bedrock, model { id = model, input-price = 3, output-price = 15\n" + FAST
                                + more + "\n} }")
                .analysis()
                .model();
        return new ModelReviewer(
                settings,
                model,
                store,
                new CallLedger(store, "/analysis", () -> {}),
                Prompt.load(),
                useCase -> List.of("person", "dog"),
                time);
    }
}
