package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ImageScore;
import dev.winnow.config.SegmentAllocation;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.Uncertainty;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.ClassThresholds;
import dev.winnow.inputs.Feedback;
import dev.winnow.ports.ImageStore;
import dev.winnow.runtime.ItemReferences;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the budget of one use case was spent, in plain values.
 *
 * @param pool what it could be spent on
 * @param settings budget, caps and thresholds
 * @param spent what was chosen and what was passed over
 * @param missing images that would have been chosen if they were there and people could be shown them
 */
record Spending(UseCasePool pool, UseCaseSettings settings, BudgetSolver.Spent spent, int missing) {
    /**
     * Spends until every chosen image exists: missing ones are replaced, so that the total stays exact.
     *
     * @param subject what the items are
     * @param images asked at most once for each image
     */
    static Spending of(UseCasePool pool, UseCaseSettings settings, Subject subject, ImageStore images) {
        Set<String> checked = new HashSet<>();
        Set<String> absent = new HashSet<>();
        while (true) {
            BudgetSolver.Spent spent = BudgetSolver.spend(
                    settings,
                    pool.items(),
                    pool.held(),
                    item -> ItemReferences.usable(subject, item.imageUri()) && !absent.contains(item.imageUri()));
            Set<String> unknown = images(spent);
            unknown.removeAll(checked);
            if (unknown.isEmpty() || !absent.addAll(images.missing(unknown))) {
                return new Spending(pool, settings, spent, absent.size());
            }
            checked.addAll(unknown);
        }
    }

    /** Use case whose budget it is. */
    String useCase() {
        return pool.useCase();
    }

    /** Images that were chosen. */
    Set<String> images() {
        return images(spent);
    }

