package dev.winnow.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The application's own command line as a process. */
public final class CommandLine {
    private static final Path FOLDER = folder();

    private static final Set<String> LONG = Set.of("curate", "segments");

    /** Classes as the first long command found them; another process that maps them has a fifth less to do. */
    private static final Path CLASSES = FOLDER.resolve("classes.jsa");

    private static final AtomicBoolean ARCHIVING = new AtomicBoolean();
    private static volatile boolean archived;

    private final List<String> prefix;
    private final Map<String, String> environment;

    /** Runs commands with {@code prefix} before them, such as a tool that takes rights away. */
    public CommandLine(Map<String, String> environment, String... prefix) {
        this.environment = Map.copyOf(environment);
        this.prefix = List.of(prefix);
    }

    /**
     * Configuration that has queries interpreted. A short run takes a quarter less than with queries that are compiled,
     * and must make the same bytes: of two runs that are compared, one has it.
     */
    public static final String INTERPRETED = """
            spark { "spark.sql.codegen.wholeStage" = false, "spark.sql.codegen.factoryMode" = NO_CODEGEN }
            """;

    /** How a command ended, with all that it printed. */
    public record Finished(int exitCode, String output) {
        /** Returns the last line, which names cause and remedy when a run fails. */
        public String lastLine() {
            List<String> lines = output.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    /** Runs a command to its end. */
    public Finished run(String... arguments) {
        boolean archives = LONG.contains(arguments[0]) && ARCHIVING.compareAndSet(false, true);
        try {
            Process process = start(archives ? "-XX:ArchiveClassesAtExit=" + CLASSES : sharing(), arguments);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            archived |= archives && Files.exists(CLASSES);
            return new Finished(exitCode, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Begins a command; its input stream is all that it prints, errors too. */
    public Process start(String... arguments) throws IOException {
        return start(sharing(), arguments);
    }

    private static String sharing() {
        return archived ? "-XX:SharedArchiveFile=" + CLASSES : "-Xshare:auto";
    }

    private Process start(String sharing, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.add("-Duser.timezone=UTC");
        command.add("-XX:TieredStopAtLevel=1"); // short runs: the second compiler never pays off
        command.add("-XX:ReservedCodeCacheSize=240m"); // 48 MB with one compiler, which a whole curate can fill
        command.addAll(List.of(sharing, "-Xlog:disable", "-Xlog:all=error:stderr"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        // As scripts/winnow has it; without it Spark would silence the lines by which a test knows where a run is.
        command.add("-Dlog4j2.configurationFile="
                + Path.of("conf/log4j2.properties").toAbsolutePath());
        command.add("-Dwinnow.log=" + FOLDER.resolve("log-" + UUID.randomUUID()));
        command.addAll(List.of("-cp", classPath(), "dev.winnow.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    /** Winnow's jar and those it needs: an archive refuses folders. */
    private static String classPath() {
        return Stream.concat(
                        Stream.of(Packaged.jar().toString()),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> entry.endsWith(".jar")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory(Packaged.folder(), "processes");
            folder.resolve("classes.jsa").toFile().deleteOnExit(); // some 170 MB
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
