package dev.winnow.consensus;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import dev.winnow.analysis.HumanChecked;
import dev.winnow.answers.Answers;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.SelectionSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ReturnedLabels;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.segments.AuditedAlarms;
import dev.winnow.segments.Misclassified;
import dev.winnow.selection.KnownItems;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Labels that came back, put to the selections that asked for them.
 *
 * <p>Only labels that are agreed on, or known truths, say anything. A label is of the day of its last answer; one whose
 * answers carry no time is of no day.
 */
public final class LabeledSelections implements ReturnedLabels {
    private static final String ANSWERED_ON = "answered_on";
    private static final String PLACE = "place";
    private static final String LAST = "last";
    private static final String[] ITEM = {Inferences.USE_CASE, Selections.ITEM_ID};
    private static final String[] ITEM_OF_DAY = {Inferences.USE_CASE, Selections.ITEM_ID, Selections.RUN_DATE};
    private static final String[] INFERENCE = {Inferences.USE_CASE, Selections.ITEM_ID, Inferences.INFERENCE_ID};
    private static final String[] INFERENCE_OF_DAY = {
        Inferences.USE_CASE, Selections.ITEM_ID, Inferences.INFERENCE_ID, Selections.RUN_DATE
    };

    private final WinnowConfig config;
    private final TableStore tables;

    /** Opens the labels of a pipeline. */
    public LabeledSelections(WinnowConfig config, TableStore tables) {
        this.config = config;
        this.tables = tables;
    }

    @Override
    public Dataset<Row> checked(LocalDate from, LocalDate to) {
        Column random = col(Selections.SIGNAL).isin(Candidates.AUDIT, Candidates.MODEL_CHECK);
        // Two rounds that drew the same image asked once: the label is the same.
        return labeledBy(to, selections(from, to).filter(random))
                .select(
                        col(Inferences.USE_CASE),
                        col(Inferences.INFERENCE_ID),
                        col(Inferences.CAPTURED_AT),
                        col(Inferences.CAMERA_ID),
                        col(HumanChecked.CLASSES),
                        col(Selections.SIGNAL).as(HumanChecked.DESIGN),
                        col(Selections.INCLUSION_PROBABILITY).as(HumanChecked.INCLUSION_PROBABILITY));
    }

