package dev.winnow.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.testing.EmrStandIn;
import dev.winnow.testing.SdkRequests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.emr.model.AddJobFlowStepsRequest;
import software.amazon.awssdk.services.emr.model.RunJobFlowRequest;
import software.amazon.awssdk.services.emrserverless.EmrServerlessClient;
import software.amazon.awssdk.services.emrserverless.model.CreateApplicationRequest;
import software.amazon.awssdk.services.emrserverless.model.StartJobRunRequest;

/** What schedulers submit, as it lies in a release, is what EMR takes and what the command line understands. */
class JobTemplatesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path JOBS = Path.of("jobs");
    private static final String STEPS = "emr";
    private static final String RUNS = "emr-serverless";
    private static final Set<String> NO_STEPS = Set.of("configurations", "daily", "labels");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

    /** What is known when a job is submitted, and not before. */
    private static final Map<String, String> VALUES = Map.of(
            "RUN_DATE",
            "2026-11-07",
            "APPLICATION_ID",
            "00f1abcd",
            "CLIENT_TOKEN",
            "0123456789abcdef",
            "EXECUTION_ROLE",
            "arn:aws:iam::111122223333:role/winnow-emr",
            "LOGS",
            "s3://acme-logs/winnow/",
            "BINS",
            "brightness-2026",
            "DIMENSION",
            "brightness");

    private static final FakeWiring WIRING = new FakeWiring();
    private static final EmrStandIn ON_CLUSTERS = EmrStandIn.ofClusters();
    private static final EmrStandIn SERVERLESS = EmrStandIn.serverless();

    private static EmrClient emr;
    private static EmrServerlessClient emrServerless;
    private static String release = "";

    @BeforeAll
    static void deploy(@TempDir Path folder) throws IOException {
        emr = client(EmrClient.builder(), ON_CLUSTERS);
        emrServerless = client(EmrServerlessClient.builder(), SERVERLESS);
        Path jar = Files.writeString(folder.resolve("some.jar"), "classes");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exitCode = Main.run(
                context(out),
                "deploy",
                "--conf",
                "conf/examples/emr.conf",
                "--to",
                "s3://acme-winnow",
                "--jar",
                jar.toString(),
                "--jobs",
                JOBS.toString());
        assertThat(exitCode).isZero();
        release = out.toString(UTF_8).lines().findFirst().orElseThrow().replaceFirst("^release: ", "");
    }

    @AfterAll
    static void stop() {
        emr.close();
        emrServerless.close();
        ON_CLUSTERS.close();
        SERVERLESS.close();
    }

    static List<String> templates() {
        return names(STEPS).stream().filter(name -> !NO_STEPS.contains(name)).toList();
    }

    @Test
    void everyCommandThatRunsForADayHasAStepAndAJobRun() {
        Set<String> commands = new TreeSet<>();
        RunCommand.all(context(OutputStream.nullOutputStream()))
                .forEach(command -> commands.add(
                        command.getClass().getAnnotation(Command.class).name()));
        assertThat(templates()).containsAll(commands);
        assertThat(names(RUNS).stream().filter(name -> !name.equals("application")))
                .containsExactlyElementsOf(templates());
    }

    @ParameterizedTest
    @MethodSource("templates")
    void aStepIsOneThatEmrTakes(String name) {
        JsonNode steps = read(STEPS, name);
        assertThat(steps).hasSize(1);
        addToACluster(steps);
        List<String> arguments = arguments(steps.get(0));
        assertThat(steps.get(0).path("Name").asText()).isEqualTo("winnow yard " + name + " 2026-11-07");
        assertThat(settings(arguments))
                .containsEntry("spark.yarn.maxAppAttempts", "1")
                .containsEntry("spark.speculation", "false")
                .containsKey("spark.dynamicAllocation.maxExecutors");
        assertThat(arguments).containsSequence("--deploy-mode", "cluster");
    }

    @ParameterizedTest
    @MethodSource("templates")
    void aJobRunIsOneThatEmrServerlessTakesAndSaysTheSameAsTheStep(String name) {
        JsonNode run = read(RUNS, name);
        assertTaken(
                SERVERLESS,
                "StartJobRun",
                run,
                () -> emrServerless.startJobRun(
                        SdkRequests.filled(StartJobRunRequest.builder(), run).build()));
        assertThat(run.at("/retryPolicy/maxAttempts").asInt()).isEqualTo(1);
        assertThat(run.path("clientToken").asText()).isEqualTo(VALUES.get("CLIENT_TOKEN"));
        List<String> step = arguments(read(STEPS, name).get(0));
        assertThat(texts(run.at("/jobDriver/sparkSubmit/entryPointArguments"))).isEqualTo(own(step));
        Map<String, String> expected = settings(step);
        expected.remove("spark.yarn.maxAppAttempts");
        assertThat(settings(Arrays.asList(run.at("/jobDriver/sparkSubmit/sparkSubmitParameters")
                        .asText()
                        .split(" "))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void itsArgumentsAreUnderstood(String name) {
        List<String> own = own(arguments(read(STEPS, name).get(0)));
        if (own.get(0).equals("jobs")) {
            RunCommand.jobs(context(OutputStream.nullOutputStream()))
                    .parseArgs(own.subList(1, own.size()).toArray(String[]::new));
            return;
        }
        RunCommand command = RunCommand.all(context(OutputStream.nullOutputStream())).stream()
                .filter(known ->
                        known.getClass().getAnnotation(Command.class).name().equals(own.get(0)))
                .findFirst()
                .orElseThrow();
        new CommandLine(command).parseArgs(own.subList(1, own.size()).toArray(String[]::new));
    }

    @Test
    void theChainsAreTheStepsOfTheirCommandsAndStopAtTheFirstFailure() {
        Map<String, List<String>> chains = Map.of(
                "daily", List.of("segments", "analyze", "candidates", "select", "manifests", "report"),
                "labels", List.of("ingest", "consensus", "label-qa", "outcomes"));
        chains.forEach((chain, commands) -> {
            JsonNode steps = read(STEPS, chain);
            addToACluster(steps);
            assertThat(steps).hasSameSizeAs(commands);
            for (int i = 0; i < steps.size(); i++) {
                assertThat(steps.get(i).path("ActionOnFailure").asText()).isEqualTo("CANCEL_AND_WAIT");
                assertThat(steps.get(i).path("HadoopJarStep"))
                        .isEqualTo(read(STEPS, commands.get(i)).get(0).path("HadoopJarStep"));
            }
        });
    }

    @Test
    void clusterAndApplicationAreOnesThatTheServicesTake() {
        ObjectNode cluster = JSON.createObjectNode().put("Name", "winnow");
        cluster.putObject("Instances").put("KeepJobFlowAliveWhenNoSteps", true);
        cluster.set("Configurations", read(STEPS, "configurations"));
        assertTaken(
                ON_CLUSTERS,
                "RunJobFlow",
                cluster,
                () -> emr.runJobFlow(
                        SdkRequests.filled(RunJobFlowRequest.builder(), cluster).build()));
        JsonNode application = read(RUNS, "application");
        assertTaken(
                SERVERLESS,
                "CreateApplication",
                application,
                () -> emrServerless.createApplication(
                        SdkRequests.filled(CreateApplicationRequest.builder(), application)
                                .build()));
        assertThat(application.at("/schedulerConfiguration/maxConcurrentRuns").asInt())
                .as("a warehouse has one writer, and capacity is that of one job run")
                .isEqualTo(1);
        assertThat(application.path("interactiveConfiguration"))
                .as("nothing is opened that could be called")
                .hasSize(2)
                .noneMatch(JsonNode::asBoolean);
        Map<String, String> onServerless = JSON.convertValue(
                application.at("/runtimeConfiguration/0/properties"),
                JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
        for (JsonNode classification : read(STEPS, "configurations")) {
            String kind = classification.path("Classification").asText();
            String prefix = kind.equals("core-site") || kind.equals("spark-hive-site") ? "spark.hadoop." : "";
            if (kind.equals("core-site") || kind.equals("spark-hive-site") || kind.equals("spark-defaults")) {
                classification.path("Properties").fields().forEachRemaining(property -> {
                    if (!property.getKey().equals("spark.speculation")
                            && !property.getKey().startsWith("spark.yarn.")) {
                        assertThat(onServerless)
                                .containsEntry(
                                        prefix + property.getKey(),
                                        property.getValue().asText());
                    }
                });
            }
        }
    }

    @Test
    void placeholdersAreFewAndKnown() {
        Set<String> found = new TreeSet<>();
        Set<String> deployed = new TreeSet<>();
        for (String folder : List.of(STEPS, RUNS)) {
            for (String name : names(folder)) {
                found.addAll(placeholders(text(folder, name)));
                deployed.addAll(placeholders(released(folder, name)));
            }
        }
        assertThat(deployed).isEqualTo(VALUES.keySet());
        deployed.addAll(Set.of("RELEASE", "CONF", "PIPELINE"));
        assertThat(found).isEqualTo(deployed);
    }

    private static Set<String> placeholders(String text) {
        return PLACEHOLDER.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    private static void addToACluster(JsonNode steps) {
        JsonNode request =
                JSON.createObjectNode().put("JobFlowId", "j-1ABCDEFGHIJKL").set("Steps", steps);
        assertTaken(
                ON_CLUSTERS,
                "AddJobFlowSteps",
                request,
                () -> emr.addJobFlowSteps(SdkRequests.filled(AddJobFlowStepsRequest.builder(), request)
                        .build()));
    }

    /** Sends a request and looks at what arrived: all of it, nothing else, and nothing that somebody has yet to fill in. */
    private static void assertTaken(EmrStandIn service, String operation, JsonNode request, Runnable sending) {
        sending.run();
        assertThat(service.problems()).isEmpty();
        assertThat(service.calls()).last(InstanceOfAssertFactories.STRING).startsWith(operation + " ");
        assertThat(service.last()).isEqualTo(request);
        assertThat(placeholders(request.toString())).isEmpty();
    }

    private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
            B builder, EmrStandIn service) {
        return builder.endpointOverride(URI.create(service.endpoint()))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** What follows the jar. */
    private static List<String> own(List<String> arguments) {
        return arguments.subList(arguments.indexOf(release + "/winnow.jar") + 1, arguments.size());
    }

    private static List<String> arguments(JsonNode step) {
        return texts(step.at("/HadoopJarStep/Args"));
    }

    /** Spark's settings, which stand before the jar. */
    private static Map<String, String> settings(List<String> arguments) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 1; i < arguments.size(); i++) {
            String[] parts = arguments.get(i).split("=", 2);
            if (arguments.get(i - 1).equals("--conf") && parts.length == 2) {
                settings.put(parts[0], parts[1]);
            }
        }
        return settings;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode read(String folder, String name) {
        String text = released(folder, name);
        for (Map.Entry<String, String> value : VALUES.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A template of the release. */
    private static String released(String folder, String name) {
        return WIRING.objects
                .get(release + "/" + folder + "/" + name + ".json")
                .orElseThrow()
                .text();
    }

    private static String text(String folder, String name) {
        try {
            return Files.readString(JOBS.resolve(folder).resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(String folder) {
        try (Stream<Path> files = Files.list(JOBS.resolve(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Context context(OutputStream out) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        return new Context(
                WIRING, new PrintStream(out, true, UTF_8), nowhere, Clock.systemUTC(), new Random(1), Map.of());
    }
}
