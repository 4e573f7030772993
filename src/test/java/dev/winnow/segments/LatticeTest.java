package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatticeTest {
    private static final Lattice.Limits LIMITS = Lattice.Limits.DEFAULT;

    private static Lattice twelve(Lattice.Limits limits) {
        List<Lattice.Dimension> dimensions = new ArrayList<>();
        Map<String, List<String>> values = new HashMap<>();
        for (int d = 0; d < 12; d++) {
            dimensions.add(new Lattice.Dimension("d" + d, "dim_d" + d, d % 2 == 0));
            values.put("d" + d, names(d == 4 ? 300 : 3));
        }
        return Lattice.of(dimensions, null, limits, List.of("u"), List.of("c"), values);
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
    }

    @Test
    void twelveDimensionsHave298ConjunctionsOfUpToThreeBesideTheWhole() {
        assertThat(twelve(LIMITS.withPredicates(3, 300, 2)).subsets()).isEqualTo(1 + 12 + 66 + 220);
        // The dimension of 300 values takes part in pairs, but not in the 55 triples of it and two others.
        assertThat(twelve(LIMITS).subsets()).isEqualTo(1 + 12 + 66 + 220 - 55);
        assertThat(twelve(LIMITS.withPredicates(3, 200, 0)).subsets()).isEqualTo(1 + 11 + 55 + 165);
    }

    @Test
    void everyIdDecodesToItsOwnPredicatesAndBack() {
        Lattice lattice = twelve(LIMITS);
        Set<List<Lattice.Predicate>> seen = new HashSet<>();
        for (long id = 0; id < lattice.size(); id++) {
            List<Lattice.Predicate> predicates = lattice.decode(id);
            assertThat(seen.add(predicates)).isTrue();
            Map<String, String> map = new HashMap<>();
            predicates.forEach(p -> map.put(p.dimension(), p.value()));
            assertThat(lattice.id(map)).isEqualTo(id);
            assertThat(predicates).isSortedAccordingTo((a, b) -> a.dimension().compareTo(b.dimension()));
            assertThat(id)
                    .isGreaterThanOrEqualTo(lattice.firstOfLevel(predicates.size()))
                    .isLessThan(lattice.firstOfLevel(predicates.size() + 1));
        }
        assertThat(lattice.decode(0)).isEmpty();
    }

    @Test
    void theParentsOfASegmentLackOnePredicateEach() {
        Lattice lattice = twelve(LIMITS);
        long id = lattice.id(Map.of("d1", "v2", "d2", "v0", "d11", "v1"));

        assertThat(lattice.parents(id))
                .containsExactlyInAnyOrder(
                        lattice.id(Map.of("d1", "v2", "d2", "v0")),
                        lattice.id(Map.of("d1", "v2", "d11", "v1")),
                        lattice.id(Map.of("d2", "v0", "d11", "v1")));
        assertThat(lattice.parents(0)).isEmpty();
    }

    @Test
    void idsDoNotDependOnTheOrderOfDimensionsOrValues() {
        List<Lattice.Dimension> dimensions = LatticeCells.dimensions(List.of("site"), List.of("b", "a"));
        Lattice one = Lattice.of(
                dimensions,
                "site",
                LIMITS,
                List.of("u", "t"),
                List.of("c2", "c1", "c2"),
                Map.of("site", List.of("s1", "s2"), "a", List.of("x", "y", "x"), "b", List.of("z")));
        Lattice other = Lattice.of(
                List.of(dimensions.get(2), dimensions.get(1), dimensions.get(0)),
                "site",
                LIMITS,
                List.of("t", "u"),
                List.of("c1", "c2"),
                Map.of("b", List.of("z"), "a", List.of("y", "x"), "site", List.of("s2", "s1")));

        assertThat(one.size()).isEqualTo(other.size()).isEqualTo(1 + 5 + (4 + 2 + 2) + 4);
        for (long id = 0; id < one.size(); id++) {
            assertThat(one.decode(id)).isEqualTo(other.decode(id));
        }
    }

    @Test
    void whatPassesALimitIsRefusedByName() {
        List<Lattice.Dimension> site = LatticeCells.dimensions(List.of("site"), List.of());
        Lattice.Limits few = new Lattice.Limits(3, 200, 2, 2, 2, 0, 0, 1);
        assertThatThrownBy(() -> Lattice.of(site, null, few, List.of("u"), List.of("c"), Map.of("site", names(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Dimension site has more than 2 distinct values");
        assertThatThrownBy(() -> Lattice.of(site, null, few, List.of("u"), names(3), Map.of("site", names(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2 cameras");
        assertThatThrownBy(() -> Lattice.of(
                        LatticeCells.dimensions(List.of(), List.of("site")),
                        "site",
                        LIMITS,
                        List.of("u"),
                        List.of("c"),
                        Map.of("site", names(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must belong to the camera");
        assertThatThrownBy(() -> Lattice.ordered(List.of(site.get(0), site.get(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different names");

        List<Lattice.Dimension> many = LatticeCells.dimensions(
                List.of(), IntStream.range(0, 8).mapToObj(i -> "d" + i).toList());
        Map<String, List<String>> values = new HashMap<>();
        many.forEach(d -> values.put(d.name(), names(1_000)));
        assertThatThrownBy(() ->
                        Lattice.of(many, null, LIMITS.withPredicates(8, 1_000, 8), List.of("u"), List.of("c"), values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2^63 segments");
        assertThatThrownBy(() -> LIMITS.withPredicates(-1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(">= 0");
        assertThatThrownBy(() -> LIMITS.withTables(1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive");
    }

    @Test
    void unknownPredicatesAreRefusedByName() {
        Lattice lattice = twelve(LIMITS);
        assertThatThrownBy(() -> lattice.id(Map.of("d1", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("d1=x");
        assertThatThrownBy(() -> lattice.id(Map.of("other", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no dimension other");
        assertThatThrownBy(() -> lattice.id(Map.of("d4", "v1", "d0", "v0", "d1", "v0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limits allow no segment");
        assertThatThrownBy(() -> lattice.decode(lattice.size()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected an id from 0");
    }
}
