package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.Stage;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FailingTables;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

    /** What a run finds and leaves. */
    private record State(FakeTables tables, MemoryObjects objects) {
        State copy() {
            return new State(tables.copy(), objects.copy());
        }

        Pipeline run(Countdown writes) {
            return TinyFleet.pipeline(
                    folder, "p", "light", new FailingTables(tables, writes), new FailingObjects(objects, writes));
        }

        Map<String, String> files() {
            return TinyFleet.files(objects, "p");
        }
    }

    /**
     * A killed run is continued from what the stages before left, which is what they leave again; the run that is repeated
     * does them once more where a stage was killed at its last write, and there alone, because that takes minutes.
     */
    @Test
    void aRunKilledAtAnyWriteAndRepeatedEqualsACleanOne() {
        State clean = new State(new FakeTables(), TinyFleet.objects());
        Countdown counted = new Countdown(0);
        List<State> before = new ArrayList<>();
        List<Integer> writes = new ArrayList<>();
        for (Function<LocalDate, Stage.Report> stage : clean.run(counted).stages()) {
            before.add(clean.copy());
            writes.add(-counted.writes());
            run(stage);
            writes.set(writes.size() - 1, writes.get(writes.size() - 1) + counted.writes());
        }
        Map<String, List<String>> rows = TinyFleet.tables(clean.run(new Countdown(0)));
        assertThat(rows).containsKeys("selections", "labeling_jobs", "segment_findings", "image_findings");
        assertThat(clean.files()).containsKey(SEAL).hasSizeGreaterThan(5);

        for (int stage = 0; stage < writes.size(); stage++) {
            assertThat(writes.get(stage)).isPositive();
            for (int n = 1; n <= writes.get(stage); n++) {
                String what = "stage " + stage + " killed at write " + n;
                State state = before.get(stage).copy();
                Function<LocalDate, Stage.Report> killed =
                        state.run(new Countdown(n)).stages().get(stage);
                assertThatThrownBy(() -> run(killed)).hasMessageContaining("killed at write " + n);
                if (state.objects().exists(SEAL)) {
                    assertThat(state.files()).as(what).isEqualTo(clean.files());
                }

                Pipeline again = state.run(new Countdown(0));
                List<Function<LocalDate, Stage.Report>> stages = again.stages();
                stages.subList(n == writes.get(stage) ? 0 : stage, stages.size())
                        .forEach(KillTest::run);

                assertThat(state.files()).as(what).isEqualTo(clean.files());
                assertThat(TinyFleet.tables(again)).as(what).isEqualTo(rows);
            }
        }
    }

    private static void run(Function<LocalDate, Stage.Report> stage) {
        assertThat(stage.apply(TinyFleet.DAY)).isNotNull();
    }
}
