package dev.winnow.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.runtime.SchemeObjects;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.OtherReaders;
import dev.winnow.testing.SageMakerStandIn;
import dev.winnow.testing.SparkExtension;
import dev.winnow.testing.TableSum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pages tell a reader to type does what they say, in their order and on one warehouse: the fleet of
 * {@code scripts/demo}, made smaller. S3 is in memory, SageMaker a stand-in. What needs more is run by another test.
 */
class PageCommandsIT {
    /** A command of Winnow without the program, with an option. */
    private static final Pattern SHORT =
            Pattern.compile("(?:analyze|curate|manifests|qa-batches|segments|select) --.*");

    private static final Pattern COMMAND = Pattern.compile("(?:scripts/|aws |airflow |envsubst ).*|" + SHORT);

    private static final List<Elsewhere> ELSEWHERE = List.of(
            new Elsewhere("scripts/test", "is what runs this test", "scripts/test", "verify"),
            new Elsewhere("scripts/bench ", "takes minutes", "scripts/bench", "Benchmark"),
            new Elsewhere("scripts/deploy", "builds the jar first", "cli/DeployCommandTest", "\"deploy\", \"--conf\""),
            new Elsewhere("aws ", "is a tool of its own", "cli/AwsCommandLineIT", "startsWith(\"aws \")"),
            new Elsewhere("airflow ", "is a tool of its own", "pipeline/AirflowIT", "`airflow ("),
            new Elsewhere("envsubst ", "is a tool of its own", "cli/IamPoliciesTest", "conf/iam"),
            new Elsewhere("analyze --collect", "needs Bedrock", "pipeline/CommandLineIT", "\"--collect\""),
            new Elsewhere(
                    "scripts/winnow maintain", "rewrites forty tables", "pipeline/CommandLineIT", "\"maintain\""));

    /** What stands for names of the reader's own. */
    private static final Map<String, String> MEANT =
            Map.of("FILE", "my.conf", "YYYY-MM-DD", "2026-11-07", "COMMAND", "curate");

    /** What follows an option, so that the machine has less to do. */
    private static final Map<String, String> SMALLER = Map.of(
            "--out", "fleet", "--cameras", "20", "--days", "2", "--frames-per-day", "30", "--from", "2026-11-06");

    private static final List<String> PEOPLE = List.of("ann", "bob", "cy");

    private static final MemoryObjects S3 = new MemoryObjects();
    private static final SageMakerStandIn SAGEMAKER = new SageMakerStandIn();
    private static final Map<String, String> CREDENTIALS =
            Map.of("aws.accessKeyId", "AKIDEXAMPLE", "aws.secretAccessKey", "secret");

    @TempDir
    static Path folder;

    /**
     * A command that isn't run here.
     *
     * @param command how it begins
     * @param why what it needs
     * @param test file that runs it or what it stands for; a class by its name below the tests of Winnow
     * @param mention what the file says of it
     */
    private record Elsewhere(String command, String why, String test, String mention) {
        Path file() {
            return test.startsWith("scripts/") ? Path.of(test) : Path.of("src/test/java/dev/winnow", test + ".java");
        }
    }

    @BeforeAll
    static void configure() throws IOException {
        CREDENTIALS.forEach(System::setProperty);
        Files.writeString(folder.resolve("my.conf"), """
                include file("%s")
                pipeline = yard
                warehouse = "$root/warehouse"
                report.path = "$root/report"
                labeling {
                  path = "s3://my-bucket/winnow/labeling"
                  image-aliases { "s3://winnow-sample-fleet/" = "$root/fleet/" }
                  ground-truth {
                    region = us-east-1, endpoint = "%s", role = "arn:aws:iam::111122223333:role/labeling"
                    workteam = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/yard"
                  }
                }
                segments.min-judged = 3
                rejects.max-share = 0.5
                inputs {
                  inferences.path = "$root/fleet/inferences"
                  feedback.path = "$root/fleet/feedback"
                  cameras.path = "$root/fleet/cameras"
                  training.path = "$root/fleet/training"
                  answers.path = "$root/answers.csv"
                }
                """.formatted(
                        Path.of("conf/local.conf").toAbsolutePath(), SAGEMAKER.endpoint())
                .replace("$root", folder.toString()));
    }

    @AfterAll
    static void stop() {
        SAGEMAKER.close();
        CREDENTIALS.keySet().forEach(System::clearProperty);
    }

    @TestFactory
    Stream<DynamicTest> aCommandOfAPageSucceeds() {
        List<List<String>> all = commands().stream()
                .filter(command -> ELSEWHERE.stream().noneMatch(other -> command.startsWith(other.command)))
                .flatMap(command ->
                        command.equals("scripts/demo") ? DocumentationTest.demo().stream() : Stream.of(command))
                .map(PageCommandsIT::arguments)
                .toList();
        return Stream.concat(
                all.stream()
                        .map(arguments -> withMoreOptions(arguments, all))
                        .distinct()
                        .map(arguments ->
                                DynamicTest.dynamicTest(String.join(" ", arguments), () -> succeeds(arguments))),
                Stream.of(DynamicTest.dynamicTest(
                        "other readers see what Spark sees", PageCommandsIT::otherReadersSeeTheSame)));
    }

    /** Of a whole cycle: days, jobs, answers, labels, their quality, and outcomes. */
    private static void otherReadersSeeTheSame() {
        Path warehouse = folder.resolve("warehouse");
        Map<String, TableSum> sums = OtherReaders.ofSpark(warehouse);
        assertThat(sums)
                .containsKeys("candidates", "labeling_jobs", "answers", "labels", "label_qa", "round_outcomes", "runs");
        assertThat(OtherReaders.installed().sums(warehouse)).isEqualTo(sums);
    }

