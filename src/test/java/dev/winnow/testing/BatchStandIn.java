package dev.winnow.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.ports.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Stands in for Bedrock's batch jobs: checks requests against the published service model and input files against the
 * documentation, and does the work when it is told to.
 */
public final class BatchStandIn implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ServiceModel MODEL = ServiceModel.of("bedrock/batch");
    private static final String ARN = "arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/";
    private static final String PATH = "/model-invocation-job";
    private static final long LARGEST_FILE = 1_000_000_000;

    private final HttpServer server;
    private final ObjectStore objects;
    private final Map<String, ObjectNode> jobs = Collections.synchronizedMap(new LinkedHashMap<>());
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private volatile Optional<String> refusal = Optional.empty();
    private final AtomicInteger creations = new AtomicInteger();

    /** Starts a server that reads and writes a store. */
    public BatchStandIn(ObjectStore objects) {
        this.objects = objects;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(PATH, this::handle);
        server.start();
    }

    /** Where it listens. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on jobs are refused by an error; empty: they are taken. */
    public void refuse(Optional<String> error) {
        refusal = error;
    }

    /** Jobs that exist. */
    public int jobs() {
        return jobs.size();
    }

    /** Models of the jobs that exist. */
    public List<String> models() {
        return jobs.values().stream().map(job -> job.path("modelId").asText()).toList();
    }

    /** Requests to create one. */
    public int creations() {
        return creations.get();
    }

    /** Requests of the jobs that exist, with what became of them. */
    public List<ObjectNode> requests() {
        return List.copyOf(jobs.values());
    }

    /** What was wrong with requests and files. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Questions of all jobs. */
    public List<JsonNode> records() {
        List<JsonNode> records = new ArrayList<>();
        jobs.values().forEach(job -> input(job).values().forEach(records::addAll));
        return records;
    }

    /**
     * Ends all jobs: answers are put in any order, in files named as the service names them.
     *
     * @param answers a record to {@code modelOutput} or {@code error}, or to an empty object: it was not asked
     */
    public void finish(String status, Function<JsonNode, JsonNode> answers) {
        Random random = new Random(5);
        jobs.forEach((id, job) -> {
            String out = job.at("/outputDataConfig/s3OutputDataConfig/s3Uri").asText() + id + "/";
            input(job).forEach((name, records) -> {
                List<String> lines = new ArrayList<>();
                for (JsonNode record : records) {
                    JsonNode answer = answers.apply(record);
                    if (!answer.isEmpty()) {
                        ObjectNode line = record.deepCopy();
                        line.setAll((ObjectNode) answer);
                        lines.add(line + "\n");
                    }
                }
                Collections.shuffle(lines, random);
                objects.put(out + name + ".out", String.join("", lines));
            });
            objects.put(out + "manifest.json.out", "{\"totalRecordCount\":1}");
            job.put("status", status);
        });
    }

    /** An answer in words. */
    public static JsonNode words(String text, String stopReason) {
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode output =
                answer.putObject("modelOutput").put("role", "assistant").put("stop_reason", stopReason);
        output.putArray("content").addObject().put("type", "text").put("text", text);
        output.putObject("usage").put("input_tokens", 1_500).put("output_tokens", 80);
        return answer;
    }

    /** A record on which the service failed. */
    public static JsonNode error(int code, String message) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("error").put("errorCode", code).put("errorMessage", message);
        return answer;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = URLDecoder.decode(exchange.getRequestURI().getRawPath(), UTF_8);
            if (exchange.getRequestMethod().equals("POST")) {
                create(exchange, (ObjectNode) JSON.readTree(exchange.getRequestBody()));
            } else {
                status(exchange, path.substring(PATH.length() + 1));
            }
        }
    }

    private void create(HttpExchange exchange, ObjectNode request) throws IOException {
        creations.incrementAndGet();
        List<String> wrong = new ArrayList<>(MODEL.problems("CreateModelInvocationJob", request));
        wrong.addAll(inputProblems(request));
        problems.addAll(wrong);
        if (refusal.isPresent() || !wrong.isEmpty()) {
            fail(exchange, "CreateModelInvocationJob", refusal.orElse("ValidationException"));
            return;
        }
        String id = null;
        for (Map.Entry<String, ObjectNode> job : jobs.entrySet()) {
            if (job.getValue().path("clientRequestToken").equals(request.path("clientRequestToken"))) {
                id = job.getKey();
            } else if (job.getValue().path("jobName").equals(request.path("jobName"))) {
                fail(exchange, "CreateModelInvocationJob", "ConflictException");
                return;
            }
        }
        if (id == null) {
            id = String.format("%012d", jobs.size() + 1);
            jobs.put(id, request.put("status", "Submitted"));
        }
        send(exchange, 200, JSON.createObjectNode().put("jobArn", ARN + id));
    }

    private void status(HttpExchange exchange, String identifier) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("jobIdentifier", identifier);
        problems.addAll(MODEL.problems("GetModelInvocationJob", request));
        ObjectNode job = jobs.get(identifier.replace(ARN, ""));
        if (job == null) {
            fail(exchange, "GetModelInvocationJob", "ResourceNotFoundException");
            return;
        }
        ObjectNode response = job.deepCopy();
        send(exchange, 200, response.put("jobArn", identifier).put("submitTime", "2026-11-02T08:00:00Z"));
    }

    private List<String> inputProblems(JsonNode request) {
        String prefix = request.at("/inputDataConfig/s3InputDataConfig/s3Uri").asText();
        List<String> wrong = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        List<String> uris = objects.list(prefix);
        if (uris.isEmpty()) {
            wrong.add("no input");
        }
        for (String uri : uris) {
            String text = objects.get(uri).orElseThrow().text();
            if (!uri.endsWith(".jsonl") || text.length() > LARGEST_FILE) {
                wrong.add(uri + " is no input file");
            }
            text.lines().forEach(line -> {
                JsonNode record = read(line);
                String id = record.path("recordId").asText();
                if (!id.matches("[a-zA-Z0-9]{11}") || !ids.add(id)) {
                    wrong.add("recordId " + id);
                }
                JsonNode input = record.path("modelInput");
                JsonNode image = input.at("/messages/0/content/0/source");
                if (!input.path("anthropic_version").asText().equals("bedrock-2023-05-31")
                        || !input.path("max_tokens").isInt()
                        || input.has("tools")
                        || !image.path("type").asText().equals("base64")
                        || image.path("data").asText().isEmpty()
                        || !input.at("/messages/0/content/1/text").isTextual()) {
                    wrong.add("modelInput of " + id);
                }
            });
        }
        return wrong;
    }

    private Map<String, List<JsonNode>> input(JsonNode job) {
        Map<String, List<JsonNode>> files = new LinkedHashMap<>();
        for (String uri :
                objects.list(job.at("/inputDataConfig/s3InputDataConfig/s3Uri").asText())) {
            files.put(
                    uri.substring(uri.lastIndexOf('/') + 1),
                    objects.get(uri)
                            .orElseThrow()
                            .text()
                            .lines()
                            .map(BatchStandIn::read)
                            .toList());
        }
        return files;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fail(HttpExchange exchange, String operation, String error) throws IOException {
        exchange.getResponseHeaders().set("x-amzn-ErrorType", error);
        send(exchange, MODEL.status(operation, error), JSON.createObjectNode().put("message", "said by the stand-in"));
    }

    private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
