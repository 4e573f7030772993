package dev.winnow.quality;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.answers.Answers;
import dev.winnow.tables.TableDef;

/** How well each reviewer notices wrong labels. */
public final class Reviewers {
    public static final String PIPELINE = LabelQa.PIPELINE;
    public static final String USE_CASE = LabelQa.USE_CASE;
    public static final String WORKER_ID = Answers.WORKER_ID;
    public static final String REVIEWS = "reviews";
    public static final String DISCONFIRMED = LabelQa.DISCONFIRMED;
    public static final String CANT_TELL = LabelQa.CANT_TELL;
    public static final String HIDDEN = "hidden_wrong";
    public static final String FOUND = "hidden_found";
    public static final String SENSITIVITY = "sensitivity";
    public static final String SENSITIVITY_LOW = "sensitivity_low";
    public static final String SENSITIVITY_HIGH = "sensitivity_high";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("reviewers", "How well a reviewer notices wrong labels")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case")
            .required(
                    WORKER_ID,
                    StringType,
                    "Pseudonym; __UNKNOWN__ where reviews do not say whose they are; __ALL__: items instead of answers, of"
                            + " which anybody may disconfirm one; a hidden one counts by one answer, drawn by hash")
            .required(
                    REVIEWS, LongType, "Answers to items whose label was not known to be wrong, 'can't tell' included")
            .required(DISCONFIRMED, LongType, "Those of them that disconfirm the label")
            .required(CANT_TELL, LongType, "Those of them that can't tell")
            .required(HIDDEN, LongType, "Answers to hidden items whose label was known to be wrong")
            .required(FOUND, LongType, "Those of them that disconfirm the label")
            .optional(SENSITIVITY, DoubleType, "hidden_found / hidden_wrong, fraction; null without hidden items")
            .required(
                    SENSITIVITY_LOW,
                    DoubleType,
                    "Exact lower bound (Clopper-Pearson); 0 without hidden items. Proofs by quality.proof.rule ="
                            + " anytime take a lower one that holds however often one looks")
            .required(SENSITIVITY_HIGH, DoubleType, "Upper bound; 1 without hidden items")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, WORKER_ID)
            .build();

    private Reviewers() {}
}
