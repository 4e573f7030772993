package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.testing.CrowdData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgreementTest {
    private static final double PRINTED = 0.6e-8;

    @Test
    void thePublishedExampleIsReproduced() {
        CrowdData data = CrowdData.of("crowd_dawid_skene_1979");
        AgreementSums all = sums(data);
        assertThat(all.fleiss()).isCloseTo(0.58124172, within(PRINTED));
        assertThat(all.alpha()).isCloseTo(0.58257111, within(PRINTED));
        assertThat(all.overPairs()).isCloseTo(0.72592593, within(PRINTED));

        long[][] table = new long[4][4];
        AgreementSums first = new AgreementSums(4);
        AnswerBlock block = data.block();
        for (int item = 0; item < block.items(); item++) {
            int[] of = new int[5];
            int[] votes = new int[4];
            for (int place = block.end(item) - 1; place >= block.begin(item); place--) {
                of[block.worker(place)] = block.label(place); // of a worker's repetitions the first stays
            }
            for (int label : of) {
                votes[label]++;
            }
            first.add(votes);
            table[of[1]][of[2]]++;
        }
        assertThat(first.fleiss()).as("first reading of observer 1 only").isCloseTo(0.58243534, within(PRINTED));
        CohenKappa cohen = CohenKappa.of(table);
        assertThat(cohen.observed()).isCloseTo(0.644444, within(5e-7));
        assertThat(cohen.expected()).isCloseTo(0.315556, within(5e-7));
        assertThat(cohen.kappa()).isCloseTo(0.480519, within(5e-7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"crowd_bluebirds", "crowd_dogs", "crowd_music_genre", "crowd_temp_snow2008", "cats_photos_a"})
    void realCrowdsGiveTheReferenceNumbers(String name) {
        CrowdData data = CrowdData.of(name);
        AgreementSums sums = sums(data);
        JsonNode reference = data.reference();
        JsonNode pairs = reference.path("pairwise_agreement");
        assertThat(sums.alpha())
                .isCloseTo(reference.path("krippendorff_alpha_nominal").asDouble(), within(PRINTED));
        assertThat(sums.items()).isEqualTo(pairs.path("items").asLong());
        assertThat(sums.pairs()).isEqualTo(pairs.path("pairs").asLong());
        assertThat(sums.overPairs()).isCloseTo(pairs.path("over_all_pairs").asDouble(), within(PRINTED));
        assertThat(sums.overItems()).isCloseTo(pairs.path("mean_over_items").asDouble(), within(PRINTED));
        if (reference.path("fleiss_kappa").isNull()) {
            assertThat(sums.fleiss())
                    .as("items differ in their number of answers")
                    .isNull();
        } else {
            assertThat(sums.fleiss())
                    .isCloseTo(reference.path("fleiss_kappa").path("kappa").asDouble(), within(PRINTED));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"crowd_bluebirds", "crowd_dogs", "crowd_music_genre", "crowd_temp_snow2008", "cats_photos_a"})
    void majoritiesGiveTheReferenceNumbers(String name) {
        CrowdData data = CrowdData.of(name);
        Map<String, String> truth = data.truth();
        JsonNode reference = data.reference().path("majority_vote");
        int[] votes = new int[data.labels().size()];
        int ties = 0;
        int right = 0;
        for (int item = 0; item < data.items().size(); item++) {
            data.block().votes(item, votes);
            int winner = Votes.winner(votes);
            ties += winner == Votes.TIE ? 1 : 0;
            right += winner != Votes.TIE
                            && data.labels()
                                    .get(winner)
                                    .equals(truth.get(data.items().get(item)))
                    ? 1
                    : 0;
        }
        assertThat(ties).isEqualTo(reference.path("tied_items_with_truth").asInt());
        assertThat(right).isEqualTo(reference.path("correct_without_ties").asInt());
    }

    @Test
    void withoutTwoClassesOrTwoAnswersThereIsNoAgreementBeyondChance() {
        AgreementSums none = new AgreementSums(2).add(new int[] {1, 0}).add(new int[] {0, 0});
        assertThat(none.items()).isZero();
        assertThat(none.alpha()).isNull();
        assertThat(none.fleiss()).isNull();
        assertThat(none.overPairs()).isNull();
        AgreementSums one = new AgreementSums(2).add(new int[] {3, 0}).add(new int[] {2, 0});
        assertThat(one.alpha()).as("one class only").isNull();
        assertThat(new AgreementSums(2).add(new int[] {3, 0}).fleiss()).isNull();
        assertThat(CohenKappa.of(new long[][] {{5, 0}, {0, 0}}).kappa()).isNull();
        assertThatThrownBy(() -> CohenKappa.of(new long[][] {{0}})).hasMessageContaining("at least one item");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sumsDoNotDependOnOrderAndDivision(long seed) {
        Random random = new Random(seed);
        AgreementSums once = new AgreementSums(3);
        AgreementSums a = new AgreementSums(3);
        AgreementSums b = new AgreementSums(3);
        for (int i = 0; i < 300; i++) {
            int[] votes = {random.nextInt(4), random.nextInt(3), random.nextInt(2)};
            once.add(votes);
            (random.nextBoolean() ? a : b).add(votes);
        }
        AgreementSums again = AgreementSums.ofBytes(b.toBytes()).add(AgreementSums.ofBytes(a.toBytes()));
        assertThat(again.alpha()).isEqualTo(once.alpha());
        assertThat(again.overItems()).isEqualTo(once.overItems());
        assertThat(again.answers()).isEqualTo(once.answers());
    }

    @Test
    void theIntervalCoversTheTruthAboutAsOftenAsItsLevelSays() {
        int covered = 0;
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            Random random = new Random(run);
            List<AgreementSums> groups = new ArrayList<>();
            for (int g = 0; g < 100; g++) {
                groups.add(new AgreementSums(2));
            }
            for (int item = 0; item < 300; item++) {
                int truth = random.nextInt(2);
                int[] votes = new int[2];
                for (int n = 0; n < 3; n++) {
                    votes[random.nextDouble() < 0.85 ? truth : 1 - truth]++;
                }
                groups.get(random.nextInt(100)).add(votes);
            }
            Interval interval = Objects.requireNonNull(AgreementSums.jackknife(groups, AgreementSums::alpha, 0.95));
            double expected = 1 - 2 * 2 * 0.85 * 0.15; // two classes equally often: 1 - disagreement / 0.5
            covered += interval.low() <= expected && expected <= interval.high() ? 1 : 0;
        }
        assertThat(covered / (double) runs).isBetween(0.92, 0.98);
    }

    @Test
    void anIntervalNeedsTwoGroupsAndAStatistic() {
        AgreementSums mixed = new AgreementSums(2).add(new int[] {2, 1});
        AgreementSums same = new AgreementSums(2).add(new int[] {2, 0});
        assertThat(AgreementSums.jackknife(List.of(mixed, new AgreementSums(2)), AgreementSums::alpha, 0.95))
                .isNull();
        assertThat(AgreementSums.jackknife(List.of(mixed, same), AgreementSums::alpha, 0.95))
                .as("without the first group there is one class")
                .isNull();
    }

    @Test
    void weightsGrowWithQualityAndVotesTieExactly() {
        assertThat(Votes.ofWeight(Votes.weight(0.8, 2))).isCloseTo(Math.log(4), within(1e-9));
        assertThat(Votes.ofWeight(Votes.weight(0.8, 5))).isCloseTo(Math.log(16), within(1e-9));
        assertThat(Votes.weight(1, 2)).isEqualTo(Votes.weight(0.99, 2));
        assertThat(Votes.weight(0, 4)).isEqualTo(Votes.weight(0.26, 4)).isPositive();
        assertThat(Votes.winner(new int[] {1, 3, 2})).isEqualTo(1);
        assertThat(Votes.winner(new int[] {3, 1, 3})).isEqualTo(Votes.TIE);
        assertThat(Votes.winner(new int[] {0, 0})).isEqualTo(Votes.TIE);
        assertThat(Votes.winner(new long[] {5, 5, 4})).isEqualTo(Votes.TIE);
        assertThat(Votes.winner(new long[] {5, 5, 6})).isEqualTo(2);
    }

    private static AgreementSums sums(CrowdData data) {
        AgreementSums sums = new AgreementSums(data.labels().size());
        int[] votes = new int[data.labels().size()];
        for (int item = 0; item < data.items().size(); item++) {
            data.block().votes(item, votes);
            sums.add(votes);
        }
        return sums;
    }
}
