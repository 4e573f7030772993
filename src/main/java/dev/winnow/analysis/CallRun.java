package dev.winnow.analysis;

import dev.winnow.analysis.CallLedger.Intent;
import dev.winnow.analysis.CallLedger.Made;
import dev.winnow.analysis.CallLedger.Outcome;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.VisionModel;
import dev.winnow.ports.VisionModel.Answer;
import dev.winnow.ports.VisionModel.Usage;
import dev.winnow.runtime.TimeSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks many questions, each as often as it takes and the limits allow.
 *
 * <p>One thread decides everything; only reading images and the calls themselves happen elsewhere. A question holds one
 * of {@code concurrency} slots from its first intent until it is settled in the ledger, also while it waits to be asked
 * again: so throttling slows everything down, and a crash loses no more calls than there are slots.
 */
final class CallRun {
    private static final Logger LOG = LoggerFactory.getLogger(CallRun.class);

    /** How often answers are looked for. */
    private static final Duration POLL = Duration.ofMillis(5);

    /** How long calls and outcomes are gathered for one object, when they come slowly; by judgement. */
    private static final Duration GATHER = Duration.ofSeconds(1);

    /** Progress is logged so often. */
    private static final Duration LOG_EVERY = Duration.ofSeconds(30);

    /** Questions in a row that fail as often as they may, after which the service counts as down; by judgement. */
    private static final int DOWN_AFTER = 20;

    /** A model that fails on a question once may do better the second time, hardly the third. */
    private static final int MODEL_ERRORS = 2;

    private static final int READERS = 8;

    /** Largest image that the service takes, in bytes. */
    private static final int LARGEST_IMAGE = 3_750_000;

    private final ModelSettings settings;
    private final VisionModel model;
    private final ObjectStore objects;
    private final CallLedger ledger;
    private final Prompt prompt;
    private final TimeSource time;
    private final LocalDate day;
    private final Allowance allowance;
    private final RateLimit rate;
    private final Backoff backoff;

    private final Deque<Task> fresh = new ArrayDeque<>();
    private final PriorityQueue<Task> waiting =
            new PriorityQueue<>(Comparator.comparing((Task task) -> task.due).thenComparing(task -> task.order));
    private final List<Task> gathered = new ArrayList<>();
    private final Queue<Done> arrivals = new ConcurrentLinkedQueue<>();
    private final List<Done> unsettled = new ArrayList<>();
    private final Map<String, String> unasked = new HashMap<>();
    private Duration gatheredSince = Duration.ZERO;
    private Duration unsettledSince = Duration.ZERO;
    private Duration loggedAt;
    private int inFlight;
    private int answers;
    private int failures;
    private int failedInARow;
    private boolean probed;
    private @Nullable ServiceException stop;

    CallRun(
            ModelSettings settings,
            VisionModel model,
            ObjectStore objects,
            CallLedger ledger,
            Prompt prompt,
            TimeSource time,
            LocalDate day,
            Allowance allowance) {
        this.settings = settings;
        this.model = model;
        this.objects = objects;
        this.ledger = ledger;
        this.prompt = prompt;
        this.time = time;
        this.day = day;
        this.allowance = allowance;
        this.rate = new RateLimit(
                settings.pace().requestsPerMinute(), settings.pace().tokensPerMinute(), time.elapsed());
        this.backoff = new Backoff(settings.pace().backoff(), settings.pace().maxBackoff());
        this.loggedAt = time.elapsed();
    }

    /** A question on its way. */
    private static final class Task {
        private final Prompt.Case asked;
        private final int order;
        private final long tokens;
        private final long reserve;
        private final List<Made> made = new ArrayList<>();
        private Duration due = Duration.ZERO;
        private int failures;

        Task(Prompt.Case asked, int order, long tokens, long reserve) {
            this.asked = asked;
            this.order = order;
            this.tokens = tokens;
            this.reserve = reserve;
        }
    }

    /** A call that is about to be made. */
    private record Call(Task task, Intent intent, ByteBuffer image) {}

    /** A call that ended; one of answer and failure is there. */
    private record Done(
            Task task,
            Intent intent,
            @Nullable Answer answer,
            @Nullable ModelFailure failure,
            Duration took) {}

    /**
     * What became of the questions.
     *
     * @param made calls by key
     * @param unasked why a question was not asked, or not again, by key
     */
    record Result(Map<String, List<Made>> made, Map<String, String> unasked) {}

