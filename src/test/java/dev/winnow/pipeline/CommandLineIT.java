package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.testing.S3Process;
import dev.winnow.testing.SparkExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The command line as its own processes, on a folder and on an S3 server, undisturbed, at once, and killed. */
class CommandLineIT {
    @RegisterExtension
    static final S3Process S3 = new S3Process();

    private static final String DAY = "2026-11-02";

    @TempDir
    static Path folder;

    @BeforeAll
    static void fleet() {
        assertThat(run(
                                "generate",
                                "--out",
                                folder + "/fleet",
                                "--cameras",
                                "40",
                                "--days",
                                "2",
                                "--frames-per-day",
                                "100",
                                "--run-date",
                                DAY)
                        .exitCode())
                .isZero();
        Path clean =
                conf("clean", "day", folder + "/fleet", folder + "/clean/warehouse", folder + "/clean/labeling", "");
        Finished undisturbed = run("curate", "--conf", clean.toString(), "--run-date", DAY);
        assertThat(undisturbed.exitCode()).as(undisturbed.output()).isZero();
        assertThat(undisturbed.output()).contains("manifests:");
        S3.createBucket("fleet");
        try (S3Client client = S3.client()) {
            files(folder.resolve("fleet"))
                    .forEach((name, file) ->
                            client.putObject(put -> put.bucket("fleet").key(name), RequestBody.fromFile(file)));
        }
    }

    @Test
    void manifestsOnS3AreByteForByteThoseOfALocalRun() {
        Path onS3 = conf("s3", "day", "s3a://fleet", "s3a://fleet/day/warehouse", "s3://fleet/day/labeling", s3());

        Finished remote = run("curate", "--conf", onS3.toString(), "--run-date", DAY);

        assertThat(remote.exitCode()).as(remote.output()).isZero();
        Map<String, String> published = texts(folder.resolve("clean/labeling"));
        assertThat(published).hasSize(5);
        assertThat(objects("day/labeling/")).isEqualTo(published);
    }

    @Test
    void aRunKilledInAnyStageAndRepeatedEqualsACleanRun() throws Exception {
        Path conf =
                conf("killed", "day", folder + "/fleet", folder + "/killed/warehouse", folder + "/killed/labeling", "");
        for (String stage : List.of("segments", "candidates", "select", "manifests")) {
            Process process = start("curate", "--conf", conf.toString(), "--run-date", DAY);
            try {
                awaitLine(process, "stage=" + stage + " event=begin");
            } finally {
                process.destroyForcibly().waitFor();
            }
        }

        Finished after = run("curate", "--conf", conf.toString(), "--run-date", DAY);

        assertThat(after.exitCode()).as(after.output()).isZero();
        assertThat(texts(folder.resolve("killed/labeling"))).isEqualTo(texts(folder.resolve("clean/labeling")));
        for (String table :
                List.of("exposure_daily", "verdict_daily", "segment_findings", "candidates", "selections")) {
            assertThat(rows("killed", table))
                    .as(table)
                    .isEqualTo(rows("clean", table))
                    .isNotEmpty();
        }
    }

    /** {@code -Dwinnow.pairs=20} is the whole proof; it takes some twenty minutes. */
    @Test
    void twoRunsAtOnceOnS3LoseNoCommit() throws Exception {
        int runs = 2 * Integer.getInteger("winnow.pairs", 1);
        List<Process> processes = new ArrayList<>();
        List<Path> confs = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            confs.add(conf(
                    "at-once-" + i,
                    "p" + i,
                    "s3a://fleet",
                    "s3a://fleet/at-once/warehouse",
                    "s3://fleet/at-once/labeling",
                    s3()));
        }
        for (int i = 0; i < runs; i += 2) {
            for (int k = i; k < Math.min(runs, i + 2); k++) {
                processes.add(start("curate", "--conf", confs.get(k).toString(), "--run-date", DAY));
            }
            for (Process process : processes) {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(output).isZero();
            }
        }
        String pipelines = run(
                        "show",
                        "runs",
                        "--conf",
                        confs.get(0).toString(),
                        "--columns",
                        "pipeline,exit_code",
                        "--format",
                        "csv",
                        "--limit",
                        "1000")
                .output();
        for (int i = 0; i < runs; i++) {
            assertThat(pipelines).contains("p" + i + ",0");
        }
        String days = run(
                        "show",
                        "day_builds",
                        "--conf",
                        confs.get(0).toString(),
                        "--columns",
                        "pipeline,table_name",
                        "--format",
                        "csv",
                        "--limit",
                        "1000")
                .output();
        Map<String, String> published = objects("at-once/labeling/");
        for (int i = 0; i < runs; i++) {
            String pipeline = "p" + i;
            assertThat(days).contains(pipeline + ",exposure_daily", pipeline + ",verdict_daily");
            assertThat(published.keySet())
                    .filteredOn(key -> key.startsWith(pipeline + "/"))
                    .hasSize(5);
        }
    }

    // ---- processes

    private record Finished(int exitCode, String output) {}

    private static Finished run(String... arguments) {
        try {
            Process process = start(arguments);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Finished(process.waitFor(), output);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.add("-Duser.timezone=UTC");
        command.add("-XX:TieredStopAtLevel=1"); // short runs: the second compiler never pays off
        command.add("-XX:ReservedCodeCacheSize=240m"); // 48 MB with one compiler, which a whole curate can fill
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.winnow.cli.Main");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(S3.environment());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    private static void awaitLine(Process process, String wanted) throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(wanted)) {
                return;
            }
        }
    }

    private static List<String> rows(String name, String table) {
        return new DeltaTableStore(SparkExtension.session(), folder + "/" + name + "/warehouse", () -> {})
                .readStored(table).toJSON().collectAsList().stream().sorted().toList();
    }

    // ---- places

    private static String s3() {
        return "s3 { endpoint = \"" + S3.endpoint() + "\", region = \"" + S3.region() + "\", path-style = true }";
    }

    private static Path conf(
            String name, String pipeline, String inputs, String warehouse, String labeling, String more) {
        try {
            return Files.writeString(folder.resolve(name + ".conf"), """
                    pipeline = %s
                    warehouse = "%s"
                    labeling { path = "%s", check-images = false }
                    inputs.inferences { path = "%s/inferences", dimensions { lighting = lighting } }
                    inputs.feedback.path = "%s/feedback"
                    inputs.cameras { path = "%s/cameras", dimensions { camera_type = camera_type } }
                    rejects.max-share = 0.01
                    inputs.inferences.max-duplicate-share = 0.1
                    use-cases.default.budget = 50
                    %s
                    """.formatted(
                            pipeline, warehouse, labeling, inputs, inputs, inputs, more));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Path> files(Path root) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .forEach(file -> files.put(root.relativize(file).toString(), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static Map<String, String> texts(Path root) {
        Map<String, String> texts = new TreeMap<>();
        files(root).forEach((name, file) -> {
            try {
                texts.put(name, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return texts;
    }

    private static Map<String, String> objects(String prefix) {
        Map<String, String> texts = new TreeMap<>();
        try (S3Client client = S3.client()) {
            client.listObjectsV2Paginator(list -> list.bucket("fleet").prefix(prefix))
                    .contents()
                    .forEach(object -> texts.put(
                            object.key().substring(prefix.length()),
                            client.getObjectAsBytes(get -> get.bucket("fleet").key(object.key()))
                                    .asUtf8String()));
        }
        return texts;
    }
}
