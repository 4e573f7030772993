package dev.winnow.config;

import java.time.Duration;

/**
 * The warehouse lease: one writing command at a time.
 *
 * @param maxWait how long a second writer waits before it gives up with exit code 4
 * @param ttl how long a lease that nobody renews is respected
 */
public record LeaseSettings(Duration maxWait, Duration ttl) {
    /** A slow answer of the store takes seconds, and a quarter of the life must hold one; chosen by judgement. */
    private static final Duration MIN_TTL = Duration.ofSeconds(10);

    static LeaseSettings read(Section section) {
        return new LeaseSettings(
                section.duration("wait"),
                section.duration(
                        "ttl",
                        MIN_TTL,
                        "a lease is renewed four times in its life, and one slow answer of the store must not lose it"));
    }
}
