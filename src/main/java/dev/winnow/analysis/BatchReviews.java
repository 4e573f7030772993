package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Intent;
import dev.winnow.analysis.CallLedger.Made;
import dev.winnow.analysis.CallLedger.Outcome;
import dev.winnow.config.ConfigException;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.BatchModel;
import dev.winnow.ports.BatchModel.Line;
import dev.winnow.ports.BatchModel.State;
import dev.winnow.ports.BatchModel.Status;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.VisionModel.Usage;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model about many images by a batch job: {@link #submit} puts the questions and creates the job, hours later
 * {@link #collect} reads the answers into the ledger, where {@link ModelReviewer} finds them as if it had asked.
 *
 * <p>Files come first, then the intents, then the job, whose name and token are derived from what is asked: so a run that
 * was killed and is repeated creates the same job, and it exists once. On the driver are the questions of one run, and
 * one file of answers ({@code max-mebibytes}) beside what is kept of the job's other answers.
 */
public final class BatchReviews {
    private static final JsonMapper JSON = JsonMapper.builder()
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private static final int RECORD_ID = 11;
    private static final int MEBIBYTE = 1 << 20;
    private static final int LARGEST_IMAGE = 3_750_000;

    /** Most bytes of all files of a job, as the service's users report it. */
    private static final long LARGEST_JOB = 5_000_000_000L;

    /** What the service takes as a folder: no {@code =}, no {@code :}, no space. */
    private static final String LEGAL = "s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](/[-!_*'().a-z0-9A-Z]+)+/?";

    private final ModelSettings settings;
    private final BatchModel model;
    private final ObjectStore objects;
    private final String root;
    private final CallLedger ledger;
    private final Prompt prompt;
    private final Function<String, List<String>> knownClasses;

    /**
     * Creates batch mode.
     *
     * @param objects where prepared images and the job's files lie
     * @param root {@code s3://} folder of one pipeline
     * @param knownClasses use case to its classes; an empty list: those that a case names
     */
    public BatchReviews(
            ModelSettings settings,
            BatchModel model,
            ObjectStore objects,
            String root,
            CallLedger ledger,
            Prompt prompt,
            Function<String, List<String>> knownClasses) {
        this.settings = settings;
        this.model = model;
        this.objects = objects;
        this.root = (root.endsWith("/") ? root : root + "/").replaceFirst("^s3a:", "s3:") + "batch/";
        this.ledger = ledger;
        this.prompt = prompt;
        this.knownClasses = knownClasses;
    }

    /**
     * What was done.
     *
     * @param images images submitted or answers collected
     * @param sentence for people
     */
    public record Report(int images, String sentence) {}

    /**
     * A job as it is stored.
     *
     * @param name its name
     * @param modelId model for which its questions were stored
     * @param id as the service knows it; null until it is created
     * @param collected whether its answers are in the ledger
     */
    private record StoredJob(
            String name, String modelId, @Nullable String id, boolean collected) {
        StoredJob ended() {
            return new StoredJob(name, modelId, id, true);
        }
    }

    /**
     * Submits what is still to be asked, within the limits, as one job.
     *
     * @param day run date
     * @param cases in the order in which they are asked if not all can be
     * @throws ConfigException if the settings have no role, or the root is no folder that the service takes
     * @throws ServiceException if the service or the store fails or refuses
     */
    public Report submit(LocalDate day, List<ImageCase> cases) {
        String problem = settings.batch().role().isEmpty()
                ? "analysis.model.batch.role is not set"
                : root.matches(LEGAL)
                        ? ""
                        : "set analysis.path: batch jobs read and write a folder of S3 without '=', ':' and spaces, and "
                                + root + " is none";
        if (!problem.isEmpty()) {
            throw new ConfigException("No batch job can be submitted: " + problem);
        }
        long ended = 0;
        for (StoredJob job : jobs(day)) {
            created(day, job, false);
            ended += job.collected() ? 1 : 0;
        }
        Questions questions = new Questions(settings, prompt, knownClasses, cases);
        History history = ledger.history(day, questions.keys());
        Allowance allowance = new Allowance(settings.limits(), history);
        Map<String, Prompt.Case> chosen = new LinkedHashMap<>();
        Map<String, Long> reserves = new HashMap<>();
        String limit = "";
        for (Prompt.Case question : questions.open(history)) {
            long reserve = reserve(question);
            Optional<String> against = allowance.against(reserve);
            if (against.isPresent()) {
                limit = "; " + against.get();
                break;
            }
            if (chosen.putIfAbsent(recordId(question.key()), question) == null) {
                allowance.reserve(reserve);
                reserves.put(question.key(), reserve);
            }
        }
        StoredJob job = new StoredJob(name(day, ended, chosen.keySet()), settings.id(), null, false);
        int fewest = settings.batch().minRecords();
        int asked = chosen.size();
        Set<String> put = Set.of();
        if (asked >= fewest) {
            put = putQuestions(day, job, chosen);
            asked = put.size();
        }
        if (asked < fewest) {
            return new Report(
                    0,
                    String.format(
                            Locale.ROOT,
                            "No batch job: %d of %d images are to be asked about, and a job has at least %d%s%s",
                            asked,
                            cases.size(),
                            fewest,
                            asked == 0
                                    ? ""
                                    : "; analysis.provider = bedrock asks about them one by one, with the same ledger",
                            limit));
        }
        store(day, job);
        ledger.intend(
                day,
                put.stream()
                        .map(key -> new Intent(
                                ledger.newCall(),
                                key,
                                settings.id(),
                                prompt.version(),
                                settings.maxTokens(),
                                reserves.getOrDefault(key, 0L),
                                job.name()))
                        .toList());
        created(day, job, true);
        ledger.fold(day);
        return new Report(
                put.size(),
                String.format(
                        Locale.ROOT,
                        "Batch job %s asks about %d images, at most %.2f dollars%s; collect it in some hours",
                        job.name(),
                        put.size(),
                        put.stream()
                                        .mapToLong(key -> reserves.getOrDefault(key, 0L))
                                        .sum()
                                / 1e6,
                        limit));
    }

    /**
     * Reads the answers of the day's jobs that ended.
     *
     * @throws ServiceException retryable if a job still runs; what other jobs answered is collected
     */
    public Report collect(LocalDate day) {
        List<String> running = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        int answers = 0;
        for (StoredJob stored : jobs(day)) {
            StoredJob job = created(day, stored, false);
            if (job.collected() || job.id() == null) {
                continue;
            }
            Status status = model.status(job.id());
            if (status.state() == State.RUNNING) {
                running.add(job.name() + " is " + status.word());
                continue;
            }
            Report report = collect(day, job, status);
            answers += report.images();
            sentences.add(report.sentence());
        }
        ledger.fold(day);
        if (!running.isEmpty()) {
            throw ServiceException.passing(
                    "The batch jobs of " + day + " are not done: " + String.join(", ", running) + "; " + answers
                            + " answers of other jobs were collected. Collect again later",
                    null);
        }
        return new Report(
                answers, sentences.isEmpty() ? "No batch job of " + day + " is open" : String.join("; ", sentences));
    }

    /**
     * Says what became of each case, without asking or collecting anything.
     *
     * @param unasked why a case that is in no job is not
     * @return one review for each case, in the same order
     */
    public List<ImageReview> reviews(LocalDate day, List<ImageCase> cases, String unasked) {
        Questions questions = new Questions(settings, prompt, knownClasses, cases);
        History history = ledger.history(day, questions.keys());
        Map<String, String> reasons = new HashMap<>();
        questions.open(history).forEach(question -> reasons.put(question.key(), unasked));
        return new Reviews(settings, prompt).of(questions, history, reasons);
    }

    private Report collect(LocalDate day, StoredJob job, Status status) {
        Map<String, Intent> asked = new LinkedHashMap<>();
        waiting(day, job).forEach(intent -> asked.put(recordId(intent.key()), intent));
        Map<String, Outcome> answered = new LinkedHashMap<>();
        Map<String, ModelFailure> failed = new LinkedHashMap<>();
        for (String uri : objects.list(folder(day, job) + "out/")) {
            if (!uri.endsWith("/manifest.json.out")) {
                for (String text : lines(uri)) {
                    Line line = model.answer(text).orElse(null);
                    Intent intent = line == null ? null : asked.get(line.recordId());
                    if (line != null && intent != null) {
                        read(line, intent, answered, failed);
                    }
                }
            }
        }
        failed.keySet().removeAll(answered.keySet());
        List<Outcome> outcomes = new ArrayList<>(answered.values());
        // Where nothing was answered, what the service calls invalid is likely the configuration, not the image.
        failed.forEach((id, failure) -> outcomes.add(Outcome.failed(
                Objects.requireNonNull(asked.get(id)).call(),
                failure.kind() == ModelFailure.Kind.INVALID && !answered.isEmpty(),
                0,
                failure.kind(),
                String.valueOf(failure.getMessage()))));
        int total = asked.size();
        asked.keySet().removeAll(answered.keySet());
        asked.keySet().removeAll(failed.keySet());
        boolean completed = status.state() == State.COMPLETED;
        String unanswered = "its batch job ended (" + status.word() + ") before it was answered";
        asked.values().forEach(intent -> outcomes.add(completed ? paidInVain(intent) : unpaid(intent, unanswered)));
        ledger.settle(day, outcomes);
        store(day, job.ended());
        int inVain = completed ? asked.size() : 0;
        return new Report(
                answered.size(),
                String.format(
                        Locale.ROOT,
                        "Batch job %s is %s%s: %d of %d images answered, %d failed, %d left for the next analyze%s%s",
                        job.name(),
                        status.word(),
                        status.message().isEmpty() ? "" : " (" + status.message() + ")",
                        answered.size(),
                        total,
                        failed.size() + inVain,
                        asked.size() - inVain,
                        inVain == 0
                                ? ""
                                : "; " + inVain + " of the failed came back without an answer: they count with the most"
                                        + " they may have cost, and are not asked about again",
                        commonest(failed.values())));
    }

    /** Notes what a line says of its record; an answer counts more than a failure, whichever comes first. */
    private void read(Line line, Intent intent, Map<String, Outcome> answered, Map<String, ModelFailure> failed) {
        ModelFailure failure = line.failure();
        if (line.answer() != null) {
            Usage usage = line.answer().usage();
            long cost = usage == null ? intent.reserved() : share(CallPlan.microDollars(settings, usage));
            answered.putIfAbsent(line.recordId(), Outcome.answered(intent.call(), line.answer(), cost, null));
        } else {
            failed.putIfAbsent(
                    line.recordId(),
                    failure == null ? new ModelFailure(ModelFailure.Kind.MODEL_ERROR, "no answer", null) : failure);
        }
    }

    private static String commonest(Collection<ModelFailure> failures) {
        Map<String, Integer> times = new TreeMap<>();
        failures.forEach(failure -> times.merge(String.valueOf(failure.getMessage()), 1, Integer::sum));
        return times.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> "; the commonest failure, " + most.getValue() + " times: " + most.getKey())
                .orElse("");
    }

    /**
     * Makes sure that a stored job exists at the service. A refused one asks for nothing if it was never tried before;
     * else an earlier run may have created it, and what it asks waits until it can be created again.
     *
     * @param fresh whether this run stored the intents
     */
    private StoredJob created(LocalDate day, StoredJob job, boolean fresh) {
        List<Intent> waiting = job.id() == null && !job.collected() ? waiting(day, job) : List.of();
        if (waiting.isEmpty()) {
            return job; // it exists, or it never came to intents and is asked anew
        }
        String folder = folder(day, job);
        ledger.checkWrite();
        String id;
        try {
            id = model.create(new BatchModel.Job(job.name(), job.modelId(), folder + "in/", folder + "out/"));
        } catch (ServiceException e) {
            if (e.retryable()) {
                throw e;
            }
            if (!fresh) {
                throw ServiceException.refused(
                        e.getMessage()
                                + "; an earlier run may have created it, so its images wait: once that is corrected,"
                                + " run it again, which creates or finds the same job",
                        e);
            }
            ledger.settle(
                    day,
                    waiting.stream()
                            .map(intent -> unpaid(intent, "its batch job was refused"))
                            .toList());
            store(day, job.ended());
            ledger.fold(day);
            throw e;
        }
        StoredJob created = new StoredJob(job.name(), job.modelId(), id, false);
        store(day, created);
        return created;
    }

    /** Nothing was paid, and it may be asked again. */
    private static Outcome unpaid(Intent intent, String message) {
        return Outcome.failed(intent.call(), false, 0, ModelFailure.Kind.OVERLOADED, message);
    }

    /** The service says it did the work, so it was probably billed, and would be again. */
    private static Outcome paidInVain(Intent intent) {
        return Outcome.failed(
                intent.call(),
                true,
                intent.reserved(),
                ModelFailure.Kind.MODEL_ERROR,
                "its batch job completed without an answer to it");
    }

    private List<Intent> waiting(LocalDate day, StoredJob job) {
        List<Intent> waiting = new ArrayList<>();
        ledger.calls(day)
                .values()
                .forEach(made -> made.stream()
                        .filter(Made::waitsForJob)
                        .map(Made::intent)
                        .filter(intent -> job.name().equals(intent.job()))
                        .forEach(waiting::add));
        return waiting;
    }

    private List<StoredJob> jobs(LocalDate day) {
        List<StoredJob> jobs = new ArrayList<>();
        for (String uri : objects.list(root + day + "/")) {
            if (uri.endsWith("/job.json")) {
                try {
                    jobs.add(JSON.readValue(objects.get(uri).orElseThrow().text(), StoredJob.class));
                } catch (JsonProcessingException e) {
                    throw ServiceException.refused("Could not read " + uri + ": this is no batch job of Winnow", e);
                }
            }
        }
        return jobs;
    }

    private void store(LocalDate day, StoredJob job) {
        ledger.checkWrite();
        try {
            objects.put(folder(day, job) + "job.json", JSON.writeValueAsString(job));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A job is plain values", e);
        }
    }

    private String folder(LocalDate day, StoredJob job) {
        return root + day + "/" + job.name() + "/";
    }

    /** What an ended job left may be asked again, by another job. */
    private String name(LocalDate day, long ended, Set<String> recordIds) {
        Digest digest = new Digest().add(root).add(settings.id()).add("" + ended);
        recordIds.stream().sorted().forEach(digest::add);
        return "winnow-" + day + "-" + digest.hex(16);
    }

    /** Letters and digits that a key gives, as many as the service has always taken. */
    static String recordId(String key) {
        BigInteger space = BigInteger.valueOf(Character.MAX_RADIX).pow(RECORD_ID);
        String id = new BigInteger(key, 16).mod(space).toString(Character.MAX_RADIX);
        return "0".repeat(RECORD_ID - id.length()) + id;
    }

    private long reserve(Prompt.Case question) {
        long input = CallPlan.inputTokens(
                settings,
                new CallPlan.Size(question.image().width(), question.image().height()),
                prompt.characters(question));
        return share(CallPlan.microDollars(settings, new Usage(input, settings.maxTokens())));
    }

    private long share(long microDollars) {
        return (long) Math.ceil((double) microDollars * settings.batch().priceShare());
    }

    /** Puts the question files into a folder that holds nothing else; returns the keys of the questions in them. */
    private Set<String> putQuestions(LocalDate day, StoredJob job, Map<String, Prompt.Case> chosen) {
        String input = folder(day, job) + "in/";
        ledger.checkWrite();
        objects.list(input).forEach(objects::delete);
        Set<String> put = new LinkedHashSet<>();
        Path file = null;
        try {
            file = Files.createTempFile("winnow-batch", ".jsonl");
            int part = 0;
            long bytes = 0;
            List<Map.Entry<String, Prompt.Case>> left = new ArrayList<>(chosen.entrySet());
            while (!left.isEmpty() && bytes < LARGEST_JOB) {
                int written = write(file, left, put);
                bytes += Files.size(file);
                left = left.subList(written, left.size());
                part++;
                ledger.checkWrite();
                objects.put(input + String.format(Locale.ROOT, "part-%05d.jsonl", part), file);
            }
        } catch (IOException e) {
            throw ServiceException.passing("Could not write a batch file in the folder of temporary files: " + e, e);
        } finally {
            if (file != null) {
                file.toFile().delete();
            }
        }
        return put;
    }

    /** Writes questions until the file has as much as it may; returns how many were taken. */
    private int write(Path file, List<Map.Entry<String, Prompt.Case>> questions, Set<String> put) throws IOException {
        long limit = (long) settings.batch().maxMebibytes() * MEBIBYTE;
        long bytes = 0;
        int records = 0;
        int taken = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Map.Entry<String, Prompt.Case> question : questions) {
                byte[] image = objects.read(question.getValue().image().imageUri(), LARGEST_IMAGE + 1)
                        .orElse(new byte[0]);
                byte[] line = (model.question(
                                        question.getKey(), prompt.inWords(question.getValue(), ByteBuffer.wrap(image)))
                                + "\n")
                        .getBytes(UTF_8);
                if (records > 0
                        && (bytes + line.length > limit
                                || records == settings.batch().maxRecords())) {
                    break;
                }
                taken++;
                if (image.length > 0 && image.length <= LARGEST_IMAGE) {
                    out.write(line);
                    bytes += line.length;
                    records++;
                    put.add(question.getValue().key());
                }
            }
        }
        return taken;
    }

    private Iterable<String> lines(String uri) {
        byte[] bytes = objects.read(uri, Integer.MAX_VALUE - 8).orElse(new byte[0]);
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '\n') {
                if (i > start) {
                    lines.add(new String(bytes, start, i - start, UTF_8));
                }
                start = i + 1;
            }
        }
        return lines;
    }
}
