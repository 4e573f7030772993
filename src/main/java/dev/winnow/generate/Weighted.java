package dev.winnow.generate;

/** Values with shares: a uniform draw picks one. */
final class Weighted {
    private static final int SLICES = 64;

    private final String[] values;
    private final double[] upTo;

    /** The first value that draws of each equal slice of [0, 1) can mean; the search starts there. */
    private final byte[] firstOfSlice = new byte[SLICES];

    private Weighted(String[] values, double[] upTo) {
        this.values = values;
        this.upTo = upTo;
        for (int slice = 0; slice < SLICES; slice++) {
            firstOfSlice[slice] = (byte) search(0, (double) slice / SLICES);
        }
    }

    /** Creates the choice between values; the shares are relative to their sum. */
    static Weighted of(String[] values, double... shares) {
        if (values.length != shares.length) {
            throw new IllegalArgumentException(
                    "Expected one share per value, got " + values.length + " values and " + shares.length + " shares");
        }
        double[] upTo = new double[shares.length];
        double total = 0;
        for (int i = 0; i < shares.length; i++) {
            total += shares[i];
            upTo[i] = total;
        }
        for (int i = 0; i < upTo.length; i++) {
            upTo[i] /= total;
        }
        return new Weighted(values.clone(), upTo);
    }

    /** Returns the value for a draw in [0, 1). */
    String pick(double draw) {
        return values[index(draw)];
    }

    /** Returns the position of the value for a draw in [0, 1). */
    int index(double draw) {
        return search(firstOfSlice[(int) (draw * SLICES)], draw);
    }

    private int search(int from, double draw) {
        int i = from;
        while (i < upTo.length - 1 && draw >= upTo[i]) {
            i++;
        }
        return i;
    }
}
