package dev.winnow.generate;

import org.jspecify.annotations.Nullable;

/**
 * A customer's mark.
 *
 * @param id unique, except that some are delivered twice
 * @param inferenceId what it is about; null where only the image or only camera and time are known
 * @param imageUri of the frame, or null
 * @param cameraId of the frame
 * @param capturedMicros microseconds since 1970-01-01 UTC, or null
 * @param verdict what the customer says
 * @param label the class the model predicted; for a missed object its class; null where unknown
 * @param correctedLabel the right class of a relabeled alarm, else null
 * @param reportedMicros microseconds since 1970-01-01 UTC
 * @param source where the customer said it
 */
record Report(
        String id,
        @Nullable String inferenceId,
        @Nullable String imageUri,
        String cameraId,
        @Nullable Long capturedMicros,
        Verdict verdict,
        @Nullable String label,
        @Nullable String correctedLabel,
        long reportedMicros,
        String source) {

    /** What a customer can say. */
    enum Verdict {
        FALSE_POSITIVE,
        CONFIRMED,
        MISSED,
        RELABELED
    }
}
