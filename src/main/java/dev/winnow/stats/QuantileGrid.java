package dev.winnow.stats;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Quantiles from counts on a fixed grid of numbers with four significant digits.
 *
 * <p>The grid does not depend on the data, so counts add up whatever way rows are split, and a quantile is the same for
 * any split. It holds 9,000 numbers for each power of ten from 1e-6 to 1e12, either sign, and 0: at most 324,003. A
 * number counts at the nearest grid number that is not above it, so how many numbers lie below a grid number is exact.
 */
public final class QuantileGrid {
    private static final MathContext DOWN = new MathContext(4, RoundingMode.FLOOR);

    private static final double SMALLEST = 1e-6;
    private static final double LARGEST = 1e12;

    private QuantileGrid() {}

    /**
     * Returns the largest number of the grid that is not above {@code number}, which may be infinite; -1e12 where there
     * is none. Between -1e-6 and 1e-6 the grid has only those two and 0.
     *
     * @throws IllegalArgumentException for NaN
     */
    public static double floor(double number) {
        if (Double.isNaN(number)) {
            throw new IllegalArgumentException("Expected a number, got NaN");
        }
        if (Math.abs(number) >= LARGEST) {
            return number > 0 ? LARGEST : -LARGEST;
        }
        if (Math.abs(number) < SMALLEST) {
            return number < 0 ? -SMALLEST : 0;
        }
        // By its decimal text: 0.3 is 0.3 here, though the double of that name is a little less.
        return BigDecimal.valueOf(number).round(DOWN).doubleValue();
    }

    /**
     * Returns the edges that split what was counted into {@code bins} parts as equal as the grid and ties allow, ascending;
     * a part is what lies from its edge up to the next. For each share i/bins that is the grid number with the nearest
     * share below it, the lower one of two. Fewer edges than {@code bins - 1} where many numbers are equal, none where all
     * are.
     *
     * @param counts grid number to how many numbers count there, positive
     * @param bins parts, at least 2
     */
    public static List<Double> edges(NavigableMap<Double, Long> counts, int bins) {
        if (bins < 2) {
            throw new IllegalArgumentException("Expected at least 2 bins, got " + bins);
        }
        NavigableMap<Long, Double> byCountBelow = new TreeMap<>();
        long below = 0;
        for (Map.Entry<Double, Long> entry : counts.entrySet()) {
            if (below > 0) { // an edge at the smallest number would leave nothing below it
                byCountBelow.put(below, entry.getKey());
            }
            below += entry.getValue();
        }
        NavigableSet<Double> edges = new TreeSet<>();
        for (int part = 1; part < bins && !byCountBelow.isEmpty(); part++) {
            double aim = (double) below * part / bins;
            Map.Entry<Long, Double> low = byCountBelow.floorEntry((long) aim);
            Map.Entry<Long, Double> high = byCountBelow.higherEntry((long) aim);
            boolean nearer = low == null || (high != null && high.getKey() - aim < aim - low.getKey());
            edges.add(Objects.requireNonNull(nearer ? high : low).getValue());
        }
        return List.copyOf(edges);
    }
}
