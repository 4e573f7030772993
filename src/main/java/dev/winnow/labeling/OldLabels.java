package dev.winnow.labeling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskSettings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.tables.InputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the old labels of a round's items in an augmented manifest.
 *
 * <p>The manifest is read whole, one at a time: at most 100,000 lines of 100,000 characters as Ground Truth has them,
 * in practice some hundred megabytes. Only labels of the round's items are kept.
 */
final class OldLabels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore objects;

    OldLabels(ObjectStore objects) {
        this.objects = objects;
    }

    /** Returns the items with the labels of the last line that names their image; those without one as they are. */
    List<LabelingItem> join(List<LabelingItem> items, TaskSettings task, Round round) {
        if (task.oldLabelsPath().isEmpty()) {
            return items;
        }
        String uri = task.oldLabelsPath().replace("{date}", round.date().toString());
        String text = objects.get(uri)
                .orElseThrow(() -> new ConfigException("old-labels.path: nothing is at " + uri
                        + "; write the labels of the day there, or choose a task type that shows none"))
                .text();
        Set<String> wanted = items.stream().map(LabelingItem::reference).collect(Collectors.toSet());
        Map<String, OldLabel> found = new HashMap<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            if (!line.isBlank()) {
                JsonNode parsed = parse(line, uri, number);
                String image = parsed.path("source-ref").asText();
                if (wanted.contains(image)) {
                    OldLabel.of(parsed, task.oldLabelsAttribute()).ifPresent(label -> found.put(image, label));
                }
            }
        }
        return items.stream()
                .map(item -> item.blind() ? item : item.with(found.get(item.reference())))
                .toList();
    }

    private static JsonNode parse(String line, String uri, int number) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new InputException("old-labels.path: line " + number + " of " + uri + " is not JSON");
        }
    }
}
