package dev.winnow.progress;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.tables.TableDef;

/** How far the jobs of each group of workers are, day by day. */
public final class LabelingGroups {
    public static final String PIPELINE = LabelingJobs.PIPELINE;
    public static final String RUN_DATE = LabelingJobs.RUN_DATE;
    public static final String WORKER_GROUP = LabelingJobs.WORKER_GROUP;
    public static final String TARGET = LabelingJobs.TARGET;
    public static final String JOBS = "jobs";
    public static final String ITEMS = LabelingJobs.ITEMS;
    public static final String ANSWERED = LabelingProgress.ANSWERED;
    public static final String OPEN = LabelingProgress.OPEN;
    public static final String ANSWERS = LabelingProgress.ANSWERS;
    public static final String WORKERS = LabelingProgress.WORKERS;
    public static final String SECONDS_PER_ANSWER = LabelingProgress.SECONDS_PER_ANSWER;
    public static final String SECONDS_PER_ITEM = LabelingProgress.SECONDS_PER_ITEM;
    public static final String ITEMS_PER_DAY = LabelingProgress.ITEMS_PER_DAY;
    public static final String BACKLOG_ANSWERS = LabelingProgress.BACKLOG_ANSWERS;
    public static final String BACKLOG_MINUTES = LabelingProgress.BACKLOG_MINUTES;

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "labeling_groups",
                    "One group of workers on the run date of a sync: its jobs in labeling_progress, together")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the sync")
            .required(WORKER_GROUP, StringType, "Work team (Ground Truth) or project (Label Studio)")
            .required(TARGET, StringType, "Target, as in labeling_jobs")
            .required(JOBS, LongType, "Launched jobs of the group that the sync looked at")
            .required(ITEMS, LongType, "Items of these")
            .required(ANSWERED, LongType, "Items that the service counts as answered")
            .required(OPEN, LongType, "Items that may still be answered")
            .required(ANSWERS, LongType, "Answers of people that were ingested, given up to the run date")
            .required(WORKERS, LongType, "Distinct people who gave them")
            .optional(SECONDS_PER_ANSWER, DoubleType, "Mean seconds of an answer; null where no answer tells")
            .optional(
                    SECONDS_PER_ITEM,
                    DoubleType,
                    "Seconds of all answers over the items they are to; null where no answer tells")
            .required(ITEMS_PER_DAY, DoubleType, "Items answered for each day, summed over the jobs")
            .required(BACKLOG_ANSWERS, LongType, "Answers still open")
            .required(BACKLOG_MINUTES, DoubleType, "Minutes that these take")
            .check("counts_not_negative", ANSWERED + " >= 0 AND " + ANSWERS + " >= 0")
            .check("open_within_items", OPEN + " BETWEEN 0 AND " + ITEMS)
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, WORKER_GROUP)
            .build();

    private LabelingGroups() {}
}
