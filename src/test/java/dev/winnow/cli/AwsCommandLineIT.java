package dev.winnow.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.EmrStandIn;
import dev.winnow.testing.Python;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages and {@code deploy} tell a reader to type into a shell, by the real command line of AWS. */
class AwsCommandLineIT {
    private static final Path PAGE = Path.of("jobs/README.md");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private EmrStandIn onClusters;
    private EmrStandIn serverless;
    private Python python;

    @BeforeEach
    void start() {
        python = Python.with(Path.of("src/test/aws/requirements.txt").toAbsolutePath());
        onClusters = EmrStandIn.ofClusters();
        serverless = EmrStandIn.serverless();
    }

    @AfterEach
    void stop() {
        onClusters.close();
        serverless.close();
    }

    @Test
    void theClusterAndTheApplicationOfThePageAreMade() throws IOException {
        List<String> commands = DocumentationTest.codes(PAGE.toString()).stream()
                .filter(code -> code.startsWith("aws emr"))
                .toList();
        assertThat(commands).hasSize(2);

        assertThat(shell(commands.get(0))).contains("ClusterId");
        JsonNode cluster = onClusters.last();
        assertThat(cluster.path("Configurations")).isEqualTo(file("emr/configurations.json"));
        assertThat(cluster.at("/StepConcurrencyLevel").asInt()).isEqualTo(1);
        assertThat(cluster.at("/Instances/InstanceGroups")).hasSize(3);
        assertThat(cluster.at("/Instances/Ec2SubnetId").asText()).isEqualTo("subnet-1");
        assertThat(cluster.path("ReleaseLabel"))
                .isEqualTo(file("emr-serverless/application.json").path("releaseLabel"));

        assertThat(shell(commands.get(1))).contains("applicationId");
        assertThat(serverless.last()).isEqualTo(file("emr-serverless/application.json"));
    }

    /** Against the tool's own models of the services; nothing is called. */
    @Test
    void otherCallsOfThePagesAreValid() {
        List<String> commands = DocumentationTest.pages()
                .flatMap(page -> DocumentationTest.codes(page).stream())
                .filter(code -> code.startsWith("aws ") && !code.startsWith("aws emr"))
                .distinct()
                .toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(2);
        for (String command : commands) {
            shell(command + " --generate-cli-skeleton output");
        }
    }

    @Test
    void theCallsThatDeployPrintsStartTheDay() throws IOException {
        String printed = deployed();
        assertThat(shell(printed.substring(printed.indexOf("aws emr "), printed.indexOf("# The entry of"))))
                .contains("StepIds", "jobRunId");

        JsonNode steps = onClusters.last().path("Steps");
        JsonNode daily = JSON.readTree(Files.readString(Path.of("jobs/emr/daily.json")));
        assertThat(onClusters.last().path("JobFlowId").asText()).isEqualTo("j-1ABCDEFGHIJKL");
        assertThat(steps).hasSameSizeAs(daily);
        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i).at("/HadoopJarStep/Args"))
                    .hasSameSizeAs(daily.get(i).at("/HadoopJarStep/Args"));
            assertThat(steps.get(i).path("ActionOnFailure"))
                    .isEqualTo(daily.get(i).path("ActionOnFailure"));
        }
        JsonNode run = serverless.last();
        assertThat(run.path("applicationId").asText()).isEqualTo("00f1abcd");
        assertThat(run.path("executionRoleArn").asText()).isEqualTo("arn:aws:iam::111122223333:role/winnow-emr");
        assertThat(run.at("/jobDriver/sparkSubmit/entryPointArguments/0").asText())
                .isEqualTo("curate");
        assertThat(steps + "" + run).contains("2026-11-07").doesNotContain("${");
    }

    /** What {@code deploy} prints. */
    private String deployed() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, UTF_8);
        String jar = Files.writeString(folder.resolve("some.jar"), "classes").toString();
        int exitCode = Main.run(
                new Context(new FakeWiring(), stream, stream, Clock.systemUTC(), new Random(1), Map.of()),
                ("deploy --conf conf/examples/emr.conf --to s3://acme-winnow --jobs jobs --run-date 2026-11-07 --jar "
                                + jar)
                        .split(" ", -1));
        assertThat(exitCode).as(out.toString(UTF_8)).isZero();
        return out.toString(UTF_8);
    }

    private String shell(String command) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_ENDPOINT_URL_EMR",
                onClusters.endpoint(),
                "AWS_ENDPOINT_URL_EMR_SERVERLESS",
                serverless.endpoint(),
                "AWS_ACCESS_KEY_ID",
                "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                "secret",
                "AWS_DEFAULT_REGION",
                "us-east-1",
                "AWS_CONFIG_FILE",
                folder + "/none",
                "AWS_SHARED_CREDENTIALS_FILE",
                folder + "/none"));
        environment.putAll(Map.of(
                "SUBNET", "subnet-1",
                "CLUSTER_ID", "j-1ABCDEFGHIJKL",
                "APPLICATION_ID", "00f1abcd",
                "EXECUTION_ROLE", "arn:aws:iam::111122223333:role/winnow-emr",
                "LOGS", "s3://acme-logs/winnow/"));
        Finished finished = python.run(Path.of("").toAbsolutePath(), environment, "/bin/bash", "-euc", command);
        assertThat(onClusters.problems()).isEmpty();
        assertThat(serverless.problems()).isEmpty();
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        return finished.output();
    }

    private static JsonNode file(String name) throws IOException {
        return JSON.readTree(Files.readString(Path.of("jobs").resolve(name)));
    }
}
