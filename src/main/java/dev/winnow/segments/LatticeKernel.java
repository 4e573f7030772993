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
 * use case has fewer than 2,147,483,648 judged alarms, the root of 2^62.
 *
 * <p>Memory: 136 bytes for each id in plain arrays ({@link Lattice.Limits#denseTotal}) and about 190 for each segment
 * in the hash map, to be drained above {@link Lattice.Limits#tableSegments}; with the default limits below 0.3 GB. Not
 * safe for threads.
 */
final class LatticeKernel {
    // A segment's sums, in the order they are kept; the first five are the counts of a cell.
    static final int ALARMS = 0;
    static final int WRONG = 1;
    static final int CONFIRMED = 2;
    static final int RELABELED = 3;
    static final int MISSED = 4;

    /** Sum of x_c^2 over cameras c, with x_c wrong alarms of the camera in the segment. */
    static final int WRONG_SQUARES = 5;

    /** Sum of x_c n_c, with n_c judged alarms. */
    static final int WRONG_JUDGED = 6;

    /** Sum of n_c^2. */
    static final int JUDGED_SQUARES = 7;

    /** Cameras with alarms. */
    static final int CAMERAS = 8;

    /** Cameras with judged alarms: the clusters of a rate. */
    static final int JUDGED_CAMERAS = 9;

    /** Cameras whose judged alarms are all in the segment: they don't enter the rest's rate. */
    static final int WHOLE_CAMERAS = 10;

    // What a segment shares with the rest of its cameras: with X_c and N_c the whole camera's wrong and judged alarms,
    // sums of x_c X_c, of x_c N_c + n_c X_c, and of n_c N_c. Squares of the rest follow from these.
    static final int WRONG_OF_WHOLE = 11;
    static final int WRONG_JUDGED_OF_WHOLE = 12;
    static final int JUDGED_OF_WHOLE = 13;

    /** Lowest code of a site with judged alarms; {@link Long#MAX_VALUE} without. */
    static final int LOWEST_SITE = 14;

    /** Highest code of a site with judged alarms; -1 without. */
    static final int HIGHEST_SITE = 15;

    /** Sums that are handed out. */
    static final int SUMS = 16;

    /** Cameras with a cell in the segment, whatever it counts: a segment without any does not exist. */
    private static final int PRESENT = 16;

    private static final int STRIDE = 17;

    /** A camera's counts in a segment, the lowest and the highest site. */
    private static final int MOVED_STRIDE = CameraSums.COUNTS + 2;

    private final Lattice lattice;
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
    private boolean open;

    private int drainSubset;
    private long drainAt;
    private int drainHashed;

    LatticeKernel(Lattice lattice) {
        this.lattice = lattice;
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
     * @throws IllegalStateException if it comes out of order
     * @throws ArithmeticException if a sum leaves 64 bits
     */
    void add(
            long[] placeWords,
            long[] frameWords,
            long alarms,
            long wrong,
            long confirmed,
            long relabeled,
            long missed) {
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
        camera.add(codes, alarms, wrong, confirmed, relabeled, missed);
    }

    /** Adds the camera's sums to those of the segments. */
    private void close(boolean cameraGoesOn) {
        camera.rollUp();
        int whole = camera.slot(0, 0);
        long wholeWrong = camera.count(whole, WRONG);
        long wholeJudged = Math.addExact(wholeWrong, camera.count(whole, CONFIRMED));
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
                    boolean judged = camera.count(slot, WRONG) + camera.count(slot, CONFIRMED) != 0;
                    addCamera(
                            segment(s, at),
                            camera.count(slot, ALARMS),
                            camera.count(slot, WRONG),
                            camera.count(slot, CONFIRMED),
                            camera.count(slot, RELABELED),
                            camera.count(slot, MISSED),
                            wholeWrong,
                            wholeJudged,
                            judged ? site : Long.MAX_VALUE,
                            judged ? site : -1);
                } else {
                    addMoved(lattice.base(s) + at, slot, site);
                }
            }
        }
        camera.clear();
        if (!direct && !cameraGoesOn) {
            int all = moved.slot(lattice.base(0)) * MOVED_STRIDE; // the segment without predicates
            wholeWrong = movedSums[all + WRONG];
            wholeJudged = Math.addExact(wholeWrong, movedSums[all + CONFIRMED]);
            for (int m = 0; m < moved.size(); m++) {
                int c = m * MOVED_STRIDE;
                int s = lattice.subsetOf(movedIds[m]);
                addCamera(
                        segment(s, movedIds[m] - lattice.base(s)),
                        movedSums[c],
                        movedSums[c + 1],
                        movedSums[c + 2],
                        movedSums[c + 3],
                        movedSums[c + 4],
                        wholeWrong,
                        wholeJudged,
                        movedSums[c + 5],
                        movedSums[c + 6]);
            }
            moved.clear();
        }
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
            Arrays.fill(movedSums, c, c + CameraSums.COUNTS, 0);
            movedSums[c + 5] = Long.MAX_VALUE;
            movedSums[c + 6] = -1;
        }
        for (int i = 0; i < CameraSums.COUNTS; i++) {
            movedSums[c + i] = Math.addExact(movedSums[c + i], camera.count(slot, i));
        }
        if (camera.count(slot, WRONG) + camera.count(slot, CONFIRMED) != 0) {
            movedSums[c + 5] = Math.min(movedSums[c + 5], site);
            movedSums[c + 6] = Math.max(movedSums[c + 6], site);
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

    private void addCamera(
            int slot,
            long alarms,
            long wrong,
            long confirmed,
            long relabeled,
            long missed,
            long wholeWrong,
            long wholeJudged,
            long lowestSite,
            long highestSite) {
        int c = slot * STRIDE;
        long judged = Math.addExact(wrong, confirmed);
        sums[c + ALARMS] = Math.addExact(sums[c + ALARMS], alarms);
        sums[c + WRONG] = Math.addExact(sums[c + WRONG], wrong);
        sums[c + CONFIRMED] = Math.addExact(sums[c + CONFIRMED], confirmed);
        sums[c + RELABELED] = Math.addExact(sums[c + RELABELED], relabeled);
        sums[c + MISSED] = Math.addExact(sums[c + MISSED], missed);
        sums[c + WRONG_SQUARES] = Math.addExact(sums[c + WRONG_SQUARES], Math.multiplyExact(wrong, wrong));
        sums[c + WRONG_JUDGED] = Math.addExact(sums[c + WRONG_JUDGED], Math.multiplyExact(wrong, judged));
        sums[c + JUDGED_SQUARES] = Math.addExact(sums[c + JUDGED_SQUARES], Math.multiplyExact(judged, judged));
        sums[c + CAMERAS] += alarms > 0 ? 1 : 0;
        sums[c + JUDGED_CAMERAS] += judged != 0 ? 1 : 0;
        sums[c + WHOLE_CAMERAS] += judged != 0 && judged == wholeJudged ? 1 : 0;
        sums[c + WRONG_OF_WHOLE] = Math.addExact(sums[c + WRONG_OF_WHOLE], Math.multiplyExact(wrong, wholeWrong));
        sums[c + WRONG_JUDGED_OF_WHOLE] = Math.addExact(
                sums[c + WRONG_JUDGED_OF_WHOLE],
                Math.addExact(Math.multiplyExact(wrong, wholeJudged), Math.multiplyExact(judged, wholeWrong)));
        sums[c + JUDGED_OF_WHOLE] = Math.addExact(sums[c + JUDGED_OF_WHOLE], Math.multiplyExact(judged, wholeJudged));
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
