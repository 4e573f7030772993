package dev.winnow.testing;

import dev.winnow.runtime.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Time that passes when somebody sleeps. */
public final class SteppingTime implements TimeSource {
    private volatile Duration elapsed = Duration.ofDays(1);
    private Runnable whenSleeping = () -> {};

    /** After each sleep this is done, too. */
    public void whenSleeping(Runnable action) {
        whenSleeping = action;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-11-02T08:00:00Z").plus(elapsed.minusDays(1));
    }

    @Override
    public Duration elapsed() {
        return elapsed;
    }

    @Override
    public void sleep(Duration duration) {
        elapsed = elapsed.plus(duration);
        whenSleeping.run();
    }
}
