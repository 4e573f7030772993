package dev.winnow.config;

import java.util.List;

/**
 * A plain table of reviews: what people say of labels that they were shown; optional.
 *
 * @param input where it is and how its columns map
 * @param confidenceScale what a certain prediction's confidence reads: 1 or 100
 */
public record ReviewSettings(InputSettings input, int confidenceScale) {

    /** Canonical columns of a review that a mapping may set. */
    public static final List<String> COLUMNS = List.of(
            "item_id",
            "label",
            "confidence",
            "verdict",
            "worker_id",
            "use_case",
            "model_version",
            "inclusion_probability",
            "known_wrong");

    static ReviewSettings read(Section section) {
        section.refuse("dimensions", "reviews are counted by class and confidence");
        section.refuse("partition-filter", "every run reads all reviews, so that repeating it counts none twice");
        section.refuse("time-zone", "reviews have no time");
        return new ReviewSettings(
                InputSettings.read(section, "reviews", COLUMNS, ""), section.oneOf("confidence-scale", 1, 100));
    }
}
