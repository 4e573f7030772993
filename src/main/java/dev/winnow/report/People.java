package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.consensus.Agreements;
import dev.winnow.consensus.Annotators;
import dev.winnow.consensus.Labels;
import java.util.List;

/** Labels that came back, how far annotators agree, and how good each is: the newest state, not that of the run date. */
final class People {
    /** Annotators shown of a use case, those with flags and the most answers first. */
    static final int ANNOTATORS = 25;

    /** Versions of the guideline shown, over all use cases. */
    static final int VERSIONS = 50;

    private static final String ITEMS = "items";

    private People() {}

    /** Items by what became of them, by use case, task and status. */
    static ArrayNode labels(Reading reading) {
        return Json.rows(reading.newest(Labels.TABLE)
                .groupBy(Labels.USE_CASE, Labels.TASK, Labels.STATUS)
                .agg(count(lit(1)).as(ITEMS))
                .orderBy(Labels.USE_CASE, Labels.TASK, Labels.STATUS)
                .collectAsList());
    }

    /** Agreement, by use case and version of the guideline. */
    static ArrayNode agreement(Reading reading) {
        return Json.rows(reading.newest(Agreements.TABLE)
                .orderBy(Agreements.USE_CASE, Agreements.GUIDELINE_VERSION)
                .limit(VERSIONS)
                .select(Reading.columns(
                        Agreements.USE_CASE,
                        Agreements.GUIDELINE_VERSION,
                        Agreements.ITEMS,
                        Agreements.ANSWERS,
                        Agreements.PAIRS_AGREEING,
                        Agreements.ALPHA,
                        Agreements.ALPHA_LOW,
                        Agreements.ALPHA_HIGH))
                .collectAsList());
    }

    /** Annotators by pseudonym. */
    static ArrayNode annotators(Reading reading) {
        return Json.rows(Reading.first(
                        ANNOTATORS,
                        reading.newest(Annotators.TABLE),
                        List.of(col(Annotators.USE_CASE)),
                        size(col(Annotators.FLAGS)).desc(),
                        col(Annotators.ANSWERS).desc(),
                        col(Annotators.WORKER_ID))
                .orderBy(col(Annotators.USE_CASE), col(Annotators.ANSWERS).desc(), col(Annotators.WORKER_ID))
                .select(Reading.columns(
                        Annotators.USE_CASE,
                        Annotators.WORKER_ID,
                        Annotators.ANSWERS,
                        Annotators.QUALITY,
                        Annotators.QUALITY_LOW,
                        Annotators.QUALITY_HIGH,
                        Annotators.PEER_AGREEMENT,
                        Annotators.SECONDS,
                        Annotators.GOLD_ANSWERS,
                        Annotators.GOLD_SCORE,
                        Annotators.FLAGS))
                .collectAsList());
    }
}
