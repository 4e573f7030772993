package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.DifferenceInDifferences.Arm;
import dev.winnow.stats.DifferenceInDifferences.Change;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DifferenceInDifferencesTest {
    private static final double MANY = 1e6;

    private static Arm arm(double rate, double trials) {
        return new Arm(rate, trials, MANY);
    }

    private static final Change TREATED = new Change(arm(.20, 400), arm(.10, 500));
    private static final Change CONTROLS = new Change(arm(.18, 900), arm(.16, 1_000));

    @Test
    void theVarianceIsThatOfFourIndependentRates() {
        DifferenceInDifferences did = DifferenceInDifferences.of(TREATED, CONTROLS, 0.95);

        // (.10 - .20) - (.16 - .18)
        assertThat(did.value()).isCloseTo(-.08, within(1e-12));
        // .16/400 + .09/500 + .1476/900 + .1344/1000
        assertThat(did.variance()).isCloseTo(.0004 + .00018 + .000164 + .0001344, within(1e-15));
        // For as many rows the interval is nearly the normal one: value +- 1.96 sqrt(variance) = [-.1381, -.0219].
        assertThat(did.interval().low()).isCloseTo(-.1381, within(.003));
        assertThat(did.interval().high()).isCloseTo(-.0219, within(.003));
        assertThat(did.pValue()).isBetween(.003, .012);
    }

    @Test
    void withoutControlsItIsNewcombesDifference() {
        DifferenceInDifferences change = DifferenceInDifferences.of(new Change(arm(.6, 80), arm(.8, 70)), null, 0.95);

        assertThat(change.value()).isCloseTo(.2, within(1e-12));
        // 56/70 and 48/80, as published.
        assertThat(change.interval().low()).isCloseTo(.052431, within(1e-6));
        assertThat(change.interval().high()).isCloseTo(.333873, within(1e-6));
    }

    @Test
    void anIntervalThatEndsAtZeroHasThePValueOfItsLevel() {
        Change change = new Change(arm(.3, 200), arm(.2, 300));
        DifferenceInDifferences of = DifferenceInDifferences.of(change, null, 0.95);
        assertThat(of.pValue() < .05).isEqualTo(of.interval().high() < 0);
        for (double level : new double[] {.5, .8, .9, .99}) {
            DifferenceInDifferences at = DifferenceInDifferences.of(change, null, level);
            assertThat(at.pValue() < 1 - level).isEqualTo(at.interval().high() < 0);
        }
    }

    @Test
    void aRateOfZeroIsNoCertaintyAndFewClustersWiden() {
        DifferenceInDifferences none = DifferenceInDifferences.of(new Change(arm(0, 20), arm(0, 20)), null, 0.95);
        assertThat(none.variance()).isZero();
        assertThat(none.interval().high()).isGreaterThan(.1);
        assertThat(none.pValue()).isEqualTo(1);

        Arm few = Objects.requireNonNull(
                Arm.of(ClusterSums.of(4, 20).plus(ClusterSums.of(2, 20)).plus(ClusterSums.of(3, 20)), 0));
        Interval wide =
                DifferenceInDifferences.of(new Change(few, few), null, 0.95).interval();
        Interval narrow = DifferenceInDifferences.of(
                        new Change(arm(few.rate(), few.trials()), arm(few.rate(), few.trials())), null, 0.95)
                .interval();
        assertThat(wide.high()).isGreaterThan(1.5 * narrow.high());
        assertThat(Arm.of(ClusterSums.of(4, 20), 0)).isNull();
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> new Arm(.5, 0, 3)).hasMessageContaining("got 0.5 of 0.0 with 3.0");
    }
}
