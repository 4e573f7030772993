package dev.winnow.runtime;

import dev.winnow.config.LeaseSettings;
import java.time.Duration;

/**
 * How long a lease lives and how long others wait for it.
 *
 * @param ttl how long a lease outlives its last renewal
 * @param renewEvery pause between renewals; at most a third of {@code ttl}, so that one may fail
 * @param patience how long to wait for a lease that is held
 * @param poll pause between looks at a lease that is held
 */
public record LeaseTimes(Duration ttl, Duration renewEvery, Duration patience, Duration poll) {
    /** A minute to live, renewed four times in it; others wait ten minutes. */
    public static final LeaseTimes DEFAULT = new LeaseTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofMinutes(10), Duration.ofSeconds(2));

    /** Times that follow from what is configured: renewed four times in a life, looked at as often. */
    public static LeaseTimes of(LeaseSettings settings) {
        Duration quarter = settings.ttl().dividedBy(4);
        Duration poll = quarter.compareTo(DEFAULT.poll) < 0 ? quarter : DEFAULT.poll;
        return new LeaseTimes(settings.ttl(), quarter, settings.maxWait(), poll);
    }

    /** Refuses pauses that would let a living lease run out. */
    public LeaseTimes {
        if (renewEvery.multipliedBy(3).compareTo(ttl) > 0 || isNotPositive(renewEvery) || isNotPositive(poll)) {
            throw new IllegalArgumentException(
                    "Expected 0 < renewEvery <= ttl / 3 and poll > 0, got " + renewEvery + ", " + ttl + ", " + poll);
        }
    }

    /** How long after its last renewal the holder itself trusts the lease; the rest of {@code ttl} is for commits. */
    Duration trusted() {
        return ttl.multipliedBy(3).dividedBy(4);
    }

    private static boolean isNotPositive(Duration duration) {
        return duration.isZero() || duration.isNegative();
    }
}
