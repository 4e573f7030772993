package dev.winnow.adapters.delta;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import dev.winnow.testing.TableStoreContract;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeltaTableStoreTest extends TableStoreContract {
    @TempDir
    Path warehouse;

    private final SparkSession spark = SparkExtension.session();

    @Override
    protected TableStore emptyStore() {
        return store();
    }

    private DeltaTableStore store() {
        return new DeltaTableStore(spark, warehouse.toString(), () -> {});
    }

    private Row detail() {
        return DeltaTable.forPath(spark, warehouse + "/cells").detail().head();
    }

    private Map<String, String> properties() {
        return new TreeMap<>(detail().getJavaMap(detail().fieldIndex("properties")));
    }

    private long commits() {
        return DeltaTable.forPath(spark, warehouse + "/cells").history().count();
    }

    private List<Path> dataFiles() throws IOException {
        try (Stream<Path> files = Files.walk(warehouse.resolve("cells"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
    }

    @Test
    void theProtocolStaysAtReaderOneSoThatOtherEnginesCanRead() {
        store().replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        store().replace(CELLS.withDimensions(List.of("site")), Frames.of(CELLS), scope("p", DAY));
        assertThat(detail().<Integer>getAs("minReaderVersion")).isEqualTo(1);
        assertThat(detail().<Integer>getAs("minWriterVersion")).isEqualTo(3);
        assertThat(properties())
                .containsEntry("delta.checkpointPolicy", "classic")
                .containsEntry("delta.enableDeletionVectors", "false");
    }

    @Test
    void theTableCarriesItsCommentsNullabilityPartitioningAndConstraints() {
        TableDef wide = CELLS.withDimensions(List.of("site's"));
        store().replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        store().replace(wide, Frames.of(wide), scope("p", DAY));
        Dataset<Row> stored = store().readStored("cells");
        for (StructField field : wide.schema().fields()) {
            assertThat(stored.schema().apply(field.name()).getComment().get())
                    .isEqualTo(field.getComment().get());
        }
        assertThat(stored.schema().apply("camera_id").nullable()).isFalse();
        assertThat(stored.schema().apply("judged").nullable()).isTrue();
        assertThat(detail().<String>getAs("description")).isEqualTo(CELLS.comment());
        assertThat(detail().getList(detail().fieldIndex("partitionColumns"))).hasToString("[pipeline, event_date]");
        assertThat(properties())
                .containsEntry("delta.constraints.shown_positive", "shown > 0")
                .containsEntry("delta.constraints.judged_of_shown", "judged IS NULL OR judged <= shown");
    }

    @Test
    void openingAFinishedTableCommitsNothing() {
        store().append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        assertThat(commits()).as("create and write").isEqualTo(2);
        store().append(CELLS, Frames.of(CELLS, cell("p", DAY, "c2", 1)));
        assertThat(commits()).isEqualTo(3);
    }

    @Test
    void aFolderLeftByAKilledCreationIsNoTableAndIsCompleted() throws IOException {
        Files.createDirectories(warehouse.resolve("cells/_delta_log"));
        Files.writeString(warehouse.resolve("cells/_delta_log/.00000000000000000000.json.tmp"), "");
        assertThat(store().read(CELLS).collectAsList()).isEmpty();
        assertThat(store().names()).isEmpty();
        store().replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        assertSameRows(Frames.of(CELLS, cell("p", DAY, "c1", 1)), store().read(CELLS));
    }

    @Test
    void aTableWithoutItsColumnsAndConstraintsIsCompleted() {
        TableDef bare = new TableDef(
                CELLS.name(),
                "",
                CELLS.schema(),
                Map.of("shown_positive", "shown > 5"),
                CELLS.partitionColumns(),
                CELLS.key());
        store().append(bare, Frames.of(CELLS, cell("p", DAY, "c1", 9)));
        store().replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        assertThat(properties())
                .containsEntry("delta.constraints.shown_positive", "shown > 0")
                .containsKey("delta.constraints.judged_of_shown");
    }

    @Test
    void aListThatANewerVersionAddsToAStoredTableIsReadBack() {
        TableDef older = TableDef.named("jobs", "")
                .required("pipeline", DataTypes.StringType, "")
                .required("job", DataTypes.StringType, "")
                .key("pipeline", "job")
                .build();
        TableDef newer = TableDef.named("jobs", "")
                .required("pipeline", DataTypes.StringType, "")
                .required("job", DataTypes.StringType, "")
                .optional("files", DataTypes.createArrayType(DataTypes.StringType, false), "")
                .key("pipeline", "job")
                .build();
        store().append(older, Frames.of(older, "{'pipeline':'p','job':'a'}"));
        assertThat(store().read(newer).filter("files IS NULL").count()).isEqualTo(1);
        Row job = RowFactory.create("p", "b", new String[] {"b.json"});
        store().append(newer, store().frame(newer, List.of(job)));
        Dataset<Row> read = store().read(newer).sort("job");
        assertThat(read.selectExpr("concat_ws(',', files)").collectAsList())
                .containsExactly(RowFactory.create(""), RowFactory.create("b.json"));
        store().replace(newer, read, Map.of("pipeline", "p"));
        assertThat(store().read(newer).count()).isEqualTo(2);
    }

    @Test
    void aListIsReadAsItIsStoredAndNotRebuilt() {
        TableDef table = TableDef.named("jobs", "")
                .required("pipeline", DataTypes.StringType, "")
                .required("files", DataTypes.createArrayType(DataTypes.StringType, false), "")
                .key("pipeline")
                .build();
        Row job = RowFactory.create("p", new String[] {"b.json"});
        store().append(table, store().frame(table, List.of(job)));
        Dataset<Row> read = store().read(table);
        assertThat(read.collectAsList()).hasSize(1);
        assertThat(read.queryExecution().optimizedPlan().toString()).doesNotContain("transform(");
    }

    @Test
    void aStoredColumnOfAnotherTypeIsNamed() {
        TableDef other = TableDef.named("cells", "")
                .required("pipeline", DataTypes.StringType, "")
                .optional("shown", DataTypes.StringType, "")
                .key("pipeline")
                .build();
        store().append(other, Frames.of(other, "{'pipeline':'p','shown':'x'}"));
        assertThatThrownBy(() -> store().append(CELLS, Frames.of(CELLS)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Column shown of " + warehouse + "/cells has type string")
                .hasMessageContaining("this version writes bigint");
    }

    @Test
    void rowsWithoutARequiredColumnAreNamedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> store().append(
                                CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)).drop("shown")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lack the required columns [shown]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void theSameRowsMakeTheSameSingleSortedFileForAnyPartitioning(int partitions) throws IOException {
        String[] rows = IntStream.range(0, 50)
                .mapToObj(i -> cell("p", DAY, "c" + (i * 37 % 50 + 100), i + 1))
                .toArray(String[]::new);
        Dataset<Row> frame = Frames.of(CELLS, rows);
        store().replace(CELLS, frame.repartition(partitions), scope("p", DAY));
        assertThat(dataFiles()).hasSize(1);
        List<String> cameras = spark.read()
                .parquet(dataFiles().get(0).toString())
                .select("camera_id")
                .as(Encoders.STRING())
                .collectAsList();
        assertThat(cameras).isSorted().hasSize(50);
        assertSameRows(frame, store().read(CELLS));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void daysThatAreWrittenTogetherMakeOneSortedFileEach(int partitions) throws IOException {
        String[] rows = IntStream.range(0, 60)
                .mapToObj(i -> cell("p", DAY.plusDays(i % 3), "c" + (i * 37 % 60 + 100), i + 1))
                .toArray(String[]::new);
        store().replace(
                        CELLS,
                        Frames.of(CELLS, rows).repartition(partitions),
                        Map.of("pipeline", "p", "event_date", List.of(DAY, DAY.plusDays(1), DAY.plusDays(2))));
        assertThat(dataFiles()).hasSize(3);
        for (Path file : dataFiles()) {
            assertThat(spark.read()
                            .parquet(file.toString())
                            .select("camera_id")
                            .as(Encoders.STRING())
                            .collectAsList())
                    .isSorted()
                    .hasSize(20);
        }
    }

    @Test
    void aValueWithQuotesIsItsOwnScope() {
        String odd = "o\\'b\\\\x";
        store().replace(
                        CELLS,
                        Frames.of(CELLS, cell("p", DAY, "c1", 1)).withColumn("pipeline", lit(odd)),
                        scope(odd, DAY));
        store().replace(CELLS, Frames.of(CELLS), scope(odd, DAY));
        assertThat(store().read(CELLS).count()).isZero();
    }

    @Test
    void theLeaseIsAskedBeforeEveryCommitAndALostOneWritesNothing() {
        AtomicInteger asked = new AtomicInteger();
        new DeltaTableStore(spark, warehouse.toString(), asked::incrementAndGet)
                .append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        assertThat(asked).hasValue(2);
        DeltaTableStore lost = new DeltaTableStore(spark, warehouse.toString(), () -> {
            throw ServiceException.passing("The lease was taken over", null);
        });
        assertThatThrownBy(() -> lost.append(CELLS, Frames.of(CELLS, cell("p", DAY, "c2", 1))))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("taken over");
        assertThat(store().read(CELLS).count()).isEqualTo(1);
    }

    @Test
    void aWriteLeavesTheSessionAsItWas() {
        String key = "spark.sql.adaptive.advisoryPartitionSizeInBytes";
        String before = spark.conf().get(key, "unset");
        store().append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        assertThat(spark.conf().get(key, "unset")).isEqualTo(before);
        assertThat(spark.sparkContext().getLocalProperty("spark.job.description"))
                .isNull();
    }

    @Test
    void anUnknownTableIsAnsweredWithTheNearestName() {
        store().append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        assertThatThrownBy(() -> store().readStored("cell"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean cells?");
    }

    @Test
    void manyRowsOfTheDriverAreTheSameRowsAndLeaveNoCopiesInThePlan() {
        TableDef kinds = TableDef.named("kinds", "One value of each kind")
                .required("name", DataTypes.StringType, "Name")
                .optional("count", DataTypes.LongType, "Count")
                .optional("share", DataTypes.DoubleType, "Share")
                .optional("day", DataTypes.DateType, "Day")
                .optional("at", DataTypes.TimestampType, "Time")
                .optional("known", DataTypes.BooleanType, "Known")
                .optional("names", DataTypes.createArrayType(DataTypes.StringType), "Names")
                .optional(
                        "parts",
                        DataTypes.createArrayType(new StructType()
                                .add("number", DataTypes.IntegerType)
                                .add("words", DataTypes.createArrayType(DataTypes.StringType))),
                        "Parts")
                .build();
        List<Row> rows = IntStream.range(0, 10_001)
                .mapToObj(i -> i % 10 == 9
                        ? RowFactory.create("n" + i, null, null, null, null, null, null, null)
                        : RowFactory.create(
                                "n" + i,
                                (long) i,
                                i / 7.0,
                                DAY.plusDays(i % 30),
                                Instant.ofEpochSecond(1_700_000_000L + i, 123_456_000),
                                i % 2 == 0,
                                List.of("a" + i, "b"),
                                List.of(RowFactory.create(i, List.of("c")), RowFactory.create(null, List.of()))))
                .toList();
        Dataset<Row> many = store().frame(kinds, rows);
        Dataset<Row> few = store().frame(kinds, rows.subList(0, 5_000))
                .unionByName(store().frame(kinds, rows.subList(5_000, rows.size())));
        assertThat(many.schema()).isEqualTo(kinds.schema());
        assertThat(many.queryExecution().executedPlan().toString()).doesNotContain("LocalTableScan");
        assertThat(many.rdd().getNumPartitions())
                .as("a task for two thousand rows")
                .isEqualTo(6);
        assertSameRows(few, many);
    }
}
