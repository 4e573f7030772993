package dev.winnow.quality;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import dev.winnow.config.QualitySettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.ReviewJobs;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.RunIds;
import dev.winnow.runtime.TeamRoom;
import dev.winnow.stats.Digest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Draws alarms of the day, class by class, and has people confirm or disconfirm them in batches.
 *
 * <p>All alarms of a class and model version, from the base threshold on, are drawn with the same probability, by hash of
 * image and class, so that their reviews can prove a threshold; on later dates with that of the first one, so that reviews
 * of several dates add up. What the audit draws is left out. Batches hold items of one class, most confident first, and
 * among them some that people labeled otherwise before: whoever confirms those is not looking.
 *
 * <p>Two passes over the day's inferences, one that counts and one that draws. The driver holds what is shown, at most
 * {@value #MAX_ITEMS} items.
 */
public final class QaBatchesJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "qa-batches";

    /** Rows that come to the driver at most. */
    static final int MAX_ITEMS = 200_000;

    /** What to do where there are more. */
    static final String WAY_OUT = "lower quality.batches.reviews, or map predicted_label to classes";

    private final WinnowConfig config;
    private final QualitySettings.Batches settings;
    private final InferenceLog inferences;
    private final Predicate<String> usable;
    private final TableStore tables;
    private final EarlierRounds earlier;
    private final ReviewJobs jobs;

    /**
     * Creates the job over the inference log, its tables and whoever makes jobs of batches.
     *
     * @param usable whether a labeling job can take an image reference
     * @param earlier what people still have to answer
     */
    public QaBatchesJob(
            WinnowConfig config,
            InferenceLog inferences,
            Predicate<String> usable,
            TableStore tables,
            EarlierRounds earlier,
            ReviewJobs jobs) {
        this.config = config;
        this.settings = config.quality().batches();
        this.inferences = inferences;
        this.usable = usable;
        this.tables = tables;
        this.earlier = earlier;
        this.jobs = jobs;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        if (jobs.published(day)) {
            return new Report(0, 0, 0, 0, "", jobs.publish(day, List.of()));
        }
        AlarmDraws alarms = new AlarmDraws(config, inferences, tables, day);
        DayInput input = inferences.day(day);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        List<String> sentences = new ArrayList<>();
        SortedMap<ClassKey, long[]> counts = alarms.counts();
        leaveOut(
                counts,
                useCase -> !jobs.showsBatches(useCase),
                " is labeled where people see one item at a time: its alarms are not reviewed in bulk",
                sentences);
        leaveOut(
                counts,
                useCase -> config.labeling().subject(useCase) != Subject.IMAGE,
                " has texts or sequences, which no page of many shows: its alarms are not reviewed in bulk",
                sentences);
        leaveOutWhatNobodyCanRead(counts, sentences);
        List<String> unsealed = jobs.unsealed(
                day,
                stored().filter(col(QaItems.ROUND_ID).isNotNull())
                        .select(QaItems.ROUND_ID)
                        .distinct()
                        .as(Encoders.STRING())
                        .collectAsList());
        Dataset<Row> shownBefore =
                stored().filter(not(coalesce(col(QaItems.ROUND_ID).isin(unsealed.toArray()), lit(false))));
        SortedMap<ClassKey, Double> draws = alarms.shares(counts, shownBefore, sentences);
        SortedMap<ClassKey, List<ReviewItem>> drawn = alarms.drawn(draws, usable);
        draws.forEach((key, share) -> sentences.add(alarms.plan(key, share, counts.getOrDefault(key, new long[0]))));
        leaveOutWhatNobodyCanAnswer(day, drawn, sentences);
        SortedMap<ClassKey, List<List<ReviewItem>>> batches = batches(day, drawn, sentences);
        List<ReviewJobs.Job> asked = new ArrayList<>();
        batches.forEach((key, of) -> asked.add(new ReviewJobs.Job(
                key.useCase(),
                key.label(),
                of.stream()
                        .map(batch -> batch.stream()
                                .map(one -> new ReviewJobs.Shown(one.id(), one.image(), one.site()))
                                .toList())
                        .toList(),
                runId)));
        List<Row> shown = rows(day, batches, draws, jobs.names(day, asked));
        // Before the jobs: an answer to a job whose items nobody wrote down would say nothing.
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(QaItems.PIPELINE, config.pipeline());
        scope.put(QaItems.ROUND_ID, unsealed);
        tables.replace(QaItems.TABLE, tables.frame(QaItems.TABLE, shown), scope);
        sentences.addAll(jobs.publish(day, asked));
        return new Report(shown.size(), shown.size(), 0, 2, input.fingerprint(), sentences);
    }

    private Dataset<Row> stored() {
        return tables.read(QaItems.TABLE).filter(col(QaItems.PIPELINE).equalTo(config.pipeline()));
    }

    private static void leaveOut(
            SortedMap<ClassKey, long[]> counts, Predicate<String> useCases, String why, List<String> sentences) {
        counts.keySet().stream()
                .map(ClassKey::useCase)
                .distinct()
                .filter(useCases)
                .toList()
                .forEach(useCase -> {
                    counts.keySet().removeIf(key -> key.useCase().equals(useCase));
                    sentences.add(useCase + why);
                });
    }

    private void leaveOutWhatNobodyCanRead(Map<ClassKey, long[]> counts, List<String> sentences) {
        List<ClassKey> unreadable = counts.keySet().stream()
                .filter(key -> !jobs.shows(key.useCase(), key.label()))
                .toList();
        if (!unreadable.isEmpty()) {
            unreadable.forEach(counts::remove);
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d classes are not reviewed, for their names can't be shown, such as one of %,d characters of %s: map"
                            + " predicted_label to other names",
                    unreadable.size(),
                    unreadable.get(0).label().length(),
                    unreadable.get(0).useCase()));
        }
    }

    private int pages(int items) {
        int own = settings.size() - settings.hidden();
        return (items + own - 1) / own;
    }

    /** A class as a whole: of one that is reviewed in part, nobody could say with which probability. */
    private void leaveOutWhatNobodyCanAnswer(
            LocalDate day, SortedMap<ClassKey, List<ReviewItem>> drawn, List<String> sentences) {
        OpenWork open = new OpenWork(new TeamRoom(config.labeling().team(), earlier.open(day)));
        for (ClassKey key : List.copyOf(drawn.keySet())) {
            int pages = pages(drawn.getOrDefault(key, List.of()).size());
            if (!open.takeAll(pages, config.labeling().task(key.useCase()).workers())) {
                drawn.remove(key);
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, model %s, %s: not reviewed, its %,d pages do not fit: %s",
                        key.useCase(),
                        key.modelVersion(),
                        key.label(),
                        pages,
                        open.reason()));
            }
        }
    }

    private SortedMap<ClassKey, List<List<ReviewItem>>> batches(
            LocalDate day, SortedMap<ClassKey, List<ReviewItem>> drawn, List<String> sentences) {
        int own = settings.size() - settings.hidden();
        int most = drawn.values().stream()
                .mapToInt(items -> settings.hidden() * pages(items.size()))
                .max()
                .orElse(0);
        HiddenItems known = HiddenItems.read(config, tables, day, most);
        SortedMap<ClassKey, List<List<ReviewItem>>> batches = new TreeMap<>();
        drawn.forEach((key, items) -> {
            int count = pages(items.size());
            List<ReviewItem> hidden = known.of(key, items, settings.hidden() * count);
            if (hidden.size() < settings.hidden() * count) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, %s: only %d items are known to be something else, %d were to be hidden among its batches",
                        key.useCase(),
                        key.label(),
                        hidden.size(),
                        settings.hidden() * count));
            }
            List<List<ReviewItem>> of = new ArrayList<>();
            for (int batch = 0; batch < count; batch++) {
                List<ReviewItem> together =
                        new ArrayList<>(items.subList(batch * own, Math.min(items.size(), (batch + 1) * own)));
                for (int i = batch; i < hidden.size(); i += count) { // dealt out, so that no batch has none of few
                    together.add(place(hidden.get(i), together.size()), hidden.get(i));
                }
                of.add(List.copyOf(together));
            }
            batches.put(key, of);
        });
        return batches;
    }

    /** A place that tells nobody which item is hidden, the same in every run. */
    private static int place(ReviewItem item, int others) {
        return Integer.remainderUnsigned(
                Integer.parseUnsignedInt(new Digest().add(item.id()).hex(8), 16), others + 1);
    }

    private List<Row> rows(
            LocalDate day,
            SortedMap<ClassKey, List<List<ReviewItem>>> batches,
            SortedMap<ClassKey, Double> draws,
            List<String> names) {
        List<Row> rows = new ArrayList<>();
        int job = 0;
        for (Map.Entry<ClassKey, List<List<ReviewItem>>> one : batches.entrySet()) {
            ClassKey key = one.getKey();
            String name = names.get(job++);
            one.getValue()
                    .forEach(batch -> batch.forEach(item -> rows.add(RowFactory.create(
                            config.pipeline(),
                            key.useCase(),
                            name,
                            item.id(),
                            key.label(),
                            item.confidence(),
                            item.hidden() ? null : key.modelVersion(),
                            item.hidden() ? null : draws.get(key),
                            item.hidden(),
                            day,
                            jobs.round(day),
                            item.image(),
                            item.capturedAt(),
                            item.site(),
                            item.camera()))));
        }
        return rows;
    }
}
