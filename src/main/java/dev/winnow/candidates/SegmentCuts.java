package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.SegmentAllocation;
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
    static final String TURNS = "segment_turns";
    static final String BY_DRAW = "segment_by_draw";
    private static final String KEEP = DayCuts.keep(Candidates.ELEVATED_SEGMENT);
    private static final String CONSIDER = DayCuts.consider(Candidates.ELEVATED_SEGMENT);
    private static final String SHARE = DayCuts.share(Candidates.ELEVATED_SEGMENT);
    private static final String PLACE = "place";
    private static final double UNKNOWN_RATE = 0.5;

    /** Shape of the small table that the facts are joined with; never stored. */
    static final TableDef TABLE = TableDef.named("segment_cuts", "What of one elevated segment is kept")
            .required(USE_CASE, StringType, "Use case")
            .required(SEGMENT, StringType, "Segment")
            .required(QUOTA, LongType, "Its part of the pool, alarms")
            .required(KEEP, DoubleType, "Risk from which all of its alarms are kept")
            .required(CONSIDER, DoubleType, "Risk from which they are kept by hash")
            .required(SHARE, DoubleType, "Share kept by hash")
            .required(TURNS, DoubleType, "Weight by which segments take turns, in alarms of the pool")
            .required(BY_DRAW, BooleanType, "Whether its alarms are taken by their draw; else by risk")
            .build();

    /**
     * Splits the pool of each use case over its segments; what a segment has too few alarms for goes to the others.
     *
     * <p>To find errors, by the square root of their excess errors, so that the largest does not take nearly all. To estimate
     * rates, by {@link Allotment#neyman} of the day's alarms and the rate so far; turns then go by these weights whatever the
     * pool has of a segment, since a budget is smaller, and the alarms by hash: the likeliest errors tell no rate.
     *
     * @param findings shaped like {@link SegmentFindings}, with positive excess errors
     * @param alarms use case to segment to the day's alarms that count for it, by their risk
     * @return rows of {@link #TABLE}
     */
    static List<Row> cuts(
            List<Row> findings, Map<String, Map<String, List<ScoreCut.Bin>>> alarms, WinnowConfig config) {
        Map<String, Map<String, Double>> weights = new TreeMap<>();
        findings.forEach(finding -> {
            String useCase = finding.getAs(SegmentFindings.USE_CASE);
            String segment = finding.getAs(SegmentFindings.SEGMENT);
            long ofDay = rows(alarms.getOrDefault(useCase, Map.of()).getOrDefault(segment, List.of()));
            weights.computeIfAbsent(useCase, u -> new TreeMap<>())
                    .put(
                            segment,
                            byRates(config, useCase)
                                    ? Allotment.neyman(ofDay, rate(finding))
                                    : Math.sqrt(finding.<Double>getAs(SegmentFindings.EXCESS_ERRORS)));
        });
        List<Row> cuts = new ArrayList<>();
        weights.forEach((useCase, weight) -> {
            boolean rates = byRates(config, useCase);
            int pool = (int) Candidates.poolSize(config, useCase);
            double sum =
                    weight.values().stream().mapToDouble(Double::doubleValue).sum();
            Map<String, List<ScoreCut.Bin>> segments = alarms.getOrDefault(useCase, Map.of());
            Map<String, Integer> limits = new TreeMap<>();
            segments.forEach((segment, bins) -> limits.put(segment, (int) Math.min(rows(bins), Integer.MAX_VALUE)));
            Allotment.withinLimits(pool, weight, limits).forEach((segment, quota) -> {
                if (quota > 0) {
                    List<ScoreCut.Bin> bins = segments.getOrDefault(segment, List.of());
                    ScoreCut cut = rates ? ScoreCut.byHash(bins, quota) : ScoreCut.of(bins, quota);
                    double turns = rates ? pool * weight.getOrDefault(segment, 0.0) / sum : quota;
                    cuts.add(RowFactory.create(
                            useCase, segment, (long) quota, cut.keep(), cut.consider(), cut.share(), turns, rates));
                }
            });
        });
        return cuts;
    }

    private static boolean byRates(WinnowConfig config, String useCase) {
        return config.useCase(useCase).segmentAllocation() == SegmentAllocation.RATES;
    }

    /** The shrunk rate of wrong alarms, else the plain one; where neither is known, the one that varies most. */
    private static double rate(Row finding) {
        Double shrunk = finding.getAs(SegmentFindings.FDR_SHRUNK);
        Double plain = finding.getAs(SegmentFindings.FDR);
        return shrunk != null ? shrunk : plain != null ? plain : UNKNOWN_RATE;
    }

    private static long rows(List<ScoreCut.Bin> bins) {
        return bins.stream().mapToLong(ScoreCut.Bin::rows).sum();
    }

    /** Adds {@link #SEGMENT} and the columns of its cut, all null for rows that count for no segment. */
    Dataset<Row> put(Dataset<Row> rows) {
        return rows.withColumn(SEGMENT, segment)
                .join(broadcast(cuts.drop(QUOTA, TURNS)), new String[] {USE_CASE, SEGMENT}, "left");
    }

    /**
     * Whether an alarm of a segment is among those of it that are kept; null for rows without a segment.
     *
     * @param risk of the alarm; unlike where all alarms compete one of 0 will do, as the segment says that there are errors
     */
    static Column kept(Column risk, Column draw) {
        return risk.geq(col(KEEP)).or(risk.geq(col(CONSIDER)).and(draw.lt(col(SHARE))));
    }

    /** Score of an alarm of a segment among its alarms until {@link #inTurns}: its risk, or what falls with its draw. */
    static Column order(Column risk, Column draw) {
        return when(col(BY_DRAW), lit(1).minus(draw)).otherwise(risk);
    }

    /**
     * Puts a segment's place in the stead of the order within it, so that segments take turns in the proportion of their
     * weights q: the score of the n-th is q / (q + n - 1/2), whose order is that of Webster's method of apportionment.
     *
     * @param candidates one row per item and signal; those of elevated segments scored by {@link #order}
     */
    Dataset<Row> inTurns(Dataset<Row> candidates) {
        // Rows of other signals have no segment; each alone they need no order.
        Column place = row_number()
                .over(Window.partitionBy(
                                col(USE_CASE), col(Candidates.SIGNAL), coalesce(col(SEGMENT), col(Candidates.ITEM_ID)))
                        .orderBy(col(Candidates.SCORE).desc(), col(Candidates.DRAW), col(Candidates.ITEM_ID)));
        Column turn = col(TURNS).divide(col(TURNS).plus(col(PLACE)).minus(0.5));
        return candidates
                .withColumn(PLACE, place)
                .join(broadcast(cuts.select(USE_CASE, SEGMENT, TURNS)), new String[] {USE_CASE, SEGMENT}, "left")
                .withColumn(Candidates.SCORE, coalesce(turn, col(Candidates.SCORE)))
                .drop(PLACE, TURNS);
    }
}
