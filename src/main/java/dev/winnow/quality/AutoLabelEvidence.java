package dev.winnow.quality;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Reviews;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabelClass.Audited;
import dev.winnow.quality.AutoLabelClass.Earlier;
import dev.winnow.quality.AutoLabelClass.Proven;
import dev.winnow.quality.AutoLabelClass.Status;
import dev.winnow.quality.AutoLabelTotals.Before;
import dev.winnow.quality.AutoLabelTotals.Spent;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/** What people say of classes: which thresholds are proven, what that took, and what audits say since. */
final class AutoLabelEvidence {
    private static final String DIMENSION = "dimension";
    private static final String VALUE = "value";
    private static final String AFTER = "judged_since";
    private static final String WRONG_AFTER = "wrong_since";
    private static final String JUDGED = "judged";
    private static final String PLACED = "placed";

    private static final TableDef WATCHED = TableDef.named("watched_classes", "A class that is, or was, proven")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(AutoLabelDays.PROVEN_ON, DataTypes.DateType, "Since when")
            .required(AutoLabelDays.AUDITED_FROM, DataTypes.DoubleType, "Lowest threshold since then")
            .build();

    private final WinnowConfig config;
    private final QualitySettings.AutoLabels settings;
    private final List<String> dimensions;
    private final TableStore tables;

