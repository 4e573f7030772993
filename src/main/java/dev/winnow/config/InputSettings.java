package dev.winnow.config;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Where an input table is and how its columns map to the canonical ones.
 *
 * @param name {@code inferences}, {@code feedback} or {@code cameras}; used in messages
 * @param path URI of a file or folder, or empty when {@code table} is given
 * @param table catalog table, or empty when {@code path} is given
 * @param format how the files are read
 * @param schema DDL of CSV or JSON files, or empty: CSV columns are then texts, JSON is inferred
 * @param options options passed to Spark's reader
 * @param partitionFilter SQL predicate on source columns with {@code {date}}, {@code none}, or empty
 * @param timeZone zone of timestamps that carry none, or empty: such timestamps are then rejected; for cameras, the
 *     zone of those that name none
 * @param columns canonical column to SQL expression over source columns
 * @param dimensions dimension name to what makes its values, sorted by name
 */
public record InputSettings(
        String name,
        String path,
        String table,
        Format format,
        String schema,
        Map<String, String> options,
        String partitionFilter,
        String timeZone,
        Map<String, String> columns,
        Map<String, DimensionSettings> dimensions) {

    /** The value of {@code partition-filter} that says: this table is read whole, it is small. */
    public static final String NO_PARTITIONS = "none";

    /** Dimensions that every segment report has; a configured one of that name would take its place unseen. */
    public static final List<String> BUILT_IN_DIMENSIONS = List.of("label", "model_version", "site");

    /** File formats. */
    public enum Format {
        /** Parquet files, Hive-style folders become columns. */
        PARQUET,
        /** A Delta table. */
        DELTA,
        /** CSV with a header line, gzip too. */
        CSV,
        /** JSON Lines, gzip too. */
        JSON
    }

    /** Returns whether the input is configured at all. */
    public boolean present() {
        return !path.isEmpty() || !table.isEmpty();
    }

    /** Returns whether folders say the day, so that every row of a day's files belongs to that day. */
    public boolean byDay() {
        return !partitionFilter.isEmpty() && !partitionFilter.equals(NO_PARTITIONS);
    }

    /** Returns the predicate on source columns that finds the files of one day; only where folders say the day. */
    public String partitionFilterOf(LocalDate day) {
        return partitionFilter.replace("{date}", day.toString());
    }

    /** Returns the same input with one of its dimensions only, a number that is told by intervals stored as {@code bins}. */
    public InputSettings onlyBinned(String dimension, String bins) {
        DimensionSettings settings = Objects.requireNonNull(dimensions.get(dimension), dimension);
        return withDimensions(Map.of(dimension, new DimensionSettings(settings.value(), List.of(), bins)));
    }

    /** Returns the same input with other dimensions. */
    public InputSettings withDimensions(Map<String, DimensionSettings> others) {
        return new InputSettings(
                name, path, table, format, schema, options, partitionFilter, timeZone, columns, others);
    }

    /** Returns the same input, each dimension as {@code change} makes it. */
    InputSettings mapDimensions(UnaryOperator<DimensionSettings> change) {
        Map<String, DimensionSettings> changed = new TreeMap<>(dimensions);
        changed.replaceAll((dimension, settings) -> change.apply(settings));
        return withDimensions(changed);
    }

    /** Returns the place of the data for messages. */
    public String place() {
        return path.isEmpty() ? "table " + table : path;
    }

    static InputSettings read(Section section, String name, Collection<String> canonical, String dayColumn) {
        InputSettings settings = new InputSettings(
                name,
                section.optionalText("path", Uris::absolute, Uris.RULE),
                section.optionalText("table", t -> true, "a table name"),
                section.oneOf("format", Format.class),
                section.optionalText("schema", t -> true, "a DDL schema"),
                section.textMap("options", key -> true, ""),
                section.optionalText(
                        "partition-filter",
                        filter -> filter.equals(NO_PARTITIONS) || filter.contains("{date}"),
                        "a predicate that contains {date}, such as dt = '{date}', or none"),
                section.optionalText("time-zone", Uris::timeZone, "a zone such as UTC or Europe/Berlin"),
                section.textMap("columns", canonical::contains, "not a canonical column; known: " + canonical),
                section.textOrObjectMap(
                        "dimensions",
                        key -> key.matches("[a-z][a-z0-9_]{0,62}"),
                        "a dimension name has small letters, digits and _, and begins with a letter",
                        DimensionSettings::of,
                        DimensionSettings::read));
        settings.dimensions.keySet().stream()
                .filter(BUILT_IN_DIMENSIONS::contains)
                .forEach(built -> section.problem(
                        "dimensions",
                        "." + built + " takes the name of a built-in dimension: every segment report has "
                                + String.join(", ", BUILT_IN_DIMENSIONS) + " already; choose another name"));
        if (!settings.path.isEmpty() && !settings.table.isEmpty()) {
            section.problem("table", ": give either path or table, not both");
        }
        String day = settings.columns.getOrDefault(dayColumn, dayColumn);
        if (settings.present()
                && !dayColumn.isEmpty()
                && settings.partitionFilter.isEmpty()
                && !day.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
            section.problem(
                    "columns",
                    "." + dayColumn + " is an expression, so partition-filter is required: a predicate on the source's"
                            + " own columns such as dt = '{date}', or none for a table that is read whole every day");
        }
        return settings;
    }
}
