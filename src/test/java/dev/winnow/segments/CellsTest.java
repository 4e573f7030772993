package dev.winnow.segments;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Inferences;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CellsTest {
    private static final List<String> DIMENSIONS = List.of("light");
    private static final StructType SCHEMA =
            Inferences.TABLE.schema().add("dim_light", "string").add("reject_reason", "string");

    private static Dataset<Row> rows(String... json) {
        return Frames.of(SCHEMA, json)
                .withColumn("counts_from", lit(LocalDate.parse("2026-10-01")))
                .withColumn("counts_until", col("counts_from"));
    }

    private static String row(String id, String camera, @Nullable String label, String confidence, String light) {
        return ("{'inference_id':'%s','image_uri':'u','captured_at':'2026-10-01T10:00:00Z','event_date':'2026-10-01',"
                        + "'use_case':'u','model_version':'m','site_id':'s','camera_id':'%s','predicted_label':%s,"
                        + "'confidence':%s,'dim_light':'%s'}")
                .formatted(id, camera, label == null ? "null" : "'" + label + "'", confidence, light);
    }

    private static String rejected(String id, String reason) {
        return "{'inference_id':'" + id + "','reject_reason':'" + reason + "'}";
    }

    private static List<Long> histogram(long... firstThenLast) {
        List<Long> bins = new ArrayList<>(java.util.Collections.nCopies(20, 0L));
        for (int i = 0; i + 1 < firstThenLast.length; i += 2) {
            bins.set((int) firstThenLast[i], firstThenLast[i + 1]);
        }
        return bins;
    }

    @Test
    void aCellCountsTheRowsOfOneCameraDimensionAndLabelWithTheirConfidences() {
        Dataset<Row> cells = Cells.exposure(
                Cells.count(
                        rows(
                                row("1", "c1", "car", "0", "day"),
                                row("2", "c1", "car", "0.05", "day"),
                                row("3", "c1", "car", "1", "day"),
                                row("4", "c1", "car", "0.99", "night"),
                                row("5", "c2", "car", "0.5", "day"),
                                row("6", "c2", null, "0.5", "day"),
                                rejected("7", "camera_id_null")),
                        DIMENSIONS,
                        lit(false)),
                DIMENSIONS);

        assertThat(cells.select("camera_id", "label", "dim_light", "shown", "confidence_histogram")
                        .collectAsList())
                .extracting(
                        r -> r.getString(0) + " " + r.getString(1) + " " + r.getString(2),
                        r -> r.getLong(3),
                        r -> r.<Long>getList(4))
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("c1 car day", 3L, histogram(0, 1, 1, 1, 19, 1)),
                        org.assertj.core.groups.Tuple.tuple("c1 car night", 1L, histogram(19, 1)),
                        org.assertj.core.groups.Tuple.tuple("c2 car day", 1L, histogram(10, 1)),
                        org.assertj.core.groups.Tuple.tuple("c2 __NONE__ day", 1L, histogram()));
    }

    @Test
    void everyEdgeOfABinBelongsToTheBinAboveItInBothScales() {
        List<Double> edges = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            edges.add(Double.parseDouble("0." + (i < 2 ? "0" + 5 * i : "" + 5 * i)));
            edges.set(i, i == 20 ? 1.0 : edges.get(i));
        }
        List<Integer> fractions = bins(edges, col("value"));
        List<Integer> percents = bins(
                edges.stream().map(e -> (double) Math.round(100 * e)).toList(),
                col("value").divide(100.0));

        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            expected.add(Math.min(i, 19));
        }
        assertThat(fractions).isEqualTo(expected);
        assertThat(percents).isEqualTo(expected);
    }

    private static List<Integer> bins(List<Double> values, Column confidence) {
        return SparkExtension.session()
                .createDataset(values, Encoders.DOUBLE())
                .toDF("value")
                .select(Cells.confidenceBin(confidence))
                .as(Encoders.INT())
                .collectAsList();
    }

    @Test
    void cellsOfPartsAddUpToTheCellsOfTheWhole() {
        Dataset<Row> one = rows(row("1", "c1", "car", "0.2", "day"), row("2", "c1", null, "null", "day"));
        Dataset<Row> two = rows(row("3", "c1", "car", "0.9", "day"), row("4", "c1", "dog", "0.2", "night"));

        Dataset<Row> parts = cells(one).unionByName(cells(two));
        Column[] bins = new Column[20];
        for (int i = 0; i < 20; i++) {
            bins[i] = sum(col("confidence_histogram").getItem(i));
        }
        assertSameRows(
                cells(one.unionByName(two)),
                parts.groupBy(Cells.columns(Cells.keys(DIMENSIONS)))
                        .agg(sum("shown").as("shown"), array(bins).as("confidence_histogram")));
    }

    private static Dataset<Row> cells(Dataset<Row> rows) {
        return Cells.exposure(Cells.count(rows, DIMENSIONS, lit(false)), DIMENSIONS)
                .drop("event_date");
    }

    @Test
    void rejectedRowsAreCountedByReasonAndShowThemselves() {
        Dataset<Row> counted = Cells.count(
                rows(
                        rejected("7", "camera_id_null"),
                        rejected("7", "camera_id_null"),
                        rejected("8", "camera_id_null"),
                        rejected("9", "confidence_nan"),
                        row("1", "c1", "car", "0.2", "day")),
                DIMENSIONS,
                lit(false));

        assertThat(Cells.totals(counted).toJSON().collectAsList())
                .containsExactlyInAnyOrder(
                        "{\"event_date\":\"2026-10-01\",\"reject_reason\":\"camera_id_null\",\"rows\":3}",
                        "{\"event_date\":\"2026-10-01\",\"reject_reason\":\"confidence_nan\",\"rows\":1}",
                        "{\"event_date\":\"2026-10-01\",\"site_id\":\"s\",\"rows\":1}");
        assertThat(Cells.rejected(counted)
                        .select("reject_reason", "reject_row", "rows")
                        .collectAsList())
                .extracting(Row::mkString)
                .containsExactlyInAnyOrder(
                        "camera_id_null{\"inference_id\":\"7\"}2",
                        "camera_id_null{\"inference_id\":\"8\"}1",
                        "confidence_nan{\"inference_id\":\"9\"}1");
    }

    @Test
    void inferencesThatFeedbackMaySpeakOfComeAlongAndChangeNoCell() {
        Dataset<Row> rows = rows(
                row("1", "c1", "car", "0.2", "day"),
                row("2", "c1", "car", "0.2", "day"),
                row("3", "c1", null, "0.5", "day"),
                rejected("4", "confidence_nan"));
        Dataset<Row> counted = Cells.count(rows, DIMENSIONS, col("inference_id").isin("2", "3", "4"));

        assertThat(Cells.named(counted, DIMENSIONS)
                        .select("inference_id", "predicted_label", "confidence", "dim_light")
                        .collectAsList())
                .extracting(Row::mkString)
                .containsExactlyInAnyOrder("2car0.2day", "3null0.5day");
        assertSameRows(
                Cells.exposure(counted, DIMENSIONS),
                Cells.exposure(Cells.count(rows, DIMENSIONS, lit(false)), DIMENSIONS));
    }

    @Test
    void idsThatRepeatShowInTheSampleEvenInDifferentCells() {
        String[] once = new String[1_000];
        for (int i = 0; i < once.length; i++) {
            once[i] = row("id" + i, "c1", "car", "0.2", "day");
        }
        Dataset<Row> first = rows(once);
        Row clean =
                Cells.repeatedIds(Cells.count(first, DIMENSIONS, lit(false))).first();
        Row twice = Cells.repeatedIds(Cells.count(
                        first.unionByName(first.withColumn("camera_id", col("use_case"))), DIMENSIONS, lit(false)))
                .first();

        assertThat(clean.getLong(1)).isBetween(1L, 20L);
        assertThat(clean.getLong(2)).isZero();
        assertThat(twice.getLong(1)).isEqualTo(2 * clean.getLong(1));
        assertThat(twice.getLong(2)).isEqualTo(clean.getLong(1));
    }
}