    private static Set<String> images(BudgetSolver.Spent spent) {
        return spent.chosen().values().stream()
                .flatMap(Collection::stream)
                .map(PoolItem::imageUri)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The chosen images with their reasons, by signal in the order they were charged and by rank.
     *
     * @param speaking image to all signals that have it among their candidates
     */
    List<Selection> selections(Map<String, Set<String>> speaking) {
        Map<String, Double> probabilities = new TreeMap<>();
        Candidates.DRAWN.forEach(
                signal -> probabilities.put(signal, spent.probability(signal, pool.population(signal))));
        List<Selection> selections = new ArrayList<>();
        spent.chosen().forEach((signal, items) -> {
            for (int i = 0; i < items.size(); i++) {
                PoolItem item = items.get(i);
                selections.add(new Selection(
                        useCase(),
                        signal,
                        i + 1,
                        item,
                        score(signal, item),
                        item.segment(),
                        signals(signal, speaking.getOrDefault(item.imageUri(), Set.of())),
                        probabilities.get(signal),
                        reason(signal, item)));
            }
        });
        return selections;
    }

    /** What every signal was given and where it was cut. */
    List<SelectionCut> cuts() {
        List<SelectionCut> cuts = new ArrayList<>();
        spent.tallies().forEach((signal, tally) -> {
            List<PoolItem> items = spent.of(signal);
            Double lowest = items.stream()
                    .map(item -> score(signal, item))
                    .filter(Objects::nonNull)
                    .min(Double::compare)
                    .orElse(null);
            cuts.add(new SelectionCut(useCase(), signal, tally, items.size(), lowest));
        });
        return cuts;
    }

    /** What a person wants to know. */
    String sentence() {
        Map<String, Integer> counts = new TreeMap<>();
        spent.chosen().forEach((signal, items) -> counts.put(signal, items.size()));
        counts.values().removeIf(count -> count == 0);
        return String.format(
                Locale.ROOT,
                "%s: %,d of a budget of %,d selected %s%s%s",
                useCase(),
                spent.total(),
                settings.budget(),
                counts,
                missing > 0 ? ", " + missing + " missing, empty or too large images replaced" : "",
                spent.total() < settings.budget()
                        ? "; caps, missing, empty or too large images or too few candidates held the rest back (show selection_cuts)"
                        : "");
    }

    /** What a person wants to know where the floors of signals ask for more than there is; empty where they do not. */
    Optional<String> loweredFloors() {
        Map<String, Integer> lowered = new TreeMap<>();
        long asked = 0;
        boolean less = false;
        for (String signal : Candidates.SCORED) {
            int floor = settings.bounds(Candidates.settingOf(signal)).min();
            BudgetSolver.Tally tally = spent.tally(signal);
            if (floor > 0 && tally.eligible() > 0) {
                asked += floor;
                lowered.put(Candidates.settingOf(signal), tally.quota());
                less |= tally.quota() < floor;
            }
        }
        return less
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%s: the floors of signals (use-cases.<name>.signal-bounds) ask for %,d images, more than a budget of %,d"
                                + " leaves beside the draws, so they are lowered to %s",
                        useCase(),
                        asked,
                        settings.budget(),
                        lowered))
                : Optional.empty();
    }

    /** Draws do not follow scores, so theirs say nothing. */
    private static @Nullable Double score(String signal, PoolItem item) {
        return Candidates.SCORED.contains(signal) ? item.score() : null;
    }

    /** That an image could be drawn is no reason to label it, unless it was. */
    private static Set<String> signals(String charged, Set<String> speaking) {
        Set<String> signals = new TreeSet<>(speaking);
        signals.removeAll(Candidates.DRAWN);
        signals.add(charged);
        return signals;
    }

    private String reason(String signal, PoolItem item) {
        return switch (signal) {
            case Candidates.AUDIT -> "drawn uniformly from all frames of the day, to be labeled blind";
            case Candidates.MODEL_CHECK ->
                "drawn uniformly from the misclassified images that a model looked at, to be labeled blind";
            case Selections.FILL -> "drawn uniformly because no signal had more to offer";
            case Candidates.ELEVATED_SEGMENT ->
                "lies in " + item.segment()
                        + ", where errors are more frequent than elsewhere, and is taken by "
                        + (settings.segmentAllocation() == SegmentAllocation.RATES
                                ? "its hash, so that the segment's rate can be told"
                                : "error risk");
            case Candidates.BOUNDARY ->
                String.format(
                        Locale.ROOT,
                        "confidence %.3f of %s is %.3f from its alarm threshold%s",
                        confidence(item),
                        item.label(),
                        Math.abs(confidence(item) - thresholds(item).alarmThreshold()),
                        together(item));
            case Candidates.LOW_CONFIDENCE -> doubt(item);
            case Candidates.CONFIDENT_WRONG -> contradiction(item);
            case Candidates.ERROR_RISK ->
                settings.boxes().score() == ImageScore.MAX
                        ? String.format(
                                Locale.ROOT,
                                "%s at confidence %.3f is wrong with probability %.3f, by its confidence and what was judged of its"
                                        + " like",
                                item.label(),
                                confidence(item),
                                score(item))
                        : String.format(
                                Locale.ROOT,
                                "%s at confidence %.3f may be wrong, by its confidence and what was judged of its like%s",
                                item.label(),
                                confidence(item),
                                together(item));
            case Candidates.RARE_CLASS ->
                item.label() + " is often wrong and rare in training, as the day's class-imbalance map says";
            default -> throw new IllegalArgumentException("Nobody says why " + signal + " chooses an image");
        };
    }

    private static String contradiction(PoolItem item) {
        if (Feedback.MISSED.equals(item.verdict())) {
            return "people say that the model overlooked something";
        }
        if (Candidates.ANALYSIS_DISAGREES.equals(item.verdict())) {
            return String.format(
                    Locale.ROOT,
                    "people contradict %s at confidence %.3f, and the model that looked at the image says that they are wrong",
                    item.label(),
                    confidence(item));
        }
        return Candidates.VERSIONS_DISAGREE.equals(item.verdict())
                ? String.format(
                        Locale.ROOT,
                        "model versions %s and %s disagree: the first is sure of %s, confidence %.3f, the second does not say it",
                        item.modelVersion(),
                        item.otherVersion(),
                        item.label(),
                        confidence(item))
                : String.format(
                        Locale.ROOT,
                        "people contradict %s, of which the model was sure: confidence %.3f",
                        item.label(),
                        confidence(item));
    }

    private String doubt(PoolItem item) {
        if (settings.uncertainty() == Uncertainty.CONFIDENCE) {
            return String.format(
                    Locale.ROOT,
                    "confidence %.3f of %s is below %s%s",
                    confidence(item),
                    item.label(),
                    thresholds(item).lowConfidenceBelow(),
                    together(item));
        }
        String measure = settings.uncertainty().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String doubt = "the scores of all classes leave doubt in " + item.label() + ": " + measure;
        return settings.boxes().score() == ImageScore.MAX
                ? String.format(Locale.ROOT, "%s %.3f of 1", doubt, score(item))
                : doubt + together(item);
    }

    /** What the boxes of an image make of it, where not the best of them alone says it. */
    private String together(PoolItem item) {
        return switch (settings.boxes().score()) {
            case MAX -> "";
            case MEAN -> String.format(Locale.ROOT, "; %.3f of 1 in the mean of the boxes of its image", score(item));
            case SUM ->
                String.format(Locale.ROOT, "; %.3f of 1 by the sum of the five best boxes of its image", score(item));
        };
    }

    private static double score(PoolItem item) {
        return Objects.requireNonNull(item.score(), "a candidate by its score has one");
    }

    private static double confidence(PoolItem item) {
        return Objects.requireNonNull(item.confidence(), "a candidate with a score has a confidence");
    }

    private ClassThresholds thresholds(PoolItem item) {
        return settings.thresholds(String.valueOf(item.label()));
    }
}
