package dev.winnow.generate;

/** Random-looking numbers that are a function of a key alone, so that any executor draws the same. */
final class Draws {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private Draws() {}

    /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014): a bijection of the 64-bit numbers. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Returns the hash of a key with one part; different parts of one seed never collide. */
    static long hash(long seed, long part) {
        return mix(seed + (part + 1) * GOLDEN);
    }

    /** Returns the hash of a key with two parts. */
    static long hash(long seed, long part, long other) {
        return hash(hash(seed, part), other);
    }

    /** Returns the {@code stream}-th draw of a key's hash, uniform in [0, 1). */
    static double uniform(long hash, int stream) {
        return (hash(hash, stream) >>> 11) * UNIT;
    }
}
