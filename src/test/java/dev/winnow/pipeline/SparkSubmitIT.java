package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.testing.CommandLine;
import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.Jvm;
import dev.winnow.testing.Packaged;
import dev.winnow.testing.Policies;
import dev.winnow.testing.S3Process;
import dev.winnow.testing.SparkCluster;
import dev.winnow.testing.SparkDistribution;
import dev.winnow.testing.SparkExtension;
import dev.winnow.testing.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The jar that schedulers submit, by the spark-submit of a distribution, on a cluster of several processes and on S3. */
class SparkSubmitIT {
    @RegisterExtension
    static final S3Process S3 = new S3Process();

    /** A name of its own: Hadoop keeps a client for each bucket as long as this JVM lives. */
    private static final String BUCKET = "submitted";

    private static final String DAY = "2026-11-02";
    private static final int WORKERS = 2;

    /** The second compiler never pays off. */
    private static final String SHORT_RUN = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m";

    @TempDir
    static Path folder;

    private static SparkDistribution spark;
    private static SparkCluster cluster;

    @BeforeAll
    static void start() {
        spark = SparkDistribution.installed(folder);
        CommandLine local = new CommandLine(Map.of());
        assertOk(local.run(
                "generate",
                "--out",
                folder + "/fleet",
                "--cameras",
                "20",
                "--days",
                "1",
                "--frames-per-day",
                "100",
                "--images=marked",
                "--run-date",
                DAY));
        S3.createBucket(BUCKET);
        try (S3Client client = S3.client()) {
            Texts.files(folder.resolve("fleet"))
                    .forEach((name, file) -> client.putObject(
                            put -> put.bucket(BUCKET).key("fleet/" + name), RequestBody.fromFile(file)));
        }
        cluster = SparkCluster.start(spark, folder.resolve("cluster"), WORKERS, S3.environment());
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aRunOnTwoWorkersLeavesTheRowsAndBytesOfALocalRun() throws IOException {
        String local =
                conf("local", folder + "/fleet", folder + "/warehouse", folder + "/labeling", CommandLine.INTERPRETED);
        assertOk(new CommandLine(Map.of()).run("curate", "--conf", local, "--run-date", DAY));
        String remote = conf(
                "remote",
                "s3a://" + BUCKET + "/fleet",
                "s3a://" + BUCKET + "/winnow/warehouse",
                "s3://" + BUCKET + "/winnow/labeling",
                s3());
        List<String> before = S3.calls();

        Path lineage = folder.resolve("lineage.jsonl");
        assertOk(submit(withLineage(lineage), "curate", "--conf", remote, "--run-date", DAY));
        List<String> calls = new ArrayList<>(S3.calls());
        calls.removeAll(before);

        for (int worker = 1; worker <= WORKERS; worker++) {
            assertThat(cluster.work(worker))
                    .as("worker %d ran an executor", worker)
                    .isDirectoryContaining("glob:**/app-*");
        }
        Map<String, String> published = Texts.below(folder.resolve("labeling"));
        assertThat(published).isNotEmpty();
        assertThat(Texts.below(S3.client(), BUCKET, "winnow/labeling/")).isEqualTo(published);
        S3.hadoopSettings().forEach(SparkExtension.session().sparkContext().hadoopConfiguration()::set);
        DeltaTableStore ofLocal = store(folder + "/warehouse");
        DeltaTableStore ofCluster = store("s3a://" + BUCKET + "/winnow/warehouse");
        assertThat(ofCluster.names()).isEqualTo(ofLocal.names()).contains("segment_findings", "selections");
        SoftAssertions.assertSoftly(each -> {
            for (String table : ofLocal.names()) {
                if (!table.equals("runs")) { // what each attempt took
                    each.assertThat(rows(ofCluster, table, "s3://" + BUCKET + "/winnow"))
                            .as(table)
                            .isEqualTo(rows(ofLocal, table, folder.toString()));
                }
            }
        });
        assertThat(ofLocal.readStored("selections").count()).isPositive();
        assertTells(lineage);
        assertAllowed(calls);
    }

    /** The policies of a job run's role allow what Spark and the driver called, and nothing of it is an input's change. */
    private static void assertAllowed(List<String> calls) {
        Policies role = new Policies(
                Map.of(
                        "WINNOW_BUCKET", BUCKET,
                        "WINNOW_PREFIX", "winnow",
                        "LABELING_PREFIX", "winnow/labeling",
                        "ANALYSIS_PREFIX", "winnow/warehouse/_winnow/analysis",
                        "INPUT_BUCKET", BUCKET,
                        "INPUT_PREFIX", "fleet"),
                "emr-job",
                "inputs-reader",
                "warehouse-writer");
        assertThat(calls)
                .anyMatch(call -> call.startsWith("s3:GetObject " + BUCKET + " fleet/inferences/"))
                .anyMatch(call -> call.startsWith("s3:PutObject " + BUCKET + " winnow/warehouse/selections/"))
                .anyMatch(call -> call.startsWith("s3:ListBucket "))
                .anyMatch(call -> call.startsWith("s3:DeleteObject "));
        assertThat(calls).allSatisfy(call -> {
            String[] words = call.split(" ", 3);
            assertThat(role.allow(words[0], words[1], words[2])).as(call).isTrue();
        });
        assertThat(role.allow("s3:PutObject", BUCKET, "fleet/inferences/a")).isFalse();
        assertThat(role.allow("s3:ListBucket", BUCKET, "others/")).isFalse();
    }

    /** A listener that the user names stays, and sees inputs and outputs of the jobs as it sees anybody's. */
    private static void assertTells(Path lineage) throws IOException {
        Set<String> inputs = new TreeSet<>();
        Set<String> outputs = new TreeSet<>();
        for (String line : Files.readAllLines(lineage)) {
            JsonNode event = new JsonMapper().readTree(line);
            event.path("inputs").forEach(set -> inputs.add(set.path("name").asText()));
            event.path("outputs").forEach(set -> outputs.add(set.path("name").asText()));
        }
        assertThat(inputs).anyMatch(name -> name.endsWith("inferences") || name.contains("inferences/"));
        assertThat(outputs).contains("winnow/warehouse/segment_findings", "winnow/warehouse/selections");
    }

    /** Standalone's spark-submit ends well however the driver ends: what became of it says the attempt's file. */
    @Test
    void aDriverInsideTheClusterDoesTheSame() throws IOException {
        String conf = conf(
                "inside",
                "s3a://" + BUCKET + "/fleet",
                "s3a://" + BUCKET + "/inside",
                "s3://" + BUCKET + "/inside-labeling",
                s3());

        assertOk(submit(
                List.of("--deploy-mode", "cluster", "--conf", "spark.standalone.submit.waitAppCompletion=true"),
                "segments",
                "--conf",
                conf,
                "--run-date",
                DAY));

        assertThat(Texts.below(S3.client(), BUCKET, "inside/_winnow/attempts/").values())
                .hasSize(1)
                .allMatch(attempt -> attempt.contains("\"exit_code\" : 0") && attempt.contains("\"segments\""));
        assertThat(Stream.of(1, 2).map(cluster::work))
                .as("a worker ran the driver")
                .anyMatch(work -> Texts.files(work).keySet().stream().anyMatch(file -> file.startsWith("driver-")));
    }

    @Test
    void theExitCodeOfAFailureIsThatOfSparkSubmit() throws IOException {
        String conf =
                conf("nothing", folder + "/nowhere", folder + "/nothing/warehouse", folder + "/nothing/labeling", "");

        Finished misconfigured =
                submit("segments", "--conf", conf, "--run-date", DAY, "--set", "segments.windw-days=3");
        assertThat(misconfigured.exitCode()).as(misconfigured.output()).isEqualTo(2);
        assertThat(misconfigured.output()).contains("unknown key segments.windw-days");

        Finished withoutInputs = submit("segments", "--conf", conf, "--run-date", DAY);
        assertThat(withoutInputs.exitCode()).as(withoutInputs.output()).isEqualTo(3);
        assertThat(withoutInputs.output()).contains("winnow: ").contains("nothing is at " + folder + "/nowhere/");
    }

    @Test
    void noClassOfTheJarShadowsOneOfTheCluster() throws IOException {
        Set<String> ours = classes(Packaged.jarForClusters());
        assertThat(ours).contains("dev/winnow/cli/Main.class");
        Map<String, String> shadowed = new TreeMap<>();
        for (Path jar : spark.jars()) {
            for (String name : classes(jar)) {
                if (ours.contains(name)) {
                    shadowed.put(name, jar.getFileName().toString());
                }
            }
        }
        assertThat(shadowed).isEmpty();
    }

    // ---- the jar and its submission

    private static Finished submit(String... arguments) {
        return submit(List.of("--deploy-mode", "client"), arguments);
    }

    /** What a user adds to spark-submit for OpenLineage. */
    private static List<String> withLineage(Path events) {
        return List.of(
                "--deploy-mode",
                "client",
                "--jars",
                SparkDistribution.ofClassPath(".*/io/openlineage/openlineage-spark_.*")
                        .toString(),
                "--conf",
                "spark.extraListeners=io.openlineage.spark.agent.OpenLineageSparkListener",
                "--conf",
                "spark.openlineage.transport.type=file",
                "--conf",
                "spark.openlineage.transport.location=" + events);
    }

    private static Finished submit(List<String> more, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--master", cluster.url()));
        all.addAll(more);
        all.addAll(List.of(
                "--class",
                "dev.winnow.cli.Main",
                "--driver-memory",
                "1g",
                "--driver-java-options", // a worker of a standalone cluster opens nothing to its drivers, as YARN does
                SHORT_RUN + " " + Jvm.opens(),
                "--executor-memory",
                "768m",
                "--conf",
                "spark.executor.extraJavaOptions=" + SHORT_RUN,
                "--conf",
                "spark.sql.shuffle.partitions=3",
                "--conf",
                "spark.sql.ui.explainMode=simple",
                "--conf",
                "spark.databricks.delta.snapshotPartitions=2",
                "--conf",
                "spark.scheduler.minRegisteredResourcesRatio=1.0", // no stage before both workers take part
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.log.level=WARN",
                Packaged.jarForClusters().toString()));
        all.addAll(List.of(arguments));
        return spark.submit(S3.environment(), all.toArray(String[]::new));
    }

    private static Set<String> classes(Path jar) throws IOException {
        Set<String> names = new TreeSet<>();
        try (JarFile open = new JarFile(jar.toFile())) {
            open.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", ""))
                    .forEach(names::add);
        }
        return names;
    }

    private static void assertOk(Finished finished) {
        assertThat(finished.exitCode()).as(finished.output()).isZero();
    }

    // ---- places

    private static String s3() {
        return "s3 { endpoint = \"" + S3.endpoint() + "\", region = \"" + S3.region() + "\", path-style = true }";
    }

    private static String conf(String name, String inputs, String warehouse, String labeling, String more)
            throws IOException {
        return Files.writeString(folder.resolve(name + ".conf"), """
                        pipeline = day
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
                                warehouse, labeling, inputs, inputs, inputs, inputs, more))
                .toString();
    }

    private static DeltaTableStore store(String warehouse) {
        return new DeltaTableStore(SparkExtension.session(), warehouse, () -> {});
    }

    /** All rows as JSON; places below {@code root}, where jobs are published, without it. */
    private static List<String> rows(DeltaTableStore store, String table, String root) {
        return store
                .readStored(table)
                .drop("input_state", "built_on") // of day_builds: they go by when the input files were written
                .toJSON()
                .collectAsList()
                .stream()
                .map(row -> row.replace("\"" + root + "/", "\"/"))
                .sorted()
                .toList();
    }
}
