package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.testing.ServiceModel;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What schedulers submit is what EMR takes and what the command line understands. */
class JobTemplatesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ServiceModel EMR = ServiceModel.of("emr/emr");
    private static final ServiceModel SERVERLESS = ServiceModel.of("emr/emr-serverless");
    private static final Path STEPS = Path.of("jobs/emr");
    private static final Path RUNS = Path.of("jobs/emr-serverless");
    private static final Set<String> NO_STEPS = Set.of("configurations", "daily", "labels");

    private static final Map<String, String> VALUES = Map.of(
            "RELEASE",
            "s3://acme-winnow/releases/0.1.0-0123456789ab",
            "CONF",
            "yard.conf",
            "PIPELINE",
            "yard",
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

    static List<String> templates() {
        return names(STEPS).stream().filter(name -> !NO_STEPS.contains(name)).toList();
    }

    @Test
    void everyCommandThatRunsForADayHasAStepAndAJobRun() {
        Set<String> commands = new TreeSet<>();
        RunCommand.all(context())
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
        assertThat(stepProblems(steps)).isEmpty();
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
        assertThat(SERVERLESS.problems("StartJobRun", run)).isEmpty();
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
            RunCommand.jobs(context()).parseArgs(own.subList(1, own.size()).toArray(String[]::new));
            return;
        }
        RunCommand command = RunCommand.all(context()).stream()
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
            assertThat(stepProblems(steps)).isEmpty();
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
        JsonNode cluster = JSON.createObjectNode()
                .put("Name", "winnow")
                .<ObjectNode>set("Instances", JSON.createObjectNode())
                .set("Configurations", read(STEPS, "configurations"));
        assertThat(EMR.problems("RunJobFlow", cluster)).isEmpty();
        JsonNode application = read(RUNS, "application");
        assertThat(SERVERLESS.problems("CreateApplication", application)).isEmpty();
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
        Stream.of(STEPS, RUNS)
                .forEach(folder -> names(folder)
                        .forEach(name -> Pattern.compile("\\$\\{(\\w+)}")
                                .matcher(text(folder, name))
                                .results()
                                .forEach(match -> found.add(match.group(1)))));
        assertThat(found).isEqualTo(new TreeSet<>(VALUES.keySet()));
    }

    private static List<String> stepProblems(JsonNode steps) {
        JsonNode request =
                JSON.createObjectNode().put("JobFlowId", "j-1ABCDEFGHIJKL").set("Steps", steps);
        return EMR.problems("AddJobFlowSteps", request);
    }

    /** What follows the jar. */
    private static List<String> own(List<String> arguments) {
        return arguments.subList(arguments.indexOf(VALUES.get("RELEASE") + "/winnow.jar") + 1, arguments.size());
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

    private static JsonNode read(Path folder, String name) {
        String text = text(folder, name);
        for (Map.Entry<String, String> value : VALUES.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path folder, String name) {
        try {
            return Files.readString(folder.resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Context context() {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        return new Context(new FakeWiring(), nowhere, nowhere, Clock.systemUTC(), new Random(1), Map.of());
    }
}
