package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployCommandTest {
    private final FakeWiring wiring = new FakeWiring();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private Path conf = Path.of("");
    private Path jar = Path.of("");

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("base.conf"), "inputs.inferences.path = \"s3://b/log\"\n");
        conf = Files.writeString(folder.resolve("yard.conf"), """
                include "base.conf"
                pipeline = yard
                warehouse = "s3://b/warehouse"
                labeling.path = "s3://b/labeling"
                """);
        jar = Files.writeString(folder.resolve("some.jar"), "classes");
    }

    @Test
    void aReleaseHoldsJarConfigurationTemplatesAndDagAndItsSealComesLast() throws Exception {
        assertThat(deploy()).isZero();

        String release = release();
        assertThat(release).matches("s3://b/winnow/releases/\\S+-[0-9a-f]{12}");
        assertThat(text("winnow.jar")).isEqualTo("classes");
        assertThat(text("yard.conf"))
                .contains("pipeline=yard")
                .contains("s3://b/log")
                .doesNotContain("include");
        assertThat(text("emr/segments.json"))
                .contains("winnow yard segments ${RUN_DATE}", release + "/winnow.jar", release + "/yard.conf")
                .doesNotContain("${RELEASE}", "${CONF}", "${PIPELINE}");
        assertThat(text("airflow/winnow_dag.py")).isEqualTo(Files.readString(Path.of("jobs/airflow/winnow_dag.py")));
        JsonNode listed = new JsonMapper().readTree(text("release.json")).path("files");
        List<String> names = StreamSupport.stream(listed.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        assertThat(wiring.objects.list(release + "/"))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(names.stream(), Stream.of("release.json"))
                        .map(name -> release + "/" + name)
                        .toList());
    }

    @Test
    void aReleaseIsNamedByItsContent() throws Exception {
        deploy();
        String first = release();
        deploy();
        assertThat(release()).isEqualTo(first);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(first + " is there already");
        Files.writeString(jar, "other classes");
        deploy();
        String second = release();
        deploy("--set", "use-cases.default.budget=50", "--set", "outcomes.weights.locked=[boundary]");
        assertThat(List.of(first, second, release())).doesNotHaveDuplicates();
        assertThat(text("yard.conf")).contains("budget=50", "locked=[").doesNotContain("\"[boundary]\"");
    }

    @Test
    void thePrintedStepsAreThoseOfTheTemplateAsTheCommandLineOfAwsWantsThem() throws Exception {
        deploy("--run-date", "2026-11-07");
        String call = out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("aws emr add-steps"))
                .findFirst()
                .orElseThrow();
        JsonNode printed = new JsonMapper().readTree(call.substring(call.indexOf('\'') + 1, call.lastIndexOf('\'')));
        JsonNode template = new JsonMapper().readTree(text("emr/daily.json").replace("${RUN_DATE}", "2026-11-07"));
        assertThat(printed).hasSameSizeAs(template);
        for (int i = 0; i < printed.size(); i++) {
            assertThat(printed.get(i).path("Type").asText()).isEqualTo("CUSTOM_JAR");
            assertThat(printed.get(i).path("Args")).isEqualTo(template.get(i).at("/HadoopJarStep/Args"));
            assertThat(printed.get(i).path("Name")).isEqualTo(template.get(i).path("Name"));
        }
        assertThat(call).doesNotContain("${");
    }

    @Test
    void whatAClusterCouldNotReachIsRefused() throws Exception {
        assertThat(deploy("--set", "warehouse=/data/winnow")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("warehouse = /data/winnow lies on one machine, where a cluster can't write");
        assertThat(deploy("--set", "pipelin=x")).isEqualTo(2);
        assertThat(wiring.objects.list("")).isEmpty();
    }

    @Test
    void aConfigurationIsReadFromWhereItWasPut() throws Exception {
        deploy();
        wiring.stages = Map.of();
        assertThat(run("segments", "--conf", release() + "/yard.conf", "--run-date", "2026-11-01"))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(run("segments", "--conf", release() + "/none.conf")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/none.conf does not exist");
    }

    @Test
    void theExampleCanBeDeployedAsItStands() throws Exception {
        conf = Path.of("conf/examples/emr.conf");
        assertThat(deploy()).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(text("emr.conf")).contains("pipeline=yard");
        assertThat(text("emr/daily.json")).contains(release() + "/emr.conf");
    }

    private int deploy(String... more) {
        String[] fixed = {
            "deploy", "--conf", conf.toString(), "--to", "s3://b/winnow/", "--jar", jar.toString(), "--jobs", "jobs"
        };
        return run(Stream.concat(Stream.of(fixed), Stream.of(more)).toArray(String[]::new));
    }

    private int run(String... arguments) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-08T03:00:00Z"), ZoneOffset.UTC);
        return Main.run(
                new Context(
                        wiring, new PrintStream(out, true), new PrintStream(err, true), clock, new Random(7), Map.of()),
                arguments);
    }

    /** The release that was printed last. */
    private String release() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("release: "))
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .substring("release: ".length());
    }

    private String text(String name) {
        return wiring.objects.get(release() + "/" + name).orElseThrow().text();
    }
}
