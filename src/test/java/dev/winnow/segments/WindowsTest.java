package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final List<String> DIMENSIONS = List.of("light");
    private static final StructType CELLS = StructType.fromDDL(
            "site_id string, camera_id string, use_case string, model_version string, label string, dim_light string,"
                    + " alarms bigint, false_positives bigint, confirmed bigint, relabeled bigint, missed bigint");

    @Test
    void everySegmentOfNoneOneAndTwoPredicatesEqualsABruteForceSum() {
        Random random = new Random(11);
        List<String> json = new ArrayList<>();
        List<Map<String, String>> values = new ArrayList<>();
        List<long[]> counts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Map<String, String> v = new TreeMap<>();
            int camera = random.nextInt(5);
            v.put("camera", "c" + camera);
            v.put("site", "s" + camera % 2);
            v.put("use_case", "u" + random.nextInt(2));
            v.put("model_version", "m" + random.nextInt(2));
            v.put("label", "l" + random.nextInt(3));
            v.put("light", random.nextBoolean() ? "day" : "night");
            long[] c = random.longs(5, 0, 9).toArray();
            c[0] = random.nextInt(3) == 0 ? 0 : c[0];
            values.add(v);
            counts.add(c);
            json.add(
                    ("{'site_id':'%s','camera_id':'%s','use_case':'%s','model_version':'%s','label':'%s','dim_light':'%s',"
                                    + "'alarms':%d,'false_positives':%d,'confirmed':%d,'relabeled':%d,'missed':%d}")
                            .formatted(
                                    v.get("site"),
                                    v.get("camera"),
                                    v.get("use_case"),
                                    v.get("model_version"),
                                    v.get("label"),
                                    v.get("light"),
                                    c[0],
                                    c[1],
                                    c[2],
                                    c[3],
                                    c[4]));
        }
        Dataset<Row> cells = Frames.of(CELLS, json.toArray(String[]::new));

        List<String> found = Windows.segments(cells, Windows.dimensions(DIMENSIONS)).collectAsList().stream()
                .map(Windows::counts)
                .map(c -> c.useCase() + " " + c.segment() + " " + c.alarms() + " " + c.falsePositives() + " "
                        + c.confirmed() + " " + c.relabeled() + " " + c.missed() + " " + c.cameras())
                .sorted()
                .toList();

        assertThat(found).isEqualTo(bruteForce(values, counts));
    }

    private static List<String> bruteForce(List<Map<String, String>> values, List<long[]> counts) {
        List<String> names = List.of("label", "light", "model_version", "site");
        Map<String, long[]> sums = new TreeMap<>();
        Map<String, Map<String, Long>> alarms = new TreeMap<>();
        for (int i = 0; i < values.size(); i++) {
            Map<String, String> v = values.get(i);
            TreeSet<String> segments = new TreeSet<>(List.of("(all)"));
            for (String a : names) {
                for (String b : names) {
                    segments.add(
                            a.compareTo(b) > 0
                                    ? "(all)"
                                    : a.equals(b)
                                            ? a + "=" + v.get(a)
                                            : a + "=" + v.get(a) + " AND " + b + "=" + v.get(b));
                }
            }
            for (String segment : segments) {
                String key = v.get("use_case") + " " + segment;
                long[] sum = sums.computeIfAbsent(key, k -> new long[5]);
                for (int j = 0; j < 5; j++) {
                    sum[j] += counts.get(i)[j];
                }
                alarms.computeIfAbsent(key, k -> new TreeMap<>()).merge(v.get("camera"), counts.get(i)[0], Long::sum);
            }
        }
        List<String> lines = new ArrayList<>();
        sums.forEach((key, s) ->
                lines.add(key + " " + s[0] + " " + (s[1] + s[3]) + " " + s[2] + " " + s[3] + " " + s[4] + " "
                        + alarms.getOrDefault(key, Map.of()).values().stream()
                                .filter(n -> n > 0)
                                .count()));
        lines.sort(null);
        return lines;
    }

    @Test
    void aCameraOfManyCellsCountsOnceAndOneWithoutAlarmsNotAtAll() {
        Dataset<Row> cells = Frames.of(CELLS, cell("c1", "day", 3), cell("c1", "night", 4), cell("c2", "day", 0));

        assertThat(Windows.segments(cells, Windows.dimensions(DIMENSIONS))
                        .filter("size(segment) = 0")
                        .select("alarms", "cameras")
                        .collectAsList())
                .extracting(Row::mkString)
                .containsExactly("71");
    }

    private static String cell(String camera, String light, long alarms) {
        return ("{'site_id':'s','camera_id':'%s','use_case':'u','model_version':'m','label':'l','dim_light':'%s',"
                        + "'alarms':%d,'false_positives':0,'confirmed':0,'relabeled':0,'missed':0}")
                .formatted(camera, light, alarms);
    }

    @Test
    void framesWithoutOutputAreNoAlarmsAndVerdictsOfTheSameCellAreAdded() {
        Dataset<Row> exposure = Frames.of(
                ExposureDaily.TABLE.withDimensions(DIMENSIONS),
                exposure("2026-10-01", "car", 5),
                exposure("2026-10-02", "car", 2),
                exposure("2026-10-01", "__NONE__", 9));
        Dataset<Row> verdicts = Frames.of(
                VerdictDaily.TABLE.withDimensions(DIMENSIONS),
                verdict("2026-10-01", 1, 0),
                verdict("2026-10-02", -1, 1));

        assertThat(Windows.cells(exposure, verdicts, DIMENSIONS)
                        .select(col("label"), col("alarms"), col("false_positives"), col("confirmed"))
                        .collectAsList())
                .extracting(r -> r.mkString(" "))
                .containsExactly("car 7 0 1");
    }

    private static String exposure(String date, String label, long shown) {
        return ("{'pipeline':'p','event_date':'%s','cell_version':'v','site_id':'s','camera_id':'c','use_case':'u',"
                        + "'model_version':'m','label':'%s','dim_light':'day','shown':%d,'confidence_histogram':[]}")
                .formatted(date, label, shown);
    }

    private static String verdict(String arrival, long wrong, long confirmed) {
        return ("{'pipeline':'p','arrival_date':'%s','event_date':'2026-10-01','cell_version':'v','site_id':'s',"
                        + "'camera_id':'c','use_case':'u','model_version':'m','label':'car','dim_light':'day',"
                        + "'confidence_bin':3,'false_positives':%d,'confirmed':%d,'relabeled':0,'missed':0}")
                .formatted(arrival, wrong, confirmed);
    }
}
