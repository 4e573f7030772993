package dev.winnow.config;

import java.util.List;

/**
 * Customer feedback.
 *
 * @param input where it is and how its columns map
 * @param catchUpAges days after the event on which ids of feedback without an event date are looked up, ascending from 0
 * @param nearestFrameSeconds how far the nearest frame of the camera may be from a report that names no image
 */
public record FeedbackSettings(InputSettings input, List<Integer> catchUpAges, int nearestFrameSeconds) {

    /** Canonical columns of feedback that a mapping may set. */
    public static final List<String> COLUMNS = List.of(
            "feedback_id",
            "inference_id",
            "image_uri",
            "camera_id",
            "captured_at",
            "event_date",
            "use_case",
            "verdict",
            "label",
            "corrected_label",
            "reported_at",
            "reported_date",
            "source");

    /** Returns the largest catch-up age: feedback older than this is not looked up. */
    public int horizonDays() {
        return catchUpAges.get(catchUpAges.size() - 1);
    }

    static FeedbackSettings read(Section section) {
        List<Integer> ages = section.integers(
                "catch-up-ages",
                list -> !list.isEmpty()
                        && list.get(0) == 0
                        && list.equals(list.stream().distinct().sorted().toList())
                        && list.get(list.size() - 1) <= 90,
                "ascending days from 0 to at most 90");
        section.refuse(
                "dimensions",
                "feedback counts where the inference it speaks of counts; name dimensions in inputs.inferences.dimensions");
        return new FeedbackSettings(
                InputSettings.read(section, "feedback", COLUMNS, ""),
                ages.isEmpty() ? List.of(0) : ages,
                section.integer("nearest-frame-seconds", 1, 86_400));
    }
}
