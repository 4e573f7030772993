package dev.winnow.labeling.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class LabelStudioTargetTest {
    private static final WinnowConfig CONFIG = Jobs.configured("""
            tasks.default { description = "Bags", instruction = "Look & see\\n<b>", workers = 2
              guidelines { uri = "https://guide.example", version = v7 } }
            """);
    private static final List<String> LABELS = List.of("bag", "\"a\" & <b> 'é' \uD83D\uDE00");

    @TempDir
    private Path folder;

    private JobFiles write(LabelingJob job) {
        try {
            return new LabelStudioTarget().write(job, folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode json(String name) {
        return Jobs.json(Jobs.text(folder.resolve(name)));
    }

    private static Document xml(String text) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static List<String> values(Document config, String tag) {
        List<String> values = new ArrayList<>();
        NodeList tags = config.getElementsByTagName(tag);
        for (int i = 0; i < tags.getLength(); i++) {
            values.add(tags.item(i).getAttributes().getNamedItem("value").getNodeValue());
        }
        return values;
    }

    @Test
    void aProjectIsTheBodyThatCreatesItWithTheConfigurationOfTheFileBesideIt() {
        JobFiles files = write(Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, Jobs.items(2), LABELS));
        JsonNode project = json("p-dock-2026-10-01-1-1-0a1b2c3d.project.json");
        assertThat(files.request()).isEqualTo("p-dock-2026-10-01-1-1-0a1b2c3d.project.json");
        assertThat(files.tasks()).containsExactly("p-dock-2026-10-01-1-1-0a1b2c3d.tasks-0001.json");
        assertThat(project.path("title").asText())
                .isEqualTo("p-dock-2026-10-01-1-1-0a1b2c3d")
                .hasSizeBetween(3, 50);
        assertThat(project.path("description").asText()).isEqualTo("Bags (Guidelines version v7)");
        assertThat(project.path("expert_instruction").asText())
                .isEqualTo(
                        "<p>Look &#38; see<br>&#60;b&#62;</p><p>Guidelines version v7: <a"
                                + " href=\"https://guide.example\" target=\"_blank\" rel=\"noopener\">https://guide.example</a></p>");
        assertThat(project.path("maximum_annotations").asInt()).isEqualTo(2);
        assertThat(project.path("label_config").asText() + "\n")
                .isEqualTo(Jobs.text(folder.resolve(files.categories())));
    }

    @Test
    void classesAreChoicesAndBoxesAreRectangles() {
        Document classes = xml(LabelConfig.of(Jobs.job(CONFIG, TaskType.MULTI_LABEL, Jobs.items(1), LABELS)));
        assertThat(values(classes, "Choice")).isEqualTo(LABELS);
        assertThat(values(classes, "Image")).containsExactly("$image");
        Document boxes = xml(LabelConfig.of(Jobs.job(CONFIG, TaskType.BOUNDING_BOX, Jobs.items(1), LABELS)));
        assertThat(values(boxes, "Label")).isEqualTo(LABELS);
        assertThat(boxes.getElementsByTagName("RectangleLabels")
                        .item(0)
                        .getAttributes()
                        .getNamedItem("toName")
                        .getNodeValue())
                .isEqualTo("image");
        assertThat(LabelConfig.of(Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, Jobs.items(1), List.of("a", "b"))))
                .isEqualTo("<View><Image name=\"image\" value=\"$image\" zoom=\"true\"/><Choices name=\"answer\""
                        + " toName=\"image\" choice=\"single\" required=\"true\"><Choice value=\"a\"/>"
                        + "<Choice value=\"b\"/></Choices></View>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$image", "a\u0000b", "a\nb", " a", "a ", "\uD800", "\uFFFE", ""})
    void aCategoryThatXmlOrLabelStudioWouldChangeIsRefused(String label) {
        LabelingJob job = Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, Jobs.items(1), List.of("a", label));
        assertThatThrownBy(() -> LabelConfig.of(job))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "use-cases.dock.labels: a category of " + label.length() + " characters can't be");
    }

    @Test
    void aTaskHasWhatAnExportIsReadBackByAndThePredictionAsAPreAnnotation() {
        write(Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, Jobs.items(1), LABELS));
        assertThat(json("p-dock-2026-10-01-1-1-0a1b2c3d.tasks-0001.json")).isEqualTo(Jobs.json("""
                [{"data":{"image":"s3://bucket/1.jpg","item-id":"item-1","run-id":"00000000000000aa",
                   "round-id":"2026-10-01.1","use-case":"dock","signal":"BOUNDARY","segment":"lighting=night",
                   "score":0.75,"rank":1,"design":"PURPOSIVE","inclusion-probability":null,"guideline-version":"v7",
                   "task-type":"image-classification"},
                  "predictions":[{"model_version":"model-7","score":0.123456789,"result":[{"id":"item-1-1",
                   "type":"choices","from_name":"answer","to_name":"image","value":{"choices":["bag"]}}]}]}]
                """));
    }

    @Test
    void aTextIsAsItIsButForTheCharacterThatPostgreSqlRefuses() {
        LabelingItem item = Jobs.item("BOUNDARY", 1, "dock", "a\u0000b\n\u001b{{c}}", "label=bag", "bag");
        write(Jobs.job(CONFIG, TaskType.TEXT_CLASSIFICATION, List.of(item), LABELS));
        assertThat(json("p-dock-2026-10-01-1-1-0a1b2c3d.tasks-0001.json")
                        .at("/0/data/text")
                        .asText())
                .isEqualTo("a\uFFFDb\n\u001b{{c}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUDIT", "MODEL_CHECK"})
    void aDrawnItemIsLabeledBlind(String signal) {
        LabelingItem item = Jobs.item(signal, 1, "dock", "s3://bucket/1.jpg", "label=bag", "bag");
        String task = String.valueOf(
                Tasks.task(item, Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, List.of(item), LABELS), "model-7"));
        assertThat(task).doesNotContain("predictions", "bag", "0.123456789");
    }

    @Test
    void aPredictionThatIsNotOfferedIsNoPreAnnotation() {
        LabelingItem item = Jobs.item("BOUNDARY", 1, "dock", "s3://bucket/1.jpg", null, "lorry");
        assertThat(Tasks.task(item, Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, List.of(item), LABELS), "model-7"))
                .doesNotContainKey("predictions");
    }

    /** A project shows people the predictions of one version only, that of the last one imported. */
    @Test
    void predictionsOfSeveralVersionsShareOne() {
        List<LabelingItem> items = new ArrayList<>(Jobs.items(3));
        items.set(1, Jobs.ofModel("model-8", items.get(1)));
        write(Jobs.job(CONFIG, TaskType.IMAGE_CLASSIFICATION, items, LABELS));
        assertThat(json("p-dock-2026-10-01-1-1-0a1b2c3d.tasks-0001.json"))
                .extracting(task -> task.at("/predictions/0/model_version").asText())
                .containsExactly(Tasks.SEVERAL, Tasks.SEVERAL, Tasks.SEVERAL);
    }

    /** Values of the documentation: 112, 80, 64 x 150 pixels of 1280 x 720. */
    @Test
    void boxesAreInPercentOfTheImage() {
        WinnowConfig config = Jobs.configured("tasks.default.old-labels { path = \"/old\", attribute = model-boxes }");
        LabelingItem item = Jobs.withBoxes(Jobs.item("BOUNDARY", 1, "dock", "s3://bucket/1.jpg"));
        write(Jobs.job(config, TaskType.BOX_ADJUSTMENT, List.of(item), List.of("person", "\"bag\" </x>")));
        JsonNode prediction =
                json("p-dock-2026-10-01-1-1-0a1b2c3d.tasks-0001.json").at("/0/predictions/0");
        JsonNode value = prediction.at("/result/0/value");
        assertThat(value.path("x").asDouble()).isCloseTo(8.75, within(1e-9));
        assertThat(value.path("y").asDouble()).isCloseTo(11.1111, within(1e-4));
        assertThat(value.path("width").asDouble()).isCloseTo(5.0, within(1e-9));
        assertThat(value.path("height").asDouble()).isCloseTo(20.8333, within(1e-4));
        assertThat(value.at("/rectanglelabels/0").asText()).isEqualTo("person");
        assertThat(prediction.at("/result/1/original_width").asInt()).isEqualTo(1280);
        assertThat(prediction.path("score").asDouble()).isEqualTo(0.38);
    }

    @Test
    void noFileHasMoreThanTenThousandTasks() {
        JobFiles files = write(Jobs.job(CONFIG, TaskType.BOUNDING_BOX, Jobs.items(20_001), LABELS));
        List<Integer> sizes = files.names().stream()
                .filter(name -> name.contains(".tasks-"))
                .map(name -> json(name).size())
                .toList();
        assertThat(sizes).containsExactly(10_000, 10_000, 1);
        assertThat(files.manifest()).endsWith(".tasks-0001.json");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskType.class,
            names = {"BOX_VERIFICATION", "SEMANTIC_SEGMENTATION", "VIDEO_FRAMES", "POINT_CLOUD"})
    void aTaskThatCanNotBeHadIsRefused(TaskType type) {
        assertThatThrownBy(() -> new LabelStudioTarget().maxItems(type))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("type = " + type.id() + " can't be had in Label Studio; take another type");
    }
}
