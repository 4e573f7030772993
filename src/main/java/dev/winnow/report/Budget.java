package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;

/** Where the labeling budget of the day went: from signals to jobs. */
final class Budget {
    /** Jobs shown, by name. */
    static final int JOBS = 60;

    private static final String[] ORDER = {Selections.ROUND_ID, LabelingJobs.USE_CASE, Selections.SIGNAL};

    private Budget() {}

    /** What each signal was given, by round, use case and signal. */
    static ArrayNode cuts(Reading reading) {
        return Json.rows(reading.day(SelectionCuts.TABLE)
                .select(Reading.columns(
                        Selections.ROUND_ID,
                        LabelingJobs.USE_CASE,
                        Selections.SIGNAL,
                        SelectionCuts.QUOTA,
                        SelectionCuts.ELIGIBLE,
                        SelectionCuts.SELECTED,
                        SelectionCuts.HELD_BY_BURST,
                        SelectionCuts.HELD_BY_CAMERA,
                        SelectionCuts.HELD_BY_SITE,
                        SelectionCuts.HELD_BY_CLASS,
                        SelectionCuts.HELD_BY_CEILING,
                        SelectionCuts.UNUSABLE,
                        SelectionCuts.LOWEST_SCORE))
                .orderBy(Reading.columns(ORDER))
                .collectAsList());
    }

    /** The labeling jobs of the day's rounds, by round, use case and name. */
    static ArrayNode jobs(Reading reading) {
        return Json.rows(reading.newest(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.RUN_DATE).equalTo(lit(reading.day())))
                .orderBy(LabelingJobs.ROUND_ID, LabelingJobs.USE_CASE, LabelingJobs.JOB_NAME)
                .limit(JOBS)
                .select(Reading.columns(
                        LabelingJobs.ROUND_ID,
                        LabelingJobs.USE_CASE,
                        LabelingJobs.JOB_NAME,
                        LabelingJobs.TARGET,
                        LabelingJobs.TASK_TYPE,
                        LabelingJobs.ITEMS,
                        LabelingJobs.STATUS))
                .collectAsList());
    }

    /** The configured budgets, in the order of the page's use cases. */
    static ArrayNode budgets(Reading reading, WinnowConfig config) {
        ArrayNode budgets = Json.array();
        reading.useCases()
                .forEach(useCase -> budgets.add(config.useCase(useCase).budget()));
        return budgets;
    }
}
