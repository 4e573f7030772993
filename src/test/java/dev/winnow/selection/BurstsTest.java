package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.UseCaseSettings.Caps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BurstsTest {
    private static PoolItem item(int second, String camera, @Nullable String label) {
        String image = camera + label + second;
        return Pools.at(second, label, Pools.item(Candidates.BOUNDARY, image, "s", camera, 0.5, 0.5));
    }

    private static Bursts bursts(List<PoolItem> pool) {
        return new Bursts(
                pool.stream().map(Bursts.Shot::of).toList(),
                new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 5, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({
        // seconds -> first second of the burst of each
        "0, 0",
        "0 10 20, 0 0 0",
        "0 11 21, 0 11 11",
        "0 10 20 30 40 50 60, 0 0 0 0 0 0 0",
        "0 10 20 30 40 50 60 61 70, 0 0 0 0 0 0 0 61 61",
        "5 5 5 100 100, 5 5 5 100 100",
    })
    void aBurstGoesOnWithinTheGapAndIsSplitWhenItLasts(String seconds, String begins) {
        List<PoolItem> pool = new ArrayList<>();
        Arrays.stream(seconds.split(" ", -1))
                .forEach(second -> pool.add(0, item(Integer.parseInt(second), "c", "bag")));
        Bursts bursts = bursts(pool);
        List<String> found = new ArrayList<>();
        pool.forEach(item -> found.add(
                0,
                ""
                        + Objects.requireNonNull(bursts.of(Bursts.Shot.of(item)))
                                .begin()
                                .getEpochSecond()));
        assertThat(String.join(" ", found)).isEqualTo(begins);
    }

    @Test
    void camerasAndClassesHaveBurstsOfTheirOwnAndSoHaveFramesWithoutOutput() {
        List<PoolItem> pool =
                List.of(item(0, "c", "bag"), item(1, "c", "knife"), item(2, "d", "bag"), item(3, "c", null));
        assertThat(pool.stream().map(Bursts.Shot::of).map(bursts(pool)::of).distinct())
                .hasSize(4);
    }

    @Test
    void aLogThatWritesDatesInsteadOfTimesHasNoBursts() {
        int day = 24 * 60 * 60;
        List<PoolItem> pool = List.of(item(0, "c", "bag"), item(day, "c", "bag"), item(day, "c", "knife"));
        assertThat(pool.stream().map(Bursts.Shot::of).map(bursts(pool)::of)).containsOnlyNulls();
    }

    private static List<String> begins(List<PoolItem> pool) {
        Bursts bursts = bursts(pool);
        return pool.stream()
                .map(item -> {
                    Bursts.Burst burst = bursts.of(Bursts.Shot.of(item));
                    return burst == null ? "none" : burst.begin().getEpochSecond() + "/" + burst.look();
                })
                .toList();
    }

    @Test
    void imagesOfADayThatLookAlikeAreOneBurstHoweverFarApart() {
        List<PoolItem> pool = List.of(
                Pools.looking(0L, null, item(0, "c", "bag")),
                Pools.looking(-1L, null, item(5, "c", "bag")),
                Pools.looking(0b111L, null, item(5_000, "c", "bag")),
                Pools.looking(0b1111_0000L, null, item(9_000, "c", "bag")),
                Pools.looking(-1L, null, item(9_100, "c", "bag")),
                Pools.looking(0L, null, item(9_200, "c", "knife")),
                Pools.looking(0L, null, item(9_300, "d", "bag")),
                Pools.looking(0L, null, item(86_400, "c", "bag")),
                Pools.looking(null, null, item(9_400, "c", "bag")));
        assertThat(begins(pool))
                .as("the two first are one burst by time, and the last of them has the hash of another")
                .containsExactly("0/0", "0/0", "0/0", "9000/0", "0/0", "9200/0", "9300/0", "86400/0", "9400/0");
    }

    @Test
    void whereALogWritesDatesOnlyHashesTellBursts() {
        List<PoolItem> pool = List.of(
                Pools.looking(0L, null, item(0, "c", "bag")),
                Pools.looking(1L, null, item(0, "c", "bag")),
                Pools.looking(-1L, null, item(0, "c", "bag")),
                item(0, "c", "bag"));
        assertThat(begins(pool)).containsExactly("0/2", "0/2", "0/1", "none");
    }

    @Test
    void anItemOfAnotherPoolIsRefused() {
        assertThatThrownBy(() -> bursts(List.of()).of(Bursts.Shot.of(item(0, "c", "bag"))))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("an item of another pool");
    }
}
