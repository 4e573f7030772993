package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.shiftrightunsigned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Cells whose use cases, cameras and values are codes of a {@link Lattice}: longs alone, so that whatever is asked of a
 * window after the first pass reads no strings.
 *
 * @param rows place words, frame words, {@link SegmentSums#COUNTS}, and what was asked for besides; all longs, not null
 * @param lattice holds the codes
 */
public record CodedCells(Dataset<Row> rows, Lattice lattice) {
    private static final String PLACE = "place";
    private static final String FRAME = "frame";

    /**
     * Replaces strings by codes: one pass, no shuffle.
     *
     * @param cells as {@link SegmentSums} describes them
     * @param lattice made from these cells
     * @param more columns of longs that follow the counts
     */
    public static CodedCells of(Dataset<Row> cells, Lattice lattice, String... more) {
        List<String> numbers = new ArrayList<>(SegmentSums.COUNTS);
        numbers.addAll(List.of(more));
        StructType schema = new StructType();
        for (String name : words(lattice)) {
            schema = schema.add(name, DataTypes.LongType, false);
        }
        for (String name : numbers) {
            schema = schema.add(name, DataTypes.LongType, false);
        }
        int dimensions = lattice.dimensions().size();
        int size = numbers.size();
        MapPartitionsFunction<Row, Row> encode = rows -> {
            CellEncoder encoder = new CellEncoder(lattice);
            int[] codes = new int[dimensions];
            long[] place = new long[lattice.placeWords()];
            long[] frame = new long[lattice.frameWords()];
            return SegmentSums.mapped(rows, row -> {
                encoder.codes(row, codes);
                lattice.packPlace(encoder.useCase(row), encoder.camera(row), codes, place);
                lattice.packFrame(codes, frame);
                Object[] fields = new Object[place.length + frame.length + size];
                int at = 0;
                for (long word : place) {
                    fields[at++] = word;
                }
                for (long word : frame) {
                    fields[at++] = word;
                }
                for (int c = 0; c < size; c++) {
                    fields[at++] = row.getLong(2 + dimensions + c);
                }
                return RowFactory.create(fields);
            });
        };
        Dataset<Row> coded = SegmentSums.keys(cells, lattice.dimensions(), numbers.toArray(String[]::new))
                .mapPartitions(encode, Encoders.row(schema));
        return new CodedCells(coded, lattice);
    }

    private static List<String> words(Lattice lattice) {
        List<String> words = new ArrayList<>();
        IntStream.range(0, lattice.placeWords()).forEach(i -> words.add(PLACE + i));
        IntStream.range(0, lattice.frameWords()).forEach(i -> words.add(FRAME + i));
        return words;
    }

    /** The same cells less some, or with more columns. */
    CodedCells with(Dataset<Row> others) {
        return new CodedCells(others, lattice);
    }

    /** The words and some other columns, in this order. */
    Dataset<Row> select(Collection<String> more) {
        List<String> names = new ArrayList<>(words(lattice));
        names.addAll(more);
        return rows.select(names.stream().map(name -> col(name)).toArray(Column[]::new));
    }

    /** Number of words; what {@link #select} adds comes after them. */
    int words() {
        return lattice.placeWords() + lattice.frameWords();
    }

    /** The words by which cells of a use case, in it of a camera, and in it of equal values of its dimensions meet. */
    Column[] placeOrder() {
        Column[] order = new Column[lattice.placeWords()];
        Arrays.setAll(order, i -> col(PLACE + i));
        return order;
    }

    /** One value for each use case and camera. */
    Column camera() {
        return shiftright(col(PLACE + 0), lattice.cameraShift());
    }

    /** Code of the use case. */
    Column useCase() {
        return shiftrightunsigned(col(PLACE + 0), lattice.useCaseShift());
    }

    /** Whether a cell is of one of some use cases. */
    Column isOf(Collection<String> useCases) {
        return useCase()
                .isin(useCases.stream()
                        .map(name -> (long) lattice.useCases().indexOf(name))
                        .toArray());
    }

    /** Code of a dimension. */
    Column code(int dimension) {
        String word = (dimension < lattice.fixed() ? PLACE : FRAME) + lattice.word(dimension);
        return shiftrightunsigned(col(word), lattice.shift(dimension)).bitwiseAND(lit(lattice.codeMask(dimension)));
    }
}
