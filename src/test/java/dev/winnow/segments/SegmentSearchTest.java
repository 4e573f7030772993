package dev.winnow.segments;

import static dev.winnow.segments.CellRows.DIMENSIONS;
import static dev.winnow.segments.CellRows.day;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.WeightedClusterSums;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSearchTest {
    private final FakeTables tables = new FakeTables();
    private final CellRows rows = new CellRows();
    private final List<String> audited = new ArrayList<>();
    private int partitions = 1;
    private UnaryOperator<Dataset<Row>> beside = frame -> frame;

    private SegmentSearch.Found find(int day) {
        return find(day, "");
    }

    private SegmentSearch.Found find(int day, String more) {
        WinnowConfig config =
                Configs.of("inputs.inferences.dimensions { light = light }\nsegments.min-judged = 10\n" + more);
        tables.with("exposure_daily", beside.apply(rows.exposure()));
        tables.with("verdict_daily", beside.apply(rows.verdicts()));
        List<LocalDate> dates =
                IntStream.rangeClosed(1, day).mapToObj(d -> day(day + 1 - d)).toList();
        CameraTable cameras = new CameraTable(new SparkSources(SparkExtension.session()), config.cameras());
        Audit audit = Audit.of(
                Frames.of(AuditedAlarms.TABLE.withDimensions(DIMENSIONS), audited.toArray(String[]::new))
                        .repartition(partitions),
                dates,
                cameras);
        return new SegmentSearch(config.segments(), cameras, tables, "p", "v")
                .write(day(day), dates, DIMENSIONS, audit, "run");
    }

    private Row finding(int day, String segment) {
        return tables.readStored("segment_findings")
                .filter("run_date = DATE'" + day(day) + "' AND segment = '" + segment + "'")
                .first();
    }

    /** A day of 20 cameras that differ a little; 40 alarms by day and 20 by night, all judged. */
    private void fleet(int day, long wrongByNight) {
        for (int camera = 0; camera < 20; camera++) {
            long more = camera % 3 - 1L;
            rows.shown(day, "c" + camera, "car", "day", 12, 40)
                    .judged(day, day, "c" + camera, "car", "day", 12, 3 + more, 37 - more)
                    .shown(day, "c" + camera, "car", "night", 8, 20)
                    .judged(day, day, "c" + camera, "car", "night", 8, wrongByNight + more, 20 - wrongByNight - more);
        }
    }

    @Test
    void aSegmentIsSuspectedFirstAndElevatedOnceDaysAfterThatSayTheSame() {
        fleet(1, 9);
        find(1);
        Row first = finding(1, "light=night");
        assertThat(first.<String>getAs("status")).isEqualTo("SUSPECTED");
        assertThat(first.<LocalDate>getAs("suspected_since")).isEqualTo(day(1));
        assertThat(first.<Long>getAs("trials_since")).isNull();

        fleet(2, 8);
        SegmentSearch.Found found = find(2);
        Row second = finding(2, "light=night");
        assertThat(second.<String>getAs("status")).isEqualTo("ELEVATED");
        assertThat(second.<LocalDate>getAs("suspected_since")).isEqualTo(day(1));
        assertThat(second.<Long>getAs("trials_since")).isEqualTo(400);
        // 8 of 20, give or take one, on the day after alone; 8.5 over both.
        assertThat(second.<Double>getAs("rate_since")).isCloseTo(159 / 400.0, within(1e-12));
        assertThat(second.<Double>getAs("rate_since_low")).isGreaterThan(0.3);
        assertThat(second.<Double>getAs("q_value_since")).isLessThan(0.01);
        assertThat(second.<String>getAs("sentence")).contains("days since it was first seen confirm it");
        assertThat(found.sentences()).anyMatch(s -> s.contains("segments are suspected, ") && s.contains("elevated"));
    }

    @Test
    void aUseCaseFindsTheSameBesideOthers() {
        SegmentSearchTest crowded = new SegmentSearchTest();
        crowded.beside = frame -> {
            // Use cases of which one is judged by its marks and one has no verdicts.
            boolean judged = List.of(frame.columns()).contains("confirmed");
            Dataset<Row> marked = frame.withColumn("use_case", lit("marked"));
            return judged
                    ? frame.unionByName(marked.withColumn("confirmed", lit(0L)))
                    : frame.unionByName(marked).unionByName(frame.withColumn("use_case", lit("quiet")));
        };
        for (SegmentSearchTest each : List.of(this, crowded)) {
            each.fleet(1, 9);
            each.find(1);
            each.fleet(2, 8);
            each.find(2);
        }

        assertThat(finding(2, "light=night").<String>getAs("status")).isEqualTo("ELEVATED");
        assertThat(crowded.findings("u")).isEqualTo(findings("u"));
        assertThat(crowded.findings("marked")).anyMatch(row -> row.contains("MARKS") && row.contains("ELEVATED"));
        assertThat(crowded.findings("quiet")).isNotEmpty();
    }

    private List<String> findings(String useCase) {
        return tables
                .readStored("segment_findings")
                .filter(col("use_case").equalTo(useCase))
                .toJSON()
                .collectAsList()
                .stream()
                .sorted()
                .toList();
    }

    @Test
    void aSegmentWhoseLuckTurnsStaysSuspectedAndIsNotElevated() {
        fleet(1, 9);
        find(1);
        fleet(2, 2);
        find(2);

        Row second = finding(2, "light=night");
        assertThat(second.<String>getAs("status")).isEqualTo("SUSPECTED");
        assertThat(second.<Double>getAs("rate_since")).isLessThan(0.11);
        assertThat(second.<String>getAs("sentence")).contains("do not confirm it yet");
    }

    @Test
    void aRunDoesNotReadItsOwnFindingsNorLaterOnes() {
        fleet(1, 9);
        fleet(2, 8);
        find(2);
        find(1);
        List<String> before = tables.readStored("segment_findings")
                .filter("run_date = DATE'" + day(1) + "'")
                .toJSON()
                .collectAsList();
        find(1);

        assertThat(tables.readStored("segment_findings")
                        .filter("run_date = DATE'" + day(1) + "'")
                        .toJSON()
                        .collectAsList())
                .containsExactlyInAnyOrderElementsOf(before);
        assertThat(finding(1, "light=night").<LocalDate>getAs("suspected_since"))
                .isEqualTo(day(1));
    }

    @Test
    void whereCustomersOnlyComplainMarksPerAlarmAreTestedByCamera() {
        for (int camera = 0; camera < 20; camera++) {
            long more = camera % 3 - 1L;
            rows.shown(1, "c" + camera, "car", "day", 12, 400)
                    .judged(1, 1, "c" + camera, "car", "day", 12, 6 + more, 0)
                    .shown(1, "c" + camera, "car", "night", 8, 200)
                    .judged(1, 1, "c" + camera, "car", "night", 8, 20 + more, 0);
        }
        find(1);

        Row night = finding(1, "light=night");
        assertThat(night.<String>getAs("measure")).isEqualTo("MARKS");
        assertThat(night.<Double>getAs("fdr")).isNull();
        assertThat(night.<Double>getAs("fdr_low")).isNull();
        assertThat(night.<Double>getAs("fp_marks_per_1000_alarms")).isCloseTo(1000 * 399 / 4_000.0, within(1e-9));
        assertThat(night.<Double>getAs("fp_marks_low")).isBetween(85.0, 99.7);
        assertThat(night.<Double>getAs("fp_marks_high")).isBetween(99.8, 115.0);
        assertThat(night.<Double>getAs("p_value")).isLessThan(1e-6);
        assertThat(night.<String>getAs("status")).isEqualTo("SUSPECTED");
        assertThat(finding(1, "light=day").<String>getAs("status")).isNull();
        assertThat(finding(1, "light=day").<Double>getAs("p_value")).isGreaterThan(0.9);
    }

    @Test
    void theUseCaseAsAWholeHasBoundsByCameraAndIsTestedAgainstNothing() {
        fleet(1, 9);
        find(1);

        Row whole = finding(1, "(all)");
        // x = 10 + 2 (c mod 3), n = 60 on 20 cameras: alike as they are, they tell no more than independent alarms.
        assertThat(whole.<Double>getAs("effective_trials")).isBetween(20.0, 1_200.0);
        assertThat(whole.<Double>getAs("fdr_low")).isLessThan(239 / 1_200.0);
        assertThat(whole.<Double>getAs("fdr_high")).isGreaterThan(239 / 1_200.0);
        assertThat(whole.<Double>getAs("fdr_shrunk")).isEqualTo(whole.<Double>getAs("fdr"));
        assertThat(whole.<Double>getAs("p_value")).isNull();
        assertThat(whole.<Double>getAs("q_value")).isNull();
        assertThat(whole.<String>getAs("status")).isNull();
        assertThat(whole.<String>getAs("sentence")).contains("on 20 cameras");
    }

    @Test
    void ratesPerCameraDayCountDaysOnWhichACameraWasSeenWithOrWithoutAlarms() {
        fleet(1, 9);
        for (int camera = 0; camera < 20; camera++) {
            rows.shown(2, "c" + camera, "__NONE__", "day", 0, 7);
        }
        rows.shown(3, "elsewhere", "__NONE__", "day", 0, 7);
        find(3);

        Row night = finding(3, "light=night");
        assertThat(night.<Long>getAs("camera_days")).isEqualTo(40);
        assertThat(night.<Double>getAs("alarms_per_camera_day")).isEqualTo(400 / 40.0);
        assertThat(night.<Double>getAs("false_alarms_per_camera_day")).isCloseTo(179 / 40.0, within(1e-12));
        assertThat(tables.readStored("segment_findings")
                        .filter("segment LIKE '%\\_\\_NONE%'")
                        .collectAsList())
                .isEmpty();
    }

    @Test
    void missAndFalsePositiveRatesNeedFramesWithoutOutput() {
        fleet(1, 9);
        find(1);
        assertThat(finding(1, "(all)").<Double>getAs("miss_rate")).isNull();
        assertThat(finding(1, "(all)").<Double>getAs("fpr")).isNull();

        rows.shown(1, "c1", "__NONE__", "day", 0, 900).judged(1, 1, "c1", "__NONE__", "day", 0, 0, 600);
        find(1);
        Row whole = finding(1, "(all)");
        // 59 wrong alarms by day and 179 by night; misses were none.
        assertThat(whole.<Double>getAs("fpr")).isCloseTo(238 / 838.0, within(1e-12));
        assertThat(whole.<Double>getAs("miss_rate")).isEqualTo(0);
        assertThat(whole.<Long>getAs("negatives")).isEqualTo(600);
        assertThat(whole.<Long>getAs("judged")).isEqualTo(1_200);
        assertThat(finding(1, "light=night").<Double>getAs("fpr")).isNull();
    }

    @Test
    void unjudgedSegmentsAreEstimatedFromConfidenceThatOthersCalibrated() {
        fleet(1, 9);
        rows.shown(1, "new", "car", "dusk", 8, 500);
        find(1);

        Row dusk = finding(1, "light=dusk");
        assertThat(dusk.<Double>getAs("fdr")).isNull();
        // Bin 8 is wrong as often as night is.
        assertThat(dusk.<Double>getAs("fdr_estimated")).isCloseTo(179 / 400.0, within(1e-6));
        assertThat(dusk.<String>getAs("sentence")).contains("none of them judged; by their confidence about 44.8 %");
    }

    @Test
    void unevenJudgingIsCorrectedByBandsOfConfidenceAndNamedDimensions() {
        for (int camera = 0; camera < 6; camera++) {
            // By night all alarms are judged, by day one in ten.
            rows.shown(1, "c" + camera, "car", "day", 12, 900)
                    .judged(1, 1, "c" + camera, "car", "day", 12, 9, 81)
                    .shown(1, "c" + camera, "car", "night", 12, 100)
                    .judged(1, 1, "c" + camera, "car", "night", 12, 40, 60);
        }
        find(1, "segments.strata = [light]");

        Row whole = finding(1, "(all)");
        assertThat(whole.<Double>getAs("fdr")).isCloseTo(49 / 190.0, within(1e-12));
        assertThat(whole.<Double>getAs("fdr_stratified")).isCloseTo(0.9 * 0.1 + 0.1 * 0.4, within(1e-12));
        assertThat(whole.<Boolean>getAs("strata_thin")).isFalse();
        Row label = finding(1, "label=car");
        assertThat(label.<Double>getAs("fdr_stratified")).isNull(); // says the same as the whole: not ranked
    }

    @Test
    void immatureEventDatesAreLeftOutAndSaid() {
        for (int event = 1; event <= 20; event++) {
            rows.shown(event, "c" + event % 5, "car", "day", 12, 100)
                    .judged(event, event, "c" + event % 5, "car", "day", 12, 20, 0)
                    .judged(event + 3, event, "c" + event % 5, "car", "day", 12, 0, 80);
        }
        SegmentSearch.Found found = find(20);

        Row whole = finding(20, "(all)");
        assertThat(whole.<LocalDate>getAs("last_event_date")).isEqualTo(day(17));
        assertThat(whole.<Double>getAs("fdr")).isEqualTo(0.2);
        assertThat(whole.<Double>getAs("maturity")).isEqualTo(1);
        assertThat(whole.<Long>getAs("alarms")).isEqualTo(1_700);
        assertThat(found.sentences())
                .anyMatch(s -> s.contains("feedback on event dates after " + day(17) + " is still arriving"));
        assertThat(tables.readStored("feedback_arrival")
                        .filter("verdict = 'CONFIRMED' AND age_days IN (2, 3)")
                        .select("arrived_share", "closed_dates", "verdicts")
                        .collectAsList())
                .extracting(r -> r.mkString(" "))
                .containsExactlyInAnyOrder("0.0 6 480", "1.0 6 480");

        find(20, "segments.maturity.min-share = 0");
        assertThat(finding(20, "(all)").<LocalDate>getAs("last_event_date")).isEqualTo(day(20));
        assertThat(finding(20, "(all)").<Double>getAs("maturity")).isCloseTo(0.85, within(1e-12));
    }

    /** An alarm of a car that was drawn; light is null where it is not known, and wrong where nobody labeled it. */
    private void audited(int day, String camera, @Nullable String light, double probability, @Nullable Boolean wrong) {
        audited.add(String.format(
                Locale.ROOT,
                "{'use_case':'u','event_date':'%s','inference_id':'i%d','site_id':'s-%s','camera_id':'%s',"
                        + "'model_version':'m','label':'car','wrong':%s,'inclusion_probability':%s%s}",
                day(day),
                audited.size(),
                camera,
                camera,
                wrong,
                probability,
                light == null ? "" : ",'dim_light':'" + light + "'"));
    }

    private String audit(String segment) {
        Row row = finding(2, segment);
        return String.format(
                Locale.ROOT,
                "%d of %d of %d, %.6f",
                row.<Long>getAs("audited_wrong"),
                row.<Long>getAs("audited"),
                row.<Long>getAs("audit_drawn"),
                row.<Double>getAs("fdr_audit"));
    }

    @Test
    void whatAnAuditSaysCountsInEverySegmentOfAnAlarmByItsWeightAndOnDatesThatCount() {
        fleet(1, 9);
        fleet(2, 9);
        audited(1, "c0", "night", .1, true);
        audited(1, "c0", "night", .1, false);
        audited(2, "c1", "night", .5, false);
        audited(2, "c1", "night", .25, true);
        audited(2, "c1", "day", .25, false);
        audited(2, "c2", "fog", .25, true); // of a light that no cell of the window has
        audited(2, "c2", null, .25, true); // drawn before there was the dimension
        audited(2, "c1", "night", .01, null); // without a label
        audited(2, "c5", "night", .01, null);
        audited(3, "c0", "night", .001, true); // not of the window
        find(2);

        // Weights of wrong ones 10 + 4 + 4 + 4 of 10 + 10 + 2 + 4 + 4 + 4 + 4.
        assertThat(audit("(all)")).isEqualTo("4 of 7 of 9, " + String.format(Locale.ROOT, "%.6f", 22 / 38.0));
        assertThat(audit("label=car")).isEqualTo(audit("(all)"));
        assertThat(audit("light=night")).isEqualTo("2 of 4 of 6, " + String.format(Locale.ROOT, "%.6f", 14 / 26.0));
        assertThat(audit("light=day")).isEqualTo("0 of 1 of 1, 0.000000");
        assertThat(audit("light=night AND site=s-c1"))
                .isEqualTo("1 of 2 of 3, " + String.format(Locale.ROOT, "%.6f", 4 / 6.0));
        Row one = finding(2, "light=day");
        assertThat(one.<Double>getAs("fdr_audit_low")).as("of one camera").isZero();
        assertThat(one.<Double>getAs("fdr_audit_high")).isEqualTo(1);
        Row night = finding(2, "light=night");
        WeightedClusterSums byHand = WeightedClusterSums.of(2, 10, 20, 200).plus(WeightedClusterSums.of(2, 4, 6, 20));
        WeightedClusterSums all = WeightedClusterSums.of(2, 10, 20, 200)
                .plus(WeightedClusterSums.of(3, 4, 10, 36))
                .plus(WeightedClusterSums.of(2, 8, 8, 32));
        Interval interval = byHand.interval(
                IntervalMethod.WILSON, .95, Objects.requireNonNull(all.intraClassCorrelation(), "likeness"));
        assertThat(night.<Double>getAs("fdr_audit_low")).isCloseTo(interval.low(), within(1e-12));
        assertThat(night.<Double>getAs("fdr_audit_high")).isCloseTo(interval.high(), within(1e-12));
        assertThat(night.<Double>getAs("fdr")).as("no audit in it").isCloseTo(358 / 800.0, within(1e-12));
        assertThat(night.<String>getAs("sentence")).doesNotContain("audit");
        for (String site : List.of("site=s-c3", "site=s-c5")) {
            Row quiet = finding(2, site);
            assertThat(quiet.<Long>getAs("audit_drawn")).as(site).isEqualTo(site.equals("site=s-c5") ? 1 : 0);
            assertThat(quiet.<Long>getAs("audited")).isZero();
            for (String column : List.of("fdr_audit", "fdr_audit_low", "fdr_audit_high")) {
                assertThat(quiet.<Double>getAs(column)).as(column).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void whatAnAuditSaysDoesNotDependOnPartitionsAndIsPutInWords(int parts) {
        SegmentSearchTest other = new SegmentSearchTest();
        other.partitions = parts;
        for (SegmentSearchTest each : List.of(this, other)) {
            each.fleet(1, 9);
            for (int i = 0; i < 120; i++) {
                each.audited(1, "c" + i % 20, i % 3 == 0 ? "night" : "day", i % 2 == 0 ? .3 : .07, i % 7 == 0);
            }
            each.find(1);
        }

        assertThat(other.findings("u")).isEqualTo(findings("u"));
        assertThat(finding(1, "(all)").<String>getAs("sentence"))
                .matches(".*; a blind audit of 120 of its alarms says 1\\d\\.\\d % \\(\\d+\\.\\d to \\d+\\.\\d %\\)");
        audited(1, "c1", "day", .3, null);
        find(1);
        assertThat(finding(1, "(all)").<String>getAs("sentence"))
                .contains("; a blind audit of its alarms (120 of 121 audited) says 1");
    }

    @Test
    void immatureDatesAreLeftOutOfTheAuditToo() {
        for (int event = 1; event <= 20; event++) {
            rows.shown(event, "c" + event % 5, "car", "day", 12, 100)
                    .judged(event, event, "c" + event % 5, "car", "day", 12, 20, 0)
                    .judged(event + 3, event, "c" + event % 5, "car", "day", 12, 0, 80);
        }
        audited(17, "c1", "day", .5, true);
        audited(18, "c1", "day", .5, true);
        find(20);

        assertThat(finding(20, "(all)").<Long>getAs("audited")).isEqualTo(1);
    }

    @Test
    void aCamerasDimensionIsThatOfTheCameraTableAndADigestTellsWhatWasAudited() {
        WinnowConfig config = Configs.of("inputs.cameras { path = x, format = csv, dimensions { kind = kind } }");
        CameraTable cameras = new CameraTable(
                new FakeSources(SparkExtension.session()
                        .sql("SELECT 'c0' AS camera_id, 'dome' AS kind, 's' AS site_id, 'UTC' AS time_zone")),
                config.cameras());
        audited(1, "c0", "day", .5, true);
        audited(1, "c0", "day", .5, false);
        audited(1, "c1", "day", .5, true);
        Dataset<Row> frame = Frames.of(AuditedAlarms.TABLE.withDimensions(DIMENSIONS), audited.toArray(String[]::new));
        Audit audit = Audit.of(frame, List.of(day(1)), cameras);
        Lattice lattice = Lattice.of(
                List.of(new Lattice.Dimension("kind", "dim_kind", true)),
                null,
                Lattice.Limits.DEFAULT,
                List.of("u"),
                List.of("c0", "c1"),
                Map.of("kind", List.of("dome", "__UNKNOWN__")));
        Map<Long, AuditRate> rates =
                audit.rates(lattice, "u", day(1), Set.of(0L, lattice.id(Map.of("kind", "dome"))), config.segments());

        assertThat(rates).hasSize(2);
        assertThat(rates.get(lattice.id(Map.of("kind", "dome"))))
                .isEqualTo(new AuditRate(2, 2, 1, .5, 1, Interval.UNKNOWN));
        assertThat(Objects.requireNonNull(rates.get(0L)).alarms()).isEqualTo(3);
        assertThat(audit.digest())
                .isEqualTo(
                        Audit.of(frame.repartition(7), List.of(day(1)), cameras).digest())
                .isNotEqualTo(Audit.of(frame.limit(2), List.of(day(1)), cameras).digest());
        assertThat(Audit.NONE.digest()).isEmpty();
        String twice = audited.get(0).replace("'wrong':true", "'wrong':false");
        assertThat(digest(cameras, audited.get(0), twice))
                .as("of an id that occurs at two times of a day")
                .isEqualTo(digest(cameras, twice, audited.get(0)));
        assertThat(Audit.NONE.rates(lattice, "u", day(1), Set.of(0L), config.segments()))
                .isEmpty();
    }

    private static String digest(CameraTable cameras, String... alarms) {
        return Audit.of(
                        Frames.of(AuditedAlarms.TABLE.withDimensions(DIMENSIONS), alarms)
                                .coalesce(1),
                        List.of(day(1)),
                        cameras)
                .digest();
    }
}
