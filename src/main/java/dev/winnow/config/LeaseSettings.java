package dev.winnow.config;

import java.time.Duration;

/**
 * The warehouse lease: one writing command at a time.
 *
 * @param maxWait how long a second writer waits before it gives up with exit code 4
 * @param ttl how long a lease that nobody renews is respected
 */
public record LeaseSettings(Duration maxWait, Duration ttl) {
    static LeaseSettings read(Section section) {
        return new LeaseSettings(section.duration("wait"), section.duration("ttl"));
    }
}