    @Test
    void whatIsNotRunHereStandsOnAPageAndIsRunElsewhere() throws IOException {
        for (Elsewhere other : ELSEWHERE) {
            assertThat(commands()).as(other.why).anyMatch(command -> command.startsWith(other.command));
            assertThat(other.file()).content().as(other.command).contains(other.mention);
        }
        for (String command : commands()) {
            if (command.matches("scripts/bench [a-z].*")) {
                String name = words(command).get(1);
                String type = Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Benchmark.java";
                assertThat(Path.of("src/bench/java/dev/winnow/bench", type)).exists();
            }
        }
    }

    /** All of them, each once; what a page names in short and types in full elsewhere counts as the latter. */
    private static Set<String> commands() {
        Set<String> commands = new LinkedHashSet<>();
        DocumentationTest.pages()
                .flatMap(page -> DocumentationTest.codes(page).stream())
                .filter(code -> COMMAND.matcher(code).matches())
                .forEach(commands::add);
        List<String> full = commands.stream()
                .filter(command -> command.startsWith("scripts/"))
                .toList();
        commands.removeIf(command -> SHORT.matcher(command).matches()
                && full.stream().anyMatch(other -> words(other).containsAll(words(command))));
        return commands;
    }

    private static List<String> words(String command) {
        return List.of(DocumentationTest.words(command));
    }

    /** What is typed after the name of the program, with one configuration for all and less to do. */
    private static List<String> arguments(String command) {
        List<String> arguments = new ArrayList<>();
        for (String word : words(command.replaceFirst("^scripts/winnow ", ""))) {
            String before = arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1);
            String meant = SMALLER.getOrDefault(before, MEANT.getOrDefault(word, word));
            arguments.add(meant.replaceFirst(".*[.]conf$", "my.conf"));
        }
        if (Collections.disjoint(arguments, List.of("--conf", "--help", "--out"))) {
            arguments.addAll(List.of("--conf", "my.conf"));
        }
        return arguments;
    }

    /** What passes over a day does so once, with all options that a page ends it with. */
    private static List<String> withMoreOptions(List<String> arguments, List<List<String>> all) {
        if (!arguments.contains("--run-date")) {
            return arguments;
        }
        return all.stream()
                .filter(other -> other.size() >= arguments.size()
                        && other.subList(0, arguments.size()).equals(arguments))
                .max(Comparator.comparingInt(List::size))
                .orElse(arguments);
    }

    private static void succeeds(List<String> arguments) {
        if (arguments.get(0).equals("ingest")) {
            answer();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Instant now = Instant.parse("2026-11-21T03:00:00Z");
        int exitCode = Main.run(
                new Context(
                        new InProcess(),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), now)),
                        new Random(),
                        Map.of()),
                arguments.stream().map(PageCommandsIT::placed).toArray(String[]::new));
        assertThat(exitCode).as(arguments + "\n" + err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8)).isNotBlank();
        assertThat(SAGEMAKER.problems()).isEmpty();
        switch (arguments.get(0)) {
            case "ingest" ->
                assertThat(rows("answers"))
                        .hasSize(PEOPLE.size() * items().size())
                        .noneMatch(row -> row.contains("\"bob\""));
            case "consensus" -> {
                assertThat(rows("labels"))
                        .hasSameSizeAs(items())
                        .allMatch(row -> row.contains("\"status\":\"AGREED\""));
                assertThat(rows("annotators")).hasSizeGreaterThanOrEqualTo(PEOPLE.size());
                assertThat(rows("agreement")).isNotEmpty();
            }
            default -> {
                // what it says is enough
            }
        }
    }

    private static List<String> rows(String table) {
        return new DeltaTableStore(SparkExtension.session(), folder + "/warehouse", () -> {})
                .readStored(table)
                .toJSON()
                .collectAsList();
    }

    /** An argument where it names a place of this test, or an image. */
    private static String placed(String argument) {
        return switch (argument) {
            case "my.conf", "fleet" -> folder.resolve(argument).toString();
            case "IMAGE" -> items().get(0);
            default -> argument;
        };
    }

    /** People answer what was asked, the last of them sometimes wrong; a line of the file is broken. */
    private static void answer() {
        List<String> lines = new ArrayList<>(List.of("item_id,worker_id,label", ",ann,person"));
        List<String> items = items();
        for (int i = 0; i < items.size(); i++) {
            for (String worker : PEOPLE) {
                boolean wrong = worker.equals("cy") && i % 10 == 0;
                lines.add(items.get(i) + "," + worker + "," + (i % 2 == 0 ^ wrong ? "person" : "vehicle"));
            }
        }
        try {
            Files.write(folder.resolve("answers.csv"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Items of the manifests so far. */
    private static List<String> items() {
        return S3.list("s3://my-bucket/winnow/labeling/yard/rounds/").stream()
                .filter(uri -> uri.endsWith(".manifest.jsonl"))
                .flatMap(uri -> S3.get(uri).orElseThrow().text().lines())
                .map(line -> line.replaceAll(".*\"item-id\":\"([0-9a-f]+)\".*", "$1"))
                .toList();
    }

    /** The application with the session of the tests, and with S3 in memory. */
    private static final class InProcess extends AppWiring {
        @Override
        public ObjectStore objects(S3Settings s3) {
            return new SchemeObjects(new LocalObjects(), () -> S3);
        }

        @Override
        public SparkSession session(String appName, Map<String, String> settings, S3Settings s3) {
            return SparkExtension.session();
        }

        @Override
        public void stop(SparkSession spark) {
            // serves the next command, too
        }
    }
}
