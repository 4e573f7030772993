package dev.winnow.segments;

import java.util.Arrays;

/**
 * A hash map from longs to the numbers 0, 1, 2, ... in order of first sight; open addressing over primitive arrays.
 *
 * <p>Memory: 16 bytes per place, at least half of the places free, so 32 to 64 bytes per key.
 */
final class LongSlots {
    private static final int FIRST = 1 << 8;

    private long[] keys = new long[FIRST];
    private int[] slots = new int[FIRST];
    private int[] stamps = new int[FIRST];
    private int stamp = 1;
    private int size;

    /** Keys seen since the last {@link #clear}. */
    int size() {
        return size;
    }

    /** The number of a key; a new key gets the next one, {@link #size} before the call. */
    int slot(long key) {
        int at = place(key);
        if (stamps[at] == stamp) {
            return slots[at];
        }
        if (2 * (size + 1) > keys.length) {
            grow();
            at = place(key);
        }
        stamps[at] = stamp;
        keys[at] = key;
        slots[at] = size;
        return size++;
    }

    /** Whether a key has been seen. */
    boolean contains(long key) {
        return stamps[place(key)] == stamp;
    }

    /** Forgets all keys. */
    void clear() {
        size = 0;
        if (stamp == Integer.MAX_VALUE) {
            Arrays.fill(stamps, 0);
            stamp = 0;
        }
        stamp++;
    }

    /** Where a key is, or the free place where it belongs. */
    private int place(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio, Knuth's multiplicative hash
        int mask = keys.length - 1;
        int at = (int) (mixed >>> 32) & mask;
        while (stamps[at] == stamp && keys[at] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        if (keys.length >= 1 << 29) {
            throw new IllegalStateException("More than " + size + " segments in one table; allow fewer predicates");
        }
        long[] oldKeys = keys;
        int[] oldSlots = slots;
        int[] oldStamps = stamps;
        keys = new long[2 * oldKeys.length];
        slots = new int[keys.length];
        stamps = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldStamps[i] == stamp) {
                int at = place(oldKeys[i]);
                stamps[at] = stamp;
                keys[at] = oldKeys[i];
                slots[at] = oldSlots[i];
            }
        }
    }
}
