package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.SCORES;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.ln;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.Uncertainty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Doubt of a prediction by the scores of all classes (Settles 2009), where a use case asks for it.
 *
 * <p>With the K scores p1 &gt;= p2 &gt;= ..., divided by their sum if that is not 1: least confidence (1 - p1) K / (K - 1),
 * margin 1 - (p1 - p2), ratio p2 / p1, entropy -sum p ln p / ln K; all in [0, 1], 1 is most doubtful. Null for fewer than
 * two scores, and where one is missing, negative or no number.
 */
final class ScoreVectors {
    /** Doubt by the measure of the use case; null where it has none, or the scores tell none. */
    static final String UNCERTAINTY = "uncertainty";

    /** Bins of the histogram from which the day's cut is read. */
    private static final int BINS = 1_024;

    /** Scores whose sum differs from 1 by more are divided by it. */
    private static final double ROUNDING = 1e-6;

    private static final String BIN = "bin";
    private static final String ROWS = "rows";

    private ScoreVectors() {}

    /**
     * Adds {@link #UNCERTAINTY} of alarms and drops the scores.
     *
     * @param inferences with the scores if any use case is measured
     * @param measures use case to its measure
     * @param otherwise the measure of the other use cases
     */
    static Dataset<Row> put(Dataset<Row> inferences, Map<String, Uncertainty> measures, Uncertainty otherwise) {
        if (!List.of(inferences.columns()).contains(SCORES)) {
            return inferences.withColumn(UNCERTAINTY, lit(null).cast("double"));
        }
        Column doubt = doubt(otherwise);
        for (Map.Entry<String, Uncertainty> useCase : new TreeMap<>(measures).entrySet()) {
            doubt = when(col(USE_CASE).equalTo(useCase.getKey()), doubt(useCase.getValue()))
                    .otherwise(doubt);
        }
        return inferences
                .withColumn(UNCERTAINTY, when(col(PREDICTED_LABEL).isNotNull(), doubt))
                .drop(SCORES);
    }

    /**
     * Counts rows by use case and doubt in one pass over the scores alone: what cuts them is known before any row is kept.
     *
     * @param doubtful with {@link #UNCERTAINTY}
     */
    static Map<String, List<ScoreCut.Bin>> histograms(Dataset<Row> doubtful) {
        Map<String, List<ScoreCut.Bin>> bins = new TreeMap<>();
        Column bin = least(floor(col(UNCERTAINTY).multiply(BINS)), lit(BINS - 1L));
        doubtful.filter(col(UNCERTAINTY).gt(0))
                .groupBy(col(USE_CASE), bin.as(BIN))
                .agg(count(lit(1)).as(ROWS))
                .collectAsList()
                .forEach(row -> {
                    double low = row.<Long>getAs(BIN) / (double) BINS;
                    bins.computeIfAbsent(row.getAs(USE_CASE), useCase -> new ArrayList<>())
                            .add(new ScoreCut.Bin(low, low + 1.0 / BINS, row.<Long>getAs(ROWS), true));
                });
        return bins;
    }

    /** Doubt by one measure; null for the plain confidence, which needs no scores. */
    static Column doubt(Uncertainty measure) {
        if (measure == Uncertainty.CONFIDENCE) {
            return lit(null).cast("double");
        }
        Column scores = col(SCORES);
        Column sum = aggregate(scores, lit(0.0), (total, score) -> total.plus(score));
        Column whole = when(abs(sum.minus(1)).gt(ROUNDING), sum).otherwise(1.0);
        Column best = sort_array(scores, false);
        Column first = best.getItem(0).divide(whole);
        Column second = best.getItem(1).divide(whole);
        Column classes = size(scores).cast("double");
        Column value = switch (measure) {
            case CONFIDENCE -> throw new IllegalArgumentException("the confidence needs no scores");
            case LEAST_CONFIDENCE -> lit(1).minus(first).multiply(classes).divide(classes.minus(1));
            case MARGIN -> lit(1).minus(first.minus(second));
            case RATIO -> second.divide(first);
            case ENTROPY -> entropy(scores, whole).divide(ln(classes));
        };
        Column number =
                forall(scores, score -> score.isNotNull().and(not(isnan(score))).and(score.geq(0)));
        return when(size(scores).geq(2).and(number).and(sum.gt(0)), least(greatest(value, lit(0.0)), lit(1.0)));
    }

    private static Column entropy(Column scores, Column whole) {
        return aggregate(scores, lit(0.0), (total, score) -> {
            Column share = score.divide(whole);
            return total.minus(when(share.gt(0), share.multiply(ln(share))).otherwise(0.0));
        });
    }
}
