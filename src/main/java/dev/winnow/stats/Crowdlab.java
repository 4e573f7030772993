package dev.winnow.stats;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Labels of answers and of a model's predictions together: a weighted mean of what each of them says (CROWDLAB; Goh, Tkachenko
 * and Mueller 2022).
 *
 * <p>Over items with at least two answers, P is the mean share of answers that name the item's consensus, by most votes, and
 * E the share of items whose consensus is not the commonest one: the error of always guessing. A worker who agrees with a
 * share A of the others' answers weighs 1 - (1 - A) / E, the model with error e weighs (1 - e) likewise times the square root
 * of the mean number of answers, both at least 1e-6. A worker's answer says its class with P and every other with (1 - P) /
 * (K - 1).
 *
 * <p>Of the model the predicted class and its confidence c are known: every other class is taken to have (1 - c) / (K - 1).
 * Votes that tie go to the tied class that the model finds likelier; where that does not decide, the item counts for neither
 * P nor E. The known truth of an item is its consensus. All sums are of whole numbers.
 */
public final class Crowdlab implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Least weight and least error of guessing, as published. */
    private static final double FLOOR = 1e-6;

    /** Shares are added in parts of this size. */
    private static final double ONE = 0x1p32;

    private final double[] weights;
    private final double modelWeight;
    private final double likelihood;

    private Crowdlab(double[] weights, double modelWeight, double likelihood) {
        this.weights = weights;
        this.modelWeight = modelWeight;
        this.likelihood = likelihood;
    }

    /** What is counted over blocks of answers; sums of several blocks add up. */
    public static final class Sums {
        // Counts side by side, before those of classes and workers.
        private static final int ITEMS = 0;
        private static final int ANSWERS = 1;
        private static final int DECIDED = 2;
        private static final int AGREEING = 3;
        private static final int PREDICTED = 4;
        private static final int WRONG = 5;
        private static final int HEADER = 6;

        private final int classes;
        private final int workers;
        private final long[] counts;

        /** Begins with nothing. */
        public Sums(int classes, int workers) {
            this.classes = classes;
            this.workers = workers;
            this.counts = new long[HEADER + classes + 2 * workers];
        }

        private int ofClass(int label) {
            return HEADER + label;
        }

        private int same(int worker) {
            return HEADER + classes + 2 * worker;
        }

        private int others(int worker) {
            return same(worker) + 1;
        }

        /** Adds a block. */
        public Sums add(AnswerBlock block) {
            int[] votes = new int[classes];
            double[] model = new double[classes];
            for (int item = 0; item < block.items(); item++) {
                int answers = block.end(item) - block.begin(item);
                if (answers > 0) {
                    counts[ITEMS]++;
                    counts[ANSWERS] += answers;
                }
                if (answers > 1) {
                    block.votes(item, votes);
                    agreement(block, item, votes, answers);
                    boolean predicted = predicted(block, item, model);
                    decided(block, item, votes, answers, predicted ? model : null);
                }
            }
            return this;
        }

        private void agreement(AnswerBlock block, int item, int[] votes, int answers) {
            for (int place = block.begin(item); place < block.end(item); place++) {
                counts[same(block.worker(place))] += votes[block.label(place)] - 1;
                counts[others(block.worker(place))] += answers - 1;
            }
        }

        private void decided(AnswerBlock block, int item, int[] votes, int answers, double @Nullable [] model) {
            int truth = block.truth(item);
            int consensus = truth == AnswerBlock.NO_TRUTH ? winner(votes, model) : truth;
            if (consensus == Votes.TIE) {
                return;
            }
            counts[DECIDED]++;
            counts[ofClass(consensus)]++;
            counts[AGREEING] += Math.round(ONE * votes[consensus] / answers);
            if (model != null) {
                counts[PREDICTED]++;
                counts[WRONG] += block.prediction(item) == consensus ? 0 : 1;
            }
        }

        private static int winner(int[] votes, double @Nullable [] model) {
            int winner = Votes.winner(votes);
            if (winner != Votes.TIE || model == null) {
                return winner;
            }
            int most = Arrays.stream(votes).max().orElse(0);
            double best = -1;
            for (int k = 0; k < votes.length; k++) {
                if (votes[k] == most && model[k] >= best) {
                    winner = model[k] == best ? Votes.TIE : k;
                    best = model[k];
                }
            }
            return winner;
        }

        /** Returns the sums as bytes, see {@link #add(byte[])}. */
        public byte[] toBytes() {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * counts.length);
            bytes.asLongBuffer().put(counts);
            return bytes.array();
        }

        /** Adds what {@link #toBytes} of other sums of as many classes and workers returned. */
        public Sums add(byte[] other) {
            LongBuffer longs = ByteBuffer.wrap(other).asLongBuffer();
            for (int i = 0; i < counts.length; i++) {
                counts[i] += longs.get();
            }
            return this;
        }
    }

    /**
     * Weighs workers and model.
     *
     * <p>A worker whose items nobody else answered is taken to agree as much as the mean of the workers does. Where no item
     * has two answers that decide, nothing is known of anyone: all weigh alike and are believed.
     */
    public static Crowdlab of(Sums sums) {
        double[] agreement = new double[sums.workers];
        double known = 0;
        int overlapping = 0;
        for (int worker = 0; worker < sums.workers; worker++) {
            long others = sums.counts[sums.others(worker)];
            agreement[worker] = others == 0 ? Double.NaN : (double) sums.counts[sums.same(worker)] / others;
            known += others == 0 ? 0 : agreement[worker];
            overlapping += others == 0 ? 0 : 1;
        }
        long decided = sums.counts[Sums.DECIDED];
        if (decided == 0) {
            double[] alike = new double[sums.workers];
            Arrays.fill(alike, 1);
            return new Crowdlab(alike, 1, 1);
        }
        long commonest = 0;
        for (int k = 0; k < sums.classes; k++) {
            commonest = Math.max(commonest, sums.counts[sums.ofClass(k)]);
        }
        double guessing = Math.max(FLOOR, (double) (decided - commonest) / decided);
        double mean = overlapping == 0 ? 1 : known / overlapping;
        double[] weights = new double[sums.workers];
        for (int worker = 0; worker < weights.length; worker++) {
            double agrees = Double.isNaN(agreement[worker]) ? mean : agreement[worker];
            weights[worker] = Math.max(FLOOR, 1 - (1 - agrees) / guessing);
        }
        long predicted = sums.counts[Sums.PREDICTED];
        double error = predicted == 0 ? 1 : (double) sums.counts[Sums.WRONG] / predicted;
        double answers = (double) sums.counts[Sums.ANSWERS] / sums.counts[Sums.ITEMS];
        return new Crowdlab(
                weights,
                Math.max(FLOOR, 1 - error / guessing) * Math.sqrt(answers),
                sums.counts[Sums.AGREEING] / ONE / decided);
    }

    /** Returns the weight of a worker's answers. */
    public double weight(int worker) {
        return weights[worker];
    }

    /** Returns the weight of the model's predictions. */
    public double modelWeight() {
        return modelWeight;
    }

    /** Returns P, the probability that an answer names the consensus. */
    public double likelihood() {
        return likelihood;
    }

    /** Writes the posterior of each class of an item; zeros where nobody says anything. */
    public void posterior(AnswerBlock block, int item, double[] posterior) {
        int classes = posterior.length;
        double[] model = new double[classes];
        boolean predicted = predicted(block, item, model);
        double all = predicted ? modelWeight : 0;
        for (int k = 0; k < classes; k++) {
            posterior[k] = all * model[k];
        }
        double other = classes == 1 ? 0 : (1 - likelihood) / (classes - 1);
        for (int place = block.begin(item); place < block.end(item); place++) {
            double weight = weights[block.worker(place)];
            all += weight;
            for (int k = 0; k < classes; k++) {
                posterior[k] += weight * (k == block.label(place) ? likelihood : other);
            }
        }
        for (int k = 0; k < classes && all > 0; k++) {
            posterior[k] = classes == 1 ? 1 : Math.min(1, posterior[k] / all);
        }
    }

    /** Writes what the model says; returns whether it says anything. */
    private static boolean predicted(AnswerBlock block, int item, double[] probabilities) {
        int label = block.prediction(item);
        if (label == AnswerBlock.NO_PREDICTION) {
            return false;
        }
        int classes = probabilities.length;
        double confidence = classes == 1 ? 1 : block.confidence(item);
        Arrays.fill(probabilities, classes == 1 ? 0 : (1 - confidence) / (classes - 1));
        probabilities[label] = confidence;
        return true;
    }
}
