package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How jobs stand, from the tables that the syncs before a day left. A job that was launched since the last sync has all its
 * answers open; so has one that a pilot let through, which the next launch creates. The driver holds one row for each job.
 */
public final class OpenJobs implements EarlierRounds {
    private static final double SECONDS_PER_MINUTE = 60;
    private static final String LAST = "last";

    private final String pipeline;
    private final TableStore tables;
    private final TeamSettings team;

    /** Opens the jobs of a pipeline. */
    public OpenJobs(String pipeline, TableStore tables, TeamSettings team) {
        this.pipeline = pipeline;
        this.tables = tables;
        this.team = team;
    }

    @Override
    public Dataset<Row> returned(LocalDate day) {
        // The items of an attempt that failed are asked about again by the next attempt at its manifest.
        Object[] last = LabelingJobs.lastAttempts(jobs(day)).toArray();
        return before(tables.read(ReturnedItems.TABLE), ReturnedItems.RUN_DATE, day)
                .filter(col(ReturnedItems.JOB_NAME).isin(last))
                .select(
                        col(ReturnedItems.RUN_DATE).as(RETURNED_ON),
                        col(ReturnedItems.ASKED_ON).as(LabelingJobs.RUN_DATE),
                        col(ReturnedItems.ROUND_ID),
                        col(ReturnedItems.USE_CASE),
                        col(ReturnedItems.IMAGE_URI));
    }

    @Override
    public Dataset<Row> askedBesides(LocalDate day) {
        Dataset<Row> out = before(tables.read(LabelingJobs.TABLE), LabelingJobs.RUN_DATE, day)
                .select(RelabelItems.ROUND_ID)
                .distinct();
        String[] asked = {RelabelItems.ROUND_ID, RelabelItems.USE_CASE, RelabelItems.IMAGE_URI};
        return before(tables.read(RelabelItems.TABLE), RelabelItems.RUN_DATE, day)
                .join(out, RelabelItems.ROUND_ID)
                .join(returned(day).select(asked[0], asked[1], asked[2]), asked, "left_anti")
                .select(RelabelItems.RUN_DATE, RelabelItems.USE_CASE, RelabelItems.IMAGE_URI);
    }

    @Override
    public Open open(LocalDate day) {
        Map<String, Row> last = new TreeMap<>(); // an order, because sums of doubles have one
        before(tables.read(LabelingProgress.TABLE), LabelingProgress.RUN_DATE, day)
                .groupBy(LabelingProgress.JOB_NAME)
                .agg(max(struct(
                                LabelingProgress.RUN_DATE,
                                LabelingProgress.STATUS,
                                LabelingProgress.BACKLOG_ANSWERS,
                                LabelingProgress.ANSWERS,
                                LabelingProgress.SECONDS_PER_ANSWER))
                        .as(LAST))
                .select(LabelingProgress.JOB_NAME, LAST + ".*")
                .collectAsList()
                .forEach(row -> last.put(row.getAs(LabelingProgress.JOB_NAME), row));
        long open = 0;
        for (Row job : jobs(day)) {
            Row seen = last.get(job.<String>getAs(LabelingJobs.JOB_NAME));
            if (seen != null && launched(seen.getAs(LabelingProgress.STATUS))) {
                open += seen.<Long>getAs(LabelingProgress.BACKLOG_ANSWERS);
            } else if (launched(job.getAs(LabelingJobs.STATUS)) && (seen == null || movedBefore(day, job))) {
                Integer workers = job.getAs(LabelingJobs.WORKERS_PER_ITEM);
                open += job.<Long>getAs(LabelingJobs.ITEMS) * (workers == null ? team.answersPerItem() : workers);
            }
        }
        double seconds = 0;
        long answers = 0;
        for (Row row : last.values()) {
            Double each = row.getAs(LabelingProgress.SECONDS_PER_ANSWER);
            if (each != null) {
                long given = row.<Long>getAs(LabelingProgress.ANSWERS);
                answers += given;
                seconds += each * given;
            }
        }
        double secondsPerAnswer = answers == 0 ? team.secondsPerAnswer() : seconds / answers;
        return new Open(open, open * secondsPerAnswer / SECONDS_PER_MINUTE, secondsPerAnswer);
    }

    private static boolean movedBefore(LocalDate day, Row job) {
        LocalDate since = job.getAs(LabelingJobs.STATUS_ON);
        return since != null && since.isBefore(day);
    }

    private static boolean launched(String status) {
        return status.equals(LabelingJobs.RUNNING)
                || status.equals(LabelingJobs.PILOT)
                || status.equals(LabelingJobs.RELEASED);
    }

    private List<Row> jobs(LocalDate day) {
        return before(tables.read(LabelingJobs.TABLE), LabelingJobs.RUN_DATE, day)
                .collectAsList();
    }

    private Dataset<Row> before(Dataset<Row> rows, String date, LocalDate day) {
        return rows.filter(
                col(LabelingJobs.PIPELINE).equalTo(pipeline).and(col(date).lt(lit(day))));
    }
}
