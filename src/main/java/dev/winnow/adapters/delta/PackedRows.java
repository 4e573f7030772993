package dev.winnow.adapters.delta;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Many rows of the driver as a frame. A relation of Spark's own would hold each of them three times more: as a row of its
 * plan, as one of its execution, and in the message of a task. Here it holds compressed pieces, which tasks unpack.
 */
final class PackedRows {
    private static final int ROWS_PER_PIECE = 1_000;
    private static final int PIECES_PER_TASK = 2;

    private PackedRows() {}

    /** Returns rows as a frame of this shape; nothing but the pieces is held once it is made. */
    static Dataset<Row> frame(SparkSession spark, List<Row> rows, StructType schema) {
        int pieces = (rows.size() + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        List<byte[]> packed = IntStream.range(0, pieces)
                .parallel()
                .mapToObj(piece ->
                        pack(rows.subList(piece * ROWS_PER_PIECE, Math.min(rows.size(), (piece + 1) * ROWS_PER_PIECE))))
                .toList();
        JavaRDD<Row> unpacked = JavaSparkContext.fromSparkContext(spark.sparkContext())
                // However few cores there are: what is sent to a task stays small.
                .parallelize(packed, Math.max(1, (pieces + PIECES_PER_TASK - 1) / PIECES_PER_TASK))
                .flatMap(PackedRows::unpack);
        return spark.createDataFrame(unpacked, schema);
    }

    private static byte[] pack(List<Row> rows) {
        Row[] plain = rows.stream().map(PackedRows::plain).toArray(Row[]::new);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (ObjectOutputStream out = new ObjectOutputStream(new DeflaterOutputStream(bytes, fast))) {
            out.writeObject(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    private static Iterator<Row> unpack(byte[] piece) {
        try (ObjectInputStream in = new ObjectInputStream(new InflaterInputStream(new ByteArrayInputStream(piece)))) {
            return Arrays.asList((Row[]) in.readObject()).iterator();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("Rows that were packed can't be read", e);
        }
    }

    private static Row plain(Row row) {
        return RowFactory.create(IntStream.range(0, row.size())
                .mapToObj(i -> plainValue(row.get(i)))
                .toArray());
    }

    /** Lists of rows and values as arrays: of lists Spark's encoder takes those of Scala alone. */
    private static @Nullable Object plainValue(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(PackedRows::plainValue).toArray();
        }
        return value instanceof Row row ? plain(row) : value;
    }
}
