package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FalseDiscoveryTest {
    private static final double[] HANDBOOK = {
        .001, .008, .039, .041, .042, .06, .074, .205, .212, .216, .222, .251, .269, .275, .34, .341, .384, .569, .594,
        .696, .762, .94, .942, .975, .986
    };

    @Test
    void qValuesEqualThoseOfTheHandbook() {
        double[] q = FalseDiscovery.benjaminiHochberg(HANDBOOK, 25);

        assertThat(q)
                .containsExactly(
                        new double[] {
                            .025, .1, .21, .21, .21, .25, .2643, .4911, .4911, .4911, .4911, .4911, .4911, .4911, .5328,
                            .5328, .5647, .7816, .7816, .87, .9071, .986, .986, .986, .986
                        },
                        within(5.1e-5));
        assertThat(Arrays.stream(q).filter(value -> value <= .25).count()).isEqualTo(6);
        assertThat(Arrays.stream(q).filter(value -> value < .25).count()).isEqualTo(5);
    }

    @Test
    void underAnyDependenceQValuesGrowByTheHarmonicSum() {
        double[] q = FalseDiscovery.benjaminiYekutieli(HANDBOOK, 25);

        assertThat(q[0]).isCloseTo(.09539895, within(5.1e-9));
        assertThat(q[1]).isCloseTo(.38159582, within(5.1e-9));
        assertThat(q[5]).isCloseTo(.95398954, within(5.1e-9));
        assertThat(q[6]).isEqualTo(1);
    }

    @Test
    void theHarmonicSumOfAVastFamilyIsThatOfItsExpansion() {
        double sum = 0;
        for (int i = 1_000_000; i > 0; i--) {
            sum += 1.0 / i;
        }

        assertThat(FalseDiscovery.benjaminiYekutieli(new double[] {1e-12}, 1_000_000)[0])
                .isCloseTo(1e-6 * sum, within(1e-18));
    }

    @Test
    void testsThatWereLeftOutCount() {
        assertThat(FalseDiscovery.benjaminiHochberg(new double[] {.03, .01}, 10))
                .containsExactly(new double[] {.15, .1}, within(1e-12));
    }

    @Test
    void equalPValuesHaveEqualQValues() {
        assertThat(FalseDiscovery.benjaminiHochberg(new double[] {.04, .01, .04, .01}, 4))
                .containsExactly(new double[] {.04, .02, .04, .02}, within(1e-15));
    }

    @Test
    void noPValuesGiveNoQValues() {
        assertThat(FalseDiscovery.benjaminiHochberg(new double[0], 0)).isEmpty();
        assertThat(FalseDiscovery.benjaminiYekutieli(new double[0], 5)).isEmpty();
        assertThat(FalseDiscovery.focused(new double[0], 5, .05, bits -> bits).isEmpty())
                .isTrue();
    }

    @Test
    void withoutAFilterFocusingIsBenjaminiHochberg() {
        assertThat(FalseDiscovery.focused(HANDBOOK, 25, .25, bits -> bits).cardinality())
                .isEqualTo(6);
        assertThat(FalseDiscovery.focused(HANDBOOK, 25, .02, bits -> bits).isEmpty())
                .isTrue();
    }

    @Test
    void whatTheFilterTakesAwayMustBeEarnedByTheRest() {
        double[] p = {.01, .02, .02, .02};
        // Without the filter all four pass at 4 * .02 / 4 = .02. Of each pair only the first survives.
        UnaryOperator<BitSet> firstOfPair = bits -> {
            for (int i = 0; i < 4; i += 2) {
                bits.clear(bits.get(i) ? i + 1 : i);
            }
            return bits;
        };

        assertThat(FalseDiscovery.focused(p, 4, .02, firstOfPair).isEmpty()).isTrue();
        // 4 * .02 / 2 = .04 with survivors 0 and 2.
        assertThat(FalseDiscovery.focused(p, 4, .04, firstOfPair).stream()).containsExactly(0, 2);
        assertThat(FalseDiscovery.focused(p, 4, .04, bits -> new BitSet()).isEmpty())
                .isTrue();
    }

    @Test
    void aFilterThatAddsIsRefused() {
        assertThatThrownBy(() -> FalseDiscovery.focused(new double[] {.01, .9}, 2, .05, bits -> {
                    bits.set(1);
                    return bits;
                }))
                .hasMessage("The filter added hypotheses {1}");
    }

    @Test
    void whatIsNoPValueIsRefused() {
        assertThatThrownBy(() -> FalseDiscovery.benjaminiHochberg(new double[] {.1, Double.NaN}, 2))
                .hasMessage("Expected p-values in [0, 1], got [0.1, NaN]");
        assertThatThrownBy(() -> FalseDiscovery.benjaminiYekutieli(new double[] {-.1}, 2))
                .hasMessageContaining("got [-0.1]");
        assertThatThrownBy(() -> FalseDiscovery.focused(new double[] {1.1}, 2, .05, bits -> bits))
                .hasMessageContaining("got [1.1]");
        assertThatThrownBy(() -> FalseDiscovery.benjaminiHochberg(new double[] {.1, .2}, 1))
                .hasMessage("Expected a family of at least 2 tests, one per p-value, got 1");
        assertThatThrownBy(() -> FalseDiscovery.focused(new double[] {.1}, 2, 0, bits -> bits))
                .hasMessage("Expected a level in (0, 1), got 0.0");
    }
}
