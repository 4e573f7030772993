package dev.winnow.stats;

import static dev.winnow.stats.LimitProof.ANYTIME;
import static dev.winnow.stats.LimitProof.CLOPPER_PEARSON;
import static dev.winnow.stats.LimitProof.JEFFREYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LimitProofTest {
    private static final double ALPHA = 0.05;
    private static final double ELEVENTH = 1 / 11.0;

    @ParameterizedTest
    @CsvSource({"ANYTIME, 47, 88, 224, 449", "CLOPPER_PEARSON, 32, 59, 149, 299"})
    void sizesThatProveWithoutAnErrorEqualThePublishedOnes(
            LimitProof test, long eleventh, long five, long two, long one) {
        assertThat(test.leastTrials(ELEVENTH, ALPHA)).isEqualTo(eleventh);
        assertThat(test.leastTrials(.05, ALPHA)).isEqualTo(five);
        assertThat(test.leastTrials(.02, ALPHA)).isEqualTo(two);
        assertThat(test.leastTrials(.01, ALPHA)).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "1, 39", "2, 62", "5, 500", "40, 400"})
    void theEvidenceIsTheIntegralItIsDefinedAs(long wrong, long trials) {
        double limit = .07;
        int steps = 20_000;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double p = limit * (i + .5) / steps;
            sum += Math.exp(wrong * Math.log(p / limit) + (trials - wrong) * (Math.log1p(-p) - Math.log1p(-limit)));
        }
        assertThat(LimitProof.logEvidence(wrong, trials, limit)).isCloseTo(Math.log(sum / steps), within(1e-5));
    }

    @Test
    void aSampleThatSpeaksForTheLimitIsNoEvidenceAndNoneIsNeutral() {
        assertThat(LimitProof.logEvidence(0, 0, .1)).isCloseTo(0, within(1e-12));
        assertThat(LimitProof.logEvidence(900, 1_000, .01)).isLessThan(-100);
        assertThat(ANYTIME.passes(900_000, 1_000_000, .01, ALPHA)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMissingIsExactlyEnoughAndTheBoundIsTheSmallestLimitThatPasses(LimitProof test) {
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            long trials = 1L + random.nextInt(300);
            long wrong = random.nextInt((int) Math.min(trials, 12));
            double limit = .01 + .3 * random.nextDouble();
            long missing = test.missing(wrong, trials, limit, ALPHA).orElseThrow();
            assertThat(test.passes(wrong, trials + missing, limit, ALPHA)).isTrue();
            if (missing > 0) {
                assertThat(test.passes(wrong, trials + missing - 1, limit, ALPHA))
                        .as("%d of %d, %s", wrong, trials, limit)
                        .isFalse();
            }
            double bound = test.bound(wrong, trials, ALPHA);
            assertThat(test.passes(wrong, trials, Math.min(1 - 1e-9, bound + 1e-9), ALPHA))
                    .isTrue();
            assertThat(test.passes(wrong, trials, bound - 1e-9, ALPHA)).isFalse();
        }
    }

    /** Published by simulation: 3.4 % with looks at will, against 24.5 and 35.7 % for the tests that look once. */
    @ParameterizedTest
    @CsvSource({"ANYTIME, .0, .05", "CLOPPER_PEARSON, .15, .35", "JEFFREYS, .25, .5"})
    void lookingEveryTenReviewsUpToAThousandOnlyTheAnytimeRuleKeepsItsRisk(LimitProof test, double low, double high) {
        Random random = new Random(42);
        int proofs = 0;
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            long wrong = 0;
            for (int trials = 1; trials <= 1_000; trials++) {
                wrong += random.nextDouble() < ELEVENTH ? 1 : 0;
                if (trials % 10 == 0 && test.passes(wrong, trials, ELEVENTH, ALPHA)) {
                    proofs++;
                    break;
                }
            }
        }
        assertThat((double) proofs / runs).isBetween(low, high);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoSampleIsRefused(LimitProof test) {
        assertThatThrownBy(() -> test.passes(3, 2, .1, ALPHA))
                .hasMessage("Expected 0 <= successes <= trials, got 3.0 of 2.0");
        assertThatThrownBy(() -> test.passes(0, 2, 1, ALPHA)).hasMessage("Expected a limit in (0, 1), got 1.0");
        assertThatThrownBy(() -> test.bound(0, 2, .5)).hasMessage("Expected a risk in (0, 0.5), got 0.5");
        assertThat(test.bound(0, 0, ALPHA)).isEqualTo(1);
    }

    @Test
    void theTestsThatLookOnceAreTheOneSidedBounds() {
        assertThat(JEFFREYS.leastTrials(ELEVENTH, ALPHA)).isEqualTo(20);
        assertThat(JEFFREYS.bound(1, 28, ALPHA)).isCloseTo(.1314, within(5e-5));
        assertThat(CLOPPER_PEARSON.bound(0, 32, ALPHA)).isCloseTo(.0893682, within(1e-6));
    }
}
