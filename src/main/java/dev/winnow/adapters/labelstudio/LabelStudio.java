package dev.winnow.adapters.labelstudio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ServiceException;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Projects of Label Studio by its HTTP API: a job is a project, its items are tasks.
 *
 * <p>Neither projects nor tasks are unique there. So a project is looked up by its title before it is made, and tasks by the
 * {@code item-id} of their data before they are imported: what an earlier call left is not made again. Two processes at once
 * would both find nothing; the warehouse lease keeps them apart.
 */
public final class LabelStudio implements LabelingService {
    /** Longest title that a project may have. */
    static final int LONGEST_TITLE = 50;

    private static final String ITEM_ID = "item-id";
    private static final int HASH_DIGITS = 8;
    private static final int PAGE = 1_000;
    private static final int LONGEST_MESSAGE = 300;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** The import of ten thousand tasks is answered when all are stored. */
    private static final Duration CALL = Duration.ofMinutes(10);

    private static final Pattern BUCKET = Pattern.compile("s3://([^/]+)/");

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final String url;
    private final String token;
    private final @Nullable S3Settings images;

    private LabelStudio(String url, String token, @Nullable S3Settings images) {
        this.url = url;
        this.token = token;
        this.images = images;
    }

    /**
     * Talks to a server.
     *
     * @param url where it is, without the {@code /api}
     * @param token legacy token of a user, or a personal access token (a JSON Web Token)
     * @param variable that the token is from, for messages
     * @param images where the buckets of images are, which projects are connected to; null: somebody else connects them
     * @throws ConfigException if the token can't stand in a header
     */
    public static LabelStudio open(String url, String token, String variable, @Nullable S3Settings images) {
        String stripped = token.strip();
        if (!stripped.matches("[!-~]+")) { // the client would refuse it in words that show it
            throw new ConfigException("labeling.label-studio.token-variable: what the variable " + variable
                    + " holds is no token: it is empty, or has blanks, line breaks or characters outside of ASCII");
        }
        return new LabelStudio(url.replaceAll("/+$", ""), stripped, images);
    }

    /** The title of a job's project: its name, or where that is too long its beginning and a hash of the whole. */
    static String title(String name) {
        return name.length() <= LONGEST_TITLE
                ? name
                : name.substring(0, LONGEST_TITLE - HASH_DIGITS - 1) + "-"
                        + new Digest().add(name).hex(HASH_DIGITS);
    }

    @Override
    public void create(Job job) {
        String title = title(job.name());
        long project = find(title).orElseGet(() -> {
            ObjectNode body = object(job.request());
            body.put("title", title);
            return call("POST", "/api/projects", body).path("id").asLong();
        });
        Set<String> there = items(project);
        Set<String> connected = images == null ? Set.of() : buckets(project);
        for (String tasks : job.tasks()) {
            ArrayNode missing = JSON.createArrayNode();
            for (JsonNode task : tree(tasks)) {
                String item = task.path("data").path(ITEM_ID).asText();
                if (item.isEmpty()) {
                    throw ServiceException.refused(
                            "A task of labeling job " + job.name() + " has no data." + ITEM_ID
                                    + ", without which its import can't be repeated",
                            null);
                }
                if (there.add(item)) {
                    missing.add(task);
                }
                if (images != null) {
                    Matcher image =
                            BUCKET.matcher(task.path("data").path("image").asText());
                    if (image.lookingAt() && connected.add(image.group(1))) {
                        connect(project, image.group(1), images);
                    }
                }
            }
            if (!missing.isEmpty()) {
                call("POST", "/api/projects/" + project + "/import", missing);
            }
        }
    }

    /** Buckets that are connected to a project. */
    private Set<String> buckets(long project) {
        Set<String> buckets = new HashSet<>();
        call("GET", "/api/storages/s3?project=" + project, null)
                .forEach(storage -> buckets.add(storage.path("bucket").asText()));
        return buckets;
    }

    /** Has the server show a bucket's images by signed addresses; it imports nothing from there by itself. */
    private void connect(long project, String bucket, S3Settings where) {
        ObjectNode storage = JSON.createObjectNode()
                .put("project", project)
                .put("title", bucket)
                .put("bucket", bucket)
                .put("presign", true);
        if (!where.region().isEmpty()) {
            storage.put("region_name", where.region());
        }
        if (!where.endpoint().isEmpty()) {
            storage.put("s3_endpoint", where.endpoint());
        }
        call("POST", "/api/storages/s3", storage);
    }

