package dev.winnow.consensus;

import dev.winnow.stats.AnswerBlock;
import dev.winnow.stats.Crowdlab;
import dev.winnow.stats.DawidSkene;
import dev.winnow.stats.Votes;
import java.io.Serializable;

/** How the answers to an item become one class. */
interface Rule extends Serializable {
    /**
     * Decides an item.
     *
     * @param shares takes the posterior of each class, or its share of votes or of their weights
     * @return the likeliest class, or {@link Votes#TIE}
     */
    int decide(AnswerBlock block, int item, double[] shares);

    /** The class with most votes. */
    static Rule majority() {
        return (block, item, shares) -> {
            int[] votes = new int[shares.length];
            block.votes(item, votes);
            int all = block.end(item) - block.begin(item);
            for (int k = 0; k < shares.length; k++) {
                shares[k] = all == 0 ? 0 : (double) votes[k] / all;
            }
            return Votes.winner(votes);
        };
    }

    /**
     * The class with the largest sum of weights.
     *
     * @param weights of every worker, see {@link Votes#weight}
     */
    static Rule weighted(long[] weights) {
        return (block, item, shares) -> {
            long[] sums = new long[shares.length];
            long all = 0;
            for (int place = block.begin(item); place < block.end(item); place++) {
                sums[block.label(place)] += weights[block.worker(place)];
                all += weights[block.worker(place)];
            }
            for (int k = 0; k < shares.length; k++) {
                shares[k] = all == 0 ? 0 : (double) sums[k] / all;
            }
            return Votes.winner(sums);
        };
    }

    /** The class with the largest posterior. */
    static Rule posterior(DawidSkene model) {
        return (block, item, shares) -> {
            model.posterior(block, item, shares);
            return likeliest(shares);
        };
    }

    /** The class that answers and predictions together find likeliest. */
    static Rule posterior(Crowdlab model) {
        return (block, item, shares) -> {
            model.posterior(block, item, shares);
            return likeliest(shares);
        };
    }

    private static int likeliest(double[] shares) {
        int winner = 0;
        boolean tied = false;
        for (int k = 1; k < shares.length; k++) {
            tied = shares[k] == shares[winner] || (tied && shares[k] < shares[winner]);
            winner = shares[k] > shares[winner] ? k : winner;
        }
        return tied ? Votes.TIE : winner;
    }
}
