package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.runtime.RunLedger;
import dev.winnow.testing.CommandLine;
import dev.winnow.testing.CommandLine.Finished;
import dev.winnow.testing.S3Process;
import dev.winnow.testing.SmallDisk;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says when the disk is full, a place is denied, or a value fits no expression. */
class TroubleIT {
    @RegisterExtension
    static final S3Process S3 = new S3Process();

    private static final String DAY = "2026-11-02";
    private static final CommandLine WINNOW = new CommandLine(Map.of());

    @TempDir
    static Path fleet;

    @TempDir
    Path folder;

    @BeforeAll
    static void fleet() {
        Finished made = WINNOW.run(
                "generate",
                "--out",
                fleet.toString(),
                "--cameras",
                "10",
                "--days",
                "2",
                "--frames-per-day",
                "30",
                "--run-date",
                DAY);
        assertThat(made.exitCode()).as(made.output()).isZero();
        S3.createBucket("denied");
    }

    @Test
    void aFullDiskIsWorthAnotherTryAndTheDayStaysAsItWas() {
        Optional<SmallDisk> mounted = SmallDisk.mount(directory("disk"), 32);
        Path place = folder.resolve("disk/warehouse");
        assumeTrue(mounted.isPresent(), "mounting a small file system is not available to this user");
        try (SmallDisk disk = mounted.get()) {
            Path warehouse = disk.root().resolve("warehouse");
            CommandLine winnow = new CommandLine(Map.of(), disk.prefix());
            String conf = conf(fleet.toString(), place.toString(), CommandLine.INTERPRETED);
            assertOk(segments(winnow, conf));
            Map<String, List<String>> before = tables(warehouse);

            // No room for the lease, none for a data file, none for the last commits.
            for (int freeKilobytes : List.of(0, 8, 40)) {
                disk.fill(freeKilobytes);
                Finished full = segments(winnow, conf);
                disk.free();

                assertThat(full.exitCode()).as(full.output()).isEqualTo(4);
                assertThat(full.lastLine())
                        .as(full.output())
                        .startsWith("winnow: ")
                        .containsPattern("disk .*full.*free some space|disk is full .*free space there")
                        .containsPattern("disk of the warehouse|" + place);
                assertThat(tables(warehouse)).isEqualTo(before);
            }
            assertOk(segments(winnow, conf));
            assertThat(tables(warehouse)).isEqualTo(before);

            disk.fill(0);
            Finished noScratch = segments(
                    winnow,
                    conf(
                            fleet.toString(),
                            folder.resolve("elsewhere").toString(),
                            "spark { \"spark.local.dir\" = \"" + place + "\" }"));
            assertThat(noScratch.exitCode()).as(noScratch.output()).isEqualTo(4);
            assertThat(noScratch.lastLine())
                    .startsWith("winnow: The disk is full (" + place)
                    .contains("set spark.local.dir to a larger disk");
        }
    }

