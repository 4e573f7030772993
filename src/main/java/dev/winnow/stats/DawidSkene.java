package dev.winnow.stats;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.function.Function;

/**
 * How often each class occurs, and what each worker answers to items of each class: the model of Dawid and Skene (1979),
 * fitted by soft expectation maximization.
 *
 * <p>With prior p and confusion pi_j, an item's posterior is proportional to p_k prod pi_j[k, l] over the answers l of
 * workers j, computed in logarithms with the largest taken off. An item whose truth is known keeps it. Probabilities go
 * through {@link StrictMath}, so the same answers in the same order give the same bits wherever they are computed.
 */
public final class DawidSkene implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Below this difference of logarithms a class adds nothing to a double's digits. */
    private static final double NOTHING = -745;

    private final int classes;
    private final int workers;
    private final double[] prior;
    // [worker][answer][truth], so that an answer's probabilities under every truth lie side by side
    private final double[] confusion;
    private transient double[] logPrior;
    private transient double[] logConfusion;

    private DawidSkene(int classes, int workers, double[] prior, double[] confusion) {
        this.classes = classes;
        this.workers = workers;
        this.prior = prior;
        this.confusion = confusion;
        this.logPrior = logs(prior);
        this.logConfusion = logs(confusion);
    }

    private static double[] logs(double[] values) {
        return Arrays.stream(values).map(StrictMath::log).toArray();
    }

    /** Logarithms are made again where a model arrives: half the bytes travel. */
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        logPrior = logs(prior);
        logConfusion = logs(confusion);
    }

    /** What is assumed of workers. */
    public enum Errors {
        /** Each worker has a probability for every answer to every class. */
        CONFUSION,
        /**
         * Each worker has one accuracy and errs towards all other classes alike. Fails where workers are biased; only for
         * fewer than about ten answers a worker.
         */
        ONE_COIN
    }

    /**
     * When to stop and how to smooth.
     *
     * @param errors what is assumed of workers
     * @param smoothing pseudo-count of every answer of every worker to every class; 0 for none
     * @param tolerance the change of the log-likelihood over itself at which it is called constant
     * @param maxIterations pairs of maximization and expectation after which it ends in any case, at least 1
     */
    public record Settings(Errors errors, double smoothing, double tolerance, int maxIterations) {
        /** Refuses what can't end. */
        public Settings {
            if (!(smoothing >= 0 && tolerance >= 0 && maxIterations >= 1)) {
                throw new IllegalArgumentException("Expected smoothing and tolerance >= 0 and an iteration, got "
                        + smoothing + ", " + tolerance + ", " + maxIterations);
            }
        }
    }

    /**
     * What a fit ended with.
     *
     * @param model the last one; posteriors are those it gives
     * @param sums posteriors under the model, summed
     * @param iterations pairs of maximization and expectation
     * @param logLikelihood of all answers under the model, natural logarithm
     * @param converged whether it ended before the limit
     */
    public record Fit(DawidSkene model, Sums sums, int iterations, double logLikelihood, boolean converged) {}

    /**
     * Fits a model.
     *
     * @param start sums of {@link Sums#addVotes} over all answers
     * @param expectation sums of {@link Sums#addExpected} over all answers under a model
     */
    public static Fit fit(Sums start, Function<DawidSkene, Sums> expectation, Settings settings) {
        Sums sums = start;
        double before = Double.NEGATIVE_INFINITY;
        for (int iteration = 1; ; iteration++) {
            DawidSkene model = sums.maximize(settings);
            sums = expectation.apply(model);
            double now = sums.logLikelihood();
            // With smoothing the likelihood may also fall a little: what is maximized then holds the pseudo-counts,
            // too.
            boolean constant = Math.abs(now - before) <= settings.tolerance * Math.abs(now);
            if (constant || iteration == settings.maxIterations) {
                return new Fit(model, sums, iteration, now, constant);
            }
            before = now;
        }
    }

    /** Returns the number of classes. */
    public int classes() {
        return classes;
    }

    /** Returns the number of workers. */
    public int workers() {
        return workers;
    }

    /** Returns the share of items of a class, fraction. */
    public double prior(int truth) {
        return prior[truth];
    }

    /** Returns the probability that a worker answers {@code label} to an item of class {@code truth}. */
    public double probability(int worker, int truth, int label) {
        return confusion[(worker * classes + label) * classes + truth];
    }

    /** Returns the probability that a worker's answer is right: sum_k p_k pi[k, k]. */
    public double quality(int worker) {
        double quality = 0;
        for (int k = 0; k < classes; k++) {
            quality += prior[k] * probability(worker, k, k);
        }
        return quality;
    }

    /**
     * Returns the interval of {@link #quality}: Wilson's, on as many answers as weighing classes by their prior leaves (Kish
     * 1965), one more in each class than expected so that a class never met widens it.
     *
     * @param sums expected answers under this model
     * @param quantile of the standard normal distribution
     */
    public Interval qualityInterval(int worker, Sums sums, double quantile) {
        double inverse = 0;
        double all = 0;
        for (int k = 0; k < classes; k++) {
            double answers = 0;
            for (int l = 0; l < classes; l++) {
                answers += sums.answers(worker, k, l);
            }
            inverse += prior[k] * prior[k] / (answers + 1);
            all += answers;
        }
        double trials = Math.min(all, 1 / inverse);
        return Interval.wilson(Math.min(1, quality(worker)) * trials, trials, quantile);
    }

    /**
     * Writes the posterior of an item, which sums to 1.
     *
     * @return the log-likelihood of the item's answers
     */
    public double posterior(AnswerBlock block, int item, double[] posterior) {
        System.arraycopy(logPrior, 0, posterior, 0, classes);
        for (int place = block.begin(item); place < block.end(item); place++) {
            int row = block.code(place) * classes;
            for (int k = 0; k < classes; k++) {
                posterior[k] += logConfusion[row + k];
            }
        }
        int truth = block.truth(item);
        if (truth != AnswerBlock.NO_TRUTH) {
            double known = posterior[truth];
            Arrays.fill(posterior, 0);
            posterior[truth] = 1;
            return known;
        }
        double most = posterior[0];
        for (int k = 1; k < classes; k++) {
            most = Math.max(most, posterior[k]);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            double difference = posterior[k] - most;
            posterior[k] = difference == 0 ? 1 : difference < NOTHING ? 0 : StrictMath.exp(difference);
            sum += posterior[k];
        }
        for (int k = 0; k < classes; k++) {
            posterior[k] /= sum;
        }
        return most + StrictMath.log(sum);
    }

    /**
     * What a fit needs of the answers: posteriors summed by class, and by worker, answer and class.
     *
     * <p>Not in fixed point: what a worker answers to a class that hardly occurs is the quotient of two sums that may both
     * be tiny. So items have an order, and blocks as well: blocks that hold the same items, added in the same order, give
     * the same bits, whoever sums them. Memory: 8 bytes for each worker and pair of classes.
     */
    public static final class Sums {
        private final int classes;
        private final int workers;
        private final double[] byClass;
        private final double[] byAnswer;
        private double logLikelihood;

        /** Begins with nothing. */
        public Sums(int classes, int workers) {
            this.classes = classes;
            this.workers = workers;
            this.byClass = new double[classes];
            this.byAnswer = new double[Math.multiplyExact(Math.multiplyExact(workers, classes), classes)];
        }

        /** Adds items with the shares of their votes in place of posteriors: where a fit starts. */
        public Sums addVotes(AnswerBlock block) {
            int[] votes = new int[classes];
            double[] shares = new double[classes];
            for (int item = 0; item < block.items(); item++) {
                block.votes(item, votes);
                int answers = block.end(item) - block.begin(item);
                for (int k = 0; k < classes; k++) {
                    shares[k] = answers == 0 ? 1.0 / classes : (double) votes[k] / answers;
                }
                if (block.truth(item) != AnswerBlock.NO_TRUTH) {
                    Arrays.fill(shares, 0);
                    shares[block.truth(item)] = 1;
                }
                add(block, item, shares);
            }
            return this;
        }

        /** Adds items with their posteriors under a model. */
        public Sums addExpected(DawidSkene model, AnswerBlock block) {
            double[] posterior = new double[classes];
            for (int item = 0; item < block.items(); item++) {
                logLikelihood += model.posterior(block, item, posterior);
                add(block, item, posterior);
            }
            return this;
        }

        private void add(AnswerBlock block, int item, double[] shares) {
            for (int k = 0; k < classes; k++) {
                byClass[k] += shares[k];
            }
            for (int place = block.begin(item); place < block.end(item); place++) {
                int row = block.code(place) * classes;
                for (int k = 0; k < classes; k++) {
                    byAnswer[row + k] += shares[k];
                }
            }
        }

        /** Returns the expected number of a worker's answers {@code label} to items of class {@code truth}. */
        public double answers(int worker, int truth, int label) {
            return byAnswer[(worker * classes + label) * classes + truth];
        }

        /** Returns the log-likelihood of the answers added by {@link #addExpected}. */
        public double logLikelihood() {
            return logLikelihood;
        }

        /** Returns the sums as bytes, see {@link #add}. */
        public byte[] toBytes() {
            ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * (1 + byClass.length + byAnswer.length));
            bytes.asDoubleBuffer().put(logLikelihood).put(byClass).put(byAnswer);
            return bytes.array();
        }

        /** Adds the sums of other answers of the same fit, which {@link #toBytes} returned. */
        public Sums add(byte[] other) {
            DoubleBuffer doubles = ByteBuffer.wrap(other).asDoubleBuffer();
            logLikelihood += doubles.get();
            for (int i = 0; i < byClass.length; i++) {
                byClass[i] += doubles.get();
            }
            for (int i = 0; i < byAnswer.length; i++) {
                byAnswer[i] += doubles.get();
            }
            return this;
        }

        private DawidSkene maximize(Settings settings) {
            double items = 0;
            for (double sum : byClass) {
                items += sum;
            }
            double[] prior = new double[classes];
            for (int k = 0; k < classes; k++) {
                prior[k] = items == 0 ? 1.0 / classes : byClass[k] / items;
            }
            double[] confusion = new double[byAnswer.length];
            for (int worker = 0; worker < workers; worker++) {
                if (settings.errors == Errors.ONE_COIN) {
                    oneCoin(worker, settings.smoothing, confusion);
                } else {
                    rows(worker, settings.smoothing, confusion);
                }
            }
            return new DawidSkene(classes, workers, prior, confusion);
        }

        /** A class that a worker was never asked about leaves every answer equally likely. */
        private void rows(int worker, double smoothing, double[] confusion) {
            for (int k = 0; k < classes; k++) {
                double all = smoothing * classes;
                for (int l = 0; l < classes; l++) {
                    all += answers(worker, k, l);
                }
                for (int l = 0; l < classes; l++) {
                    confusion[(worker * classes + l) * classes + k] =
                            all == 0 ? 1.0 / classes : (answers(worker, k, l) + smoothing) / all;
                }
            }
        }

        private void oneCoin(int worker, double smoothing, double[] confusion) {
            double right = smoothing;
            double all = smoothing * classes;
            for (int k = 0; k < classes; k++) {
                right += answers(worker, k, k);
                for (int l = 0; l < classes; l++) {
                    all += answers(worker, k, l);
                }
            }
            double accuracy = all == 0 || classes == 1 ? 1.0 / classes : right / all;
            for (int k = 0; k < classes; k++) {
                for (int l = 0; l < classes; l++) {
                    confusion[(worker * classes + l) * classes + k] =
                            k == l ? accuracy : (1 - accuracy) / (classes - 1);
                }
            }
        }
    }
}
