package dev.winnow.segments;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Inferences;
import dev.winnow.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class OtherDaysTest {
    @Test
    void rowsOfOtherDaysAreOneRowOfCountsAndNoRejects() {
        Dataset<Row> rows = SparkExtension.session()
                .range(1_000)
                .selectExpr(
                        "concat('i', id) inference_id",
                        "'s3://bucket/a.jpg' image_uri",
                        "current_timestamp() captured_at",
                        "date'2026-09-30' event_date",
                        "'u' use_case",
                        "'m' model_version",
                        "'s' site_id",
                        "concat('c', id) camera_id",
                        "'car' predicted_label",
                        "0.5D confidence",
                        "if(id = 7, 'camera_id_null', '" + Inferences.OTHER_DAY + "') reject_reason",
                        "date'2026-10-01' counts_from",
                        "date'2026-10-01' counts_until");
        Dataset<Row> counted = Cells.count(rows, List.of(), lit(false));

        assertThat(counted.count())
                .as("all of other days, the rejected one, and itself once more")
                .isEqualTo(3);
        assertThat(Cells.rejected(counted).count()).isEqualTo(1);
        assertThat(Cells.exposure(counted, List.of()).count()).isZero();
        assertThat(Cells.totals(counted).sort("rows").collectAsList())
                .extracting(row -> row.getString(1) + " " + row.getLong(3))
                .containsExactly("camera_id_null 1", "other_day 999");
    }
}
