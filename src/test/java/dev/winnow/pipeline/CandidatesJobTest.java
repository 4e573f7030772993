package dev.winnow.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    @Test
    void aModelThatAlwaysAnswersTheSameLeavesLittleMoreCandidatesThanAPool(@TempDir Path same) throws IOException {
        TinyFleet.write(same);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            frames.add("""
                    {"inference_id":"id%d","image_uri":"s3://bucket/%d.jpg","captured_at":"2026-10-01T01:00:00Z",\
                    "event_date":"2026-10-01","use_case":"dock","model_version":"m","site_id":"s","camera_id":"c",\
                    "confidence":0.5,"light":"day","rain":"dry","predicted_label":"bag"}""".formatted(i, i));
        }
        Files.write(same.resolve("inferences/day.json"), frames);
        Pipeline pipeline = TinyFleet.pipeline(same, "p", "light", new FakeTables(), new MemoryObjects());
        pipeline.segments(TinyFleet.DAY);
        pipeline.candidates(TinyFleet.DAY);
        for (String signal : Candidates.SCORED) {
            assertThat(pipeline.rows("candidates")
                            .filter(col(Candidates.SIGNAL).equalTo(signal))
                            .count())
                    .as(signal)
                    .isBetween(1_000L, 2_000L);
        }
    }
}
