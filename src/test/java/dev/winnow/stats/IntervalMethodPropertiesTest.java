package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalMethodPropertiesTest {
    @ParameterizedTest
    @EnumSource
    void theRateIsInsideAndFailuresMirrorSuccesses(IntervalMethod method) {
        Random random = new Random(42);
        for (int i = 0; i < 2_000; i++) {
            double n = Math.pow(10, -1 + 6 * random.nextDouble());
            double x = n * random.nextDouble() * (random.nextBoolean() ? 1 : 1e-4);
            double level = 0.5 + 0.499 * random.nextDouble();
            Interval interval = method.of(x, n, level);
            Interval mirrored = method.of(n - x, n, level);
            String name = method + " " + x + " of " + n + " at " + level;

            assertThat(x / n).as(name).isBetween(interval.low() - 1e-12, interval.high() + 1e-12);
            assertThat(mirrored.low()).as(name).isCloseTo(1 - interval.high(), within(1e-9));
            assertThat(mirrored.high()).as(name).isCloseTo(1 - interval.low(), within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 20, 100})
    void clopperAndPearsonNeverCoverLessThanTheirLevel(long n) {
        for (double p = 0.005; p < 1; p += 0.005) {
            double covered = 0;
            for (long x = 0; x <= n; x++) {
                Interval interval = IntervalMethod.CLOPPER_PEARSON.of((double) x, (double) n, 0.9);
                if (interval.low() <= p && p <= interval.high()) {
                    covered += binomial(x, n, p);
                }
            }
            assertThat(covered).as("coverage at %s of %s", p, n).isGreaterThanOrEqualTo(0.9);
        }
    }

    private static double binomial(long x, long n, double p) {
        double probability = Math.pow(1 - p, (double) n);
        for (long i = 0; i < x; i++) {
            probability *= (n - i) / (i + 1.0) * p / (1 - p);
        }
        return probability;
    }
}
