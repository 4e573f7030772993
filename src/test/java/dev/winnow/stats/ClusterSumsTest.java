package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClusterSumsTest {
    private static final ClusterSums PUBLISHED = sums(9, 10, 0, 10, 1, 10, 0, 10, 0, 10);

    private static ClusterSums sums(long... pairs) {
        ClusterSums sums = ClusterSums.EMPTY;
        for (int i = 0; i < pairs.length; i += 2) {
            sums = sums.plus(ClusterSums.of(pairs[i], pairs[i + 1]));
        }
        return sums;
    }

    @Test
    void figuresEqualThePublishedOnes() {
        assertThat(PUBLISHED).isEqualTo(new ClusterSums(5, 10, 50, 82, 100, 500));
        assertThat(PUBLISHED.rate()).isEqualTo(.2);
        assertThat(PUBLISHED.variance()).isCloseTo(.031, within(1e-15));
        assertThat(PUBLISHED.designEffect()).isCloseTo(9.6875, within(1e-12));
        assertThat(PUBLISHED.effectiveTrials(0)).isCloseTo(5.161290, within(5.1e-7));
        assertThat(PUBLISHED.degreesOfFreedom()).isEqualTo(4);
        // (9.6875 - 1) / (10 - 1)
        assertThat(PUBLISHED.intraClassCorrelation()).isCloseTo(.965278, within(5.1e-7));
    }

    @Test
    void intervalsUseStudentsT() {
        check(IntervalMethod.WILSON, .021747, .737632);
        check(IntervalMethod.JEFFREYS, .010420, .765612);
        check(IntervalMethod.CLOPPER_PEARSON, .000215, .876195);
    }

    private static void check(IntervalMethod method, double low, double high) {
        Interval interval = PUBLISHED.interval(method, 0.95, 0.1);
        assertThat(interval.low()).isCloseTo(low, within(5.1e-7));
        assertThat(interval.high()).isCloseTo(high, within(5.1e-7));
    }

    @Test
    void aCameraInTwoCellsIsOneCluster() {
        assertThat(ClusterSums.of(10, 20)).isNotEqualTo(sums(10, 10, 0, 10));
        assertThat(ClusterSums.of(10, 20).clusters()).isEqualTo(1);
    }

    @Test
    void withoutRowsNothingIsKnown() {
        ClusterSums none = ClusterSums.of(0, 0);

        assertThat(none).isEqualTo(ClusterSums.EMPTY);
        assertThat(none.rate()).isNull();
        assertThat(none.variance()).isNull();
        assertThat(none.designEffect()).isNull();
        assertThat(none.intraClassCorrelation()).isNull();
        assertThat(none.effectiveTrials(0.1)).isZero();
        assertThat(none.degreesOfFreedom()).isZero();
        assertThat(none.interval(IntervalMethod.WILSON, 0.95, 0.1)).isEqualTo(Interval.UNKNOWN);
    }

    @Test
    void aSingleClusterIsOneEffectiveTrialAndLeavesEveryRatePossible() {
        ClusterSums single = ClusterSums.of(3, 1000);

        assertThat(single.rate()).isEqualTo(.003);
        assertThat(single.variance()).isNull();
        assertThat(single.designEffect()).isNull();
        assertThat(single.effectiveTrials(0.1)).isEqualTo(1);
        assertThat(single.interval(IntervalMethod.JEFFREYS, 0.95, 0.1)).isEqualTo(Interval.UNKNOWN);
    }

    @Test
    void withoutVarianceTheFleetTellsTheDesignEffect() {
        ClusterSums noneWrong = sums(0, 10, 0, 10, 0, 10);
        ClusterSums allWrong = sums(10, 10, 10, 10, 10, 10);
        ClusterSums equalRates = sums(2, 10, 2, 10, 2, 10);

        assertThat(noneWrong.variance()).isZero();
        assertThat(noneWrong.designEffect()).isNull();
        assertThat(noneWrong.intraClassCorrelation()).isNull();
        assertThat(noneWrong.effectiveTrials(0.1)).isCloseTo(30 / 1.9, within(1e-12));
        assertThat(noneWrong.ownEffectiveTrials(0.1)).isCloseTo(30 / 1.9, within(1e-12));
        assertThat(allWrong.effectiveTrials(0.1)).isCloseTo(30 / 1.9, within(1e-12));
        assertThat(allWrong.effectiveTrials(0)).isEqualTo(30);
        assertThat(equalRates.designEffect()).isZero();
        assertThat(equalRates.intraClassCorrelation()).isZero();
        assertThat(equalRates.effectiveTrials(1)).isEqualTo(3);
        assertThat(noneWrong.interval(IntervalMethod.WILSON, 0.95, 0.1).high()).isGreaterThan(0.4);
    }

    @Test
    void oneBigCameraCountsAsTheRowsSeeIt() {
        ClusterSums unequal = sums(0, 1000, 0, 1, 0, 1, 0, 1, 0, 1);

        // Mean size as a row sees it 1,000,004 / 1,004 = 996; the plain mean of 200.8 would claim 48 rows.
        assertThat(unequal.effectiveTrials(0.1)).isCloseTo(9.989852, within(5.1e-7));
    }

    @Test
    void clustersMoreAlikeThanChanceEarnNoExtraRows() {
        ClusterSums alike = sums(5, 10, 5, 10, 4, 10, 6, 10);

        assertThat(alike.designEffect()).isLessThan(1);
        assertThat(alike.effectiveTrials(0)).isEqualTo(40);
        assertThat(alike.intraClassCorrelation()).isZero();
    }

    @Test
    void fewClustersThatLookMoreAlikeThanTheFleetsAreTakenForTheFleets() {
        // Design effects 1.5625 of its own and 1 + 9 x .1 = 1.9 of the fleet; at icc .02 its own is the larger one.
        ClusterSums lucky = sums(1, 10, 3, 10, 4, 10, 0, 10, 2, 10);

        assertThat(lucky.designEffect()).isCloseTo(1.5625, within(1e-12));
        assertThat(lucky.effectiveTrials(0.1)).isCloseTo(50 / 1.9, within(1e-12));
        assertThat(lucky.ownEffectiveTrials(0.1)).isCloseTo(50 / 1.5625, within(1e-12));
        assertThat(lucky.effectiveTrials(0.02)).isCloseTo(50 / 1.5625, within(1e-12));
    }

    @Test
    void intervalsAreStableFromTenClustersAndTenExpectedErrors() {
        ClusterSums nine = sums(0, 60, 0, 60, 0, 60, 0, 60, 0, 60, 0, 60, 0, 60, 0, 60, 0, 60);
        ClusterSums ten = nine.plus(ClusterSums.of(0, 60));

        assertThat(ten.stable(10 / 600.0)).isTrue();
        assertThat(ten.stable(9.9 / 600.0)).isFalse();
        assertThat(nine.stable(0.5)).isFalse();
    }

    @Test
    void aRestThatSharesCamerasIsMadeOfWholeClusters() {
        ClusterSums all = sums(9, 10, 2, 20, 0, 5);
        // The segment holds 8 of 8 rows of the first camera only.
        ClusterSums rest = all.minus(ClusterSums.of(9, 10)).plus(ClusterSums.of(1, 2));

        assertThat(rest).isEqualTo(sums(1, 2, 2, 20, 0, 5));
    }

    @Test
    void largeSumsDoNotCancel() {
        // Two clusters of a billion rows whose rates differ by one row.
        ClusterSums large = sums(500_000_000, 1_000_000_000, 500_000_001, 1_000_000_000);

        assertThat(large.variance()).isCloseTo(0.25e-18, within(1e-24));
        assertThatThrownBy(() -> ClusterSums.of(0, 4_000_000_000L)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> sums(0, 3_000_000_000L, 0, 1_000_000_000L)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void sumsThatNoClustersHaveAreRefused() {
        assertThatThrownBy(() -> ClusterSums.of(2, 1)).hasMessage("Expected 0 <= x <= n, got 2 of 1");
        assertThatThrownBy(() -> new ClusterSums(1, 5, 4, 25, 20, 16)).hasMessageContaining("got 1 clusters with x=5");
        assertThatThrownBy(() -> new ClusterSums(0, 0, 1, 0, 0, 1)).hasMessageContaining("got 0 clusters");
        assertThatThrownBy(() -> ClusterSums.EMPTY.minus(ClusterSums.of(0, 1))).hasMessageContaining("got -1 clusters");
        assertThatThrownBy(() -> new ClusterSums(2, 10, 20, 10, 20, 20).variance())
                .hasMessageContaining("No clusters can have the sums");
        assertThatThrownBy(() -> PUBLISHED.effectiveTrials(1.1)).hasMessageContaining("got 1.1");
        assertThatThrownBy(() -> PUBLISHED.effectiveTrials(Double.NaN)).hasMessageContaining("got NaN");
    }
}
