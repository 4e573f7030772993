package dev.winnow.segments;

import dev.winnow.stats.ClusterSums;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * A row of {@link SegmentSums}: one segment with its counts and its sums over cameras.
 *
 * @param id number in its lattice
 * @param counts what is known
 * @param trials wrong alarms of trials by camera
 * @param row sums that the segment shares with the rest of its cameras are read from it
 */
record Summed(long id, SegmentCounts counts, ClusterSums trials, Row row) {
    /** Reads a decoded row with redundancy. */
    static Summed of(Row row) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Row predicate : row.<Row>getList(row.fieldIndex(SegmentSums.SEGMENT))) {
            names.add(predicate.getAs("dimension"));
            values.add(predicate.getAs("value"));
        }
        long wrong = row.<Long>getAs(SegmentSums.WRONG);
        long confirmed = row.<Long>getAs(SegmentSums.CONFIRMED);
        return new Summed(
                row.<Long>getAs(SegmentSums.SEGMENT_ID),
                new SegmentCounts(
                        row.getAs(SegmentSums.USE_CASE),
                        names,
                        values,
                        row.<Long>getAs(SegmentSums.ALARMS),
                        wrong,
                        confirmed,
                        row.<Long>getAs(SegmentSums.RELABELED),
                        row.<Long>getAs(SegmentSums.MISSED),
                        row.<Long>getAs(SegmentSums.CAMERAS),
                        row.<Long>getAs(SegmentSums.NEGATIVES),
                        row.<Long>getAs(SegmentSums.CAMERA_DAYS),
                        row.<Long>getAs(SegmentSums.ESTIMATED),
                        row.<Boolean>getAs(SegmentSums.REDUNDANT)),
                new ClusterSums(
                        row.<Long>getAs(SegmentSums.TRIAL_CAMERAS),
                        wrong,
                        row.<Long>getAs(SegmentSums.TRIALS),
                        row.<Long>getAs(SegmentSums.WRONG_SQUARES),
                        row.<Long>getAs(SegmentSums.WRONG_TRIALS),
                        row.<Long>getAs(SegmentSums.TRIALS_SQUARES)),
                row);
    }

    /** Returns the sums over cameras of what lies outside of the segment in its use case. */
    ClusterSums rest(ClusterSums whole) {
        return whole.outside(
                trials,
                row.<Long>getAs(SegmentSums.WHOLE_CAMERAS),
                row.<Long>getAs(SegmentSums.WRONG_OF_WHOLE),
                row.<Long>getAs(SegmentSums.WRONG_TRIALS_OF_WHOLE),
                row.<Long>getAs(SegmentSums.TRIALS_OF_WHOLE));
    }

    /** Returns what the segment is weighed by. */
    Evidence.Segment weighed(ClusterSums whole) {
        return new Evidence.Segment(
                trials,
                rest(whole),
                counts.dimensions().contains(Windows.SITE),
                row.<Boolean>getAs(SegmentSums.SEVERAL_SITES),
                counts.redundant());
    }
}
