package dev.winnow.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.segments.SegmentFindings;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The worst ranked segments of each use case, and what earlier runs found of the very worst. */
final class WeakSegments {
    /** Segments shown of a use case. */
    static final int SHOWN = 15;

    /** Those of them whose past is drawn: more lines than colors can't be told apart. */
    static final int TRACED = 6;

    private WeakSegments() {}

    /** Ranked segments, by use case and rank. */
    static ArrayNode of(Reading reading) {
        return Json.rows(ranked(reading, SHOWN)
                .select(Reading.withRates(List.of(
                        SegmentFindings.USE_CASE,
                        SegmentFindings.RANK,
                        SegmentFindings.DIMENSIONS,
                        SegmentFindings.VALUES,
                        SegmentFindings.STATUS,
                        SegmentFindings.SUSPECTED_SINCE,
                        SegmentFindings.CAMERAS,
                        SegmentFindings.EXCESS_ERRORS,
                        SegmentFindings.Q_VALUE,
                        SegmentFindings.UNSTABLE,
                        SegmentFindings.COVER_RANK,
                        SegmentFindings.COVER_SHARE,
                        SegmentFindings.SENTENCE)))
                .orderBy(SegmentFindings.USE_CASE, SegmentFindings.RANK)
                .collectAsList());
    }

    /**
     * The worst segments and the use case as a whole as each run of the trend's days found them, by use case, rank and
     * run date; {@code rank} is that of the run date, and missing for the whole.
     */
    static ArrayNode trend(Reading reading) {
        Dataset<Row> today = reading.day(SegmentFindings.TABLE);
        Dataset<Row> traced = ranked(reading, TRACED)
                .unionByName(today.filter(size(col(SegmentFindings.DIMENSIONS)).equalTo(0)))
                .select(SegmentFindings.USE_CASE, SegmentFindings.SEGMENT, SegmentFindings.RANK);
        List<Row> rows = reading.trend(SegmentFindings.TABLE, SegmentFindings.RUN_DATE)
                .drop(SegmentFindings.RANK)
                .join(broadcast(traced), new String[] {SegmentFindings.USE_CASE, SegmentFindings.SEGMENT})
                .select(Reading.withRates(
                        List.of(SegmentFindings.USE_CASE, SegmentFindings.RANK, SegmentFindings.RUN_DATE)))
                .orderBy(SegmentFindings.USE_CASE, SegmentFindings.RANK, SegmentFindings.RUN_DATE)
                .collectAsList();
        return Json.rows(rows);
    }

    private static Dataset<Row> ranked(Reading reading, int count) {
        return reading.day(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.RANK).leq(count));
    }
}
