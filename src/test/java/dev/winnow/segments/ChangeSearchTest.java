package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.SegmentSettings;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells of October; the run date is the 28th, so the newest dates are 19 to 25 and the earlier ones 1 to 18. */
class ChangeSearchTest {
    private static final LocalDate RUN_DATE = LocalDate.parse("2026-10-28");
    private static final List<String> DIMENSIONS = List.of("light");
    private static final SegmentSettings SETTINGS = Configs.of(
                    "segments { min-judged = 20, change.days-between-false-alarms = 365 }")
            .segments();

    private final List<String> exposure = new ArrayList<>();
    private final List<String> verdicts = new ArrayList<>();

    /** What one camera has on one date: alarms, and verdicts on them that arrive so many days later. */
    private void cell(
            int date, int camera, String version, String light, long alarms, long wrong, long right, int delay) {
        if (alarms > 0) {
            exposure.add(
                    ("{'pipeline':'p','event_date':'2026-10-%02d','cell_version':'v','site_id':'s','camera_id':'c%d',"
                                    + "'use_case':'u','model_version':'%s','label':'car','dim_light':'%s','shown':%d,"
                                    + "'confidence_histogram':[]}")
                            .formatted(date, camera, version, light, alarms));
        }
        if (wrong != 0 || right != 0) {
            verdicts.add(
                    ("{'pipeline':'p','arrival_date':'%s','event_date':'2026-10-%02d','cell_version':'v','site_id':'s',"
                                    + "'camera_id':'c%d','use_case':'u','model_version':'%s','label':'car',"
                                    + "'dim_light':'%s','confidence_bin':3,'false_positives':%d,'confirmed':%d,"
                                    + "'relabeled':0,'missed':0}")
                            .formatted(
                                    LocalDate.of(2026, 10, date).plusDays(delay),
                                    date,
                                    camera,
                                    version,
                                    light,
                                    wrong,
                                    right));
        }
    }

    /** A cell whose alarms are all judged on the day. */
    private void judged(int date, int camera, String version, String light, long wrong, long judged) {
        cell(date, camera, version, light, judged, wrong, judged - wrong, 0);
    }

    private Dataset<Row> cells() {
        return Windows.cells(
                Frames.of(ExposureDaily.TABLE.withDimensions(DIMENSIONS), exposure.toArray(String[]::new)),
                Frames.of(VerdictDaily.TABLE.withDimensions(DIMENSIONS), verdicts.toArray(String[]::new)),
                DIMENSIONS,
                Map.of("u", new UseCaseWindow(Measure.FDR, RUN_DATE, false, Map.of(), Map.of())));
    }

    private static Lattice lattice(Dataset<Row> cells) {
        return SegmentSums.lattice(
                cells, Windows.dimensions(DIMENSIONS, List.of()), Windows.SITE, Lattice.Limits.DEFAULT);
    }

    private static Watched watched(Lattice lattice, @Nullable Measure measure, Map<String, String> predicates) {
        Map<String, String> sorted = new TreeMap<>(predicates);
        return new Watched(
                lattice.id(sorted),
                new SegmentCounts(
                        "u",
                        List.copyOf(sorted.keySet()),
                        List.copyOf(sorted.values()),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        false),
                measure);
    }

