package dev.winnow.analysis;

import java.util.Arrays;

/**
 * What can be said of an image without a model.
 *
 * @param brightness mean luma (BT.601) in [0, 1]
 * @param contrast standard deviation of luma in [0, 0.5] (root-mean-square contrast, Peli 1990)
 * @param sharpness variance of the Laplacian of luma in [0, 255] (Pech-Pacheco et al. 2000), at a longer edge of at most
 *     512 pixels, so that images of different sizes compare; near 0 for a blurred or empty image
 * @param saturation mean saturation (HSV) in [0, 1]
 * @param perceptualHash 64 bits that near-duplicates share but for a few, see {@link #hash}
 */
record ImageMeasures(double brightness, double contrast, double sharpness, double saturation, long perceptualHash) {
    /** Longer edge at which sharpness is measured: large enough for edges, small enough to be below any camera's. */
    private static final int SHARPNESS_EDGE = 512;

    private static final double MILLI = 1_000;
    private static final double FULL = 255 * MILLI;

    private static final int HASH_EDGE = 32;
    private static final int FREQUENCIES = 8;
    private static final long[][] COSINES = cosines();

    /** Measures an image. */
    static ImageMeasures of(Pixels pixels) {
        long sum = 0;
        long squares = 0;
        double saturation = 0;
        for (int i = 0; i < pixels.count(); i++) {
            long luma = pixels.luma(i);
            sum += luma;
            squares += luma * luma;
            saturation += pixels.saturation(i);
        }
        return new ImageMeasures(
                sum / FULL / pixels.count(),
                Math.sqrt(variance(sum, squares, pixels.count())) / FULL,
                sharpness(pixels.within(SHARPNESS_EDGE)),
                saturation / pixels.count(),
                hash(pixels));
    }

    private static double variance(long sum, long squares, long count) {
        double mean = (double) sum / count;
        return Math.max(0, (double) squares / count - mean * mean);
    }

    /** The four neighbours less four times the pixel, for all pixels that have four; 0 where none has. */
    private static double sharpness(Pixels pixels) {
        int width = pixels.width();
        long sum = 0;
        long squares = 0;
        long count = 0;
        for (int y = 1; y < pixels.height() - 1; y++) {
            for (int i = y * width + 1; i < (y + 1) * width - 1; i++) {
                long laplacian = pixels.luma(i - width)
                        + pixels.luma(i - 1)
                        - 4L * pixels.luma(i)
                        + pixels.luma(i + 1)
                        + pixels.luma(i + width);
                sum += laplacian;
                squares += laplacian * laplacian;
                count++;
            }
        }
        return count == 0 ? 0 : variance(sum, squares, count) / (MILLI * MILLI);
    }

    /**
     * Hashes what an image looks like (pHash, Zauner 2010): its luma at 32 x 32 is taken apart by a discrete cosine
     * transform, and of the 64 frequencies from the second to the ninth in each direction those are 1 that are above their
     * lower median. Computed in whole numbers: an even image has no frequencies at all, and its hash is 0.
     */
    static long hash(Pixels pixels) {
        Pixels small = pixels.scaled(HASH_EDGE, HASH_EDGE);
        long[] frequencies = new long[FREQUENCIES * FREQUENCIES];
        for (int v = 0; v < FREQUENCIES; v++) {
            for (int u = 0; u < FREQUENCIES; u++) {
                long sum = 0;
                for (int y = 0; y < HASH_EDGE; y++) {
                    long row = 0;
                    for (int x = 0; x < HASH_EDGE; x++) {
                        row += small.luma(y * HASH_EDGE + x) * COSINES[u][x];
                    }
                    sum += row * COSINES[v][y];
                }
                frequencies[v * FREQUENCIES + u] = sum;
            }
        }
        long[] sorted = frequencies.clone();
        Arrays.sort(sorted);
        long median = sorted[sorted.length / 2 - 1];
        long hash = 0;
        for (long frequency : frequencies) {
            hash = hash << 1 | (frequency > median ? 1 : 0);
        }
        return hash;
    }

    /** Cosines of the frequencies 1 to 8 at 32 points, times 2^14. */
    private static long[][] cosines() {
        long[][] cosines = new long[FREQUENCIES][HASH_EDGE];
        for (int u = 0; u < FREQUENCIES; u++) {
            for (int x = 0; x < HASH_EDGE; x++) {
                cosines[u][x] = (long)
                        StrictMath.rint(StrictMath.cos((2 * x + 1) * (u + 1) * Math.PI / (2 * HASH_EDGE)) * 0x1p14);
            }
        }
        return cosines;
    }

    /** Returns in how many of 64 bits two hashes differ. */
    static int distance(long hash, long other) {
        return Long.bitCount(hash ^ other);
    }
}
