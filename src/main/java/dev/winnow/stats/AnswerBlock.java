package dev.winnow.stats;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Answers that people gave to some items, in primitive arrays: four bytes an answer, eight an item, and twelve more where a
 * model's predictions are among them.
 *
 * <p>Workers and labels are numbers from 0; whoever builds a block keeps their names.
 */
public final class AnswerBlock {
    /** Truth of an item whose truth is not known. */
    public static final int NO_TRUTH = -1;

    /** Prediction of an item of which no model said anything. */
    public static final int NO_PREDICTION = -1;

    private static final int HEADER_INTS = 4;

    private final int classes;
    private final int[] ends;
    private final int[] truths;
    private final int[] codes;
    // Both empty where no item has a prediction.
    private final int[] predictions;
    private final double[] confidences;

    private AnswerBlock(int classes, int[] ends, int[] truths, int[] codes, int[] predictions, double[] confidences) {
        this.classes = classes;
        this.ends = ends;
        this.truths = truths;
        this.codes = codes;
        this.predictions = predictions;
        this.confidences = confidences;
    }

    /** Returns the number of classes. */
    public int classes() {
        return classes;
    }

    /** Returns the number of items. */
    public int items() {
        return ends.length;
    }

    /** Returns the number of answers to all items. */
    public int answers() {
        return codes.length;
    }

    /** Returns the known class of an item, or {@link #NO_TRUTH}. */
    public int truth(int item) {
        return truths[item];
    }

    /** Returns the class that a model predicted for an item, or {@link #NO_PREDICTION}. */
    public int prediction(int item) {
        return predictions.length == 0 ? NO_PREDICTION : predictions[item];
    }

    /** Returns the model's confidence in its prediction, in [0, 1]; 0 where there is none. */
    public double confidence(int item) {
        return confidences.length == 0 ? 0 : confidences[item];
    }

    /** Returns the place of an item's first answer. */
    public int begin(int item) {
        return item == 0 ? 0 : ends[item - 1];
    }

    /** Returns the place after an item's last answer. */
    public int end(int item) {
        return ends[item];
    }

    /** Returns who gave the answer at a place. */
    public int worker(int place) {
        return codes[place] / classes;
    }

    /** Returns the label of the answer at a place. */
    public int label(int place) {
        return codes[place] % classes;
    }

    /** Returns {@code worker * classes + label} of the answer at a place. */
    int code(int place) {
        return codes[place];
    }

    /** Writes the votes of an item by class. */
    public void votes(int item, int[] votes) {
        Arrays.fill(votes, 0);
        for (int place = begin(item); place < end(item); place++) {
            votes[label(place)]++;
        }
    }

    /** Returns the block as bytes, see {@link #ofBytes}. */
    public byte[] toBytes() {
        int ints = HEADER_INTS + ends.length + truths.length + codes.length + predictions.length;
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * ints + Double.BYTES * confidences.length);
        bytes.asIntBuffer()
                .put(classes)
                .put(ends.length)
                .put(codes.length)
                .put(predictions.length)
                .put(ends)
                .put(truths)
                .put(codes)
                .put(predictions);
        bytes.position(Integer.BYTES * ints);
        bytes.asDoubleBuffer().put(confidences);
        return bytes.array();
    }

    /** Reads what {@link #toBytes} returned. */
    public static AnswerBlock ofBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        IntBuffer ints = buffer.asIntBuffer();
        int classes = ints.get();
        int[] ends = new int[ints.get()];
        int[] truths = new int[ends.length];
        int[] codes = new int[ints.get()];
        int[] predictions = new int[ints.get()];
        ints.get(ends).get(truths).get(codes).get(predictions);
        double[] confidences = new double[predictions.length];
        buffer.position(Integer.BYTES * ints.position());
        buffer.asDoubleBuffer().get(confidences);
        return new AnswerBlock(classes, ends, truths, codes, predictions, confidences);
    }

    /** Collects a block item by item. */
    public static final class Builder {
        private static final int FIRST_SIZE = 64;

        private final int classes;
        private int[] ends = new int[FIRST_SIZE];
        private int[] truths = new int[FIRST_SIZE];
        private int[] codes = new int[FIRST_SIZE];
        private int[] predictions = {};
        private double[] confidences = {};
        private int items;
        private int answers;

        /** Begins an empty block. */
        public Builder(int classes) {
            if (classes < 1) {
                throw new IllegalArgumentException("Expected at least one class, got " + classes);
            }
            this.classes = classes;
        }

        /** Adds an answer to the item that comes next. */
        public Builder answer(int worker, int label) {
            if (worker < 0 || label < 0 || label >= classes) {
                throw new IllegalArgumentException(
                        "Expected a worker from 0 and a label below " + classes + ", got " + worker + " and " + label);
            }
            codes = room(codes, answers);
            codes[answers++] = Math.addExact(Math.multiplyExact(worker, classes), label);
            return this;
        }

        /**
         * Notes what a model predicted for the item that comes next.
         *
         * @param confidence of the prediction, in [0, 1]
         */
        public Builder prediction(int label, double confidence) {
            if (label < 0 || label >= classes || !(confidence >= 0 && confidence <= 1)) {
                throw new IllegalArgumentException("Expected a label below " + classes
                        + " and a confidence in [0, 1], got " + label + " and " + confidence);
            }
            int known = predictions.length;
            if (items >= known) {
                predictions = Arrays.copyOf(predictions, Math.max(FIRST_SIZE, 2 * items));
                Arrays.fill(predictions, known, predictions.length, NO_PREDICTION);
                confidences = Arrays.copyOf(confidences, predictions.length);
            }
            predictions[items] = label;
            confidences[items] = confidence;
            return this;
        }

        /** Ends an item: the answers since the one before are its own. */
        public Builder item(int truth) {
            if (truth < NO_TRUTH || truth >= classes) {
                throw new IllegalArgumentException("Expected a truth below " + classes + " or none, got " + truth);
            }
            ends = room(ends, items);
            truths = room(truths, items);
            truths[items] = truth;
            ends[items++] = answers;
            return this;
        }

        /** Returns the number of items so far. */
        public int items() {
            return items;
        }

        /** Returns the number of answers so far. */
        public int answers() {
            return answers;
        }

        /** Finishes the block. */
        public AnswerBlock build() {
            int known = predictions.length;
            int[] predicted = Arrays.copyOf(predictions, known == 0 ? 0 : items);
            if (known < predicted.length) {
                Arrays.fill(predicted, known, predicted.length, NO_PREDICTION);
            }
            return new AnswerBlock(
                    classes,
                    Arrays.copyOf(ends, items),
                    Arrays.copyOf(truths, items),
                    Arrays.copyOf(codes, answers),
                    predicted,
                    Arrays.copyOf(confidences, predicted.length));
        }

        private static int[] room(int[] array, int used) {
            return used < array.length ? array : Arrays.copyOf(array, 2 * array.length);
        }
    }
}
