package dev.winnow.answers;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.AnswerSettings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.AnswerLog;
import dev.winnow.inputs.Contract;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.Undated;
import dev.winnow.inputs.WorkerAnswers;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Reads answers back: what labeling services left and a plain table, merged with the answers of earlier runs.
 *
 * <p>An answer to one of our items is joined to its selection by the item's key. One whose key no selection knows is
 * rejected; one without a key is to its image. Exports pass through the driver, at most {@code max-answers} of them; the
 * table does not.
 */
public final class IngestJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "ingest";

    private static final String INPUT = "answers";
    private static final String TABLE_SOURCE = "table";
    private static final String OURS = "ours";
    private static final String SELECTED = "selected";
    private static final String PLACE = "place";
    private static final String ROWS = "rows";
    private static final String OF_JOB = "use_case_of_job";

    /** Answers with whether their item must be known. */
    private static final TableDef FOUND = new TableDef(
            "found_answers",
            "An answer before it is joined to its selection",
            Answers.TABLE.schema().add(OURS, DataTypes.BooleanType),
            Map.of(),
            List.of(),
            Answers.TABLE.key());

    private final WinnowConfig config;
    private final AnswerLog log;
    private final TableStore tables;
    private final ObjectStore objects;
    private final UnaryOperator<String> place;
    private final Pseudonyms pseudonyms;

    /**
     * Creates the job.
     *
     * @param place makes a configured path absolute
     * @param workerKey secret key of worker pseudonyms, or empty
     */
    public IngestJob(
            WinnowConfig config,
            AnswerLog log,
            TableStore tables,
            ObjectStore objects,
            UnaryOperator<String> place,
            String workerKey) {
        this.config = config;
        this.log = log;
        this.tables = tables;
        this.objects = objects;
        this.place = place;
        this.pseudonyms = new Pseudonyms(config.pipeline(), workerKey);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        AnswerSettings settings = config.answers();
        if (settings.exports().isEmpty() && !log.present()) {
            throw new ConfigException("inputs.answers names nothing to ingest: give path or table of a plain table of"
                    + " answers, or exports { name { kind = ground-truth, path = \"s3://...\" } }");
        }
        Digest fingerprint = new Digest().add(log.files().fingerprint());
        Found found = readExports(settings, fingerprint);
        Dataset<Row> rows = joined(rows(found)).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            long accepted = 0;
            Map<String, Long> byReason = new TreeMap<>(found.counts());
            for (Row row :
                    rows.groupBy(REJECT_REASON).agg(count(lit(1)).as(ROWS)).collectAsList()) {
                if (row.isNullAt(0)) {
                    accepted = row.getLong(1);
                } else {
                    byReason.merge(row.getString(0), row.getLong(1), Long::sum);
                }
            }
            requireFewRejects(day, accepted, byReason);
            long stored = tables.replace(
                    Answers.TABLE,
                    Merge.of(
                            withUseCaseOfJob(stored()),
                            rows.filter(col(REJECT_REASON).isNull()).drop(REJECT_REASON)),
                    Map.of(Answers.PIPELINE, config.pipeline()));
            long conflicting = stored().filter(col(Answers.STATUS).equalTo(Answers.CONFLICTING))
                    .count();
            if (conflicting > 0) {
                byReason.put("conflicting", conflicting);
            }
            writeRejects(day, byReason, found, rows);
            long rejected =
                    byReason.values().stream().mapToLong(Long::longValue).sum();
            return new Report(
                    accepted + rejected - conflicting,
                    stored,
                    rejected,
                    0,
                    fingerprint.hex(16),
                    sentences(accepted, stored, byReason));
        } finally {
            rows.unpersist();
        }
    }

    private Found readExports(AnswerSettings settings, Digest fingerprint) {
        Found found = new Found(settings.maxAnswers(), config.rejects().samples());
        settings.exports().forEach((name, export) -> {
            String path = place.apply(export.path());
            ExportReader reader = switch (export.kind()) {
                case GROUND_TRUTH -> new GroundTruthOutput(objects, path, name, export, pseudonyms, found, fingerprint);
                case LABEL_STUDIO -> new LabelStudioExport(objects, path, name, export, pseudonyms, found, fingerprint);
                case A2I -> new HumanLoops(objects, path, name, export, pseudonyms, found, fingerprint);
            };
            reader.read();
        });
        return found;
    }

    /** All answers that were read, shaped like {@link #FOUND} with {@code reject_reason}. */
    private Dataset<Row> rows(Found found) {
        Dataset<Row> rows = tables.frame(
                        FOUND,
                        found.answers().stream()
                                .map(answer -> answer.row(config.pipeline()))
                                .toList())
                .withColumn(REJECT_REASON, lit(null).cast(DataTypes.StringType));
        return log.present() ? rows.unionByName(ofTable()) : rows;
    }

    private Dataset<Row> ofTable() {
        Pseudonyms names = pseudonyms;
        Column worker = udf((UDF1<String, String>) id -> id == null ? "" : names.of(id), DataTypes.StringType)
                .apply(col(WorkerAnswers.WORKER_ID));
        Column gold = col(WorkerAnswers.GOLD);
        Column text = lit(null).cast(DataTypes.StringType);
        return log.answers()
                .select(
                        lit(config.pipeline()).as(Answers.PIPELINE),
                        coalesce(col(Answers.USE_CASE), lit("")).as(Answers.USE_CASE),
                        coalesce(col(WorkerAnswers.JOB_NAME), lit("")).as(Answers.JOB_NAME),
                        col(WorkerAnswers.ITEM_ID).as(Answers.ITEM_ID),
                        when(gold, lit("")).otherwise(worker).as(Answers.WORKER_ID),
                        col(WorkerAnswers.REPETITION).as(Answers.REPETITION),
                        when(gold, lit(Answers.GOLD))
                                .when(col(WorkerAnswers.EXPERT), lit(Answers.EXPERT))
                                .otherwise(lit(Answers.WORKER))
                                .as(Answers.KIND),
                        lit(Answers.ANSWERED).as(Answers.STATUS),
                        lit(Answers.CLASSIFICATION).as(Answers.TASK),
                        col(WorkerAnswers.LABEL).as(Answers.LABEL),
                        text.as(Answers.ANSWER),
                        lit(null).cast(DataTypes.DoubleType).as(Answers.CONFIDENCE),
                        col(WorkerAnswers.SUBMITTED_AT).as(Answers.SUBMITTED_AT),
                        col(WorkerAnswers.SECONDS_SPENT).as(Answers.SECONDS_SPENT),
                        col(WorkerAnswers.GUIDELINE_VERSION).as(Answers.GUIDELINE_VERSION),
                        text.as(Answers.ROUND_ID),
                        text.as(Answers.IMAGE_URI),
                        lit(TABLE_SOURCE).as(Answers.SOURCE),
                        lit("").as(Answers.SOURCE_FILE),
                        lit(false).as(OURS),
                        col(REJECT_REASON));
    }

    /**
     * Puts the use case of the job in place of any other. Items of bulk QA need not be selected, and may be later: what they
     * are of must not depend on it, or an answer would be there twice.
     */
    private Dataset<Row> withUseCaseOfJob(Dataset<Row> rows) {
        Dataset<Row> jobs = tables.read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE).equalTo(config.pipeline()))
                .groupBy(col(LabelingJobs.JOB_NAME).as(Answers.JOB_NAME))
                .agg(max(LabelingJobs.USE_CASE).as(OF_JOB));
        return rows.join(broadcast(jobs), new String[] {Answers.JOB_NAME}, "left")
                .withColumn(Answers.USE_CASE, coalesce(col(OF_JOB), col(Answers.USE_CASE)))
                .drop(OF_JOB);
    }

    /**
     * Adds what the selections know of an item, or what was planted among them or is relabeled; of several rounds the last
     * one speaks.
     */
    private Dataset<Row> joined(Dataset<Row> rows) {
        Column[] known = Stream.of(
                        Selections.ITEM_ID,
                        Selections.RUN_DATE,
                        Selections.ROUND_ID,
                        Answers.USE_CASE,
                        Answers.IMAGE_URI)
                .map(name -> col(name))
                .toArray(Column[]::new);
        Column ofPipeline = col(Selections.PIPELINE).equalTo(config.pipeline());
        Dataset<Row> selected = tables.read(Selections.TABLE)
                .filter(ofPipeline)
                .select(known)
                .unionByName(tables.read(PlantedItems.TABLE).filter(ofPipeline).select(known))
                .unionByName(tables.read(RelabelItems.TABLE).filter(ofPipeline).select(known))
                .groupBy(col(Selections.ITEM_ID).as(Answers.ITEM_ID))
                .agg(max(struct(
                                Rounds.order(col(Selections.ROUND_ID)).as(PLACE),
                                col(Selections.RUN_DATE),
                                col(Selections.ROUND_ID),
                                col(Answers.USE_CASE),
                                col(Answers.IMAGE_URI)))
                        .as(SELECTED));
        Dataset<Row> joined = rows.join(selected, new String[] {Answers.ITEM_ID}, "left")
                .withColumn(
                        REJECT_REASON,
                        coalesce(
                                col(REJECT_REASON),
                                when(col(OURS).and(col(SELECTED).isNull()), lit("item_unknown"))))
                .withColumn(
                        Answers.USE_CASE,
                        coalesce(
                                of(Answers.USE_CASE),
                                when(col(Answers.USE_CASE).notEqual(""), col(Answers.USE_CASE)),
                                lit(WinnowConfig.DEFAULT_USE_CASE)))
                .withColumn(Answers.ROUND_ID, of(Selections.ROUND_ID))
                .withColumn(Answers.IMAGE_URI, coalesce(of(Answers.IMAGE_URI), col(Answers.IMAGE_URI)))
                .drop(OURS, SELECTED);
        return withUseCaseOfJob(joined);
    }

    private static Column of(String selected) {
        return col(SELECTED).getField(selected);
    }

    private Dataset<Row> stored() {
        return tables.read(Answers.TABLE).filter(col(Answers.PIPELINE).equalTo(config.pipeline()));
    }

    /** What nobody has answered yet breaks no contract. */
    private void requireFewRejects(LocalDate day, long accepted, Map<String, Long> byReason) {
        Map<String, Long> broken = new TreeMap<>(byReason);
        broken.keySet().removeAll(Found.PENDING);
        long read =
                accepted + broken.values().stream().mapToLong(Long::longValue).sum();
        Contract.breach(INPUT, day, read, broken, config.rejects().maxShare(), () -> new Undated(0, 0))
                .ifPresent(breach -> {
                    throw new InputException(breach);
                });
    }

    /** A bounded number of rows: reasons times samples. */
    private void writeRejects(LocalDate day, Map<String, Long> byReason, Found found, Dataset<Row> rows) {
        Map<String, List<String>> samples = new LinkedHashMap<>();
        byReason.keySet().forEach(reason -> samples.put(reason, new ArrayList<>(found.samples(reason))));
        Column[] shown = {
            col(Answers.JOB_NAME),
            col(Answers.ITEM_ID),
            col(Answers.WORKER_ID),
            col(Answers.SOURCE),
            col(Answers.SOURCE_FILE)
        };
        Dataset<Row> conflicting = stored().filter(col(Answers.STATUS).equalTo(Answers.CONFLICTING))
                .withColumn(REJECT_REASON, lit("conflicting"));
        Column sample = to_json(struct(shown)).as(Rejects.SAMPLE);
        rows.filter(col(REJECT_REASON).isNotNull())
                .select(col(REJECT_REASON), sample)
                .union(conflicting.select(col(REJECT_REASON), sample))
                .distinct()
                .withColumn(
                        "place",
                        row_number()
                                .over(Window.partitionBy(REJECT_REASON)
                                        .orderBy(xxhash64(col(Rejects.SAMPLE)), col(Rejects.SAMPLE))))
                .filter(col("place").leq(config.rejects().samples()))
                .sort(REJECT_REASON, "place")
                .collectAsList()
                .forEach(row -> samples.computeIfAbsent(row.getString(0), reason -> new ArrayList<>())
                        .add(row.getString(1)));
        List<Row> all = new ArrayList<>();
        samples.forEach((reason, of) -> {
            int kept = Math.min(of.size(), config.rejects().samples());
            for (String one : kept == 0 ? List.of("") : of.subList(0, kept)) {
                all.add(RowFactory.create(config.pipeline(), day, INPUT, reason, byReason.get(reason), one));
            }
        });
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Rejects.PIPELINE, config.pipeline());
        scope.put(Rejects.DATE, day);
        scope.put(Rejects.INPUT, INPUT);
        tables.replace(Rejects.TABLE, tables.frame(Rejects.TABLE, all), scope);
    }

    private static List<String> sentences(long accepted, long stored, Map<String, Long> byReason) {
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(Locale.ROOT, "%,d answers read; the table holds %,d", accepted, stored));
        if (!byReason.isEmpty()) {
            sentences.add("not answers, by reason: " + byReason + " (samples: show rejects)");
        }
        return sentences;
    }
}
