package dev.winnow.segments;

import static dev.winnow.segments.CellRows.DIMENSIONS;
import static dev.winnow.segments.CellRows.day;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.stats.ClusterSums;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreshDaysTest {
    private record Verdict(int day, String camera, String light, long wrong, long confirmed) {}

    private static List<Verdict> random(long seed) {
        Random random = new Random(seed);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            verdicts.add(new Verdict(
                    1 + random.nextInt(8),
                    "c" + random.nextInt(6),
                    random.nextBoolean() ? "day" : "night",
                    random.nextInt(4),
                    2 + random.nextInt(4))); // enough to make judged alarms the trials
        }
        return verdicts;
    }

    private static ClusterSums sums(List<Verdict> verdicts, LocalDate after, String light, boolean inside) {
        Map<String, long[]> cameras = new TreeMap<>();
        for (Verdict v : verdicts) {
            if (day(v.day).isAfter(after) && v.light.equals(light) == inside) {
                long[] sum = cameras.computeIfAbsent(v.camera, c -> new long[2]);
                sum[0] += v.wrong;
                sum[1] += v.wrong + v.confirmed;
            }
        }
        ClusterSums all = ClusterSums.EMPTY;
        for (long[] camera : cameras.values()) {
            all = all.plus(ClusterSums.of(camera[0], camera[1]));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void eachSegmentAndItsRestAreSummedByCameraOverTheDaysAfterItsOwnDate(int partitions) {
        List<Verdict> verdicts = random(partitions);
        CellRows rows = new CellRows();
        for (int d = 1; d <= 8; d++) {
            for (int c = 0; c < 6; c++) {
                rows.shown(d, "c" + c, "car", "day", 3, 500).shown(d, "c" + c, "car", "night", 3, 500);
            }
        }
        verdicts.forEach(v -> rows.judged(v.day, v.day, v.camera, "car", v.light, 3, v.wrong, v.confirmed));
        Map<String, UseCaseWindow> useCases = new HashMap<>();
        useCases.put("u", rows.learned(8));
        Dataset<Row> cells = Windows.cells(rows.exposure(), rows.verdicts(), DIMENSIONS, useCases)
                .repartition(partitions);
        Lattice lattice = SegmentSums.lattice(
                cells, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);
        Map<String, Long> ids = new HashMap<>();
        SegmentSums.withRedundancy(SegmentSums.sums(CodedCells.of(cells, lattice), SeenDays.UNKNOWN), lattice)
                .collectAsList()
                .stream()
                .map(row -> Summed.of(row, lattice))
                .forEach(s -> ids.put(s.counts().segment(), s.id()));

        Map<Long, FreshDays> found = Objects.requireNonNull(FreshDays.of(
                        Windows.coded(cells, lattice),
                        Map.of(
                                "u",
                                Map.of(
                                        ids.get("light=night"),
                                        day(3),
                                        ids.get("light=day"),
                                        day(5),
                                        ids.get("(all)"),
                                        day(7))))
                .get("u"));

        assertThat(found.get(ids.get("light=night")))
                .isEqualTo(
                        new FreshDays(sums(verdicts, day(3), "night", true), sums(verdicts, day(3), "night", false)));
        assertThat(found.get(ids.get("light=day")))
                .isEqualTo(new FreshDays(sums(verdicts, day(5), "day", true), sums(verdicts, day(5), "day", false)));
        assertThat(Objects.requireNonNull(found.get(ids.get("(all)"))).rest()).isEqualTo(ClusterSums.EMPTY);
    }

    @Test
    void useCasesThatAreLookedAtTogetherAreSummedApart() {
        CellRows rows = new CellRows().shown(1, "c", "car", "day", 3, 500).shown(1, "d", "car", "day", 3, 500);
        for (int d = 1; d <= 6; d++) {
            rows.judged(d, d, "c", "car", "day", 3, d, 10).judged(d, d, "d", "car", "day", 3, 2, 10 + d);
        }
        Dataset<Row> cells = Windows.cells(rows.exposure(), rows.verdicts(), DIMENSIONS, Map.of("u", rows.learned(6)));
        Dataset<Row> both = cells.unionByName(cells.withColumn(SegmentSums.USE_CASE, lit("w"))
                .withColumn(SegmentSums.TRIALS, col("trials").plus(1)));
        Lattice lattice = SegmentSums.lattice(
                both, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);
        Map<Long, LocalDate> since = Map.of(0L, day(2), 1L, day(4));

        Map<String, Map<Long, FreshDays>> together =
                FreshDays.of(Windows.coded(both, lattice), Map.of("u", since, "w", Map.of(0L, day(3))));

        assertThat(together).hasSize(2);
        assertThat(together.get("u"))
                .isEqualTo(FreshDays.of(Windows.coded(both, lattice), Map.of("u", since))
                        .get("u"));
        assertThat(together.get("w"))
                .isEqualTo(FreshDays.of(Windows.coded(both, lattice), Map.of("w", Map.of(0L, day(3))))
                        .get("w"));
        assertThat(Objects.requireNonNull(together.get("u")).get(0L))
                .isNotEqualTo(Objects.requireNonNull(together.get("w")).get(0L));
    }

    @Test
    void aSegmentWithoutTrialsSinceIsLeftOut() {
        CellRows rows = new CellRows()
                .shown(1, "c", "car", "day", 3, 10)
                .judged(1, 1, "c", "car", "day", 3, 2, 2)
                .judged(2, 1, "c", "car", "day", 3, 0, 2);
        Map<String, UseCaseWindow> useCases = Map.of("u", rows.learned(3));
        Dataset<Row> cells = Windows.cells(rows.exposure(), rows.verdicts(), DIMENSIONS, useCases);
        Lattice lattice = SegmentSums.lattice(
                cells, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);

        assertThat(FreshDays.of(Windows.coded(cells, lattice), Map.of("u", Map.of(0L, day(1)))))
                .isEmpty();
    }
}
