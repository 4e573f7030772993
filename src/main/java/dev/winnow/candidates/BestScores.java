package dev.winnow.candidates;

import static dev.winnow.candidates.Candidates.DRAW;
import static dev.winnow.candidates.Candidates.SCORE;
import static dev.winnow.candidates.Candidates.SEGMENT;
import static dev.winnow.candidates.Candidates.SIGNAL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what the histogram cut let through, whatever the scores look like.
 *
 * <p>{@link ScoreCut} knows twenty bins of confidence. Where a model rounds its confidences, or always answers the
 * same, most rows of a bin share one score and a cut between scores keeps them all. Which rows those are shows only in
 * the rows: a hash share of a bin would drop better scores for worse ones. So the survivors are counted again, by finer
 * and finer histograms around the place of the cut, first by score, then by draw among equals, until the cut is exact
 * enough. That takes no sort and no shuffle of rows, and the counts are the same for any partitioning.
 */
final class BestScores {
    /** Multiple of the limit that may stay as it is: the histogram cut of scores that spread evenly keeps three. */
    private static final int SLACK = 4;

    private static final int BINS = 1_024;
    private static final String BIN = "bin";
    private static final String ROWS = "rows";
    private static final String LOWEST = "lowest";
    private static final String HIGHEST = "highest";

    /** How many rows of one signal are wanted. */
    @FunctionalInterface
    interface Limit {
        /** Returns the rows wanted of a segment of a use case; of all of it where the segment is null. */
        long rows(String useCase, @Nullable String segment);
    }

    private BestScores() {}

    /**
     * Keeps at least {@code limit} and at most twice {@code limit} rows of each use case, signal and segment with more than
     * four times as many: the best by score, and among equals those with the lowest draw. Rows of one item stay together, so
     * an item with more rows than {@code limit} may exceed it. Rows without a score stay.
     *
     * @param found rows with use case, signal, segment, score and draw; read several times, so cached by the caller
     * @param limit use case and segment, null for signals that speak of none, to rows wanted of each signal, at least 1
     */
    static Dataset<Row> of(Dataset<Row> found, Limit limit) {
        Dataset<Row> best = found;
        for (Row group : found.filter(col(SCORE).isNotNull())
                .groupBy(USE_CASE, SIGNAL, SEGMENT)
                .agg(count(lit(1)).as(ROWS))
                .sort(USE_CASE, SIGNAL, SEGMENT)
                .collectAsList()) {
            long wanted = limit.rows(group.getAs(USE_CASE), group.getAs(SEGMENT));
            if (group.<Long>getAs(ROWS) > SLACK * wanted) {
                Column same = col(USE_CASE)
                        .equalTo(group.getAs(USE_CASE))
                        .and(col(SIGNAL).equalTo(group.getAs(SIGNAL)))
                        .and(col(SEGMENT).eqNullSafe(lit(group.getAs(SEGMENT))));
                best = best.filter(not(same).or(isBest(found.filter(same), wanted)));
            }
        }
        return best;
    }

    private static Column isBest(Dataset<Row> rows, long wanted) {
        Column lowness = negate(col(SCORE));
        Edge score = Edge.of(rows, lowness, -1, 0, wanted, wanted);
        if (score.lowest < score.highest) {
            return lowness.leq(score.highest);
        }
        Column tied = lowness.equalTo(score.highest);
        Edge draw = Edge.of(rows.filter(tied), col(DRAW), 0, 1, wanted - score.before, wanted);
        return lowness.lt(score.highest).or(tied.and(col(DRAW).leq(draw.highest)));
    }

    /**
     * A range of values that holds the {@code wanted}-th smallest one.
     *
     * @param lowest smallest value in it
     * @param highest largest value in it
     * @param before rows with smaller values, fewer than wanted
     * @param rows rows in it; with those before at least wanted
     */
    private record Edge(double lowest, double highest, long before, long rows) {
        /** Narrows {@code from} to {@code to} until at most {@code few} rows or one value are left between them. */
        static Edge of(Dataset<Row> rows, Column value, double from, double to, long wanted, long few) {
            Edge edge = new Edge(from, to, 0, Long.MAX_VALUE);
            while (edge.rows > few && edge.lowest < edge.highest) {
                edge = edge.narrowed(rows, value, wanted);
            }
            return edge;
        }

        /** The bin with the wanted row. A range that begins and ends with a row has at least two, so this ends. */
        private Edge narrowed(Dataset<Row> values, Column value, long wanted) {
            long smaller = before;
            for (Row bin : histogram(values, value)) {
                long inside = bin.<Long>getAs(ROWS);
                if (smaller + inside >= wanted) {
                    return new Edge(bin.<Double>getAs(LOWEST), bin.<Double>getAs(HIGHEST), smaller, inside);
                }
                smaller += inside;
            }
            throw new IllegalStateException("Expected " + wanted + " rows, got " + smaller);
        }

        private List<Row> histogram(Dataset<Row> values, Column value) {
            Column place = value.minus(lowest).divide(highest - lowest).multiply(BINS);
            return values.filter(value.between(lowest, highest))
                    .groupBy(least(floor(place), lit(BINS - 1L)).as(BIN))
                    .agg(
                            count(lit(1)).as(ROWS),
                            min(value).as(LOWEST),
                            max(value).as(HIGHEST))
                    .sort(BIN)
                    .collectAsList();
        }
    }
}
