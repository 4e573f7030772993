package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.ConfigException;
import dev.winnow.config.DimensionSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.Stage;
import dev.winnow.tables.InputException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.SparkExtension;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinsJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-02");
    private static final String CONF = """
            inferences {
              format = json
              schema = "inference_id string, image_uri string, captured_at string, use_case string, model_version string,\
             site_id string, camera_id string, predicted_label string, confidence string, light double, kind string"
              dimensions { brightness = light, kind = kind, hour { value = "local_hour()", bins = soon } }
            }
            cameras {
              path = "$root/cameras", format = csv, time-zone = Europe/Berlin
              dimensions { height { value = "cast(metres as int)", bins = heights } }
            }
            """;

    @TempDir
    Path folder;

    private final FakeTables tables = new FakeTables();

    @BeforeEach
    void twoDays() {
        new Sources(folder)
                .with("inferences/event_date=2026-10-01/a.json", frame(1, 1, "'light':1000,"))
                .with("inferences/event_date=2026-10-02/a.json", frames(0, 100).toArray(String[]::new))
                .with("cameras/a.csv", "camera_id,metres", "c0,2", "c1,3", "c2,3", "c3,9", "c4,");
    }

    /** Frames of brightness 0 to 99, every tenth of them without. */
    private static List<String> frames(int from, int to) {
        List<String> frames = new ArrayList<>();
        for (int i = from; i < to; i++) {
            frames.add(frame(2, i, i % 10 == 9 ? "" : "'light':" + i + ","));
        }
        return frames;
    }

    private static String frame(int day, int i, String more) {
        return "{'inference_id':'%1$d-%2$d','image_uri':'s3://b/%2$d.jpg','captured_at':'2026-10-0%1$dT%3$02d:10:00Z',"
                        .formatted(day, i, i % 20)
                + "'use_case':'u','model_version':'m','site_id':'s','camera_id':'c%d',%s'kind':'k','confidence':'0.5'}"
                        .formatted(i % 5, more);
    }

    private WinnowConfig config(String more) {
        return new Sources(folder).config(CONF + more);
    }

    private Stage.Report run(String name, String dimension, int count, int days) {
        return new BinsJob(
                        config(""),
                        new SparkSources(SparkExtension.session()),
                        tables,
                        new BinsJob.Wanted(name, dimension, count, days))
                .run(DAY);
    }

    private String stored() {
        return tables.readStored("dimension_bins").toJSON().collectAsList().toString();
    }

    @Test
    void quartilesOfADayAreStoredWithWhatTheyAreFromAndTold() {
        Stage.Report report = run("brightness-2026", "brightness", 4, 1);

        assertThat(stored())
                .contains(
                        "\"pipeline\":\"p\",\"name\":\"brightness-2026\",\"dimension\":\"brightness\",\"value\":\"light\"")
                .contains("\"edges\":[24.0,50.0,74.0],\"bins_wanted\":4,\"numbers\":90,\"rows_without_number\":10")
                .contains("\"first_date\":\"2026-10-02\",\"last_date\":\"2026-10-02\"");
        assertThat(report.rowsIn()).isEqualTo(100);
        assertThat(report.rowsOut()).isEqualTo(1);
        assertThat(report.passes()).isEqualTo(1);
        assertThat(report.sentences())
                .containsExactly(
                        "(-inf, 24): 22, 24.4 %",
                        "[24, 50): 23, 25.6 %",
                        "[50, 74): 22, 24.4 %",
                        "[74, inf): 23, 25.6 %",
                        "stored the edges [24.0, 50.0, 74.0] under the name brightness-2026, from 90 numbers of"
                                + " inferences of 2026-10-02 to 2026-10-02 (10 have none); the configuration asks for them"
                                + " by dimensions.brightness { value = \"light\", bins = brightness-2026 }");
    }

    @Test
    void severalDaysAreLookedAtTogether() {
        assertThat(run("two-days", "brightness", 2, 2).rowsIn()).isEqualTo(101);
        assertThat(stored()).contains("\"first_date\":\"2026-10-01\"").contains("\"numbers\":91");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void theEdgesDoNotDependOnTheFilesThatTheNumbersComeIn(int files) {
        run("one-file", "brightness", 7, 1);
        List<String> rows = frames(0, 100);
        Collections.shuffle(rows, new Random(files));
        Sources sources = new Sources(folder);
        for (int i = 0; i < files; i++) {
            sources.with(
                    "inferences/event_date=2026-10-02/" + (i == 0 ? "a" : "part" + i) + ".json",
                    rows.subList(i * 100 / files, (i + 1) * 100 / files).toArray(String[]::new));
        }
        run("many-files", "brightness", 7, 1);

        assertThat(tables.readStored("dimension_bins")
                        .select("edges")
                        .distinct()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theHourAtTheCameraIsANumberToo() {
        // Hours 0 to 19 UTC are 2 to 21 in Berlin in October.
        run("hours", "hour", 4, 1);
        assertThat(stored()).contains("\"value\":\"local_hour()\",\"edges\":[7.0,12.0,17.0]");
    }

    @Test
    void heightsAreOfCamerasAndManyEqualOnesLeaveFewerIntervals() {
        Stage.Report report = run("heights", "height", 4, 1);

        assertThat(stored())
                .contains("\"edges\":[3.0,9.0],\"bins_wanted\":4,\"numbers\":4,\"rows_without_number\":1")
                .doesNotContain("_date\"");
        assertThat(report.passes()).isZero();
        assertThat(report.sentences())
                .contains("3 intervals instead of 4: so many numbers are equal that no edge parts them further");
    }

    @Test
    void aNameKeepsItsEdges() {
        run("brightness-2026", "brightness", 4, 1);
        String before = stored();

        assertThatThrownBy(() -> run("brightness-2026", "brightness", 2, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the bins brightness-2026 of pipeline p are stored already, with the edges"
                        + " [24.0, 50.0, 74.0]; a name keeps its edges");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void whatIsNoNumberHasNoIntervals() {
        assertThatThrownBy(() -> run("kinds", "kind", 4, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.dimensions.kind.value = kind is of type string in " + folder)
                .hasMessageContaining("such as try_cast(kind as double)");
        assertThatThrownBy(() -> run("b", "brightnes", 4, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "--dimension brightnes is no dimension of the configuration; did you mean brightness?");
        new Sources(folder).with("inferences/event_date=2026-10-02/a.json", frame(2, 1, "'light':7,"), frame(2, 2, ""));
        assertThatThrownBy(() -> run("b", "brightness", 4, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "no edge parts the 1 numbers of inferences of 2026-10-02 to 2026-10-02 (1 have none):"
                                + " all are about 7.0; nothing was written");
        assertThat(tables.names()).isEmpty();
    }

    @Test
    void aConfigurationTakesTheStoredEdgesItNamesAndItsRunsGetOtherIds() {
        run("heights", "height", 4, 1);
        run("soon", "hour", 2, 1);
        WinnowConfig asked = config("");

        WinnowConfig known = DimensionBins.lookUp(asked, tables);

        assertThat(known.cameras().input().dimensions())
                .containsEntry("height", new DimensionSettings("cast(metres as int)", List.of(3.0, 9.0), "heights"));
        assertThat(known.inferences().input().dimensions())
                .containsEntry("hour", new DimensionSettings("local_hour()", List.of(12.0), "soon"))
                .containsEntry("kind", new DimensionSettings("kind", List.of(), ""));
        assertThat(known.semantic()).isNotEqualTo(asked.semantic()).contains("\"edges\":[3.0,9.0]");
        assertThat(known.effective()).contains("\"edges\":[12.0]");
        assertThat(new CameraTable(new SparkSources(SparkExtension.session()), known.cameras())
                        .cameras()
                        .selectExpr("camera_id || ' ' || dim_height")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder("c0 (-inf, 3)", "c1 [3, 9)", "c2 [3, 9)", "c3 [9, inf)", "c4 __NULL__");
    }

    @Test
    void namesThatAreNotStoredAreToldWithTheCommandThatStoresThem() {
        run("heights", "height", 4, 1);

        assertThatThrownBy(() -> DimensionBins.lookUp(config(""), tables))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "inputs.inferences.dimensions.hour.bins = soon, but pipeline p has stored only heights;"
                                + " store them with `winnow bins --conf FILE --name soon --dimension hour --count 4 --run-date"
                                + " YYYY-MM-DD`");
    }

    @Test
    void numbersOfFramesLieInIntervalsAndAnHourThatCanNotBeToldIsUnknown() {
        InferenceLog log = new Sources(folder).inferences(CONF + """
                        inferences.dimensions {
                          brightness { value = light, edges = [0.5, 10] }, hour { value = "local_hour()", edges = [6], bins = null }
                        }
                        cameras {
                          dimensions = null, time-zone = ""
                          columns.time_zone = "if(camera_id = 'c1', null, 'Europe/Berlin')"
                        }
                        """);

        assertThat(log.accepted(List.of(DAY))
                        .filter("inference_id in ('2-0', '2-1', '2-5', '2-9', '2-10')")
                        .selectExpr("inference_id || ' ' || dim_brightness || ' ' || dim_hour")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder(
                        "2-0 (-inf, 0.5) (-inf, 6)",
                        "2-1 [0.5, 10) __UNKNOWN__",
                        "2-5 [0.5, 10) [6, inf)",
                        "2-9 __NULL__ [6, inf)",
                        "2-10 [10, inf) [6, inf)");
    }
}
