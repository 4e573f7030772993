package dev.winnow.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One day's {@code curate} as a process of its own. Argument: inferences of the day, by default 20,000,000.
 *
 * <p>Prints rows a second, seconds and bytes of each stage, and the peak of the process's resident memory.
 */
public final class CurateBenchmark {
    private static final String DAY = "2026-11-02";
    private static final int CAMERAS = 5_000;

    private CurateBenchmark() {}

    /** Makes the fleet once, then measures. */
    public static void main(String[] args) throws Exception {
        long rows = args.length > 0 ? Long.parseLong(args[0]) : 20_000_000;
        Path root = Path.of("target", "bench", "curate-" + rows).toAbsolutePath();
        Path fleet = root.resolve("fleet");
        if (!Files.exists(fleet.resolve("truth"))) {
            run(root, "generate", "--out", fleet.toString(), "--cameras", "" + CAMERAS, "--days", "1", "--frames-per-day",
                    "" + rows / CAMERAS, "--run-date", DAY);
        }
        Path out = Files.createTempDirectory(Files.createDirectories(root), "run");
        Path conf = Files.writeString(root.resolve("bench.conf"), """
                pipeline = bench
                warehouse = "%1$s/warehouse"
                labeling { path = "%1$s/labeling", check-images = false }
                inputs.inferences { path = "%2$s/inferences", dimensions { lighting = lighting, weather = weather } }
                inputs.feedback.path = "%2$s/feedback"
                inputs.cameras {
                  path = "%2$s/cameras"
                  dimensions { camera_type = camera_type, lens = lens, region = region, mount = mount }
                }
                use-cases.default.budget = 5000
                """.formatted(out, fleet));
        Path summary = out.resolve("summary.json");
        long start = System.nanoTime();
        long peak = run(root, "curate", "--conf", conf.toString(), "--run-date", DAY, "--summary", summary.toString());
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "curate of %,d inferences: %.1f s, %,.0f rows/s, peak resident memory %.2f GB%n",
                rows,
                seconds,
                rows / seconds,
                peak / 1e6);
        JsonNode stages = new ObjectMapper().readTree(summary.toFile()).path("stages");
        for (JsonNode stage : stages) {
            System.out.println("  " + stage);
        }
    }

    /** Runs a command in a process of its own; returns the peak of its resident memory in kB. */
    private static long run(Path root, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(root);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.winnow.cli.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(root.resolve("output.log").toFile()))
                .start();
        long peak = 0;
        while (!process.waitFor(200, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, residentPeak(process.pid()));
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(arguments[0] + " ended with exit code " + process.exitValue() + "; see "
                    + root.resolve("output.log"));
        }
        return peak;
    }

    private static long residentPeak(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // the process has just ended, or this system has no /proc
        }
    }
}
