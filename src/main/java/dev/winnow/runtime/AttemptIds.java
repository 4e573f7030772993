package dev.winnow.runtime;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names executions: ids sort by time and are unique also between machines. */
public final class AttemptIds {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final RandomGenerator random;

    /** Creates ids from a clock and a source of suffixes. */
    public AttemptIds(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Returns a new id such as {@code 20261102T031500123Z-9f86d081}. */
    public String next() {
        Instant now = clock.instant();
        return TIME.format(now) + "-" + HexFormat.of().toHexDigits(random.nextInt());
    }
}
