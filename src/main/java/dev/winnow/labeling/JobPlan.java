package dev.winnow.labeling;

import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.SiteGroups;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.runtime.Rounds.Round;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/**
 * Splits the items of one use case into jobs that people can work: one question a job, no more items than it may have,
 * and one site or region a job where that is asked for. What is labeled blind has jobs of its own, since nothing may keep people
 * from answering all of it: no stop condition, no automated labeling. Where a pilot comes first, it is a job of its own, of
 * all sites.
 */
final class JobPlan {
    /** Answers without which a false alarm, an empty frame or a black image has no right one. */
    private static final List<String> ALWAYS = List.of(LabelingJobs.NONE_OF_THESE, LabelingJobs.CANT_TELL);

    private final WinnowConfig config;
    private final Round round;
    private final String prefix;
    private final String output;
    private final Map<String, Row> pilots;

    /**
     * Creates the plan of a round.
     *
     * @param prefix of the round's files
     * @param output where answers go by default
     * @param pilots known ones by key, rows of {@link Pilots}
     */
    JobPlan(WinnowConfig config, Round round, String prefix, String output, Map<String, Row> pilots) {
        this.config = config;
        this.round = round;
        this.prefix = prefix;
        this.output = output;
        this.pilots = pilots;
    }

    /**
     * What the items of a job have in common beside the use case; in the order of jobs.
     *
     * @param place of its group among those that come first, from 1; 0 for a pilot, which is of all groups, and where none
     *     comes first
     * @param open whether people may see what a model said: not labeled blind
     * @param rest whether it waits for the pilot; the pilot comes first
     * @param group of sites; empty where it does not matter
     */
    private record Part(int place, TaskType type, boolean open, boolean rest, String group)
            implements Comparable<Part> {
        private static final Comparator<Part> ORDER = Comparator.comparing(Part::place)
                .thenComparing(Part::type)
                .thenComparing(Part::open)
                .thenComparing(Part::rest)
                .thenComparing(Part::group);

        @Override
        public int compareTo(Part other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Returns the jobs of items, which are of one use case.
     *
     * @param sentences gets what a person wants to know
     */
    List<LabelingJob> jobs(String useCase, List<LabelingItem> chosen, LabelingTarget target, List<String> sentences) {
        TaskSettings task = config.labeling().task(useCase);
        if (task.type().subject() == TaskType.Subject.TEXT) {
            chosen.forEach(item -> requireText(useCase, item));
        }
        List<LabelingItem> items = offered(useCase, chosen, task, target, sentences);
        PilotDraw pilot = new PilotDraw(
                useCase,
                task,
                items,
                item -> type(item, task),
                config.useCase(useCase).labels(),
                pilots);
        tellGroups(useCase, items, task, sentences);
        Map<Part, List<LabelingItem>> parts = new TreeMap<>();
        items.stream()
                .sorted(LabelingItem.order(task.order()))
                .forEach(item -> parts.computeIfAbsent(
                                part(item, type(item, task), task, pilot), part -> new ArrayList<>())
                        .add(item));
        List<LabelingJob> jobs = new ArrayList<>();
        parts.forEach((part, lines) -> {
            List<String> labels = labels(useCase, part.type, items);
            int most = Math.min(config.labeling().maxLines(), target.maxItems(part.type));
            for (int from = 0; from < lines.size(); from += most) {
                jobs.add(new LabelingJob(
                        JobNames.of(config.pipeline(), round.id(), useCase, jobs.size() + 1, target.maxNameLength()),
                        config.pipeline(),
                        prefix,
                        output,
                        useCase,
                        part.type,
                        List.copyOf(lines.subList(from, Math.min(lines.size(), from + most))),
                        labels,
                        task,
                        part.open && pilot.comesFirst(part.type)
                                ? new LabelingJob.Pilot(pilot.key(part.type), !part.rest)
                                : null));
            }
        });
        return jobs;
    }

    /** The items without classes that people can't be offered, where those would be shown or become categories. */
    private List<LabelingItem> offered(
            String useCase,
            List<LabelingItem> chosen,
            TaskSettings task,
            LabelingTarget target,
            List<String> sentences) {
        OfferedClasses classes = new OfferedClasses(useCase, target, task.type());
        boolean seen = config.useCase(useCase).labels().isEmpty();
        boolean asked = seen || task.type() == TaskType.CLASS_VERIFICATION;
        boolean drawn = task.type().blind() == TaskType.BOUNDING_BOX;
        List<LabelingItem> items = new ArrayList<>();
        int bare = 0;
        for (LabelingItem item : chosen) {
            // Who can't give the known answer would be held to be wrong.
            if (seen && item.planted() != null && !classes.has(item.planted().label())) {
                continue;
            }
            LabelingItem plain = asked && !classes.has(item.predicted()) ? item.withoutPrediction() : item;
            if (drawn && plain.old() != null) {
                // Without one of its boxes an image would look as if its object had been missed.
                boolean all = true;
                for (OldLabel.Box box : plain.old().boxes()) {
                    all &= classes.has(box.label());
                }
                plain = all ? plain : plain.with(null);
            }
            bare += type(plain, task) == type(item, task) ? 0 : 1;
            items.add(plain);
        }
        int planted = chosen.size() - items.size();
        classes.tell(
                (bare == 0 ? "" : String.format(Locale.ROOT, "; %,d items are asked about without a prediction", bare))
                        + (planted == 0
                                ? ""
                                : String.format(Locale.ROOT, "; %,d planted items are not asked about", planted)),
                sentences);
        return items;
    }

    private static Part part(LabelingItem item, TaskType type, TaskSettings task, PilotDraw pilot) {
        boolean first = pilot.isFirst(item);
        String group = first ? "" : group(item, task);
        return new Part(
                first ? 0 : place(group, task),
                type,
                !item.blind(),
                !item.blind() && pilot.comesFirst(type) && !first,
                group);
    }

    private static String group(LabelingItem item, TaskSettings task) {
        return switch (task.splitBy()) {
            case "" -> "";
            case TaskSettings.SITE -> item.site();
            default -> {
                String value = SiteGroups.value(task.splitBy(), item.group());
                if (value == null) {
                    throw new ConfigException("labeling.tasks." + LabelingJob.shown(item.useCase()) + ".split-by = "
                            + task.splitBy() + ", but item " + item.itemId()
                            + " was chosen when jobs were split otherwise: run `select` again");
                }
                yield value;
            }
        };
    }

    /** The jobs of the values that come first come before all others, whatever they ask. */
    private static int place(String group, TaskSettings task) {
        if (task.splitBy().isEmpty() || task.splitFirst().isEmpty()) {
            return 0; // a pilot has no place before them then
        }
        int place = task.splitFirst().indexOf(group);
        return 1 + (place < 0 ? task.splitFirst().size() : place);
    }

    /** What whoever named values to come first wants to know of their spelling, and of sites that nobody placed. */
    private static void tellGroups(
            String useCase, List<LabelingItem> items, TaskSettings task, List<String> sentences) {
        if (task.splitBy().isEmpty()) {
            if (!task.splitFirst().isEmpty()) {
                sentences.add(LabelingJob.shown(useCase) + ": split-first changes nothing without split-by");
            }
            return;
        }
        TreeSet<String> absent = new TreeSet<>(task.splitFirst());
        items.forEach(item -> absent.remove(group(item, task)));
        if (!absent.isEmpty()) {
            sentences.add(LabelingJob.shown(useCase) + ": no item is of " + absent
                    + ", whose jobs were to come first (split-first)");
        }
        // Sites themselves are always known.
        long unknown = task.splitBy().equals(TaskSettings.SITE)
                ? 0
                : items.stream()
                        .filter(item -> group(item, task).equals(Inferences.UNKNOWN_VALUE))
                        .count();
        if (unknown > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: %,d items are of sites of which no camera tells %s; outside of a pilot they have jobs of their own",
                    LabelingJob.shown(useCase),
                    unknown,
                    task.splitBy()));
        }
    }

