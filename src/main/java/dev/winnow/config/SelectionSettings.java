package dev.winnow.config;

/**
 * How candidates are kept and cut before the budget is spent.
 *
 * @param poolFactor candidates kept per signal and use case, as a multiple of the budget
 * @param maxAgeDays days a candidate that was not chosen stays in the pool
 * @param cooldownDays days in which an image that went to labeling is not chosen again
 * @param elevatedSegments elevated segments per use case that speak for their alarms, the worst ones
 * @param salt changes every hash order; a new salt is a new draw
 * @param weights whose weights of signals share the budget
 * @param planted what tests the people who label
 */
public record SelectionSettings(
        int poolFactor,
        int maxAgeDays,
        int cooldownDays,
        int elevatedSegments,
        String salt,
        Weights weights,
        Planted planted) {

    /** Whose weights of signals share the budget. */
    public enum Weights {
        /** Those of the use cases. */
        CONFIGURED,
        /** The last ones that {@code outcomes} proposed before the day. */
        MEASURED
    }

    /**
     * Items of earlier rounds that are asked about again among the others.
     *
     * @param goldShare share of a round whose answer is known, fraction
     * @param repeatShare share of a round that shows whether people answer as before, fraction
     * @param minAnswers answers from which an agreed label counts as known
     * @param minAgreement share of the answers that name it from which an agreed label counts as known
     * @param restDays days after which an item may be asked about again
     * @param maxAgeDays days after which it no longer is
     */
    public record Planted(
            double goldShare, double repeatShare, int minAnswers, double minAgreement, int restDays, int maxAgeDays) {
        private static Planted read(Section section) {
            return new Planted(
                    section.number("gold-share", 0, 0.5),
                    section.number("repeat-share", 0, 0.5),
                    section.integer("min-answers", 1, 1_000),
                    section.number("min-agreement", 0, 1),
                    section.integer("rest-days", 1, 3_650),
                    section.integer("max-age-days", 1, 3_650));
        }
    }

    static SelectionSettings read(Section section) {
        int maxAge = section.integer("max-age-days", 1, 90);
        int cooldown = section.integer("cooldown-days", 1, 3_650);
        if (cooldown < maxAge) { // a day's images are candidates for so long
            section.problem(
                    "cooldown-days",
                    " = " + cooldown + ", but candidates stay for max-age-days = " + maxAge
                            + ": an image would be asked about again while people label it; expected at least as many");
        }
        return new SelectionSettings(
                section.integer("pool-factor", 2, 100),
                maxAge,
                cooldown,
                section.integer("elevated-segments", 1, 100),
                section.text("salt", t -> true, "a text"),
                section.oneOf("weights", Weights.class),
                section.object("planted", Planted::read));
    }
}
