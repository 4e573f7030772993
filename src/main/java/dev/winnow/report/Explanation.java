package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import dev.winnow.candidates.Candidates;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.ReturnedItems;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Why an image goes to labeling, or what kept it out, told from {@code candidates}, {@code selections} and
 * {@code selection_cuts} of one run date, and the published files of its round; and where it was planted to test people.
 */
public final class Explanation {
    /** Images that one name is explained for: an inference and an item name one, an image one per use case. */
    private static final int MOST_IMAGES = 20;

    /** Draws have no score: what they are drawn from. */
    private static final Map<String, String> DRAWS = Map.of(
            Candidates.AUDIT, "all frames of the day",
            Candidates.MODEL_CHECK, "the images that a model looked at on the day");

    /** What may hold an image back that scores high enough, by the column that counts it. */
    private static final Map<String, String> HELD_BY = held();

    private final TableStore tables;
    private final ObjectStore objects;
    private final LocalDate day;
    private final List<String> lines = new ArrayList<>();
    private final List<Image> explained = new ArrayList<>();

    /**
     * One image of one use case and pipeline.
     *
     * @param row a candidate or selection of it
     */
    private record Image(String pipeline, String useCase, String uri, Row row) {
        static Image of(Row row) {
            return new Image(
                    row.getAs(Candidates.PIPELINE),
                    row.getAs(Inferences.USE_CASE),
                    row.getAs(Inferences.IMAGE_URI),
                    row);
        }

        Column rows() {
            return col(Candidates.PIPELINE)
                    .equalTo(pipeline)
                    .and(col(Inferences.USE_CASE).equalTo(useCase))
                    .and(ImageUris.canonical(col(Inferences.IMAGE_URI)).equalTo(ImageUris.canonical(uri)));
        }
    }

    private Explanation(TableStore tables, ObjectStore objects, LocalDate day) {
        this.tables = tables;
        this.objects = objects;
        this.day = day;
    }

    private static Map<String, String> held() {
        Map<String, String> held = new LinkedHashMap<>();
        held.put(SelectionCuts.HELD_BY_BURST, "because another image of their burst was in");
        held.put(SelectionCuts.HELD_BY_CAMERA, "because their camera was full");
        held.put(SelectionCuts.HELD_BY_SITE, "because their site was full");
        held.put(SelectionCuts.HELD_BY_CLASS, "because their class was full");
        held.put(SelectionCuts.UNUSABLE, "because their image is missing, empty, too large or can't be labeled");
        return held;
    }

    /**
     * Explains.
     *
     * @param objects where the published files are
     * @param item id of an item, also of a planted one, or of an inference, or URI of an image
     * @param date run date; null: the newest one whose round holds it, else the newest of each pipeline with candidates. A
     *     planted item's own id names its round, and the date that of the round of the item it copies
     * @return lines of text, fit for a terminal
     */
    public static List<String> of(TableStore tables, ObjectStore objects, String item, @Nullable LocalDate date) {
        List<String> lines = new ArrayList<>();
        List<Row> own = planted(tables, col(PlantedItems.ITEM_ID).equalTo(item));
        if (own.isEmpty()) {
            Explanation explanation = ofChosen(tables, objects, item, date);
            lines.addAll(explanation.lines);
            List<Row> copies = planted(
                    tables,
                    explanation.explained.stream()
                            .map(Image::rows)
                            .reduce(col(PlantedItems.KNOWN_ITEM_ID).equalTo(item), Column::or));
            if (!copies.isEmpty()) {
                lines.add("");
                lines.add("Asked about again, to test people:");
            }
            copies.forEach(row -> lines.addAll(ofPlanted(tables, objects, row)));
        } else {
            Row copy = own.get(0);
            lines.add(item + " tests people; no label, rate or training set counts it.");
            lines.addAll(ofPlanted(tables, objects, copy));
            lines.add("");
            lines.add("The item of an earlier round that it copies:");
            lines.addAll(ofChosen(tables, objects, copy.getAs(PlantedItems.KNOWN_ITEM_ID), date).lines);
        }
        return lines.stream().map(PlainText::of).toList();
    }

    /** The newest of some planted items. */
    private static List<Row> planted(TableStore tables, Column which) {
        return tables.read(PlantedItems.TABLE)
                .filter(which)
                .orderBy(
                        col(PlantedItems.ROUND_ID).desc(),
                        col(PlantedItems.PIPELINE),
                        col(PlantedItems.USE_CASE),
                        col(PlantedItems.ITEM_ID))
                .limit(MOST_IMAGES)
                .collectAsList();
    }

