package dev.winnow.config;

import java.util.List;
import java.util.Set;

/**
 * How right labels must be, and what shows it.
 *
 * @param buckets lower edges of the intervals of confidence, ascending, [0, 1); the first is the base threshold
 * @param wrongPerRight wrong items for each right one that are accepted above a threshold
 * @param confidenceLevel of intervals and bounds, inside (0, 1)
 * @param emptyAsZero whether a class without items counts as never right in class averages
 * @param minSensitivity share of wrong labels that reviewers must be shown to find before their reviews prove anything
 * @param calibrationBins bins of equal width for calibration errors
 * @param conformalRisk share of items of a class that their conformal set may miss, fraction; 0: there are no sets
 * @param proof what makes a proven threshold
 * @param confusion share of a class's blind labels that name another one, from which the two are grouped; fraction
 * @param autoLabels what is labeled without people
 * @param batches what bulk QA jobs show
 */
public record QualitySettings(
        List<Double> buckets,
        double wrongPerRight,
        double confidenceLevel,
        boolean emptyAsZero,
        double minSensitivity,
        int calibrationBins,
        double conformalRisk,
        Proof proof,
        double confusion,
        AutoLabels autoLabels,
        Batches batches) {

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

    /**
     * What is labeled without people.
     *
     * @param share share of a day's alarms that want a label; 0: none is labeled without people
     * @param maxAgeDays days without a new review or audit of a class after which its proof is no longer used
     * @param dimensions whose values need audits of their own before anything in them is labeled
     * @param minReviews audits of a class that a value of such a dimension needs
     */
    public record AutoLabels(double share, int maxAgeDays, List<String> dimensions, int minReviews) {
        static AutoLabels read(Section section, Set<String> known) {
            return new AutoLabels(
                    section.number("share", 0, 1),
                    section.integer("max-age-days", 1, 3650),
                    section.texts(
                            "dimensions",
                            names -> known.containsAll(names)
                                    && names.stream().distinct().count() == names.size(),
                            "names of dimensions of inferences and cameras, each once: " + known),
                    section.integer("min-reviews", 1, 1_000_000));
        }
    }

    /**
     * What bulk QA jobs show.
     *
     * @param size items that a person sees at once
     * @param hidden those of them whose class is known to be wrong
     * @param reviews items of a class that are drawn; 0: half as many again as a proof takes without a wrong one
     */
    public record Batches(int size, int hidden, int reviews) {
        static Batches read(Section section) {
            Batches batches = new Batches(
                    section.integer("size", 1, 100),
                    section.integer("hidden", 0, 50),
                    section.integer("reviews", 0, 10_000));
            if (batches.hidden >= batches.size) {
                section.problem(
                        "hidden",
                        " = " + batches.hidden + " of size = " + batches.size + ": leave room for items to review");
            }
            return batches;
        }
    }

    static QualitySettings read(Section section, Set<String> dimensions) {
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
                section.number("conformal-risk", 0, 0.5),
                section.object("proof", Proof::read),
                section.number("confusion-share", 0.0001, 1),
                section.object("auto-labels", of -> AutoLabels.read(of, dimensions)),
                section.object("batches", Batches::read));
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
