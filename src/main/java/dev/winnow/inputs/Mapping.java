package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.DimensionSettings;
import dev.winnow.config.InputSettings;
import dev.winnow.config.Suggestions;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampNTZType;
import org.jspecify.annotations.Nullable;

/**
 * Brings a source to canonical columns and types.
 *
 * <p>A value that can't be read as its type becomes null, and the column {@code <name>__problem} says why; nothing
 * throws on data. Problems are texts: {@code unparsable}, {@code without_zone}.
 */
final class Mapping {
    private static final String PROBLEM = "__problem";
    private static final String UNPARSABLE = "unparsable";
    private static final String WITHOUT_ZONE = "without_zone";

    /**
     * A zone at the end of a timestamp: letters such as Z or America/Port-au-Prince, or an offset behind a time or behind
     * letters. The last digits of a date look like an offset, so an offset needs a time before it.
     */
    private static final String ENDS_IN_ZONE =
            "([A-Za-z]|[A-Za-z][+-][0-9:]+|:[0-9]{1,2}([.][0-9]+)? *[+-][0-9]{1,2}(:?[0-9]{2}){0,2})$";

    private final Dataset<Row> source;
    private final InputSettings settings;
    private final List<String> problems = new ArrayList<>();
    private final List<Column> raw = new ArrayList<>();
    private final List<Column> typed = new ArrayList<>();

    private Mapping(Dataset<Row> source, InputSettings settings) {
        this.source = source;
        this.settings = settings;
    }

    /** Name of the column that says why a value of {@code column} could not be read; null where it could. */
    static String problem(String column) {
        return column + PROBLEM;
    }

    /**
     * Maps every column of {@code target} and every configured dimension.
     *
     * @param optional columns that are null when the source has no such column
     * @param carried source columns that come along as they are
     * @param dimensions dimension names to map: texts, in which a null is {@link Inferences#NULL_VALUE}; a double for a
     *     binned dimension, null where there is no number, see {@link Intervals}
     * @throws ConfigException naming every expression that does not fit the source
     */
    static Dataset<Row> apply(
            Dataset<Row> source,
            InputSettings settings,
            TableDef target,
            List<String> optional,
            List<String> carried,
            List<String> dimensions) {
        Mapping mapping = new Mapping(source, settings);
        for (StructField field : target.schema().fields()) {
            mapping.column(field, optional.contains(field.name()));
        }
        carried.forEach(name -> {
            mapping.raw.add(col(name));
            mapping.typed.add(col(name));
        });
        for (String dimension : dimensions) {
            mapping.dimension(dimension);
        }
        if (!mapping.problems.isEmpty()) {
            throw new ConfigException(mapping.problems);
        }
        return source.select(mapping.raw.toArray(Column[]::new)).select(mapping.typed.toArray(Column[]::new));
    }

    /**
     * Keeps the rows of some days, and those whose day can't be read, which {@link Undated} speaks of. Filters on the source's own column, so that folders are pruned before anything is read.
     *
     * @param dayColumn canonical name of the day
     */
    static Dataset<Row> ofDays(
            Dataset<Row> source, InputSettings settings, String dayColumn, Collection<LocalDate> days) {
        String day = settings.columns().getOrDefault(dayColumn, dayColumn);
        if (!settings.partitionFilter().isEmpty()
                || !Arrays.asList(source.columns()).contains(day)
                || !fits(source, tryCast(day, DataTypes.DateType))) {
            return source;
        }
        Column read = expr(tryCast(day, DataTypes.DateType));
        return source.filter(read.isin(days.toArray()).or(read.isNull()));
    }

    private void column(StructField field, boolean optional) {
        String name = field.name();
        String expression = settings.columns().get(name);
        boolean inSource = Arrays.asList(source.columns()).contains(name);
        if (expression == null && !inSource) {
            if (optional) {
                typed.add(lit(null).cast(field.dataType()).as(name));
                typed.add(lit(null).cast(DataTypes.StringType).as(problem(name)));
            } else {
                problems.add("inputs." + settings.name() + ".columns." + name + " is not mapped and " + settings.place()
                        + " has no column of that name"
                        + Suggestions.nearest(name, Arrays.asList(source.columns())));
            }
            return;
        }
        DataType type = add("columns." + name, name, expression == null ? "`" + name + "`" : expression);
        if (type == null) {
            return;
        }
        if (field.dataType().equals(DataTypes.TimestampType)) {
            timestamp(name, type);
        } else if (field.dataType().equals(DataTypes.StringType)) {
            typed.add(expr("nullif(trim(cast(`" + name + "` as string)), '')").as(name));
            typed.add(lit(null).cast(DataTypes.StringType).as(problem(name)));
        } else {
            String read = name.equals(Inferences.PHASH) ? hash(name, type) : tryCast(name, field.dataType(), type);
            if (!fits(source.select(raw.get(raw.size() - 1)), read)) {
                boolean scores = field.dataType() instanceof ArrayType;
                wrongType(
                        name,
                        type,
                        scores ? "an array of numbers" : "a " + field.dataType().simpleString(),
                        "a cast or a function");
                return;
            }
            typed.add(expr(read).as(name));
            typed.add(
                    expr("case when `" + name + "` is not null and " + read + " is null then '" + UNPARSABLE + "' end")
                            .as(problem(name)));
        }
    }

