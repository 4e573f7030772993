package dev.winnow.export;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * A COCO file: categories, images and annotations, numbered from 1 in the order of items. Boxes are [left, top, width,
 * height] in pixels of the stored image; {@code file_name} is the image's URI. The image's size is not known here and left
 * out.
 *
 * <p>COCO wants all images before all annotations: annotations go to a second file meanwhile, so memory holds one item.
 */
final class CocoFile implements TrainingFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Classes classes;
    private final Path annotationsFile;
    private final OutputStream file;
    private final JsonGenerator images;
    private final OutputStream annotations;
    private long lastImage;
    private long lastAnnotation;

    /**
     * Opens the file.
     *
     * @param file in a folder where a second file may lie for a while
     */
    CocoFile(Path file, Classes classes) throws IOException {
        this.classes = classes;
        this.annotationsFile = file.resolveSibling(file.getFileName() + ".annotations");
        this.annotations = new BufferedOutputStream(Files.newOutputStream(annotationsFile));
        this.file = new BufferedOutputStream(Files.newOutputStream(file));
        this.images = new JsonFactory().createGenerator(this.file, JsonEncoding.UTF8);
        images.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        images.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
        images.setCodec(JSON);
        images.writeStartObject();
        images.writeObjectField("categories", categories());
        images.writeArrayFieldStart("images");
    }

    private List<Map<String, Object>> categories() {
        List<Map<String, Object>> categories = new ArrayList<>();
        for (String name : classes.names()) {
            Map<String, Object> category = new LinkedHashMap<>();
            category.put("id", classes.number(name) + 1);
            category.put("name", name);
            categories.add(category);
        }
        return categories;
    }

    @Override
    public void add(Row item) throws IOException {
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("id", ++lastImage);
        image.put("file_name", item.getAs(Inferences.IMAGE_URI));
        image.put("item_id", item.getAs(Labels.ITEM_ID));
        image.put("camera_id", item.getAs(Inferences.CAMERA_ID));
        image.put("weight", item.getAs(TrainingItems.WEIGHT));
        images.writeObject(image);
        for (JsonNode box : Classes.answer(item)) {
            double width = box.path("width").asDouble();
            double height = box.path("height").asDouble();
            Map<String, Object> annotation = new LinkedHashMap<>();
            annotation.put("id", ++lastAnnotation);
            annotation.put("image_id", lastImage);
            annotation.put("category_id", classes.number(box.path("label").asText()) + 1);
            annotation.put(
                    "bbox", List.of(box.path("left").asDouble(), box.path("top").asDouble(), width, height));
            annotation.put("area", width * height);
            annotation.put("iscrowd", 0);
            annotations.write((lastAnnotation == 1 ? "" : ",").getBytes(StandardCharsets.UTF_8));
            annotations.write(JSON.writeValueAsBytes(annotation));
        }
    }

    @Override
    public void close() throws IOException {
        try (OutputStream whole = file) {
            annotations.close();
            images.writeEndArray();
            images.flush();
            whole.write(",\"annotations\":[".getBytes(StandardCharsets.UTF_8));
            try (InputStream written = new BufferedInputStream(Files.newInputStream(annotationsFile))) {
                written.transferTo(whole);
            }
            whole.write("]}\n".getBytes(StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(annotationsFile);
        }
    }
}
