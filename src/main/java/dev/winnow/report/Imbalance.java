package dev.winnow.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.CollectionRequests;
import java.util.List;

/** The class-imbalance map and what it asks to collect. */
final class Imbalance {
    /** Classes shown of a use case, the largest need first. */
    static final int CLASSES = 30;

    /** Requests shown of a use case. */
    static final int REQUESTS = 20;

    private Imbalance() {}

    /** Classes as a whole, by use case and need. */
    static ArrayNode classes(Reading reading) {
        return Json.rows(Reading.first(
                        CLASSES,
                        reading.day(ClassImbalance.TABLE)
                                .filter(col(ClassImbalance.DIMENSION).isNull()),
                        List.of(col(ClassImbalance.USE_CASE)),
                        col(ClassImbalance.NEED).desc_nulls_last(),
                        col(ClassImbalance.ERRORS).desc(),
                        col(ClassImbalance.LABEL))
                .orderBy(
                        col(ClassImbalance.USE_CASE),
                        col(ClassImbalance.NEED).desc_nulls_last(),
                        col(ClassImbalance.ERRORS).desc(),
                        col(ClassImbalance.LABEL))
                .select(Reading.columns(
                        ClassImbalance.USE_CASE,
                        ClassImbalance.LABEL,
                        ClassImbalance.KNOWN,
                        ClassImbalance.TRAINING_SAMPLES,
                        ClassImbalance.EFFECTIVE_NUMBER,
                        ClassImbalance.SHARE_IN_TRAINING,
                        ClassImbalance.THIN,
                        ClassImbalance.ERRORS,
                        ClassImbalance.ERROR_RATE,
                        ClassImbalance.ERROR_RATE_LOW,
                        ClassImbalance.ERROR_RATE_HIGH,
                        ClassImbalance.SHARE_OF_ERRORS,
                        ClassImbalance.SHARE_IN_FIELD,
                        ClassImbalance.SHARE_IN_FIELD_LOW,
                        ClassImbalance.SHARE_IN_FIELD_HIGH,
                        ClassImbalance.CALIBRATION,
                        ClassImbalance.PRESENT_SHARE,
                        ClassImbalance.NEED,
                        ClassImbalance.NEED_BASIS,
                        ClassImbalance.ACTION,
                        ClassImbalance.SENTENCE))
                .collectAsList());
    }

    /** What to collect, by use case and priority. */
    static ArrayNode requests(Reading reading) {
        return Json.rows(reading.day(CollectionRequests.TABLE)
                .filter(col(CollectionRequests.PRIORITY).leq(REQUESTS))
                .select(Reading.columns(
                        CollectionRequests.USE_CASE,
                        CollectionRequests.PRIORITY,
                        CollectionRequests.LABEL,
                        CollectionRequests.CONDITIONS,
                        CollectionRequests.HOW,
                        CollectionRequests.IMAGES,
                        CollectionRequests.FOUND,
                        CollectionRequests.NEED,
                        CollectionRequests.WHY))
                .orderBy(CollectionRequests.USE_CASE, CollectionRequests.PRIORITY)
                .collectAsList());
    }
}
