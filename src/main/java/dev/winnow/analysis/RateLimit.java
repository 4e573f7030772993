package dev.winnow.analysis;

import java.time.Duration;

/**
 * Calls and tokens per minute, as two buckets that fill with time.
 *
 * <p>A bucket holds a part of a minute's amount and fills with the rest, so that no minute sees more than the limit.
 */
final class RateLimit {
    /** Part of a minute's amount that may be taken at once; by judgement. */
    private static final double BURST = 0.02;

    private final Bucket calls;
    private final Bucket tokens;

    /** Full buckets at a time that {@link #take} goes on from. */
    RateLimit(int callsPerMinute, int tokensPerMinute, Duration now) {
        calls = new Bucket(callsPerMinute, now);
        tokens = new Bucket(tokensPerMinute, now);
    }

    /**
     * Takes one call of so many tokens, if it may be made now. More tokens than a bucket holds are lent by a full one.
     *
     * @param now never goes back
     */
    boolean take(long wanted, Duration now) {
        calls.fill(now);
        tokens.fill(now);
        if (calls.level < 1 || tokens.level < Math.min((double) wanted, tokens.capacity)) {
            return false;
        }
        calls.level -= 1;
        tokens.level -= wanted;
        return true;
    }

    /** Gives back a call that was not made. */
    void giveBack(long wanted) {
        calls.level = Math.min(calls.capacity, calls.level + 1);
        used(wanted, 0);
    }

    /**
     * Corrects the tokens that were taken for a call by those it used. They are given back in full, also to a full
     * bucket: they were part of a minute's amount once.
     */
    void used(long wanted, long used) {
        tokens.level += (double) (wanted - used);
    }

    private static final class Bucket {
        private final double capacity;
        private final double perNano;
        private double level;
        private Duration filledAt;

        Bucket(int perMinute, Duration now) {
            capacity = Math.max(1, perMinute * BURST);
            perNano = Math.max(perMinute - capacity, perMinute * 0.5)
                    / Duration.ofMinutes(1).toNanos();
            level = capacity;
            filledAt = now;
        }

        void fill(Duration now) {
            if (level < capacity) {
                level = Math.min(capacity, level + perNano * now.minus(filledAt).toNanos());
            }
            filledAt = now;
        }
    }
}
