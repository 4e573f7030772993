package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.Stratified.Stratum;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StratifiedTest {
    @Test
    void sensitivityAndSpecificityOf650PatientsEqualThePublishedOnes() {
        // Strata by test result; verified 231 diseased and 32 not of 429 positive, 27 and 54 of 221 negative.
        Stratified diseased = Stratified.of(List.of(new Stratum(429, 263, 231), new Stratum(221, 81, 27)));
        double sick = diseased.rate() == null ? Double.NaN : 650 * diseased.rate();
        double sickAndPositive = 429 * 231 / 263.0;
        double wellAndNegative = 221 * 54 / 81.0;

        assertThat(231.0 / (231 + 27)).isCloseTo(.895349, within(5.1e-7));
        assertThat(54.0 / (54 + 32)).isCloseTo(.627907, within(5.1e-7));
        assertThat(sickAndPositive / sick).isCloseTo(.836467, within(5.1e-7));
        assertThat(wellAndNegative / (650 - sick)).isCloseTo(.738398, within(5.1e-7));
        assertThat(diseased.pooled()).isFalse();
        assertThat(diseased.thin()).isFalse();
    }

    @Test
    void varianceIsThatOfItsStrata() {
        Stratified corrected = Stratified.of(List.of(new Stratum(800, 50, 10), new Stratum(200, 40, 20)));

        assertThat(corrected.rate()).isCloseTo(.8 * .2 + .2 * .5, within(1e-12));
        assertThat(corrected.variance()).isCloseTo(.64 * .16 / 50 + .04 * .25 / 40, within(1e-12));
        assertThat(corrected.effectiveTrials()).isCloseTo(.26 * .74 / (.002048 + .00025), within(1e-9));
    }

    @Test
    void aStratumThatNobodyJudgedBorrowsFromItsNearestNeighbor() {
        Stratified corrected = Stratified.of(List.of(
                new Stratum(100, 0, 0),
                new Stratum(100, 0, 0),
                new Stratum(100, 50, 5),
                new Stratum(100, 0, 0),
                new Stratum(100, 50, 25),
                new Stratum(0, 0, 0)));

        assertThat(corrected.groups()).containsExactly(new Stratum(400, 50, 5), new Stratum(100, 50, 25));
        assertThat(corrected.pooled()).isTrue();
        assertThat(corrected.thin()).isFalse();
        assertThat(corrected.rate()).isCloseTo(.8 * .1 + .2 * .5, within(1e-12));
    }

    @Test
    void lessThanFiveJudgedRowsAreThin() {
        assertThat(Stratified.of(List.of(new Stratum(100, 4, 1), new Stratum(9, 9, 1)))
                        .thin())
                .isTrue();
        assertThat(Stratified.of(List.of(new Stratum(100, 5, 1))).thin()).isFalse();
    }

    @Test
    void withoutJudgedRowsThereIsNoRate() {
        Stratified none = Stratified.of(List.of(new Stratum(100, 0, 0)));

        assertThat(none.rate()).isNull();
        assertThat(none.variance()).isNull();
        assertThat(none.effectiveTrials()).isZero();
        assertThat(Stratified.of(List.of())).isEqualTo(none);
    }

    @Test
    void withoutVarianceTheWeightsTellTheEffectiveTrials() {
        Stratified corrected = Stratified.of(List.of(new Stratum(900, 10, 0), new Stratum(100, 90, 0)));

        assertThat(corrected.rate()).isZero();
        assertThat(corrected.variance()).isZero();
        assertThat(corrected.effectiveTrials()).isCloseTo(1 / (.81 / 10 + .01 / 90), within(1e-9));
    }

    @Test
    void countsThatExceedEachOtherAreRefused() {
        assertThatThrownBy(() -> new Stratum(10, 11, 1))
                .hasMessage("Expected 0 <= errors <= judged <= rows, got 1, 11, 10");
        assertThatThrownBy(() -> new Stratum(10, 5, 6)).hasMessageContaining("got 6, 5, 10");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theCorrectionFindsTheTruthWhereJudgingDependsOnTheStratumOnly(long seed) {
        Random random = new Random(seed);
        double[] rates = {.02, .1, .5};
        double[] judging = {.02, .1, .6};
        int size = 20_000;
        int wrong = 0;
        long raw = 0;
        long rawJudged = 0;
        Stratum[] strata = new Stratum[3];
        for (int h = 0; h < 3; h++) {
            int judged = 0;
            int errors = 0;
            for (int i = 0; i < size; i++) {
                boolean error = random.nextDouble() < rates[h];
                boolean seen = random.nextDouble() < judging[h];
                wrong += error ? 1 : 0;
                judged += seen ? 1 : 0;
                errors += seen && error ? 1 : 0;
            }
            strata[h] = new Stratum(size, judged, errors);
            raw += errors;
            rawJudged += judged;
        }
        double truth = wrong / (3.0 * size);

        assertThat(Stratified.of(List.of(strata)).rate()).isCloseTo(truth, within(.01));
        assertThat((double) raw / rawJudged).isGreaterThan(truth + .1);
    }
}