    private void wrongType(String name, DataType type, String expected, String example) {
        problems.add("inputs." + settings.name() + ".columns." + name + " is of type " + type.simpleString() + " in "
                + settings.place() + ", expected " + expected + "; say how to read it, such as " + example);
    }

    private static String tryCast(String column, DataType type) {
        return "try_cast(`" + column + "` as " + type.sql() + ")";
    }

    /** Numbers of an array, and of a map from names to numbers; else a plain cast. */
    private static String tryCast(String column, DataType wanted, DataType type) {
        return wanted instanceof ArrayType && type instanceof MapType
                ? "try_cast(map_values(`" + column + "`) as " + wanted.sql() + ")"
                : tryCast(column, wanted);
    }

    /** 64 bits as a number, or as a text of up to sixteen hexadecimal digits; unsigned ones keep their bits. */
    private static String hash(String column, DataType type) {
        String value = "`" + column + "`";
        if (type.equals(DataTypes.StringType)) {
            String text = "trim(" + value + ")";
            return "case when " + text + " rlike '^[0-9A-Fa-f]{1,16}$' then cast(conv(" + text
                    + ", 16, -10) as bigint) end";
        }
        if (type instanceof DecimalType) {
            String whole = "cast(cast(" + value + " as decimal(38, 0)) as string)";
            return "case when " + value + " between 0 and 18446744073709551615 then cast(conv(" + whole
                    + ", 10, -10) as bigint) else " + tryCast(column, DataTypes.LongType) + " end";
        }
        return tryCast(column, DataTypes.LongType);
    }

    private static boolean fits(Dataset<Row> rows, String expression) {
        try {
            rows.select(expr(expression));
            return true;
        } catch (Exception e) { // Spark's AnalysisException is checked in Java and declared nowhere
            return false;
        }
    }

    private void timestamp(String name, DataType type) {
        String zone = settings.timeZone();
        String value = "`" + name + "`";
        if (type.equals(DataTypes.TimestampType)) {
            typed.add(col(name));
            typed.add(lit(null).cast(DataTypes.StringType).as(problem(name)));
        } else if (type instanceof TimestampNTZType) {
            String local = "cast(" + value + " as timestamp)";
            typed.add(expr(zone.isEmpty() ? local : "to_utc_timestamp(" + local + ", '" + zone + "')")
                    .as(name));
            typed.add(expr(zone.isEmpty()
                            ? "if(" + value + " is null, null, '" + WITHOUT_ZONE + "')"
                            : "cast(null as string)")
                    .as(problem(name)));
        } else if (type.equals(DataTypes.StringType)) {
            String read = "try_cast(trim(" + value + ") as timestamp)";
            String zoned = "trim(" + value + ") rlike '" + ENDS_IN_ZONE + "'";
            // The session is UTC: a text without a zone reads as UTC and is then moved to its own zone.
            String moved = zone.isEmpty() ? read : "to_utc_timestamp(" + read + ", '" + zone + "')";
            typed.add(expr("if(" + zoned + ", " + read + ", " + moved + ")").as(name));
            typed.add(
                    expr("case when " + value + " is null then null when " + read + " is null then '" + UNPARSABLE + "'"
                                    + (zone.isEmpty() ? " when not (" + zoned + ") then '" + WITHOUT_ZONE + "'" : "")
                                    + " end")
                            .as(problem(name)));
        } else if (type.equals(DataTypes.DateType) || type.equals(DataTypes.NullType)) {
            typed.add(col(name).cast(DataTypes.TimestampType).as(name));
            typed.add(lit(null).cast(DataTypes.StringType).as(problem(name)));
        } else {
            wrongType(name, type, "a timestamp", "timestamp_millis(" + name + ")");
        }
    }

    private void dimension(String name) {
        String column = TableDef.dimensionColumn(name);
        DimensionSettings dimension =
                Objects.requireNonNull(settings.dimensions().get(name), name);
        String key = "dimensions." + name + (dimension.isBinned() ? ".value" : "");
        DataType type = add(key, column, dimension.value());
        if (type == null) {
            return;
        }
        if (!dimension.isBinned()) {
            typed.add(expr("coalesce(cast(`" + column + "` as string), '" + Inferences.NULL_VALUE + "')")
                    .as(column));
        } else if (type instanceof NumericType || type.equals(DataTypes.NullType)) {
            typed.add(expr("nullif(cast(`" + column + "` as double), double('NaN'))")
                    .as(column));
        } else {
            problems.add("inputs." + settings.name() + "." + key + " = " + dimension.value() + " is of type "
                    + type.simpleString() + " in " + settings.place()
                    + ", but only numbers lie in intervals; say how to"
                    + " read it, such as try_cast(" + dimension.value() + " as double), or leave edges and bins out");
        }
    }

    /** Adds an expression under its canonical name; returns its type, or null if it does not fit the source. */
    private @Nullable DataType add(String key, String name, String expression) {
        try {
            Column value = expr(expression).as(name);
            DataType type = source.select(value).schema().apply(name).dataType();
            raw.add(value);
            return type;
        } catch (Exception e) { // Spark's AnalysisException is checked in Java and declared nowhere
            String sentence = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            problems.add("inputs." + settings.name() + "." + key + " = " + expression + " does not fit "
                    + settings.place() + " (columns: " + String.join(", ", source.columns()) + "): " + sentence);
            return null;
        }
    }
}
