package dev.winnow.candidates;

import dev.winnow.segments.ExposureDaily;
import dev.winnow.stats.AdditiveLogit;
import dev.winnow.stats.Isotonic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What judged alarms of one use case say beyond their confidence c, as additive effects on the log-odds that an alarm is
 * wrong: ln((1 - c) / c) + all + confidence(c) + label + version + site + dimensions + camera.
 *
 * <p>Every effect is 0 until evidence moves it, see {@link AdditiveLogit}, so that without evidence the risk is 1 - c. The
 * camera is one of the factors because its alarms are no independent evidence: what a single bad camera shows is its own
 * before it is that of its site or of the night. That the correction of a confidence is a step function of twenty bins
 * would tie what lies in a bin, so it is interpolated between their centers, and the more confident alarm is never the
 * riskier one where all else is equal (isotonic, pool adjacent violators).
 *
 * <p>It takes judging to depend on the truth only by what the factors know: customers who judge wrong alarms rather than
 * right ones shift {@code all} alike for all, and with it the level of every risk, but not the order.
 *
 * @param curves per class with enough judged alarms, the correction of its confidence at the center of each bin: {@code
 *     all}, {@code confidence} and {@code label} together, log-odds. Other classes keep plain confidence
 * @param effects one per factor and value, in order
 */
record RiskModel(Map<String, List<Double>> curves, List<Effect> effects) {
    /** The factor that everything has. */
    static final String ALL = "all";

    /** The factor of the confidence; its values are the lower edges of the bins. */
    static final String CONFIDENCE = "confidence";

    /** The factor of the class. */
    static final String LABEL = "label";

    /** Judged alarms of a class below which its confidence is taken as it is. */
    static final long MIN_JUDGED = 50;

    /** Confidences nearer to 0 or 1 count as this far from it. */
    static final double EDGE = 1e-6;

    /** Share of what confidence alone says that no correction takes away, so that it orders what is alike; by judgement. */
    private static final double LEAST_SLOPE = 0.1;

    private static final int BINS = ExposureDaily.BINS;

    /** Places of the factors that every model has. */
    private static final int OF_ALL = 0;

    private static final int OF_CONFIDENCE = 1;
    private static final int OF_LABEL = 2;

    /**
     * Judged alarms that are alike.
     *
     * @param label predicted class
     * @param values value of each factor beside confidence and class
     * @param bin bin of confidence, see {@link ExposureDaily#BINS}
     * @param wrong those that were wrong, at most {@code judged}
     * @param judged all of them, positive
     */
    record Judged(String label, List<String> values, int bin, long wrong, long judged) {}

    /**
     * What one value says.
     *
     * @param factor name of a factor
     * @param value its value; empty for {@link #ALL}
     * @param judged judged alarms with it
     * @param wrong those that were wrong
     * @param expected those that plain confidence lets expect
     * @param logOdds effect; null for a class that keeps plain confidence
     */
    record Effect(
            String factor,
            String value,
            long judged,
            long wrong,
            double expected,
            @Nullable Double logOdds) {}

    /** Knows nothing: every alarm keeps plain confidence. */
    static final RiskModel NOTHING = new RiskModel(Map.of(), List.of());

    /**
     * Learns from judged alarms; their order changes nothing.
     *
     * @param factors names of {@link Judged#values}
     */
    static RiskModel learn(List<String> factors, List<Judged> alarms) {
        if (alarms.isEmpty()) {
            return NOTHING;
        }
        List<String> names = new ArrayList<>(List.of(ALL, CONFIDENCE, LABEL));
        names.addAll(factors);
        List<Map<String, Integer>> codes = codes(names.size(), alarms);
        List<AdditiveLogit.Cell> cells = new ArrayList<>();
        for (Judged alarm : alarms) {
            List<String> values = values(alarm);
            List<Integer> levels = IntStream.range(0, values.size())
                    .mapToObj(factor -> code(codes, factor, values.get(factor)))
                    .toList();
            cells.add(new AdditiveLogit.Cell(plain(center(alarm.bin)), levels, alarm.wrong, alarm.judged));
        }
        AdditiveLogit fit =
                AdditiveLogit.fit(cells, codes.stream().map(Map::size).toList());
        Map<List<String>, long[]> counts = counts(names, alarms);
        double[] correction = correction(fit, counts);
        Map<String, List<Double>> curves = new TreeMap<>();
        List<Effect> effects = new ArrayList<>();
        for (int factor = 0; factor < names.size(); factor++) {
            for (Map.Entry<String, Integer> value : codes.get(factor).entrySet()) {
                String name = names.get(factor);
                long[] count = counts.getOrDefault(List.of(name, value.getKey()), new long[BINS + 1]);
                long judged = Arrays.stream(count, 0, BINS).sum();
                double effect =
                        factor == OF_CONFIDENCE ? correction[value.getValue()] : fit.effect(factor, value.getValue());
                boolean plain = factor == OF_LABEL && judged < MIN_JUDGED;
                effects.add(
                        new Effect(name, value.getKey(), judged, count[BINS], expected(count), plain ? null : effect));
                if (factor == OF_LABEL && !plain) {
                    curves.put(
                            value.getKey(),
                            Arrays.stream(correction)
                                    .mapToObj(c -> c + fit.effect(OF_ALL, 0) + effect)
                                    .toList());
                }
            }
        }
        return new RiskModel(curves, effects);
    }

