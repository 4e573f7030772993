package dev.winnow.progress;

import dev.winnow.answers.Answers;
import dev.winnow.config.PilotSettings;
import dev.winnow.progress.AnswerPairs.Given;
import dev.winnow.stats.AgreementSums;
import dev.winnow.stats.Interval;
import dev.winnow.stats.Normal;
import dev.winnow.stats.StudentT;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the answers to a pilot say, of the items that enough people answered.
 *
 * @param items judged: answered by at least three people
 * @param answers to these
 * @param agreement mean over items of the share of pairs that are the same; null without items
 * @param agreementRange Wilson over items: the spread of a share inside [0, 1] is at most that of a yes or no, so it holds for
 *     any number of people an item; null without items
 * @param alpha Krippendorff's, of one class an item; null where there is none
 * @param alphaRange jackknife over groups of items; null where too few tell
 * @param seconds mean time of an answer, seconds; null where no answer tells
 * @param secondsRange Student's t over the items' means; null where fewer than two items tell
 */
record PilotEvidence(
        long items,
        long answers,
        @Nullable Double agreement,
        @Nullable Interval agreementRange,
        @Nullable Double alpha,
        @Nullable Interval alphaRange,
        @Nullable Double seconds,
        @Nullable Interval secondsRange) {
    private static final int GROUPS = 50;

    /**
     * Judges the answers to some items.
     *
     * @param byItem item to answers, one of each person; an order, because sums of doubles have one
     * @param level of the intervals, two-sided
     */
    static PilotEvidence of(NavigableMap<String, List<Given>> byItem, double level) {
        List<List<Given>> judged = byItem.values().stream()
                .filter(given -> given.size() >= PilotSettings.MIN_WORKERS)
                .toList();
        double shares = 0;
        long answers = 0;
        List<Double> times = new ArrayList<>();
        for (List<Given> given : judged) {
            shares += AnswerPairs.mean(given);
            answers += given.size();
            given.stream()
                    .map(Given::seconds)
                    .filter(Objects::nonNull)
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .ifPresent(times::add);
        }
        int items = judged.size();
        double time = times.stream().mapToDouble(t -> t).sum() / Math.max(1, times.size());
        List<AgreementSums> groups = groups(judged);
        AgreementSums all = new AgreementSums(classes(judged).size());
        groups.forEach(all::add);
        return new PilotEvidence(
                items,
                answers,
                items == 0 ? null : shares / items,
                items == 0 ? null : Interval.wilson(Math.min(shares, items), items, Normal.twoSided(level)),
                all.alpha(),
                AgreementSums.jackknife(groups, AgreementSums::alpha, level),
                times.isEmpty() ? null : time,
                range(times, time, level));
    }

    private static @Nullable Interval range(List<Double> times, double mean, double level) {
        if (times.size() < 2) {
            return null;
        }
        double squares = 0;
        for (double time : times) {
            squares += (time - mean) * (time - mean);
        }
        int degrees = times.size() - 1;
        double half = StudentT.twoSided(level, degrees) * Math.sqrt(squares / degrees / times.size());
        return new Interval(mean - half, mean + half);
    }

    /** Votes for one class an item; none of tasks that have no such answer. */
    private static List<AgreementSums> groups(List<List<Given>> judged) {
        Map<String, Integer> classes = classes(judged);
        List<AgreementSums> groups = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            groups.add(new AgreementSums(classes.size()));
        }
        for (int item = 0; item < judged.size(); item++) {
            int[] votes = new int[classes.size()];
            for (Given given : judged.get(item)) {
                Integer place = given.label() == null ? null : classes.get(given.label());
                if (place != null) {
                    votes[place]++;
                }
            }
            groups.get(item % GROUPS).add(votes);
        }
        return groups;
    }

    private static Map<String, Integer> classes(List<List<Given>> judged) {
        Map<String, Integer> classes = new TreeMap<>();
        judged.forEach(answers -> answers.forEach(given -> {
            boolean one =
                    given.task().equals(Answers.CLASSIFICATION) || given.task().equals(Answers.REVIEW);
            if (one && given.label() != null) {
                classes.putIfAbsent(given.label(), classes.size());
            }
        }));
        return classes;
    }
}
