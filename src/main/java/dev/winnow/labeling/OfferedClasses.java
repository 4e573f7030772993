package dev.winnow.labeling;

import dev.winnow.config.TaskType;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which classes of a use case people can be offered. Nobody chose the names that models give with care: one that whoever
 * runs the jobs can't show is left out, and a sentence says so, for a refusal would stop the jobs of all.
 */
final class OfferedClasses {
    private final String useCase;
    private final LabelingTarget target;
    private final TaskType type;
    private final TreeSet<String> leftOut = new TreeSet<>();

    OfferedClasses(String useCase, LabelingTarget target, TaskType type) {
        this.useCase = useCase;
        this.target = target;
        this.type = type;
    }

    /** Returns whether a class can be offered, and takes a note if not; null is no class. */
    boolean has(@Nullable String label) {
        if (label == null || target.offers(type, label)) {
            return true;
        }
        leftOut.add(label);
        return false;
    }

    /**
     * Says what was left out, if anything.
     *
     * @param effects on items, each with its blank; empty for none
     */
    void tell(String effects, List<String> sentences) {
        if (!leftOut.isEmpty()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: %,d classes whose names can't be offered in %s are left out, such as \"%s\"%s: give them other"
                            + " names",
                    LabelingJob.shown(useCase),
                    leftOut.size(),
                    target.kind().id(),
                    LabelingJob.shown(leftOut.first()),
                    effects));
        }
    }
}
