package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.testing.CrowdData;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrowdlabTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;

    /** Four items of two or three answers and one of a single one, each with a prediction. */
    private static AnswerBlock five() {
        return new AnswerBlock.Builder(2)
                .answer(A, 0)
                .answer(B, 0)
                .answer(C, 0)
                .prediction(0, 0.9)
                .item(AnswerBlock.NO_TRUTH)
                .answer(A, 1)
                .answer(B, 1)
                .answer(C, 0)
                .prediction(1, 0.8)
                .item(AnswerBlock.NO_TRUTH)
                .answer(A, 0)
                .answer(B, 0)
                .prediction(1, 0.6)
                .item(AnswerBlock.NO_TRUTH)
                .answer(A, 1)
                .answer(B, 1)
                .prediction(1, 0.7)
                .item(AnswerBlock.NO_TRUTH)
                .answer(C, 0)
                .prediction(1, 0.75)
                .item(AnswerBlock.NO_TRUTH)
                .build();
    }

    private static double posterior(Crowdlab model, AnswerBlock block, int item, int label) {
        double[] posterior = new double[block.classes()];
        model.posterior(block, item, posterior);
        assertThat(Arrays.stream(posterior).sum()).isCloseTo(1, within(1e-12));
        return posterior[label];
    }

    @Test
    void weightsAndPosteriorsAreThoseComputedByHand() {
        AnswerBlock block = five();
        Crowdlab model = Crowdlab.of(new Crowdlab.Sums(2, 3).add(block));
        // Consensus 0, 1, 0, 1: guessing errs in half. The answers agree with it in 1, 2/3, 1 and 1.
        assertThat(model.likelihood()).isCloseTo(11 / 12.0, within(1e-9));
        // 5 of 6 others' answers agree with A's and B's, 2 of 4 with C's.
        assertThat(model.weight(A)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(model.weight(B)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(model.weight(C)).isEqualTo(1e-6);
        // The model errs in the third of four; 11 answers to 5 items.
        assertThat(model.modelWeight()).isCloseTo(0.5 * Math.sqrt(2.2), within(1e-12));
        assertThat(posterior(model, block, 2, 0)).isCloseTo(0.7320021361689915, within(1e-9));
        assertThat(posterior(model, block, 4, 0)).isCloseTo(0.25000089893, within(1e-9));
    }

    /**
     * Reference values were computed with the package cleanlab, version 2.9.0. Predictions are made up: the class with most
     * votes, the lowest of several, but every fourth item without a tie the one after it, with confidence .55 to .95.
     */
    @ParameterizedTest
    @CsvSource({
        "crowd_dogs, .7633209417596035, 2.1137919820629065, .5385602260277922, .5298148986469493, 54.96462584238424,"
                + " 2075.2319906122516",
        "crowd_bluebirds, .6968186134852801, .9757809372497497, 1e-6, 1e-6, 3.9e-5, 156.2000264789133",
    })
    void realCrowdsAreWeighedAsByTheReferenceImplementation(
            String name,
            double likelihood,
            double ofModel,
            double first,
            double fourth,
            double ofAll,
            double checksum) {
        CrowdData data = CrowdData.of(name);
        AnswerBlock block = predicted(data.block());
        int workers = data.workers().size();
        Crowdlab model = Crowdlab.of(new Crowdlab.Sums(block.classes(), workers).add(block));
        assertThat(model.likelihood()).isCloseTo(likelihood, within(1e-9));
        assertThat(model.modelWeight()).isCloseTo(ofModel, within(1e-9));
        assertThat(model.weight(0)).isCloseTo(first, within(1e-12));
        assertThat(model.weight(3)).isCloseTo(fourth, within(1e-12));
        double sum = 0;
        for (int worker = 0; worker < workers; worker++) {
            sum += model.weight(worker);
        }
        assertThat(sum).isCloseTo(ofAll, within(1e-9));
        double posteriors = 0;
        for (int item = 0; item < block.items(); item++) {
            for (int k = 0; k < block.classes(); k++) {
                posteriors += (k + 1) * posterior(model, block, item, k);
            }
        }
        assertThat(posteriors).isCloseTo(checksum, within(1e-6));
    }

    private static AnswerBlock predicted(AnswerBlock answers) {
        int classes = answers.classes();
        AnswerBlock.Builder block = new AnswerBlock.Builder(classes);
        int[] votes = new int[classes];
        for (int item = 0; item < answers.items(); item++) {
            for (int place = answers.begin(item); place < answers.end(item); place++) {
                block.answer(answers.worker(place), answers.label(place));
            }
            answers.votes(item, votes);
            int top = 0;
            for (int k = 1; k < classes; k++) {
                top = votes[k] > votes[top] ? k : top;
            }
            boolean right = Votes.winner(votes) == Votes.TIE || item % 4 != 3;
            block.prediction(right ? top : (top + 1) % classes, 0.55 + 0.1 * (item % 5));
            block.item(AnswerBlock.NO_TRUTH);
        }
        return block.build();
    }

    @Test
    void sumsOfBlocksAddUpAndBlocksTravel() {
        AnswerBlock block = AnswerBlock.ofBytes(five().toBytes());
        assertThat(block.prediction(2)).isEqualTo(1);
        assertThat(block.confidence(2)).isEqualTo(0.6);
        Crowdlab.Sums twice = new Crowdlab.Sums(2, 3)
                .add(block)
                .add(new Crowdlab.Sums(2, 3).add(five()).toBytes());
        assertThat(Crowdlab.of(twice).modelWeight())
                .isEqualTo(Crowdlab.of(new Crowdlab.Sums(2, 3).add(block)).modelWeight());
    }

    @Test
    void predictionsOfLaterItemsLeaveEarlierOnesWithout() {
        AnswerBlock.Builder block = new AnswerBlock.Builder(2);
        for (int item = 0; item < 200; item++) {
            block.answer(A, 0).answer(B, item % 2);
            if (item == 90) {
                block.prediction(1, 0.8);
            }
            block.item(AnswerBlock.NO_TRUTH);
        }
        AnswerBlock built = block.build();
        assertThat(built.prediction(89)).isEqualTo(AnswerBlock.NO_PREDICTION);
        assertThat(built.prediction(90)).isEqualTo(1);
        assertThat(built.prediction(199)).isEqualTo(AnswerBlock.NO_PREDICTION);
        assertThat(built.confidence(199)).isZero();
    }

    @Test
    void votesThatTieGoWhereTheModelPointsAndElseCountForNothing() {
        AnswerBlock told = new AnswerBlock.Builder(3)
                .answer(A, 0)
                .answer(B, 1)
                .prediction(1, 0.9)
                .item(AnswerBlock.NO_TRUTH)
                .answer(A, 0)
                .answer(B, 1)
                .prediction(2, 0.9)
                .item(AnswerBlock.NO_TRUTH)
                .build();
        Crowdlab model = Crowdlab.of(new Crowdlab.Sums(3, 2).add(told));
        assertThat(model.likelihood()).as("of the first item alone").isEqualTo(0.5);
        assertThat(posterior(model, told, 0, 1)).isGreaterThan(posterior(model, told, 0, 0));
    }

    @Test
    void aKnownTruthIsTheConsensus() {
        AnswerBlock block = new AnswerBlock.Builder(2)
                .answer(A, 0)
                .answer(B, 0)
                .prediction(1, 0.9)
                .item(1)
                .build();
        Crowdlab model = Crowdlab.of(new Crowdlab.Sums(2, 2).add(block));
        assertThat(model.likelihood()).isZero();
        assertThat(model.modelWeight()).isEqualTo(Math.sqrt(2));
    }

    @Test
    void withoutItemsOfTwoAnswersAllAreBelievedAlike() {
        AnswerBlock block = new AnswerBlock.Builder(2)
                .answer(A, 1)
                .item(AnswerBlock.NO_TRUTH)
                .answer(B, 0)
                .prediction(1, 1)
                .item(AnswerBlock.NO_TRUTH)
                .build();
        Crowdlab model = Crowdlab.of(new Crowdlab.Sums(2, 2).add(block));
        assertThat(posterior(model, block, 0, 1)).isEqualTo(1);
        assertThat(posterior(model, block, 1, 1)).isEqualTo(0.5);
    }
}
