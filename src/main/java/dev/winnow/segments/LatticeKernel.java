package dev.winnow.segments;

import java.util.Arrays;

/**
 * Sums the cells of cameras to every segment of a {@link Lattice}, in primitive arrays.
 *
 * <p>Cells come arranged: sorted by their place words. What the camera's own dimensions add is a factor: each of its
 * {@link CameraSums} belongs to one segment for every subset of them, so it is added once per camera and not once per
 * cell. When a camera ends, its counts in a segment are one cluster: their squares are added then, however many cells
 * and days they come from. A camera whose own dimensions change (it moved) is first summed per segment, so it stays one
 * cluster.
 *
 * <p>All sums are longs and exact: one that leaves 64 bits throws {@link ArithmeticException}. Squares can't while a
 * use case has fewer than 2,147,483,648 trials, the root of 2^62.
 *
 * <p>Memory: 168 bytes for each id in plain arrays ({@link Lattice.Limits#denseTotal}) and about 230 for each segment
 * in the hash map, to be drained above {@link Lattice.Limits#tableSegments}; with the default limits below 0.3 GB. Not
 * safe for threads.
 */
final class LatticeKernel {
    // A segment's sums, in the order they are kept; the first are the counts of a cell.
    private static final int COUNTS = CameraSums.COUNTS;
    static final int ALARMS = SegmentSums.COUNTS.indexOf(SegmentSums.ALARMS);
    static final int WRONG = SegmentSums.COUNTS.indexOf(SegmentSums.WRONG);
    static final int TRIALS = SegmentSums.COUNTS.indexOf(SegmentSums.TRIALS);

    /** Sum of x_c^2 over cameras c, with x_c wrong alarms of the camera in the segment. */
    static final int WRONG_SQUARES = COUNTS;

    /** Sum of x_c n_c, with n_c trials. */
    static final int WRONG_TRIALS = COUNTS + 1;

    /** Sum of n_c^2. */
    static final int TRIALS_SQUARES = COUNTS + 2;

    /** Cameras with alarms. */
    static final int CAMERAS = COUNTS + 3;

    /** Days on which the cameras with alarms were seen, summed over these cameras. */
    static final int CAMERA_DAYS = COUNTS + 4;

    /** Cameras with trials: the clusters of a rate. */
    static final int TRIAL_CAMERAS = COUNTS + 5;

    /** Cameras whose trials are all in the segment: they don't enter the rest's rate. */
    static final int WHOLE_CAMERAS = COUNTS + 6;

    // What a segment shares with the rest of its cameras: with X_c and N_c the whole camera's wrong alarms and trials,
    // sums of x_c X_c, of x_c N_c + n_c X_c, and of n_c N_c. Squares of the rest follow from these.
    static final int WRONG_OF_WHOLE = COUNTS + 7;
    static final int WRONG_TRIALS_OF_WHOLE = COUNTS + 8;
    static final int TRIALS_OF_WHOLE = COUNTS + 9;

    /** Lowest code of a site with trials; {@link Long#MAX_VALUE} without. */
    static final int LOWEST_SITE = COUNTS + 10;

    /** Highest code of a site with trials; -1 without. */
    static final int HIGHEST_SITE = COUNTS + 11;

    /** Sums that are handed out. */
    static final int SUMS = COUNTS + 12;

    /** Cameras with a cell in the segment, whatever it counts: a segment without any does not exist. */
    private static final int PRESENT = SUMS;

    private static final int STRIDE = SUMS + 1;

    // A camera's counts in a segment, the lowest and the highest site.
    private static final int MOVED_LOWEST_SITE = COUNTS;
    private static final int MOVED_HIGHEST_SITE = COUNTS + 1;
    private static final int MOVED_STRIDE = COUNTS + 2;

    private final Lattice lattice;
    private final SeenDays seen;
    private final CameraSums camera;

    // Each subset of the lattice is a subset of the camera's dimensions and the frame-th subset of the others.
    private final int[][] fixedDimensions;
    private final long[][] fixedStrides;
    private final int[] frame;

    private final int[] denseStart;
    private final int denseSlots;
    private final LongSlots hashed = new LongSlots();
    private long[] hashedIds = new long[1 << 8];
    private long[] sums;