    private static List<String> ofPlanted(TableStore tables, ObjectStore objects, Row row) {
        Explanation explanation = new Explanation(tables, objects, row.getAs(PlantedItems.RUN_DATE));
        String label = row.getAs(PlantedItems.LABEL);
        explanation.lines.add(String.format(
                Locale.ROOT,
                "  Round %s plants it for %s as %s%s: %s",
                row.getAs(PlantedItems.ROUND_ID),
                row.getAs(PlantedItems.USE_CASE),
                row.getAs(PlantedItems.KIND),
                label == null ? "" : ", known to be " + label,
                row.getAs(PlantedItems.REASON)));
        explanation.lines.add(String.format(
                Locale.ROOT,
                "    its line looks like that of %s, rank %,d",
                row.getAs(PlantedItems.SHOWN_SIGNAL),
                row.<Integer>getAs(PlantedItems.SHOWN_RANK)));
        explanation.jobs(
                row.getAs(PlantedItems.PIPELINE),
                row.getAs(PlantedItems.USE_CASE),
                row.getAs(PlantedItems.ROUND_ID),
                row.getAs(PlantedItems.ITEM_ID));
        return explanation.lines;
    }

    private static Explanation ofChosen(TableStore tables, ObjectStore objects, String item, @Nullable LocalDate date) {
        List<LocalDate> days = date == null ? newest(tables, item) : List.of(date);
        if (days.isEmpty()) {
            return new Explanation(tables, objects, LocalDate.EPOCH)
                    .saying("There are no candidates yet: run `curate` first");
        }
        for (LocalDate day : days) {
            Explanation explanation = new Explanation(tables, objects, day);
            if (explanation.explain(item)) {
                return explanation;
            }
        }
        return new Explanation(tables, objects, days.get(0))
                .saying(
                        item + " is no candidate of " + days.get(0) + ", and no round of that day asks for it.",
                        "Was it seen on another day? Give --date: candidates stay in the pool for selection.max-age-days."
                                + " Else either no signal speaks for it (its confidence is far from the threshold and above"
                                + " the limit, its class and segment do well, nobody marked it), or others speak louder: of"
                                + " each signal only a small multiple of the budget is kept. The drawn signals keep the"
                                + " smallest draws. Rows that broke the contract are counted in `rejects`.");
    }

    private Explanation saying(String... words) {
        lines.addAll(List.of(words));
        return this;
    }

    private static Column named(String item) {
        return col(Candidates.ITEM_ID)
                .equalTo(item)
                .or(col(Inferences.INFERENCE_ID).equalTo(item))
                .or(ImageUris.canonical(col(Inferences.IMAGE_URI)).equalTo(ImageUris.canonical(item)));
    }

    /** Selections of all days are few next to candidates of one. */
    private static List<LocalDate> newest(TableStore tables, String item) {
        List<LocalDate> chosen = newest(tables.read(Selections.TABLE).filter(named(item)));
        return chosen.isEmpty() ? newest(tables.read(Candidates.TABLE)) : chosen;
    }

