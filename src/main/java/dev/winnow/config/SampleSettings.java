package dev.winnow.config;

import java.io.Serializable;

/**
 * Which misclassified images are looked at, and how large they may be; travels to executors.
 *
 * @param size images per run date, over all use cases
 * @param elevatedWeight how many times an image in an elevated segment counts against another
 * @param oversample images that are drawn and fetched, as a multiple of {@code size}, because near-duplicates fall out
 * @param burstSeconds images of a camera and class that follow each other within this are one burst
 * @param burstMaxSeconds where a longer burst is split
 * @param hashDistance bits of 64 in which the perceptual hashes of near-duplicates differ at most
 * @param maxBytes largest file that is read
 * @param maxPixels largest image that is decoded
 * @param maxEdge longer edge of a prepared image, pixels
 */
public record SampleSettings(
        int size,
        double elevatedWeight,
        double oversample,
        int burstSeconds,
        int burstMaxSeconds,
        int hashDistance,
        int maxBytes,
        int maxPixels,
        int maxEdge)
        implements Serializable {

    /** With the largest oversample this many rows, of a kilobyte each, come to the driver five times. */
    private static final int MOST_IMAGES = 20_000;

    static SampleSettings read(Section section) {
        return new SampleSettings(
                section.integer("size", 0, MOST_IMAGES),
                section.number("elevated-weight", 1, 100),
                section.number("oversample", 1, 5),
                section.integer("burst-seconds", 0, 86_400),
                section.integer("burst-max-seconds", 1, 86_400),
                section.integer("hash-distance", 0, 16),
                section.integer("max-bytes", 1_000, 100_000_000),
                section.integer("max-pixels", 10_000, 100_000_000),
                section.integer("max-edge", 200, 2_576));
    }
}
