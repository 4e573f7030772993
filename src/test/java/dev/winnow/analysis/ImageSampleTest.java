package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.segments.Misclassified;
import dev.winnow.testing.Frames;
import dev.winnow.testing.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSampleTest {
    private static final List<String> LIGHT = List.of("light");

    /** A false alarm of a camera at a minute and second of an hour. */
    private static String wrong(String id, String camera, String time, String label, String light) {
        return """
                {'pipeline':'p','arrival_date':'2026-10-02','inference_id':'%s','image_uri':'s3://b/%s.jpg',\
                'captured_at':'2026-10-01T10:%sZ','event_date':'2026-10-01','use_case':'dock','model_version':'m',\
                'site_id':'s1','camera_id':'%s','predicted_label':'%s','confidence':0.9,'verdict':'FALSE_POSITIVE',\
                'dim_light':'%s'}""".formatted(id, id, time, camera, label, light);
    }

    private static Dataset<Row> rows(List<String> rows) {
        return Frames.of(Misclassified.TABLE.withDimensions(LIGHT), rows.toArray(String[]::new));
    }

    private static Dataset<Row> stratified(Dataset<Row> wrong, WorstSegments segments) {
        return ImageSample.stratified(wrong, Set.of("bag", "knife"), segments, LIGHT, "salt|2026-10-02");
    }

    private static List<String> texts(Dataset<Row> rows, String... columns) {
        return rows
                .select(columns[0], List.of(columns).subList(1, columns.length).toArray(String[]::new))
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" "))
                .sorted()
                .toList();
    }

    @Test
    void theStratumIsTheClassAndTheWorstElevatedSegmentItLiesIn() {
        List<String> rows = new ArrayList<>(List.of(
                wrong("a", "c1", "00:00", "bag", "night"),
                wrong("b", "c1", "01:00", "knife", "night"),
                wrong("c", "c1", "02:00", "bag", "day"),
                wrong("d", "c1", "03:00", "bag", "dusk").replace("s1", "s2"),
                wrong("e", "c1", "04:00", "bag", "day").replace("FALSE_POSITIVE", "MISSED"),
                wrong("f", "c1", "05:00", "bag", "day")
                        .replace("'verdict':'FALSE_POSITIVE'", "'verdict':'MISSED','corrected_label':'knife'"),
                wrong("g", "c1", "06:00", "bag", "night").replace("dock", "gate"),
                wrong("h", "c1", "07:00", "bag", "day")
                        .replace("'verdict':'FALSE_POSITIVE'", "'verdict':'MISSED','corrected_label':'knfie'")));
        WorstSegments segments =
                Segments.of("dock: label=knife", "dock: light=night", "dock: site=s2", "dock: lens=wide");

        assertThat(texts(stratified(rows(rows), segments), Inferences.INFERENCE_ID, ImageFindings.STRATUM))
                .containsExactly(
                        "a bag in light=night",
                        "b knife in label=knife",
                        "c bag",
                        "d bag in site=s2",
                        "e __UNKNOWN__",
                        "f knife in label=knife",
                        "g bag",
                        "h __UNKNOWN__");
    }

    @Test
    void imagesOfACameraAndClassThatFollowEachOtherAreOneBurstThatIsSplitWhenItLasts() {
        List<String> rows = new ArrayList<>(List.of(
                wrong("a", "c1", "00:00", "bag", "day"),
                wrong("b", "c1", "00:10", "bag", "night"),
                wrong("c", "c1", "00:21", "bag", "day"),
                wrong("other-class", "c1", "00:05", "knife", "day"),
                wrong("other-camera", "c2", "00:05", "bag", "day"),
                wrong("same-image", "c3", "00:05", "bag", "day"),
                wrong("same-image-2", "c3", "00:05", "bag", "day")));
        for (int second = 0; second < 59; second += 7) {
            rows.add(wrong("long" + second, "c4", "30:%02d".formatted(second), "bag", "day"));
        }
        Dataset<Row> bursts = ImageSample.onePerBurst(stratified(rows(rows), Segments.of()), 10, 30);

        assertThat(texts(bursts, Inferences.CAMERA_ID, "predicted_label", ImageFindings.DUPLICATES))
                .containsExactly("c1 bag 1", "c1 bag 2", "c1 knife 1", "c2 bag 1", "c3 bag 2", "c4 bag 4", "c4 bag 5");
    }

    /** Same rows for any order and partitioning, and a smaller draw lies in a larger one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void theDrawDoesNotDependOnPartitioningAndIsNested(int partitions) {
        Random random = new Random(1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(wrong(
                    "id" + i,
                    "c" + random.nextInt(4),
                    "%02d:%02d".formatted(random.nextInt(60), random.nextInt(60)),
                    random.nextBoolean() ? "bag" : "knife",
                    "day"));
        }
        List<String> once = texts(drawn(rows(rows), 20), ImageSample.CASE_ID, ImageFindings.DUPLICATES);
        Dataset<Row> spread = rows(rows).repartition(partitions);
        assertThat(texts(drawn(spread, 20), ImageSample.CASE_ID, ImageFindings.DUPLICATES))
                .hasSize(40)
                .isEqualTo(once)
                .containsAll(texts(drawn(spread, 5), ImageSample.CASE_ID, ImageFindings.DUPLICATES));
    }

    private static Dataset<Row> drawn(Dataset<Row> rows, int each) {
        Dataset<Row> bursts = ImageSample.onePerBurst(stratified(rows, Segments.of()), 10, 60);
        return ImageSample.drawn(
                bursts,
                Frames.of(
                        ImageSample.TAKES,
                        "{'use_case':'dock','stratum':'bag','take':%d}".formatted(each),
                        "{'use_case':'dock','stratum':'knife','take':%d}".formatted(each)));
    }

    @Test
    void theDrawIsThePublishedHashOfUseCaseDayAndInference() {
        Dataset<Row> row = stratified(rows(List.of(wrong("a", "c", "00:00", "bag", "day"))), Segments.of());
        assertThat(row.selectExpr(
                                "draw = shiftrightunsigned(xxhash64('look|salt|2026-10-02|dock|2026-10-01|a'), 11)"
                                        + " * double(1.1102230246251565E-16)",
                                "case_id = substring(sha2('dock\\n2026-10-01\\na', 256), 1, 32)")
                        .first())
                .isEqualTo(RowFactory.create(true, true));
    }
}
