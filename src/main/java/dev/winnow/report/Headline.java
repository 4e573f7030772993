package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.segments.SegmentFindings;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/** Each use case as a whole over the window, and how many of its segments stand out. */
final class Headline {
    private static final String ELEVATED = "elevated";
    private static final String SUSPECTED = "suspected";
    private static final String SEGMENTS = "segments";

    private static final Column[] WHOLE = Reading.columns(
            SegmentFindings.USE_CASE,
            SegmentFindings.MEASURE,
            SegmentFindings.LAST_EVENT_DATE,
            SegmentFindings.ALARMS,
            SegmentFindings.JUDGED,
            SegmentFindings.FALSE_POSITIVES,
            SegmentFindings.CONFIRMED,
            SegmentFindings.MISSED,
            SegmentFindings.CAMERAS,
            SegmentFindings.COVERAGE,
            SegmentFindings.MATURITY,
            SegmentFindings.FP_MARKS,
            SegmentFindings.FP_MARKS_LOW,
            SegmentFindings.FP_MARKS_HIGH,
            SegmentFindings.FDR,
            SegmentFindings.FDR_LOW,
            SegmentFindings.FDR_HIGH,
            SegmentFindings.FDR_BOUND_LOW,
            SegmentFindings.FDR_BOUND_HIGH);

    private Headline() {}

    /** One row per use case, by name. */
    static ArrayNode of(Reading reading) {
        List<Row> wholes = reading.day(SegmentFindings.TABLE)
                .filter(size(col(SegmentFindings.DIMENSIONS)).equalTo(0))
                .select(WHOLE)
                .orderBy(SegmentFindings.USE_CASE)
                .collectAsList();
        return Json.rows(wholes);
    }

    /** One row per use case that has segments, by name: how many were looked at, are suspected, are elevated. */
    static ArrayNode segments(Reading reading) {
        return Json.rows(reading.day(SegmentFindings.TABLE)
                .filter(size(col(SegmentFindings.DIMENSIONS)).gt(0))
                .groupBy(SegmentFindings.USE_CASE)
                .agg(
                        count(lit(1)).as(SEGMENTS),
                        having(SegmentFindings.ELEVATED).as(ELEVATED),
                        having(SegmentFindings.SUSPECTED).as(SUSPECTED))
                .orderBy(SegmentFindings.USE_CASE)
                .collectAsList());
    }

    private static Column having(String status) {
        return sum(when(col(SegmentFindings.STATUS).equalTo(status), 1).otherwise(0));
    }
}
