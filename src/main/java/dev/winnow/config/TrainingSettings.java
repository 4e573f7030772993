package dev.winnow.config;

import java.time.Duration;
import java.util.List;

/**
 * What the models were trained on, optional.
 *
 * @param input where it is and how its columns map; of a manifest the schema holds the further attributes of a line
 * @param kind what one row is
 * @param labelAttribute attribute that holds the label of a manifest's line; empty for the other kinds
 * @param burstGap labels of one class and camera that lie closer in time belong to one burst
 */
public record TrainingSettings(InputSettings input, Kind kind, String labelAttribute, Duration burstGap) {
    /** What one row of the training set is. */
    public enum Kind {
        /** One label: of an image, or of one of its boxes. */
        LABELS,
        /** A class and how many labels it has, at the dimensions' values where there are dimensions. */
        COUNTS,
        /** A line of an augmented manifest of Ground Truth; its labels are found by the attribute's name. */
        MANIFEST;

        /** Returns the canonical columns that a mapping may set. */
        public List<String> columns() {
            return switch (this) {
                case LABELS -> List.of("use_case", "label", "camera_id", "captured_at");
                case COUNTS -> List.of("use_case", "label", "samples", "bursts");
                case MANIFEST -> List.of("use_case", "camera_id", "captured_at");
            };
        }
    }

    static TrainingSettings read(Section section) {
        section.refuse("partition-filter", "the training set is always read whole; leave the key out");
        Kind kind = section.oneOf("kind", Kind.class);
        InputSettings input = InputSettings.read(section, "training", kind.columns(), "");
        String attribute = section.optionalText(
                "label-attribute",
                name -> name.matches("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}") && !name.endsWith("-metadata"),
                "the name of a label attribute: letters, digits and hyphens, not ending in -metadata");
        if (input.present() && (kind == Kind.MANIFEST) == attribute.isEmpty()) {
            section.problem(
                    "label-attribute",
                    kind == Kind.MANIFEST
                            ? " is required: the attribute of a line under which the labeling job wrote its label"
                            : " = " + attribute + " is of manifests only; set kind = manifest, or leave it out");
        }
        input.dimensions().forEach((name, dimension) -> {
            if (dimension.isBinned()) {
                section.problem(
                        "dimensions",
                        "." + name + " has edges or bins of its own; give the expression alone: intervals are those of"
                                + " the dimension " + name + " of inferences or cameras");
            }
        });
        return new TrainingSettings(input, kind, attribute, section.duration("burst-gap"));
    }
}
