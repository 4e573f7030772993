package dev.winnow.analysis;

import dev.winnow.analysis.ClassNeed.Trained;
import dev.winnow.config.ImbalanceSettings;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.stats.EffectiveNumber;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a use case was trained on by effective numbers: classes with each other, and under each value of a dimension. */
final class TrainingShares {
    private record Count(long samples, long bursts) {
        Count plus(Count other) {
            return new Count(samples + other.samples, bursts + other.bursts);
        }
    }

    /** What is compared: classes as a whole, or all of one dimension. */
    private static final class Group {
        private final Map<String, Map<String, Count>> counts = new TreeMap<>(); // by class and value
        private long samples;
        private double effective;
        private double median;
    }

    private static final String WHOLE = "";

    private final ImbalanceSettings settings;
    private final EffectiveNumber effective;
    private final Map<String, Group> groups = new TreeMap<>();

    /**
     * Sums counts.
     *
     * @param counts of the use case or of every one; empty where it is not known what was trained on
     * @param dimensions dimensions by which the training set is counted
     */
    TrainingShares(ImbalanceSettings settings, List<TrainingSet.Count> counts, Collection<String> dimensions) {
        this.settings = settings;
        this.effective = new EffectiveNumber(settings.beta());
        if (counts.isEmpty()) {
            return;
        }
        groups.put(WHOLE, new Group());
        dimensions.forEach(dimension -> groups.put(dimension, new Group()));
        for (TrainingSet.Count count : counts) {
            Group group = groups.get(Objects.requireNonNullElse(count.dimension(), WHOLE));
            if (group != null) {
                group.counts
                        .computeIfAbsent(count.label(), l -> new TreeMap<>())
                        .merge(
                                Objects.requireNonNullElse(count.value(), WHOLE),
                                new Count(count.samples(), count.bursts()),
                                Count::plus);
            }
        }
        groups.values().forEach(this::sum);
    }

    private void sum(Group group) {
        double[] numbers = group.counts.values().stream()
                .flatMap(values -> values.values().stream())
                .peek(count -> group.samples += count.samples)
                .mapToDouble(count -> effective.of((double) count.bursts))
                .filter(number -> number > 0)
                .sorted()
                .toArray();
        for (double number : numbers) {
            group.effective += number;
        }
        int half = numbers.length / 2;
        if (numbers.length > 0) {
            group.median = numbers.length % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
        }
    }

    /** Returns whether it is known what was trained on. */
    boolean known() {
        return !groups.isEmpty();
    }

    /** Returns the classes, and under conditions what was trained on there. */
    List<ClassAt> keys() {
        return groups.entrySet().stream()
                .flatMap(group -> group.getValue().counts.entrySet().stream()
                        .flatMap(of -> of.getValue().keySet().stream()
                                .map(value -> group.getKey().equals(WHOLE)
                                        ? ClassAt.whole(of.getKey())
                                        : new ClassAt(of.getKey(), group.getKey(), value))))
                .toList();
    }

    private @Nullable Group group(@Nullable String dimension) {
        return groups.get(Objects.requireNonNullElse(dimension, WHOLE));
    }

    private static Count count(Group group, ClassAt key) {
        return group.counts
                .getOrDefault(key.label(), Map.of())
                .getOrDefault(Objects.requireNonNullElse(key.value(), WHOLE), new Count(0, 0));
    }

    /** Returns what a class was trained on; null where the training set is not known or not counted so. */
    @Nullable
    Trained of(ClassAt key) {
        Group group = group(key.dimension());
        if (group == null) {
            return null;
        }
        Count count = count(group, key);
        double number = effective.of((double) count.bursts);
        return new Trained(
                count.samples,
                count.bursts,
                number,
                group.samples == 0 ? 0 : (double) count.samples / group.samples,
                group.effective == 0 ? 0 : number / group.effective,
                number < settings.thin() * group.median,
                group.median);
    }

    /**
     * Returns the class' share of the effective numbers by which need is divided; a class that was never trained on counts
     * like one sample, so that its need is finite. Null where the training set is not counted so.
     */
    @Nullable
    Double shareOfNeed(ClassAt key) {
        Group group = group(key.dimension());
        return group == null
                ? null
                : Double.valueOf(Math.min(
                        1,
                        Math.max(1, effective.of((double) count(group, key).bursts)) / Math.max(1, group.effective)));
    }

    /** Returns the distinct images that bring a class to the target; null where the training set is not counted so. */
    @Nullable
    Long wanted(ClassAt key) {
        Group group = group(key.dimension());
        if (group == null) {
            return null;
        }
        double samples = effective.samples(settings.target() * group.median);
        return (long) Math.min(settings.maxImages(), Math.max(0, Math.ceil(samples - count(group, key).bursts)));
    }

    /** Returns how many labels of a class were trained on. */
    long samples(String label) {
        Group group = group(null);
        return group == null ? 0 : count(group, ClassAt.whole(label)).samples;
    }
}
