package dev.winnow.quality;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ReviewJobs;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.RunIds;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

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

    private static final int MAX_ITEMS = 200_000;

    /** Items that are drawn by default for each one that a proof takes: some are wrong, some nobody can tell. */
    private static final double SPARE = 1.5;

    /** A class is left out that would have so many times the wanted alarms drawn: its first date had few of them. */
    private static final int MOST_TIMES = 4;

    private static final String BUCKET = "bucket_index";
    private static final String ROWS = "rows";
    private static final String BEST = "best";
    private static final String DRAW = "hidden_draw";
    private static final String PLACE = "place";
    private static final String PREDICTED = "shown_before";
    private static final String LAST = "last";

    private static final String[] CLASS = {QaItems.USE_CASE, QaItems.MODEL_VERSION, QaItems.LABEL};

    private static final TableDef DRAWS = TableDef.named("draws", "Probability with which alarms of a class are drawn")
            .required(QaItems.USE_CASE, DataTypes.StringType, "Use case")
            .required(QaItems.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(QaItems.LABEL, DataTypes.StringType, "Class")
            .required(QaItems.INCLUSION_PROBABILITY, DataTypes.DoubleType, "Probability")
            .build();

    private final WinnowConfig config;
    private final QualitySettings.Batches settings;
    private final Buckets buckets;
    private final InferenceLog inferences;
    private final Predicate<String> usable;
    private final TableStore tables;
    private final ReviewJobs jobs;

    /**
     * Creates the job over the inference log, its tables and whoever makes jobs of batches.
     *
     * @param usable whether a labeling job can take an image reference
     */
    public QaBatchesJob(
            WinnowConfig config,
            InferenceLog inferences,
            Predicate<String> usable,
            TableStore tables,
            ReviewJobs jobs) {
        this.config = config;
        this.settings = config.quality().batches();
        this.buckets = new Buckets(config.quality().buckets());
        this.inferences = inferences;
        this.usable = usable;
        this.tables = tables;
        this.jobs = jobs;
    }

    /** A class of a model version; its items make a job. */
    private record Key(String useCase, String modelVersion, String label) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::useCase).thenComparing(Key::label).thenComparing(Key::modelVersion);

        static Key of(Row row) {
            return new Key(row.getAs(QaItems.USE_CASE), row.getAs(QaItems.MODEL_VERSION), row.getAs(QaItems.LABEL));
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** What people see. */
    private record Item(
            String id, String image, String site, @Nullable Double confidence, boolean hidden) {}

    /** An item whose class people know. */
    private record Known(
            String useCase,
            Item item,
            String label,
            @Nullable String predicted) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        if (jobs.published(day)) {
            return new Report(0, 0, 0, 0, "", jobs.publish(day, List.of()));
        }
        requireAudit(day);
        DayInput input = inferences.day(day);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        List<String> sentences = new ArrayList<>();
        SortedMap<Key, long[]> counts = counts(day);
        leaveOutLabelStudio(counts, sentences);
        SortedMap<Key, Double> draws = draws(counts, sentences);
        SortedMap<Key, List<Item>> drawn = drawn(day, draws);
        draws.forEach((key, share) -> sentences.add(plan(key, share, counts.getOrDefault(key, new long[0]))));
        SortedMap<Key, List<List<Item>>> batches = batches(day, drawn, sentences);
        List<ReviewJobs.Job> asked = new ArrayList<>();
        batches.forEach((key, of) -> asked.add(new ReviewJobs.Job(
                key.useCase,
                key.label,
                of.stream()
                        .map(batch -> batch.stream()
                                .map(one -> new ReviewJobs.Shown(one.id, one.image, one.site))
                                .toList())
                        .toList(),
                runId)));
        List<Row> shown = rows(batches, draws, jobs.names(day, asked));
        if (!shown.isEmpty()) {
            // Before the jobs: an answer to a job whose items nobody wrote down would say nothing.
            Map<String, Object> scope = new LinkedHashMap<>();
            scope.put(QaItems.PIPELINE, config.pipeline());
            scope.put(QaItems.JOB_NAME, jobs.names(day, asked));
            tables.replace(QaItems.TABLE, tables.frame(QaItems.TABLE, shown), scope);
        }
        sentences.addAll(jobs.publish(day, asked));
        return new Report(shown.size(), shown.size(), 0, 2, input.fingerprint(), sentences);
    }

    /** Whoever labels the audit must not have seen what was predicted, so its images must be known. */
    private void requireAudit(LocalDate day) {
        if (stored(Candidates.TABLE)
                .filter(col(Candidates.RUN_DATE).equalTo(lit(day)))
                .isEmpty()) {
            throw new ConfigException("there are no candidates of " + day + ", among which the audit's images are that"
                    + " people must label blindly: run `candidates --run-date " + day + "` first");
        }
    }

    private void leaveOutLabelStudio(SortedMap<Key, long[]> counts, List<String> sentences) {
        counts.keySet().stream()
                .map(Key::useCase)
                .distinct()
                .filter(useCase -> config.labeling().target(useCase) != Target.GROUND_TRUTH)
                .toList()
                .forEach(useCase -> {
                    counts.keySet().removeIf(key -> key.useCase.equals(useCase));
                    sentences.add(
                            useCase + " is labeled in Label Studio, which shows one item at a time: its alarms are"
                                    + " not reviewed in bulk");
                });
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(QaItems.PIPELINE).equalTo(config.pipeline()));
    }

    private static Column[] byClass() {
        return new Column[] {col(QaItems.USE_CASE), col(QaItems.MODEL_VERSION), col(QaItems.LABEL)};
    }

    /** The day's alarms from the base threshold on, but for those of the audit. */
    private Dataset<Row> alarms(LocalDate day) {
        Dataset<Row> audited = stored(Candidates.TABLE)
                .filter(col(Candidates.RUN_DATE)
                        .equalTo(lit(day))
                        .and(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT)))
                .select(col(Inferences.USE_CASE), col(Inferences.IMAGE_URI))
                .distinct();
        return inferences
                .accepted(List.of(day))
                .filter(col(Inferences.PREDICTED_LABEL).isNotNull())
                .withColumn(BUCKET, buckets.of(Inferences.CONFIDENCE))
                .filter(col(BUCKET).geq(0))
                .join(broadcast(audited), new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left_anti")
                .withColumnRenamed(Inferences.PREDICTED_LABEL, QaItems.LABEL);
    }

    private static List<Row> collect(Dataset<Row> rows, String what) {
        List<Row> collected = rows.limit(MAX_ITEMS + 1).collectAsList();
        if (collected.size() > MAX_ITEMS) {
            throw new ConfigException(String.format(
                    Locale.ROOT,
                    "bulk QA of the day has more than %,d %s: lower quality.batches.reviews, or map predicted_label to"
                            + " classes",
                    MAX_ITEMS,
                    what));
        }
        return collected;
    }

    /** Alarms of each class by interval of confidence. */
    private SortedMap<Key, long[]> counts(LocalDate day) {
        SortedMap<Key, long[]> counts = new TreeMap<>();
        collect(
                        alarms(day)
                                .groupBy(
                                        col(QaItems.USE_CASE),
                                        col(QaItems.MODEL_VERSION),
                                        col(QaItems.LABEL),
                                        col(BUCKET))
                                .agg(count(lit(1)).as(ROWS)),
                        "classes by interval")
                .forEach(row -> counts.computeIfAbsent(Key.of(row), key -> new long[buckets.size()])[
                                row.<Integer>getAs(BUCKET)] =
                        row.<Long>getAs(ROWS));
        return counts;
    }

    /** Reviews without a wrong one that prove the highest interval, with what reviewers may overlook. */
    private long proves(int classes) {
        Proof proof = Proof.of(config.quality());
        double limit = new Walks(buckets, config.quality().wrongPerRight()).limit();
        return proof.test().leastTrials(limit * proof.minSensitivity(), proof.alpha(classes) / 2);
    }

    /** Probability with which alarms of a class are drawn: that of earlier dates, else what brings the wanted number. */
    private SortedMap<Key, Double> draws(SortedMap<Key, long[]> counts, List<String> sentences) {
        SortedMap<Key, Double> before = new TreeMap<>();
        stored(QaItems.TABLE)
                .filter(col(QaItems.INCLUSION_PROBABILITY)
                        .isNotNull()
                        .and(col(QaItems.MODEL_VERSION).isNotNull()))
                .groupBy(byClass())
                .agg(max(col(QaItems.INCLUSION_PROBABILITY)).as(QaItems.INCLUSION_PROBABILITY))
                .collectAsList()
                .forEach(row -> before.put(Key.of(row), row.<Double>getAs(QaItems.INCLUSION_PROBABILITY)));
        Proof proof = Proof.of(config.quality());
        double wanted = settings.reviews() > 0
                ? settings.reviews()
                : proof.sampleSize() > 0 ? proof.sampleSize() : Math.ceil(SPARE * proves(counts.size()));
        SortedMap<Key, Double> draws = new TreeMap<>();
        counts.forEach((key, byBucket) -> {
            Double earlier = before.get(key);
            double expected = earlier == null ? 0 : earlier * sum(byBucket);
            if (expected > MOST_TIMES * wanted) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, model %s, %s: not reviewed, for drawn as before it would be %.0f alarms where %.0f are wanted,"
                                + " and others prove nothing together with those: raise quality.batches.reviews if so many"
                                + " may be asked",
                        key.useCase,
                        key.modelVersion,
                        key.label,
                        expected,
                        wanted));
            } else {
                draws.put(key, earlier != null ? earlier : Math.min(1, wanted / sum(byBucket)));
            }
        });
        return draws;
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long one : counts) {
            sum += one;
        }
        return sum;
    }

    /** Items of each class, most confident first; of several alarms on one image the most confident. */
    private SortedMap<Key, List<Item>> drawn(LocalDate day, SortedMap<Key, Double> draws) {
        List<Row> shares = new ArrayList<>();
        draws.forEach((key, share) -> shares.add(RowFactory.create(key.useCase, key.modelVersion, key.label, share)));
        String salt = "qa|" + config.selection().salt() + "|" + day;
        Column draw = HashDraw.of(salt, ImageUris.canonical(col(Inferences.IMAGE_URI)), col(QaItems.LABEL));
        SortedMap<Key, List<Item>> drawn = new TreeMap<>();
        collect(
                        alarms(day)
                                .join(broadcast(tables.frame(DRAWS, shares)), CLASS)
                                .filter(draw.lt(col(QaItems.INCLUSION_PROBABILITY)))
                                .withColumn(
                                        QaItems.ITEM_ID,
                                        Candidates.item(
                                                col(QaItems.USE_CASE), col(Inferences.IMAGE_URI), col(QaItems.LABEL)))
                                .groupBy(
                                        col(QaItems.USE_CASE),
                                        col(QaItems.MODEL_VERSION),
                                        col(QaItems.LABEL),
                                        col(QaItems.ITEM_ID))
                                .agg(max(struct(
                                                col(QaItems.CONFIDENCE),
                                                col(Inferences.IMAGE_URI),
                                                col(Inferences.SITE_ID)))
                                        .as(BEST))
                                .select(col("*"), col(BEST + ".*"))
                                .sort(col(QaItems.CONFIDENCE).desc(), col(QaItems.ITEM_ID)),
                        "items")
                .stream()
                .filter(row -> usable.test(ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI))))
                .forEach(row -> drawn.computeIfAbsent(Key.of(row), key -> new ArrayList<>())
                        .add(new Item(
                                row.getAs(QaItems.ITEM_ID),
                                ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI)),
                                row.getAs(Inferences.SITE_ID),
                                row.getAs(QaItems.CONFIDENCE),
                                false)));
        return drawn;
    }

    private String plan(Key key, double share, long[] counts) {
        List<String> expected = new ArrayList<>();
        for (int bucket = buckets.size() - 1; bucket >= 0; bucket--) {
            expected.add(String.format(Locale.ROOT, "%.0f in %s", share * counts[bucket], buckets.name(bucket)));
        }
        return String.format(
                Locale.ROOT,
                "%s, model %s, %s: %.2f %% of %,d alarms are drawn, about %s; a proof takes %d without a wrong one",
                key.useCase,
                key.modelVersion,
                key.label,
                100 * share,
                sum(counts),
                String.join(", ", expected),
                proves(1));
    }

    private SortedMap<Key, List<List<Item>>> batches(
            LocalDate day, SortedMap<Key, List<Item>> drawn, List<String> sentences) {
        int own = settings.size() - settings.hidden();
        int most = drawn.values().stream()
                .mapToInt(items -> settings.hidden() * ((items.size() + own - 1) / own))
                .max()
                .orElse(0);
        List<Known> known = most == 0 ? List.of() : known(day, most);
        SortedMap<Key, List<List<Item>>> batches = new TreeMap<>();
        drawn.forEach((key, items) -> {
            int count = (items.size() + own - 1) / own;
            List<Item> hidden = hidden(key, items, known, settings.hidden() * count);
            if (hidden.size() < settings.hidden() * count) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, %s: only %d items are known to be something else, %d were to be hidden among its batches",
                        key.useCase,
                        key.label,
                        hidden.size(),
                        settings.hidden() * count));
            }
            List<List<Item>> of = new ArrayList<>();
            for (int batch = 0; batch < count; batch++) {
                List<Item> together =
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
    private static int place(Item item, int others) {
        return Integer.remainderUnsigned(
                Integer.parseUnsignedInt(new Digest().add(item.id).hex(8), 16), others + 1);
    }

    /** Items known to be of another class: first those that the model took for this one. */
    private static List<Item> hidden(Key key, List<Item> drawn, List<Known> known, int wanted) {
        Set<String> taken = new HashSet<>();
        drawn.forEach(item -> taken.add(item.id));
        List<Item> hidden = new ArrayList<>();
        for (boolean mistaken : new boolean[] {true, false}) {
            for (Known one : known) {
                boolean fits = one.useCase.equals(key.useCase)
                        && !one.label.equals(key.label)
                        && key.label.equals(one.predicted) == mistaken;
                if (fits && hidden.size() < wanted && taken.add(one.item.id)) {
                    hidden.add(one.item);
                }
            }
        }
        return hidden;
    }

    /**
     * Items that people agree on, as many of each class, and of each that they were predicted as, as one job may hide; in
     * the order of their hash.
     */
    private List<Known> known(LocalDate day, int most) {
        Dataset<Row> selected = stored(Selections.TABLE)
                .groupBy(Labels.USE_CASE, Labels.ITEM_ID)
                .agg(max(struct(
                                col(Selections.RUN_DATE),
                                col(Selections.ROUND_ID),
                                col(Inferences.IMAGE_URI),
                                col(Inferences.SITE_ID),
                                col(Inferences.PREDICTED_LABEL).as(PREDICTED)))
                        .as(LAST));
        Column told = not(col(Labels.LABEL).equalTo(LabelingJobs.CANT_TELL))
                .and(not(col(Labels.LABEL).isin(config.outcomes().unsureLabels().toArray())));
        Dataset<Row> labeled = stored(Labels.TABLE)
                .filter(col(Labels.TASK)
                        .equalTo(Answers.CLASSIFICATION)
                        .and(col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD))
                        .and(col(Labels.LABEL).isNotNull())
                        .and(told))
                .select(Labels.USE_CASE, Labels.ITEM_ID, Labels.LABEL)
                .join(selected, new String[] {Labels.USE_CASE, Labels.ITEM_ID})
                .select(col(Labels.USE_CASE), col(Labels.ITEM_ID), col(Labels.LABEL), col(LAST + ".*"))
                .withColumn(DRAW, HashDraw.of("hidden|" + config.selection().salt() + "|" + day, col(Labels.ITEM_ID)));
        Column[] first = {col(DRAW), col(Labels.ITEM_ID)};
        Dataset<Row> mistaken = labeled.filter(col(PREDICTED).notEqual(col(Labels.LABEL)))
                .withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(Labels.USE_CASE, PREDICTED)
                                        .orderBy(first)));
        Dataset<Row> any = labeled.withColumn(
                PLACE,
                row_number()
                        .over(Window.partitionBy(Labels.USE_CASE, Labels.LABEL).orderBy(first)));
        return collect(
                        mistaken.unionByName(any)
                                .filter(col(PLACE).leq(most))
                                .drop(PLACE)
                                .distinct()
                                .sort(DRAW, Labels.ITEM_ID, Labels.USE_CASE),
                        "items that people labeled")
                .stream()
                .map(row -> new Known(
                        row.getAs(Labels.USE_CASE),
                        new Item(
                                row.getAs(Labels.ITEM_ID),
                                ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI)),
                                row.getAs(Inferences.SITE_ID),
                                null,
                                true),
                        row.getAs(Labels.LABEL),
                        row.getAs(PREDICTED)))
                .toList();
    }

    private List<Row> rows(SortedMap<Key, List<List<Item>>> batches, SortedMap<Key, Double> draws, List<String> names) {
        List<Row> rows = new ArrayList<>();
        int job = 0;
        for (Map.Entry<Key, List<List<Item>>> one : batches.entrySet()) {
            Key key = one.getKey();
            String name = names.get(job++);
            one.getValue()
                    .forEach(batch -> batch.forEach(item -> rows.add(RowFactory.create(
                            config.pipeline(),
                            key.useCase,
                            name,
                            item.id,
                            key.label,
                            item.confidence,
                            item.hidden ? null : key.modelVersion,
                            item.hidden ? null : draws.get(key),
                            item.hidden))));
        }
        return rows;
    }
}
