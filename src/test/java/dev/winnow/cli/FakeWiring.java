package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.RunLedger;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Objects and tables in memory, stages as a test wants them. */
final class FakeWiring implements Wiring {
    final MemoryObjects objects = new MemoryObjects();
    final FakeTables tables = new FakeTables();
    final List<String> events = new ArrayList<>();
    Map<String, Function<LocalDate, Stage.Report>> stages = Map.of();
    boolean leaseIsFree = true;
    boolean ledgerWorks = true;

    @Nullable
    Run lastRun;

    @Nullable
    Fleet lastFleet;

    @Override
    public ObjectStore objects(S3Settings s3) {
        return objects;
    }

    @Override
    public SparkSession session(String appName, Map<String, String> settings, S3Settings s3) {
        events.add("session");
        return SparkExtension.session();
    }

    @Override
    public void stop(SparkSession spark) {
        events.add("stop");
    }

    @Override
    public Lease lease(WinnowConfig config, ObjectStore store, String holder, String command) {
        if (!leaseIsFree) {
            throw ServiceException.passing("another run holds the warehouse, try again later", null);
        }
        events.add("lease");
        return new Lease() {
            @Override
            public void check() {
                events.add("check");
            }

            @Override
            public void close() {
                events.add("release");
            }
        };
    }

    @Override
    public TableStore tables(SparkSession spark, String warehouse, Runnable beforeCommit) {
        return ledgerWorks ? tables : new BrokenLedger();
    }

    @Override
    public List<TableDef> declared() {
        return List.of(RunLedger.TABLE);
    }

    @Override
    public List<Stage> stages(String command, Run run) {
        lastRun = run;
        List<Stage> list = new ArrayList<>();
        stages.forEach((name, work) -> list.add(new FakeStage(name, work)));
        return list;
    }

    @Override
    public Stage generate(SparkSession spark, Fleet fleet) {
        lastFleet = fleet;
        return new FakeStage(
                "generate", day -> new Stage.Report(0, 10, 0, 0, "", List.of("10 inferences up to " + day)));
    }

    private record FakeStage(String name, Function<LocalDate, Stage.Report> work) implements Stage {
        @Override
        public Report run(LocalDate runDate) {
            return work.apply(runDate);
        }
    }

    private static final class BrokenLedger implements TableStore {
        private static ServiceException broken() {
            return ServiceException.passing("the table service is down", null);
        }

        @Override
        public Dataset<Row> read(TableDef table) {
            throw broken();
        }

        @Override
        public Dataset<Row> readStored(String tableName) {
            throw broken();
        }

        @Override
        public List<String> names() {
            throw broken();
        }

        @Override
        public long replace(TableDef table, Dataset<Row> rows, Map<String, Object> scope) {
            throw broken();
        }

        @Override
        public Dataset<Row> frame(TableDef table, List<Row> rows) {
            throw broken();
        }

        @Override
        public void append(TableDef table, Dataset<Row> rows) {
            throw broken();
        }
    }
}
