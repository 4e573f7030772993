package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.DimensionSettings;
import dev.winnow.generate.FleetSettings;
import dev.winnow.inputs.BinsJob;
import dev.winnow.inputs.DimensionBins;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.RunLedger;
import dev.winnow.tables.InputException;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class MainTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-02T03:15:00Z"), ZoneOffset.UTC);
    private static final String ATTEMPT = "20261102T031500000Z-00000007";

    private final FakeWiring wiring = new FakeWiring();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private String conf = "";

    @BeforeEach
    void writeConfiguration() throws IOException {
        Path file = folder.resolve("street.conf");
        Files.writeString(file, """
                pipeline = street
                warehouse = "/warehouse"
                labeling.path = "/rounds"
                inputs.inferences.path = "/log"
                """);
        conf = file.toString();
    }

    @Test
    void stagesRunInOrderAndLeaveTheLedgerTheAttemptAndTheSummary() throws Exception {
        Map<String, Function<LocalDate, Stage.Report>> stages = new LinkedHashMap<>();
        stages.put("segments", day -> new Stage.Report(100, 5, 1, 1, "f00d", List.of("2 weak segments on " + day)));
        stages.put("candidates", day -> new Stage.Report(100, 9, 0, 1, "f00d", List.of("9 candidates")));
        wiring.stages = stages;
        String summary = folder.resolve("out/summary.json").toString();

        assertThat(run("curate", "--conf", conf, "--summary", summary)).isZero();

        assertThat(text(out).lines())
                .containsExactly(
                        "segments: 2 weak segments on 2026-11-01", "candidates: 9 candidates", "tables: /warehouse");
        assertThat(wiring.events).containsExactly("session", "lease", "release", "stop");
        JsonNode json = json(Files.readString(Path.of(summary)));
        assertThat(json.get("attempt_id").asText()).isEqualTo(ATTEMPT);
        assertThat(json.get("exit_code").asInt()).isZero();
        assertThat(json.at("/stages/0/run_id").asText()).matches("[0-9a-f]{16}");
        assertThat(json.at("/stages/1/rows_out").asInt()).isEqualTo(9);
        assertThat(json).isEqualTo(attempt());
        Row row = ledger();
        assertThat(row.<String>getAs("command")).isEqualTo("curate");
        assertThat(row.<String>getAs("effective_config")).contains("\"pipeline\":\"street\"");
    }

    @Test
    void theFirstFailureEndsTheRunAndIsToldEverywhere() throws Exception {
        Map<String, Function<LocalDate, Stage.Report>> stages = new LinkedHashMap<>();
        stages.put("segments", day -> new Stage.Report(100, 5, 1, 1, "f00d", List.of("2 weak segments")));
        stages.put("candidates", day -> {
            throw new InputException("no rows for " + day + "; wait for the log");
        });
        stages.put("select", day -> {
            throw new AssertionError("must not run");
        });
        wiring.stages = stages;

        assertThat(run("curate", "--conf", conf, "--run-date", "2026-10-31")).isEqualTo(3);

        assertThat(text(err)).doesNotContain("\tat ");
        assertThat(lastErrorLine()).isEqualTo("winnow: no rows for 2026-10-31; wait for the log");
        assertThat(text(out)).contains("segments: 2 weak segments");
        assertThat(attempt().get("sentence").asText()).isEqualTo("no rows for 2026-10-31; wait for the log");
        assertThat(attempt().get("stages")).hasSize(2);
        assertThat(ledger().<Integer>getAs("exit_code")).isEqualTo(3);
        assertThat(ledger().<Boolean>getAs("retryable")).isFalse();
    }

    @Test
    void everyStageLeavesItsMetricsWhereTheyAreAskedFor() throws Exception {
        Map<String, Function<LocalDate, Stage.Report>> stages = new LinkedHashMap<>();
        stages.put("segments", day -> new Stage.Report(100, 5, 1, 1, "f00d", List.of()));
        stages.put("candidates", day -> {
            throw new InputException("no rows for " + day + "; wait for the log");
        });
        wiring.stages = stages;

        run("curate", "--conf", conf, "--set", "metrics.namespace=Winnow");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text(out).lines().toList()) {
            lines.add(json(line));
        }
        assertThat(lines).hasSize(2).allSatisfy(line -> {
            assertThat(line.at("/_aws/Timestamp").asLong()).isEqualTo(CLOCK.millis());
            JsonNode directive = line.at("/_aws/CloudWatchMetrics/0");
            assertThat(directive.path("Namespace").asText()).isEqualTo("Winnow");
            assertThat(directive.at("/Dimensions/0"))
                    .hasSize(2)
                    .allSatisfy(name ->
                            assertThat(line.path(name.asText()).isTextual()).isTrue());
            assertThat(directive.path("Metrics"))
                    .allSatisfy(metric -> assertThat(
                                    line.path(metric.path("Name").asText()).isNumber())
                            .isTrue());
        });
        assertThat(lines.get(0).path("stage").asText()).isEqualTo("segments");
        assertThat(lines.get(0).path("RowsIn").asInt()).isEqualTo(100);
        assertThat(lines.get(0).path("Failures").asInt()).isZero();
        assertThat(lines.get(1).path("Failures").asInt()).isEqualTo(1);
        assertThat(lines.get(1).has("RowsIn")).isFalse();

        Path root = folder.resolve("metrics");
        run("curate", "--conf", conf, "--set", "metrics.namespace=Winnow", "--set", "metrics.path=" + root);
        List<String> stored = Files.readAllLines(root.resolve("street/" + ATTEMPT + ".jsonl"));
        assertThat(stored).hasSize(2);
        assertThat(json(stored.get(1)).path("stage").asText()).isEqualTo("candidates");
        run("curate", "--conf", conf);
        assertThat(text(out).lines()).as("none unless asked for").hasSize(2);
    }

    @Test
    void aLedgerThatFailsDoesNotHideWhatFailedFirst() throws Exception {
        wiring.ledgerWorks = false;
        wiring.stages = Map.of("segments", day -> {
            throw new InputException("the log has a hole");
        });
        assertThat(run("segments", "--conf", conf)).isEqualTo(3);
        assertThat(lastErrorLine()).isEqualTo("winnow: the log has a hole");
        assertThat(attempt().get("exit_code").asInt()).isEqualTo(3);
    }

    @Test
    void aLedgerThatFailsAfterGoodStagesFailsTheRun() throws Exception {
        wiring.ledgerWorks = false;
        assertThat(run("segments", "--conf", conf)).isEqualTo(4);
        assertThat(attempt().get("retryable").asBoolean()).isTrue();
    }

    @Test
    void aHeldLeaseIsWorthAnotherTry() throws Exception {
        wiring.leaseIsFree = false;
        assertThat(run("segments", "--conf", conf)).isEqualTo(4);
        assertThat(attempt().get("retryable").asBoolean()).isTrue();
        assertThat(wiring.events).containsExactly("session", "stop");
    }

    @Test
    void anErrorOfTheMachineIsNotATraceEither() throws Exception {
        wiring.stages = Map.of("segments", day -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertThat(run("segments", "--conf", conf)).isEqualTo(4);
        assertThat(lastErrorLine()).startsWith("winnow: Memory ran out (Java heap space)");
        assertThat(attempt().get("exit_code").asInt()).isEqualTo(4);
    }

    @Test
    void anInvalidConfigurationListsItsProblemsAndIsNotedInItsWarehouse() throws Exception {
        assertThat(run("segments", "--conf", conf, "--set", "pipelin=x", "--set", "rejects.samples=many"))
                .isEqualTo(2);
        assertThat(text(err)).contains("  - ").contains("did you mean pipeline?");
        assertThat(lastErrorLine()).startsWith("winnow: the configuration has 2 problems; the first: ");
        assertThat(attempt().get("exit_code").asInt()).isEqualTo(2);
        assertThat(wiring.events).isEmpty();
    }

    @Test
    void aMissingConfigurationIsAUsageError() {
        assertThat(run("segments", "--conf", folder.resolve("none.conf").toString()))
                .isEqualTo(2);
        assertThat(lastErrorLine()).contains("none.conf does not exist");
        assertThat(run("segments")).isEqualTo(2);
        assertThat(lastErrorLine()).contains("Missing required option: '--conf=FILE'; see winnow segments --help");
    }

    @Test
    void valuesMayHoldAnEqualsSign() {
        assertThat(run("segments", "--conf", conf, "--set", "inputs.inferences.partition-filter=dt = '{date}'"))
                .isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun)
                        .config()
                        .inferences()
                        .input()
                        .partitionFilter())
                .isEqualTo("dt = '{date}'");
    }

    @Test
    void theNumberOfTheRoundIsPassedOn() {
        assertThat(run("select", "--conf", conf, "--round", "2")).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().round()).isEqualTo(2);
    }

    @Test
    void manifestsLaunchesOnlyIfToldTo() {
        assertThat(run("manifests", "--conf", conf)).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().launches()).isFalse();
        assertThat(run("manifests", "--conf", conf, "--launch", "--round", "2")).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().launches()).isTrue();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().relabels()).isFalse();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().round()).isEqualTo(2);
        assertThat(run("qa-batches", "--conf", conf, "--relabel", "--launch")).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().launches()).isTrue();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().relabels()).isTrue();
    }

    @Test
    void aCommandOfTwoWordsHasBothInItsName() {
        assertThat(run("jobs", "sync", "--conf", conf)).isZero();
        assertThat(ledger().<String>getAs("command")).isEqualTo("jobs sync");
        assertThat(run("jobs")).isEqualTo(2);
        assertThat(lastErrorLine()).isEqualTo("winnow: name a command: sync; see winnow jobs --help");
    }

    @Test
    void aBackfillFindsSegmentsOnEveryDayUnlessToldOtherwise() {
        String[] days = {"segments", "--conf", conf, "--from", "2026-11-01", "--run-date", "2026-11-03"};
        assertThat(run(days)).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).findingsFrom()).isEqualTo(LocalDate.MIN);
        String[] once = Arrays.copyOf(days, days.length + 1);
        once[days.length] = "--findings-once";
        assertThat(run(once)).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).findingsFrom()).isEqualTo(LocalDate.parse("2026-11-03"));
        assertThat(run("segments", "--conf", conf, "--run-date", "2026-11-03", "--findings-once"))
                .isEqualTo(2);
        assertThat(lastErrorLine()).contains("--findings-once goes with --from");
    }

    @Test
    void binsHoldsTheLeaseAndPassesItsOptionsOn() {
        assertThat(run("bins", "--conf", conf, "--name", "b-1", "--dimension", "light", "--count", "8", "--days", "3"))
                .isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun).wanted().bins())
                .isEqualTo(new BinsJob.Wanted("b-1", "light", 8, 3));
        assertThat(wiring.events).containsExactly("session", "lease", "release", "stop");
        assertThat(ledger().<String>getAs("command")).isEqualTo("bins");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--name=A | --name A: expected a name of small letters",
                "--count=1 | --count must be from 2 to 65, got 1",
                "--days=0 | --days must be from 1 to 366, got 0",
                "--from=2026-10-01 | --from does not go with this command; give --days N",
            })
    void binsRefusesWhatItCanNotDo(String option, String problem) {
        assertThat(run(
                        "bins",
                        "--conf",
                        conf,
                        "--dimension",
                        "light",
                        option,
                        option.startsWith("--name") ? "--days=1" : "--name=b"))
                .isEqualTo(2);
        assertThat(lastErrorLine()).startsWith("winnow: " + problem);
        assertThat(wiring.events).isEmpty();
    }

    @Test
    void aRunTakesTheStoredEdgesThatItsConfigurationNamesOrTellsHowToStoreThem() {
        String dimension = "inputs.inferences.dimensions.light={value = light, bins = b-1}";

        assertThat(run("segments", "--conf", conf, "--set", dimension)).isEqualTo(2);
        assertThat(lastErrorLine())
                .contains("inputs.inferences.dimensions.light.bins = b-1, but pipeline street has stored no bins")
                .contains("`winnow bins --conf FILE --name b-1 --dimension light");

        assertThat(run("bins", "--conf", conf, "--set", dimension, "--name", "b-1", "--dimension", "light"))
                .as("the command that stores them may find its name in the configuration already")
                .isZero();
        Row stored = RowFactory.create(
                "street", "b-1", "light", "light", new Double[] {2.5}, 2, 9L, 0L, null, null, "fingerprint");
        wiring.tables.append(DimensionBins.TABLE, wiring.tables.frame(DimensionBins.TABLE, List.of(stored)));
        assertThat(run("segments", "--conf", conf, "--set", dimension)).isZero();
        assertThat(Objects.requireNonNull(wiring.lastRun)
                        .config()
                        .inferences()
                        .input()
                        .dimensions())
                .containsEntry("light", new DimensionSettings("light", List.of(2.5), "b-1"));
        assertThat(wiring.tables
                        .read(RunLedger.TABLE)
                        .filter("effective_config like '%[2.5]%'")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void checkHoldsNoLeaseAndLeavesNoTrace() {
        wiring.stages = Map.of("check", day -> new Stage.Report(0, 0, 0, 0, "", List.of("3 files, 2 MB")));
        assertThat(run("check", "--conf", conf)).isZero();
        assertThat(text(out)).isEqualTo("check: 3 files, 2 MB\n");
        assertThat(wiring.events).containsExactly("session", "stop");
        assertThat(wiring.objects.list("")).isEmpty();
        assertThat(wiring.tables.names()).isEmpty();
    }

    @Test
    void theNearestNameIsOffered() {
        assertThat(run("segmnts", "--conf", conf)).isEqualTo(2);
        assertThat(lastErrorLine())
                .isEqualTo("winnow: unknown command or argument segmnts; did you mean segments?; see winnow --help");
        assertThat(run("segments", "--conf", conf, "--rundate", "2026-11-01")).isEqualTo(2);
        assertThat(lastErrorLine()).contains("unknown option --rundate; did you mean --run-date?");
        assertThat(run()).isEqualTo(2);
        assertThat(lastErrorLine()).startsWith("winnow: name a command: curate, segments,");
        assertThat(run("segments", "--conf", conf, "--run-date", "2026-13-01")).isEqualTo(2);
        assertThat(lastErrorLine()).contains("'--run-date'").contains("2026-13-01");
    }

    @Test
    void verboseShowsTheTrace() {
        wiring.stages = Map.of("segments", day -> {
            throw new IllegalStateException("broken");
        });
        assertThat(run("segments", "--conf", conf, "--verbose")).isEqualTo(1);
        assertThat(text(err)).contains("\tat dev.winnow");
        assertThat(lastErrorLine()).startsWith("winnow: This is a bug");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "curate",
                "segments",
                "candidates",
                "analyze",
                "select",
                "manifests",
                "jobs sync",
                "ingest",
                "consensus",
                "qa-batches",
                "label-qa",
                "outcomes",
                "export",
                "report",
                "maintain",
                "bins",
                "check",
                "show",
                "explain",
                "generate"
            })
    void everyHelpShowsARunnableExample(String command) {
        assertThat(run((command + " --help").strip().split(" "))).isZero();
        assertThat(text(out)).containsPattern("Example:\n  winnow " + (command.isEmpty() ? "curate" : command) + " ");
    }

    @ParameterizedTest
    @CsvSource({"--days=14, NONE", "--images, ALL", "--images=marked, MARKED"})
    void generatePassesItsOptionsOn(String option, FleetSettings.Images images) {
        assertThat(run("generate", "--out", folder + "/fleet/", "--cameras", "3", "--seed", "9", option))
                .isZero();
        assertThat(wiring.lastFleet)
                .isEqualTo(new Wiring.Fleet(folder.resolve("fleet").toString(), 3, 14, 100, 9, images));
        assertThat(text(out)).isEqualTo("generate: 10 inferences up to 2026-11-01\n");
    }

    @Test
    void showListsTablesWithTheirRows() {
        showTables();
        assertThat(run("show", "--warehouse", "/warehouse")).isZero();
        assertThat(text(out).lines()).containsExactly("table     rows", "--------  ----", "findings  3");
    }

    @Test
    void showOrdersByAllColumnsOfAnUnknownTable() {
        showTables();
        assertThat(run("show", "findings", "--conf", conf)).isZero();
        assertThat(text(out).lines())
                .containsExactly(
                        "segment  fdr   counts",
                        "-------  ----  -------------",
                        "day      0.1   null",
                        "fog      null  {\"x\":1}",
                        "night    0.4   {\"x\":2,\"y\":3}");
    }

    @Test
    void showFiltersOrdersAndFormats() {
        showTables();
        assertThat(run(
                        "show",
                        "findings",
                        "--warehouse",
                        "/w",
                        "--where",
                        "fdr > 0 OR fdr IS NULL",
                        "--order-by",
                        "fdr DESC NULLS LAST",
                        "--columns",
                        "fdr,segment",
                        "--format",
                        "csv",
                        "--limit",
                        "2"))
                .isZero();
        assertThat(text(out)).isEqualTo("fdr,segment\r\n0.4,night\r\n0.1,day\r\n");
        out.reset();
        assertThat(run("show", "findings", "--warehouse", "/w", "--format", "json", "--limit", "1"))
                .isZero();
        assertThat(text(out)).isEqualTo("{\"segment\":\"day\",\"fdr\":0.1,\"counts\":null}\n");
    }

    @Test
    void showSaysWhatIsWrong() {
        showTables();
        assertThat(run("show", "finding", "--warehouse", "/w")).isEqualTo(2);
        assertThat(lastErrorLine())
                .isEqualTo("winnow: there is no table finding in /w; did you mean findings? Tables: findings");
        assertThat(run("show", "findings", "--warehouse", "/w", "--where", "fdrr > 1"))
                .isEqualTo(2);
        assertThat(lastErrorLine())
                .startsWith("winnow: --where fdrr > 1: A column")
                .contains("`fdrr`");
        assertThat(run("show", "findings", "--warehouse", "/w", "--order-by", "fdr LIMIT 3"))
                .isEqualTo(2);
        assertThat(lastErrorLine()).startsWith("winnow: --order-by fdr LIMIT 3: Syntax error");
        assertThat(run("show", "findings", "--warehouse", "/w", "--columns", "fdx"))
                .isEqualTo(2);
        assertThat(lastErrorLine()).isEqualTo("winnow: there is no column fdx; did you mean fdr?");
        assertThat(run("show", "findings")).isEqualTo(2);
        assertThat(lastErrorLine()).isEqualTo("winnow: give --warehouse PLACE or --conf FILE");
    }

    @Test
    void explainReadsTheTablesOfAWarehouse() {
        assertThat(run("explain", "i1", "--warehouse", "/w")).isZero();
        assertThat(text(out)).isEqualTo("There are no candidates yet: run `curate` first\n");
        assertThat(run("explain", "i1", "--warehouse", "/w", "--date", "yesterday"))
                .isEqualTo(2);
        assertThat(run("explain", "--warehouse", "/w")).isEqualTo(2);
        assertThat(lastErrorLine()).contains("ITEM");
    }

    private void showTables() {
        wiring.tables.with(
                "findings",
                Frames.of(
                        StructType.fromDDL("segment STRING, fdr DOUBLE, counts MAP<STRING, INT>"),
                        "{'segment':'night','fdr':0.4,'counts':{'x':2,'y':3}}",
                        "{'segment':'fog','counts':{'x':1}}",
                        "{'segment':'day','fdr':0.1}"));
    }

    private int run(String... args) {
        return Main.run(new Context(wiring, stream(out), stream(err), CLOCK, () -> 7L << 32, Map.of()), args);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private String lastErrorLine() {
        List<String> lines = text(err).lines().toList();
        return lines.get(lines.size() - 1);
    }

    private Row ledger() {
        List<Row> rows = wiring.tables.read(RunLedger.TABLE).collectAsList();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private JsonNode attempt() throws IOException {
        return json(wiring.objects
                .get("/warehouse/_winnow/attempts/" + ATTEMPT + ".json")
                .orElseThrow()
                .text());
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
