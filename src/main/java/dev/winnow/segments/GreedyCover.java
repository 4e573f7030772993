package dev.winnow.segments;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Few segments that hold most of the excess errors, chosen one after the other.
 *
 * <p>The excess of a segment is x - p_rest n over its judged alarms, with p_rest the rate outside of it. Each step takes
 * the segment with the largest excess over what no segment taken before covers, and stops before a step that gains less
 * than a share of the total. The total is what all steps with any gain hold together, so shares add up to at most 1,
 * and a segment that overlaps others counts what it adds to them only. A later segment is compared with the rest as
 * published, in which earlier ones still raise the rate: its excess errs on the low side.
 *
 * <p>Decisions are integers: p_rest is rounded to 2^-40, gains are exact multiples of that, and equal gains go to the
 * smaller key. Gains are big integers, since x 2^40 leaves 64 bits at 8.4 million errors; there is one per segment and
 * step only. Time: segments x steps, plus once every membership of a leaf; memory: 4 bytes per membership.
 *
 * <p>The choice is greedy and no optimum: leaves below the rate of the rest count negative, so gains can even grow once
 * other segments have covered such leaves.
 */
final class GreedyCover {
    private static final int SHIFT = 40;

    private GreedyCover() {}

    /**
     * A segment that may be taken.
     *
     * @param key unique; decides between equal gains
     * @param restWrong wrong alarms of the use case outside the segment
     * @param restJudged judged alarms outside the segment; a segment without a rest is never taken
     */
    record Candidate(String key, long restWrong, long restJudged) {}

    /** Judged alarms that lie in the same segments. */
    static final class Leaf implements Comparable<Leaf> {
        private final int[] members;
        private final long wrong;
        private final long judged;

        /** Creates a leaf; {@code members} are places in the list of candidates. */
        Leaf(int[] members, long wrong, long judged) {
            this.members = members.clone();
            this.wrong = wrong;
            this.judged = judged;
        }

        long wrong() {
            return wrong;
        }

        long judged() {
            return judged;
        }

        /** Places of the segments that hold it. */
        int[] members() {
            return members.clone();
        }

        @Override
        public int compareTo(Leaf other) {
            int byMembers = Arrays.compare(members, other.members);
            int byWrong = byMembers != 0 ? byMembers : Long.compare(wrong, other.wrong);
            return byWrong != 0 ? byWrong : Long.compare(judged, other.judged);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Leaf leaf && compareTo(leaf) == 0;
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(members) + Long.hashCode(31 * wrong + judged);
        }

        @Override
        public String toString() {
            return Arrays.toString(members) + " " + wrong + "/" + judged;
        }
    }

    /**
     * A segment taken.
     *
     * @param key its key
     * @param excess excess errors among judged alarms that no segment before it covers
     * @param share of the total, fraction
     * @param cumulativeShare of this and all segments before it, fraction
     */
    record Pick(String key, double excess, double share, double cumulativeShare) {}

    /**
     * Chooses segments.
     *
     * @param candidates segments with different keys
     * @param leaves what lies in them; leaves of no segment do not matter
     * @param minShare share of the total that a segment has to gain, in [0, 1]; 0.05 is the default of the method
     * @return segments in the order taken; empty where no segment has an excess
     */
    static List<Pick> cover(List<Candidate> candidates, List<Leaf> leaves, double minShare) {
        if (!(minShare >= 0 && minShare <= 1)) {
            throw new IllegalArgumentException("Expected a share in [0, 1], got " + minShare);
        }
        if (candidates.stream().map(Candidate::key).distinct().count() < candidates.size()) {
            throw new IllegalArgumentException("Expected segments of different keys, got " + candidates);
        }
        List<Step> steps = steps(candidates, leaves);
        BigInteger total = steps.stream().map(Step::gain).reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger least = total.multiply(BigInteger.valueOf(Math.round(minShare * (1L << SHIFT))));
        List<Pick> picks = new ArrayList<>();
        BigInteger held = BigInteger.ZERO;
        for (Step step : steps) {
            if (step.gain().shiftLeft(SHIFT).compareTo(least) < 0) {
                break;
            }
            held = held.add(step.gain());
            picks.add(new Pick(
                    candidates.get(step.candidate()).key(),
                    step.gain().doubleValue() / (1L << SHIFT),
                    step.gain().doubleValue() / total.doubleValue(),
                    held.doubleValue() / total.doubleValue()));
        }
        return picks;
    }

    private record Step(int candidate, BigInteger gain) {}

    /** All steps with a gain. */
    private static List<Step> steps(List<Candidate> candidates, List<Leaf> leaves) {
        int size = candidates.size();
        long[] wrong = new long[size];
        long[] judged = new long[size];
        int[] count = new int[size];
        for (Leaf leaf : leaves) {
            for (int c : leaf.members) {
                wrong[c] = Math.addExact(wrong[c], leaf.wrong);
                judged[c] = Math.addExact(judged[c], leaf.judged);
                count[c]++;
            }
        }
        int[][] leavesOf = new int[size][];
        for (int c = 0; c < size; c++) {
            leavesOf[c] = new int[count[c]];
        }
        for (int l = 0; l < leaves.size(); l++) {
            for (int c : leaves.get(l).members) {
                leavesOf[c][--count[c]] = l;
            }
        }
        BigInteger[] rest = new BigInteger[size];
        for (int c = 0; c < size; c++) {
            rest[c] = rate(candidates.get(c));
        }
        boolean[] covered = new boolean[leaves.size()];
        boolean[] taken = new boolean[size];
        List<Step> steps = new ArrayList<>();
        while (true) {
            int best = -1;
            BigInteger most = BigInteger.ZERO;
            for (int c = 0; c < size; c++) {
                if (taken[c] || candidates.get(c).restJudged() <= 0) {
                    continue;
                }
                BigInteger gain = BigInteger.valueOf(wrong[c])
                        .shiftLeft(SHIFT)
                        .subtract(rest[c].multiply(BigInteger.valueOf(judged[c])));
                int order = gain.compareTo(most);
                // The first gain has to be positive; later ones may tie with it.
                boolean ties = order == 0 && best >= 0;
                if (order > 0
                        || (ties
                                && candidates
                                                .get(c)
                                                .key()
                                                .compareTo(candidates.get(best).key())
                                        < 0)) {
                    best = c;
                    most = gain;
                }
            }
            if (best < 0) {
                return steps;
            }
            taken[best] = true;
            steps.add(new Step(best, most));
            for (int l : leavesOf[best]) {
                if (!covered[l]) {
                    covered[l] = true;
                    Leaf leaf = leaves.get(l);
                    for (int c : leaf.members) {
                        wrong[c] -= leaf.wrong;
                        judged[c] -= leaf.judged;
                    }
                }
            }
        }
    }

    /** The rate of the rest in units of 2^-40, rounded half up. */
    private static BigInteger rate(Candidate candidate) {
        if (candidate.restJudged() <= 0) {
            return BigInteger.ZERO;
        }
        BigInteger n = BigInteger.valueOf(candidate.restJudged());
        return BigInteger.valueOf(candidate.restWrong())
                .shiftLeft(SHIFT + 1)
                .add(n)
                .divide(n.shiftLeft(1));
    }
}
