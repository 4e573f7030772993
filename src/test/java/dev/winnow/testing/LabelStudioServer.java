package dev.winnow.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Label Studio in a process of its own, installed from the Python registry into {@code target} once; a machine that
 * lacks Python or the registry skips the test.
 */
public final class LabelStudioServer implements AutoCloseable {
    /** Token of its only user. */
    public static final String TOKEN = "0123456789abcdef0123456789abcdef01234567";

    private static final String VERSION = "1.23.2";
    private static final Duration INSTALL = Duration.ofMinutes(15);
    private static final Duration START = Duration.ofMinutes(8);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String url;

    private LabelStudioServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Installs it if need be, and starts it with a database below {@code folder}. */
    public static LabelStudioServer start(Path folder, Map<String, String> environment) {
        try {
            Path home = Path.of("target", "label-studio").toAbsolutePath();
            Path command = home.resolve("bin/label-studio");
            if (!Files.isExecutable(command)) {
                Path log = folder.resolve("install.log");
                assumeTrue(run(log, "python3", "--version"), "Python 3 is not installed");
                assumeTrue(run(log, "python3", "-m", "venv", home.toString()), "Python's venv is not installed");
                assumeTrue(
                        run(log, home.resolve("bin/pip").toString(), "install", "-q", "label-studio==" + VERSION),
                        "label-studio is not installed, and the Python registry is not reachable");
            }
            int port = freePort();
            String url = "http://127.0.0.1:" + port;
            ProcessBuilder builder = new ProcessBuilder(
                            command.toString(),
                            "start",
                            "--no-browser",
                            "--internal-host",
                            "127.0.0.1",
                            "--port",
                            "" + port,
                            "--username",
                            "a@winnow.example",
                            "--password",
                            "Passw0rd-of-a-test",
                            "--user-token",
                            TOKEN)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.log").toFile());
            builder.environment().putAll(environment);
            builder.environment().put("SSRF_PROTECTION_ENABLED", "false"); // its S3 is on this machine
            // A server may refuse predictions that do not fit their project; by default it does not.
            builder.environment().put("fflag_feat_utc_210_prediction_validation_15082025", "true");
            builder.environment()
                    .putAll(Map.of(
                            "LABEL_STUDIO_BASE_DATA_DIR",
                            folder.resolve("data").toString(),
                            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN",
                            "true",
                            "COLLECT_ANALYTICS",
                            "false",
                            "LATEST_VERSION_CHECK",
                            "false",
                            "SENTRY_DSN",
                            "",
                            "FRONTEND_SENTRY_DSN",
                            ""));
            LabelStudioServer server = new LabelStudioServer(builder.start(), url);
            server.await(folder.resolve("server.log"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean run(Path log, String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (!process.waitFor(INSTALL.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            if (new File(command[0]).isAbsolute()) {
                throw e;
            }
            return false; // no such program
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(Path log) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                http.send(HttpRequest.newBuilder(URI.create(url + "/health")).build(), BodyHandlers.discarding());
                return;
            } catch (IOException e) {
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        close();
        throw new IllegalStateException("Label Studio did not start: " + Files.readString(log));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Root of its web page. */
    public String url() {
        return url;
    }

    /** Calls the API as a user would; an empty body is none. */
    public JsonNode call(String method, String path, String body) {
        try {
            return JSON.readTree(text(method, path, body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, with the answer as it came. */
    public String text(String method, String path, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .header("Authorization", "Token " + TOKEN)
                    .header("Content-Type", "application/json")
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where a page's image is, as its server sends a browser there. */
    public String redirect(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Token " + TOKEN)
                .build();
        return http.send(request, BodyHandlers.discarding())
                .headers()
                .firstValue("Location")
                .orElse("");
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
