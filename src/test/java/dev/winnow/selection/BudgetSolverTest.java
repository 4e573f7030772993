package dev.winnow.selection;

import static dev.winnow.candidates.Candidates.AUDIT;
import static dev.winnow.candidates.Candidates.BOUNDARY;
import static dev.winnow.candidates.Candidates.ELEVATED_SEGMENT;
import static dev.winnow.candidates.Candidates.LOW_CONFIDENCE;
import static dev.winnow.candidates.Candidates.MODEL_CHECK;
import static dev.winnow.candidates.Candidates.RARE_CLASS;
import static dev.winnow.selection.Pools.at;
import static dev.winnow.selection.Pools.audit;
import static dev.winnow.selection.Pools.boundary;
import static dev.winnow.selection.Pools.check;
import static dev.winnow.selection.Pools.elevated;
import static dev.winnow.selection.Pools.heldBefore;
import static dev.winnow.selection.Pools.images;
import static dev.winnow.selection.Pools.item;
import static dev.winnow.selection.Pools.looking;
import static dev.winnow.selection.Pools.low;
import static dev.winnow.selection.Pools.settings;
import static dev.winnow.selection.Pools.with;
import static dev.winnow.selection.Selections.FILL;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.SegmentAllocation;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.Bounds;
import dev.winnow.config.UseCaseSettings.Caps;
import dev.winnow.selection.BudgetSolver.Spent;
import dev.winnow.stats.Allotment;
import dev.winnow.testing.SparkExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetSolverTest {
    private static Spent spend(UseCaseSettings settings, PoolItem... pool) {
        return BudgetSolver.spend(settings, List.of(pool), List.of(), item -> true);
    }

    @Test
    void theLargestRemaindersGetWhatTheFloorsLeaveAndEqualOnesGoByName() {
        assertThat(Allotment.largestRemainder(300, Map.of("a", 62.5, "b", 150.0, "c", 87.5)))
                .isEqualTo(Map.of("a", 63, "b", 150, "c", 87));
    }

    @ParameterizedTest
    @CsvSource({
        // budget, audit share, boundary, low -> audit, boundary, low
        "100, .1, 1, 1, 10, 45, 45",
        "10, .1, 1, 1, 1, 5, 4",
        "7, .05, 3, 1, 0, 5, 2",
        "100, 1, 1, 1, 100, 0, 0",
        "100, 0, 1, 3, 0, 25, 75",
        "100, .1, 0, 0, 10, 0, 0",
        "0, .1, 1, 1, 0, 0, 0",
    })
    void theBudgetIsSplitOverTheAuditAndTheWeights(
            int budget, double share, double boundary, double low, int audit, int boundaries, int lows) {
        assertThat(BudgetSolver.quotas(
                        settings(budget, share, boundary, low, 5, 1), signal -> !signal.equals(MODEL_CHECK)))
                .containsAllEntriesOf(Map.of(AUDIT, audit, MODEL_CHECK, 0, BOUNDARY, boundaries, LOW_CONFIDENCE, lows));
    }

    @Test
    void theAuditIsDrawnFirstAndKeepsItsImages() {
        Spent spent = spend(
                settings(2, 0.5, 1, 0, 5, 1), audit("x", 0.1), audit("y", 0.2), boundary("x", 1), boundary("z", 0.3));
        assertThat(images(spent.of(AUDIT))).containsExactly("x");
        assertThat(images(spent.of(BOUNDARY))).containsExactly("z");
    }

    @Test
    void whatChecksTheModelIsDrawnFromItsImagesThatTheAuditDidNotDraw() {
        Spent spent = spend(
                settings(8, 0.125, 1, 0, 1, 1),
                audit("a", 0.1),
                check("a", 0.1),
                check("b", 0.4),
                heldBefore(check("c", 0.3)),
                check("d", 0.2),
                check("e", 0.5),
                boundary("d", 1),
                boundary("b", 0.9));
        assertThat(images(spent.of(AUDIT))).containsExactly("a");
        assertThat(images(spent.of(MODEL_CHECK))).as("by draw, without caps").containsExactly("d", "c");
        assertThat(spent.probability(MODEL_CHECK, 5))
                .as("two of the four that were left")
                .isEqualTo(0.5);
        assertThat(images(spent.of(BOUNDARY))).containsExactly("b");
    }

    @Test
    void whereNoModelLooksTheSignalsHaveItsShare() {
        assertThat(BudgetSolver.quotas(settings(100, .1, 1, 1, 5, 1), signal -> true))
                .containsAllEntriesOf(Map.of(AUDIT, 10, MODEL_CHECK, 25, BOUNDARY, 33, LOW_CONFIDENCE, 32));
        assertThat(BudgetSolver.quotas(settings(100, .1, 0, 0, 5, 1), signal -> true))
                .containsAllEntriesOf(Map.of(AUDIT, 10, MODEL_CHECK, 25, BOUNDARY, 0, LOW_CONFIDENCE, 0));
    }

    @Test
    void anImageOfTwoSignalsIsChargedOnceToTheFirst() {
        Spent spent = spend(settings(2, 0, 1, 1, 5, 1), boundary("x", 0.5), low("x", 1), low("y", 0.1));
        assertThat(images(spent.of(BOUNDARY))).containsExactly("x");
        assertThat(images(spent.of(LOW_CONFIDENCE))).containsExactly("y");
    }

    @Test
    void whatASignalCannotUseSpillsToTheNextAndBackToTheFirst() {
        Spent forward = spend(settings(4, 0, 1, 1, 5, 1), boundary("a", 1), low("b", 1), low("c", 1), low("d", 1));
        assertThat(forward.of(LOW_CONFIDENCE)).hasSize(3);
        Spent back = spend(settings(4, 0, 1, 1, 5, 1), boundary("a", 1), boundary("b", 1), boundary("c", 1));
        assertThat(images(back.of(BOUNDARY))).containsExactly("a", "b", "c");
    }

    @Test
    void aSignalWithoutWeightTakesNothingEvenWhereOthersFallShort() {
        Spent spent = spend(settings(4, 0, 1, 0, 5, 1), boundary("a", 1), low("b", 1), audit("f", 0.1));
        assertThat(spent.of(LOW_CONFIDENCE)).isEmpty();
        assertThat(images(spent.of(FILL))).containsExactly("f");
        assertThat(spent.tally(LOW_CONFIDENCE).eligible()).isEqualTo(1);
    }

    private static UseCaseSettings bounded(int budget, double boundary, double low, Map<String, Bounds> bounds) {
        return with(bounds, settings(budget, 0, boundary, low, 100, 1));
    }

    private static List<PoolItem> many(int boundaries, int lows, int frames) {
        List<PoolItem> pool = new ArrayList<>();
        IntStream.range(0, boundaries).forEach(i -> pool.add(boundary("b" + i, 1 - i / 1e3)));
        IntStream.range(0, lows).forEach(i -> pool.add(low("l" + i, 1 - i / 1e3)));
        IntStream.range(0, frames).forEach(i -> pool.add(audit("f" + i, i / 1e3)));
        return pool;
    }

    private static Map<String, Integer> sizes(UseCaseSettings settings, List<PoolItem> pool) {
        Map<String, Integer> sizes = new HashMap<>();
        BudgetSolver.spend(settings, pool, List.of(), item -> true)
                .chosen()
                .forEach((signal, items) -> sizes.put(signal, items.size()));
        sizes.values().removeIf(size -> size == 0);
        return sizes;
    }

    @Test
    void boundsSplitWhatTheDrawsLeaveAnewAndLeaveTheDrawsAlone() {
        UseCaseSettings plain = settings(100, .1, 3, 1, 5, 1);
        assertThat(BudgetSolver.quotas(plain, signal -> true))
                .containsAllEntriesOf(Map.of(AUDIT, 10, MODEL_CHECK, 25, BOUNDARY, 49, LOW_CONFIDENCE, 16));
        assertThat(BudgetSolver.quotas(with(Map.of("boundary", new Bounds(0, 30)), plain), signal -> true))
                .containsAllEntriesOf(Map.of(AUDIT, 10, MODEL_CHECK, 25, BOUNDARY, 30, LOW_CONFIDENCE, 35));
        assertThat(BudgetSolver.quotas(with(Map.of("low-confidence", new Bounds(40, 50)), plain), signal -> true))
                .containsAllEntriesOf(Map.of(AUDIT, 10, MODEL_CHECK, 25, BOUNDARY, 25, LOW_CONFIDENCE, 40));
        assertThat(BudgetSolver.quotas(with(Map.of("boundary", new Bounds(20, 60)), plain), signal -> true))
                .as("bounds that the weights keep change nothing")
                .isEqualTo(BudgetSolver.quotas(plain, signal -> true));
        assertThat(BudgetSolver.quotas(
                        with(Map.of("rare-class", new Bounds(20, 60)), plain), signal -> !signal.equals(RARE_CLASS)))
                .as("a signal without candidates has no floor")
                .containsAllEntriesOf(Map.of(BOUNDARY, 49, LOW_CONFIDENCE, 16, RARE_CLASS, 0));
    }

    @Test
    void whatASignalWithACeilingCannotTakeDoesNotComeBackToIt() {
        UseCaseSettings ceiling = bounded(10, 3, 1, Map.of("boundary", new Bounds(0, 4)));
        assertThat(sizes(ceiling, many(20, 20, 20))).isEqualTo(Map.of(BOUNDARY, 4, LOW_CONFIDENCE, 6));
        assertThat(sizes(ceiling, many(20, 3, 20))).isEqualTo(Map.of(BOUNDARY, 4, LOW_CONFIDENCE, 3, FILL, 3));
        assertThat(sizes(ceiling, many(20, 0, 20)))
                .as("also of a signal without candidates")
                .isEqualTo(Map.of(BOUNDARY, 4, FILL, 6));
        assertThat(sizes(bounded(10, 1, 1, Map.of("low-confidence", new Bounds(0, 6))), many(1, 20, 20)))
                .as("what spills to a signal stops at its ceiling")
                .isEqualTo(Map.of(BOUNDARY, 1, LOW_CONFIDENCE, 6, FILL, 3));
    }

    @Test
    void aFloorHoldsWithoutWeightAndWhatHasNoCandidatesForItSpills() {
        UseCaseSettings floor = bounded(10, 1, 0, Map.of("low-confidence", new Bounds(4, 9)));
        assertThat(sizes(floor, many(20, 20, 20))).isEqualTo(Map.of(BOUNDARY, 6, LOW_CONFIDENCE, 4));
        assertThat(sizes(floor, many(3, 20, 20)))
                .as("without weight it has its floor alone")
                .isEqualTo(Map.of(BOUNDARY, 3, LOW_CONFIDENCE, 4, FILL, 3));
        assertThat(sizes(floor, many(20, 2, 20))).isEqualTo(Map.of(BOUNDARY, 8, LOW_CONFIDENCE, 2));
        assertThat(sizes(bounded(10, 0, 0, Map.of("low-confidence", new Bounds(4, 9))), many(20, 20, 20)))
                .isEqualTo(Map.of(LOW_CONFIDENCE, 4, FILL, 6));
    }

    @Test
    void itemsThatACeilingKeptOutAreCounted() {
        UseCaseSettings ceiling = bounded(10, 3, 1, Map.of("boundary", new Bounds(0, 4)));
        List<PoolItem> pool = many(20, 20, 20);
        pool.add(heldBefore(boundary("before", 0.1)));
        pool.add(boundary("l0", 0.1)); // the other signal has it later
        pool.add(boundary("gone", 0.1));
        Spent spent = BudgetSolver.spend(
                ceiling, pool, List.of(), item -> !item.imageUri().equals("gone"));
        assertThat(spent.tally(BOUNDARY).heldByCeiling()).isEqualTo(17);
        assertThat(spent.tally(LOW_CONFIDENCE).heldByCeiling()).isZero();
    }

    @Test
    void whereASampleIsToTellARateLooksHaveNoSay() {
        UseCaseSettings errors = settings(2, 0, Map.of("elevated-segment", 1.0), 5, 1);
        PoolItem[] pool = {
            looking(null, 1, elevated("a", 0.9, "night")),
            looking(null, 1, elevated("b", 0.8, "night")),
            looking(null, 2, elevated("c", 0.7, "night"))
        };
        assertThat(images(spend(errors, pool).of(ELEVATED_SEGMENT))).containsExactly("c", "a");
        assertThat(images(spend(with(SegmentAllocation.RATES, errors), pool).of(ELEVATED_SEGMENT)))
                .containsExactly("a", "b");
    }

    @Test
    void whatNoSignalCanUseIsFilledByTheDrawAndNeverCountedToTheAudit() {
        Spent spent = spend(
                settings(4, 0.25, 1, 1, 5, 1),
                audit("a", 0.4),
                audit("b", 0.1),
                audit("c", 0.3),
                audit("d", 0.2),
                boundary("e", 1));
        assertThat(images(spent.of(AUDIT))).containsExactly("b");
        assertThat(images(spent.of(FILL))).containsExactly("d", "c");
    }

    @Test
    void onlyTheAuditMayDrawAnImageThatAnEarlierRoundHolds() {
        Spent spent = spend(
                settings(4, 0.25, 1, 1, 5, 1),
                heldBefore(audit("a", 0.1)),
                heldBefore(audit("b", 0.2)),
                audit("c", 0.3));
        assertThat(images(spent.of(AUDIT))).containsExactly("a");
        assertThat(images(spent.of(FILL))).containsExactly("c");
    }

    @Test
    void anImageUnderTwoNamesOfTheLogIsDrawnOnce() {
        Spent spent = spend(settings(2, 1, 1, 1, 5, 1), audit("a", 0.1), audit("a", 0.2), audit("b", 0.3));
        assertThat(images(spent.of(AUDIT))).containsExactly("a", "b");
    }

    @Test
    void noCameraGivesMoreThanItsCapAndTheAuditIsNotCapped() {
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pool.add(item(AUDIT, "a" + i, "s", "c", null, i / 10.0));
            pool.add(item(BOUNDARY, "b" + i, "s", "c", 1 - i / 10.0, 0.5));
        }
        Spent spent = BudgetSolver.spend(settings(10, 0.5, 1, 1, 2, 1), pool, List.of(), item -> true);
        assertThat(spent.of(AUDIT)).hasSize(5);
        assertThat(images(spent.of(BOUNDARY))).containsExactly("b0", "b1");
        assertThat(spent.tally(BOUNDARY).heldBy(Cap.CAMERA)).isEqualTo(8);
        assertThat(spent.of(FILL)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // sites, share, images of the first site
        "1, 0.10, 100",
        "4, 0.10, 25",
        "20, 0.10, 10",
        "200, 0.29, 29",
    })
    void aSiteGivesItsShareOrAnEvenSplitWhereSitesAreFew(int sites, double share, int ofFirst) {
        List<PoolItem> pool = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            for (int i = 0; i < 100; i++) {
                // The first site has the best scores.
                pool.add(item(BOUNDARY, site + "-" + i, "s" + site, site + "-" + i, 1 - site / 1_000.0, i / 100.0));
            }
        }
        Spent spent = BudgetSolver.spend(settings(100, 0, 1, 1, 5, share), pool, List.of(), item -> true);
        assertThat(spent.total()).isEqualTo(100);
        assertThat(spent.of(BOUNDARY).stream().filter(item -> item.site().equals("s0")))
                .hasSize(ofFirst);
    }

    @Test
    void aBurstGivesItsBestImageAndTheAuditIsNotCollapsed() {
        UseCaseSettings settings = with(
                new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 100, 1, 1),
                settings(20, 0.1, 1, 0, 5, 1));
        Spent spent = spend(
                settings,
                at(0, "bag", item(BOUNDARY, "first", "s", "c", 0.5, 0.5)),
                at(10, "bag", item(BOUNDARY, "best", "s", "c", 0.9, 0.5)),
                at(20, "bag", item(BOUNDARY, "last", "s", "c", 0.6, 0.5)),
                at(31, "bag", item(BOUNDARY, "next", "s", "c", 0.1, 0.5)),
                at(10, "knife", item(BOUNDARY, "other-class", "s", "c", 0.2, 0.5)),
                at(10, "bag", item(BOUNDARY, "other-camera", "s", "d", 0.3, 0.5)),
                at(10, "bag", item(AUDIT, "drawn", "s", "c", null, 0.1)),
                at(11, "bag", item(AUDIT, "drawn-too", "s", "c", null, 0.2)));
        assertThat(images(spent.of(BOUNDARY))).containsExactly("best", "other-camera", "other-class", "next");
        assertThat(images(spent.of(AUDIT))).containsExactly("drawn", "drawn-too");
        assertThat(spent.tally(BOUNDARY).heldBy(Cap.BURST)).isEqualTo(2);
        assertThat(spent.tally(BOUNDARY).heldBy(Cap.CAMERA)).isZero();
    }

    @Test
    void aBurstThatAnEarlierRoundTookAnImageOfGivesNoneAnyMore() {
        UseCaseSettings settings = with(
                new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 100, 1, 1), settings(20, 0, 1, 0, 5, 1));
        List<PoolItem> pool = List.of(
                at(10, "bag", item(BOUNDARY, "same-burst", "s", "c", 0.9, 0.5)),
                at(31, "bag", item(BOUNDARY, "next-burst", "s", "c", 0.5, 0.5)),
                at(10, "knife", item(BOUNDARY, "other-class", "s", "c", 0.2, 0.5)));
        Bursts.Shot held = Bursts.Shot.of(at(5, "bag", item(BOUNDARY, "held", "s", "c", 1.0, 0.5)));
        Spent spent = BudgetSolver.spend(settings, pool, List.of(held), item -> true);
        assertThat(images(spent.of(BOUNDARY))).containsExactly("next-burst", "other-class");
        assertThat(spent.tally(BOUNDARY).heldBy(Cap.BURST)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        // classes, share, images of the first class
        "1, 0.40, 100",
        "2, 0.40, 50",
        "10, 0.40, 40",
        "10, 1.00, 100",
    })
    void aClassGivesItsShareOrAnEvenSplitWhereClassesAreFew(int classes, double share, int ofFirst) {
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 100 * classes; i++) {
            // The first class has the best scores.
            pool.add(at(0, "class" + i / 100, boundary("i" + i, 1 - i / 10_000.0)));
        }
        UseCaseSettings settings = with(
                new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 100, 1, share),
                settings(100, 0, 1, 1, 5, 1));
        Spent spent = BudgetSolver.spend(settings, pool, List.of(), item -> true);
        assertThat(spent.total()).isEqualTo(100);
        assertThat(spent.of(BOUNDARY))
                .filteredOn(item -> "class0".equals(item.label()))
                .hasSize(ofFirst);
        if (classes == 10 && share < 1) {
            assertThat(spent.tally(BOUNDARY).heldBy(Cap.CLASS)).isGreaterThanOrEqualTo(60);
        }
    }

    @Test
    void framesWithoutOutputHaveNoClassThatCouldBeFull() {
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pool.add(at(0, i < 10 ? null : "bag", audit("a" + i, i / 20.0)));
        }
        UseCaseSettings settings = with(
                new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 100, 1, 0.1),
                settings(10, 0, 1, 0, 5, 1));
        assertThat(BudgetSolver.spend(settings, pool, List.of(), item -> true).of(FILL))
                .hasSize(10);
    }

    @Test
    void whatTheDrawPassesOverMakesTheOthersLikelier() {
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pool.add(audit((i % 2 == 0 ? "gone" : "there") + i, i / 20.0));
        }
        Spent spent = BudgetSolver.spend(
                settings(5, 1, 1, 1, 5, 1),
                pool,
                List.of(),
                item -> item.imageUri().startsWith("there"));
        assertThat(spent.of(AUDIT)).hasSize(5);
        assertThat(spent.probability(AUDIT, 20)).isEqualTo(0.5); // 10 of 20 frames were looked at
        Spent all = BudgetSolver.spend(settings(5, 1, 1, 1, 5, 1), pool, List.of(), item -> true);
        assertThat(all.probability(AUDIT, 20)).isEqualTo(0.25);
        assertThat(all.probability(AUDIT, 2)).isEqualTo(1);
    }

    /** Every frame's share of 2,000 salts in which the audit drew it is the recorded probability, within 4 SE. */
    @ParameterizedTest
    @CsvSource({"30, 6, 0", "40, 10, 8"})
    void everyFrameIsDrawnAsOftenAsItsRecordedProbabilitySays(int frames, int quota, int unusable) {
        int salts = 2_000;
        Column text = concat(
                lit("audit|"),
                col("salt").cast("string"),
                lit("|2026-10-01|s3://images/"),
                col("frame").cast("string"));
        Map<Long, List<PoolItem>> pools = new HashMap<>();
        for (Row row : SparkExtension.session()
                .range(salts)
                .toDF("salt")
                .crossJoin(SparkExtension.session().range(frames).toDF("frame"))
                .select(
                        col("salt"),
                        col("frame"),
                        shiftrightunsigned(xxhash64(text), 11).cast("double").multiply(lit(0x1p-53)))
                .collectAsList()) {
            pools.computeIfAbsent(row.getLong(0), salt -> new ArrayList<>())
                    .add(audit(String.valueOf(row.getLong(1)), row.getDouble(2)));
        }
        int[] drawn = new int[frames];
        double[] recorded = new double[1];
        pools.values().forEach(pool -> {
            Spent spent = BudgetSolver.spend(
                    settings(quota, 1, 1, 1, 5, 1),
                    pool,
                    List.of(),
                    item -> Integer.parseInt(item.imageUri()) >= unusable);
            recorded[0] += spent.probability(AUDIT, frames) / salts;
            spent.of(AUDIT).forEach(item -> drawn[Integer.parseInt(item.imageUri())]++);
        });
        double p = (double) quota / (frames - unusable);
        double error = Math.sqrt(p * (1 - p) / salts);
        for (int frame = 0; frame < frames; frame++) {
            double expected = frame < unusable ? 0 : p;
            assertThat((double) drawn[frame] / salts).as("frame %d", frame).isCloseTo(expected, within(4 * error));
        }
        assertThat(recorded[0]).isCloseTo(p, within(0.02));
    }
}
