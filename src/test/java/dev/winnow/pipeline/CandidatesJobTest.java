package dev.winnow.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.RowFactory;
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
        for (String signal : List.of(Candidates.BOUNDARY, Candidates.LOW_CONFIDENCE)) {
            assertThat(pipeline.rows("candidates")
                            .filter(col(Candidates.SIGNAL).equalTo(signal))
                            .count())
                    .as(signal)
                    .isBetween(1_000L, 2_000L);
        }
    }

    @Test
    void alarmsOfClassesThatTheDaysMapCallsThinAreCandidatesByTheNeedOfTheClass() {
        TinyFleet.write(folder);
        FakeTables tables = new FakeTables();
        Pipeline pipeline = TinyFleet.pipeline(folder, "p", "light", tables, new MemoryObjects());
        pipeline.segments(TinyFleet.DAY);
        tables.with(
                ClassImbalance.TABLE.name(),
                Frames.of(
                        ClassImbalance.TABLE,
                        need("knife", TinyFleet.DAY, "SYNTHETIC", 3, ""),
                        need("bag", TinyFleet.DAY, "LABEL_QA", 9, ""),
                        need("bag", TinyFleet.DAY.minusDays(1), "LABEL_MORE", 9, ""),
                        need("bag", TinyFleet.DAY, "LABEL_MORE", 9, ",'dimension':'light','dimension_value':'day'")));
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.rows("candidates")
                        .filter(col(Candidates.SIGNAL).equalTo(Candidates.RARE_CLASS))
                        .select("use_case", "predicted_label")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create("dock", "knife"));
        String runId = pipeline.rows("candidates").first().getAs(Candidates.RUN_ID);
        tables.with(
                ClassImbalance.TABLE.name(),
                Frames.of(ClassImbalance.TABLE, need("knife", TinyFleet.DAY, "OK", 3, "")));
        pipeline.candidates(TinyFleet.DAY);
        assertThat(pipeline.rows("candidates").first().<String>getAs(Candidates.RUN_ID))
                .as("another map is other work")
                .isNotEqualTo(runId);
    }

    private static String need(String label, LocalDate day, String action, double need, String more) {
        return """
                {'pipeline':'p','run_date':'%s','run_id':'r','use_case':'dock','label':'%s','known':true,'alarms':1,\
                'wrong':1,'confirmed':0,'missed':0,'errors':1,'trials':1,'cameras':1,'audited_images':0,'errors_high':true,\
                'images_found':1,'action':'%s','need':%s,'synonyms_version':'1','sentence':'s'%s}""".formatted(day, label, action, need, more);
    }
}
