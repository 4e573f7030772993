package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.segments.LatticeCells.Cell;
import dev.winnow.stats.Normal;
import dev.winnow.stats.WilsonInterval;
import dev.winnow.testing.SparkExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every conjunction of published data equals brute force, and every count its reference gives for a slice. */
@ExtendWith(SparkExtension.class)
class SegmentSumsPublishedTest {
    private static final Path DATA = Path.of("../shared/data");
    private static final double Z = Normal.quantile(0.975);
    /** Reference numbers have 8 decimals. */
    private static final double ROUNDED = 5.1e-9;

    private static final Lattice.Limits LIMITS = Lattice.Limits.DEFAULT;

    private static final int N = 0;
    private static final int WRONG = 1;
    private static final int RIGHT = 2;
    private static final int RELABELED = 3;
    private static final int MISSED = 4;

    private static JsonNode reference(String name) throws IOException {
        Path folder = DATA.resolve(name);
        Assumptions.assumeTrue(
                Files.exists(folder),
                () -> "the published data set " + folder.toAbsolutePath().normalize() + " is not available");
        return new ObjectMapper().readTree(folder.resolve("reference.json").toFile());
    }

    private static List<Map<String, String>> predictions(String name) throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DATA.resolve(name).resolve("predictions.csv.gz"))),
                StandardCharsets.UTF_8))) {
            List<String> names = Arrays.asList(lines.readLine().split(",", -1));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                List<String> fields = Arrays.asList(line.split(",", -1));
                Map<String, String> row = new HashMap<>();
                for (int i = 0; i < fields.size(); i++) {
                    row.put(names.get(i), fields.get(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static String get(Map<String, String> row, String column) {
        return Objects.requireNonNull(row.get(column), column);
    }

    /** Sums cells by conjunction after comparing them all, several sites included, with brute force. */
    private static Slices slices(List<Cell> cells, List<Lattice.Dimension> dimensions) {
        Dataset<Row> frame = LatticeCells.frame(cells, dimensions).repartition(3);
        Lattice lattice = SegmentSums.lattice(frame, dimensions, LatticeCells.site(dimensions), LIMITS);
        Map<String, long[]> found = SegmentSumsTest.collected(
                NamedSums.of(SegmentSums.sums(CodedCells.of(frame, lattice), LatticeCells.seen(lattice)), lattice));
        assertThat(LatticeCells.lines(found))
                .isEqualTo(LatticeCells.lines(LatticeCells.bruteForce(cells, dimensions, LIMITS)));
        return new Slices(found);
    }

    private record Slices(Map<String, long[]> sums) {
        long[] at(String... predicates) {
            return sums.getOrDefault(
                    "u " + Arrays.stream(predicates).sorted().toList(), new long[LatticeCells.NUMBERS]);
        }
    }

    private static void assertRate(JsonNode expected, long x, long n) {
        assertRate(expected, n == 0 ? null : (double) x / n);
    }

    private static void assertRate(JsonNode expected, @Nullable Double rate) {
        assertThat(expected.isMissingNode()).isFalse();
        if (rate == null) {
            assertThat(expected.isNull()).isTrue();
        } else {
            assertThat(rate).isCloseTo(expected.asDouble(), within(ROUNDED));
        }
    }

    private static void assertWilson(JsonNode expected, long x, long n) {
        if (n == 0) {
            assertThat(expected.isNull()).isTrue();
            return;
        }
        WilsonInterval interval = WilsonInterval.of((double) x, (double) n, Z);
        assertThat(interval.low()).isCloseTo(expected.path(0).asDouble(), within(ROUNDED));
        assertThat(interval.high()).isCloseTo(expected.path(1).asDouble(), within(ROUNDED));
    }

    @Test
    void housingPricesUnderBothRates() throws IOException {
        JsonNode reference = reference("housing_california");
        List<Lattice.Dimension> dimensions = LatticeCells.dimensions(
                List.of("latitude_band", "site"), List.of("age", "confidence", "income", "month", "period"));
        List<Map<String, String>> rows = predictions("housing_california");
        Slices flagged = slices(
                housing(
                        rows,
                        (predicted, actual) -> List.of(
                                predicted, predicted * (1 - actual), predicted * actual, 0L, (1 - predicted) * actual)),
                dimensions);
        Slices negatives = slices(
                housing(
                        rows,
                        (predicted, actual) ->
                                List.of(1L, predicted * (1 - actual), (1 - predicted) * (1 - actual), 0L, 0L)),
                dimensions);
        Slices errors = slices(
                housing(
                        rows,
                        (predicted, actual) -> List.of(
                                1L, predicted.equals(actual) ? 0L : 1L, predicted.equals(actual) ? 1L : 0L, 0L, 0L)),
                dimensions);

        assertThat(errors.at()[N]).isEqualTo(reference.path("rows").asLong());
        assertConfusion(reference.path("all"), flagged.at(), negatives.at());
        JsonNode by = reference.path("by");
        assertThat(by.size()).isEqualTo(4);
        for (String dimension : List.of("period", "month", "latitude_band")) {
            assertThat(by.path(dimension).size()).isPositive();
            by.path(dimension).fieldNames().forEachRemaining(value -> {
                String slice = dimension + "=" + value;
                assertConfusion(by.path(dimension).path(value), flagged.at(slice), negatives.at(slice));
            });
        }
        JsonNode pairs = by.path("period+latitude_band");
        assertThat(pairs.size()).isEqualTo(19);
        for (Iterator<String> names = pairs.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            List<String> parts = Arrays.asList(name.split(" / ", -1));
            String period = "period=" + parts.get(0);
            String band = "latitude_band=" + parts.get(1);
            assertConfusion(pairs.path(name), flagged.at(period, band), negatives.at(period, band));
        }
        long below = 0;
        for (JsonNode bucket : reference.path("confidence_buckets_5")) {
            int from = (int) Math.round(10 * bucket.path("from").asDouble());
            long[] sums = errors.at("confidence=0." + from);
            assertThat(sums[N]).isEqualTo(bucket.path("n").asLong());
            assertThat(sums[WRONG]).isEqualTo(bucket.path("wrong").asLong());
            assertThat(100.0 * sums[RIGHT] / sums[N])
                    .isCloseTo(bucket.path("pct_correct").asDouble(), within(5.1e-8));
            assertThat(below)
                    .isEqualTo(reference
                            .path("rows_below_confidence")
                            .path("0." + from)
                            .asLong());
            below += sums[N];
        }
        assertThat(reference.path("confidence_buckets_5").size()).isEqualTo(5);
    }

    private static List<Cell> housing(List<Map<String, String>> rows, BiFunction<Long, Long, List<Long>> counts) {
        List<Cell> cells = new ArrayList<>();
        for (Map<String, String> row : rows) {
            int latitude = (int) Math.floor(Double.parseDouble(get(row, "latitude")));
            int longitude = (int) Math.floor(Double.parseDouble(get(row, "longitude")));
            long percent = Math.round(100 * Double.parseDouble(get(row, "probability_positive")));
            Map<String, String> values = new TreeMap<>();
            values.put("latitude_band", "" + latitude);
            values.put("site", latitude + ":" + longitude);
            values.put("period", get(row, "period"));
            values.put("month", get(row, "timestamp").substring(0, 7));
            values.put("age", "" + (int) Double.parseDouble(get(row, "house_age")) / 10);
            values.put("income", "" + (int) Double.parseDouble(get(row, "median_income")));
            // Of the two classes the likelier has the confidence; 1 is in the last bucket.
            values.put("confidence", "0." + Math.min(9, Math.max(percent, 100 - percent) / 10));
            cells.add(new Cell(
                    "u",
                    latitude + ":" + longitude + "/" + get(row, "latitude"),
                    values,
                    counts.apply(Long.parseLong(get(row, "predicted")), Long.parseLong(get(row, "actual")))));
        }
        return cells;
    }

    private static void assertConfusion(JsonNode expected, long[] flagged, long[] negatives) {
        long fp = flagged[WRONG];
        long tp = flagged[RIGHT];
        long fn = flagged[MISSED];
        long tn = negatives[RIGHT];
        assertThat(negatives[N]).isEqualTo(expected.path("n").asLong()).isEqualTo(tp + fp + fn + tn);
        assertThat(flagged[N]).isEqualTo(tp + fp);
        assertThat(tp).isEqualTo(expected.path("tp").asLong());
        assertThat(fp).isEqualTo(expected.path("fp").asLong()).isEqualTo(negatives[WRONG]);
        assertThat(fn).isEqualTo(expected.path("fn").asLong());
        assertThat(tn).isEqualTo(expected.path("tn").asLong());
        assertRate(expected.path("false_positive_rate_fp_over_negatives"), fp, fp + tn);
        assertWilson(expected.path("false_positive_rate_wilson95"), fp, fp + tn);
        assertRate(expected.path("false_negative_rate"), fn, fn + tp);
        assertRate(expected.path("false_discovery_fp_over_flagged"), fp, fp + tp);
        assertWilson(expected.path("false_discovery_wilson95"), fp, fp + tp);
        assertRate(expected.path("precision"), tp, fp + tp);
        assertRate(expected.path("accuracy"), tp + tn, tp + fp + fn + tn);
    }

    @Test
    void threeClassifiersUnderReducedContrast() throws IOException {
        JsonNode reference = reference("distortion_contrast");
        List<Cell> cells = new ArrayList<>();
        for (Map<String, String> row : predictions("distortion_contrast")) {
            boolean right = get(row, "predicted_label").equals(get(row, "true_label"));
            // The published confidences have six digits.
            long millionths = Math.round(1e6 * Double.parseDouble(get(row, "confidence")));
            Map<String, String> values = new TreeMap<>();
            for (String name : List.of("model", "experiment", "condition", "predicted_label", "true_label")) {
                values.put(name, get(row, name));
            }
            values.put("tenth", "0." + Math.min(9, millionths / 100_000));
            values.put("twentieth", "" + Math.min(19, millionths / 50_000));
            cells.add(new Cell(
                    "u",
                    get(row, "model") + "-" + get(row, "session"),
                    values,
                    List.of(1L, right ? 0L : 1L, right ? 1L : 0L, right ? 0L : 1L, 0L)));
        }
        Slices slices = slices(
                cells,
                LatticeCells.dimensions(
                        List.of("model"),
                        List.of("experiment", "condition", "predicted_label", "tenth", "true_label", "twentieth")));

        assertThat(slices.at()[N]).isEqualTo(reference.path("rows").asLong());
        assertErrors(reference.path("overall"), slices.at());
        reference
                .path("by_model")
                .forEach(r ->
                        assertErrors(r, slices.at("model=" + r.path("model").asText())));
        reference
                .path("by_experiment")
                .forEach(r -> assertErrors(
                        r, slices.at("experiment=" + r.path("experiment").asText())));
        assertThat(reference.path("by_experiment_condition_model").size()).isEqualTo(30);
        for (JsonNode r : reference.path("by_experiment_condition_model")) {
            long[] sums = triple(slices, r);
            assertErrors(r, sums);
            assertRate(r.path("published_accuracy"), sums[RIGHT], sums[N]);
        }
        assertWorst(reference, slices);
        assertThat(reference.path("per_label_all_rows").size()).isEqualTo(16);
        reference.path("per_label_all_rows").forEach(label -> assertLabel(slices, label));
        for (JsonNode confusion : reference.path("top_confusions_all_rows")) {
            assertThat(slices.at(
                                    "true_label=" + confusion.path("true").asText(),
                                    "predicted_label="
                                            + confusion.path("predicted").asText())[RELABELED])
                    .isEqualTo(confusion.path("count").asLong());
        }
        assertBelow(slices, reference.path("rows_below_confidence"));
        assertThat(reference.path("per_model").size()).isEqualTo(3);
        reference.path("per_model").fieldNames().forEachRemaining(model -> {
            JsonNode of = reference.path("per_model").path(model);
            assertModel(slices, "model=" + model, of);
        });
    }

    private static void assertModel(Slices slices, String model, JsonNode of) {
        assertThat(slices.at(model)[N]).isEqualTo(of.path("rows").asLong());
        for (JsonNode bucket : of.path("confidence_buckets_10")) {
            long[] sums = slices.at(
                    model, "tenth=0." + Math.round(10 * bucket.path("from").asDouble()));
            assertThat(sums[N]).isEqualTo(bucket.path("n").asLong());
            assertThat(sums[WRONG]).isEqualTo(bucket.path("wrong").asLong());
            if (sums[N] > 0) {
                assertThat(100.0 * sums[RIGHT] / sums[N])
                        .isCloseTo(bucket.path("pct_correct").asDouble(), within(5.1e-8));
            } else {
                assertThat(bucket.path("pct_correct").isNull()).isTrue();
            }
        }
        assertBelow(slices, of.path("rows_below_confidence"), model);
        assertThat(of.path("per_label").size()).isEqualTo(16);
        of.path("per_label").forEach(label -> assertLabel(slices, label, model));
        JsonNode table = of.path("qa_table_predicted_label_buckets_80_85_90_95_100_total_wrong");
        assertThat(table.size()).isEqualTo(16);
        table.fieldNames().forEachRemaining(label -> {
            for (int bucket = 0; bucket < 4; bucket++) {
                long[] sums = slices.at(model, "predicted_label=" + label, "twentieth=" + (16 + bucket));
                assertThat(sums[N])
                        .isEqualTo(table.path(label).path(bucket).path(0).asLong());
                assertThat(sums[WRONG])
                        .isEqualTo(table.path(label).path(bucket).path(1).asLong());
            }
        });
    }

    private static long[] triple(Slices slices, JsonNode r) {
        return slices.at(
                "experiment=" + r.path("experiment").asText(),
                "condition=" + r.path("condition").asText(),
                "model=" + r.path("model").asText());
    }

    private static void assertErrors(JsonNode expected, long[] sums) {
        assertThat(sums[N]).isEqualTo(expected.path("n").asLong());
        assertThat(sums[WRONG]).isEqualTo(expected.path("wrong").asLong());
        assertRate(expected.path("rate"), sums[WRONG], sums[N]);
        assertWilson(expected.path("wilson95"), sums[WRONG], sums[N]);
    }

    /** The ten worst of the 30 triples by lower bound, ties by name. */
    private static void assertWorst(JsonNode reference, Slices slices) {
        List<JsonNode> triples = new ArrayList<>();
        reference.path("by_experiment_condition_model").forEach(triples::add);
        triples.sort(Comparator.comparingDouble((JsonNode r) -> -WilsonInterval.of(
                                (double) triple(slices, r)[WRONG], (double) triple(slices, r)[N], Z)
                        .low())
                .thenComparing(r -> r.path("model").asText()));
        List<JsonNode> worst = new ArrayList<>();
        reference.path("ten_worst_segments_by_wilson_lower_bound").forEach(worst::add);
        assertThat(worst).hasSize(10);
        assertThat(triples.subList(0, 10)).isEqualTo(worst);
    }

    private static void assertLabel(Slices slices, JsonNode expected, String... within) {
        List<String> predicted = new ArrayList<>(List.of(within));
        predicted.add("predicted_label=" + expected.path("label").asText());
        List<String> truly = new ArrayList<>(List.of(within));
        truly.add("true_label=" + expected.path("label").asText());
        long[] p = slices.at(predicted.toArray(String[]::new));
        long[] t = slices.at(truly.toArray(String[]::new));
        long rows = slices.at(within)[N];
        assertThat(t[N]).isEqualTo(expected.path("true_count").asLong());
        assertThat(p[N]).isEqualTo(expected.path("predicted_count").asLong());
        assertThat(p[RIGHT]).isEqualTo(expected.path("true_positives").asLong()).isEqualTo(t[RIGHT]);
        assertThat(p[WRONG]).isEqualTo(expected.path("false_positives").asLong());
        assertThat(t[WRONG]).isEqualTo(expected.path("missed").asLong());
        assertRate(expected.path("false_discovery"), p[WRONG], p[N]);
        assertWilson(expected.path("false_discovery_wilson95"), p[WRONG], p[N]);
        assertRate(expected.path("false_positive_rate"), p[WRONG], rows - t[N]);
        assertRate(expected.path("miss_rate"), t[WRONG], t[N]);
    }

    private static void assertBelow(Slices slices, JsonNode expected, String... within) {
        assertThat(expected.size()).isEqualTo(6);
        expected.fieldNames().forEachRemaining(limit -> {
            long below = 0;
            for (int tenth = 0; tenth < Math.round(10 * Double.parseDouble(limit)); tenth++) {
                List<String> slice = new ArrayList<>(List.of(within));
                slice.add("tenth=0." + tenth);
                below += slices.at(slice.toArray(String[]::new))[N];
            }
            assertThat(below).isEqualTo(expected.path(limit).asLong());
        });
    }
}