    private final LongSlots moved = new LongSlots();
    private long[] movedIds = new long[1 << 8];
    private long[] movedSums = new long[MOVED_STRIDE << 8];

    private final long[] place;
    private final int[] codes;
    private final long[] counts = new long[COUNTS];
    private boolean open;

    private int drainSubset;
    private long drainAt;
    private int drainHashed;

    LatticeKernel(Lattice lattice, SeenDays seen) {
        this.lattice = lattice;
        this.seen = seen;
        camera = new CameraSums(lattice);
        place = new long[lattice.placeWords()];
        codes = new int[lattice.dimensions().size()];
        int subsets = lattice.subsets();
        int own = (1 << lattice.fixed()) - 1;
        int[] frameNumber = new int[subsets];
        int frames = 0;
        for (int s = 0; s < subsets; s++) {
            frameNumber[s] = (lattice.mask(s) & own) == 0 ? frames++ : -1;
        }
        fixedDimensions = new int[subsets][];
        fixedStrides = new long[subsets][];
        frame = new int[subsets];
        denseStart = new int[subsets];
        int dense = 0;
        for (int s = 0; s < subsets; s++) {
            int frameSubset = lattice.subset(lattice.mask(s) & ~own);
            frame[s] = frameNumber[frameSubset];
            fixedDimensions[s] = Lattice.setBits(lattice.mask(s) & own);
            fixedStrides[s] = new long[fixedDimensions[s].length];
            // The camera's dimensions are the first, so the others' number is the low part of the id.
            long stride = lattice.width(frameSubset);
            for (int i = fixedDimensions[s].length - 1; i >= 0; i--) {
                fixedStrides[s][i] = stride;
                stride *= lattice.cardinality(fixedDimensions[s][i]);
            }
            boolean small = lattice.width(s) <= lattice.limits().denseSubset()
                    && dense + lattice.width(s) <= lattice.limits().denseTotal();
            denseStart[s] = small ? dense : -1;
            dense += small ? (int) lattice.width(s) : 0;
        }
        denseSlots = dense;
        sums = new long[Math.multiplyExact(dense + 256, STRIDE)];
        for (int slot = 0; slot < dense; slot++) {
            reset(slot);
        }
    }

    private void reset(int slot) {
        Arrays.fill(sums, slot * STRIDE, (slot + 1) * STRIDE, 0);
        sums[slot * STRIDE + LOWEST_SITE] = Long.MAX_VALUE;
        sums[slot * STRIDE + HIGHEST_SITE] = -1;
    }

    /**
     * Whether the kernel has to be drained before a cell of this place is added: the cell begins a use case, or another
     * camera and the table is full.
     */
    boolean mustDrain(long firstPlaceWord) {
        if (!open || place[0] >>> lattice.cameraShift() == firstPlaceWord >>> lattice.cameraShift()) {
            return false;
        }
        return lattice.useCaseOf(place[0]) != lattice.useCaseOf(firstPlaceWord)
                || hashed.size() >= lattice.limits().tableSegments();
    }

    /**
     * Adds a cell.
     *
     * @param cell counts in the order of {@link SegmentSums#COUNTS}
     * @throws IllegalStateException if it comes out of order
     * @throws ArithmeticException if a sum leaves 64 bits
     */
    void add(long[] placeWords, long[] frameWords, long[] cell) {
        int order = open ? Arrays.compare(placeWords, place) : 1;
        if (order < 0) {
            throw new IllegalStateException("Cells are not sorted by use case, camera and the camera's dimensions");
        }
        if (order > 0) {
            if (open) {
                close(placeWords[0] >>> lattice.cameraShift() == place[0] >>> lattice.cameraShift());
            }
            open = true;
            System.arraycopy(placeWords, 0, place, 0, place.length);
            lattice.unpackPlace(place, codes);
        }
        lattice.unpackFrame(frameWords, codes);
        camera.add(codes, cell);
    }

