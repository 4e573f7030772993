package dev.winnow.stats;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Answers that people gave to some items, in primitive arrays: four bytes an answer, eight an item.
 *
 * <p>Workers and labels are numbers from 0; whoever builds a block keeps their names.
 */
public final class AnswerBlock {
    /** Truth of an item whose truth is not known. */
    public static final int NO_TRUTH = -1;

    private static final int HEADER_INTS = 3;

    private final int classes;
    private final int[] ends;
    private final int[] truths;
    private final int[] codes;

    private AnswerBlock(int classes, int[] ends, int[] truths, int[] codes) {
        this.classes = classes;
        this.ends = ends;
        this.truths = truths;
        this.codes = codes;
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
        ByteBuffer bytes =
                ByteBuffer.allocate(Integer.BYTES * (HEADER_INTS + ends.length + truths.length + codes.length));
        bytes.asIntBuffer()
                .put(classes)
                .put(ends.length)
                .put(codes.length)
                .put(ends)
                .put(truths)
                .put(codes);
        return bytes.array();
    }

    /** Reads what {@link #toBytes} returned. */
    public static AnswerBlock ofBytes(byte[] bytes) {
        IntBuffer ints = ByteBuffer.wrap(bytes).asIntBuffer();
        int classes = ints.get();
        int[] ends = new int[ints.get()];
        int[] truths = new int[ends.length];
        int[] codes = new int[ints.get()];
        ints.get(ends).get(truths).get(codes);
        return new AnswerBlock(classes, ends, truths, codes);
    }

    /** Collects a block item by item. */
    public static final class Builder {
        private static final int FIRST_SIZE = 64;

        private final int classes;
        private int[] ends = new int[FIRST_SIZE];
        private int[] truths = new int[FIRST_SIZE];
        private int[] codes = new int[FIRST_SIZE];
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
            return new AnswerBlock(
                    classes, Arrays.copyOf(ends, items), Arrays.copyOf(truths, items), Arrays.copyOf(codes, answers));
        }

        private static int[] room(int[] array, int used) {
            return used < array.length ? array : Arrays.copyOf(array, 2 * array.length);
        }
    }
}
