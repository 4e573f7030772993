package dev.winnow.stats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rate over all rows from judged rows, corrected for who gets judged: true if judging does not depend on the truth
 * within a stratum.
 *
 * <p>Source: Begg and Greenes (1983). rate = sum N_h / N * x_h / v_h, variance = sum (N_h / N)^2 p_h (1 - p_h) / v_h.
 *
 * @param rate corrected rate; null where no row is judged
 * @param variance of the rate; null where the rate is. It is 0 where the judged rows of each stratum agree, which is luck
 *     rather than precision: for intervals use {@link #effectiveTrials}
 * @param effectiveTrials how many rows, judged at random, would tell as much; 0 where no row is judged
 * @param groups what each stratum became, in the order given
 * @param pooled whether a stratum without judged rows borrowed from its neighbor
 * @param thin whether a group has less than five judged rows
 */
public record Stratified(
        @Nullable Double rate,
        @Nullable Double variance,
        double effectiveTrials,
        List<Stratum> groups,
        boolean pooled,
        boolean thin) {

    private static final int FEW_JUDGED = 5;

    /** Keeps the groups unmodifiable. */
    public Stratified {
        groups = List.copyOf(groups);
    }

    /**
     * Rows that are judged or not for the same reasons.
     *
     * @param rows all rows
     * @param judged rows that were judged, at most {@code rows}
     * @param errors judged rows that were wrong, at most {@code judged}
     */
    public record Stratum(long rows, long judged, long errors) {
        /** Refuses more errors than judged rows or more judged rows than rows. */
        public Stratum {
            if (!(errors >= 0 && errors <= judged && judged <= rows)) {
                throw new IllegalArgumentException(
                        "Expected 0 <= errors <= judged <= rows, got " + errors + ", " + judged + ", " + rows);
            }
        }

        private Stratum plus(Stratum other) {
            return new Stratum(rows + other.rows, judged + other.judged, errors + other.errors);
        }
    }

    /**
     * Corrects a rate.
     *
     * <p>A stratum with rows, none of them judged, is pooled with the nearest one that has judged rows, the earlier of two
     * equally near ones. Strata without rows are left out.
     *
     * @param strata in an order in which neighbors are alike, such as bands of confidence
     */
    public static Stratified of(List<Stratum> strata) {
        List<Stratum> groups = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < strata.size(); i++) {
            if (strata.get(i).judged > 0) {
                groups.add(strata.get(i));
                places.add(i);
            }
        }
        if (groups.isEmpty()) {
            return new Stratified(null, null, 0, List.of(), false, false);
        }
        boolean pooled = false;
        for (int i = 0; i < strata.size(); i++) {
            if (strata.get(i).judged == 0 && strata.get(i).rows > 0) {
                int nearest = 0;
                for (int g = 1; g < groups.size(); g++) {
                    if (Math.abs(places.get(g) - i) < Math.abs(places.get(nearest) - i)) {
                        nearest = g;
                    }
                }
                groups.set(nearest, groups.get(nearest).plus(strata.get(i)));
                pooled = true;
            }
        }
        return estimate(groups, pooled);
    }

    private static Stratified estimate(List<Stratum> groups, boolean pooled) {
        double all = groups.stream().mapToLong(Stratum::rows).sum();
        double judged = groups.stream().mapToLong(Stratum::judged).sum();
        double rate = 0;
        double variance = 0;
        double inverse = 0;
        for (Stratum group : groups) {
            double share = group.rows / all;
            double p = (double) group.errors / group.judged;
            rate += share * p;
            variance += share * share * p * (1 - p) / group.judged;
            inverse += share * share / group.judged;
        }
        rate = Math.min(1, rate);
        // Where no stratum shows variance, only the unequal weights are left to count (Kish 1965).
        double trials = Math.min(judged, variance > 0 ? rate * (1 - rate) / variance : 1 / inverse);
        boolean thin = groups.stream().anyMatch(group -> group.judged < FEW_JUDGED);
        return new Stratified(rate, variance, trials, groups, pooled, thin);
    }
}
