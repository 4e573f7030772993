package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BetaBinomialPropertiesTest {
    @ParameterizedTest
    @CsvSource({"0.1, 0.02", "0.1, 0.1", "0.4, 0.3"})
    void thePriorOfManySegmentsIsFound(double rate, double rho) {
        Random random = new Random(3);
        double[] x = new double[20_000];
        double[] n = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            ClusterSums segment = Clusters.draw(random, rate, rho, 1 + random.nextInt(60));
            x[i] = segment.x();
            n[i] = segment.n();
        }
        BetaBinomial prior = BetaBinomial.fit(x, n);

        assertThat(prior.mean()).isCloseTo(rate, within(0.01));
        assertThat(1 / (prior.weight() + 1)).isCloseTo(rho, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shrunkRatesLieBetweenTheOwnRateAndTheMeanAndAboveTheLowerBound(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            int segments = random.nextInt(30);
            double[] x = new double[segments];
            double[] n = new double[segments];
            for (int s = 0; s < segments; s++) {
                n[s] = random.nextInt(3) == 0 ? random.nextInt(3) : 300 * random.nextDouble();
                x[s] = random.nextInt(3) == 0 ? 0 : n[s] * random.nextDouble();
            }
            BetaBinomial prior = BetaBinomial.fit(x, n);
            for (int s = 0; s < segments; s++) {
                double own = n[s] == 0 ? prior.mean() : x[s] / n[s];
                double shrunk = prior.shrunk(x[s], n[s]);
                assertThat(shrunk).isBetween(Math.min(own, prior.mean()) - 1e-12, Math.max(own, prior.mean()) + 1e-12);
                double low = prior.lowerBound(x[s], n[s], 0.9);
                assertThat(low).isBetween(0.0, 1.0);
                if (low > 1e-300 && low < 0.999) {
                    assertThat(prior.probabilityAbove(x[s], n[s], low)).isCloseTo(0.9, within(1e-6));
                }
            }
        }
    }
}