    /**
     * Asks every question that the limits allow, in order.
     *
     * @throws ServiceException if the service refuses for good or is down, or the store fails on an image or an intent;
     *     everything that was called is settled then, unless it is the settling that fails
     */
    Result ask(Collection<Prompt.Case> questions) {
        List<Task> tasks = new ArrayList<>();
        for (Prompt.Case asked : questions) {
            long input = CallPlan.inputTokens(
                    settings,
                    new CallPlan.Size(asked.image().width(), asked.image().height()),
                    prompt.characters(asked));
            tasks.add(new Task(
                    asked,
                    tasks.size(),
                    input + settings.maxTokens(),
                    CallPlan.microDollars(settings, new Usage(input, settings.maxTokens()))));
        }
        fresh.addAll(tasks);
        ExecutorService readers = Executors.newFixedThreadPool(READERS, task -> {
            Thread thread = new Thread(task, "image-reader");
            thread.setDaemon(true);
            return thread;
        });
        try {
            while (turn(readers)) {
                time.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.passing("Interrupted while a model was asked; run it again for the rest", e);
        } finally {
            readers.shutdownNow();
        }
        LOG.info("model=asked questions={} answered={} failed_calls={}", tasks.size(), answers, failures);
        if (stop != null) {
            throw stop;
        }
        Map<String, List<Made>> made = new HashMap<>();
        tasks.forEach(task -> made.put(task.asked.key(), task.made));
        return new Result(made, unasked);
    }

    /** Does what can be done now; returns whether anything is left. */
    private boolean turn(ExecutorService readers) {
        Duration now = time.elapsed();
        for (Done done = arrivals.poll(); done != null; done = arrivals.poll()) {
            unsettledSince = unsettled.isEmpty() ? now : unsettledSince;
            unsettled.add(done);
            inFlight--;
        }
        if (stop == null) {
            gather(now);
        } else {
            dropUnsent();
        }
        if (isEnough(unsettled.size(), unsettledSince, now)) {
            settle(now);
        }
        if (stop == null && isEnough(gathered.size(), gatheredSince, now)) {
            try {
                send(readers);
            } catch (ServiceException e) {
                stop(e); // not thrown here: what is in flight is paid, and still to be settled
            }
        }
        if (now.minus(loggedAt).compareTo(LOG_EVERY) >= 0) {
            LOG.info("model=asking left={} answered={} failed_calls={}", fresh.size() + held(), answers, failures);
            loggedAt = now;
        }
        return !fresh.isEmpty() || held() > 0;
    }

    /** Questions that hold a slot. */
    private int held() {
        return inFlight + waiting.size() + gathered.size() + unsettled.size();
    }

    /** Before the first answer, one question is asked alone: a mistake in the configuration must not be paid often. */
    private int free() {
        return (probed ? settings.pace().concurrency() : 1) - held();
    }

    /** Whether so many are worth an object of their own: a quarter of the slots, or what a while has brought. */
    private boolean isEnough(int number, Duration since, Duration now) {
        return number > 0
                && (number >= settings.pace().concurrency() / 4
                        || !probed
                        || fresh.isEmpty()
                        || now.minus(since).compareTo(GATHER) >= 0);
    }

    /** Takes questions that may be asked now: those that come back first, then new ones. */
    private void gather(Duration now) {
        while (true) {
            Task task = waiting.peek();
            boolean again = task != null && task.due.compareTo(now) <= 0;
            task = again ? task : free() > 0 ? fresh.peek() : null;
            if (task == null) {
                return;
            }
            Optional<String> limit = allowance.against(task.reserve);
            if (limit.isPresent()) {
                if (inFlight + gathered.size() + unsettled.size() == 0) {
                    giveUp(limit.get()); // no answer is to come that could cost less than was set aside for it
                }
                return;
            }
            if (!rate.take(task.tokens, now)) {
                return;
            }
            allowance.reserve(task.reserve);
            if (again) {
                waiting.remove();
            } else {
                fresh.remove();
            }
            gatheredSince = gathered.isEmpty() ? now : gatheredSince;
            gathered.add(task);
        }
    }

    private void dropUnsent() {
        gathered.forEach(this::release);
        gathered.clear();
        waiting.clear();
        fresh.clear();
    }

    private void giveUp(String limit) {
        waiting.forEach(task -> unasked.put(task.asked.key(), limit));
        fresh.forEach(task -> unasked.put(task.asked.key(), limit));
        waiting.clear();
        fresh.clear();
    }

    private void release(Task task) {
        allowance.release(task.reserve);
        rate.giveBack(task.tokens);
    }

    /** Stores the intents of all that is gathered, then makes the calls. */
    private void send(ExecutorService readers) {
        List<Call> calls = new ArrayList<>();
        List<CompletableFuture<Optional<byte[]>>> images = gathered.stream()
                .map(task -> CompletableFuture.supplyAsync(
                        () -> objects.read(task.asked.image().imageUri(), LARGEST_IMAGE + 1), readers))
                .toList();
        List<byte[]> read = images.stream().map(CallRun::read).toList();
        for (int i = 0; i < read.size(); i++) {
            Task task = gathered.get(i);
            byte[] image = read.get(i);
            if (image.length == 0 || image.length > LARGEST_IMAGE) {
                release(task);
                unasked.put(task.asked.key(), "the prepared image is gone, or larger than the service takes");
            } else {
                calls.add(new Call(task, intent(task), ByteBuffer.wrap(image)));
            }
        }
        gathered.clear();
        intend(calls);
        for (Call call : calls) {
            inFlight++;
            Duration start = time.elapsed();
            var unused = ask(prompt.byTool(call.task.asked, call.image))
                    .handle((answer, thrown) -> arrivals.add(new Done(
                            call.task,
                            call.intent,
                            answer,
                            thrown == null ? null : failure(thrown),
                            time.elapsed().minus(start))));
        }
    }

    /** Stores intents; if that fails they may be there nonetheless, and must not look like calls that were lost. */
    private void intend(List<Call> calls) {
        try {
            ledger.intend(day, calls.stream().map(Call::intent).toList());
        } catch (ServiceException e) {
            calls.forEach(call -> release(call.task));
            try {
                ledger.settle(
                        day,
                        calls.stream()
                                .map(call -> Outcome.failed(
                                        call.intent.call(),
                                        false,
                                        0,
                                        ModelFailure.Kind.OVERLOADED,
                                        "not called: its intent could not be stored"))
                                .toList());
            } catch (ServiceException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Intent intent(Task task) {
        return new Intent(
                ledger.newCall(),
                task.asked.key(),
                settings.id(),
                prompt.version(),
                settings.maxTokens(),
                task.reserve,
                null);
    }

    private static byte[] read(CompletableFuture<Optional<byte[]>> image) {
        try {
            return image.join().orElse(new byte[0]);
        } catch (CompletionException e) {
            if (e.getCause() instanceof ServiceException failed) {
                throw failed;
            }
            throw e;
        }
    }

    private CompletableFuture<Answer> ask(VisionModel.Question question) {
        try {
            return model.ask(question);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A failure of unknown kind is a bug, which the thread that decides must see. */
    private static ModelFailure failure(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof ModelFailure failure
                ? failure
                : new ModelFailure(
                        ModelFailure.Kind.BROKEN,
                        "the call failed: " + cause.getClass().getSimpleName(),
                        cause);
    }

    /** Stores what came, and decides what is asked again. */
    private void settle(Duration now) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Done done : unsettled) {
            Outcome outcome = done.answer() == null ? failed(done, now) : answered(done, done.answer());
            outcomes.add(outcome);
            done.task().made.add(new Made(done.intent(), outcome));
            allowance.cost(done.intent().reserved(), outcome.cost());
        }
        ledger.settle(day, outcomes);
        unsettled.clear();
    }

    private Outcome answered(Done done, Answer answer) {
        probed = true;
        failedInARow = 0;
        answers++;
        Usage usage = answer.usage();
        if (usage != null) {
            rate.used(done.task().tokens, usage.input() + usage.output());
        }
        return Outcome.answered(
                done.intent().call(),
                answer,
                usage == null ? done.intent().reserved() : CallPlan.microDollars(settings, usage),
                done.took().toMillis());
    }

    private Outcome failed(Done done, Duration now) {
        Task task = done.task();
        ModelFailure failure = done.failure() == null
                ? new ModelFailure(ModelFailure.Kind.BROKEN, "the call ended without an answer", null)
                : done.failure();
        failures++;
        task.failures++;
        ModelFailure.Kind kind = failure.kind();
        if (!kind.mayBeBilled()) {
            rate.used(task.tokens, 0);
        }
        boolean invalid = kind == ModelFailure.Kind.INVALID;
        int attempts = kind == ModelFailure.Kind.MODEL_ERROR
                ? Math.min(MODEL_ERRORS, settings.pace().attempts())
                : settings.pace().attempts();
        if (kind.staysForAll() || (invalid && !probed)) {
            stop(ServiceException.refused(
                    "Could not ask " + settings.id() + ": " + failure.getMessage()
                            + (invalid
                                    ? "; this was the first call, so correct analysis.model before more are made"
                                    : ""),
                    failure));
        } else if (!invalid && task.failures < attempts) {
            task.due = now.plus(backoff.after(task.failures, task.asked.key()));
            waiting.add(task);
        } else if (!invalid && kind != ModelFailure.Kind.MODEL_ERROR) {
            failedInARow++;
            if (!probed || failedInARow >= DOWN_AFTER) {
                stop(ServiceException.passing(
                        "Could not ask " + settings.id() + ": " + failure.getMessage() + "; all " + attempts
                                + " calls failed for " + failedInARow
                                + " images in a row. What was answered is kept; run it again later for the rest",
                        failure));
            }
        }
        return Outcome.failed(
                done.intent().call(),
                invalid && probed,
                kind.mayBeBilled() ? done.intent().reserved() : 0,
                kind,
                String.valueOf(failure.getMessage()));
    }

    private void stop(ServiceException why) {
        stop = stop == null ? why : stop;
    }
}