    private record Written(List<Row> rows, List<String> sentences) {
        Row of(String comparison, String segment) {
            return rows.stream()
                    .filter(r -> r.getAs("comparison").equals(comparison)
                            && r.getAs("segment").equals(segment))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Written write(@Nullable Measure measure, UnaryOperator<Dataset<Row>> arranged) {
        Dataset<Row> cells = arranged.apply(cells());
        Lattice lattice = lattice(cells);
        List<Watched> watched = new ArrayList<>(List.of(watched(lattice, measure, Map.of())));
        for (int d = 0; d < lattice.dimensions().size(); d++) {
            for (String value : lattice.values(d)) {
                watched.add(watched(
                        lattice, measure, Map.of(lattice.dimensions().get(d).name(), value)));
            }
        }
        FakeTables tables = new FakeTables();
        List<LocalDate> dates =
                RUN_DATE.minusDays(27).datesUntil(RUN_DATE.plusDays(1)).toList();
        ChangeSearch.Told told = new ChangeSearch(SETTINGS, "p")
                .find(RUN_DATE, dates, Windows.coded(cells, lattice), List.of(watched), "run");
        return new Written(tables.frame(SegmentChanges.TABLE, told.rows()).collectAsList(), told.sentences());
    }

    private Written write() {
        return write(Measure.FDR, cells -> cells);
    }

    private static List<Object> values(Row row, String... names) {
        List<Object> values = new ArrayList<>();
        for (String name : names) {
            values.add(row.getAs(name));
        }
        return values;
    }

    private static void assertInterval(Row row, double difference, double low, double high) {
        assertThat(row.<Double>getAs("difference")).isCloseTo(difference, within(1e-9));
        assertThat(row.<Double>getAs("difference_low")).isCloseTo(low, within(1e-6));
        assertThat(row.<Double>getAs("difference_high")).isCloseTo(high, within(1e-6));
    }

    @Test
    void datesThatAreTooYoungAndVerdictsThatCameTooLateForTheirDateDoNotCount() {
        for (int camera = 0; camera < 2; camera++) {
            cell(18, camera, "m", "day", 100, 2, 8, 3);
            cell(18, camera, "m", "day", 0, 50, 0, 4);
            cell(19, camera, "m", "day", 100, 1, 9, 0);
            cell(25, camera, "m", "day", 100, 4, 6, 3);
            cell(25, camera, "m", "day", 0, 50, 0, 4);
            cell(26, camera, "m", "day", 100, 90, 0, 0);
        }

        Row row = write().of("HISTORY", "(all)");

        assertThat(values(
                        row, "alarms_before", "judged_before", "wrong_before", "alarms_now", "judged_now", "wrong_now"))
                .containsExactly(200L, 20L, 4L, 400L, 40L, 10L);
        assertThat(values(row, "rate_before", "rate_now")).containsExactly(0.2, 0.25);
        assertThat(values(row, "before_from", "now_from", "now_to"))
                .containsExactly(
                        LocalDate.parse("2026-10-01"), LocalDate.parse("2026-10-19"), LocalDate.parse("2026-10-25"));
    }

    @Test
    void aVerdictThatChangesWithinTheAgeCountsAsItStandsThenAndLaterChangesDoNot() {
        cell(18, 1, "m", "day", 30, 10, 10, 0);
        cell(18, 1, "m", "day", 0, -4, 4, 3);
        cell(18, 1, "m", "day", 0, 5, -5, 4);

        assertThat(values(write().of("HISTORY", "(all)"), "judged_before", "wrong_before"))
                .containsExactly(20L, 6L);
    }

    @Test
    void whatArrivesAfterTheRunDateChangesNoRowOfIt() {
        Random random = new Random(1);
        for (int date = 1; date <= 28; date++) {
            for (int camera = 0; camera < 3; camera++) {
                cell(date, camera, "m" + date / 15, "day", 20, random.nextInt(4), random.nextInt(6), random.nextInt(4));
            }
        }
        List<Row> then = write().rows();
        for (int date = 1; date <= 28; date++) {
            cell(date, 1, "m" + date / 15, "day", 0, 3, 2, 29 - date + random.nextInt(20));
        }

        // A run for that date filters them; this shows that equal age alone would do, where dates are old enough.
        assertThat(write().rows()).isEqualTo(then);
    }

    /** Expected values: cameras' variance, Wilson on effective trials with t on 3 degrees of freedom, by hand. */
    @Test
    void aDifferenceHasNewcombesIntervalWithCamerasAsClusters() {
        long[] before = {8, 1, 6, 5};
        long[] now = {10, 2, 12, 6};
        for (int camera = 0; camera < 4; camera++) {
            // One camera is one cluster, however its alarms are spread over dates and cells.
            judged(2, camera, "m", "day", before[camera] - 1, 15);
            judged(9, camera, "m", "night", 1, 5);
            judged(20, camera, "m", "day", now[camera], 13);
            judged(21, camera, "m", "night", 0, 7);
        }

        Row row = write().of("HISTORY", "(all)");

        assertInterval(row, 0.125, -0.2397994401, 0.4920754198);
        assertThat(row.<String>getAs("status")).isNull();
        assertThat(row.<String>getAs("sentence"))
                .isEqualTo("(all): 37.5 % of 80 judged alarms were wrong from 2026-10-19 to 2026-10-25, 25.0 % of 80"
                        + " judged alarms were wrong before; +12.5 points (-24.0 to +49.2)");
    }

    /**
     * The newer version saw more of the dark, where both do badly: 20 % against 42 % as counted, 10 points at equal mix.
     * Expected values by hand: W = 1/2 each, Wilson per stratum on rows x effective share of the version; the cameras of
     * the version before look more alike than the fleet's, so the fleet's correlation of .0197 counts there.
     */
    @Test
    void versionsAreComparedAtTheMixOfBothAndTheShareOfOneAloneIsLeftOut() {
        long[][] wrong = {{1, 4, 2, 12}, {2, 2, 0, 7}, {1, 6, 3, 13}, {4, 4, 1, 12}};
        for (int camera = 0; camera < 4; camera++) {
            judged(3, camera, "a", "day", wrong[camera][0], 20);
            judged(4, camera, "a", "night", wrong[camera][1], 10);
            judged(15, camera, "b", "day", wrong[camera][2], 10);
            judged(16, camera, "b", "night", wrong[camera][3], 20);
        }
        Row row = write().of("MODEL_VERSION", "(all)");

        assertThat(values(row, "version_before", "version_now", "rate_before", "rate_now", "share_left_out"))
                .containsExactly("a", "b", 0.2, 50.0 / 120, 0.0);
        assertThat(row.<String>getList(row.fieldIndex("strata"))).containsExactly("label", "site", "light");
        assertInterval(row, 0.1, -0.1223556697, 0.3434525046);

        for (int camera = 0; camera < 4; camera++) {
            judged(17, camera, "b", "dusk", 15, 15);
        }
        Row more = write().of("MODEL_VERSION", "(all)");
        assertThat(more.<Double>getAs("difference")).isCloseTo(0.1, within(1e-9));
        assertThat(more.<Double>getAs("share_left_out")).isEqualTo(60.0 / 300);
        assertThat(more.<LocalDate>getAs("now_from")).isEqualTo(LocalDate.parse("2026-10-15"));
    }

    @Test
    void ofSeveralVersionsTheTwoThatBeganLastAreComparedAndSegmentsOfAVersionAreNot() {
        for (int camera = 0; camera < 3; camera++) {
            for (int date = 1; date <= 25; date++) {
                judged(date, camera, date < 10 ? "z" : date < 20 ? "b" : "c", "day", 1, 4);
                judged(date, camera, "a", "night", 1, 4);
            }
        }
        // By date, not by name; a version too young to be judged at equal age is not seen.
        judged(26, 0, "young", "day", 1, 4);

        Written written = write();

        assertThat(values(written.of("MODEL_VERSION", "(all)"), "version_before", "version_now"))
                .containsExactly("b", "c");
        assertThat(written.rows())
                .filteredOn(r -> r.getAs("comparison").equals("MODEL_VERSION"))
                .noneMatch(r -> r.<String>getAs("segment").startsWith("model_version"));
    }

    @Test
    void withOneVersionThereIsNothingToCompareItWith() {
        judged(3, 1, "m", "day", 1, 4);

        assertThat(write().rows()).noneMatch(r -> r.getAs("comparison").equals("MODEL_VERSION"));
    }

    @Test
    void aStepOfTheRateIsFoundAndAFlatHistoryIsQuiet() {
        Random random = new Random(7);
        for (int date = 1; date <= 25; date++) {
            for (int camera = 0; camera < 30; camera++) {
                judged(date, camera, "m", "day", binomial(random, 20, 0.1), 20);
                judged(date, camera, "m", "night", binomial(random, 20, date < 19 ? 0.1 : 0.25), 20);
            }
        }

        Written written = write();

        assertThat(written.of("HISTORY", "light=night").<String>getAs("status")).isEqualTo("WORSE");
        assertThat(written.of("HISTORY", "light=night").<String>getAs("sentence"))
                .endsWith("worse than chance explains");
        assertThat(written.of("HISTORY", "light=day").<String>getAs("status")).isNull();
        Row night = written.of("CUSUM", "light=night");
        assertThat(night.<String>getAs("status")).isEqualTo("WORSE");
        assertThat(night.<LocalDate>getAs("alarmed_on")).isAfterOrEqualTo(LocalDate.parse("2026-10-19"));
        Row day = written.of("CUSUM", "light=day");
        assertThat(values(day, "status", "alarmed_on")).containsExactly(null, null);
        assertThat(day.<Double>getAs("baseline")).isBetween(0.08, 0.12);
        assertThat(day.<Double>getAs("false_alarms_per_month")).isBetween(0.02, 0.16);
        assertThat(written.sentences())
                .anyMatch(s -> s.matches("CUSUM: 5 of 6 segments alarm from 2026-10-19 to 2026-10-25; 0\\.[01] false"
                        + " alarms a month are expected"))
                .anyMatch(s -> s.startsWith("History: 5 of 6 segments got worse and 0 better"));
    }

    @Test
    void aRateThatFallsIsBetterAndRaisesNoCusumAlarm() {
        Random random = new Random(8);
        for (int date = 1; date <= 25; date++) {
            for (int camera = 0; camera < 30; camera++) {
                judged(date, camera, "m", "day", binomial(random, 20, date < 19 ? 0.25 : 0.1), 20);
            }
        }

        assertThat(write().of("HISTORY", "(all)").<String>getAs("status")).isEqualTo("BETTER");
        assertThat(write().of("CUSUM", "(all)").<LocalDate>getAs("alarmed_on")).isNull();
    }

    private static long binomial(Random random, int n, double p) {
        long x = 0;
        for (int i = 0; i < n; i++) {
            x += random.nextDouble() < p ? 1 : 0;
        }
        return x;
    }

    /** From the 20th 13 of 100 are wrong instead of 10; all days are alike, so the design effect is 1. */
    @ParameterizedTest
    @CsvSource({"m, 6", "n, 3"})
    void aChartStartsAnewWhereAModelVersionDoes(String sinceThe23rd, int days) {
        for (int date = 1; date <= 25; date++) {
            for (int camera = 0; camera < 10; camera++) {
                judged(date, camera, date < 23 ? "m" : sinceThe23rd, "day", date >= 20 && camera < 3 ? 2 : 1, 10);
            }
        }
        double step = 13 * Math.log(1.5) + 87 * Math.log(0.85 / 0.9);

        assertThat(write().of("CUSUM", "light=day").<Double>getAs("cusum")).isCloseTo(days * step, within(1e-9));
    }

    @Test
    void whereTooLittleIsJudgedTheCountsAreKeptAndTheRatesAreNot() {
        for (int camera = 0; camera < 5; camera++) {
            judged(3, camera, "m", "day", 1, 10);
            cell(20, camera, "m", "day", 50, 1, 1, 0);
        }

        Written written = write();
        Row history = written.of("HISTORY", "(all)");
        assertThat(values(history, "alarms_now", "judged_now", "wrong_now", "rate_now", "difference", "q_value"))
                .containsExactly(250L, 10L, 5L, null, null, null);
        assertThat(history.<String>getAs("sentence"))
                .isEqualTo("(all): 10 judged alarms now and 50 before are too few to tell a change");
        // The chart needs a past only.
        assertThat(written.of("CUSUM", "(all)").<Double>getAs("baseline")).isNotNull();
    }

    @Test
    void oneCameraHasADifferenceButNoBounds() {
        judged(3, 1, "m", "day", 5, 50);
        judged(20, 1, "m", "day", 10, 50);

        Row row = write().of("HISTORY", "(all)");
        assertThat(values(row, "difference", "difference_low", "p_value", "q_value", "status"))
                .containsExactly(0.1, null, null, null, null);
        assertThat(row.<String>getAs("sentence")).endsWith("+10.0 points, on too few cameras to tell how sure that is");
    }

    @Test
    void whereTheUseCaseHasNoRateMarksPerAlarmAreCompared() {
        for (int camera = 0; camera < 5; camera++) {
            cell(3, camera, "m", "day", 100, 2, 0, 0);
            cell(20, camera, "m", "day", 100, 3, 0, 0);
        }

        Row row = write(Measure.MARKS, cells -> cells).of("HISTORY", "(all)");
        assertThat(values(row, "measure", "rate_before", "rate_now")).containsExactly("MARKS", 0.02, 0.03);
        assertThat(row.<String>getAs("sentence")).contains("3.0 % of 500 alarms were marked wrong");
    }

    @Test
    void aSegmentWithoutARateKeepsItsCounts() {
        for (int camera = 0; camera < 5; camera++) {
            judged(3, camera, "m", "day", 10, 10);
            judged(20, camera, "m", "day", 10, 10);
        }

        assertThat(write(null, cells -> cells).rows())
                .allSatisfy(row -> {
                    assertThat(values(row, "measure", "rate_now", "difference", "cusum", "status"))
                            .containsOnlyNulls();
                    assertThat(row.<String>getAs("sentence"))
                            .endsWith("too few of its judged alarms are confirmed to" + " tell a rate");
                })
                .anyMatch(row -> row.<Long>getAs("wrong_now") == 50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void rowsDoNotDependOnPartitions(int partitions) {
        Random random = new Random(5);
        for (int date = 1; date <= 28; date++) {
            for (int camera = 0; camera < 6; camera++) {
                for (String light : List.of("day", "night")) {
                    judged(date, camera, "m" + date / 13, light, random.nextInt(5), 5);
                }
            }
        }

        assertThat(write(Measure.FDR, cells -> cells.repartition(partitions)).rows())
                .isEqualTo(write().rows());
    }

    /** Cells travel once, to their camera; what travels then are sums of watched segments. */
    @Test
    void cellsAreShuffledOnce() {
        judged(3, 1, "a", "day", 5, 50);
        judged(20, 1, "b", "day", 5, 50);
        Dataset<Row> cells = cells();
        Lattice lattice = lattice(cells);
        ChangeDays days = new ChangeDays(RUN_DATE.minusDays(27), RUN_DATE.minusDays(9), RUN_DATE.minusDays(3), 3, 25);
        ModelVersions versions = new ModelVersions(List.of(
                new ModelVersions.Version("a", RUN_DATE.minusDays(25)),
                new ModelVersions.Version("b", RUN_DATE.minusDays(8))));
        ChangeTallies.Layout layout =
                ChangeTallies.Layout.of(lattice, List.of(watched(lattice, Measure.FDR, Map.of())), days, versions);

        String plan = ChangeTallies.sums(Windows.coded(cells, lattice), "u", days, layout)
                .queryExecution()
                .executedPlan()
                .toString();

        assertThat(plan).doesNotContain("Join", "CartesianProduct");
        assertThat(plan.split("Exchange hashpartitioning")).as(plan).hasSize(3);
    }

    @Test
    void aWindowWithoutEarlierDatesSaysSo() {
        judged(20, 1, "m", "day", 5, 50);
        Dataset<Row> cells = cells();
        Lattice lattice = lattice(cells);

        ChangeSearch.Told told = new ChangeSearch(SETTINGS, "p")
                .find(
                        RUN_DATE,
                        List.of(RUN_DATE, LocalDate.parse("2026-10-20")),
                        Windows.coded(cells, lattice),
                        List.of(List.of(watched(lattice, Measure.FDR, Map.of()))),
                        "run");

        assertThat(told.rows()).isEmpty();
        assertThat(told.sentences())
                .containsExactly("Changes: no event date before 2026-10-19 is in the window to compare those up to"
                        + " 2026-10-25 with");
    }
}
