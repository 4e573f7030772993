package dev.winnow.analysis;

import dev.winnow.inputs.TrainingSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What labels of alarms, customers and training set are called in one use case: alarms say how a class is written, and
 * what else means it by spelling or synonym takes that name.
 */
final class ClassNames {
    private final Set<String> classes = new TreeSet<>();
    private final Map<String, String> names = new TreeMap<>();
    private final List<TrainingSet.Count> training;

    /**
     * Names the labels.
     *
     * @param labels label of cells to whether any alarm names it
     * @param configured labels of the configuration
     * @param counts of the training set, of this use case
     */
    ClassNames(
            Synonyms synonyms,
            Map<String, Boolean> labels,
            Collection<String> configured,
            List<TrainingSet.Count> counts) {
        labels.forEach((label, alarmed) -> {
            if (alarmed) {
                classes.add(label);
            }
        });
        configured.stream().filter(label -> !means(synonyms, label)).forEach(classes::add);
        Synonyms.Vocabulary written = synonyms.of(classes);
        this.training = named(counts, written);
        training.forEach(count -> classes.add(count.label()));
        Synonyms.Vocabulary all = synonyms.of(classes);
        labels.keySet().forEach(label -> {
            if (classes.contains(label)) {
                names.put(label, label);
            } else {
                all.classOf(label).ifPresent(name -> names.put(label, name));
            }
        });
    }

    private boolean means(Synonyms synonyms, String label) {
        return synonyms.of(classes).classOf(label).filter(classes::contains).isPresent();
    }

    private List<TrainingSet.Count> named(List<TrainingSet.Count> counts, Synonyms.Vocabulary written) {
        Map<List<@Nullable String>, TrainingSet.Count> named = new LinkedHashMap<>();
        for (TrainingSet.Count count : counts) {
            String label =
                    written.classOf(count.label()).filter(classes::contains).orElse(count.label());
            List<@Nullable String> key = new ArrayList<>();
            key.add(label);
            key.add(count.dimension());
            key.add(count.value());
            named.merge(
                    key,
                    new TrainingSet.Count(
                            count.useCase(), label, count.dimension(), count.value(), count.samples(), count.bursts()),
                    (one, other) -> new TrainingSet.Count(
                            one.useCase(),
                            label,
                            one.dimension(),
                            one.value(),
                            one.samples() + other.samples(),
                            one.bursts() + other.bursts()));
        }
        return List.copyOf(named.values());
    }

    /** Label of cells to the class it means, or to a word that is no class; labels without a letter or digit are left out. */
    Map<String, String> names() {
        return names;
    }

    /** All classes, sorted. */
    Set<String> classes() {
        return classes;
    }

    /** Whether the model was trained on it, can name it, or is said to. */
    boolean isClass(String name) {
        return classes.contains(name);
    }

    /** Counts of the training set by the names of classes. */
    List<TrainingSet.Count> training() {
        return training;
    }
}
