package dev.winnow.quality;

import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Reviews;
import dev.winnow.stats.Reliability.Bin;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Rows of {@link Calibrations} from judged items: one aggregation, whose counts add up. */
final class CalibrationRows {
    /** Sums of fractions are kept as whole numbers of this part, so that their order does not matter. */
    private static final double PART = 0x1p32;

    private static final String ROWS = "rows";
    private static final String FITTED = "is_fitted";
    private static final String NARROW = "narrow_bin";
    private static final String BIN = "bin";
    private static final String CONFIDENCE_SUM = "confidence_sum";
    private static final String RIGHT = "right";

    private CalibrationRows() {}

    /**
     * Counts and calibrates.
     *
     * @param items as {@link JudgedItems} shapes them, with {@value Buckets#INDEX}
     */
    static List<Row> of(Dataset<Row> items, String pipeline, int bins) {
        Column confidence = col(Reviews.CONFIDENCE);
        Column weight = col(JudgedItems.WEIGHT);
        Column right = when(col(JudgedItems.DISCONFIRMED), 0.0).otherwise(weight);
        Column bin = greatest(ceil(confidence.multiply(lit(bins))), lit(1L));
        Column narrow = least(floor(confidence.multiply(lit(Calibration.NARROW))), lit(Calibration.NARROW - 1L));
        SortedMap<Population, SortedMap<String, List<Calibration.Cell>>> cells = new TreeMap<>();
        List<Row> counted = LabelQaJob.collect(
                items.filter(col(Buckets.INDEX).notEqual(Buckets.INVALID).and(JudgedItems.isJudged()))
                        .withColumn(
                                FITTED,
                                HashDraw.of(LabelQaJob.NAME, col(Reviews.ITEM_ID))
                                        .lt(0.5))
                        .withColumn(NARROW, narrow.cast(DataTypes.IntegerType))
                        .withColumn(BIN, bin.cast(DataTypes.IntegerType))
                        .groupBy(LabelQaJob.by(LabelQa.LABEL, FITTED, NARROW, BIN))
                        .agg(
                                count(lit(1)).as(ROWS),
                                exact(weight).as(JudgedItems.WEIGHT),
                                exact(weight.multiply(confidence)).as(CONFIDENCE_SUM),
                                exact(right).as(RIGHT))
                        .sort(LabelQaJob.by(LabelQa.LABEL, FITTED, NARROW, BIN)),
                "classes by narrow interval");
        for (Row row : counted) {
            Bin counts = new Bin(number(row, JudgedItems.WEIGHT), number(row, CONFIDENCE_SUM), number(row, RIGHT));
            cells.computeIfAbsent(Population.of(row), one -> new TreeMap<>())
                    .computeIfAbsent(row.getAs(LabelQa.LABEL), label -> new ArrayList<>())
                    .add(new Calibration.Cell(
                            row.<Boolean>getAs(FITTED),
                            row.<Integer>getAs(NARROW),
                            row.<Integer>getAs(BIN),
                            row.<Long>getAs(ROWS),
                            counts));
        }
        List<Row> rows = new ArrayList<>();
        cells.forEach((population, byClass) -> {
            byClass.forEach((label, of) -> {
                Calibration calibration = new Calibration(of, bins);
                if (calibration.items() >= Calibration.MIN_ITEMS) {
                    rows.add(calibration.row(pipeline, population, label));
                }
            });
            List<Calibration.Cell> all = Calibration.together(List.copyOf(byClass.values()));
            rows.add(new Calibration(all, bins).row(pipeline, population, LabelQa.ALL));
        });
        return rows;
    }

    private static Column exact(Column value) {
        return sum(round(value.multiply(lit(PART))).cast(DataTypes.createDecimalType(20, 0)));
    }

    private static double number(Row row, String column) {
        return row.getDecimal(row.fieldIndex(column)).doubleValue() / PART;
    }
}
