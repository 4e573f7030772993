package dev.winnow.analysis;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.SparkExtension;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@ExtendWith(SparkExtension.class)
class ImbalanceMapTest {
    private static final Timestamp AT = Timestamp.valueOf("2026-10-17 00:00:00");
    private static final LocalDate DAY = LocalDate.parse("2026-10-20");
    private static final WinnowConfig CONFIG = Configs.of("""
            inputs.inferences.dimensions { lighting = light }
            inputs.training { path = "/t", kind = counts, dimensions { lighting = light } }
            """);
    private static final List<String> DIMENSIONS = List.of("lighting");
    private static final List<Long> ZEROS = Collections.nCopies(20, 0L);

    /** Cells as tables hold them: each camera's alarms by day and by night, its verdicts on other days than its alarms. */
    private static FakeTables tables(PlantedClasses planted, int partitions) {
        List<Row> exposure = new ArrayList<>();
        List<Row> verdicts = new ArrayList<>();
        for (PlantedClasses.Cell cell : planted.cells) {
            for (String lighting : List.of("day", "night")) {
                boolean night = lighting.equals("night");
                exposure.add(exposure(cell, lighting, half(cell.shown(), night)));
                verdicts.add(verdict(
                        cell,
                        lighting,
                        DAY,
                        half(cell.wrong(), night),
                        half(cell.confirmed(), night),
                        0,
                        half(cell.missed(), night)));
            }
        }
        FakeTables tables = new FakeTables();
        put(tables, ExposureDaily.TABLE.withDimensions(DIMENSIONS), exposure, partitions);
        put(tables, VerdictDaily.TABLE.withDimensions(DIMENSIONS), verdicts, partitions);
        put(
                tables,
                ImageFindings.TABLE,
                planted.images.stream().map(ImbalanceMapTest::finding).toList(),
                partitions);
        return tables.with(SegmentFindings.TABLE.name(), whole("FDR", DAY));
    }

    private static long half(long count, boolean larger) {
        return larger ? count - count / 2 : count / 2;
    }

    private static void put(FakeTables tables, TableDef table, List<Row> rows, int partitions) {
        tables.with(
                table.name(),
                SparkExtension.session().createDataFrame(rows, table.schema()).repartition(partitions));
    }

    private static Row exposure(PlantedClasses.Cell cell, String lighting, long shown) {
        return RowFactory.create(
                "p",
                DAY.minusDays(3),
                CellVersion.of(CONFIG),
                "site",
                cell.camera(),
                "yard",
                "m1",
                cell.label(),
                shown,
                ZEROS.toArray(Long[]::new),
                lighting);
    }

    private static Row verdict(
            PlantedClasses.Cell cell,
            String lighting,
            LocalDate arrived,
            long wrong,
            long confirmed,
            long relabeled,
            long missed) {
        return RowFactory.create(
                "p",
                arrived,
                DAY.minusDays(3),
                CellVersion.of(CONFIG),
                "site",
                cell.camera(),
                "yard",
                "m1",
                cell.label(),
                3,
                wrong,
                confirmed,
                relabeled,
                missed,
                lighting);
    }

