package dev.winnow.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What labels of one use case may cost and which predictions are worth one.
 *
 * @param budget images to label per round
 * @param auditShare share of the budget drawn uniformly from all frames, fraction
 * @param modelCheckShare share of the budget drawn uniformly from the day's images that a model looked at, fraction; at
 *     most what the audit leaves
 * @param signalWeights signal name (kebab case) to its weight in the rest of the budget
 * @param maxPerCamera images per camera in a round; the audit is not capped
 * @param maxSiteShare images per site over the budget, fraction; the audit is not capped
 * @param thresholds thresholds of a class that {@code classes} does not name
 * @param classes class to its own thresholds
 * @param labels label categories offered to annotators; empty: the classes seen in the round
 */
public record UseCaseSettings(
        int budget,
        double auditShare,
        double modelCheckShare,
        Map<String, Double> signalWeights,
        int maxPerCamera,
        double maxSiteShare,
        ClassThresholds thresholds,
        Map<String, ClassThresholds> classes,
        List<String> labels) {

    /** Kebab-case names of the signals that share the budget beside the audit. */
    public static final List<String> SIGNALS = List.of("boundary", "low-confidence", "rare-class");

    /**
     * Where one class is unsure.
     *
     * @param alarmThreshold confidence at which the product raises an alarm: the decision boundary, [0, 1]
     * @param boundaryBand half width of the band around the alarm threshold, confidence
     * @param lowConfidenceBelow confidence below which a prediction counts as unsure, [0, 1]
     */
    public record ClassThresholds(double alarmThreshold, double boundaryBand, double lowConfidenceBelow) {
        static ClassThresholds read(Section section) {
            return new ClassThresholds(
                    section.number("alarm-threshold", 0, 1),
                    section.number("boundary-band", 0.001, 1),
                    section.number("low-confidence-below", 0, 1));
        }
    }

    /** Returns the thresholds that hold for {@code label}. */
    public ClassThresholds thresholds(String label) {
        return classes.getOrDefault(label, thresholds);
    }

    static UseCaseSettings read(Section section) {
        Map<String, Double> weights = section.object("signals", signals -> {
            Map<String, Double> read = new TreeMap<>();
            for (String signal : SIGNALS) {
                read.put(signal, signals.number(signal, 0, 1_000));
            }
            return read;
        });
        Map<String, ClassThresholds> classes = section.entries("classes", "default", ClassThresholds::read);
        ClassThresholds thresholds = classes.getOrDefault("default", new ClassThresholds(0.5, 0.1, 0.5));
        return new UseCaseSettings(
                section.integer("budget", 0, 1_000_000),
                section.number("audit-share", 0, 1),
                section.number("model-check-share", 0, 1),
                weights,
                section.integer("max-per-camera", 1, 1_000_000),
                section.number("max-site-share", 0, 1),
                thresholds,
                classes,
                section.texts("labels"));
    }
}
