package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.segments.GreedyCover.Candidate;
import dev.winnow.segments.GreedyCover.Leaf;
import dev.winnow.segments.LatticeCells.Cell;
import dev.winnow.tables.InputException;
import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SparkExtension.class)
class SegmentSumsTest {
    private static final Lattice.Limits LIMITS = Lattice.Limits.DEFAULT.withPredicates(3, 20, 2);
    private static final List<Lattice.Dimension> DIMENSIONS =
            LatticeCells.dimensions(LatticeCells.OF_CAMERA, LatticeCells.OTHERS);

    private static Lattice lattice(Dataset<Row> cells, Lattice.Limits limits) {
        return SegmentSums.lattice(cells, DIMENSIONS, "site", limits);
    }

    static String key(Row row) {
        List<String> predicates = new ArrayList<>();
        for (Row predicate : row.<Row>getList(row.fieldIndex(NamedSums.SEGMENT))) {
            predicates.add(predicate.getString(0) + "=" + predicate.getString(1));
        }
        return row.getAs(SegmentSums.USE_CASE) + " " + predicates;
    }

    static long[] numbers(Row row) {
        long[] numbers = new long[LatticeCells.NUMBERS];
        List<String> columns = new ArrayList<>(SegmentSums.COUNTS);
        columns.addAll(List.of(
                SegmentSums.WRONG_SQUARES,
                SegmentSums.WRONG_TRIALS,
                SegmentSums.TRIALS_SQUARES,
                SegmentSums.CAMERAS,
                SegmentSums.CAMERA_DAYS,
                SegmentSums.TRIAL_CAMERAS,
                SegmentSums.WHOLE_CAMERAS,
                SegmentSums.WRONG_OF_WHOLE,
                SegmentSums.WRONG_TRIALS_OF_WHOLE,
                SegmentSums.TRIALS_OF_WHOLE));
        for (int i = 0; i < columns.size(); i++) {
            numbers[i] = row.<Long>getAs(columns.get(i));
        }
        numbers[LatticeCells.SITES] = Boolean.TRUE.equals(row.<Boolean>getAs(SegmentSums.SEVERAL_SITES)) ? 1 : 0;
        return numbers;
    }

    static Map<String, long[]> collected(Dataset<Row> decoded) {
        return decoded.collectAsList().stream().collect(Collectors.toMap(r -> key(r), r -> numbers(r)));
    }

    @ParameterizedTest(name = "seed {0}, {1} predicates, wide {2}, dense {3}, table {4}, {5} partitions")
    @CsvSource({
        "1, 1, 4, 65536, 1000000, 1",
        "2, 2, 4, 65536, 1000000, 2",
        "3, 3, 4, 65536, 1000000, 7",
        "4, 3, 30, 0, 100, 1",
        "4, 3, 30, 0, 100, 2",
        "4, 3, 30, 0, 100, 7",
        "5, 2, 4, 10, 1, 0"
    })
    void everyConjunctionEqualsTheBruteForceSumForAnyPartitions(
            long seed, int predicates, int wide, int dense, int table, int partitions) {
        List<Cell> cells = LatticeCells.random(seed, 120, wide);
        Lattice.Limits limits = LIMITS.withPredicates(predicates, 20, 2).withTables(dense, 100_000, table);
        Map<String, long[]> expected = LatticeCells.bruteForce(cells, DIMENSIONS, limits);
        Collections.shuffle(cells, new Random(partitions));
        Dataset<Row> frame = LatticeCells.frame(cells, DIMENSIONS).repartition(Math.max(1, partitions));

        Lattice lattice = lattice(frame, limits);
        Dataset<Row> sums = SegmentSums.sums(CodedCells.of(frame, lattice), LatticeCells.seen(lattice), partitions)
                .cache();
        Map<String, long[]> found = collected(NamedSums.of(sums, lattice));

        assertThat(LatticeCells.lines(found)).isEqualTo(LatticeCells.lines(expected));
        assertThat(sums.rdd().getNumPartitions()).isPositive();
        assertFamily(sums, expected);
        assertRedundancy(sums, lattice, expected);
        sums.unpersist();
    }

    private static void assertFamily(Dataset<Row> sums, Map<String, long[]> expected) {
        Map<String, Long> families = new TreeMap<>();
        expected.forEach((key, numbers) -> {
            if (key.contains("=") && numbers[LatticeKernel.TRIALS] >= 5) {
                families.merge(key.split(" ", 2)[0], 1L, Long::sum);
            }
        });
        assertThat(SegmentSums.families(sums, 5)).isEqualTo(families);
    }

