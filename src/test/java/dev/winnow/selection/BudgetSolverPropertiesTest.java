package dev.winnow.selection;

import static dev.winnow.candidates.Candidates.AUDIT;
import static dev.winnow.candidates.Candidates.BOUNDARY;
import static dev.winnow.candidates.Candidates.DRAWN;
import static dev.winnow.candidates.Candidates.LOW_CONFIDENCE;
import static dev.winnow.candidates.Candidates.MODEL_CHECK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.UseCaseSettings;
import dev.winnow.selection.BudgetSolver.Spent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BudgetSolverPropertiesTest {
    /** A random fleet: few or many sites and cameras, images of several signals, some that can't be labeled. */
    private record Case(UseCaseSettings settings, List<PoolItem> pool, Set<String> unusable) {
        static Case of(long seed) {
            Random random = new Random(seed);
            int sites = 1 + random.nextInt(8);
            int camerasPerSite = 1 + random.nextInt(6);
            int images = random.nextInt(120);
            List<PoolItem> pool = new ArrayList<>();
            Set<String> unusable = new HashSet<>();
            for (int i = 0; i < images; i++) {
                String site = "s" + random.nextInt(sites);
                String camera = site + "-c" + random.nextInt(camerasPerSite);
                String image = "image" + i;
                if (random.nextInt(10) == 0) {
                    unusable.add(image);
                }
                for (String signal : List.of(AUDIT, MODEL_CHECK, BOUNDARY, LOW_CONFIDENCE)) {
                    if (random.nextInt(3) > 0) {
                        // Scores and draws tie often.
                        Double score = DRAWN.contains(signal) ? null : (Double) (random.nextInt(5) / 4.0);
                        pool.add(Pools.item(signal, image, site, camera, score, random.nextInt(50) / 50.0));
                    }
                }
            }
            UseCaseSettings settings = Pools.settings(
                    random.nextInt(60),
                    random.nextInt(11) / 10.0,
                    random.nextInt(3),
                    random.nextInt(3),
                    1 + random.nextInt(6),
                    random.nextInt(11) / 10.0);
            return new Case(settings, pool, unusable);
        }

        boolean usable(PoolItem item) {
            return !unusable.contains(item.imageUri());
        }

        Spent spent() {
            return BudgetSolver.spend(settings, pool, this::usable);
        }

        int siteCap() {
            long sites = pool.stream().map(PoolItem::site).distinct().count();
            double even = Math.ceil((double) settings.budget() / Math.max(1, sites));
            return (int) Math.max(Math.floor(settings.maxSiteShare() * settings.budget() + 1e-9), even);
        }

        boolean offers(String signal) {
            return pool.stream().anyMatch(item -> item.signal().equals(signal));
        }

        boolean weighs(String signal) {
            String key = signal.equals(BOUNDARY) ? "boundary" : "low-confidence";
            return settings.signalWeights().getOrDefault(key, 0.0) > 0;
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noImageTwiceNoneUnusableNoCapBrokenAndNeverMoreThanTheBudget(long seed) {
        Case c = Case.of(seed);
        Spent spent = c.spent();
        List<PoolItem> all =
                spent.chosen().values().stream().flatMap(List::stream).toList();
        assertThat(all).hasSizeLessThanOrEqualTo(c.settings.budget());
        assertThat(all).extracting(PoolItem::imageUri).doesNotHaveDuplicates().noneMatch(c.unusable::contains);
        Map<String, Integer> cameras = new HashMap<>();
        Map<String, Integer> sites = new HashMap<>();
        spent.chosen().forEach((signal, items) -> {
            if (!DRAWN.contains(signal)) {
                items.forEach(item -> cameras.merge(item.camera(), 1, Integer::sum));
                items.forEach(item -> sites.merge(item.site(), 1, Integer::sum));
            }
        });
        assertThat(cameras.values()).allMatch(n -> n <= c.settings.maxPerCamera());
        assertThat(sites.values()).allMatch(n -> n <= c.siteCap());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBudgetThatIsNotSpentMeansThatNothingThatIsLeftCouldBeChosen(long seed) {
        Case c = Case.of(seed);
        Spent spent = c.spent();
        Set<String> chosen = new HashSet<>();
        Map<String, Integer> cameras = new HashMap<>();
        Map<String, Integer> sites = new HashMap<>();
        spent.chosen()
                .forEach((signal, items) -> items.forEach(item -> {
                    chosen.add(item.imageUri());
                    if (!DRAWN.contains(signal)) {
                        cameras.merge(item.camera(), 1, Integer::sum);
                        sites.merge(item.site(), 1, Integer::sum);
                    }
                }));
        if (spent.total() < c.settings.budget()) {
            assertThat(c.pool)
                    .filteredOn(item -> !chosen.contains(item.imageUri()))
                    .filteredOn(c::usable)
                    .filteredOn(item -> item.signal().equals(AUDIT)
                            || (!item.signal().equals(MODEL_CHECK) && c.weighs(item.signal())))
                    .allMatch(item -> cameras.getOrDefault(item.camera(), 0) >= c.settings.maxPerCamera()
                            || sites.getOrDefault(item.site(), 0) >= c.siteCap());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theAuditIsTheFirstByDrawAmongUsableOnes(long seed) {
        Case c = Case.of(seed);
        int quota = BudgetSolver.quotas(c.settings, c::offers).getOrDefault(AUDIT, 0);
        List<PoolItem> expected = c.pool.stream()
                .filter(item -> item.signal().equals(AUDIT))
                .filter(c::usable)
                .sorted(PoolItem.BY_DRAW)
                .limit(quota)
                .toList();
        assertThat(c.spent().of(AUDIT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatChecksTheModelIsTheFirstByDrawOfWhatTheAuditLeft(long seed) {
        Case c = Case.of(seed);
        int quota = BudgetSolver.quotas(c.settings, c::offers).getOrDefault(MODEL_CHECK, 0);
        List<String> audited = Pools.images(c.spent().of(AUDIT));
        List<PoolItem> expected = c.pool.stream()
                .filter(item -> item.signal().equals(MODEL_CHECK))
                .filter(item -> !audited.contains(item.imageUri()))
                .filter(c::usable)
                .sorted(PoolItem.BY_DRAW)
                .limit(quota)
                .toList();
        assertThat(c.spent().of(MODEL_CHECK)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLargerBudgetKeepsTheSmallerOnesAudit(long seed) {
        Case c = Case.of(seed);
        UseCaseSettings s = c.settings;
        UseCaseSettings larger = new UseCaseSettings(
                s.budget() * 2,
                s.auditShare(),
                s.modelCheckShare(),
                s.signalWeights(),
                s.maxPerCamera(),
                s.maxSiteShare(),
                s.thresholds(),
                s.classes(),
                s.labels());
        List<PoolItem> more = BudgetSolver.spend(larger, c.pool, c::usable).of(AUDIT);
        List<PoolItem> fewer = c.spent().of(AUDIT);
        assertThat(more.subList(0, Math.min(more.size(), fewer.size()))).isEqualTo(fewer);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfThePoolDecidesNothing(long seed) {
        Case c = Case.of(seed);
        List<PoolItem> shuffled = new ArrayList<>(c.pool);
        Collections.shuffle(shuffled, new Random(seed + 1));
        assertThat(BudgetSolver.spend(c.settings, shuffled, c::usable)).isEqualTo(c.spent());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void quotasSumToTheBudgetAndEachIsKeptWhereNobodySpills(long seed) {
        Case c = Case.of(seed);
        Map<String, Integer> quotas = BudgetSolver.quotas(c.settings, signal -> true);
        int sum = quotas.values().stream().mapToInt(Integer::intValue).sum();
        boolean weighted = c.weighs(BOUNDARY) || c.weighs(LOW_CONFIDENCE);
        if (weighted) {
            assertThat(sum).isEqualTo(c.settings.budget());
        }
        List<PoolItem> rich = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rich.add(Pools.audit("a" + i, i / 200.0));
            rich.add(Pools.check("m" + i, i / 200.0));
            rich.add(Pools.boundary("b" + i, i / 200.0));
            rich.add(Pools.low("l" + i, i / 200.0));
        }
        Spent spent = BudgetSolver.spend(c.settings, rich, item -> true);
        assertThat(spent.total()).isEqualTo(c.settings.budget());
        for (String signal : List.of(AUDIT, MODEL_CHECK, BOUNDARY, LOW_CONFIDENCE)) {
            assertThat(spent.of(signal)).as(signal).hasSize(quotas.getOrDefault(signal, 0));
        }
        assertThat(spent.of(Selections.FILL)).hasSize(c.settings.budget() - sum);
    }

    /** One signal, tiny pools: greedy by score within camera and site caps is the best that exists (laminar matroid). */
    @ParameterizedTest
    @MethodSource("seeds")
    void forOneSignalNoOtherChoiceHasAsManyImagesAndAHigherScore(long seed) {
        Random random = new Random(seed);
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String site = "s" + random.nextInt(3);
            pool.add(Pools.item(
                    BOUNDARY, "i" + i, site, site + random.nextInt(2), random.nextInt(8) / 8.0, random.nextDouble()));
        }
        UseCaseSettings settings =
                Pools.settings(1 + random.nextInt(6), 0, 1, 0, 1 + random.nextInt(3), random.nextDouble());
        Case c = new Case(settings, pool, Set.of());
        double bestScore = 0;
        int bestSize = 0;
        for (int subset = 0; subset < 1 << pool.size(); subset++) {
            Map<String, Integer> cameras = new HashMap<>();
            Map<String, Integer> sites = new HashMap<>();
            double score = 0;
            for (int i = 0; i < pool.size(); i++) {
                if ((subset >> i & 1) == 1) {
                    PoolItem item = pool.get(i);
                    cameras.merge(item.camera(), 1, Integer::sum);
                    sites.merge(item.site(), 1, Integer::sum);
                    score += item.score() == null ? 0 : item.score();
                }
            }
            int size = Integer.bitCount(subset);
            if (size <= settings.budget()
                    && cameras.values().stream().allMatch(n -> n <= settings.maxPerCamera())
                    && sites.values().stream().allMatch(n -> n <= c.siteCap())
                    && (size > bestSize || (size == bestSize && score > bestScore))) {
                bestSize = size;
                bestScore = score;
            }
        }
        List<PoolItem> chosen = c.spent().of(BOUNDARY);
        assertThat(chosen).hasSize(bestSize);
        assertThat(chosen.stream()
                        .mapToDouble(item -> item.score() == null ? 0 : item.score())
                        .sum())
                .isEqualTo(bestScore);
    }
}
