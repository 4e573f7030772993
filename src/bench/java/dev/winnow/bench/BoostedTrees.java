package dev.winnow.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A classifier that stays the same whatever it learns from: gradient boosting of shallow trees for the logistic loss, with
 * second derivatives (Friedman 2001; Chen and Guestrin 2016, section 2.2). Nothing in it is drawn.
 */
final class BoostedTrees {
    private static final int ROUNDS = 120;
    private static final int DEPTH = 3;
    private static final int BINS = 32;
    private static final double SHRINKAGE = 0.1;
    private static final double RIDGE = 1;

    /** Least sum of second derivatives in a leaf: some ten rows of which half are positive. */
    private static final double MIN_WEIGHT = 2.5;

    private final double start;
    private final List<Node> trees;

    private BoostedTrees(double start, List<Node> trees) {
        this.start = start;
        this.trees = trees;
    }

    /** A split, where values up to the edge go left, or a leaf (without children). */
    private record Node(int feature, double edge, double value, List<Node> children) {
        double at(double[] features) {
            return children.isEmpty() ? value : children.get(features[feature] <= edge ? 0 : 1).at(features);
        }
    }

    /** Learns from rows of features and whether each is positive; at least one row. */
    static BoostedTrees fit(List<double[]> rows, boolean[] positive) {
        double share = (IntStream.range(0, rows.size()).filter(i -> positive[i]).count() + 1.0) / (rows.size() + 2);
        double start = Math.log(share / (1 - share));
        double[] scores = new double[rows.size()];
        Arrays.fill(scores, start);
        Fit fit = new Fit(rows);
        List<Node> trees = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < scores.length; i++) {
                double probability = 1 / (1 + Math.exp(-scores[i]));
                fit.first[i] = probability - (positive[i] ? 1 : 0);
                fit.second[i] = probability * (1 - probability);
            }
            Node tree = fit.grow(IntStream.range(0, scores.length).toArray(), DEPTH);
            for (int i = 0; i < scores.length; i++) {
                scores[i] += tree.at(rows.get(i));
            }
            trees.add(tree);
        }
        return new BoostedTrees(start, trees);
    }

    /** Returns the probability that a row is positive. */
    double probability(double[] features) {
        double score = start;
        for (Node tree : trees) {
            score += tree.at(features);
        }
        return 1 / (1 + Math.exp(-score));
    }

    /** Rows by the bins of their features. */
    private static final class Fit {
        private final double[][] edges;
        private final int[][] bins;
        private final double[] first;
        private final double[] second;

        Fit(List<double[]> rows) {
            int features = rows.get(0).length;
            edges = new double[features][];
            bins = new int[features][rows.size()];
            first = new double[rows.size()];
            second = new double[rows.size()];
            for (int f = 0; f < features; f++) {
                int feature = f;
                double[] sorted = rows.stream().mapToDouble(row -> row[feature]).sorted().toArray();
                edges[f] = IntStream.range(1, BINS)
                        .mapToDouble(b -> sorted[b * sorted.length / BINS])
                        .distinct()
                        .toArray();
                for (int i = 0; i < sorted.length; i++) {
                    int place = Arrays.binarySearch(edges[f], rows.get(i)[f]);
                    bins[f][i] = place >= 0 ? place : -place - 1;
                }
            }
        }

        Node grow(int[] rows, int depth) {
            double gradient = Arrays.stream(rows).mapToDouble(i -> first[i]).sum();
            double weight = Arrays.stream(rows).mapToDouble(i -> second[i]).sum();
            int bestFeature = -1;
            int bestBin = -1;
            double bestGain = 1e-9;
            for (int f = 0; f < edges.length && depth > 0; f++) {
                double[] gradients = new double[edges[f].length + 1];
                double[] weights = new double[edges[f].length + 1];
                for (int i : rows) {
                    gradients[bins[f][i]] += first[i];
                    weights[bins[f][i]] += second[i];
                }
                double left = 0;
                double leftWeight = 0;
                for (int bin = 0; bin < edges[f].length; bin++) {
                    left += gradients[bin];
                    leftWeight += weights[bin];
                    if (leftWeight < MIN_WEIGHT || weight - leftWeight < MIN_WEIGHT) {
                        continue;
                    }
                    double gain = gain(left, leftWeight) + gain(gradient - left, weight - leftWeight)
                            - gain(gradient, weight);
                    if (gain > bestGain) {
                        bestGain = gain;
                        bestFeature = f;
                        bestBin = bin;
                    }
                }
            }
            if (bestFeature < 0) {
                return new Node(-1, 0, -SHRINKAGE * gradient / (weight + RIDGE), List.of());
            }
            int feature = bestFeature;
            int bin = bestBin;
            int[] low = Arrays.stream(rows).filter(i -> bins[feature][i] <= bin).toArray();
            int[] high = Arrays.stream(rows).filter(i -> bins[feature][i] > bin).toArray();
            return new Node(
                    feature,
                    edges[feature][bin],
                    0,
                    List.of(grow(low, depth - 1), grow(high, depth - 1)));
        }

        private static double gain(double gradient, double weight) {
            return gradient * gradient / (weight + RIDGE);
        }
    }
}
