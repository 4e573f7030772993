package dev.winnow.labeling;

import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobPublication.Planned;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.RelabelJobs;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.Selections;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Publishes classification jobs of disconfirmed items the way a round's jobs are published, as the round {@code
 * relabel-DATE.1}. A line tells neither the class that was disconfirmed nor another.
 */
public final class RelabelRoundJobs extends DatedRoundJobs implements RelabelJobs {
    /** Signal of every line: people said that its class is wrong. */
    static final String SIGNAL = "RELABEL";

    private final Targets targets;

    /**
     * Creates the jobs' publisher.
     *
     * @param targets who can run labeling jobs, one of each kind
     * @param beforeCommit the lease's check, called before every put
     */
    public RelabelRoundJobs(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            List<LabelingTarget> targets,
            Runnable beforeCommit) {
        super(config, tables, objects, rounds, beforeCommit, Round::ofRelabel);
        this.targets = new Targets(config.labeling(), targets);
    }

    @Override
    public List<String> publish(LocalDate day, List<Work> work) {
        return publish(
                day,
                "relabeling",
                "relabel",
                work,
                Work::runId,
                (round, sentences) -> work.stream()
                        .flatMap(of -> jobs(round, of, sentences).stream())
                        .toList());
    }

    private List<Planned> jobs(Round round, Work work, List<String> sentences) {
        LabelingTarget target = targets.of(work.useCase());
        List<LabelingItem> lines = new ArrayList<>();
        work.items().forEach(item -> lines.add(line(round, work, item, lines.size() + 1)));
        int most = Math.min(config.labeling().maxLines(), target.maxItems(TaskType.IMAGE_CLASSIFICATION));
        List<String> labels = labels(work, target, sentences);
        List<Planned> jobs = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += most) {
            jobs.add(new Planned(
                    new LabelingJob(
                            JobNames.of(
                                    config.pipeline(),
                                    round.id(),
                                    work.useCase(),
                                    jobs.size() + 1,
                                    target.maxNameLength()),
                            config.pipeline(),
                            rounds.prefix(round),
                            config.answersRoot(),
                            work.useCase(),
                            TaskType.IMAGE_CLASSIFICATION,
                            List.copyOf(lines.subList(from, Math.min(lines.size(), from + most))),
                            labels,
                            config.labeling().task(work.useCase()).ofClasses(),
                            null),
                    target));
        }
        return jobs;
    }

    /** The configured categories, else the classes that were shown and what is always possible. */
    private List<String> labels(Work work, LabelingTarget target, List<String> sentences) {
        List<String> configured = config.useCase(work.useCase()).labels();
        if (!configured.isEmpty()) {
            return configured;
        }
        OfferedClasses classes = new OfferedClasses(work.useCase(), target, TaskType.IMAGE_CLASSIFICATION);
        Set<String> labels = new LinkedHashSet<>();
        work.classes().stream().filter(classes::has).forEach(labels::add);
        classes.tell("", sentences);
        labels.add(LabelingJobs.NONE_OF_THESE);
        labels.add(LabelingJobs.CANT_TELL);
        return List.copyOf(labels);
    }

    private static LabelingItem line(Round round, Work work, Asked item, int rank) {
        return new LabelingItem(
                item.imageUri(),
                item.itemId(),
                work.runId(),
                round.id(),
                work.useCase(),
                SIGNAL,
                null,
                null,
                rank,
                Selections.PURPOSIVE,
                null,
                item.site(),
                "",
                "",
                null,
                null,
                null,
                null,
                null);
    }
}
