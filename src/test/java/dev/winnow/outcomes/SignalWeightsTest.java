package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.OutcomeSettings;
import dev.winnow.stats.ClusterSums;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalWeightsTest {
    private static final OutcomeSettings.Weights SETTINGS = new OutcomeSettings.Weights(.05, .05, .5, List.of());
    private static final Map<String, Double> EVEN = Map.of("A", .4, "B", .3, "C", .3);

    /** Labels on that many cameras, one each. */
    private static ClusterSums labels(int found, int of) {
        return new ClusterSums(of, found, of, found, found, of);
    }

    private static Map<String, Double> propose(String seed, Map<String, ClusterSums> yields, String... locked) {
        return new SignalWeights(SETTINGS, seed).propose(EVEN, yields, List.of(locked));
    }

    @Test
    void weightsGoToTheSignalsThatFindMoreByOneStepAtMost() {
        Map<String, Double> proposed =
                propose("s", Map.of("A", labels(50, 1_000), "B", labels(400, 1_000), "C", labels(300, 1_000)));

        assertThat(proposed.get("A")).isCloseTo(.35, within(1e-9));
        assertThat(proposed.get("B")).isBetween(.3, .35 + 1e-9);
        assertThat(proposed.values().stream().mapToDouble(w -> w).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void aLockedWeightStays() {
        Map<String, Double> proposed =
                propose("s", Map.of("A", labels(50, 1_000), "B", labels(400, 1_000), "C", labels(300, 1_000)), "A");

        assertThat(proposed.get("A")).isEqualTo(.4);
        assertThat(proposed.getOrDefault("B", 0.0) + proposed.getOrDefault("C", 0.0))
                .isCloseTo(.6, within(1e-9));
    }

    @Test
    void theSameSeedDrawsTheSameAndOthersDrawDifferently() {
        Map<String, ClusterSums> few = Map.of("A", labels(2, 6), "B", labels(2, 6), "C", labels(2, 6));
        assertThat(propose("2026-11-12", few)).isEqualTo(propose("2026-11-12", few));
        long different = IntStream.range(0, 50)
                .mapToObj(i -> propose("seed" + i, few))
                .distinct()
                .count();
        assertThat(different).isGreaterThan(10);
    }

    @Test
    void aSignalOfWhichLittleIsKnownGetsItsChanceAndAWorseOneLosesOnTheWhole() {
        Map<String, ClusterSums> yields = Map.of("A", labels(300, 1_000), "B", labels(0, 1), "C", labels(300, 1_000));
        List<Double> moves = IntStream.range(0, 200)
                .mapToObj(i -> propose("seed" + i, yields).getOrDefault("B", 0.0) - .3)
                .toList();

        assertThat(moves.stream().filter(move -> move > .01).count()).isBetween(20L, 150L);
        assertThat(moves.stream().filter(move -> move < -.01).count()).isBetween(20L, 180L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverComesInWeightsSumToOneMoveByAStepAndNeverGoFurtherOutOfRange(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Map<String, Double> weights = new TreeMap<>();
            Map<String, ClusterSums> yields = new TreeMap<>();
            int signals = 1 + random.nextInt(5);
            for (int i = 0; i < signals; i++) {
                weights.put("S" + i, random.nextDouble() * random.nextDouble() + 1e-3);
                int of = 1 + random.nextInt(300);
                yields.put("S" + i, labels(random.nextInt(of + 1), of));
            }
            double all = weights.values().stream().mapToDouble(w -> w).sum();
            List<String> locked = random.nextBoolean() ? List.of("S0") : List.of();
            Map<String, Double> proposed = new SignalWeights(SETTINGS, "seed" + run).propose(weights, yields, locked);

            assertThat(proposed.values().stream().mapToDouble(w -> w).sum()).isCloseTo(1, within(1e-9));
            weights.forEach((signal, weight) -> {
                double now = weight / all;
                double then = proposed.getOrDefault(signal, -1.0);
                assertThat(then).isBetween(now - .05 - 1e-9, now + .05 + 1e-9);
                assertThat(then).isBetween(Math.min(now, .05) - 1e-9, Math.max(now, .5) + 1e-9);
                if (locked.contains(signal)) {
                    assertThat(then).isCloseTo(now, within(1e-12));
                }
            });
        }
    }

    @Test
    void aWeightOutOfRangeComesBackWhereItCan() {
        Map<String, ClusterSums> yields =
                Map.of("A", labels(400, 1_000), "B", labels(10, 1_000), "C", labels(10, 1_000));
        Map<String, Double> proposed =
                new SignalWeights(SETTINGS, "s").propose(Map.of("A", .8, "B", .1, "C", .1), yields, List.of());

        assertThat(proposed.get("A")).isCloseTo(.75, within(1e-9));
    }
}
