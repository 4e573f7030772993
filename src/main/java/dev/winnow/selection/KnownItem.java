package dev.winnow.selection;

import dev.winnow.inputs.Inferences;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * One item of an earlier round, on the driver.
 *
 * @param itemId item of that round
 * @param imageUri image
 * @param site site
 * @param modelVersion model version
 * @param predicted predicted class; null for a frame without output
 * @param confidence in [0, 1]; null for a frame without output
 * @param label its class, if it is known well enough to test people by; else null
 * @param draw hash in [0, 1), of the round that asks again
 */
record KnownItem(
        String itemId,
        String imageUri,
        String site,
        String modelVersion,
        @Nullable String predicted,
        @Nullable Double confidence,
        @Nullable String label,
        double draw) {
    /** Lowest hash first. */
    static final Comparator<KnownItem> BY_DRAW =
            Comparator.comparingDouble(KnownItem::draw).thenComparing(KnownItem::itemId);

    /**
     * Reads a row shaped like {@link KnownItems}.
     *
     * @param draw column of the hash
     */
    static KnownItem of(Row row, String draw) {
        return new KnownItem(
                row.getAs(KnownItems.ITEM_ID),
                row.getAs(Inferences.IMAGE_URI),
                row.getAs(Inferences.SITE_ID),
                row.getAs(Inferences.MODEL_VERSION),
                row.getAs(Inferences.PREDICTED_LABEL),
                row.getAs(Inferences.CONFIDENCE),
                row.getAs(KnownItems.LABEL),
                row.<Double>getAs(draw));
    }
}
