package dev.winnow.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answers;
import dev.winnow.stats.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far two answers to one item are the same, fraction. */
final class AnswerPairs {
    /** Boxes that overlap so far are of one object (Everingham et al. 2010, PASCAL VOC). */
    private static final double HALF = 0.5;

    private static final ObjectMapper JSON = new ObjectMapper();

    private AnswerPairs() {}

    /**
     * One person's answer.
     *
     * @param task as in {@link Answers}
     * @param label class or verdict; null for other tasks
     * @param answer JSON of other tasks; null of classes
     * @param seconds that it took; null where nothing tells
     */
    record Given(
            String task,
            @Nullable String label,
            @Nullable String answer,
            @Nullable Double seconds) {}

    /**
     * Returns 1 for the same class and 0 for another; of sets of classes what is in both over what is in either; of boxes
     * twice the pairs of the same class that overlap by half, over all boxes. Two empty answers are the same.
     */
    static double same(Given one, Given other) {
        if (!one.task.equals(other.task)) {
            return 0;
        }
        return switch (one.task) {
            case Answers.MULTI_LABEL -> jaccard(classes(one), classes(other));
            case Answers.BOXES -> f1(boxes(one), boxes(other));
            default -> one.label != null && one.label.equals(other.label) ? 1 : 0;
        };
    }

    /** Returns the mean over all pairs; at least two answers. */
    static double mean(List<Given> answers) {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < answers.size(); i++) {
            for (int j = i + 1; j < answers.size(); j++) {
                sum += same(answers.get(i), answers.get(j));
                pairs++;
            }
        }
        return sum / pairs;
    }

    private static double jaccard(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.retainAll(other);
        Set<String> either = new HashSet<>(one);
        either.addAll(other);
        return either.isEmpty() ? 1 : (double) both.size() / either.size();
    }

    private record Drawn(String label, Box box) {}

    private record Match(int one, int other, double overlap) {}

    private static double f1(List<Drawn> one, List<Drawn> other) {
        if (one.isEmpty() && other.isEmpty()) {
            return 1;
        }
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            for (int j = 0; j < other.size(); j++) {
                double overlap = one.get(i).box.iou(other.get(j).box);
                if (overlap >= HALF && one.get(i).label.equals(other.get(j).label)) {
                    matches.add(new Match(i, j, overlap));
                }
            }
        }
        matches.sort(Comparator.comparingDouble(Match::overlap)
                .reversed()
                .thenComparingInt(Match::one)
                .thenComparingInt(Match::other));
        Set<Integer> ofOne = new HashSet<>();
        Set<Integer> ofOther = new HashSet<>();
        for (Match match : matches) {
            if (!ofOne.contains(match.one) && !ofOther.contains(match.other)) {
                ofOne.add(match.one);
                ofOther.add(match.other);
            }
        }
        return 2.0 * ofOne.size() / (one.size() + other.size());
    }

    private static Set<String> classes(Given given) {
        Set<String> classes = new HashSet<>();
        parse(given).forEach(label -> classes.add(label.asText()));
        return classes;
    }

    private static List<Drawn> boxes(Given given) {
        List<Drawn> boxes = new ArrayList<>();
        parse(given).forEach(box -> {
            double left = box.path("left").asDouble();
            double top = box.path("top").asDouble();
            boxes.add(new Drawn(
                    box.path("label").asText(),
                    new Box(
                            left,
                            top,
                            left + box.path("width").asDouble(),
                            top + box.path("height").asDouble())));
        });
        return boxes;
    }

    private static JsonNode parse(Given given) {
        try {
            return JSON.readTree(given.answer == null ? "[]" : given.answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored answer is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
