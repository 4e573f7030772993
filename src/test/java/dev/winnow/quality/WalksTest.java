package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.quality.Threshold.Status;
import dev.winnow.quality.Threshold.Walk;
import dev.winnow.stats.LimitProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalksTest {
    private static final double ALPHA = .05;
    private static final Proof ANYTIME = new Proof(LimitProof.ANYTIME, 0, ALPHA, false, .9);

    private static final Walks WALKS = new Walks(PublishedTables.BUCKETS, .1);

    private static String told(Threshold threshold) {
        return switch (threshold.status()) {
            case INSUFFICIENT -> "insufficient";
            case NONE -> "none";
            default -> Math.round(100 * PublishedTables.BUCKETS.low(threshold.bucket())) + "";
        };
    }

    private static List<QaCell> cells(String reviewedAndWrong) {
        List<QaCell> cells = new ArrayList<>();
        for (String cell : reviewedAndWrong.split(" ", -1)) {
            long wrong = Long.parseLong(cell.split("/", -1)[1]);
            cells.add(new QaCell(Long.parseLong(cell.split("/", -1)[0]) - wrong, wrong, 0, 0, 0));
        }
        return cells;
    }

    @ParameterizedTest
    @CsvSource({
        "Beaver, 85, 80, 85, insufficient",
        "Cat, 85, 85, insufficient, insufficient",
        "Crawdad, none, none, none, none",
        "Dinosaur, 90, 80, none, none",
        "Dog, 90, 80, none, 90",
        "Saxophone, 90, 80, none, none",
        "Sea Turtle, 90, 80, 80, 80",
        "Soccer Ball, 95, 95, 95, none",
        "Stop sign, 80, 80, 80, 80",
        "Crab, 80, 80, 80, 80",
        "Lobster, 95, 95, none, none",
        "Scorpion, 90, 80, 85, 85",
        "Shrimp, none, none, insufficient, insufficient"
    })
    void everyWalkStopsWhereThePublishedOneDoes(
            String label, String buckets, String cumulative, String jeffreys, String clopperPearson) {
        List<QaCell> cells = PublishedTables.cells(label);
        assertThat(told(WALKS.buckets(cells))).isEqualTo(buckets);
        assertThat(told(WALKS.cumulative(cells))).isEqualTo(cumulative);
        assertThat(told(WALKS.likely(Walk.LIKELY_JEFFREYS, LimitProof.JEFFREYS, cells, ALPHA)))
                .isEqualTo(jeffreys);
        assertThat(told(WALKS.likely(Walk.LIKELY_CLOPPER_PEARSON, LimitProof.CLOPPER_PEARSON, cells, ALPHA)))
                .isEqualTo(clopperPearson);
    }

    @ParameterizedTest
    @CsvSource({".1, 85 85 none 90 90 90 90 95 80", ".25, 85 85 none 80 90 90 85 95 80", "1, 85 85 95 80 80 90 80 95 80"
    })
    void thePublishedWalkFollowsItsLimit(double wrongPerRight, String thresholds) {
        Walks walks = new Walks(PublishedTables.BUCKETS, wrongPerRight);
        assertThat(PublishedTables.SAMPLE)
                .extracting(row -> told(walks.buckets(PublishedTables.cells(row))))
                .containsExactly(thresholds.split(" "));
    }

    @Test
    void theLimitIsStrictAndAnIntervalWithoutItemsIsPassed() {
        assertThat(told(WALKS.buckets(cells("0/0 0/0 0/0 11/1")))).isEqualTo("none");
        assertThat(told(WALKS.buckets(cells("0/0 0/0 0/0 12/1")))).isEqualTo("80");
        assertThat(told(WALKS.buckets(cells("0/0 1/1 0/0 5/0")))).isEqualTo("90");
        assertThat(told(WALKS.buckets(cells("0/0 0/0 0/0 0/0")))).isEqualTo("insufficient");
        assertThat(WALKS.buckets(cells("0/0 0/0 0/0 11/1")).proof())
                .isEqualTo("0.95-1 has 1 wrong to 10 right, not below 0.1");
    }

    @ParameterizedTest
    @CsvSource({"46, insufficient, 1", "47, 95, 1", "40, insufficient, 7"})
    void theAnytimeRuleProvesFromFortySevenItemsWithoutAnError(int reviewed, String threshold, long needed) {
        List<QaCell> cells = cells("0/0 0/0 9/9 " + reviewed + "/0");
        Threshold proven = WALKS.proven(cells("0/0 0/0 0/0 " + reviewed + "/0"), ANYTIME, null, 1);
        assertThat(told(proven)).isEqualTo(threshold.equals("95") ? "80" : threshold);
        if (reviewed < 47) {
            assertThat(proven.needed()).isEqualTo(needed);
        } else {
            assertThat(proven.needed()).isNull();
            assertThat(proven.bound()).isLessThanOrEqualTo(1 / 11.0).isGreaterThan(.08);
            assertThat(told(WALKS.proven(cells, ANYTIME, null, 1))).isEqualTo("95");
        }
    }

    @Test
    void whatIsNeededWouldProveTheNextInterval() {
        Threshold now = WALKS.proven(cells("0/0 0/0 20/8 100/0"), ANYTIME, null, 1);
        assertThat(now.status()).isEqualTo(Status.PROVEN);
        assertThat(told(now)).isEqualTo("95");
        long needed = Objects.requireNonNull(now.needed());
        assertThat(told(WALKS.proven(cells("0/0 0/0 " + (20 + needed) + "/8 100/0"), ANYTIME, null, 1)))
                .isEqualTo("80");
        assertThat(told(WALKS.proven(cells("0/0 0/0 " + (19 + needed) + "/8 100/0"), ANYTIME, null, 1)))
                .isEqualTo("95");
        assertThat(now.proof()).startsWith("at or above 0.9 8 of 120 are wrong: at most 0.");
    }

    @Test
    void aPromiseOverAllClassesSpendsItsRiskOnEachOfThem() {
        Proof together = new Proof(LimitProof.ANYTIME, 0, ALPHA, true, .9);
        List<QaCell> cells = cells("0/0 0/0 0/0 60/0");
        assertThat(WALKS.proven(cells, together, null, 1).status()).isEqualTo(Status.PROVEN);
        assertThat(WALKS.proven(cells, together, null, 10).status()).isEqualTo(Status.INSUFFICIENT);
        assertThat(WALKS.proven(cells, ANYTIME, null, 10).status()).isEqualTo(Status.PROVEN);
    }

    @Test
    void aFixedSampleProvesNothingBeforeItIsComplete() {
        Proof fixed = new Proof(LimitProof.CLOPPER_PEARSON, 100, ALPHA, false, .9);
        Threshold early = WALKS.proven(cells("0/0 0/0 0/0 99/0"), fixed, null, 1);
        assertThat(early.status()).isEqualTo(Status.INSUFFICIENT);
        assertThat(early.needed()).isEqualTo(1);
        assertThat(early.proof()).isEqualTo("99 reviewed of the 100 that were fixed beforehand");
        assertThat(WALKS.proven(cells("0/0 0/0 0/0 100/3"), fixed, null, 1).status())
                .isEqualTo(Status.PROVEN);
    }

    @Test
    void aFixedSampleIsLookedAtOnce() {
        Proof fixed = new Proof(LimitProof.CLOPPER_PEARSON, 100, ALPHA, false, .9);
        Threshold late = WALKS.proven(cells("0/0 0/0 0/0 101/0"), fixed, null, 1);
        assertThat(late.status()).isEqualTo(Status.INSUFFICIENT);
        assertThat(late.needed()).isNull();
        assertThat(late.proof())
                .isEqualTo(
                        "101 reviewed, more than the 100 that were fixed beforehand: only one look was allowed, at those;"
                                + " use rule = anytime to look at all");
        Threshold failed = WALKS.proven(cells("0/0 0/0 0/0 100/6"), fixed, null, 1);
        assertThat(failed.status()).isEqualTo(Status.NONE);
        assertThat(failed.needed()).isNull();
    }

    @Test
    void aFixedSampleTakesTheExactBoundOfWhatReviewersFind() {
        Proof fixed = new Proof(LimitProof.CLOPPER_PEARSON, 500, ALPHA, false, .9);
        List<QaCell> cells = cells("0/0 0/0 0/0 500/0");
        assertThat(WALKS.proven(cells, fixed, new Detection(35, 35), 1).status())
                .isEqualTo(Status.INSUFFICIENT);
        assertThat(WALKS.proven(cells, fixed, new Detection(36, 36), 1).status())
                .isEqualTo(Status.PROVEN);
    }

    @Test
    void reviewersProveNothingUntilHiddenWrongItemsShowThatTheyNotice() {
        List<QaCell> cells = cells("0/0 0/0 0/0 500/0");
        assertThat(WALKS.proven(cells, ANYTIME, Detection.NONE, 1).status()).isEqualTo(Status.INSUFFICIENT);
        Threshold unproven = WALKS.proven(cells, ANYTIME, new Detection(50, 50), 1);
        assertThat(unproven.status()).isEqualTo(Status.INSUFFICIENT);
        assertThat(unproven.proof())
                .isEqualTo("reviewers found 50 of 50 hidden wrong items: at least 0.899 of them, 0.9 is needed; hide"
                        + " more");
        assertThat(WALKS.proven(cells, ANYTIME, new Detection(51, 51), 1).status())
                .isEqualTo(Status.PROVEN);
        assertThat(WALKS.proven(cells, ANYTIME, new Detection(200, 170), 1).status())
                .isEqualTo(Status.INSUFFICIENT);
    }

    @Test
    void whatReviewersOverlookIsAddedToWhatTheyFind() {
        assertThat(new Detection(100, 80).corrected(8, 100)).isCloseTo(.1, within(1e-12));
        assertThat(Detection.NONE.corrected(8, 100)).isNull();
        assertThat(new Detection(10, 9).plus(new Detection(2, 1))).isEqualTo(new Detection(12, 10));
    }

    /** Reviewers who find a little less than is asked for, and somebody who looks after every ten hidden items. */
    @Test
    void whoLooksAtHiddenItemsAgainAndAgainIsSeldomShownReviewersWhoFindEnough() {
        Random random = new Random(3);
        int runs = 400;
        int passed = 0;
        for (int run = 0; run < runs; run++) {
            Detection detection = Detection.NONE;
            for (int hidden = 1; hidden <= 600; hidden++) {
                detection = detection.plus(new Detection(1, random.nextDouble() < .8999 ? 1 : 0));
                if (hidden % 10 == 0 && detection.least(LimitProof.ANYTIME, ALPHA) >= .9) {
                    passed++;
                    break;
                }
            }
        }
        assertThat((double) passed / runs).isLessThanOrEqualTo(ALPHA);
    }

    /** Labels wrong just above the limit in every interval, overlooked as often as the hidden ones. */
    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2"})
    void whoLooksAfterEveryTwentyReviewsIsSeldomShownAFalseProof(boolean overlooked, long seed) {
        Random random = new Random(seed);
        double sensitivity = .95;
        double wrong = WALKS.limit() * 1.0001 * (overlooked ? sensitivity : 1);
        int runs = 400;
        int proofs = 0;
        for (int run = 0; run < runs; run++) {
            long found = 0;
            for (int i = 0; overlooked && i < 400; i++) {
                found += random.nextDouble() < sensitivity ? 1 : 0;
            }
            Detection detection = overlooked ? new Detection(400, found) : null;
            List<QaCell> cells = new ArrayList<>(cells("0/0 0/0 0/0 0/0"));
            for (int trial = 1; trial <= 300; trial++) {
                double place = random.nextDouble();
                int bucket = place < .4 ? 3 : place < .7 ? 2 : place < .9 ? 1 : 0;
                boolean bad = random.nextDouble() < wrong;
                cells.set(bucket, cells.get(bucket).plus(new QaCell(bad ? 0 : 1, bad ? 1 : 0, 0, 0, 0)));
                if (trial % 20 == 0
                        && WALKS.proven(cells, ANYTIME, detection, 1).status() == Status.PROVEN) {
                    proofs++;
                    break;
                }
            }
        }
        assertThat((double) proofs / runs).isLessThanOrEqualTo(ALPHA);
    }
}
