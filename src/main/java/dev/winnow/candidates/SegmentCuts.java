package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
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
import org.apache.spark.sql.expressions.Window;

/**
 * The day's cuts of elevated segments: which an alarm counts for, and which of it are likely enough to be wrong to be kept.
 *
 * @param segment name of the segment that a row counts for; null for rows that lie in none
 * @param cuts shaped like {@link #TABLE}, small
 */
record SegmentCuts(Column segment, Dataset<Row> cuts) {
    static final String SEGMENT = Candidates.SEGMENT;
    static final String QUOTA = "segment_quota";
    private static final String KEEP = DayCuts.keep(Candidates.ELEVATED_SEGMENT);
    private static final String CONSIDER = DayCuts.consider(Candidates.ELEVATED_SEGMENT);
    private static final String SHARE = DayCuts.share(Candidates.ELEVATED_SEGMENT);
    private static final String PLACE = "place";

    /** Shape of the small table that the facts are joined with; never stored. */
    static final TableDef TABLE = TableDef.named("segment_cuts", "What of one elevated segment is kept")
            .required(USE_CASE, StringType, "Use case")
            .required(SEGMENT, StringType, "Segment")
            .required(QUOTA, LongType, "Its part of the pool, alarms")
            .required(KEEP, DoubleType, "Risk from which all of its alarms are kept")
            .required(CONSIDER, DoubleType, "Risk from which they are kept by hash")
            .required(SHARE, DoubleType, "Share kept by hash")
            .build();

    /**
     * Splits the pool of each use case over its segments by the square root of their excess errors, so that the largest
     * does not take nearly all; what a segment has too few alarms for goes to the others.
     *
     * @param findings shaped like {@link SegmentFindings}, with positive excess errors
     * @param alarms use case to segment to the day's alarms that count for it, by their risk
     * @return rows of {@link #TABLE}
     */
    static List<Row> cuts(
            List<Row> findings, Map<String, Map<String, List<ScoreCut.Bin>>> alarms, WinnowConfig config) {
        Map<String, Map<String, Double>> weights = new TreeMap<>();
        findings.forEach(
                finding -> weights.computeIfAbsent(finding.getAs(SegmentFindings.USE_CASE), useCase -> new TreeMap<>())
                        .put(
                                finding.getAs(SegmentFindings.SEGMENT),
                                Math.sqrt(finding.<Double>getAs(SegmentFindings.EXCESS_ERRORS))));
        List<Row> cuts = new ArrayList<>();
        weights.forEach((useCase, weight) -> {
            Map<String, List<ScoreCut.Bin>> segments = alarms.getOrDefault(useCase, Map.of());
            Map<String, Integer> limits = new TreeMap<>();
            segments.forEach((segment, bins) -> limits.put(segment, (int) Math.min(rows(bins), Integer.MAX_VALUE)));
            Allotment.withinLimits((int) Candidates.poolSize(config, useCase), weight, limits)
                    .forEach((segment, quota) -> {
                        if (quota > 0) {
                            ScoreCut cut = ScoreCut.of(segments.getOrDefault(segment, List.of()), quota);
                            cuts.add(RowFactory.create(
                                    useCase, segment, (long) quota, cut.keep(), cut.consider(), cut.share()));
                        }
                    });
        });
        return cuts;
    }

    private static long rows(List<ScoreCut.Bin> bins) {
        return bins.stream().mapToLong(ScoreCut.Bin::rows).sum();
    }

    /** Adds {@link #SEGMENT} and the columns of its cut, all null for rows that count for no segment. */
    Dataset<Row> put(Dataset<Row> rows) {
        return rows.withColumn(SEGMENT, segment)
                .join(broadcast(cuts.drop(QUOTA)), new String[] {USE_CASE, SEGMENT}, "left");
    }

    /**
     * Whether an alarm of a segment is among those of it that are kept; null for rows without a segment.
     *
     * @param risk of the alarm; unlike where all alarms compete one of 0 will do, as the segment says that there are errors
     */
    static Column kept(Column risk, Column draw) {
        return risk.geq(col(KEEP)).or(risk.geq(col(CONSIDER)).and(draw.lt(col(SHARE))));
    }

    /**
     * Puts a segment's place in the stead of the risk, so that segments take turns in the proportion of their quotas: the
     * score of the n-th is q / (q + n - 1/2), whose order is that of Webster's method of apportionment.
     *
     * @param candidates one row per item and signal; those of elevated segments scored by their risk
     */
    Dataset<Row> inTurns(Dataset<Row> candidates) {
        // Rows of other signals have no segment; each alone they need no order.
        Column place = row_number()
                .over(Window.partitionBy(
                                col(USE_CASE), col(Candidates.SIGNAL), coalesce(col(SEGMENT), col(Candidates.ITEM_ID)))
                        .orderBy(col(Candidates.SCORE).desc(), col(Candidates.DRAW), col(Candidates.ITEM_ID)));
        Column turn = col(QUOTA).divide(col(QUOTA).plus(col(PLACE)).minus(0.5));
        return candidates
                .withColumn(PLACE, place)
                .join(broadcast(cuts.select(USE_CASE, SEGMENT, QUOTA)), new String[] {USE_CASE, SEGMENT}, "left")
                .withColumn(Candidates.SCORE, coalesce(turn, col(Candidates.SCORE)))
                .drop(PLACE, QUOTA);
    }
}
