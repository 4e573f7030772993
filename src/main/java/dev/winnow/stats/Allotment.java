package dev.winnow.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Splits a whole number by weights. */
public final class Allotment {
    /** Least standard deviation of a rate by {@link #neyman}: a rate that looks certain is not. */
    private static final double LEAST_DEVIATION = 0.05;

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
     * others by their weights.
     *
     * @param total not negative
     * @param weights name to a weight of at least 0
     * @param limits name to the most it can take; who is not named takes nothing
     * @return name to its share, in name order; the shares sum to {@code total}, or to all that those with a positive
     *     weight can take if that is less
     */
    public static Map<String, Integer> withinLimits(
            int total, Map<String, Double> weights, Map<String, Integer> limits) {
        return withinLimits(total, weights, Map.of(), limits);
    }

    /**
     * Splits as {@link #largestRemainder} does, but gives nobody less than a floor or more than a limit (water-filling):
     * each has the same multiple of its weight, rounded, as far as its bounds allow.
     *
     * <p>A round clamps those beyond their bounds on one side, and the next shares what they leave by the other weights, so
     * there are no more rounds than names. Both sides at once would be wrong: clamping one side changes what the others
     * are to have, and may bring the other side back within its bounds. Those of the side that is farther off in sum stay
     * beyond theirs whatever becomes of the rest.
     *
     * @param total not negative
     * @param weights name to a weight of at least 0; one of 0 has its floor
     * @param floors name to the least it is to have, not above its limit; who is not named has none. Floors that ask for
     *     more than {@code total} are lowered in proportion, by largest remainder
     * @param limits name to the most it can take; who is not named takes nothing
     * @return name to its share, in name order; the shares sum to {@code total}, or to the limits of those with a positive
     *     weight and the floors of the others if that is less
     */
    public static Map<String, Integer> withinLimits(
            int total, Map<String, Double> weights, Map<String, Integer> floors, Map<String, Integer> limits) {
        Map<String, Integer> least = lowered(total, floors);
        Map<String, Integer> shares = new TreeMap<>();
        Map<String, Double> open = new TreeMap<>(weights);
        int left = total;
        while (true) {
            Map<String, Integer> round = largestRemainder(left, open);
            Map<String, Integer> above = new TreeMap<>();
            Map<String, Integer> below = new TreeMap<>();
            long excess = 0;
            long shortfall = 0;
            for (Map.Entry<String, Integer> share : round.entrySet()) {
                String name = share.getKey();
                int most = limits.getOrDefault(name, 0);
                int fewest = least.getOrDefault(name, 0);
                if (share.getValue() > most) {
                    above.put(name, most);
                    excess += share.getValue() - most;
                } else if (share.getValue() < fewest) {
                    below.put(name, fewest);
                    shortfall += fewest - share.getValue();
                }
            }
            if (above.isEmpty() && below.isEmpty()) {
                shares.putAll(round);
                return shares;
            }
            for (Map.Entry<String, Integer> clamped : (excess >= shortfall ? above : below).entrySet()) {
                shares.put(clamped.getKey(), clamped.getValue());
                left -= clamped.getValue();
                open.remove(clamped.getKey());
            }
        }
    }

    /**
     * Returns the weight of a stratum by which a sample estimates the rate of all strata best (Neyman 1934), at equal cost
     * of labels: its size times the standard deviation of one item, sqrt(p (1 - p)), at least 0.05.
     *
     * @param items in the stratum, not negative
     * @param rate supposed, fraction in [0, 1]
     */
    public static double neyman(long items, double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("Expected a rate in [0, 1], got " + rate);
        }
        return items * Math.max(LEAST_DEVIATION, Math.sqrt(rate * (1 - rate)));
    }

    private static Map<String, Integer> lowered(int total, Map<String, Integer> floors) {
        if (floors.values().stream().mapToLong(Integer::longValue).sum() <= total) {
            return floors;
        }
        Map<String, Double> weights = new TreeMap<>();
        floors.forEach((name, floor) -> weights.put(name, (double) floor));
        return largestRemainder(total, weights);
    }
}
