package dev.winnow.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands in for SageMaker's labeling jobs: an HTTP server that holds every request against the published service model, keeps
 * jobs by name without regard to case, as the service does, and fails as it is told to.
 */
public final class SageMakerStandIn implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ServiceModel MODEL = ServiceModel.of("sagemaker/labeling");
    private static final String TARGET = "SageMaker.";

    static {
        // Without it, every answer of the JDK's server waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final Map<String, ObjectNode> jobs = new TreeMap<>();
    private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<String> failures = new ConcurrentLinkedDeque<>();

    /** Starts a server on a free port of the loopback interface. */
    public SageMakerStandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where it listens. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * The next call is answered with this error of the service model, the ones after it as ever; {@code LOST} does what is asked
     * and closes the connection without a word.
     */
    public void failNext(String code) {
        failures.add(code);
    }

    /** Operations so far, with the name of their job. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** What was wrong with requests. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Names of the jobs that exist. */
    public synchronized List<String> names() {
        return jobs.values().stream()
                .map(job -> job.path("LabelingJobName").asText())
                .toList();
    }

    /** The job as it was asked for, with its status and counters, to be changed. */
    public synchronized ObjectNode job(String name) {
        return jobs.get(name.toLowerCase(Locale.ROOT));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target").substring(TARGET.length());
        ObjectNode request = (ObjectNode) JSON.readTree(exchange.getRequestBody());
        calls.add(operation + " " + request.path("LabelingJobName").asText());
        List<String> wrong = new ArrayList<>(MODEL.problems(operation, request));
        if (!exchange.getRequestHeaders().getFirst("Authorization").startsWith("AWS4-HMAC-SHA256 ")) {
            wrong.add("not signed");
        }
        problems.addAll(wrong);
        String failure = wrong.isEmpty() ? failures.poll() : "ValidationException";
        try {
            if (failure != null && !failure.equals("LOST")) {
                fail(exchange, operation, failure, "" + wrong);
                return;
            }
            boolean told = failure == null;
            synchronized (this) {
                ObjectNode known = jobs.get(key(request));
                if (operation.equals("DescribeLabelingJob")) {
                    if (known == null) {
                        fail(exchange, operation, "ResourceNotFound", "Requested resource not found.");
                    } else {
                        send(exchange, 200, known);
                    }
                } else if (known != null) {
                    fail(exchange, operation, "ResourceInUse", "Labeling job already exists.");
                } else {
                    ObjectNode made = made(request);
                    jobs.put(key(request), made);
                    if (told) {
                        send(exchange, 200, JSON.createObjectNode().set("LabelingJobArn", made.get("LabelingJobArn")));
                    }
                }
            }
        } finally {
            exchange.close();
        }
    }

    private static String key(JsonNode request) {
        return request.path("LabelingJobName").asText().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode made(ObjectNode request) {
        ObjectNode job = request.deepCopy();
        job.put("LabelingJobStatus", "InProgress");
        job.putObject("LabelCounters")
                .put("TotalLabeled", 0)
                .put("HumanLabeled", 0)
                .put("MachineLabeled", 0)
                .put("FailedNonRetryableError", 0)
                .put("Unlabeled", 3);
        job.put("CreationTime", 1_790_000_000.5);
        job.put("LastModifiedTime", 1_790_000_000.5);
        job.put("JobReferenceCode", "abc");
        job.put(
                "LabelingJobArn",
                "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/"
                        + request.path("LabelingJobName").asText());
        return job;
    }

    private static void fail(HttpExchange exchange, String operation, String code, String message) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("__type", code).put("message", message);
        send(exchange, MODEL.status(operation, code), body);
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
