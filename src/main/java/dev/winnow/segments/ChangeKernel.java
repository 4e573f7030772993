package dev.winnow.segments;

import static dev.winnow.segments.ChangeTallies.BEFORE;
import static dev.winnow.segments.ChangeTallies.CLUSTERED;
import static dev.winnow.segments.ChangeTallies.DAILY;
import static dev.winnow.segments.ChangeTallies.NOW;
import static dev.winnow.segments.ChangeTallies.VERSION_BEFORE;
import static dev.winnow.segments.ChangeTallies.VERSION_NOW;

import dev.winnow.segments.ChangeTallies.Layout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Adds cells, arranged by camera and event date, to the watched segments they lie in. */
final class ChangeKernel {
    private static final int COUNTS = 3;
    private static final int SQUARES = 6;

    private final Lattice lattice;
    private final Layout layout;
    private final SegmentMembers members;
    private final int segments;
    private final boolean[] byAlarms;
    private final int[] strata;

    /** Alarms, wrong, confirmed by segment and tally. */
    private final long[] counts;

    /** Clusters, sums of x^2, x n, n^2, x and n by segment and tally with clusters. */
    private final long[] squares;

    private final Open cameras;
    private final Open cameraDays;

    ChangeKernel(Lattice lattice, String useCase, Layout layout) {
        this.lattice = lattice;
        this.layout = layout;
        members = new SegmentMembers(lattice, Map.of(useCase, layout.ids()));
        segments = layout.ids().size();
        byAlarms = new boolean[segments];
        for (int i = 0; i < segments; i++) {
            byAlarms[i] = layout.byAlarms().get(i);
        }
        strata = layout.dimensions().stream().mapToInt(Integer::intValue).toArray();
        counts = new long[segments * layout.tallies() * COUNTS];
        squares = new long[segments * CLUSTERED * SQUARES];
        cameras = new Open(segments * CLUSTERED);
        cameraDays = new Open(segments * CLUSTERED);
    }

    /**
     * Sums cells.
     *
     * @param cells place words, frame words, the counts and the place of the event date, all longs; those of one
     *     camera follow each other, and so do those of one of its event dates
     * @return rows as {@link ChangeTallies#sums} has them, before tasks are added up
     */
    Iterator<Row> sum(Iterator<Row> cells) {
        int at = lattice.placeWords() + lattice.frameWords();
        long camera = -1;
        int day = -1;
        while (cells.hasNext()) {
            Row cell = cells.next();
            int[] in = members.of(cell);
            int ofDay = (int) cell.getLong(cell.size() - 1);
            if (members.camera() != camera || ofDay != day) {
                cameraDays.close(squares);
            }
            if (members.camera() != camera) {
                cameras.close(squares);
            }
            camera = members.camera();
            day = ofDay;
            add(in, day, cell.getLong(at), cell.getLong(at + 1), cell.getLong(at + 2));
        }
        cameraDays.close(squares);
        cameras.close(squares);
        return rows().iterator();
    }

    private void add(int[] in, int day, long alarms, long wrong, long confirmed) {
        boolean now = day >= layout.nowFrom();
        int stratum = 0;
        for (int d : strata) {
            stratum = stratum * lattice.cardinality(d) + members.code(d);
        }
        int version = layout.version() < 0 ? -1 : members.code(layout.version());
        boolean newest = version == layout.versionNow();
        boolean compared = version >= 0 && (newest || version == layout.versionBefore());
        for (int segment : in) {
            long trials = byAlarms[segment] ? alarms : wrong + confirmed;
            int period = now ? NOW : BEFORE;
            count(segment, period, alarms, wrong, confirmed);
            cameras.add(segment * CLUSTERED + period, wrong, trials);
            if (!now) {
                count(segment, DAILY, alarms, wrong, confirmed);
                cameraDays.add(segment * CLUSTERED + DAILY, wrong, trials);
            }
            count(segment, CLUSTERED + day, alarms, wrong, confirmed);
            if (compared) {
                int arm = newest ? VERSION_NOW : VERSION_BEFORE;
                count(segment, arm, alarms, wrong, confirmed);
                cameras.add(segment * CLUSTERED + arm, wrong, trials);
                count(segment, layout.stratum(stratum, newest), alarms, wrong, confirmed);
            }
        }
    }

    private void count(int segment, int tally, long alarms, long wrong, long confirmed) {
        int at = (segment * layout.tallies() + tally) * COUNTS;
        counts[at] += alarms;
        counts[at + 1] += wrong;
        counts[at + 2] += confirmed;
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int segment = 0; segment < segments; segment++) {
            for (int tally = 0; tally < layout.tallies(); tally++) {
                int at = (segment * layout.tallies() + tally) * COUNTS;
                int square = (segment * CLUSTERED + tally) * SQUARES;
                boolean clustered = tally < CLUSTERED;
                if (counts[at] != 0 || counts[at + 1] != 0 || counts[at + 2] != 0) {
                    rows.add(RowFactory.create(
                            segment,
                            tally,
                            counts[at],
                            counts[at + 1],
                            counts[at + 2],
                            clustered ? squares[square] : 0L,
                            clustered ? squares[square + 1] : 0L,
                            clustered ? squares[square + 2] : 0L,
                            clustered ? squares[square + 3] : 0L,
                            clustered ? squares[square + 4] : 0L,
                            clustered ? squares[square + 5] : 0L));
                }
            }
        }
        return rows;
    }

    /** Wrong alarms and trials of clusters that may still grow. */
    private static final class Open {
        private final long[] x;
        private final long[] n;
        private final boolean[] isOpen;
        private final int[] open;
        private int size;

        Open(int places) {
            x = new long[places];
            n = new long[places];
            isOpen = new boolean[places];
            open = new int[places];
        }

        void add(int place, long wrong, long trials) {
            if (wrong == 0 && trials == 0) { // most cells are of alarms that nobody judged
                return;
            }
            if (!isOpen[place]) {
                isOpen[place] = true;
                open[size++] = place;
            }
            x[place] += wrong;
            n[place] += trials;
        }

        /** Squares what the clusters have; a cluster without trials is none. */
        void close(long[] squares) {
            for (int i = 0; i < size; i++) {
                int place = open[i];
                int at = place * SQUARES;
                long trials = Math.max(0, n[place]);
                long wrong = LatticeKernel.within(x[place], 0, trials);
                squares[at] += trials == 0 ? 0 : 1;
                squares[at + 1] = Math.addExact(squares[at + 1], Math.multiplyExact(wrong, wrong));
                squares[at + 2] = Math.addExact(squares[at + 2], Math.multiplyExact(wrong, trials));
                squares[at + 3] = Math.addExact(squares[at + 3], Math.multiplyExact(trials, trials));
                squares[at + 4] = Math.addExact(squares[at + 4], wrong);
                squares[at + 5] = Math.addExact(squares[at + 5], trials);
                x[place] = 0;
                n[place] = 0;
                isOpen[place] = false;
            }
            size = 0;
        }
    }
}