    private static void assertRedundancy(Dataset<Row> sums, Lattice lattice, Map<String, long[]> expected) {
        List<Row> rows =
                NamedSums.of(SegmentSums.withRedundancy(sums, lattice), lattice).collectAsList();
        assertThat(rows).hasSize(expected.size());
        long redundant = 0;
        for (Row row : rows) {
            List<String> predicates = new ArrayList<>();
            row.<Row>getList(row.fieldIndex(NamedSums.SEGMENT))
                    .forEach(p -> predicates.add(p.getString(0) + "=" + p.getString(1)));
            boolean same = predicates.stream().anyMatch(p -> {
                List<String> parent = new ArrayList<>(predicates);
                parent.remove(p);
                long[] counts = expected.get(row.getAs(SegmentSums.USE_CASE) + " " + parent);
                return Arrays.equals(Arrays.copyOf(Objects.requireNonNull(counts), 5), Arrays.copyOf(numbers(row), 5));
            });
            assertThat(row.<Boolean>getAs(SegmentSums.REDUNDANT)).as(key(row)).isEqualTo(same);
            redundant += same ? 1 : 0;
        }
        assertThat(redundant).isPositive();
    }

    private static Cell cell(String camera, String site, String region, String light, long wrong, long confirmed) {
        return new Cell(
                "u",
                camera,
                Map.of("site", site, "region", region, "light", light),
                List.of(wrong + confirmed, wrong, confirmed, 0L, 0L));
    }

    private static final List<Lattice.Dimension> FEW =
            LatticeCells.dimensions(List.of("region", "site"), List.of("light"));

    @Test
    void aPredicateThatFollowsFromTheOthersIsRedundant() {
        Dataset<Row> cells = LatticeCells.frame(
                List.of(
                        cell("c1", "s1", "north", "day", 1, 2),
                        cell("c2", "s2", "north", "day", 2, 2),
                        cell("c3", "s3", "south", "night", 3, 3)),
                FEW);
        Lattice lattice = SegmentSums.lattice(cells, FEW, "site", LIMITS);

        assertThat(NamedSums.of(
                                SegmentSums.withRedundancy(
                                        SegmentSums.sums(CodedCells.of(cells, lattice), LatticeCells.seen(lattice)),
                                        lattice),
                                lattice)
                        .filter(col(SegmentSums.REDUNDANT).equalTo(false))
                        .collectAsList())
                .extracting(row -> key(row))
                // A region and a light that say the same are both kept; what they say together is not.
                .containsExactlyInAnyOrder(
                        "u []",
                        "u [region=north]",
                        "u [region=south]",
                        "u [site=s1]",
                        "u [site=s2]",
                        "u [site=s3]",
                        "u [light=day]",
                        "u [light=night]");
    }

    @Test
    void severalSitesAreSeenWhereverTheyAreJudged() {
        Dataset<Row> cells = LatticeCells.frame(
                List.of(
                        cell("c1", "s1", "north", "day", 1, 2),
                        cell("c2", "s2", "north", "day", 0, 0),
                        cell("c3", "s3", "south", "night", 3, 3)),
                FEW);
        Lattice lattice = SegmentSums.lattice(cells, FEW, "site", LIMITS);
        Map<String, Boolean> several = NamedSums.of(
                        SegmentSums.sums(CodedCells.of(cells, lattice), LatticeCells.seen(lattice), 7), lattice)
                .collectAsList()
                .stream()
                .collect(Collectors.toMap(
                        row -> key(row), row -> Objects.requireNonNull(row.getAs(SegmentSums.SEVERAL_SITES))));

        assertThat(several).containsEntry("u []", true).containsEntry("u [region=north]", false);

        Lattice without = SegmentSums.lattice(cells, FEW, null, LIMITS);
        assertThat(SegmentSums.sums(CodedCells.of(cells, without), LatticeCells.seen(without))
                        .filter(col(SegmentSums.SEVERAL_SITES).isNotNull())
                        .count())
                .isZero();
    }

    @Test
    void withoutCellsThereAreNoSegments() {
        Dataset<Row> cells = LatticeCells.frame(List.of(), DIMENSIONS);
        Lattice lattice = lattice(cells, LIMITS);
        Dataset<Row> sums = SegmentSums.sums(CodedCells.of(cells, lattice), LatticeCells.seen(lattice));

        assertThat(NamedSums.of(SegmentSums.withRedundancy(sums, lattice), lattice)
                        .collectAsList())
                .isEmpty();
        assertThat(SegmentSums.families(sums, 0)).isEmpty();
        assertThat(SegmentSums.leaves(CodedCells.of(cells, lattice), Map.of("u", List.of()), 10))
                .isEmpty();
    }

    @Test
    void oneCameraIsOneClusterOfEverySegment() {
        List<Cell> cells = LatticeCells.random(8, 90, 4).stream()
                .map(c -> new Cell("u", "only", c.values(), c.counts()))
                .toList();
        Dataset<Row> frame = LatticeCells.frame(cells, DIMENSIONS);
        Lattice lattice = lattice(frame, LIMITS);
        Map<String, long[]> found = collected(
                NamedSums.of(SegmentSums.sums(CodedCells.of(frame, lattice), LatticeCells.seen(lattice), 7), lattice));

        assertThat(LatticeCells.lines(found))
                .isEqualTo(LatticeCells.lines(LatticeCells.bruteForce(cells, DIMENSIONS, LIMITS)));
        assertThat(found.values())
                .allMatch(n -> n[LatticeKernel.WRONG_SQUARES] == n[1] * n[1] && n[LatticeKernel.TRIAL_CAMERAS] <= 1);
    }

