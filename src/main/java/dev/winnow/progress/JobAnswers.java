package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import dev.winnow.answers.Answers;
import dev.winnow.config.TaskType;
import dev.winnow.labeling.LabelingJobs;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The ingested answers of one job, or of several.
 *
 * @param all answers of people, and what a service made of them
 * @param answers answers of people
 * @param people who gave them
 * @param timed answers whose time is known
 * @param timedItems items of those, of each job
 * @param seconds their time in all
 */
record JobAnswers(long all, long answers, Set<String> people, long timed, long timedItems, double seconds) {
    /** Nothing was ingested. */
    static final JobAnswers NONE = new JobAnswers(0, 0, Set.of(), 0, 0, 0);

    private static final double MILLIS = 1_000;

    private static final String ALL = "all_answers";
    private static final String BY_PEOPLE = "answers";
    private static final String PEOPLE = "people";
    private static final String TIMED = "timed";
    private static final String TIMED_ITEMS = "timed_items";
    private static final String SECONDS = "seconds";

    /** Copies the people. */
    JobAnswers {
        people = Set.copyOf(people);
    }

    /** Returns how many people answered. */
    long workers() {
        return people.size();
    }

    /** Returns these answers and others, of another job. */
    JobAnswers plus(JobAnswers other) {
        Set<String> either = new HashSet<>(people);
        either.addAll(other.people);
        return new JobAnswers(
                all + other.all,
                answers + other.answers,
                either,
                timed + other.timed,
                timedItems + other.timedItems,
                seconds + other.seconds);
    }

    /** Mean seconds of an answer; null where no answer tells. */
    @Nullable
    Double secondsPerAnswer() {
        return timed == 0 ? null : seconds / timed;
    }

    /** Seconds of all answers over their items; null where no answer tells. */
    @Nullable
    Double secondsPerItem() {
        return timed == 0 ? null : seconds / timedItems;
    }

    /** Returns what people of a pipeline say of items, given up to a day or at no known time. */
    static Dataset<Row> given(Dataset<Row> answers, String pipeline, LocalDate day) {
        Column known = col(Answers.SUBMITTED_AT)
                .isNull()
                .or(to_date(col(Answers.SUBMITTED_AT)).leq(lit(day)));
        return answers.filter(col(Answers.PIPELINE)
                .equalTo(pipeline)
                .and(not(col(Answers.KIND).isin(Answers.GOLD, Answers.MACHINE)))
                .and(col(Answers.STATUS).equalTo(Answers.ANSWERED))
                .and(known));
    }

    /**
     * Returns {@code item_id} of what people answered, distinct. What bulk QA says of the label of an item is no answer to
     * what a job asked about it.
     *
     * @param given see {@link #given}
     * @param jobs all jobs
     */
    static Dataset<Row> answered(Dataset<Row> given, Collection<Row> jobs) {
        Object[] reviews = jobs.stream()
                .filter(job -> TaskType.BATCH_REVIEW.id().equals(job.getAs(LabelingJobs.TASK_TYPE)))
                .flatMap(job ->
                        Stream.of(job.<String>getAs(LabelingJobs.JOB_NAME), job.<String>getAs(LabelingJobs.SERVICE_ID)))
                .filter(Objects::nonNull)
                .toArray();
        return given.filter(not(col(Answers.JOB_NAME).isin(reviews)))
                .select(Answers.ITEM_ID)
                .distinct();
    }

    /** Returns the answers of a job among those of {@link #of}; none of a job that no service has a name for yet. */
    static JobAnswers of(Map<String, JobAnswers> answers, Row job) {
        String id = job.getAs(LabelingJobs.SERVICE_ID);
        return id == null ? NONE : answers.getOrDefault(id, NONE);
    }

    /**
     * Returns the answers of some jobs.
     *
     * @param given see {@link #given}
     * @param ids jobs as answers name them
     */
    static Map<String, JobAnswers> of(Dataset<Row> given, Collection<String> ids) {
        Column people = col(Answers.KIND).isin(Answers.WORKER, Answers.EXPERT);
        Column timed = people.and(col(Answers.SECONDS_SPENT).isNotNull());
        Map<String, JobAnswers> byJob = new TreeMap<>();
        given.filter(col(Answers.JOB_NAME).isin(ids.toArray()))
                .groupBy(Answers.JOB_NAME)
                .agg(
                        count(lit(1)).as(ALL),
                        count(when(people, 1)).as(BY_PEOPLE),
                        collect_set(when(people, col(Answers.WORKER_ID))).as(PEOPLE),
                        count(when(timed, 1)).as(TIMED),
                        countDistinct(when(timed, col(Answers.ITEM_ID))).as(TIMED_ITEMS),
                        // In whole milliseconds: a sum of doubles depends on their order.
                        sum(when(
                                                timed,
                                                round(col(Answers.SECONDS_SPENT).multiply(MILLIS))
                                                        .cast("long"))
                                        .otherwise(0L))
                                .as(SECONDS))
                .collectAsList()
                .forEach(row -> byJob.put(
                        row.getAs(Answers.JOB_NAME),
                        new JobAnswers(
                                row.<Long>getAs(ALL),
                                row.<Long>getAs(BY_PEOPLE),
                                Set.copyOf(row.<String>getList(row.fieldIndex(PEOPLE))),
                                row.<Long>getAs(TIMED),
                                row.<Long>getAs(TIMED_ITEMS),
                                row.<Long>getAs(SECONDS) / MILLIS)));
        return byJob;
    }
}
