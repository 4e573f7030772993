package dev.winnow.selection;

import static dev.winnow.candidates.Candidates.AUDIT;
import static dev.winnow.candidates.Candidates.BOUNDARY;
import static dev.winnow.candidates.Candidates.DRAWN;
import static dev.winnow.candidates.Candidates.MODEL_CHECK;
import static dev.winnow.candidates.Candidates.SCORED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.Bounds;
import dev.winnow.config.UseCaseSettings.Caps;
import dev.winnow.selection.BudgetSolver.Spent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BudgetSolverPropertiesTest {
    private static final List<String> ALL =
            Stream.of(DRAWN, SCORED).flatMap(List::stream).toList();

    /** A random fleet: few or many sites, cameras and classes, bursts, images of several signals, some unusable. */
    private record Case(UseCaseSettings settings, List<PoolItem> pool, Set<String> unusable) {
        static Case of(long seed) {
            Random random = new Random(seed);
            int sites = 1 + random.nextInt(8);
            int camerasPerSite = 1 + random.nextInt(6);
            int classes = 1 + random.nextInt(4);
            int images = random.nextInt(120);
            List<PoolItem> pool = new ArrayList<>();
            Set<String> unusable = new HashSet<>();
            for (int i = 0; i < images; i++) {
                String site = "s" + random.nextInt(sites);
                String camera = site + "-c" + random.nextInt(camerasPerSite);
                String image = "image" + i;
                int second = random.nextInt(200);
                // Half of the fleets have embeddings: they change the order in which images are taken, and no cap.
                Integer bucket = seed % 2 == 0 ? (Integer) random.nextInt(5) : null;
                if (random.nextInt(10) == 0) {
                    unusable.add(image);
                }
                for (String signal : ALL) {
                    if (random.nextInt(3) > 0) {
                        // Scores and draws tie often.
                        Double score = DRAWN.contains(signal) ? null : (Double) (random.nextInt(5) / 4.0);
                        String label = random.nextInt(6) == 0 ? null : "class" + random.nextInt(classes);
                        PoolItem item = Pools.item(signal, image, site, camera, score, random.nextInt(50) / 50.0);
                        pool.add(Pools.looking(null, bucket, Pools.at(second, label, item)));
                    }
                }
            }
            Map<String, Double> weights = new TreeMap<>();
            Map<String, Bounds> bounds = new TreeMap<>();
            for (String signal : UseCaseSettings.SIGNALS) {
                weights.put(signal, (double) random.nextInt(3));
                // A third of the fleets has no bounds.
                if (seed % 3 > 0 && random.nextInt(3) == 0) {
                    int min = random.nextInt(12);
                    bounds.put(signal, new Bounds(min, min + random.nextInt(12)));
                }
            }
            UseCaseSettings settings = Pools.settings(random.nextInt(60), random.nextInt(11) / 10.0, weights, 1, 1);
            return new Case(Pools.with(bounds, Pools.with(caps(random), settings)), pool, unusable);
        }

        static Caps caps(Random random) {
            return new Caps(
                    1 + random.nextInt(3),
                    Duration.ofSeconds(random.nextInt(20)),
                    Duration.ofSeconds(random.nextInt(60)),
                    random.nextInt(8),
                    1 + random.nextInt(6),
                    random.nextInt(11) / 10.0,
                    random.nextInt(11) / 10.0);
        }

        boolean usable(PoolItem item) {
            return !unusable.contains(item.imageUri());
        }

        Spent spent() {
            return BudgetSolver.spend(settings, pool, List.of(), this::usable);
        }

        /** Most images of one value, if those of the budget spread evenly over the values need not be more. */
        private int most(double share, Function<PoolItem, @Nullable String> value) {
            long values =
                    pool.stream().map(value).filter(Objects::nonNull).distinct().count();
            double even = Math.ceil((double) settings.budget() / Math.max(1, values));
            return (int) Math.max(Math.floor(share * settings.budget() + 1e-9), even);
        }

        /** First second of the burst an item lies in, counted through all seconds of its camera and class. */
        private long burst(PoolItem item) {
            long[] seconds = pool.stream()
                    .filter(other -> other.camera().equals(item.camera())
                            && Objects.equals(other.label(), item.label())
                            && !other.capturedAt().isAfter(item.capturedAt()))
                    .mapToLong(other -> other.capturedAt().getEpochSecond())
                    .distinct()
                    .sorted()
                    .toArray();
            long first = seconds[0];
            for (int i = 1; i < seconds.length; i++) {
                boolean apart =
                        seconds[i] - seconds[i - 1] > settings.caps().burstGap().toSeconds();
                boolean tooLong =
                        seconds[i] - first > settings.caps().burstLength().toSeconds();
                first = apart || tooLong ? seconds[i] : first;
            }
            return first;
        }

        /** Whether items and those of {@code more} fit every cap together. */
        boolean fits(List<PoolItem> items, PoolItem... more) {
            Map<String, Integer> counts = new HashMap<>();
            Map<String, Integer> most = new HashMap<>();
            Stream.concat(items.stream(), Stream.of(more)).forEach(item -> {
                String burst = "burst " + item.camera() + " " + item.label() + " " + burst(item);
                most.put(burst, settings.caps().perBurst());
                most.put("camera " + item.camera(), settings.caps().perCamera());
                most.put("site " + item.site(), most(settings.caps().siteShare(), PoolItem::site));
                List<String> groups = new ArrayList<>(List.of(burst, "camera " + item.camera(), "site " + item.site()));
                if (item.label() != null) {
                    groups.add("class " + item.label());
                    most.put("class " + item.label(), most(settings.caps().classShare(), PoolItem::label));
                }
                groups.forEach(group -> counts.merge(group, 1, Integer::sum));
            });
            return counts.entrySet().stream()
                    .allMatch(count -> count.getValue() <= most.getOrDefault(count.getKey(), 0));
        }

        boolean offers(String signal) {
            return pool.stream().anyMatch(item -> item.signal().equals(signal));
        }

        boolean weighs(String signal) {
            return settings.weight(Candidates.settingOf(signal)) > 0;
        }

        Bounds bounds(String signal) {
            return settings.bounds(Candidates.settingOf(signal));
        }

        /** Whether a signal may have more: by its weight below its ceiling, by its floor below its part. */
        boolean mayHaveMore(String signal, Spent spent) {
            int has = spent.of(signal).size();
            return weighs(signal)
                    ? has < bounds(signal).max()
                    : has < spent.tally(signal).quota();
        }
    }

    /** What caps hold for: all but what is drawn. */
    private static List<PoolItem> capped(Spent spent) {
        List<PoolItem> capped = new ArrayList<>();
        spent.chosen().forEach((signal, items) -> {
            if (!DRAWN.contains(signal)) {
                capped.addAll(items);
            }
        });
        return capped;
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
        assertThat(c.fits(capped(spent))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBudgetThatIsNotSpentMeansThatNothingThatIsLeftCouldBeChosen(long seed) {
        Case c = Case.of(seed);
        Spent spent = c.spent();
        if (spent.total() < c.settings.budget()) {
            List<PoolItem> capped = capped(spent);
            Set<String> chosen = spent.chosen().values().stream()
                    .flatMap(List::stream)
                    .map(PoolItem::imageUri)
                    .collect(Collectors.toSet());
            assertThat(c.pool)
                    .filteredOn(item -> !chosen.contains(item.imageUri()))
                    .filteredOn(c::usable)
                    .filteredOn(item -> item.signal().equals(AUDIT)
                            || (SCORED.contains(item.signal()) && c.mayHaveMore(item.signal(), spent)))
                    .noneMatch(item -> c.fits(capped, item));
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
                s.signalBounds(),
                s.segmentAllocation(),
                s.uncertainty(),
                s.boxes(),
                s.versionsDisagree(),
                s.diversity(),
                s.caps(),
                s.thresholds(),
                s.classes(),
                s.labels());
        List<PoolItem> more =
                BudgetSolver.spend(larger, c.pool, List.of(), c::usable).of(AUDIT);
        List<PoolItem> fewer = c.spent().of(AUDIT);
        assertThat(more.subList(0, Math.min(more.size(), fewer.size()))).isEqualTo(fewer);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfThePoolDecidesNothing(long seed) {
        Case c = Case.of(seed);
        List<PoolItem> shuffled = new ArrayList<>(c.pool);
        Collections.shuffle(shuffled, new Random(seed + 1));
        assertThat(BudgetSolver.spend(c.settings, shuffled, List.of(), c::usable))
                .isEqualTo(c.spent());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noSignalHasMoreThanItsCeilingAndWhatTheCeilingsKeepOutIsCountedThere(long seed) {
        Case c = Case.of(seed);
        Spent spent = c.spent();
        for (String signal : SCORED) {
            assertThat(spent.of(signal))
                    .as(signal)
                    .hasSizeLessThanOrEqualTo(c.bounds(signal).max());
            if (spent.of(signal).size() < c.bounds(signal).max()) {
                assertThat(spent.tally(signal).heldByCeiling()).as(signal).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void quotasSumToTheBudgetAndEachIsKeptWhereNobodySpills(long seed) {
        Case c = Case.of(seed);
        Map<String, Integer> quotas = BudgetSolver.quotas(c.settings, signal -> true);
        int sum = quotas.values().stream().mapToInt(Integer::intValue).sum();
        int left = c.settings.budget() - quotas.getOrDefault(AUDIT, 0) - quotas.getOrDefault(MODEL_CHECK, 0);
        long floors =
                SCORED.stream().mapToLong(signal -> c.bounds(signal).min()).sum();
        long fits = SCORED.stream()
                .mapToLong(signal -> c.weighs(signal)
                        ? c.bounds(signal).max()
                        : c.bounds(signal).min())
                .sum();
        assertThat(sum).isEqualTo(c.settings.budget() - left + Math.min(left, fits));
        SCORED.forEach(signal -> {
            int least = floors <= left ? c.bounds(signal).min() : 0;
            assertThat(quotas.getOrDefault(signal, 0))
                    .as(signal)
                    .isBetween(least, c.bounds(signal).max());
        });
        List<PoolItem> rich = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            for (String signal : ALL) {
                Double score = DRAWN.contains(signal) ? null : (Double) (i / 100.0);
                String image = signal + i;
                rich.add(Pools.item(signal, image, "s-" + image, "c-" + image, score, i / 100.0));
            }
        }
        Spent spent = BudgetSolver.spend(c.settings, rich, List.of(), item -> true);
        assertThat(spent.total()).isEqualTo(c.settings.budget());
        for (String signal : ALL) {
            assertThat(spent.of(signal)).as(signal).hasSize(quotas.getOrDefault(signal, 0));
        }
        assertThat(spent.of(Selections.FILL)).hasSize(c.settings.budget() - sum);
    }

    /** One signal on a tiny pool. */
    private static Case tiny(long seed, boolean oneClass) {
        Random random = new Random(seed);
        List<PoolItem> pool = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String site = "s" + random.nextInt(3);
            PoolItem item = Pools.item(
                    BOUNDARY, "i" + i, site, site + random.nextInt(2), random.nextInt(8) / 8.0, random.nextDouble());
            pool.add(Pools.at(random.nextInt(40), oneClass ? "bag" : "class" + random.nextInt(3), item));
        }
        Caps caps = Case.caps(random);
        return new Case(Pools.with(caps, Pools.settings(1 + random.nextInt(6), 0, 1, 0, 1, 1)), pool, Set.of());
    }

    private static double score(List<PoolItem> items) {
        return items.stream()
                .mapToDouble(item -> item.score() == null ? 0 : item.score())
                .sum();
    }

    /** The choice with most images, of these the one with the highest score, by trying all. */
    private static List<PoolItem> best(Case c) {
        List<PoolItem> best = List.of();
        for (int subset = 0; subset < 1 << c.pool.size(); subset++) {
            if (Integer.bitCount(subset) >= best.size() && Integer.bitCount(subset) <= c.settings.budget()) {
                int chosen = subset;
                List<PoolItem> items = IntStream.range(0, c.pool.size())
                        .filter(i -> (chosen >> i & 1) == 1)
                        .mapToObj(c.pool::get)
                        .toList();
                if ((items.size() > best.size() || score(items) > score(best)) && c.fits(items)) {
                    best = items;
                }
            }
        }
        return best;
    }

    /** Bursts, cameras and sites are nested: greedy by score is the best that exists (laminar matroid). */
    @ParameterizedTest
    @MethodSource("seeds")
    void forOneSignalAndClassNoOtherChoiceHasAsManyImagesAndAHigherScore(long seed) {
        Case c = tiny(seed, true);
        List<PoolItem> best = best(c);
        List<PoolItem> chosen = c.spent().of(BOUNDARY);
        assertThat(chosen).hasSize(best.size());
        assertThat(score(chosen)).isEqualTo(score(best));
    }

    /** Classes cross the nest: what no more fits is at least half of the most that fits (two matroids). */
    @ParameterizedTest
    @MethodSource("seeds")
    void whereClassesAreCappedTooNoOtherChoiceHasMoreThanTwiceAsManyImages(long seed) {
        Case c = tiny(seed, false);
        List<PoolItem> chosen = c.spent().of(BOUNDARY);
        assertThat(c.fits(chosen)).isTrue();
        assertThat(2 * chosen.size()).isGreaterThanOrEqualTo(best(c).size());
    }
}
