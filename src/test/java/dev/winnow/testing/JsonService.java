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
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands in for a service of AWS that speaks JSON: an HTTP server that holds every request against the published service model
 * and fails as it is told to. What the service keeps is its subclass's.
 */
abstract class JsonService implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    static {
        // Without it, every answer of the JDK's server waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final ServiceModel model;
    private final String target;
    private final String invalid;
    private final HttpServer server;
    private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<String> failures = new ConcurrentLinkedDeque<>();

    /**
     * Prepares a server on a free port of the loopback interface; {@link #start} has it answer.
     *
     * @param model name of the service model
     * @param target what stands before the operation in {@code X-Amz-Target}; empty for a service whose operations go by paths
     * @param invalid error that a request gets which the model forbids
     */
    JsonService(String model, String target, String invalid) {
        this.model = ServiceModel.of(model);
        this.target = target;
        this.invalid = invalid;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
    }

    /** Begins to answer; the last thing that a subclass does when it is made. */
    final void start() {
        server.start();
    }

    /** An error of the service model that is the answer to a call. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String code, String message) {
            super(code + "|" + message);
        }
    }

    /** Returns the name of the thing that a request is about. */
    abstract String name(ObjectNode request);

    /** Does what is asked and returns the answer. */
    abstract JsonNode answer(String operation, ObjectNode request) throws Refused;

    /** Where it listens. */
    public final String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * The next call is answered with this error of the service model, the ones after it as ever; {@code LOST} does what is asked
     * and closes the connection without a word.
     */
    public final void failNext(String code) {
        failures.add(code);
    }

    /** Operations so far, with the name of what they are about. */
    public final List<String> calls() {
        return List.copyOf(calls);
    }

    /** What was wrong with requests. */
    public final List<String> problems() {
        return List.copyOf(problems);
    }

    private void answer(HttpExchange exchange) throws IOException {
        ObjectNode request = (ObjectNode) JSON.readTree(exchange.getRequestBody());
        String operation = target.isEmpty()
                ? model.routed(
                        exchange.getRequestMethod(), exchange.getRequestURI().getPath(), request)
                : exchange.getRequestHeaders().getFirst("X-Amz-Target").substring(target.length());
        calls.add(operation + " " + name(request));
        List<String> wrong = new ArrayList<>(model.problems(operation, request));
        if (!exchange.getRequestHeaders().getFirst("Authorization").startsWith("AWS4-HMAC-SHA256 ")) {
            wrong.add("not signed");
        }
        problems.addAll(wrong);
        String failure = wrong.isEmpty() ? failures.poll() : invalid;
        try {
            if (failure != null && !failure.equals("LOST")) {
                fail(exchange, operation, failure, "" + wrong);
                return;
            }
            JsonNode answer;
            synchronized (this) {
                answer = answer(operation, request);
            }
            if (failure == null) {
                send(exchange, 200, answer);
            }
        } catch (Refused e) {
            String[] error = String.valueOf(e.getMessage()).split("\\|", 2);
            fail(exchange, operation, error[0], error[1]);
        } finally {
            exchange.close();
        }
    }

    /** Services spell the member either way. */
    private void fail(HttpExchange exchange, String operation, String code, String message) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("__type", code).put("message", message);
        send(exchange, model.status(operation, code), body);
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public final void close() {
        server.stop(0);
    }
}
