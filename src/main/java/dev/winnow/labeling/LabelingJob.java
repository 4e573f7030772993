package dev.winnow.labeling;

import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One labeling job, before anyone runs it.
 *
 * @param name derived, so that it exists once
 * @param pipeline whose job it is
 * @param prefix where its files will lie, a URI or path with a slash at the end
 * @param output where answers go unless the target is told otherwise, with a slash at the end
 * @param useCase use case of all items
 * @param type the question; one that shows no prediction where the items are labeled blind
 * @param items in their order, at least one
 * @param labels categories that are offered, in their order
 * @param task what else is asked
 * @param pilot the pilot that it is, or waits for; null for none
 */
public record LabelingJob(
        String name,
        String pipeline,
        String prefix,
        String output,
        String useCase,
        TaskType type,
        List<LabelingItem> items,
        List<String> labels,
        TaskSettings task,
        @Nullable Pilot pilot) {

    /**
     * A job's part in a pilot.
     *
     * @param key of the pilot, see {@link Pilots}
     * @param first whether it is the pilot; else it waits for it
     */
    public record Pilot(String key, boolean first) {}

    /** Returns whether nobody who labels its items may see what a model or another person said of them. */
    public boolean blind() {
        return items.stream().anyMatch(LabelingItem::blind);
    }

    /** Returns whether people answer all of it: an audit or a pilot that stops at the easy half estimates nothing. */
    public boolean answeredWhole() {
        return blind() || (pilot != null && pilot.first);
    }

    /** Returns the key of a setting of the task, for messages. */
    public String key(String setting) {
        return "labeling.tasks." + shown(useCase) + "." + setting;
    }

    /** Returns the key of the offered categories, for messages. */
    public String labelsKey() {
        return "use-cases." + shown(useCase) + ".labels";
    }

    /** Names of use cases may be of any length, messages may not. */
    static String shown(String useCase) {
        String plain = useCase.replaceAll("\\p{Cntrl}", " ");
        return plain.codePointCount(0, plain.length()) <= 60
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, 60)) + "...";
    }
}
