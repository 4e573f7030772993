package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Cameras;
import dev.winnow.inputs.SiteGroups;
import dev.winnow.ports.ImageStore;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.Frames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlantingTest {
    private static String uri(String image) {
        return "s3://bucket/" + image + ".jpg";
    }

    private static KnownItem known(String image, String site, @Nullable String predicted, @Nullable String label) {
        return new KnownItem(
                "item-" + image,
                uri(image),
                site,
                "old",
                predicted,
                predicted == null ? null : 0.7,
                label,
                image.hashCode() / 0x1p32 + 0.5);
    }

    /** Half of them with a label that is known. */
    private static List<KnownItem> known(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> known("known" + i, "s1", "bag", i % 2 == 0 ? "bag" : null))
                .sorted(KnownItem.BY_DRAW)
                .toList();
    }

    /** As many images of each of two signals, and frames for the audit. */
    private static UseCasePool pool(int each) {
        List<PoolItem> items = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            String site = "s" + i % 2;
            items.add(Pools.item(Candidates.AUDIT, uri("a" + i), site, "c" + i, null, (i + 0.5) / each));
            items.add(Pools.item(Candidates.BOUNDARY, uri("b" + i), site, "c" + i, 0.9, 0.5));
            items.add(Pools.item(Candidates.LOW_CONFIDENCE, uri("l" + i), site, "c" + i, 0.9, 0.5));
        }
        return new UseCasePool("dock", items, List.of(), 10_000, 0);
    }

    private static Planting.Round spend(
            String hocon, int budget, UseCasePool pool, List<KnownItem> known, ImageStore images) {
        WinnowConfig config = Configs.of(hocon);
        UseCaseSettings settings = Pools.settings(budget, 0.1, 1, 1, 5, 1);
        return new Planting(
                        config.selection().planted(),
                        config.labeling().task("dock"),
                        SiteGroups.of(
                                config.labeling().task("dock").splitBy(),
                                new CameraTable(new FakeSources(Frames.of(Cameras.TABLE)), config.cameras())))
                .spend(pool, settings, known, images);
    }

    private static Planting.Round spend(String hocon, int budget, UseCasePool pool, List<KnownItem> known) {
        return spend(hocon, budget, pool, known, uris -> Set.of());
    }

    private static long gold(Planting.Round round) {
        return round.planted().stream().filter(Planted::gold).count();
    }

    private static int total(Planting.Round round) {
        return round.spending().spent().total() + round.planted().size();
    }

    @ParameterizedTest(name = "budget {0}, {1} known")
    @CsvSource({"100, 100, 5, 2", "100, 6, 3, 2", "100, 1, 1, 0", "100, 0, 0, 0", "19, 100, 0, 0", "200, 1000, 10, 4"})
    void sharesOfTheBudgetArePlantedAndTheTotalStaysExact(int budget, int items, int gold, int repeats) {
        Planting.Round round = spend("", budget, pool(200), known(items));
        assertThat(gold(round)).isEqualTo(gold);
        assertThat(round.planted()).hasSize(gold + repeats);
        assertThat(total(round)).isEqualTo(budget);
        assertThat(round.planted().stream().filter(Planted::gold))
                .allSatisfy(planted -> assertThat(planted.item().label()).isEqualTo("bag"));
        Set<String> images = new HashSet<>(round.spending().images());
        round.planted()
                .forEach(planted -> assertThat(images.add(planted.item().imageUri()))
                        .as("an image is in a round once")
                        .isTrue());
    }

    @Test
    void withoutSharesNothingIsPlantedAndTheRoundIsAsItWas() {
        Planting.Round round =
                spend("selection.planted { gold-share = 0, repeat-share = 0 }", 100, pool(200), known(100));
        assertThat(round.planted()).isEmpty();
        assertThat(round.spending().spent().chosen())
                .isEqualTo(
                        spend("", 100, pool(200), List.of()).spending().spent().chosen());
    }

    @Test
    void aPoolSmallerThanTheBudgetHasTheSharesOfWhatThereIs() {
        Planting.Round round = spend("", 10_000, pool(20), known(1_000));
        assertThat(gold(round)).isEqualTo(3);
        assertThat(round.planted()).hasSize(4);
        assertThat(total(round)).isEqualTo(64);
    }

    @Test
    void everySignalHasItsPartOfWhatIsPlanted() {
        Planting.Round round =
                spend("selection.planted { gold-share = 0.2, repeat-share = 0 }", 250, pool(200), known(300));
        Map<String, Long> bySignal = round.planted().stream()
                .collect(Collectors.groupingBy(Planted::signal, TreeMap::new, Collectors.counting()));
        // 200 chosen: 20 of the audit and 90 of each signal.
        assertThat(bySignal).isEqualTo(Map.of("AUDIT", 5L, "BOUNDARY", 22L, "LOW_CONFIDENCE", 23L));
        round.planted()
                .forEach(planted -> assertThat(planted.rank())
                        .isBetween(
                                1, round.spending().spent().of(planted.signal()).size()));
    }

    @Test
    void anImageThatIsGoneOrInTheDaysOwnPoolIsNotPlanted() {
        List<KnownItem> items = new ArrayList<>(known(40));
        items.add(0, known("b0", "s1", "bag", "bag"));
        String gone = items.get(1).imageUri();
        Planting.Round round = spend("", 100, pool(200), items, uris -> uris.contains(gone) ? Set.of(gone) : Set.of());
        assertThat(round.planted())
                .hasSize(7)
                .extracting(planted -> planted.item().imageUri())
                .doesNotContain(gone, uri("b0"));
        assertThat(total(round)).isEqualTo(100);
    }

    @Test
    void whereSitesHaveJobsOfTheirOwnAnItemIsPlantedAtItsSiteAndElsewhereItsPartIsChosen() {
        List<KnownItem> items = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            items.add(known("here" + i, "s1", "bag", "bag"));
            items.add(known("away" + i, "s9", "bag", "bag"));
        }
        String split =
                "labeling.tasks.default.split-by = site, selection.planted { gold-share = 0.08, repeat-share = 0 }";
        Planting.Round round = spend(split, 100, pool(200), items);
        assertThat(round.planted())
                .extracting(planted -> planted.item().site())
                .containsExactly("s1", "s1", "s1", "s1");
        assertThat(total(round)).isEqualTo(100);
        Map<String, PoolItem> chosen = new TreeMap<>();
        round.spending()
                .spent()
                .chosen()
                .forEach((signal, taken) ->
                        IntStream.range(0, taken.size()).forEach(i -> chosen.put(signal + (i + 1), taken.get(i))));
        assertThat(round.planted())
                .allSatisfy(planted -> assertThat(chosen.get(planted.signal() + planted.rank()))
                        .extracting(PoolItem::site)
                        .isEqualTo("s1"));
        assertThat(spend("selection.planted { gold-share = 0.08, repeat-share = 0 }", 100, pool(200), items)
                        .planted())
                .hasSize(8);
    }

    @Test
    void whereRegionsHaveJobsOfTheirOwnAnyOtherSiteOfTheRegionWillDo() {
        List<KnownItem> items = List.of(known("near", "s7", "bag", "bag"), known("away", "s9", "bag", "bag"));
        WinnowConfig config = Configs.of("selection.planted { gold-share = 0.02, repeat-share = 0 }");
        Planting.Round round = new Planting(
                        config.selection().planted(),
                        config.labeling().task("dock"),
                        site -> site.equals("s9") ? "east" : "west")
                .spend(pool(200), Pools.settings(100, 0.1, 1, 1, 5, 1), items, uris -> Set.of());
        assertThat(round.planted()).extracting(planted -> planted.item().site()).containsExactly("s7");
        assertThat(total(round)).isEqualTo(100);
    }

    @Test
    void whereAPredictionIsCheckedOneWithoutItIsPlantedBlindOnly() {
        List<KnownItem> items = List.of(known("empty", "s1", null, "none of these"));
        String checks = "labeling.tasks.default.type = class-verification";
        assertThat(spend(checks, 20, pool(200), items).planted())
                .extracting(Planted::signal)
                .containsExactly(Candidates.AUDIT);
    }

    @Test
    void aTruthThatTheJobsDoNotOfferIsNotPlanted() {
        UseCaseSettings plain = Pools.settings(100, 0.1, 1, 1, 5, 1);
        UseCaseSettings settings = new UseCaseSettings(
                plain.budget(),
                plain.auditShare(),
                plain.modelCheckShare(),
                plain.signalWeights(),
                plain.signalBounds(),
                plain.segmentAllocation(),
                plain.uncertainty(),
                plain.boxes(),
                plain.versionsDisagree(),
                plain.diversity(),
                plain.caps(),
                plain.thresholds(),
                plain.classes(),
                List.of("box", "van"));
        WinnowConfig config = Configs.of("selection.planted.repeat-share = 0");
        Planting.Round round = new Planting(
                        config.selection().planted(), config.labeling().task("dock"), site -> "")
                .spend(
                        pool(200),
                        settings,
                        List.of(known("bag", "s1", "bag", "bag"), known("box", "s1", "bag", "box")),
                        uris -> Set.of());
        assertThat(round.planted())
                .extracting(planted -> planted.item().label())
                .containsExactly("box");
    }
}