    /** Confidence in the middle of a bin. */
    static double center(int bin) {
        return (bin + 0.5) / BINS;
    }

    /** Log-odds of an error that a confidence inside (0, 1) lets expect if it is taken at its word. */
    static double plain(double confidence) {
        return AdditiveLogit.logOdds(1 - confidence);
    }

    private static List<String> values(Judged alarm) {
        List<String> values = new ArrayList<>(List.of("", edge(alarm.bin), alarm.label));
        values.addAll(alarm.values);
        return values;
    }

    /** Numbers the values of each factor in their order, so that the order of alarms is of no account. */
    private static List<Map<String, Integer>> codes(int factors, List<Judged> alarms) {
        List<Map<String, Integer>> codes = new ArrayList<>();
        IntStream.range(0, factors).forEach(factor -> codes.add(new TreeMap<>()));
        IntStream.range(0, BINS).forEach(bin -> codes.get(OF_CONFIDENCE).put(edge(bin), bin));
        for (Judged alarm : alarms) {
            List<String> values = values(alarm);
            IntStream.range(0, factors).forEach(factor -> codes.get(factor).put(values.get(factor), 0));
        }
        for (Map<String, Integer> ofFactor : codes) {
            int next = 0;
            for (Map.Entry<String, Integer> code : ofFactor.entrySet()) {
                code.setValue(next++);
            }
        }
        return codes;
    }

    private static int code(List<Map<String, Integer>> codes, int factor, String value) {
        return codes.get(factor).getOrDefault(value, 0);
    }

    private static String edge(int bin) {
        return String.format(Locale.ROOT, "%.2f", (double) bin / BINS);
    }

    /** Judged alarms by factor and value: by bin of confidence, and after them those that were wrong. */
    private static Map<List<String>, long[]> counts(List<String> names, List<Judged> alarms) {
        Map<List<String>, long[]> counts = new HashMap<>();
        for (Judged alarm : alarms) {
            List<String> values = values(alarm);
            for (int factor = 0; factor < values.size(); factor++) {
                long[] count = counts.computeIfAbsent(
                        List.of(names.get(factor), values.get(factor)), key -> new long[BINS + 1]);
                count[alarm.bin] += alarm.judged;
                count[BINS] += alarm.wrong;
            }
        }
        return counts;
    }

    private static double expected(long[] count) {
        return IntStream.range(0, BINS)
                .mapToDouble(bin -> count[bin] * (1 - center(bin)))
                .sum();
    }

    /** Effects of the bins, changed as little as lets risk fall with confidence; a bin weighs one alarm more than it has. */
    private static double[] correction(AdditiveLogit fit, Map<List<String>, long[]> counts) {
        double[] rising = new double[BINS];
        double[] weights = new double[BINS];
        long[] all = counts.getOrDefault(List.of(ALL, ""), new long[BINS + 1]);
        for (int bin = 0; bin < BINS; bin++) {
            rising[bin] = fit.effect(OF_CONFIDENCE, bin) + (1 - LEAST_SLOPE) * plain(center(bin));
            weights[bin] = all[bin] + 1.0;
        }
        double[] falling = Isotonic.falling(rising, weights);
        return IntStream.range(0, BINS)
                .mapToDouble(bin -> falling[bin] - (1 - LEAST_SLOPE) * plain(center(bin)))
                .toArray();
    }
}
