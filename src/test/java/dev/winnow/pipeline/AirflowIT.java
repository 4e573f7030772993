package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.Python;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DAG file under a real Airflow: {@code src/test/airflow} holds the tests, {@code requirements.txt} the versions. */
class AirflowIT {
    private static final Path TESTS = Path.of("src/test/airflow").toAbsolutePath();
    private static final int LAST_CHARACTERS = 20_000;

    @TempDir
    private Path folder;

    @Test
    void theDagFileDoesUnderARealAirflowWhatItPromises() {
        Python python = Python.with(TESTS.resolve("requirements.txt"));
        Map<String, String> environment = new HashMap<>(Map.of(
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
        Finished migrated = python.run(folder, environment, "airflow", "db", "migrate");
        assertThat(migrated.exitCode()).as(migrated.output()).isZero();

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
