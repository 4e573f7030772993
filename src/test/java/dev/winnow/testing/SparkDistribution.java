package dev.winnow.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.CommandLine.Finished;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkBuildInfo;

/**
 * The Spark distribution that its project publishes for Python, with the programs and jars of any other, completed by what a
 * cluster of EMR holds beside it: Delta, and the Hadoop, S3 file system and AWS SDK of this build in place of its older Hadoop.
 */
public final class SparkDistribution {
    /** What of the class path of the tests goes into the distribution. */
    private static final Pattern ADDED = Pattern.compile(
            ".*/(io/delta|software/amazon|org/reactivestreams|org/apache/hadoop/hadoop-(aws|client-api|client-runtime))/.*");

    private static final Pattern REPLACED = Pattern.compile("hadoop-client-(api|runtime)-.*");

    private final Path home;

    private SparkDistribution(Path home) {
        this.home = home;
    }

    /** Installs the version that this build compiles against, once, and lays out a home below {@code folder}. */
    public static SparkDistribution installed(Path folder) {
        try {
            Path requirements = Files.writeString(
                    folder.resolve("spark-requirements.txt"), "pyspark==" + SparkBuildInfo.spark_version() + "\n");
            Finished found = Python.with(requirements)
                    .run(folder, Map.of(), "python", "-c", "import pyspark; print(pyspark.__path__[0])");
            assertThat(found.exitCode()).as(found.output()).isZero();
            Path published = Path.of(found.lastLine());
            Path home = Files.createDirectories(folder.resolve("spark"));
            Files.createSymbolicLink(home.resolve("bin"), published.resolve("bin"));
            Path jars = Files.createDirectories(home.resolve("jars"));
            for (Path jar : files(published.resolve("jars"))) {
                if (!REPLACED.matcher(jar.getFileName().toString()).matches()) {
                    Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
                }
            }
            for (Path jar : classPath()) {
                if (ADDED.matcher(jar.toString()).matches()) {
                    Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
                }
            }
            return new SparkDistribution(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> classPath() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        return Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of).toList();
    }

    /** The one jar on the class path of the tests whose place matches. */
    public static Path ofClassPath(String regex) {
        List<Path> found = classPath().stream()
                .filter(jar -> jar.toString().matches(regex))
                .toList();
        assertThat(found).as(regex).hasSize(1);
        return found.get(0);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** Every jar on the class path of its drivers and executors. */
    public List<Path> jars() {
        try {
            return files(home.resolve("jars")).stream()
                    .filter(file -> file.toString().endsWith(".jar")) // Spark 4 has a folder there, too
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prepares a program of {@code bin}; its errors go where its output goes. */
    ProcessBuilder program(String name, Map<String, String> environment, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin").resolve(name).toString()));
        command.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment()
                .putAll(Map.of(
                        "SPARK_HOME",
                        home.toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "SPARK_LOCAL_IP",
                        "127.0.0.1",
                        "SPARK_DAEMON_MEMORY",
                        "256m"));
        process.environment().putAll(environment);
        return process;
    }

    /** Runs {@code spark-submit} to its end. */
    public Finished submit(Map<String, String> environment, String... arguments) {
        try {
            Process process = program("spark-submit", environment, Arrays.asList(arguments))
                    .start();
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
