package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllotmentTest {
    @Test
    void equalRemaindersGoToTheFirstName() {
        assertThat(Allotment.largestRemainder(300, Map.of("a", 62.5, "b", 150.0, "c", 87.5)))
                .isEqualTo(Map.of("a", 63, "b", 150, "c", 87));
        assertThat(Allotment.largestRemainder(2, Map.of("x", 0.1, "y", 0.1, "z", 0.1)))
                .isEqualTo(Map.of("x", 1, "y", 1, "z", 0));
    }

    @Test
    void theLargestRemainderGoesFirst() {
        assertThat(Allotment.largestRemainder(10, Map.of("a", 1.0, "b", 2.0, "c", 4.0)))
                .isEqualTo(Map.of("a", 1, "b", 3, "c", 6));
    }

    @Test
    void aWeightOfZeroGetsNothingAndNoWeightAtAllGivesNothing() {
        assertThat(Allotment.largestRemainder(7, Map.of("a", 0.0, "b", 2.0))).isEqualTo(Map.of("a", 0, "b", 7));
        assertThat(Allotment.largestRemainder(7, Map.of("a", 0.0, "b", 0.0))).isEqualTo(Map.of("a", 0, "b", 0));
        assertThat(Allotment.largestRemainder(7, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void sharesSumToTheTotalAndEachIsItsExactShareRoundedUpOrDown(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            int total = random.nextInt(100_000);
            Map<String, Double> weights = new TreeMap<>();
            for (int n = 1 + random.nextInt(12); n > 0; n--) {
                weights.put("w" + n, random.nextInt(4) == 0 ? random.nextInt(5) : random.nextDouble());
            }
            double sum = weights.values().stream().mapToDouble(w -> w).sum();
            if (sum == 0) {
                continue;
            }
            Map<String, Integer> shares = Allotment.largestRemainder(total, weights);
            assertThat(shares.values().stream().mapToInt(s -> s).sum())
                    .as("%d by %s", total, weights)
                    .isEqualTo(total);
            weights.forEach((name, weight) -> assertThat(Math.abs(shares.getOrDefault(name, -1) - total * weight / sum))
                    .as("%s of %d by %s", name, total, weights)
                    .isLessThan(1 + 1e-6));
        }
    }

    @Test
    void whatOneCannotTakeGoesToTheOthersByTheirWeights() {
        Map<String, Double> weights = Map.of("a", 6.0, "b", 2.0, "c", 1.0);
        assertThat(Allotment.withinLimits(9, weights, Map.of("a", 3, "b", 9, "c", 9)))
                .isEqualTo(Map.of("a", 3, "b", 4, "c", 2));
        assertThat(Allotment.withinLimits(9, weights, Map.of("a", 3, "b", 3, "c", 9)))
                .as("b is full once a is")
                .isEqualTo(Map.of("a", 3, "b", 3, "c", 3));
        assertThat(Allotment.withinLimits(9, weights, Map.of("a", 1, "b", 1, "c", 1)))
                .isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
        assertThat(Allotment.withinLimits(9, Map.of("a", 0.0, "b", 1.0), Map.of("a", 9, "b", 4)))
                .as("a weight of 0 takes nothing")
                .isEqualTo(Map.of("a", 0, "b", 4));
        assertThat(Allotment.withinLimits(9, Map.of(), Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sharesWithinLimitsSumToTheTotalOrToAllThatFits(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            int total = random.nextInt(1_000);
            Map<String, Double> weights = new TreeMap<>();
            Map<String, Integer> limits = new TreeMap<>();
            for (int n = 1 + random.nextInt(12); n > 0; n--) {
                weights.put("w" + n, 0.1 + random.nextDouble());
                limits.put("w" + n, random.nextInt(200));
            }
            Map<String, Integer> shares = Allotment.withinLimits(total, weights, limits);
            int fits = limits.values().stream().mapToInt(limit -> limit).sum();
            assertThat(shares.values().stream().mapToInt(s -> s).sum())
                    .as("%d by %s within %s", total, weights, limits)
                    .isEqualTo(Math.min(total, fits));
            assertThat(shares).allSatisfy((name, share) -> assertThat(share).isBetween(0, limits.get(name)));
        }
    }

    @Test
    void nobodyHasLessThanItsFloorAndAWeightOfZeroHasItsFloor() {
        Map<String, Double> weights = Map.of("a", 6.0, "b", 3.0, "c", 0.0);
        Map<String, Integer> most = Map.of("a", 99, "b", 99, "c", 99);
        assertThat(Allotment.withinLimits(9, weights, Map.of("b", 5), most)).isEqualTo(Map.of("a", 4, "b", 5, "c", 0));
        assertThat(Allotment.withinLimits(9, weights, Map.of("b", 2, "c", 3), most))
                .isEqualTo(Map.of("a", 4, "b", 2, "c", 3));
        assertThat(Allotment.withinLimits(9, Map.of("c", 0.0), Map.of("c", 3), most))
                .isEqualTo(Map.of("c", 3));
    }

    @Test
    void whatClampingOneSideBringsBackWithinItsBoundsIsNotClamped() {
        assertThat(Allotment.withinLimits(
                        10, Map.of("a", 8.0, "b", 1.0, "c", 1.0), Map.of("b", 2), Map.of("a", 3, "b", 99, "c", 99)))
                .as("b is below its floor only while a has what it can't take")
                .isEqualTo(Map.of("a", 3, "b", 4, "c", 3));
        assertThat(Allotment.withinLimits(
                        10, Map.of("a", 5.0, "b", 1.0, "c", 4.0), Map.of("b", 6), Map.of("a", 4, "b", 99, "c", 99)))
                .as("a is above its limit only while b lacks its floor")
                .isEqualTo(Map.of("a", 2, "b", 6, "c", 2));
    }

    @Test
    void neymanWeighsAStratumByItsSizeAndTheDeviationOfItsRate() {
        double[] weights = {Allotment.neyman(1_000, 0.5), Allotment.neyman(4_000, 0.1), Allotment.neyman(5_000, 0.02)};
        double sum = DoubleStream.of(weights).sum();
        assertThat(DoubleStream.of(weights).map(weight -> 300 * weight / sum).toArray())
                .containsExactly(new double[] {62.5, 150, 87.5}, within(1e-9));
        assertThat(Allotment.neyman(100, 0)).as("a rate that looks certain").isEqualTo(5);
        assertThat(Allotment.neyman(100, 0.001)).isEqualTo(5);
        assertThatThrownBy(() -> Allotment.neyman(1, Double.NaN)).hasMessage("Expected a rate in [0, 1], got NaN");
    }

    @Test
    void floorsBeyondTheTotalAreLoweredInProportion() {
        assertThat(Allotment.withinLimits(
                        10,
                        Map.of("a", 1.0, "b", 1.0, "c", 9.0),
                        Map.of("a", 20, "b", 10),
                        Map.of("a", 30, "b", 30, "c", 30)))
                .isEqualTo(Map.of("a", 7, "b", 3, "c", 0));
    }

    /** Bounds of a few names, often tight on both sides. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void sharesAreOneMultipleOfTheWeightsWithinTheBoundsUpToRounding(long seed) {
        Random random = new Random(seed);
        double[] some = {0, 1, 1, 2, 3, 5, 7, 20};
        for (int i = 0; i < 2_000; i++) {
            int total = random.nextInt(41);
            Map<String, Double> weights = new TreeMap<>();
            Map<String, Integer> floors = new TreeMap<>();
            Map<String, Integer> limits = new TreeMap<>();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                int floor = random.nextInt(3) == 0 ? random.nextInt(13) : 0;
                weights.put("w" + n, some[random.nextInt(some.length)] / (1 + random.nextInt(3)));
                floors.put("w" + n, floor);
                limits.put("w" + n, floor + random.nextInt(random.nextBoolean() ? 6 : 60));
            }
            String told = total + " by " + weights + " within " + floors + " and " + limits;
            Map<String, Integer> shares = Allotment.withinLimits(total, weights, floors, limits);
            int asked = floors.values().stream().mapToInt(floor -> floor).sum();
            if (asked > total) {
                Map<String, Double> asWeights = new TreeMap<>();
                floors.forEach((name, floor) -> asWeights.put(name, (double) floor));
                assertThat(shares).as(told).isEqualTo(Allotment.largestRemainder(total, asWeights));
                continue;
            }
            int fits = weights.entrySet().stream()
                    .mapToInt(weight -> (weight.getValue() > 0 ? limits : floors).getOrDefault(weight.getKey(), 0))
                    .sum();
            assertThat(shares.values().stream().mapToInt(share -> share).sum())
                    .as(told)
                    .isEqualTo(Math.min(total, fits));
            // The multiples with which every clamped share is at most one away.
            double low = 0;
            double high = Double.POSITIVE_INFINITY;
            for (Map.Entry<String, Integer> one : shares.entrySet()) {
                int floor = floors.getOrDefault(one.getKey(), 0);
                int limit = limits.getOrDefault(one.getKey(), 0);
                double weight = weights.getOrDefault(one.getKey(), 0.0);
                int share = one.getValue();
                assertThat(share).as(told).isBetween(floor, weight > 0 ? limit : floor);
                if (weight > 0 && share - 1 > floor) {
                    low = Math.max(low, (share - 1) / weight);
                }
                if (weight > 0 && share + 1 < limit) {
                    high = Math.min(high, (share + 1) / weight);
                }
            }
            assertThat(low).as(told).isLessThanOrEqualTo(high + 1e-9);
        }
    }
}
