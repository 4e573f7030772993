package dev.winnow.labeling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * Publishes the labeling jobs of a round as files, seals it, and records what the seal says.
 *
 * <p>Files are put whole under the round's own prefix; {@code round.json} is put last, and only what it lists exists.
 */
final class JobPublication {
    private final String pipeline;
    private final TableStore tables;
    private final ObjectStore objects;
    private final Rounds rounds;
    private final Runnable beforeCommit;

    /**
     * Creates the publication.
     *
     * @param beforeCommit the lease's check, called before every put
     */
    JobPublication(String pipeline, TableStore tables, ObjectStore objects, Rounds rounds, Runnable beforeCommit) {
        this.pipeline = pipeline;
        this.tables = tables;
        this.objects = objects;
        this.rounds = rounds;
        this.beforeCommit = beforeCommit;
    }

    /**
     * A job and who runs it.
     *
     * @param target of the job
     */
    record Planned(LabelingJob job, LabelingTarget target) {}

    /** All jobs are checked and their files lie in a local folder before the first is put. */
    void publish(Round round, List<Planned> jobs, String runId, List<String> sentences) {
        List<Map<String, Object>> sealed = new ArrayList<>();
        try {
            Path folder = Files.createTempDirectory("winnow-round");
            try {
                List<String> names = new ArrayList<>();
                for (Planned planned : jobs) {
                    LabelingJob job = planned.job;
                    JobFiles files = planned.target.write(job, folder);
                    names.addAll(files.names());
                    sealed.add(sealed(job, planned.target.kind(), files, folder));
                    files.sentences().stream()
                            .filter(sentence -> !sentences.contains(sentence))
                            .forEach(sentences::add);
                }
                for (String name : names) {
                    beforeCommit.run();
                    objects.put(rounds.prefix(round) + name, folder.resolve(name));
                }
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing labeling jobs to the local temporary folder failed", e);
        }
        Map<String, Object> seal = new LinkedHashMap<>();
        seal.put("pipeline", pipeline);
        seal.put("round-id", round.id());
        seal.put("run-id", runId);
        seal.put(
                "items",
                jobs.stream().mapToInt(planned -> planned.job.items().size()).sum());
        seal.put("files", sealed);
        beforeCommit.run();
        // Whoever comes second finds the seal of the first and reads it; nothing is overwritten.
        objects.putIfAbsent(rounds.prefix(round) + Rounds.SEAL, Json.text(seal) + "\n");
    }

    private static Map<String, Object> sealed(LabelingJob job, Target target, JobFiles files, Path folder)
            throws IOException {
        Map<String, Object> hashes = new LinkedHashMap<>();
        for (String name : files.names()) {
            hashes.put(name, Digest.ofFile(folder.resolve(name)));
        }
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("job-name", job.name());
        file.put("use-case", job.useCase());
        file.put("target", target.id());
        file.put("task-type", job.type().id());
        file.put("manifest", files.manifest());
        file.put("label-categories", files.categories());
        file.put("label-categories-sha256", hashes.get(files.categories()));
        file.put("lines", job.items().size());
        file.put("sha256", hashes.get(files.manifest()));
        file.put("signals", signals(job.items()));
        file.putAll(files.others());
        if (files.request() != null) {
            file.put("request", files.request());
        }
        if (!files.tasks().isEmpty()) {
            file.put("tasks", files.tasks());
        }
        file.put("hashes", hashes);
        if (job.pilot() != null) {
            Map<String, Object> pilot = new LinkedHashMap<>();
            pilot.put("key", job.pilot().key());
            pilot.put("part", job.pilot().first() ? LabelingJobs.FIRST : LabelingJobs.REST);
            file.put("pilot", pilot);
        }
        Map<String, String> guidelines = new LinkedHashMap<>();
        if (!job.task().guidelinesUri().isEmpty()) {
            guidelines.put("uri", job.task().guidelinesUri());
        }
        if (!job.task().guidelinesVersion().isEmpty()) {
            guidelines.put("version", job.task().guidelinesVersion());
        }
        if (!guidelines.isEmpty()) {
            file.put("guidelines", guidelines);
        }
        return file;
    }

    private static Map<String, Integer> signals(List<LabelingItem> items) {
        Map<String, Integer> signals = new TreeMap<>();
        items.forEach(item -> signals.merge(
                item.planted() == null ? item.signal() : item.planted().kind(), 1, Integer::sum));
        return signals;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Brings the table to what the seal says. */
    long record(Round round, List<String> sentences) {
        JsonNode sealed = RoundJobs.sealed(rounds.seal(round)
                .orElseThrow(() -> new IllegalStateException("The round was sealed a moment ago: " + round.id())));
        // What a service has made of a job stays; so do further attempts at one that failed.
        Map<String, Row> jobs = RoundJobs.read(tables, pipeline, round);
        long items = 0;
        for (JsonNode file : sealed) {
            String uri = rounds.prefix(round) + file.path("manifest").asText();
            items += file.path("lines").asLong();
            jobs.putIfAbsent(
                    file.path("job-name").asText(), LabelingJobs.planned(pipeline, round, rounds.prefix(round), file));
            sentences.add(String.format(
                    Locale.ROOT, "%,d lines: %s", file.path("lines").asLong(), uri));
        }
        RoundJobs.record(tables, pipeline, round, jobs);
        return items;
    }
}
