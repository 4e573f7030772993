package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.BoxConsensus.Drawn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxConsensusTest {
    private static final Box A = new Box(10, 10, 50, 50);
    private static final Box B = new Box(12, 11, 52, 49);
    private static final Box C = new Box(40, 40, 90, 90);

    @Test
    void overlapsEqualTheKnownOnes() {
        assertThat(A.iou(B)).isCloseTo(0.861575, within(5e-7));
        assertThat(A.iou(C)).isCloseTo(0.025, within(5e-7));
        assertThat(B.iou(C)).isCloseTo(0.027607, within(5e-7));
    }

    @ParameterizedTest
    @CsvSource({"50, 10, 10, 50", "10, 10, 10, 50", "NaN, 10, 50, 50", "-Infinity, 10, 50, 50"})
    void aBoxWithoutAnAreaOverlapsNothingAndIsLeftOut(double left, double top, double right, double bottom) {
        Box none = new Box(left, top, right, bottom);
        assertThat(none.iou(none)).isZero();
        assertThat(none.iou(A)).isZero();
        assertThat(BoxConsensus.of(List.of(new Drawn("w1", "car", none)), 1)).isEmpty();
    }

    @Test
    void whoeverSawTheImageCountsAlsoWithoutABox() {
        List<Drawn> drawn = List.of(new Drawn("w1", "car", A), new Drawn("w2", "car", B), new Drawn("w2", "bag", C));
        List<BoxConsensus> ofThree = BoxConsensus.of(drawn, 3);
        assertThat(ofThree).hasSize(2);
        assertThat(ofThree.get(0).kept()).as("two of three").isTrue();
        assertThat(ofThree.get(0).box()).isEqualTo(new Box(11, 10.5, 51, 49.5));
        assertThat(ofThree.get(0).confidence()).isCloseTo(2 / 3.0 * 0.861575, within(5e-7));
        assertThat(ofThree.get(1).kept()).as("one of three").isFalse();
        assertThat(ofThree.get(1).confidence()).as("a single vote").isNull();
        assertThat(BoxConsensus.of(drawn, 4).get(0).kept()).as("two of four").isFalse();
    }

    @Test
    void ofTwoBoxesOfOneAnnotatorTheBetterMatchJoins() {
        Box near = new Box(11, 10, 51, 50);
        List<BoxConsensus> found = BoxConsensus.of(
                List.of(new Drawn("w1", "car", A), new Drawn("w2", "car", B), new Drawn("w2", "car", near)), 2);
        assertThat(found).extracting(BoxConsensus::votes).containsExactly(2, 1);
        assertThat(found.get(0).box()).isEqualTo(new Box(10.5, 10, 50.5, 50));
        assertThat(found.get(1).box()).isEqualTo(B);
    }

    @Test
    void medianOfThreeAndTheClassOfMostOrNoneWhereTheyTie() {
        Box third = new Box(0, 12, 48, 60);
        BoxConsensus three = BoxConsensus.of(
                        List.of(new Drawn("a", "car", A), new Drawn("b", "van", B), new Drawn("c", "car", third)), 3)
                .get(0);
        assertThat(three.box()).isEqualTo(new Box(10, 11, 50, 50));
        assertThat(three.label()).isEqualTo("car");
        BoxConsensus two = BoxConsensus.of(List.of(new Drawn("a", "car", A), new Drawn("b", "van", B)), 2)
                .get(0);
        assertThat(two.label()).isNull();
    }

    @Test
    void aChainOfOverlapsIsNotOneObject() {
        Box first = new Box(0, 0, 100, 10);
        Box middle = new Box(30, 0, 130, 10);
        Box last = new Box(60, 0, 160, 10);
        assertThat(first.iou(middle)).isGreaterThan(0.5);
        assertThat(first.iou(last)).isLessThan(0.5);
        assertThat(BoxConsensus.of(
                        List.of(new Drawn("a", "x", first), new Drawn("b", "x", middle), new Drawn("c", "x", last)), 3))
                .extracting(BoxConsensus::votes)
                .containsExactly(2, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyBoxIsInOneGroupAndGroupsHoldOneBoxOfAnAnnotator(long seed) {
        Random random = new Random(seed);
        List<Drawn> drawn = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            double left = random.nextInt(60);
            double top = random.nextInt(30);
            drawn.add(new Drawn("w" + random.nextInt(4), "x", new Box(left, top, left + 40, top + 40)));
        }
        List<BoxConsensus> groups = BoxConsensus.of(drawn, 4);
        assertThat(groups.stream().mapToInt(BoxConsensus::votes).sum()).isEqualTo(25);
        assertThat(groups).allSatisfy(group -> assertThat(group.votes()).isBetween(1, 4));
        assertThat(groups)
                .allSatisfy(
                        group -> assertThat(group.confidence() == null || group.confidence() >= 0.5 * group.votes() / 4)
                                .as("complete linkage: no pair below 0.5")
                                .isTrue());
    }
}
