package dev.winnow.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The application's own command line as a process. */
public final class CommandLine {
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
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.add("-Duser.timezone=UTC");
        command.add("-XX:TieredStopAtLevel=1"); // short runs: the second compiler never pays off
        command.add("-XX:ReservedCodeCacheSize=240m"); // 48 MB with one compiler, which a whole curate can fill
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.winnow.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Finished(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
