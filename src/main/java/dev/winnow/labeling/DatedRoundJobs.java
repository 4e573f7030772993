package dev.winnow.labeling;

import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.JobPublication.Planned;
import dev.winnow.ports.DatedRounds;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Publishes all jobs of a run date as one round, the way the jobs of a selection's round are published. */
abstract class DatedRoundJobs implements DatedRounds {
    final WinnowConfig config;
    final Rounds rounds;
    private final JobPublication publication;
    private final Function<LocalDate, Round> ofDay;

    DatedRoundJobs(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            Rounds rounds,
            Runnable beforeCommit,
            Function<LocalDate, Round> ofDay) {
        this.config = config;
        this.rounds = rounds;
        this.publication = new JobPublication(config.pipeline(), tables, objects, rounds, beforeCommit);
        this.ofDay = ofDay;
    }

    @Override
    public final boolean published(LocalDate day) {
        return rounds.seal(ofDay.apply(day)).isPresent();
    }

    @Override
    public final String round(LocalDate day) {
        return ofDay.apply(day).id();
    }

    @Override
    public final boolean isOut(String round) {
        return rounds.isSealed(round);
    }

    /**
     * Publishes the work of a run date, unless it is out, and records what is.
     *
     * @param kind of jobs, for sentences: "relabeling"
     * @param purpose what there may be nothing to do for: "relabel"
     * @param runId run that made a piece of work
     * @param plan makes the jobs of a round, and sentences; asked only if they go out
     */
    final <T> List<String> publish(
            LocalDate day,
            String kind,
            String purpose,
            List<T> work,
            Function<T, String> runId,
            BiFunction<Round, List<String>, List<Planned>> plan) {
        Round round = ofDay.apply(day);
        List<String> sentences = new ArrayList<>();
        if (published(day)) {
            sentences.add("The " + kind + " jobs of " + day + " were published before and stay as they are");
        } else if (work.isEmpty()) {
            return List.of("There is nothing to " + purpose + " on " + day + ": no " + kind + " job is published");
        } else {
            publication.publish(round, plan.apply(round, sentences), runId.apply(work.get(0)), sentences);
        }
        publication.record(round, sentences);
        return sentences;
    }
}
