package dev.winnow.segments;

import static dev.winnow.segments.CellRows.day;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.segments.UseCaseWindow.Arrivals;
import dev.winnow.segments.UseCaseWindow.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UseCaseWindowTest {
    private static Arrivals of(UseCaseWindow window, Verdict verdict) {
        return Objects.requireNonNull(window.arrivals().get(verdict));
    }

    /** 20 event dates of 100 alarms; 5 marks come on the day, confirmations 4 days later, a few after 15 days. */
    private static CellRows fleet() {
        CellRows rows = new CellRows();
        for (int event = 1; event <= 20; event++) {
            rows.shown(event, "c", "car", "day", 12, 100)
                    .judged(event, event, "c", "car", "day", 12, 25, 0)
                    .judged(event + 4, event, "c", "car", "day", 12, 0, 50)
                    .judged(event + 15, event, "c", "car", "day", 12, 9, 9);
        }
        return rows;
    }

    @Test
    void curvesAreLearnedPerVerdictFromDatesOlderThanTheHorizon() {
        UseCaseWindow window = fleet().learned(20);

        // Dates 1 to 6 are at least 14 days old; what comes after 14 days does not count.
        assertThat(of(window, Verdict.WRONG).closed()).isEqualTo(6);
        assertThat(of(window, Verdict.WRONG).verdicts()).isEqualTo(6 * 25);
        assertThat(of(window, Verdict.WRONG).curve().share(0)).isEqualTo(1.0);
        assertThat(of(window, Verdict.CONFIRMED).curve().share(3)).isEqualTo(0.0);
        assertThat(of(window, Verdict.CONFIRMED).curve().share(4)).isEqualTo(1.0);
        assertThat(of(window, Verdict.MISSED).curve().share(0)).isNull();
    }

    @Test
    void eventDatesThatWaitForMostOfTheirFeedbackAreImmature() {
        UseCaseWindow window = fleet().learned(20);

        assertThat(window.until()).isEqualTo(day(16));
        assertThat(window.measure()).isEqualTo(Measure.FDR);
        assertThat(window.maturity(Map.of(day(16), 100L), day(20))).isEqualTo(1);
        assertThat(window.maturity(Map.of(day(16), 100L, day(17), 300L), day(20)))
                .isEqualTo(0.25);
    }

    @Test
    void withoutClosedDatesOrWithFewVerdictsEveryDateCounts() {
        assertThat(fleet().learned(14).until()).isEqualTo(day(14));
        // One closed date of 25 marks and 50 confirmations.
        assertThat(fleet().learned(15).until()).isEqualTo(day(15));
    }

    @Test
    void customersWhoMostlyComplainMakeAllAlarmsTheTrials() {
        CellRows rows =
                new CellRows().shown(1, "c", "car", "day", 12, 1_000).judged(1, 1, "c", "car", "day", 12, 60, 40);
        assertThat(rows.learned(1).measure()).isEqualTo(Measure.MARKS);
        assertThat(rows.judged(1, 1, "c", "car", "day", 12, 0, 20).learned(1).measure())
                .isEqualTo(Measure.FDR);
    }

    @Test
    void confirmedFramesWithoutOutputAreNoJudgedAlarms() {
        CellRows rows =
                new CellRows().shown(1, "c", "car", "day", 12, 1_000).judged(1, 1, "c", "car", "day", 12, 60, 40);
        assertThat(rows.learned(1).emptyFrames()).isFalse();
        rows.shown(1, "c", "__NONE__", "day", 0, 1_000).judged(1, 1, "c", "__NONE__", "day", 0, 0, 500);

        assertThat(rows.learned(1).measure()).isEqualTo(Measure.MARKS);
        assertThat(rows.learned(1).emptyFrames()).isTrue();
    }

    @Test
    void confidenceIsCalibratedByTheClassIfItHasEnoughVerdictsElseByTheUseCase() {
        CellRows rows = new CellRows()
                .shown(1, "c", "car", "day", 4, 5_000)
                .shown(1, "c", "dog", "day", 4, 5_000)
                .judged(1, 1, "c", "car", "day", 4, 200, 600)
                .judged(1, 1, "c", "car", "day", 18, 10, 190)
                .judged(1, 1, "c", "dog", "day", 4, 50, 50);
        UseCaseWindow window = rows.learned(1);
        List<Long> car = Objects.requireNonNull(window.expected().get("car"));
        List<Long> dog = Objects.requireNonNull(window.expected().get("dog"));

        long unit = SegmentSums.ESTIMATED_UNIT;
        assertThat(car.get(4)).isEqualTo(Math.round(unit * 200.0 / 800));
        assertThat(car.get(18)).isEqualTo(Math.round(unit * 10.0 / 200));
        // Between judged bins the rate of the nearest lower one holds.
        assertThat(car.get(10)).isEqualTo(car.get(4));
        assertThat(dog.get(4)).isEqualTo(Math.round(unit * 250.0 / 900));
        assertThat(1.0 * dog.get(19) / unit).isCloseTo(0.05, within(1e-6));
    }

    @Test
    void fewerThanAThousandVerdictsCalibrateNothing() {
        CellRows rows =
                new CellRows().shown(1, "c", "car", "day", 4, 5_000).judged(1, 1, "c", "car", "day", 4, 499, 500);
        assertThat(rows.learned(1).expected()).isEmpty();
        assertThat(rows.judged(1, 1, "c", "car", "day", 4, 0, 1).learned(1).expected())
                .containsOnlyKeys("car");
    }
}
