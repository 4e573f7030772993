package dev.winnow.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A standalone cluster on the loopback interface: a master and workers, each with one core and a process of its own. */
public final class SparkCluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    private static final String MEMORY = "1g";

    private final Path folder;
    private final String url;
    private final List<Process> processes = new ArrayList<>();

    private SparkCluster(Path folder, String url) {
        this.folder = folder;
        this.url = url;
    }

    /**
     * Starts a cluster whose workers have registered.
     *
     * @param folder for logs and the workers' scratch
     * @param environment of the workers and thus of their executors
     */
    public static SparkCluster start(
            SparkDistribution spark, Path folder, int workers, Map<String, String> environment) {
        try {
            Files.createDirectories(folder);
            String port = Integer.toString(freePort());
            SparkCluster cluster = new SparkCluster(folder, "spark://127.0.0.1:" + port);
            Path log = cluster.run(spark, "master", Map.of(), "--host", "127.0.0.1", "--port", port);
            try {
                for (int i = 1; i <= workers; i++) {
                    cluster.run(
                            spark,
                            "worker-" + i,
                            environment,
                            "--host",
                            "127.0.0.1",
                            "--cores",
                            "1",
                            "--memory",
                            MEMORY,
                            "--work-dir",
                            cluster.work(i).toString(),
                            cluster.url);
                }
                cluster.awaitWorkers(log, workers);
            } catch (RuntimeException | IOException e) {
                cluster.close();
                throw e;
            }
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path run(SparkDistribution spark, String name, Map<String, String> environment, String... arguments)
            throws IOException {
        boolean master = name.equals("master");
        List<String> all = new ArrayList<>(List.of(
                "org.apache.spark.deploy." + (master ? "master.Master" : "worker.Worker"), "--webui-port", "0"));
        all.addAll(Arrays.asList(arguments));
        Path log = folder.resolve(name + ".log");
        processes.add(spark.program("spark-class", environment, all)
                .redirectOutput(log.toFile())
                .start());
        return log;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitWorkers(Path log, int workers) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && processes.stream().allMatch(Process::isAlive)) {
            try (Stream<String> lines = Files.lines(log)) {
                if (lines.filter(line -> line.contains("Registering worker")).count() == workers) {
                    return;
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IllegalStateException("The cluster did not start: " + Files.readString(log));
    }

    /** What to give as master. */
    public String url() {
        return url;
    }

    /** Where worker {@code number}, from 1, keeps a folder of every application it ran an executor of. */
    public Path work(int number) {
        return folder.resolve("work-" + number);
    }

    @Override
    public void close() {
        List<ProcessHandle> executors =
                processes.stream().flatMap(Process::descendants).toList();
        processes.forEach(Process::destroy);
        executors.forEach(ProcessHandle::destroy);
        for (Process process : processes) {
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
