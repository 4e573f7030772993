package dev.winnow.labeling;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/**
 * Publishes the manifests of a round and seals it.
 *
 * <p>Files are put whole under the round's own prefix; {@code round.json} is put last, and only what it lists exists.
 * From then on the round is only read: a repeated call finishes the table if it was killed before.
 */
public final class ManifestsJob implements Stage {
    private static final String NAME = "manifests";

    /** Answers without which a false alarm, an empty frame or a black image has no right one. */
    private static final List<String> ALWAYS = List.of(LabelingJobs.NONE_OF_THESE, LabelingJobs.CANT_TELL);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final Rounds rounds;
    private final int number;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param number of the round, from 1
     * @param beforeCommit the lease's check, called before every put
     */
    public ManifestsJob(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            int number,
            Runnable beforeCommit) {
        this.config = config;
        this.tables = tables;
        this.objects = objects;
        this.rounds = rounds;
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
            List<Row> selections = selections(round);
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
            publish(round, selections);
        }
        JsonNode published = parse(rounds.seal(round)
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
    private List<Row> selections(Round round) {
        List<Row> rows = new ArrayList<>(tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).equalTo(lit(round.date())))
                        .and(col(Selections.ROUND_ID).equalTo(round.id())))
                .collectAsList());
        rows.sort(Manifest.ORDER);
        return rows;
    }

    private void publish(Round round, List<Row> rows) {
        Map<String, List<Row>> byUseCase = new TreeMap<>();
        rows.forEach(row -> byUseCase
                .computeIfAbsent(row.getAs(Inferences.USE_CASE), u -> new ArrayList<>())
                .add(row));
        List<Map<String, Object>> files = new ArrayList<>();
        byUseCase.forEach((useCase, lines) -> {
            int shards = (lines.size() + config.labeling().maxLines() - 1)
                    / config.labeling().maxLines();
            for (int shard = 1; shard <= shards; shard++) {
                int from = (shard - 1) * config.labeling().maxLines();
                int to = Math.min(lines.size(), shard * config.labeling().maxLines());
                files.add(publish(round, useCase, shard, lines.subList(from, to), labels(useCase, lines)));
            }
        });
        Map<String, Object> seal = new LinkedHashMap<>();
        seal.put("pipeline", config.pipeline());
        seal.put("round-id", round.id());
        seal.put("run-id", rows.get(0).getAs(Selections.RUN_ID));
        seal.put("items", rows.size());
        seal.put("files", files);
        beforeCommit.run();
        // Whoever comes second finds the seal of the first and reads it; nothing is overwritten.
        objects.putIfAbsent(rounds.prefix(round) + Rounds.SEAL, Manifest.json(seal) + "\n");
    }

    private Map<String, Object> publish(Round round, String useCase, int shard, List<Row> lines, List<String> labels) {
        String job = JobNames.of(config.pipeline(), round.id(), useCase, shard);
        String labelFile = job + ".labels.json";
        String categories = Manifest.labelCategories(labels) + "\n";
        beforeCommit.run();
        objects.put(rounds.prefix(round) + labelFile, categories);
        try {
            Path local = Files.createTempFile("winnow-manifest", ".jsonl");
            try {
                Manifest.write(local, lines);
                String name = job + ".manifest.jsonl";
                beforeCommit.run();
                objects.put(rounds.prefix(round) + name, local);
                Map<String, Object> file = new LinkedHashMap<>();
                file.put("job-name", job);
                file.put("use-case", useCase);
                file.put("manifest", name);
                file.put("label-categories", labelFile);
                file.put("label-categories-sha256", Digest.ofText(categories));
                file.put("lines", lines.size());
                file.put("sha256", Digest.ofFile(local));
                file.put("signals", signals(lines));
                return file;
            } finally {
                Files.deleteIfExists(local);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing a manifest to the local temporary folder failed", e);
        }
    }

    private static Map<String, Integer> signals(List<Row> lines) {
        Map<String, Integer> signals = new TreeMap<>();
        lines.forEach(row -> signals.merge(row.getAs(Selections.SIGNAL), 1, Integer::sum));
        return signals;
    }

    /** The configured label categories, else the classes that were predicted in the round and what is always possible. */
    private List<String> labels(String useCase, List<Row> lines) {
        List<String> configured = config.useCase(useCase).labels();
        if (!configured.isEmpty()) {
            return configured;
        }
        TreeSet<String> seen = new TreeSet<>();
        lines.stream()
                .map(row -> row.<String>getAs(Inferences.PREDICTED_LABEL))
                .filter(Objects::nonNull)
                .forEach(seen::add);
        List<String> labels = new ArrayList<>(seen);
        labels.addAll(ALWAYS);
        return labels;
    }

    /** Brings the table to what the seal says. */
    private long record(Round round, JsonNode seal, List<String> sentences) {
        List<Row> jobs = new ArrayList<>();
        long items = 0;
        for (JsonNode file : seal.path("files")) {
            String uri = rounds.prefix(round) + file.path("manifest").asText();
            items += file.path("lines").asLong();
            jobs.add(LabelingJobs.planned(
                    config.pipeline(),
                    round,
                    file.path("use-case").asText(),
                    file.path("job-name").asText(),
                    uri,
                    file.path("lines").asLong(),
                    file.path("sha256").asText()));
            sentences.add(String.format(
                    Locale.ROOT, "%,d lines: %s", file.path("lines").asLong(), uri));
        }
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(LabelingJobs.PIPELINE, config.pipeline());
        scope.put(LabelingJobs.ROUND_ID, round.id());
        tables.replace(LabelingJobs.TABLE, tables.frame(LabelingJobs.TABLE, jobs), scope);
        return items;
    }

    private static JsonNode parse(String seal) {
        try {
            return JSON.readTree(seal);
        } catch (JsonProcessingException e) {
            throw ServiceException.refused("A round's " + Rounds.SEAL + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
