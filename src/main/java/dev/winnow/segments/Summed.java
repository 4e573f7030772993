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
 * @param judged wrong of judged alarms by camera
 * @param row sums that the segment shares with the rest of its cameras are read from it
 */
record Summed(long id, SegmentCounts counts, ClusterSums judged, Row row) {
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
                        row.<Boolean>getAs(SegmentSums.REDUNDANT)),
                new ClusterSums(
                        row.<Long>getAs(SegmentSums.JUDGED_CAMERAS),
                        wrong,
                        wrong + confirmed,
                        row.<Long>getAs(SegmentSums.WRONG_SQUARES),
                        row.<Long>getAs(SegmentSums.WRONG_JUDGED),
                        row.<Long>getAs(SegmentSums.JUDGED_SQUARES)),
                row);
    }

    /**
     * Returns the sums over cameras of what lies outside of the segment in its use case.
     *
     * <p>With X_c and N_c of the whole camera: (X_c - x_c)^2 = X_c^2 - 2 x_c X_c + x_c^2, and so on.
     */
    ClusterSums rest(ClusterSums whole) {
        return new ClusterSums(
                whole.clusters() - row.<Long>getAs(SegmentSums.WHOLE_CAMERAS),
                whole.x() - judged.x(),
                whole.n() - judged.n(),
                whole.xx() - 2 * row.<Long>getAs(SegmentSums.WRONG_OF_WHOLE) + judged.xx(),
                whole.xn() - row.<Long>getAs(SegmentSums.WRONG_JUDGED_OF_WHOLE) + judged.xn(),
                whole.nn() - 2 * row.<Long>getAs(SegmentSums.JUDGED_OF_WHOLE) + judged.nn());
    }

    /** Returns what the segment is weighed by. */
    Evidence.Segment weighed(ClusterSums whole) {
        return new Evidence.Segment(
                judged,
                rest(whole),
                counts.dimensions().contains(Windows.SITE),
                row.<Boolean>getAs(SegmentSums.SEVERAL_SITES),
                counts.redundant());
    }
}
