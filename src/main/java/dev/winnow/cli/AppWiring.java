package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.RunLedger;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The application's own adapters and stages. */
final class AppWiring implements Wiring {
    @Override
    public ObjectStore objects(S3Settings s3) {
        throw new UnsupportedOperationException("no object store is wired");
    }

    @Override
    public SparkSession session(String appName, Map<String, String> settings, S3Settings s3) {
        return SparkSessions.open(appName, settings, s3);
    }

    @Override
    public void stop(SparkSession spark) {
        spark.stop();
    }

    @Override
    public Lease lease(WinnowConfig config, ObjectStore objects, String holder) {
        throw new UnsupportedOperationException("no lease is wired");
    }

    @Override
    public TableStore tables(SparkSession spark, String warehouse, Runnable beforeCommit) {
        throw new UnsupportedOperationException("no table store is wired");
    }

    @Override
    public List<TableDef> declared() {
        return List.of(RunLedger.TABLE);
    }

    @Override
    public List<Stage> stages(String command, Run run) {
        throw new UnsupportedOperationException("no stage is wired");
    }

    @Override
    public Stage generate(SparkSession spark, Fleet fleet) {
        throw new UnsupportedOperationException("no generator is wired");
    }
}
