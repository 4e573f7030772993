package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NeedScoreTest {
    @Test
    void itIsLargeWhenAClassIsFrequentWrongAndThin() {
        assertThat(new NeedScore(.2, .3, .05).value()).isCloseTo(1.2, within(1e-15));
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            double share = random.nextDouble() / 2;
            double rate = random.nextDouble() / 2;
            double training = .01 + random.nextDouble() / 2;
            double need = new NeedScore(share, rate, training).value();
            assertThat(new NeedScore(share + .1, rate, training).value()).isGreaterThan(need);
            assertThat(new NeedScore(share, rate + .1, training).value()).isGreaterThan(need);
            assertThat(new NeedScore(share, rate, training / 2).value()).isGreaterThan(need);
        }
    }

    @Test
    void overTheErrorRateOfAllItIsOneForAClassThatErrsAsMuchAsItIsTrained() {
        double[] share = {.5, .3, .2};
        double[] rate = {.02, .1, .2};
        double overall = .5 * .02 + .3 * .1 + .2 * .2;
        for (int i = 0; i < 3; i++) {
            double shareOfErrors = share[i] * rate[i] / overall;
            assertThat(new NeedScore(share[i], rate[i], shareOfErrors).value() / overall)
                    .isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void whatIsNoFractionIsRefused() {
        assertThatThrownBy(() -> new NeedScore(.5, .5, 0))
                .hasMessage("Expected fractions, the last one positive, got 0.5, 0.5, 0.0");
    }
}
