package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IsotonicTest {
    @Test
    void ratesThatFallStayAsTheyAre() {
        assertThat(Isotonic.falling(new long[] {5, 3, 1}, new long[] {10, 10, 10}))
                .containsExactly(0.5, 0.3, 0.1);
    }

    @Test
    void neighborsThatRiseArePooledAsFarBackAsTheyMust() {
        // 4 of 10 before 6 of 10 pool to .5; the next, 9 of 10, takes both along.
        assertThat(Isotonic.falling(new long[] {4, 6, 1}, new long[] {10, 10, 10}))
                .containsExactly(0.5, 0.5, 0.1);
        assertThat(Isotonic.falling(new long[] {4, 6, 9, 0}, new long[] {10, 10, 20, 5}))
                .containsExactly(0.5, 0.5, 0.45, 0);
        assertThat(Isotonic.falling(new long[] {1, 2, 9}, new long[] {10, 10, 20}))
                .containsOnly(0.3);
    }

    @Test
    void binsWithoutRowsAreReadByTheirNeighbor() {
        assertThat(Isotonic.falling(new long[] {0, 4, 0, 1, 0}, new long[] {0, 10, 0, 10, 0}))
                .containsExactly(0.4, 0.4, 0.4, 0.1, 0.1);
        assertThat(Isotonic.falling(new long[3], new long[3])).isEmpty();
    }

    @Test
    void valuesOfAnySignArePooledByTheirWeights() {
        assertThat(Isotonic.falling(new double[] {2, -1, 0, -3}, new double[] {1, 3, 1, 9}))
                .containsExactly(2, -0.75, -0.75, -3);
        assertThatThrownBy(() -> Isotonic.falling(new double[] {1}, new double[] {0}))
                .hasMessageContaining("Expected finite values of positive weight, got 1.0 of 0.0");
    }

    @Test
    void moreWrongThanThereAreIsRefused() {
        assertThatThrownBy(() -> Isotonic.falling(new long[] {2}, new long[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ratesNeverRiseAndKeepTheTotal() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            long[] n = random.longs(20, 0, 50).toArray();
            long[] x = new long[20];
            double total = 0;
            for (int i = 0; i < 20; i++) {
                x[i] = n[i] == 0 ? 0 : random.nextLong(n[i] + 1);
                total += x[i];
            }
            double[] rates = Isotonic.falling(x, n);
            double fitted = 0;
            for (int i = 0; i < 20; i++) {
                fitted += rates[i] * n[i];
                assertThat(rates[i]).isLessThanOrEqualTo(rates[Math.max(0, i - 1)]);
            }
            assertThat(fitted).isCloseTo(total, org.assertj.core.api.Assertions.within(1e-9));
        }
    }
}
