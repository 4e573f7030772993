package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.Random;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedClusterSumsTest {
    private static final double LEVEL = .95;

    /** Clusters of rows of one weight. */
    private static WeightedClusterSums equally(double weight, long[] x, long[] n) {
        WeightedClusterSums sums = WeightedClusterSums.EMPTY;
        for (int c = 0; c < n.length; c++) {
            sums = sums.plus(WeightedClusterSums.of(n[c], weight * x[c], weight * n[c], weight * weight * n[c]));
        }
        return sums;
    }

    private static double known(@Nullable Double value) {
        return Objects.requireNonNull(value);
    }

    @Test
    void equalWeightsGiveTheVarianceAndTheEffectiveTrialsOfTheReference() {
        WeightedClusterSums sums = equally(8, new long[] {9, 0, 1, 0, 0}, new long[] {10, 10, 10, 10, 10});

        assertThat(known(sums.rate())).isCloseTo(.2, within(1e-15));
        assertThat(known(sums.variance())).isCloseTo(.031, within(1e-14));
        assertThat(sums.effectiveTrials(0)).isCloseTo(5.161290, within(5.1e-7));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3.7", "3, 1000", "4, 0.1"})
    void equalWeightsGiveWhatUnweightedClustersGiveWhateverTheyAre(long seed, double weight) {
        Random random = new Random(seed);
        long[] x = new long[9];
        long[] n = new long[9];
        ClusterSums plain = ClusterSums.EMPTY;
        for (int c = 0; c < n.length; c++) {
            n[c] = random.nextInt(1, 13);
            x[c] = random.nextInt((int) n[c] + 1);
            plain = plain.plus(ClusterSums.of(x[c], n[c]));
        }
        WeightedClusterSums sums = equally(weight, x, n);

        assertThat(known(sums.intraClassCorrelation())).isCloseTo(known(plain.intraClassCorrelation()), within(1e-9));
        for (double icc : new double[] {0, .05, .5, 1}) {
            assertThat(sums.effectiveTrials(icc)).isCloseTo(plain.effectiveTrials(icc), within(1e-9));
            for (IntervalMethod method : IntervalMethod.values()) {
                Interval expected = plain.interval(method, LEVEL, icc);
                Interval interval = sums.interval(method, LEVEL, icc);
                assertThat(interval.low()).isCloseTo(expected.low(), within(1e-7));
                assertThat(interval.high()).isCloseTo(expected.high(), within(1e-7));
            }
        }
    }

    /** Camera a has a wrong and a right row drawn at .1; b a right row drawn at .5 and a wrong one drawn at .25. */
    @Test
    void unequalWeightsByHand() {
        WeightedClusterSums sums = WeightedClusterSums.of(2, 10, 20, 200).plus(WeightedClusterSums.of(2, 4, 6, 20));

        assertThat(known(sums.rate())).isCloseTo(14 / 26.0, within(1e-15));
        // Residuals are 10 - 20 x 14/26 and its opposite.
        double residual = 10 - 20 * 14 / 26.0;
        assertThat(known(sums.variance())).isCloseTo(2 * 2 * residual * residual / (26 * 26), within(1e-15));
        // Weights 10, 10, 2, 4: Kish's size is 26^2 / 220; clusters that are copies count 26^2 / (20^2 + 6^2).
        assertThat(sums.effectiveTrials(0)).isCloseTo(676 / 220.0, within(1e-12));
        assertThat(sums.effectiveTrials(.5)).isCloseTo(676 / (220 + .5 * 216), within(1e-12));
        assertThat(sums.effectiveTrials(1)).isCloseTo(676 / 436.0, within(1e-12));
    }

    @Test
    void clustersWithoutAnErrorAreAsSureAsTheFleetsLikenessLets() {
        WeightedClusterSums none = equally(4, new long[3], new long[] {40, 40, 40});

        assertThat(none.intraClassCorrelation()).isNull();
        assertThat(none.effectiveTrials(0)).isCloseTo(120, within(1e-9));
        assertThat(none.effectiveTrials(.1)).isCloseTo(120 / 4.9, within(1e-9));
        assertThat(none.interval(IntervalMethod.WILSON, LEVEL, .1).low()).isZero();
        assertThat(equally(4, new long[] {7, 9}, new long[] {7, 9})
                        .interval(IntervalMethod.WILSON, LEVEL, 0)
                        .high())
                .isEqualTo(1);
    }

    @Test
    void oneClusterTellsNothingOfTheSpreadAndNoRowsTellNothing() {
        WeightedClusterSums one = equally(3, new long[] {3}, new long[] {9});

        assertThat(known(one.rate())).isCloseTo(1 / 3.0, within(1e-15));
        assertThat(one.variance()).isNull();
        assertThat(one.effectiveTrials(.1)).isEqualTo(1);
        assertThat(one.interval(IntervalMethod.WILSON, LEVEL, .1)).isEqualTo(Interval.UNKNOWN);
        assertThat(WeightedClusterSums.of(0, 0, 0, 0)).isEqualTo(WeightedClusterSums.EMPTY);
        assertThat(WeightedClusterSums.EMPTY.rate()).isNull();
        assertThat(WeightedClusterSums.EMPTY.interval(IntervalMethod.WILSON, LEVEL, 0))
                .isEqualTo(Interval.UNKNOWN);
        assertThatThrownBy(() -> WeightedClusterSums.of(1, 2, 1, 1))
                .hasMessage("Expected 0 <= x <= n, weights of 1 rows, got 2.0 of 1.0");
    }

    /** Alarms of quiet days are drawn four times as often as those of busy ones, and are wrong half as often. */
    @ParameterizedTest(name = "{0} cameras of 60, correlation {1}")
    @CsvSource({"10, 0.05", "10, 0.15", "30, 0.05", "30, 0.15"})
    void intervalsHoldTheRateOfAllAlarmsThoughDaysAreDrawnUnevenly(int cameras, double icc) {
        int runs = 500;
        double busyRate = .2;
        double rate = .75 * busyRate; // as many alarms on quiet days as on busy ones
        double m = 1 / icc - 1;
        Well19937c random = new Well19937c(Objects.hash(cameras, icc));
        BetaDistribution rates = new BetaDistribution(random, m * busyRate, m * (1 - busyRate));
        int held = 0;
        int naive = 0;
        for (int run = 0; run < runs; run++) {
            WeightedClusterSums segment = WeightedClusterSums.EMPTY;
            WeightedClusterSums fleet = WeightedClusterSums.EMPTY;
            long wrong = 0;
            for (int camera = 0; camera < 60; camera++) {
                double own = rates.sample();
                double[] sums = new double[4]; // rows, x, n, squares
                for (int alarm = 0; alarm < 120; alarm++) {
                    boolean busy = alarm % 2 == 0;
                    double probability = busy ? .05 : .2;
                    boolean isWrong = random.nextDouble() < (busy ? own : own / 2);
                    if (random.nextDouble() < probability) {
                        sums[0]++;
                        sums[1] += isWrong ? 1 / probability : 0;
                        sums[2] += 1 / probability;
                        sums[3] += 1 / probability / probability;
                        wrong += isWrong && camera < cameras ? 1 : 0;
                    }
                }
                WeightedClusterSums ofCamera = WeightedClusterSums.of((long) sums[0], sums[1], sums[2], sums[3]);
                fleet = fleet.plus(ofCamera);
                segment = camera < cameras ? segment.plus(ofCamera) : segment;
            }
            Double likeness = fleet.intraClassCorrelation();
            Interval interval = segment.interval(IntervalMethod.WILSON, LEVEL, likeness == null ? 0 : likeness);
            held += interval.low() <= rate && rate <= interval.high() ? 1 : 0;
            Interval raw = IntervalMethod.WILSON.of((double) wrong, (double) segment.rows(), LEVEL);
            naive += raw.low() <= rate && rate <= raw.high() ? 1 : 0;
        }
        // 93 % are promised; 500 runs leave two standard errors of 1.9 %.
        assertThat(held / (double) runs).isGreaterThan(.93 - CoverageSimulation.Coverage.twoErrors(runs));
        assertThat(naive / (double) runs).isLessThan(.85);
    }
}
