package dev.winnow.report;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.segments.SegmentChanges;
import java.util.List;

/** Segments that changed more than chance explains. */
final class ChangeAlarms {
    /** Changes shown of a use case, the largest differences first. */
    static final int SHOWN = 20;

    private ChangeAlarms() {}

    /** Changes, by use case, worse ones first, the largest of them first. */
    static ArrayNode of(Reading reading) {
        return Json.rows(Reading.first(
                        SHOWN,
                        reading.day(SegmentChanges.TABLE)
                                .filter(col(SegmentChanges.STATUS).isNotNull()),
                        List.of(col(SegmentChanges.USE_CASE)),
                        col(SegmentChanges.STATUS).desc(),
                        abs(col(SegmentChanges.DIFFERENCE)).desc_nulls_last(),
                        col(SegmentChanges.SEGMENT),
                        col(SegmentChanges.COMPARISON))
                .orderBy(
                        col(SegmentChanges.USE_CASE),
                        col(SegmentChanges.STATUS).desc(),
                        abs(col(SegmentChanges.DIFFERENCE)).desc_nulls_last(),
                        col(SegmentChanges.SEGMENT),
                        col(SegmentChanges.COMPARISON))
                .select(Reading.columns(
                        SegmentChanges.USE_CASE,
                        SegmentChanges.SEGMENT,
                        SegmentChanges.COMPARISON,
                        SegmentChanges.MEASURE,
                        SegmentChanges.STATUS,
                        SegmentChanges.NOW_FROM,
                        SegmentChanges.NOW_TO,
                        SegmentChanges.RATE_BEFORE,
                        SegmentChanges.RATE_NOW,
                        SegmentChanges.DIFFERENCE,
                        SegmentChanges.DIFFERENCE_LOW,
                        SegmentChanges.DIFFERENCE_HIGH,
                        SegmentChanges.Q_VALUE,
                        SegmentChanges.ALARMED_ON,
                        SegmentChanges.SENTENCE))
                .collectAsList());
    }
}
