package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings;
import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.LabelingService.Status;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Asks the services where each job stands that had not ended before the day, and frees what will never be answered.
 *
 * <p>A service tells the present alone: for a day before the last one that was synced nothing is asked and nothing written.
 * An item is free when its job failed, expired, or was done and launched {@code expire-days} ago, and it has no answer; where
 * the service counts answers of which none was ingested, it waits for them. The driver holds one row for each job and the
 * items of the jobs whose items return, at most 100,000 for each. Pilots are judged here, see {@link PilotVerdicts}. Where a service can't be asked, the run fails after what
 * the others said is recorded; if nobody launched a job there, a refusal is only told.
 */
public final class JobsSyncJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "jobs sync";

    private final String pipeline;
    private final TeamSettings team;
    private final FreedItems freed;
    private final PilotVerdicts pilots;
    private final TableStore tables;
    private final Function<String, LabelingService> services;

    /**
     * Creates the job.
     *
     * @param services opens the service of a target; it is closed here
     */
    public JobsSyncJob(
            String pipeline,
            LabelingSettings labeling,
            TableStore tables,
            ObjectStore objects,
            Function<String, LabelingService> services) {
        this.pipeline = pipeline;
        this.team = labeling.team();
        this.tables = tables;
        JobItems items = new JobItems(objects);
        this.freed = new FreedItems(pipeline, team, tables, items);
        this.pilots = new PilotVerdicts(pipeline, labeling, tables, items);
        this.services = services;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        LocalDate last = lastSync();
        if (last != null && last.isAfter(day)) {
            return new Report(
                    0,
                    0,
                    0,
                    0,
                    "",
                    List.of("Jobs were looked at for " + last + " already; where they stood on " + day
                            + " no service can say now"));
        }
        Map<String, Row> jobs = jobs();
        if (jobs.isEmpty()) {
            return new Report(0, 0, 0, 0, "", List.of("There are no labeling jobs yet"));
        }
        List<String> sentences = new ArrayList<>();
        Map<String, Status> found = new TreeMap<>();
        List<String> looked = new ArrayList<>();
        RuntimeException failure = look(day, jobs, looked, found, sentences);
        Dataset<Row> given = JobAnswers.given(tables.read(Answers.TABLE), pipeline, day);
        Map<String, JobAnswers> answers = JobAnswers.of(
                given,
                jobs.values().stream()
                        .map(job -> job.<String>getAs(LabelingJobs.SERVICE_ID))
                        .filter(Objects::nonNull)
                        .toList());
        pilots.judge(day, jobs, given, sentences);
        List<Row> ended = freed.ended(day, jobs, answers, sentences);
        long returned = freed.free(day, ended, jobs.values(), given);
        ended.forEach(job -> jobs.put(
                job.getAs(LabelingJobs.JOB_NAME), LabelingJobs.with(job, Map.of(LabelingJobs.RETURNED_ON, day))));
        tables.replace(
                LabelingJobs.TABLE,
                tables.frame(LabelingJobs.TABLE, List.copyOf(jobs.values())),
                Map.of(LabelingJobs.PIPELINE, pipeline));
        ProgressRows rows = new ProgressRows(
                pipeline,
                team,
                day,
                looked.stream()
                        .map(name -> Objects.requireNonNull(jobs.get(name)))
                        .toList(),
                found,
                answers);
        List<Row> progress = rows.jobs();
        tables.replace(LabelingGroups.TABLE, tables.frame(LabelingGroups.TABLE, rows.groups()), scope(day));
        tables.replace(LabelingProgress.TABLE, tables.frame(LabelingProgress.TABLE, progress), scope(day));
        if (failure != null) {
            throw failure; // what the other services said is kept
        }
        sentences.add(0, sentence(jobs, looked, rows, returned));
        return new Report(looked.size(), progress.size() + returned, 0, 0, "", sentences);
    }

    private @Nullable LocalDate lastSync() {
        return tables.read(LabelingProgress.TABLE)
                .filter(col(LabelingProgress.PIPELINE).equalTo(pipeline))
                .agg(max(col(LabelingProgress.RUN_DATE)))
                .first()
                .getAs(0);
    }

    /** All jobs, by name. */
    private Map<String, Row> jobs() {
        Map<String, Row> jobs = new TreeMap<>();
        tables.read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE).equalTo(pipeline))
                .collectAsList()
                .forEach(row -> jobs.put(row.getAs(LabelingJobs.JOB_NAME), row));
        return jobs;
    }

    /**
     * Asks about every job that had not ended before the day, and moves it; what was asked goes to {@code looked}.
     *
     * @return why a service could not be asked; the jobs of the others were. Null if all were
     */
    private @Nullable RuntimeException look(
            LocalDate day,
            Map<String, Row> jobs,
            List<String> looked,
            Map<String, Status> found,
            List<String> sentences) {
        Map<String, List<Row>> open = new TreeMap<>();
        jobs.values().stream()
                .filter(job -> isOpen(job, day))
                .forEach(job -> open.computeIfAbsent(job.getAs(LabelingJobs.TARGET), target -> new ArrayList<>())
                        .add(job));
        RuntimeException failure = null;
        for (Map.Entry<String, List<Row>> target : open.entrySet()) {
            try (LabelingService service = services.apply(target.getKey())) {
                for (Row job : target.getValue()) {
                    String name = job.getAs(LabelingJobs.JOB_NAME);
                    Optional<Status> status = service.describe(name);
                    looked.add(name);
                    status.ifPresent(known -> found.put(name, known));
                    jobs.put(name, moved(job, status, day, service, sentences));
                }
            } catch (ConfigException | ServiceException e) {
                if (!isPassing(e) && target.getValue().stream().allMatch(JobsSyncJob::isPlanned)) {
                    sentences.add(
                            "Nobody launched a job in " + target.getKey() + ", which was not asked: " + e.getMessage());
                } else if (failure == null || isPassing(e)) {
                    failure = e;
                }
            }
        }
        return failure;
    }

    /** Stops a job that is open for too long; one that can't be stopped expires all the same. */
    private void stop(Row job, LabelingService service, List<String> sentences) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        String open = "Job " + name + " is open for " + team.expireDays() + " days and ";
        try {
            if (service.stop(name)) {
                sentences.add(open + "was stopped in " + job.getAs(LabelingJobs.TARGET));
            }
        } catch (ServiceException e) {
            if (isPassing(e)) {
                throw e;
            }
            sentences.add(open + "could not be stopped: " + e.getMessage());
        }
    }

    private static boolean isPassing(RuntimeException failure) {
        return failure instanceof ServiceException service && service.retryable();
    }

    private static boolean isPlanned(Row job) {
        return job.getAs(LabelingJobs.STATUS).equals(LabelingJobs.PLANNED);
    }

    /** Whether a job's place may have changed; one that nobody launched is not asked about for longer than one that is. */
    private boolean isOpen(Row job, LocalDate day) {
        LocalDate round = job.getAs(LabelingJobs.RUN_DATE);
        String status = job.getAs(LabelingJobs.STATUS);
        if (round.isAfter(day) || (isPlanned(job) && !LabelingJobs.waits(job) && team.isOver(round, day))) {
            return false;
        }
        return !LabelingJobs.TERMINAL.contains(status) || day.equals(job.getAs(LabelingJobs.STATUS_ON));
    }

    private Row moved(Row job, Optional<Status> found, LocalDate day, LabelingService service, List<String> sentences) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        String before = job.getAs(LabelingJobs.STATUS);
        long items = job.<Long>getAs(LabelingJobs.ITEMS);
        boolean rest = LabelingJobs.REST.equals(job.getAs(LabelingJobs.PILOT_PART));
        String status =
                JobLife.next(before, items, found, isOverdue(job, found, day), LabelingJobs.launched(job), rest);
        if (found.isEmpty()) {
            if (rest && status.equals(LabelingJobs.EXPIRED) && job.getAs(LabelingJobs.LAUNCHED_AT) == null) {
                sentences.add("Job " + name
                        + (before.equals(LabelingJobs.PLANNED)
                                ? " waited for its pilot"
                                : " was released," + " but not launched,")
                        + " for " + team.expireDays() + " days and is EXPIRED");
            } else if (!LabelingJobs.UNLAUNCHED.contains(before)) {
                sentences.add("Job " + name + " is " + status + ", but " + job.getAs(LabelingJobs.TARGET)
                        + " knows no such job: is it the account, region or server that it was launched in?");
            }
        } else if (LabelingJobs.UNLAUNCHED.contains(status)) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "Job %s holds %,d of its %,d items: run `manifests --launch` for %s again",
                    name,
                    found.get().items(),
                    items,
                    job.getAs(LabelingJobs.RUN_DATE)));
            return job;
        }
        boolean cut = status.equals(LabelingJobs.EXPIRED) && !status.equals(before) && team.stopExpired();
        if (cut) {
            stop(job, service, sentences);
        }
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put(LabelingJobs.STATUS, status);
        if (!status.equals(before)) {
            changes.put(LabelingJobs.STATUS_ON, day);
        }
        found.ifPresent(known -> {
            changes.put(LabelingJobs.SERVICE_ID, known.id());
            changes.put(LabelingJobs.LAUNCHED_AT, known.createdAt());
            changes.put(LabelingJobs.WORKERS_PER_ITEM, known.workersPerItem());
            changes.put(LabelingJobs.LABELED, known.labeled());
            changes.put(LabelingJobs.FAILURE_REASON, known.failureReason());
            changes.put(LabelingJobs.OUTPUT_URI, known.output());
            changes.put(LabelingJobs.WORKER_GROUP, known.workerGroup());
        });
        return LabelingJobs.with(job, changes);
    }

    /** Whether a job is open, waits for its pilot, or is released and not launched, for too long. */
    private boolean isOverdue(Row job, Optional<Status> found, LocalDate day) {
        Instant launched = found.map(Status::createdAt).orElse(job.getAs(LabelingJobs.LAUNCHED_AT));
        if (launched != null) {
            return team.isOver(utc(launched), day);
        }
        if (LabelingJobs.waits(job)) {
            return team.isOver(job.getAs(LabelingJobs.RUN_DATE), day);
        }
        LocalDate since = job.getAs(LabelingJobs.STATUS_ON);
        return job.getAs(LabelingJobs.STATUS).equals(LabelingJobs.RELEASED) && since != null && team.isOver(since, day);
    }

    private static LocalDate utc(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static String sentence(Map<String, Row> jobs, List<String> looked, ProgressRows progress, long returned) {
        Map<String, Integer> statuses = new TreeMap<>();
        looked.forEach(name ->
                statuses.merge(Objects.requireNonNull(jobs.get(name)).getAs(LabelingJobs.STATUS), 1, Integer::sum));
        return String.format(
                Locale.ROOT,
                "%,d jobs looked at: %s; %,d answers open, %,.0f minutes of work; %,d items returned to the pool",
                looked.size(),
                statuses,
                progress.backlogAnswers(),
                progress.backlogMinutes(),
                returned);
    }

    private Map<String, Object> scope(LocalDate day) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(LabelingProgress.PIPELINE, pipeline);
        scope.put(LabelingProgress.RUN_DATE, day);
        return scope;
    }
}
