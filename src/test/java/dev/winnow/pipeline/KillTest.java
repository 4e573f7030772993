package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FailingTables;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day that is killed at any of its writes and run again ends as if nothing had happened. */
@Tag("slow")
class KillTest {
    private static final String SEAL = "/rounds/p/rounds/2026-10-01.1/round.json";

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        TinyFleet.write(folder);
    }

    @Test
    void aRunKilledAtAnyWriteAndRepeatedEqualsACleanOne() {
        FakeTables cleanTables = new FakeTables();
        MemoryObjects cleanObjects = TinyFleet.objects();
        Countdown counted = new Countdown(0);
        Pipeline clean = TinyFleet.pipeline(
                folder,
                "p",
                "light",
                new FailingTables(cleanTables, counted),
                new FailingObjects(cleanObjects, counted));
        clean.curate(TinyFleet.DAY);
        Map<String, List<String>> rows = TinyFleet.tables(clean);
        Map<String, String> files = TinyFleet.files(cleanObjects, "p");
        assertThat(rows).containsKeys("selections", "labeling_jobs", "segment_findings", "image_findings");
        assertThat(files).containsKey(SEAL).hasSizeGreaterThan(5);

        for (int n = 1; n <= counted.writes(); n++) {
            FakeTables tables = new FakeTables();
            MemoryObjects objects = TinyFleet.objects();
            Countdown killed = new Countdown(n);
            Pipeline first = TinyFleet.pipeline(
                    folder, "p", "light", new FailingTables(tables, killed), new FailingObjects(objects, killed));
            assertThatThrownBy(() -> first.curate(TinyFleet.DAY)).hasMessageContaining("killed at write " + n);
            if (objects.exists(SEAL)) {
                assertThat(TinyFleet.files(objects, "p"))
                        .as("sealed at write %d", n)
                        .isEqualTo(files);
            }

            Pipeline again = TinyFleet.pipeline(folder, "p", "light", tables, objects);
            again.curate(TinyFleet.DAY);

            assertThat(TinyFleet.files(objects, "p"))
                    .as("killed at write %d", n)
                    .isEqualTo(files);
            assertThat(TinyFleet.tables(again)).as("killed at write %d", n).isEqualTo(rows);
        }
    }
}
