package dev.winnow.progress;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.tables.TableDef;

/** How far the labeling jobs are, day by day. */
public final class LabelingProgress {
    public static final String PIPELINE = LabelingJobs.PIPELINE;
    public static final String RUN_DATE = LabelingJobs.RUN_DATE;
    public static final String ROUND_ID = LabelingJobs.ROUND_ID;
    public static final String USE_CASE = LabelingJobs.USE_CASE;
    public static final String JOB_NAME = LabelingJobs.JOB_NAME;
    public static final String TARGET = LabelingJobs.TARGET;
    public static final String STATUS = LabelingJobs.STATUS;
    public static final String ITEMS = LabelingJobs.ITEMS;
    public static final String ANSWERED = "answered";
    public static final String FAILED = "failed";
    public static final String OPEN = "open";
    public static final String WORKERS_PER_ITEM = LabelingJobs.WORKERS_PER_ITEM;
    public static final String ANSWERS = "answers";
    public static final String WORKERS = "workers";
    public static final String SECONDS_PER_ANSWER = "seconds_per_answer";
    public static final String SECONDS_PER_ITEM = "seconds_per_item";
    public static final String ITEMS_PER_DAY = "items_per_day";
    public static final String BACKLOG_ANSWERS = "backlog_answers";
    public static final String BACKLOG_MINUTES = "backlog_minutes";
    public static final String WORKER_GROUP = LabelingJobs.WORKER_GROUP;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "labeling_progress", "How far one labeling job was on the run date of a sync")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the sync")
            .required(ROUND_ID, StringType, "Round that asks")
            .required(USE_CASE, StringType, "Use case")
            .required(JOB_NAME, StringType, "Job, as in labeling_jobs")
            .required(TARGET, StringType, "Target, as in labeling_jobs")
            .required(STATUS, StringType, "Status after the sync, as in labeling_jobs")
            .required(ITEMS, LongType, "Items of the job")
            .required(ANSWERED, LongType, "Items that the service counts as answered")
            .required(FAILED, LongType, "Items that the service counts as failed")
            .required(OPEN, LongType, "Items that may still be answered; 0 once the job has ended")
            .optional(WORKERS_PER_ITEM, IntegerType, "Answers asked for each item; null before the service has the job")
            .required(ANSWERS, LongType, "Answers of people to the job that were ingested, given up to the run date")
            .required(WORKERS, LongType, "Distinct people who gave them")
            .optional(SECONDS_PER_ANSWER, DoubleType, "Mean seconds of an answer; null where no answer tells")
            .optional(
                    SECONDS_PER_ITEM,
                    DoubleType,
                    "Seconds of all answers over the items they are to; null where no answer tells")
            .optional(
                    ITEMS_PER_DAY,
                    DoubleType,
                    "Items answered for each day since the launch, a day at least; null before the launch")
            .required(BACKLOG_ANSWERS, LongType, "Answers still open: open items times answers asked for each, at most")
            .required(
                    BACKLOG_MINUTES,
                    DoubleType,
                    "Minutes that these take: by the seconds of the job's answers, else of all jobs' of the sync, else as"
                            + " configured")
            .optional(
                    WORKER_GROUP,
                    StringType,
                    "Who works on it, as in labeling_jobs; null before the service has the job")
            .check("counts_not_negative", ANSWERED + " >= 0 AND " + FAILED + " >= 0 AND " + ANSWERS + " >= 0")
            .check("open_within_items", OPEN + " BETWEEN 0 AND " + ITEMS)
            .check(
                    "nothing_open_after_the_end",
                    STATUS + " IN ('PLANNED', 'PILOT', 'RELEASED', 'RUNNING') OR " + OPEN + " = 0")
            .check("backlog_not_negative", BACKLOG_ANSWERS + " >= 0 AND " + BACKLOG_MINUTES + " >= 0")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, JOB_NAME)
            .build();

    private LabelingProgress() {}
}