    /** Adds the camera's sums to those of the segments. */
    private void close(boolean cameraGoesOn) {
        long days = seen.days(lattice.useCaseOf(place[0]), lattice.cameraOf(place[0]));
        camera.rollUp();
        int whole = camera.slot(0, 0);
        long wholeTrials = Math.max(0, camera.count(whole, TRIALS));
        long wholeWrong = within(camera.count(whole, WRONG), 0, wholeTrials);
        boolean direct = !cameraGoesOn && moved.size() == 0;
        long site = lattice.site() < 0 ? -1 : codes[lattice.site()];
        for (int s = 0; s < frame.length; s++) {
            long base = 0;
            for (int i = 0; i < fixedDimensions[s].length; i++) {
                base += codes[fixedDimensions[s][i]] * fixedStrides[s][i];
            }
            int f = frame[s];
            for (int i = 0; i < camera.size(f); i++) {
                int slot = camera.slot(f, i);
                long at = base + camera.index(slot);
                if (direct) {
                    boolean tried = camera.count(slot, TRIALS) != 0;
                    for (int c = 0; c < COUNTS; c++) {
                        counts[c] = camera.count(slot, c);
                    }
                    addCamera(
                            segment(s, at),
                            days,
                            wholeWrong,
                            wholeTrials,
                            tried ? site : Long.MAX_VALUE,
                            tried ? site : -1);
                } else {
                    addMoved(lattice.base(s) + at, slot, site);
                }
            }
        }
        camera.clear();
        if (!direct && !cameraGoesOn) {
            int all = moved.slot(lattice.base(0)) * MOVED_STRIDE; // the segment without predicates
            wholeTrials = Math.max(0, movedSums[all + TRIALS]);
            wholeWrong = within(movedSums[all + WRONG], 0, wholeTrials);
            for (int m = 0; m < moved.size(); m++) {
                int c = m * MOVED_STRIDE;
                int s = lattice.subsetOf(movedIds[m]);
                System.arraycopy(movedSums, c, counts, 0, COUNTS);
                addCamera(
                        segment(s, movedIds[m] - lattice.base(s)),
                        days,
                        wholeWrong,
                        wholeTrials,
                        movedSums[c + MOVED_LOWEST_SITE],
                        movedSums[c + MOVED_HIGHEST_SITE]);
            }
            moved.clear();
        }
    }

    /**
     * The wrong alarms of a camera in a segment, drawn to what can be. A verdict may lie where no alarm is counted: one on a
     * file that came too late, or that was taken back after its camera moved.
     *
     * @param wrong as counted
     * @param trials of the camera in the segment, from 0 to {@code wholeTrials}
     * @param wholeWrong of the whole camera, from 0 to {@code wholeTrials}
     * @return from 0 to {@code trials}, and outside of the segment the same holds
     */
    static long wrongWithin(long wrong, long trials, long wholeWrong, long wholeTrials) {
        return within(wrong, Math.max(0, wholeWrong - (wholeTrials - trials)), Math.min(trials, wholeWrong));
    }

    /** Returns what is nearest to a value in a range. */
    static long within(long value, long low, long high) {
        return Math.max(low, Math.min(high, value));
    }

    private void addMoved(long id, int slot, long site) {
        int known = moved.size();
        int m = moved.slot(id);
        if (m == movedIds.length) {
            movedIds = Arrays.copyOf(movedIds, 2 * m);
            movedSums = Arrays.copyOf(movedSums, Math.multiplyExact(2 * m, MOVED_STRIDE));
        }
        int c = m * MOVED_STRIDE;
        if (m == known) {
            movedIds[m] = id;
            Arrays.fill(movedSums, c, c + COUNTS, 0);
            movedSums[c + MOVED_LOWEST_SITE] = Long.MAX_VALUE;
            movedSums[c + MOVED_HIGHEST_SITE] = -1;
        }
        for (int i = 0; i < COUNTS; i++) {
            movedSums[c + i] = Math.addExact(movedSums[c + i], camera.count(slot, i));
        }
        if (camera.count(slot, TRIALS) != 0) {
            movedSums[c + MOVED_LOWEST_SITE] = Math.min(movedSums[c + MOVED_LOWEST_SITE], site);
            movedSums[c + MOVED_HIGHEST_SITE] = Math.max(movedSums[c + MOVED_HIGHEST_SITE], site);
        }
    }

