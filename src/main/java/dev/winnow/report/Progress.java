package dev.winnow.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.progress.LabelingProgress;
import java.util.List;

/** How far labeling jobs were when their services were last asked, up to the run date. */
final class Progress {
    /** Jobs shown of a use case, those with most work left first. */
    static final int JOBS = 25;

    private Progress() {}

    /** One row per job, by use case and what is left of it. */
    static ArrayNode of(Reading reading) {
        return Json.rows(Reading.first(
                        JOBS,
                        reading.last(LabelingProgress.TABLE),
                        List.of(col(LabelingProgress.USE_CASE)),
                        col(LabelingProgress.BACKLOG_MINUTES).desc(),
                        col(LabelingProgress.JOB_NAME))
                .orderBy(
                        col(LabelingProgress.USE_CASE),
                        col(LabelingProgress.BACKLOG_MINUTES).desc(),
                        col(LabelingProgress.JOB_NAME))
                .select(Reading.columns(
                        LabelingProgress.USE_CASE,
                        LabelingProgress.RUN_DATE,
                        LabelingProgress.JOB_NAME,
                        LabelingProgress.STATUS,
                        LabelingProgress.ITEMS,
                        LabelingProgress.ANSWERED,
                        LabelingProgress.OPEN,
                        LabelingProgress.SECONDS_PER_ANSWER,
                        LabelingProgress.ITEMS_PER_DAY,
                        LabelingProgress.BACKLOG_MINUTES))
                .collectAsList());
    }
}
