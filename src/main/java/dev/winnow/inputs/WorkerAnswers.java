package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.tables.TableDef;

/** Canonical rows of a plain table of answers. Never stored. */
public final class WorkerAnswers {
    public static final String ITEM_ID = "item_id";
    public static final String WORKER_ID = "worker_id";
    public static final String LABEL = "label";
    public static final String JOB_NAME = "job_name";
    public static final String REPETITION = "repetition";
    public static final String GOLD = "gold";
    public static final String EXPERT = "expert";
    public static final String SUBMITTED_AT = "submitted_at";
    public static final String SECONDS_SPENT = "seconds_spent";
    public static final String GUIDELINE_VERSION = "guideline_version";

    /** The canonical shape. */
    public static final TableDef TABLE = TableDef.named("worker_answers", "One answer of one worker to one item")
            .required(ITEM_ID, StringType, "Item: the item-id of a manifest line, else the image")
            .optional(WORKER_ID, StringType, "Worker as the source names them; null for a known truth")
            .required(LABEL, StringType, "Class")
            .optional(Inferences.USE_CASE, StringType, "Use case; null where the item's selection tells it")
            .optional(JOB_NAME, StringType, "Labeling job; null where there is none")
            .optional(REPETITION, IntegerType, "Which of a worker's intended repeats, from 1; null for the only one")
            .optional(GOLD, BooleanType, "Whether the row is the known truth instead of an answer; null for an answer")
            .optional(EXPERT, BooleanType, "Whether the worker's answer decides; null for one that does not")
            .optional(SUBMITTED_AT, TimestampType, "When the answer was given; null where it is not known")
            .optional(SECONDS_SPENT, DoubleType, "Seconds the worker took; null where it is not known")
            .optional(GUIDELINE_VERSION, StringType, "Version of the guideline; null where it is not known")
            .key(JOB_NAME, ITEM_ID, WORKER_ID, REPETITION)
            .build();

    private WorkerAnswers() {}
}
