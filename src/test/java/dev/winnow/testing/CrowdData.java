package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.stats.AnswerBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Real answers of many people to the same items, with the published truth. */
public record CrowdData(Path folder, List<String> items, List<String> workers, List<String> labels, AnswerBlock block) {
    private static final Path DATA = Path.of("../shared/data");

    /** Reads {@code answers.csv} of a data set; items, workers and labels in the order of their texts. */
    public static CrowdData of(String name) {
        Path folder = DATA.resolve(name);
        TreeMap<String, List<String[]>> byItem = new TreeMap<>();
        TreeSet<String> workers = new TreeSet<>();
        TreeSet<String> labels = new TreeSet<>();
        for (String[] cells : rows(folder.resolve("answers.csv"))) {
            String label = cells[cells.length - 1];
            byItem.computeIfAbsent(cells[0], item -> new ArrayList<>()).add(new String[] {cells[1], label});
            workers.add(cells[1]);
            labels.add(label);
        }
        List<String> workerNames = List.copyOf(workers);
        List<String> labelNames = List.copyOf(labels);
        AnswerBlock.Builder block = new AnswerBlock.Builder(labelNames.size());
        byItem.forEach((item, answers) -> {
            answers.forEach(answer -> block.answer(workerNames.indexOf(answer[0]), labelNames.indexOf(answer[1])));
            block.item(AnswerBlock.NO_TRUTH);
        });
        return new CrowdData(folder, List.copyOf(byItem.keySet()), workerNames, labelNames, block.build());
    }

    /** Returns the truth by item. */
    public Map<String, String> truth() {
        Map<String, String> truth = new TreeMap<>();
        rows(folder.resolve("truth.csv")).forEach(cells -> truth.put(cells[0], cells[1]));
        return truth;
    }

    /** Returns the reference numbers of the data set. */
    public JsonNode reference() {
        try {
            return new ObjectMapper().readTree(folder.resolve("reference.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String[]> rows(Path csv) {
        try {
            return Files.readAllLines(csv).stream()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
