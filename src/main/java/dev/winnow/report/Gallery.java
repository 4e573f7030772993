package dev.winnow.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Images with what speaks for them: selected ones, and misclassified ones that were looked at. */
final class Gallery {
    private static final String IMAGE = "image";

    /** Selected images shown of a use case and signal, the first by rank. */
    static final int SELECTED = 6;

    /** Misclassified images shown of a use case. */
    static final int MISTAKES = 12;

    private static final String THUMBNAIL = "thumbnail";

    private Gallery() {}

    /**
     * Selected images, by use case, round, signal and rank. Those of the audit come without prediction and segment: they
     * are labeled blind, and who labels may read this page.
     */
    static ArrayNode selected(Reading reading, Thumbnails thumbnails) {
        Dataset<Row> rows = reading.day(Selections.TABLE)
                .filter(col(Selections.RANK).leq(SELECTED))
                .orderBy(Inferences.USE_CASE, Selections.ROUND_ID, Selections.SIGNAL, Selections.RANK)
                .select(Reading.columns(
                        Selections.ROUND_ID,
                        Inferences.USE_CASE,
                        Selections.SIGNAL,
                        Selections.RANK,
                        Inferences.IMAGE_URI,
                        Inferences.CAPTURED_AT,
                        Inferences.SITE_ID,
                        Inferences.CAMERA_ID,
                        Inferences.PREDICTED_LABEL,
                        Inferences.CONFIDENCE,
                        Selections.SEGMENT,
                        Selections.SIGNALS,
                        Selections.INCLUSION_PROBABILITY,
                        Selections.REASON));
        ArrayNode gallery = Json.array();
        for (Row row : rows.collectAsList()) {
            ObjectNode card = card(row, thumbnails);
            if (Candidates.DRAWN.contains(row.<String>getAs(Selections.SIGNAL))) { // labeled blind
                card.remove(List.of(
                        Inferences.PREDICTED_LABEL, Inferences.CONFIDENCE, Selections.SEGMENT, Selections.SIGNALS));
            }
            gallery.add(card);
        }
        return gallery;
    }

    /** Misclassified images that were looked at, answered ones first, by use case. */
    static ArrayNode mistakes(Reading reading, Thumbnails thumbnails) {
        Column[] order = {
            col(ImageFindings.FAILURE_MODE).isNull(),
            col(ImageFindings.DUPLICATES).desc(),
            col(Inferences.INFERENCE_ID),
            col(Inferences.EVENT_DATE)
        };
        // People label some of these images blind, and whoever labels may read this page.
        Dataset<Row> blind = reading.day(Selections.TABLE)
                .filter(col(Selections.SIGNAL).isin(Candidates.DRAWN.toArray()))
                .select(
                        col(Inferences.USE_CASE),
                        ImageUris.canonical(col(Inferences.IMAGE_URI)).as(IMAGE));
        Dataset<Row> findings = reading.day(ImageFindings.TABLE)
                .withColumn(IMAGE, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                .join(blind, new String[] {Inferences.USE_CASE, IMAGE}, "left_anti");
        Dataset<Row> rows = Reading.first(MISTAKES, findings, List.of(col(Inferences.USE_CASE)), order)
                .orderBy(col(Inferences.USE_CASE), order[0], order[1], order[2], order[3])
                .select(Reading.columns(
                        Inferences.USE_CASE,
                        Inferences.IMAGE_URI,
                        Inferences.CAPTURED_AT,
                        Inferences.SITE_ID,
                        Inferences.CAMERA_ID,
                        Inferences.PREDICTED_LABEL,
                        Inferences.CONFIDENCE,
                        ImageFindings.VERDICT,
                        ImageFindings.CORRECTED_LABEL,
                        ImageFindings.DUPLICATES,
                        ImageFindings.STATUS,
                        ImageFindings.STATUS_REASON,
                        ImageFindings.FAILURE_MODE,
                        ImageFindings.CONDITIONS,
                        ImageFindings.EVIDENCE));
        ArrayNode gallery = Json.array();
        rows.collectAsList().forEach(row -> gallery.add(card(row, thumbnails)));
        return gallery;
    }

    private static ObjectNode card(Row row, Thumbnails thumbnails) {
        ObjectNode card = Json.row(row);
        String reference = row.getAs(Inferences.IMAGE_URI);
        thumbnails.of(reference).ifPresent(image -> card.put(THUMBNAIL, image));
        return card;
    }
}