    /** The newest run date of each pipeline, newest first. */
    private static List<LocalDate> newest(Dataset<Row> rows) {
        return rows.groupBy(Candidates.PIPELINE).agg(max(Candidates.RUN_DATE)).collectAsList().stream()
                .map(row -> row.getLocalDate(1))
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private Dataset<Row> candidates() {
        return tables.read(Candidates.TABLE).filter(col(Candidates.RUN_DATE).equalTo(lit(day)));
    }

    private Dataset<Row> selections() {
        return tables.read(Selections.TABLE).filter(col(Selections.RUN_DATE).equalTo(lit(day)));
    }

    /** Returns whether anything is known of the item on the day. */
    private boolean explain(String item) {
        Map<List<String>, Image> images =
                new TreeMap<>((a, b) -> String.join("\n", a).compareTo(String.join("\n", b)));
        for (Dataset<Row> rows : List.of(selections(), candidates())) {
            Reading.first(
                            1,
                            rows.filter(named(item)),
                            List.of(col(Candidates.PIPELINE), col(Inferences.USE_CASE)),
                            col(Inferences.IMAGE_URI),
                            col(Candidates.SIGNAL),
                            col(Candidates.ITEM_ID),
                            col(Inferences.INFERENCE_ID))
                    .orderBy(Candidates.PIPELINE, Inferences.USE_CASE)
                    .limit(MOST_IMAGES)
                    .collectAsList()
                    .stream()
                    .map(Image::of)
                    .forEach(image -> images.putIfAbsent(List.of(image.pipeline, image.useCase), image));
        }
        images.values().forEach(this::explain);
        explained.addAll(images.values());
        return !images.isEmpty();
    }

    private void explain(Image image) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        Row row = image.row;
        lines.add(String.format(
                Locale.ROOT,
                "%s: %s%s, camera %s, site %s, taken %s, model %s",
                image.useCase,
                image.uri,
                row.getAs(Inferences.PREDICTED_LABEL) == null
                        ? ", nothing predicted"
                        : String.format(
                                Locale.ROOT,
                                ", %s at %s",
                                row.getAs(Inferences.PREDICTED_LABEL),
                                number(row.getAs(Inferences.CONFIDENCE))),
                row.getAs(Inferences.CAMERA_ID),
                row.getAs(Inferences.SITE_ID),
                row.getAs(Inferences.CAPTURED_AT),
                row.getAs(Inferences.MODEL_VERSION)));
        List<Row> signals = candidates()
                .filter(image.rows())
                .orderBy(col(Candidates.SIGNAL), col(Candidates.ITEM_ID))
                .collectAsList();
        signals(signals);
        List<Row> rounds = tables.read(SelectionCuts.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(image.pipeline)
                        .and(col(Selections.RUN_DATE).equalTo(lit(day)))
                        .and(col(Inferences.USE_CASE).equalTo(image.useCase)))
                .orderBy(Selections.ROUND_ID, Selections.SIGNAL)
                .collectAsList();
        Map<String, List<Row>> cuts = new TreeMap<>();
        rounds.forEach(cut -> cuts.computeIfAbsent(cut.getAs(Selections.ROUND_ID), r -> new ArrayList<>())
                .add(cut));
        if (cuts.isEmpty()) {
            lines.add("  No round of " + day + " was selected yet.");
        }
        cuts.forEach((round, ofRound) -> round(image, round, ofRound, signals));
    }

    private void signals(List<Row> candidates) {
        lines.add(
                candidates.isEmpty()
                        ? "  No candidate of " + day + "; candidates of earlier days stay in the pool."
                        : "  Candidate of " + day + " by");
        for (Row candidate : candidates) {
            String signal = candidate.getAs(Candidates.SIGNAL);
            String label = candidate.getAs(Inferences.PREDICTED_LABEL);
            lines.add("    " + signal
                    + (label == null ? "" : " as " + label)
                    + (candidate.getAs(Candidates.SCORE) == null
                            ? ", drawn from " + DRAWS.get(signal) + ", draw " + number(candidate.getAs(Candidates.DRAW))
                            : ", score " + number(candidate.getAs(Candidates.SCORE))));
        }
    }

    private void round(Image image, String round, List<Row> cuts, List<Row> candidates) {
        // A round holds at most the budget of the use case.
        List<Row> selected = selections()
                .filter(col(Selections.PIPELINE)
                        .equalTo(image.pipeline)
                        .and(col(Selections.ROUND_ID).equalTo(round))
                        .and(col(Inferences.USE_CASE).equalTo(image.useCase)))
                .collectAsList();
        String uri = ImageUris.canonical(image.uri);
        Row chosen = selected.stream()
                .filter(row -> uri.equals(row.getAs(Inferences.IMAGE_URI)))
                .findFirst()
                .orElse(null);
        if (chosen == null) {
            lines.add("  Round " + round + " does not ask for it:");
            keptOut(image, round, cuts, candidates, selected);
        } else {
            chosen(image, round, chosen, cuts, selected);
        }
    }

