package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
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
 * @param score in [0, 1]; null for draws
 * @param draw hash in [0, 1)
 * @param drawLimit the audit's pool is all frames whose draw is below this; null for the other signals
 * @param frames frames of the use case that day; null for the other signals and where rows are boxes
 * @param segment segment that ELEVATED_SEGMENT speaks of, for the other signals the worst ranked one that it lies in; null
 *     if it lies in none
 * @param verdict what is said against an inference of CONFIDENT_WRONG, as in candidates; null for the other signals
 * @param otherVersion model version that does not say the class, where versions disagree; null otherwise
 * @param phash perceptual hash of the image, 64 bits; null if unknown
 * @param bucket bucket of the image's embedding; null if unknown
 * @param heldBefore whether a round of an earlier day holds the image: only draws may take it again
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
        @Nullable Double drawLimit,
        @Nullable Long frames,
        @Nullable String segment,
        @Nullable String verdict,
        @Nullable String otherVersion,
        @Nullable Long phash,
        @Nullable Integer bucket,
        boolean heldBefore) {

    /** Best score first, then hash, then item: a total order. */
    static final Comparator<PoolItem> BY_SCORE = Comparator.<PoolItem>comparingDouble(
                    item -> item.score == null ? 0 : -item.score)
            .thenComparingDouble(PoolItem::draw)
            .thenComparing(PoolItem::itemId);

    /** Lowest hash first: a uniform draw. */
    static final Comparator<PoolItem> BY_DRAW =
            Comparator.comparingDouble(PoolItem::draw).thenComparing(PoolItem::itemId);

    /**
     * Reads a row shaped like {@link Candidates}.
     *
     * @param shared gives the text that all items share in place of an equal one: of a million items, most texts recur
     */
    static PoolItem of(Row candidate, boolean heldBefore, UnaryOperator<@Nullable String> shared) {
        return new PoolItem(
                shared.apply(candidate.getAs(Candidates.SIGNAL)),
                candidate.getAs(Candidates.ITEM_ID),
                candidate.getAs(Inferences.INFERENCE_ID),
                candidate.getAs(Inferences.IMAGE_URI),
                candidate.getAs(Inferences.CAPTURED_AT),
                shared.apply(candidate.getAs(Inferences.SITE_ID)),
                shared.apply(candidate.getAs(Inferences.CAMERA_ID)),
                shared.apply(candidate.getAs(Inferences.MODEL_VERSION)),
                shared.apply(candidate.getAs(Inferences.PREDICTED_LABEL)),
                candidate.getAs(Inferences.CONFIDENCE),
                candidate.getAs(Candidates.SCORE),
                candidate.<Double>getAs(Candidates.DRAW),
                candidate.getAs(Candidates.DRAW_LIMIT),
                candidate.getAs(Candidates.FRAMES),
                shared.apply(candidate.getAs(Candidates.SEGMENT)),
                shared.apply(candidate.getAs(Candidates.VERDICT)),
                shared.apply(candidate.getAs(Candidates.OTHER_VERSION)),
                candidate.getAs(Inferences.PHASH),
                candidate.getAs(Candidates.EMBEDDING_BUCKET),
                heldBefore);
    }
}
