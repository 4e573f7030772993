package dev.winnow.outcomes;

import dev.winnow.config.OutcomeSettings;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Digest;
import dev.winnow.stats.IncompleteBeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * New weights of signals, by what their labels brought.
 *
 * <p>Thompson (1933) sampling: each signal's yield is drawn from what is known of it, so that a signal of which little is
 * known gets its chance, and weights go towards the draws in proportion. The draw is a quantile of the posterior at a hash
 * of pipeline, run date, use case and signal: the same run proposes the same weights. The posterior is the beta one of
 * the yield shrunk to that of all signals, on effective numbers of labels.
 */
final class SignalWeights {
    private static final double UNIT = 0x1p-52;

    private final OutcomeSettings.Weights settings;
    private final String seed;

    /** Proposes within settings; {@code seed} is what the draws depend on. */
    SignalWeights(OutcomeSettings.Weights settings, String seed) {
        this.settings = settings;
        this.seed = seed;
    }

    /**
     * Proposes weights.
     *
     * @param weights signal to its weight now, positive
     * @param yields signal to all labels it speaks for, the audit and what has no weight too: they tell how yields spread
     * @param locked whether a signal keeps its weight
     * @return signal to its weight, in [0, 1]; they sum to 1 and none moves by more than a step
     */
    Map<String, Double> propose(Map<String, Double> weights, Map<String, ClusterSums> yields, List<String> locked) {
        double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Double> proposed = new TreeMap<>();
        weights.forEach((signal, weight) -> proposed.put(signal, weight / all));
        List<String> free =
                proposed.keySet().stream().filter(s -> !locked.contains(s)).toList();
        double left =
                free.stream().mapToDouble(s -> proposed.getOrDefault(s, 0.0)).sum();
        Map<String, Double> draws = draws(free, yields);
        double drawn = draws.values().stream().mapToDouble(Double::doubleValue).sum();
        int n = free.size();
        double[] target = new double[n];
        double[] low = new double[n];
        double[] high = new double[n];
        for (int i = 0; i < n; i++) {
            target[i] = left * draws.getOrDefault(free.get(i), 0.0) / drawn;
            low[i] = settings.low();
            high[i] = settings.high();
        }
        if (settings.low() * n <= left && left <= settings.high() * n) {
            target = nearest(target, low, high, left);
        }
        for (int i = 0; i < n; i++) {
            double weight = proposed.getOrDefault(free.get(i), 0.0);
            // A weight that lies outside of the range may come back; it goes no further.
            low[i] = Math.max(weight - settings.step(), Math.min(settings.low(), weight));
            high[i] = Math.min(weight + settings.step(), Math.max(settings.high(), weight));
        }
        double[] moved = nearest(target, low, high, left);
        for (int i = 0; i < n; i++) {
            proposed.put(free.get(i), moved[i]);
        }
        return proposed;
    }

    private Map<String, Double> draws(List<String> signals, Map<String, ClusterSums> yields) {
        List<String> names = new ArrayList<>(new TreeMap<>(yields).keySet());
        double[] x = new double[names.size()];
        double[] n = new double[names.size()];
        for (int i = 0; i < x.length; i++) {
            ClusterSums labels = yields.getOrDefault(names.get(i), ClusterSums.EMPTY);
            Double rate = labels.rate();
            Double similarity = labels.intraClassCorrelation();
            n[i] = labels.effectiveTrials(similarity == null ? 0 : similarity);
            x[i] = rate == null ? 0 : rate * n[i];
        }
        BetaBinomial prior = BetaBinomial.fit(x, n);
        Map<String, Double> draws = new TreeMap<>();
        for (String signal : signals) {
            int at = names.indexOf(signal);
            double found = at < 0 ? 0 : x[at];
            double labels = at < 0 ? 0 : n[at];
            double draw =
                    IncompleteBeta.quantile(uniform(signal), found + prior.alpha(), labels - found + prior.beta());
            // A draw of 0 for all would leave nothing to share by.
            draws.put(signal, Math.max(draw, 1e-9));
        }
        return draws;
    }

    /** A number inside (0, 1). */
    private double uniform(String signal) {
        long bits = Long.parseLong(new Digest().add(seed).add(signal).hex(13), 16);
        return (bits + 0.5) * UNIT;
    }

    /**
     * Returns the point nearest to a target whose elements lie within bounds and sum to a total: each element is the
     * target's plus one shift for all, cut at its bounds.
     *
     * @param total between the sums of the bounds
     */
    static double[] nearest(double[] target, double[] low, double[] high, double total) {
        double below = Double.POSITIVE_INFINITY;
        double above = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < target.length; i++) {
            below = Math.min(below, low[i] - target[i]);
            above = Math.max(above, high[i] - target[i]);
        }
        double[] point = shifted(target, low, high, below);
        // The sum rises with the shift; halving an interval of doubles ends.
        for (double middle = (below + above) / 2; below < middle && middle < above; middle = (below + above) / 2) {
            point = shifted(target, low, high, middle);
            double sum = 0;
            for (double element : point) {
                sum += element;
            }
            if (sum < total) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return point;
    }

    private static double[] shifted(double[] target, double[] low, double[] high, double shift) {
        double[] point = new double[target.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = Math.max(low[i], Math.min(high[i], target[i] + shift));
        }
        return point;
    }
}
