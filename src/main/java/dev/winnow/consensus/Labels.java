package dev.winnow.consensus;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createStructField;
import static org.apache.spark.sql.types.DataTypes.createStructType;

import dev.winnow.answers.Answers;
import dev.winnow.config.OutcomeSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructType;

/** One label for each item that somebody answered. */
public final class Labels {
    public static final String PIPELINE = Answers.PIPELINE;
    public static final String USE_CASE = Answers.USE_CASE;
    public static final String ITEM_ID = Answers.ITEM_ID;
    public static final String TASK = Answers.TASK;
    public static final String LABEL = Answers.LABEL;
    public static final String ANSWER = Answers.ANSWER;
    public static final String CONFIDENCE = Answers.CONFIDENCE;
    public static final String METHOD = "method";
    public static final String STATUS = Answers.STATUS;
    public static final String NEEDS = "needs";
    public static final String ANSWERS = "answers";
    public static final String AGREEMENT = "agreement";
    public static final String ENTROPY = "entropy";
    public static final String POSTERIORS = "posteriors";
    public static final String PROBABILITY = "probability";

    /** Answers are enough and sure enough. */
    public static final String AGREED = "AGREED";

    /** Answers are too few or not sure enough. */
    public static final String OPEN = "OPEN";

    /** Two classes are equally likely. */
    public static final String TIED = "TIED";

    /** Answers are sure enough, and an expert has still to confirm them. */
    public static final String UNAPPROVED = "UNAPPROVED";

    /** The truth was known before. */
    public static final String GOLD = Answers.GOLD;

    /** One more annotator should answer. */
    public static final String ONE_MORE = "ONE_MORE_ANSWER";

    /** Many have answered and it is still not told, or approval is asked for: an expert should answer. */
    public static final String EXPERT = "EXPERT";

    /** In place of a method: an expert's answer decided. */
    public static final String BY_EXPERT = Answers.EXPERT;

    /** In place of a method: what the labeling service made of answers that are not here. */
    public static final String SERVICE = Answers.CONSOLIDATED;

    /** Posteriors below this are left out of the table. */
    static final double NEGLIGIBLE = 1e-6;

    private static final StructType POSTERIOR = createStructType(
            List.of(createStructField(LABEL, StringType, true), createStructField(PROBABILITY, DoubleType, true)));

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("labels", "One label of one item, made of all its answers")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(ITEM_ID, StringType, "Item, as in answers")
            .required(TASK, StringType, "CLASSIFICATION, MULTI_LABEL, BOXES or SEGMENTATION")
            .optional(LABEL, StringType, "Likeliest class; null where classes tie and for other tasks")
            .optional(
                    ANSWER,
                    StringType,
                    "JSON: classes, boxes with votes and confidence, or the mask's URI; null for CLASSIFICATION")
            .optional(
                    CONFIDENCE,
                    DoubleType,
                    "Posterior of the label, or its share of votes or of their weights, in [0, 1]; of a labeling service"
                            + " its own; null where there is none, or an expert said otherwise")
            .required(
                    METHOD,
                    StringType,
                    "Rule that made it, as configured; CONSOLIDATED by the labeling service; EXPERT")
            .required(
                    STATUS,
                    StringType,
                    "AGREED; OPEN: too few answers or not sure enough; TIED; UNAPPROVED: agreed, an expert has yet to confirm it;"
                            + " GOLD: known before")
            .optional(
                    NEEDS,
                    StringType,
                    "ONE_MORE_ANSWER or EXPERT where OPEN, TIED or UNAPPROVED; null where nothing is needed")
            .required(
                    ANSWERS,
                    IntegerType,
                    "Answers that count, experts' aside; 0 where only the service's or an expert's label is there")
            .optional(
                    AGREEMENT,
                    DoubleType,
                    "Share of the answers that name the label, fraction; null without both, or where an expert said otherwise")
            .optional(ENTROPY, DoubleType, "Of the posteriors or shares, in nats; null for other tasks")
            .required(
                    POSTERIORS,
                    createArrayType(POSTERIOR, false),
                    "Classes by descending posterior, or share of votes; below 1e-6 left out; empty for other tasks")
            .check("known_status", STATUS + " IN ('AGREED', 'OPEN', 'TIED', 'UNAPPROVED', 'GOLD')")
            .check(
                    "needs_of_open_ones",
                    "(" + NEEDS + " IS NOT NULL) = (" + STATUS + " IN ('OPEN', 'TIED', 'UNAPPROVED'))")
            .check("confidence_in_range", CONFIDENCE + " IS NULL OR " + CONFIDENCE + " BETWEEN 0 AND 1")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, ITEM_ID, TASK)
            .build();

    private Labels() {}

    /**
     * Returns the classes that a label names, as an array of texts: one of CLASSIFICATION, any number of MULTI_LABEL and
     * BOXES, whose classes repeat by box. Null for SEGMENTATION, and where there is no label to read.
     */
    public static Column classes() {
        return when(col(TASK).equalTo(Answers.CLASSIFICATION), when(col(LABEL).isNotNull(), array(col(LABEL))))
                .when(col(TASK).equalTo(Answers.MULTI_LABEL), expr("from_json(" + ANSWER + ", 'array<string>')"))
                .when(
                        col(TASK).equalTo(Answers.BOXES),
                        expr("filter(from_json(" + ANSWER + ", 'array<struct<label:string>>').label,"
                                + " label -> label is not null)"));
    }

    /**
     * Returns the classes that people say are there, each once: none of them where they say that nothing is; null where
     * somebody can't tell, and where {@code classes} is null.
     *
     * @param classes from {@link #classes}
     */
    public static Column said(Column classes, OutcomeSettings settings) {
        return when(
                not(arrays_overlap(classes, texts(settings.unsureLabels(), LabelingJobs.CANT_TELL))),
                array_except(classes, texts(settings.emptyLabels(), LabelingJobs.NONE_OF_THESE)));
    }

    private static Column texts(List<String> configured, String always) {
        return array(Stream.concat(configured.stream(), Stream.of(always))
                .map(text -> lit(text))
                .toArray(Column[]::new));
    }
}