    private void chosen(Image image, String round, Row chosen, List<Row> cuts, List<Row> selected) {
        String signal = chosen.getAs(Selections.SIGNAL);
        Row cut = cut(cuts, signal);
        lines.add("  Round " + round + " asks for it:");
        lines.add(String.format(
                Locale.ROOT,
                "    charged to %s, rank %,d of %,d%s",
                signal,
                chosen.<Integer>getAs(Selections.RANK),
                selected.stream()
                        .filter(row -> signal.equals(row.getAs(Selections.SIGNAL)))
                        .count(),
                cut == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                " (its part of the budget was %,d)",
                                cut.<Long>getAs(SelectionCuts.QUOTA))));
        Double score = chosen.getAs(Selections.SCORE);
        if (score != null) {
            lines.add("    score " + number(score));
        }
        lines.add("    why: " + chosen.getAs(Selections.REASON));
        TreeSet<String> others = new TreeSet<>(chosen.<String>getList(chosen.fieldIndex(Selections.SIGNALS)));
        others.remove(signal);
        if (!others.isEmpty()) {
            lines.add("    also spoken for by " + String.join(", ", others));
        }
        String segment = chosen.getAs(Selections.SEGMENT);
        lines.add("    segment: " + (segment == null ? "none that is ranked" : segment));
        Double probability = chosen.getAs(Selections.INCLUSION_PROBABILITY);
        lines.add("    inclusion probability: "
                + (probability == null
                        ? "none, it was chosen, not drawn"
                        : number(probability) + " (" + chosen.getAs(Selections.DESIGN) + ")"));
        lines.add("    beside it: " + beside(chosen, selected));
        String item = chosen.getAs(Selections.ITEM_ID);
        jobs(image.pipeline, image.useCase, round, item);
        labels(image, item);
    }

    /** Rows of the round that share with an image what caps are by. */
    private static String beside(Row row, List<Row> selected) {
        return String.format(
                Locale.ROOT,
                "of %,d images in the round %,d are of camera %s, %,d of site %s and %,d of class %s",
                selected.size(),
                same(row, selected, Inferences.CAMERA_ID),
                row.getAs(Inferences.CAMERA_ID),
                same(row, selected, Inferences.SITE_ID),
                row.getAs(Inferences.SITE_ID),
                same(row, selected, Inferences.PREDICTED_LABEL),
                row.getAs(Inferences.PREDICTED_LABEL));
    }

    private static long same(Row row, List<Row> selected, String column) {
        Object value = row.getAs(column);
        return selected.stream()
                .filter(other -> Objects.equals(value, other.getAs(column)))
                .count();
    }

    private void keptOut(Image image, String round, List<Row> cuts, List<Row> candidates, List<Row> selected) {
        List<String> before = before(image, round);
        if (!before.isEmpty()) {
            lines.add("    it went to labeling before, in round " + String.join(", ", before)
                    + "; for selection.cooldown-days only draws take such an image again");
        }
        long open = cuts.stream()
                .mapToLong(cut -> count(cut, SelectionCuts.HELD_BY_OPEN_WORK))
                .max()
                .orElse(0);
        if (open > 0) {
            lines.add(String.format(
                    Locale.ROOT, "    the team still had work open, which took %,d images off the budget", open));
        }
        for (Row candidate : candidates) {
            String signal = candidate.getAs(Candidates.SIGNAL);
            Row cut = cut(cuts, signal);
            lines.add("    " + signal + ": " + keptOut(candidate, cut) + (cut == null ? "" : ceiling(cut)));
        }
        if (!candidates.isEmpty()) {
            lines.add("    without it, " + beside(candidates.get(0), selected));
        }
    }

    /** Published rounds before one that asked for an image and did not get it back. */
    private List<String> before(Image image, String round) {
        Set<String> published = new TreeSet<>();
        tables.read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE).equalTo(image.pipeline))
                .select(LabelingJobs.ROUND_ID)
                .distinct()
                .collectAsList()
                .forEach(row -> published.add(row.getString(0)));
        tables.read(ReturnedItems.TABLE)
                .filter(image.rows().and(col(ReturnedItems.RUN_DATE).lt(lit(day))))
                .collectAsList()
                .forEach(row -> published.remove(row.<String>getAs(ReturnedItems.ROUND_ID)));
        Column earlier = col(Selections.RUN_DATE)
                .lt(lit(day))
                .or(col(Selections.RUN_DATE)
                        .equalTo(lit(day))
                        .and(col(Selections.ROUND_ID).lt(round)));
        return tables
                .read(Selections.TABLE)
                .filter(image.rows().and(earlier))
                .select(Selections.ROUND_ID)
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .filter(published::contains)
                .sorted()
                .toList();
    }

    /** Rows from before a column have null. */
    private static long count(Row cut, String column) {
        Long count = cut.getAs(column);
        return count == null ? 0 : count;
    }

    private static String keptOut(Row candidate, @Nullable Row cut) {
        if (cut == null) {
            return "the signal had no part of the budget and no pool";
        }
        long selected = cut.<Long>getAs(SelectionCuts.SELECTED);
        long eligible = cut.<Long>getAs(SelectionCuts.ELIGIBLE);
        Double score = candidate.getAs(Candidates.SCORE);
        Double lowest = cut.getAs(SelectionCuts.LOWEST_SCORE);
        if (score == null) {
            return String.format(
                    Locale.ROOT, "not drawn: the %,d smallest draws of %,d in the pool are in", selected, eligible);
        }
        if (selected == 0 || lowest == null) {
            return String.format(
                    Locale.ROOT,
                    "the signal chose nothing: its part of the budget was %,d",
                    cut.<Long>getAs(SelectionCuts.QUOTA));
        }
        if (score < lowest) {
            return String.format(
                    Locale.ROOT,
                    "score %s is below %s, the lowest of the %,d that were chosen of %,d",
                    number(score),
                    number(lowest),
                    selected,
                    eligible);
        }
        List<String> held = new ArrayList<>();
        HELD_BY.forEach((column, why) -> {
            long count = count(cut, column);
            if (count > 0) {
                held.add(String.format(Locale.ROOT, "%,d %s", count, why));
            }
        });
        String enough = String.format(
                Locale.ROOT,
                "score %s would have been enough (the lowest chosen is %s)",
                number(score),
                number(lowest));
        if (score.equals(lowest)) {
            held.add("others of the same score whose hash comes first");
        }
        return held.isEmpty()
                ? enough + "; another image or round of the day stands for it"
                : enough + ", but a cap came first: the signal passed over " + String.join(", ", held);
    }

    private static String ceiling(Row cut) {
        long held = count(cut, SelectionCuts.HELD_BY_CEILING);
        return held == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; at %,d images the signal had reached its ceiling (use-cases.<name>.signal-bounds), which kept"
                                + " %,d more out",
                        cut.<Long>getAs(SelectionCuts.SELECTED),
                        held);
    }

    private static @Nullable Row cut(List<Row> cuts, String signal) {
        return cuts.stream()
                .filter(cut -> signal.equals(cut.getAs(Selections.SIGNAL)))
                .findFirst()
                .orElse(null);
    }

    /** Finds the item in the published files, which alone know where it went: jobs are split by question, size, site or region. */
    private void jobs(String pipeline, String useCase, String round, String item) {
        List<Row> all = tables.read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(LabelingJobs.ROUND_ID).equalTo(round))
                        .and(col(LabelingJobs.USE_CASE).equalTo(useCase)))
                .orderBy(LabelingJobs.JOB_NAME)
                .collectAsList();
        Set<String> last = LabelingJobs.lastAttempts(all);
        List<Row> jobs = all.stream()
                .filter(job -> last.contains(job.<String>getAs(LabelingJobs.JOB_NAME)))
                .toList();
        if (jobs.isEmpty()) {
            lines.add("    job: none yet, the round is not published");
            return;
        }
        try {
            for (Row job : jobs) {
                for (String file : LabelingJobs.filesOfItems(job)) {
                    long place = objects.read(file, Integer.MAX_VALUE)
                            .map(bytes -> place(new String(bytes, StandardCharsets.UTF_8), item))
                            .orElse(0L);
                    if (place > 0) {
                        lines.add(String.format(
                                Locale.ROOT,
                                "    job: %s (%s), item %,d of %s",
                                job.getAs(LabelingJobs.JOB_NAME),
                                job.getAs(LabelingJobs.STATUS),
                                place,
                                file));
                        return;
                    }
                }
            }
            lines.add("    job: the published files that name it are not there any more");
        } catch (ServiceException e) { // whoever may read tables may not read these files
            lines.add("    job: one of " + String.join(", ", last) + ", whose files can't be read: " + e.getMessage());
        }
    }

    /** Returns which item of a file has an id, from 1; 0 if none. */
    private static long place(String text, String item) {
        String key = "\"item-id\":\"";
        int at = text.indexOf(key + item + '"');
        long before = 0;
        for (int i = text.indexOf(key); i >= 0 && i < at; i = text.indexOf(key, i + 1)) {
            before++;
        }
        return at < 0 ? 0 : before + 1;
    }

    private void labels(Image image, String item) {
        for (Row label : tables.read(Labels.TABLE)
                .filter(col(Labels.PIPELINE)
                        .equalTo(image.pipeline)
                        .and(col(Inferences.USE_CASE).equalTo(image.useCase))
                        .and(col(Selections.ITEM_ID).equalTo(item)))
                .orderBy(Labels.STATUS)
                .collectAsList()) {
            Object text = label.getAs(Labels.LABEL);
            lines.add("    label: " + (text == null ? "none yet" : text) + " (" + label.getAs(Labels.STATUS) + ")");
        }
    }

    private static String number(Object value) {
        return String.format(Locale.ROOT, "%.4g", ((Number) value).doubleValue());
    }
}
