package dev.winnow.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One box that several annotators drew around the same object.
 *
 * @param box coordinate-wise median; the mean of two
 * @param label class with the most votes; null where classes tie
 * @param votes annotators who drew it
 * @param viewers annotators who saw the image, also those who drew nothing
 * @param confidence votes / viewers times the mean IoU of its pairs; null for a single vote
 */
public record BoxConsensus(
        Box box,
        @Nullable String label,
        int votes,
        int viewers,
        @Nullable Double confidence) {
    /** IoU from which two boxes are taken for the same object; the usual one of detection benchmarks. */
    private static final double SAME = 0.5;

    /**
     * A box as somebody drew it.
     *
     * @param annotator who
     * @param label class
     * @param box where
     */
    public record Drawn(String annotator, String label, Box box) {}

    /** Returns whether most viewers drew it: votes of at least floor(m / 2) + 1 of m viewers. */
    public boolean kept() {
        return votes >= viewers / 2 + 1;
    }

    /**
     * Groups the boxes of one image, whatever their classes, by complete linkage at IoU 0.5 with at most one box of each
     * annotator: the two groups whose least similar pair is most similar are joined first. Boxes without an area are left
     * out. Takes time by the cube of the number of boxes.
     *
     * @param drawn in key order, which decides between equals
     * @param viewers annotators who saw the image, at least those who drew
     * @return kept and dropped groups, in the order of their first boxes
     */
    public static List<BoxConsensus> of(List<Drawn> drawn, int viewers) {
        List<List<Drawn>> groups = new ArrayList<>();
        for (Drawn one : drawn) {
            if (one.box.valid()) {
                groups.add(new ArrayList<>(List.of(one)));
            }
        }
        double[][] linkage = new double[groups.size()][groups.size()];
        for (int i = 0; i < linkage.length; i++) {
            for (int j = i + 1; j < linkage.length; j++) {
                linkage[i][j] = linkage(groups.get(i), groups.get(j));
            }
        }
        boolean[] gone = new boolean[linkage.length];
        for (int[] pair = closest(linkage, gone); pair.length == 2; pair = closest(linkage, gone)) {
            int to = pair[0];
            groups.get(to).addAll(groups.get(pair[1]));
            gone[pair[1]] = true;
            for (int i = 0; i < linkage.length; i++) {
                if (i != to && !gone[i]) {
                    linkage[Math.min(i, to)][Math.max(i, to)] = linkage(groups.get(i), groups.get(to));
                }
            }
        }
        List<BoxConsensus> result = new ArrayList<>();
        for (int i = 0; i < linkage.length; i++) {
            if (!gone[i]) {
                result.add(merged(groups.get(i), viewers));
            }
        }
        return result;
    }

    /** The least IoU between two groups; 0 where they share an annotator. */
    private static double linkage(List<Drawn> a, List<Drawn> b) {
        double least = 1;
        for (Drawn one : a) {
            for (Drawn other : b) {
                least = one.annotator.equals(other.annotator) ? 0 : Math.min(least, one.box.iou(other.box));
            }
        }
        return least;
    }

    private static int[] closest(double[][] linkage, boolean[] gone) {
        int[] pair = {};
        double best = SAME;
        for (int i = 0; i < linkage.length; i++) {
            for (int j = i + 1; j < linkage.length; j++) {
                boolean better = linkage[i][j] > best || (pair.length == 0 && linkage[i][j] == best);
                if (!gone[i] && !gone[j] && better) {
                    best = linkage[i][j];
                    pair = new int[] {i, j};
                }
            }
        }
        return pair;
    }

    private static BoxConsensus merged(List<Drawn> group, int viewers) {
        TreeMap<String, Integer> votes = new TreeMap<>();
        group.forEach(one -> votes.merge(one.label, 1, Integer::sum));
        int winner =
                Votes.winner(votes.values().stream().mapToInt(Integer::intValue).toArray());
        double sum = 0;
        for (int i = 0; i < group.size(); i++) {
            for (int j = i + 1; j < group.size(); j++) {
                sum += group.get(i).box.iou(group.get(j).box);
            }
        }
        double pairs = group.size() * (group.size() - 1) / 2.0;
        return new BoxConsensus(
                new Box(
                        median(group, Box::left),
                        median(group, Box::top),
                        median(group, Box::right),
                        median(group, Box::bottom)),
                winner == Votes.TIE ? null : List.copyOf(votes.keySet()).get(winner),
                group.size(),
                viewers,
                pairs == 0 ? null : (double) group.size() / viewers * (sum / pairs));
    }

    private static double median(List<Drawn> group, ToDoubleFunction<Box> coordinate) {
        double[] sorted = group.stream()
                .mapToDouble(one -> coordinate.applyAsDouble(one.box))
                .sorted()
                .toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