    @Test
    void sumsThatLeave64BitsFailInATaskAndBetweenTasks() {
        long root = 3_037_000_499L;
        List<Cell> two = List.of(cell("c1", "s", "r", "day", root, 0), cell("c2", "s", "r", "day", root, 0));
        for (int tasks : new int[] {1, 7}) {
            Dataset<Row> cells = LatticeCells.frame(two, FEW);
            Lattice lattice = SegmentSums.lattice(cells, FEW, null, LIMITS);
            Dataset<Row> sums = SegmentSums.sums(CodedCells.of(cells, lattice), LatticeCells.seen(lattice), tasks);
            assertThatThrownBy(sums::collectAsList).hasStackTraceContaining("overflow");
        }
    }

    @Test
    void nullIsAValueAndWideDimensionsAndTooManyValuesAreTold() {
        List<Cell> cells = new ArrayList<>();
        for (String light : Arrays.asList("a", "b", null)) {
            Map<String, String> values = new TreeMap<>(Map.of("site", "s", "region", "r"));
            values.put("light", light);
            cells.add(new Cell("u", "c", values, List.of(1L, 0L, 0L, 0L, 0L)));
        }
        Dataset<Row> frame = LatticeCells.frame(cells, FEW);
        Lattice lattice = SegmentSums.lattice(frame, FEW, "site", LIMITS);
        assertThat(collected(NamedSums.of(
                        SegmentSums.sums(CodedCells.of(frame, lattice), LatticeCells.seen(lattice)), lattice)))
                .containsKey("u [light=__NULL__]");

        Lattice.Limits few = new Lattice.Limits(3, 200, 2, 2, 2, 0, 0, 1);
        assertThatThrownBy(() -> SegmentSums.lattice(frame, FEW, "site", few))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("more than 2 distinct values of dimension light; bin it");
        Lattice other = SegmentSums.lattice(frame.filter("dim_light = 'a'"), FEW, "site", LIMITS);
        assertThatThrownBy(() -> SegmentSums.sums(CodedCells.of(frame, other), LatticeCells.seen(other))
                        .collectAsList())
                .hasStackTraceContaining("made from other cells");
    }

    @Test
    void theCoverOfAFrameEqualsTheCoverOfItsSingleCells() {
        List<Cell> cells = LatticeCells.random(21, 200, 4).stream()
                .map(c -> new Cell(
                        c.useCase(),
                        c.camera(),
                        c.values(),
                        List.of(0L, Math.max(0, c.counts().get(1)), c.counts().get(2) + 1, 0L, 0L)))
                .toList();
        Dataset<Row> frame = LatticeCells.frame(cells, DIMENSIONS).repartition(7);
        Lattice lattice = lattice(frame, LIMITS);
        List<Row> rows = NamedSums.of(
                        SegmentSums.sums(CodedCells.of(frame, lattice), LatticeCells.seen(lattice)), lattice)
                .filter("use_case = 'u0'")
                .orderBy(SegmentSums.SEGMENT_ID)
                .collectAsList();
        long wrong = rows.get(0).getAs(SegmentSums.WRONG);
        long judged = wrong + rows.get(0).<Long>getAs(SegmentSums.CONFIRMED);
        List<Long> ids = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Row row : rows.subList(1, rows.size())) {
            long w = row.getAs(SegmentSums.WRONG);
            long c = row.getAs(SegmentSums.CONFIRMED);
            if (w * judged > wrong * (w + c)) {
                ids.add(row.getAs(SegmentSums.SEGMENT_ID));
                candidates.add(new Candidate(key(row), wrong - w, judged - w - c));
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);

        List<Leaf> leaves =
                Objects.requireNonNull(SegmentSums.leaves(CodedCells.of(frame, lattice), Map.of("u0", ids), 10_000)
                        .get("u0"));
        List<Leaf> single = new ArrayList<>();
        for (Cell cell : cells) {
            int[] members = IntStream.range(0, ids.size())
                    .filter(i -> lattice.decode(ids.get(i)).stream()
                            .allMatch(p -> p.value().equals(cell.values().get(p.dimension()))))
                    .toArray();
            if (cell.useCase().equals("u0")) {
                single.add(new Leaf(
                        members,
                        cell.counts().get(1),
                        cell.counts().get(1) + cell.counts().get(2)));
            }
        }

        assertThat(leaves).hasSizeLessThan(single.size()).isSorted();
        assertThat(leaves.stream().mapToLong(Leaf::judged).sum()).isEqualTo(judged);
        assertThat(GreedyCover.cover(candidates, leaves, 0.05))
                .hasSizeGreaterThan(1)
                .isEqualTo(GreedyCover.cover(candidates, single, 0.05));
        assertThatThrownBy(() -> SegmentSums.leaves(CodedCells.of(frame, lattice), Map.of("u0", ids), 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("More than 3 sets");
        assertThatThrownBy(() -> new SegmentMembers(lattice, Map.of("u0", List.of(1L, 1L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 twice");
    }
}
