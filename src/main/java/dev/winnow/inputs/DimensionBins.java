package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** Edges of numeric dimensions that were taken from the data once and are never fitted again: a name keeps its edges. */
public final class DimensionBins {
    public static final String PIPELINE = "pipeline";
    public static final String NAME = "name";
    public static final String DIMENSION = "dimension";
    public static final String VALUE = "value";
    public static final String EDGES = "edges";
    public static final String COUNT = "bins_wanted";
    public static final String NUMBERS = "numbers";
    public static final String WITHOUT = "rows_without_number";
    public static final String FIRST_DATE = "first_date";
    public static final String LAST_DATE = "last_date";
    public static final String FINGERPRINT = "input_fingerprint";

    /** Stored by the command bins; rows are added, never changed. */
    public static final TableDef TABLE = TableDef.named(
                    "dimension_bins", "Quantile edges of a numeric dimension, stored once under a name")
            .required(PIPELINE, StringType, "Pipeline")
            .required(NAME, StringType, "Name that the configuration asks for")
            .required(DIMENSION, StringType, "Dimension whose numbers were looked at")
            .required(VALUE, StringType, "SQL expression that made the numbers")
            .required(
                    EDGES,
                    createArrayType(DoubleType, false),
                    "Ascending edges: the intervals are (-inf, edge 1), [edge 1, edge 2), ..., [last edge, inf)")
            .required(COUNT, IntegerType, "Intervals asked for; equal numbers may have left fewer")
            .required(NUMBERS, LongType, "Numbers that the quantiles are of")
            .required(WITHOUT, LongType, "Rows or cameras without a number")
            .optional(FIRST_DATE, DateType, "First event date looked at; null for a dimension of cameras")
            .optional(LAST_DATE, DateType, "Last event date looked at; null for a dimension of cameras")
            .required(FINGERPRINT, StringType, "Hash of the input files' names and lengths, the same wherever they lie")
            .check("edges_present", "size(" + EDGES + ") > 0")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, NAME)
            .build();

    private DimensionBins() {}

    /** Returns the edges of every name of a pipeline; a few rows. */
    static Map<String, List<Double>> stored(TableStore tables, String pipeline) {
        Map<String, List<Double>> stored = new TreeMap<>();
        for (Row row : tables.read(TABLE)
                .filter(col(PIPELINE).equalTo(pipeline))
                .select(NAME, EDGES)
                .collectAsList()) {
            stored.put(row.getString(0), List.copyOf(row.<Double>getList(1)));
        }
        return stored;
    }

    /**
     * Returns a configuration with the edges that its dimensions name; reads nothing if none does.
     *
     * @throws ConfigException if a name is not stored, with the command that stores it
     */
    public static WinnowConfig lookUp(WinnowConfig config, TableStore tables) {
        Map<String, String> wanted = config.binsByName();
        if (wanted.isEmpty()) {
            return config;
        }
        Map<String, List<Double>> stored = stored(tables, config.pipeline());
        List<String> problems = new ArrayList<>();
        wanted.forEach((name, key) -> {
            if (!stored.containsKey(name)) {
                problems.add(key + ".bins = " + name + ", but pipeline " + config.pipeline() + " has stored "
                        + (stored.isEmpty() ? "no bins" : "only " + String.join(", ", stored.keySet()))
                        + "; store them with `winnow bins --conf FILE --name " + name + " --dimension "
                        + key.substring(key.lastIndexOf('.') + 1) + " --count 4 --run-date YYYY-MM-DD`");
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config.withBins(stored);
    }
}