    /**
     * Opens the evidence of a pipeline.
     *
     * @param dimensions of inferences and cameras
     */
    AutoLabelEvidence(WinnowConfig config, List<String> dimensions, TableStore tables) {
        this.config = config;
        this.settings = config.quality().autoLabels();
        this.dimensions = List.copyOf(dimensions);
        this.tables = tables;
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(AutoLabels.PIPELINE).equalTo(config.pipeline()));
    }

    private static List<Row> collect(Dataset<Row> rows, String what) {
        return AutoLabelsJob.collect(rows, what);
    }

    /** What audits say of a class, and of it in the values of dimensions. */
    static final class Audits {
        Audited whole = Audited.NONE;
        final List<Audited> segments = new ArrayList<>();
        final List<Row> seen = new ArrayList<>();
    }

    /** Classes with a proven threshold; blind labels prove before reviews do, which need to be trusted. */
    SortedMap<ClassKey, Proven> proven() {
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
        SortedMap<ClassKey, Proven> proven = new TreeMap<>();
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
            proven.merge(ClassKey.of(row), one, (a, b) -> a.source().equals(LabelQa.BLIND_LABELS) ? a : b);
        }
        return proven;
    }

    /** How classes stood on the last run date before, without all classes together; it has a row for each that matters. */
    List<Row> last(LocalDate day) {
        Dataset<Row> before =
                stored(AutoLabelDays.TABLE).filter(col(AutoLabelDays.RUN_DATE).lt(lit(day)));
        LocalDate last = before.agg(max(col(AutoLabelDays.RUN_DATE))).first().getAs(0);
        return last == null
                ? List.of()
                : collect(
                        before.filter(col(AutoLabelDays.RUN_DATE)
                                .equalTo(lit(last))
                                .and(col(AutoLabelDays.LABEL).notEqual(LabelQa.ALL))),
                        "classes");
    }

    /**
     * What of the last run date still counts: proofs that are not older than they may be, and whatever was withdrawn.
     *
     * @param last as {@link #last} returns it
     */
    SortedMap<ClassKey, Earlier> earlier(List<Row> last, LocalDate day) {
        SortedMap<ClassKey, Earlier> earlier = new TreeMap<>();
        for (Row row : last) {
            LocalDate on = row.getAs(AutoLabelDays.RUN_DATE);
            Status status = Status.valueOf(row.getAs(AutoLabelDays.STATUS));
            if (status == Status.WITHDRAWN || !on.isBefore(day.minusDays(settings.maxAgeDays()))) {
                earlier.put(
                        ClassKey.of(row),
                        new Earlier(
                                on,
                                status,
                                row.getAs(AutoLabelDays.PROVEN_ON),
                                row.getAs(AutoLabelDays.AUDITED_FROM),
                                row.<Long>getAs(AutoLabelDays.REVIEWS) + row.<Long>getAs(AutoLabelDays.AUDITS),
                                row.<Long>getAs(AutoLabelDays.AUDITED),
                                row.getAs(AutoLabelDays.JUDGED_ON),
                                row.getAs(AutoLabelDays.PASSED_ON),
                                row.getAs(AutoLabelDays.QUARANTINED_FROM)));
            }
        }
        return earlier;
    }

    /**
     * What was wanted and labeled on the run dates before, without what is void by now.
     *
     * @param last as {@link #last} returns it
     * @param quarantined class to the first run date whose labels are void
     */
    SortedMap<ClassKey, Before> before(List<Row> last, LocalDate day, SortedMap<ClassKey, LocalDate> quarantined) {
        SortedMap<ClassKey, Before> before = new TreeMap<>();
        SortedMap<ClassKey, LocalDate> withdrawn = new TreeMap<>();
        last.forEach(row -> {
            ClassKey key = ClassKey.of(row);
            before.put(
                    key,
                    new Before(
                            row.<Long>getAs(AutoLabelDays.TOTAL_WANTED), row.<Long>getAs(AutoLabelDays.TOTAL_ISSUED)));
            LocalDate from = quarantined.get(key);
            if (from != null && row.isNullAt(row.fieldIndex(AutoLabelDays.QUARANTINED_FROM))) {
                withdrawn.put(key, from); // of the others it is left out already
            }
        });
        withdrawn.values().stream()
                .min(Comparator.naturalOrder())
                .ifPresent(first -> stored(AutoLabelDays.TABLE)
                        .filter(col(AutoLabelDays.RUN_DATE)
                                .geq(lit(first))
                                .and(col(AutoLabelDays.RUN_DATE).lt(lit(day))))
                        .select(
                                col(ClassKey.COLUMNS[0]),
                                col(ClassKey.COLUMNS[1]),
                                col(ClassKey.COLUMNS[2]),
                                col(AutoLabelDays.RUN_DATE),
                                col(AutoLabelDays.ISSUED_LABELS))
                        .collectAsList()
                        .forEach(row -> {
                            LocalDate from = withdrawn.get(ClassKey.of(row));
                            if (from != null
                                    && !row.<LocalDate>getAs(AutoLabelDays.RUN_DATE)
                                            .isBefore(from)) {
                                before.merge(
                                        ClassKey.of(row),
                                        new Before(0, -row.<Long>getAs(AutoLabelDays.ISSUED_LABELS)),
                                        Before::plus);
                            }
                        }));
        return before;
    }

    /** Reviews, hidden items among them, and audits of each class, whatever their confidence. */
    SortedMap<ClassKey, Spent> spent() {
        Column judged = col(LabelQa.TOTAL).plus(col(LabelQa.CANT_TELL));
        Column reviews = col(LabelQa.SOURCE).equalTo(LabelQa.REVIEWS);
        Column audits = not(reviews).and(col(LabelQa.DESIGN).equalTo(Selections.UNIFORM));
        SortedMap<ClassKey, Spent> spent = new TreeMap<>();
        collect(
                        stored(LabelQa.TABLE)
                                .filter(not(col(LabelQa.LABEL).equalTo(LabelQa.ALL))
                                        .and(not(col(LabelQa.BUCKET).equalTo(LabelQa.ALL))))
                                .groupBy(ClassKey.columns())
                                .agg(
                                        sum(when(reviews, judged).otherwise(0L)).as(AutoLabelDays.REVIEWS),
                                        sum(when(audits, judged).otherwise(0L)).as(AutoLabelDays.AUDITS)),
                        "classes")
                .forEach(row -> spent.put(
                        ClassKey.of(row),
                        new Spent(row.<Long>getAs(AutoLabelDays.REVIEWS), row.<Long>getAs(AutoLabelDays.AUDITS))));
        hidden().forEach((key, seen) -> spent.merge(key, new Spent(seen, 0), Spent::plus));
        return spent;
    }

    /** Items that were hidden among those of a class and answered: people looked at them, too. */
    private SortedMap<ClassKey, Long> hidden() {
        Dataset<Row> shown = stored(QaItems.TABLE);
        Dataset<Row> versions =
                shown.groupBy(QaItems.JOB_NAME).agg(max(QaItems.MODEL_VERSION).as(QaItems.MODEL_VERSION));
        Dataset<Row> hidden = shown.filter(col(QaItems.KNOWN_WRONG))
                .drop(QaItems.MODEL_VERSION)
                .join(versions, new String[] {QaItems.JOB_NAME})
                .filter(col(QaItems.MODEL_VERSION).isNotNull());
        SortedMap<ClassKey, Long> reviews = new TreeMap<>();
        collect(
                        JudgedItems.reviews(hidden, stored(Answers.TABLE), stored(LabelingJobs.TABLE))
                                .filter(col(Reviews.VERDICT).isNotNull())
                                .groupBy(ClassKey.columns())
                                .agg(countDistinct(col(Reviews.ITEM_ID)).as(AutoLabelDays.REVIEWS)),
                        "classes")
                .forEach(row -> reviews.put(ClassKey.of(row), row.<Long>getAs(AutoLabelDays.REVIEWS)));
        return reviews;
    }

    /** Blind labels of the last days at or above the thresholds of classes, as a whole and in each value of dimensions. */
    SortedMap<ClassKey, Audits> audits(LocalDate day, SortedMap<ClassKey, AutoLabelClass> classes) {
        List<Row> watched = new ArrayList<>();
        classes.forEach((key, one) -> {
            if (one.provenOn() != null && one.auditedFrom() != null) {
                watched.add(RowFactory.create(
                        key.useCase(), key.modelVersion(), key.label(), one.provenOn(), one.auditedFrom()));
            }
        });
        SortedMap<ClassKey, Audits> audits = new TreeMap<>();
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
                .join(broadcast(tables.frame(WATCHED, watched)), ClassKey.COLUMNS)
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
                .forEach(row -> add(audits.computeIfAbsent(ClassKey.of(row), key -> new Audits()), row));
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
        Dataset<Row> drawn = recent(stored(Candidates.TABLE.withDimensions(dimensions)), day)
                .filter(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT))
                .select(columns.toArray(Column[]::new));
        return rows.join(drawn, new String[] {JudgedItems.ASKED_ON, AutoLabels.USE_CASE, Candidates.ITEM_ID}, "left");
    }
}
