package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ReportDataTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/report/data.json");

    private static ObjectNode of(FakeTables tables) {
        return ReportData.of(tables, ReportTables.CONFIG, ReportTables.DAY, Thumbnails.NONE);
    }

    @Test
    void aTinyWarehouseGivesTheGoldenData() throws IOException {
        String json = new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(of(ReportTables.with("night")))
                + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, json);
        }
        assertThat(json).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void anEmptyWarehouseGivesEmptyBlocksAndOtherPipelinesAndDaysDoNotCount() {
        ObjectNode empty = of(new FakeTables());
        ObjectNode another = ReportData.of(
                ReportTables.with("x"), ReportTables.CONFIG, LocalDate.parse("2026-10-01"), Thumbnails.NONE);
        for (ObjectNode data : List.of(empty, another)) {
            data.forEach(block -> assertThat(block.isArray() ? block.size() : 0).isZero());
        }
        assertThat(empty.path("pipeline").asText()).isEqualTo("p");
    }

    @Test
    void orderAndPartitionsOfTheRowsDoNotMatter() {
        FakeTables tables = ReportTables.with("night");
        String before = Json.forHtml(of(tables));
        for (String table : tables.names()) {
            Dataset<Row> rows = tables.readStored(table);
            List<Row> reversed = new ArrayList<>(rows.collectAsList());
            java.util.Collections.reverse(reversed);
            tables.with(table, SparkExtension.session().createDataFrame(reversed, rows.schema()));
        }
        assertThat(Json.forHtml(of(tables))).isEqualTo(before);
    }

    @Test
    void theWorstSegmentsAndThePairsOfTheMostFrequentValuesAreTaken() {
        List<String> rows = new ArrayList<>(List.of(finding("[]", "[]", null, 1000)));
        for (int i = 1; i <= 30; i++) {
            rows.add(finding("['site']", "['s" + i + "']", i, i));
            rows.add(finding("['lens','site']", "['wide','s" + i + "']", null, i));
        }
        rows.add(finding("['lens']", "['wide']", null, 500));
        FakeTables tables = new FakeTables()
                .with(SegmentFindings.TABLE.name(), Frames.of(SegmentFindings.TABLE, rows.toArray(String[]::new)));
        ObjectNode data = of(tables);
        assertThat(data.path("segments").findValuesAsText("rank"))
                .hasSize(WeakSegments.SHOWN)
                .endsWith("15");
        assertThat(data.path("pairs").findValuesAsText("alarms"))
                .hasSize(SegmentPairs.VALUES)
                .contains("30", "15")
                .doesNotContain("14");
        assertThat(data.path("trend")).hasSize(1 + WeakSegments.TRACED);
        assertThat(data.at("/segment_counts/0/segments").asInt()).isEqualTo(61);
    }

    private static String finding(String dimensions, String values, @Nullable Integer rank, int alarms) {
        return "{'pipeline':'p','run_date':'2026-11-07','run_id':'r','use_case':'gate','segment':'" + rank + alarms
                + (dimensions + values).replaceAll("[^a-z0-9]", "") + "','dimensions':" + dimensions
                + ",'dimension_values':"
                + values + ",'rank':" + rank + ",'alarms':" + alarms + ",'measure':'MARKS','sentence':'s'}";
    }

    @Test
    void theAuditIsShownBlind() {
        JsonNode selected = ReportData.of(
                        ReportTables.with("person"), ReportTables.CONFIG, ReportTables.DAY, uri -> Optional.of("data:"))
                .path("selected");
        assertThat(selected).hasSize(3);
        selected.forEach(card -> {
            boolean audit = card.path("signal").asText().equals("AUDIT");
            assertThat(card.has("predicted_label")).isEqualTo(!audit);
            assertThat(card.has("segment")).isEqualTo(!audit);
            assertThat(card.path("thumbnail").asText()).isEqualTo("data:");
        });
    }
}
