package dev.winnow.selection;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.segments.SegmentFindings;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A segment with more errors than the rest.
 *
 * @param useCase use case
 * @param name the conjunction in words
 * @param values dimension name to the value that it asks for
 */
record RankedSegment(String useCase, String name, Map<String, String> values) {
    /** Segments further down the ranking name no reason to label: every item is held against each of these. */
    private static final int WORST = 1_000;

    /** Returns the ranked segments of a day with more errors than the rest, worst first within a use case. */
    static List<RankedSegment> of(Dataset<Row> findings, String pipeline, LocalDate day) {
        return findings
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.RANK).leq(WORST))
                        .and(col(SegmentFindings.EXCESS_ERRORS).gt(0)))
                .sort(SegmentFindings.USE_CASE, SegmentFindings.RANK)
                .collectAsList()
                .stream()
                .map(RankedSegment::of)
                .toList();
    }

    private static RankedSegment of(Row finding) {
        List<String> dimensions = finding.getList(finding.fieldIndex(SegmentFindings.DIMENSIONS));
        List<String> asked = finding.getList(finding.fieldIndex(SegmentFindings.VALUES));
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < dimensions.size(); i++) {
            values.put(dimensions.get(i), asked.get(i));
        }
        return new RankedSegment(
                finding.getAs(SegmentFindings.USE_CASE), finding.getAs(SegmentFindings.SEGMENT), values);
    }

    /** Whether an item of the use case lies in the segment. */
    boolean holds(PoolItem item) {
        return values.entrySet().stream()
                .allMatch(value -> value.getValue().equals(item.dimensions().get(value.getKey())));
    }
}
