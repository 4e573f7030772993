package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.SegmentAllocation;
import dev.winnow.config.TaskType.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SpendingTest {
    private static final String A = "s3://bucket/a.jpg";
    private static final String B = "s3://bucket/b.jpg";
    private static final String C = "s3://bucket/c.jpg";

    private static Spending spend(int budget, double audit, PoolItem... items) {
        return Spending.of(
                new UseCasePool("dock", List.of(items), List.of(), 1_000, 0),
                Pools.settings(budget, audit, 1, 1, 5, 1),
                Subject.IMAGE,
                uris -> Set.of());
    }

    @Test
    void anImageInTheAuditsPoolHasThatReasonOnlyWhenItWasDrawn() {
        Spending spending = spend(2, 0.5, Pools.audit(A, 0.1), Pools.audit(B, 0.2), Pools.boundary(B, 0.9));
        Map<String, Set<String>> speaking = Map.of(
                A, Set.of(Candidates.AUDIT, Candidates.LOW_CONFIDENCE),
                B, Set.of(Candidates.AUDIT, Candidates.BOUNDARY));
        assertThat(spending.selections(speaking))
                .extracting(selection -> selection.item().imageUri(), selection -> List.copyOf(selection.signals()))
                .containsExactly(tuple(A, List.of("AUDIT", "LOW_CONFIDENCE")), tuple(B, List.of("BOUNDARY")));
    }

    @Test
    void theCutOfASignalNamesTheLowestScoreThatWasChosenAndDrawsHaveNone() {
        Spending spending = spend(
                4, 0.25, Pools.audit(A, 0.1), Pools.boundary(B, 0.9), Pools.boundary(C, 0.4), Pools.audit(B, 0.2));
        assertThat(spending.cuts())
                .extracting(SelectionCut::signal, SelectionCut::selected, SelectionCut::lowestScore)
                .containsExactly(
                        tuple("AUDIT", 1, null),
                        tuple("MODEL_CHECK", 0, null),
                        tuple("ELEVATED_SEGMENT", 0, null),
                        tuple("CONFIDENT_WRONG", 0, null),
                        tuple("ERROR_RISK", 0, null),
                        tuple("BOUNDARY", 2, 0.4),
                        tuple("LOW_CONFIDENCE", 0, null),
                        tuple("RARE_CLASS", 0, null),
                        tuple("FILL", 0, null));
    }

    @Test
    void anAlarmThatIsToTellTheRateOfItsSegmentSaysSo() {
        Spending spending = Spending.of(
                new UseCasePool("dock", List.of(Pools.elevated(A, 0.9, "light=night")), List.of(), 1_000, 0),
                Pools.with(SegmentAllocation.RATES, Pools.settings(1, 0, Map.of("elevated-segment", 1.0), 5, 1)),
                Subject.IMAGE,
                uris -> Set.of());
        assertThat(spending.selections(Map.of()))
                .extracting(Selection::reason)
                .containsExactly(
                        "lies in light=night, where errors are more frequent than elsewhere, and is taken by its hash,"
                                + " so that the segment's rate can be told");
    }

    @Test
    void everySignalSaysWhy() {
        Map<String, Double> weights = new TreeMap<>();
        List<PoolItem> items = new ArrayList<>();
        for (String signal : Candidates.SCORED) {
            weights.put(Candidates.settingOf(signal), 1.0);
            items.add(Pools.item(signal, "s3://bucket/" + signal + ".jpg", "s" + signal, "c" + signal, 0.75, 0.5));
        }
        Spending spending = Spending.of(
                new UseCasePool("dock", items, List.of(), 1_000, 0),
                Pools.settings(items.size(), 0, weights, 5, 1),
                Subject.IMAGE,
                uris -> Set.of());
        assertThat(spending.selections(Map.of()))
                .extracting(Selection::reason)
                .containsExactlyInAnyOrder(
                        "lies in null, where errors are more frequent than elsewhere, and is taken by error risk",
                        "confidence 0.500 of bag is 0.000 from its alarm threshold",
                        "confidence 0.500 of bag is below 0.5",
                        "bag at confidence 0.500 is wrong with probability 0.750, by its confidence and what was judged of its like",
                        "people contradict bag, of which the model was sure: confidence 0.500",
                        "bag is often wrong and rare in training, as the day's class-imbalance map says");
    }

    @Test
    void whatAnElevatedSegmentSpeaksForNamesItAndAllElseTheWorstThatItLiesIn() {
        Spending spending = Spending.of(
                new UseCasePool(
                        "dock",
                        List.of(Pools.elevated(A, 1, "light=night"), Pools.boundary(B, 1)),
                        List.of(),
                        1_000,
                        0),
                Pools.settings(2, 0, Map.of("elevated-segment", 1.0, "boundary", 1.0), 5, 1),
                Subject.IMAGE,
                uris -> Set.of());
        assertThat(spending.selections(Map.of()))
                .extracting(Selection::segment, Selection::reason)
                .containsExactly(
                        tuple(
                                "light=night",
                                "lies in light=night, where errors are more frequent than elsewhere, and is taken by error risk"),
                        tuple(null, "confidence 0.500 of bag is 0.000 from its alarm threshold"));
    }

    @Test
    void whatPeopleContradictSaysWhetherItWasNamedOrOverlooked() {
        Spending spending = Spending.of(
                new UseCasePool(
                        "dock",
                        List.of(
                                Pools.contradicted(A, 1, "MISSED"),
                                Pools.contradicted(B, 0.9, "RELABELED"),
                                Pools.contradicted("s3://bucket/c.jpg", 0.2, "ANALYSIS_DISAGREES")),
                        List.of(),
                        1_000,
                        0),
                Pools.settings(3, 0, Map.of("confident-wrong", 1.0), 5, 1),
                Subject.IMAGE,
                uris -> Set.of());
        assertThat(spending.selections(Map.of()))
                .extracting(Selection::reason)
                .containsExactly(
                        "people say that the model overlooked something",
                        "people contradict bag, of which the model was sure: confidence 0.500",
                        "people contradict bag at confidence 0.500, and the model that looked at the image says that they"
                                + " are wrong");
    }

    @Test
    void imagesThatExistAreAskedForOnceAndTheBudgetIsSpentOnce() {
        List<Set<String>> asked = new ArrayList<>();
        Spending.of(
                new UseCasePool("dock", List.of(Pools.boundary(A, 1), Pools.boundary(B, 0.5)), List.of(), 1_000, 0),
                Pools.settings(1, 0, 1, 0, 5, 1),
                Subject.IMAGE,
                uris -> {
                    asked.add(Set.copyOf(uris));
                    return Set.of();
                });
        assertThat(asked).containsExactly(Set.of(A));
    }

    @Test
    void aPoolWithoutAnImageThatCanBeLabeledSaysWhatImageReferencesMustBe() {
        assertThat(pool("dock", "file:/a.jpg").unusable(Subject.IMAGE))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith("No image of use case dock can be labeled")
                        .endsWith("got file:/a.jpg"));
        assertThat(pool("dock", "file:/a.jpg", A).unusable(Subject.IMAGE)).isEmpty();
        assertThat(spend(1, 0, Pools.boundary("file:/a.jpg", 1))
                        .spent()
                        .chosen()
                        .values())
                .allMatch(List::isEmpty);
    }

    private static UseCasePool pool(String useCase, String... images) {
        List<PoolItem> items =
                Arrays.stream(images).map(image -> Pools.boundary(image, 1)).toList();
        return new UseCasePool(useCase, items, List.of(), 1_000, 0);
    }

    @Test
    void aPoolOfPlacesOfTextsSaysThatTheTextItselfIsWanted() {
        assertThat(pool("chat", "s3://bucket/1.txt").unusable(Subject.TEXT))
                .hasValue("No text of use case chat can be labeled: inputs.inferences.columns.image_uri must give the"
                        + " text itself, not where it lies, and no empty one, got s3://bucket/1.txt");
    }
}
