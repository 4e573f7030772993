package dev.winnow.consensus;

import dev.winnow.stats.AgreementSums;
import dev.winnow.stats.AnswerBlock;
import dev.winnow.stats.Votes;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is counted over answers whatever the rule: agreement by guideline version and group of items, and how each worker
 * does against the others and against known truths. All of it adds up.
 */
final class BlockStatistics {
    /** Groups of items, by hash, that intervals leave out one by one. */
    static final int GROUPS = 100;

    private static final int SPREAD = 0x9E3779B9; // 2^32 over the golden ratio: neighbors go far apart

    // Counts of a worker, side by side.
    private static final int PEER_ANSWERS = 0;
    private static final int PEER_RIGHT = 1;
    private static final int GOLD_ANSWERS = 2;
    private static final int GOLD_RIGHT = 3;
    private static final int ANSWERS = 4;
    private static final int PER_WORKER = 5;

    private final int classes;
    private final int versions;
    private final AgreementSums[][] agreement;
    private final long[] counts;

    BlockStatistics(int classes, int workers, int versions) {
        this.classes = classes;
        this.versions = versions;
        this.agreement = new AgreementSums[versions + 1][GROUPS];
        for (AgreementSums[] groups : agreement) {
            for (int g = 0; g < GROUPS; g++) {
                groups[g] = new AgreementSums(classes);
            }
        }
        this.counts = new long[workers * PER_WORKER];
    }

    BlockStatistics add(AnswerBlocks.Block block) {
        int[] votes = new int[classes];
        for (int item = 0; item < block.answers.items(); item++) {
            int group = ((block.items.get(item).hashCode() * SPREAD) >>> 16) % GROUPS;
            block.answers.votes(item, votes);
            // Planted items were chosen because people agree on them: they would make agreement seem better than it is.
            if (!block.planted(item)) {
                agreement[versions][group].add(votes);
                byVersion(block, item, group);
            }
            workers(block.answers, item, votes);
        }
        return this;
    }

    private void byVersion(AnswerBlocks.Block block, int item, int group) {
        int begin = block.answers.begin(item);
        for (int version = 0; version < versions; version++) {
            int[] ofVersion = new int[classes];
            int answers = 0;
            for (int place = begin; place < block.answers.end(item); place++) {
                if (block.version(place) == version) {
                    ofVersion[block.answers.label(place)]++;
                    answers++;
                }
            }
            if (answers > 1) {
                agreement[version][group].add(ofVersion);
            }
        }
    }

    /** Each answer against most of the others, without itself; where they tie, they say nothing. */
    private void workers(AnswerBlock block, int item, int[] votes) {
        int truth = block.truth(item);
        for (int place = block.begin(item); place < block.end(item); place++) {
            int at = block.worker(place) * PER_WORKER;
            int label = block.label(place);
            counts[at + ANSWERS]++;
            votes[label]--;
            int others = Votes.winner(votes);
            votes[label]++;
            if (others != Votes.TIE) {
                counts[at + PEER_ANSWERS]++;
                counts[at + PEER_RIGHT] += others == label ? 1 : 0;
            }
            if (truth != AnswerBlock.NO_TRUTH) {
                counts[at + GOLD_ANSWERS]++;
                counts[at + GOLD_RIGHT] += truth == label ? 1 : 0;
            }
        }
    }

    /** Sums by group of one version, or of all answers for the number after the last. */
    List<AgreementSums> agreement(int version) {
        return List.of(agreement[version]);
    }

    long answers(int worker) {
        return counts[worker * PER_WORKER + ANSWERS];
    }

    long peerAnswers(int worker) {
        return counts[worker * PER_WORKER + PEER_ANSWERS];
    }

    long peerRight(int worker) {
        return counts[worker * PER_WORKER + PEER_RIGHT];
    }

    long goldAnswers(int worker) {
        return counts[worker * PER_WORKER + GOLD_ANSWERS];
    }

    long goldRight(int worker) {
        return counts[worker * PER_WORKER + GOLD_RIGHT];
    }

    byte[] toBytes() {
        List<byte[]> sums = new ArrayList<>();
        for (AgreementSums[] groups : agreement) {
            for (AgreementSums group : groups) {
                sums.add(group.toBytes());
            }
        }
        int size = sums.get(0).length;
        ByteBuffer bytes = ByteBuffer.allocate(sums.size() * size + counts.length * Long.BYTES);
        sums.forEach(bytes::put);
        bytes.asLongBuffer().put(counts);
        return bytes.array();
    }

    /** Adds what {@link #toBytes} of other blocks returned. */
    BlockStatistics add(byte[] other) {
        ByteBuffer bytes = ByteBuffer.wrap(other);
        byte[] sum = new byte[new AgreementSums(classes).toBytes().length];
        for (AgreementSums[] groups : agreement) {
            for (AgreementSums group : groups) {
                bytes.get(sum);
                group.add(AgreementSums.ofBytes(sum));
            }
        }
        LongBuffer longs = bytes.asLongBuffer();
        for (int i = 0; i < counts.length; i++) {
            counts[i] += longs.get();
        }
        return this;
    }
}