    @Override
    public Optional<Status> describe(String name) {
        return find(title(name)).map(id -> {
            JsonNode project = call("GET", "/api/projects/" + id, null);
            long items = project.path("task_number").asLong();
            long labeled = project.path("finished_task_number").asLong();
            return new Status(
                    "project-" + id, // as exports name it
                    items > 0 && labeled >= items ? State.DONE : State.RUNNING,
                    instant(project.path("created_at").asText()),
                    items,
                    labeled,
                    0,
                    Math.max(1, project.path("maximum_annotations").asInt()),
                    null,
                    url + "/projects/" + id + "/data",
                    "project-" + id);
        });
    }

    /** A project has no end that its API could set: people may go on. */
    @Override
    public boolean stop(String name) {
        return false;
    }

    private Optional<Long> find(String title) {
        // The filter takes titles that contain the text, whatever its case; servers from before it list every project.
        String path = "/api/projects?include=id,title&page_size=" + PAGE + "&title="
                + URLEncoder.encode(title, StandardCharsets.UTF_8);
        for (int page = 1; ; page++) {
            JsonNode answer = call("GET", path + "&page=" + page, null);
            for (JsonNode project : answer.path("results")) {
                if (project.path("title").asText().equals(title)) {
                    return Optional.of(project.path("id").asLong());
                }
            }
            if (!answer.path("next").isTextual()) {
                return Optional.empty();
            }
        }
    }

    private Set<String> items(long project) {
        Set<String> items = new HashSet<>();
        long seen = 0;
        for (int page = 1; ; page++) {
            JsonNode answer = call(
                    "GET",
                    "/api/tasks?fields=task_only&include=id,data&project=" + project + "&page_size=" + PAGE + "&page="
                            + page,
                    null);
            JsonNode tasks = answer.path("tasks");
            tasks.forEach(task -> items.add(task.path("data").path(ITEM_ID).asText()));
            seen += tasks.size();
            if (tasks.isEmpty() || seen >= answer.path("total").asLong()) {
                return items;
            }
        }
    }

    private JsonNode call(String method, String path, @Nullable JsonNode body) {
        return send(method, path, body, authorization());
    }

    /** Personal access tokens are exchanged for one that holds minutes, so each call asks for its own. */
    private String authorization() {
        if (token.chars().filter(c -> c == '.').count() != 2) {
            return "Token " + token;
        }
        ObjectNode body = JSON.createObjectNode().put("refresh", token);
        return "Bearer "
                + send("POST", "/api/token/refresh", body, "").path("access").asText();
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(CALL)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        String what = "Label Studio at " + url + ", asked to " + method + " " + path.replaceFirst("\\?.*", "");
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw failure(what, response);
            }
            return JSON.readTree(response.body());
        } catch (HttpTimeoutException e) {
            throw ServiceException.passing(what + ", did not answer in time", e);
        } catch (JsonProcessingException e) {
            throw ServiceException.refused(
                    what + ", did not answer JSON: is labeling.label-studio.url the root of its web page?", e);
        } catch (IOException e) {
            throw ServiceException.passing(
                    what + ", could not be reached: " + e.getClass().getSimpleName(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.passing(what + ", was not waited for", e);
        }
    }

    private static ServiceException failure(String what, HttpResponse<String> response) {
        int status = response.statusCode();
        String answer = what + ", answered " + status;
        if (status == 429 || status >= 500) {
            return ServiceException.passing(answer, null);
        }
        if (status == 401 || status == 403) {
            return ServiceException.refused(
                    answer + ": the token in the variable that labeling.label-studio.token-variable names is not valid"
                            + " there, or its user may not make projects: " + said(response.body()),
                    null);
        }
        return ServiceException.refused(answer + ": " + said(response.body()), null);
    }

    /** What the server says is wrong, on one line of bounded length. */
    private static String said(String body) {
        String text;
        try {
            JsonNode said = JSON.readTree(body);
            JsonNode errors = said.path("validation_errors");
            text = errors.isEmpty() ? said.path("detail").asText() : errors.toString();
        } catch (JsonProcessingException e) {
            text = "no JSON; is labeling.label-studio.url the root of its web page?";
        }
        String line = text.replaceAll("\\p{C}+", " ").strip();
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }

    private static ObjectNode object(String json) {
        if (tree(json) instanceof ObjectNode object) {
            return object;
        }
        throw ServiceException.refused("The project of a labeling job can't be sent: it is no JSON object", null);
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw ServiceException.refused(
                    "A file of a labeling job can't be sent: it is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw ServiceException.refused("Label Studio gives a project no time of creation: " + text, e);
        }
    }

    @Override
    public void close() {
        // The client holds nothing that must be given back; its threads end when nobody uses it.
    }
}
