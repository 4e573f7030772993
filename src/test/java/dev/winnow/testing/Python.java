package dev.winnow.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.stats.Digest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Python with packages of its own: an environment that is made once for each list of packages, below the user's cache
 * folder, where no clean build throws it away.
 */
public final class Python {
    private static final Pattern UNREACHABLE = Pattern.compile(
            "NewConnectionError|Failed to establish a new connection|Temporary failure in name resolution"
                    + "|Read timed out|ConnectTimeoutError|ProxyError");

    private final Path bin;

    private Python(Path bin) {
        this.bin = bin;
    }

    /** Installs what {@code requirements} lists; where Python or its package index is missing the test is skipped. */
    public static Python with(Path requirements) {
        CommandLine.Finished version = tryRun("python3", "-c", "import sys, venv; print(sys.version_info >= (3, 10))");
        assumeTrue(
                version.exitCode() == 0 && version.lastLine().equals("True"),
                "Python 3.10 or later with venv is not installed");
        try {
            Path cache = Path.of(
                            System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"))
                    .resolve("winnow");
            Path home = cache.resolve("python-" + Digest.ofFile(requirements).substring(0, 12));
            Files.createDirectories(home);
            try (FileChannel channel = FileChannel.open(
                            cache.resolve(home.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) { // test processes run side by side
                assertThat(lock.isValid()).isTrue();
                if (!Files.exists(home.resolve("complete"))) {
                    install(home, requirements);
                    Files.createFile(home.resolve("complete"));
                }
            }
            return new Python(home.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void install(Path home, Path requirements) {
        CommandLine.Finished made = tryRun("python3", "-m", "venv", "--clear", home.toString());
        assertThat(made.exitCode()).as(made.output()).isZero();
        CommandLine.Finished installed = tryRun(
                home.resolve("bin/pip").toString(), "install", "--retries", "1", "-q", "-r", requirements.toString());
        assumeTrue(
                installed.exitCode() == 0
                        || !UNREACHABLE.matcher(installed.output()).find(),
                "the Python package index is not reachable");
        assertThat(installed.exitCode()).as(installed.output()).isZero();
    }

    /** Runs a program of the environment, such as {@code python}, to its end; or another one, whose path is absolute. */
    public CommandLine.Finished run(Path folder, Map<String, String> environment, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(bin.resolve(program).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        process.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        process.environment().merge("PATH", bin.toString(), (path, own) -> own + File.pathSeparator + path);
        process.environment().putAll(environment);
        return finish(process);
    }

    private static CommandLine.Finished tryRun(String... command) {
        return finish(new ProcessBuilder(command));
    }

    private static CommandLine.Finished finish(ProcessBuilder builder) {
        try {
            Process process = builder.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new CommandLine.Finished(process.waitFor(), output);
        } catch (IOException e) {
            return new CommandLine.Finished(127, e.toString()); // as a shell says of a program that is not there
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
