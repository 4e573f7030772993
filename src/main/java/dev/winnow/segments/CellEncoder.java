package dev.winnow.segments;

import dev.winnow.inputs.Inferences;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Looks up the codes of a cell: use case, camera, then the lattice's dimensions, as strings in that order. */
final class CellEncoder {
    private final Map<String, Integer> useCases;
    private final Map<String, Integer> cameras;
    private final List<Map<String, Integer>> values = new ArrayList<>();

    // Of the row before, by column: tables are sorted, so a value mostly comes again.
    private final @Nullable String[] last;
    private final int[] lastCode;

    CellEncoder(Lattice lattice) {
        useCases = places(lattice.useCases());
        cameras = places(lattice.cameras());
        for (int d = 0; d < lattice.dimensions().size(); d++) {
            values.add(places(lattice.values(d)));
        }
        last = new String[2 + values.size()];
        lastCode = new int[last.length];
    }

    private static Map<String, Integer> places(List<String> values) {
        Map<String, Integer> places = new HashMap<>(2 * values.size());
        for (int i = 0; i < values.size(); i++) {
            places.put(values.get(i), i);
        }
        return places;
    }

    int useCase(Row row) {
        return code(useCases, row, 0);
    }

    int camera(Row row) {
        return code(cameras, row, 1);
    }

    /** Sets the code of every dimension. */
    void codes(Row row, int[] codes) {
        for (int d = 0; d < codes.length; d++) {
            codes[d] = code(values.get(d), row, d + 2);
        }
    }

    /** A column's value; null is {@code __NULL__}. */
    static String value(Row row, int column) {
        String value = row.getString(column);
        return value == null ? Inferences.NULL_VALUE : value;
    }

    private int code(Map<String, Integer> places, Row row, int column) {
        String value = value(row, column);
        if (value.equals(last[column])) {
            return lastCode[column];
        }
        Integer place = places.get(value);
        if (place == null) {
            throw new IllegalStateException(
                    "The lattice does not know " + value + " of column " + column + "; it was made from other cells");
        }
        last[column] = value;
        lastCode[column] = place;
        return place;
    }
}
