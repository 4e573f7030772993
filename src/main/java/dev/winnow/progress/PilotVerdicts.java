package dev.winnow.progress;

import static org.apache.spark.sql.functions.col;

import dev.winnow.answers.Answers;
import dev.winnow.config.LabelingSettings;
import dev.winnow.config.PilotSettings;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.Pilots;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.AnswerPairs.Given;
import dev.winnow.selection.PlantedItems;
import dev.winnow.stats.Interval;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Judges pilots once all of their items are answered or will never be, and lets the rest go.
 *
 * <p>Pilots of one question add up over rounds. A released one stays so; any other is judged anew by every sync, by the floors
 * that are configured then. Verdicts are written before jobs move: a sync that was killed in between is made good by the next.
 * The driver holds the items and answers of the pilots that are not released, at most 10,000 items a job.
 */
final class PilotVerdicts {
    private final String pipeline;
    private final LabelingSettings labeling;
    private final TableStore tables;
    private final JobItems items;

    PilotVerdicts(String pipeline, LabelingSettings labeling, TableStore tables, JobItems items) {
        this.pipeline = pipeline;
        this.labeling = labeling;
        this.tables = tables;
        this.items = items;
    }

    /**
     * Judges the pilots of some jobs and moves what waits for them.
     *
     * @param jobs all jobs by name; what is released is put in place
     * @param given see {@link JobAnswers#given}
     */
    void judge(LocalDate day, Map<String, Row> jobs, Dataset<Row> given, List<String> sentences) {
        Map<String, List<Row>> byKey = new TreeMap<>();
        jobs.values().stream()
                .filter(job -> job.getAs(LabelingJobs.PILOT_KEY) != null)
                .forEach(job -> byKey.computeIfAbsent(job.getAs(LabelingJobs.PILOT_KEY), key -> new ArrayList<>())
                        .add(job));
        if (byKey.isEmpty()) {
            return;
        }
        Map<String, Row> pilots = Pilots.read(tables, pipeline);
        Set<String> last = LabelingJobs.lastAttempts(jobs.values());
        List<Row> released = new ArrayList<>();
        byKey.forEach((key, ofKey) -> {
            Row known = pilots.get(key);
            boolean done = known != null && known.getAs(Pilots.STATE).equals(Pilots.RELEASED);
            if (!done && floors(ofKey.get(0)).on()) {
                List<Row> first = ofKey.stream()
                        .filter(job -> LabelingJobs.FIRST.equals(job.getAs(LabelingJobs.PILOT_PART))
                                && last.contains(job.<String>getAs(LabelingJobs.JOB_NAME)))
                        .toList();
                Row judged = row(day, key, first.isEmpty() ? ofKey : first, first, known, given);
                pilots.put(key, judged);
                sentences.add(sentence(judged));
                done = judged.getAs(Pilots.STATE).equals(Pilots.RELEASED);
            } else {
                done = true; // a pilot that is switched off holds nothing back
            }
            if (done) {
                ofKey.stream().filter(LabelingJobs::waits).forEach(released::add);
            }
        });
        tables.replace(
                Pilots.TABLE,
                tables.frame(Pilots.TABLE, List.copyOf(pilots.values())),
                Map.of(Pilots.PIPELINE, pipeline));
        for (Row job : released) {
            String name = job.getAs(LabelingJobs.JOB_NAME);
            jobs.put(
                    name,
                    LabelingJobs.with(
                            job, Map.of(LabelingJobs.STATUS, LabelingJobs.RELEASED, LabelingJobs.STATUS_ON, day)));
            sentences.add("Job " + name + " is released: the next launch creates it");
        }
    }

    private PilotSettings floors(Row job) {
        return labeling.task(job.getAs(LabelingJobs.USE_CASE)).pilot();
    }

    private static String sentence(Row pilot) {
        return "The pilot of " + pilot.getAs(Pilots.TASK_TYPE) + " in use case " + pilot.getAs(Pilots.USE_CASE) + " is "
                + pilot.getAs(Pilots.STATE) + ": " + pilot.getAs(Pilots.REASON);
    }

    /** A pilot's row: of those jobs that anyone works on, or has. */
    private Row row(
            LocalDate day, String key, List<Row> any, List<Row> first, @Nullable Row known, Dataset<Row> given) {
        Map<String, Set<String>> asked = asked(first);
        NavigableMap<String, List<Given>> answers = answers(first, asked, given);
        List<Row> working = first.stream()
                .filter(job -> !job.getAs(LabelingJobs.STATUS).equals(LabelingJobs.PLANNED)
                        || items(asked, job).stream().anyMatch(answers::containsKey))
                .toList();
        Set<String> all = new HashSet<>();
        working.forEach(job -> all.addAll(items(asked, job)));
        // A job that is half done would tell of the items that are quick to answer, so it waits; it does not keep
        // others.
        Set<String> whole = new HashSet<>();
        working.stream()
                .filter(job -> isWhole(job, items(asked, job), answers))
                .forEach(job -> whole.addAll(items(asked, job)));
        NavigableMap<String, List<Given>> told = new TreeMap<>(answers);
        if (!whole.isEmpty()) {
            told.keySet().retainAll(whole);
        }
        PilotSettings floors = floors(any.get(0));
        PilotEvidence evidence = PilotEvidence.of(told, floors.confidenceLevel());
        PilotVerdict verdict;
        if (working.isEmpty()) {
            verdict = new PilotVerdict(Pilots.RUNNING, null, "nobody was asked yet: launch it");
        } else if (!whole.isEmpty()) {
            verdict = PilotVerdict.of(floors, evidence);
        } else {
            String count = evidence.items() + " of " + all.size() + " items have at least " + PilotSettings.MIN_WORKERS
                    + " answers";
            verdict = new PilotVerdict(Pilots.RUNNING, null, count);
        }
        return row(day, key, any.get(0), working.size(), all.size(), evidence, verdict, known);
    }

