package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.segments.GreedyCover.Candidate;
import dev.winnow.segments.GreedyCover.Leaf;
import dev.winnow.segments.GreedyCover.Pick;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GreedyCoverTest {
    private static Leaf leaf(long wrong, long judged, int... members) {
        return new Leaf(members, wrong, judged);
    }

    @Test
    void whatASegmentAddsToThoseBeforeItDecides() {
        // Rates of the rest are 0.1 for all. b is larger than c, but mostly inside a.
        List<Candidate> candidates =
                List.of(new Candidate("a", 10, 100), new Candidate("b", 10, 100), new Candidate("c", 10, 100));
        List<Leaf> leaves = List.of(leaf(40, 50, 0, 1), leaf(30, 50, 0), leaf(4, 10, 1), leaf(20, 50, 2));

        List<Pick> picks = GreedyCover.cover(candidates, leaves, 0.05);

        assertThat(picks).extracting(Pick::key).containsExactly("a", "c");
        assertThat(picks.get(0).excess()).isCloseTo(60, within(1e-9));
        assertThat(picks.get(0).share()).isCloseTo(60.0 / 78, within(1e-9));
        assertThat(picks.get(1).excess()).isCloseTo(15, within(1e-9));
        assertThat(picks.get(1).cumulativeShare()).isCloseTo(75.0 / 78, within(1e-9));
        assertThat(GreedyCover.cover(candidates, leaves, 0.03)).hasSize(3);
    }

    @Test
    void equalGainsGoToTheSmallerKeyInAnyOrder() {
        List<Candidate> candidates = List.of(new Candidate("b", 1, 3), new Candidate("a", 1, 3));
        List<Leaf> leaves = List.of(leaf(2, 3, 0), leaf(2, 3, 1));

        assertThat(GreedyCover.cover(candidates, leaves, 0.05))
                .extracting(Pick::key)
                .containsExactly("a", "b");
    }

    @Test
    void withoutExcessNothingIsTaken() {
        assertThat(GreedyCover.cover(List.of(), List.of(), 0.05)).isEmpty();
        assertThat(GreedyCover.cover(List.of(new Candidate("a", 1, 2)), List.of(leaf(1, 2, 0)), 0.05))
                .isEmpty();
        assertThat(GreedyCover.cover(List.of(new Candidate("a", 0, 0)), List.of(leaf(1, 1, 0)), 0.05))
                .as("no rest to compare with")
                .isEmpty();
    }

    @Test
    void countsBeyondThoseAFixedPointLongHoldsAreStillExact() {
        long billions = 4_000_000_000_000L;
        List<Pick> picks = GreedyCover.cover(
                List.of(new Candidate("a", billions, 4 * billions), new Candidate("b", billions, 4 * billions)),
                List.of(leaf(billions, 2 * billions, 0), leaf(billions + 1, 2 * billions, 1)),
                0.05);

        assertThat(picks).extracting(Pick::key).containsExactly("b", "a");
        assertThat(picks.get(1).excess()).isEqualTo(billions / 2.0);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> GreedyCover.cover(List.of(), List.of(), 1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.5");
        assertThatThrownBy(() ->
                        GreedyCover.cover(List.of(new Candidate("a", 1, 2), new Candidate("a", 1, 2)), List.of(), 0.05))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different keys");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void stepsEqualABruteForceOverCellsInAnyOrderAndHoweverCellsAreMerged(long seed) {
        Random random = new Random(seed);
        int size = 1 + random.nextInt(8);
        List<Leaf> cells = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int[] members = random.ints(size, 0, 2).toArray();
            int[] held = IntStream.range(0, size).filter(c -> members[c] == 1).toArray();
            int judged = random.nextInt(9);
            cells.add(leaf(random.nextInt(judged + 1), judged, held));
        }
        long wrong = cells.stream().mapToLong(Leaf::wrong).sum();
        long judged = cells.stream().mapToLong(Leaf::judged).sum();
        List<Candidate> candidates = new ArrayList<>();
        for (int c = 0; c < size; c++) {
            candidates.add(new Candidate("s" + c, wrong - of(cells, c, true), judged - of(cells, c, false)));
        }

        List<String> expected = bruteForce(candidates, cells, "0.05");
        Collections.shuffle(cells, random);

        assertThat(texts(GreedyCover.cover(candidates, cells, 0.05))).isEqualTo(expected);
        assertThat(texts(GreedyCover.cover(candidates, merged(cells), 0.05))).isEqualTo(expected);
        assertThat(texts(GreedyCover.cover(candidates, cells, 0))).isEqualTo(bruteForce(candidates, cells, "0"));
    }

    private static List<String> texts(List<Pick> picks) {
        return picks.stream().map(p -> "%s %.9f".formatted(p.key(), p.excess())).toList();
    }

    private static long of(List<Leaf> cells, int candidate, boolean wrong) {
        return cells.stream()
                .filter(cell -> contains(cell, candidate))
                .mapToLong(cell -> wrong ? cell.wrong() : cell.judged())
                .sum();
    }

    private static boolean contains(Leaf cell, int candidate) {
        return Arrays.stream(cell.members()).anyMatch(c -> c == candidate);
    }

    private static List<Leaf> merged(List<Leaf> cells) {
        List<Leaf> merged = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Leaf cell : cells) {
            String members = Arrays.toString(cell.members());
            if (seen.add(members)) {
                List<Leaf> same = cells.stream()
                        .filter(c -> Arrays.toString(c.members()).equals(members))
                        .toList();
                merged.add(leaf(
                        same.stream().mapToLong(Leaf::wrong).sum(),
                        same.stream().mapToLong(Leaf::judged).sum(),
                        cell.members()));
            }
        }
        return merged;
    }

    /** The definition, cell by cell, in decimals of 2^-40. */
    private static List<String> bruteForce(List<Candidate> candidates, List<Leaf> cells, String minShare) {
        BigDecimal unit = new BigDecimal(2).pow(40);
        List<Leaf> uncovered = new ArrayList<>(cells);
        List<Candidate> left = new ArrayList<>(candidates);
        List<String> keys = new ArrayList<>();
        List<BigDecimal> gains = new ArrayList<>();
        while (true) {
            Candidate best = null;
            BigDecimal most = BigDecimal.ZERO;
            for (Candidate candidate : left) {
                if (candidate.restJudged() == 0) {
                    continue;
                }
                BigDecimal rest = new BigDecimal(candidate.restWrong())
                        .multiply(unit)
                        .divide(new BigDecimal(candidate.restJudged()), 0, RoundingMode.HALF_UP);
                BigDecimal gain = BigDecimal.ZERO;
                for (Leaf cell : uncovered) {
                    if (contains(cell, candidates.indexOf(candidate))) {
                        gain = gain.add(new BigDecimal(cell.wrong()).multiply(unit))
                                .subtract(rest.multiply(new BigDecimal(cell.judged())));
                    }
                }
                if (gain.signum() > 0 && gain.compareTo(most) > 0) {
                    most = gain;
                    best = candidate;
                }
            }
            if (best == null) {
                break;
            }
            int place = candidates.indexOf(best);
            uncovered.removeIf(cell -> contains(cell, place));
            left.remove(best);
            keys.add(best.key());
            gains.add(most);
        }
        BigDecimal total = gains.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < keys.size() && gains.get(i).compareTo(total.multiply(new BigDecimal(minShare))) >= 0; i++) {
            steps.add("%s %.9f".formatted(keys.get(i), gains.get(i).divide(unit).doubleValue()));
        }
        return steps;
    }
}
