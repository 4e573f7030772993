package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.Stage;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final String FOLDERS = "inputs.inferences.partition-filter = \"dt = '{date}'\"\n";

    @TempDir
    Path folder;

    private final FakeTables tables = new FakeTables();
    private String image = "s3://bucket/%d.jpg";
    private String id = "i%d";
    private String useCase = "gate";

    private String row(int i) {
        return """
                {"inference_id":"%s","image_uri":"%s","captured_at":"2026-10-01T10:00:00Z","event_date":"2026-10-01",\
                "use_case":"%s","model_version":"m","site_id":"s","camera_id":"c%d","predicted_label":"car",\
                "confidence":"0.5"}""".formatted(id.formatted(i), image.formatted(i), useCase, i % 3);
    }

    private List<String> rows(int from, int to) {
        List<String> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add(row(i));
        }
        return rows;
    }

    private void write(String name, List<String> rows) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theDimensionThatAddsMostCellsIsNamedAndIntervalsAreTold() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            rows.add(row(i).replace("}", ",\"light\":" + i % 400 + ",\"kind\":\"k" + i % 2 + "\"}"));
        }
        write("log/dt=2026-10-01/a.json", rows);
        String dimensions = FOLDERS + "inputs.inferences.dimensions { kind = kind, light ";

        // Numbers are as many conditions as there are values: 3 cameras x 400 numbers, which tell the kind.
        assertThat(check(dimensions + "= light }").sentences())
                .anyMatch(s -> s.matches("about 1,[12]\\d\\d cells a day, (9|10)\\d\\.\\d % of the rows;"
                        + " the dimension light adds most of all: about 6 without it"));
        assertThat(check(dimensions + "{ value = \"cast(light as int)\", edges = [100, 200] } }")
                        .sentences())
                .contains(
                        "dimension light lies in (-inf, 100), [100, 200), [200, inf)",
                        "about 18 cells a day, 1.5 % of the rows; the dimension light adds most of all: about 6 without"
                                + " it");
    }

    private Stage.Report check(String more) {
        try {
            Path file = Files.writeString(Files.createTempFile(folder, "_check", ".conf"), """
                    pipeline = p
                    warehouse = "$root/_warehouse"
                    labeling.path = "$root/_labeling"
                    inputs.inferences { path = "$root/log", format = json }
                    %s
                    """.formatted(more)
                    .replace("$root", folder.toString()));
            WinnowConfig config = WinnowConfig.load(file.toFile(), Map.of());
            SparkSources sources = SparkSources.ofOneRun(SparkExtension.session());
            return new CheckJob(
                            config,
                            new InferenceLog(sources, config.inferences(), new CameraTable(sources, config.cameras())),
                            new FeedbackLog(sources, config.feedback()),
                            new CameraTable(sources, config.cameras()),
                            new Readiness(config.inferences().readiness(), new LocalObjects()),
                            tables,
                            images -> "planned for " + images)
                    .run(DAY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aGoodDayIsReadyAndAnUnnamedUseCaseIsToldWithItsBudget() {
        write("log/dt=2026-10-01/a.json", rows(0, 40));

        Stage.Report report = check(FOLDERS + "use-cases { default.budget = 7, yard.budget = 9 }");

        assertThat(report.rowsIn()).isEqualTo(40);
        assertThat(report.sentences())
                .anyMatch(s -> s.startsWith("inferences of 2026-10-01: 1 files, "))
                .contains(
                        "40 rows keep the contract, 0 break it {}",
                        "about 3 cells a day, 7.5 % of the rows",
                        "use case gate: 40 rows, 100.0 % with an image that can be labeled",
                        "the inferences of 2026-10-01 are ready",
                        "no feedback is configured: rates stay empty, sampling works",
                        "budget of use case gate: 7 images a round, 10 % of them audit; it is not named in use-cases, so it"
                                + " spends a default budget of its own",
                        "use case yard is configured, but no row of 2026-10-01 is of it: look at"
                                + " inputs.inferences.columns.use_case");
    }

    @Test
    void aDayThatIsSmallerThanThoseBeforeIsNotReadyAndADayWithoutRowsIsNot() {
        write("log/dt=2026-10-01/a.json", rows(0, 10));
        for (int age = 1; age <= 3; age++) {
            tables.append(
                    ExposureDaily.TABLE, tables.frame(ExposureDaily.TABLE, List.of(exposure(DAY.minusDays(age), 100))));
        }

        assertThat(check(FOLDERS).sentences())
                .anyMatch(s ->
                        s.startsWith("a run would end with exit code 4: The inferences of 2026-10-01 are not ready:"
                                + " 10 % of the rows"));
        assertThat(check(FOLDERS + "inputs.inferences.readiness.marker = \"$root/_ok/{date}\"")
                        .sentences())
                .anyMatch(s -> s.contains("exit code 4") && s.contains("_ok/2026-10-01 is not there yet"));
        write("log/dt=2026-10-01/a.json", List.of());
        write("log/dt=2026-10-02/a.json", rows(0, 10));
        assertThat(check(FOLDERS).sentences())
                .anyMatch(s ->
                        s.startsWith("a run would end with exit code 4: There are no inferences of 2026-10-01 yet"));
    }

    private static Row exposure(LocalDate day, long shown) {
        Long[] histogram = Collections.nCopies(ExposureDaily.BINS, 0L).toArray(Long[]::new);
        return RowFactory.create("p", day, "v", "s", "c", "gate", "m", "car", shown, histogram);
    }

    @Test
    void jobsThatCanNotBeSplitAsWantedAreToldAndStopNoCheck() {
        write("log/dt=2026-10-01/a.json", rows(0, 10));
        write("cameras.json", List.of("{\"camera_id\":\"c0\",\"region\":\"west\"}"));
        assertThat(check(FOLDERS + "inputs.cameras { path = \"$root/cameras.json\", format = json,"
                                + " dimensions.region = region }, labeling.tasks.default.split-by = region")
                        .sentences())
                .contains(
                        "labeling.tasks: split-by = region needs the sites of cameras, and no camera names one: map"
                                + " inputs.cameras.columns.site_id",
                        "10 rows keep the contract, 0 break it {}");
    }

    @Test
    void idsThatRepeatAreToldBeforeTheyStopARun() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            id = "i" + i; // some of these are in the sample of one in 256, each many times
            rows.addAll(rows(0, 30));
        }
        write("log/dt=2026-10-01/a.json", rows);

        assertThat(check(FOLDERS).sentences())
                .anyMatch(
                        s -> s.contains("sampled rows repeat an inference_id; a run would end with exit code 3: that is"
                                + " more than max-duplicate-share = 0.001"));
        assertThat(check(FOLDERS + "inputs.inferences.uniqueness = checked").sentences())
                .noneMatch(s -> s.contains("sampled"))
                .anyMatch(s -> s.contains("8,700 break it {inference_id_repeated=8700}"))
                .anyMatch(
                        s -> s.startsWith("a run would end with exit code 3: inputs.inferences: 8,700 of 9,000 rows"));
    }

    @Test
    void imagesThatNoLabelingJobCanTakeAreASharePerUseCase() {
        List<String> rows = rows(0, 30);
        useCase = "dock";
        image = "https://host/%d.jpg";
        rows.addAll(rows(30, 40));
        write("log/dt=2026-10-01/a.json", rows);

        assertThat(check(FOLDERS).sentences())
                .contains(
                        "use case dock: 10 rows, 0.0 % with an image that can be labeled; the others are no s3:// references"
                                + " that end in .jpg, .jpeg or .png: map inputs.inferences.columns.image_uri",
                        "use case gate: 30 rows, 100.0 % with an image that can be labeled");
    }

    @Test
    void rowsOfOtherDaysInTheDaysFilesAreTold() {
        List<String> rows = rows(0, 10);
        rows.add(row(11).replace("\"event_date\":\"2026-10-01\"", "\"event_date\":\"2026-09-30\""));
        write("log/dt=2026-10-01/a.json", rows);

        assertThat(check(FOLDERS).sentences())
                .anyMatch(s -> s.startsWith("1 rows in the files of 2026-10-01 are of other days"));
    }

    @Test
    void aSourceThatListsNoFilesIsSaidToHideLateRows() {
        SparkSession spark = SparkExtension.session();
        Dataset<Row> log = spark.read().json(spark.createDataset(rows(0, 5), Encoders.STRING()));
        spark.createDataFrame(log.javaRDD(), log.schema()).createOrReplaceTempView("check_job_test_log");

        assertThat(check("inputs.inferences { path = \"\", table = check_job_test_log }")
                        .sentences())
                .contains(
                        "inputs.inferences: table check_job_test_log tells no files, so nobody notices rows that arrive"
                                + " late: run `segments --run-date` again for a day whose rows changed");
    }
}
