package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.candidates.Candidates;
import dev.winnow.consensus.Labels;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ServiceException;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ExplanationTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-07");

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final Map<TableDef, List<String>> rows = new LinkedHashMap<>();

    @BeforeEach
    void aRoundOfTwoImagesFromThreeCandidates() {
        candidate("7", "BOUNDARY", "a", 0.9);
        candidate("7", "LOW_CONFIDENCE", "a", 0.4);
        candidate("7", "BOUNDARY", "b", 0.8);
        candidate("7", "BOUNDARY", "c", 0.3);
        candidate("7", "AUDIT", "c", null);
        candidate("7", "AUDIT", "d", null);
        selection("7", "BOUNDARY", 1, "a", null);
        selection("7", "AUDIT", 1, "d", 0.002);
        cut("AUDIT", 1, 2, null, 0);
        cut("BOUNDARY", 1, 3, 0.7, 1);
    }

    private void candidate(String day, String signal, String image, @Nullable Double score) {
        add(
                Candidates.TABLE,
                "{'pipeline':'p','run_date':'2026-11-0" + day + "','run_id':'r'," + image(image) + ",'signal':'"
                        + signal + "','item_id':'item-" + image + "','score':" + score + ",'draw':0.25}");
    }

    private void selection(String day, String signal, int rank, String image, @Nullable Double probability) {
        add(
                Selections.TABLE,
                "{'pipeline':'p','run_date':'2026-11-0" + day + "','run_id':'r','round_id':'2026-11-0" + day + ".1',"
                        + image(image) + ",'signal':'" + signal + "','rank':" + rank + ",'item_id':'item-" + image
                        + "','signals':['" + signal + "','LOW_CONFIDENCE'],'segment':'lighting=night','design':'"
                        + (probability == null ? "PURPOSIVE" : "UNIFORM") + "','inclusion_probability':" + probability
                        + ",'score':" + (probability == null ? "0.9" : "null") + ",'reason':'because of " + signal
                        + "'}");
    }

    private static String image(String image) {
        return "'use_case':'gate','inference_id':'inference-" + image + "','image_uri':'s3://b/" + image
                + ".jpg','captured_at':'2026-11-07T10:00:00Z','site_id':'s1','camera_id':'c1','model_version':'m1',"
                + "'predicted_label':'person','confidence':0.52";
    }

    private void cut(String signal, int selected, int eligible, @Nullable Double lowest, int heldByCamera) {
        cut(signal, selected, eligible, lowest, heldByCamera, null);
    }

    private void cut(
            String signal,
            int selected,
            int eligible,
            @Nullable Double lowest,
            int heldByCamera,
            @Nullable Integer heldByCeiling) {
        add(
                SelectionCuts.TABLE,
                "{'pipeline':'p','run_date':'2026-11-07','round_id':'2026-11-07.1','use_case':'gate','signal':'"
                        + signal
                        + "','quota':" + selected + ",'eligible':" + eligible + ",'selected':" + selected
                        + ",'held_by_camera':" + heldByCamera
                        + ",'held_by_burst':0,'held_by_site':0,'held_by_class':0,'unusable':0,'lowest_score':"
                        + lowest
                        + ",'held_by_ceiling':"
                        + heldByCeiling
                        + "}");
    }

    private void add(TableDef table, String row) {
        List<String> added = rows.computeIfAbsent(table, t -> new ArrayList<>());
        added.add(row);
        tables.with(table.name(), Frames.of(table, added.toArray(String[]::new)));
    }

    private String explained(String item, @Nullable LocalDate day) {
        return String.join("\n", Explanation.of(tables, objects, item, day));
    }

    @Test
    void aChosenImageIsToldWithItsSignalRankReasonSegmentAndJob() {
        add(LabelingJobs.TABLE, job("7", "j1", "s3://b/m.jsonl"));
        objects.put("s3://b/m.jsonl", "{\"item-id\":\"item-d\"}\n{\"item-id\":\"item-a\"}\n");
        add(
                Labels.TABLE,
                "{'pipeline':'p','use_case':'gate','item_id':'item-a','task':'CLASSIFICATION','label':'car','method':"
                        + "'majority','status':'AGREED','answers':3,'posteriors':[]}");

        assertThat(explained("s3a://b/a.jpg", DAY)).isEqualTo("""
                        gate: s3://b/a.jpg, person at 0.5200, camera c1, site s1, taken 2026-11-07T10:00:00Z, model m1
                          Candidate of 2026-11-07 by
                            BOUNDARY as person, score 0.9000
                            LOW_CONFIDENCE as person, score 0.4000
                          Round 2026-11-07.1 asks for it:
                            charged to BOUNDARY, rank 1 of 1 (its part of the budget was 1)
                            score 0.9000
                            why: because of BOUNDARY
                            also spoken for by LOW_CONFIDENCE
                            segment: lighting=night
                            inclusion probability: none, it was chosen, not drawn
                            beside it: of 2 images in the round 2 are of camera c1, 2 of site s1 and 2 of class person
                            job: j1 (PLANNED), item 2 of s3://b/m.jsonl
                            label: car (AGREED)""");
        assertThat(explained("inference-d", DAY))
                .contains(
                        "inclusion probability: 0.002000 (UNIFORM)",
                        "item 1 of s3://b/m.jsonl",
                        "AUDIT as person, drawn from all frames");
    }

    @Test
    void whereTasksAreInSeveralFilesTheOneThatHoldsTheItemIsNamed() {
        add(
                LabelingJobs.TABLE,
                "{'pipeline':'p','run_date':'2026-11-07','round_id':'2026-11-07.1','use_case':'gate','job_name':'j1','target':"
                        + "'label-studio','task_type':'image-classification','manifest_uri':'s3://b/j1.tasks-0001.json',"
                        + "'items':2,'sha256':'0','status':'RUNNING','prefix':'s3://b/',"
                        + "'files':['j1.label-config.xml','j1.tasks-0001.json','j1.tasks-0002.json']}");
        assertThat(explained("item-a", DAY)).contains("job: the published files that name it are not there any more");

        objects.put("s3://b/j1.tasks-0001.json", "[{\"data\":{\"item-id\":\"item-d\"}}]");
        objects.put("s3://b/j1.tasks-0002.json", "[{\"data\":{\"item-id\":\"item-a\"}}]");
        assertThat(explained("item-a", DAY)).contains("job: j1 (RUNNING), item 1 of s3://b/j1.tasks-0002.json");
    }

    @Test
    void aPlantedItemIsToldWithItsLineAndTheItemItCopies() {
        add(
                PlantedItems.TABLE,
                "{'pipeline':'p','run_date':'2026-11-08','round_id':'2026-11-08.1','run_id':'r','use_case':'gate','kind':'GOLD',"
                        + "'item_id':'copy-a','known_item_id':'item-a','image_uri':'s3://b/a.jpg','site_id':'s1',"
                        + "'model_version':'m1','predicted_label':'person','confidence':0.52,'label':'car',"
                        + "'shown_signal':'AUDIT','shown_rank':3,'shown_design':'UNIFORM','shown_model_version':'m1',"
                        + "'reason':'the answer is known'}");
        add(LabelingJobs.TABLE, job("8", "j8", "s3://b/8.jsonl"));
        objects.put("s3://b/8.jsonl", "{\"item-id\":\"other\"}\n{\"item-id\":\"copy-a\"}\n");
        String planted = """
                  Round 2026-11-08.1 plants it for gate as GOLD, known to be car: the answer is known
                    its line looks like that of AUDIT, rank 3
                    job: j8 (PLANNED), item 2 of s3://b/8.jsonl\
                """;

        assertThat(explained("copy-a", null))
                .startsWith("copy-a tests people; no label, rate or training set counts it.\n" + planted
                        + "\n\nThe item of an earlier round that it copies:\ngate: s3://b/a.jpg, person")
                .contains("Round 2026-11-07.1 asks for it:");
        assertThat(List.of("item-a", "s3a://b/a.jpg"))
                .allSatisfy(item -> assertThat(explained(item, null))
                        .startsWith("gate: s3://b/a.jpg, person")
                        .endsWith("\n\nAsked about again, to test people:\n" + planted));
        assertThat(explained("item-b", null)).doesNotContain("to test people");
    }

    @Test
    void whatKeptAnImageOutIsSaidOfEverySignal() {
        assertThat(explained("item-b", DAY))
                .contains(
                        "Round 2026-11-07.1 does not ask for it:",
                        "BOUNDARY: score 0.8000 would have been enough (the lowest chosen is 0.7000), but a cap came first:"
                                + " the signal passed over 1 because their camera was full",
                        "without it, of 2 images in the round 2 are of camera c1");
        assertThat(explained("item-c", DAY))
                .contains(
                        "BOUNDARY: score 0.3000 is below 0.7000, the lowest of the 1 that were chosen of 3",
                        "AUDIT: not drawn: the 1 smallest draws of 2 in the pool are in");
    }

    @Test
    void aCeilingThatKeptImagesOutIsTold() {
        rows.remove(SelectionCuts.TABLE);
        cut("BOUNDARY", 1, 3, 0.7, 0, 2);
        assertThat(explained("item-c", DAY))
                .contains(
                        "BOUNDARY: score 0.3000 is below 0.7000, the lowest of the 1 that were chosen of 3; at 1 images the"
                                + " signal had reached its ceiling (use-cases.<name>.signal-bounds), which kept 2 more out");
    }

    @Test
    void anImageThatWentToLabelingBeforeIsNotAskedForAgainUnlessItReturned() {
        selection("3", "BOUNDARY", 1, "b", null);
        assertThat(explained("item-b", DAY)).as("never published").doesNotContain("went to labeling before");

        add(LabelingJobs.TABLE, job("3", "j0", "s3://b/m0.jsonl"));
        assertThat(explained("item-b", DAY)).contains("it went to labeling before, in round 2026-11-03.1; for");

        add(
                ReturnedItems.TABLE,
                "{'pipeline':'p','run_date':'2026-11-05','round_id':'2026-11-03.1','use_case':'gate','item_id':'item-b',"
                        + "'image_uri':'s3://b/b.jpg','job_name':'j0','reason':'EXPIRED'}");
        assertThat(explained("item-b", DAY)).doesNotContain("went to labeling before");
    }

    @Test
    void whoMayNotReadThePublishedFilesIsToldTheJobs() {
        add(LabelingJobs.TABLE, job("7", "j1", "s3://b/m.jsonl"));
        objects.watch(uri -> {
            throw ServiceException.refused("Reading " + uri + " is denied", null);
        });
        assertThat(explained("item-a", DAY))
                .contains("job: one of j1, whose files can't be read: Reading s3://b/m.jsonl");
    }

    private static String job(String day, String name, String manifest) {
        return "{'pipeline':'p','run_date':'2026-11-0" + day + "','round_id':'2026-11-0" + day
                + ".1','use_case':'gate','job_name':'" + name + "','target':'ground-truth','task_type':"
                + "'image-classification','manifest_uri':'" + manifest + "','items':2,'sha256':'0','status':'PLANNED'}";
    }

    @Test
    void withoutADateItIsTheNewestRoundThatAsksForItElseTheNewestDayWithCandidates() {
        selection("3", "BOUNDARY", 1, "b", null);
        candidate("8", "BOUNDARY", "e", 0.5);

        assertThat(explained("item-a", null)).contains("Round 2026-11-07.1 asks for it");
        assertThat(explained("item-e", null))
                .contains("Candidate of 2026-11-08", "No round of 2026-11-08 was selected yet");
        assertThat(explained("item-c", null)).startsWith("item-c is no candidate of 2026-11-08");
    }

    @Test
    void anEmptyWarehouseSaysWhatToDo() {
        assertThat(Explanation.of(new FakeTables(), objects, "x", null))
                .containsExactly("There are no candidates yet: run `curate` first");
    }
}
