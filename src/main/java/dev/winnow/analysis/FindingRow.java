package dev.winnow.analysis;

import dev.winnow.inputs.Inferences;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** One row of {@link ImageFindings} while it is made: column to value. */
final class FindingRow {
    private static final int LONGEST_TEXT = 300;

    private static final String NOT_ASKED = "No model was to be asked";

    private FindingRow() {}

    /**
     * Says what became of a drawn image.
     *
     * @param row the inference, and what was measured on its image
     * @param review what a model saw; null where none was to be asked
     */
    static Map<String, Object> of(
            LocalDate day, String runId, Strata.Kept image, Row row, @Nullable ImageReview review) {
        Map<String, Object> finding = new HashMap<>();
        for (String column : row.schema().fieldNames()) {
            finding.put(column, row.getAs(column));
        }
        // What people wrote is kept without what could break a table or a report.
        for (String column :
                List.of(Inferences.PREDICTED_LABEL, ImageFindings.CORRECTED_LABEL, ImageFindings.STRATUM)) {
            finding.computeIfPresent(column, (name, text) -> Words.clean((String) text, LONGEST_TEXT));
        }
        finding.put(ImageFindings.RUN_DATE, day);
        finding.put(ImageFindings.RUN_ID, runId);
        finding.put(ImageFindings.DUPLICATES, image.duplicates());
        finding.put(ImageFindings.INCLUSION_PROBABILITY, image.probability());
        Long hash = row.getAs(PrepareImages.HASH_BITS);
        finding.put(ImageFindings.PERCEPTUAL_HASH, hash == null ? null : String.format(Locale.ROOT, "%016x", hash));
        if (row.getAs(ImageFindings.IMAGE_HASH) == null) {
            finding.put(ImageFindings.STATUS, ImageFindings.UNREADABLE);
        } else if (review == null) {
            finding.put(ImageFindings.STATUS, ImageFindings.MEASURED);
            finding.put(ImageFindings.STATUS_REASON, NOT_ASKED);
        } else {
            put(finding, review);
        }
        return finding;
    }

    /** Puts what a model saw to a finding. */
    static void put(Map<String, Object> finding, ImageReview review) {
        finding.put(ImageFindings.STATUS, review.status());
        finding.put(ImageFindings.STATUS_REASON, review.reason());
        if (!review.status().equals(ImageFindings.MEASURED)) {
            finding.put(ImageFindings.MODEL_ID, review.modelId());
            finding.put(ImageFindings.PROMPT_VERSION, review.promptVersion());
            finding.put(ImageFindings.ATTEMPTS, review.attempts());
        }
        ImageReview.Call call = review.call();
        if (call != null) {
            finding.put(ImageFindings.ANSWER, call.answer());
            finding.put(ImageFindings.STOP_REASON, call.stopReason());
            finding.put(ImageFindings.INPUT_TOKENS, call.inputTokens());
            finding.put(ImageFindings.OUTPUT_TOKENS, call.outputTokens());
            finding.put(ImageFindings.COST, call.cost());
            finding.put(ImageFindings.LATENCY, call.latencyMillis());
            finding.put(ImageFindings.REUSED, review.reused());
        }
        ImageReview.Seen seen = review.seen();
        if (seen != null) {
            finding.put(ImageFindings.FAILURE_MODE, seen.failureMode());
            finding.put(
                    ImageFindings.OBJECTS,
                    new TreeMap<>(seen.objects())
                            .entrySet().stream()
                                    .map(object -> RowFactory.create(object.getKey(), object.getValue()))
                                    .toList());
            finding.put(ImageFindings.OTHER_OBJECTS, seen.otherObjects());
            finding.put(ImageFindings.CONDITIONS, seen.conditions());
            finding.put(ImageFindings.EVIDENCE, seen.evidence());
        }
    }
}
