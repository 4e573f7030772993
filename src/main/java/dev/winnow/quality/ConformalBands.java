package dev.winnow.quality;

import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.QualitySettings;
import dev.winnow.inputs.Reviews;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * From which confidence a predicted class is the only one in its conformal set (Vovk, Gammerman and Shafer 2005; by class,
 * Sadinle, Lei and Wasserman 2019).
 *
 * <p>The score of an item is 1 - the probability of the class that people gave it. Of that only the predicted class's is
 * logged: an item that was predicted as another class scores 1, so sets are larger than they need be, never smaller. Scores
 * are counted in 1,024 bins and read at their upper edge. Only what the audit draws is judged by: the promise is one for
 * items that are exchangeable with those.
 */
public final class ConformalBands {
    public static final String PIPELINE = LabelQa.PIPELINE;
    public static final String USE_CASE = LabelQa.USE_CASE;
    public static final String MODEL_VERSION = LabelQa.MODEL_VERSION;
    public static final String LABEL = LabelQa.LABEL;
    public static final String ITEMS = "items";
    public static final String RISK = "risk";
    public static final String QUANTILE = "quantile";
    public static final String SINGLE_FROM = "single_from";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "conformal_bands", "From which confidence a predicted class is the only one in its conformal set")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(MODEL_VERSION, StringType, "Model version")
            .required(LABEL, StringType, "Class")
            .required(ITEMS, LongType, "Audited items that people gave the class")
            .required(RISK, DoubleType, "Share of the class's items that sets may miss (quality.conformal-risk)")
            .optional(
                    QUANTILE,
                    DoubleType,
                    "Largest 1 - probability with which the class is in a set; null: too few items for the risk, the class is"
                            + " in no set")
            .optional(
                    SINGLE_FROM,
                    DoubleType,
                    "Confidence from which an alarm of the class has a set of this class alone; one below is a boundary item."
                            + " Null: all are")
            .check("quantile_in_range", QUANTILE + " IS NULL OR " + QUANTILE + " BETWEEN 0 AND 1")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, MODEL_VERSION, LABEL)
            .build();

    private static final int BINS = 1024;
    private static final String SCORE = "score_bin";
    private static final String ROWS = "rows";

    private ConformalBands() {}

    /** Rows from judged items, as {@link JudgedItems} shapes them; none unless they are asked for. */
    static List<Row> of(Dataset<Row> items, String pipeline, QualitySettings settings) {
        List<Row> rows = new ArrayList<>();
        if (settings.conformalRisk() == 0) {
            return rows;
        }
        Column right = col(JudgedItems.GIVEN).equalTo(col(LabelQa.LABEL));
        Column score = when(right, ceil(lit(1.0).minus(col(Reviews.CONFIDENCE)).multiply(BINS)))
                .otherwise(BINS)
                .cast(IntegerType);
        SortedMap<Population, SortedMap<String, long[]>> counts = new TreeMap<>();
        LabelQaJob.collect(
                        items.filter(col(JudgedItems.GIVEN)
                                        .isNotNull()
                                        .and(col(LabelQa.SOURCE).equalTo(LabelQa.BLIND_LABELS))
                                        .and(col(LabelQa.DESIGN).equalTo(Selections.UNIFORM))
                                        .and(col(Buckets.INDEX).notEqual(Buckets.INVALID)))
                                .withColumn(SCORE, score)
                                .groupBy(LabelQaJob.by(JudgedItems.GIVEN, SCORE))
                                .agg(count(lit(1)).as(ROWS)),
                        "classes by score")
                .forEach(row -> counts.computeIfAbsent(Population.of(row), one -> new TreeMap<>())
                                .computeIfAbsent(row.getAs(JudgedItems.GIVEN), label -> new long[BINS + 1])[
                                row.<Integer>getAs(SCORE)] =
                        row.<Long>getAs(ROWS));
        counts.forEach(
                (population, byClass) -> rows.addAll(rows(pipeline, population, byClass, settings.conformalRisk())));
        return rows;
    }

    private static List<Row> rows(
            String pipeline, Population population, SortedMap<String, long[]> byClass, double risk) {
        Map<String, Double> quantiles = new TreeMap<>();
        byClass.forEach((label, scores) -> {
            double quantile = quantile(scores, risk);
            if (quantile <= 1) {
                quantiles.put(label, quantile);
            }
        });
        List<Row> rows = new ArrayList<>();
        byClass.forEach((label, scores) -> rows.add(RowFactory.create(
                pipeline,
                population.useCase(),
                population.modelVersion(),
                label,
                sum(scores),
                risk,
                quantiles.get(label),
                singleFrom(label, quantiles))));
        return rows;
    }

    /**
     * The ceil((n + 1) (1 - risk))-th smallest score, at the upper edge of its bin; above 1 where there are not as many.
     *
     * @param scores items by score, the last with score 1
     */
    static double quantile(long[] scores, double risk) {
        long rank = (long) Math.ceil((sum(scores) + 1) * (1 - risk));
        for (int bin = 0; bin < scores.length; bin++) {
            rank -= scores[bin];
            if (rank <= 0) {
                return (double) bin / BINS;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static long sum(long[] scores) {
        long sum = 0;
        for (long one : scores) {
            sum += one;
        }
        return sum;
    }

    /** Above this the class itself is in, and no other may be: its probability is at most 1 - confidence. */
    private static @Nullable Double singleFrom(String label, Map<String, Double> quantiles) {
        Double own = quantiles.get(label);
        if (own == null) {
            return null;
        }
        double from = 1 - own;
        for (Map.Entry<String, Double> other : quantiles.entrySet()) {
            if (!other.getKey().equals(label)) {
                from = Math.max(from, Math.nextUp(other.getValue()));
            }
        }
        return from <= 1 ? (Double) from : null;
    }
}
