package dev.winnow.quality;

import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.answers.Answers;
import dev.winnow.config.OutcomeSettings;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Reviews;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.selection.Selections;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Brings reviews and blind labels to one shape: an item with its label, confidence and what people say of it. */
final class JudgedItems {
    static final String CONFIRMED = "is_confirmed";
    static final String DISCONFIRMED = "is_disconfirmed";
    static final String UNSURE = "is_unsure";
    static final String WEIGHT = "weight";
    static final String GIVEN = "given_label";
    static final String ASKED_ON = "asked_on";

    private static final String ATTEMPT = "attempt";
    private static final String UNDRAWN = "undrawn";
    private static final String SELECTED = "selected";
    private static final String AUDITED = "audited";
    private static final String DRAWN = "drawn_answer";

    /** Probability below which an item counts as one in a thousand million. */
    private static final double LEAST_PROBABILITY = 1e-9;

    private JudgedItems() {}

    /**
     * Answers to bulk QA jobs, shaped like {@link Reviews} with {@value #ASKED_ON}, the run date of the job, last; an item without an answer is a row without a verdict.
     *
     * @param shown {@link QaItems} of the pipeline
     * @param answers {@link Answers} of the pipeline
     * @param jobs {@link LabelingJobs} of the pipeline: an attempt after one that failed shows the same under its own name
     */
    static Dataset<Row> reviews(Dataset<Row> shown, Dataset<Row> answers, Dataset<Row> jobs) {
        Dataset<Row> verdicts = answers.filter(col(Answers.TASK)
                        .equalTo(Answers.REVIEW)
                        .and(col(Answers.KIND).isin(Answers.WORKER, Answers.EXPERT))
                        .and(col(Answers.STATUS).equalTo(Answers.ANSWERED)))
                .select(
                        col(Answers.JOB_NAME),
                        col(Answers.ITEM_ID),
                        col(Answers.WORKER_ID),
                        col(Answers.LABEL).as(Reviews.VERDICT));
        Dataset<Row> attempts = jobs.filter(
                        coalesce(col(LabelingJobs.ORDINAL), lit(1)).equalTo(1))
                .select(LabelingJobs.MANIFEST_URI, LabelingJobs.JOB_NAME)
                .join(
                        jobs.filter(col(LabelingJobs.ORDINAL).gt(1))
                                .select(
                                        col(LabelingJobs.MANIFEST_URI),
                                        col(LabelingJobs.JOB_NAME).as(ATTEMPT)),
                        new String[] {LabelingJobs.MANIFEST_URI})
                .drop(LabelingJobs.MANIFEST_URI);
        Dataset<Row> again = shown.join(broadcast(attempts), new String[] {QaItems.JOB_NAME})
                .drop(QaItems.JOB_NAME)
                .withColumnRenamed(ATTEMPT, QaItems.JOB_NAME);
        return shown.unionByName(again)
                .join(verdicts, new String[] {QaItems.JOB_NAME, QaItems.ITEM_ID}, "left")
                .withColumn(ASKED_ON, col(QaItems.RUN_DATE))
                .select(columns());
    }

    private static Column[] columns() {
        return Stream.concat(Reviews.TABLE.columns().stream(), Stream.of(ASKED_ON))
                .map(name -> col(name))
                .toArray(Column[]::new);
    }

    /**
     * One row for each item of {@link Reviews} with {@value #ASKED_ON}; those whose label was known to be wrong are left
     * out.
     */
    static Dataset<Row> ofReviews(Dataset<Row> reviews) {
        Column drawn = not(col(UNDRAWN));
        return reviews.filter(not(col(Reviews.KNOWN_WRONG)))
                .withColumn(Reviews.MODEL_VERSION, known(Reviews.MODEL_VERSION))
                .groupBy(Inferences.USE_CASE, Reviews.MODEL_VERSION, Reviews.LABEL, Reviews.ITEM_ID)
                .agg(
                        max(Reviews.CONFIDENCE).as(Reviews.CONFIDENCE),
                        said(Reviews.CONFIRM).as(CONFIRMED),
                        said(Reviews.DISCONFIRM).as(DISCONFIRMED),
                        said(Reviews.CANT_TELL).as(UNSURE),
                        bool_or(col(Reviews.INCLUSION_PROBABILITY).isNull()).as(UNDRAWN),
                        min(Reviews.INCLUSION_PROBABILITY).as(Reviews.INCLUSION_PROBABILITY),
                        min(ASKED_ON).as(ASKED_ON))
                .withColumn(LabelQa.SOURCE, lit(LabelQa.REVIEWS))
                .withColumn(LabelQa.DESIGN, when(drawn, Selections.UNIFORM).otherwise(Selections.PURPOSIVE))
                .withColumn(WEIGHT, when(drawn, weight()).otherwise(1.0))
                .withColumn(GIVEN, lit(null).cast("string"))
                .select(shape());
    }

