package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.tables.InputException;
import dev.winnow.testing.SparkExtension;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceLogTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final String JSON = "inferences.format = json\n";

    @TempDir
    Path folder;

    /** A good row, with some fields replaced or, by null, left out. */
    private static String row(String... changes) {
        List<String> fields = new ArrayList<>(List.of(
                "inference_id=i1",
                "image_uri=s3://b/1.jpg",
                "captured_at=2026-10-01T10:00:00Z",
                "event_date=2026-10-01",
                "use_case=u",
                "model_version=m",
                "site_id=s",
                "camera_id=c",
                "predicted_label=car",
                "confidence=0.5"));
        for (String change : changes) {
            String name = change.substring(0, change.indexOf('=') + 1);
            fields.removeIf(f -> f.startsWith(name));
            if (!change.endsWith("=null")) {
                fields.add(change);
            }
        }
        return "{"
                + String.join(
                        ",",
                        fields.stream()
                                .map(f -> "'" + f.replaceFirst("=", "':'") + "'")
                                .toList())
                + "}";
    }

    private List<String> reasons(String inputs, String... rows) {
        return new Sources(folder)
                .with("inferences/a.json", rows)
                .inferences(JSON + inputs)
                .days(List.of(DAY))
                .sort("inference_id")
                .select("reject_reason")
                .as(Encoders.STRING())
                .collectAsList();
    }

    @ParameterizedTest
    @CsvSource({
        "inference_id=null, inference_id_null",
        "inference_id=' ', inference_id_null",
        "image_uri=null, image_uri_null",
        "camera_id=null, camera_id_null",
        "use_case=null, use_case_null",
        "model_version=null, model_version_null",
        "captured_at=null, captured_at_null",
        "captured_at=yesterday, captured_at_unparsable",
        "captured_at=2026-10-01T10:00:00, captured_at_without_zone",
        "captured_at=2026-10-01, captured_at_without_zone",
        "captured_at=2026-10-01T12:00:00+02:00, ",
        "captured_at=2026-10-01 06:00:00 America/Port-au-Prince, ",
        "event_date=null, event_date_null",
        "event_date=01.10.2026, event_date_unparsable",
        "confidence=null, confidence_null",
        "confidence=high, confidence_unparsable",
        "confidence=NaN, confidence_nan",
        "confidence=1.0001, confidence_out_of_range",
        "confidence=-0.1, confidence_out_of_range",
        "confidence=Infinity, confidence_out_of_range",
        "confidence=0, ",
        "confidence=1, "
    })
    void aRowSaysWhichRuleItBreaks(String change, String reason) {
        // A second row has every field, so that Spark's inferred schema has them too.
        assertThat(reasons("", row(change.replace("' '", " ")), row("inference_id=z")))
                .containsExactly(reason, null);
    }

    @Test
    void aFrameWithoutOutputNeedsNoConfidence() {
        assertThat(reasons(
                        "",
                        row("inference_id=a", "predicted_label=null", "confidence=null"),
                        row("inference_id=b", "predicted_label=null", "confidence=none"),
                        row("inference_id=c")))
                .containsExactly(null, null, null);
    }

    @Test
    void aMalformedLineIsRejectedAndNotLost() {
        assertThat(reasons("", "{'inference_id':'i0','event_date':'2026-10-01','image_u", row()))
                .containsExactly("inference_id_null", null);
    }

    @Test
    void confidencesOfAScaleOfAHundredBecomeFractions() {
        List<Row> rows = new Sources(folder)
                .with(
                        "inferences/a.json",
                        row("inference_id=a", "confidence=55"),
                        row("inference_id=b", "confidence=100"),
                        row("inference_id=c", "confidence=100.5"))
                .inferences(JSON + "inferences.confidence-scale = 100")
                .days(List.of(DAY))
                .sort("inference_id")
                .select("confidence", "reject_reason")
                .collectAsList();

        assertThat(rows)
                .extracting(r -> r.mkString(" "))
                .containsExactly("0.55 null", "1.0 null", "1.005 confidence_out_of_range");
    }

    @Test
    void theConfiguredZoneMovesTimestampsThatCarryNoneAndLeavesTheOthersAlone() {
        List<String> times = new Sources(folder)
                .with(
                        "inferences/a.json",
                        row("inference_id=a", "captured_at=2026-10-01T10:00:00"),
                        row("inference_id=b", "captured_at=2026-10-01T10:00:00Z"),
                        row("inference_id=c", "captured_at=2026-10-01T10:00:00.5-04:00"),
                        row("inference_id=d", "captured_at=2026-10-01"),
                        row("inference_id=e", "captured_at=2026-10-01 10:00:00 America/Port-au-Prince"))
                .inferences(JSON + "inferences.time-zone = Europe/Berlin")
                .accepted(List.of(DAY))
                .sort("inference_id")
                .selectExpr("cast(captured_at as string)")
                .as(Encoders.STRING())
                .collectAsList();

        assertThat(times)
                .containsExactly(
                        "2026-10-01 08:00:00",
                        "2026-10-01 10:00:00",
                        "2026-10-01 14:00:00.5",
                        "2026-09-30 22:00:00",
                        "2026-10-01 14:00:00");
    }

    @Test
    void localHourAndPartOfDayFollowTheZoneOfTheCamera() {
        List<String> rows = new Sources(folder)
                .with(
                        "inferences/a.json",
                        row("inference_id=a", "camera_id=tokyo", "captured_at=2026-10-01T10:30:00Z"),
                        row("inference_id=b", "camera_id=lima", "captured_at=2026-10-01T10:30:00Z"),
                        row("inference_id=c", "camera_id=nowhere", "captured_at=2026-10-01T10:30:00Z"),
                        row("inference_id=d", "camera_id=unlisted", "captured_at=2026-10-01T18:00:00Z"))
                .with("cameras.csv", "camera_id,time_zone", "tokyo,Asia/Tokyo", "lima,America/Lima", "nowhere,")
                .inferences(JSON + """
                        inferences.dimensions { hour = "local_hour()", part = "part_of_day()" }
                        cameras { path = "$root/cameras.csv", format = csv }
                        """)
                .accepted(List.of(DAY))
                .sort("inference_id")
                .selectExpr("concat_ws(' ', camera_id, dim_hour, dim_part)")
                .as(Encoders.STRING())
                .collectAsList();

        assertThat(rows)
                .containsExactly(
                        "tokyo 19 evening",
                        "lima 5 night",
                        "nowhere __UNKNOWN__ __UNKNOWN__",
                        "unlisted __UNKNOWN__ __UNKNOWN__");
    }

    @ParameterizedTest
    @CsvSource({"true, tokyo 19, nowhere 7", "false, tokyo 7, nowhere 7"})
    void camerasThatNameNoZoneAreInTheConfiguredOneWithOrWithoutATable(boolean table, String first, String second) {
        List<String> rows = new Sources(folder)
                .with(
                        "inferences/a.json",
                        row("inference_id=a", "camera_id=tokyo", "captured_at=2026-10-01T10:30:00Z"),
                        row("inference_id=b", "camera_id=nowhere", "captured_at=2026-10-01T10:30:00Z"))
                .with("cameras.csv", "camera_id,time_zone", "tokyo,Asia/Tokyo", "nowhere,")
                .inferences(JSON + """
                        inferences.dimensions { hour = "local_hour()" }
                        cameras.time-zone = America/Sao_Paulo
                        """ + (table ? "cameras { path = \"$root/cameras.csv\", format = csv }" : ""))
                .accepted(List.of(DAY))
                .sort("inference_id")
                .selectExpr("concat_ws(' ', camera_id, dim_hour)")
                .as(Encoders.STRING())
                .collectAsList();

        assertThat(rows).containsExactly(first, second);
    }

    @Test
    void aLocalTimeThatNoCameraCouldTellIsRefused() {
        InferenceLog log = new Sources(folder)
                .with("inferences/a.json", row())
                .with("cameras.csv", "camera_id,kind", "c,dome")
                .inferences(JSON + """
                        inferences.dimensions.hour = "local_hour()"
                        cameras { path = "$root/cameras.csv", format = csv }
                        """);

        assertThatThrownBy(() -> log.days(List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.cameras: no camera in")
                .hasMessageContaining("or set inputs.cameras.time-zone to the zone of all cameras");
    }

    @Test
    void aZoneThatIsNoneIsNamedWithItsCamera() {
        InferenceLog log = new Sources(folder)
                .with("inferences/a.json", row())
                .with("cameras.csv", "camera_id,time_zone", "c,Berlin time")
                .inferences(JSON + """
                        inferences.dimensions.hour = "local_hour()"
                        cameras { path = "$root/cameras.csv", format = csv }
                        """);

        assertThatThrownBy(() -> log.days(List.of(DAY)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("time_zone Berlin time of camera c in")
                .hasMessageContaining("is no zone");
    }

    @Test
    void theSiteComesFromTheLogElseFromTheCameraTableElseIsUnknown() {
        List<String> rows = new Sources(folder)
                .with(
                        "inferences/a.json",
                        row("inference_id=a", "site_id=of-log"),
                        row("inference_id=b", "site_id=null"),
                        row("inference_id=d", "site_id=null", "camera_id=unlisted"))
                .with("cameras.csv", "camera_id,site_id", "c,of-table")
                .inferences(JSON + "cameras { path = \"$root/cameras.csv\", format = csv }")
                .accepted(List.of(DAY))
                .sort("inference_id")
                .select("site_id")
                .as(Encoders.STRING())
                .collectAsList();

        assertThat(rows).containsExactly("of-log", "of-table", "__UNKNOWN__");
    }

    @Test
    void withoutACameraTableALogNeedsASiteAndANullOneIsNull() {
        Sources sources = new Sources(folder).with("inferences/a.json", row("site_id=null"), row("inference_id=b"));

        assertThat(sources.inferences(JSON)
                        .accepted(List.of(DAY))
                        .sort("inference_id")
                        .select("site_id")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("s", "__NULL__");
        sources.with("inferences/a.json", row("site_id=null"));
        assertThatThrownBy(() -> sources.inferences(JSON).days(List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.columns.site_id is not mapped");
    }

    @Test
    void aNullDimensionHasAValueOfItsOwn() {
        assertThat(new Sources(folder)
                        .with("inferences/a.json", row("light=day"), row("inference_id=b"))
                        .inferences(JSON + "inferences.dimensions { light = light }")
                        .accepted(List.of(DAY))
                        .sort("inference_id")
                        .select("dim_light")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("__NULL__", "day");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void checkedUniquenessKeepsTheSameRowOfARepeatedIdForAnyPartitioning(int partitions) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            // Three rows an id, which differ in a dimension alone.
            rows.add(row("inference_id=i" + i % 10, "light=" + (i / 10 + i) % 3));
        }
        rows.add(row("inference_id=i3", "confidence=2", "light=0"));
        SparkExtension.session()
                .createDataset(rows.stream().map(r -> r.replace('\'', '"')).toList(), Encoders.STRING())
                .repartition(partitions)
                .write()
                .text(folder.resolve("inferences").toString());
        Dataset<Row> days = new Sources(folder)
                .inferences(JSON + "inferences { uniqueness = checked, dimensions { light = light } }")
                .days(List.of(DAY));

        assertThat(days.filter("reject_reason is null")
                        .selectExpr("concat(inference_id, ' ', dim_light) as kept")
                        .sort("kept")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("i0 0", "i1 0", "i2 0", "i3 0", "i4 0", "i5 0", "i6 0", "i7 0", "i8 0", "i9 0");
        assertThat(days.groupBy("reject_reason").count().sort("reject_reason").collectAsList())
                .extracting(r -> r.mkString(" "))
                .containsExactly("null 10", "confidence_out_of_range 1", "inference_id_repeated 20");
    }

    @Test
    void whereNoFolderSaysTheDayABadDateIsOfTheDayOfItsTimeAndABrokenLineOfEveryDay() {
        InferenceLog log = new Sources(folder)
                .with(
                        "inferences/history.json",
                        row("inference_id=a"),
                        row("inference_id=b", "event_date=01.10.2026"),
                        row("inference_id=c", "event_date=02.10.2026", "captured_at=2026-10-02T10:00:00Z"),
                        row("inference_id=d", "event_date=2026-10-02", "captured_at=2026-10-02T10:00:00Z"),
                        "{'inference_id':'cut")
                .inferences(JSON);

        assertThat(reasonsById(log, DAY))
                .containsExactly("null inference_id_null", "a null", "b event_date_unparsable");
        assertThat(reasonsById(log, DAY.plusDays(1)))
                .containsExactly("null inference_id_null", "c event_date_unparsable", "d null");
        assertThat(log.undated()).isEqualTo(new Undated(1, 5));
    }

    private static List<String> reasonsById(InferenceLog log, LocalDate day) {
        return log.days(List.of(day))
                .sort("inference_id")
                .selectExpr("concat_ws(' ', coalesce(inference_id, 'null'), coalesce(reject_reason, 'null'))")
                .as(Encoders.STRING())
                .collectAsList();
    }

    @Test
    void rowsOfOtherDaysInTheFilesOfADayAreToldFromItsRejects() {
        InferenceLog log = new Sources(folder)
                .with(
                        "inferences/dt=2026-10-01/a.json",
                        row("inference_id=a"),
                        row("inference_id=b", "event_date=2026-09-30"),
                        row("inference_id=c", "event_date=2026-10-02", "camera_id=null"),
                        row("inference_id=d", "event_date=none"))
                .with("inferences/dt=2026-10-02/a.json", row("inference_id=e", "event_date=2026-10-02"))
                .inferences(JSON + "inferences.partition-filter = \"dt = '{date}'\"");

        assertThat(log.files(DayRange.of(DAY))
                        .sort("inference_id")
                        .select("reject_reason")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly(null, Inferences.OTHER_DAY, Inferences.OTHER_DAY, "event_date_unparsable");
        assertThat(reasonsById(log, DAY)).containsExactly("a null", "d event_date_unparsable");
        assertThat(log.accepted(List.of(DAY)).count()).isEqualTo(1);
        assertThat(log.undated()).isEqualTo(new Undated(0, 0));
        assertThat(InferenceLog.ofOtherDays(3, DayRange.of(DAY)))
                .startsWith("3 rows in the files of 2026-10-01 are of other days")
                .contains("inputs.inferences.partition-filter");
    }

    @Test
    void whereNoFolderSaysTheDayOtherDaysAreHistoryAndNoNews() {
        InferenceLog log = new Sources(folder)
                .with("inferences/a.json", row("inference_id=a"), row("inference_id=b", "event_date=2026-09-30"))
                .inferences(JSON);

        assertThat(log.files(DayRange.of(DAY)).count()).isEqualTo(1);
    }

    @Test
    void aDayReadsItsOwnFolderAlone() {
        SparkExtension.session()
                .createDataset(
                        List.of(
                                row().replace('\'', '"'),
                                row("event_date=2026-10-02").replace('\'', '"')),
                        Encoders.STRING())
                .selectExpr(
                        "from_json(value, 'inference_id string, image_uri string, captured_at timestamp, event_date date,"
                                + " use_case string, model_version string, site_id string, camera_id string, predicted_label"
                                + " string, confidence string') as r")
                .select("r.*")
                .write()
                .partitionBy("event_date")
                .parquet(folder.resolve("inferences").toString());
        InferenceLog log = new Sources(folder).inferences("");

        assertThat(log.day(DAY).files()).isEqualTo(1);
        assertThat(log.day(DAY).fingerprint())
                .isNotEqualTo(log.day(DAY.plusDays(1)).fingerprint());
        assertThat(log.day(DAY.plusDays(7)).files()).isZero();
        assertThat(log.accepted(List.of(DAY, DAY.plusDays(1))).count()).isEqualTo(2);
        assertThat(log.accepted(List.of()).count()).isZero();
    }
}
