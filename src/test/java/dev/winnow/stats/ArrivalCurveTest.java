package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalCurveTest {
    @Test
    void onlyClosedCohortsCount() {
        // The last cohort is one day old: its early feedback would make all look early.
        ArrivalCurve curve =
                ArrivalCurve.of(List.of(new long[] {6, 3, 1}, new long[] {4, 3, 3, 90}, new long[] {1000, 0}), 2);

        assertThat(curve.share(-1)).isZero();
        assertThat(curve.share(0)).isEqualTo(.5);
        assertThat(curve.share(1)).isEqualTo(.8);
        assertThat(curve.share(2)).isEqualTo(1);
        assertThat(curve.share(100)).isEqualTo(1);
    }

    @Test
    void withoutClosedCohortsOrFeedbackNothingIsKnown() {
        for (ArrivalCurve curve : List.of(
                ArrivalCurve.of(List.of(), 2),
                ArrivalCurve.of(List.of(new long[] {5, 5}), 2),
                ArrivalCurve.of(List.of(new long[3]), 2))) {
            assertThat(curve.share(1)).isNull();
            assertThat(curve.share(-1)).isNull();
            assertThat(curve.maturity(new long[] {10})).isNull();
        }
    }

    @Test
    void theMaturityOfAWindowIsTheMeanOverWhatWasShown() {
        ArrivalCurve curve = ArrivalCurve.of(List.of(new long[] {5, 3, 2}), 2);

        // 100 rows of today, none of yesterday, 300 of three days ago.
        assertThat(curve.maturity(new long[] {100, 0, 0, 300})).isCloseTo((100 * .5 + 300) / 400, within(1e-12));
        assertThat(curve.maturity(new long[] {0, 50})).isEqualTo(.8);
        assertThat(curve.maturity(new long[] {0, 0})).isNull();
        assertThat(curve.maturity(new long[0])).isNull();
        assertThatThrownBy(() -> curve.maturity(new long[] {1, -1}))
                .hasMessage("Expected counts >= 0, got -1 at age 1");
    }

    @Test
    void withdrawnVerdictsMakeTheCurveLateNotFalling() {
        // Running sums 10, 16, 8, 10 of 10.
        ArrivalCurve curve = ArrivalCurve.of(List.of(new long[] {10, 6, -8, 2}), 3);

        assertThat(curve.share(0)).isEqualTo(.8);
        assertThat(curve.share(1)).isEqualTo(.8);
        assertThat(curve.share(2)).isEqualTo(.8);
        assertThat(curve.share(3)).isEqualTo(1);
    }

    @Test
    void aHorizonOfNoDayIsTheFirstDay() {
        assertThat(ArrivalCurve.of(List.of(new long[] {3}), 0).share(0)).isEqualTo(1);
        assertThatThrownBy(() -> ArrivalCurve.of(List.of(), -1)).hasMessage("Expected a horizon >= 0, got -1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theCurveNeverFallsAndEndsAtOne(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            int horizon = random.nextInt(20);
            long[] cohort = new long[horizon + 1];
            for (int age = 0; age <= horizon; age++) {
                cohort[age] = random.nextInt(20) - 5L;
            }
            ArrivalCurve curve = ArrivalCurve.of(List.of(cohort), horizon);
            double last = 0;
            for (int age = 0; age <= horizon; age++) {
                Double share = curve.share(age);
                if (share != null) {
                    assertThat(share).isBetween(last, 1.0);
                    last = share;
                }
            }
            assertThat(last).isIn(0.0, 1.0);
        }
    }
}
