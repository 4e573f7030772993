package dev.winnow.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Splits a whole number by weights. */
public final class Allotment {
    private Allotment() {}

    /**
     * Splits {@code total} in proportion to the weights by largest remainder (Hamilton); ties go to the first name.
     *
     * @param total not negative
     * @param weights name to a weight of at least 0; all 0 gives everybody 0
     * @return name to its share, in name order; the shares sum to {@code total} where a weight is positive
     */
    public static Map<String, Integer> largestRemainder(int total, Map<String, Double> weights) {
        double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Integer> shares = new TreeMap<>();
        List<Map.Entry<String, Double>> remainders = new ArrayList<>();
        int left = total;
        for (Map.Entry<String, Double> entry : new TreeMap<>(weights).entrySet()) {
            double exact = sum == 0 ? 0 : total * entry.getValue() / sum;
            int floor = (int) Math.floor(exact);
            shares.put(entry.getKey(), floor);
            left -= floor;
            if (entry.getValue() > 0) {
                remainders.add(Map.entry(entry.getKey(), exact - floor));
            }
        }
        // Equal remainders may differ in the last bits; a billionth of a label is no reason to break name order.
        remainders.sort(Comparator.<Map.Entry<String, Double>>comparingLong(e -> -Math.round(e.getValue() * 1e9))
                .thenComparing(Map.Entry::getKey));
        for (int i = 0; i < left && !remainders.isEmpty(); i++) {
            shares.merge(remainders.get(i % remainders.size()).getKey(), 1, Integer::sum);
        }
        return shares;
    }

    /**
     * Splits as {@link #largestRemainder} does, but gives nobody more than a limit: what one can't take goes to the
     * others by their weights (water-filling, at most one round per name).
     *
     * @param total not negative
     * @param weights name to a weight of at least 0
     * @param limits name to the most it can take, for every name of {@code weights}
     * @return name to its share, in name order; the shares sum to {@code total}, or to all that those with a positive
     *     weight can take if that is less
     */
    public static Map<String, Integer> withinLimits(
            int total, Map<String, Double> weights, Map<String, Integer> limits) {
        Map<String, Integer> shares = new TreeMap<>();
        Map<String, Double> open = new TreeMap<>(weights);
        int left = total;
        while (true) {
            Map<String, Integer> round = largestRemainder(left, open);
            List<String> full = round.entrySet().stream()
                    .filter(share -> share.getValue() > limits.getOrDefault(share.getKey(), 0))
                    .map(Map.Entry::getKey)
                    .toList();
            if (full.isEmpty()) {
                shares.putAll(round);
                return shares;
            }
            for (String name : full) {
                int limit = limits.getOrDefault(name, 0);
                shares.put(name, limit);
                left -= limit;
                open.remove(name);
            }
        }
    }
}
