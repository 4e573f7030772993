package dev.winnow.segments;

import static dev.winnow.inputs.Feedback.CORRECTED_LABEL;
import static dev.winnow.inputs.Feedback.FEEDBACK_ID;
import static dev.winnow.inputs.Feedback.MISSED;
import static dev.winnow.inputs.Feedback.REPORTED_AT;
import static dev.winnow.inputs.Feedback.VERDICT;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.Feedback;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tells which inferences became wrong on some days. */
final class WrongInferences {
    private static final String BEFORE = "before";
    private static final String NOW = "now";
    private static final String MISSED_LABEL = "missed_label";
    private static final String INFERENCE = "inference";

    private WrongInferences() {}

    /**
     * Returns the inferences whose newest verdict is a wrong one since a {@link Verdicts#DAY}, shaped like {@link
     * Misclassified} less the pipeline. What an alarm says and what its image lacks are judged apart, as in {@link
     * Verdicts#signedCounts}; where both became wrong, the newer mark stands for the inference.
     *
     * @param matched from {@link Verdicts#matched}
     */
    static Dataset<Row> of(Dataset<Row> matched, List<String> dimensions) {
        Column missed = col(VERDICT).equalTo(MISSED);
        Column corrected = when(missed, coalesce(col(Feedback.LABEL), col(CORRECTED_LABEL)))
                .otherwise(col(CORRECTED_LABEL));
        Column mark = struct(
                col(REPORTED_AT), col(FEEDBACK_ID), Verdicts.verdict().as(VERDICT), corrected.as(CORRECTED_LABEL));
        Column inference = struct(Verdicts.inferenceColumns(dimensions).stream()
                .map(name -> col("i_" + name).as(name))
                .toArray(Column[]::new));
        Column[] key = {
            col(Verdicts.DAY),
            col("i_" + EVENT_DATE).as(EVENT_DATE),
            col("i_" + USE_CASE).as(USE_CASE),
            col("i_" + INFERENCE_ID).as(INFERENCE_ID)
        };
        Column wrong = col(NOW).getField(VERDICT).isin(Feedback.FALSE_POSITIVE, Feedback.RELABELED, MISSED);
        Column unchanged = col(BEFORE).getField(VERDICT).eqNullSafe(col(NOW).getField(VERDICT));
        return matched.select(
                        key[0],
                        key[1],
                        key[2],
                        key[3],
                        missed.as(MISSED),
                        when(missed, corrected).as(MISSED_LABEL),
                        when(col(Verdicts.CREDITED).lt(col(Verdicts.DAY)), mark).as(BEFORE),
                        mark.as(NOW),
                        inference.as(INFERENCE))
                .groupBy(Verdicts.DAY, EVENT_DATE, USE_CASE, INFERENCE_ID, MISSED, MISSED_LABEL)
                .agg(max(BEFORE).as(BEFORE), max(NOW).as(NOW), max(INFERENCE).as(INFERENCE))
                .filter(wrong.and(not(unchanged)))
                .groupBy(Verdicts.DAY, EVENT_DATE, USE_CASE, INFERENCE_ID)
                .agg(max(NOW).as(NOW), max(INFERENCE).as(INFERENCE))
                .select(
                        col(Verdicts.DAY),
                        col(INFERENCE + ".*"),
                        col(NOW + "." + VERDICT),
                        col(NOW + "." + CORRECTED_LABEL));
    }
}
