package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "6, 32", "7, 60", "8, 60", "1000, 60"})
    void eachWaitIsTwiceTheOneBeforeUpToTheLimitAndHalfOfItIsDrawn(int failures, int seconds) {
        long[] waits = IntStream.range(0, 1_000)
                .mapToLong(i -> BACKOFF.after(failures, "key-" + i).toMillis())
                .sorted()
                .toArray();
        assertThat(waits[0]).isBetween(seconds * 500L, seconds * 510L);
        assertThat(waits[500]).isBetween(seconds * 720L, seconds * 780L);
        assertThat(waits[999]).isBetween(seconds * 990L, seconds * 1_000L);
        assertThat(BACKOFF.after(failures, "key")).isEqualTo(BACKOFF.after(failures, "key"));
    }
}
