package dev.winnow.quality;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabelClass.Audited;
import dev.winnow.quality.AutoLabelClass.Decision;
import dev.winnow.quality.AutoLabelClass.Earlier;
import dev.winnow.quality.AutoLabelClass.Proven;
import dev.winnow.quality.AutoLabelClass.Status;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Labels the day's alarms without people where a threshold of their class is proven, and says what that saves.
 *
 * <p>One pass over the day's inferences, of which a share is drawn by hash; nothing is shuffled but counts. A label is issued
 * only for the model version of the proof, in no segment that is elevated, and in no value of a configured dimension that
 * audits have not seen often enough. What the audit draws stays with people. The thresholds go nowhere else: which alarms
 * are near the decision boundary is still said by the configured alarm threshold.
 *
 * <p>The driver holds a row for each class and each of its audited values of dimensions, at most {@value #MAX_ROWS}.
 */
public final class AutoLabelsJob implements Stage {
    private static final String NAME = "auto-labels";
    private static final int MAX_ROWS = 1_000_000;

    /** Worst segments that are left out; more of them would be all there is. */
    private static final int MAX_SEGMENTS = 1_000;

    /** Classes that a sentence names. */
    private static final int NAMED = 20;

    private static final String ABOVE = "is_above";
    private static final String HELD = "is_held_back";
    private static final String COVERED = "is_covered_";
    private static final String DIMENSION = "dimension";
    private static final String VALUE = "value";
    private static final String AFTER = "judged_since";
    private static final String WRONG_AFTER = "wrong_since";
    private static final String JUDGED = "judged";
    private static final String LAST = "last";
    private static final String LATEST = "latest";
    private static final String PLACED = "placed";

    private static final String[] CLASS = {AutoLabels.USE_CASE, AutoLabels.MODEL_VERSION, AutoLabels.LABEL};

    private static final TableDef WATCHED = TableDef.named("watched_classes", "A class that is, or was, proven")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(AutoLabelDays.PROVEN_ON, DataTypes.DateType, "Since when")
            .required(AutoLabelDays.AUDITED_FROM, DataTypes.DoubleType, "Lowest threshold since then")
            .build();

    private static final TableDef ISSUED = TableDef.named("issued_classes", "A class that is labeled without people")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(AutoLabels.THRESHOLD, DataTypes.DoubleType, "Proven threshold")
            .required(AutoLabels.BOUND, DataTypes.DoubleType, "Upper bound of the share that is wrong")
            .build();

    private static final TableDef SEEN = TableDef.named(
                    "seen_values", "A value that audits of a class have seen enough")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(DIMENSION, DataTypes.StringType, "Dimension")
            .required(VALUE, DataTypes.StringType, "Value of it")
            .build();

    private static final TableDef VOID = TableDef.named("void_labels", "From when on labels of a class are void")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(AutoLabelDays.QUARANTINED_FROM, DataTypes.DateType, "First run date")
            .build();

    private final WinnowConfig config;
    private final QualitySettings.AutoLabels settings;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;
    private final double limit;

    /** Creates the job over the inference log and its tables. */
    public AutoLabelsJob(WinnowConfig config, InferenceLog inferences, CameraTable cameras, TableStore tables) {
        this.config = config;
        this.settings = config.quality().autoLabels();
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
        this.limit = new Walks(
                        new Buckets(config.quality().buckets()),
                        config.quality().wrongPerRight())
                .limit();
    }

    /** A class of a model version; a proof holds for nothing wider. */
    private record Key(String useCase, String modelVersion, String label) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::useCase)
                .thenComparing(Key::modelVersion)
                .thenComparing(Key::label);

        static Key of(Row row) {
            return new Key(
                    row.getAs(AutoLabels.USE_CASE), row.getAs(AutoLabels.MODEL_VERSION), row.getAs(AutoLabels.LABEL));
        }

        Key all() {
            return new Key(useCase, modelVersion, LabelQa.ALL);
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** People's work on a class. */
    private record Spent(long reviews, long audits) {
        static final Spent NONE = new Spent(0, 0);

        Spent plus(Spent other) {
            return new Spent(reviews + other.reviews, audits + other.audits);
        }
    }

    /** Alarms of a class on the day. */
    private record Alarms(long wanted, long issued, long held) {
        static final Alarms NONE = new Alarms(0, 0, 0);

        Alarms plus(Alarms other) {
            return new Alarms(wanted + other.wanted, issued + other.issued, held + other.held);
        }
    }

    /** Alarms of a class on all run dates before, without what is void. */
    private record Before(long wanted, long issued) {
        static final Before NONE = new Before(0, 0);

        Before plus(Before other) {
            return new Before(wanted + other.wanted, issued + other.issued);
        }
    }

    /** What audits say of a class, and of it in the values of dimensions. */
    private static final class Audits {
        private Audited whole = Audited.NONE;
        private final List<Audited> segments = new ArrayList<>();
        private final List<Row> seen = new ArrayList<>();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        SortedMap<Key, Proven> proven = proven();
        SortedMap<Key, Earlier> earlier = earlier(day);
        SortedMap<Key, Spent> spent = spent();
        SortedMap<Key, AutoLabelClass> classes = new TreeMap<>();
        proven.forEach((key, proof) -> classes.put(key, AutoLabelClass.of(day, proof, earlier.get(key))));
        earlier.forEach(
                (key, before) -> classes.computeIfAbsent(key, unproven -> AutoLabelClass.of(day, null, before)));
        SortedMap<Key, Audits> audits = audits(day, classes);
        SortedMap<Key, Decision> decisions = new TreeMap<>();
        classes.forEach((key, one) -> decisions.put(key, decide(day, key, one, audits, spent)));
        Dataset<Row> drawn =
                drawn(day, issued(classes, decisions), seen(decisions, audits)).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            SortedMap<Key, Alarms> alarms = alarms(drawn);
            alarms.keySet().forEach(key -> {
                if (!classes.containsKey(key)) {
                    AutoLabelClass one = AutoLabelClass.of(day, null, null);
                    classes.put(key, one);
                    decisions.put(key, decide(day, key, one, audits, spent));
                }
            });
            long written = tables.replace(AutoLabels.TABLE, labels(day, drawn), scope(day));
            SortedMap<Key, Before> before = before(day, decisions);
            Days days = new Days(day, classes, decisions, audits, spent, alarms, before);
            written += tables.replace(AutoLabelDays.TABLE, tables.frame(AutoLabelDays.TABLE, days.rows()), scope(day));
            long read = alarms.values().stream().mapToLong(Alarms::wanted).sum();
            DayInput input = inferences.day(day).and(cameras.files());
            return new Report(read, written, 0, 1, input.fingerprint(), days.sentences());
        } finally {
            drawn.unpersist();
        }
    }

    private Decision decide(
            LocalDate day, Key key, AutoLabelClass one, SortedMap<Key, Audits> audits, SortedMap<Key, Spent> spent) {
        Audits audited = audits.getOrDefault(key, new Audits());
        Spent people = spent.getOrDefault(key, Spent.NONE);
        return one.decide(
                day, people.reviews + people.audits, audited.whole, audited.segments, limit, settings.maxAgeDays());
    }

    private static Column[] byClass() {
        return new Column[] {col(AutoLabels.USE_CASE), col(AutoLabels.MODEL_VERSION), col(AutoLabels.LABEL)};
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(AutoLabels.PIPELINE).equalTo(config.pipeline()));
    }

    private Map<String, Object> scope(LocalDate day) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(AutoLabels.PIPELINE, config.pipeline());
        scope.put(AutoLabels.RUN_DATE, day);
        return scope;
    }

    private static List<Row> collect(Dataset<Row> rows, String what) {
        List<Row> collected = rows.limit(MAX_ROWS + 1).collectAsList();
        if (collected.size() > MAX_ROWS) {
            throw new ConfigException(String.format(
                    Locale.ROOT,
                    "what is labeled without people has more than %,d %s: name dimensions with few values in"
                            + " quality.auto-labels.dimensions",
                    MAX_ROWS,
                    what));
        }
        return collected;
    }

    /** Classes with a proven threshold; blind labels prove before reviews do, which need to be trusted. */
    private SortedMap<Key, Proven> proven() {
        List<Row> rows = collect(
                stored(ClassThresholds.TABLE)
                        .filter(col(ClassThresholds.WALK)
                                .equalTo(Threshold.Walk.PROVEN.name())
                                .and(col(ClassThresholds.LABEL).notEqual(LabelQa.ALL)))
                        .sort(ClassThresholds.USE_CASE, ClassThresholds.MODEL_VERSION, ClassThresholds.LABEL),
                "classes");
        Map<Population, Integer> classes = new TreeMap<>();
        rows.forEach(row -> classes.merge(Population.of(row), 1, Integer::sum));
        Map<String, Detection> detections = new TreeMap<>();
        stored(Reviewers.TABLE)
                .filter(col(Reviewers.WORKER_ID).equalTo(LabelQa.ALL))
                .collectAsList()
                .forEach(row -> detections.put(
                        row.getAs(Reviewers.USE_CASE),
                        new Detection(row.<Long>getAs(Reviewers.HIDDEN), row.<Long>getAs(Reviewers.FOUND))));
        Proof proof = Proof.of(config.quality());
        SortedMap<Key, Proven> proven = new TreeMap<>();
        for (Row row : rows) {
            if (!row.getAs(ClassThresholds.STATUS).equals(Threshold.Status.PROVEN.name())) {
                continue;
            }
            Population population = Population.of(row);
            double bound = row.<Double>getAs(ClassThresholds.BOUND);
            if (population.source().equals(LabelQa.REVIEWS)) {
                Detection detection = detections.getOrDefault(population.useCase(), Detection.NONE);
                bound = Math.min(1, bound / proof.leastFound(detection, classes.getOrDefault(population, 1)));
            }
            Proven one = new Proven(population.source(), row.<Double>getAs(ClassThresholds.THRESHOLD), bound);
            proven.merge(Key.of(row), one, (a, b) -> a.source().equals(LabelQa.BLIND_LABELS) ? a : b);
        }
        return proven;
    }

    /** How classes stood on the last run date before, as long as it is not older than proofs may be. */
    private SortedMap<Key, Earlier> earlier(LocalDate day) {
        SortedMap<Key, Earlier> earlier = new TreeMap<>();
        List<Column> columns = new ArrayList<>();
        AutoLabelDays.TABLE.columns().forEach(name -> columns.add(col(name)));
        columns.add(0, col(AutoLabelDays.RUN_DATE).as(LATEST)); // the first field of a struct decides which is largest
        collect(
                        earlierDays(day)
                                .groupBy(byClass())
                                .agg(max(struct(columns.toArray(Column[]::new))).as(LAST))
                                .select(LAST + ".*")
                                .filter(col(AutoLabelDays.RUN_DATE)
                                        .geq(date_sub(lit(day), settings.maxAgeDays()))
                                        .or(col(AutoLabelDays.STATUS).equalTo(Status.WITHDRAWN.name()))),
                        "classes")
                .forEach(row -> earlier.put(
                        Key.of(row),
                        new Earlier(
                                row.getAs(AutoLabelDays.RUN_DATE),
                                Status.valueOf(row.getAs(AutoLabelDays.STATUS)),
                                row.getAs(AutoLabelDays.PROVEN_ON),
                                row.getAs(AutoLabelDays.AUDITED_FROM),
                                row.<Long>getAs(AutoLabelDays.REVIEWS) + row.<Long>getAs(AutoLabelDays.AUDITS),
                                row.<Long>getAs(AutoLabelDays.AUDITED),
                                row.getAs(AutoLabelDays.JUDGED_ON),
                                row.getAs(AutoLabelDays.PASSED_ON),
                                row.getAs(AutoLabelDays.QUARANTINED_FROM))));
        return earlier;
    }

    private Dataset<Row> earlierDays(LocalDate day) {
        return stored(AutoLabelDays.TABLE)
                .filter(col(AutoLabelDays.RUN_DATE)
                        .lt(lit(day))
                        .and(col(AutoLabelDays.LABEL).notEqual(LabelQa.ALL)));
    }

    /** Reviews and audits of each class, whatever their confidence. */
    private SortedMap<Key, Spent> spent() {
        Column judged = col(LabelQa.TOTAL).plus(col(LabelQa.CANT_TELL));
        Column reviews = col(LabelQa.SOURCE).equalTo(LabelQa.REVIEWS);
        Column audits = not(reviews).and(col(LabelQa.DESIGN).equalTo(Selections.UNIFORM));
        SortedMap<Key, Spent> spent = new TreeMap<>();
        collect(
                        stored(LabelQa.TABLE)
                                .filter(not(col(LabelQa.LABEL).equalTo(LabelQa.ALL))
                                        .and(not(col(LabelQa.BUCKET).equalTo(LabelQa.ALL))))
                                .groupBy(byClass())
                                .agg(
                                        sum(when(reviews, judged).otherwise(0L)).as(AutoLabelDays.REVIEWS),
                                        sum(when(audits, judged).otherwise(0L)).as(AutoLabelDays.AUDITS)),
                        "classes")
                .forEach(row -> spent.put(
                        Key.of(row),
                        new Spent(row.<Long>getAs(AutoLabelDays.REVIEWS), row.<Long>getAs(AutoLabelDays.AUDITS))));
        return spent;
    }

    /** Blind labels of the last days at or above the thresholds of classes, as a whole and in each value of dimensions. */
    private SortedMap<Key, Audits> audits(LocalDate day, SortedMap<Key, AutoLabelClass> classes) {
        List<Row> watched = new ArrayList<>();
        classes.forEach((key, one) -> {
            if (one.provenOn() != null && one.auditedFrom() != null) {
                watched.add(
                        RowFactory.create(key.useCase, key.modelVersion, key.label, one.provenOn(), one.auditedFrom()));
            }
        });
        SortedMap<Key, Audits> audits = new TreeMap<>();
        if (watched.isEmpty()) {
            return audits;
        }
        Column wrong = col(JudgedItems.DISCONFIRMED);
        Column since = col(JudgedItems.ASKED_ON).gt(col(AutoLabelDays.PROVEN_ON));
        List<Column> values = new ArrayList<>();
        values.add(struct(lit("").as(DIMENSION), lit("").as(VALUE)));
        settings.dimensions()
                .forEach(name -> values.add(struct(
                        lit(name).as(DIMENSION),
                        col(TableDef.dimensionColumn(name)).as(VALUE))));
        Dataset<Row> judged = JudgedItems.ofLabels(
                        stored(Labels.TABLE), recent(stored(Selections.TABLE), day), config.outcomes())
                .filter(col(LabelQa.DESIGN).equalTo(Selections.UNIFORM).and(JudgedItems.isJudged()))
                .join(broadcast(tables.frame(WATCHED, watched)), CLASS)
                .filter(col(Inferences.CONFIDENCE).geq(col(AutoLabelDays.AUDITED_FROM)))
                .transform(rows -> withDimensions(rows, day))
                .withColumn(PLACED, explode(array(values.toArray(Column[]::new))))
                .select(col("*"), col(PLACED + ".*"))
                .filter(col(VALUE).isNotNull());
        collect(
                        judged.groupBy(
                                        col(AutoLabels.USE_CASE),
                                        col(AutoLabels.MODEL_VERSION),
                                        col(AutoLabels.LABEL),
                                        col(DIMENSION),
                                        col(VALUE))
                                .agg(
                                        count(lit(1)).as(JUDGED),
                                        count_if(since).as(AFTER),
                                        count_if(since.and(wrong)).as(WRONG_AFTER))
                                .sort(
                                        AutoLabels.USE_CASE,
                                        AutoLabels.MODEL_VERSION,
                                        AutoLabels.LABEL,
                                        DIMENSION,
                                        VALUE),
                        "classes by value of dimensions")
                .forEach(row -> add(audits.computeIfAbsent(Key.of(row), key -> new Audits()), row));
        return audits;
    }

    private void add(Audits audits, Row row) {
        Audited since = new Audited(row.<Long>getAs(AFTER), row.<Long>getAs(WRONG_AFTER));
        if (row.<String>getAs(DIMENSION).isEmpty()) {
            audits.whole = since;
            return;
        }
        if (since.judged() > 0) {
            audits.segments.add(since);
        }
        if (row.<Long>getAs(JUDGED) >= settings.minReviews()) {
            audits.seen.add(RowFactory.create(
                    row.getAs(AutoLabels.USE_CASE),
                    row.getAs(AutoLabels.MODEL_VERSION),
                    row.getAs(AutoLabels.LABEL),
                    row.getAs(DIMENSION),
                    row.getAs(VALUE)));
        }
    }

    private Dataset<Row> recent(Dataset<Row> rows, LocalDate day) {
        return rows.filter(col(Candidates.RUN_DATE).between(lit(day.minusDays(settings.maxAgeDays() - 1L)), lit(day)));
    }

    /** Adds the dimensions that the draw of the audit found, null where it is not there any more. */
    private Dataset<Row> withDimensions(Dataset<Row> rows, LocalDate day) {
        if (settings.dimensions().isEmpty()) {
            return rows;
        }
        List<Column> columns = new ArrayList<>(List.of(
                col(Candidates.RUN_DATE).as(JudgedItems.ASKED_ON), col(AutoLabels.USE_CASE), col(Candidates.ITEM_ID)));
        settings.dimensions().forEach(name -> columns.add(col(TableDef.dimensionColumn(name))));
        Dataset<Row> drawn = recent(stored(Candidates.TABLE.withDimensions(dimensions())), day)
                .filter(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT))
                .select(columns.toArray(Column[]::new));
        return rows.join(drawn, new String[] {JudgedItems.ASKED_ON, AutoLabels.USE_CASE, Candidates.ITEM_ID}, "left");
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    private Dataset<Row> issued(SortedMap<Key, AutoLabelClass> classes, SortedMap<Key, Decision> decisions) {
        List<Row> issued = new ArrayList<>();
        classes.forEach((key, one) -> {
            Proven proven = one.proven();
            if (proven != null && decision(decisions, key).status() == Status.ISSUED) {
                issued.add(RowFactory.create(
                        key.useCase, key.modelVersion, key.label, proven.threshold(), proven.bound()));
            }
        });
        return tables.frame(ISSUED, issued);
    }

    private static Decision decision(SortedMap<Key, Decision> decisions, Key key) {
        return Objects.requireNonNull(decisions.get(key));
    }

    private Dataset<Row> seen(SortedMap<Key, Decision> decisions, SortedMap<Key, Audits> audits) {
        List<Row> seen = new ArrayList<>();
        audits.forEach((key, of) -> {
            if (decision(decisions, key).status() == Status.ISSUED) {
                seen.addAll(of.seen);
            }
        });
        return tables.frame(SEEN, seen);
    }

    /** The alarms of the day that want a label, with whether they are above their threshold and whether that is held back. */
    private Dataset<Row> drawn(LocalDate day, Dataset<Row> issued, Dataset<Row> seen) {
        WorstSegments elevated = elevated(day);
        String salt = "auto-labels|" + config.selection().salt() + "|" + day;
        Dataset<Row> audited = stored(Candidates.TABLE)
                .filter(col(Candidates.RUN_DATE)
                        .equalTo(lit(day))
                        .and(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT)))
                .select(col(Inferences.USE_CASE), col(Inferences.IMAGE_URI))
                .distinct();
        Dataset<Row> rows = inferences
                .accepted(List.of(day))
                .filter(col(Inferences.PREDICTED_LABEL)
                        .isNotNull()
                        .and(HashDraw.of(salt, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                                .lt(settings.share())))
                .transform(cameras::withStaticDimensions)
                .join(broadcast(audited), new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left_anti")
                .withColumnRenamed(Inferences.PREDICTED_LABEL, AutoLabels.LABEL)
                .withColumn(
                        HELD,
                        elevated.isEmpty()
                                ? lit(false)
                                : elevated.first(col(AutoLabels.LABEL), dimensions())
                                        .isNotNull())
                .join(broadcast(issued), CLASS, "left");
        for (String dimension : settings.dimensions()) {
            String value = TableDef.dimensionColumn(dimension);
            Dataset<Row> values = seen.filter(col(DIMENSION).equalTo(dimension))
                    .drop(DIMENSION)
                    .withColumnRenamed(VALUE, value)
                    .withColumn(COVERED + dimension, lit(true));
            String[] by = {CLASS[0], CLASS[1], CLASS[2], value};
            rows = rows.join(broadcast(values), by, "left")
                    .withColumn(HELD, col(HELD).or(col(COVERED + dimension).isNull()));
        }
        return rows.withColumn(ABOVE, coalesce(col(Inferences.CONFIDENCE).geq(col(AutoLabels.THRESHOLD)), lit(false)))
                .select(
                        col(AutoLabels.USE_CASE),
                        col(AutoLabels.MODEL_VERSION),
                        col(AutoLabels.LABEL),
                        Candidates.item(col(AutoLabels.USE_CASE), col(Inferences.IMAGE_URI), col(AutoLabels.LABEL))
                                .as(AutoLabels.ITEM_ID),
                        col(Inferences.INFERENCE_ID),
                        col(Inferences.IMAGE_URI),
                        col(Inferences.CAPTURED_AT),
                        col(Inferences.SITE_ID),
                        col(Inferences.CAMERA_ID),
                        col(Inferences.CONFIDENCE),
                        col(AutoLabels.THRESHOLD),
                        col(AutoLabels.BOUND),
                        col(ABOVE),
                        col(HELD));
    }

    /** The elevated and suspected segments of the last findings up to the day, worst first. */
    private WorstSegments elevated(LocalDate day) {
        Dataset<Row> findings = stored(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.RUN_DATE).leq(lit(day)));
        LocalDate last =
                findings.agg(max(col(SegmentFindings.RUN_DATE))).first().getAs(0);
        if (last == null) {
            return WorstSegments.of(List.of());
        }
        return WorstSegments.of(findings.filter(col(SegmentFindings.RUN_DATE)
                        .equalTo(lit(last))
                        .and(col(SegmentFindings.STATUS).isNotNull()))
                .sort(SegmentFindings.RANK, SegmentFindings.USE_CASE, SegmentFindings.SEGMENT)
                .limit(MAX_SEGMENTS)
                .select(SegmentFindings.conjunction())
                .collectAsList());
    }

    private static SortedMap<Key, Alarms> alarms(Dataset<Row> drawn) {
        SortedMap<Key, Alarms> alarms = new TreeMap<>();
        collect(
                        drawn.groupBy(byClass())
                                .agg(
                                        count(lit(1)).as(AutoLabelDays.WANTED),
                                        count_if(col(ABOVE).and(not(col(HELD)))).as(AutoLabelDays.ISSUED_LABELS),
                                        count_if(col(ABOVE).and(col(HELD))).as(AutoLabelDays.HELD_BACK)),
                        "classes")
                .forEach(row -> alarms.put(
                        Key.of(row),
                        new Alarms(
                                row.<Long>getAs(AutoLabelDays.WANTED),
                                row.<Long>getAs(AutoLabelDays.ISSUED_LABELS),
                                row.<Long>getAs(AutoLabelDays.HELD_BACK))));
        return alarms;
    }

    private Dataset<Row> labels(LocalDate day, Dataset<Row> drawn) {
        return drawn.filter(col(ABOVE).and(not(col(HELD))))
                .withColumn(AutoLabels.PIPELINE, lit(config.pipeline()))
                .withColumn(AutoLabels.RUN_DATE, lit(day))
                .select(AutoLabels.TABLE.columns().stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }

    /** What was wanted and labeled on the run dates before, without what is void by now. */
    private SortedMap<Key, Before> before(LocalDate day, SortedMap<Key, Decision> decisions) {
        List<Row> withdrawn = new ArrayList<>();
        decisions.forEach((key, decision) -> {
            if (decision.quarantinedFrom() != null) {
                withdrawn.add(RowFactory.create(key.useCase, key.modelVersion, key.label, decision.quarantinedFrom()));
            }
        });
        Column stands = col(AutoLabelDays.QUARANTINED_FROM)
                .isNull()
                .or(col(AutoLabelDays.RUN_DATE).lt(col(AutoLabelDays.QUARANTINED_FROM)));
        SortedMap<Key, Before> before = new TreeMap<>();
        collect(
                        earlierDays(day)
                                .drop(AutoLabelDays.QUARANTINED_FROM)
                                .join(broadcast(tables.frame(VOID, withdrawn)), CLASS, "left")
                                .groupBy(byClass())
                                .agg(
                                        sum(AutoLabelDays.WANTED).as(AutoLabelDays.WANTED),
                                        sum(when(stands, col(AutoLabelDays.ISSUED_LABELS))
                                                        .otherwise(0L))
                                                .as(AutoLabelDays.ISSUED_LABELS)),
                        "classes")
                .forEach(row -> before.put(
                        Key.of(row),
                        new Before(
                                row.<Long>getAs(AutoLabelDays.WANTED), row.<Long>getAs(AutoLabelDays.ISSUED_LABELS))));
        return before;
    }

    /** Rows of {@link AutoLabelDays} and what a person wants to know of them. */
    private final class Days {
        private final LocalDate day;
        private final SortedMap<Key, AutoLabelClass> classes;
        private final SortedMap<Key, Decision> decisions;
        private final SortedMap<Key, Audits> audits;
        private final SortedMap<Key, Spent> spent;
        private final SortedMap<Key, Alarms> alarms;
        private final SortedMap<Key, Before> before;

        Days(
                LocalDate day,
                SortedMap<Key, AutoLabelClass> classes,
                SortedMap<Key, Decision> decisions,
                SortedMap<Key, Audits> audits,
                SortedMap<Key, Spent> spent,
                SortedMap<Key, Alarms> alarms,
                SortedMap<Key, Before> before) {
            this.day = day;
            this.classes = classes;
            this.decisions = decisions;
            this.audits = audits;
            this.spent = withAll(spent, Spent::plus, classes);
            this.alarms = withAll(alarms, Alarms::plus, classes);
            this.before = withAll(before, Before::plus, classes);
        }

        List<Row> rows() {
            List<Row> rows = new ArrayList<>();
            classes.forEach((key, one) -> rows.add(row(key, one)));
            alls().forEach(key -> rows.add(row(key, null)));
            return rows;
        }

        private List<Key> alls() {
            return classes.keySet().stream().map(Key::all).distinct().toList();
        }

        private Row row(Key key, @Nullable AutoLabelClass one) {
            Decision decision = one == null ? all(key) : decision(decisions, key);
            Audited audited = audits.getOrDefault(key, new Audits()).whole;
            Proven proven = one == null ? null : one.proven();
            Alarms today = alarms.getOrDefault(key, Alarms.NONE);
            Before total = total(key);
            Spent people = spent.getOrDefault(key, Spent.NONE);
            boolean any = decision.status() == Status.ISSUED;
            return RowFactory.create(
                    config.pipeline(),
                    day,
                    key.useCase,
                    key.modelVersion,
                    key.label,
                    one == null && !any ? AutoLabelDays.NONE : decision.status().name(),
                    decision.reason(),
                    proven == null ? null : proven.source(),
                    proven == null ? null : proven.threshold(),
                    proven == null ? null : proven.bound(),
                    one == null ? null : one.provenOn(),
                    one == null ? null : one.auditedFrom(),
                    audited.judged(),
                    audited.wrong(),
                    decision.evidence(),
                    decision.judgedOn(),
                    decision.passedOn(),
                    decision.quarantinedFrom(),
                    today.wanted,
                    today.issued,
                    today.held,
                    people.reviews,
                    people.audits,
                    total.wanted,
                    total.issued,
                    saved(key));
        }

        private Before total(Key key) {
            Alarms today = alarms.getOrDefault(key, Alarms.NONE);
            return before.getOrDefault(key, Before.NONE).plus(new Before(today.wanted, today.issued));
        }

        private @Nullable Double saved(Key key) {
            Before total = total(key);
            Spent people = spent.getOrDefault(key, Spent.NONE);
            return total.wanted == 0
                    ? null
                    : (Double) ((double) (total.issued - people.reviews - people.audits) / total.wanted);
        }

        /** All classes of a model version. */
        private Decision all(Key key) {
            List<Key> own = of(key);
            long issued = own.stream()
                    .filter(one -> decision(decisions, one).status() == Status.ISSUED)
                    .count();
            return new Decision(
                    issued > 0 ? Status.ISSUED : Status.NOT_PROVEN,
                    String.format(Locale.ROOT, "%d of %d classes are labeled without people", issued, own.size()),
                    own.stream()
                            .mapToDouble(one -> decision(decisions, one).evidence())
                            .max()
                            .orElse(1),
                    own.stream()
                            .map(one -> decision(decisions, one).judgedOn())
                            .max(Comparator.naturalOrder())
                            .orElse(day),
                    null,
                    null);
        }

        private List<Key> of(Key all) {
            return classes.keySet().stream()
                    .filter(key -> key.all().equals(all))
                    .toList();
        }

        List<String> sentences() {
            List<String> sentences = new ArrayList<>();
            for (Key all : alls()) {
                Alarms today = alarms.getOrDefault(all, Alarms.NONE);
                Spent people = spent.getOrDefault(all, Spent.NONE);
                List<String> named = new ArrayList<>();
                for (Key key : of(all)) {
                    Double saved = saved(key);
                    if (saved != null && decision(decisions, key).status() != Status.NOT_PROVEN) {
                        named.add(String.format(Locale.ROOT, "%s %.1f %%", key.label, 100 * saved));
                    }
                    if (decision(decisions, key).status() == Status.WITHDRAWN) {
                        sentences.add(String.format(
                                Locale.ROOT,
                                "%s, model %s: %s is no longer labeled without people: %s",
                                key.useCase,
                                key.modelVersion,
                                key.label,
                                decision(decisions, key).reason()));
                    }
                }
                Double saved = saved(all);
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, model %s: %,d of the %,d alarms of the day that want a label have one without people; so far,"
                                + " net of %,d reviews and %,d audits, that saved %s of labeling%s%s",
                        all.useCase,
                        all.modelVersion,
                        today.issued,
                        today.wanted,
                        people.reviews,
                        people.audits,
                        saved == null ? "nothing" : String.format(Locale.ROOT, "%.1f %%", 100 * saved),
                        named.isEmpty()
                                ? ""
                                : ": " + String.join(", ", named.subList(0, Math.min(NAMED, named.size()))),
                        named.size() > NAMED ? " and others" : ""));
            }
            return sentences;
        }
    }

    /** Adds what all classes of a model version have together. */
    private static <T> SortedMap<Key, T> withAll(
            SortedMap<Key, T> byClass, BinaryOperator<T> plus, SortedMap<Key, AutoLabelClass> classes) {
        SortedMap<Key, T> with = new TreeMap<>(byClass);
        classes.keySet().forEach(key -> {
            T own = byClass.get(key);
            if (own != null) {
                with.merge(key.all(), own, plus);
            }
        });
        return with;
    }
}
