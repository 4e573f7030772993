package dev.winnow.selection;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One candidate on the driver.
 *
 * @param signal signal that speaks for it
 * @param itemId item
 * @param inferenceId inference that stands for the item
 * @param imageUri image, s3:// where it is on S3
 * @param capturedAt when the image was taken
 * @param site site
 * @param camera camera
 * @param modelVersion model version
 * @param label predicted class; null for a frame without output
 * @param confidence in [0, 1]; null for a frame without output
 * @param score in [0, 1]; null for the audit
 * @param draw hash in [0, 1)
 * @param dimensions dimension name to value, for the segment it lies in
 * @param heldBefore whether a round of an earlier day holds the image: only the audit may draw it again
 */
record PoolItem(
        String signal,
        String itemId,
        String inferenceId,
        String imageUri,
        Instant capturedAt,
        String site,
        String camera,
        String modelVersion,
        @Nullable String label,
        @Nullable Double confidence,
        @Nullable Double score,
        double draw,
        Map<String, String> dimensions,
        boolean heldBefore) {

    /** Best score first, then hash, then item: a total order. */
    static final Comparator<PoolItem> BY_SCORE = Comparator.<PoolItem>comparingDouble(
                    item -> item.score == null ? 0 : -item.score)
            .thenComparingDouble(PoolItem::draw)
            .thenComparing(PoolItem::itemId);

    /** Lowest hash first: a uniform draw. */
    static final Comparator<PoolItem> BY_DRAW =
            Comparator.comparingDouble(PoolItem::draw).thenComparing(PoolItem::itemId);
}
