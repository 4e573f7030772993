package dev.winnow.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answer.Origin;
import dev.winnow.answers.Answer.Target;
import dev.winnow.config.AnswerSettings.Export;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.stats.Digest;
import dev.winnow.tables.InputException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What exports of all kinds have in common: objects below a path, read whole and in the order of their names.
 *
 * <p>Through {@link ObjectStore}, since names may hold colons, which Hadoop's paths can't. Several objects are fetched at
 * a time; no more than those are in memory.
 */
abstract class ExportReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Objects that are fetched at the same time; they are small, and what takes time is the way. */
    private static final int AT_ONCE = 32;

    /** Names of our own item key: manifest lines have hyphens, Label Studio's variables underscores. */
    /** How long a person took, in the files of Ground Truth. */
    static final String SECONDS = "timeSpentInSeconds";

    private static final List<String> ITEM_KEYS = List.of("item-id", "item_id");

    private final ObjectStore objects;
    private final String path;
    private final Digest fingerprint;

    /** Name of the export. */
    final String name;

    /** Its settings. */
    final Export settings;

    /** Names of workers. */
    final Pseudonyms pseudonyms;

    /** Where answers and rejects go. */
    final Found found;

    /**
     * Creates a reader.
     *
     * @param path an object, or a folder of objects; absolute
     * @param fingerprint takes up the name and content of every object that is read
     */
    ExportReader(
            ObjectStore objects,
            String path,
            String name,
            Export settings,
            Pseudonyms pseudonyms,
            Found found,
            Digest fingerprint) {
        this.objects = objects;
        this.path = path;
        this.name = name;
        this.settings = settings;
        this.pseudonyms = pseudonyms;
        this.found = found;
        this.fingerprint = fingerprint;
    }

    /** Reads everything. */
    final void read() {
        String folder = path.endsWith("/") ? path : path + "/";
        List<String> uris = objects.list(path).stream()
                .filter(uri -> uri.equals(path) || uri.startsWith(folder)) // job-1 is no folder of job-10
                .toList();
        if (uris.isEmpty()) {
            throw new InputException("inputs.answers.exports." + name + ".path: nothing is at " + path
                    + "; check the path, and whether the export was delivered");
        }
        read(uris);
    }

    /** Reads some objects of those below the path. */
    abstract void read(List<String> uris);

    /** Returns the name of an object below the path; of the path itself, its last part. */
    final String below(String uri) {
        String root = path.endsWith("/") ? path : path + "/";
        return uri.startsWith(root) ? uri.substring(root.length()) : uri.substring(uri.lastIndexOf('/') + 1);
    }

    /** Returns the name of a folder below the path; of the path itself, its own. */
    final String lastPart(String folder) {
        return (path + "/" + folder).replaceAll("/+$", "").replaceAll(".*/", "");
    }

    final Origin origin(String uri) {
        return new Origin(name, below(uri));
    }

    /** Gives every object to {@code use}, in order. */
    final void each(List<String> uris, BiConsumer<String, String> use) {
        if (uris.isEmpty()) {
            return;
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(AT_ONCE, uris.size()));
        try {
            for (int from = 0; from < uris.size(); from += AT_ONCE) {
                List<String> some = uris.subList(from, Math.min(uris.size(), from + AT_ONCE));
                List<Future<Optional<ObjectStore.Versioned>>> fetched = new ArrayList<>();
                some.forEach(uri -> fetched.add(pool.submit(() -> objects.get(uri))));
                for (int i = 0; i < some.size(); i++) {
                    String uri = some.get(i);
                    fetched.get(i).get().ifPresent(object -> {
                        fingerprint.add(below(uri)).add(Digest.ofText(object.text()));
                        use.accept(uri, object.text());
                    });
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ServiceException service) {
                throw service;
            }
            throw new IllegalStateException("Reading the export " + name + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.passing("Interrupted while reading the export " + name, e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Parses JSON; what is none is counted and missing. */
    final JsonNode parse(String text, Origin origin, String what) {
        try {
            JsonNode json = JSON.readTree(text);
            if (json != null && !json.isMissingNode()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Counted below: what a broken file says is not shown.
        }
        found.reject("malformed_json", origin, what);
        return JSON.missingNode();
    }

    /**
     * Reads one answer of a worker response file, a consolidation request or a human loop.
     *
     * @param content what the worker sent; empty where it can't be read
     */
    final void workerAnswer(JsonNode answer, Optional<Content> content, String job, Target target, Origin origin) {
        String worker = answer.path("workerId").asText();
        if (worker.isEmpty()) {
            found.reject("worker_missing", origin, target.item());
            return;
        }
        if (content.isEmpty()) {
            found.reject("answer_unsupported", origin, target.item());
            return;
        }
        found.answer(new Answer(
                settings.useCase(),
                job,
                target,
                pseudonyms.of(worker),
                person(),
                content.get(),
                null,
                instant(answer.path("submissionTime").asText()),
                seconds(answer.path(SECONDS)),
                guideline(),
                origin));
    }

    /** The kind of an answer of a person. */
    final String person() {
        return settings.experts() ? Answers.EXPERT : Answers.WORKER;
    }

    final @Nullable String guideline() {
        return settings.guidelineVersion().isEmpty() ? null : settings.guidelineVersion();
    }

    /** Our own key of a line or task, or null. */
    static @Nullable String ownKey(JsonNode line) {
        for (String key : ITEM_KEYS) {
            if (line.path(key).isTextual() && !line.path(key).asText().isBlank()) {
                return line.path(key).asText();
            }
        }
        return null;
    }

    /** Returns a number of seconds, or null where it is none. */
    static @Nullable Double seconds(JsonNode seconds) {
        return seconds.isNumber() && seconds.asDouble() >= 0 ? seconds.asDouble() : null;
    }

    /** Reads a time; one without a zone is UTC; null where it is none. */
    static @Nullable Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return local(text);
        }
    }

    private static @Nullable Instant local(String text) {
        try {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
