package dev.winnow.config;

/**
 * How candidates are kept and cut before the budget is spent.
 *
 * @param poolFactor candidates kept per signal and use case, as a multiple of the budget
 * @param maxAgeDays days a candidate that was not chosen stays in the pool
 * @param cooldownDays days in which an image that went to labeling is not chosen again
 * @param elevatedSegments elevated segments per use case that speak for their alarms, the worst ones
 * @param salt changes every hash order; a new salt is a new draw
 */
public record SelectionSettings(int poolFactor, int maxAgeDays, int cooldownDays, int elevatedSegments, String salt) {
    static SelectionSettings read(Section section) {
        return new SelectionSettings(
                section.integer("pool-factor", 2, 100),
                section.integer("max-age-days", 1, 90),
                section.integer("cooldown-days", 1, 3_650),
                section.integer("elevated-segments", 1, 100),
                section.text("salt", t -> true, "a text"));
    }
}
