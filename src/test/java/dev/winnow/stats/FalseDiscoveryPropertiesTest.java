package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FalseDiscoveryPropertiesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void qValuesAreThoseOfTheDefinitionInAnyOrder(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            double[] p = pValues(random);
            long family = (long) p.length + random.nextInt(50);
            double[] q = FalseDiscovery.benjaminiHochberg(p, family);
            for (int h = 0; h < p.length; h++) {
                double expected = 1;
                for (double threshold : p) {
                    if (threshold >= p[h]) {
                        expected = Math.min(expected, family * threshold / atMost(p, threshold));
                    }
                }
                assertThat(q[h]).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8, 9})
    void focusedRejectionsAreThoseOfTheDefinition(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            double[] p = pValues(random);
            long family = (long) p.length + random.nextInt(5);
            double level = 0.05 + 0.3 * random.nextDouble();
            BitSet best = new BitSet();
            double largest = -1;
            for (double threshold : p) {
                BitSet survivors = everyOther(upTo(p, threshold));
                if (threshold > largest
                        && !survivors.isEmpty()
                        && family * threshold / survivors.cardinality() <= level) {
                    largest = threshold;
                    best = survivors;
                }
            }

            assertThat(FalseDiscovery.focused(p, family, level, FalseDiscoveryPropertiesTest::everyOther))
                    .isEqualTo(best);
        }
    }

    private static double[] pValues(Random random) {
        double[] p = new double[1 + random.nextInt(30)];
        for (int h = 0; h < p.length; h++) {
            double value = Math.pow(random.nextDouble(), 3);
            p[h] = random.nextBoolean() ? value : Math.round(20 * value) / 20.0;
        }
        return p;
    }

    private static BitSet upTo(double[] p, double threshold) {
        BitSet bits = new BitSet();
        for (int h = 0; h < p.length; h++) {
            bits.set(h, p[h] <= threshold);
        }
        return bits;
    }

    private static int atMost(double[] p, double threshold) {
        return upTo(p, threshold).cardinality();
    }

    private static BitSet everyOther(BitSet bits) {
        BitSet kept = new BitSet();
        for (int h = bits.nextSetBit(0); h >= 0; h = bits.nextSetBit(h + 1)) {
            if (h % 2 == 0 || !bits.get(h - 1)) {
                kept.set(h);
            }
        }
        return kept;
    }
}
