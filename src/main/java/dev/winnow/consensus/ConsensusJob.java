package dev.winnow.consensus;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.ConsensusSettings;
import dev.winnow.config.ConsensusSettings.Method;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.PlantedAnswers.Repeats;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.Selections;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Makes one label of all answers to an item, and says how good each annotator is and how far annotators agree.
 *
 * <p>Every run goes through all answers of the pipeline, use case by use case, and replaces its labels: a label depends on
 * what is known of annotators, so an answer to one item moves the labels of others.
 */
public final class ConsensusJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "consensus";

    /** Rows of the summary of answers: use cases, tasks, annotators, classes and versions that occur together. */
    private static final int MAX_SUMMARY = 2_000_000;

    private static final String LAST = "last";
    private static final String BLIND = "blind";

    private final WinnowConfig config;
    private final TableStore tables;
    private final long perBlock;

    /** Creates the job over its tables. */
    public ConsensusJob(WinnowConfig config, TableStore tables) {
        this(config, tables, AnswerBlocks.ANSWERS_PER_BLOCK);
    }

    ConsensusJob(WinnowConfig config, TableStore tables, long perBlock) {
        this.config = config;
        this.tables = tables;
        this.perBlock = perBlock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Dataset<Row> planted = tables.read(PlantedItems.TABLE)
                .filter(col(PlantedItems.PIPELINE).equalTo(config.pipeline()));
        Dataset<Row> given = tables.read(Answers.TABLE)
                .filter(col(Answers.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Answers.STATUS).equalTo(Answers.ANSWERED))
                        .and(col(Answers.KIND).notEqual(Answers.MACHINE))
                        .and(col(Answers.TASK).notEqual(Answers.REVIEW)));
        Dataset<Row> answers = PlantedAnswers.withTruths(given, planted);
        List<Row> summary = summary(answers);
        if (summary.isEmpty()) {
            throw new ConfigException("there are no answers of pipeline " + config.pipeline()
                    + ": run `ingest` first, once labeling has begun");
        }
        List<UseCaseConsensus> cases = new ArrayList<>();
        try {
            Map<String, List<Row>> classified = new TreeMap<>();
            for (Row row : summary) {
                if (Answers.CLASSIFICATION.equals(row.getAs(Answers.TASK)) && !isService(row) && !isExpert(row)) {
                    classified
                            .computeIfAbsent(row.getAs(Answers.USE_CASE), u -> new ArrayList<>())
                            .add(row);
                }
            }
            Map<String, Map<String, Repeats>> repeats = PlantedAnswers.selfAgreement(given, planted);
            classified.forEach((useCase, rows) -> cases.add(new UseCaseConsensus(
                    config.pipeline(),
                    new Profile(useCase, rows),
                    config.consensus(useCase),
                    classified(answers, useCase),
                    repeats.getOrDefault(useCase, Map.of()),
                    perBlock,
                    tables)));
            long written = write(PlantedAnswers.withoutPlanted(labels(answers, summary, cases), planted), cases);
            long read = summary.stream()
                    .mapToLong(row -> row.<Long>getAs(Profile.ROWS))
                    .sum();
            return new Report(read, written, 0, 0, "", sentences(cases));
        } finally {
            cases.forEach(UseCaseConsensus::close);
        }
    }

    private static boolean isService(Row summary) {
        return Answers.CONSOLIDATED.equals(summary.getAs(Answers.KIND));
    }

    private static boolean isExpert(Row summary) {
        return Answers.EXPERT.equals(summary.getAs(Answers.KIND));
    }

    /** Counts and times by whatever tells answers apart; bounded, and all sums are of whole numbers. */
    private List<Row> summary(Dataset<Row> answers) {
        Column millis = expr("cast(round(" + Answers.SECONDS_SPENT + " * 1000) as bigint)");
        List<Row> rows = answers.groupBy(
                        Answers.USE_CASE,
                        Answers.TASK,
                        Answers.KIND,
                        Answers.WORKER_ID,
                        Answers.LABEL,
                        Answers.GUIDELINE_VERSION)
                .agg(
                        count(lit(1)).as(Profile.ROWS),
                        count(col(Answers.SECONDS_SPENT)).as(Profile.TIMED),
                        sum(when(col(Answers.SECONDS_SPENT).isNull(), 0L).otherwise(millis))
                                .as(Profile.MILLIS))
                .limit(MAX_SUMMARY + 1)
                .collectAsList();
        if (rows.size() > MAX_SUMMARY) {
            throw new ConfigException("the answers of pipeline " + config.pipeline() + " hold more than "
                    + String.format(Locale.ROOT, "%,d", MAX_SUMMARY)
                    + " combinations of annotator, class and guideline version: labels that are free texts are no classes;"
                    + " map label to classes");
        }
        return rows;
    }

    private static Dataset<Row> people(Dataset<Row> answers, String useCase) {
        return answers.filter(col(Answers.USE_CASE)
                .equalTo(useCase)
                .and(not(col(Answers.KIND).isin(Answers.CONSOLIDATED, Answers.EXPERT))));
    }

    private Dataset<Row> classified(Dataset<Row> answers, String useCase) {
        Column[] read = AnswerBlocks.COLUMNS.stream().map(c -> col(c)).toArray(Column[]::new);
        Dataset<Row> people = people(answers, useCase)
                .filter(col(Answers.TASK).equalTo(Answers.CLASSIFICATION))
                .select(read);
        return config.consensus(useCase).method() == Method.CROWDLAB
                ? people.unionByName(predictions(useCase).select(read))
                : people;
    }

    /**
     * What the model predicted for the selected items, as it was when they were selected last. The audit is labeled
     * blindly, so the model has no say there: it would be measured by itself.
     */
    private Dataset<Row> predictions(String useCase) {
        Column text = lit(null).cast("string");
        return tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Answers.USE_CASE).equalTo(useCase)))
                .groupBy(Selections.ITEM_ID)
                .agg(
                        max(struct(
                                        Selections.RUN_DATE,
                                        Selections.ROUND_ID,
                                        Inferences.PREDICTED_LABEL,
                                        Inferences.CONFIDENCE))
                                .as(LAST),
                        bool_or(col(Selections.SIGNAL).isin(Candidates.DRAWN.toArray()))
                                .as(BLIND))
                .filter(not(col(BLIND))
                        .and(col(LAST).getField(Inferences.PREDICTED_LABEL).isNotNull())
                        .and(col(LAST).getField(Inferences.CONFIDENCE).isNotNull()))
                .select(
                        col(Selections.ITEM_ID).as(Answers.ITEM_ID),
                        lit(Answers.MACHINE).as(Answers.KIND),
                        lit("").as(Answers.WORKER_ID),
                        col(LAST).getField(Inferences.PREDICTED_LABEL).as(Answers.LABEL),
                        col(LAST).getField(Inferences.CONFIDENCE).as(Answers.CONFIDENCE),
                        text.as(Answers.GUIDELINE_VERSION),
                        lit(null).cast("timestamp").as(Answers.SUBMITTED_AT),
                        text.as(Answers.SOURCE));
    }

    private Dataset<Row> labels(Dataset<Row> answers, List<Row> summary, List<UseCaseConsensus> cases) {
        Dataset<Row> labels = tables.frame(Labels.TABLE, List.of());
        for (UseCaseConsensus one : cases) {
            labels = labels.unionByName(one.labels());
        }
        TreeSet<String> drawn = new TreeSet<>();
        boolean service = false;
        boolean experts = false;
        for (Row row : summary) {
            String task = row.getAs(Answers.TASK);
            if (isService(row)) {
                service = true;
            } else if (isExpert(row)) {
                experts = true;
            } else if (task.equals(Answers.BOXES) || task.equals(Answers.MULTI_LABEL)) {
                drawn.add(row.getAs(Answers.USE_CASE));
            }
        }
        for (String useCase : drawn) {
            labels = labels.unionByName(objects(people(answers, useCase), useCase));
        }
        labels = service ? labels.unionByName(ofService(answers)) : labels;
        if (experts) {
            labels = Experts.decide(
                    labels, answers.filter(col(Answers.KIND).equalTo(Answers.EXPERT)), config.pipeline());
        }
        return Experts.awaited(labels, byUseCase(config, settings -> lit(settings.approval())));
    }

    /** Boxes and sets of classes; kinds sort as they are needed, the known truth (GOLD) before WORKER. */
    private Dataset<Row> objects(Dataset<Row> answers, String useCase) {
        ObjectLabels labels = new ObjectLabels(config.pipeline(), useCase, config.consensus(useCase));
        return answers.filter(col(Answers.TASK).isin(Answers.BOXES, Answers.MULTI_LABEL))
                .select(
                        Answers.ITEM_ID,
                        Answers.TASK,
                        Answers.KIND,
                        Answers.WORKER_ID,
                        Answers.ANSWER,
                        Answers.SUBMITTED_AT,
                        Answers.JOB_NAME,
                        Answers.REPETITION)
                .repartition(col(Answers.ITEM_ID))
                .sortWithinPartitions(
                        Answers.ITEM_ID,
                        Answers.TASK,
                        Answers.KIND,
                        Answers.WORKER_ID,
                        Answers.SUBMITTED_AT,
                        Answers.JOB_NAME,
                        Answers.REPETITION)
                .mapPartitions((MapPartitionsFunction<Row, Row>) labels::of, Encoders.row(Labels.TABLE.schema()));
    }

    /** What the labeling service made of answers that are not here; of several jobs the latest holds. */
    private Dataset<Row> ofService(Dataset<Row> answers) {
        String[] item = {Answers.USE_CASE, Answers.ITEM_ID, Answers.TASK};
        Dataset<Row> answered = answers.filter(not(col(Answers.KIND).isin(Answers.CONSOLIDATED, Answers.EXPERT)))
                .select(col(item[0]), col(item[1]), col(item[2]))
                .distinct();
        Column confidence = col(Answers.CONFIDENCE);
        Column sure = byUseCase(config, settings -> confidence.geq(settings.minConfidence()));
        Column status = when(sure, Labels.AGREED).otherwise(Labels.OPEN);
        return answers.filter(col(Answers.KIND).equalTo(Answers.CONSOLIDATED))
                .withColumn(
                        "newest",
                        row_number()
                                .over(Window.partitionBy(item[0], item[1], item[2])
                                        .orderBy(col(Answers.SUBMITTED_AT).desc_nulls_last(), col(Answers.JOB_NAME))))
                .filter(col("newest").equalTo(1))
                .join(answered, item, "left_anti")
                .select(
                        lit(config.pipeline()).as(Labels.PIPELINE),
                        col(Labels.USE_CASE),
                        col(Labels.ITEM_ID),
                        col(Labels.TASK),
                        col(Labels.LABEL),
                        col(Labels.ANSWER),
                        confidence.as(Labels.CONFIDENCE),
                        lit(Labels.SERVICE).as(Labels.METHOD),
                        status.as(Labels.STATUS),
                        when(status.equalTo(Labels.OPEN), Labels.ONE_MORE).as(Labels.NEEDS),
                        lit(0).as(Labels.ANSWERS),
                        lit(null).cast("double").as(Labels.AGREEMENT),
                        lit(null).cast("double").as(Labels.ENTROPY),
                        array().cast(Labels.TABLE
                                        .schema()
                                        .apply(Labels.POSTERIORS)
                                        .dataType())
                                .as(Labels.POSTERIORS));
    }

    /** A value by the settings of each row's use case: those that are named override the default. */
    static Column byUseCase(WinnowConfig config, Function<ConsensusSettings, Column> value) {
        Column all = value.apply(config.consensus(WinnowConfig.DEFAULT_USE_CASE));
        for (Map.Entry<String, ConsensusSettings> named : new TreeMap<>(config.consensus()).entrySet()) {
            if (!named.getKey().equals(WinnowConfig.DEFAULT_USE_CASE)) {
                all = when(col(Answers.USE_CASE).equalTo(named.getKey()), value.apply(named.getValue()))
                        .otherwise(all);
            }
        }
        return all;
    }

    /** Labels last: whoever finds them finds the others of the same answers. */
    private long write(Dataset<Row> labels, List<UseCaseConsensus> cases) {
        Map<String, Object> scope = Map.of(Labels.PIPELINE, config.pipeline());
        List<Row> annotators = new ArrayList<>();
        List<Row> agreement = new ArrayList<>();
        cases.forEach(one -> {
            annotators.addAll(one.annotators());
            agreement.addAll(one.agreement());
        });
        tables.replace(Agreements.TABLE, tables.frame(Agreements.TABLE, agreement), scope);
        tables.replace(Annotators.TABLE, tables.frame(Annotators.TABLE, annotators), scope);
        return tables.replace(Labels.TABLE, labels, scope);
    }

    private List<String> sentences(List<UseCaseConsensus> cases) {
        List<String> sentences = new ArrayList<>();
        cases.forEach(one -> sentences.add(one.sentence()));
        tables.read(Labels.TABLE)
                .filter(col(Labels.PIPELINE).equalTo(config.pipeline()))
                .groupBy(Labels.USE_CASE, Labels.TASK, Labels.STATUS)
                .agg(count(lit(1)).as(Profile.ROWS))
                .sort(Labels.USE_CASE, Labels.TASK, Labels.STATUS)
                .collectAsList()
                .forEach(row -> sentences.add(String.format(
                        Locale.ROOT,
                        "%s: %,d items of %s %s",
                        row.getString(0),
                        row.getLong(3),
                        row.getString(1),
                        row.getString(2))));
        return sentences;
    }
}