    @Test
    void aFolderThatMayNotBeWrittenIsARefusalAndTheDayStaysAsItWas() {
        CommandLine winnow = withoutRights();
        Path warehouse = folder.resolve("warehouse");
        String conf = conf(fleet.toString(), warehouse.toString(), CommandLine.INTERPRETED);
        assertOk(segments(winnow, conf));
        Map<String, List<String>> before = tables(warehouse);

        // The lease's folder, a partition's files, a table's commits.
        for (String denied :
                List.of("_winnow", "exposure_daily/pipeline=p/event_date=" + DAY, "exposure_daily/_delta_log")) {
            assertDenied(without("w", warehouse.resolve(denied), () -> segments(winnow, conf)), denied);
            assertThat(tables(warehouse)).isEqualTo(before);
        }
        assertOk(segments(winnow, conf));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inferences", "feedback"})
    void anInputThatMayNotBeReadIsARefusalThatNamesItsKey(String input) throws IOException {
        CommandLine winnow = withoutRights();
        Path copy = folder.resolve("fleet");
        copyFleet(copy);
        String conf = conf(copy.toString(), folder.resolve("warehouse").toString(), "");

        Finished refused = without("r", copy.resolve(input), () -> segments(winnow, conf));

        assertDenied(refused, input);
        assertThat(refused.lastLine()).contains("inputs." + input + ".path");
    }

    @ParameterizedTest
    @CsvSource({"s3://denied/warehouse, false", "file, true"})
    void credentialsThatAStoreRefusesAreARefusal(String warehouse, boolean inputs) {
        Map<String, String> wrong = new HashMap<>(S3.environment());
        wrong.put("AWS_SECRET_ACCESS_KEY", "not-the-secret");
        String local = folder.resolve("warehouse").toString();
        String conf = conf(
                inputs ? "s3://denied" : fleet.toString(),
                warehouse.startsWith("s3") ? warehouse : local,
                "s3 { endpoint = \"" + S3.endpoint() + "\", region = \"" + S3.region() + "\", path-style = true }");

        assertDenied(segments(new CommandLine(wrong), conf), "s3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inputs.inferences.columns.confidence | cast(use_case as double) | try_cast(x as type)",
                "inputs.inferences.dimensions.lighting | 1 / (hour(captured_at) - hour(captured_at)) | try_divide(a, b)",
            })
    void aValueThatAnExpressionCantTakeIsInputAndNamesTheKeyAndTheWayOut(String key, String sql, String wayOut) {
        String conf = conf(fleet.toString(), folder.resolve("warehouse").toString(), key + " = \"" + sql + "\"");

        Finished failed = segments(WINNOW, conf);

        assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
        assertThat(failed.lastLine())
                .startsWith("winnow: " + key + " = " + sql + " fails on a value (")
                .contains("write " + wayOut)
                .doesNotContain("ansi");
    }

    @Test
    void checkTellsEverythingAndChangesNothing() {
        Path warehouse = folder.resolve("warehouse");
        Finished check =
                WINNOW.run("check", "--conf", conf(fleet.toString(), warehouse.toString(), ""), "--run-date", DAY);

        assertOk(check);
        assertThat(check.output())
                .contains("are ready", "sampled rows repeat an inference_id", "with an image that can be labeled");
        assertThat(warehouse).doesNotExist();
    }

    // ---- what happens

    private static Finished segments(CommandLine winnow, String conf) {
        return winnow.run("segments", "--conf", conf, "--run-date", DAY);
    }

    private static void assertOk(Finished finished) {
        assertThat(finished.exitCode()).as(finished.output()).isZero();
    }

    private static void assertDenied(Finished finished, String place) {
        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(5);
        assertThat(finished.lastLine())
                .as(finished.output())
                .startsWith("winnow: ")
                .containsPattern("denied|may not be read")
                .containsPattern("let this user|grant this role|allow ")
                .contains(place);
    }

    /** The command line without the rights that let root write and read everywhere. */
    private static CommandLine withoutRights() {
        if (!System.getProperty("user.name").equals("root")) {
            return WINNOW;
        }
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
        return new CommandLine(Map.of(), "/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner");
    }

    private interface Work {
        Finished run();
    }

    private static Finished without(String right, Path place, Work work) {
        try {
            String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(place));
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString(before.replace(right, "-")));
            try {
                return work.run();
            } finally {
                Files.setPosixFilePermissions(place, PosixFilePermissions.fromString(before));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- places

    private static Map<String, List<String>> tables(Path warehouse) {
        DeltaTableStore store = new DeltaTableStore(SparkExtension.session(), warehouse.toString(), () -> {});
        Map<String, List<String>> rows = new TreeMap<>();
        for (String table : store.names()) {
            if (table.equals(RunLedger.TABLE.name())) {
                continue; // tells of the failed attempts too
            }
            rows.put(
                    table,
                    store.readStored(table).toJSON().collectAsList().stream()
                            .sorted()
                            .toList());
        }
        assertThat(rows).containsKeys("exposure_daily", "verdict_daily", "day_builds", "segment_findings");
        return rows;
    }

    private Path directory(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFleet(Path target) throws IOException {
        try (Stream<Path> all = Files.walk(fleet)) {
            for (Path file : all.sorted().toList()) {
                Files.copy(file, target.resolve(fleet.relativize(file).toString()));
            }
        }
    }

    private String conf(String inputs, String warehouse, String more) {
        try {
            return Files.writeString(folder.resolve("winnow.conf"), """
                    pipeline = p
                    warehouse = "%s"
                    labeling { path = "%s/labeling", check-images = false }
                    inputs.inferences { path = "%s/inferences", dimensions { lighting = lighting } }
                    inputs.feedback.path = "%s/feedback"
                    inputs.cameras { path = "%s/cameras", dimensions { camera_type = camera_type } }
                    %s
                    """.formatted(
                                    warehouse, folder, inputs, inputs, inputs, more))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
