package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.segments.LatticeCells.Cell;
import dev.winnow.stats.ClusterSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatticeKernelTest {
    private static final Lattice.Limits LIMITS = Lattice.Limits.DEFAULT;

    @ParameterizedTest(name = "seed {0}, {1} predicates, wide {2}, dense {3}, table {4}")
    @CsvSource({
        "1, 1, 3, 65536, 1000000",
        "2, 2, 3, 65536, 1000000",
        "3, 3, 3, 65536, 1000000",
        "4, 3, 3, 0, 1000000",
        "5, 3, 3, 10, 1000000",
        "6, 3, 3, 10, 1",
        "7, 3, 40, 65536, 1000000",
        "8, 3, 40, 60, 50",
        "9, 2, 40, 0, 1",
        "10, 0, 3, 65536, 1000000",
        "11, 7, 3, 65536, 1000000",
        "12, 7, 40, 10, 300"
    })
    void everyConjunctionEqualsTheBruteForceSum(long seed, int predicates, int wide, int dense, int table) {
        List<Cell> cells = LatticeCells.random(seed, 150, wide);
        Lattice.Limits limits = LIMITS.withPredicates(predicates, 20, 2).withTables(dense, 100_000, table);
        for (int fixed = 0; fixed <= 3; fixed++) {
            // Whether a dimension is said to belong to the camera changes the work, not the sums.
            List<String> names = new ArrayList<>(LatticeCells.OTHERS);
            names.addAll(LatticeCells.OF_CAMERA.subList(fixed, 3));
            List<Lattice.Dimension> dimensions =
                    LatticeCells.dimensions(LatticeCells.OF_CAMERA.subList(0, fixed), names);

            assertSums(cells, dimensions, limits, fixed < 2 ? null : "site");
        }
    }

    /** Files that come too late, and cameras that move, leave verdicts where no alarm is counted. */
    @Test
    void whateverIsCountedSegmentsAndTheirRestAreSumsThatClustersCanHave() {
        for (long seed = 1; seed <= 20; seed++) {
            List<Cell> cells = LatticeCells.random(seed, 60, 3);
            List<Lattice.Dimension> dimensions = LatticeCells.dimensions(LatticeCells.OF_CAMERA, LatticeCells.OTHERS);
            Map<String, long[]> sums = kernel(cells, LatticeCells.lattice(cells, dimensions, LIMITS));
            sums.forEach((key, of) -> {
                ClusterSums segment = clusters(of);
                ClusterSums whole =
                        clusters(Objects.requireNonNull(sums.get(key.substring(0, key.indexOf(' ')) + " []")));
                ClusterSums rest = whole.outside(
                        segment,
                        of[LatticeKernel.WHOLE_CAMERAS],
                        of[LatticeKernel.WRONG_OF_WHOLE],
                        of[LatticeKernel.WRONG_TRIALS_OF_WHOLE],
                        of[LatticeKernel.TRIALS_OF_WHOLE]);
                assertThat(rest.n()).isEqualTo(whole.n() - segment.n());
                if (rest.clusters() > 1) {
                    assertThat(rest.variance()).as(key).isNotNegative();
                }
            });
        }
    }

    private static ClusterSums clusters(long[] of) {
        return new ClusterSums(
                of[LatticeKernel.TRIAL_CAMERAS],
                of[LatticeKernel.WRONG],
                of[LatticeKernel.TRIALS],
                of[LatticeKernel.WRONG_SQUARES],
                of[LatticeKernel.WRONG_TRIALS],
                of[LatticeKernel.TRIALS_SQUARES]);
    }

    private static void assertSums(
            List<Cell> cells, List<Lattice.Dimension> dimensions, Lattice.Limits limits, @Nullable String site) {
        Lattice lattice =
                site == null ? withoutSite(cells, dimensions, limits) : LatticeCells.lattice(cells, dimensions, limits);
        Map<String, long[]> expected = LatticeCells.bruteForce(cells, dimensions, limits);
        if (site == null) {
            expected.values().forEach(numbers -> numbers[LatticeCells.SITES] = 0);
        }
        assertThat(LatticeCells.lines(kernel(cells, lattice))).isEqualTo(LatticeCells.lines(expected));
    }

    private static Lattice withoutSite(List<Cell> cells, List<Lattice.Dimension> dimensions, Lattice.Limits limits) {
        Map<String, List<String>> values = new TreeMap<>();
        dimensions.forEach(d -> values.put(
                d.name(), cells.stream().map(c -> c.values().get(d.name())).toList()));
        return Lattice.of(
                dimensions,
                null,
                limits,
                cells.stream().map(Cell::useCase).toList(),
                cells.stream().map(Cell::camera).toList(),
                values);
    }

    /** Runs the kernel as a task does; parts of a segment that was drained twice add up. */
    private static Map<String, long[]> kernel(List<Cell> cells, Lattice lattice) {
        LatticeKernel kernel = new LatticeKernel(lattice, LatticeCells.seen(lattice));
        Map<String, long[]> sums = new TreeMap<>();
        String useCase = "";
        for (Packed cell : arranged(cells, lattice)) {
            if (kernel.mustDrain(cell.place[0])) {
                drain(kernel, lattice, useCase, sums);
            }
            useCase = lattice.useCases().get(lattice.useCaseOf(cell.place[0]));
            cell.addTo(kernel);
        }
        drain(kernel, lattice, useCase, sums);
        sums.values()
                .forEach(numbers -> numbers[LatticeCells.SITES] =
                        numbers[LatticeKernel.LOWEST_SITE] < numbers[LatticeKernel.HIGHEST_SITE] ? 1 : 0);
        sums.replaceAll((key, numbers) -> Arrays.copyOf(numbers, LatticeCells.NUMBERS));
        return sums;
    }

    private static void drain(LatticeKernel kernel, Lattice lattice, String useCase, Map<String, long[]> sums) {
        kernel.startDraining();
        while (kernel.next()) {
            String key = useCase + " " + LatticeCells.text(lattice.decode(kernel.id()));
            long[] numbers = new long[LatticeKernel.SUMS];
            Arrays.setAll(numbers, kernel::sum);
            sums.merge(key, numbers, (a, b) -> {
                long[] both = new long[a.length];
                Arrays.setAll(
                        both,
                        i -> i < LatticeKernel.LOWEST_SITE
                                ? a[i] + b[i]
                                : i == LatticeKernel.LOWEST_SITE ? Math.min(a[i], b[i]) : Math.max(a[i], b[i]));
                return both;
            });
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Packed(Cell cell, long[] place, long[] frame) {
        void addTo(LatticeKernel kernel) {
            kernel.add(
                    place,
                    frame,
                    cell.counts().stream().mapToLong(Long::longValue).toArray());
        }
    }

    private static List<Packed> arranged(List<Cell> cells, Lattice lattice) {
        List<Packed> packed = new ArrayList<>();
        for (Cell cell : cells) {
            int[] codes = new int[lattice.dimensions().size()];
            Arrays.setAll(
                    codes,
                    d -> Collections.binarySearch(
                            lattice.values(d),
                            cell.values().get(lattice.dimensions().get(d).name())));
            long[] place = new long[lattice.placeWords()];
            long[] frame = new long[lattice.frameWords()];
            lattice.packPlace(
                    Collections.binarySearch(lattice.useCases(), cell.useCase()),
                    Collections.binarySearch(lattice.cameras(), cell.camera()),
                    codes,
                    place);
            lattice.packFrame(codes, frame);
            packed.add(new Packed(cell, place, frame));
        }
        packed.sort((a, b) -> Arrays.compare(a.place, b.place));
        return packed;
    }

    private static Cell cell(String camera, long alarms, long wrong, long confirmed) {
        return new Cell("u", camera, Map.of("light", "day"), List.of(alarms, wrong, confirmed, 0L, 0L));
    }

    private static final List<Lattice.Dimension> LIGHT = LatticeCells.dimensions(List.of(), List.of("light"));

    private static Map<String, long[]> sums(Cell... cells) {
        return kernel(List.of(cells), LatticeCells.lattice(List.of(cells), LIGHT, LIMITS));
    }

    @Test
    void sumsThatLeave64BitsThrowAndTheLargestThatFitDoNot() {
        assertThat(sums(cell("a", Long.MAX_VALUE - 1, 0, 0), cell("a", 1, 0, 0)).get("u [light=day]"))
                .startsWith(Long.MAX_VALUE);
        assertThatThrownBy(() -> sums(cell("a", Long.MAX_VALUE, 0, 0), cell("a", 1, 0, 0)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");
        assertThatThrownBy(() -> sums(cell("a", Long.MAX_VALUE, 0, 0), cell("b", 1, 0, 0)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");

        long root = 2_147_483_647L; // twice its square is just below 2^63
        assertThat(sums(cell("a", 0, root, 0)).get("u []"))
                .containsExactly(
                        0,
                        root,
                        0,
                        0,
                        0,
                        0,
                        root,
                        0,
                        root * root,
                        root * root,
                        root * root,
                        0,
                        0,
                        1,
                        1,
                        root * root,
                        2 * root * root,
                        root * root,
                        0);
        assertThatThrownBy(() -> sums(cell("a", 0, root, 3)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");
        assertThatThrownBy(() -> sums(cell("a", 0, root - 1, 0), cell("b", 0, root - 1, 0)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");
        assertThatThrownBy(() -> sums(cell("a", 0, Long.MAX_VALUE, 0)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");
    }

    @Test
    void withoutCellsThereIsNothingNotEvenTheWhole() {
        assertThat(sums()).isEmpty();
    }

    @Test
    void aCellThatCountsNothingMakesItsSegmentsExist() {
        assertThat(LatticeCells.lines(sums(cell("a", 0, 0, 0))))
                .containsExactly(
                        "u [] [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
                        "u [light=day] [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]");
    }

    @Test
    void aCameraOfManyCellsIsOneClusterAndOneWithoutVerdictsIsNone() {
        assertThat(sums(cell("a", 9, 2, 1), cell("a", 1, 1, 0), cell("b", 5, 1, 4), cell("c", 3, 0, 0))
                        .get("u []"))
                .startsWith(18, 4, 5, 0, 0, 0, 9, 0, 9 + 1, 12 + 5, 16 + 25, 3)
                .endsWith(2, 2, 9 + 1, 24 + 10, 16 + 25, 0);
    }

    @Test
    void itAsksToBeDrainedBetweenUseCasesAndBetweenCamerasOnceTheTableIsFull() {
        List<Cell> cells = List.of(
                cell("a", 1, 0, 0),
                cell("a", 2, 0, 0),
                cell("b", 1, 0, 0),
                cell("c", 1, 0, 0),
                new Cell("v", "c", Map.of("light", "day"), List.of(1L, 0L, 0L, 0L, 0L)));

        // A camera's two segments reach the table when it ends: at the third cell, after that one has been asked for.
        assertThat(asked(cells, 2)).containsExactly(false, false, false, true, true);
        assertThat(asked(cells, 3)).containsExactly(false, false, false, false, true);
    }

    private static List<Boolean> asked(List<Cell> cells, int tableSegments) {
        Lattice lattice = LatticeCells.lattice(cells, LIGHT, LIMITS.withTables(0, 0, tableSegments));
        LatticeKernel kernel = new LatticeKernel(lattice, LatticeCells.seen(lattice));
        List<Boolean> asked = new ArrayList<>();
        for (Packed cell : arranged(cells, lattice)) {
            asked.add(kernel.mustDrain(cell.place[0]));
            cell.addTo(kernel);
        }
        return asked;
    }

    @Test
    void cellsOutOfOrderAreRefused() {
        List<Cell> cells = List.of(cell("a", 1, 0, 0), cell("b", 1, 0, 0));
        Lattice lattice = LatticeCells.lattice(cells, LIGHT, LIMITS);
        List<Packed> packed = arranged(cells, lattice);
        LatticeKernel kernel = new LatticeKernel(lattice, LatticeCells.seen(lattice));
        packed.get(1).addTo(kernel);

        assertThatThrownBy(() -> packed.get(0).addTo(kernel))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not sorted");
    }

    @Test
    void aKernelThatWasDrainedIsEmptyAgain() {
        List<Cell> cells = LatticeCells.random(5, 60, 4);
        List<Lattice.Dimension> dimensions = LatticeCells.dimensions(LatticeCells.OF_CAMERA, LatticeCells.OTHERS);
        Lattice lattice = LatticeCells.lattice(cells, dimensions, LIMITS.withTables(20, 1_000, 1_000));
        LatticeKernel kernel = new LatticeKernel(lattice, LatticeCells.seen(lattice));
        List<Map<String, long[]>> rounds = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            Map<String, long[]> sums = new TreeMap<>();
            for (Packed cell : arranged(cells, lattice)) {
                if (lattice.useCaseOf(cell.place[0]) == 0) {
                    cell.addTo(kernel);
                }
            }
            drain(kernel, lattice, "u0", sums);
            rounds.add(sums);
        }
        assertThat(LatticeCells.lines(rounds.get(1))).isNotEmpty().isEqualTo(LatticeCells.lines(rounds.get(0)));
    }

    /** Six wide dimensions of the camera and five of the frame take more than one word each. */
    @Test
    void dimensionsThatNeedMoreThanOneWordAreSummedToo() {
        List<String> own = List.of("a", "b", "c", "d", "e", "f");
        List<String> others = List.of("p", "q", "r", "s", "t");
        List<Lattice.Dimension> dimensions = LatticeCells.dimensions(own, others);
        Random random = new Random(3);
        Map<String, List<String>> values = new TreeMap<>();
        List<String> some = IntStream.range(0, 5_000).mapToObj(i -> "v" + i).toList();
        dimensions.forEach(d -> values.put(d.name(), some));
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Map<String, String> cell = new TreeMap<>();
            int camera = random.nextInt(4);
            own.forEach(n -> cell.put(n, "v" + (4_999 - camera * (n.charAt(0) - 'a'))));
            others.forEach(n -> cell.put(n, "v" + random.nextInt(5_000)));
            cells.add(new Cell("u" + i % 2, "c" + camera, cell, List.of(1L, 2L, 1L, 0L, 0L)));
        }
        Lattice.Limits limits = LIMITS.withPredicates(3, 6_000, 3);
        Lattice lattice = Lattice.of(
                dimensions,
                null,
                limits,
                List.of("u0", "u1"),
                some.stream().map(v -> v.replace('v', 'c')).toList(),
                values);

        assertThat(lattice.placeWords()).isEqualTo(2);
        assertThat(lattice.frameWords()).isEqualTo(2);
        assertThat(LatticeCells.lines(kernel(cells, lattice)))
                .isEqualTo(LatticeCells.lines(LatticeCells.bruteForce(cells, dimensions, limits)));
    }
}
