package dev.winnow.adapters.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableUpkeep.Kept;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaUpkeepTest {
    private static final TableDef CUTS = TableDef.named("cuts", "")
            .required("pipeline", DataTypes.StringType, "")
            .required("item", DataTypes.LongType, "")
            .partitionedBy("pipeline")
            .key("pipeline", "item")
            .check("item_positive", "item > 0")
            .build();

    private static final long TARGET = 128L << 20;
    private static final Duration WEEK = Duration.ofDays(7);
    private static final String RETENTION_CHECK = "spark.databricks.delta.retentionDurationCheck.enabled";

    @TempDir
    Path warehouse;

    private final SparkSession spark = SparkExtension.session();

    private Kept keep(long target, Duration retention) {
        return new DeltaUpkeep(spark, warehouse.toString(), () -> {}).keep("cuts", target, retention);
    }

    /** Two pipelines with three files each, and one whose file was replaced. */
    private void write() {
        DeltaTableStore store = new DeltaTableStore(spark, warehouse.toString(), () -> {});
        for (int item = 1; item <= 3; item++) {
            String row = "','item':" + item + "}";
            store.append(CUTS, Frames.of(CUTS, "{'pipeline':'p" + row, "{'pipeline':'q" + row));
        }
        for (int item = 1; item <= 2; item++) {
            store.replace(CUTS, Frames.of(CUTS, "{'pipeline':'r','item':" + item + "}"), Map.of("pipeline", "r"));
        }
    }

    private List<String> rows() {
        return new DeltaTableStore(spark, warehouse.toString(), () -> {})
                .read(CUTS).toJSON().collectAsList().stream().sorted().toList();
    }

    private long commits() {
        return DeltaTable.forPath(spark, warehouse + "/cuts").history().count();
    }

    private long[] stored() throws IOException {
        try (Stream<Path> files = Files.walk(warehouse.resolve("cuts"))) {
            List<Path> data = files.filter(file -> file.toString().endsWith(".parquet"))
                    .filter(file -> !file.toString().contains("_delta_log"))
                    .toList();
            long bytes = 0;
            for (Path file : data) {
                bytes += Files.size(file);
            }
            return new long[] {data.size(), bytes};
        }
    }

    @Test
    void smallFilesOfAPartitionBecomeOneAndTheOldOnesStayForTheRetention() throws IOException {
        write();
        List<String> before = rows();
        String check = spark.conf().get(RETENTION_CHECK);

        assertThat(keep(1, WEEK)).as("files that are large enough").isEqualTo(new Kept(7, 7, 0, 0));
        assertThat(keep(TARGET, WEEK)).isEqualTo(new Kept(7, 3, 0, 0));

        assertThat(rows()).isEqualTo(before).hasSize(7);
        assertThat(stored()[0]).as("six merged, one replaced, three in use").isEqualTo(10);
        assertThat(DeltaTable.forPath(spark, warehouse + "/cuts")
                        .detail()
                        .selectExpr("minReaderVersion", "minWriterVersion")
                        .head())
                .hasToString("[1,3]");
        assertThat(spark.conf().get(RETENTION_CHECK)).as("the session").isEqualTo(check);
    }

    @Test
    void whatNoVersionWithinTheRetentionNeedsIsRemovedAndARepetitionChangesNothing() throws IOException {
        write();
        List<String> before = rows();
        long[] stored = stored();

        Kept kept = keep(TARGET, Duration.ZERO);

        assertThat(kept.filesAfter()).isEqualTo(3);
        assertThat(kept.removedFiles()).isEqualTo(7);
        assertThat(kept.removedBytes()).isGreaterThan(stored[1] / 2).isLessThanOrEqualTo(stored[1]);
        assertThat(stored()[0]).isEqualTo(3);
        assertThat(rows()).isEqualTo(before);
        long commits = commits();
        assertThat(keep(TARGET, Duration.ZERO)).isEqualTo(new Kept(3, 3, 0, 0));
        assertThat(commits()).isEqualTo(commits);
    }

    @Test
    void whoMayNotWriteChangesNothing() {
        write();
        long commits = commits();
        DeltaUpkeep forbidden = new DeltaUpkeep(spark, warehouse.toString(), () -> {
            throw ServiceException.passing("the lease was lost", null);
        });
        assertThatThrownBy(() -> forbidden.keep("cuts", TARGET, Duration.ZERO)).hasMessage("the lease was lost");
        assertThat(commits()).isEqualTo(commits);
    }
}
