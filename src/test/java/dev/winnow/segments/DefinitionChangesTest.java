package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dimensions, bins and label mapping change while days are built: nothing is mixed, and nothing is lost unseen. */
@Tag("slow")
class DefinitionChangesTest {
    private static final String RESTART = "segments.after-change = restart\n";
    private static final String NO_FEEDBACK = "inputs.feedback.path = \"\"\n";
    private static final String DIMENSIONS = "inputs.inferences.dimensions";
    private static final String HEIGHT = "inputs.cameras.dimensions.height { value = \"cast(height as int)\", edges = ";

    @TempDir
    static Path folder;

    private final FakeTables tables = new FakeTables();

    @BeforeAll
    static void fourDays() throws IOException {
        for (int number = 1; number <= 4; number++) {
            List<String> inferences = new ArrayList<>();
            List<String> marks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                inferences.add("""
                        {"inference_id":"%1$d-%2$d","image_uri":"s3://b/%1$d-%2$d.jpg","captured_at":"%3$sT10:%2$02d:00Z",\
                        "use_case":"u","model_version":"m","site_id":"s%4$d","camera_id":"c%5$d","predicted_label":"%6$s",\
                        "confidence":0.5,"light":"%7$s","brightness":%8$d}""".formatted(
                                number,
                                i,
                                day(number),
                                i % 2,
                                i % 4,
                                i % 5 == 0 ? "van" : "car",
                                i % 3 == 0 ? "night" : "day",
                                10 * i));
                if (i % 3 == 1) { // half of the feedback arrives a day later
                    marks.add("""
                            {"feedback_id":"f%1$d-%2$d","inference_id":"%3$d-%2$d","verdict":"%4$s","event_date":"%5$s",\
                            "reported_at":"%6$sT12:00:00Z"}""".formatted(
                                    number,
                                    i,
                                    number - i % 2,
                                    i % 4 == 0 ? "CONFIRMED" : "FALSE_POSITIVE",
                                    day(number - i % 2),
                                    day(number)));
                }
            }
            write("inferences/event_date=" + day(number), inferences);
            write("feedback/reported_date=" + day(number), marks);
        }
        write("cameras", List.of("camera_id,height", "c0,2", "c1,3", "c2,5", "c3,9"));
    }

    private static void write(String place, List<String> lines) throws IOException {
        Files.createDirectories(folder.resolve(place));
        Files.write(folder.resolve(place).resolve(place.equals("cameras") ? "a.csv" : "a.json"), lines);
    }

    private static LocalDate day(int number) {
        return LocalDate.parse("2026-10-01").plusDays(number - 1L);
    }

    private static void run(FakeTables into, int number, String more) {
        Pipeline.of(folder, """
                        pipeline = p
                        warehouse = "$root/_warehouse"
                        labeling.path = "/rounds"
                        inputs.inferences {
                          path = "$root/inferences", format = json, readiness.min-share = 0
                          schema = "inference_id string, image_uri string, captured_at string, use_case string, \
                        model_version string, site_id string, camera_id string, predicted_label string, confidence double, \
                        light string, brightness int"
                          dimensions { light = light, brightness { value = brightness, edges = [30, 90] } }
                        }
                        inputs.feedback {
                          path = "$root/feedback", format = json, catch-up-ages = [0, 1]
                          schema = "feedback_id string, inference_id string, verdict string, event_date string, \
                        reported_at string"
                        }
                        inputs.cameras { path = "$root/cameras", format = csv, columns.site_id = "cast(null as string)" }
                        segments { min-judged = 1, max-predicates = 1 }
                        """ + more + "\n", into, new MemoryObjects()).segments(day(number));
    }

    /** All rows as texts; columns in order of their names, as dimensions were added when they were. */
    private static Map<String, List<String>> rows(FakeTables of) {
        Map<String, List<String>> rows = new TreeMap<>();
        for (String name : of.names()) {
            Dataset<Row> stored = of.readStored(name);
            rows.put(
                    name,
                    texts(stored.select(Cells.columns(
                            Arrays.stream(stored.columns()).sorted().toList()))));
        }
        return rows;
    }

    /** JSON leaves nulls out, such as those of columns that are no dimension any more. */
    private static List<String> texts(Dataset<Row> rows) {
        return rows.toJSON().collectAsList().stream().sorted().toList();
    }

    private List<String> cells(int number) {
        return texts(tables.readStored("exposure_daily").filter("event_date = DATE'" + day(number) + "'"));
    }

    private List<String> values(String dimension, int runDate) {
        return tables
                .readStored("segment_findings")
                .filter("run_date = DATE'" + day(runDate) + "' and dimensions = array('" + dimension + "')")
                .selectExpr("dimension_values[0] || ' ' || alarms")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    @Test
    void aChangeStopsTheRunAndTheDayItNamesBuiltAgainIsAsIfNothingElseHadBeen() {
        String definition = "";
        run(tables, 1, definition);
        for (String change : List.of(
                "dimensions.kind = \"camera_id = 'c1'\"",
                "dimensions.light = null",
                "dimensions.brightness.edges = [30, 60, 90]",
                "columns.predicted_label = \"upper(predicted_label)\"")) {
            Map<String, List<String>> before = rows(tables);
            String changed = definition + "inputs.inferences." + change + "\n";

            assertThatThrownBy(() -> run(tables, 2, changed))
                    .as(change)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("dimensions, bins, label mapping or verdict rules changed since 2026-10-01")
                    .hasMessageContaining(
                            "Rebuild the days 2026-10-01 to 2026-10-01 with `segments --run-date` and --set"
                                    + " segments.after-change=restart, oldest first");
            assertThat(rows(tables)).as(change).isEqualTo(before);

            run(tables, 1, changed + RESTART);
            FakeTables anew = new FakeTables();
            run(anew, 1, changed);
            assertThat(rows(tables)).as(change).isEqualTo(rows(anew));
            definition = changed;
        }
        run(tables, 2, definition);
        assertThat(values("label", 2))
                .as("both days, no cells of a former definition")
                .containsExactly("CAR 18", "VAN 6");
    }

    @Test
    void aNewSeriesGoesOnByItselfAndTheFormerDefinitionFindsItsOldCells() {
        String renamed = DIMENSIONS + " { light = null, lamp = light }\n";
        run(tables, 1, NO_FEEDBACK);
        List<String> old = cells(1);
        run(tables, 2, NO_FEEDBACK + renamed + RESTART);
        assertThat(values("lamp", 2)).containsExactly("day 8", "night 4");
        assertThat(cells(1)).isEqualTo(old);
        run(tables, 3, NO_FEEDBACK + renamed);
        assertThat(values("lamp", 3)).containsExactly("day 16", "night 8");

        assertThatThrownBy(() -> run(tables, 4, NO_FEEDBACK))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Rebuild the days 2026-10-02 to 2026-10-03");
        run(tables, 2, NO_FEEDBACK + RESTART);
        run(tables, 3, NO_FEEDBACK + RESTART);
        run(tables, 4, NO_FEEDBACK);

        assertThat(cells(1)).isEqualTo(old);
        assertThat(values("light", 4)).containsExactly("day 32", "night 16");
        assertThat(values("lamp", 4)).isEmpty();
    }

    @Test
    void dimensionsOfCamerasCostNoCellsSoAWindowJustTakesTheNewOnes() {
        run(tables, 1, NO_FEEDBACK + HEIGHT + "[3] }\n");
        List<String> before = cells(1);
        assertThat(values("height", 1)).containsExactly("(-inf, 3) 3", "[3, inf) 9");

        run(tables, 2, NO_FEEDBACK + HEIGHT + "[4, 9] }\n");
        assertThat(cells(1)).isEqualTo(before);
        assertThat(values("height", 2)).containsExactly("(-inf, 4) 12", "[4, 9) 6", "[9, inf) 6");

        run(tables, 3, NO_FEEDBACK);
        assertThat(values("height", 3)).isEmpty();
        assertThat(values("light", 3)).containsExactly("day 24", "night 12");
    }
}
