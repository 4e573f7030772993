package dev.winnow.quality;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Contract;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.inputs.Reviews;
import dev.winnow.inputs.Undated;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.stats.Interval;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Says how right labels are by class and confidence, above which confidence each class can be trusted, and whether confidence
 * means what it says.
 *
 * <p>It judges by reviews, where people confirm or disconfirm the label they are shown, from a plain table and from bulk QA
 * jobs, and by the labels that people gave selected items blind. Every run goes through all of them and replaces the
 * pipeline's rows. Counts by class and interval of confidence come to the driver, at most {@value #MAX_ROWS} rows.
 */
public final class LabelQaJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "label-qa";

    private static final String INPUT = "reviews";

    /** Combinations of class and confidence; more classes than this are no classes. */
    private static final int MAX_ROWS = 1_000_000;

    private static final String ROWS = "rows";
    private static final String PLACE = "place";
    private static final String LEAST = "least_weight";
    private static final String MOST = "most_weight";

    /** Weights that differ by less than this, as a fraction, are the same but for rounding. */
    private static final double SAME = 1e-9;

    private static final String[] POPULATION = {LabelQa.USE_CASE, LabelQa.MODEL_VERSION, LabelQa.SOURCE, LabelQa.DESIGN
    };

    private final WinnowConfig config;
    private final QualitySettings settings;
    private final ReviewLog log;
    private final TableStore tables;
    private final Pseudonyms pseudonyms;

    /**
     * Creates the job.
     *
     * @param workerKey secret key of worker pseudonyms, or empty
     */
    public LabelQaJob(WinnowConfig config, ReviewLog log, TableStore tables, String workerKey) {
        this.config = config;
        this.settings = config.quality();
        this.log = log;
        this.tables = tables;
        this.pseudonyms = new Pseudonyms(config.pipeline(), workerKey);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Dataset<Row> read = reviews().persist(StorageLevel.MEMORY_AND_DISK());
        try {
            SortedMap<String, Long> byReason = new TreeMap<>();
            long accepted = rejects(day, read, byReason);
            Dataset<Row> reviews = read.filter(col(REJECT_REASON).isNull()).drop(REJECT_REASON);
            Dataset<Row> items = JudgedItems.ofReviews(reviews)
                    .unionByName(
                            JudgedItems.ofLabels(stored(Labels.TABLE), stored(Selections.TABLE), config.outcomes()))
                    .withColumn(Buckets.INDEX, new Buckets(settings.buckets()).of(Reviews.CONFIDENCE))
                    .persist(StorageLevel.MEMORY_AND_DISK());
            List<String> sentences = new ArrayList<>();
            long written;
            try {
                written = judge(reviews, items, sentences);
            } finally {
                items.unpersist();
            }
            long rejected =
                    byReason.values().stream().mapToLong(Long::longValue).sum();
            if (rejected > 0) {
                sentences.add("rows that are no reviews, by reason: " + byReason + " (samples: show rejects)");
            }
            String fingerprint = new Digest().add(log.files().fingerprint()).hex(16);
            return new Report(accepted + rejected, written, rejected, 0, fingerprint, sentences);
        } finally {
            read.unpersist();
        }
    }

    /** Writes all tables; returns the rows of the last one. */
    private long judge(Dataset<Row> reviews, Dataset<Row> items, List<String> sentences) {
        SortedMap<Population, SortedMap<String, Map<Integer, QaCell>>> cells = cells(items);
        if (cells.isEmpty()) {
            throw new ConfigException(
                    "there is nothing to judge labels by: map a table of reviews to inputs.reviews, or"
                            + " run `ingest` and `consensus` once answers to the round's items are there");
        }
        List<Row> reviewers =
                collect(JudgedItems.reviewers(reviews).sort(Reviewers.USE_CASE, Reviewers.WORKER_ID), "reviewers");
        long fixed = Proof.of(settings).sampleSize();
        List<PopulationQuality> populations =
                populations(cells, fixed == 0 ? cells : cells(fixedSample(items, fixed)), items, detections(reviewers));
        populations.forEach(one -> sentences.add(one.sentence()));
        sentences.addAll(violations(List.copyOf(cells.keySet()), populations, items));
        List<Row> calibrations = CalibrationRows.of(items, config.pipeline(), settings.calibrationBins());
        return write(populations, calibrations, ConformalBands.of(items, config.pipeline(), settings), reviewers);
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(LabelQa.PIPELINE).equalTo(config.pipeline()));
    }

    /** All reviews, shaped like {@link Reviews} with {@code reject_reason}; workers under pseudonyms. */
    private Dataset<Row> reviews() {
        Dataset<Row> ofJobs = JudgedItems.reviews(
                        stored(QaItems.TABLE), stored(Answers.TABLE), stored(LabelingJobs.TABLE))
                .withColumn(REJECT_REASON, lit(null).cast(DataTypes.StringType));
        if (!log.present()) {
            return ofJobs;
        }
        Pseudonyms names = pseudonyms;
        Column worker = udf((UDF1<String, String>) id -> id == null ? null : names.of(id), DataTypes.StringType)
                .apply(col(Reviews.WORKER_ID));
        return ofJobs.unionByName(log.reviews()
                .withColumn(Reviews.WORKER_ID, worker)
                .withColumn(Inferences.USE_CASE, coalesce(col(Inferences.USE_CASE), lit(WinnowConfig.DEFAULT_USE_CASE)))
                .withColumn(JudgedItems.ASKED_ON, lit(null).cast(DataTypes.DateType)));
    }

    /** Counts the rows that break the contract and keeps samples of them; returns how many keep it. */
    private long rejects(LocalDate day, Dataset<Row> read, Map<String, Long> byReason) {
        long accepted = 0;
        for (Row row : read.groupBy(REJECT_REASON).agg(count(lit(1)).as(ROWS)).collectAsList()) {
            if (row.isNullAt(0)) {
                accepted = row.getLong(1);
            } else {
                byReason.put(row.getString(0), row.getLong(1));
            }
        }
        long all =
                accepted + byReason.values().stream().mapToLong(Long::longValue).sum();
        Contract.breach(INPUT, day, all, byReason, config.rejects().maxShare(), () -> new Undated(0, 0))
                .ifPresent(breach -> {
                    throw new InputException(breach);
                });
        Column[] shown = Reviews.TABLE.columns().stream().map(name -> col(name)).toArray(Column[]::new);
        List<Row> samples = new ArrayList<>();
        read.filter(col(REJECT_REASON).isNotNull())
                .select(col(REJECT_REASON), to_json(struct(shown)).as(Rejects.SAMPLE))
                .distinct()
                .withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(REJECT_REASON)
                                        .orderBy(xxhash64(col(Rejects.SAMPLE)), col(Rejects.SAMPLE))))
                .filter(col(PLACE).leq(config.rejects().samples()))
                .sort(REJECT_REASON, PLACE)
                .collectAsList()
                .forEach(row -> samples.add(RowFactory.create(
                        config.pipeline(),
                        day,
                        INPUT,
                        row.getString(0),
                        byReason.get(row.getString(0)),
                        row.getString(1))));
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Rejects.PIPELINE, config.pipeline());
        scope.put(Rejects.DATE, day);
        scope.put(Rejects.INPUT, INPUT);
        tables.replace(Rejects.TABLE, tables.frame(Rejects.TABLE, samples), scope);
        return accepted;
    }

    static List<Row> collect(Dataset<Row> rows, String what) {
        return BoundedRows.collect(
                rows,
                MAX_ROWS,
                "what is judged holds",
                what,
                "labels that are free texts are no classes; map label to classes");
    }

    /** Columns of a population, and more, to group by. */
    static Column[] by(String... more) {
        List<Column> columns = new ArrayList<>();
        for (String name : POPULATION) {
            columns.add(col(name));
        }
        for (String name : more) {
            columns.add(col(name));
        }
        return columns.toArray(Column[]::new);
    }

    private static SortedMap<Population, SortedMap<String, Map<Integer, QaCell>>> cells(Dataset<Row> items) {
        Column confirmed = col(JudgedItems.CONFIRMED);
        Column disconfirmed = col(JudgedItems.DISCONFIRMED);
        Column unsure = col(JudgedItems.UNSURE).and(not(JudgedItems.isJudged()));
        SortedMap<Population, SortedMap<String, Map<Integer, QaCell>>> cells = new TreeMap<>();
        collect(
                        items.groupBy(by(LabelQa.LABEL, Buckets.INDEX))
                                .agg(
                                        count_if(confirmed.and(not(disconfirmed)))
                                                .as(LabelQa.CONFIRMED),
                                        count_if(disconfirmed.and(not(confirmed)))
                                                .as(LabelQa.DISCONFIRMED),
                                        count_if(confirmed.and(disconfirmed)).as(LabelQa.SPLIT),
                                        count_if(not(JudgedItems.isJudged()).and(not(col(JudgedItems.UNSURE))))
                                                .as(LabelQa.UNREVIEWED),
                                        count_if(unsure).as(LabelQa.CANT_TELL)),
                        "classes by interval")
                .forEach(row -> cells.computeIfAbsent(Population.of(row), one -> new TreeMap<>())
                        .computeIfAbsent(row.getAs(LabelQa.LABEL), label -> new TreeMap<>())
                        .put(
                                row.<Integer>getAs(Buckets.INDEX),
                                new QaCell(
                                        row.<Long>getAs(LabelQa.CONFIRMED),
                                        row.<Long>getAs(LabelQa.DISCONFIRMED),
                                        row.<Long>getAs(LabelQa.SPLIT),
                                        row.<Long>getAs(LabelQa.UNREVIEWED),
                                        row.<Long>getAs(LabelQa.CANT_TELL))));
        return cells;
    }

    /** What reviewers find together of the hidden wrong items of a use case. */
    private static Map<String, Detection> detections(List<Row> reviewers) {
        Map<String, Detection> detections = new TreeMap<>();
        reviewers.stream()
                .filter(row -> LabelQa.ALL.equals(row.getAs(Reviewers.WORKER_ID)))
                .forEach(row -> detections.put(
                        row.getAs(Reviewers.USE_CASE),
                        new Detection(row.<Long>getAs(Reviewers.HIDDEN), row.<Long>getAs(Reviewers.FOUND))));
        return detections;
    }

    /**
     * Of the judged items of each class those that were fixed beforehand: the first of their dates, by hash within a date, so
     * that neither their number nor what people say decides which. Items without a date all count.
     */
    private static Dataset<Row> fixedSample(Dataset<Row> items, long size) {
        return items.filter(JudgedItems.isJudged().and(col(Buckets.INDEX).geq(0)))
                .withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(by(LabelQa.LABEL))
                                        .orderBy(
                                                col(JudgedItems.ASKED_ON).asc_nulls_first(),
                                                HashDraw.of("fixed sample", col(Reviews.ITEM_ID)),
                                                col(Reviews.ITEM_ID))))
                .filter(col(JudgedItems.ASKED_ON).isNull().or(col(PLACE).leq(size)));
    }

    private List<PopulationQuality> populations(
            SortedMap<Population, SortedMap<String, Map<Integer, QaCell>>> cells,
            SortedMap<Population, SortedMap<String, Map<Integer, QaCell>>> proving,
            Dataset<Row> items,
            Map<String, Detection> detections) {
        Map<Population, Confusions> confusions = new TreeMap<>();
        collect(
                        items.filter(col(JudgedItems.GIVEN).isNotNull())
                                .groupBy(by(LabelQa.LABEL, JudgedItems.GIVEN))
                                .agg(count(lit(1)).as(ROWS)),
                        "pairs of classes")
                .forEach(row -> confusions
                        .computeIfAbsent(Population.of(row), one -> new Confusions())
                        .add(row.getAs(LabelQa.LABEL), row.getAs(JudgedItems.GIVEN), row.<Long>getAs(ROWS)));
        Map<Population, Set<String>> uneven = uneven(items);
        List<PopulationQuality> populations = new ArrayList<>();
        cells.forEach((population, byClass) -> {
            boolean reviewed = population.source().equals(LabelQa.REVIEWS);
            Confusions confused = confusions.getOrDefault(population, new Confusions());
            populations.add(new PopulationQuality(
                    config.pipeline(),
                    population,
                    settings,
                    byClass,
                    proving.getOrDefault(population, new TreeMap<>()),
                    reviewed ? detections.getOrDefault(population.useCase(), Detection.NONE) : null,
                    confused.groups(settings.confusion()),
                    uneven.getOrDefault(population, Set.of())));
        });
        return populations;
    }

    /** Classes whose judged items, from the base threshold on, were not all drawn with the same probability. */
    private static Map<Population, Set<String>> uneven(Dataset<Row> items) {
        Map<Population, Set<String>> uneven = new TreeMap<>();
        collect(
                        items.filter(JudgedItems.isJudged()
                                        .and(col(Buckets.INDEX).geq(0)))
                                .groupBy(by(LabelQa.LABEL))
                                .agg(
                                        min(JudgedItems.WEIGHT).as(LEAST),
                                        max(JudgedItems.WEIGHT).as(MOST))
                                .filter(col(MOST).gt(col(LEAST).multiply(1 + SAME))),
                        "classes")
                .forEach(row -> uneven.computeIfAbsent(Population.of(row), one -> new TreeSet<>())
                        .add(row.getAs(LabelQa.LABEL)));
        return uneven;
    }

    /** Items that were judged, counted once more without cells, against the table. */
    private static List<String> violations(
            List<Population> order, List<PopulationQuality> populations, Dataset<Row> items) {
        Map<Population, Map<String, Long>> judged = new TreeMap<>();
        collect(
                        items.groupBy(by(LabelQa.LABEL))
                                .agg(count_if(JudgedItems.isJudged()
                                                .and(col(Buckets.INDEX).geq(0)))
                                        .as(ROWS)),
                        "classes")
                .forEach(row -> judged.computeIfAbsent(Population.of(row), one -> new TreeMap<>())
                        .put(row.getAs(LabelQa.LABEL), row.<Long>getAs(ROWS)));
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            populations
                    .get(i)
                    .violations(Objects.requireNonNull(judged.get(order.get(i))))
                    .forEach(violation -> sentences.add("label_qa contradicts itself: " + violation.sentence()));
        }
        return sentences;
    }

    /** The table of counts last: whoever finds it finds the others of the same reviews. */
    private long write(
            List<PopulationQuality> populations, List<Row> calibrations, List<Row> bands, List<Row> reviewers) {
        List<Row> qa = new ArrayList<>();
        List<Row> thresholds = new ArrayList<>();
        populations.forEach(one -> {
            qa.addAll(one.qaRows());
            thresholds.addAll(one.thresholdRows());
        });
        replace(Reviewers.TABLE, reviewers.stream().map(this::reviewer).toList());
        replace(Calibrations.TABLE, calibrations);
        replace(ConformalBands.TABLE, bands);
        replace(ClassThresholds.TABLE, thresholds);
        return replace(LabelQa.TABLE, qa);
    }

    private long replace(TableDef table, List<Row> rows) {
        return tables.replace(table, tables.frame(table, rows), Map.of(LabelQa.PIPELINE, config.pipeline()));
    }

    private Row reviewer(Row row) {
        long hidden = row.<Long>getAs(Reviewers.HIDDEN);
        long found = row.<Long>getAs(Reviewers.FOUND);
        Interval interval = new Detection(hidden, found).interval(settings.confidenceLevel());
        return RowFactory.create(
                config.pipeline(),
                row.getAs(Reviewers.USE_CASE),
                row.getAs(Reviewers.WORKER_ID),
                row.getAs(Reviewers.REVIEWS),
                row.getAs(Reviewers.DISCONFIRMED),
                row.getAs(Reviewers.CANT_TELL),
                hidden,
                found,
                hidden == 0 ? null : (Double) ((double) found / hidden),
                interval.low(),
                interval.high());
    }
}
