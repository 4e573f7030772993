package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class WrongInferencesTest {
    private static final List<String> LIGHT = List.of("light");

    private final List<String> matched = new ArrayList<>();

    private static StructType schema() {
        StructType schema = Feedback.TABLE.schema().add(Verdicts.CREDITED, DateType);
        for (StructField field : Inferences.TABLE.withDimensions(LIGHT).schema().fields()) {
            schema = schema.add("i_" + field.name(), field.dataType());
        }
        return schema;
    }

    /** A mark on an inference that predicts {@code car}, made at noon of a day of October on which it counts. */
    private void mark(String id, int day, String inference, String verdict, String more) {
        matched.add("{'feedback_id':'%s','verdict':'%s','reported_at':'2026-10-0%dT12:00:00Z','credited':'2026-10-0%d',"
                        .formatted(id, verdict, day, day)
                + "'i_inference_id':'%s','i_image_uri':'s3://b/%s.jpg','i_captured_at':'2026-10-01T01:00:00Z',"
                        .formatted(inference, inference)
                + "'i_event_date':'2026-10-01','i_use_case':'u','i_model_version':'m','i_site_id':'s','i_camera_id':'c',"
                + "'i_predicted_label':'car','i_confidence':0.5,'i_dim_light':'day'" + more + "}");
    }

    private Dataset<Row> rows(int day) {
        LocalDate date = LocalDate.of(2026, 10, day);
        Dataset<Row> known = Frames.of(schema(), matched.toArray(String[]::new))
                .filter(col(Verdicts.CREDITED).leq(lit(date)));
        return WrongInferences.of(known.withColumn(Verdicts.DAY, lit(date)), LIGHT);
    }

    /** Inference, verdict and right class. */
    private List<String> wrong(int day) {
        return rows(day)
                .select(Inferences.INFERENCE_ID, Misclassified.VERDICT, Misclassified.CORRECTED_LABEL)
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" "))
                .sorted()
                .toList();
    }

    @Test
    void anInferenceIsWrongOnTheDayItsVerdictBecomesSoAndNotAgain() {
        mark("f1", 1, "a", "FALSE_POSITIVE", "");
        mark("f2", 2, "a", "FALSE_POSITIVE", "");
        mark("f3", 2, "b", "CONFIRMED", "");
        mark("f4", 3, "b", "RELABELED", ",'corrected_label':'van'");
        mark("f5", 3, "c", "RELABELED", ",'corrected_label':'car'");

        assertThat(wrong(1)).containsExactly("a FALSE_POSITIVE null");
        assertThat(wrong(2)).as("a was wrong before, b is right").isEmpty();
        assertThat(wrong(3)).as("c is relabeled to what it was").containsExactly("b RELABELED van");
    }

    @Test
    void aWrongAlarmThatIsNamedAnewIsWrongOnceMoreAndOneThatIsConfirmedNoMore() {
        mark("f1", 1, "a", "FALSE_POSITIVE", "");
        mark("f2", 1, "b", "FALSE_POSITIVE", "");
        mark("f3", 2, "a", "RELABELED", ",'corrected_label':'van'");
        mark("f4", 2, "b", "CONFIRMED", "");

        assertThat(wrong(2)).containsExactly("a RELABELED van");
    }

    @Test
    void ofAnAlarmAndAMissOnItsImageTheNewerMarkStands() {
        mark("f1", 1, "a", "MISSED", ",'label':'dog'");
        mark("f2", 1, "a", "FALSE_POSITIVE", "");
        mark("f3", 1, "b", "FALSE_POSITIVE", "");
        mark("f4", 1, "b", "MISSED", ",'corrected_label':'cat'");
        mark("f5", 1, "c", "CONFIRMED", "");
        mark("f6", 1, "c", "MISSED", "");

        assertThat(wrong(1)).containsExactly("a FALSE_POSITIVE null", "b MISSED cat", "c MISSED null");
    }

    @Test
    void aSecondClassThatIsMissedOnAFrameIsWrongOnItsOwnDay() {
        mark("f1", 1, "a", "MISSED", ",'label':'dog'");
        mark("f2", 2, "a", "MISSED", ",'label':'person'");
        mark("f3", 3, "a", "MISSED", ",'label':'dog'");

        assertThat(wrong(1)).containsExactly("a MISSED dog");
        assertThat(wrong(2)).containsExactly("a MISSED person");
        assertThat(wrong(3)).isEmpty();
    }

    @Test
    void theRowsFitTheirTable() {
        mark("f1", 1, "a", "FALSE_POSITIVE", "");
        FakeTables tables = new FakeTables();
        tables.replace(
                Misclassified.TABLE.withDimensions(LIGHT),
                rows(1).withColumn(Misclassified.PIPELINE, lit("p"))
                        .withColumn(Misclassified.ARRIVAL_DATE, lit(LocalDate.of(2026, 10, 1))),
                Map.of(Misclassified.PIPELINE, "p"));
        assertThat(tables.readStored("misclassified").toJSON().collectAsList())
                .singleElement()
                .asString()
                .contains("\"image_uri\":\"s3://b/a.jpg\"", "\"dim_light\":\"day\"", "\"confidence\":0.5");
    }
}
