package dev.winnow.segments;

import static dev.winnow.segments.CellRows.DIMENSIONS;
import static dev.winnow.segments.CellRows.day;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.Stratified;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class DetailsTest {
    private static Details whole(CellRows rows, int day, List<String> strata) {
        Map<String, UseCaseWindow> useCases = Map.of("u", rows.learned(day));
        Dataset<Row> cells = Windows.cells(rows.exposure(), rows.verdicts(), DIMENSIONS, useCases);
        Lattice lattice = SegmentSums.lattice(
                cells, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);
        Map<Long, Details> details = Details.of(Windows.coded(cells, lattice), Map.of("u", List.of(0L)), strata)
                .get("u");
        return Objects.requireNonNull(Objects.requireNonNull(details).get(0L));
    }

    /** Begg and Greenes' table: 429 test-positive rows of which 263 are judged, 221 of 361. */
    @Test
    void theRateIsWeightedByWhatWasShownInEachBandOfConfidence() {
        CellRows rows = new CellRows()
                .shown(1, "a", "car", "day", 18, 429)
                .judged(1, 1, "a", "car", "day", 18, 231, 32)
                .shown(1, "b", "car", "day", 2, 221)
                .judged(2, 1, "b", "car", "day", 2, 27, 54);
        Stratified stratified = whole(rows, 2, List.of()).stratified();

        assertThat(stratified.rate()).isCloseTo((429 * 231 / 263.0 + 221 * 27 / 81.0) / 650, within(1e-12));
        assertThat(stratified.thin()).isFalse();
    }

    @Test
    void dimensionsCanBeStrataBesidesConfidence() {
        CellRows rows = new CellRows()
                .shown(1, "a", "car", "day", 10, 900)
                .judged(1, 1, "a", "car", "day", 10, 10, 90)
                .shown(2, "a", "car", "night", 10, 100)
                .judged(2, 2, "a", "car", "night", 10, 50, 50);

        assertThat(whole(rows, 2, List.of()).stratified().rate()).isCloseTo(0.3, within(1e-12));
        assertThat(whole(rows, 2, List.of("light")).stratified().rate())
                .isCloseTo(0.9 * 0.1 + 0.1 * 0.5, within(1e-12));
    }

    @Test
    void alarmsAreCountedByEventDate() {
        CellRows rows = new CellRows()
                .shown(1, "a", "car", "day", 0, 7)
                .shown(2, "b", "car", "day", 19, 5)
                .shown(2, "b", "dog", "night", 8, 1)
                .shown(2, "b", "__NONE__", "night", 8, 40)
                .judged(2, 1, "a", "car", "day", 0, 1, 1);

        assertThat(whole(rows, 2, List.of()).alarms()).isEqualTo(Map.of(day(1), 7L, day(2), 6L));
    }
}
