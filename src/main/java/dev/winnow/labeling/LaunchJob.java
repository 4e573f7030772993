package dev.winnow.labeling;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Row;

/**
 * Creates the jobs of a sealed round in their services.
 *
 * <p>What is created is what the seal lists, under its derived name, so a repeated call finds what an earlier one made. Each
 * job is recorded before the next is created. A job that failed for good is created again under the next ordinal, unless some
 * of its items were answered, or they may have gone to a later round. What waits for a pilot is left alone; what a pilot
 * let through is launched along, whatever earlier round published it.
 */
public final class LaunchJob implements Stage {
    private static final String NAME = "launch";

    /** What seals of older versions call the request for a project. */
    private static final String OLDER_REQUEST = "project";

    private final String pipeline;
    private final TableStore tables;
    private final ObjectStore objects;
    private final Rounds rounds;
    private final Function<LocalDate, Round> round;
    private final Function<String, LabelingService> services;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param round of a run date
     * @param services opens the service of a target; it is closed here
     * @param beforeCommit the lease's check, called before every creation
     */
    public LaunchJob(
            String pipeline,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            Function<LocalDate, Round> round,
            Function<String, LabelingService> services,
            Runnable beforeCommit) {
        this.pipeline = pipeline;
        this.tables = tables;
        this.objects = objects;
        this.rounds = rounds;
        this.round = round;
        this.services = services;
        this.beforeCommit = beforeCommit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Round own = round.apply(day);
        Launches launches = new Launches(day, new ArrayList<>(), new LinkedHashMap<>(), new HashMap<>());
        long launched = 0;
        try {
            if (rounds.seal(own).isEmpty()) {
                launches.sentences.add("Round " + own.id() + " has no job to launch");
            } else {
                launched = launch(own, false, launches);
            }
            // What a pilot let through waits in the round that published it.
            for (Round earlier : own.kind().isEmpty() ? RoundJobs.released(tables, pipeline, own) : List.<Round>of()) {
                launched += launch(earlier, true, launches);
            }
        } finally {
            launches.open.values().forEach(LabelingService::close);
        }
        launches.withoutRequest.forEach((without, jobs) -> {
            if (without.equals(own)) {
                requireRequests(without, jobs);
            }
            // An earlier round must not keep this one from being done.
            launches.sentences.add("Released jobs of round " + without.id() + " have no request to create them: create "
                    + joined(jobs, "", "job-name") + " by hand from "
                    + joined(jobs, rounds.prefix(without), "manifest"));
        });
        return new Report(launched, launched, 0, 0, "", launches.sentences);
    }

    /**
     * What one run has done so far.
     *
     * @param withoutRequest jobs that can't be created, by round
     * @param open services by target
     */
    private record Launches(
            LocalDate day,
            List<String> sentences,
            Map<Round, List<JsonNode>> withoutRequest,
            Map<String, LabelingService> open) {}

    /**
     * Launches the jobs of a sealed round; returns their items.
     *
     * @param released whether only those that a pilot let through
     */
    private long launch(Round round, boolean released, Launches launches) {
        Map<String, Row> jobs = RoundJobs.read(tables, pipeline, round);
        String seal = rounds.seal(round)
                .orElseThrow(() -> ServiceException.refused(
                        "The seal of round " + round.id() + ", of which a job was released, is gone: restore it",
                        null));
        long launched = 0;
        for (JsonNode file : RoundJobs.sealed(seal)) {
            Row latest =
                    latest(jobs, rounds.prefix(round) + file.path("manifest").asText());
            if (released && !latest.getAs(LabelingJobs.STATUS).equals(LabelingJobs.RELEASED)) {
                continue;
            }
            if (!launches(latest, launches.sentences)) {
                continue;
            }
            if (request(file).isEmpty()) {
                launches.withoutRequest
                        .computeIfAbsent(round, none -> new ArrayList<>())
                        .add(file);
                continue;
            }
            requireAsSealed(round, file);
            LabelingService service = launches.open.computeIfAbsent(latest.getAs(LabelingJobs.TARGET), services);
            if (latest.getAs(LabelingJobs.STATUS).equals(LabelingJobs.FAILED)) {
                // Recorded before the service has it: a sync finds it, and nobody else asks about its items.
                latest = again(file, latest, launches.day);
                jobs.put(latest.getAs(LabelingJobs.JOB_NAME), latest);
                RoundJobs.record(tables, pipeline, round, jobs);
            }
            Row running = launch(round, launches.day, file, latest, service);
            jobs.put(running.getAs(LabelingJobs.JOB_NAME), running);
            RoundJobs.record(tables, pipeline, round, jobs);
            launched += running.<Long>getAs(LabelingJobs.ITEMS);
            launches.sentences.add(String.format(
                    Locale.ROOT,
                    "Job %s runs in %s: %,d items%s",
                    running.getAs(LabelingJobs.JOB_NAME),
                    running.getAs(LabelingJobs.TARGET),
                    running.<Long>getAs(LabelingJobs.ITEMS),
                    running.getAs(LabelingJobs.STATUS).equals(LabelingJobs.PILOT) ? ", as a pilot" : ""));
        }
        return launched;
    }

