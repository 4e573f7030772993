package dev.winnow.analysis;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.VisionModel;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every call of a model that was meant to be made, and what came of it, by run date.
 *
 * <p>While calls are made, intents and outcomes are put in small objects of their own: first intents, then the calls,
 * then outcomes. So whatever ends the process, no call was made that is not in the ledger, and an intent without
 * outcome is a call that was lost. At the end a day's objects become one, and a summary of it, which is all that other
 * days read: keys of answers, calls and dollars.
 *
 * <p>One process writes at a time; whoever holds the lease of the warehouse does. On the driver are a day's calls (at
 * most {@link Answers#LONGEST} characters each, ordinarily a thousand) and the summary of one other day.
 */
public final class CallLedger {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final String CALLS = "calls.jsonl";
    private static final String SUMMARY = "summary.json";
    private static final String PARTS = "part-";

    private final ObjectStore objects;
    private final String root;
    private final Runnable beforeWrite;
    private final String writer = UUID.randomUUID().toString().substring(0, 13);
    private int written;
    private Stage.Paid paid = Stage.Paid.NOTHING;

    /**
     * Opens the ledger below a root.
     *
     * @param root folder of one pipeline: a path, {@code file:} or {@code s3://} URI
     * @param beforeWrite throws if this process may no longer write; then no call is made either, as intents come first
     */
    public CallLedger(ObjectStore objects, String root, Runnable beforeWrite) {
        this.objects = objects;
        this.root = (root.endsWith("/") ? root : root + "/") + "calls/";
        this.beforeWrite = beforeWrite;
    }

    /**
     * A call that is about to be made.
     *
     * @param call id of the call
     * @param key of the question
     * @param modelId model
     * @param promptVersion version of prompt and schema
     * @param maxTokens most tokens of the answer
     * @param reserved most it may cost, millionths of a dollar
     * @param job batch job that it is part of; null for a single call
     */
    record Intent(
            String call,
            String key,
            String modelId,
            String promptVersion,
            int maxTokens,
            long reserved,
            @Nullable String job) {}

    /**
     * What came of a call: an answer or a failure.
     *
     * @param call id of the call
     * @param last whether the question is not asked again
     * @param cost millionths of a dollar; what it may have cost if nobody can tell
     * @param failure null if there is an answer
     * @param message what the service said to a failure; null if there is an answer
     * @param form how the answer came; null for a failure, as are the rest
     * @param content the answer, cut after {@link Answers#LONGEST} + 1 characters
     * @param stopReason why the model stopped
     * @param inputTokens null if the service didn't say
     * @param outputTokens null if the service didn't say
     * @param latencyMillis null in batch
     */
    record Outcome(
            String call,
            boolean last,
            long cost,
            ModelFailure.@Nullable Kind failure,
            @Nullable String message,
            VisionModel.@Nullable Form form,
            @Nullable String content,
            @Nullable String stopReason,
            @Nullable Long inputTokens,
            @Nullable Long outputTokens,
            @Nullable Long latencyMillis) {

        static Outcome answered(String call, VisionModel.Answer answer, long cost, @Nullable Long latencyMillis) {
            String content = answer.content();
            VisionModel.Usage usage = answer.usage();
            return new Outcome(
                    call,
                    true,
                    cost,
                    null,
                    null,
                    answer.form(),
                    content.length() > Answers.LONGEST ? content.substring(0, Answers.LONGEST + 1) : content,
                    answer.stopReason(),
                    usage == null ? null : usage.input(),
                    usage == null ? null : usage.output(),
                    latencyMillis);
        }

        /** A call that failed and cost nothing does not count. */
        Stage.Paid paid() {
            return content == null && cost == 0
                    ? Stage.Paid.NOTHING
                    : new Stage.Paid(
                            1, inputTokens == null ? 0 : inputTokens, outputTokens == null ? 0 : outputTokens, cost);
        }

        static Outcome failed(String call, boolean last, long cost, ModelFailure.Kind kind, String message) {
            return new Outcome(call, last, cost, kind, message, null, null, null, null, null, null);
        }
    }

    /**
     * A call of the past.
     *
     * @param intent what was meant
     * @param outcome what came of it; null if that is not known
     */
    record Made(Intent intent, @Nullable Outcome outcome) {
        long charged() {
            return outcome == null ? intent.reserved() : outcome.cost();
        }

        boolean settled() {
            return outcome != null && outcome.last();
        }

        boolean waitsForJob() {
            return outcome == null && intent.job() != null;
        }

        boolean lost() {
            return outcome == null && intent.job() == null;
        }
    }

    /**
     * Calls and what they cost.
     *
     * @param calls calls, lost ones and those that wait for a batch job included
     * @param microDollars millionths of a dollar; a call of unknown outcome counts with the most it may cost
     */
    public record Spent(long calls, long microDollars) {
        Spent plus(Spent other) {
            return new Spent(calls + other.calls, microDollars + other.microDollars);
        }
    }

    /**
     * What was called before.
     *
     * @param today calls of the run date by key, in order
     * @param otherDays by key, the calls of another run date that leave nothing to ask, or that are open
     * @param day spent by the run date
     * @param restOfWeek spent by the other run dates of its ISO week
     * @param restOfMonth spent by the other run dates of its month
     */
    record History(
            Map<String, List<Made>> today,
            Map<String, List<Made>> otherDays,
            Spent day,
            Spent restOfWeek,
            Spent restOfMonth) {
        /** The same with further calls of the run date. */
        History and(Map<String, List<Made>> made) {
            Map<String, List<Made>> all = new HashMap<>(today);
            made.forEach((key, more) -> all.merge(
                    key,
                    more,
                    (before, now) ->
                            Stream.concat(before.stream(), now.stream()).toList()));
            return new History(all, otherDays, day, restOfWeek, restOfMonth);
        }
    }

    /** One line of an object; one of the two is there. */
    private record Line(@Nullable Intent intent, @Nullable Outcome outcome) {}

    /** What other days want to know of a day; keys in order. */
    private record Summary(Spent spent, List<String> settled, List<String> open) {}

    /** Returns a call id that no other call has. */
    String newCall() {
        written++;
        return writer + "-" + written;
    }

    /** Stores intents as one object; only after it the calls may be made. */
    void intend(LocalDate day, Collection<Intent> intents) {
        put(day, intents.stream().map(intent -> new Line(intent, null)).toList());
    }

    /** Stores outcomes as one object. */
    void settle(LocalDate day, Collection<Outcome> outcomes) {
        for (Outcome outcome : outcomes) { // counted first: it was paid, also where storing it fails
            paid = paid.plus(outcome.paid());
        }
        put(day, outcomes.stream().map(outcome -> new Line(null, outcome)).toList());
    }

    /** Returns what the calls cost whose outcomes came to this ledger since it was opened. */
    public Stage.Paid paid() {
        return paid;
    }

    /** Throws if this process may no longer write; whoever changes what belongs to the ledger asks first. */
    void checkWrite() {
        beforeWrite.run();
    }

    private void put(LocalDate day, List<Line> lines) {
        if (!lines.isEmpty()) {
            checkWrite();
            written++;
            objects.put(
                    root + day + "/" + PARTS + String.format(Locale.ROOT, "%s-%06d.jsonl", writer, written),
                    write(lines));
        }
    }

    /** Returns the calls of a day, by key. */
    Map<String, List<Made>> calls(LocalDate day) {
        return read(objects.list(root + day + "/").stream()
                .filter(CallLedger::holdsCalls)
                .toList());
    }

    /** Returns what a day's calls cost. */
    public Spent spent(LocalDate day) {
        return sum(calls(day));
    }

    /**
     * Reads what is known of some questions, and what was spent.
     *
     * @param keys questions that will be asked
     */
    History history(LocalDate day, Set<String> keys) {
        Map<String, List<Made>> today = new LinkedHashMap<>();
        Map<String, List<Made>> others = new LinkedHashMap<>();
        Spent week = new Spent(0, 0);
        Spent month = new Spent(0, 0);
        for (Map.Entry<LocalDate, List<String>> at : byDay().entrySet()) {
            LocalDate date = at.getKey();
            if (date.equals(day)) {
                today = read(
                        at.getValue().stream().filter(CallLedger::holdsCalls).toList());
                continue;
            }
            Summary summary = summary(date, at.getValue());
            week = isoWeek(date) == isoWeek(day) ? week.plus(summary.spent()) : week;
            month = date.withDayOfMonth(1).equals(day.withDayOfMonth(1)) ? month.plus(summary.spent()) : month;
            List<String> wanted = new ArrayList<>(summary.settled());
            wanted.addAll(summary.open());
            wanted.removeIf(key -> !keys.contains(key));
            if (!wanted.isEmpty()) {
                Map<String, List<Made>> calls = calls(date);
                // All of them, earliest first: an answer that was cut on one day may be whole on another.
                wanted.forEach(key -> others.merge(
                        key,
                        calls.getOrDefault(key, List.of()),
                        (known, found) ->
                                Stream.concat(known.stream(), found.stream()).toList()));
            }
        }
        return new History(today, others, sum(today), week, month);
    }

    /** Makes one object of a day's calls, and its summary. */
    void fold(LocalDate day) {
        List<String> uris = objects.list(root + day + "/");
        if (uris.stream().anyMatch(CallLedger::isPart)) {
            fold(day, uris);
        }
    }

    private Summary fold(LocalDate day, List<String> uris) {
        Map<String, List<Made>> calls =
                read(uris.stream().filter(CallLedger::holdsCalls).toList());
        List<Line> lines = new ArrayList<>();
        List<String> settled = new ArrayList<>();
        List<String> open = new ArrayList<>();
        new TreeMap<>(calls).forEach((key, made) -> {
            for (Made call : made) {
                lines.add(new Line(call.intent(), call.outcome()));
            }
            if (made.stream().anyMatch(Made::settled)) {
                settled.add(key);
            } else if (made.stream().anyMatch(call -> call.outcome() == null)) {
                open.add(key);
            }
        });
        Summary summary = new Summary(sum(calls), settled, open);
        checkWrite();
        objects.put(root + day + "/" + CALLS, write(lines));
        checkWrite();
        objects.put(root + day + "/" + SUMMARY, json(summary));
        // Only now: a process that ends here leaves the same calls twice, which are read as one.
        checkWrite();
        uris.stream().filter(CallLedger::isPart).forEach(objects::delete);
        return summary;
    }

    private Summary summary(LocalDate day, List<String> uris) {
        String uri = root + day + "/" + SUMMARY;
        if (uris.stream().anyMatch(CallLedger::isPart)) {
            return fold(day, uris);
        }
        ObjectStore.Versioned stored = objects.get(uri).orElse(null);
        return stored == null ? fold(day, uris) : parse(uri, stored.text(), Summary.class);
    }

    private Map<LocalDate, List<String>> byDay() {
        Map<LocalDate, List<String>> days = new TreeMap<>();
        for (String uri : objects.list(root)) {
            int name = uri.lastIndexOf('/');
            try {
                LocalDate day = LocalDate.parse(uri.substring(uri.lastIndexOf('/', name - 1) + 1, name));
                days.computeIfAbsent(day, d -> new ArrayList<>()).add(uri);
            } catch (DateTimeParseException e) {
                throw unreadable(uri, e);
            }
        }
        return days;
    }

    private static boolean isPart(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1).startsWith(PARTS);
    }

    private static boolean holdsCalls(String uri) {
        return isPart(uri) || uri.endsWith("/" + CALLS);
    }

    /** Calls in the order in which they were stored: the folded ones first, then by writer and number. */
    private Map<String, List<Made>> read(List<String> uris) {
        Map<String, Intent> intents = new LinkedHashMap<>();
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (String uri : uris) {
            String text =
                    objects.get(uri).orElseThrow(() -> unreadable(uri, null)).text();
            eachLine(uri, text, line -> {
                if (line.intent() != null) {
                    intents.put(line.intent().call(), line.intent());
                }
                if (line.outcome() != null) {
                    outcomes.put(line.outcome().call(), line.outcome());
                }
            });
        }
        Map<String, List<Made>> byKey = new LinkedHashMap<>();
        intents.forEach((call, intent) ->
                byKey.computeIfAbsent(intent.key(), k -> new ArrayList<>()).add(new Made(intent, outcomes.get(call))));
        return byKey;
    }

    private static void eachLine(String uri, String text, Consumer<Line> reader) {
        text.lines().forEach(line -> reader.accept(parse(uri, line, Line.class)));
    }

    private static Spent sum(Map<String, List<Made>> calls) {
        long number = 0;
        long microDollars = 0;
        for (List<Made> made : calls.values()) {
            number += made.size();
            microDollars += made.stream().mapToLong(Made::charged).sum();
        }
        return new Spent(number, microDollars);
    }

    private static int isoWeek(LocalDate day) {
        return day.get(IsoFields.WEEK_BASED_YEAR) * 100 + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }

    private static String write(List<Line> lines) {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(json(line)).append('\n');
        }
        return text.toString();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A call is plain values", e);
        }
    }

    private static <T> T parse(String uri, String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw unreadable(uri, e);
        }
    }

    private static ServiceException unreadable(String uri, @Nullable Throwable cause) {
        return ServiceException.refused(
                "Could not read the stored calls in " + uri
                        + ": this is no object of Winnow; restore it, or remove it, and what it says was paid is forgotten",
                cause);
    }
}
