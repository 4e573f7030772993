package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DAG file under a real Airflow: {@code src/test/airflow} holds the tests, {@code requirements.txt} the versions. */
class AirflowIT {
    private static final Path TESTS = Path.of("src/test/airflow").toAbsolutePath();
    private static final int LAST_CHARACTERS = 20_000;
    private static final Pattern COMMAND = Pattern.compile("`airflow ([^`]+)`");
    private static final Pattern OPTIONS = Pattern.compile("`(--dag-run-conf [^`]+)`");
    private static final Pattern VARIABLE = Pattern.compile("(?s)```json\\s+(\\{.*?})\\s+```");

    /** Words of a command line; what quotes hold is one. */
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    @TempDir
    private Path folder;

    private Python python;
    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() {
        python = Python.with(TESTS.resolve("requirements.txt"));
        environment = new HashMap<>(Map.of(
                "AIRFLOW_HOME",
                folder.toString(),
                "AIRFLOW__CORE__LOAD_EXAMPLES",
                "False",
                "AIRFLOW__CORE__DAGS_FOLDER",
                Path.of("jobs/airflow").toAbsolutePath().toString(),
                "WINNOW_HOME",
                Path.of("").toAbsolutePath().toString(),
                "GOLDEN_UPDATE",
                System.getProperty("golden.update", "false")));
        airflow("db migrate");
    }

    /** The commands of {@code jobs/README.md}, with the variable that stands there. */
    @Test
    void thePageSaysWhatAirflowTakes() throws IOException {
        String page = Files.readString(Path.of("jobs/README.md"));
        String variable = only(VARIABLE, page);
        // Of one DAG no second backfill begins before the first has ended.
        String another = variable.replace("\"yard\"", "\"docks\"").replaceFirst("^\\{", "");
        environment.put("AIRFLOW_VAR_WINNOW", variable.replaceFirst("}$", ", " + another));
        airflow("dags reserialize");
        List<String> commands =
                COMMAND.matcher(page).results().map(command -> command.group(1)).toList();
        assertThat(commands).hasSize(2);

        assertThat(airflow(commands.get(0))).contains("Pool winnow_writer created");
        assertThat(airflow("pools get winnow_writer --output json"))
                .containsPattern("\"slots\": \"1\"")
                .containsPattern("\"include_deferred\": \"True\"");
        assertThat(airflow(commands.get(1))).contains("Created backfill Dag run");
        String forward = commands.get(1)
                .replace(" --run-backwards", " " + only(OPTIONS, page))
                .replace("_yard_", "_docks_");
        assertThat(airflow(forward)).contains("Created backfill Dag run");
    }

    private static String only(Pattern pattern, String page) {
        List<String> found =
                pattern.matcher(page).results().map(match -> match.group(1)).toList();
        assertThat(found).as(pattern.pattern()).hasSize(1);
        return found.get(0);
    }

    private String airflow(String command) {
        String[] words = WORD.matcher(command)
                .results()
                .map(word -> Stream.of(1, 2, 3)
                        .map(word::group)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseThrow())
                .toArray(String[]::new);
        Finished finished = python.run(folder, environment, "airflow", words);
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        return finished.output();
    }

    @Test
    void theDagFileDoesUnderARealAirflowWhatItPromises() {
        Finished tested = python.run(TESTS, environment, "python", "test_winnow_dag.py");

        String end = tested.output().substring(Math.max(0, tested.output().length() - LAST_CHARACTERS));
        assertThat(tested.exitCode()).as(end).isZero();
        int tests = Pattern.compile("Ran (\\d+) tests")
                .matcher(tested.output())
                .results()
                .map(MatchResult::group)
                .mapToInt(text -> Integer.parseInt(text.replaceAll("\\D", "")))
                .sum();
        assertThat(tests).isGreaterThanOrEqualTo(19);
    }
}
