package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.LabeledSelections;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Days of logs in a folder, with what {@code segments} makes of them. */
abstract class LoggedDays {
    static final String SCHEMA = "inference_id string, image_uri string, captured_at string, use_case string,"
            + " model_version string, site_id string, camera_id string, predicted_label string, confidence string,"
            + " light string";

    static final String MARKS = "feedback_id string, inference_id string, image_uri string, verdict string,"
            + " event_date string, reported_at string";

    @TempDir
    Path folder;

    final FakeTables tables = new FakeTables();

    @BeforeEach
    void threeDays() {
        days(1, 3);
    }

    void days(int first, int last) {
        for (int number = first; number <= last; number++) {
            inferences(number, "a", rows(number, "a", 12));
            marks(
                    number,
                    "a",
                    mark("f" + number + "1", number, "FALSE_POSITIVE", "a" + number + "-0", number),
                    mark("f" + number + "2", number, "CONFIRMED", "a" + number + "-1", number),
                    // A day later, and only in part with its date: verdicts of the day before change or come late.
                    mark("f" + number + "3", number, "CONFIRMED", "a" + (number - 1) + "-0", number - 1),
                    mark("f" + number + "4", number, "FALSE_POSITIVE", "a" + (number - 1) + "-2", 0));
        }
    }

    static LocalDate day(int number) {
        return LocalDate.parse("2026-10-01").plusDays(number - 1L);
    }

