package dev.winnow.quality;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How right the labels of each class are, by interval of confidence. */
final class QaTable {
    private final int buckets;
    private final SortedMap<String, List<QaCell>> classes = new TreeMap<>();

    /**
     * Creates a table.
     *
     * @param buckets intervals of confidence
     * @param classes class to its cells, lowest confidence first
     */
    QaTable(int buckets, Map<String, List<QaCell>> classes) {
        this.buckets = buckets;
        classes.forEach((label, cells) -> {
            if (cells.size() != buckets) {
                throw new IllegalArgumentException(
                        "Expected " + buckets + " cells of " + label + ", got " + cells.size());
            }
            this.classes.put(label, List.copyOf(cells));
        });
    }

    /** Class to its cells, sorted. */
    SortedMap<String, List<QaCell>> classes() {
        return classes;
    }

    /** One class over all intervals. */
    QaCell ofClass(String label) {
        return sum(Objects.requireNonNull(classes.get(label), label));
    }

    /** One interval over all classes. */
    QaCell ofBucket(int bucket) {
        return sum(classes.values().stream().map(cells -> cells.get(bucket)).toList());
    }

    /** Everything. */
    QaCell all() {
        return sum(IntStream.range(0, buckets).mapToObj(this::ofBucket).toList());
    }

    /**
     * Mean over classes of the share that is right.
     *
     * @param share fraction; null where no class has items
     * @param classes how many classes it is the mean of
     */
    record Average(@Nullable Double share, int classes) {}

    /**
     * Averages the classes in one interval.
     *
     * @param emptyAsZero whether a class without items counts as never right, which is how the published tables were
     *     made, or is left out
     */
    Average average(int bucket, boolean emptyAsZero) {
        return average(classes.values().stream().map(cells -> cells.get(bucket)).toList(), emptyAsZero);
    }

    /** Averages the classes over all intervals. */
    Average average(boolean emptyAsZero) {
        return average(classes.values().stream().map(QaTable::sum).toList(), emptyAsZero);
    }

    private static Average average(List<QaCell> cells, boolean emptyAsZero) {
        List<QaCell> counted =
                cells.stream().filter(cell -> emptyAsZero || cell.total() > 0).toList();
        OptionalDouble mean = counted.stream()
                .mapToDouble(cell -> Objects.requireNonNullElse(cell.correctShare(), 0.0))
                .average();
        return new Average(mean.isPresent() ? mean.getAsDouble() : null, counted.size());
    }

    static QaCell sum(List<QaCell> cells) {
        return cells.stream().reduce(QaCell.EMPTY, QaCell::plus);
    }
}
