package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneSidedTestsTest {
    @ParameterizedTest
    @CsvSource({
        "3, 10, 5, 50, .0482603031962091",
        "40, 200, 78, 1318, 8.540007703294775e-15",
        "5, 5, 5, 100, 1.3282413871515492e-08",
        "90, 100, 100, 1000, 2.4805432639765145e-104",
        "1, 10, 1, 10, 1",
        "12, 20, 30, 40, .9958191329159071",
        "150, 300, 1000, 5000, 2.133756185014763e-33",
        "0, 10, 5, 50, 1",
        "0, 0, 5, 50, 1",
        "1100, 20000, 50000, 1000000, 6.46707501271688e-4",
        "2000, 20000, 50000, 1000000, 1.4338398290496377e-186"
    })
    void hypergeometricTailsEqualTheKnownOnes(long x, long n, long allX, long allN, double tail) {
        assertThat(OneSidedTests.hypergeometric(x, n, allX, allN)).isCloseTo(tail, within(1e-9 * tail));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void hypergeometricTailsAreThoseOfCounting(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            int allN = 1 + random.nextInt(60);
            int allX = random.nextInt(allN + 1);
            int n = random.nextInt(allN + 1);
            int lowest = Math.max(0, n - (allN - allX));
            int x = lowest + random.nextInt(Math.min(n, allX) - lowest + 1);
            BigInteger ways = BigInteger.ZERO;
            for (int k = x; k <= Math.min(n, allX); k++) {
                ways = ways.add(choose(allX, k).multiply(choose(allN - allX, n - k)));
            }
            double expected = ways.doubleValue() / choose(allN, n).doubleValue();

            assertThat(OneSidedTests.hypergeometric(x, n, allX, allN))
                    .as("%d of %d in %d of %d", x, n, allX, allN)
                    .isCloseTo(expected, within(1e-12 * expected));
        }
    }

    private static BigInteger choose(int n, int k) {
        BigInteger ways = k > n ? BigInteger.ZERO : BigInteger.ONE;
        for (int i = 0; i < Math.min(k, n); i++) {
            ways = ways.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
        }
        return ways;
    }

    @Test
    @Timeout(5)
    void vastCountsAreQuick() {
        assertThat(OneSidedTests.hypergeometric(12_510_000, 50_000_000, 50_000_000, 200_000_000))
                .isCloseTo(8.134949424995122e-5, within(1e-9));
        assertThat(OneSidedTests.hypergeometric(40_000_000, 50_000_000, 50_000_000, 200_000_000))
                .isZero();
        assertThat(OneSidedTests.hypergeometric(1, 50_000_000, 50_000_000, 200_000_000))
                .isEqualTo(1);
    }

    @Test
    void partsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> OneSidedTests.hypergeometric(6, 10, 5, 50))
                .hasMessage("Expected a part of a whole, got 6 of 10 in 5 of 50");
        assertThatThrownBy(() -> OneSidedTests.hypergeometric(0, 10, 45, 50)).hasMessageContaining("got 0 of 10");
        assertThatThrownBy(() -> OneSidedTests.hypergeometric(1, 51, 5, 50)).hasMessageContaining("got 1 of 51");
    }

    @Test
    void theTTestIsThatOfItsVariances() {
        // t = .1 / sqrt(.0016 + .0009) = 2
        assertThat(OneSidedTests.studentT(.3, .0016, .2, .0009, 4)).isCloseTo(.058058, within(5.1e-7));
        assertThat(OneSidedTests.studentT(.2, .0016, .3, .0009, 4)).isCloseTo(1 - .058058, within(5.1e-7));
        assertThat(OneSidedTests.studentT(.2, 0, .2, 0, 4)).isEqualTo(.5);
        assertThat(OneSidedTests.studentT(.3, 0, .2, 0, 4)).isZero();
        assertThatThrownBy(() -> OneSidedTests.studentT(.3, -1, .2, 0, 4)).hasMessageContaining("got -1.0 and 0.0");
        assertThatThrownBy(() -> OneSidedTests.studentT(Double.NaN, 1, .2, 0, 4))
                .hasMessageContaining("got NaN");
    }

    @Test
    void fewClustersProveLittle() {
        ClusterSums rest = ClusterSums.EMPTY;
        for (int camera = 0; camera < 50; camera++) {
            rest = rest.plus(ClusterSums.of(8 + camera % 5, 100));
        }
        ClusterSums bad = ClusterSums.of(30, 100).plus(ClusterSums.of(20, 100));

        // The same 50 of 200 wrong: certain if rows were independent, far from it with two cameras.
        assertThat(OneSidedTests.hypergeometric(50, 200, 50 + rest.x(), 200 + rest.n()))
                .isLessThan(1e-8);
        assertThat(OneSidedTests.clustered(bad, rest, .1)).isBetween(.05, .2);
        assertThat(OneSidedTests.clustered(ClusterSums.of(50, 200), rest, .1)).isNull();
        assertThat(OneSidedTests.clustered(bad, ClusterSums.of(1, 100), .1)).isNull();
        assertThat(OneSidedTests.clustered(ClusterSums.EMPTY, rest, .1)).isNull();
    }

    @Test
    void aSegmentWithoutVarianceIsNotCertain() {
        ClusterSums rest = ClusterSums.EMPTY;
        for (int camera = 0; camera < 50; camera++) {
            rest = rest.plus(ClusterSums.of(30, 100));
        }
        ClusterSums allWrong = ClusterSums.of(2, 2).plus(ClusterSums.of(2, 2)).plus(ClusterSums.of(2, 2));

        assertThat(OneSidedTests.clustered(allWrong, rest, .1)).isBetween(.01, .1);
        assertThat(OneSidedTests.clustered(allWrong, allWrong, .1)).isEqualTo(.5);
    }

    @Test
    void aRateThatIsJustSoManyTimesThatOfTheRestProvesNothingAndAHigherOneDoes() {
        ClusterSums segment = IntStream.range(0, 40)
                .mapToObj(c -> ClusterSums.of(c % 2 == 0 ? 3 : 5, 10))
                .reduce(ClusterSums.EMPTY, ClusterSums::plus);
        ClusterSums rest = IntStream.range(0, 40)
                .mapToObj(c -> ClusterSums.of(c % 2 == 0 ? 1 : 3, 10))
                .reduce(ClusterSums.EMPTY, ClusterSums::plus);

        assertThat(OneSidedTests.clustered(segment, rest, .01, 2)).isEqualTo(.5);
        assertThat(OneSidedTests.clustered(segment, rest, .01, 1)).isLessThan(1e-5);
        assertThat(OneSidedTests.clustered(segment, rest, .01, 1))
                .isEqualTo(OneSidedTests.clustered(segment, rest, .01));
        assertThat(OneSidedTests.clustered(segment, rest, .01, 3)).isGreaterThan(.99);
    }
}
