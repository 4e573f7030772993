package dev.winnow.labeling;

import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
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

    private final LabelingTarget target;

    /**
     * Creates the jobs' publisher.
     *
     * @param target Ground Truth, which alone can show batches
     * @param beforeCommit the lease's check, called before every put
     */
    public ReviewBatchJobs(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            LabelingTarget target,
            Runnable beforeCommit) {
        super(config, tables, objects, rounds, beforeCommit, Round::ofQa);
        this.target = target;
    }

    @Override
    public boolean shows(String label) {
        return target.offers(TaskType.BATCH_REVIEW, label);
    }

    @Override
    public List<String> names(LocalDate day, List<Job> jobs) {
        Map<String, Integer> shards = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Job job : jobs) {
            if (config.labeling().target(job.useCase()) != Target.GROUND_TRUTH) {
                throw new ConfigException("labeling: use case " + LabelingJob.shown(job.useCase())
                        + " is labeled in Label Studio, which shows one item at a time: bulk QA can be had with target ="
                        + " ground-truth only");
            }
            int shard = shards.merge(job.useCase(), 1, Integer::sum);
            names.add(JobNames.of(config.pipeline(), round(day), job.useCase(), shard, target.maxNameLength()));
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
            planned.add(new Planned(job(round, names.get(i), jobs.get(i)), target));
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
                job.label(),
                null,
                null,
                new LabelingItem.Batch(job.label(), shown),
                null);
    }
}
