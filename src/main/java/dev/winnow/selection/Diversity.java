package dev.winnow.selection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets images of different looks take turns (Cluster-Margin, Citovsky et al. 2021): among the best of a signal, the buckets of
 * their embeddings give one image each, the smallest first, then a second one, until all are used up.
 */
final class Diversity {
    /** An item, how many better ones its bucket has, and how large the bucket is. */
    private record Turn(PoolItem item, int round, @Nullable Integer bucket) {}

    private Diversity() {}

    /**
     * Orders the first {@code best} items by turns and leaves the others behind them as they are. Items without an embedding
     * share a bucket; without any embedding nothing changes.
     *
     * @param items best first
     */
    static List<PoolItem> ordered(List<PoolItem> items, int best) {
        List<PoolItem> first = items.subList(0, Math.min(best, items.size()));
        if (first.stream().allMatch(item -> item.bucket() == null)) {
            return items;
        }
        Map<@Nullable Integer, Integer> sizes = new HashMap<>();
        List<Turn> turns = new ArrayList<>();
        for (PoolItem item : first) {
            turns.add(new Turn(item, sizes.merge(item.bucket(), 1, Integer::sum), item.bucket()));
        }
        // The sort is stable, so what is equal stays in the order of scores.
        turns.sort(Comparator.comparingInt(Turn::round).thenComparingInt(turn -> sizes.get(turn.bucket)));
        List<PoolItem> ordered = new ArrayList<>(turns.stream().map(Turn::item).toList());
        ordered.addAll(items.subList(first.size(), items.size()));
        return ordered;
    }
}