    /** Where the sums of a subset's segment are kept. */
    private int segment(int subset, long at) {
        if (denseStart[subset] >= 0) {
            return denseStart[subset] + (int) at;
        }
        int known = hashed.size();
        long id = lattice.base(subset) + at;
        int h = hashed.slot(id);
        int slot = denseSlots + h;
        if (h == known) {
            if (h == hashedIds.length) {
                hashedIds = Arrays.copyOf(hashedIds, 2 * h);
            }
            if ((slot + 1) * (long) STRIDE > sums.length) {
                sums = Arrays.copyOf(sums, Math.multiplyExact(slot + slot / 2 + 256, STRIDE));
            }
            hashedIds[h] = id;
            reset(slot);
        }
        return slot;
    }

    /** Adds {@link #counts}, which are one camera's, to a segment. */
    private void addCamera(int slot, long days, long wholeWrong, long wholeTrials, long lowestSite, long highestSite) {
        int c = slot * STRIDE;
        long trials = within(counts[TRIALS], 0, wholeTrials);
        long wrong = wrongWithin(counts[WRONG], trials, wholeWrong, wholeTrials);
        counts[TRIALS] = trials;
        counts[WRONG] = wrong;
        for (int i = 0; i < COUNTS; i++) {
            sums[c + i] = Math.addExact(sums[c + i], counts[i]);
        }
        boolean alarmed = counts[ALARMS] > 0;
        sums[c + WRONG_SQUARES] = Math.addExact(sums[c + WRONG_SQUARES], Math.multiplyExact(wrong, wrong));
        sums[c + WRONG_TRIALS] = Math.addExact(sums[c + WRONG_TRIALS], Math.multiplyExact(wrong, trials));
        sums[c + TRIALS_SQUARES] = Math.addExact(sums[c + TRIALS_SQUARES], Math.multiplyExact(trials, trials));
        sums[c + CAMERAS] += alarmed ? 1 : 0;
        sums[c + CAMERA_DAYS] += alarmed ? days : 0;
        sums[c + TRIAL_CAMERAS] += trials != 0 ? 1 : 0;
        sums[c + WHOLE_CAMERAS] += trials != 0 && trials == wholeTrials ? 1 : 0;
        sums[c + WRONG_OF_WHOLE] = Math.addExact(sums[c + WRONG_OF_WHOLE], Math.multiplyExact(wrong, wholeWrong));
        sums[c + WRONG_TRIALS_OF_WHOLE] = Math.addExact(
                sums[c + WRONG_TRIALS_OF_WHOLE],
                Math.addExact(Math.multiplyExact(wrong, wholeTrials), Math.multiplyExact(trials, wholeWrong)));
        sums[c + TRIALS_OF_WHOLE] = Math.addExact(sums[c + TRIALS_OF_WHOLE], Math.multiplyExact(trials, wholeTrials));
        sums[c + LOWEST_SITE] = Math.min(sums[c + LOWEST_SITE], lowestSite);
        sums[c + HIGHEST_SITE] = Math.max(sums[c + HIGHEST_SITE], highestSite);
        sums[c + PRESENT]++;
    }

    /** Ends the last camera; {@link #next} then hands out what was summed. */
    void startDraining() {
        if (open) {
            close(false);
            open = false;
        }
        drainSubset = 0;
        drainAt = -1;
        drainHashed = -1;
    }

    /** Moves to the next segment that exists; after the last one the kernel is empty again. */
    boolean next() {
        for (; drainSubset < denseStart.length; drainSubset++, drainAt = -1) {
            while (denseStart[drainSubset] >= 0 && ++drainAt < lattice.width(drainSubset)) {
                if (sums[(denseStart[drainSubset] + (int) drainAt) * STRIDE + PRESENT] > 0) {
                    return true;
                }
            }
        }
        if (++drainHashed < hashed.size()) {
            return true;
        }
        for (int slot = 0; slot < denseSlots; slot++) {
            if (sums[slot * STRIDE + PRESENT] > 0) {
                reset(slot);
            }
        }
        hashed.clear();
        return false;
    }

    /** Id of the current segment. */
    long id() {
        return drainSubset < denseStart.length ? lattice.base(drainSubset) + drainAt : hashedIds[drainHashed];
    }

    /** One of the {@link #SUMS} of the current segment. */
    long sum(int which) {
        int slot = drainSubset < denseStart.length ? denseStart[drainSubset] + (int) drainAt : denseSlots + drainHashed;
        return sums[slot * STRIDE + which];
    }
}
