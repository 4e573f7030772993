package dev.winnow.testing;

import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.VisionModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** A model that answers after a while of stepping time, as it is told. */
public final class FakeVision implements VisionModel {
    private record Pending(Duration due, CompletableFuture<Answer> future, Question question, int number) {}

    private final SteppingTime time;
    private final Duration latency;
    private final List<Duration> calls = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private BiFunction<Integer, Question, Answer> answers = (number, question) -> tidy();
    private int most;

    public FakeVision(SteppingTime time, Duration latency) {
        this.time = time;
        this.latency = latency;
        time.whenSleeping(this::completeDue);
    }

    /** From now on, calls, counted from 1, are answered so; a {@link ModelFailure} thrown is the failure. */
    public void answer(BiFunction<Integer, Question, Answer> how) {
        answers = how;
    }

    /** When calls came. */
    public List<Duration> calls() {
        return calls;
    }

    /** Calls in flight at once, at most. */
    public int mostInFlight() {
        return most;
    }

    /** An answer that keeps the schema for the classes person and dog. */
    public static Answer tidy() {
        return new Answer(
                Form.TOOL,
                "{\"objects\":[{\"class\":\"person\",\"count\":2}],\"other_objects\":[],\"conditions\":[\"night\"],"
                        + "\"failure_mode\":\"low_light\",\"evidence\":\"Dark.\"}",
                "tool_use",
                new Usage(1_000, 100));
    }

    @Override
    public CompletableFuture<Answer> ask(Question question) {
        calls.add(time.elapsed());
        Pending call = new Pending(time.elapsed().plus(latency), new CompletableFuture<>(), question, calls.size());
        pending.add(call);
        most = Math.max(most, pending.size());
        completeDue();
        return call.future();
    }

    private void completeDue() {
        for (Pending call : List.copyOf(pending)) {
            if (call.due().compareTo(time.elapsed()) <= 0 && pending.remove(call)) {
                try {
                    call.future().complete(answers.apply(call.number(), call.question()));
                } catch (ModelFailure e) {
                    call.future().completeExceptionally(e);
                }
            }
        }
    }

    @Override
    public void close() {}
}
