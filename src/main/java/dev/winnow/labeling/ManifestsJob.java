package dev.winnow.labeling;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobPublication.Planned;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.PlantedItems;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    public static final String NAME = "manifests";

    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final Rounds rounds;
    private final Targets targets;
    private final int number;
    private final JobPublication publication;

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
        this.targets = new Targets(config.labeling(), targets);
        this.number = number;
        this.publication = new JobPublication(config.pipeline(), tables, objects, rounds, beforeCommit);
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
            Rounds.requireNoneLater(round, rounds.sealed(day)); // it may have chosen the same images
            publication.publish(
                    round, jobs(round, selections, sentences), selections.get(0).runId(), sentences);
        }
        long items = publication.record(round, sentences);
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
        return Stream.concat(
                        rows(Selections.TABLE, round).stream().map(LabelingItem::of),
                        rows(PlantedItems.TABLE, round).stream().map(LabelingItem::ofPlanted))
                .sorted(LabelingItem.BY_RANK)
                .toList();
    }

    private List<Row> rows(TableDef table, Round round) {
        return tables.read(table)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).equalTo(lit(round.date())))
                        .and(col(Selections.ROUND_ID).equalTo(round.id())))
                .collectAsList();
    }

    private List<Planned> jobs(Round round, List<LabelingItem> items, List<String> sentences) {
        JobPlan plan = new JobPlan(
                config, round, rounds.prefix(round), config.answersRoot(), Pilots.read(tables, config.pipeline()));
        Map<String, List<LabelingItem>> byUseCase =
                items.stream().collect(groupingBy(LabelingItem::useCase, TreeMap::new, toList()));
        OldLabels oldLabels = new OldLabels(objects);
        List<Planned> jobs = new ArrayList<>();
        byUseCase.forEach((useCase, lines) -> {
            LabelingTarget target = targets.of(useCase);
            plan.jobs(useCase, oldLabels.join(lines, config.labeling().task(useCase), round), target, sentences)
                    .forEach(job -> jobs.add(new Planned(job, target)));
        });
        return jobs;
    }
}
