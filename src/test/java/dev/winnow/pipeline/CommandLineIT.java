package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.s3.S3Objects;
import dev.winnow.testing.BatchStandIn;
import dev.winnow.testing.BedrockStandIn;
import dev.winnow.testing.Chromium;
import dev.winnow.testing.CommandLine;
import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.OtherReaders;
import dev.winnow.testing.S3Process;
import dev.winnow.testing.SparkExtension;
import dev.winnow.testing.TableSum;
import dev.winnow.testing.Texts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /** A round's files: for two use cases a blind job and another, each with manifest, categories and template; the seal. */
    private static final int PUBLISHED = 2 * 2 * 3 + 1;

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
                                "--images=marked",
                                "--run-date",
                                DAY)
                        .exitCode())
                .isZero();
        Path clean =
                conf("clean", "day", folder + "/fleet", folder + "/clean/warehouse", folder + "/clean/labeling", "");
        Finished undisturbed = run("curate", "--conf", clean.toString(), "--run-date", DAY);
        assertThat(undisturbed.exitCode()).as(undisturbed.output()).isZero();
        assertThat(undisturbed.output())
                .contains("manifests:")
                .containsPattern("stage=segments event=begin attempt_id=\\d{8}T\\d{9}Z-[0-9a-f]{8}")
                .containsPattern("stage=select event=end rows_in=.* attempt_id=\\S+ run_id=[0-9a-f]{16}");
        S3.createBucket("fleet");
        try (S3Client client = S3.client()) {
            Texts.files(folder.resolve("fleet"))
                    .forEach((name, file) ->
                            client.putObject(put -> put.bucket("fleet").key(name), RequestBody.fromFile(file)));
        }
    }

    @Test
    void manifestsOnS3AreByteForByteThoseOfALocalRun() {
        Path onS3 = conf(
                "s3",
                "day",
                "s3a://fleet",
                "s3a://fleet/day/warehouse",
                "s3://fleet/day/labeling",
                s3() + CommandLine.INTERPRETED);

        Finished remote = run("curate", "--conf", onS3.toString(), "--run-date", DAY);

        assertThat(remote.exitCode()).as(remote.output()).isZero();
        Map<String, String> published = Texts.below(folder.resolve("clean/labeling"));
        assertThat(published).hasSize(PUBLISHED);
        assertThat(Texts.below(S3.client(), "fleet", "day/labeling/")).isEqualTo(published);
    }

    @Test
    void thePageOfARunOpensWithoutANetwork() throws IOException {
        Path page = folder.resolve("clean/warehouse/_winnow/report/day/" + DAY + ".html");
        Chromium.Opened opened = Chromium.installed().open(page, Files.createTempDirectory(folder, "browser"));

        assertThat(opened.console()).isEmpty();
        assertThat(opened.requests()).isEmpty();
        assertThat(opened.markup())
                .contains("<html lang=\"en\" data-drawn=\"true\">", "data-chart=\"From signal to job\"")
                .doesNotContain("<p class=\"empty\">This block could not be drawn");
    }

    @Test
    void aRunKilledInAnyStageAndRepeatedEqualsACleanRun() throws Exception {
        Path conf = conf(
                "killed",
                "day",
                folder + "/fleet",
                folder + "/killed/warehouse",
                folder + "/killed/labeling",
                CommandLine.INTERPRETED + "lease.ttl = 15s"); // who is killed releases nothing
        for (String stage : List.of("segments", "candidates", "analyze", "select", "manifests", "report")) {
            Process process = start("curate", "--conf", conf.toString(), "--run-date", DAY);
            try {
                awaitLine(process, "stage=" + stage + " event=begin");
            } finally {
                process.destroyForcibly().waitFor();
            }
        }

        Finished after = run("curate", "--conf", conf.toString(), "--run-date", DAY);

        assertThat(after.exitCode()).as(after.output()).isZero();
        assertThat(Texts.below(folder.resolve("killed/labeling")))
                .isEqualTo(Texts.below(folder.resolve("clean/labeling")));
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
                    s3() + CommandLine.INTERPRETED));
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
        Map<String, String> published = Texts.below(S3.client(), "fleet", "at-once/labeling/");
        for (int i = 0; i < runs; i++) {
            String pipeline = "p" + i;
            assertThat(days).contains(pipeline + ",exposure_daily", pipeline + ",verdict_daily");
            assertThat(published.keySet())
                    .filteredOn(key -> key.startsWith(pipeline + "/"))
                    .hasSize(PUBLISHED);
        }
    }

    @Test
    void aModelLooksAtMistakesOnceOnDemandAndOnceInABatchJob() throws Exception {
        try (S3Objects objects = new S3Objects(S3.client());
                BedrockStandIn service = new BedrockStandIn();
                BatchStandIn batches = new BatchStandIn(objects)) {
            String more = """
                    %s
                    use-cases.default.labels = [person, vehicle]
                    analysis {
                      provider = bedrock, sample.size = 20
                      model {
                        id = us.anthropic.claude-sonnet-4-6, region = us-east-1, endpoint = "%s"
                        input-price = 3, output-price = 15
                        batch { role = "arn:aws:iam::111122223333:role/b", endpoint = "%s", min-records = 1 }
                      }
                    }
                    """.formatted(s3(), service.endpoint(), batches.endpoint());
            String conf = conf("seen", "day", folder + "/fleet", folder + "/seen/warehouse", folder + "/seen/l", more)
                    .toString();
            assertThat(run("segments", "--conf", conf, "--run-date", DAY).exitCode())
                    .isZero();
            assertThat(run("check", "--conf", conf, "--run-date", DAY).output())
                    .containsPattern(
                            "us.anthropic.claude-sonnet-4-6 is asked 20 times if no call fails: at most [0-9,]+ tokens"
                                    + " in and 24,000 out, [0-9.]+ dollars");
            assertThat(service.calls()).isZero();

            String[] analyze = {"analyze", "--conf", conf, "--run-date", DAY};
            Finished asked = run(analyze);
            assertThat(asked.exitCode()).as(asked.output()).isZero();
            assertThat(service.problems()).isEmpty();
            List<String> findings = rows("seen", "image_findings");
            assertThat(findings).isNotEmpty().allMatch(row -> row.contains("\"status\":\"ANSWERED\""));
            assertThat(service.calls()).isEqualTo(service.answered().size()).isPositive();

            int calls = service.calls();
            assertThat(bill(conf)).startsWith("analyze," + calls + ",").doesNotEndWith(",0.0");
            assertThat(run(analyze).exitCode()).isZero();
            assertThat(service.calls()).isEqualTo(calls);
            assertThat(rows("seen", "image_findings")).isEqualTo(findings);
            assertThat(bill(conf)).as("what was answered is paid once").isEqualTo("analyze,0,0.0");

            String[] batch =
                    with(analyze, "--set", "analysis.provider=bedrock-batch", "--set", "analysis.path=s3://fleet/seen");
            assertThat(run(batch).output()).contains("images are SUBMITTED");
            assertThat(run(with(batch, "--collect")).exitCode())
                    .as("the job still runs")
                    .isEqualTo(4);
            batches.finish(
                    "Completed",
                    record -> BatchStandIn.words(
                            "{\"objects\":[],\"other_objects\":[],\"conditions\":[],\"failure_mode\":\"other\","
                                    + "\"evidence\":\"Nothing.\"}",
                            "end_turn"));
            Finished collected = run(with(batch, "--collect"));
            assertThat(collected.exitCode()).as(collected.output()).isZero();
            assertThat(batches.problems()).isEmpty();
            assertThat(rows("seen", "image_findings"))
                    .hasSameSizeAs(findings)
                    .allMatch(row -> row.contains("\"status\":\"ANSWERED\"") && row.contains("Nothing."));
            assertThat(service.calls()).isEqualTo(calls);
            assertThat(bill(conf))
                    .startsWith("analyze," + findings.size() + ",")
                    .doesNotEndWith(",0.0");
        }
    }

    /** What the newest attempt paid a model for: command, calls and dollars. */
    private static String bill(String conf) {
        List<String> lines = run(
                        "show",
                        "runs",
                        "--conf",
                        conf,
                        "--columns",
                        "command,model_calls,model_dollars",
                        "--order-by",
                        "attempt_id DESC",
                        "--limit",
                        "1",
                        "--format",
                        "csv")
                .output()
                .lines()
                .toList();
        return lines.get(lines.size() - 1).strip();
    }

    @Test
    void otherReadersSeeWhatSparkSeesBeforeAndAfterUpkeep() throws IOException {
        OtherReaders readers = OtherReaders.installed();
        Path warehouse = folder.resolve("kept/warehouse");
        for (Map.Entry<String, Path> file :
                Texts.files(folder.resolve("clean/warehouse")).entrySet()) {
            Path copy = folder.resolve("kept/warehouse").resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            Files.copy(file.getValue(), copy);
        }
        String conf = conf("kept", "day", folder + "/fleet", folder + "/kept/warehouse", folder + "/kept/labeling", "")
                .toString();
        Map<String, TableSum> before = OtherReaders.ofSpark(warehouse);
        assertThat(before).containsKeys("exposure_daily", "segment_findings", "selections", "runs");
        assertThat(readers.sums(warehouse)).isEqualTo(before);

        String[] maintain = {
            "maintain", "--conf", conf, "--set", "maintain.short-retention=true", "--set", "maintain.retention-hours=0"
        };
        Finished kept = run(maintain);
        assertThat(kept.exitCode()).as(kept.output()).isZero();
        Map<String, TableSum> after = OtherReaders.ofSpark(warehouse);
        assertThat(readers.sums(warehouse)).isEqualTo(after);
        before.remove("runs"); // has one more
        after.remove("runs");
        assertThat(after).isEqualTo(before);
        assertThat(kept.output().lines().filter(line -> line.startsWith("maintain: ")))
                .hasSize(before.size() + 1)
                .anyMatch(line -> line.matches("maintain: selections: \\d+ files before, \\d+ after; \\d+ old files of"
                        + " [0-9,]+ bytes removed"));

        assertThat(run(maintain).output().lines().filter(line -> line.startsWith("maintain: ")))
                .filteredOn(line -> !line.startsWith("maintain: runs: "))
                .hasSize(before.size())
                .allMatch(line ->
                        line.matches("maintain: \\w+: (\\d+) files before, \\1 after; 0 old files of 0 bytes removed"));
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    // ---- processes

    private static Finished run(String... arguments) {
        return new CommandLine(S3.environment()).run(arguments);
    }

    private static Process start(String... arguments) throws IOException {
        return new CommandLine(S3.environment()).start(arguments);
    }

    private static void awaitLine(Process process, String wanted) throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(wanted)) {
                return;
            }
        }
        throw new AssertionError("The run ended and never said " + wanted);
    }

    private static List<String> rows(String name, String table) {
        return new DeltaTableStore(SparkExtension.session(), folder + "/" + name + "/warehouse", () -> {})
                .readStored(table).toJSON().collectAsList().stream().sorted().toList();
    }

    // ---- places

    private static String s3() {
        return "s3 { endpoint = \"" + S3.endpoint() + "\", region = \"" + S3.region() + "\", path-style = true }\n";
    }

    private static Path conf(
            String name, String pipeline, String inputs, String warehouse, String labeling, String more) {
        try {
            return Files.writeString(folder.resolve(name + ".conf"), """
                    pipeline = %s
                    warehouse = "%s"
                    labeling {
                      path = "%s", check-images = false, image-aliases { "s3://winnow-sample-fleet/" = "%s/" }
                    }
                    inputs.inferences { path = "%s/inferences", dimensions { lighting = lighting } }
                    inputs.feedback.path = "%s/feedback"
                    inputs.cameras { path = "%s/cameras", dimensions { camera_type = camera_type } }
                    rejects.max-share = 0.01
                    inputs.inferences.max-duplicate-share = 0.1
                    use-cases.default.budget = 50
                    %s
                    """.formatted(
                            pipeline, warehouse, labeling, inputs, inputs, inputs, inputs, more));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
