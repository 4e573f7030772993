package dev.winnow.labeling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Labeling jobs for tests of targets. */
public final class Jobs {
    public static final String PREFIX = "s3://labels/p/rounds/2026-10-01.1/";

    /** Configuration of an account, as a part of {@code labeling}. */
    public static final String ACCOUNT = """
            ground-truth {
              region = eu-west-1
              role = "arn:aws:iam::111122223333:role/labeling"
              workteam = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/qa"
            }
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Jobs() {}

    /** An item of the use case, predicted as a bag. */
    public static LabelingItem item(String signal, int rank, String useCase, String reference) {
        return item(signal, rank, useCase, reference, "lighting=night", "bag");
    }

    /** An item of the site {@code site}. */
    public static LabelingItem item(
            String signal,
            int rank,
            String useCase,
            String reference,
            @Nullable String segment,
            @Nullable String predicted) {
        boolean drawn = signal.equals("AUDIT");
        return new LabelingItem(
                reference,
                "item-" + rank,
                "00000000000000aa",
                "2026-10-01.1",
                useCase,
                signal,
                segment,
                drawn ? null : 0.75,
                rank,
                drawn ? "UNIFORM" : "PURPOSIVE",
                drawn ? 0.1 : null,
                "site",
                "",
                "model-7",
                predicted,
                predicted == null ? null : 0.123456789,
                null,
                null,
                null);
    }

    /** Items whose images there could be. */
    public static List<LabelingItem> items(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(rank -> item("BOUNDARY", rank, "dock", "s3://bucket/" + rank + ".jpg"))
                .toList();
    }

    /** Old boxes in the shape of Ground Truth's output: a person, and a bag of a hostile name. */
    public static OldLabel boxes() {
        return OldLabel.of(json("""
                        {"source-ref":"s3://bucket/1.jpg",
                         "model-boxes":{"image_size":[{"width":1280,"height":720,"depth":3}],
                          "annotations":[{"class_id":0,"left":112,"top":80,"width":64,"height":150},
                                         {"class_id":1,"left":0,"top":0,"width":1280,"height":720}]},
                         "model-boxes-metadata":{"objects":[{"confidence":0.38},{"confidence":0.9}],
                          "class-map":{"0":"person","1":"\\"bag\\" </x>"},"type":"groundtruth/object-detection"}}
                        """), "model-boxes").orElseThrow();
    }

    /** A batch of images of a class, each of them an item whose name is its reference. */
    public static LabelingItem batch(String label, List<String> references) {
        LabelingItem plain = item("LABEL_QA", 1, "dock", "batch 1", null, label);
        return copy(
                plain,
                plain.modelVersion(),
                new LabelingItem.Batch(
                        label,
                        references.stream()
                                .map(reference -> new LabelingItem.Shown(reference, reference))
                                .toList()),
                null);
    }

    /** The same item, planted with a known answer. */
    public static LabelingItem planted(LabelingItem item, String answer) {
        return copy(item, item.modelVersion(), item.batch(), new LabelingItem.Planted("GOLD", answer));
    }

    private static LabelingItem copy(
            LabelingItem item,
            String modelVersion,
            LabelingItem.@Nullable Batch batch,
            LabelingItem.@Nullable Planted planted) {
        return new LabelingItem(
                item.reference(),
                item.itemId(),
                item.runId(),
                item.roundId(),
                item.useCase(),
                item.signal(),
                item.segment(),
                item.score(),
                item.rank(),
                item.design(),
                item.inclusionProbability(),
                item.site(),
                item.group(),
                modelVersion,
                item.predicted(),
                item.confidence(),
                item.old(),
                batch,
                planted);
    }

    /** The same item with old boxes. */
    public static LabelingItem withBoxes(LabelingItem item) {
        return item.with(boxes());
    }

    /** The same item with the boxes of an attribute {@code boxes} in the shape of Ground Truth's output. */
    public static LabelingItem withBoxes(LabelingItem item, String line) {
        return item.with(OldLabel.of(json(line), "boxes").orElseThrow());
    }

    /** The same item, predicted by another version. */
    public static LabelingItem ofModel(String modelVersion, LabelingItem item) {
        return copy(item, modelVersion, item.batch(), item.planted());
    }

    /** A job of some type, otherwise as {@code config} says. */
    public static LabelingJob job(WinnowConfig config, TaskType type, List<LabelingItem> items, List<String> labels) {
        String useCase = items.get(0).useCase();
        return new LabelingJob(
                "p-dock-2026-10-01-1-1-0a1b2c3d",
                "p",
                PREFIX,
                "s3://labels/p/answers/",
                useCase,
                type,
                items,
                labels,
                config.labeling().task(useCase),
                null);
    }

    /** A configuration with an account and some more of {@code labeling}. */
    public static WinnowConfig configured(String labeling) {
        return Configs.of("labeling { " + ACCOUNT + labeling + " }");
    }

    /** Returns the values of the choices or boxes of a configuration of Label Studio, as its XML is read. */
    public static List<String> offered(String config) {
        try {
            NodeList tags = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(config)))
                    .getElementsByTagName("*");
            return IntStream.range(0, tags.getLength())
                    .mapToObj(tags::item)
                    .filter(tag -> tag.getNodeName().matches("Choice|Label"))
                    .map(tag -> tag.getAttributes().getNamedItem("value").getNodeValue())
                    .toList();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError(config, e);
        }
    }

    /** Parses a text. */
    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Reads a file. */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
