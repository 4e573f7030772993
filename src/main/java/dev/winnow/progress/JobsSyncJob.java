package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.config.TeamSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.LabelingService.Status;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Asks the services where each job stands that had not ended before the day, and frees what will never be answered.
 *
 * <p>A service tells the present alone: for a day before the last one that was synced nothing is asked and nothing written.
 * An item is free when its job failed, expired, or was done and launched {@code expire-days} ago, and it has no answer; where
 * the service counts answers of which none was ingested, it waits for them. The driver holds one row for each job and the
 * items of the jobs whose items return, at most 100,000 for each. Where a service can't be asked, the run fails after what
 * the others said is recorded; if nobody launched a job there, a refusal is only told.
 */
public final class JobsSyncJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "jobs sync";

    private static final double SECONDS_PER_MINUTE = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

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
    private final ObjectStore objects;
    private final Function<String, LabelingService> services;

    /**
     * Creates the job.
     *
     * @param services opens the service of a target; it is closed here
     */
    public JobsSyncJob(
            String pipeline,
            TeamSettings team,
            TableStore tables,
            ObjectStore objects,
            Function<String, LabelingService> services) {
        this.pipeline = pipeline;
        this.team = team;
        this.tables = tables;
        this.objects = objects;
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
        List<Row> ended = ended(day, jobs, answers, sentences);
        long returned = free(day, ended, given);
        ended.forEach(job -> jobs.put(
                job.getAs(LabelingJobs.JOB_NAME), LabelingJobs.with(job, Map.of(LabelingJobs.RETURNED_ON, day))));
        tables.replace(
                LabelingJobs.TABLE,
                tables.frame(LabelingJobs.TABLE, List.copyOf(jobs.values())),
                Map.of(LabelingJobs.PIPELINE, pipeline));
        List<Row> progress = progress(day, jobs, looked, found, answers);
        tables.replace(LabelingProgress.TABLE, tables.frame(LabelingProgress.TABLE, progress), scope(day));
        if (failure != null) {
            throw failure; // what the other services said is kept
        }
        sentences.add(0, sentence(jobs, looked, progress, returned));
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
                    jobs.put(name, moved(job, status, day, sentences));
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
        if (round.isAfter(day) || (isPlanned(job) && isOver(round, day))) {
            return false;
        }
        return !LabelingJobs.TERMINAL.contains(status) || day.equals(job.getAs(LabelingJobs.STATUS_ON));
    }

    private boolean isOver(LocalDate since, LocalDate day) {
        return team.expireDays() > 0 && !since.plusDays(team.expireDays()).isAfter(day);
    }

    private Row moved(Row job, Optional<Status> found, LocalDate day, List<String> sentences) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        String before = job.getAs(LabelingJobs.STATUS);
        long items = job.<Long>getAs(LabelingJobs.ITEMS);
        Instant launched = found.map(Status::createdAt).orElse(job.getAs(LabelingJobs.LAUNCHED_AT));
        String status = JobLife.next(before, items, found, launched != null && isOver(utc(launched), day));
        if (found.isEmpty()) {
            if (!before.equals(LabelingJobs.PLANNED)) {
                sentences.add("Job " + name + " is " + status + ", but " + job.getAs(LabelingJobs.TARGET)
                        + " knows no such job: is it the account, region or server that it was launched in?");
            }
        } else if (status.equals(LabelingJobs.PLANNED)) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "Job %s holds %,d of its %,d items: run `manifests --launch` for %s again",
                    name,
                    found.get().items(),
                    items,
                    job.getAs(LabelingJobs.RUN_DATE)));
            return job;
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
        });
        return LabelingJobs.with(job, changes);
    }

    private static LocalDate utc(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    /** Jobs whose items without an answer return on the day: each once, and again if the day is repeated. */
    private List<Row> ended(
            LocalDate day, Map<String, Row> jobs, Map<String, JobAnswers> answers, List<String> sentences) {
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
            return launched != null && isOver(utc(launched), day);
        }
        return LabelingJobs.TERMINAL.contains(status);
    }

    /** Writes the items of ended jobs that have no answer; returns their number. */
    private long free(LocalDate day, List<Row> ended, Dataset<Row> given) {
        List<Row> asked = new ArrayList<>();
        List<LocalDate> dates = new ArrayList<>();
        for (Row job : ended) {
            String status = job.getAs(LabelingJobs.STATUS);
            dates.add(job.getAs(LabelingJobs.RUN_DATE));
            for (String item : items(job)) {
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
        Dataset<Row> items = tables.frame(ASKED, asked)
                .join(selections, key)
                .join(given.select(Answers.ITEM_ID).distinct(), new String[] {Answers.ITEM_ID}, "left_anti")
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
        return tables.replace(ReturnedItems.TABLE, items, scope(day));
    }

    /** Our own items of a job, from the lines of its manifest or the tasks of its files. */
    private Set<String> items(Row job) {
        Set<String> items = new LinkedHashSet<>();
        for (String file : LabelingJobs.filesOfItems(job)) {
            String text = objects.get(file)
                    .orElseThrow(() -> ServiceException.refused(
                            "The manifest of a labeling job is gone: " + file + ": restore it", null))
                    .text();
            if (file.contains(LabelingJobs.TASKS)) {
                parse(text, file).forEach(task -> items.add(item(task.path("data"))));
            } else {
                text.lines().forEach(line -> items.add(item(parse(line, file))));
            }
        }
        return items;
    }

    private static String item(JsonNode data) {
        return data.path("item-id").asText();
    }

    private static JsonNode parse(String json, String file) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw ServiceException.refused(
                    "The manifest " + file + " holds what is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private List<Row> progress(
            LocalDate day,
            Map<String, Row> jobs,
            List<String> looked,
            Map<String, Status> found,
            Map<String, JobAnswers> answers) {
        double seconds =
                answers.values().stream().mapToDouble(JobAnswers::seconds).sum();
        long timed = answers.values().stream().mapToLong(JobAnswers::timed).sum();
        double usual = timed == 0 ? team.secondsPerAnswer() : seconds / timed;
        return looked.stream()
                .map(name -> {
                    Row job = Objects.requireNonNull(jobs.get(name));
                    JobAnswers own = JobAnswers.of(answers, job);
                    return progress(day, job, Optional.ofNullable(found.get(name)), own, usual);
                })
                .toList();
    }

    private Row progress(LocalDate day, Row job, Optional<Status> found, JobAnswers answers, double usualSeconds) {
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
        return RowFactory.create(
                pipeline,
                day,
                job.getAs(LabelingJobs.ROUND_ID),
                job.getAs(LabelingJobs.USE_CASE),
                job.getAs(LabelingJobs.JOB_NAME),
                job.getAs(LabelingJobs.TARGET),
                status,
                items,
                answered,
                failed,
                open,
                workers,
                answers.answers(),
                answers.workers(),
                ownSeconds,
                answers.secondsPerItem(),
                launched == null ? null : (double) answered / Math.max(1, ChronoUnit.DAYS.between(utc(launched), day)),
                backlog,
                backlog * (ownSeconds == null ? usualSeconds : ownSeconds) / SECONDS_PER_MINUTE);
    }

    private static String sentence(Map<String, Row> jobs, List<String> looked, List<Row> progress, long returned) {
        Map<String, Integer> statuses = new TreeMap<>();
        looked.forEach(name ->
                statuses.merge(Objects.requireNonNull(jobs.get(name)).getAs(LabelingJobs.STATUS), 1, Integer::sum));
        List<String> columns = LabelingProgress.TABLE.columns();
        int answers = columns.indexOf(LabelingProgress.BACKLOG_ANSWERS);
        int minutes = columns.indexOf(LabelingProgress.BACKLOG_MINUTES);
        return String.format(
                Locale.ROOT,
                "%,d jobs looked at: %s; %,d answers open, %,.0f minutes of work; %,d items returned to the pool",
                looked.size(),
                statuses,
                progress.stream().mapToLong(row -> row.getLong(answers)).sum(),
                progress.stream().mapToDouble(row -> row.getDouble(minutes)).sum(),
                returned);
    }

    private Map<String, Object> scope(LocalDate day) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(LabelingProgress.PIPELINE, pipeline);
        scope.put(LabelingProgress.RUN_DATE, day);
        return scope;
    }
}
