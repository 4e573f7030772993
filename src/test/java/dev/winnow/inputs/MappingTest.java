package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.testing.SparkExtension;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final String MAPPING = """
            inferences {
              partition-filter = none
              columns {
                inference_id = "concat_ws('-', cam, frame)"
                image_uri = "concat('s3://b/', cam, '/', frame, '.jpg')"
                captured_at = "timestamp_millis(cast(ms as bigint))"
                event_date = "to_date(timestamp_millis(cast(ms as bigint)))"
                use_case = "'people'"
                model_version = "model"
                site_id = "split(cam, '_')[0]"
                camera_id = "cam"
                predicted_label = "class"
                confidence = "cast(score as double) / 10"
              }
              dimensions { wet = "rain > 0" }
            }
            """;

    @TempDir
    Path folder;

    private static final String EXPECTED = "{\"inference_id\":\"a_1-7\",\"image_uri\":\"s3://b/a_1/7.jpg\","
            + "\"captured_at\":\"2026-10-01T00:00:00.500Z\",\"event_date\":\"2026-10-01\",\"use_case\":\"people\","
            + "\"model_version\":\"m3\",\"site_id\":\"a\",\"camera_id\":\"a_1\",\"predicted_label\":\"person\","
            + "\"confidence\":0.85,\"dim_wet\":\"true\"}";

    private static List<String> rows(InferenceLog log) {
        return log.accepted(List.of(DAY)).toJSON().collectAsList();
    }

    @Test
    void expressionsBringAnySchemaOfCsvToTheCanonicalOne() {
        assertThat(rows(new Sources(folder)
                        .with(
                                "inferences/a.csv",
                                "cam,frame,ms,model,class,score,rain",
                                "a_1,7,1790812800500,m3, person ,8.5,3")
                        .inferences(MAPPING + "inferences.format = csv")))
                .containsExactly(EXPECTED);
    }

    @Test
    void expressionsBringAnySchemaOfJsonToTheCanonicalOne() {
        assertThat(rows(new Sources(folder)
                        .with(
                                "inferences/a.json",
                                "{'cam':'a_1','frame':7,'ms':1790812800500,'model':'m3',"
                                        + "'class':'person','score':8.5,'rain':3}")
                        .inferences(MAPPING + "inferences.format = json")))
                .containsExactly(EXPECTED);
    }

    @Test
    void expressionsBringAnySchemaOfParquetToTheCanonicalOne() {
        SparkExtension.session()
                .sql("select 'a_1' cam, 7 frame, 1790812800500 ms, 'm3' model, 'person' class, 8.5 score, 3 rain")
                .write()
                .parquet(folder.resolve("inferences").toString());

        assertThat(rows(new Sources(folder).inferences(MAPPING))).containsExactly(EXPECTED);
    }

    @Test
    void everyMissingColumnIsNamedWithItsKeyThePlaceAndTheNearestColumn() {
        InferenceLog log = new Sources(folder)
                .with(
                        "inferences/a.csv",
                        "inference_id,image_url,captured_at,event_date,use_case,model_version,site_id",
                        "1,u,2026-10-01T00:00:00Z,2026-10-01,u,m,s")
                .inferences("inferences.format = csv");

        assertThatThrownBy(() -> log.days(List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.columns.image_uri is not mapped and " + folder
                        + "/inferences has no column of that name; did you mean image_url?")
                .hasMessageContaining("inputs.inferences.columns.camera_id is not mapped")
                .hasMessageContaining("inputs.inferences.columns.confidence is not mapped");
    }

    @Test
    void anExpressionThatDoesNotFitIsNamedWithTheColumnsThereAre() {
        InferenceLog log = new Sources(folder)
                .with("inferences/a.csv", "cam,frame,ms,model,class,score,rain", "a_1,7,0,m3,person,8.5,3")
                .inferences(MAPPING + """
                        inferences { format = csv, columns.camera_id = "camera", dimensions.wet = "rain >" }
                        """);

        assertThatThrownBy(() -> log.days(List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.columns.camera_id = camera does not fit " + folder)
                .hasMessageContaining("columns: cam, frame, ms, model, class, score, rain")
                .hasMessageContaining("inputs.inferences.dimensions.wet = rain >");
    }

    @Test
    void aColumnOfTheWrongTypeIsNamedWithItsTypeAndTheOneExpected() {
        SparkExtension.session()
                .sql("select 'i' inference_id, 'u' image_uri, 1790812800500 captured_at, 20261001 event_date,"
                        + " 'u' use_case, 'm' model_version, 's' site_id, 'c' camera_id, 'car' predicted_label,"
                        + " array(0.5) confidence")
                .write()
                .parquet(folder.resolve("inferences").toString());
        InferenceLog log = new Sources(folder).inferences("");

        assertThatThrownBy(() -> log.days(List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.columns.captured_at is of type bigint")
                .hasMessageContaining("expected a timestamp; say how to read it, such as timestamp_millis(captured_at)")
                .hasMessageContaining("inputs.inferences.columns.event_date is of type int")
                .hasMessageContaining("expected a date")
                .hasMessageContaining("inputs.inferences.columns.confidence is of type array<decimal(1,1)>")
                .hasMessageContaining("expected a double");
    }

    @Test
    void parquetTimestampsWithoutAZoneNeedTheConfiguredOne() {
        SparkExtension.session()
                .sql("select 'i' inference_id, 'u' image_uri, timestamp_ntz'2026-10-01 10:00:00' captured_at,"
                        + " date'2026-10-01' event_date, 'u' use_case, 'm' model_version, 's' site_id, 'c' camera_id,"
                        + " 'car' predicted_label, 0.5 confidence")
                .write()
                .parquet(folder.resolve("inferences").toString());

        assertThat(new Sources(folder)
                        .inferences("")
                        .days(List.of(DAY))
                        .select("reject_reason")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("captured_at_without_zone");
        assertThat(new Sources(folder)
                        .inferences("inferences.time-zone = Europe/Berlin")
                        .accepted(List.of(DAY))
                        .selectExpr("cast(captured_at as string)")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("2026-10-01 08:00:00");
    }

    private static List<String> further(InferenceLog log) {
        return log.described(List.of(DAY))
                .select("scores", "phash", "embedding")
                .toJSON()
                .collectAsList();
    }

    @Test
    void scoresAreAnArrayOrAMapHashesANumberOrHexadecimalDigitsAndOtherTextsAreNone() {
        String log = "inferences { format = json, columns { scores = %s, phash = %s, embedding = vector } }";
        String row = """
                {'inference_id':'a','image_uri':'s3://b/1.jpg','captured_at':'2026-10-01T00:00:00Z',\
                'event_date':'2026-10-01','use_case':'u','model_version':'m','site_id':'s','camera_id':'c',\
                'predicted_label':'bag','confidence':0.5,'list':[0.5,0.25],'named':{'bag':0.5,'box':0.25},\
                'hex':'%s','number':-2,'large':18446744073709551615,'vector':[1,2.5]}""";
        Sources sources = new Sources(folder).with("inferences/a.json", row.formatted("fFfFfFfFfFfFfFfE"));
        assertThat(further(sources.inferences(log.formatted("list", "hex"))))
                .containsExactly("{\"scores\":[0.5,0.25],\"phash\":-2,\"embedding\":[1.0,2.5]}");
        assertThat(further(sources.inferences(
                        log.formatted("\"map('bag', named.bag, 'box', named.box)\"", "\"cast(number as bigint)\""))))
                .containsExactly("{\"scores\":[0.5,0.25],\"phash\":-2,\"embedding\":[1.0,2.5]}");
        assertThat(further(sources.inferences(log.formatted("list", "\"cast(large as decimal(20, 0))\""))))
                .containsExactly("{\"scores\":[0.5,0.25],\"phash\":-1,\"embedding\":[1.0,2.5]}");
        assertThat(further(new Sources(folder)
                        .with("inferences/a.json", row.formatted("no hash"))
                        .inferences(log.formatted("list", "hex"))))
                .containsExactly("{\"scores\":[0.5,0.25],\"embedding\":[1.0,2.5]}");
    }

    @Test
    void whatIsNoArrayOfNumbersIsNamedWithItsType() {
        assertThatThrownBy(() -> further(new Sources(folder)
                        .with("inferences/a.csv", "inference_id,image_uri", "a,s3://b/1.jpg")
                        .inferences(MAPPING + "inferences { format = csv, columns { scores = image_uri } }")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.columns.scores is of type string")
                .hasMessageContaining("expected an array of numbers");
    }
}
