package dev.winnow.config;

/**
 * How many answers become one label, and when one is enough.
 *
 * @param method which rule decides
 * @param minAnswers answers below which an item stays open
 * @param minConfidence confidence below which an item stays open, fraction
 * @param maxAnswers answers from which an open item goes to an expert instead of one more annotator
 * @param smoothing pseudo-count of every answer of every annotator to every class, for Dawid-Skene and one-coin
 * @param allowRepeats whether all answers count that one annotator gave to one item, or the latest alone
 * @param requiredGoldScore share of gold items that annotators are expected to get right; fraction
 * @param approval whether an expert must confirm a label before it may be used
 * @param followUps items of open labels that one run asks about again, for each task and kind of need; 0: none
 * @param followUpDays days that a request without a further answer is waited for
 * @param level of the intervals, inside (0, 1)
 */
public record ConsensusSettings(
        Method method,
        int minAnswers,
        double minConfidence,
        int maxAnswers,
        double smoothing,
        boolean allowRepeats,
        double requiredGoldScore,
        boolean approval,
        int followUps,
        int followUpDays,
        double level) {

    /** Rules for one label. */
    public enum Method {
        /** The class with most votes. */
        MAJORITY,
        /** The class that all votes name. */
        UNANIMOUS,
        /** The class with most votes, each weighed by how often the annotator agrees with the others. */
        WEIGHTED_MAJORITY,
        /** Dawid and Skene (1979): each annotator's errors are estimated with the labels. */
        DAWID_SKENE,
        /** The same with a single accuracy for each annotator. */
        ONE_COIN,
        /** A weighted mean of the answers and of what the model predicted, except for items of the audit. */
        CROWDLAB
    }

    static ConsensusSettings read(Section section) {
        ConsensusSettings settings = new ConsensusSettings(
                section.oneOf("method", Method.class),
                section.integer("min-answers", 1, 100),
                section.number("min-confidence", 0, 1),
                section.integer("max-answers", 1, 100),
                section.number("smoothing", 0, 100),
                section.flag("allow-repeats"),
                section.number("required-gold-score", 0, 1),
                section.flag("approval"),
                section.integer("follow-ups", 0, 100_000),
                section.integer("follow-up-days", 1, 365),
                section.number("confidence-level", 0.5, 0.9999));
        if (settings.maxAnswers < settings.minAnswers) {
            section.problem(
                    "max-answers",
                    " = " + settings.maxAnswers + " is below min-answers = " + settings.minAnswers
                            + ": no item could ever be told");
        }
        return settings;
    }
}