    private static Row finding(LookedAt image) {
        List<Row> objects = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String word : Objects.requireNonNull(image.seen())) {
            if (word.startsWith("class") || PlantedClasses.RARE.contains(word)) {
                objects.add(RowFactory.create(word, 1));
            } else {
                others.add(word);
            }
        }
        return row(
                ImageFindings.TABLE,
                Map.ofEntries(
                        Map.entry(ImageFindings.PIPELINE, "p"),
                        Map.entry(ImageFindings.RUN_DATE, DAY),
                        Map.entry(ImageFindings.RUN_ID, "r"),
                        Map.entry("use_case", "yard"),
                        Map.entry("inference_id", image.image()),
                        Map.entry("image_uri", "s3://b/" + image.image()),
                        Map.entry("captured_at", AT),
                        Map.entry("event_date", DAY.minusDays(3)),
                        Map.entry("site_id", "site"),
                        Map.entry("camera_id", image.camera()),
                        Map.entry("model_version", "m1"),
                        Map.entry(ImageFindings.VERDICT, "FALSE_POSITIVE"),
                        Map.entry(ImageFindings.STRATUM, "x"),
                        Map.entry(ImageFindings.INCLUSION_PROBABILITY, 1 / image.weight()),
                        Map.entry(ImageFindings.DUPLICATES, 1L),
                        Map.entry(ImageFindings.STATUS, ImageFindings.ANSWERED),
                        Map.entry(ImageFindings.OBJECTS, objects.toArray(Row[]::new)),
                        Map.entry(ImageFindings.OTHER_OBJECTS, others.toArray(String[]::new))));
    }

    private static Row row(TableDef table, Map<String, ?> values) {
        return RowFactory.create(table.columns().stream().map(values::get).toArray());
    }

    private static Dataset<Row> whole(String measure, LocalDate last) {
        StructType columns = new StructType();
        for (String column : List.of(
                SegmentFindings.PIPELINE,
                SegmentFindings.RUN_DATE,
                SegmentFindings.USE_CASE,
                SegmentFindings.DIMENSIONS,
                SegmentFindings.LAST_EVENT_DATE,
                SegmentFindings.MEASURE)) {
            columns = columns.add(SegmentFindings.TABLE.schema().apply(column));
        }
        return SparkExtension.session()
                .createDataFrame(List.of(RowFactory.create("p", DAY, "yard", new String[0], last, measure)), columns);
    }

    private static Dataset<Row> training(PlantedClasses planted) {
        return SparkExtension.session()
                .createDataFrame(
                        planted.training.stream()
                                .map(count -> RowFactory.create(count.label(), count.samples(), count.bursts(), "day"))
                                .toList(),
                        StructType.fromDDL("label string, samples long, bursts long, light string"));
    }

    private static ImbalanceMap map(FakeTables tables, Dataset<Row> training) {
        FakeSources sources = new FakeSources(training);
        return new ImbalanceMap(
                CONFIG, new TrainingSet(sources, CONFIG), new CameraTable(sources, CONFIG.cameras()), tables);
    }

    private static Map<String, Row> byClass(FakeTables tables) {
        Map<String, Row> rows = new TreeMap<>();
        for (Row row : tables.read(ClassImbalance.TABLE).collectAsList()) {
            String dimension = row.getAs(ClassImbalance.DIMENSION);
            String at = row.getAs(ClassImbalance.LABEL)
                    + (dimension == null ? "" : " " + dimension + "=" + row.getAs(ClassImbalance.VALUE));
            rows.put(at, row);
        }
        return rows;
    }

    private static Row of(Map<String, Row> rows, String at) {
        return Objects.requireNonNull(rows.get(at), at);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void tablesGiveWhatTheSameCountsGiveByHandWhateverThePartitioning(int partitions) {
        PlantedClasses planted = new PlantedClasses(7, 800, 0);
        FakeTables tables = tables(planted, partitions);

        ImbalanceMap.Written written = map(tables, training(planted)).write(DAY, "run", nobody());

        List<ClassNeed> byHand = new UseCaseNeeds(
                        CONFIG.analysis().imbalance(), CONFIG.segments(), Synonyms.with(Map.of()), planted.known(false))
                .find();
        ClassImbalance.Common common = new ClassImbalance.Common("p", DAY, "run", "yard", "1", 0, 30);
        List<Row> expected = byHand.stream()
                .map(need -> ClassImbalance.row(common, need, NeedSentence.of(need)))
                .toList();
        assertThat(tables.read(ClassImbalance.TABLE)
                        .filter(ClassImbalance.DIMENSION + " is null")
                        .collectAsList())
                .extracting(Row::toString)
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(Row::toString).toList());
        assertThat(written.rows())
                .isEqualTo(tables.read(ClassImbalance.TABLE).count()
                        + tables.read(CollectionRequests.TABLE).count());
        assertThat(written.sentences())
                .containsExactly(
                        "yard: SYNTHETIC=[rare hidden, rare wrong], DEFINE_CLASS=[drone, forklift]; 4 requests;"
                                + " training differs from the errors by 0.078 bits (Jensen-Shannon)");
    }

    @Test
    void requestsSayWhatHowManyAndWhyAndTheNeediestComesFirst() {
        PlantedClasses planted = new PlantedClasses(7, 800, 0);
        FakeTables tables = tables(planted, 2);
        map(tables, training(planted)).write(DAY, "run", nobody());

        List<Row> requests =
                tables.read(CollectionRequests.TABLE).sort("priority").collectAsList();
        Map<String, Row> rows = byClass(tables);
        assertThat(requests)
                .extracting(row -> row.<String>getAs(CollectionRequests.LABEL))
                .containsExactlyInAnyOrder("drone", "forklift", "rare hidden", "rare wrong");
        double last = Double.POSITIVE_INFINITY;
        for (Row request : requests) {
            Row of = of(rows, request.getAs(CollectionRequests.LABEL));
            assertThat(request.<Double>getAs("need")).isLessThanOrEqualTo(last);
            last = request.getAs("need");
            assertThat(request.<Double>getAs("need")).isEqualTo(of.<Double>getAs("need"));
            assertThat(request.<Long>getAs("images")).isEqualTo(of.<Long>getAs("images_wanted"));
            assertThat(request.<String>getAs("how"))
                    .isEqualTo(
                            of.getAs("action").equals("DEFINE_CLASS")
                                    ? "DEFINE"
                                    : of.getAs("action").equals("SYNTHETIC") ? "SYNTHESIZE" : "COLLECT");
            assertThat(request.<String>getAs("why"))
                    .startsWith(request.getAs("label") + ": ")
                    .contains("distinct images bring it to 90 % of the median class; the window showed about");
        }
    }

    @Test
    void conditionsInWhichErrorsAreHighAreNamed() {
        PlantedClasses planted = new PlantedClasses(7, 0, 0);
        FakeTables tables = tables(planted, 2);
        List<Row> more = new ArrayList<>();
        for (PlantedClasses.Cell cell : planted.cells) {
            if (cell.label().equals("class 1") || cell.label().equals(PlantedClasses.WRONG)) {
                more.add(verdict(cell, "night", DAY, 0, 0, 8, 0));
                more.add(verdict(cell, "day", DAY, 0, 8, 0, 0));
            }
        }
        tables.with(
                VerdictDaily.TABLE.name(),
                tables.read(VerdictDaily.TABLE.withDimensions(DIMENSIONS))
                        .unionByName(SparkExtension.session()
                                .createDataFrame(
                                        more,
                                        VerdictDaily.TABLE
                                                .withDimensions(DIMENSIONS)
                                                .schema())));
        map(tables, training(planted)).write(DAY, "run", nobody());

        Map<String, Row> rows = byClass(tables);
        assertThat(of(rows, "class 1 lighting=night").<Boolean>getAs("errors_high"))
                .isTrue();
        assertThat(of(rows, "class 1 lighting=day").<Boolean>getAs("errors_high"))
                .isFalse();
        assertThat(of(rows, "class 2 lighting=night").<Boolean>getAs("errors_high"))
                .isFalse();
        // The training set holds no image of the night at all.
        assertThat(of(rows, "class 1 lighting=night").<Boolean>getAs("thin")).isTrue();
        assertThat(of(rows, "class 1 lighting=night").<String>getAs("action")).isEqualTo("SYNTHETIC");
        assertThat(of(rows, "class 1 lighting=night").<String>getAs("share_in_field_reason"))
                .isNull();
        assertThat(tables.read(CollectionRequests.TABLE).collectAsList())
                .extracting(row -> row.getAs("label") + " " + row.getList(row.fieldIndex("conditions")))
                .containsExactlyInAnyOrder("class 1 [lighting=night]", "rare wrong [lighting=night]");
    }

    @Test
    void whereCustomersConfirmTooRarelyErrorsAreHeldAgainstAllAlarms() {
        PlantedClasses planted = new PlantedClasses(3, 0, 0);
        FakeTables tables = tables(planted, 1).with(SegmentFindings.TABLE.name(), whole("MARKS", DAY));
        map(tables, training(planted)).write(DAY, "run", nobody());

        Row row = of(byClass(tables), "class 1");
        assertThat(row.<Long>getAs("trials")).isEqualTo(row.<Long>getAs("alarms"));
        assertThat(row.<Long>getAs("errors")).isEqualTo(row.<Long>getAs("wrong"));
    }

    @Test
    void eventDatesThatAreNotMatureAndCellsOfAnotherDefinitionAreLeftOut() {
        PlantedClasses planted = new PlantedClasses(3, 0, 0);
        FakeTables tables = tables(planted, 1).with(SegmentFindings.TABLE.name(), whole("FDR", DAY.minusDays(4)));
        map(tables, training(planted)).write(DAY, "run", nobody());

        Row row = of(byClass(tables), "class 1");
        assertThat(row.<Long>getAs("alarms")).isZero();
        assertThat(row.<Double>getAs("error_rate")).isNull();
        assertThat(row.<String>getAs("action")).isEqualTo("OK");
        assertThat(row.<String>getAs("share_in_field_reason"))
                .isEqualTo("0 images were drawn from all frames and labeled blind; it takes 30");
    }

    @Test
    void peoplesAnswersCalibrateWhatTheModelSeesWhateverTheirOrder() {
        PlantedClasses planted = new PlantedClasses(5, 800, 300);
        FakeTables tables = tables(planted, 2);
        List<Row> people = new ArrayList<>();
        Map<String, List<String>> shown = new TreeMap<>();
        Map<String, Checked> byImage = new TreeMap<>();
        for (Checked check : planted.checked) {
            List<String> classes = shown.computeIfAbsent(check.image(), i -> new ArrayList<>());
            if (check.present()) {
                classes.add(check.label());
            }
            byImage.put(check.image(), check);
        }
        shown.forEach((image, classes) -> people.add(RowFactory.create(
                "yard",
                image,
                AT,
                Objects.requireNonNull(byImage.get(image)).camera(),
                classes.toArray(String[]::new),
                "MODEL_CHECK",
                1.0)));
        List<Map<String, Row>> maps = new ArrayList<>();
        for (int partitions : List.of(1, 7)) {
            map(tables, training(planted))
                    .write(
                            DAY,
                            "run",
                            SparkExtension.session()
                                    .createDataFrame(people, HumanChecked.TABLE.schema())
                                    .repartition(partitions));
            maps.add(byClass(tables));
        }
        assertThat(maps.get(0).toString()).isEqualTo(maps.get(1).toString());
        Row hidden = of(maps.get(0), PlantedClasses.HIDDEN);
        assertThat(hidden.<String>getAs("calibration")).isEqualTo("OWN");
        assertThat(hidden.<Long>getAs("checked_images")).isEqualTo(300);
        assertThat(hidden.<Double>getAs("present_share_low")).isLessThan(.1);
        assertThat(hidden.<Double>getAs("present_share_high")).isGreaterThan(.1);
        assertThat(of(maps.get(0), "drone").<String>getAs("calibration")).isEqualTo("POOLED");
    }

    @Test
    void auditedImagesTellSharesInTheFieldByTheirProbabilities() {
        PlantedClasses planted = new PlantedClasses(5, 0, 0);
        FakeTables tables = tables(planted, 2);
        List<Row> people = new ArrayList<>();
        for (int i = 0;
                i < 60;
                i++) { // two of three show class 1, drawn twice as likely as the others; the last shows nothing
            boolean first = i % 3 != 0;
            String[] shown = i == 59 ? new String[0] : new String[] {first ? "Class-1" : "class 2"};
            people.add(RowFactory.create("yard", "f" + i, AT, "camera " + i % 7, shown, "AUDIT", first ? .02 : .01));
        }
        people.add(RowFactory.create("gone", "g", AT, "camera 1", new String[] {"x"}, "AUDIT", .01));
        map(tables, training(planted))
                .write(DAY, "run", SparkExtension.session().createDataFrame(people, HumanChecked.TABLE.schema()));

        Map<String, Row> map = byClass(tables);
        assertThat(of(map, "class 1").<Double>getAs("share_in_field"))
                .isCloseTo(39 * 50 / (39 * 50 + 20 * 100.0), within(1e-12));
        assertThat(of(map, "class 2").<Double>getAs("share_in_field")).isCloseTo(2000 / 3950.0, within(1e-12));
        assertThat(of(map, "class 1").<Long>getAs("audited_images")).isEqualTo(60);
        assertThat(of(map, "class 1").<String>getAs("need_basis")).isEqualTo("FIELD");
    }

    @Test
    void anImageThatWasLookedAtTwiceCountsAsItWasSeenLast() {
        PlantedClasses planted = new PlantedClasses(5, 300, 0);
        FakeTables tables = tables(planted, 2);
        Dataset<Row> findings = tables.read(ImageFindings.TABLE);
        tables.with(
                ImageFindings.TABLE.name(),
                findings.unionByName(
                        findings.withColumn("run_date", lit(DAY.minusDays(1)).cast(DataTypes.DateType))
                                .withColumn("other_objects", array(lit("ghost")))));
        map(tables, training(planted)).write(DAY, "run", nobody());

        assertThat(byClass(tables)).doesNotContainKey("ghost");
        assertThat(of(byClass(tables), "class 1").<Long>getAs("images_read")).isEqualTo(300);
    }

    @Test
    void withoutMatureVerdictsThereIsNoMapAndTheRunSaysSo() {
        PlantedClasses planted = new PlantedClasses(5, 0, 0);
        FakeTables tables = new FakeTables();
        ImbalanceMap.Written written = map(tables, training(planted)).write(DAY, "run", nobody());
        assertThat(written.rows()).isZero();
        assertThat(written.sentences())
                .containsExactly("segments of 2026-10-20 hold no mature verdicts, so no class is looked at");
    }

    @Test
    void runningItAgainLeavesTheSameRowsAndARunWithoutRequestsRemovesThem() {
        PlantedClasses planted = new PlantedClasses(7, 800, 0);
        FakeTables tables = tables(planted, 2);
        map(tables, training(planted)).write(DAY, "run", nobody());
        long rows = tables.read(ClassImbalance.TABLE).count();
        map(tables, training(planted)).write(DAY, "run", nobody());
        assertThat(tables.read(ClassImbalance.TABLE).count()).isEqualTo(rows);

        tables.with(SegmentFindings.TABLE.name(), whole("FDR", DAY.minusDays(4)))
                .with(ImageFindings.TABLE.name(), nothing(ImageFindings.TABLE));
        map(tables, training(planted)).write(DAY, "run", nobody());
        assertThat(tables.read(CollectionRequests.TABLE).count()).isZero();
    }

    private static Dataset<Row> nobody() {
        return nothing(HumanChecked.TABLE);
    }

    private static Dataset<Row> nothing(TableDef table) {
        return SparkExtension.session().createDataFrame(List.<Row>of(), table.schema());
    }
}
