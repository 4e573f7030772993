package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.quality.AutoLabelClass.Audited;
import dev.winnow.quality.AutoLabelClass.Decision;
import dev.winnow.quality.AutoLabelClass.Earlier;
import dev.winnow.quality.AutoLabelClass.Proven;
import dev.winnow.quality.AutoLabelClass.Status;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AutoLabelClassTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-11-01");
    private static final Proven PROVEN = new Proven(LabelQa.BLIND_LABELS, .9, .04);
    private static final double LIMIT = .05;

    private static Decision decide(
            LocalDate day, @Nullable Proven proven, @Nullable Earlier earlier, long judged, Audited audited) {
        return AutoLabelClass.of(day, proven, earlier).decide(day, judged, audited, List.of(), LIMIT, 10);
    }

    private static Earlier next(LocalDate on, AutoLabelClass before, Decision decision, long judged, long audited) {
        return new Earlier(
                on,
                decision.status(),
                before.provenOn(),
                before.auditedFrom(),
                judged,
                audited,
                decision.judgedOn(),
                decision.passedOn(),
                decision.quarantinedFrom());
    }

    @Test
    void aProvenClassIsLabeledUntilNobodyJudgedItForTooLong() {
        AutoLabelClass first = AutoLabelClass.of(FIRST, PROVEN, null);
        Decision issued = first.decide(FIRST, 100, Audited.NONE, List.of(), LIMIT, 10);
        assertThat(issued.status()).isEqualTo(Status.ISSUED);
        assertThat(issued.reason())
                .isEqualTo("from confidence 0.9 on at most 0.0400 are wrong in the reviewed population");
        Earlier before = next(FIRST, first, issued, 100, 0);
        assertThat(decide(FIRST.plusDays(10), PROVEN, before, 100, Audited.NONE).status())
                .isEqualTo(Status.ISSUED);
        Decision old = decide(FIRST.plusDays(11), PROVEN, before, 100, Audited.NONE);
        assertThat(old.status()).isEqualTo(Status.TOO_OLD);
        assertThat(old.reason()).isEqualTo("nobody judged the class since 2026-11-01");
        assertThat(decide(FIRST.plusDays(5), PROVEN, before, 150, Audited.NONE).passedOn())
                .as("reviews are no audit that was passed")
                .isEqualTo(FIRST);
        Decision again = decide(FIRST.plusDays(11), PROVEN, before, 101, new Audited(1, 0));
        assertThat(again.status()).isEqualTo(Status.ISSUED);
        assertThat(again.judgedOn()).isEqualTo(again.passedOn()).isEqualTo(FIRST.plusDays(11));
    }

    @Test
    void aThresholdThatIsNotProvenAnyMoreIssuesNothingAndItsAuditGoesOn() {
        AutoLabelClass first = AutoLabelClass.of(FIRST, PROVEN, null);
        Earlier before = next(FIRST, first, first.decide(FIRST, 100, Audited.NONE, List.of(), LIMIT, 10), 100, 0);
        AutoLabelClass now = AutoLabelClass.of(FIRST.plusDays(1), null, before);
        assertThat(now.provenOn()).isEqualTo(FIRST);
        assertThat(now.auditedFrom()).isEqualTo(.9);
        assertThat(now.decide(FIRST.plusDays(1), 101, new Audited(1, 1), List.of(), LIMIT, 10)
                        .status())
                .isEqualTo(Status.NOT_PROVEN);
        assertThat(AutoLabelClass.of(FIRST.plusDays(1), new Proven(LabelQa.REVIEWS, .8, .05), before)
                        .auditedFrom())
                .isEqualTo(.8);
        assertThat(AutoLabelClass.of(FIRST.plusDays(1), new Proven(LabelQa.REVIEWS, .95, .05), before)
                        .auditedFrom())
                .as("what was labeled from .9 on is still audited")
                .isEqualTo(.9);
    }

    @Test
    void auditsThatContradictWithdrawForGoodAndVoidWhatCameSinceTheLastPass() {
        LocalDate passed = FIRST.plusDays(1);
        LocalDate broken = FIRST.plusDays(5);
        Earlier before = new Earlier(FIRST.plusDays(4), Status.ISSUED, FIRST, .9, 120, 0, passed, passed, null);
        Decision withdrawn = decide(broken, PROVEN, before, 140, new Audited(20, 6));
        assertThat(withdrawn.status()).isEqualTo(Status.WITHDRAWN);
        assertThat(withdrawn.evidence()).isGreaterThan(20);
        assertThat(withdrawn.quarantinedFrom()).isEqualTo(passed);
        assertThat(withdrawn.reason())
                .isEqualTo(
                        "6 of 20 audited since 2026-11-01 are wrong, promised were at most 0.0500: what was labeled since"
                                + " 2026-11-02 is void");
        Earlier after = next(broken, AutoLabelClass.of(broken, PROVEN, before), withdrawn, 140, 20);
        Decision later = decide(broken.plusDays(1), PROVEN, after, 500, new Audited(380, 6));
        assertThat(later.status()).isEqualTo(Status.WITHDRAWN);
        assertThat(later.quarantinedFrom()).isEqualTo(passed);
        assertThat(decide(broken, PROVEN, before, 140, new Audited(20, 1)).status())
                .isEqualTo(Status.ISSUED);
    }

    @Test
    void auditsThatLeaveTheWindowAreNoTestThatWasPassed() {
        LocalDate passed = FIRST.plusDays(1);
        Earlier before = new Earlier(FIRST.plusDays(4), Status.ISSUED, FIRST, .9, 120, 540, passed, passed, null);
        assertThat(decide(FIRST.plusDays(5), PROVEN, before, 120, new Audited(534, 3))
                        .passedOn())
                .isEqualTo(passed);
        assertThat(decide(FIRST.plusDays(5), PROVEN, before, 120, new Audited(541, 3))
                        .passedOn())
                .isEqualTo(FIRST.plusDays(5));
    }

    @Test
    void theWorstSegmentWithdrawsWithAsMuchMoreEvidenceAsThereAreSegments() {
        Earlier before = new Earlier(FIRST, Status.ISSUED, FIRST, .9, 100, 0, FIRST, FIRST, null);
        AutoLabelClass one = AutoLabelClass.of(FIRST.plusDays(1), PROVEN, before);
        Audited bad = new Audited(12, 5);
        List<Audited> segments = List.of(new Audited(188, 2), bad);
        Audited whole = new Audited(200, 7);
        assertThat(whole.evidence(LIMIT)).isLessThan(1);
        Decision decision = one.decide(FIRST.plusDays(1), 300, whole, segments, LIMIT, 10);
        assertThat(decision.evidence()).isCloseTo(bad.evidence(LIMIT) / 3, within(1e-9));
        assertThat(decision.status()).isEqualTo(Status.WITHDRAWN);
    }

    /** Numerically: the integral of p^x (1-p)^(n-x) over [r, 1] / ((1-r) r^x (1-r)^(n-x)). */
    @Test
    void theEvidenceAgainstAPromiseIsTheMixtureOverSharesAboveIt() {
        int steps = 200_000;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double p = LIMIT + (1 - LIMIT) * (i + .5) / steps;
            sum += Math.pow(p, 6) * Math.pow(1 - p, 14);
        }
        double expected = sum / steps / (Math.pow(LIMIT, 6) * Math.pow(1 - LIMIT, 14));
        assertThat(new Audited(20, 6).evidence(LIMIT)).isCloseTo(expected, within(1e-3 * expected));
        assertThat(Audited.NONE.evidence(LIMIT)).isCloseTo(1, within(1e-9));
        assertThat(new Audited(100_000, 100_000).evidence(LIMIT)).isFinite();
    }

    @Test
    void aPromiseThatIsKeptIsSeldomWithdrawnHoweverOftenOneLooksAndABrokenOneSoon() {
        Random random = new Random(7);
        int kept = 0;
        int broken = 0;
        for (int run = 0; run < 400; run++) {
            kept += isWithdrawn(random, LIMIT, 600) ? 1 : 0;
            broken += isWithdrawn(random, 3 * LIMIT, 600) ? 1 : 0;
        }
        assertThat(kept).isLessThanOrEqualTo(20);
        assertThat(broken).isGreaterThan(390);
    }

    private static boolean isWithdrawn(Random random, double share, int audits) {
        long wrong = 0;
        for (long judged = 1; judged <= audits; judged++) {
            wrong += random.nextDouble() < share ? 1 : 0;
            if (new Audited(judged, wrong).evidence(LIMIT) >= AutoLabelClass.WITHDRAWS) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatWasNeverJudgedIsNotProven() {
        Decision decision = decide(FIRST, null, null, 0, Audited.NONE);
        assertThat(decision.status()).isEqualTo(Status.NOT_PROVEN);
        assertThat(decision.passedOn()).isNull();
        assertThat(Objects.requireNonNull(decision.judgedOn())).isEqualTo(FIRST);
    }
}
