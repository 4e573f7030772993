package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.stats.CoverageSimulation.Coverage;
import dev.winnow.stats.CoverageSimulation.Design;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole grid with more runs is {@code scripts/bench coverage}. */
class CoverageTest {
    private static final int RUNS = 500;

    @ParameterizedTest(name = "{0} cameras, rate {1}, correlation {2}, loads uneven {3}")
    @CsvSource({
        "10, 0.02, 0.05, false",
        "10, 0.02, 0.15, false",
        "10, 0.10, 0.15, false",
        "10, 0.20, 0.15, true",
        "30, 0.02, 0.15, false",
        "30, 0.10, 0.05, true",
        "30, 0.20, 0.15, false"
    })
    void intervalsHoldTheRateWhereTheyPromiseToAndIndependentRowsOrDaysWouldNot(
            int cameras, double rate, double icc, boolean uneven) {
        Design design = new Design(cameras, rate, icc, 5, uneven);

        Coverage coverage = CoverageSimulation.of(design, RUNS, 1);

        assertThat(design.promised()).isTrue();
        // 93 % are promised; 500 runs leave two standard errors of 1.9 %.
        assertThat(coverage.published()).isGreaterThan(0.93 - Coverage.twoErrors(RUNS));
        assertThat(coverage.published()).isGreaterThanOrEqualTo(coverage.ownVariance());
        assertThat(coverage.naive()).isLessThan(0.6);
        assertThat(coverage.cameraDays()).isLessThan(0.65);
        assertThat(coverage.stable()).isGreaterThan(0.9);
    }

    @Test
    void otherwiseTheyAreFlagged() {
        assertThat(CoverageSimulation.of(new Design(5, 0.2, 0.05, 5, false), 100, 1)
                        .stable())
                .isZero();
        // 6 errors expected; the fleet's rate, known to about a seventh, can't make them 10.
        assertThat(CoverageSimulation.of(new Design(10, 0.02, 0.05, 1, false), 100, 1)
                        .stable())
                .isLessThan(0.05);
    }
}