    /** Asked to classify a text, people would read the name of a file. */
    private static void requireText(String useCase, LabelingItem item) {
        if (ItemReferences.namesFile(item.reference())) {
            throw new ConfigException("labeling.tasks." + LabelingJob.shown(useCase)
                    + ".type = text-classification can't be asked of item " + item.itemId()
                    + ", whose reference names a file: change the type, or map image_uri to the text");
        }
    }

    /** The question as asked, or without a prediction where there is none or nobody may see it. */
    private static TaskType type(LabelingItem item, TaskSettings task) {
        boolean shown = !item.blind() && (task.type().showsBoxes() ? item.old() != null : item.predicted() != null);
        return shown ? task.type() : task.type().blind();
    }

    /** The configured categories, else the classes seen or planted in the round and what is always possible. */
    private List<String> labels(String useCase, TaskType type, List<LabelingItem> items) {
        List<String> labels = new ArrayList<>(config.useCase(useCase).labels());
        if (labels.isEmpty()) {
            TreeSet<String> seen = new TreeSet<>();
            items.stream().map(LabelingItem::predicted).filter(Objects::nonNull).forEach(seen::add);
            // Who is asked about an item whose answer is known must be able to give it.
            items.stream()
                    .map(LabelingItem::planted)
                    .filter(Objects::nonNull)
                    .map(LabelingItem.Planted::label)
                    .filter(label -> label != null && !ALWAYS.contains(label))
                    .forEach(seen::add);
            labels.addAll(seen);
            ALWAYS.stream()
                    .filter(label -> type.choosesClasses() && !seen.contains(label))
                    .forEach(labels::add);
        }
        if (type.blind() == TaskType.BOUNDING_BOX) {
            // Who corrects old boxes must be able to keep their classes.
            TreeSet<String> drawn = new TreeSet<>();
            items.stream()
                    .map(LabelingItem::old)
                    .filter(Objects::nonNull)
                    .forEach(old -> old.boxes().forEach(box -> drawn.add(box.label())));
            drawn.removeAll(labels);
            labels.addAll(drawn);
        }
        return List.copyOf(labels);
    }
}
