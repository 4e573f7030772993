package dev.winnow.labeling;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toList;

import dev.winnow.config.PilotSettings;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import dev.winnow.stats.Digest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * Which items of a use case are asked about first. They are drawn by hash, so that they are a fair sample of what waits for
 * them whatever its order, and planted items with them in proportion. What is labeled blind neither waits nor is drawn.
 */
final class PilotDraw {
    private static final int HASH_DIGITS = 16;

    private final Map<TaskType, String> keys = new HashMap<>();
    private final Set<String> drawn = new HashSet<>();

    /**
     * Draws the pilots of the questions that need one.
     *
     * @param items of one use case
     * @param type of an item's question
     * @param labels configured categories
     * @param known pilots by key, rows of {@link Pilots}
     */
    PilotDraw(
            String useCase,
            TaskSettings task,
            List<LabelingItem> items,
            Function<LabelingItem, TaskType> type,
            List<String> labels,
            Map<String, Row> known) {
        if (!task.pilot().on()) {
            return;
        }
        items.stream().filter(item -> !item.blind()).collect(groupingBy(type)).forEach((question, lines) -> {
            String key = Pilots.key(useCase, question, task, labels);
            Row pilot = known.get(key);
            String state = pilot == null ? Pilots.RUNNING : pilot.getAs(Pilots.STATE);
            if (question.comparable() && !state.equals(Pilots.RELEASED)) {
                keys.put(question, key);
                Long missing = pilot == null ? null : pilot.getAs(Pilots.MISSING);
                draw(lines, Math.max(task.pilot().items(), missing == null ? 0 : missing));
            }
        });
    }

    private void draw(List<LabelingItem> lines, long wanted) {
        Map<Boolean, List<LabelingItem>> planted = lines.stream()
                .sorted(Comparator.comparing(PilotDraw::place).thenComparing(LabelingItem::itemId))
                .collect(partitioningBy(item -> item.planted() != null, toList()));
        List<LabelingItem> own = planted.getOrDefault(false, List.of());
        List<LabelingItem> tests = planted.getOrDefault(true, List.of());
        int first = (int) Math.min(own.size(), Math.min(wanted, PilotSettings.MAX_ITEMS));
        int firstTests = own.isEmpty() ? tests.size() : (int) Math.ceil((double) tests.size() * first / own.size());
        own.subList(0, first).forEach(item -> drawn.add(item.itemId()));
        tests.subList(0, firstTests).forEach(item -> drawn.add(item.itemId()));
    }

    private static String place(LabelingItem item) {
        return new Digest().add("pilot").add(item.itemId()).hex(HASH_DIGITS);
    }

    /** Returns whether an item is asked about in the pilot of its question. */
    boolean isFirst(LabelingItem item) {
        return drawn.contains(item.itemId()) && !item.blind();
    }

    /** Returns whether items that people may see with a prediction wait for a pilot, or are it. */
    boolean comesFirst(TaskType question) {
        return keys.containsKey(question);
    }

    /** Returns the key of the pilot of such a question. */
    String key(TaskType question) {
        String key = keys.get(question);
        if (key == null) {
            throw new IllegalArgumentException("There is no pilot of " + question);
        }
        return key;
    }
}
