package dev.winnow.selection;

import java.util.Locale;

/**
 * Which image references a labeling job can take.
 *
 * <p>Ground Truth reads {@code s3://} objects named .jpg, .jpeg or .png; a line is at most 100,000 characters and an
 * attribute 20,000 (SageMaker developer guide, input manifest and supported formats).
 */
final class ImageReferences {
    /** S3 keys hold at most 1,024 bytes and buckets 63; longer references name nothing. */
    private static final int MAX_LENGTH = 1_100;

    private ImageReferences() {}

    static boolean usable(String uri) {
        String lower = uri.toLowerCase(Locale.ROOT);
        return uri.matches("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\\p{Cntrl}]+")
                && uri.length() <= MAX_LENGTH
                && (lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".png"));
    }
}
