package dev.winnow.labeling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Ground Truth input manifests for image classification: one JSON object a line.
 *
 * <p>Keys beside {@code source-ref} pass through to the output unchanged; they carry where the line came from. The
 * prediction is not among them: whoever labels a drawn line (audit, model check) must not see it. So that names no segment either,
 * for a segment may be one of predicted classes. Characters beyond ASCII are escaped: some of them end a line for some
 * readers.
 */
final class Manifest {
    /** Order of the lines: signal, rank, item. */
    static final Comparator<Row> ORDER = Comparator.comparing((Row row) -> row.<String>getAs(Selections.SIGNAL))
            .thenComparing(row -> row.<Integer>getAs(Selections.RANK))
            .thenComparing(row -> row.<String>getAs(Selections.ITEM_ID));

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Longest text beside the image, by judgement: Ground Truth takes 20,000 characters, a name is shorter. */
    private static final int MAX_TEXT = 1_000;

    private Manifest() {}

    /** Writes the lines of {@code selections}, in their order, to {@code file}. */
    static void write(Path file, List<Row> selections) {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Row row : selections) {
                out.write(line(row));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing the manifest to " + file + " failed", e);
        }
    }

    /** Returns the line of one row shaped like {@link Selections}. */
    static String line(Row row) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("source-ref", row.getAs(Inferences.IMAGE_URI));
        line.put("item-id", row.getAs(Selections.ITEM_ID));
        line.put("run-id", row.getAs(Selections.RUN_ID));
        line.put("round-id", row.getAs(Selections.ROUND_ID));
        line.put("use-case", shortened(row.getAs(Inferences.USE_CASE)));
        line.put("signal", row.getAs(Selections.SIGNAL));
        boolean blind = Candidates.DRAWN.contains(row.<String>getAs(Selections.SIGNAL));
        line.put("segment", blind ? null : shortened(row.getAs(Selections.SEGMENT)));
        line.put("score", row.getAs(Selections.SCORE));
        line.put("rank", row.getAs(Selections.RANK));
        line.put("design", row.getAs(Selections.DESIGN));
        line.put("inclusion-probability", row.getAs(Selections.INCLUSION_PROBABILITY));
        return json(line);
    }

    private static @Nullable String shortened(@Nullable String text) {
        if (text == null || text.length() <= MAX_TEXT) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, MAX_TEXT / 2)) + "...";
    }

    /** Returns the label category file of a job. */
    static String labelCategories(List<String> labels) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("document-version", "2018-11-28");
        file.put("labels", labels.stream().map(label -> Map.of("label", label)).toList());
        return json(file);
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of texts and numbers can be written as JSON", e);
        }
    }
}
