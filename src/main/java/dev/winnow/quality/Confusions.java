package dev.winnow.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Classes that are mixed up: the connected components of the confusion matrix, small confusions left out. */
final class Confusions {
    /** Labels of another class below which two classes are not called mixed up; chosen by judgement. */
    private static final long MIN_ITEMS = 5;

    private final SortedMap<String, SortedMap<String, Long>> counts = new TreeMap<>();

    /** Adds items that were predicted as one class and labeled as another, or the same. */
    void add(String predicted, String given, long items) {
        counts.computeIfAbsent(predicted, label -> new TreeMap<>()).merge(given, items, Long::sum);
    }

    /**
     * Returns each class that is mixed up with others, with all of its group but itself, sorted.
     *
     * @param share share of the items predicted as a class that must be labeled as the other one
     */
    Map<String, List<String>> groups(double share) {
        Map<String, SortedSet<String>> groups = new TreeMap<>();
        counts.forEach((predicted, byGiven) -> {
            long all = byGiven.values().stream().mapToLong(Long::longValue).sum();
            byGiven.forEach((given, items) -> {
                if (!given.equals(predicted) && items >= MIN_ITEMS && items >= share * all) {
                    SortedSet<String> group = group(groups, predicted);
                    group.addAll(group(groups, given));
                    group.forEach(label -> groups.put(label, group));
                }
            });
        });
        Map<String, List<String>> others = new TreeMap<>();
        groups.forEach((label, group) -> {
            List<String> rest = new ArrayList<>(group);
            rest.remove(label);
            others.put(label, List.copyOf(rest));
        });
        return others;
    }

    private static SortedSet<String> group(Map<String, SortedSet<String>> groups, String label) {
        return Objects.requireNonNull(groups.computeIfAbsent(label, one -> new TreeSet<>(List.of(one))));
    }
}
