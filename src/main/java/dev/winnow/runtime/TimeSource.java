package dev.winnow.runtime;

import java.time.Duration;
import java.time.Instant;

/** Time as a run sees it; tests bring their own. */
public interface TimeSource {
    /** The clocks of this machine. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public Duration elapsed() {
            return Duration.ofNanos(System.nanoTime());
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration.toMillis()); // the one place that waits; tests have a clock of their own
        }
    };

    /** The time of day, UTC. For showing: it may jump, and other machines disagree. */
    Instant now();

    /** Time since some fixed moment; it never goes back. For measuring. */
    Duration elapsed();

    /** Waits that long. */
    void sleep(Duration duration) throws InterruptedException;
}
