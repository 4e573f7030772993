package dev.winnow.inputs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.DimensionSettings;
import dev.winnow.tables.TableDef;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The intervals that stand for the values of a binned dimension: half-open, so that a number on an edge is in the one
 * that begins there.
 */
public final class Intervals {
    /** Longest text of an edge without exponent; a longer one is written like 1E+300. */
    private static final int MAX_DIGITS = 20;

    private Intervals() {}

    /**
     * Returns the names of the intervals, ascending: {@code (-inf, 50)}, {@code [50, 100)}, {@code [100, inf)}. They are
     * texts of tables and of segments, so they depend on the edges only.
     *
     * @param edges ascending
     */
    public static List<String> names(List<Double> edges) {
        List<String> names = new ArrayList<>();
        String low = "(-inf";
        for (double edge : edges) {
            names.add(low + ", " + text(edge) + ")");
            low = "[" + text(edge);
        }
        names.add(low + ", inf)");
        return names;
    }

    /** Returns the name of the interval that a number lies in, one expression; null for null and NaN. */
    static Column name(Column number, List<Double> edges) {
        List<String> names = names(edges);
        Column name = when(number.isNull().or(number.isNaN()), lit(null).cast("string"));
        for (int i = 0; i < edges.size(); i++) {
            name = name.when(number.lt(edges.get(i)), names.get(i));
        }
        return name.otherwise(names.get(edges.size()));
    }

    /**
     * Puts names of intervals in the place of the numbers of binned dimensions; leaves the others as they are.
     *
     * @param dimensions dimension name to settings
     * @param otherwise the value of a dimension that has no number, by dimension
     */
    static Dataset<Row> named(
            Dataset<Row> rows, Map<String, DimensionSettings> dimensions, Function<String, String> otherwise) {
        Dataset<Row> named = rows;
        for (Map.Entry<String, DimensionSettings> dimension : dimensions.entrySet()) {
            DimensionSettings settings = dimension.getValue();
            if (settings.isBinned() && settings.edges().isEmpty()) {
                throw new IllegalStateException("The bins " + settings.bins() + " were not looked up");
            }
            if (settings.isBinned()) {
                String column = TableDef.dimensionColumn(dimension.getKey());
                named = named.withColumn(
                        column,
                        coalesce(name(col(column), settings.edges()), lit(otherwise.apply(dimension.getKey()))));
            }
        }
        return named;
    }

    private static String text(double edge) {
        BigDecimal number = BigDecimal.valueOf(edge).stripTrailingZeros();
        String plain = number.toPlainString();
        return plain.length() <= MAX_DIGITS ? plain : number.toString();
    }
}
