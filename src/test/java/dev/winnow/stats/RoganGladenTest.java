package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.RoganGladen.Rate;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoganGladenTest {
    private static RoganGladen of(double q, double se, double sp) {
        return Objects.requireNonNull(RoganGladen.of(new Rate(q, 0), new Rate(se, 0), new Rate(sp, 0)));
    }

    @ParameterizedTest
    @CsvSource({"0, .85, .95", ".01, .85, .95", ".3, .6, .9", "1, .85, .95"})
    void theShareThatAnImperfectReaderWouldSeeIsTurnedBack(double share, double se, double sp) {
        assertThat(of(share * se + (1 - share) * (1 - sp), se, sp).share()).isCloseTo(share, within(1e-12));
    }

    @Test
    void fewerImagesThanTheReaderSeesFalselyAreNoneAndMoreThanItCanSeeAreAll() {
        assertThat(of(.02, .85, .95).share()).isZero();
        assertThat(of(.99, .85, .95).share()).isEqualTo(1);
    }

    @Test
    void aReaderThatTellsNextToNothingCorrectsNothing() {
        assertThat(RoganGladen.of(new Rate(.5, 0), new Rate(.55, 0), new Rate(.5, 0)))
                .isNull();
        assertThat(RoganGladen.of(new Rate(.5, 0), new Rate(.56, 0), new Rate(.5, 0)))
                .isNotNull();
        assertThatThrownBy(() -> new Rate(.5, -1))
                .hasMessage("Expected a rate in [0, 1] and a variance >= 0, got 0.5, -1.0");
    }

    @ParameterizedTest
    @CsvSource({".2, 1", ".05, 2", ".6, 3"})
    void theVarianceIsThatOfRepeatedStudies(double share, long seed) {
        Random random = new Random(seed);
        double sum = 0;
        double squares = 0;
        double told = 0;
        int runs = 4_000;
        for (int run = 0; run < runs; run++) {
            Rate q = draw(random, share * .85 + (1 - share) * .05, 2_000);
            RoganGladen estimate =
                    Objects.requireNonNull(RoganGladen.of(q, draw(random, .85, 400), draw(random, .95, 400)));
            sum += estimate.share();
            squares += estimate.share() * estimate.share();
            told += estimate.variance() / runs;
        }
        double mean = sum / runs;

        assertThat(mean).isCloseTo(share, within(.003));
        assertThat(told / (squares / runs - mean * mean)).isBetween(.9, 1.1);
    }

    private static Rate draw(Random random, double p, int n) {
        int hits = 0;
        for (int i = 0; i < n; i++) {
            hits += random.nextDouble() < p ? 1 : 0;
        }
        double rate = (double) hits / n;
        return new Rate(rate, rate * (1 - rate) / n);
    }
}
