package dev.winnow.analysis;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long to wait before asking again: twice as long each time, up to a limit; half of it is drawn, so that questions
 * that failed together do not come back together.
 *
 * @param first wait after the first failure
 * @param longest limit
 */
record Backoff(Duration first, Duration longest) {
    /** Returns the wait after so many failures of one question, at least 1; the same for the same key. */
    Duration after(int failures, String key) {
        double most = Math.min(
                (double) longest.toNanos(), (double) first.toNanos() * Math.pow(2, Math.min(failures - 1, 40)));
        double drawn = new SplittableRandom(31L * key.hashCode() + failures).nextDouble();
        return Duration.ofNanos((long) (most / 2 * (1 + drawn)));
    }
}
