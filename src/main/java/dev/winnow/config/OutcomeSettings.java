package dev.winnow.config;

import java.util.List;

/**
 * How it is told whether rounds of labeling helped.
 *
 * @param roundDays days before the run date whose sealed rounds are looked at
 * @param emptyLabels labels that say that none of the classes is there: the right answer to a frame without output
 * @param unsureLabels labels that tell nothing
 * @param minItems items of rounds in a segment from which it counts as targeted
 * @param relevantChange fall of a rate that one would want to find, fraction of the rate
 * @param compareOnAudit whether versions are compared on the audit images that several of them scored
 * @param weights how the signals' weights may move
 */
public record OutcomeSettings(
        int roundDays,
        List<String> emptyLabels,
        List<String> unsureLabels,
        int minItems,
        double relevantChange,
        boolean compareOnAudit,
        Weights weights) {

    /**
     * How far a proposal may go.
     *
     * @param step most that one weight moves in a round, fraction of all
     * @param low weight below which none falls
     * @param high weight above which none rises
     * @param locked kebab-case names of signals whose weight stays as it is
     */
    public record Weights(double step, double low, double high, List<String> locked) {
        static Weights read(Section section) {
            Weights weights = new Weights(
                    section.number("step", 0, 1),
                    section.number("min", 0, 1),
                    section.number("max", 0, 1),
                    section.texts(
                            "locked",
                            UseCaseSettings.SIGNALS::containsAll,
                            "names of signals, of " + UseCaseSettings.SIGNALS));
            if (weights.low > weights.high) {
                section.problem("min", " = " + weights.low + " is above max = " + weights.high);
            }
            return weights;
        }
    }

    static OutcomeSettings read(Section section) {
        return new OutcomeSettings(
                section.integer("round-days", 1, 3_650),
                section.texts("empty-labels"),
                section.texts("unsure-labels"),
                section.integer("min-items", 1, 1_000_000),
                section.number("relevant-change", 0.01, 1),
                section.flag("compare-on-audit"),
                section.object("weights", Weights::read));
    }
}
