package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.tables.InputException;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.Frames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSetTest {
    private static final Path DATA = Path.of("../shared/data");
    private static final String CSV = "training { path = \"$root/t.csv\", format = csv, time-zone = UTC";

    @TempDir
    Path folder;

    private List<String> counts(String inputs) {
        return told(new Sources(folder).training(inputs).counts());
    }

    private static List<String> told(List<TrainingSet.Count> counts) {
        return counts.stream()
                .map(c -> c.useCase() + " " + c.label() + " "
                        + (c.dimension() == null ? "" : c.dimension() + "=" + c.value()) + " " + c.samples() + "/"
                        + c.bursts())
                .toList();
    }

    @Test
    void withoutATrainingSetThereAreNoCounts() {
        TrainingSet training = new Sources(folder).training("");

        assertThat(training.present()).isFalse();
        assertThat(training.counts()).isEmpty();
        assertThat(training.files().files()).isZero();
    }

    @Test
    void classCountsAreSummedAndWithoutBurstsEveryLabelCounts() {
        new Sources(folder).with("t.csv", "name,n,b,light", "cat,100,20,day", "cat,5,,night", "dog,7,7,day");

        assertThat(counts("""
                inferences.dimensions { lighting = x }
                %s, kind = counts, columns { label = name, samples = n, bursts = b, use_case = "'yard'" }
                  dimensions { lighting = light } }
                """.formatted(CSV)))
                .containsExactly(
                        "yard cat  105/25",
                        "yard cat lighting=day 100/20",
                        "yard cat lighting=night 5/5",
                        "yard dog  7/7",
                        "yard dog lighting=day 7/7");
    }

    @Test
    void labelsOfOneClassAndCameraThatAreCloseInTimeAreOneBurst() {
        new Sources(folder)
                .with(
                        "t.csv",
                        "label,camera_id,captured_at",
                        "cat,a,2026-01-01 00:00:00",
                        "cat,a,2026-01-01 00:00:00", // at the same time
                        "cat,a,2026-01-01 00:00:10", // at the gap
                        "cat,a,2026-01-01 00:00:20.5", // beyond
                        "cat,b,2026-01-01 00:00:00", // other camera
                        "dog,a,2026-01-01 00:00:00", // other class
                        "cat,,2026-01-01 00:00:00", // no camera
                        "cat,a,"); // no time

        assertThat(counts(CSV + " }")).containsExactly("null cat  7/5", "null dog  1/1");
        assertThat(counts(CSV + ", burst-gap = 11s }")).containsExactly("null cat  7/4", "null dog  1/1");
    }

    @Test
    void aTableOfLabelsAloneCountsRows() {
        new Sources(folder).with("t.csv", "label", "cat", "dog", "cat");

        assertThat(counts(CSV + " }")).containsExactly("null cat  2/2", "null dog  1/1");
    }

    @Test
    void aNumberTakesTheIntervalsOfTheDimensionOfItsName() {
        new Sources(folder).with("t.csv", "label,gray", "cat,10", "cat,90", "cat,");

        assertThat(counts("""
                inferences.dimensions { brightness { value = luma, edges = [50] } }
                %s, dimensions { brightness = "try_cast(gray as double)" } }
                """.formatted(CSV)))
                .containsExactly(
                        "null cat  3/3",
                        "null cat brightness=(-inf, 50) 1/1",
                        "null cat brightness=[50, inf) 1/1",
                        "null cat brightness=__NULL__ 1/1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void countsDoNotDependOnPartitioning(int partitions) {
        StructType schema = StructType.fromDDL("label string, camera_id string, captured_at timestamp");
        String[] rows = new String[60];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = "{'label':'l" + i % 3 + "','camera_id':'c" + i % 4 + "','captured_at':'2026-01-01T00:00:"
                    + String.format("%02d", i) + "Z'}";
        }
        Dataset<Row> frame = Frames.of(schema, rows).repartition(partitions);
        TrainingSet training = new TrainingSet(
                new FakeSources(frame), new Sources(folder).config("training { path = \"$root/t\", burst-gap = 11s }"));

        // A class meets a camera every 12 seconds: each label is a burst.
        assertThat(told(training.counts())).containsExactly("null l0  20/20", "null l1  20/20", "null l2  20/20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat,-1,", "cat,many,", "cat,,", ",5,", "cat,5,6", "cat,5,-1"})
    void countsThatAreNoneStopTheRun(String row) {
        new Sources(folder).with("t.csv", "label,samples,bursts", row);

        assertThatThrownBy(() -> counts(CSV + ", kind = counts }"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "inputs.training: 1 of 1 labels or counts in " + folder + "/t.csv break the contract (")
                .hasMessageEndingWith("mend the data or the column mapping");
    }

    @Test
    void anInputWithoutLabelsIsNamed() {
        new Sources(folder).with("t.csv", "label");
        assertThatThrownBy(() -> counts(CSV + " }"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "inputs.training: " + folder + "/t.csv holds no label; check the path and the column mapping");

        new Sources(folder).with("m.jsonl", "{'source-ref':'s3://b/1.jpg','other':0}");
        assertThatThrownBy(() ->
                        counts("training { path = \"$root/m.jsonl\", kind = manifest, label-attribute = review }"))
                .isInstanceOf(InputException.class)
                .hasMessage("inputs.training: no line of " + folder + "/m.jsonl has a label under review; check"
                        + " inputs.training.label-attribute");
    }

    @Test
    void manifestsMayNameClassesListThemOrDrawBoxesAndLinesWithoutALabelArePassedOver() {
        new Sources(folder)
                .with(
                        "m.jsonl",
                        "{'source-ref':'1','a':0,'a-metadata':{'class-name':'cat'},'light':'day'}",
                        "{'source-ref':'2','a':'1','a-metadata':{'class-name':'dog','confidence':0.0}}",
                        "{'source-ref':'3','a':[1,0],'a-metadata':{'class-map':{'0':'cat','1':'dog'}}}",
                        "{'source-ref':'4','a':{'annotations':[{'class_id':0,'left':1},{'class_id':0},{'class_id':7}]},"
                                + "'a-metadata':{'class_map':{'0':'cat','7':'fox'}}}",
                        "{'source-ref':'5','a':{'annotations':[]},'a-metadata':{'class-map':{}}}",
                        "{'source-ref':'6'}",
                        "{'source-ref':'7','a-metadata':{'failure-reason':'x'}}",
                        "half a li");

        assertThat(counts("""
                inferences.dimensions { lighting = x }
                training { path = "$root/m.jsonl", kind = manifest, label-attribute = a, schema = "light STRING"
                  dimensions { lighting = light } }
                """))
                .containsExactly(
                        "null cat  4/4",
                        "null cat lighting=__NULL__ 3/3",
                        "null cat lighting=day 1/1",
                        "null dog  2/2",
                        "null dog lighting=__NULL__ 2/2",
                        "null fox  1/1",
                        "null fox lighting=__NULL__ 1/1");
    }

    @Test
    void aClassWithoutANameInTheManifestBreaksTheContract() {
        new Sources(folder).with("m.jsonl", "{'a':[3],'a-metadata':{'class-map':{'0':'cat'}}}");

        assertThatThrownBy(() -> counts("training { path = \"$root/m.jsonl\", kind = manifest, label-attribute = a }"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("(label_null: 1)");
    }

    @Test
    void aRealManifestHasTheCountsThatItsReferenceSays() throws IOException {
        Path manifests = DATA.resolve("ground_truth_artefacts");
        Assumptions.assumeTrue(
                Files.exists(manifests),
                () -> "the published data set " + manifests.toAbsolutePath().normalize() + " is not available");
        JsonNode classes = new ObjectMapper()
                .readTree(manifests.resolve("reference.json").toFile())
                .path("output.manifest")
                .path("classes");

        assertThat(counts("training { path = \"%s/image_classification/output.manifest\", kind = manifest"
                                .formatted(manifests.toAbsolutePath().normalize())
                        + ", label-attribute = lab1-labeling-job }"))
                .containsExactly(
                        "null LH  %1$s/%1$s".formatted(classes.path("1=LH").asInt()),
                        "null RH  %1$s/%1$s".formatted(classes.path("0=RH").asInt()));
    }
}
