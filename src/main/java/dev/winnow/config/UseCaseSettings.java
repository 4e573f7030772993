package dev.winnow.config;

import java.time.Duration;
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
 * @param signalBounds signal name (kebab case) to the fewest and the most images it is to have; who is not named has
 *     neither
 * @param segmentAllocation what the alarms of elevated segments are labeled for
 * @param uncertainty what LOW_CONFIDENCE goes by
 * @param boxes how an image is scored where rows are boxes
 * @param versionsDisagree whether an image on which model versions disagree counts as confidently wrong
 * @param diversity pool of a signal, as a multiple of its share of the budget, from which buckets of embeddings take turns;
 *     0: by score alone
 * @param caps most that one source gives
 * @param thresholds thresholds of a class that {@code classes} does not name
 * @param classes class to its own thresholds
 * @param labels label categories offered to annotators; empty: the classes seen in the round
 */
public record UseCaseSettings(
        int budget,
        double auditShare,
        double modelCheckShare,
        Map<String, Double> signalWeights,
        Map<String, Bounds> signalBounds,
        SegmentAllocation segmentAllocation,
        Uncertainty uncertainty,
        Boxes boxes,
        boolean versionsDisagree,
        int diversity,
        Caps caps,
        ClassThresholds thresholds,
        Map<String, ClassThresholds> classes,
        List<String> labels) {

    /** Kebab-case names of the signals that share the budget beside the audit. */
    public static final List<String> SIGNALS =
            List.of("boundary", "confident-wrong", "elevated-segment", "error-risk", "low-confidence", "rare-class");

    /**
     * The fewest and the most images that a signal is to have in a round.
     *
     * @param min it has these before weights share what is left, also without a weight, if it has so many candidates
     * @param max not less
     */
    public record Bounds(int min, int max) {
        /** What holds for signals that are not named. */
        public static final Bounds NONE = new Bounds(0, Integer.MAX_VALUE);

        /** Whether a share is within. */
        public boolean allow(int images) {
            return images >= min && images <= max;
        }

        private static Bounds read(Section section) {
            int min = section.has("min") ? section.integer("min", 0, 1_000_000) : NONE.min;
            int max = section.has("max") ? section.integer("max", 0, 1_000_000) : NONE.max;
            if (min > max) {
                section.problem("min", " = " + min + " is above max = " + max);
                return NONE;
            }
            return new Bounds(min, max);
        }
    }

    /**
     * How an image is scored by its boxes.
     *
     * @param score what its boxes make of it
     * @param floor confidence below which a box does not count, [0, 1]
     */
    public record Boxes(ImageScore score, double floor) {
        /** What holds where rows are images. */
        public static final Boxes NONE = new Boxes(ImageScore.MAX, 0);

        private static Boxes read(Section section) {
            return new Boxes(section.oneOf("image-score", ImageScore.class), section.number("box-floor", 0, 1));
        }
    }

    /**
     * The most that one source gives in a round, so that labels do not repeat each other; what is drawn is not capped.
     *
     * @param perBurst images per burst: images of one camera and class that follow each other
     * @param burstGap most time between two of them that follow each other; negative: times tell no bursts
     * @param burstLength most time between the first and the last of them
     * @param phashDistance bits in which perceptual hashes of one camera, class and day may differ for their images to count
     *     as one burst, 0 to 7
     * @param perCamera images per camera
     * @param siteShare images per site over the budget, fraction
     * @param classShare images per predicted class over the budget, fraction
     */
    public record Caps(
            int perBurst,
            Duration burstGap,
            Duration burstLength,
            int phashDistance,
            int perCamera,
            double siteShare,
            double classShare) {
        private static Caps read(Section section) {
            return new Caps(
                    section.integer("max-per-burst", 1, 1_000_000),
                    Duration.ofSeconds(section.integer("burst-seconds", 0, 86_400)),
                    Duration.ofSeconds(section.integer("burst-max-seconds", 0, 86_400)),
                    section.integer("phash-distance", 0, 7),
                    section.integer("max-per-camera", 1, 1_000_000),
                    section.number("max-site-share", 0, 1),
                    section.number("max-class-share", 0, 1));
        }
    }

    /**
     * Where the model is unsure of one class, and where it is sure.
     *
     * @param alarmThreshold confidence at which the product raises an alarm: the decision boundary, [0, 1]
     * @param boundaryBand half width of the band around the alarm threshold, confidence
     * @param lowConfidenceBelow confidence below which a prediction counts as unsure, [0, 1]
     * @param confidentFrom confidence from which a prediction that people contradict counts as confidently wrong, [0, 1]
     */
    public record ClassThresholds(
            double alarmThreshold, double boundaryBand, double lowConfidenceBelow, double confidentFrom) {
        static ClassThresholds read(Section section) {
            return new ClassThresholds(
                    section.number("alarm-threshold", 0, 1),
                    section.number("boundary-band", 0.001, 1),
                    section.number("low-confidence-below", 0, 1),
                    section.number("confident-from", 0, 1));
        }
    }

    /** Returns the thresholds that hold for {@code label}. */
    public ClassThresholds thresholds(String label) {
        return classes.getOrDefault(label, thresholds);
    }

    /** Returns the weight of a signal (kebab case). */
    public double weight(String signal) {
        return signalWeights.getOrDefault(signal, 0.0);
    }

    /** Returns the bounds of a signal (kebab case). */
    public Bounds bounds(String signal) {
        return signalBounds.getOrDefault(signal, Bounds.NONE);
    }

    /** Whether a signal (kebab case) has a part of the budget: by its weight, or by its floor. */
    public boolean wants(String signal) {
        return bounds(signal).max() > 0 && (weight(signal) > 0 || bounds(signal).min() > 0);
    }

    /** Returns the same with another budget. */
    public UseCaseSettings withBudget(int images) {
        return new UseCaseSettings(
                images,
                auditShare,
                modelCheckShare,
                signalWeights,
                signalBounds,
                segmentAllocation,
                uncertainty,
                boxes,
                versionsDisagree,
                diversity,
                caps,
                thresholds,
                classes,
                labels);
    }

    /** Returns the same for what does not look alike because it is of one time: only hashes tell bursts. */
    public UseCaseSettings withoutBurstsByTime() {
        return new UseCaseSettings(
                budget,
                auditShare,
                modelCheckShare,
                signalWeights,
                signalBounds,
                segmentAllocation,
                uncertainty,
                boxes,
                versionsDisagree,
                diversity,
                new Caps(
                        caps.perBurst,
                        Duration.ofSeconds(-1),
                        caps.burstLength,
                        caps.phashDistance,
                        caps.perCamera,
                        caps.siteShare,
                        caps.classShare),
                thresholds,
                classes,
                labels);
    }

    /**
     * Returns the same with weights that were measured, as shares: a signal whose configured weight is 0 stays without, and
     * one that nobody measured keeps the share that is configured.
     *
     * @param measured signal name (kebab case) to its share, fraction
     */
    public UseCaseSettings withMeasured(Map<String, Double> measured) {
        double all =
                signalWeights.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Double> weights = new TreeMap<>();
        signalWeights.forEach(
                (signal, weight) -> weights.put(signal, weight == 0 ? 0 : measured.getOrDefault(signal, weight / all)));
        return new UseCaseSettings(
                budget,
                auditShare,
                modelCheckShare,
                weights,
                signalBounds,
                segmentAllocation,
                uncertainty,
                boxes,
                versionsDisagree,
                diversity,
                caps,
                thresholds,
                classes,
                labels);
    }

    static UseCaseSettings read(Section section) {
        Map<String, Double> weights = section.object("signals", signals -> {
            Map<String, Double> read = new TreeMap<>();
            for (String signal : SIGNALS) {
                read.put(signal, signals.number(signal, 0, 1_000));
            }
            return read;
        });
        Map<String, Bounds> bounds = section.object("signal-bounds", signals -> {
            Map<String, Bounds> read = new TreeMap<>();
            for (String signal : SIGNALS) {
                if (signals.has(signal)) {
                    read.put(signal, signals.object(signal, Bounds::read));
                }
            }
            return read;
        });
        Map<String, ClassThresholds> classes = section.entries("classes", "default", ClassThresholds::read);
        ClassThresholds thresholds = classes.getOrDefault("default", new ClassThresholds(0.5, 0.1, 0.5, 0.8));
        return new UseCaseSettings(
                section.integer("budget", 0, 1_000_000),
                section.number("audit-share", 0, 1),
                section.number("model-check-share", 0, 1),
                weights,
                bounds,
                section.oneOf("segment-allocation", SegmentAllocation.class),
                section.oneOf("uncertainty", Uncertainty.class),
                Boxes.read(section),
                section.flag("versions-disagree"),
                section.integer("diversity", 0, 100),
                Caps.read(section),
                thresholds,
                classes,
                section.texts("labels"));
    }
}
