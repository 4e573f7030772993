package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.SegmentSettings;
import dev.winnow.stats.Normal;
import dev.winnow.stats.WilsonInterval;
import dev.winnow.testing.Configs;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final SegmentSettings SETTINGS = Configs.of(
                    "segments { min-judged = 10, min-confirmed-share = 0.05 }")
            .segments();

    private static SegmentCounts counts(String site, long alarms, long wrong, long confirmed) {
        return site.isEmpty()
                ? new SegmentCounts("u", List.of(), List.of(), alarms, wrong, confirmed, 0, 0, 3, 0, 0, 0, false)
                : new SegmentCounts(
                        "u", List.of("site"), List.of(site), alarms, wrong, confirmed, 0, 0, 1, 0, 0, 0, false);
    }

    private static Finding find(List<Finding> findings, String segment) {
        return findings.stream()
                .filter(f -> f.counts().segment().equals(segment))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ratesAndBoundsOfOneSegment() {
        Finding a =
                find(Finding.rank(List.of(counts("", 1_000, 60, 140), counts("a", 400, 40, 40)), SETTINGS), "site=a");

        assertThat(a.coverage()).isEqualTo(0.2);
        assertThat(a.marksPer1000()).isEqualTo(100.0);
        assertThat(a.fdr()).isEqualTo(0.5);
        assertThat(a.boundLow()).isEqualTo(0.1);
        assertThat(a.boundHigh()).isEqualTo(0.9);
        assertThat(a.interval()).isEqualTo(WilsonInterval.of(40, 80, Normal.twoSided(0.95)));
        // The rest: 20 of 120 judged. Excess = (40 - 80 x 20/120) x 400/80.
        assertThat(a.fdrRest()).isCloseTo(20.0 / 120, within(1e-15));
        assertThat(a.excessErrors()).isCloseTo((40 - 80 * 20.0 / 120) * 5, within(1e-10));
        assertThat(a.rank()).isEqualTo(1);
    }

    @Test
    void anEmptyDenominatorIsNullAndNeverZero() {
        List<Finding> findings = Finding.rank(List.of(counts("", 0, 0, 0), counts("a", 0, 0, 0)), SETTINGS);

        for (Finding f : findings) {
            assertThat(f.coverage()).isNull();
            assertThat(f.marksPer1000()).isNull();
            assertThat(f.boundLow()).isNull();
            assertThat(f.boundHigh()).isNull();
            assertThat(f.fdr()).isNull();
            assertThat(f.interval()).isNull();
            assertThat(f.excessErrors()).isNull();
            assertThat(f.rank()).isNull();
        }
    }

    @Test
    void aSegmentThatIsTheWholeUseCaseHasNoRestAndNoRank() {
        List<Finding> findings = Finding.rank(List.of(counts("", 100, 20, 30), counts("a", 100, 20, 30)), SETTINGS);

        Finding a = find(findings, "site=a");
        assertThat(a.fdr()).isEqualTo(0.4);
        assertThat(a.fdrRest()).isNull();
        assertThat(a.excessErrors()).isNull();
        assertThat(a.rank()).isNull();
        assertThat(find(findings, "(all)").rank()).isNull();
    }

    @Test
    void whereCustomersOnlyComplainThereIsNoRateAndSegmentsAreComparedByMarksPerAlarm() {
        Finding a = find(Finding.rank(List.of(counts("", 1_000, 60, 1), counts("a", 400, 40, 0)), SETTINGS), "site=a");

        assertThat(a.fdr()).isNull();
        assertThat(a.interval()).isNull();
        assertThat(a.fdrRest()).isNull();
        // 20 marks on 600 other alarms: 13.33 expected of 400.
        assertThat(a.excessErrors()).isCloseTo(40 - 400 * 20.0 / 600, within(1e-10));
        assertThat(a.rank()).isEqualTo(1);
    }

    @Test
    void aSiteThatOnlyComplainsHasNoRateAndIsRankedByTheMeasureOfAll() {
        List<Finding> findings = Finding.rank(List.of(counts("", 1_000, 60, 100), counts("a", 400, 40, 0)), SETTINGS);

        assertThat(find(findings, "(all)").fdr()).isEqualTo(0.375);
        assertThat(find(findings, "site=a").fdr()).isNull();
        assertThat(find(findings, "site=a").excessErrors()).isCloseTo((40 - 40 * 20.0 / 120) * 10, within(1e-10));
    }

    @Test
    void whereNearlyAllAlarmsAreJudgedARateNeedsNoConfirmations() {
        List<Finding> findings = Finding.rank(List.of(counts("", 200, 100, 100), counts("a", 100, 99, 1)), SETTINGS);

        assertThat(find(findings, "site=a").fdr()).isEqualTo(0.99);
        assertThat(find(findings, "site=a").rank()).isEqualTo(1);
    }

    @Test
    void aConfirmedShareExactlyAtTheFloorIsEnough() {
        assertThat(find(Finding.rank(List.of(counts("", 500, 19, 1)), SETTINGS), "(all)")
                        .fdr())
                .isEqualTo(0.95);
    }

    @Test
    void ranksGoByExcessErrorsThenByName() {
        List<Finding> findings = Finding.rank(
                List.of(
                        counts("", 400, 100, 100),
                        counts("c", 100, 40, 10),
                        counts("b", 100, 25, 25),
                        counts("a", 100, 25, 25),
                        counts("d", 100, 10, 40)),
                SETTINGS);

        assertThat(findings.stream().map(f -> f.rank() + " " + f.counts().segment()))
                .containsExactly("1 site=c", "2 site=a", "3 site=b", "4 site=d", "null (all)");
    }

    @Test
    void tooFewJudgedAlarmsAreListedAndNotRanked() {
        Finding a = find(Finding.rank(List.of(counts("", 400, 100, 100), counts("a", 10, 8, 1)), SETTINGS), "site=a");

        assertThat(a.fdr()).isCloseTo(8.0 / 9, within(1e-15));
        assertThat(a.excessErrors()).isPositive();
        assertThat(a.rank()).isNull();
    }

    @Test
    void eachUseCaseIsRankedByItself() {
        SegmentCounts whole = new SegmentCounts("v", List.of(), List.of(), 200, 50, 50, 0, 0, 2, 0, 0, 0, false);
        SegmentCounts part =
                new SegmentCounts("v", List.of("site"), List.of("a"), 100, 30, 20, 0, 0, 1, 0, 0, 0, false);
        List<Finding> findings =
                Finding.rank(List.of(counts("", 400, 100, 100), counts("a", 100, 40, 10), whole, part), SETTINGS);

        assertThat(findings.stream()
                        .filter(f -> f.rank() != null)
                        .map(f -> f.rank() + f.counts().useCase()))
                .containsExactly("1u", "1v");
        assertThatThrownBy(() -> Finding.rank(List.of(part), SETTINGS)).hasMessage("No whole for use case v");
    }
}
