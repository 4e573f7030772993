package dev.winnow.labeling;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
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
 * of its items were answered, or they may have gone to a later round.
 */
public final class LaunchJob implements Stage {
    private static final String NAME = "launch";

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
        Round round = this.round.apply(day);
        String seal = rounds.seal(round).orElse("");
        if (seal.isEmpty()) {
            return new Report(0, 0, 0, 0, "", List.of("Round " + round.id() + " has no job to launch"));
        }
        Map<String, Row> jobs = RoundJobs.read(tables, pipeline, round);
        List<String> sentences = new ArrayList<>();
        long launched = 0;
        List<JsonNode> withoutRequest = new ArrayList<>();
        Map<String, LabelingService> open = new HashMap<>();
        try {
            for (JsonNode file : RoundJobs.sealed(seal)) {
                Row latest = latest(
                        jobs, rounds.prefix(round) + file.path("manifest").asText());
                if (!launches(latest, sentences)) {
                    continue;
                }
                if (request(file).isEmpty()) {
                    withoutRequest.add(file);
                    continue;
                }
                requireAsSealed(round, file);
                LabelingService service = open.computeIfAbsent(latest.getAs(LabelingJobs.TARGET), services);
                Row running = launch(round, day, file, latest, service);
                jobs.put(running.getAs(LabelingJobs.JOB_NAME), running);
                RoundJobs.record(tables, pipeline, round, jobs);
                launched += running.<Long>getAs(LabelingJobs.ITEMS);
                sentences.add(String.format(
                        Locale.ROOT,
                        "Job %s runs in %s: %,d items",
                        running.getAs(LabelingJobs.JOB_NAME),
                        running.getAs(LabelingJobs.TARGET),
                        running.<Long>getAs(LabelingJobs.ITEMS)));
            }
        } finally {
            open.values().forEach(LabelingService::close);
        }
        requireRequests(round, withoutRequest);
        return new Report(launched, launched, 0, 0, "", sentences);
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
                    || rounds.sealed(returned.plusDays(1)).isEmpty()) {
                return true;
            }
            sentences.add("Job " + name + " failed, and its items returned to the pool on " + returned
                    + ", before a later round: it is not launched again");
            return false;
        }
        if (status.equals(LabelingJobs.PLANNED) || status.equals(LabelingJobs.RELEASED)) {
            return true;
        }
        sentences.add("Job " + name + " was launched before and is " + status);
        return false;
    }

    /** Creates a job, or finds it created, and returns its row. */
    private Row launch(Round round, LocalDate day, JsonNode file, Row job, LabelingService service) {
        boolean again = job.getAs(LabelingJobs.STATUS).equals(LabelingJobs.FAILED);
        int ordinal = LabelingJobs.ordinal(job) + (again ? 1 : 0);
        String first = file.path("job-name").asText();
        String name = ordinal == 1 ? first : JobNames.again(first, ordinal);
        beforeCommit.run();
        service.create(job(round, file, name));
        LabelingService.Status made = service.describe(name)
                .orElseThrow(() -> ServiceException.passing(
                        "Labeling job " + name + " was created, but its service does not know it yet", null));
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put(LabelingJobs.JOB_NAME, name);
        changes.put(LabelingJobs.ORDINAL, ordinal);
        changes.put(LabelingJobs.STATUS, LabelingJobs.RUNNING);
        changes.put(LabelingJobs.STATUS_ON, day);
        changes.put(LabelingJobs.SERVICE_ID, made.id());
        changes.put(LabelingJobs.LAUNCHED_AT, made.createdAt());
        changes.put(LabelingJobs.WORKERS_PER_ITEM, made.workersPerItem());
        changes.put(LabelingJobs.LABELED, made.labeled());
        changes.put(LabelingJobs.FAILURE_REASON, null);
        changes.put(LabelingJobs.OUTPUT_URI, made.output());
        changes.put(LabelingJobs.RETURNED_ON, null);
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
        boolean studio = file.path("target").asText().equals(LabelingJobs.LABEL_STUDIO);
        return file.path(studio ? "project" : "request").asText();
    }

    /** The jobs that have a request are launched whatever the others lack. */
    private void requireRequests(Round round, List<JsonNode> without) {
        if (!without.isEmpty()) {
            boolean one = without.size() == 1;
            throw new ConfigException("Labeling " + (one ? "job " : "jobs ") + joined(without, "", "job-name")
                    + " of round " + round.id() + (one ? " was" : " were") + " published without a request to create "
                    + (one ? "it" : "them") + ", because labeling.ground-truth named no region, role or workteam then:"
                    + " complete it for the next round, and create "
                    + (one ? "this job from its manifest " : "these jobs from their manifests ")
                    + joined(without, rounds.prefix(round), "manifest"));
        }
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
