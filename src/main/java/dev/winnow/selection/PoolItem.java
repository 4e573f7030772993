package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.tables.TableDef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * @param segment segment that ELEVATED_SEGMENT speaks of; null for the other signals
 * @param verdict what people say against an inference of CONFIDENT_WRONG; null for the other signals
 * @param dimensions dimension name to value, for the segment it lies in
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

    /** Reads a row shaped like {@link Candidates} with {@code dimensions}. */
    static PoolItem of(Row candidate, List<String> dimensions, boolean heldBefore) {
        String label = candidate.getAs(Inferences.PREDICTED_LABEL);
        String model = candidate.getAs(Inferences.MODEL_VERSION);
        String site = candidate.getAs(Inferences.SITE_ID);
        Map<String, String> values = new TreeMap<>();
        dimensions.forEach(name -> values.put(name, candidate.getAs(TableDef.dimensionColumn(name))));
        // Every segment may also be one of these, by the names that segments give them.
        values.put(WorstSegments.LABEL, label == null ? Inferences.NO_LABEL : label);
        values.put(WorstSegments.MODEL_VERSION, model);
        values.put(WorstSegments.SITE, site);
        return new PoolItem(
                candidate.getAs(Candidates.SIGNAL),
                candidate.getAs(Candidates.ITEM_ID),
                candidate.getAs(Inferences.INFERENCE_ID),
                candidate.getAs(Inferences.IMAGE_URI),
                candidate.getAs(Inferences.CAPTURED_AT),
                site,
                candidate.getAs(Inferences.CAMERA_ID),
                model,
                label,
                candidate.getAs(Inferences.CONFIDENCE),
                candidate.getAs(Candidates.SCORE),
                candidate.<Double>getAs(Candidates.DRAW),
                candidate.getAs(Candidates.DRAW_LIMIT),
                candidate.getAs(Candidates.FRAMES),
                candidate.getAs(Candidates.SEGMENT),
                candidate.getAs(Candidates.VERDICT),
                values,
                heldBefore);
    }
}
