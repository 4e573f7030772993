package dev.winnow.labeling;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * Publishes the labeling jobs of a round as files and seals it.
 *
 * <p>Files are put whole under the round's own prefix; {@code round.json} is put last, and only what it lists exists.
 * From then on the round is only read: a repeated call finishes the table if it was killed before.
 */
public final class ManifestsJob implements Stage {
    private static final String NAME = "manifests";

    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final Rounds rounds;
    private final Map<Target, LabelingTarget> targets = new EnumMap<>(Target.class);
    private final int number;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param targets who can run labeling jobs, one of each kind
     * @param number of the round, from 1
     * @param beforeCommit the lease's check, called before every put
     */
    public ManifestsJob(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            List<LabelingTarget> targets,
            int number,
            Runnable beforeCommit) {
        this.config = config;
        this.tables = tables;
        this.objects = objects;
        this.rounds = rounds;
        targets.forEach(target -> this.targets.put(target.kind(), target));
        this.number = number;
        this.beforeCommit = beforeCommit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Round round = new Round(day, number);
        List<String> sentences = new ArrayList<>();
        if (rounds.seal(round).isPresent()) {
            sentences.add("Round " + round.id() + " was sealed before and stays as it is");
        } else {
            List<LabelingItem> selections = selections(round);
            if (selections.isEmpty()) {
                requireSelected(round);
                return new Report(
                        0,
                        0,
                        0,
                        0,
                        "",
                        List.of("Round " + round.id() + " selects nothing: there is no job to publish"));
            }
            publish(round, selections, sentences);
        }
        JsonNode published = RoundJobs.sealed(rounds.seal(round)
                .orElseThrow(() -> new IllegalStateException("The round was sealed a moment ago: " + round.id())));
        long items = record(round, published, sentences);
        return new Report(items, items, 0, 0, "", sentences);
    }

    /** Tells a round that selects nothing from one that nobody selected. */
    private void requireSelected(Round round) {
        boolean selected = !tables.read(SelectionCuts.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).equalTo(lit(round.date())))
                        .and(col(Selections.ROUND_ID).equalTo(round.id())))
                .isEmpty();
        if (!selected) {
            throw new ConfigException("there is no selection of round " + round.id() + ": run `select --run-date "
                    + round.date() + (number == 1 ? "" : " --round " + number) + "` first");
        }
    }

    /** A round holds at most the sum of the budgets, so it fits the driver. */
    private List<LabelingItem> selections(Round round) {
        return tables
                .read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).equalTo(lit(round.date())))
                        .and(col(Selections.ROUND_ID).equalTo(round.id())))
                .collectAsList()
                .stream()
                .map(LabelingItem::of)
                .sorted(LabelingItem.BY_RANK)
                .toList();
    }

    /** All jobs are checked and their files lie in a local folder before the first is put. */
    private void publish(Round round, List<LabelingItem> items, List<String> sentences) {
        List<Map<String, Object>> sealed = new ArrayList<>();
        try {
            Path folder = Files.createTempDirectory("winnow-round");
            try {
                List<String> names = new ArrayList<>();
                for (LabelingJob job : jobs(round, items)) {
                    Target target = config.labeling().target(job.useCase());
                    JobFiles files = target(target).write(job, folder);
                    names.addAll(files.names());
                    sealed.add(sealed(job, target, files, folder));
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
        seal.put("pipeline", config.pipeline());
        seal.put("round-id", round.id());
        seal.put("run-id", items.get(0).runId());
        seal.put("items", items.size());
        seal.put("files", sealed);
        beforeCommit.run();
        // Whoever comes second finds the seal of the first and reads it; nothing is overwritten.
        objects.putIfAbsent(rounds.prefix(round) + Rounds.SEAL, Json.text(seal) + "\n");
    }

    private List<LabelingJob> jobs(Round round, List<LabelingItem> items) {
        String output = config.labeling().path().replaceAll("/+$", "") + "/" + config.pipeline() + "/answers/";
        JobPlan plan = new JobPlan(config, round, rounds.prefix(round), output);
        Map<String, List<LabelingItem>> byUseCase =
                items.stream().collect(groupingBy(LabelingItem::useCase, TreeMap::new, toList()));
        OldLabels oldLabels = new OldLabels(objects);
        List<LabelingJob> jobs = new ArrayList<>();
        byUseCase.forEach((useCase, lines) -> jobs.addAll(plan.jobs(
                useCase,
                oldLabels.join(lines, config.labeling().task(useCase), round),
                target(config.labeling().target(useCase)))));
        return jobs;
    }

    private LabelingTarget target(Target kind) {
        return Objects.requireNonNull(targets.get(kind), kind.id());
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
        file.put("hashes", hashes);
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
        items.forEach(item -> signals.merge(item.signal(), 1, Integer::sum));
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
    private long record(Round round, JsonNode sealed, List<String> sentences) {
        // What a service has made of a job stays; so do further attempts at one that failed.
        Map<String, Row> jobs = RoundJobs.read(tables, config.pipeline(), round);
        long items = 0;
        for (JsonNode file : sealed) {
            String uri = rounds.prefix(round) + file.path("manifest").asText();
            items += file.path("lines").asLong();
            jobs.putIfAbsent(
                    file.path("job-name").asText(),
                    LabelingJobs.planned(config.pipeline(), round, rounds.prefix(round), file));
            sentences.add(String.format(
                    Locale.ROOT, "%,d lines: %s", file.path("lines").asLong(), uri));
        }
        RoundJobs.record(tables, config.pipeline(), round, jobs);
        return items;
    }
}
