package dev.winnow.progress;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;

import dev.winnow.answers.Answers;
import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.TableStore;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How jobs stand, from the tables that the syncs before a day left. A job that was launched since the last sync has all its
 * answers open; so has one that waits for a pilot, or that one let through. The driver holds one row for each job.
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
        List<Row> jobs = jobs(day);
        Object[] last = LabelingJobs.lastAttempts(jobs).toArray();
        // Answers may be read after their items returned: they came before the job ended, or people went on.
        Dataset<Row> answered = JobAnswers.answered(JobAnswers.given(tables.read(Answers.TABLE), pipeline, day), jobs);
        return before(tables.read(ReturnedItems.TABLE), ReturnedItems.RUN_DATE, day)
                .filter(col(ReturnedItems.JOB_NAME).isin(last))
                .join(answered, new String[] {ReturnedItems.ITEM_ID}, "left_anti")
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
        Dataset<Row> again = before(tables.read(RelabelItems.TABLE), RelabelItems.RUN_DATE, day)
                .join(out, RelabelItems.ROUND_ID)
                .join(returned(day).select(asked[0], asked[1], asked[2]), asked, "left_anti")
                .select(RelabelItems.RUN_DATE, RelabelItems.USE_CASE, RelabelItems.IMAGE_URI);
        return again.unionByName(answeredBesides(day));
    }

    /** What people said of images that no round asked about. Without a time it is of the day before: it never cools down. */
    private Dataset<Row> answeredBesides(LocalDate day) {
        LocalDate before = day.minusDays(1);
        return tables.read(Answers.TABLE)
                .filter(col(Answers.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(Answers.STATUS).equalTo(Answers.ANSWERED))
                        .and(not(col(Answers.KIND).equalTo(Answers.MACHINE)))
                        .and(col(Answers.ROUND_ID).isNull()))
                .select(
                        coalesce(to_date(col(Answers.SUBMITTED_AT)), lit(before))
                                .as(RelabelItems.RUN_DATE),
                        col(Answers.USE_CASE).as(RelabelItems.USE_CASE),
                        coalesce(col(Answers.IMAGE_URI), col(Answers.ITEM_ID)).as(RelabelItems.IMAGE_URI))
                .filter(col(RelabelItems.RUN_DATE).leq(lit(before)));
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
        long open = asked(day, date -> date); // nobody has begun with what a round of the same day asks
        for (Row job : jobs(day)) {
            Row seen = last.get(job.<String>getAs(LabelingJobs.JOB_NAME));
            boolean waits = LabelingJobs.waits(job); // its pilot may release it on any day
            if (seen != null && (waits || launched(seen.getAs(LabelingProgress.STATUS)))) {
                open += seen.<Long>getAs(LabelingProgress.BACKLOG_ANSWERS);
            } else if (waits || (launched(job.getAs(LabelingJobs.STATUS)) && (seen == null || movedBefore(day, job)))) {
                open += answers(job);
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
        return new Open(
                open,
                open * secondsPerAnswer / SECONDS_PER_MINUTE,
                secondsPerAnswer,
                asked(day, OpenJobs::monday),
                asked(day, date -> date.withDayOfMonth(1)));
    }

    /**
     * Answers that jobs of run dates up to the day ask for which lie in the same while as it; earlier rounds of the day
     * itself count, too.
     *
     * @param first day of the while that a date lies in
     */
    private long asked(LocalDate day, UnaryOperator<LocalDate> first) {
        List<Row> jobs = jobs(day.plusDays(1));
        Set<String> last = LabelingJobs.lastAttempts(jobs);
        return jobs.stream()
                .filter(job -> first.apply(job.getAs(LabelingJobs.RUN_DATE)).equals(first.apply(day))
                        && last.contains(job.<String>getAs(LabelingJobs.JOB_NAME))
                        && !job.getAs(LabelingJobs.STATUS).equals(LabelingJobs.FAILED))
                .mapToLong(this::answers)
                .sum();
    }

    private static LocalDate monday(LocalDate date) {
        return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    }

    private long answers(Row job) {
        Integer workers = job.getAs(LabelingJobs.WORKERS_PER_ITEM);
        return job.<Long>getAs(LabelingJobs.ITEMS) * (workers == null ? team.answersPerItem() : workers);
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