    private static Column said(String verdict) {
        return bool_or(coalesce(col(Reviews.VERDICT).equalTo(verdict), lit(false)));
    }

    private static Column known(String column) {
        return coalesce(col(column), lit(Inferences.UNKNOWN_VALUE));
    }

    private static Column weight() {
        return lit(1.0).divide(greatest(col(Reviews.INCLUSION_PROBABILITY), lit(LEAST_PROBABILITY)));
    }

    /**
     * One row for each selected item with a predicted class that people labeled: the class is right where the label is the
     * same. An item of the audit stays with it, whoever asked about it again; else the last round that asked speaks.
     * People who agree that they can't tell judge nothing; that none of the classes is there makes the predicted one
     * wrong, but is no class that it could be mixed up with.
     *
     * @param labels {@link Labels} of the pipeline
     * @param selections {@link Selections} of the pipeline
     * @param meanings which labels tell nothing, and which that nothing is there
     */
    static Dataset<Row> ofLabels(Dataset<Row> labels, Dataset<Row> selections, OutcomeSettings meanings) {
        Dataset<Row> selected = selections
                .groupBy(Labels.USE_CASE, Labels.ITEM_ID)
                .agg(max(struct(
                                col(Selections.DESIGN)
                                        .equalTo(Selections.UNIFORM)
                                        .as(AUDITED),
                                col(Selections.RUN_DATE),
                                col(Selections.ROUND_ID),
                                col(Inferences.MODEL_VERSION),
                                col(Inferences.PREDICTED_LABEL),
                                col(Inferences.CONFIDENCE),
                                col(Selections.INCLUSION_PROBABILITY)))
                        .as(SELECTED));
        Column label = col(Labels.LABEL);
        Column sure = col(Labels.STATUS).isin(Labels.AGREED, Labels.GOLD).and(label.isNotNull());
        Column unsure = label.equalTo(LabelingJobs.CANT_TELL)
                .or(label.isin(meanings.unsureLabels().toArray()));
        Column empty = label.equalTo(LabelingJobs.NONE_OF_THESE)
                .or(label.isin(meanings.emptyLabels().toArray()));
        Column told = sure.and(not(unsure));
        Column right = label.equalTo(of(Inferences.PREDICTED_LABEL));
        return labels.filter(col(Labels.TASK).equalTo(Answers.CLASSIFICATION))
                .join(selected, new String[] {Labels.USE_CASE, Labels.ITEM_ID})
                .filter(of(Inferences.PREDICTED_LABEL).isNotNull())
                .select(
                        col(Labels.USE_CASE),
                        of(Inferences.MODEL_VERSION).as(LabelQa.MODEL_VERSION),
                        lit(LabelQa.BLIND_LABELS).as(LabelQa.SOURCE),
                        when(of(AUDITED), Selections.UNIFORM)
                                .otherwise(Selections.PURPOSIVE)
                                .as(LabelQa.DESIGN),
                        of(Inferences.PREDICTED_LABEL).as(LabelQa.LABEL),
                        col(Labels.ITEM_ID),
                        of(Inferences.CONFIDENCE).as(Reviews.CONFIDENCE),
                        coalesce(told.and(right), lit(false)).as(CONFIRMED),
                        coalesce(told.and(not(right)), lit(false)).as(DISCONFIRMED),
                        coalesce(sure.and(unsure), lit(false)).as(UNSURE),
                        of(Selections.INCLUSION_PROBABILITY).as(Reviews.INCLUSION_PROBABILITY),
                        when(told.and(not(empty)), label).as(GIVEN),
                        of(Selections.RUN_DATE).as(ASKED_ON))
                .withColumn(
                        WEIGHT,
                        when(col(LabelQa.DESIGN).equalTo(Selections.UNIFORM), weight())
                                .otherwise(1.0))
                .select(shape());
    }

