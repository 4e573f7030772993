package dev.winnow.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The inference log.
 *
 * @param input where it is and how its columns map
 * @param confidenceScale what a certain prediction's confidence reads: 1 or 100
 * @param uniqueness whether inference ids are trusted to be unique within a day
 * @param maxDuplicateShare share of rows with a repeated id above which a run fails, fraction
 * @param rowPer what one row is
 * @param readiness when a day counts as complete
 * @param lateDays days before the run date in which late files are looked for
 */
public record InferenceSettings(
        InputSettings input,
        int confidenceScale,
        Uniqueness uniqueness,
        double maxDuplicateShare,
        RowPer rowPer,
        Readiness readiness,
        int lateDays) {

    /** Canonical columns of an inference that a mapping may set. */
    public static final List<String> COLUMNS = List.of(
            "inference_id",
            "image_uri",
            "captured_at",
            "event_date",
            "use_case",
            "model_version",
            "site_id",
            "camera_id",
            "predicted_label",
            "confidence");

    /** Further ones, read only where a mapping sets them; they do not decide what is counted. */
    public static final List<String> FURTHER_COLUMNS = List.of("scores", "phash", "embedding");

    /** Dimension expression that stands for the hour at the camera's site, 0 to 23. */
    public static final String LOCAL_HOUR = "local_hour()";

    /** Dimension expression that stands for night, morning, afternoon or evening at the camera's site. */
    public static final String PART_OF_DAY = "part_of_day()";

    /** Returns whether the log has a further column. */
    public boolean has(String further) {
        return input.columns().containsKey(further);
    }

    /** Returns whether a dimension is told by the local time of the camera. */
    public boolean isLocal(String dimension) {
        return is(dimension, LOCAL_HOUR) || is(dimension, PART_OF_DAY);
    }

    /** Returns whether {@code expression} makes the values of a dimension. */
    public boolean is(String dimension, String expression) {
        DimensionSettings settings = input.dimensions().get(dimension);
        return settings != null && settings.value().equals(expression);
    }

    /** Returns the same log, read and mapped otherwise. */
    public InferenceSettings withInput(InputSettings other) {
        return new InferenceSettings(
                other, confidenceScale, uniqueness, maxDuplicateShare, rowPer, readiness, lateDays);
    }

    /** How repeated inference ids are dealt with. */
    public enum Uniqueness {
        /** A hash sample of the ids estimates the repeated share; above the limit the run fails. */
        TRUSTED,
        /** Repeated ids are rejected exactly; costs a shuffle of the day's rows. */
        CHECKED
    }

    /** What one row of the log is. */
    public enum RowPer {
        /** One row per image and use case: rows count images. */
        IMAGE,
        /** One row per detected box: images are counted from a hash sample. */
        BOX
    }

    /**
     * When a day counts as complete.
     *
     * @param marker URI with {@code {date}} that must exist, or empty
     * @param minShare rows over the trailing median, summed over sites; below it the day is not ready; 0 switches it off
     * @param medianDays days before the run date that make the median
     */
    public record Readiness(String marker, double minShare, int medianDays) {
        static Readiness read(Section section) {
            return new Readiness(
                    section.optionalText("marker", Uris::absolute, Uris.RULE),
                    section.number("min-share", 0, 1),
                    section.integer("median-days", 1, 90));
        }
    }

    static InferenceSettings read(Section section) {
        InputSettings input = InputSettings.read(
                section,
                "inferences",
                Stream.concat(COLUMNS.stream(), FURTHER_COLUMNS.stream()).toList(),
                "event_date");
        if (!input.present()) {
            section.problem("path", ": the inference log is required; give path or table");
        }
        input.dimensions().forEach((name, dimension) -> {
            if (dimension.isBinned() && dimension.value().equals(PART_OF_DAY)) {
                section.problem(
                        "dimensions",
                        "." + name + ".value = " + PART_OF_DAY + " is no number and has no intervals; take "
                                + LOCAL_HOUR + ", or leave edges and bins out");
            }
        });
        return new InferenceSettings(
                input,
                section.oneOf("confidence-scale", 1, 100),
                section.oneOf("uniqueness", Uniqueness.class),
                section.number("max-duplicate-share", 0, 1),
                section.oneOf("row-per", RowPer.class),
                section.object("readiness", Readiness::read),
                section.integer("late-days", 0, 60));
    }
}
