package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.SegmentSettings;
import dev.winnow.segments.Evidence.Segment;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.OneSidedTests;
import dev.winnow.testing.Configs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    static final SegmentSettings SETTINGS = Configs.of("").segments();

    private static ClusterSums cameras(int cameras, long wrong, long judged) {
        ClusterSums sums = ClusterSums.EMPTY;
        for (int i = 0; i < cameras; i++) {
            // Cameras differ a little, as they do.
            sums = sums.plus(ClusterSums.of(Math.max(0, wrong + i % 3 - 1), judged));
        }
        return sums;
    }

    private static Segment of(ClusterSums segment, ClusterSums whole) {
        return new Segment(segment, whole.minus(segment), false, true, false);
    }

    private static Evidence only(Segment segment, ClusterSums whole) {
        return Evidence.weigh(whole, List.of(segment), 1, SETTINGS).get(0);
    }

    @Test
    void aSegmentFarAboveTheRestOnManyCamerasIsSuspectedAndOneLikeTheRestIsNot() {
        ClusterSums bad = cameras(10, 12, 40);
        ClusterSums whole = bad.plus(cameras(60, 4, 40));

        Evidence evidence = only(of(bad, whole), whole);

        assertThat(evidence.suspected()).isTrue();
        assertThat(evidence.pValue()).isLessThan(1e-4);
        assertThat(evidence.interval().low()).isGreaterThan(0.2);
        assertThat(evidence.shrunk()).isCloseTo(0.3, within(0.05));
        assertThat(only(of(cameras(10, 4, 40), whole), whole).suspected()).isFalse();
    }

    @Test
    void oneBadCameraOfManyRowsIsNoSegment() {
        ClusterSums one = ClusterSums.of(300, 400);
        ClusterSums few = one.plus(cameras(9, 4, 40));
        ClusterSums whole = few.plus(cameras(60, 4, 40));

        assertThat(only(of(few, whole), whole).suspected()).isFalse();
        assertThat(only(of(one, whole), whole).pValue()).isNull();
        assertThat(only(of(one, whole), whole).interval().high()).isEqualTo(1);
    }

    @Test
    void fewerCamerasOrSitesThanAskedForAreNotEnough() {
        ClusterSums four = cameras(4, 20, 40);
        ClusterSums bad = cameras(10, 12, 40);
        ClusterSums whole = bad.plus(four).plus(cameras(60, 4, 40));

        assertThat(only(of(four, whole), whole).suspected()).isFalse();
        assertThat(only(new Segment(bad, whole.minus(bad), false, false, false), whole)
                        .suspected())
                .isFalse();
        assertThat(only(new Segment(bad, whole.minus(bad), true, false, false), whole)
                        .suspected())
                .isTrue();
    }

    @Test
    void aSegmentThatSaysWhatASmallerOneSaysIsNotReportedTwice() {
        ClusterSums bad = cameras(10, 12, 40);
        ClusterSums whole = bad.plus(cameras(60, 4, 40));
        List<Evidence> evidence = Evidence.weigh(
                whole, List.of(of(bad, whole), new Segment(bad, whole.minus(bad), false, true, true)), 2, SETTINGS);

        assertThat(evidence).extracting(Evidence::suspected).containsExactly(true, false);
        assertThat(evidence.get(0).qValue()).isEqualTo(evidence.get(1).qValue());
    }

    @Test
    void theMoreSegmentsWereLookedAtTheMoreIsAskedOfEach() {
        ClusterSums bad = cameras(10, 12, 40);
        ClusterSums whole = bad.plus(cameras(60, 4, 40));
        List<Segment> segments = List.of(of(bad, whole));
        double icc = Objects.requireNonNull(whole.intraClassCorrelation());

        assertThat(Evidence.weigh(whole, segments, 1_000, SETTINGS).get(0).qValue())
                .isEqualTo(1_000 * Objects.requireNonNull(OneSidedTests.clustered(bad, whole.minus(bad), icc)));
        assertThat(Evidence.weigh(whole, segments, 1_000_000_000, SETTINGS)
                        .get(0)
                        .suspected())
                .isFalse();
    }

    @Test
    void aUseCaseAsAWholeHasTheBoundsOfItsCamerasAndNoTest() {
        ClusterSums bad = cameras(10, 12, 40);
        ClusterSums whole = bad.plus(cameras(60, 4, 40));

        Evidence evidence = Evidence.ofWhole(whole, SETTINGS);

        assertThat(evidence.effectiveTrials()).isLessThan((double) whole.n());
        assertThat(evidence.interval()).isEqualTo(only(of(whole, whole), whole).interval());
        assertThat(evidence.shrunk()).isEqualTo(whole.rate());
        assertThat(evidence.pValue()).isNull();
        assertThat(evidence.suspected()).isFalse();
    }

    @Test
    void daysSinceFirstDetectionConfirmWhatIsStillSoAndNotWhatWasLuck() {
        ClusterSums whole = cameras(70, 5, 40);
        ClusterSums rest = cameras(60, 4, 40);
        List<Evidence.Confirmation> said = Evidence.confirm(
                whole,
                List.of(
                        new FreshDays(cameras(10, 12, 40), rest),
                        new FreshDays(cameras(10, 4, 40), rest),
                        new FreshDays(cameras(3, 20, 40), rest),
                        new FreshDays(cameras(1, 20, 40), rest)),
                4,
                SETTINGS);

        assertThat(said).extracting(Evidence.Confirmation::passes).containsExactly(true, false, false, false);
        assertThat(said.get(0).rate()).isCloseTo(0.3, within(0.01));
        assertThat(said.get(0).trials()).isEqualTo(400);
        assertThat(said.get(3).qValue()).isNull();
    }

    @Test
    void theFamilyOfConfirmationsIsAllThatWasSuspectedNotWhatStillIs() {
        FreshDays one = new FreshDays(cameras(10, 12, 40), cameras(60, 4, 40));
        double alone = q(one, 1);

        assertThat(q(one, 40))
                .as("Benjamini-Yekutieli: forty times, and the harmonic sum of forty")
                .isCloseTo(Math.min(1, 40 * alone * 4.278543), within(alone));
    }

    private static double q(FreshDays days, long awaiting) {
        return Objects.requireNonNull(Evidence.confirm(cameras(70, 5, 40), List.of(days), awaiting, SETTINGS)
                .get(0)
                .qValue());
    }

    /** 200 fleets of 20 segments without any difference but that of cameras, correlated by about .1. */
    @Test
    void fleetsWithoutWeakSegmentsHaveFewRunsWithASuspect() {
        int runsWithSuspect = 0;
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<ClusterSums> groups = new ArrayList<>();
            ClusterSums whole = ClusterSums.EMPTY;
            for (int g = 0; g < 20; g++) {
                ClusterSums group = ClusterSums.EMPTY;
                for (int camera = 0; camera < 10; camera++) {
                    // Beta(0.9, 8.1): mean .1, correlation 1 / (0.9 + 8.1 + 1) = .1
                    double rate = beta(random, 0.9, 8.1);
                    long wrong = 0;
                    for (int i = 0; i < 30; i++) {
                        wrong += random.nextDouble() < rate ? 1 : 0;
                    }
                    group = group.plus(ClusterSums.of(wrong, 30));
                }
                groups.add(group);
                whole = whole.plus(group);
            }
            ClusterSums all = whole;
            List<Segment> segments = groups.stream().map(g -> of(g, all)).toList();
            runsWithSuspect +=
                    Evidence.weigh(all, segments, 20, SETTINGS).stream().anyMatch(Evidence::suspected) ? 1 : 0;
        }
        // At most 5 % of runs, and two standard deviations of 200 runs.
        assertThat(runsWithSuspect).isLessThanOrEqualTo(16);
    }

    /** A beta variate by Johnk's method, good for small parameters. */
    private static double beta(Random random, double a, double b) {
        while (true) {
            double x = Math.pow(random.nextDouble(), 1 / a);
            double y = Math.pow(random.nextDouble(), 1 / b);
            if (x + y <= 1 && x + y > 0) {
                return x / (x + y);
            }
        }
    }
}
