package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.segments.LatticeCells.Cell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentMembersTest {
    private static final List<Lattice.Dimension> DIMENSIONS =
            LatticeCells.dimensions(LatticeCells.OF_CAMERA, LatticeCells.OTHERS);

    @ParameterizedTest(name = "seed {0}, {1} segments, {2} bits kept")
    @CsvSource({"1, 1, 1000000", "2, 64, 1000000", "3, 65, 1000000", "4, 500, 1000000", "4, 500, 5000", "4, 500, 0"})
    void aCellLiesInTheSegmentsWhosePredicatesItMeetsHoweverManyBitsAreKept(long seed, int most, long bits) {
        List<Cell> cells = LatticeCells.random(seed, 400, 12);
        Lattice lattice = LatticeCells.lattice(cells, DIMENSIONS, Lattice.Limits.DEFAULT.withPredicates(3, 20, 2));
        List<Long> ids = segments(lattice, most, new Random(seed));
        // The other use case has the first of them alone, so that going to and fro shows.
        Map<String, List<Long>> byUseCase = Map.of("u0", ids, "u1", ids.subList(0, 1));
        SegmentMembers members = new SegmentMembers(lattice, byUseCase, bits);
        int found = 0;
        for (Cell cell : cells) {
            List<Long> of = Objects.requireNonNull(byUseCase.get(cell.useCase()));
            int[] expected = IntStream.range(0, of.size())
                    .filter(i -> lattice.decode(of.get(i)).stream()
                            .allMatch(p -> p.value().equals(cell.values().get(p.dimension()))))
                    .toArray();
            assertThat(members.of(coded(lattice, cell))).isEqualTo(expected);
            assertThat(members.useCase()).isEqualTo(cell.useCase());
            found += expected.length;
        }
        assertThat(found).isPositive();
        assertThat(members.kept()).isLessThanOrEqualTo(bits);
        assertThat(members.kept() > 0)
                .as("values are asked for, and there is room")
                .isEqualTo(most > 1 && bits > 0);
    }

    /** Some segments in no order, that of all cells among them. */
    private static List<Long> segments(Lattice lattice, int most, Random random) {
        TreeSet<Long> ids = new TreeSet<>(List.of(0L));
        while (ids.size() < most) {
            ids.add((long) (random.nextDouble() * lattice.size()));
        }
        List<Long> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private static Row coded(Lattice lattice, Cell cell) {
        int[] codes = lattice.dimensions().stream()
                .mapToInt(d -> lattice.values(lattice.place(d.name()))
                        .indexOf(cell.values().get(d.name())))
                .toArray();
        long[] place = new long[lattice.placeWords()];
        long[] frame = new long[lattice.frameWords()];
        lattice.packPlace(
                lattice.useCases().indexOf(cell.useCase()), lattice.cameras().indexOf(cell.camera()), codes, place);
        lattice.packFrame(codes, frame);
        List<Object> words = new ArrayList<>();
        for (long word : place) {
            words.add(word);
        }
        for (long word : frame) {
            words.add(word);
        }
        return RowFactory.create(words.toArray());
    }
}
