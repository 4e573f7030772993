package dev.winnow.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.segments.SegmentFindings;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Segments of two conditions: the heat map of any two dimensions.
 *
 * <p>Of each dimension the values with the most alarms take part, so that a dimension of many values, such as the site, does
 * not fill the page.
 */
final class SegmentPairs {
    /** Values of a dimension that take part. */
    static final int VALUES = 16;

    /** Segments of a use case that take part, those with the most alarms. */
    static final int CELLS = 2_000;

    private static final String DIMENSION = "d";
    private static final String VALUE = "v";

    private static final Column[] SHOWN = Reading.withRates(
            List.of(SegmentFindings.USE_CASE, SegmentFindings.DIMENSIONS, SegmentFindings.VALUES),
            SegmentFindings.STATUS);

    private SegmentPairs() {}

    /** Segments of two conditions, by use case and segment. */
    static ArrayNode of(Reading reading) {
        Dataset<Row> findings = reading.day(SegmentFindings.TABLE);
        Dataset<Row> single = findings.filter(
                        size(col(SegmentFindings.DIMENSIONS)).equalTo(1))
                .select(
                        col(SegmentFindings.USE_CASE),
                        nth(SegmentFindings.DIMENSIONS, 0).as(DIMENSION),
                        nth(SegmentFindings.VALUES, 0).as(VALUE),
                        col(SegmentFindings.ALARMS));
        Dataset<Row> common = Reading.first(
                        VALUES,
                        single,
                        List.of(col(SegmentFindings.USE_CASE), col(DIMENSION)),
                        col(SegmentFindings.ALARMS).desc(),
                        col(VALUE))
                .drop(SegmentFindings.ALARMS);
        Dataset<Row> pairs =
                findings.filter(size(col(SegmentFindings.DIMENSIONS)).equalTo(2));
        for (int place = 0; place < 2; place++) {
            pairs = pairs.withColumn(DIMENSION, nth(SegmentFindings.DIMENSIONS, place))
                    .withColumn(VALUE, nth(SegmentFindings.VALUES, place))
                    .join(broadcast(common), new String[] {SegmentFindings.USE_CASE, DIMENSION, VALUE}, "left_semi")
                    .drop(DIMENSION, VALUE);
        }
        return Json.rows(Reading.first(
                        CELLS,
                        pairs,
                        List.of(col(SegmentFindings.USE_CASE)),
                        col(SegmentFindings.ALARMS).desc(),
                        col(SegmentFindings.SEGMENT))
                .orderBy(SegmentFindings.USE_CASE, SegmentFindings.SEGMENT)
                .select(SHOWN)
                .collectAsList());
    }

    private static Column nth(String list, int place) {
        return col(list).getItem(place);
    }
}
