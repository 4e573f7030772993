package dev.winnow.testing;

/** Throws at one of many writes, as if the process were killed there. */
public final class Countdown {
    private final int failing;
    private int writes;

    /** Throws at the write {@code failing}, counted from 1; never at 0. */
    public Countdown(int failing) {
        this.failing = failing;
    }

    /** Counts a write that is about to happen. */
    public synchronized void next() {
        writes++;
        if (writes == failing) {
            throw new IllegalStateException("killed at write " + writes);
        }
    }

    /** Writes so far. */
    public synchronized int writes() {
        return writes;
    }
}
