package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.SampleSettings;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrataPropertiesTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");

    /** A burst of a population: which stratum, what it looks like, how many images it has. */
    private record Burst(int number, String stratum, long look, long images) {}

    private static SampleSettings settings(int size, double weight, double oversample) {
        return new SampleSettings(size, weight, oversample, 10, 60, 3, 1_000, 10_000, 200);
    }

    private static List<Strata.Stratum> strata(List<Burst> population) {
        Map<String, long[]> sums = new HashMap<>();
        population.forEach(burst -> {
            long[] sum = sums.computeIfAbsent(burst.stratum, s -> new long[2]);
            sum[0]++;
            sum[1] += burst.images;
        });
        List<Strata.Stratum> strata = new ArrayList<>();
        sums.forEach((name, sum) -> strata.add(new Strata.Stratum("u", name, sum[0], sum[1], name.contains(" in "))));
        return strata;
    }

    /** Draws the first phase as {@link ImageSample#drawn} does: of each stratum those with the lowest draws. */
    private static List<Strata.Drawn> drawn(List<Burst> population, Strata plan, Random random) {
        Map<String, List<Strata.Drawn>> all = new HashMap<>();
        for (Burst burst : population) {
            all.computeIfAbsent(burst.stratum, s -> new ArrayList<>())
                    .add(new Strata.Drawn(
                            "id%05d".formatted(burst.number),
                            "u",
                            burst.stratum,
                            "c",
                            DAY,
                            random.nextDouble(),
                            random.nextDouble(),
                            burst.images,
                            burst.look));
        }
        List<Strata.Drawn> drawn = new ArrayList<>();
        for (Row take : plan.takes()) {
            all.getOrDefault(take.getString(1), List.of()).stream()
                    .sorted(Comparator.comparingDouble(Strata.Drawn::draw))
                    .limit(take.getInt(2))
                    .forEach(drawn::add);
        }
        return drawn;
    }

    /** Looks of different numbers differ in 32 bits or more, equal ones in none. */
    private static long look(int number) {
        return number == 0 ? 0 : new Random(number).nextLong();
    }

    private static List<Burst> population(long seed, int strata, int bursts, int looks) {
        Random random = new Random(seed);
        List<Burst> population = new ArrayList<>();
        for (int i = 0; i < bursts; i++) {
            String stratum = "class" + random.nextInt(strata) + (random.nextInt(4) == 0 ? " in night" : "");
            population.add(new Burst(i, stratum, look(random.nextInt(looks)), 1 + random.nextInt(5)));
        }
        return population;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 400, 100000, 50",
        "2, 10, 300, 60, 40",
        "3, 1, 30, 100000, 50",
        "4, 40, 50, 100000, 20",
        "5, 2, 900, 3, 10"
    })
    void theSampleHasItsSizeOrAllGroupsAndKeepsAnyOrder(long seed, int strata, int bursts, int looks, int size) {
        List<Burst> population = population(seed, strata, bursts, looks);
        Strata plan = new Strata(strata(population), settings(size, 3, 5));
        List<Strata.Drawn> drawn = drawn(population, plan, new Random(seed));

        List<Strata.Kept> kept = plan.kept(drawn);

        long groups = drawn.stream()
                .map(image -> image.stratum() + image.hash())
                .distinct()
                .count();
        assertThat(kept).hasSize((int) Math.min(size, groups));
        assertThat(new HashSet<>(kept)).hasSameSizeAs(kept);
        assertThat(kept).allSatisfy(image -> assertThat(image.probability()).isBetween(1e-9, 1.0));
        List<Strata.Drawn> shuffled = new ArrayList<>(drawn);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(plan.kept(shuffled)).isEqualTo(kept);
    }

    /** What the table promises of inclusion_probability, over 4,000 salts. */
    @ParameterizedTest
    @CsvSource({"1, 100000, 1", "2, 60, 1.5", "3, 60, 3", "4, 12, 2"})
    void duplicatesOverProbabilityEstimateEveryStratumWithoutBias(long seed, int looks, double oversample) {
        List<Burst> population = population(seed, 3, 120, looks);
        List<Strata.Stratum> strata = strata(population);
        int salts = 4_000;
        Map<String, double[]> sums = new HashMap<>();
        Random random = new Random(seed);
        for (int salt = 0; salt < salts; salt++) {
            Strata plan = new Strata(strata, settings(30, 3, oversample));
            List<Strata.Drawn> drawn = drawn(population, plan, random);
            Map<String, String> stratumOf = new HashMap<>();
            drawn.forEach(image -> stratumOf.put(image.id(), image.stratum()));
            Map<String, Double> estimates = new HashMap<>();
            plan.kept(drawn)
                    .forEach(image -> estimates.merge(
                            stratumOf.get(image.id()), image.duplicates() / image.probability(), Double::sum));
            for (Strata.Stratum stratum : strata) {
                double estimate = estimates.getOrDefault(stratum.name(), 0.0);
                double[] sum = sums.computeIfAbsent(stratum.name(), s -> new double[2]);
                sum[0] += estimate;
                sum[1] += estimate * estimate;
            }
        }
        for (Strata.Stratum stratum : strata) {
            double[] sum = sums.getOrDefault(stratum.name(), new double[2]);
            double mean = sum[0] / salts;
            double error = Math.sqrt((sum[1] / salts - mean * mean) / salts);
            assertThat(mean)
                    .as("%s of %d images, standard error %.2f", stratum.name(), stratum.images(), error)
                    .isCloseTo((double) stratum.images(), within(4 * error + 1e-6));
        }
    }

    @Test
    void elevatedStrataWeighMoreAndEachIsSeenOnce() {
        List<Strata.Stratum> strata = List.of(
                new Strata.Stratum("u", "bag", 10_000, 10_000, false),
                new Strata.Stratum("u", "bag in night", 10_000, 10_000, true),
                new Strata.Stratum("u", "rare", 1, 1, false));
        // One each; of the other 97 by 100, 300 and 1, of which rare has no more.
        assertThat(new Strata(strata, settings(100, 3, 1)).takes())
                .extracting(row -> row.getString(1) + " " + row.getInt(2))
                .containsExactly("bag 25", "bag in night 74", "rare 1");
        assertThat(new Strata(strata, settings(2, 3, 1)).takes())
                .as("more strata than images")
                .extracting(row -> row.getString(1) + " " + row.getInt(2))
                .containsExactly("bag 1", "bag in night 1", "rare 0");
    }

    @Test
    void nearDuplicatesOfAStratumCameraAndDayBecomeOne() {
        Strata plan = new Strata(
                List.of(new Strata.Stratum("u", "a", 6, 12, false), new Strata.Stratum("u", "b", 1, 1, false)),
                settings(10, 1, 1));
        List<Strata.Drawn> drawn = List.of(
                new Strata.Drawn("1", "u", "a", "c", DAY, 0.1, 0.5, 2, 0b0000L),
                new Strata.Drawn("2", "u", "a", "c", DAY, 0.2, 0.1, 3, 0b0111L),
                new Strata.Drawn("3", "u", "a", "c", DAY, 0.3, 0.2, 1, 0b1111L),
                new Strata.Drawn("4", "u", "a", "other", DAY, 0.4, 0.3, 1, 0b0000L),
                new Strata.Drawn("5", "u", "a", "c", DAY.plusDays(1), 0.5, 0.4, 1, 0b0000L),
                new Strata.Drawn("6", "u", "a", "c", DAY, 0.6, 0.6, 4, null),
                new Strata.Drawn("7", "u", "b", "c", DAY, 0.7, 0.7, 1, 0b0000L));
        assertThat(plan.kept(drawn))
                .as(
                        "2 is near 1; 3 is near 2 and far from 1, which stands for the group; in the order of the second draw")
                .containsExactly(
                        new Strata.Kept("3", 1, 1),
                        new Strata.Kept("4", 1, 1),
                        new Strata.Kept("5", 1, 1),
                        new Strata.Kept("1", 5, 1),
                        new Strata.Kept("6", 4, 1),
                        new Strata.Kept("7", 1, 1));
    }

    @Test
    void aSampleOfNoneDrawsNone() {
        Strata plan = new Strata(List.of(new Strata.Stratum("u", "a", 6, 12, false)), settings(0, 1, 1));
        assertThat(plan.toDraw()).isZero();
        assertThat(plan.kept(List.of())).isEmpty();
    }
}
