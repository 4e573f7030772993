package dev.winnow.progress;

import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService.Status;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** How far jobs are on the day of a sync, each and by who works on them. */
final class ProgressRows {
    private static final double SECONDS_PER_MINUTE = 60;

    private final String pipeline;
    private final TeamSettings team;
    private final LocalDate day;
    private final List<Line> lines;

    /** How far one job is. */
    private record Line(
            Row job,
            JobAnswers answers,
            String status,
            long items,
            long answered,
            long failed,
            long open,
            @Nullable Integer workersPerItem,
            @Nullable Double itemsPerDay,
            long backlogAnswers,
            double backlogMinutes) {}

    /**
     * Counts.
     *
     * @param jobs those that were looked at, as they are now
     * @param found what the services say of them, by name
     * @param answers by the name that answers have for a job
     */
    ProgressRows(
            String pipeline,
            TeamSettings team,
            LocalDate day,
            List<Row> jobs,
            Map<String, Status> found,
            Map<String, JobAnswers> answers) {
        this.pipeline = pipeline;
        this.team = team;
        this.day = day;
        double seconds =
                answers.values().stream().mapToDouble(JobAnswers::seconds).sum();
        long timed = answers.values().stream().mapToLong(JobAnswers::timed).sum();
        double usual = timed == 0 ? team.secondsPerAnswer() : seconds / timed;
        this.lines = jobs.stream()
                .map(job -> line(
                        job,
                        Optional.ofNullable(found.get(job.<String>getAs(LabelingJobs.JOB_NAME))),
                        JobAnswers.of(answers, job),
                        usual))
                .toList();
    }

    private Line line(Row job, Optional<Status> found, JobAnswers answers, double usualSeconds) {
        String status = job.getAs(LabelingJobs.STATUS);
        long items = job.<Long>getAs(LabelingJobs.ITEMS);
        Long counted = job.getAs(LabelingJobs.LABELED);
        long answered = found.map(Status::labeled).orElse(counted == null ? 0L : counted);
        long failed = found.map(Status::failed).orElse(0L);
        long open = LabelingJobs.TERMINAL.contains(status) ? 0 : Math.max(0, items - answered - failed);
        Integer workers = job.getAs(LabelingJobs.WORKERS_PER_ITEM);
        long backlog = open * (workers == null ? team.answersPerItem() : workers);
        Instant launched = job.getAs(LabelingJobs.LAUNCHED_AT);
        Double ownSeconds = answers.secondsPerAnswer();
        return new Line(
                job,
                answers,
                status,
                items,
                answered,
                failed,
                open,
                workers,
                launched == null ? null : (Double) ((double) answered / Math.max(1, days(launched))),
                backlog,
                backlog * (ownSeconds == null ? usualSeconds : ownSeconds) / SECONDS_PER_MINUTE);
    }

    private long days(Instant launched) {
        return ChronoUnit.DAYS.between(launched.atZone(ZoneOffset.UTC).toLocalDate(), day);
    }

    /** Returns rows of {@link LabelingProgress}. */
    List<Row> jobs() {
        return lines.stream()
                .map(line -> RowFactory.create(
                        pipeline,
                        day,
                        line.job.getAs(LabelingJobs.ROUND_ID),
                        line.job.getAs(LabelingJobs.USE_CASE),
                        line.job.getAs(LabelingJobs.JOB_NAME),
                        line.job.getAs(LabelingJobs.TARGET),
                        line.status,
                        line.items,
                        line.answered,
                        line.failed,
                        line.open,
                        line.workersPerItem,
                        line.answers.answers(),
                        line.answers.workers(),
                        line.answers.secondsPerAnswer(),
                        line.answers.secondsPerItem(),
                        line.itemsPerDay,
                        line.backlogAnswers,
                        line.backlogMinutes,
                        line.job.getAs(LabelingJobs.WORKER_GROUP)))
                .toList();
    }

    /** Returns rows of {@link LabelingGroups}: of the jobs that somebody is known to work on. */
    List<Row> groups() {
        Map<String, List<Line>> byGroup = new TreeMap<>();
        lines.stream()
                .filter(line -> line.job.getAs(LabelingJobs.WORKER_GROUP) != null)
                .forEach(line -> byGroup.computeIfAbsent(
                                line.job.getAs(LabelingJobs.WORKER_GROUP), group -> new ArrayList<>())
                        .add(line));
        List<Row> rows = new ArrayList<>();
        byGroup.forEach((group, ofGroup) -> {
            JobAnswers answers = ofGroup.stream().map(Line::answers).reduce(JobAnswers.NONE, JobAnswers::plus);
            rows.add(RowFactory.create(
                    pipeline,
                    day,
                    group,
                    ofGroup.get(0).job.getAs(LabelingJobs.TARGET),
                    (long) ofGroup.size(),
                    ofGroup.stream().mapToLong(Line::items).sum(),
                    ofGroup.stream().mapToLong(Line::answered).sum(),
                    ofGroup.stream().mapToLong(Line::open).sum(),
                    answers.answers(),
                    answers.workers(),
                    answers.secondsPerAnswer(),
                    answers.secondsPerItem(),
                    ofGroup.stream()
                            .map(Line::itemsPerDay)
                            .filter(Objects::nonNull)
                            .mapToDouble(Double::doubleValue)
                            .sum(),
                    backlogAnswers(ofGroup),
                    backlogMinutes(ofGroup)));
        });
        return rows;
    }

    /** Returns the answers that are still open. */
    long backlogAnswers() {
        return backlogAnswers(lines);
    }

    /** Returns the minutes that these take. */
    double backlogMinutes() {
        return backlogMinutes(lines);
    }

    private static long backlogAnswers(List<Line> lines) {
        return lines.stream().mapToLong(Line::backlogAnswers).sum();
    }

    private static double backlogMinutes(List<Line> lines) {
        return lines.stream().mapToDouble(Line::backlogMinutes).sum();
    }
}
