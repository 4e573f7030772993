package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncompleteBetaPropertiesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theTailAtAQuantileIsItsProbability(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 4_000; i++) {
            double a = Math.pow(10, -1 + 8 * random.nextDouble());
            double b = Math.pow(10, -1 + 8 * random.nextDouble());
            double p = Math.pow(10, -12 * random.nextDouble());
            double low = IncompleteBeta.quantile(p, a, b);
            if (low > 1e-300 && low < 0.999) {
                assertThat(IncompleteBeta.lowerTail(low, a, b))
                        .as("quantile %s of Beta(%s, %s)", p, a, b)
                        .isCloseTo(p, within(1e-7 * p));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void quantilesGrowWithTheProbability(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            double a = Math.pow(10, -2 + 7 * random.nextDouble());
            double b = Math.pow(10, -2 + 7 * random.nextDouble());
            double last = 0;
            for (double p : new double[] {1e-9, 0.01, 0.025, 0.3, 0.5, 0.500001, 0.7, 0.975, 0.99999}) {
                double quantile = IncompleteBeta.quantile(p, a, b);
                assertThat(quantile).as("quantile %s of Beta(%s, %s)", p, a, b).isBetween(last, 1.0);
                last = quantile;
            }
        }
    }
}
