package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HammingClustersTest {
    @Test
    void hashesWithinTheDistanceAreOneGroupAndSoAreTheirNeighbours() {
        long[] hashes = {0b0L, 0b111L, 0b111_111L, 0xFFL << 40, 0b1L << 63};
        assertThat(HammingClusters.of(hashes, 3)).containsExactly(0, 0, 0, 3, 0);
        assertThat(HammingClusters.of(hashes, 1)).containsExactly(0, 1, 2, 3, 0);
        assertThat(HammingClusters.of(new long[] {7, 7, 6}, 0)).containsExactly(0, 0, 2);
        assertThat(HammingClusters.of(new long[0], 3)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 3", "3, 4", "5, 5", "7, 6", "7, 7"})
    void theBandsMissNoPairThatBruteForceFinds(int distance, int seed) {
        Random random = new Random(seed);
        long[] hashes = new long[300];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = i < 30 ? random.nextLong() : hashes[random.nextInt(i)];
            for (int flips = random.nextInt(distance + 3); flips > 0; flips--) {
                hashes[i] ^= 1L << random.nextInt(64);
            }
        }
        assertThat(HammingClusters.of(hashes, distance)).isEqualTo(bruteForce(hashes, distance));
    }

    /** Spreads the lowest index along all pairs until nothing changes. */
    private static int[] bruteForce(long[] hashes, int distance) {
        int[] groups = new int[hashes.length];
        Arrays.setAll(groups, i -> i);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = 0; i < hashes.length; i++) {
                for (int j = 0; j < hashes.length; j++) {
                    if (Long.bitCount(hashes[i] ^ hashes[j]) <= distance && groups[j] < groups[i]) {
                        groups[i] = groups[j];
                        changed = true;
                    }
                }
            }
        }
        return groups;
    }

    @Test
    void aDistanceThatNoHashCanHaveIsRefused() {
        assertThatThrownBy(() -> HammingClusters.of(new long[] {1}, 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 63 bits, got 64");
    }
}
