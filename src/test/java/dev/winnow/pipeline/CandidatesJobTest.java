package dev.winnow.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidatesJobTest {
    @TempDir
    static Path folder;

    @Test
    void candidatesNeedTheDaysCellsAndASecondRunFindsTheSameRows() {
        TinyFleet.write(folder);
        Pipeline pipeline = TinyFleet.pipeline(folder, "p", "light", new FakeTables(), new MemoryObjects());
        assertThatThrownBy(() -> pipeline.candidates(TinyFleet.DAY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no cells of 2026-10-01")
                .hasMessageContaining("run `segments --run-date 2026-10-01` first");
        pipeline.segments(TinyFleet.DAY);
        pipeline.candidates(TinyFleet.DAY);
        List<String> rows = pipeline.content("candidates");
        assertThat(rows)
                .filteredOn(row -> row.contains("\"AUDIT\""))
                .as("all frames")
                .hasSize(60);
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.content("candidates")).isEqualTo(rows);
    }
}
