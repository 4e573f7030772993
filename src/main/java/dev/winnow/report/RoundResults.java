package dev.winnow.report;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.outcomes.RoundOutcomes;
import dev.winnow.outcomes.SignalYields;
import java.util.List;
import org.apache.spark.sql.Column;

/** What labels brought and what changed since, as {@code outcomes} last found it up to the run date. */
final class RoundResults {
    /** Segments and models shown of a use case, those that changed most first. */
    static final int SUBJECTS = 25;

    private RoundResults() {}

    /** Signals over all rounds together, by use case and yield. */
    static ArrayNode yields(Reading reading) {
        return Json.rows(reading.last(SignalYields.TABLE)
                .filter(col(SignalYields.ROUND_ID).isNull())
                .orderBy(
                        col(SignalYields.USE_CASE), col(SignalYields.YIELD).desc_nulls_last(), col(SignalYields.SIGNAL))
                .select(Reading.columns(
                        SignalYields.USE_CASE,
                        SignalYields.RUN_DATE,
                        SignalYields.SIGNAL,
                        SignalYields.SELECTED,
                        SignalYields.LABELED,
                        SignalYields.FOUND,
                        SignalYields.YIELD,
                        SignalYields.YIELD_LOW,
                        SignalYields.YIELD_HIGH,
                        SignalYields.AUDIT_YIELD,
                        SignalYields.ANSWERS_PER_FOUND,
                        SignalYields.WEIGHT,
                        SignalYields.PROPOSED_WEIGHT))
                .collectAsList());
    }

    /** Targeted segments and model versions, by use case and change. */
    static ArrayNode changes(Reading reading) {
        Column[] order = {
            abs(col(RoundOutcomes.DIFFERENTIAL)).desc_nulls_last(),
            col(RoundOutcomes.SCOPE),
            col(RoundOutcomes.SUBJECT),
            col(RoundOutcomes.MODEL_VERSION)
        };
        return Json.rows(
                Reading.first(SUBJECTS, reading.last(RoundOutcomes.TABLE), List.of(col(RoundOutcomes.USE_CASE)), order)
                        .orderBy(col(RoundOutcomes.USE_CASE), order[0], order[1], order[2], order[3])
                        .select(Reading.columns(
                                RoundOutcomes.USE_CASE,
                                RoundOutcomes.RUN_DATE,
                                RoundOutcomes.SCOPE,
                                RoundOutcomes.SUBJECT,
                                RoundOutcomes.VERDICT,
                                RoundOutcomes.RATE_BEFORE,
                                RoundOutcomes.RATE_AFTER,
                                RoundOutcomes.TRIALS_AFTER,
                                RoundOutcomes.DIFFERENTIAL,
                                RoundOutcomes.DIFFERENTIAL_LOW,
                                RoundOutcomes.DIFFERENTIAL_HIGH,
                                RoundOutcomes.SENTENCE))
                        .collectAsList());
    }
}
