package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.answers.Answers;
import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/** What jobs that have ended asked about, and nobody will answer: it returns to the pool. */
final class FreedItems {
    private static final TableDef ASKED = TableDef.named("asked_items", "An item of a job that has ended")
            .required(ReturnedItems.ROUND_ID, DataTypes.StringType, "Round that asked")
            .required(ReturnedItems.USE_CASE, DataTypes.StringType, "Use case")
            .required(ReturnedItems.ITEM_ID, DataTypes.StringType, "Item")
            .required(ReturnedItems.JOB_NAME, DataTypes.StringType, "Job")
            .required(ReturnedItems.REASON, DataTypes.StringType, "Why it returns")
            .build();

    private final String pipeline;
    private final TeamSettings team;
    private final TableStore tables;
    private final JobItems items;

    FreedItems(String pipeline, TeamSettings team, TableStore tables, JobItems items) {
        this.pipeline = pipeline;
        this.team = team;
        this.tables = tables;
        this.items = items;
    }

    /** Jobs whose items without an answer return on the day: each once, and again if the day is repeated. */
    List<Row> ended(LocalDate day, Map<String, Row> jobs, Map<String, JobAnswers> answers, List<String> sentences) {
        Set<String> last = LabelingJobs.lastAttempts(jobs.values());
        List<Row> ended = new ArrayList<>();
        for (Row job : jobs.values()) {
            if (!last.contains(job.<String>getAs(LabelingJobs.JOB_NAME)) || !brings(job, day)) {
                continue;
            }
            Long labeled = job.getAs(LabelingJobs.LABELED);
            boolean told = JobAnswers.of(answers, job).all() > 0;
            if (labeled == null || labeled == 0 || told) {
                ended.add(job);
            } else {
                sentences.add(String.format(
                        Locale.ROOT,
                        "Job %s is %s with %,d answered items, of which no answer was ingested: the others return to the"
                                + " pool by the next `jobs sync` after `ingest`",
                        job.getAs(LabelingJobs.JOB_NAME),
                        job.getAs(LabelingJobs.STATUS),
                        labeled));
            }
        }
        return ended;
    }

    /** Whether a job has ended, or is done for so long, that its items return, and they did not before the day. */
    private boolean brings(Row job, LocalDate day) {
        LocalDate returned = job.getAs(LabelingJobs.RETURNED_ON);
        LocalDate since = job.getAs(LabelingJobs.STATUS_ON);
        if ((returned != null && !returned.equals(day)) || since == null || since.isAfter(day)) {
            return false;
        }
        String status = job.getAs(LabelingJobs.STATUS);
        if (status.equals(LabelingJobs.DONE)) {
            Instant launched = job.getAs(LabelingJobs.LAUNCHED_AT);
            return launched != null
                    && team.isOver(launched.atZone(ZoneOffset.UTC).toLocalDate(), day);
        }
        return LabelingJobs.TERMINAL.contains(status);
    }

    /**
     * Writes the items of ended jobs that have no answer; returns their number.
     *
     * @param jobs all jobs
     * @param given see {@link JobAnswers#given}
     */
    long free(LocalDate day, List<Row> ended, Collection<Row> jobs, Dataset<Row> given) {
        List<Row> asked = new ArrayList<>();
        List<LocalDate> dates = new ArrayList<>();
        for (Row job : ended) {
            String status = job.getAs(LabelingJobs.STATUS);
            dates.add(job.getAs(LabelingJobs.RUN_DATE));
            for (String item : items.of(job)) {
                asked.add(RowFactory.create(
                        job.getAs(LabelingJobs.ROUND_ID),
                        job.getAs(LabelingJobs.USE_CASE),
                        item,
                        job.getAs(LabelingJobs.JOB_NAME),
                        status.equals(LabelingJobs.DONE) ? ReturnedItems.UNANSWERED : status));
            }
        }
        Dataset<Row> selections = tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(Selections.RUN_DATE).isin(dates.toArray())))
                .select(
                        col(Selections.ROUND_ID),
                        col(ReturnedItems.USE_CASE),
                        col(Selections.ITEM_ID),
                        col(Selections.RUN_DATE).as(ReturnedItems.ASKED_ON),
                        col(ReturnedItems.IMAGE_URI))
                .distinct();
        String[] key = {ReturnedItems.ROUND_ID, ReturnedItems.USE_CASE, ReturnedItems.ITEM_ID};
        Dataset<Row> free = tables.frame(ASKED, asked)
                .join(selections, key)
                .join(JobAnswers.answered(given, jobs), new String[] {Answers.ITEM_ID}, "left_anti")
                .select(
                        lit(pipeline).as(ReturnedItems.PIPELINE),
                        lit(day).as(ReturnedItems.RUN_DATE),
                        col(ReturnedItems.ROUND_ID),
                        col(ReturnedItems.ASKED_ON),
                        col(ReturnedItems.USE_CASE),
                        col(ReturnedItems.ITEM_ID),
                        col(ReturnedItems.IMAGE_URI),
                        col(ReturnedItems.JOB_NAME),
                        col(ReturnedItems.REASON));
        return tables.replace(
                ReturnedItems.TABLE, free, Map.of(ReturnedItems.PIPELINE, pipeline, ReturnedItems.RUN_DATE, day));
    }
}
