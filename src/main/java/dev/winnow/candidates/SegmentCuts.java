package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.WinnowConfig;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.stats.Allotment;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The day's cuts of elevated segments: which an inference counts for, and which share of it is kept by hash.
 *
 * @param segment name of the segment that a row counts for; null for rows that lie in none
 * @param shares shaped like {@link #TABLE}, small
 */
record SegmentCuts(Column segment, Dataset<Row> shares) {
    static final String SEGMENT = Candidates.SEGMENT;
    static final String SHARE = "segment_share";

    /** Shape of the small table that the facts are joined with; never stored. */
    static final TableDef TABLE = TableDef.named("segment_cuts", "How much of one elevated segment is kept")
            .required(USE_CASE, StringType, "Use case")
            .required(SEGMENT, StringType, "Segment")
            .required(SHARE, DoubleType, "Share of its alarms kept by hash")
            .build();

    /**
     * Splits the pool of each use case over its segments by the square root of their excess errors, so that the largest
     * does not take nearly all; what a segment has too few alarms for goes to the others.
     *
     * @param findings shaped like {@link SegmentFindings}, with positive excess errors
     * @param alarms use case to segment to the day's alarms that count for it
     * @return rows of {@link #TABLE}
     */
    static List<Row> shares(List<Row> findings, Map<String, Map<String, Long>> alarms, WinnowConfig config) {
        Map<String, Map<String, Double>> weights = new TreeMap<>();
        findings.forEach(
                finding -> weights.computeIfAbsent(finding.getAs(SegmentFindings.USE_CASE), useCase -> new TreeMap<>())
                        .put(
                                finding.getAs(SegmentFindings.SEGMENT),
                                Math.sqrt(finding.<Double>getAs(SegmentFindings.EXCESS_ERRORS))));
        List<Row> shares = new ArrayList<>();
        weights.forEach((useCase, weight) -> {
            Map<String, Long> rows = alarms.getOrDefault(useCase, Map.of());
            Map<String, Integer> limits = new TreeMap<>();
            rows.forEach((segment, count) -> limits.put(segment, (int) Math.min(count, Integer.MAX_VALUE)));
            Allotment.withinLimits((int) Candidates.poolSize(config, useCase), weight, limits)
                    .forEach((segment, quota) -> {
                        if (quota > 0) {
                            double share = (double) quota / rows.getOrDefault(segment, 0L);
                            shares.add(RowFactory.create(useCase, segment, share));
                        }
                    });
        });
        return shares;
    }

    /** Adds {@link #SEGMENT} and {@link #SHARE}; both are null for rows that count for no segment. */
    Dataset<Row> put(Dataset<Row> rows) {
        return rows.withColumn(SEGMENT, segment).join(broadcast(shares), new String[] {USE_CASE, SEGMENT}, "left");
    }
}
