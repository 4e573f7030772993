package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.stats.ClusterSums;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final List<String> DIMENSIONS = List.of("light");

    @Test
    void framesWithoutOutputAreNoAlarmsAndVerdictsOfTheSameCellAreAdded() {
        Dataset<Row> exposure = Frames.of(
                ExposureDaily.TABLE.withDimensions(DIMENSIONS),
                exposure("2026-10-01", "c", "car", "day", 5),
                exposure("2026-10-02", "c", "car", "day", 2),
                exposure("2026-10-01", "c", "__NONE__", "day", 9));
        Dataset<Row> verdicts = Frames.of(
                VerdictDaily.TABLE.withDimensions(DIMENSIONS),
                verdict("2026-10-01", "c", "day", 1, 0, 1),
                verdict("2026-10-02", "c", "day", -1, 1, 0));

        assertThat(summed(exposure, verdicts))
                .filteredOn(s -> s.counts().segment().equals("label=car"))
                .extracting(Summed::counts)
                .containsExactly(
                        new SegmentCounts("u", List.of("label"), List.of("car"), 7, 1, 1, 1, 0, 1, 0, 2, 0, true));
    }

    /** A segment by light shares its cameras with the rest: what they have outside is one cluster each. */
    @Test
    void theRestsSumsOverCamerasEqualThoseOfItsOwnCells() {
        Random random = new Random(3);
        List<String> exposure = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        Map<String, long[]> outside = new TreeMap<>();
        for (int camera = 0; camera < 9; camera++) {
            for (String light : List.of("day", "night", "dusk")) {
                if (random.nextInt(4) == 0) {
                    continue;
                }
                long wrong = random.nextInt(5);
                long confirmed = random.nextInt(3) == 0 ? 0 : random.nextInt(7);
                exposure.add(exposure("2026-10-01", "c" + camera, "car", light, 20));
                verdicts.add(verdict("2026-10-01", "c" + camera, light, wrong, confirmed, 0));
                if (!light.equals("night")) {
                    long[] sums = outside.computeIfAbsent("c" + camera, c -> new long[2]);
                    sums[0] += wrong;
                    sums[1] += wrong + confirmed;
                }
            }
        }
        ClusterSums expected = ClusterSums.EMPTY;
        for (long[] camera : outside.values()) {
            expected = expected.plus(ClusterSums.of(camera[0], camera[1]));
        }

        List<Summed> all = summed(
                Frames.of(ExposureDaily.TABLE.withDimensions(DIMENSIONS), exposure.toArray(String[]::new)),
                Frames.of(VerdictDaily.TABLE.withDimensions(DIMENSIONS), verdicts.toArray(String[]::new)));
        ClusterSums whole = named(all, "(all)").trials();

        assertThat(named(all, "light=night").rest(whole)).isEqualTo(expected);
        assertThat(named(all, "(all)").rest(whole)).isEqualTo(ClusterSums.EMPTY);
    }

    private static Summed named(List<Summed> all, String segment) {
        return all.stream()
                .filter(s -> s.counts().segment().equals(segment))
                .findFirst()
                .orElseThrow();
    }

    private static List<Summed> summed(Dataset<Row> exposure, Dataset<Row> verdicts) {
        LocalDate day = LocalDate.parse("2026-10-03");
        Map<String, UseCaseWindow> useCases = UseCaseWindow.learn(exposure, verdicts, day, EvidenceTest.SETTINGS);
        Dataset<Row> cells = Windows.cells(exposure, verdicts, DIMENSIONS, useCases);
        Lattice lattice = SegmentSums.lattice(
                cells, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);
        return SegmentSums.withRedundancy(
                        SegmentSums.sums(
                                Windows.coded(cells, lattice),
                                SeenDays.of(
                                        lattice,
                                        Windows.seenDays(exposure, useCases).toLocalIterator())),
                        lattice)
                .filter(col(SegmentSums.LEVEL).leq(1))
                .collectAsList()
                .stream()
                .map(row -> Summed.of(row, lattice))
                .toList();
    }

    private static String exposure(String date, String camera, String label, String light, long shown) {
        return ("{'pipeline':'p','event_date':'%s','cell_version':'v','site_id':'s','camera_id':'%s','use_case':'u',"
                        + "'model_version':'m','label':'%s','dim_light':'%s','shown':%d,'confidence_histogram':[]}")
                .formatted(date, camera, label, light, shown);
    }

    private static String verdict(
            String arrival, String camera, String light, long wrong, long confirmed, long relabeled) {
        return ("{'pipeline':'p','arrival_date':'%s','event_date':'2026-10-01','cell_version':'v','site_id':'s',"
                        + "'camera_id':'%s','use_case':'u','model_version':'m','label':'car','dim_light':'%s',"
                        + "'confidence_bin':3,'false_positives':%d,'confirmed':%d,'relabeled':%d,'missed':0}")
                .formatted(arrival, camera, light, wrong, confirmed, relabeled);
    }
}
