package dev.winnow.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A Delta table declared in code: columns with comments, CHECK constraints, partitioning and key.
 *
 * @param name snake case; the folder below the warehouse root
 * @param comment what one row is, in a sentence
 * @param schema columns in the order they are written, each with a comment
 * @param checks constraint name to SQL predicate
 * @param partitionColumns columns of the folder layout, outermost first
 * @param key columns that identify a row; orders end in them
 */
public record TableDef(
        String name,
        String comment,
        StructType schema,
        Map<String, String> checks,
        List<String> partitionColumns,
        List<String> key) {

    /** Prefix of the columns that hold a configured dimension's value. */
    public static final String DIMENSION_PREFIX = "dim_";

    /** Starts a declaration. */
    public static Builder named(String name, String comment) {
        return new Builder(name, comment);
    }

    /** Returns the column that holds the dimension {@code name}. */
    public static String dimensionColumn(String name) {
        return DIMENSION_PREFIX + name;
    }

    /**
     * Returns this table with one nullable string column for every dimension.
     *
     * <p>Dimensions come from the configuration, so tables that carry them are completed when it is known; pipelines
     * with other dimensions may share the table.
     */
    public TableDef withDimensions(Collection<String> dimensions) {
        StructType wide = schema;
        List<String> wideKey = new ArrayList<>(key);
        for (String dimension : dimensions) {
            wide = wide.add(field(
                    dimensionColumn(dimension),
                    DataTypes.StringType,
                    true,
                    "Value of the dimension " + dimension + "; null where the pipeline does not use it"));
        }
        return new TableDef(name, comment, wide, checks, partitionColumns, wideKey);
    }

    /** Returns the column names in declared order. */
    public List<String> columns() {
        return Arrays.asList(schema.fieldNames());
    }

    private static StructField field(String column, DataType type, boolean nullable, String comment) {
        Metadata metadata = new MetadataBuilder().putString("comment", comment).build();
        return new StructField(column, type, nullable, metadata);
    }

    /** Collects a declaration. */
    public static final class Builder {
        private final String name;
        private final String comment;
        private final List<StructField> fields = new ArrayList<>();
        private final Map<String, String> checks = new LinkedHashMap<>();
        private List<String> partitionColumns = List.of();
        private List<String> key = List.of();

        private Builder(String name, String comment) {
            this.name = name;
            this.comment = comment;
        }

        /** Adds a column that is never null. */
        public Builder required(String column, DataType type, String columnComment) {
            fields.add(field(column, type, false, columnComment));
            return this;
        }

        /** Adds a column whose comment says what null means. */
        public Builder optional(String column, DataType type, String columnComment) {
            fields.add(field(column, type, true, columnComment));
            return this;
        }

        /** Adds a CHECK constraint. */
        public Builder check(String constraint, String predicate) {
            checks.put(constraint, predicate);
            return this;
        }

        /** Sets the folder layout. */
        public Builder partitionedBy(String... columns) {
            this.partitionColumns = List.of(columns);
            return this;
        }

        /** Sets the columns that identify a row. */
        public Builder key(String... columns) {
            this.key = List.of(columns);
            return this;
        }

        /** Finishes the declaration. */
        public TableDef build() {
            return new TableDef(
                    name,
                    comment,
                    new StructType(fields.toArray(StructField[]::new)),
                    Map.copyOf(checks),
                    partitionColumns,
                    key);
        }
    }
}
