package dev.winnow.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** Time that passes when the test's thread sleeps; other threads sleep until they are interrupted. */
final class FakeTime implements TimeSource {
    private final Thread owner = Thread.currentThread();
    private final Runnable whenSleeping;
    private volatile Duration elapsed = Duration.ofDays(1);

    /** Each sleep of the test's thread also does this. */
    FakeTime(Runnable whenSleeping) {
        this.whenSleeping = whenSleeping;
    }

    FakeTime() {
        this(() -> {});
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-03-01T08:00:00Z").plus(elapsed.minusDays(1));
    }

    @Override
    public Duration elapsed() {
        return elapsed;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.currentThread() != owner) {
            new CountDownLatch(1).await();
        }
        pass(duration);
        whenSleeping.run();
    }

    void pass(Duration duration) {
        elapsed = elapsed.plus(duration);
    }
}
