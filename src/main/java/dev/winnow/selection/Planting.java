package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.SelectionSettings;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.ports.ImageStore;
import dev.winnow.runtime.ItemReferences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Spends the budget of a use case with some of it on items whose answer is known, and on questions that are asked once more;
 * plain Java.
 *
 * <p>They lie among the chosen items at even distances, so that every signal and job has its part of them, each beside one
 * that it could be mistaken for: labeled as blindly, and where jobs are split in the same job. No image is in a round twice.
 */
final class Planting {
    /** 0.29 x 100 is 29, though doubles make it less. */
    private static final double ROUNDING = 1e-9;

    private final SelectionSettings.Planted shares;
    private final TaskSettings task;
    private final Subject subject;
    private final UnaryOperator<String> groups;

    /**
     * Plants as the settings say.
     *
     * @param groups group of a site by which jobs are split
     */
    Planting(SelectionSettings.Planted shares, TaskSettings task, UnaryOperator<String> groups) {
        this.shares = shares;
        this.task = task;
        this.subject = task.type().subject();
        this.groups = groups;
    }

    /**
     * What a round asks about.
     *
     * @param spending what was chosen
     * @param planted what was planted among it
     */
    record Round(Spending spending, List<Planted> planted) {}

    /** An item to plant. */
    private record Choice(KnownItem item, boolean gold) {
        static final Comparator<Choice> BY_DRAW = Comparator.comparing(Choice::item, KnownItem.BY_DRAW);
    }

    /** A chosen item by its place. */
    private record Line(String signal, int rank, PoolItem item) {}

    /**
     * Spends the budget: what is chosen and what is planted make it up together.
     *
     * @param known items of earlier rounds, in the order in which they are taken
     * @param images asked for what is chosen and what is planted
     */
    Round spend(UseCasePool pool, UseCaseSettings settings, List<KnownItem> known, ImageStore images) {
        List<Choice> choices = choices(pool, settings, known, images);
        while (true) {
            Spending spending =
                    Spending.of(pool, settings.withBudget(settings.budget() - choices.size()), subject, images);
            List<Planted> planted = new ArrayList<>();
            List<Choice> placed = new ArrayList<>();
            List<Line> lines = lines(spending);
            for (int i = 0; i < choices.size(); i++) {
                Choice choice = choices.get(i);
                int from = (int) ((2L * i + 1) * lines.size() / (2L * choices.size()));
                for (int step = 0; step < lines.size(); step++) {
                    Line line = lines.get((from + step) % lines.size());
                    if (fits(choice.item, line)) {
                        planted.add(new Planted(choice.item, choice.gold, line.signal, line.rank));
                        placed.add(choice);
                        break;
                    }
                }
            }
            if (placed.size() == choices.size()) {
                return new Round(spending, planted);
            }
            choices = placed; // what has no place leaves its part to what is chosen
        }
    }

    private static List<Line> lines(Spending spending) {
        List<Line> lines = new ArrayList<>();
        spending.spent().chosen().forEach((signal, items) -> {
            for (int i = 0; i < items.size(); i++) {
                lines.add(new Line(signal, i + 1, items.get(i)));
            }
        });
        return lines;
    }

    /** Whether the item would be asked about in the same job and in the same way. */
    private boolean fits(KnownItem item, Line line) {
        boolean shown = task.type() == TaskType.CLASS_VERIFICATION && !Candidates.DRAWN.contains(line.signal);
        return groups.apply(item.site()).equals(groups.apply(line.item.site()))
                && !(shown && (item.predicted() == null) != (line.item.label() == null));
    }

    private List<Choice> choices(UseCasePool pool, UseCaseSettings settings, List<KnownItem> known, ImageStore images) {
        Set<String> taken =
                pool.items().stream().map(PoolItem::imageUri).collect(Collectors.toCollection(HashSet::new));
        long usable = taken.stream()
                .filter(reference -> ItemReferences.usable(subject, reference))
                .count();
        long total = Math.min(settings.budget(), usable);
        List<Choice> choices = new ArrayList<>();
        List<KnownItem> sure = known.stream()
                .filter(item -> item.label() != null
                        && (settings.labels().isEmpty() || settings.labels().contains(item.label())))
                .toList();
        existing(sure, count(shares.goldShare(), total), taken, images)
                .forEach(item -> choices.add(new Choice(item, true)));
        existing(known, count(shares.repeatShare(), total), taken, images)
                .forEach(item -> choices.add(new Choice(item, false)));
        choices.sort(Choice.BY_DRAW);
        return choices;
    }

    private static int count(double share, long of) {
        return (int) Math.floor(share * (double) of + ROUNDING);
    }

    /** The first items whose image is there and not taken; it is then. */
    private List<KnownItem> existing(List<KnownItem> items, int wanted, Set<String> taken, ImageStore images) {
        List<KnownItem> existing = new ArrayList<>();
        int from = 0;
        while (existing.size() < wanted && from < items.size()) {
            Set<String> asked = new LinkedHashSet<>();
            List<KnownItem> some = new ArrayList<>();
            for (; from < items.size() && existing.size() + some.size() < wanted; from++) {
                KnownItem item = Objects.requireNonNull(items.get(from));
                if (ItemReferences.usable(subject, item.imageUri())
                        && !taken.contains(item.imageUri())
                        && asked.add(item.imageUri())) {
                    some.add(item);
                }
            }
            Set<String> missing = asked.isEmpty() ? Set.of() : images.missing(asked);
            some.removeIf(item -> missing.contains(item.imageUri()));
            existing.addAll(some);
            taken.addAll(asked);
        }
        return existing;
    }
}
