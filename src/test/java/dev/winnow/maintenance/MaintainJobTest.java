package dev.winnow.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.MaintainSettings;
import dev.winnow.ports.TableCatalog;
import dev.winnow.ports.TableUpkeep;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class MaintainJobTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 2);
    private static final TableDef CUTS = table("cuts");
    private static final TableDef LABELS = table("labels");
    private static final TableDef OTHER = table("other");

    private final FakeTables tables = new FakeTables();
    private final List<String> kept = new ArrayList<>();
    private final FakeCatalog catalog = new FakeCatalog();

    private static TableDef table(String name) {
        return TableDef.named(name, "All " + name)
                .required("pipeline", DataTypes.StringType, "Name of the pipeline")
                .key("pipeline")
                .build();
    }

    private void put(TableDef table) {
        tables.append(table, Frames.of(table, "{'pipeline':'p'}"));
    }

    private List<String> run(String warehouse, String database) {
        MaintainSettings settings = new MaintainSettings(
                Duration.ofHours(200), 64, new MaintainSettings.Glue(database, "eu-west-1", "http://glue"));
        TableUpkeep upkeep = (name, bytes, retention) -> {
            kept.add(name + " " + bytes + " " + retention);
            return new TableUpkeep.Kept(1_200, 3, 45, 6_789);
        };
        return new MaintainJob(settings, tables, upkeep, warehouse, List.of(CUTS, LABELS), glue -> {
                    assertThat(glue).isEqualTo(settings.glue());
                    return catalog;
                })
                .run(DAY)
                .sentences();
    }

    @Test
    void everyTableOfOursThatIsThereIsKept() {
        put(CUTS);
        put(OTHER);
        assertThat(run("/warehouse", ""))
                .containsExactly("cuts: 1,200 files before, 3 after; 45 old files of 6,789 bytes removed");
        assertThat(kept).containsExactly("cuts 67108864 PT200H");
        assertThat(catalog.entries).isEmpty();
        assertThat(catalog.closed).isFalse();
    }

    @Test
    void tablesOnS3AreRegisteredWithTheirStoredColumns() {
        put(CUTS);
        put(LABELS);
        catalog.changes.putAll(Map.of("cuts", TableCatalog.Change.CREATED, "labels", TableCatalog.Change.UPDATED));
        assertThat(run("s3a://acme/warehouse/", "winnow"))
                .containsExactly(
                        "cuts: 1,200 files before, 3 after; 45 old files of 6,789 bytes removed; registered in Glue",
                        "labels: 1,200 files before, 3 after; 45 old files of 6,789 bytes removed; brought up to date"
                                + " in Glue");
        assertThat(catalog.entries)
                .containsExactly(
                        new TableCatalog.Entry(
                                "cuts",
                                "All cuts",
                                "s3://acme/warehouse/cuts",
                                tables.readStored("cuts").schema()),
                        new TableCatalog.Entry(
                                "labels",
                                "All labels",
                                "s3://acme/warehouse/labels",
                                tables.readStored("labels").schema()));
        assertThat(catalog.closed).isTrue();
        catalog.changes.clear();
        assertThat(run("s3://acme/warehouse", "winnow")).allMatch(sentence -> sentence.endsWith("bytes removed"));
    }

    @Test
    void tablesOfThisMachineCanNotBeRegistered() {
        put(CUTS);
        assertThatThrownBy(() -> run("/warehouse", "winnow"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maintain.glue.database: the tables of /warehouse can't be registered");
        assertThat(kept).isEmpty();
    }

    private static final class FakeCatalog implements TableCatalog {
        private final List<Entry> entries = new ArrayList<>();
        private final Map<String, Change> changes = new HashMap<>();
        private boolean closed;

        @Override
        public Change register(Entry entry) {
            entries.add(entry);
            return changes.getOrDefault(entry.name(), Change.NONE);
        }

        @Override
        public String name() {
            return "Glue";
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
