package dev.winnow.segments;

import dev.winnow.stats.ClusterSums;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * One segment of {@link SegmentSums} with its counts and its sums over cameras.
 *
 * @param id number in its lattice
 * @param counts what is known
 * @param trials wrong alarms of trials by camera
 * @param shared what the segment shares with the rest of its cameras
 * @param severalSites whether its trials come from more than one site
 */
record Summed(long id, SegmentCounts counts, ClusterSums trials, Shared shared, boolean severalSites) {

    /**
     * Sums over the cameras of a segment, X_c and N_c being what the whole camera has.
     *
     * @param cameras those whose trials are all in the segment
     * @param wrong sum of x_c X_c
     * @param wrongTrials sum of x_c N_c + n_c X_c
     * @param trials sum of n_c N_c
     */
    record Shared(long cameras, long wrong, long wrongTrials, long trials) {}

    /**
     * Reads a row of {@link SegmentSums#withRedundancy}.
     *
     * @param lattice names the segment; its texts are shared, for there may be a million segments
     */
    static Summed of(Row row, Lattice lattice) {
        long id = row.<Long>getAs(SegmentSums.SEGMENT_ID);
        List<Lattice.Predicate> predicates = lattice.decode(id);
        long wrong = row.<Long>getAs(SegmentSums.WRONG);
        return new Summed(
                id,
                new SegmentCounts(
                        row.getAs(SegmentSums.USE_CASE),
                        predicates.stream().map(Lattice.Predicate::dimension).toList(),
                        predicates.stream().map(Lattice.Predicate::value).toList(),
                        row.<Long>getAs(SegmentSums.ALARMS),
                        wrong,
                        // Verdicts that were taken back elsewhere may leave less than nothing.
                        Math.max(0, row.<Long>getAs(SegmentSums.CONFIRMED)),
                        Math.max(0, row.<Long>getAs(SegmentSums.RELABELED)),
                        Math.max(0, row.<Long>getAs(SegmentSums.MISSED)),
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
                new Shared(
                        row.<Long>getAs(SegmentSums.WHOLE_CAMERAS),
                        row.<Long>getAs(SegmentSums.WRONG_OF_WHOLE),
                        row.<Long>getAs(SegmentSums.WRONG_TRIALS_OF_WHOLE),
                        row.<Long>getAs(SegmentSums.TRIALS_OF_WHOLE)),
                row.<Boolean>getAs(SegmentSums.SEVERAL_SITES));
    }

    /** Returns the sums over cameras of what lies outside of the segment in its use case. */
    ClusterSums rest(ClusterSums whole) {
        return whole.outside(trials, shared.cameras, shared.wrong, shared.wrongTrials, shared.trials);
    }

    /** Returns what the segment is weighed by. */
    Evidence.Segment weighed(ClusterSums whole) {
        return new Evidence.Segment(
                trials, rest(whole), counts.dimensions().contains(Windows.SITE), severalSites, counts.redundant());
    }
}