    private static Column of(String selected) {
        return col(SELECTED).getField(selected);
    }

    private static Column[] shape() {
        return new Column[] {
            col(LabelQa.USE_CASE),
            col(LabelQa.MODEL_VERSION),
            col(LabelQa.SOURCE),
            col(LabelQa.DESIGN),
            col(LabelQa.LABEL),
            col(Reviews.ITEM_ID),
            col(Reviews.CONFIDENCE),
            col(CONFIRMED),
            col(DISCONFIRMED),
            col(UNSURE),
            col(WEIGHT),
            col(GIVEN),
            col(ASKED_ON)
        };
    }

    /** Somebody said of the item whether its label is right. */
    static Column isJudged() {
        return col(CONFIRMED).or(col(DISCONFIRMED));
    }

    /**
     * Answers of reviewers by use case and worker, and of everybody together by item under {@link LabelQa#ALL}. There a
     * hidden item counts by one of its answers, drawn by hash: that somebody of many found it would say more than what one
     * reviewer finds of the items that only one is shown.
     */
    static Dataset<Row> reviewers(Dataset<Row> reviews) {
        Dataset<Row> answered = reviews.filter(col(Reviews.VERDICT).isNotNull())
                .select(
                        col(Inferences.USE_CASE),
                        coalesce(col(Reviews.WORKER_ID), lit(Inferences.UNKNOWN_VALUE))
                                .as(Reviews.WORKER_ID),
                        col(Reviews.ITEM_ID),
                        col(Reviews.LABEL),
                        col(Reviews.VERDICT),
                        col(Reviews.KNOWN_WRONG));
        Dataset<Row> anybody = answered.groupBy(
                        Inferences.USE_CASE, Reviews.ITEM_ID, Reviews.LABEL, Reviews.KNOWN_WRONG)
                .agg(
                        said(Reviews.CONFIRM).as(CONFIRMED),
                        said(Reviews.DISCONFIRM).as(DISCONFIRMED),
                        min(struct(
                                        xxhash64(col(Reviews.WORKER_ID), col(Reviews.ITEM_ID)),
                                        col(Reviews.WORKER_ID),
                                        col(Reviews.VERDICT)))
                                .as(DRAWN))
                .select(
                        col(Inferences.USE_CASE),
                        lit(LabelQa.ALL).as(Reviews.WORKER_ID),
                        col(Reviews.ITEM_ID),
                        col(Reviews.LABEL),
                        when(col(Reviews.KNOWN_WRONG), col(DRAWN).getField(Reviews.VERDICT))
                                .when(col(DISCONFIRMED), Reviews.DISCONFIRM)
                                .when(col(CONFIRMED), Reviews.CONFIRM)
                                .otherwise(Reviews.CANT_TELL)
                                .as(Reviews.VERDICT),
                        col(Reviews.KNOWN_WRONG));
        return answered.unionByName(anybody)
                .groupBy(Inferences.USE_CASE, Reviews.WORKER_ID)
                .agg(
                        number(not(col(Reviews.KNOWN_WRONG))).as(Reviewers.REVIEWS),
                        number(not(col(Reviews.KNOWN_WRONG)).and(is(Reviews.DISCONFIRM)))
                                .as(Reviewers.DISCONFIRMED),
                        number(not(col(Reviews.KNOWN_WRONG)).and(is(Reviews.CANT_TELL)))
                                .as(Reviewers.CANT_TELL),
                        number(col(Reviews.KNOWN_WRONG)).as(Reviewers.HIDDEN),
                        number(col(Reviews.KNOWN_WRONG).and(is(Reviews.DISCONFIRM)))
                                .as(Reviewers.FOUND));
    }

    private static Column is(String verdict) {
        return col(Reviews.VERDICT).equalTo(verdict);
    }

    private static Column number(Column condition) {
        return count(when(condition, 1));
    }
}
