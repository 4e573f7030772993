package dev.winnow.pipeline;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.TableStore;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** Sixty frames of one day, small enough to run the daily path many times. */
final class TinyFleet {
    static final LocalDate DAY = LocalDate.parse("2026-10-01");

    private TinyFleet() {}

    /** Writes the logs below {@code folder}. */
    static void write(Path folder) {
        List<String> inferences = new ArrayList<>();
        List<String> feedback = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String label = i % 6 == 0 ? "" : ",\"predicted_label\":\"" + (i % 2 == 0 ? "bag" : "knife") + "\"";
            inferences.add("""
                    {"inference_id":"id%d","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T01:00:%02dZ",\
                    "event_date":"2026-10-01","use_case":"%s","model_version":"m","site_id":"s%d","camera_id":"c%d",\
                    "confidence":%s,"light":"%s","rain":"%s"%s}""".formatted(
                            i,
                            i,
                            i,
                            i % 5 == 0 ? "gate" : "dock",
                            i % 3,
                            i % 9,
                            i % 20 / 20.0,
                            i % 4 == 0 ? "night" : "day",
                            i % 7 == 0 ? "wet" : "dry",
                            label));
            if (i % 4 == 1) {
                feedback.add("""
                        {"feedback_id":"f%d","inference_id":"id%d","event_date":"2026-10-01","verdict":"%s",\
                        "reported_at":"2026-10-01T05:00:00Z"}""".formatted(i, i, i % 3 == 0 ? "FALSE_POSITIVE" : "CONFIRMED"));
            }
        }
        try {
            Files.createDirectories(folder.resolve("inferences"));
            Files.createDirectories(folder.resolve("feedback"));
            Files.write(folder.resolve("inferences/day.json"), inferences);
            Files.write(folder.resolve("feedback/day.json"), feedback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A store with two of the images that feedback calls wrong; the others are not there. */
    static MemoryObjects objects() {
        MemoryObjects objects = new MemoryObjects();
        for (int i : new int[] {9, 21}) {
            BufferedImage image = new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB);
            image.setRGB(i, i, 0xFFFFFF);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                ImageIO.write(image, "png", bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            objects.put("s3://bucket/" + i + ".jpg", bytes.toByteArray());
        }
        return objects;
    }

    /** A pipeline over the logs with one frame dimension. */
    static Pipeline pipeline(Path folder, String name, String dimension, TableStore tables, ObjectStore objects) {
        return pipeline(folder, name, dimension, tables, objects, "");
    }

    /** The same with more configuration. */
    static Pipeline pipeline(
            Path folder, String name, String dimension, TableStore tables, ObjectStore objects, String more) {
        return Pipeline.of(folder, """
                pipeline = %s
                warehouse = "$root/warehouse"
                labeling { path = "/rounds", check-images = false, max-lines = 5 }
                inputs.inferences {
                  path = "$root/inferences", format = json, dimensions { %s = %s }
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, confidence DOUBLE, \
                light STRING, rain STRING"
                  columns { captured_at = captured_at }
                }
                inputs.feedback {
                  path = "$root/feedback", format = json
                  schema = "feedback_id STRING, inference_id STRING, event_date DATE, verdict STRING, reported_at TIMESTAMP"
                }
                segments.min-judged = 1
                use-cases.default { budget = 8, audit-share = 0.25 }
                use-cases.gate { budget = 4, audit-share = 0.25, labels = [bag, knife] }
                %s
                """.formatted(name, dimension, dimension, more), tables, objects);
    }

    /** All rows of a pipeline's tables, sorted. */
    static Map<String, List<String>> tables(Pipeline pipeline) {
        Map<String, List<String>> content = new TreeMap<>();
        pipeline.tables().names().forEach(table -> content.put(table, pipeline.content(table)));
        return content;
    }

    /** Published files of a pipeline with their text. */
    static Map<String, String> files(ObjectStore objects, String pipeline) {
        Map<String, String> files = new TreeMap<>();
        objects.list("/rounds/" + pipeline + "/")
                .forEach(uri -> files.put(
                        uri, objects.get(uri).map(ObjectStore.Versioned::text).orElse("")));
        return files;
    }
}
