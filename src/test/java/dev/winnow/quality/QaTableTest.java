package dev.winnow.quality;

import static dev.winnow.quality.PublishedTables.SAMPLE;
import static dev.winnow.quality.PublishedTables.SAMPLE_TOTALS;
import static dev.winnow.quality.PublishedTables.SHELLFISH;
import static dev.winnow.quality.PublishedTables.SHELLFISH_TOTALS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.quality.QaIdentities.Claim;
import dev.winnow.quality.QaIdentities.Identity;
import dev.winnow.quality.QaIdentities.Violation;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QaTableTest {
    private static String percent(@Nullable Double share) {
        return share == null
                ? "-"
                : BigDecimal.valueOf(100 * share)
                        .setScale(2, RoundingMode.HALF_UP)
                        .toPlainString();
    }

    private static List<String> percents(List<QaCell> cells) {
        return cells.stream().map(cell -> percent(cell.correctShare())).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "Crab, 100.00, 100.00 100.00 100.00 100.00",
        "Crawdad, 23.53, 100.00 20.00 20.00 23.40",
        "Lobster, 75.47, 0.00 60.00 72.73 92.86",
        "Scorpion, 93.51, 62.50 66.67 100.00 100.00",
        "Shrimp, 0.00, - 0.00 - 0.00"
    })
    void eachCellOfTheShellfishTableIsAsPublished(String label, String all, String byBucket) {
        QaTable table = PublishedTables.table(SHELLFISH);
        assertThat(percent(table.ofClass(label).correctShare())).isEqualTo(all);
        assertThat(percents(Objects.requireNonNull(table.classes().get(label)))).containsExactly(byBucket.split(" "));
        Claim row = SHELLFISH.stream()
                .filter(r -> r.label().equals(label))
                .findFirst()
                .orElseThrow();
        QaCell counted = new QaCell(row.confirmed(), row.disconfirmed(), row.split(), 3, 4);
        assertThat(counted.total())
                .isEqualTo(row.total())
                .isEqualTo(table.ofClass(label).total());
        assertThat(counted.wrong()).isEqualTo(table.ofClass(label).wrong());
        assertThat(counted.items()).isEqualTo(row.total() + 7);
        assertThat(percent(counted.correctShare())).isEqualTo(all);
    }

    @Test
    void totalsAndBothClassAveragesOfTheShellfishTableAreAsPublished() {
        QaTable table = PublishedTables.table(SHELLFISH);
        assertThat(table.all()).isEqualTo(new QaCell(173, 72, 0, 0, 0));
        assertThat(percent(table.all().correctShare())).isEqualTo("70.61");
        assertThat(percents(IntStream.range(0, 4).mapToObj(table::ofBucket).toList()))
                .containsExactly("58.82", "55.88", "81.36", "71.11");
        assertThat(percent(table.average(true).share())).isEqualTo("58.50");
        assertThat(averages(table, true)).containsExactly("52.50/5", "49.33/5", "58.55/5", "63.25/5");
        assertThat(averages(table, false)).containsExactly("65.63/4", "49.33/5", "73.18/4", "63.25/5");
        assertThat(new QaTable(4, Map.of()).average(0, false).share()).isNull();
    }

    private static List<String> averages(QaTable table, boolean emptyAsZero) {
        return IntStream.range(0, 4)
                .mapToObj(bucket -> table.average(bucket, emptyAsZero))
                .map(average -> percent(average.share()) + "/" + average.classes())
                .toList();
    }

    @Test
    void theSampleTableIsAsRecomputedFromItsOwnCounts() throws IOException {
        JsonNode published = reference().get("from_published_counts");
        QaTable table = PublishedTables.table(SAMPLE);
        table.classes().forEach((label, cells) -> {
            JsonNode of = published.at("/pct_correct/" + label + "/buckets");
            for (int i = 0; i < 4; i++) {
                assertThat(percent(cells.get(i).correctShare()))
                        .isEqualTo(of.get(i).isNull() ? "-" : percent(of.get(i).asDouble() / 100));
            }
        });
        assertThat(percents(IntStream.range(0, 4).mapToObj(table::ofBucket).toList()))
                .containsExactly("68.97", "68.52", "89.23", "92.26");
        assertThat(averages(table, true)).containsExactly("63.06/9", "61.79/9", "84.49/9", "94.47/9");
        assertThat(averages(table, false)).containsExactly("63.06/9", "69.51/8", "84.49/9", "94.47/9");
        // From the intervals; 88.04 % from the published column of confirmed items, which says two more.
        assertThat(percent(table.all().correctShare())).isEqualTo("87.65");
        assertThat(percent(449 / 510.0)).isEqualTo("88.04");
    }

    private static JsonNode reference() throws IOException {
        return new ObjectMapper()
                .readTree(Path.of("../shared/data/bulkqa_sample/reference.json").toFile());
    }

    @Test
    void theConsistentTableViolatesNothing() {
        assertThat(QaIdentities.violations(SHELLFISH, SHELLFISH_TOTALS, List.of(65.63, 49.33, 73.18, 63.25), Map.of()))
                .isEmpty();
    }

    @Test
    void allFaultsOfTheSampleTableAreFoundAndNamed() throws IOException {
        Map<String, Long> items = new TreeMap<>();
        reference()
                .get("labels_in_file")
                .fields()
                .forEachRemaining(entry -> items.put(
                        entry.getKey().equals("Stopsign") ? "Stop sign" : entry.getKey(),
                        entry.getValue().asLong()));
        List<Violation> found =
                QaIdentities.violations(SAMPLE, SAMPLE_TOTALS, List.of(63.06, 61.79, 84.49, 94.47), items);

        assertThat(sentences(found, Identity.SPLIT))
                .hasSize(10)
                .contains("Beaver: confirmed + disconfirmed + split = 29, total = 28")
                .contains("Stop sign: confirmed + disconfirmed + split = 70, total = 58")
                .contains("Total: confirmed + disconfirmed + split = 565, total = 510");
        assertThat(sentences(found, Identity.BUCKET_ERRORS))
                .containsExactly(
                        "Crawdad: wrong items of the intervals = 34, total - confirmed = 33",
                        "Dog: wrong items of the intervals = 2, total - confirmed = 1",
                        "Total: wrong items of the intervals = 63, total - confirmed = 61");
        assertThat(sentences(found, Identity.CLASSES))
                .containsExactly(
                        "9 classes, but the items have 10; not in the table: [Seaplane]; not among the items: []");
        assertThat(sentences(found, Identity.CLASS_SIZE))
                .containsExactly("Dog: total = 68, items = 67", "Stop sign: total = 58, items = 57");
        assertThat(sentences(found, Identity.CLASS_AVERAGE))
                .containsExactly("class average of interval 2 = 61.79, but 69.51 over the classes that have items"
                        + " there; Cat has none");
        assertThat(sentences(found, Identity.BUCKET_SUM)).isEmpty();
        assertThat(sentences(found, Identity.TOTALS)).isEmpty();
    }

    private static List<String> sentences(List<Violation> found, Identity identity) {
        return found.stream()
                .filter(violation -> violation.identity() == identity)
                .map(Violation::sentence)
                .toList();
    }

    @Test
    void intervalsThatDoNotAddUpAreNamed() {
        Claim row = new Claim("Cat", 3, 2, 1, 0, List.of(1L, 1L), List.of(1L, 0L));
        Claim totals = new Claim("Total", 4, 2, 1, 0, List.of(1L, 2L), List.of(1L, 0L));
        assertThat(QaIdentities.violations(List.of(row), totals, List.of(), Map.of()))
                .extracting(Violation::sentence)
                .containsExactly(
                        "Cat: items of the intervals = 2, total = 3",
                        "total over classes = 3, the row of totals = 4",
                        "items of interval 2 over classes = 1, the row of totals = 2",
                        "Total: confirmed + disconfirmed + split = 3, total = 4",
                        "Total: items of the intervals = 3, total = 4",
                        "Total: wrong items of the intervals = 1, total - confirmed = 2");
    }

    @Test
    void aRowWithTooFewCellsIsRefused() {
        assertThatThrownBy(() -> new QaTable(2, Map.of("Cat", List.of(QaCell.EMPTY))))
                .hasMessage("Expected 2 cells of Cat, got 1");
    }
}
