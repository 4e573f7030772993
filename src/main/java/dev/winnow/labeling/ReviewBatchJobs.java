package dev.winnow.labeling;

import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobPublication.Planned;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ReviewJobs;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Publishes bulk QA jobs the way a round's jobs are published, as the round {@code qa-DATE.1}: a line of a manifest is a
 * batch, so people need no function of ours before or after their work.
 */
public final class ReviewBatchJobs extends DatedRoundJobs implements ReviewJobs {
    /** Signal of every line: neither a draw of frames nor a score chose it. */
    static final String SIGNAL = "LABEL_QA";

    private static final List<String> VERDICTS =
            List.of(LabelingJobs.RIGHT, LabelingJobs.WRONG, LabelingJobs.CANT_TELL);

    /** In the place of a site, where a batch is of more than one. */
    private static final String SEVERAL_SITES = "__SEVERAL__";

    private static final int ID_DIGITS = 32;

    private final Targets targets;

    /**
     * Creates the jobs' publisher.
     *
     * @param targets who can run labeling jobs, one of each kind
     * @param beforeCommit the lease's check, called before every put
     */
    public ReviewBatchJobs(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            List<LabelingTarget> targets,
            Runnable beforeCommit) {
        super(config, tables, objects, rounds, beforeCommit, Round::ofQa);
        this.targets = new Targets(config.labeling(), targets);
    }

    @Override
    public boolean showsBatches(String useCase) {
        return targets.of(useCase).takes(TaskType.BATCH_REVIEW);
    }

    @Override
    public boolean shows(String useCase, String label) {
        return targets.of(useCase).offers(TaskType.BATCH_REVIEW, label);
    }

    @Override
    public List<String> names(LocalDate day, List<Job> jobs) {
        Map<String, Integer> shards = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Job job : jobs) {
            int shard = shards.merge(job.useCase(), 1, Integer::sum);
            int longest = targets.of(job.useCase()).maxNameLength();
            names.add(JobNames.of(config.pipeline(), round(day), job.useCase(), shard, longest));
        }
        return names;
    }

    @Override
    public List<String> publish(LocalDate day, List<Job> jobs) {
        return publish(
                day,
                "bulk QA",
                "review",
                jobs,
                Job::runId,
                (round, sentences) -> planned(round, names(day, jobs), jobs));
    }

    private List<Planned> planned(Round round, List<String> names, List<Job> jobs) {
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            planned.add(new Planned(job(round, names.get(i), job), targets.of(job.useCase())));
        }
        return planned;
    }

    private LabelingJob job(Round round, String name, Job job) {
        List<LabelingItem> lines = new ArrayList<>();
        for (List<Shown> batch : job.batches()) {
            lines.add(line(round, name, job, lines.size() + 1, batch));
        }
        return new LabelingJob(
                name,
                config.pipeline(),
                rounds.prefix(round),
                config.answersRoot(),
                job.useCase(),
                TaskType.BATCH_REVIEW,
                List.copyOf(lines),
                VERDICTS,
                config.labeling()
                        .task(job.useCase())
                        .ofPages(config.quality().batches().size()),
                null);
    }

    private static LabelingItem line(Round round, String name, Job job, int number, List<Shown> batch) {
        List<String> sites = batch.stream().map(Shown::site).distinct().toList();
        List<LabelingItem.Shown> shown = batch.stream()
                .map(one -> new LabelingItem.Shown(one.itemId(), one.imageUri()))
                .toList();
        return new LabelingItem(
                name + ", batch " + number,
                new Digest().add(name).add(String.valueOf(number)).hex(ID_DIGITS),
                job.runId(),
                round.id(),
                job.useCase(),
                SIGNAL,
                null,
                null,
                number,
                Selections.PURPOSIVE,
                null,
                sites.size() == 1 ? sites.get(0) : SEVERAL_SITES,
                "",
                "",
                job.label(),
                null,
                null,
                new LabelingItem.Batch(job.label(), shown),
                null);
    }
}
