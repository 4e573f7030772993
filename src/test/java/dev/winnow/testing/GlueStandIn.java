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
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands in for the Glue Data Catalog: an HTTP server that holds every request against the published service model, keeps the
 * tables of one database, and fails as it is told to.
 */
public final class GlueStandIn implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ServiceModel MODEL = ServiceModel.of("glue/tables");
    private static final String TARGET = "AWSGlue.";

    static {
        // Without it, every answer of the JDK's server waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final String database;
    private final Map<String, ObjectNode> tables = new TreeMap<>();
    private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<String> failures = new ConcurrentLinkedDeque<>();

    /** Starts a server on a free port of the loopback interface, with a database that holds no tables. */
    public GlueStandIn(String database) {
        this.database = database;
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

    /** Operations so far, with the name of their table. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** What was wrong with requests. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** The table as the catalog holds it, to be looked at or changed. */
    public synchronized ObjectNode table(String name) {
        return tables.get(name);
    }

    /** Names of the tables that exist, sorted. */
    public synchronized List<String> names() {
        return List.copyOf(tables.keySet());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target").substring(TARGET.length());
        ObjectNode request = (ObjectNode) JSON.readTree(exchange.getRequestBody());
        JsonNode input = request.path("TableInput");
        String name = (input.isMissingNode() ? request : input).path("Name").asText();
        calls.add(operation + " " + name);
        List<String> wrong = new ArrayList<>(MODEL.problems(operation, request));
        if (!exchange.getRequestHeaders().getFirst("Authorization").startsWith("AWS4-HMAC-SHA256 ")) {
            wrong.add("not signed");
        }
        problems.addAll(wrong);
        String failure = wrong.isEmpty() ? failures.poll() : "InvalidInputException";
        try {
            if (failure != null && !failure.equals("LOST")) {
                fail(exchange, operation, failure, "" + wrong);
                return;
            }
            synchronized (this) {
                boolean known = tables.containsKey(name);
                if (!request.path("DatabaseName").asText().equals(database)) {
                    fail(exchange, operation, "EntityNotFoundException", "Database not found.");
                } else if (operation.equals("CreateTable") == known) {
                    fail(
                            exchange,
                            operation,
                            known ? "AlreadyExistsException" : "EntityNotFoundException",
                            known ? "Table already exists." : "Entity Not Found");
                } else if (operation.equals("GetTable")) {
                    send(exchange, 200, JSON.createObjectNode().set("Table", tables.get(name)));
                } else {
                    tables.put(name, stored(input, tables.get(name)));
                    if (failure == null) {
                        send(exchange, 200, JSON.createObjectNode());
                    }
                }
            }
        } finally {
            exchange.close();
        }
    }

    /** A table as it is given out: its input, and what the service adds. */
    private ObjectNode stored(JsonNode input, ObjectNode before) {
        ObjectNode table = input.deepCopy();
        if (!table.has("Retention")) {
            table.put("Retention", 0);
        }
        table.withArray("PartitionKeys");
        ObjectNode storage = (ObjectNode) table.path("StorageDescriptor");
        storage.path("Columns").forEach(column -> ((ObjectNode) column).putObject("Parameters"));
        storage.put("Compressed", false).put("NumberOfBuckets", 0).put("StoredAsSubDirectories", false);
        return table.put("DatabaseName", database)
                .put("CatalogId", "111122223333")
                .put("CreateTime", 1_790_000_000.5)
                .put("UpdateTime", 1_790_000_000.5)
                .put(
                        "VersionId",
                        before == null ? "0" : "" + (before.path("VersionId").asInt() + 1));
    }

    private static void fail(HttpExchange exchange, String operation, String code, String message) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("__type", code).put("Message", message);
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
