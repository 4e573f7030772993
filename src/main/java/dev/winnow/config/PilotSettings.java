package dev.winnow.config;

/**
 * What a first, small job must show before the rest of a use case's items is asked about.
 *
 * @param items that are asked about first, planted ones apart; 0: no pilot
 * @param minAgreement floor of the lower bound of agreement, fraction
 * @param minAlpha floor of the lower bound of Krippendorff's alpha; 0: none
 * @param maxSecondsPerAnswer ceiling of the upper bound of the mean time of an answer; 0: none
 * @param confidenceLevel of the intervals, two-sided
 */
public record PilotSettings(
        int items, double minAgreement, double minAlpha, double maxSecondsPerAnswer, double confidenceLevel) {
    /** Fewest items of a pilot: agreement on fewer says next to nothing. */
    public static final int MIN_ITEMS = 60;

    /** Fewest people who answer each of them. */
    public static final int MIN_WORKERS = 3;

    /** Most items of a pilot. */
    public static final int MAX_ITEMS = 10_000;

    /** Returns whether a pilot comes first. */
    public boolean on() {
        return items > 0;
    }

    static PilotSettings read(Section section) {
        PilotSettings pilot = new PilotSettings(
                section.integer("items", 0, MAX_ITEMS),
                section.number("min-agreement", 0, 1),
                section.number("min-alpha", 0, 1),
                section.number("max-seconds-per-answer", 0, 86_400),
                section.number("confidence-level", 0.5, 0.999));
        if (pilot.on() && pilot.items < MIN_ITEMS) {
            section.problem("items", " = " + pilot.items + ", expected at least " + MIN_ITEMS + ", or 0 for no pilot");
        }
        return pilot;
    }

    /** Why two answers to one item can't be held against each other. */
    private static String unread(TaskType type) {
        return type == TaskType.SEMANTIC_SEGMENTATION
                ? "of people's masks only the one is kept that the service makes of all of them"
                : "what people draw on the frames of a sequence is not read";
    }

    /** Says what else of a task a pilot can't be had with. */
    void check(Section task, TaskType type, int workers) {
        if (!on()) {
            return;
        }
        if (workers < MIN_WORKERS) {
            task.problem(
                    "workers",
                    " = " + workers + ", but a pilot (pilot.items = " + items + ") needs " + MIN_WORKERS
                            + " people for each item, to tell whether they agree");
        }
        if (!type.comparable()) {
            task.problem(
                    "pilot",
                    ".items = " + items + " can't be had with type = " + type.id() + ": " + unread(type)
                            + ", so nothing tells whether they agree; pilots are for classes and boxes on images");
        }
        if (minAlpha > 0 && !type.choosesOneClass() && type != TaskType.BOX_VERIFICATION) {
            task.problem(
                    "pilot",
                    ".min-alpha = " + Names.plain(minAlpha) + " is for one class an item, not for type = " + type.id()
                            + ": set min-agreement");
        }
    }
}