    @Override
    public Dataset<Row> audited(LocalDate from, LocalDate to, Collection<String> dimensions) {
        TableDef shape = AuditedAlarms.TABLE.withDimensions(dimensions);
        Dataset<Row> drawn = selections(from, to)
                .filter(col(Selections.SIGNAL)
                        .equalTo(Candidates.AUDIT)
                        .and(col(Inferences.PREDICTED_LABEL).isNotNull()));
        if (drawn.isEmpty()) { // labels and answers are not asked in vain
            return tables.frame(shape, List.of());
        }
        // Conditions are those of the draw: what is contradicted is a candidate again, when more may be known of it.
        Dataset<Row> pools =
                candidates(from, to, dimensions).filter(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT));
        // One of its rows stands for an image: that of the version whose id sorts first is no draw of versions.
        Dataset<Row> severalVersions = pools.filter(col(Candidates.VERSIONS).gt(1))
                .select(ITEM_OF_DAY[0], ITEM_OF_DAY[1], ITEM_OF_DAY[2])
                .distinct();
        Dataset<Row> said =
                labeledBy(to, drawn.select(ITEM[0], ITEM[1]).distinct()).select(ITEM[0], ITEM[1], HumanChecked.CLASSES);
        // An audit draws from the frames of its run date alone.
        Dataset<Row> alarms = lastAsked(drawn.join(severalVersions, ITEM_OF_DAY, "left_anti"));
        return withDimensions(alarms, pools, INFERENCE_OF_DAY, dimensions)
                .join(said, ITEM, "left")
                .withColumn(AuditedAlarms.EVENT_DATE, col(Selections.RUN_DATE))
                .withColumn(AuditedAlarms.LABEL, col(Inferences.PREDICTED_LABEL))
                .withColumn(
                        AuditedAlarms.WRONG,
                        not(array_contains(col(HumanChecked.CLASSES), col(Inferences.PREDICTED_LABEL))))
                .select(shape.columns().stream().map(name -> col(name)).toArray(Column[]::new));
    }

    @Override
    public Dataset<Row> contradicted(LocalDate day, Collection<String> dimensions) {
        LocalDate from = day.minusDays(config.analysis().imbalance().windowDays());
        Column predicted = col(Inferences.PREDICTED_LABEL);
        Column shown = col(HumanChecked.CLASSES);
        Column verdict = when(predicted.isNull(), lit(Feedback.MISSED))
                .when(size(shown).equalTo(0), lit(Feedback.FALSE_POSITIVE))
                .otherwise(lit(Feedback.RELABELED));
        Dataset<Row> wrong = labeled(selections(from, day))
                .filter(col(ANSWERED_ON).equalTo(lit(day)))
                .filter(when(predicted.isNull(), size(shown).gt(0)).otherwise(not(array_contains(shown, predicted))));
        List<Column> columns = new ArrayList<>(List.of(
                col(Selections.PIPELINE),
                lit(day).as(Misclassified.ARRIVAL_DATE),
                col(Inferences.INFERENCE_ID),
                col(Inferences.IMAGE_URI),
                col(Inferences.CAPTURED_AT),
                to_date(col(Inferences.CAPTURED_AT)).as(Inferences.EVENT_DATE),
                col(Inferences.USE_CASE),
                col(Inferences.MODEL_VERSION),
                col(Inferences.SITE_ID),
                col(Inferences.CAMERA_ID),
                predicted,
                col(Inferences.CONFIDENCE),
                verdict.as(Misclassified.VERDICT),
                when(size(shown).equalTo(1), shown.getItem(0)).as(Misclassified.CORRECTED_LABEL)));
        for (String name : dimensions) {
            String column = TableDef.dimensionColumn(name);
            columns.add(coalesce(col(column), lit(Inferences.UNKNOWN_VALUE)).as(column));
        }
        LocalDate oldest = from.minusDays(config.selection().maxAgeDays());
        return withDimensions(lastAsked(wrong), candidates(oldest, day, dimensions), INFERENCE, dimensions)
                .select(columns.toArray(Column[]::new));
    }

    @Override
    public Dataset<Row> known(LocalDate day) {
        Dataset<Row> asked =
                selections(day.minusDays(config.selection().planted().maxAgeDays()), day);
        Dataset<Row> blind = asked.filter(col(Selections.SIGNAL).isin(Candidates.DRAWN.toArray()))
                .select(Inferences.USE_CASE, Inferences.IMAGE_URI)
                .distinct();
        Dataset<Row> items = asked.join(blind, new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left_anti")
                .groupBy(ITEM[0], ITEM[1])
                .agg(max(struct(
                                col(Selections.RUN_DATE).as(KnownItems.ASKED_ON),
                                Rounds.order(col(Selections.ROUND_ID)).as(PLACE),
                                col(Selections.ROUND_ID),
                                col(Inferences.IMAGE_URI),
                                col(Inferences.SITE_ID),
                                col(Inferences.MODEL_VERSION),
                                col(Inferences.PREDICTED_LABEL),
                                col(Inferences.CONFIDENCE)))
                        .as(LAST));
        SelectionSettings.Planted planted = config.selection().planted();
        Column agreed = col(Labels.STATUS)
                .equalTo(Labels.AGREED)
                .and(col(Labels.METHOD)
                        .equalTo(Labels.BY_EXPERT)
                        .or(col(Labels.ANSWERS)
                                .geq(planted.minAnswers())
                                .and(coalesce(col(Labels.AGREEMENT).geq(planted.minAgreement()), lit(false)))));
        List<String> unsure = new ArrayList<>(config.outcomes().unsureLabels());
        unsure.add(LabelingJobs.CANT_TELL);
        Column sure = col(Labels.STATUS)
                .equalTo(Labels.GOLD)
                .or(agreed)
                .and(not(col(Labels.LABEL).isin(unsure.toArray())));
        Dataset<Row> labels = tables.read(Labels.TABLE)
                .filter(col(Labels.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Labels.TASK).equalTo(Answers.CLASSIFICATION)))
                .select(
                        col(ITEM[0]),
                        col(ITEM[1]),
                        when(sure, col(Labels.LABEL)).as(KnownItems.LABEL),
                        col(Labels.ANSWERS))
                .filter(col(KnownItems.LABEL).isNotNull().or(col(Labels.ANSWERS).gt(0)));
        Column[] columns =
                KnownItems.TABLE.columns().stream().map(name -> col(name)).toArray(Column[]::new);
        return items.join(labels, ITEM)
                .select(col(ITEM[0]), col(ITEM[1]), col(LAST + ".*"), col(KnownItems.LABEL))
                .drop(PLACE)
                .select(columns);
    }

    /** Selections of rounds from a day on, before another. */
    private Dataset<Row> selections(LocalDate from, LocalDate before) {
        return tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).geq(lit(from)))
                        .and(col(Selections.RUN_DATE).lt(lit(before))));
    }

    /** An inference that several rounds asked about counts once, as the newest says. */
    private static Dataset<Row> lastAsked(Dataset<Row> selections) {
        Column place = row_number()
                .over(Window.partitionBy(Inferences.USE_CASE, Inferences.INFERENCE_ID, Inferences.CAPTURED_AT)
                        .orderBy(Rounds.order(col(Selections.ROUND_ID)).desc(), col(Selections.ITEM_ID)));
        return selections.withColumn(PLACE, place).filter(col(PLACE).equalTo(1));
    }

    /** Those that have a label whose last answer is of the day or before, or of no day. */
    private Dataset<Row> labeledBy(LocalDate day, Dataset<Row> selections) {
        return labeled(selections).filter(coalesce(col(ANSWERED_ON).leq(lit(day)), lit(true)));
    }

    /** Those that have a label, with the classes it names and the day of its last answer. */
    private Dataset<Row> labeled(Dataset<Row> selections) {
        Dataset<Row> asked = selections.select(col(ITEM[0]), col(ITEM[1])).distinct();
        Dataset<Row> days = tables.read(Answers.TABLE)
                .filter(col(Answers.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Answers.STATUS).equalTo(Answers.ANSWERED))
                        .and(col(Answers.KIND).notEqual(Answers.MACHINE))
                        .and(col(Answers.TASK).notEqual(Answers.REVIEW)))
                .join(asked, ITEM, "left_semi")
                .groupBy(ITEM[0], ITEM[1])
                .agg(to_date(max(col(Answers.SUBMITTED_AT))).as(ANSWERED_ON));
        return selections.join(labels(), ITEM).join(days, ITEM, "left");
    }

    /** Classes by item; none where people say that none is there. */
    private Dataset<Row> labels() {
        return tables.read(Labels.TABLE)
                .filter(col(Labels.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD))
                        .and(col(Labels.TASK).isin(Answers.CLASSIFICATION, Answers.MULTI_LABEL, Answers.BOXES)))
                // Whoever can't tell says nothing; what can't be read as classes, neither.
                .withColumn(HumanChecked.CLASSES, Labels.said(Labels.classes(), config.outcomes()))
                .filter(col(HumanChecked.CLASSES).isNotNull())
                .groupBy(ITEM[0], ITEM[1])
                .agg(sort_array(array_distinct(flatten(collect_list(col(HumanChecked.CLASSES)))))
                        .as(HumanChecked.CLASSES));
    }

    /** Candidates of run dates from a day on, before another. */
    private Dataset<Row> candidates(LocalDate from, LocalDate before, Collection<String> dimensions) {
        return tables.read(Candidates.TABLE.withDimensions(dimensions))
                .filter(col(Candidates.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Candidates.RUN_DATE).geq(lit(from)))
                        .and(col(Candidates.RUN_DATE).lt(lit(before))));
    }

    /**
     * Selections do not hold the conditions of frames; the candidates that they were chosen from do.
     *
     * @param key what a selection and its candidates have in common
     */
    private static Dataset<Row> withDimensions(
            Dataset<Row> selected, Dataset<Row> candidates, String[] key, Collection<String> dimensions) {
        if (dimensions.isEmpty()) {
            return selected;
        }
        Column[] columns = Arrays.stream(key).map(name -> col(name)).toArray(Column[]::new);
        List<Column> values = new ArrayList<>();
        for (String name : dimensions) {
            String column = TableDef.dimensionColumn(name);
            values.add(min(col(column)).as(column));
        }
        Dataset<Row> conditions = candidates
                .join(broadcast(selected.select(columns)), key, "left_semi")
                .groupBy(columns)
                .agg(values.get(0), values.subList(1, values.size()).toArray(Column[]::new));
        return selected.join(conditions, key, "left");
    }
}