    static List<String> rows(int number, String prefix, int n) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            rows.add(("{'inference_id':'%1$s%2$d-%3$d','image_uri':'s3://b/%1$s%2$d-%3$d.jpg',"
                            + "'captured_at':'%4$sT10:%3$02d:00Z','use_case':'u','model_version':'m','site_id':'s%5$d',"
                            + "'camera_id':'c%6$d','predicted_label':'car','confidence':'0.%3$d','light':'%7$s'}")
                    .formatted(prefix, number, i, day(number), i % 2, i % 4, i % 3 == 0 ? "night" : "day"));
        }
        return rows;
    }

    static String mark(String id, int arrival, String verdict, String inference, int event) {
        return "{'feedback_id':'%s','inference_id':'%s','verdict':'%s','reported_at':'%sT12:00:00Z'%s}"
                .formatted(
                        id, inference, verdict, day(arrival), event == 0 ? "" : ",'event_date':'" + day(event) + "'");
    }

    void inferences(int number, String file, List<String> rows) {
        write("inferences/event_date=" + day(number) + "/" + file + ".json", rows);
    }

    void marks(int number, String file, String... rows) {
        write("feedback/reported_date=" + day(number) + "/" + file + ".json", List.of(rows));
    }

    void write(String name, List<String> rows) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, String.join("\n", rows).replace('\'', '"') + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SegmentsJob job(FakeTables into, String more) {
        return job(into, more, LocalDate.MIN, LocalDate.MIN);
    }

    WinnowConfig config(String more) {
        try {
            Path file = Files.writeString(
                    Files.createTempFile(folder, "_segments", ".conf"),
                    """
                    pipeline = p
                    warehouse = "$root/_warehouse"
                    labeling.path = "$root/_labeling"
                    inputs.inferences {
                      path = "$root/inferences"
                      format = json
                      schema = "%s"
                      dimensions { light = light }
                      readiness.min-share = 0
                    }
                    inputs.feedback { path = "$root/feedback", format = json, schema = "%s", catch-up-ages = [0, 1, 2] }
                    segments.min-judged = 1
                    %s
                    """.formatted(SCHEMA, MARKS, more).replace("$root", folder.toString()));
            return WinnowConfig.load(file.toFile(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SegmentsJob job(FakeTables into, String more, LocalDate findingsFrom, LocalDate lastDay) {
        WinnowConfig config = config(more);
        SparkSources sources = new SparkSources(SparkExtension.session());
        CameraTable cameras = new CameraTable(sources, config.cameras());
        return new SegmentsJob(
                config,
                new InferenceLog(sources, config.inferences(), cameras),
                new FeedbackLog(sources, config.feedback()),
                cameras,
                new Readiness(config.inferences().readiness(), new LocalObjects()),
                into,
                new LabeledSelections(config, into),
                findingsFrom,
                lastDay);
    }

    Stage.Report run(int number) {
        return run(number, "");
    }

    Stage.Report run(int number, String more) {
        return job(tables, more).run(day(number));
    }

    /** All rows of all tables as texts; without what depends on the place and the age of the input files. */
    static Map<String, List<String>> content(FakeTables of, String pipeline) {
        Map<String, List<String>> content = new TreeMap<>();
        for (String name : of.names()) {
            content.put(
                    name,
                    of
                            .readStored(name)
                            .filter(col("pipeline").equalTo(pipeline))
                            .drop("input_state", "input_fingerprint", "built_on", "run_id")
                            .toJSON()
                            .collectAsList()
                            .stream()
                            .sorted()
                            .toList());
        }
        return content;
    }

    List<String> verdicts() {
        return tables
                .readStored("verdict_daily")
                .groupBy("arrival_date", "event_date")
                .agg(Map.of("false_positives", "sum", "confirmed", "sum"))
                .selectExpr(
                        "concat_ws(' ', day(arrival_date), day(event_date), `sum(false_positives)`, `sum(confirmed)`)")
                .collectAsList()
                .stream()
                .map(r -> r.getString(0))
                .sorted()
                .toList();
    }

    /** Rows without a day, in a wrong folder, repeated and broken: all that could tell a range from its days. */
    void oddRows() {
        inferences(
                2, "b", List.of(rows(3, "x", 1).get(0), rows(2, "y", 1).get(0).replace("T10:", "T?:")));
        inferences(
                3, "b", List.of(rows(1, "z", 2).get(0), rows(3, "w", 1).get(0).replace("'0.0'", "'high'")));
        inferences(4, "b", rows(4, "a", 2)); // ids of the day once more
        marks(
                2,
                "b",
                mark("f13", 2, "FALSE_POSITIVE", "a1-3", 1), // an id that arrived the day before
                "{'feedback_id':'g1','image_uri':'s3://b/a1-2.jpg','verdict':'CONFIRMED','reported_at':'2026-10-02T13:00:00Z'}",
                mark("g2", 2, "NONSENSE", "a1-3", 1));
        marks(4, "b", mark("f21", 4, "CONFIRMED", "a3-1", 3), mark("g3", 9, "CONFIRMED", "a3-2", 3));
    }

    static final String LENIENT = """
            rejects.max-share = 0.9
            inputs.inferences.max-duplicate-share = 0.9
            """;

    static final String BY_FOLDER = LENIENT + """
            inputs.inferences { partition-filter = "event_date between date_sub('{date}', 1) and '{date}'"
              columns.event_date = "to_date(captured_at)" }
            inputs.feedback { partition-filter = "reported_date between '{date}' and date_add('{date}', 1)"
              columns.reported_date = "to_date(reported_at)" }
            """;

    List<LocalDate> exposed() {
        return tables
                .readStored("exposure_daily")
                .select("event_date")
                .distinct()
                .sort("event_date")
                .collectAsList()
                .stream()
                .map(row -> row.getLocalDate(0))
                .toList();
    }

    List<String> exposureOf(int number) {
        return tables
                .readStored("exposure_daily")
                .filter("event_date = DATE'" + day(number) + "'")
                .toJSON()
                .collectAsList()
                .stream()
                .sorted()
                .toList();
    }

    /** Cells and verdicts are those that runs on the present files make; findings of days before stay as they saw it. */
    void assertSameAsFromScratch(int... days) {
        FakeTables fresh = new FakeTables();
        for (int number : days) {
            job(fresh, "").run(day(number));
        }
        for (String table : List.of("exposure_daily", "verdict_daily", "day_builds", "rejects")) {
            assertThat(content(tables, "p").get(table))
                    .as(table)
                    .isEqualTo(content(fresh, "p").get(table));
        }
    }

    static List<String> findings(FakeTables of) {
        return of.readStored("segment_findings")
                .filter("run_date = '2026-10-03'")
                .toJSON()
                .collectAsList();
    }
}