    private Row row(
            LocalDate day,
            String key,
            Row job,
            long jobs,
            long asked,
            PilotEvidence evidence,
            PilotVerdict verdict,
            @Nullable Row known) {
        LocalDate since =
                known != null && known.getAs(Pilots.STATE).equals(verdict.state()) ? known.getAs(Pilots.STATE_ON) : day;
        return Pilots.row(
                pipeline,
                key,
                job.getAs(LabelingJobs.USE_CASE),
                job.getAs(LabelingJobs.TASK_TYPE),
                job.getAs(LabelingJobs.GUIDELINES_VERSION),
                verdict.state(),
                since,
                jobs,
                asked,
                evidence.items(),
                evidence.answers(),
                evidence.agreement(),
                low(evidence.agreementRange()),
                high(evidence.agreementRange()),
                evidence.alpha(),
                low(evidence.alphaRange()),
                high(evidence.alphaRange()),
                evidence.seconds(),
                low(evidence.secondsRange()),
                high(evidence.secondsRange()),
                verdict.missing(),
                verdict.reason());
    }

    private static @Nullable Double low(@Nullable Interval range) {
        return range == null ? null : (Double) range.low();
    }

    private static @Nullable Double high(@Nullable Interval range) {
        return range == null ? null : (Double) range.high();
    }

    /** Whether all is answered; of a job that has ended, whether what the service counts as answered was read. */
    private static boolean isWhole(Row job, Set<String> items, Map<String, List<Given>> answers) {
        if (items.stream().allMatch(item -> isJudged(answers.get(item)))) {
            return true;
        }
        Long labeled = job.getAs(LabelingJobs.LABELED);
        long planted = job.<Long>getAs(LabelingJobs.ITEMS) - items.size();
        long read = items.stream().filter(answers::containsKey).count();
        return LabelingJobs.TERMINAL.contains(job.<String>getAs(LabelingJobs.STATUS))
                && (labeled == null || read >= labeled - planted);
    }

    private static boolean isJudged(@Nullable List<Given> answers) {
        return answers != null && answers.size() >= PilotSettings.MIN_WORKERS;
    }

    private static Set<String> items(Map<String, Set<String>> asked, Row job) {
        return asked.getOrDefault(job.<String>getAs(LabelingJobs.JOB_NAME), Set.of());
    }

    /** The items of jobs by name, without planted ones: those were chosen because people agree on them. */
    private Map<String, Set<String>> asked(List<Row> jobs) {
        Object[] rounds = jobs.stream()
                .map(job -> job.getAs(LabelingJobs.ROUND_ID))
                .distinct()
                .toArray();
        Set<String> planted = tables
                .read(PlantedItems.TABLE)
                .filter(col(PlantedItems.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(PlantedItems.ROUND_ID).isin(rounds)))
                .select(PlantedItems.ITEM_ID)
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .collect(Collectors.toSet());
        Map<String, Set<String>> asked = new HashMap<>();
        for (Row job : jobs) {
            Set<String> own = items.of(job);
            own.removeAll(planted);
            asked.put(job.getAs(LabelingJobs.JOB_NAME), own);
        }
        return asked;
    }

    /** What people said of the items, each person once; a job that no service has a name for yet is known by its own. */
    private static NavigableMap<String, List<Given>> answers(
            List<Row> jobs, Map<String, Set<String>> asked, Dataset<Row> given) {
        Set<String> ours = asked.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        Object[] names = jobs.stream()
                .map(job -> {
                    String id = job.getAs(LabelingJobs.SERVICE_ID);
                    return id == null ? job.<String>getAs(LabelingJobs.JOB_NAME) : id;
                })
                .toArray();
        NavigableMap<String, NavigableMap<String, Given>> byItem = new TreeMap<>();
        given.filter(col(Answers.KIND)
                        .equalTo(Answers.WORKER)
                        .and(col(Answers.JOB_NAME).isin(names)))
                .select(
                        Answers.ITEM_ID,
                        Answers.WORKER_ID,
                        Answers.REPETITION,
                        Answers.JOB_NAME,
                        Answers.TASK,
                        Answers.LABEL,
                        Answers.ANSWER,
                        Answers.SECONDS_SPENT)
                .sort(Answers.ITEM_ID, Answers.WORKER_ID, Answers.REPETITION, Answers.JOB_NAME)
                .collectAsList()
                .forEach(row -> {
                    String item = row.getAs(Answers.ITEM_ID);
                    if (ours.contains(item)) {
                        byItem.computeIfAbsent(item, none -> new TreeMap<>())
                                .putIfAbsent(
                                        row.getAs(Answers.WORKER_ID),
                                        new Given(
                                                row.getAs(Answers.TASK),
                                                row.getAs(Answers.LABEL),
                                                row.getAs(Answers.ANSWER),
                                                row.getAs(Answers.SECONDS_SPENT)));
                    }
                });
        NavigableMap<String, List<Given>> answers = new TreeMap<>();
        byItem.forEach((item, byWorker) -> answers.put(item, List.copyOf(byWorker.values())));
        return answers;
    }
}
