package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final Duration TICK = Duration.ofMillis(5);

    @ParameterizedTest
    @ValueSource(ints = {10, 60, 600, 6_000})
    void noMinuteSeesMoreThanTheLimitAndNineTenthsOfItAreUsed(int perMinute) {
        RateLimit rate = new RateLimit(perMinute, 1_000_000_000, Duration.ZERO);
        List<Duration> taken = new ArrayList<>();
        for (Duration now = Duration.ZERO; now.toMinutes() < 10; now = now.plus(TICK)) {
            while (rate.take(1, now)) {
                taken.add(now);
            }
        }
        assertThat(taken).hasSizeBetween(perMinute * 9, perMinute * 10);
        for (int i = perMinute; i < taken.size(); i++) {
            assertThat(taken.get(i).minus(taken.get(i - perMinute))).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void tokensLimitAsCallsDoAndWhatWasNotUsedComesBack() {
        RateLimit rate = new RateLimit(1_000_000, 60_000, Duration.ZERO);
        assertThat(rate.take(1_200, Duration.ZERO)).isTrue();
        assertThat(rate.take(1_200, Duration.ZERO)).isFalse();
        rate.used(1_200, 200);
        assertThat(rate.take(1_000, Duration.ZERO)).isTrue();
        assertThat(rate.take(980, Duration.ofMillis(999))).isFalse();
        assertThat(rate.take(980, Duration.ofMillis(1_001))).isTrue();
    }

    @Test
    void aCallLargerThanTheBucketIsLentByAFullOneAndPaidBack() {
        RateLimit rate = new RateLimit(1_000, 1_000, Duration.ZERO);
        assertThat(rate.take(500, Duration.ZERO)).isTrue();
        assertThat(rate.take(1, Duration.ofSeconds(20))).isFalse();
        assertThat(rate.take(1, Duration.ofSeconds(31))).isTrue();
    }

    @Test
    void aCallThatWasNotMadeIsGivenBackAndABucketNeverHoldsMoreThanItsPart() {
        RateLimit rate = new RateLimit(60, 1_000_000, Duration.ZERO);
        assertThat(rate.take(1, Duration.ZERO)).isTrue();
        assertThat(rate.take(1, Duration.ZERO)).isFalse();
        rate.giveBack(1);
        rate.giveBack(1);
        rate.giveBack(1);
        assertThat(rate.take(1, Duration.ZERO)).isTrue();
        assertThat(rate.take(1, Duration.ZERO)).isFalse();
    }
}
