package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import dev.winnow.tables.TableDef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/** The worst segments of each use case in order, and the first of them that an inference lies in. */
public final class WorstSegments {
    /** Built-in dimension: the class, as cells name it. */
    public static final String LABEL = "label";

    /** Built-in dimension: the model version. */
    public static final String MODEL_VERSION = "model_version";

    /** Built-in dimension: the site. */
    public static final String SITE = "site";

    /** A segment and the value that it asks of each of its dimensions. */
    private record Segment(String name, Map<String, String> values) {}

    private final Map<String, List<Segment>> byUseCase;

    private WorstSegments(Map<String, List<Segment>> byUseCase) {
        this.byUseCase = byUseCase;
    }

    /**
     * Reads segments.
     *
     * @param ranked use case, name, dimensions and their values, in this order of columns; worst first, few
     */
    public static WorstSegments of(List<Row> ranked) {
        Map<String, List<Segment>> segments = new TreeMap<>();
        for (Row row : ranked) {
            List<String> dimensions = row.getList(2);
            List<String> asked = row.getList(3);
            Map<String, String> values = new TreeMap<>();
            for (int i = 0; i < dimensions.size(); i++) {
                values.put(dimensions.get(i), asked.get(i));
            }
            segments.computeIfAbsent(row.getString(0), useCase -> new ArrayList<>())
                    .add(new Segment(row.getString(1), values));
        }
        return new WorstSegments(segments);
    }

    /** Returns whether there is no segment at all. */
    public boolean isEmpty() {
        return byUseCase.isEmpty();
    }

    /** Returns the name of the first segment of a use case that asks for nothing but these values; null if none does. */
    public @Nullable String first(String useCase, Map<String, String> values) {
        for (Segment segment : byUseCase.getOrDefault(useCase, List.of())) {
            if (values.entrySet().containsAll(segment.values.entrySet())) {
                return segment.name;
            }
        }
        return null;
    }

    /**
     * Returns the name of the first segment of its use case that a row lies in; null if it lies in none. A segment that
     * asks for a dimension that rows do not have holds none of them.
     *
     * <p>A function of our own: as an expression, some hundred comparisons make a method longer than the JVM compiles.
     *
     * @param label class of the row, as cells name it
     * @param dimensions configured dimensions of the row
     */
    public Column first(Column label, Collection<String> dimensions) {
        Map<String, Column> known = new HashMap<>();
        dimensions.forEach(name -> known.put(name, col(TableDef.dimensionColumn(name))));
        known.put(LABEL, label);
        known.put(MODEL_VERSION, col(Inferences.MODEL_VERSION));
        known.put(SITE, col(Inferences.SITE_ID));
        TreeSet<String> asked = new TreeSet<>();
        byUseCase.values().forEach(segments -> segments.forEach(segment -> asked.addAll(segment.values.keySet())));
        asked.retainAll(known.keySet());
        List<String> order = List.copyOf(asked);
        Map<String, List<Placed>> placed = new HashMap<>();
        byUseCase.forEach((useCase, segments) -> placed.put(
                useCase,
                segments.stream()
                        .filter(segment -> order.containsAll(segment.values.keySet()))
                        .map(segment -> Placed.of(segment, order))
                        .toList()));
        if (placed.values().stream().allMatch(List::isEmpty)) {
            return lit(null).cast(DataTypes.StringType);
        }
        Column[] values = order.stream()
                .map(name -> Objects.requireNonNull(known.get(name)).as(name))
                .toArray(Column[]::new);
        return udf(new First(placed), DataTypes.StringType).apply(col(Inferences.USE_CASE), struct(values));
    }

    /** What a segment asks of the value at a place. */
    private record Asked(int place, String value) implements Serializable {}

    /** A segment by the places of its dimensions. */
    private record Placed(String name, List<Asked> asked) implements Serializable {
        static Placed of(Segment segment, List<String> order) {
            List<Asked> asked = new ArrayList<>();
            segment.values.forEach((name, value) -> asked.add(new Asked(order.indexOf(name), value)));
            return new Placed(segment.name, asked);
        }

        boolean holds(Row values) {
            for (Asked dimension : asked) {
                if (!dimension.value.equals(values.get(dimension.place))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Travels to executors. */
    private record First(Map<String, List<Placed>> byUseCase) implements UDF2<String, Row, String> {
        @Override
        public @Nullable String call(String useCase, Row values) {
            for (Placed segment : byUseCase.getOrDefault(useCase, List.of())) {
                if (segment.holds(values)) {
                    return segment.name;
                }
            }
            return null;
        }
    }
}
