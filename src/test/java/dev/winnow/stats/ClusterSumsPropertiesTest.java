package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSumsPropertiesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sumsDoNotDependOnOrderAndVarianceIsThatOfTheClusters(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            List<ClusterSums> clusters = new ArrayList<>();
            for (int c = 2 + random.nextInt(20); c > 0; c--) {
                clusters.add(Clusters.draw(random, 0.3, 0.2, 1 + random.nextInt(200)));
            }
            ClusterSums sums = sum(clusters);
            Collections.shuffle(clusters, random);

            assertThat(sum(clusters)).isEqualTo(sums);
            double p = (double) sums.x() / sums.n();
            double squares = 0;
            for (ClusterSums cluster : clusters) {
                squares += Math.pow(cluster.x() - p * cluster.n(), 2);
            }
            double k = clusters.size();
            double variance = k / (k - 1) * squares / sums.n() / sums.n();
            assertThat(sums.variance()).isCloseTo(variance, within(1e-18 + 1e-9 * variance));
            assertThat(sums.effectiveTrials(0.1)).isBetween(0.0, (double) sums.n());
            assertThat(sums.interval(IntervalMethod.WILSON, 0.95, 0.1).low()).isLessThanOrEqualTo(p);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 20", "0.05, 40", "0.15, 40", "0.5, 10", "1, 10"})
    void theIntraClassCorrelationOfAFleetIsFound(double icc, int size) {
        Random random = new Random(7);
        ClusterSums fleet = ClusterSums.EMPTY;
        for (int c = 0; c < 20_000; c++) {
            fleet = fleet.plus(Clusters.draw(random, 0.1, icc, 1 + random.nextInt(2 * size)));
        }

        assertThat(fleet.intraClassCorrelation()).isCloseTo(icc, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"5, 0.05, 0.88", "10, 0.1, 0.88", "30, 0.15, 0.92", "100, 0.15, 0.93"})
    void intervalsCoverTheTrueRate(int cameras, double icc, double atLeast) {
        Random random = new Random(11);
        int covered = 0;
        int cases = 2_000;
        for (int i = 0; i < cases; i++) {
            ClusterSums sums = ClusterSums.EMPTY;
            for (int c = 0; c < cameras; c++) {
                sums = sums.plus(Clusters.draw(random, 0.1, icc, 20 + random.nextInt(100)));
            }
            Interval interval = sums.interval(IntervalMethod.WILSON, 0.95, icc);
            covered += interval.low() <= 0.1 && 0.1 <= interval.high() ? 1 : 0;
        }

        assertThat((double) covered / cases).isGreaterThan(atLeast);
    }

    private static ClusterSums sum(List<ClusterSums> clusters) {
        return clusters.stream().reduce(ClusterSums.EMPTY, ClusterSums::plus);
    }
}