    private static Row latest(Map<String, Row> jobs, String manifest) {
        return jobs.values().stream()
                .filter(job -> job.getAs(LabelingJobs.MANIFEST_URI).equals(manifest))
                .max(Comparator.comparingInt(LabelingJobs::ordinal))
                .orElseThrow(() -> new IllegalStateException("No job is recorded of " + manifest));
    }

    private boolean launches(Row job, List<String> sentences) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        String status = job.getAs(LabelingJobs.STATUS);
        if (status.equals(LabelingJobs.FAILED)) {
            Long labeled = job.getAs(LabelingJobs.LABELED);
            if (labeled != null && labeled > 0) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "Job %s failed with %,d of its %,d items answered, which would be asked again: it is not launched"
                                + " again; items without an answer return to the pool by `jobs sync`",
                        name,
                        labeled,
                        job.<Long>getAs(LabelingJobs.ITEMS)));
                return false;
            }
            LocalDate returned = job.getAs(LabelingJobs.RETURNED_ON);
            // What bulk QA and relabeling show comes from no pool, and returns to none.
            if (returned == null
                    || !Round.isOfSelections(job.getAs(LabelingJobs.ROUND_ID))
                    || (rounds.sealed(returned.plusDays(1)).isEmpty() && !isSelectedAfter(returned))) {
                return true;
            }
            sentences.add("Job " + name + " failed, and its items returned to the pool on " + returned
                    + ", before a later round: it is not launched again");
            return false;
        }
        if (LabelingJobs.waits(job)) {
            sentences.add("Job " + name + " waits for its pilot: `jobs sync` releases it once the pilot's answers meet"
                    + " labeling.tasks.<use case>.pilot, and the next launch takes it along");
            return false;
        }
        if (status.equals(LabelingJobs.PLANNED) || status.equals(LabelingJobs.RELEASED)) {
            return true;
        }
        if (status.equals(LabelingJobs.EXPIRED) && job.getAs(LabelingJobs.LAUNCHED_AT) == null) {
            sentences.add("Job " + name + " was not launched for too long, and its items returned to the pool");
            return false;
        }
        sentences.add("Job " + name + " was launched before and is " + status);
        return false;
    }

    /** Whether a later selection, sealed or not, may hold what returned on a day. */
    private boolean isSelectedAfter(LocalDate day) {
        return !tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(Selections.RUN_DATE).gt(lit(day))))
                .isEmpty();
    }

    /** The next attempt at the manifest of a job that failed, which no service has yet. */
    private static Row again(JsonNode file, Row failed, LocalDate day) {
        int ordinal = LabelingJobs.ordinal(failed) + 1;
        boolean released = LabelingJobs.REST.equals(failed.getAs(LabelingJobs.PILOT_PART));
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put(LabelingJobs.JOB_NAME, JobNames.again(file.path("job-name").asText(), ordinal));
        changes.put(LabelingJobs.ORDINAL, ordinal);
        changes.put(LabelingJobs.STATUS, released ? LabelingJobs.RELEASED : LabelingJobs.PLANNED);
        changes.put(LabelingJobs.STATUS_ON, released ? day : null);
        changes.put(LabelingJobs.SERVICE_ID, null);
        changes.put(LabelingJobs.LAUNCHED_AT, null);
        changes.put(LabelingJobs.LABELED, null);
        changes.put(LabelingJobs.FAILURE_REASON, null);
        changes.put(LabelingJobs.OUTPUT_URI, null);
        changes.put(LabelingJobs.RETURNED_ON, null);
        return LabelingJobs.with(failed, changes);
    }

    /** Creates a job, or finds it created, and returns its row. */
    private Row launch(Round round, LocalDate day, JsonNode file, Row job, LabelingService service) {
        String name = job.getAs(LabelingJobs.JOB_NAME);
        beforeCommit.run();
        service.create(job(round, file, name));
        LabelingService.Status made = service.describe(name)
                .orElseThrow(() -> ServiceException.passing(
                        "Labeling job " + name + " was created, but its service does not know it yet", null));
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put(LabelingJobs.STATUS, LabelingJobs.launched(job));
        changes.put(LabelingJobs.STATUS_ON, day);
        changes.put(LabelingJobs.SERVICE_ID, made.id());
        changes.put(LabelingJobs.LAUNCHED_AT, made.createdAt());
        changes.put(LabelingJobs.WORKERS_PER_ITEM, made.workersPerItem());
        changes.put(LabelingJobs.LABELED, made.labeled());
        changes.put(LabelingJobs.FAILURE_REASON, null);
        changes.put(LabelingJobs.OUTPUT_URI, made.output());
        changes.put(LabelingJobs.RETURNED_ON, null);
        changes.put(LabelingJobs.WORKER_GROUP, made.workerGroup());
        return LabelingJobs.with(job, changes);
    }

    private LabelingService.Job job(Round round, JsonNode file, String name) {
        String prefix = rounds.prefix(round);
        Iterable<String> tasks = () -> StreamSupport.stream(file.path("tasks").spliterator(), false)
                .map(task -> text(prefix + task.asText()))
                .iterator();
        return new LabelingService.Job(name, text(prefix + request(file)), tasks);
    }

    /** Name of the file that creates a job; empty where none was published. */
    private static String request(JsonNode file) {
        return file.path("request").asText(file.path(OLDER_REQUEST).asText());
    }

    /** The jobs that have a request are launched whatever the others lack. */
    private void requireRequests(Round round, List<JsonNode> without) {
        boolean one = without.size() == 1;
        throw new ConfigException("Labeling " + (one ? "job " : "jobs ") + joined(without, "", "job-name")
                + " of round "
                + round.id() + (one ? " was" : " were") + " published without a request to create "
                + (one ? "it" : "them") + ", because the configuration of the target lacked what `manifests` told:"
                + " complete it for the next round, and create "
                + (one ? "this job from its manifest " : "these jobs from their manifests ")
                + joined(without, rounds.prefix(round), "manifest"));
    }

    private static String joined(List<JsonNode> files, String prefix, String key) {
        return files.stream().map(file -> prefix + file.path(key).asText()).collect(joining(", "));
    }

    /** A job costs money, so it is created of what was published, or not at all; seals of older versions hold no hashes. */
    private void requireAsSealed(Round round, JsonNode file) {
        file.path("hashes").properties().forEach(hash -> {
            String uri = rounds.prefix(round) + hash.getKey();
            if (!Digest.ofText(text(uri)).equals(hash.getValue().asText())) {
                throw ServiceException.refused(
                        "Labeling job " + file.path("job-name").asText() + " is not launched: " + uri
                                + " is not what its round sealed any more: restore it",
                        null);
            }
        });
    }

    private String text(String uri) {
        return objects.get(uri)
                .orElseThrow(() -> ServiceException.refused(
                        "A sealed round lists " + uri + ", which is not there: restore it", null))
                .text();
    }
}
