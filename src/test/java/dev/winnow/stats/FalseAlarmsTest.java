package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.FalseAlarms.Fleet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FalseAlarmsTest {
    @ParameterizedTest
    @CsvSource({"20, 1, 1.5", "20, 3, 1", "200, 1, 2", "200, 8, 2", "1, 1, 1.2"})
    void theSimulationAgreesWithOneOfSingleRows(int rows, double designEffect, double threshold) {
        FalseAlarms fast = FalseAlarms.simulate(List.of(new Fleet(.1, rows, designEffect, 20)), threshold, 100, 1);
        Cusum chart = new Cusum(.1, designEffect, threshold);
        Random random = new Random(2);
        double icc = rows == 1 ? 0 : (designEffect - 1) / (rows - 1);
        long alarms = 0;
        double sum = 0;
        int days = 20_000;
        for (int day = 0; day < days; day++) {
            sum = chart.next(sum, Clusters.draw(random, .1, icc, rows).x(), rows);
            if (chart.alarm(sum)) {
                alarms++;
                sum = 0;
            }
        }
        double slow = alarms * 30.0 * 20 / days;
        double error = Math.hypot(fast.standardError(), Math.sqrt((double) alarms) * 30 * 20 / days);

        assertThat(alarms).isGreaterThan(50);
        assertThat(fast.perMonth()).isCloseTo(slow, within(4 * error));
    }

    @Test
    void theSameSeedGivesTheSameAlarms() {
        List<Fleet> fleets = List.of(new Fleet(.1, 50, 2, 30), new Fleet(.02, 500, 4, 10));
        FalseAlarms once = FalseAlarms.simulate(fleets, 2, 20, 7);

        assertThat(FalseAlarms.simulate(fleets, 2, 20, 7)).isEqualTo(once);
        assertThat(FalseAlarms.simulate(fleets, 2, 20, 8)).isNotEqualTo(once);
        assertThat(once.standardError()).isCloseTo(Math.sqrt(once.perMonth() / 20), within(1e-12));
    }

    @Test
    void theCalibratedThresholdKeepsItsPromiseOnOtherDays() {
        List<Fleet> fleets = List.of(new Fleet(.1, 100, 2, 200), new Fleet(.03, 40, 1, 100));
        double threshold = FalseAlarms.calibrate(fleets, 2, 50, 1);
        FalseAlarms again = FalseAlarms.simulate(fleets, threshold, 50, 2);

        assertThat(FalseAlarms.simulate(fleets, threshold, 50, 1).perMonth()).isLessThanOrEqualTo(2);
        assertThat(again.perMonth()).isCloseTo(2, within(4 * again.standardError() + .3));
        assertThat(FalseAlarms.simulate(fleets, threshold - .5, 50, 1).perMonth())
                .isGreaterThan(2);
    }

    @Test
    void theThresholdOfFiveIsTooLowForThreeThousandSegments() {
        FalseAlarms alarms = FalseAlarms.simulate(List.of(new Fleet(.1, 100, 1, 3000)), 5, 1, 1);

        assertThat(alarms.perMonth() / 30).isBetween(1.0, 5.0);
    }

    @Test
    void argumentsOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new Fleet(.1, 0, 1, 1)).hasMessage("Expected rows >= 1 and segments >= 1, got 0, 1");
        assertThatThrownBy(() -> FalseAlarms.simulate(List.of(), 1, 0, 1)).hasMessage("Expected months >= 1, got 0");
        assertThatThrownBy(() -> FalseAlarms.calibrate(List.of(), 0, 1, 1)).hasMessageContaining("got 0.0");
        assertThatThrownBy(() -> FalseAlarms.simulate(List.of(new Fleet(.1, 1, .5, 1)), 1, 1, 1))
                .hasMessageContaining("got 0.1, 0.5, 1.0");
    }
}
