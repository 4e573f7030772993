package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Two pipelines with other dimensions share one warehouse, one labeling path and one day. */
@Tag("slow")
class TwoPipelinesTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        TinyFleet.write(folder);
    }

    private record Outcome(Map<String, List<String>> rows, Map<String, String> files) {
        static Outcome of(Pipeline pipeline, MemoryObjects objects) {
            return new Outcome(
                    TinyFleet.tables(pipeline),
                    TinyFleet.files(objects, pipeline.config().pipeline()));
        }
    }

    @Test
    void eachEndsAsIfItWereAloneInEitherOrder() {
        FakeTables tables = new FakeTables();
        MemoryObjects objects = new MemoryObjects();
        Pipeline p = TinyFleet.pipeline(folder, "p", "light", tables, objects);
        Pipeline q = TinyFleet.pipeline(folder, "p-2", "rain", tables, objects);
        p.curate(TinyFleet.DAY);
        Outcome alone = Outcome.of(p, objects);
        q.curate(TinyFleet.DAY);
        assertThat(Outcome.of(p, objects)).isEqualTo(alone);

        FakeTables otherTables = new FakeTables();
        MemoryObjects otherObjects = new MemoryObjects();
        Pipeline q2 = TinyFleet.pipeline(folder, "p-2", "rain", otherTables, otherObjects);
        Pipeline p2 = TinyFleet.pipeline(folder, "p", "light", otherTables, otherObjects);
        q2.curate(TinyFleet.DAY);
        Outcome first = Outcome.of(q2, otherObjects);
        assertThat(Outcome.of(q, objects))
                .as("the second finds the warehouse as if it were alone")
                .isEqualTo(first);
        p2.curate(TinyFleet.DAY);
        assertThat(Outcome.of(p2, otherObjects)).isEqualTo(alone);
        assertThat(Outcome.of(q2, otherObjects)).isEqualTo(first);
    }
}
