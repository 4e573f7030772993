package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class JsonTest {
    @Test
    void whatMeansSomethingToHtmlIsEscapedAndReadsBackAsItWas() throws Exception {
        String poison = "</script><!--<img src=x onerror='alert(1)'>&amp;]]>{{data}} \u2028\u2029é😀";
        String json = Json.forHtml(Json.list(java.util.List.of("x")).add(poison));
        assertThat(json).doesNotContain("<", ">", "&", "'", "\u2028", "\u2029").matches("\\p{ASCII}+");
        assertThat(new ObjectMapper().readTree(json).get(1).asText()).isEqualTo(poison);
    }

    @Test
    void rowsKeepTheirTypesAndLeaveOutWhatIsNull() {
        var rows = Frames.of(
                StructType.fromDDL(
                        "d DATE, t TIMESTAMP, n BIGINT, x DOUBLE, nan DOUBLE, l ARRAY<STRING>, s STRUCT<a: INT>,"
                                + " b BOOLEAN, none STRING"),
                "{'d':'2026-11-07','t':'2026-11-07T10:00:00Z','n':12345678901,'x':0.123456789,'nan':'NaN','l':['p','q'],"
                        + "'s':{'a':1},'b':true}");
        assertThat(Json.rows(rows.collectAsList()).toString())
                .isEqualTo("[{\"d\":\"2026-11-07\",\"t\":\"2026-11-07T10:00:00Z\",\"n\":12345678901,\"x\":0.123457,"
                        + "\"l\":[\"p\",\"q\"],\"s\":{\"a\":1},\"b\":true}]");
    }
}
