package dev.winnow.segments;

import java.util.List;
import java.util.StringJoiner;

/**
 * What is known of one segment over the window.
 *
 * @param useCase use case
 * @param dimensions dimensions of the predicates, in name order; empty for the whole use case
 * @param values their values, in the same order
 * @param segment the predicates as text, such as {@code camera_type=dome AND lighting=night}
 * @param alarms alarms raised
 * @param falsePositives judged alarms that were wrong, relabeled ones included
 * @param confirmed judged alarms that were right
 * @param relabeled judged alarms that named the wrong class
 * @param missed reported misses
 * @param cameras cameras with alarms
 * @param negatives frames without output that were confirmed to show nothing
 * @param cameraDays days on which the cameras with alarms were seen, summed over these cameras
 * @param estimated wrong alarms to be expected from confidence, in units of 1 / {@link SegmentSums#ESTIMATED_UNIT}
 * @param redundant whether a segment with one predicate less has the same counts
 */
record SegmentCounts(
        String useCase,
        List<String> dimensions,
        List<String> values,
        String segment,
        long alarms,
        long falsePositives,
        long confirmed,
        long relabeled,
        long missed,
        long cameras,
        long negatives,
        long cameraDays,
        long estimated,
        boolean redundant) {

    /** Name of the segment without predicates. */
    static final String WHOLE = "(all)";

    /** Alarms with a verdict. */
    long judged() {
        return falsePositives + confirmed;
    }

    /** The same with the text that its predicates make. */
    SegmentCounts(
            String useCase,
            List<String> dimensions,
            List<String> values,
            long alarms,
            long falsePositives,
            long confirmed,
            long relabeled,
            long missed,
            long cameras,
            long negatives,
            long cameraDays,
            long estimated,
            boolean redundant) {
        this(
                useCase,
                dimensions,
                values,
                text(dimensions, values),
                alarms,
                falsePositives,
                confirmed,
                relabeled,
                missed,
                cameras,
                negatives,
                cameraDays,
                estimated,
                redundant);
    }

    private static String text(List<String> dimensions, List<String> values) {
        StringJoiner text = new StringJoiner(" AND ");
        text.setEmptyValue(WHOLE);
        for (int i = 0; i < dimensions.size(); i++) {
            text.add(dimensions.get(i) + "=" + values.get(i));
        }
        return text.toString();
    }
}
