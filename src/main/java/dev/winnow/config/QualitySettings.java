package dev.winnow.config;

import java.util.List;

/**
 * How right labels must be, and what shows it.
 *
 * @param buckets lower edges of the intervals of confidence, ascending, [0, 1); the first is the base threshold
 * @param wrongPerRight wrong items for each right one that are accepted above a threshold
 * @param confidenceLevel of intervals and bounds, inside (0, 1)
 * @param emptyAsZero whether a class without items counts as never right in class averages
 * @param minSensitivity share of wrong labels that reviewers must be shown to find before their reviews prove anything
 * @param calibrationBins bins of equal width for calibration errors
 * @param proof what makes a proven threshold
 * @param confusion share of a class's blind labels that name another one, from which the two are grouped; fraction
 */
public record QualitySettings(
        List<Double> buckets,
        double wrongPerRight,
        double confidenceLevel,
        boolean emptyAsZero,
        double minSensitivity,
        int calibrationBins,
        Proof proof,
        double confusion) {

    /** Rules of proof. */
    public enum Rule {
        /** May be looked at as often as one likes. */
        ANYTIME,
        /** Looked at once, when as many items of a class are reviewed as were planned. */
        FIXED_SAMPLE
    }

    /**
     * What makes a proven threshold.
     *
     * @param rule rule of the proof
     * @param sampleSize reviewed items of a class at which it is looked at, for {@link Rule#FIXED_SAMPLE}; else 0
     * @param overAllClasses whether the risk is that of all classes together instead of each
     */
    public record Proof(Rule rule, int sampleSize, boolean overAllClasses) {
        static Proof read(Section section) {
            Proof proof = new Proof(
                    section.oneOf("rule", Rule.class),
                    section.integer("sample-size", 0, 100_000_000),
                    section.flag("over-all-classes"));
            if ((proof.rule == Rule.FIXED_SAMPLE) != (proof.sampleSize > 0)) {
                section.problem(
                        "sample-size",
                        " = " + proof.sampleSize + " with rule = " + Names.kebab(proof.rule)
                                + ": fixed-sample needs the number of items of a class that was fixed before the first"
                                + " review, anytime needs none (0)");
            }
            return proof;
        }
    }

    static QualitySettings read(Section section) {
        return new QualitySettings(
                section.numbers(
                        "buckets",
                        QualitySettings::ascending,
                        "1 to 100 ascending numbers from 0 to below 1, such as [0.8, 0.85, 0.9, 0.95]"),
                section.number("wrong-per-right", 0.0001, 1),
                section.number("confidence-level", 0.6, 0.9999),
                section.flag("legacy-empty-as-zero"),
                section.number("min-sensitivity", 0.5, 1),
                section.integer("calibration-bins", 2, 100),
                section.object("proof", Proof::read),
                section.number("confusion-share", 0.0001, 1));
    }

    private static boolean ascending(List<Double> edges) {
        for (int i = 0; i < edges.size(); i++) {
            if (!(edges.get(i) >= 0 && edges.get(i) < 1 && (i == 0 || edges.get(i) > edges.get(i - 1)))) {
                return false;
            }
        }
        return !edges.isEmpty() && edges.size() <= 100;
    }
}
