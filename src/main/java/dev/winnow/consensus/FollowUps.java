package dev.winnow.consensus;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;

/** Items that people are asked about again because their labels are open. */
public final class FollowUps {
    public static final String PIPELINE = Labels.PIPELINE;
    public static final String RUN_DATE = "run_date";
    public static final String USE_CASE = Labels.USE_CASE;
    public static final String TASK = Labels.TASK;
    public static final String NEEDS = Labels.NEEDS;
    public static final String ITEM_ID = Labels.ITEM_ID;
    public static final String IMAGE_URI = Inferences.IMAGE_URI;
    public static final String ANSWERS = Labels.ANSWERS;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "follow_ups", "One item of an open label that people are asked about again")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the request")
            .required(USE_CASE, StringType, "Use case")
            .required(TASK, StringType, "Task, as in labels")
            .required(NEEDS, StringType, "ONE_MORE_ANSWER or EXPERT")
            .required(ITEM_ID, StringType, "Item, as in labels")
            .required(IMAGE_URI, StringType, "Image or sequence, s3://; or the text itself")
            .required(ANSWERS, IntegerType, "Answers that counted when it was asked")
            .check("known_needs", NEEDS + " IN ('ONE_MORE_ANSWER', 'EXPERT')")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, TASK, NEEDS, ITEM_ID)
            .build();

    private FollowUps() {}
}
