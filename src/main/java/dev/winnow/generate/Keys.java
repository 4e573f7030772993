package dev.winnow.generate;

/** Keeps the draws of different things apart: each kind of key hashes under its own number. */
final class Keys {
    static final int SITE = 1;
    static final int CAMERA = 2;
    static final int WEATHER = 3;
    static final int BURST_PATTERN = 4;
    static final int BURST = 5;
    static final int FRAME = 6;
    static final int FEEDBACK = 7;
    static final int UNKNOWN_INFERENCE = 8;

    private Keys() {}

    /**
     * Returns numbers in [0, 1) that fill the interval evenly as {@code number} counts up.
     *
     * @param step irrational; another one for every property, so that properties do not go together
     */
    static double spread(double step, int number, double shift) {
        double value = shift + number * step;
        return value - Math.floor(value);
    }
}
