package dev.winnow.adapters.sources;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InputSettings;
import dev.winnow.config.InputSettings.Format;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.SourceReader.InputFile;
import dev.winnow.tables.InputException;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SparkSourcesTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 2);
    private static final String TWO_DAYS = "dt = '{date}'";

    @TempDir
    Path folder;

    private final SparkSession spark = SparkExtension.session();
    private final SparkSources sources = new SparkSources(spark);

    private static InputSettings input(String path, Format format, String schema, String filter) {
        return new InputSettings("inferences", path, "", format, schema, Map.of(), filter, "", Map.of(), Map.of());
    }

    private InputSettings input(Path path, Format format) {
        return input(path.toString(), format, "", "");
    }

    private void write(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
            out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Three days of one row each, in folders by day. */
    private InputSettings threeDays(Format format, String filter) {
        String place = folder.resolve("log").toString();
        Dataset<Row> rows = Frames.of(
                StructType.fromDDL("id STRING, model STRING, dt DATE"),
                "{'id':'a','model':'m','dt':'2026-11-01'}",
                "{'id':'b','model':'m','dt':'2026-11-02'}",
                "{'id':'c','model':'m','dt':'2026-11-03'}");
        rows.coalesce(1)
                .write()
                .partitionBy("dt")
                .option("header", "true")
                .format(format.name().toLowerCase(Locale.ROOT))
                .save(place);
        return input(place, format, "", filter);
    }

    private static List<String> ids(Dataset<Row> rows) {
        return rows.select(col("id")).collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aDayIsReadFromItsPartitionOnlyInEveryFormat(Format format) {
        InputSettings input = threeDays(format, TWO_DAYS);
        assertThat(ids(sources.open(input))).containsExactly("a", "b", "c");
        Dataset<Row> days = sources.open(input, List.of(DAY, DAY.plusDays(1)));
        assertThat(ids(days)).containsExactly("b", "c");
        assertThat(sources.files(input, sources.open(input))).hasSize(3);
        assertThat(sources.files(input, days))
                .extracting(file -> file.name().replaceFirst("/.*", ""))
                .containsExactly("dt=2026-11-02", "dt=2026-11-03");
        assertThat(ids(sources.open(input, List.of()))).isEmpty();
        assertThat(sources.files(input, sources.open(input, List.of(DAY.plusYears(1)))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none"})
    void withoutAFilterTheWholeInputComesBack(String filter) {
        assertThat(ids(sources.open(threeDays(Format.PARQUET, filter), List.of(DAY))))
                .containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aFilterThatCutsNoPartitionIsRefusedWithThePartitionColumns(Format format) {
        InputSettings input = threeDays(format, "model = '{date}'");
        assertThatThrownBy(() -> sources.open(input, List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.partition-filter: \"model = '{date}'\" cuts no partition")
                .hasMessageContaining("log: dt");
    }

    @Test
    void aFilterOnAnInputWithoutPartitionsIsRefused() throws IOException {
        write("in/a.csv", "id,dt", "a,2026-11-02");
        assertThatThrownBy(() ->
                        sources.open(input(folder.resolve("in").toString(), Format.CSV, "", TWO_DAYS), List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has no partition columns: set it to none");
    }

    @Test
    void anUnknownColumnInTheFilterIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> sources.open(threeDays(Format.PARQUET, "dtt = '{date}'"), List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names the column dtt, which is not there; did you mean dt?")
                .hasMessageContaining("id, model, dt");
    }

    @Test
    void aFilterThatIsNoSqlIsRefused() {
        assertThatThrownBy(() -> sources.open(threeDays(Format.PARQUET, "dt == == '{date}'"), List.of(DAY)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is no predicate on the source's columns");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void filesAreNamedTheSameWhereverTheFolderLies(Format format) throws IOException {
        InputSettings input = threeDays(format, TWO_DAYS);
        Path copy = folder.resolve("else where/copy");
        try (Stream<Path> all = Files.walk(folder.resolve("log"))) {
            for (Path file : all.sorted().toList()) {
                Path target =
                        copy.resolve(folder.resolve("log").relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        InputSettings copied = input("file:" + copy, format, "", TWO_DAYS);
        List<InputFile> here = sources.files(input, sources.open(input, List.of(DAY)));
        List<InputFile> there = sources.files(copied, sources.open(copied, List.of(DAY)));
        assertThat(here).hasSize(1);
        assertThat(there)
                .extracting(InputFile::name)
                .isEqualTo(here.stream().map(InputFile::name).toList());
        assertThat(there)
                .extracting(InputFile::bytes)
                .isEqualTo(here.stream().map(InputFile::bytes).toList());
    }

    @Test
    void aSingleFileAndAWildcardAreInputsToo() throws IOException {
        write("in/x/a.json.gz", "{\"id\":\"a\"}");
        write("in/y/a.json.gz", "{\"id\":\"b\"}");
        InputSettings file = input(folder.resolve("in/x/a.json.gz"), Format.JSON);
        assertThat(sources.files(file, sources.open(file)))
                .extracting(InputFile::name)
                .containsExactly("a.json.gz");
        InputSettings wildcard = input(folder.resolve("in/*/*.gz"), Format.JSON);
        assertThat(ids(sources.open(wildcard))).containsExactly("a", "b");
        assertThat(sources.files(wildcard, sources.open(wildcard)))
                .extracting(InputFile::name)
                .containsExactly("x/a.json.gz", "y/a.json.gz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"in/a.csv", "in/a.csv.gz"})
    void csvColumnsAreTextsUnlessASchemaIsGiven(String name) throws IOException {
        write(name, "id,score", "007,0.5");
        InputSettings plain = input(folder.resolve("in"), Format.CSV);
        assertThat(sources.open(plain).collectAsList()).containsExactly(RowFactory.create("007", "0.5"));
        InputSettings typed = input(folder.resolve("in").toString(), Format.CSV, "id STRING, score DOUBLE", "");
        assertThat(sources.open(typed).collectAsList()).containsExactly(RowFactory.create("007", 0.5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in/a.json", "in/a.json.gz"})
    void jsonPrimitivesAreTextsUnlessASchemaIsGiven(String name) throws IOException {
        write(name, "{\"id\":7,\"score\":0.5}", "{\"id\":\"x\",\"score\":1}");
        InputSettings plain = input(folder.resolve("in"), Format.JSON);
        assertThat(sources.open(plain).collectAsList())
                .containsExactly(RowFactory.create("7", "0.5"), RowFactory.create("x", "1"));
        InputSettings typed = input(folder.resolve("in").toString(), Format.JSON, "id STRING, score DOUBLE", "");
        assertThat(sources.open(typed).collectAsList())
                .containsExactly(RowFactory.create("7", 0.5), RowFactory.create("x", 1.0));
    }

    @Test
    void aCsvFileWithItsColumnsInAnotherOrderIsNeverMixedUp() throws IOException {
        write("in/a.csv", "id,label", "a,car");
        write("in/b.csv", "label,id", "bus,b");
        assertThatThrownBy(() ->
                        sources.open(input(folder.resolve("in"), Format.CSV)).collectAsList())
                .hasStackTraceContaining("CSV header does not conform to the schema");
    }

    @Test
    void aMalformedLineIsARowWithoutAnyValueSoThatTheContractRejectsIt() throws IOException {
        write("csv/a.csv", "id,uri,label", "a,s3://x,car", "b,s3://y", "c,s3://z,car,more");
        assertThat(sources.open(input(folder.resolve("csv"), Format.CSV)).collectAsList())
                .containsExactlyInAnyOrder(
                        RowFactory.create("a", "s3://x", "car"),
                        RowFactory.create(null, null, null),
                        RowFactory.create(null, null, null));
        assertThat(sources.open(input(folder.resolve("csv"), Format.CSV))
                        .select("id")
                        .collectAsList())
                .containsExactlyInAnyOrder(
                        RowFactory.create("a"), RowFactory.create((Object) null), RowFactory.create((Object) null));

        write("json/a.json", "{\"id\":\"a\",\"score\":1.5}", "{\"id\":\"b\",\"sc", "{\"id\":\"c\",\"score\":\"high\"}");
        for (String schema : List.of("", "id STRING, score DOUBLE")) {
            Dataset<Row> rows = sources.open(input(folder.resolve("json").toString(), Format.JSON, schema, ""));
            assertThat(rows.columns()).containsExactly("id", "score");
            assertThat(rows.collectAsList())
                    .containsExactlyInAnyOrder(
                            schema.isEmpty() ? RowFactory.create("a", "1.5") : RowFactory.create("a", 1.5),
                            RowFactory.create(null, null),
                            schema.isEmpty() ? RowFactory.create("c", "high") : RowFactory.create(null, null));
            assertThat(rows.filter(col("id").isNull()).count()).isGreaterThanOrEqualTo(1);
            assertThat(rows.count()).isEqualTo(3);
        }
    }

    @Test
    void aCatalogTableIsAnInput() {
        Frames.of(StructType.fromDDL("id STRING"), "{'id':'a'}").createOrReplaceTempView("sources_test_view");
        InputSettings table = new InputSettings(
                "cameras", "", "sources_test_view", Format.PARQUET, "", Map.of(), "", "", Map.of(), Map.of());
        assertSameRows(Frames.of(StructType.fromDDL("id STRING"), "{'id':'a'}"), sources.open(table));
        InputSettings missing = new InputSettings(
                "cameras", "", "sources_test_none", Format.PARQUET, "", Map.of(), "", "", Map.of(), Map.of());
        assertThatThrownBy(() -> sources.open(missing))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.cameras.table: table sources_test_none");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aPathWithNothingAtItIsNamed(Format format) {
        assertThatThrownBy(() -> sources.open(input(folder.resolve("nowhere"), format)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.inferences.path: nothing is at " + folder + "/nowhere;");
    }

    @Test
    void aFolderWithoutADataFileIsNamed() throws IOException {
        write("in/_temporary/a.parquet", "x");
        write("in/dt=2026-11-02/_SUCCESS", "");
        assertThatThrownBy(() -> sources.open(input(folder.resolve("in"), Format.PARQUET)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("inputs.inferences.path: " + folder + "/in holds no data file");
    }

    @Test
    void aFolderThatIsNoDeltaTableIsNamed() throws IOException {
        write("in/a.parquet", "x");
        assertThatThrownBy(() -> sources.open(input(folder.resolve("in"), Format.DELTA)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("in is no Delta table");
    }

    @Test
    void aDamagedParquetFileIsNamed() throws IOException {
        write("in/broken.parquet", "this is not a footer");
        assertThatThrownBy(() -> sources.open(input(folder.resolve("in"), Format.PARQUET)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("in/broken.parquet; write it again or remove it");
    }

    @Test
    void aSchemaThatIsNoDdlIsTheConfigurationsFault() throws IOException {
        write("in/a.csv", "id", "a");
        assertThatThrownBy(() -> sources.open(input(folder.resolve("in").toString(), Format.CSV, "id NOSUCHTYPE", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inputs.inferences.schema: id NOSUCHTYPE is no DDL schema");
    }

    @ParameterizedTest
    @EnumSource(value = Format.class, mode = EnumSource.Mode.EXCLUDE, names = "DELTA") // its log is looked at anew
    void aReaderOfOneRunListsAndInfersOnceHoweverOftenAnInputIsOpened(Format format) {
        InputSettings input = threeDays(format, TWO_DAYS);
        SparkSources ofOneRun = SparkSources.ofOneRun(spark);
        List<InputFile> before = ofOneRun.files(input, ofOneRun.open(input, List.of(DAY)));
        FileUtil.fullyDelete(folder.resolve("log").toFile());

        assertThat(before).hasSize(1);
        assertThat(ofOneRun.files(input, ofOneRun.open(input, List.of(DAY)))).isEqualTo(before);
        assertThat(ofOneRun.files(input, ofOneRun.open(input, List.of(DAY.plusDays(1)))))
                .hasSize(1);
        assertThatThrownBy(() -> SparkSources.ofOneRun(spark).open(input, List.of(DAY)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nothing is at");
    }

    @Test
    void anotherRunSeesWhatArrivedMeanwhile() throws IOException {
        write("in/a.csv", "id", "a");
        InputSettings input = input(folder.resolve("in"), Format.CSV);
        SparkSources first = SparkSources.ofOneRun(spark);
        assertThat(ids(first.open(input))).containsExactly("a");
        write("in/b.csv", "id", "b");

        assertThat(first.files(input, first.open(input))).hasSize(1);
        assertThat(ids(first.open(input))).containsExactly("a");
        assertThat(ids(SparkSources.ofOneRun(spark).open(input))).containsExactly("a", "b");
    }

    @Test
    void aTableThatTellsNoFilesIsToldFromOneThatDoes() throws IOException {
        write("in/a.csv", "id", "a");
        assertThat(sources.listsFiles(sources.open(input(folder.resolve("in"), Format.CSV))))
                .isTrue();
        assertThat(sources.listsFiles(sources.open(threeDays(Format.PARQUET, TWO_DAYS), List.of())))
                .isTrue();
        Dataset<Row> files = sources.open(input(folder.resolve("in"), Format.CSV));
        assertThat(files.union(spark.range(1).selectExpr("cast(id as string)"))).matches(sources::listsFiles);
        assertThat(files.union(
                        spark.createDataFrame(spark.range(1).selectExpr("'a'").javaRDD(), files.schema())))
                .as("an RDD")
                .matches(rows -> !sources.listsFiles(rows));
    }

    @Test
    void deniedAccessIsARefusal() {
        spark.sparkContext().hadoopConfiguration().setClass("fs.denied.impl", DeniedFileSystem.class, FileSystem.class);
        assertThatThrownBy(() -> sources.open(input("denied://bucket/log", Format.PARQUET, "", "")))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("inputs.inferences.path: denied://bucket/log may not be read")
                .matches(failure -> !((ServiceException) failure).retryable());
    }

    @Test
    void aStoreThatTimesOutIsWorthAnotherTryEvenWhileAFooterIsRead() {
        Exception timeout = new IOException(
                "Could not read footer for file: s3a://b/a.parquet", new SocketTimeoutException("Read timed out"));
        assertThat(OpeningFailures.opening(input(folder, Format.PARQUET), timeout))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("Read timed out")
                .matches(failure -> ((ServiceException) failure).retryable());
    }

    /** Answers as S3 does to a role without permission. */
    public static final class DeniedFileSystem extends RawLocalFileSystem {
        @Override
        protected void checkPath(org.apache.hadoop.fs.Path path) {}

        @Override
        public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
            throw new AccessDeniedException(path.toString());
        }
    }
}
