package dev.winnow.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.stats.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Stands in for Bedrock's Converse: an HTTP server that holds every request against the published service model and the
 * documented limits of images, counts it, and answers as it is told to.
 */
public final class BedrockStandIn implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ServiceModel MODEL = ServiceModel.of("bedrock/converse");
    private static final int LARGEST_IMAGE = 3_750_000;
    private static final int LONGEST_EDGE = 8_000;
    private static final int MOST_IMAGES = 20;

    static {
        // Without it, every answer of the JDK's server waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /**
     * A request.
     *
     * @param number counted from 1
     * @param image SHA-256 of the image's bytes
     * @param imageNumber how many requests brought this image, this one included
     * @param body the whole request
     */
    public record Call(int number, String image, int imageNumber, JsonNode body) {
        /** The JSON Schema of the tool. */
        public JsonNode schema() {
            return body.at("/toolConfig/tools/0/toolSpec/inputSchema/json");
        }

        /** The words after the image. */
        public String text() {
            return body.at("/messages/0/content/1/text").asText();
        }
    }

    /** What is done with a request. */
    public sealed interface Reply {
        /** An answer in time. */
        record Answer(JsonNode message, String stopReason, Duration after) implements Reply {}

        /** An error of the service. */
        record Failure(String code, String message) implements Reply {}

        /** The connection is closed without a word. */
        record Drop() implements Reply {}

        /** The connection is closed in the middle of an answer. */
        record Cut() implements Reply {}
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final Map<String, AtomicInteger> byImage = new ConcurrentHashMap<>();
    private final Map<String, Integer> answered = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> arrivals = new ConcurrentLinkedQueue<>();
    private volatile Function<Call, Reply> replies = call -> seen(call, Duration.ZERO);

    /** Starts a server on a free port of the loopback interface. */
    public BedrockStandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/model/", this::converse);
        server.start();
    }

    /** Where it listens. */
    public String endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort()).toString();
    }

    /** From now on requests are answered so. */
    public void reply(Function<Call, Reply> how) {
        replies = how;
    }

    /** Requests so far. */
    public int calls() {
        return calls.get();
    }

    /** Requests in flight at once, at most. */
    public int mostInFlight() {
        return mostInFlight.get();
    }

    /** Image to the number of answers it got, whole or cut. */
    public Map<String, Integer> answered() {
        return answered;
    }

    /** What was wrong with requests. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** When requests came, as {@link System#nanoTime}, in order. */
    public List<Long> arrivals() {
        return arrivals.stream().sorted().toList();
    }

    /** A tidy answer through the tool: one object of the first known class. */
    public static Reply seen(Call call, Duration after) {
        ObjectNode input = JSON.createObjectNode();
        JsonNode classes = call.schema().at("/properties/objects/items/properties/class/enum");
        if (classes.isArray()) {
            input.putArray("objects")
                    .addObject()
                    .put("class", classes.get(0).asText())
                    .put("count", 1);
        }
        input.putArray("other_objects").add("wheelbarrow");
        input.putArray("conditions").add("daylight").add("outdoor");
        input.put("failure_mode", "look_alike").put("evidence", "A bag on a fence, no limbs.");
        return tool(input, after);
    }

    /** An answer through the tool. */
    public static Reply tool(JsonNode input, Duration after) {
        ObjectNode message = JSON.createObjectNode().put("role", "assistant");
        ObjectNode use = message.putArray("content").addObject().putObject("toolUse");
        use.put("toolUseId", "tu_1").put("name", "record_review").set("input", input);
        return new Reply.Answer(message, "tool_use", after);
    }

    /** An answer in words. */
    public static Reply words(String text, String stopReason) {
        ObjectNode message = JSON.createObjectNode().put("role", "assistant");
        message.putArray("content").addObject().put("text", text);
        return new Reply.Answer(message, stopReason, Duration.ZERO);
    }

    /** An error of the service. */
    public static Reply failure(String code) {
        return new Reply.Failure(code, "said by the stand-in");
    }

    private void converse(HttpExchange exchange) throws IOException {
        arrivals.add(System.nanoTime());
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            String path = exchange.getRequestURI().getRawPath();
            String id = URLDecoder.decode(path.substring("/model/".length(), path.lastIndexOf('/')), UTF_8);
            List<String> wrong = problems(body, id);
            problems.addAll(wrong);
            String image = image(body);
            Call call = new Call(
                    calls.incrementAndGet(),
                    image,
                    byImage.computeIfAbsent(image, i -> new AtomicInteger()).incrementAndGet(),
                    body);
            reply(
                    exchange,
                    image,
                    wrong.isEmpty() ? replies.apply(call) : new Reply.Failure("ValidationException", "" + wrong));
        } finally {
            inFlight.decrementAndGet();
            exchange.close();
        }
    }

    private void reply(HttpExchange exchange, String image, Reply reply) throws IOException {
        if (reply instanceof Reply.Failure failure) {
            exchange.getResponseHeaders().set("x-amzn-ErrorType", failure.code());
            send(
                    exchange,
                    MODEL.status("Converse", failure.code()),
                    JSON.createObjectNode().put("message", failure.message()).toString());
        } else if (reply instanceof Reply.Answer answer) {
            pause(answer.after());
            answered.merge(image, 1, Integer::sum);
            ObjectNode response = JSON.createObjectNode();
            response.putObject("output").set("message", answer.message());
            response.put("stopReason", answer.stopReason());
            response.putObject("usage")
                    .put("inputTokens", 1_500)
                    .put("outputTokens", 80)
                    .put("totalTokens", 1_580);
            response.putObject("metrics").put("latencyMs", answer.after().toMillis());
            send(exchange, 200, response.toString());
        } else if (reply instanceof Reply.Cut) {
            answered.merge(image, 1, Integer::sum);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("{\"output\":{\"mess".getBytes(UTF_8));
            exchange.getResponseBody().flush();
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String image(JsonNode body) {
        return hash(Base64.getDecoder()
                .decode(body.at("/messages/0/content/0/image/source/bytes").asText()));
    }

    /** The hash by which images are counted. */
    public static String hash(byte[] image) {
        return Digest.ofText(HexFormat.of().formatHex(image));
    }

    /** What the service model does not say, the documentation does. */
    private static List<String> problems(JsonNode body, String modelId) {
        ObjectNode request = body.deepCopy();
        request.put("modelId", modelId);
        List<String> wrong = new ArrayList<>(MODEL.problems("Converse", request));
        JsonNode messages = body.path("messages");
        if (messages.size() != 1 || !messages.at("/0/role").asText().equals("user")) {
            wrong.add("a conversation begins with the user");
        }
        int images = 0;
        for (JsonNode block : messages.at("/0/content")) {
            JsonNode image = block.path("image");
            if (!image.isMissingNode()) {
                images++;
                wrong.addAll(imageProblems(
                        image.path("format").asText(),
                        Base64.getDecoder().decode(image.at("/source/bytes").asText())));
            }
        }
        if (images < 1 || images > MOST_IMAGES) {
            wrong.add(images + " images in a message");
        }
        JsonNode schema = body.at("/toolConfig/tools/0/toolSpec/inputSchema/json");
        if (!schema.path("type").asText().equals("object")) {
            wrong.add("a tool's input is an object");
        }
        return wrong;
    }

    private static List<String> imageProblems(String format, byte[] bytes) {
        List<String> wrong = new ArrayList<>();
        if (bytes.length > LARGEST_IMAGE) {
            wrong.add("image of " + bytes.length + " bytes");
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return List.of("image can't be decoded");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                if (!reader.getFormatName().equalsIgnoreCase(format)) {
                    wrong.add("image is " + reader.getFormatName() + ", not " + format);
                }
                if (reader.getWidth(0) > LONGEST_EDGE || reader.getHeight(0) > LONGEST_EDGE) {
                    wrong.add("image of " + reader.getWidth(0) + " x " + reader.getHeight(0) + " pixels");
                }
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            wrong.add("image can't be decoded: " + e.getMessage());
        }
        return wrong;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
