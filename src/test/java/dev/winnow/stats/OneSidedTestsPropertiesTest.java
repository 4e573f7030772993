package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneSidedTestsPropertiesTest {
    @ParameterizedTest
    @CsvSource({"3, 0.1, 60", "5, 0.05, 60", "5, 0.15, 60", "10, 0.1, 30", "20, 0.1, 100"})
    void whereNothingIsElevatedHardlyAnyRunFindsSomething(int cameras, double icc, int rows) {
        Random random = new Random(5);
        int runs = 200;
        int found = 0;
        for (int run = 0; run < runs; run++) {
            ClusterSums[] segments = new ClusterSums[50];
            ClusterSums all = ClusterSums.EMPTY;
            for (int s = 0; s < segments.length; s++) {
                segments[s] = ClusterSums.EMPTY;
                for (int c = 0; c < cameras; c++) {
                    segments[s] = segments[s].plus(Clusters.draw(random, 0.15, icc, rows / 2 + random.nextInt(rows)));
                }
                all = all.plus(segments[s]);
            }
            double[] p = new double[segments.length];
            for (int s = 0; s < p.length; s++) {
                Double value = OneSidedTests.clustered(segments[s], all.minus(segments[s]), icc);
                p[s] = value == null ? 1 : value;
            }
            double[] q = FalseDiscovery.benjaminiHochberg(p, p.length);
            for (double value : q) {
                if (value <= 0.05) {
                    found++;
                    break;
                }
            }
        }

        assertThat((double) found / runs).isLessThanOrEqualTo(0.05);
    }
}
