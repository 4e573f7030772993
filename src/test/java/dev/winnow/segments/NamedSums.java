package dev.winnow.segments;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Sums of {@link SegmentSums} with the predicates of their segments, by which tests and benchmarks know them. */
public final class NamedSums {
    /** Array of structs {@code dimension}, {@code value}, by dimension name. */
    public static final String SEGMENT = SegmentFindings.SEGMENT;

    private NamedSums() {}

    /** Adds {@link #SEGMENT}, last, to any frame with ids of the lattice. */
    public static Dataset<Row> of(Dataset<Row> sums, Lattice lattice) {
        StructType predicate = new StructType()
                .add("dimension", DataTypes.StringType, false)
                .add("value", DataTypes.StringType, false);
        StructType schema = sums.schema().add(SEGMENT, DataTypes.createArrayType(predicate, false), false);
        int id = schema.fieldIndex(SegmentSums.SEGMENT_ID);
        MapFunction<Row, Row> named = row -> {
            List<Object> fields = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                fields.add(row.get(i));
            }
            fields.add(lattice.decode(row.getLong(id)).stream()
                    .map(p -> RowFactory.create(p.dimension(), p.value()))
                    .toArray());
            return RowFactory.create(fields.toArray());
        };
        return sums.map(named, Encoders.row(schema));
    }
}
